"""Lights: when a list warns, when it calls a case late, and when it does not dare to."""

from datetime import date
from functools import partial

import pytest
from msgspec.structs import replace

from node.calendar.model import Calendar, year_of
from node.cases import lights
from node.cases.clocks import Timer
from schemas.calendar import YearSource
from schemas.cases import Action
from schemas.clocks import ClockKind, ClockState, Light
from schemas.ids import NodeId
from schemas.item_terms import LimitUnit
from schemas.items import Limit

CALENDAR = Calendar(
    partial(year_of, source=YearSource.RULE, is_workday=lambda day: day.weekday() < 5)
)
TODAY = date(2026, 11, 23)  # a Monday
RUNNING = Timer(
    clock=ClockKind.PROMISED,
    limit=Limit(amount=10),
    place=NodeId("610328"),
    state=ClockState.RUNNING,
    start=date(2026, 11, 13),
)


def due(day: date, amount: int = 10, unit: LimitUnit = LimitUnit.WORKDAY) -> Timer:
    return replace(RUNNING, due=day, limit=Limit(amount=amount, unit=unit))


@pytest.mark.parametrize(
    ("timer", "light", "left"),
    [
        (due(date(2026, 11, 26)), Light.GREEN, 3),
        (due(date(2026, 11, 25)), Light.YELLOW, 2),
        (due(date(2026, 11, 23)), Light.YELLOW, 0),
        (due(date(2026, 11, 20)), Light.RED, -1),
        (due(date(2026, 11, 22)), Light.RED, -1),
        (due(date(2026, 11, 24), amount=1), Light.GREEN, 1),
        (due(date(2026, 11, 23), amount=0), Light.YELLOW, 0),
        (due(date(2026, 11, 24), amount=3), Light.YELLOW, 1),
        (due(date(2026, 11, 27), amount=30, unit=LimitUnit.DAY), Light.YELLOW, 4),
        (due(date(2026, 12, 1), amount=30, unit=LimitUnit.DAY), Light.GREEN, 6),
        (replace(due(date(2026, 11, 20)), provisional=True), Light.UNSURE, -1),
        (replace(RUNNING, state=ClockState.PAUSED), Light.STILL, 0),
    ],
    ids=[
        "time", "last fifth", "today", "late", "late on a Sunday", "a day of one",
        "on the spot", "of three", "of thirty days", "of thirty days, time", "no calendar", "still",
    ],
)  # fmt: skip
def test_a_light_warns_in_time_and_calls_late_what_is_late_for_certain(
    timer: Timer, light: Light, left: int
) -> None:
    shown = lights.lit(timer, CALENDAR, TODAY)
    assert shown.light is light
    assert shown.left == left


def test_a_list_speaks_of_the_limit_that_ends_first() -> None:
    promised, statutory = due(date(2026, 11, 25)), replace(due(date(2026, 12, 9)))
    statutory = replace(statutory, clock=ClockKind.STATUTORY)
    assert lights.first_of((statutory, promised), Action.REVIEW) is promised
    stopped = replace(promised, state=ClockState.PAUSED, due=None)
    assert lights.first_of((statutory, stopped), Action.RESUME) is statutory
    assert lights.first_of((stopped,), Action.RESUME) is stopped
    assert lights.first_of((), Action.REVIEW) is None


def test_a_check_is_spoken_of_once_it_is_to_be_done() -> None:
    check = replace(due(date(2026, 12, 9)), clock=ClockKind.CHECK)
    assert lights.first_of((check,), Action.CLOSE) is None
    assert lights.first_of((check,), Action.CHECK) is check
