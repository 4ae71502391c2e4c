"""What the item and the calendar ask before an event is written: the edges of each rule. Pure."""

from datetime import date

import pytest
from msgspec.structs import replace

from node.calendar.sources import calendar_from
from node.cases import faults, requirements
from node.cases.caseview import CaseView
from node.cases.requirements import Day
from node.errors import BadInputError
from schemas.case_forms import ExtendCase, SuspendCase
from schemas.case_terms import Ground
from schemas.cases import Action
from schemas.cases_api import RequestCorrection
from schemas.item_terms import LimitUnit, SpecialKind
from schemas.items import Item, Limit
from tests.support.catalogue import ENROLMENT, LICENCE
from tests.support.laws import HEARING, RICH
from tests.support.steps import GROUND, begun, walk

DAY = Day(date(2026, 3, 2), calendar_from(()))
"""A Monday without a holiday near it."""
CASE = walk(begun(), Action.FORWARD)


def wrong(ask: object, *args: object, **named: object) -> dict[str, str]:
    """What is said to be wrong; empty if nothing is."""
    try:
        ask(*args, **named)  # type: ignore[operator]
    except BadInputError as refused:
        return dict(refused.fields)
    return {}


@pytest.mark.parametrize(
    ("by", "said"),
    [
        ("2026-03-02", "day_out_of_range"), ("2026-03-03", None), ("2026-05-31", None),
        ("2026-06-01", "day_out_of_range"), ("tomorrow", "no_day"), ("2026-02-30", "no_day"),
    ],
)  # fmt: skip
def test_a_correction_has_a_day_ahead_and_not_too_far(by: str, said: str | None) -> None:
    form = RequestCorrection(reason="other", materials=("form",), by=by)
    found = wrong(requirements.correction_day, form, CASE, DAY, None)
    assert found == ({} if said is None else {"by": said})


@pytest.mark.parametrize(("due", "late"), [(date(2026, 3, 2), False), (date(2026, 2, 28), True)])
def test_one_is_told_within_five_days_unless_one_was_told_before(due: date, *, late: bool) -> None:
    form = RequestCorrection(reason="other", materials=("form",), again="other")
    found = wrong(requirements.correction_day, form, CASE, DAY, due)
    assert found == ({"materials": "told_too_late"} if late else {})
    told = replace(CASE, law=replace(CASE.law, corrections=1))
    assert wrong(requirements.correction_day, form, told, DAY, due) == {}


def test_the_usual_day_of_a_correction_is_ten_working_days_off() -> None:
    form = RequestCorrection(reason="other", materials=("form",))
    assert requirements.correction_day(form, CASE, DAY, None) == "2026-03-16"


@pytest.mark.parametrize(
    ("on", "fits"),
    [("2026-03-10", False), ("2026-03-11", True), ("2026-03-30", True), ("2026-03-31", False)],
)
def test_a_hearing_is_told_seven_days_ahead_and_held_within_twenty(on: str, *, fits: bool) -> None:
    form = SuspendCase(procedure=SpecialKind.HEARING, amount=20, on=on, place="二楼")
    found = wrong(requirements.procedure, form, LICENCE, DAY)
    assert found == ({} if fits else {"on": "hearing_day"})


def test_a_procedure_takes_its_ground_from_the_form_the_item_or_the_law_in_this_order() -> None:
    listed = replace(LICENCE, special=(HEARING,))
    form = SuspendCase(
        procedure=SpecialKind.HEARING, amount=20, on="2026-03-12", place="二楼", ground=GROUND
    )
    blank = replace(form, ground=Ground(law=" ", article=" "))

    def ground(said: SuspendCase, item: Item) -> str:
        return requirements.procedure(said, item, DAY).law

    assert ground(form, listed) == GROUND.law
    assert ground(blank, listed) == HEARING.law
    assert ground(blank, LICENCE) == "行政许可法"
    assert wrong(requirements.procedure, blank, ENROLMENT, DAY) == {"ground": "no_ground"}
    assert requirements.procedure(replace(form, amount=None), listed, DAY).limit.amount == 20
    longer = {"amount": "above_limit"}
    assert wrong(requirements.procedure, replace(form, amount=21), listed, DAY) == longer
    in_days = replace(form, amount=20, unit=LimitUnit.DAY)
    assert wrong(requirements.procedure, in_days, listed, DAY) == longer


def test_the_eight_of_the_law_stop_its_clock_and_what_practice_adds_does_not() -> None:
    for kind in SpecialKind:
        form = SuspendCase(procedure=kind, amount=3, ground=GROUND, on="2026-03-12", place="二楼")
        found = requirements.procedure(form, LICENCE, DAY)
        assert found.stops_statutory is (kind in faults.STATUTORY_PROCEDURES)
    listed = replace(LICENCE, special=(replace(HEARING, stops_statutory=False),))
    hearing = SuspendCase(procedure=SpecialKind.HEARING, on="2026-03-12", place="二楼")
    assert not requirements.procedure(hearing, listed, DAY).stops_statutory


MONTHS = replace(LICENCE, statutory=Limit(amount=2, unit=LimitUnit.MONTH))
JOINT = walk(begun(RICH), Action.FORWARD, Action.ACCEPT)


@pytest.mark.parametrize(
    ("item", "view", "most"),
    [(LICENCE, CASE, 10), (RICH, JOINT, 15), (MONTHS, CASE, 2)],
    ids=["ordinary", "joint", "months"],
)
def test_an_extension_is_as_long_as_the_law_lets_it_be(
    item: Item, view: CaseView, most: int
) -> None:
    for amount in (0, 1, most, most + 1):
        form = ExtendCase(amount=amount, reason="complex_case")
        found = wrong(
            requirements.extension_ground, form, item, view, today=DAY.today, due=DAY.today
        )
        assert found == ({} if 0 < amount <= most else {"amount": "extension_range"})
