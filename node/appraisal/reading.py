"""Reads what was counted: sums over periods, stocks at their end, figures, and what is behind them.

Every read looks at a few rows of sums, or at a page of what makes one up: it costs the same however
many cases there are.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import islice
from typing import Final

from node.appraisal import indicators, periods, store
from node.appraisal.indicators import INDICATORS
from node.appraisal.shares import Subject
from node.database import Tx
from node.errors import BadInputError
from node.staff import posting
from schemas.appraisal import (
    DrillEntry,
    DrillPage,
    Figure,
    Formula,
    Grain,
    HeatCell,
    Measure,
    Period,
    PeriodKind,
    WindowLine,
)
from schemas.ids import NodeId
from schemas.staff import Window

PAGE: Final = 50  # lines of a drill: a page below 60 KB
_WORDS_OF_KEY: Final = 2  # `202611-123`
Counts = dict[Measure, int]


# ---- sums


def tallies(
    tx: Tx, period: Period, grain: Grain, subjects: Sequence[str] | None = None
) -> dict[str, Counts]:
    """Tell what was counted of each subject over a period; what is absent is 0.

    Of the subjects that are named: also of those with nothing. Else of all that have anything.
    """
    keys = _keys(period)
    found = {
        name: store.sums(tx, number, keys)
        for number, name in store.numbers_of(tx, grain, subjects).items()
    }
    if subjects is None:
        return {name: counts for name, counts in found.items() if counts}
    return {name: found.get(name, {}) for name in subjects}


def _keys(period: Period) -> tuple[int, ...]:
    """Name the rows that a period consists of: one day, or whole months."""
    if period.kind is PeriodKind.DAY:
        return (store.day_key(periods.bounds(period)[0]),)
    return tuple(int(month.replace("-", "")) for month in periods.months_in(period))


def stocks(
    tx: Tx, day: date, grain: Grain, subjects: Sequence[str] | None = None
) -> dict[str, Counts]:
    """Tell what was counted up to the end of a day, of the measures that stocks are made of."""
    found: dict[str, Counts] = {}
    for number, name in store.numbers_of(tx, grain, subjects).items():
        ever = store.sums(tx, number, (store.EVER,))
        later = store.stocks_later(tx, number, day)
        found[name] = {one: ever.get(one, 0) - later.get(one, 0) for one in store.STOCKS}
    nothing: Counts = dict.fromkeys(store.STOCKS, 0)
    return found if subjects is None else {name: found.get(name, nothing) for name in subjects}


def figures(
    tx: Tx, period: Period, grain: Grain, subjects: Sequence[str]
) -> dict[str, tuple[Figure, ...]]:
    """Give all indicators of these subjects; those with nothing to divide by are left out."""
    counted = tallies(tx, period, grain, subjects)
    standing = stocks(tx, periods.bounds(period)[1], grain, subjects)
    return {name: _figures(counted[name], standing[name]) for name in subjects}


def _figures(counted: Counts, standing: Counts) -> tuple[Figure, ...]:
    made = (
        indicators.figure(one, standing if one.formula is Formula.STOCK else counted)
        for one in INDICATORS
    )
    return tuple(figure for figure in made if figure is not None)


# ---- what is behind a number


def drill(
    tx: Tx, period: Period, asked: tuple[Grain, str, Measure], after: str = "", most: int = PAGE
) -> DrillPage:
    """List what makes up a number, the earliest month first.

    `asked` is the grain, the subject and the measure. Raises `BadInputError` for an `after` that
    no page gave.
    """
    grain, name, measure = asked
    subject = store.number_of(tx, Subject(grain, name))
    begin = _read_key(after)
    if subject is None:
        return DrillPage(
            period=period, grain=grain, subject=name, measure=measure, total=0, entries=()
        )
    found = list(islice(_entries(tx, period, (subject, measure), begin), most + 1))
    last = found[most - 1][0] if len(found) > most else None
    return DrillPage(
        period=period, grain=grain, subject=name, measure=measure,
        total=store.sums(tx, subject, _keys(period)).get(measure, 0),
        entries=tuple(entry for _, entry in found[:most]),
        after="" if last is None else f"{last[0]}-{last[1]}",
    )  # fmt: skip


def _read_key(after: str) -> tuple[int, int]:
    parts = after.split("-") if after else ["0", "0"]
    if len(parts) != _WORDS_OF_KEY or not all(one.isdecimal() and one.isascii() for one in parts):
        raise BadInputError({"after": "unknown"})
    return min(int(parts[0]), store.LAST_MONTH), min(int(parts[1]), 1 << 62)


def _entries(
    tx: Tx, period: Period, asked: tuple[int, Measure], begin: tuple[int, int]
) -> Iterator[tuple[tuple[int, int], DrillEntry]]:
    """Give each row once: in the first month of the period in which it adds to the number."""
    first, last = (store.day_key(day) for day in periods.bounds(period))
    for month, row in store.marked(tx, asked, (first, last), begin):
        n, when = store.added(row, *asked, (first, last))
        if n and when // store.IN_MONTH == month:
            yield (
                (month, row.id),
                DrillEntry(
                    counted=row.counted, stream=row.stream, number=row.number,
                    item_name=row.item_name, n=n,
                ),
            )  # fmt: skip


# ---- for reports


def heat(tx: Tx, period: Period, node: NodeId) -> tuple[HeatCell, ...]:
    """Tell what a place and those below it received, by weekday and hour."""
    found: dict[tuple[int, int], int] = {}
    keys = _keys(period)
    for number, name in store.numbers_of(tx, Grain.HOUR, None).items():
        place, _, when = name.partition("/")
        if not place.startswith(node):
            continue
        weekday, _, hour = when.partition("-")
        key = (int(weekday), int(hour))
        found[key] = found.get(key, 0) + store.sums(tx, number, keys).get(Measure.RECEIVED, 0)
    return tuple(
        HeatCell(weekday=weekday, hour=hour, received=n)
        for (weekday, hour), n in sorted(found.items())
        if n
    )


def windows(tx: Tx, period: Period, me: NodeId) -> tuple[WindowLine, ...]:
    """Tell of each window of this node what it took, the busiest first; those with nothing, too.

    A window that is closed now is listed only if it took something.
    """
    known = {f"{me}/{one.id}": one for one in posting.windows(tx)}
    counted = tallies(tx, period, Grain.WINDOW)
    names = [name for name, one in known.items() if one.open or name in counted]
    names += [name for name in counted if name not in known]
    lines = [_window_line(name, known, counted.get(name, {})) for name in names]
    return tuple(sorted(lines, key=lambda one: (-one.accepted, -one.received, one.window)))


def _window_line(
    name: str, known: Mapping[str, Window], counts: Mapping[Measure, int]
) -> WindowLine:
    return WindowLine(
        window=name,
        name=known[name].name if name in known else "",
        received=counts.get(Measure.RECEIVED, 0),
        accepted=counts.get(Measure.ACCEPTED, 0),
        finished=counts.get(Measure.FINISHED, 0),
    )


def idle_windows(tx: Tx, period: Period, me: NodeId) -> tuple[WindowLine, ...]:
    """List the windows with nothing received and nothing accepted (零办件窗口)."""
    return tuple(one for one in windows(tx, period, me) if not one.received and not one.accepted)
