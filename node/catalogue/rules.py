"""事项校验: what makes an item fit to publish. A flaw names its field and the rule it breaks.

Pure: an item in, flaws out. The sentences are in `node.catalogue.wording`.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from levels.profiles import profile_of
from schemas.ids import BadNameError, DepartmentId, Level, level_of, parse_node_id
from schemas.items import (
    CaseKind,
    Item,
    Limit,
    LimitStart,
    LimitUnit,
    Mode,
    Stage,
    StageKind,
)
from schemas.levels import Capability

TOWN_ITSELF: Final = DepartmentId("town")  # 责任单位 of an item that the town government decides
LICENCE: Final = "01"  # 行政许可, GB/T 39046 A.1
TYPE_CODES: Final = frozenset(
    ("00", "01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "20")
)  # GB/T 39046 A.1
CODE_FORM: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")  # national codes have 31 or 33
ARTICLE_FORM: Final = re.compile(r"第.+条")
VAGUE_BASIS: Final = ("有关规定", "相关规定")  # a basis names its law (domain §2.6 rule 5)
CATCH_ALL: Final = ("其他材料", "其它材料", "其他有关材料", "其他相关材料")  # 陕政办函〔2020〕25号
INSTANT_WORKDAYS: Final = 1  # 即办: the same visit, at the latest by the end of one working day
WORKDAYS_A_WEEK: Final = 5
DAYS_A_WEEK: Final = 7
DAYS_A_MONTH: Final = 30  # the exchange convention; only for comparing limits, never for a due date

NEEDED: Final = {
    StageKind.CHECK: Capability.CHECK,
    StageKind.ACCEPT: Capability.ACCEPT,
    StageKind.DISPATCH: Capability.DISPATCH,
    StageKind.REVIEW: Capability.DEPARTMENTS,
    StageKind.DECIDE: Capability.DECIDE,
}


class Rule(StrEnum):
    """Why an item may not be published."""

    EMPTY = "empty"
    BAD_CODE = "bad_code"
    UNKNOWN_TYPE = "unknown_type"
    ALIAS_TWICE = "alias_twice"
    NO_APPLICANT = "no_applicant"
    NO_BASIS = "no_basis"
    BASIS_WITHOUT_ARTICLE = "basis_without_article"
    BASIS_VAGUE = "basis_vague"
    LIMIT_BELOW_ZERO = "limit_below_zero"
    PROMISE_OVER_STATUTE = "promise_over_statute"
    PROMISE_STARTS_LATER = "promise_starts_later"
    INSTANT_TAKES_DAYS = "instant_takes_days"
    PROMISED_WITHOUT_DAYS = "promised_without_days"
    LICENCE_WITHOUT_STATUTE = "licence_without_statute"
    MATERIAL_TWICE = "material_twice"
    MATERIAL_CATCH_ALL = "material_catch_all"
    MATERIAL_WITHOUT_COPY = "material_without_copy"
    NOT_ONE_ACCEPT = "not_one_accept"
    NOT_ONE_DECIDE = "not_one_decide"
    DECIDE_NOT_LAST = "decide_not_last"
    STAGES_OUT_OF_ORDER = "stages_out_of_order"
    STAGE_TWICE = "stage_twice"
    STAGE_BELOW_ZERO = "stage_below_zero"
    STAGES_OVER_PROMISE = "stages_over_promise"
    LEVEL_CANNOT = "level_cannot"
    DEPARTMENT_MISSING = "department_missing"
    DEPARTMENT_MISPLACED = "department_misplaced"
    DEPARTMENT_UNKNOWN = "department_unknown"
    DECIDER_MISPLACED = "decider_misplaced"
    NO_TIER = "no_tier"
    TIER_TWICE = "tier_twice"
    TIER_WITHOUT_WINDOW = "tier_without_window"
    TIER_WITHOUT_STAGE = "tier_without_stage"


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing wrong with an item."""

    field: str
    """Path inside the item, such as `process[2].department`."""
    rule: Rule
    facts: tuple[str, ...] = ()
    """What the sentence says about it, in order."""


def flaws_of(
    item: Item, *, departments: Collection[DepartmentId] | None = None
) -> tuple[Flaw, ...]:
    """List all that is wrong with `item`, in the order of its fields.

    `departments` are those the county has; `None` leaves names of departments unchecked.
    """
    return (
        *_naming_flaws(item),
        *_basis_flaws(item),
        *_limit_flaws(item),
        *_material_flaws(item),
        *process_flaws(item),
        *_stage_sum_flaws(item),
        *_tier_flaws(item),
        *(() if departments is None else _department_flaws(item, frozenset(departments))),
    )


