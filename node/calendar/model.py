"""工作日历: which days are worked, and when a limit ends. Pure: knows no tables and no clock.

Dates are local days (北京时间). Where the days of a year come from is `node.calendar.sources`; the
sentences that explain a due date are `node.calendar.wording`.
"""

import calendar as gregorian
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from node.clock import CHINA
from schemas.calendar import YearSource
from schemas.item_terms import LimitUnit
from schemas.items import Limit

MOST: Final = 3650  # days, workdays or months: no law sets a longer limit, and sums stay in range
FRIDAY: Final = (
    5  # ISO; state organs rest on the two days after it (国务院关于职工工作时间的规定 §7)
)
ONE_DAY: Final = timedelta(days=1)

Span = tuple[date, date]
"""First and last day, both included."""


@dataclass(frozen=True, slots=True)
class Year:
    """The days of one year. Made by `year_of`."""

    number: int
    source: YearSource
    workdays: tuple[int, ...]
    """Ordinals of the days that are worked, ascending."""
    breaks: tuple[Span, ...]
    """Breaks that hold a weekday off, with the weekend days beside it."""
    made_up: tuple[date, ...]
    """调休上班: weekend days that are worked."""
    overridden: frozenset[date] = frozenset()
    """Days that a place decided otherwise than the source."""

    @property
    def provisional(self) -> bool:
        """Whether the State Council's arrangement of the year is unknown here."""
        return self.source is YearSource.RULE


class Calendar:
    """The working days of one place. Years are asked of `find` once each, when first needed."""

    def __init__(self, find: Callable[[int], Year]) -> None:
        self._find = find
        self._years: dict[int, Year] = {}

    def year(self, number: int) -> Year:
        """Give the days of a year, whatever is known of it."""
        year = self._years.get(number)
        if year is None:
            year = self._years[number] = self._find(number)
        return year

    def is_workday(self, day: date) -> bool:
        """Say whether `day` is worked."""
        workdays, ordinal = self.year(day.year).workdays, day.toordinal()
        at = bisect_left(workdays, ordinal)
        return at < len(workdays) and workdays[at] == ordinal

    def after(self, day: date, workdays: int) -> date:
        """Give the `workdays`-th workday after `day`, which itself is not counted; at least 1."""
        year = self.year(day.year)
        at = bisect_right(year.workdays, day.toordinal()) + workdays - 1
        while at >= len(year.workdays):
            at -= len(year.workdays)
            year = self.year(year.number + 1)
        return date.fromordinal(year.workdays[at])

    def next_workday(self, day: date) -> date:
        """Give `day` itself if it is worked, else the first workday behind it."""
        return day if self.is_workday(day) else self.after(day, 1)

    def count(self, after: date, until: date) -> int:
        """Count the workdays behind `after` up to and with `until`; 0 if `until` is not later."""
        if until <= after:
            return 0
        done = self._place(until) - self._place(after)
        return done + sum(len(self.year(n).workdays) for n in range(after.year, until.year))

    def _place(self, day: date) -> int:
        """Count the workdays of the year up to and with `day`."""
        return bisect_right(self.year(day.year).workdays, day.toordinal())


def year_of(
    number: int,
    source: YearSource,
    is_workday: Callable[[date], bool],
    overridden: Collection[date] = (),
) -> Year:
    """Lay out a year whose days are told by `is_workday`."""
    days = tuple(days_of(number))
    worked = [is_workday(day) for day in days]
    runs: list[list[date]] = []
    for day, works in zip(days, worked, strict=True):
        if works:
            continue
        if runs and runs[-1][-1] == day - ONE_DAY:
            runs[-1].append(day)
        else:
            runs.append([day])
    return Year(
        number=number,
        source=source,
        workdays=tuple(day.toordinal() for day, works in zip(days, worked, strict=True) if works),
        breaks=tuple((run[0], run[-1]) for run in runs if any(map(is_weekday, run))),
        made_up=tuple(
            day for day, works in zip(days, worked, strict=True) if works and not is_weekday(day)
        ),
        overridden=frozenset(overridden),
    )


def days_of(number: int) -> Iterator[date]:
    """Name the days of a year."""
    first = date(number, 1, 1).toordinal()
    last = date(number, 12, 31).toordinal()
    return (date.fromordinal(ordinal) for ordinal in range(first, last + 1))


def is_weekday(day: date) -> bool:
    """Say whether it is Monday to Friday."""
    return day.isoweekday() <= FRIDAY


# --- limits


@dataclass(frozen=True, slots=True)
class Pause:
    """不计时: the limit stood still from `since` on; `until` is the day it went on, or none yet."""

    since: date
    until: date | None = None


class StepRule(StrEnum):
    """What a step of a reckoning did."""

    STARTS = "starts"  # days: start
    SAME_VISIT = "same_visit"  # 即办; days: start
    AMOUNT = "amount"  # count, unit
    RESTS = "rests"  # days: first, last of a break that is not counted
    MAKE_UP = "make_up"  # days: one weekend day that is counted
    PAUSED = "paused"  # days: since, until; count, unit
    EXTENDED = "extended"  # count, unit
    ENDS = "ends"  # days: nominal end
    MOVED = "moved"  # days: nominal end, due
    DUE = "due"  # days: due
    STANDS_STILL = "stands_still"  # days: since
    PROVISIONAL = "provisional"  # count: the year


@dataclass(frozen=True, slots=True)
class Step:
    """One step of why a date is what it is: data, not a sentence."""

    rule: StepRule
    days: tuple[date, ...] = ()
    count: int = 0
    unit: LimitUnit = LimitUnit.WORKDAY


