"""The names of an item's fields and of what they may hold, in Chinese and English, once for all.

Spreadsheet headings, differences and pages take their words from here. A path may carry positions
or keys (`materials[2].copies`, `materials[id].copies`): the name is that of `materials.copies`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from operator import attrgetter
from types import MappingProxyType
from typing import Final

import msgspec

from node.catalogue.situations import SituationRow
from node.catalogue.words import CHOICES, TYPES, Words
from schemas.items import (
    Answer,
    Basis,
    Batch,
    Faq,
    Fee,
    Item,
    ItemCode,
    Limit,
    MaterialNeed,
    Question,
    Risk,
    SpecialProcedure,
    Stage,
    Tier,
)

NOTHING: Final[Words] = ("无", "none")
YES: Final[Words] = ("是", "yes")
NO: Final[Words] = ("否", "no")
_POSITION: Final = re.compile(r"\[[^]]*\]")

_LIMIT: Final = {
    "amount": ("时限", "limit"),
    "unit": ("时限单位", "unit"),
    "start": ("起算", "counted from"),
    "note": ("时限说明", "note on the limit"),
}
_PARTS: Final[dict[str, dict[str, Words]]] = {
    "promised": {
        "amount": ("承诺时限", "promised limit"),
        "unit": ("承诺时限单位", "promised: unit"),
        "start": ("承诺时限起算", "promised: counted from"),
        "note": ("承诺时限说明", "promised: note"),
    },
    "statutory": {
        "amount": ("法定时限", "statutory limit"),
        "unit": ("法定时限单位", "statutory: unit"),
        "start": ("法定时限起算", "statutory: counted from"),
        "note": ("法定时限说明", "statutory: note"),
    },
    "commitment_check": {
        "amount": ("事后核查时限", "check afterwards"),
        "unit": ("事后核查时限单位", "check afterwards: unit"),
        "start": ("事后核查起算", "check afterwards: counted from"),
        "note": ("事后核查说明", "check afterwards: note"),
    },
    "basis": {
        "law": ("依据名称", "law"),
        "article": ("条款", "article"),
        "wording": ("条文内容", "wording"),
    },
    "materials": {
        "code": ("材料编号", "material code"),
        "name": ("材料名称", "material"),
        "required": ("必要", "required"),
        "source": ("材料来源", "source"),
        "form": ("材料形式", "form"),
        "copies": ("份数", "copies"),
        "hint": ("填报须知", "hint"),
        "deferrable": ("可容缺", "may follow later"),
        "medium": ("材料介质", "medium"),
        "issuer": ("来源说明", "issued by"),
        "page": ("纸张规格", "page size"),
        "standard": ("受理标准", "good when"),
        "blank": ("空白表", "blank form"),
        "sample": ("样表", "sample"),
        "law": ("要求依据", "required by"),
    },
    "process": {
        "name": ("环节名称", "stage"),
        "kind": ("环节类型", "kind of stage"),
        "level": ("层级", "tier"),
        "department": ("责任部门编号", "department id"),
        "workdays": ("环节时限 (工作日)", "working days"),
        "joint": ("并联部门编号", "joint departments"),
    },
    "tiers": {"level": ("层级", "tier"), "mode": ("办理方式", "takes part by")},
    "codes": {
        "layer": ("编码层次", "layer"),
        "scheme": ("编码规则", "scheme"),
        "text": ("编码", "code"),
    },
    "fees": {
        "name": ("收费项目", "fee"),
        "standard": ("收费标准", "standard"),
        "fen": ("金额 (元)", "amount (yuan)"),
        "law": ("收费依据", "law"),
        "article": ("条款", "article"),
        "due": ("缴费时点", "due"),
        "reduction": ("减免", "reduction"),
    },
    "special": {
        "kind": ("特别程序种类", "kind"),
        "name": ("特别程序名称", "special procedure"),
        "law": ("依据名称", "law"),
        "article": ("条款", "article"),
        "limit": ("时限", "limit"),
        "mandatory": ("必经", "mandatory"),
        "stops_statutory": ("停法定时限", "stops the statutory limit"),
        "stops_promised": ("停承诺时限", "stops the promised limit"),
    },
    "special.limit": _LIMIT,
    "situations": {"text": ("情形问题", "question"), "answers": ("答案", "answers")},
    "situations.answers": {
        "code": ("答案编号", "answer code"),
        "text": ("答案内容", "answer"),
        "materials": ("所需材料编号", "asks for materials"),
    },
    "batches": {"opens": ("开始日期", "opens"), "closes": ("截止日期", "closes")},
    "risks": {
        "stage": ("环节名称", "stage"),
        "risk": ("风险描述", "risk"),
        "grade": ("风险等级", "grade"),
        "measure": ("防控措施", "measure"),
        "owner": ("责任人", "answers for it"),
        "reminder": ("提醒内容", "reminder"),
    },
    "faqs": {"question": ("问题", "question"), "answer": ("解答", "answer")},
}
_FIELDS: Final[dict[str, Words]] = {
    "code": ("事项编码", "item code"),
    "name": ("事项名称", "name"),
    "name_en": ("英文名称", "English name"),
    "aliases": ("别名", "aliases"),
    "type_code": ("事项类型", "type"),
    "case_kind": ("办件类型", "kind of case"),
    "department": ("责任单位编号", "department id"),
    "department_name": ("责任单位", "department"),
    "applicants": ("申请人类型", "who may apply"),
    "basis": ("设定依据", "legal basis"),
    "conditions": ("受理条件", "conditions"),
    "promised": ("承诺时限", "promised limit"),
    "statutory": ("法定时限", "statutory limit"),
    "materials": ("申请材料", "materials"),
    "process": ("办理环节", "process"),
    "tiers": ("收件层级", "tiers"),
    "result": ("结果名称", "result"),
    "decided_by": ("决定节点", "deciding node"),
    "responsible": ("责任人", "responsible person"),
    "contact": ("咨询方式", "enquiries"),
    "complaint": ("监督投诉方式", "complaints"),
    "address": ("办理地点", "address"),
    "hours": ("办理时间", "hours"),
    "codes": ("其他编码", "codes"),
    "body_kind": ("实施主体性质", "kind of body"),
    "body_code": ("实施主体编码", "code of the body"),
    "entrusted_to": ("委托部门", "entrusting department"),
    "power_source": ("权力来源", "source of power"),
    "supervisor": ("监管部门", "supervising department"),
    "partners": ("联办机构", "partner bodies"),
    "service_objects": ("服务对象", "service objects"),
    "channels": ("办理形式", "channels"),
    "topics": ("主题分类", "topics"),
    "visits": ("到现场次数", "visits"),
    "in_person": ("须本人到场", "in person"),
    "quota": ("数量限制", "quota"),
    "exclusions": ("不需办理的情形", "not needed when"),
    "fees": ("收费", "fees"),
    "special": ("特别程序", "special procedures"),
    "batches": ("批次", "batches"),
    "commitment": ("告知承诺", "commitment in lieu"),
    "commitment_check": ("事后核查时限", "check afterwards"),
    "renewal": ("许可延续", "renewal of a licence"),
    "situations": ("办理情形", "situations"),
    "result_kind": ("结果类型", "kind of result"),
    "result_sample": ("结果样本", "sample of the result"),
    "result_term": ("有效期", "valid for"),
    "couriered": ("结果可快递", "result by courier"),
    "system": ("办理系统", "handling system"),
    "risks": ("廉政风险点", "integrity risks"),
    "faqs": ("常见问题", "questions and answers"),
    "follows": ("前置事项编码", "follows item"),
    "predecessors": ("原事项编码", "made from items"),
    "initials": ("拼音首字母", "pinyin initials"),
}


@dataclass(frozen=True, slots=True)
class _Row:
    whole: str
    """The field of the item that holds such rows."""
    named_by: tuple[str, ...]


_ROWS: Final = MappingProxyType(
    {
        Basis: _Row("basis", ("law", "article")),
        MaterialNeed: _Row("materials", ("name",)),
        Stage: _Row("process", ("name",)),
        Tier: _Row("tiers", ("level",)),
        ItemCode: _Row("codes", ("layer",)),
        Fee: _Row("fees", ("name",)),
        SpecialProcedure: _Row("special", ("name",)),
        Batch: _Row("batches", ("opens", "closes")),
        Risk: _Row("risks", ("risk",)),
        Faq: _Row("faqs", ("question",)),
        Question: _Row("situations", ("text",)),
        Answer: _Row("situations.answers", ("text",)),
        SituationRow: _Row("situations", ("text", "answers.text")),
    }
)
FIELDS: Final = MappingProxyType(
    _FIELDS
    | {f"{whole}.{part}": words for whole, parts in _PARTS.items() for part, words in parts.items()}
)


def plain(path: str) -> str:
    """Give `path` without positions and keys: `materials[2].copies` is `materials.copies`."""
    return _POSITION.sub("", path)


def label(path: str) -> Words:
    """Name the field at `path`; a path of no field names itself."""
    bare = plain(path)
    return FIELDS.get(bare, (bare, bare))


def full_label(path: str) -> Words:
    """Name the field at `path` after what holds it: 申请材料 · 份数."""
    whole, dot, _ = plain(path).partition(".")
    above, own = label(whole), label(path)
    return (f"{above[0]} · {own[0]}", f"{above[1]} · {own[1]}") if dot else own


def value_words(value: object) -> Words:
    """Say a field's value to a person; what is empty says 无."""
    match value:
        case None | "" | ():
            return NOTHING
        case bool():
            return YES if value else NO
        case StrEnum():
            return CHOICES[type(value)][value]
        case msgspec.Struct():
            return _struct_words(value)
        case tuple():
            return _joined([value_words(one) for one in value], ("；", "; "))
        case _:
            return str(value), str(value)


