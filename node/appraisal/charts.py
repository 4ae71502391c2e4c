"""Drawings of figures: bars, a line over months, heat by weekday and hour. Pure geometry.

A drawing never stands alone: the same numbers are in a table beside it, and in its label in words.
Templates only write down what is said here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

WIDTH: Final = 640  # of every drawing, in its own units: as wide as a card on an old PC
LABEL: Final = 150  # what bars leave for names: ten characters of 13
VALUE: Final = 90  # what they leave for the number
ROW: Final = 28
BAR: Final = 14
TREND_HEIGHT: Final = 190
PAD: Final = 34
HEAT_CELL: Final = 24
HEAT_LEFT: Final = 84  # the longest name of a weekday, in either language
HEAT_TOP: Final = 22
SHADES: Final = ("shade-0", "shade-1", "shade-2", "shade-3", "shade-4")
"""From nothing to the most; more of them nobody tells apart on an old screen."""
WEEKDAYS: Final = 7
FIRST_HOUR: Final = 7  # an hour before the earliest desk opens
LAST_HOUR: Final = 19
_LONG: Final = 11  # characters of a name: more would run into its bar


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: where it stands, how long it is, what is written beside it."""

    label: str
    text: str
    y: int
    width: int
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Bars:
    """Bars under each other."""

    width: int
    height: int
    left: int
    bar: int
    bars: tuple[Bar, ...]


def bars(rows: Sequence[tuple[str, int, str, str]], whole: int | None = None) -> Bars:
    """Draw (name, value, what is written, tone) each; `whole`: the value of the longest bar."""
    room = WIDTH - LABEL - VALUE
    most = max((whole or 0, *(value for _, value, _, _ in rows), 1))
    drawn = tuple(
        Bar(_short(name), text, ROW * at, value * room // most, tone)
        for at, (name, value, text, tone) in enumerate(rows)
    )
    return Bars(WIDTH, ROW * len(rows), LABEL, BAR, drawn)


def _short(name: str) -> str:
    return name if len(name) <= _LONG else f"{name[: _LONG - 1]}…"


@dataclass(frozen=True, slots=True)
class Point:
    """One month on the line."""

    x: int
    y: int
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Trend:
    """A line over months."""

    width: int
    height: int
    base: int
    top: int
    most: str
    line: str
    """For `points` of a polyline."""
    points: tuple[Point, ...]


def trend(months: Sequence[tuple[str, int]]) -> Trend:
    """Draw (month, value) each from left to right, the first at the left edge."""
    most = max((value for _, value in months), default=0)
    room, height = WIDTH - 2 * PAD, TREND_HEIGHT - 2 * PAD
    step = room / max(len(months) - 1, 1)
    points = tuple(
        Point(
            PAD + round(step * at),
            TREND_HEIGHT - PAD - (value * height // most if most else 0),
            label,
            str(value),
        )
        for at, (label, value) in enumerate(months)
    )
    line = " ".join(f"{one.x},{one.y}" for one in points)
    return Trend(WIDTH, TREND_HEIGHT, TREND_HEIGHT - PAD, PAD, str(most), line, points)


@dataclass(frozen=True, slots=True)
class Cell:
    """One hour of a day of the week."""

    x: int
    y: int
    shade: str
    """How dark: one of `SHADES`."""
    is_dark: bool
    """Whether its number is written in white."""
    count: int


@dataclass(frozen=True, slots=True)
class Heat:
    """Weekday by hour."""

    width: int
    height: int
    left: int
    top: int
    cell: int
    cells: tuple[Cell, ...]
    """Those with something: the others are the ground."""
    hours: tuple[tuple[int, int], ...]
    """(x, hour) of each column."""
    days: tuple[tuple[int, int], ...]
    """(y, weekday) of each row."""


def heat(counts: Mapping[tuple[int, int], int]) -> Heat:
    """Draw what happened at (weekday, hour); hours outside the usual ones only if they count."""
    busy = [hour for (_, hour), count in counts.items() if count]
    first, last = min((FIRST_HOUR, *busy)), max((LAST_HOUR, *busy))
    most = max(counts.values(), default=0)
    hours = range(first, last + 1)
    cells = tuple(
        Cell(
            HEAT_LEFT + HEAT_CELL * (hour - first),
            HEAT_TOP + HEAT_CELL * (weekday - 1),
            SHADES[shade_of(counts[weekday, hour], most)],
            shade_of(counts[weekday, hour], most) > len(SHADES) // 2,
            counts.get((weekday, hour), 0),
        )
        for weekday in range(1, WEEKDAYS + 1)
        for hour in hours
        if counts.get((weekday, hour))
    )
    return Heat(
        HEAT_LEFT + HEAT_CELL * len(hours),
        HEAT_TOP + HEAT_CELL * WEEKDAYS,
        HEAT_LEFT,
        HEAT_TOP,
        HEAT_CELL - 2,
        cells,
        tuple((HEAT_LEFT + HEAT_CELL * (hour - first), hour) for hour in hours),
        tuple((HEAT_TOP + HEAT_CELL * day, day + 1) for day in range(WEEKDAYS)),
    )


def shade_of(count: int, most: int) -> int:
    """Tell how dark a count is drawn beside the most: nothing is 0, and something never is."""
    return -(-count * (len(SHADES) - 1) // most) if most and count else 0
