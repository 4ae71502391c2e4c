"""The sentences that people read about an item's flaws: Chinese first, then English."""

from types import MappingProxyType
from typing import Final

from node.catalogue.rules import Flaw, Rule

SENTENCES: Final = MappingProxyType(
    {
        Rule.EMPTY: ("不能为空", "must not be empty"),
        Rule.BAD_CODE: (
            "事项编码“{0}”只能用字母、数字、点、横线和下划线, 不超过 64 位",
            "code {0!r} may hold only letters, digits, dots, dashes and underscores, 64 at most",
        ),
        Rule.UNKNOWN_TYPE: (
            "事项类型“{0}”不在 GB/T 39046 附录 A.1 内",
            "type {0!r} is not in GB/T 39046 table A.1",
        ),
        Rule.ALIAS_TWICE: ("别名“{0}”重复", "alias {0!r} is given twice"),
        Rule.NO_APPLICANT: ("没有写服务对象", "says nobody may apply"),
        Rule.NO_BASIS: ("没有设定依据", "has no legal basis"),
        Rule.BASIS_WITHOUT_ARTICLE: (
            "设定依据《{0}》没有写到条款 (第…条)",
            "basis {0!r} does not name its article (第…条)",
        ),
        Rule.BASIS_VAGUE: (
            "设定依据“{0}”太笼统, 应写明法律法规名称",
            "basis {0!r} is vague: name the law",
        ),
        Rule.LIMIT_BELOW_ZERO: ("时限不能小于零", "a limit cannot be below zero"),
        Rule.PROMISE_OVER_STATUTE: (
            "承诺时限 ({0} 个工作日) 超过法定时限 (折合 {1} 个工作日)",
            "the promised limit ({0} working days) exceeds the statutory one (about {1})",
        ),
        Rule.PROMISE_STARTS_LATER: (
            "法定时限从收到申请起算, 承诺时限不能改为从受理起算",
            "the statutory limit starts on receipt, so the promised one may not start later",
        ),
        Rule.INSTANT_TAKES_DAYS: (
            "即办件应当场或当日办结, 承诺时限不能是 {0} 个工作日",
            "an instant item is done in one visit, not in {0} working days",
        ),
        Rule.PROMISED_WITHOUT_DAYS: (
            "承诺件应写明承诺时限; 当场办结的应为即办件",
            "a promised item needs a limit; done in one visit, it is an instant item",
        ),
        Rule.LICENCE_WITHOUT_STATUTE: (
            "行政许可应写明法定时限 (行政许可法第四十二条)",
            "a licence needs its statutory limit (Administrative Licensing Law, art. 42)",
        ),
        Rule.MATERIAL_TWICE: ("材料编号“{0}”重复", "material code {0!r} is given twice"),
        Rule.MATERIAL_CATCH_ALL: (
            "材料“{0}”是兜底条款, 应逐项列明",
            "material {0!r} is a catch-all: list each paper",
        ),
        Rule.MATERIAL_WITHOUT_COPY: (
            "材料“{0}”的份数至少为 1",
            "material {0!r} must ask for at least one copy",
        ),
        Rule.NOT_ONE_ACCEPT: (
            "办理流程应有且只有一个受理环节, 现有 {0} 个",
            "the process needs exactly one accept stage, it has {0}",
        ),
        Rule.NOT_ONE_DECIDE: (
            "办理流程应有且只有一个决定环节, 现有 {0} 个",
            "the process needs exactly one decide stage, it has {0}",
        ),
        Rule.DECIDE_NOT_LAST: ("决定必须是最后一个环节", "the decide stage must be the last"),
        Rule.STAGES_OUT_OF_ORDER: (
            "环节次序应为 初审、受理、分办、审查、决定",
            "stages must follow check, accept, dispatch, review, decide",
        ),
        Rule.STAGE_TWICE: ("环节“{0}”重复", "stage {0!r} stands twice"),
        Rule.STAGE_BELOW_ZERO: ("环节时限不能小于零", "a stage cannot take less than no time"),
        Rule.STAGES_OVER_PROMISE: (
            "各环节时限之和 ({0} 个工作日) 超过承诺时限 ({1} 个工作日)",
            "the stages take {0} working days together, more than the {1} promised",
        ),
        Rule.LEVEL_CANNOT: (
            "“{0}”一级不能承担“{1}”环节",
            "a {0} node cannot do the {1} stage",
        ),
        Rule.DEPARTMENT_MISSING: (
            "环节“{0}”没有写责任部门",
            "stage {0!r} names no department",
        ),
        Rule.DEPARTMENT_MISPLACED: (
            "环节“{0}”由窗口或乡镇办理, 不应写部门",
            "stage {0!r} is the window's or the town's and has no department",
        ),
        Rule.DEPARTMENT_UNKNOWN: (
            "部门“{0}”不在部门名录内",
            "department {0!r} is not in the list of departments",
        ),
        Rule.DECIDER_MISPLACED: (
            "决定节点“{0}”与决定环节的层级不符",
            "the deciding node {0!r} is not of the decide stage's tier",
        ),
        Rule.NO_TIER: ("没有任何一级窗口可以收件", "no tier's windows take it"),
        Rule.TIER_TWICE: ("层级“{0}”重复", "tier {0!r} stands twice"),
        Rule.TIER_WITHOUT_WINDOW: (
            "“{0}”一级没有收件窗口",
            "a {0} node has no windows that take applications",
        ),
        Rule.TIER_WITHOUT_STAGE: (
            "“{0}”一级写为“{1}”, 但流程中没有相应环节",
            "the {0} tier is {1}, yet the process has no such stage there",
        ),
    }
)


def sentence_of(flaw: Flaw) -> str:
    """Say what is wrong, in both languages, without the field."""
    chinese, english = SENTENCES[flaw.rule]
    facts = [str(fact) for fact in flaw.facts]
    return f"{chinese.format(*facts)} · {english.format(*facts)}"
