"""绿黄红灯: how near the end of a case's limits is. Pure.

A light is stored nowhere: it follows from the clocks and from the instant. Yellow is a warning in
time, red is late; a clock that stands still has a light of its own. What rests on a calendar that
is not published is never called late, and once such a year has begun, not in time either.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final

from node.calendar import model as days
from node.calendar.model import Calendar
from node.cases.clocks import Timer
from node.clock import CHINA, from_ms, local_day, to_ms
from schemas.cases import Action
from schemas.clocks import ClockKind, ClockState, Light
from schemas.item_terms import LimitUnit
from schemas.items import Limit

WORKDAYS_IN: Final = {LimitUnit.WORKDAY: 1.0, LimitUnit.DAY: 5 / 7, LimitUnit.MONTH: 21.0}
"""Workdays of a limit's unit, roughly: enough to choose when to warn."""
LAST_PART: Final = 5  # the warning begins with the last fifth of the limit
AFTERNOON: Final = time(14)  # 即办: a morning to do it in, and an afternoon to be reminded in


@dataclass(frozen=True, slots=True)
class Lit:
    """The light of a case, and what it speaks of."""

    light: Light
    clock: ClockKind
    due: date | None = None
    left: int = 0
    """Workdays behind today up to the last day; negative: late by so many."""


@dataclass(frozen=True, slots=True)
class Course:
    """Which light a running clock shows as time goes on: the instants at which it changes.

    Milliseconds UTC. So a light is a question of an instant, and many are counted by a query.
    """

    warn_at: int
    due_at: int
    provisional: bool = False
    """The last day rests on a year whose arrangement is not published."""
    missing_at: int | None = None
    """When the first such year begins (日历缺失)."""

    def at(self, now: int) -> Light:
        """Give the light that it shows at an instant."""
        if now >= self.due_at:
            return Light.UNSURE if self.provisional else Light.RED
        if self.missing_at is not None and now >= self.missing_at:
            return Light.MISSING
        return Light.YELLOW if now >= self.warn_at else Light.GREEN


def first_of(timers: Sequence[Timer], duty: Action | None) -> Timer | None:
    """Choose the clock that a list speaks of: the first to end, else one that stands still.

    The check after a promise (核查) is spoken of once it is what the case waits for.
    """
    told = [one for one in timers if one.clock is not ClockKind.CHECK or duty is Action.CHECK]
    running = [one for one in told if one.state is ClockState.RUNNING and one.due is not None]
    if running:
        return min(running, key=lambda one: one.due or date.max)
    return next((one for one in told if one.state is ClockState.PAUSED), None)


def lit(timer: Timer, calendar: Calendar, now: int, yellow_workdays: int | None = None) -> Lit:
    """Give a clock that runs or stands still the light that it shows at an instant."""
    course = course_of(timer, calendar, yellow_workdays)
    if course is None or timer.due is None:
        return Lit(Light.STILL, timer.clock)
    left = days.remaining(calendar, local_day(from_ms(now)), timer.due)
    return Lit(course.at(now), timer.clock, timer.due, left)


def course_of(
    timer: Timer, calendar: Calendar, yellow_workdays: int | None = None
) -> Course | None:
    """Tell when a clock changes its light; `None` while it has no last day."""
    warn_at = yellow_from(timer, calendar, yellow_workdays)
    if warn_at is None or timer.due is None:
        return None
    return Course(
        warn_at=warn_at,
        due_at=to_ms(days.due_instant(timer.due)),
        provisional=timer.provisional,
        missing_at=_missing_at(timer.start or timer.due, timer.due, calendar)
        if timer.provisional
        else None,
    )


def _missing_at(start: date, due: date, calendar: Calendar) -> int | None:
    lacking = (n for n in range(start.year, due.year + 1) if calendar.year(n).provisional)
    year = next(lacking, None)
    return None if year is None else _instant(date(year, 1, 1), time())


def yellow_from(timer: Timer, calendar: Calendar, yellow_workdays: int | None = None) -> int | None:
    """Give the instant from which on the clock is yellow; `None` while it has no last day.

    That is 00:00 (北京时间) of the first day on which no more workdays than the threshold are
    left, at the earliest of the day that set the clock running; milliseconds UTC. With a threshold
    of 0, and of what is to be done at one visit or within a day: the afternoon of its last day.
    `yellow_workdays` is the item's own threshold for its promised limit, `None` for the usual one;
    to all other clocks, which are the same for every item, the usual one applies.
    """
    if timer.due is None:
        return None
    own = yellow_workdays if timer.clock is ClockKind.PROMISED else None
    left = warned_at(timer.limit) if own is None else own
    if left <= 0:
        return _instant(timer.due, AFTERNOON)
    return _instant(_days_before(timer.due, left, calendar, timer.start), time())


def _days_before(due: date, workdays: int, calendar: Calendar, start: date | None) -> date:
    """Go back so many workdays, as far as the day that set the clock running."""
    day, earliest = due, due if start is None else min(start, due)
    while workdays and day > earliest:
        day -= days.ONE_DAY
        workdays -= calendar.is_workday(day)
    return day


def _instant(day: date, hour: time) -> int:
    return to_ms(datetime.combine(day, hour, CHINA))


def warned_at(limit: Limit) -> int:
    """Say with how many workdays left the warning begins; 0: on the last day itself."""
    workdays = int(limit.amount * WORKDAYS_IN[limit.unit])
    if workdays < 2:  # noqa: PLR2004  # of one day nothing is left to warn of before
        return 0
    return max(1, -(-workdays // LAST_PART))
