"""Lights: when a list warns, when it calls a case late, and when it does not dare to."""

from datetime import date, datetime
from functools import partial

import pytest
from msgspec.structs import replace

from node.calendar.model import Calendar, Year, year_of
from node.cases import lights
from node.cases.clocks import Timer
from node.clock import CHINA, to_ms
from schemas.calendar import YearSource
from schemas.cases import Action
from schemas.clocks import ClockKind, ClockState, Light
from schemas.ids import NodeId
from schemas.item_terms import LimitUnit
from schemas.items import Limit

CALENDAR = Calendar(
    partial(year_of, source=YearSource.RULE, is_workday=lambda day: day.weekday() < 5)
)
ANNOUNCED = Calendar(
    partial(year_of, source=YearSource.COUNCIL, is_workday=lambda day: day.weekday() < 5)
)


def at(day: int, hour: int = 0, minute: int = 0) -> int:
    """An instant of November 2026 in China."""
    return to_ms(datetime(2026, 11, day, hour, minute, tzinfo=CHINA))


MONDAY = at(23, 10)
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
        (due(date(2026, 11, 23), amount=0), Light.GREEN, 0),
        (due(date(2026, 11, 24), amount=3), Light.YELLOW, 1),
        (due(date(2026, 11, 27), amount=30, unit=LimitUnit.DAY), Light.YELLOW, 4),
        (due(date(2026, 12, 1), amount=30, unit=LimitUnit.DAY), Light.GREEN, 6),
        (replace(due(date(2026, 11, 20)), provisional=True), Light.UNSURE, -1),
        (replace(RUNNING, state=ClockState.PAUSED), Light.STILL, 0),
    ],
    ids=[
        "time", "last fifth", "today", "late", "late on a Sunday", "a day of one",
        "on the spot, in the morning", "of three", "of thirty days", "of thirty days, time",
        "no calendar", "still",
    ],
)  # fmt: skip
def test_a_light_warns_in_time_and_calls_late_what_is_late_for_certain(
    timer: Timer, light: Light, left: int
) -> None:
    shown = lights.lit(timer, CALENDAR, MONDAY)
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


def test_what_is_done_at_one_visit_is_warned_of_in_the_afternoon_of_its_day() -> None:
    timer = due(date(2026, 11, 23), amount=0)
    assert lights.lit(timer, ANNOUNCED, at(23, 13, 59)).light is Light.GREEN
    assert lights.lit(timer, ANNOUNCED, at(23, 14)).light is Light.YELLOW


def test_a_case_is_late_from_the_midnight_behind_its_last_day_and_not_a_moment_before() -> None:
    timer = due(date(2026, 11, 25))
    assert lights.lit(timer, ANNOUNCED, at(26) - 1).light is Light.YELLOW
    assert lights.lit(timer, ANNOUNCED, at(26)).light is Light.RED


def test_an_item_may_be_warned_of_earlier_or_later_than_others() -> None:
    timer = due(date(2026, 11, 27))
    assert lights.lit(timer, ANNOUNCED, MONDAY).light is Light.GREEN
    assert lights.lit(timer, ANNOUNCED, MONDAY, 4).light is Light.YELLOW
    assert lights.lit(timer, ANNOUNCED, at(27, 13), 0).light is Light.GREEN


def test_the_warning_begins_on_the_first_day_with_so_few_left_be_it_a_day_of_rest_or_not() -> None:
    """Of a last day on Tuesday, two workdays are left from Friday on."""
    assert lights.yellow_from(due(date(2026, 11, 24)), ANNOUNCED) == at(20)
    assert lights.yellow_from(due(date(2026, 11, 23)), ANNOUNCED, 1) == at(20)


def test_once_a_year_has_begun_without_its_calendar_no_case_of_it_is_in_time_nor_late() -> None:
    timer = replace(due(date(2027, 1, 6), amount=30), provisional=True)

    def find(number: int) -> Year:
        source = YearSource.RULE if number > 2026 else YearSource.COUNCIL
        return year_of(number, source, lambda day: day.weekday() < 5)

    new_year = to_ms(datetime(2027, 1, 1, tzinfo=CHINA))
    due_at = to_ms(datetime(2027, 1, 7, tzinfo=CHINA))
    shown = [
        lights.lit(timer, Calendar(find), instant).light
        for instant in (at(23), new_year - 1, new_year, due_at - 1, due_at, 2 * due_at)
    ]
    assert shown == [
        Light.GREEN, Light.YELLOW, Light.MISSING, Light.MISSING, Light.UNSURE, Light.UNSURE,
    ]  # fmt: skip
