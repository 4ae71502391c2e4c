"""The tables of a notice: papers that came, that are missing, that go back; fees; conditions. Pure.

A paper that the item does not list (its version is not known here) appears under its code.
"""

from collections.abc import Mapping
from typing import Final

from node.notices import filling_events
from node.notices.ground import Ground
from node.notices.template import Table
from schemas.case_law import CaseApplied, CaseSupplied
from schemas.case_terms import MaterialGiven
from schemas.cases import CaseAccepted, CaseCorrected, CaseCorrectionRequested, CaseReceived
from schemas.item_terms import MaterialForm
from schemas.items import Item, MaterialNeed

FORMS: Final = {
    MaterialForm.ORIGINAL: "原件",
    MaterialForm.COPY: "复印件",
    MaterialForm.BOTH: "原件和复印件",
}


def tables(ground: Ground) -> Mapping[str, Table]:
    """Give every table that has something to say."""
    return {
        "materials": _given(ground, first=True),
        "papers": _given(ground, first=False),
        "asked": _needed(ground, _asked(ground)),
        "pending": _needed(ground, _pending(ground)),
        "fees": _fees(ground),
        "promises": _promises(ground.item),
    }


def _given(ground: Ground, *, first: bool) -> Table:
    """List the papers of the receipt alone, or of every step up to now."""
    found: dict[str, MaterialGiven] = {}
    for step in ground.life:
        match step.fact:
            case CaseReceived() | CaseApplied() as fact:
                found |= {one.code: one for one in fact.materials}
            case (CaseCorrected() | CaseSupplied()) as fact if not first:
                found |= {one.code: one for one in fact.materials}
            case _:
                continue
    names = _needs(ground.item)
    rows = (
        (
            str(number),
            names[code].name if code in names else code,
            _count(one.originals),
            _count(one.copies),
            _count(len(one.parts)),
            _level(one),
        )
        for number, (code, one) in enumerate(found.items(), 1)
    )
    return Table(("序号", "材料名称", "原件", "复印件", "电子件", "可信等级"), tuple(rows))


def _level(one: MaterialGiven) -> str:
    """Say how far a paper may be relied on (材料可信等级), and whether it was shared."""
    if one.trust is None:
        return "—"
    return f"{one.trust}（共享）" if one.shared else one.trust.value


def _count(number: int) -> str:
    return f"{number} 份" if number else "—"


def _needs(item: Item | None) -> Mapping[str, MaterialNeed]:
    return {} if item is None else {need.code: need for need in item.materials}


def _asked(ground: Ground) -> tuple[str, ...]:
    fact = ground.step.fact
    return fact.materials if isinstance(fact, CaseCorrectionRequested) else ()


def _pending(ground: Ground) -> tuple[str, ...]:
    fact = ground.step.fact
    return fact.pending if isinstance(fact, CaseAccepted) else ()


def _needed(ground: Ground, codes: tuple[str, ...]) -> Table:
    """List papers to be brought, each with what makes it good."""
    needs = _needs(ground.item)
    rows = (
        (str(number), needs[code].name, _demand(needs[code]))
        if code in needs
        else (str(number), code, "")
        for number, code in enumerate(codes, 1)
    )
    return Table(("序号", "材料名称", "要求"), tuple(rows))


def _demand(need: MaterialNeed) -> str:
    said = (f"{FORMS[need.form]} {need.copies} 份", need.page, need.standard or need.hint)
    return "；".join(one for one in said if one)


def _fees(ground: Ground) -> Table:
    rows = (
        (fee.name, fee.standard, f"{fee.law}{fee.article}", fee.reduction or "—")
        for fee in filling_events.fees_of(ground)
    )
    return Table(("收费项目", "收费标准", "收费依据", "减免"), tuple(rows))


def _promises(item: Item | None) -> Table:
    conditions = () if item is None else item.conditions
    rows = ((str(number), one) for number, one in enumerate(conditions, 1))
    return Table(("序号", "条件和要求"), tuple(rows))