def process_flaws(item: Item) -> Iterator[Flaw]:
    """List what would break the way of a case: an item with such a flaw is inert everywhere."""
    yield from _order_flaws(item.process)
    for number, stage in enumerate(item.process):
        yield from _stage_flaws(stage, f"process[{number}]")
    yield from _decider_flaws(item)


def workdays_in(limit: Limit) -> int:
    """Convert a limit to working days, roughly and downwards, to compare it with another."""
    match limit.unit:
        case LimitUnit.WORKDAY:
            return limit.amount
        case LimitUnit.DAY:
            return limit.amount * WORKDAYS_A_WEEK // DAYS_A_WEEK
        case LimitUnit.MONTH:
            return limit.amount * DAYS_A_MONTH * WORKDAYS_A_WEEK // DAYS_A_WEEK


def _naming_flaws(item: Item) -> Iterator[Flaw]:
    for field in ("name", "department", "department_name"):
        if not str(getattr(item, field)).strip():
            yield Flaw(field, Rule.EMPTY)
    if not CODE_FORM.fullmatch(item.code):
        yield Flaw("code", Rule.BAD_CODE, (item.code,))
    if item.type_code not in TYPE_CODES:
        yield Flaw("type_code", Rule.UNKNOWN_TYPE, (item.type_code,))
    for alias in _repeated(item.aliases):
        yield Flaw("aliases", Rule.ALIAS_TWICE, (alias,))
    if not item.applicants:
        yield Flaw("applicants", Rule.NO_APPLICANT)


def _basis_flaws(item: Item) -> Iterator[Flaw]:
    if not item.basis:
        yield Flaw("basis", Rule.NO_BASIS)
    for number, basis in enumerate(item.basis):
        if not basis.law.strip():
            yield Flaw(f"basis[{number}].law", Rule.EMPTY)
        if any(vague in basis.law for vague in VAGUE_BASIS):
            yield Flaw(f"basis[{number}].law", Rule.BASIS_VAGUE, (basis.law,))
        if not ARTICLE_FORM.search(basis.article):
            yield Flaw(f"basis[{number}].article", Rule.BASIS_WITHOUT_ARTICLE, (basis.law,))


def _limit_flaws(item: Item) -> Iterator[Flaw]:
    promised, statutory = item.promised, item.statutory
    if promised.amount < 0:
        yield Flaw("promised", Rule.LIMIT_BELOW_ZERO)
    days = workdays_in(promised)
    if item.case_kind is CaseKind.INSTANT and days > INSTANT_WORKDAYS:
        yield Flaw("promised", Rule.INSTANT_TAKES_DAYS, (str(days),))
    if item.case_kind is CaseKind.PROMISED and promised.amount == 0:
        yield Flaw("promised", Rule.PROMISED_WITHOUT_DAYS)
    if statutory is not None:
        yield from _statute_flaws(promised, statutory)
    elif item.type_code == LICENCE:
        yield Flaw("statutory", Rule.LICENCE_WITHOUT_STATUTE)


def _statute_flaws(promised: Limit, statutory: Limit) -> Iterator[Flaw]:
    if statutory.amount < 0:
        yield Flaw("statutory", Rule.LIMIT_BELOW_ZERO)
    days, most = workdays_in(promised), workdays_in(statutory)
    if days > most:
        yield Flaw("promised", Rule.PROMISE_OVER_STATUTE, (str(days), str(most)))
    if statutory.start is LimitStart.RECEIVED and promised.start is LimitStart.ACCEPTED:
        yield Flaw("promised", Rule.PROMISE_STARTS_LATER)


def _material_flaws(item: Item) -> Iterator[Flaw]:
    for code in _repeated(material.code for material in item.materials):
        yield Flaw("materials", Rule.MATERIAL_TWICE, (code,))
    for number, material in enumerate(item.materials):
        for field in ("code", "name"):
            if not str(getattr(material, field)).strip():
                yield Flaw(f"materials[{number}].{field}", Rule.EMPTY)
        if any(phrase in material.name for phrase in CATCH_ALL):
            yield Flaw(f"materials[{number}].name", Rule.MATERIAL_CATCH_ALL, (material.name,))
        if material.copies < 1:
            yield Flaw(f"materials[{number}].copies", Rule.MATERIAL_WITHOUT_COPY, (material.name,))


