"""事项校验: what makes an item fit to publish. A flaw names its field and the rule it breaks.

Pure: an item in, flaws out. This file has names, basis, materials, tiers and sizes, and gathers all
rules; `rules_codes`, `rules_limits`, `rules_grounds`, `rules_situations`, `rules_process`,
`rules_guide` and `rules_catalogue` have the rest. The sentences are in `node.catalogue.wording`.
"""

import re
from collections.abc import Collection, Iterator
from typing import Final

import msgspec

from levels.profiles import profile_of
from node.catalogue.flaws import Flaw, Rule, repeated
from node.catalogue.model import TAKES_NONE
from node.catalogue.rules_catalogue import Misfit, catalogue_flaws
from node.catalogue.rules_codes import code_flaws
from node.catalogue.rules_grounds import ARTICLE_FORM, ground_flaws
from node.catalogue.rules_guide import guide_flaws, risk_flaws
from node.catalogue.rules_limits import limit_flaws, workdays_in
from node.catalogue.rules_process import process_flaws, stage_sum_flaws
from node.catalogue.rules_situations import situation_flaws
from schemas.ids import DepartmentId, Level
from schemas.item_terms import Mode, StageKind
from schemas.items import Item
from schemas.levels import Capability

TOWN_ITSELF: Final = DepartmentId("town")  # 责任单位 of an item that the town government decides
TYPE_CODES: Final = frozenset(
    ("00", "01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "20")
)  # GB/T 39046 A.1
CODE_FORM: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")  # national codes have 31 or 33
VAGUE_BASIS: Final = ("有关规定", "相关规定")  # a basis names its law (domain §2.6 rule 5)
CATCH_ALL: Final = ("其他材料", "其它材料", "其他有关材料", "其他相关材料")  # 陕政办函〔2020〕25号
MAX_ITEM_BYTES: Final = 60_000  # as JSON: an event is at most 64 KiB with its own fields around
MAX_LIMIT: Final = 3_650  # ten years of days: more is a slip of the hand, and overruns calendars
MAX_COUNT: Final = 99  # copies of a paper, visits: two digits on every form
MAX_FEN: Final = 10_000_000_000  # 一亿元
STAGE_OF_MODE: Final = {
    Mode.DIRECT: frozenset({StageKind.DECIDE}),
    Mode.DELEGATED: frozenset({StageKind.DECIDE}),
    Mode.REVIEW_FORWARD: frozenset({StageKind.CHECK, StageKind.REPORT}),
}
"""What a tier of such a mode does itself: one of these."""

__all__ = [
    "Flaw",
    "Misfit",
    "Rule",
    "catalogue_flaws",
    "errors_of",
    "flaws_of",
    "process_flaws",
    "warnings_of",
    "workdays_in",
]


def flaws_of(
    item: Item, *, departments: Collection[DepartmentId] | None = None
) -> tuple[Flaw, ...]:
    """List all that is wrong with `item`, in the order of its fields.

    `departments` are those the county has; `None` leaves names of departments unchecked.
    """
    return (
        *_naming_flaws(item),
        *code_flaws(item),
        *_basis_flaws(item),
        *limit_flaws(item),
        *ground_flaws(item),
        *_material_flaws(item),
        *situation_flaws(item),
        *process_flaws(item),
        *stage_sum_flaws(item),
        *_tier_flaws(item),
        *(() if departments is None else _department_flaws(item, frozenset(departments))),
        *guide_flaws(item),
        *risk_flaws(item),
        *_size_flaws(item),
    )


def errors_of(
    item: Item, *, departments: Collection[DepartmentId] | None = None
) -> tuple[Flaw, ...]:
    """List what keeps `item` from being published."""
    return tuple(flaw for flaw in flaws_of(item, departments=departments) if not flaw.is_warning)


def warnings_of(
    item: Item, *, departments: Collection[DepartmentId] | None = None
) -> tuple[Flaw, ...]:
    """List what the reviewers of `item` should look at."""
    return tuple(flaw for flaw in flaws_of(item, departments=departments) if flaw.is_warning)


def _naming_flaws(item: Item) -> Iterator[Flaw]:
    for field in ("name", "department", "department_name"):
        if not str(getattr(item, field)).strip():
            yield Flaw(field, Rule.EMPTY)
    if not CODE_FORM.fullmatch(item.code):
        yield Flaw("code", Rule.BAD_CODE, (item.code,))
    if item.type_code not in TYPE_CODES:
        yield Flaw("type_code", Rule.UNKNOWN_TYPE, (item.type_code,))
    for alias in repeated(item.aliases):
        yield Flaw("aliases", Rule.ALIAS_TWICE, (alias,))
    if not item.applicants:
        yield Flaw("applicants", Rule.NO_APPLICANT)
    yield from _reference_flaws(item)


def _reference_flaws(item: Item) -> Iterator[Flaw]:
    if item.follows == item.code:
        yield Flaw("follows", Rule.REFERS_TO_ITSELF, (item.code,))
    for number, code in enumerate(item.predecessors):
        if code == item.code:
            yield Flaw(f"predecessors[{number}]", Rule.REFERS_TO_ITSELF, (code,))


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


def _material_flaws(item: Item) -> Iterator[Flaw]:
    for code in repeated(material.code for material in item.materials):
        yield Flaw("materials", Rule.MATERIAL_TWICE, (code,))
    for number, material in enumerate(item.materials):
        for field in ("code", "name"):
            if not str(getattr(material, field)).strip():
                yield Flaw(f"materials[{number}].{field}", Rule.EMPTY)
        if any(phrase in material.name for phrase in CATCH_ALL):
            yield Flaw(f"materials[{number}].name", Rule.MATERIAL_CATCH_ALL, (material.name,))
        if material.copies < 1:
            yield Flaw(f"materials[{number}].copies", Rule.MATERIAL_WITHOUT_COPY, (material.name,))


def _tier_flaws(item: Item) -> Iterator[Flaw]:
    if all(tier.mode in TAKES_NONE for tier in item.tiers):
        yield Flaw("tiers", Rule.NO_TIER)
    for level in repeated(tier.level for tier in item.tiers):
        yield Flaw("tiers", Rule.TIER_TWICE, (level,))
    for number, tier in enumerate(item.tiers):
        field = f"tiers[{number}]"
        windows = Capability.RECEIVE in profile_of(tier.level).capabilities
        if tier.mode not in TAKES_NONE and not windows:
            yield Flaw(field, Rule.TIER_WITHOUT_WINDOW, (tier.level,))
        here = {stage.kind for stage in item.process if stage.level is tier.level}
        if tier.mode in STAGE_OF_MODE and not STAGE_OF_MODE[tier.mode] & here:
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
        for department in stage.joint:
            if department.strip() and department not in known:
                field = f"process[{number}].joint"
                yield Flaw(field, Rule.DEPARTMENT_UNKNOWN, (department,))


def _size_flaws(item: Item) -> Iterator[Flaw]:
    for field, number, most in _numbers(item):
        if number > most:
            yield Flaw(field, Rule.NUMBER_TOO_LARGE, (str(number), str(most)))
    size = len(msgspec.json.encode(item))
    if size > MAX_ITEM_BYTES:
        yield Flaw("name", Rule.ITEM_TOO_LARGE, (str(size), str(MAX_ITEM_BYTES)))


def _numbers(item: Item) -> Iterator[tuple[str, int, int]]:
    """Give every number of `item` with its field and the most that it may be."""
    yield "visits", item.visits, MAX_COUNT
    yield "promised", item.promised.amount, MAX_LIMIT
    if item.statutory is not None:
        yield "statutory", item.statutory.amount, MAX_LIMIT
    if item.commitment_check is not None:
        yield "commitment_check", item.commitment_check.amount, MAX_LIMIT
    for number, special in enumerate(item.special):
        yield f"special[{number}].limit", special.limit.amount, MAX_LIMIT
    for number, stage in enumerate(item.process):
        yield f"process[{number}].workdays", stage.workdays, MAX_LIMIT
    for number, material in enumerate(item.materials):
        yield f"materials[{number}].copies", material.copies, MAX_COUNT
    for number, fee in enumerate(item.fees):
        yield f"fees[{number}].fen", fee.fen or 0, MAX_FEN