def type_words(code: str) -> Words:
    """Name an item type by its code (GB/T 39046 A.1); an unknown code names itself."""
    return TYPES.get(code, (code, code))


def words_at(path: str, value: object) -> Words:
    """Say the value of the field at `path`, where the field says how to read it."""
    match plain(path), value:
        case "type_code", str() if value:
            return type_words(value)
        case "fees.fen", int():
            return f"{value / 100:.2f} 元", f"{value / 100:.2f} yuan"
        case _:
            return value_words(value)


def row_name(row: msgspec.Struct) -> Words:
    """Name one row of a list within an item, as a person would point at it."""
    named = [value_words(attrgetter(field)(row)) for field in _ROWS[type(row)].named_by]
    return _joined(named, (" ", " "))


def _struct_words(value: msgspec.Struct) -> Words:
    match value:
        case Limit():
            return _limit_words(value)
        case Item():
            return value.name, value.name_en or value.name
        case _:
            return _row_words(value)


def _row_words(row: msgspec.Struct) -> Words:
    """Say what a row says besides what it would say anyway, each with its field's name."""
    said: list[Words] = []
    for field in msgspec.structs.fields(row):
        path = f"{_ROWS[type(row)].whole}.{field.name}"
        value = getattr(row, field.name)
        if value not in (field.default, "", None):
            own, words = label(path), words_at(path, value)
            said.append((f"{own[0]} {words[0]}", f"{own[1]} {words[1]}"))
    return _joined(said, ("；", "; ")) if said else NOTHING


def _limit_words(limit: Limit) -> Words:
    if limit.amount == 0:
        said = ("当场办结", "on the spot")
    else:
        unit, start = value_words(limit.unit), value_words(limit.start)
        counted = {"工作日": "个工作日", "月": "个月"}.get(unit[0], "天")
        said = (
            f"{limit.amount} {counted} (自{start[0]}起)",
            f"{limit.amount} {unit[1]}{'' if limit.amount == 1 else 's'}, from {start[1]}",
        )
    return (f"{said[0]} {limit.note}", f"{said[1]} {limit.note}") if limit.note else said


def _joined(said: Sequence[Words], between: Words) -> Words:
    return between[0].join(zh for zh, _ in said), between[1].join(en for _, en in said)
