"""亮灯阈值: from when on a clock is yellow."""

from datetime import date

import pytest
from msgspec.structs import replace

from node.cases import clocks
from node.cases.clocks import Timer
from node.supervision import lights
from node.supervision.thresholds import yellow_from
from schemas.cases import Action
from schemas.clocks import ClockKind, ClockState, Light
from schemas.item_terms import LimitUnit
from schemas.items import Limit
from tests.support.casework import COUNTY
from tests.support.lives import PLAIN, PUBLISHED, Life, asked, ms, told

LONG = replace(PLAIN, promised=Limit(amount=60), statutory=Limit(amount=90))


def timer(limit: Limit, start: str = "2026-03-02") -> Timer:
    """A clock that was set running on that day; 2026-03-02 is a Monday."""
    begun = Timer(
        clock=ClockKind.PROMISED, limit=limit, place=COUNTY, state=ClockState.RUNNING,
        start=date.fromisoformat(start),
    )  # fmt: skip
    return clocks.reckoned(begun, PUBLISHED)


@pytest.mark.parametrize(
    ("limit", "own", "yellow"),
    [
        (Limit(amount=20), None, "03-23 24:00"),
        (Limit(amount=5), None, "03-05 24:00"),
        (Limit(amount=4), None, "03-04 24:00"),
        (Limit(amount=2), None, "03-02 24:00"),
        (Limit(amount=1), None, "03-03 14:00"),
        (Limit(amount=0), None, "03-02 14:00"),
        (Limit(amount=30, unit=LimitUnit.DAY), None, "03-24 24:00"),
        (Limit(amount=20), 3, "03-24 24:00"),
        (Limit(amount=20), 0, "03-30 14:00"),
        (Limit(amount=5), 30, "03-01 24:00"),
    ],
    ids=[
        "a fifth of twenty", "the last of five", "the last of four", "the last of two",
        "the afternoon of one", "the afternoon of the visit", "natural days, in workdays",
        "the item's own", "the item's own afternoon", "never before it began",
    ],
)  # fmt: skip
def test_yellow_begins_with_the_last_part_of_the_limit(
    limit: Limit, own: int | None, yellow: str
) -> None:
    found = yellow_from(timer(limit), PUBLISHED, own)
    assert found is not None
    assert told(found) == yellow


def test_an_items_own_threshold_is_of_the_decision_alone() -> None:
    """Ten workdays ahead of sixty: acceptance and delivery, of five and ten, warn as usual."""
    life = Life(item=LONG).receive("03-02 10:00")
    assert _shown(life, "03-02 10:01") == (ClockKind.ACCEPTANCE, Light.GREEN)
    assert _shown(life, "03-06 00:00") == (ClockKind.ACCEPTANCE, Light.YELLOW)
    life.do(Action.ACCEPT, "03-02 10:10")
    promised = life.happenings[-1].timer(ClockKind.PROMISED)
    assert promised is not None
    (warned,) = asked("T2", life.dossier(yellow_workdays=10))
    assert warned.at == yellow_from(promised, PUBLISHED, 10) != yellow_from(promised, PUBLISHED)
    life.path("03-03 10:00", Action.DISPATCH, Action.REVIEW, Action.DECIDE)
    assert _shown(life, "03-03 10:05") == (ClockKind.DELIVERY, Light.GREEN)
    assert _shown(life, "03-16 00:00") == (ClockKind.DELIVERY, Light.YELLOW)


def _shown(life: Life, when: str) -> tuple[ClockKind, Light | None]:
    """What a board speaks of then, by a book with ten workdays for the item."""
    one = lights.open_case(life.history, life.calendar, 10, "")
    assert one is not None
    assert one.timer is not None
    return one.timer.clock, one.light_at(ms(when))


def test_days_of_rest_are_no_warning() -> None:
    """Due on 2026-05-07 behind the May holiday: the workday before it is 2026-05-06."""
    found = yellow_from(timer(Limit(amount=5), "2026-04-27"), PUBLISHED)
    assert found is not None
    assert told(found) == "05-05 24:00"


def test_a_clock_without_a_last_day_is_never_yellow() -> None:
    waiting = Timer(clock=ClockKind.PROMISED, limit=Limit(amount=5), place=COUNTY)
    assert yellow_from(waiting, PUBLISHED) is None
