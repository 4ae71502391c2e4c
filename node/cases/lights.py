"""绿黄红灯: how near the end of a case's limits is. Pure.

A light is stored nowhere: it follows from the clocks and from today. Yellow is a warning in time,
red is late; a clock that stands still has a light of its own, and so has one whose last day rests
on a calendar that is not published, which is never called late.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from node.calendar import model as days
from node.calendar.model import Calendar
from node.cases.clocks import Timer
from schemas.cases import Action
from schemas.clocks import ClockKind, ClockState, Light
from schemas.item_terms import LimitUnit
from schemas.items import Limit

WORKDAYS_IN: Final = {LimitUnit.WORKDAY: 1.0, LimitUnit.DAY: 5 / 7, LimitUnit.MONTH: 21.0}
"""Workdays of a limit's unit, roughly: enough to choose when to warn."""
LAST_PART: Final = 5  # the warning begins with the last fifth of the limit


@dataclass(frozen=True, slots=True)
class Lit:
    """The light of a case, and what it speaks of."""

    light: Light
    clock: ClockKind
    due: date | None = None
    left: int = 0
    """Workdays behind today up to the last day; negative: late by so many."""


def first_of(timers: Sequence[Timer], duty: Action | None) -> Timer | None:
    """Choose the clock that a list speaks of: the first to end, else one that stands still.

    The check after a promise (核查) is spoken of once it is what the case waits for.
    """
    told = [one for one in timers if one.clock is not ClockKind.CHECK or duty is Action.CHECK]
    running = [one for one in told if one.state is ClockState.RUNNING and one.due is not None]
    if running:
        return min(running, key=lambda one: one.due or date.max)
    return next((one for one in told if one.state is ClockState.PAUSED), None)


def lit(timer: Timer, calendar: Calendar, today: date) -> Lit:
    """Give a clock that runs or stands still its light."""
    if timer.due is None:
        return Lit(Light.STILL, timer.clock)
    left = days.remaining(calendar, today, timer.due)
    if timer.due < today:
        light = Light.UNSURE if timer.provisional else Light.RED
    else:
        light = Light.YELLOW if left <= warned_at(timer.limit) else Light.GREEN
    return Lit(light, timer.clock, timer.due, left)


def warned_at(limit: Limit) -> int:
    """Say with how many workdays left the warning begins; 0: on the last day itself."""
    workdays = int(limit.amount * WORKDAYS_IN[limit.unit])
    if workdays < 2:  # noqa: PLR2004  # of one day nothing is left to warn of before
        return 0
    return max(1, -(-workdays // LAST_PART))
