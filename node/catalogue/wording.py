"""The sentences that people read about an item's flaws: Chinese first, then English."""

from types import MappingProxyType
from typing import Final

from node.catalogue.flaws import Flaw, Rule
from node.catalogue.wording_law import LAW

SENTENCES: Final = MappingProxyType(
    {
        **LAW,
        Rule.EMPTY: ("不能为空", "must not be empty"),
        Rule.BAD_CODE: (
            "事项编码“{0}”只能用字母、数字、点、横线和下划线，不超过 64 位",
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
            "设定依据《{0}》没有写到条款（第…条）",
            "basis {0!r} does not name its article (第…条)",
        ),
        Rule.BASIS_VAGUE: (
            "设定依据“{0}”太笼统，应写明法律法规名称",
            "basis {0!r} is vague: name the law",
        ),
        Rule.LIMIT_BELOW_ZERO: ("时限不能小于零", "a limit cannot be below zero"),
        Rule.PROMISE_OVER_STATUTE: (
            "承诺时限（{0} 个工作日）超过法定时限（折合 {1} 个工作日）",
            "the promised limit ({0} working days) exceeds the statutory one (about {1})",
        ),
        Rule.PROMISE_STARTS_LATER: (
            "法定时限从收到申请起算，承诺时限不能改为从受理起算",
            "the statutory limit starts on receipt, so the promised one may not start later",
        ),
        Rule.INSTANT_TAKES_DAYS: (
            "即办件应当场或当日办结，承诺时限不能是 {0} 个工作日",
            "an instant item is done in one visit, not in {0} working days",
        ),
        Rule.PROMISED_WITHOUT_DAYS: (
            "承诺件应写明承诺时限；当场办结的应为即办件",
            "a promised item needs a limit; done in one visit, it is an instant item",
        ),
        Rule.LICENCE_WITHOUT_STATUTE: (
            "行政许可应写明法定时限（行政许可法第四十二条）",
            "a licence needs its statutory limit (Administrative Licensing Law, art. 42)",
        ),
        Rule.MATERIAL_TWICE: ("材料编号“{0}”重复", "material code {0!r} is given twice"),
        Rule.MATERIAL_CATCH_ALL: (
            "材料“{0}”是兜底条款，应逐项列明",
            "material {0!r} is a catch-all: list each paper",
        ),
        Rule.MATERIAL_WITHOUT_COPY: (
            "材料“{0}”的份数至少为 1",
            "material {0!r} must ask for at least one copy",
        ),
        Rule.NOT_ONE_ACCEPT: (
            "办理流程应有且只有一个受理环节，现有 {0} 个",
            "the process needs exactly one accept stage, it has {0}",
        ),
        Rule.NOT_ONE_DECIDE: (
            "办理流程应有且只有一个决定环节，现有 {0} 个",
            "the process needs exactly one decide stage, it has {0}",
        ),
        Rule.DECIDE_NOT_LAST: (
            "决定必须是最后一个环节，其后只能是制证",
            "the decide stage must be the last; only the making of the licence may follow",
        ),
        Rule.STAGES_OUT_OF_ORDER: (
            "环节次序应为 初审、受理、分办、审查、决定、制证；转报上级后可再分办、审查",
            (
                "stages must follow check, accept, dispatch, review, decide, issue; after a report "
                "to a higher tier it may dispatch and review again"
            ),
        ),
        Rule.STAGE_TWICE: ("环节“{0}”重复", "stage {0!r} stands twice"),
        Rule.STAGE_BELOW_ZERO: ("环节时限不能小于零", "a stage cannot take less than no time"),
        Rule.STAGES_OVER_PROMISE: (
            "各环节时限之和（{0} 个工作日）超过承诺时限（{1} 个工作日）",
            "the stages take {0} working days together, more than the {1} promised",
        ),
        Rule.LATER_STAGES_OVER_PROMISE: (
            (
                "受理以后各环节时限之和（{0} 个工作日）超过承诺时限（{1} 个工作日）；"
                "承诺从受理起算，只计受理以后的环节"
            ),
            (
                "the stages after acceptance take {0} working days together, more than the {1} "
                "promised; the promise runs from acceptance, so only they count"
            ),
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
            "环节“{0}”由窗口或乡镇办理，不应写部门",
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
            "“{0}”一级写为“{1}”，但流程中没有相应环节",
            "the {0} tier is {1}, yet the process has no such stage there",
        ),
        Rule.NUMBER_TOO_LARGE: (
            "数值 {0} 过大，最多 {1}",
            "{0} is too large a number: at most {1}",
        ),
        Rule.ITEM_TOO_LARGE: (
            "事项全文 {0} 字节，超过 {1} 字节，无法下发；长文字请另附文件",
            (
                "the item has {0} bytes, more than the {1} that can be sent; long texts belong "
                "into files"
            ),
        ),
        Rule.NO_RESPONSIBLE: (
            "没有责任人（实施方案三（二）：责任单位和责任人）",
            "names no responsible person (plan 3.2: responsible unit and person)",
        ),
        Rule.REFERS_TO_ITSELF: (
            "事项“{0}”不能以自己为前置事项或来源",
            "item {0!r} cannot come after, or out of, itself",
        ),
        Rule.PROCESS_EMPTY: (
            "没有办理流程（行政许可法第三十条：公示程序）",
            "has no process (Administrative Licensing Law, art. 30: the procedure is on display)",
        ),
        Rule.STAGE_NAME_TWICE: (
            "环节名称“{0}”重复，流程不能回到走过的环节",
            "two stages are named {0!r}: a process cannot come back to a stage",
        ),
        Rule.CODE_SHAPE: (
            (
                "编码“{0}”不合 {1} 的“{2}”规则（GB39554：12/31/33 位；GB39046：至多 10/24 位；"
                "只用字母和数字）"
            ),
            (
                "code {0!r} has not the form of {1} for {2} (GB39554: 12/31/33; GB39046: at most "
                "10/24; letters and digits alone)"
            ),
        ),
        Rule.CODE_LAYER: (
            "GB/T 39046 没有业务办理项编码",
            "GB/T 39046 has no codes of handling items",
        ),
        Rule.CODE_BODY: (
            "实施编码前 18 位“{0}”不是有效的统一社会信用代码（GB 32100）",
            "the first 18 characters {0!r} are no valid credit code (GB 32100)",
        ),
        Rule.CODE_LEVEL: (
            "实施编码第 19 位“{0}”不是行使层级 1–7（GB/T 39046 附录 A.2）",
            "character 19, {0!r}, is no level 1–7 (GB/T 39046 table A.2)",
        ),
        Rule.CODE_TWICE: (
            "同一种编码写了两次：“{0}”",
            "a second code of one kind: {0!r}",
        ),
        Rule.CODES_DISAGREE: (
            (
                "编码中的“{0}”与所填的“{1}”不一致"
                "（GB/T 39554：实施编码由主体代码、层级和基本编码组成）"
            ),
            (
                "the part {0!r} of the code is not the {1!r} given beside it (GB/T 39554: it is "
                "made of them)"
            ),
        ),
        Rule.BODY_CODE: (
            "实施主体编码“{0}”校验不通过（GB 32100）",
            "the body code {0!r} is not valid (GB 32100: {1})",
        ),
        Rule.LICENCE_WITHOUT_CODE: (
            "行政许可没有国家基本编码，请核对是否在许可清单内（优化营商环境条例第四十条）",
            (
                "a licence without a national basic code: is it on the list? (Business Environment "
                "Regulation, art. 40)"
            ),
        ),
        Rule.FEE_WITHOUT_BASIS: (
            "收费“{0}”没有写明依据的法律法规和条款（行政许可法第五十八条、第五十九条）",
            "fee {0!r} names no law and article (Administrative Licensing Law, art. 58–59)",
        ),
        Rule.FEE_WITHOUT_STANDARD: (
            "收费“{0}”没有写收费标准（行政许可法第五十九条）",
            "fee {0!r} has no standard (Administrative Licensing Law, art. 59)",
        ),
        Rule.FEE_NOT_POSITIVE: (
            "收费“{0}”的金额应大于零；不收费就不列",
            "fee {0!r} must be above zero; what is free is not listed",
        ),
        Rule.LICENCE_FEE_BELOW_LAW: (
            "行政许可收费只能由法律、行政法规设定，请核对“{0}”（行政许可法第五十八条）",
            (
                "only a law or administrative regulation may charge for a licence: check {0!r} "
                "(Administrative Licensing Law, art. 58)"
            ),
        ),
        Rule.SPECIAL_WITHOUT_BASIS: (
            "特别程序“{0}”没有写明法律法规和条款（行政许可法第四十五条）",
            (
                "special procedure {0!r} names no law and article (Administrative Licensing Law, "
                "art. 45)"
            ),
        ),
        Rule.SPECIAL_WITHOUT_LIMIT: (
            "特别程序“{0}”没有自己的时限（行政许可法第四十五条：所需时间书面告知）",
            (
                "special procedure {0!r} has no limit of its own (Administrative Licensing Law, "
                "art. 45: the time is told in writing)"
            ),
        ),
        Rule.SPECIAL_STOPS_STATUTE: (
            "“{0}”不在行政许可法第四十五条所列八种之内，也没有法律法规规定，不应扣除法定时限",
            (
                "{0!r} is none of the eight procedures of the Administrative Licensing Law, art. "
                "45, nor in a law: it should not stop the statutory limit"
            ),
        ),
        Rule.INSTANT_WITH_SPECIAL: (
            "即办件不能有必经的特别程序“{0}”；应为承诺件",
            "an instant item cannot have the mandatory procedure {0!r}: make it a promised one",
        ),
        Rule.COMMITMENT_WITH_SPECIAL: (
            "告知承诺当场作出决定，不能有必经的特别程序“{0}”",
            "what is decided on a written commitment cannot have the mandatory procedure {0!r}",
        ),
        Rule.BATCH_BAD_DATE: (
            "“{0}”不是日期，应写作 2026-03-31",
            "{0!r} is not a day such as 2026-03-31",
        ),
        Rule.BATCH_BACKWARDS: (
            "批次的开始日 {0} 晚于截止日 {1}",
            "the batch opens on {0}, after it closes on {1}",
        ),
        Rule.BATCHES_OVERLAP: (
            "批次重叠：{0} 开始时，前一批到 {1} 才截止",
            "batches overlap: one opens on {0}, the one before closes on {1}",
        ),
        Rule.START_WITHOUT_BATCHES: (
            "时限从受理期限终止之日起算，但没有列出批次（如教师资格条例第十六条）",
            (
                "the limit starts when a batch closes, yet there are no batches (as in the Teacher "
                "Qualification Regulation, art. 16)"
            ),
        ),
        Rule.BATCHES_WITHOUT_START: (
            "列出了批次，时限却不从受理期限终止之日起算",
            "there are batches, yet no limit starts when one closes",
        ),
        Rule.VISITS_BELOW_ZERO: (
            "到办事现场次数不能小于零",
            "the number of visits cannot be below zero",
        ),
        Rule.IN_PERSON_WITHOUT_VISIT: (
            "须本人到场的事项，到现场次数至少 1 次",
            "who must come in person comes at least once",
        ),
        Rule.IN_PERSON_BY_AGENT: (
            "须本人到场的事项不能代办（“{0}”一级写为代办）",
            "an agent cannot act where the applicant must come himself (tier {0})",
        ),
        Rule.IN_PERSON_FROM_AFAR: (
            "须本人到场的事项，办理形式应有窗口",
            "where the applicant must come himself, the window is one of the channels",
        ),
        Rule.TOPIC_UNKNOWN: (
            "主题“{0}”不在服务主题分类内（国办函〔2016〕108号）",
            "topic {0!r} is not one of the national service topics (document 108 of 2016)",
        ),
        Rule.NOT_CLASSIFIED: (
            "没有归类，群众按类别查不到（国办函〔2016〕108号）",
            "is not classified, so people cannot find it by class (document 108 of 2016)",
        ),
        Rule.APPLICANTS_DISAGREE: (
            "上报的服务对象与窗口的服务对象不一致（GB/T 39046 附录 A.4）",
            "whom the reports name is not whom the window asks for (GB/T 39046 table A.4)",
        ),
        Rule.NOT_DISPLAYED: (
            "应当公示，不能为空（行政许可法第三十条）",
            "is empty, though it must be on display (Administrative Licensing Law, art. 30)",
        ),
        Rule.FORM_WITHOUT_SAMPLE: (
            "“{0}”没有空白表或示范文本（行政许可法第三十条）",
            "{0!r} has neither a blank nor a sample (Administrative Licensing Law, art. 30)",
        ),
        Rule.RESULT_KIND_DIFFERS: (
            "按名称“{0}”，结果类型应为“{1}”（证为证照，批复、批准书为批文）",
            "by its name {0!r} the result is of kind {1!r} (certificate: licence; reply: approval)",
        ),
        Rule.NO_RISK: (
            "没有廉政风险点（实施方案：逐环节查找）",
            "names no integrity risk (plan: stage by stage)",
        ),
        Rule.RISK_STAGE_UNKNOWN: (
            "廉政风险点的环节“{0}”不在办理流程内",
            "the risk stands at {0!r}, which is no stage of the process",
        ),
        Rule.RISK_WITHOUT_MEASURE: (
            "廉政风险“{0}”没有防控措施",
            "risk {0!r} has no measure against it",
        ),
        Rule.RISK_WITHOUT_OWNER: (
            "廉政风险“{0}”没有责任人",
            "nobody answers for risk {0!r}",
        ),
        Rule.CODE_TAKEN: (
            "事项编码“{0}”重复",
            "code {0!r} is given twice",
        ),
        Rule.FOLLOWS_CYCLE: (
            "前置事项首尾相接，“{0}”永远轮不到",
            "items follow each other in a ring: {0!r} could never begin",
        ),
        Rule.FOLLOWS_UNKNOWN: (
            "前置事项“{0}”不在目录内",
            "the item before, {0!r}, is not in the catalogue",
        ),
        Rule.PREDECESSOR_UNKNOWN: (
            "来源事项“{0}”不在目录内",
            "predecessor {0!r} is not in the catalogue",
        ),
    }
)


def sentence_of(flaw: Flaw) -> str:
    """Say what is wrong, in both languages, without the field."""
    chinese, english = SENTENCES[flaw.rule]
    facts = [str(fact) for fact in flaw.facts]
    return f"{chinese.format(*facts)} · {english.format(*facts)}"