@dataclass(frozen=True, slots=True)
class Reckoning:
    """When a limit ends, and why."""

    due: date | None
    """The last day; `None` while a pause is open, for then nobody knows."""
    nominal: date | None
    """The last day before it moved off a day of rest; `None` as `due`."""
    provisional: bool
    """Whether a day of a provisional year took part, from the start to the due day."""
    steps: tuple[Step, ...]
    paused_since: date | None = None


def reckon(
    start: date,
    limit: Limit,
    calendar: Calendar,
    *,
    pauses: Sequence[Pause] = (),
    extension: int = 0,
) -> Reckoning:
    """Reckon when `limit` ends that `start` sets running (domain §4.1, §4.3).

    The start day is not counted (民法典 §201). Workdays are counted one by one; natural days and
    months end on a workday (§202, §203). Amount 0 is the start day, or the next workday. What lies
    in a pause does not count: workdays for a limit in workdays, else natural days. `extension` is
    in the limit's own unit. Never raises: an amount outside 0…`MOST` is taken as the nearer end.
    """
    opening = _opening(start, limit, extension)
    closed, since = _merged(start, pauses)
    if since is not None:
        still = Step(StepRule.STANDS_STILL, (since,))
        return Reckoning(None, None, provisional=False, steps=(*opening, still), paused_since=since)
    held = tuple(_held(pause, limit.unit, calendar) for pause in closed)
    held_in = LimitUnit.WORKDAY if limit.unit is LimitUnit.WORKDAY else LimitUnit.DAY
    pausing = tuple(
        Step(StepRule.PAUSED, pause, count, held_in)
        for pause, count in zip(closed, held, strict=True)
    )
    amount = _amount(limit, extension)
    if limit.unit is LimitUnit.WORKDAY:
        total = amount + sum(held)
        nominal = calendar.after(start, total) if total else start
    else:
        nominal = _natural_end(start, amount, limit.unit) + ONE_DAY * sum(held)
    due = calendar.next_workday(nominal)
    years = [n for n in range(start.year, due.year + 1) if calendar.year(n).provisional]
    skipped = _skipped(start, due, calendar) if limit.unit is LimitUnit.WORKDAY and amount else ()
    closing = (
        *(Step(StepRule.PROVISIONAL, count=number) for number in years),
        Step(StepRule.DUE, (due,)),
    )
    steps = (*opening, *pausing, *skipped, *_ending(nominal, due, limit.unit), *closing)
    return Reckoning(due, nominal, provisional=bool(years), steps=steps)


def remaining(calendar: Calendar, today: date, due: date) -> int:
    """Count the workdays left behind `today` up to `due`; negative: overdue by so many."""
    return calendar.count(today, due) or -calendar.count(due, today)


def due_instant(due: date) -> datetime:
    """Give the instant at which a limit is overdue: the end (24:00) of its due day in China."""
    return datetime(due.year, due.month, due.day, tzinfo=CHINA) + ONE_DAY


def _amount(limit: Limit, extension: int) -> int:
    return min(max(limit.amount + extension, 0), MOST)


def _opening(start: date, limit: Limit, extension: int) -> tuple[Step, ...]:
    extended = (Step(StepRule.EXTENDED, count=extension, unit=limit.unit),) if extension else ()
    if limit.amount <= 0:
        return (Step(StepRule.SAME_VISIT, (start,)), *extended)
    counted = Step(StepRule.AMOUNT, count=min(limit.amount, MOST), unit=limit.unit)
    return (Step(StepRule.STARTS, (start,)), counted, *extended)


def _natural_end(start: date, amount: int, unit: LimitUnit) -> date:
    if unit is LimitUnit.DAY:
        return start + ONE_DAY * amount
    years, month = divmod(start.month - 1 + amount, 12)
    year = start.year + years
    last = gregorian.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(start.day, last))


def _merged(start: date, pauses: Sequence[Pause]) -> tuple[tuple[Span, ...], date | None]:
    """Join pauses that overlap, without what lies before `start`; and say since when one is open.

    A pause (S, R] leaves out the days behind S up to and with R.
    """
    spans: list[Span] = []
    opened = [max(pause.since, start) for pause in pauses if pause.until is None]
    for pause in sorted(pauses, key=lambda one: one.since):
        since, until = max(pause.since, start), pause.until
        if until is None or until <= since:
            continue
        if spans and since <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(spans[-1][1], until))
        else:
            spans.append((since, until))
    return tuple(spans), min(opened, default=None)


def _held(pause: Span, unit: LimitUnit, calendar: Calendar) -> int:
    since, until = pause
    return calendar.count(since, until) if unit is LimitUnit.WORKDAY else (until - since).days


def _skipped(start: date, due: date, calendar: Calendar) -> Iterator[Step]:
    """Name the breaks and the make-up workdays between the start and the due day, in order."""
    steps: list[Step] = []
    for number in range(start.year, due.year + 1):
        year = calendar.year(number)
        for first, last in year.breaks:
            if last <= start or first > due:
                continue
            if steps and steps[-1].days[-1] == first - ONE_DAY:  # a break over New Year
                first = steps.pop().days[0]  # noqa: PLW2901  # the same break, from its beginning
            steps.append(Step(StepRule.RESTS, (first, last)))
        made_up = (Step(StepRule.MAKE_UP, (day,)) for day in year.made_up if start < day <= due)
        steps += made_up
    return iter(sorted(steps, key=lambda step: step.days))


def _ending(nominal: date, due: date, unit: LimitUnit) -> Iterator[Step]:
    if unit is not LimitUnit.WORKDAY:
        yield Step(StepRule.ENDS, (nominal,))
    if nominal != due:
        yield Step(StepRule.MOVED, (nominal, due))