def _order_flaws(process: tuple[Stage, ...]) -> Iterator[Flaw]:
    kinds = [stage.kind for stage in process]
    if kinds.count(StageKind.ACCEPT) != 1:
        yield Flaw("process", Rule.NOT_ONE_ACCEPT, (str(kinds.count(StageKind.ACCEPT)),))
    if kinds.count(StageKind.DECIDE) != 1:
        yield Flaw("process", Rule.NOT_ONE_DECIDE, (str(kinds.count(StageKind.DECIDE)),))
    elif kinds[-1] is not StageKind.DECIDE:
        yield Flaw("process", Rule.DECIDE_NOT_LAST)
    elif kinds != sorted(kinds, key=list(StageKind).index):
        yield Flaw("process", Rule.STAGES_OUT_OF_ORDER)
    for kind in (StageKind.DISPATCH, StageKind.REVIEW):
        if kinds.count(kind) > 1:
            yield Flaw("process", Rule.STAGE_TWICE, (kind,))
    for level in _repeated(stage.level for stage in process if stage.kind is StageKind.CHECK):
        yield Flaw("process", Rule.STAGE_TWICE, (f"{StageKind.CHECK} {level}",))


def _stage_flaws(stage: Stage, field: str) -> Iterator[Flaw]:
    can = profile_of(stage.level).capabilities
    if not stage.name.strip():
        yield Flaw(f"{field}.name", Rule.EMPTY)
    if NEEDED[stage.kind] not in can:
        yield Flaw(f"{field}.level", Rule.LEVEL_CANNOT, (stage.level, stage.kind))
    if stage.workdays < 0:
        yield Flaw(f"{field}.workdays", Rule.STAGE_BELOW_ZERO)
    departmental = stage.kind in (StageKind.REVIEW, StageKind.DECIDE)
    if Capability.DEPARTMENTS in can and departmental and not stage.department:
        yield Flaw(f"{field}.department", Rule.DEPARTMENT_MISSING, (stage.name,))
    if stage.department and not (Capability.DEPARTMENTS in can and departmental):
        yield Flaw(f"{field}.department", Rule.DEPARTMENT_MISPLACED, (stage.name,))


def _decider_flaws(item: Item) -> Iterator[Flaw]:
    if item.decided_by is None:
        return
    deciding = {stage.level for stage in item.process if stage.kind is StageKind.DECIDE}
    try:
        level: Level | None = level_of(parse_node_id(item.decided_by))
    except BadNameError:
        level = None
    if level not in deciding:
        yield Flaw("decided_by", Rule.DECIDER_MISPLACED, (item.decided_by,))


def _stage_sum_flaws(item: Item) -> Iterator[Flaw]:
    kinds = [stage.kind for stage in item.process]
    if StageKind.ACCEPT not in kinds:
        return
    counted = item.process
    if item.promised.start is LimitStart.ACCEPTED:  # the clock starts the day after acceptance
        counted = item.process[kinds.index(StageKind.ACCEPT) + 1 :]
    total, most = sum(stage.workdays for stage in counted), workdays_in(item.promised)
    if total > most:
        yield Flaw("process", Rule.STAGES_OVER_PROMISE, (str(total), str(most)))


def _tier_flaws(item: Item) -> Iterator[Flaw]:
    if not item.tiers:
        yield Flaw("tiers", Rule.NO_TIER)
    for level in _repeated(tier.level for tier in item.tiers):
        yield Flaw("tiers", Rule.TIER_TWICE, (level,))
    for number, tier in enumerate(item.tiers):
        field = f"tiers[{number}]"
        if Capability.RECEIVE not in profile_of(tier.level).capabilities:
            yield Flaw(field, Rule.TIER_WITHOUT_WINDOW, (tier.level,))
        here = {stage.kind for stage in item.process if stage.level is tier.level}
        idle_direct = tier.mode is Mode.DIRECT and StageKind.DECIDE not in here
        idle_review = tier.mode is Mode.REVIEW_FORWARD and StageKind.CHECK not in here
        if idle_direct or idle_review:
            yield Flaw(field, Rule.TIER_WITHOUT_STAGE, (tier.level, tier.mode))


def _department_flaws(item: Item, known: frozenset[DepartmentId]) -> Iterator[Flaw]:
    decided_at = {stage.level for stage in item.process if stage.kind is StageKind.DECIDE}
    town_decides = item.department == TOWN_ITSELF and Level.TOWN in decided_at
    if item.department not in known and not town_decides:
        yield Flaw("department", Rule.DEPARTMENT_UNKNOWN, (item.department,))
    for number, stage in enumerate(item.process):
        if stage.department and stage.department not in known:
            field = f"process[{number}].department"
            yield Flaw(field, Rule.DEPARTMENT_UNKNOWN, (stage.department,))


def _repeated(values: Iterable[str]) -> list[str]:
    return [value for value, times in Counter(values).items() if times > 1]
