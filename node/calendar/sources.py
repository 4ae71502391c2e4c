"""Where the days of a year come from, best first, day by day (domain §11).

1. 本地调整, the nearest publisher's;
2. 国务院放假安排 as published, the nearest publisher's;
3. the package `chinese_calendar`, which is loaded only for a year without a published table;
4. the rule: Monday to Friday without the statutory days, provisional until one of the above comes.

So there is no year without an answer, and none in which every weekday is silently worked.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from importlib import metadata, resources
from typing import Final

import msgspec

from node.calendar.model import ONE_DAY, Calendar, Year, days_of, is_weekday, year_of
from schemas.calendar import PublishedTable, TableKind, YearSource, YearTable

PACKAGE: Final = "chinesecalendar"
FIRST_PACKAGED: Final = 2004  # the package's first year; its last grows with its version
FIRST_OF_13: Final = 2025  # from this year the 2024 revision is in force, with 13 days
FIXED: Final = ((1, 1), (5, 1), (10, 1), (10, 2), (10, 3))  # 元旦, 劳动节, 国庆节
FIXED_SINCE_2025: Final = ((5, 2),)
KEPT_CALENDARS: Final = 64  # sets of tables; a node has one for its own line, few for others


@lru_cache(maxsize=KEPT_CALENDARS)
def calendar_from(tables: tuple[PublishedTable, ...]) -> Calendar:
    """Make the calendar that follows `tables`, which come nearest publisher first."""
    return Calendar(_Finder(tables).find)


@cache
def program_mark() -> str:
    """Name what the program itself knows of days: the package's version and our festivals."""
    return f"{metadata.version(PACKAGE)}-{hashlib.sha256(_festivals_file()).hexdigest()[:8]}"


def days_from(dates: Sequence[str]) -> frozenset[date]:
    """Read the days of a table that was found well formed."""
    return frozenset(map(date.fromisoformat, dates))


def statutory_days(number: int) -> frozenset[date]:
    """Name the statutory days off of a year, as far as they are known.

    All 13 from 2025 up to the end of `festivals.toml`; else those with a fixed date.
    """
    fixed = FIXED + (FIXED_SINCE_2025 if number >= FIRST_OF_13 else ())
    days = {date(number, month, day) for month, day in fixed}
    festivals = _festivals().get(str(number))
    if festivals is not None:
        spring, *others = (date.fromisoformat(f"{number}-{one}") for one in festivals)
        days.update(others)
        days.update(spring + ONE_DAY * after for after in (-1, 0, 1, 2))  # 除夕 to 初三
    return frozenset(days)


@cache
def _festivals() -> dict[str, tuple[str, str, str, str]]:
    return msgspec.toml.decode(_festivals_file(), type=dict[str, tuple[str, str, str, str]])


def _festivals_file() -> bytes:
    return (resources.files("node.calendar") / "festivals.toml").read_bytes()


@dataclass(frozen=True, slots=True)
class _Finder:
    """Finds the days of years in the tables, the package, the rule."""

    tables: tuple[PublishedTable, ...]

    def find(self, number: int) -> Year:
        base = self._announced(number) or _packaged(number) or _by_rule(number)
        decided = {**self._reaching_back(number), **self._overrides(number)}
        if not decided:
            return base
        worked = frozenset(base.workdays)
        return year_of(
            number,
            base.source,
            lambda day: decided.get(day, day.toordinal() in worked),
            self._overrides(number),
        )

    def _announced(self, number: int) -> Year | None:
        table = self._council(number)
        if table is None:
            return None
        rest, work = days_from(table.rest), days_from(table.work)
        return year_of(
            number,
            YearSource.COUNCIL,
            lambda day: day in work or (is_weekday(day) and day not in rest),
        )

    def _council(self, number: int) -> YearTable | None:
        found = (one.table for one in self.tables if one.table.kind is TableKind.COUNCIL)
        return next((table for table in found if table.year == number), None)

    def _reaching_back(self, number: int) -> dict[date, bool]:
        """Read what the next year's table says of this December: breaks begin before New Year."""
        following = self._council(number + 1)
        return {} if following is None else _decisions(following, number)

    def _overrides(self, number: int) -> dict[date, bool]:
        decided: dict[date, bool] = {}
        for one in reversed(self.tables):  # the nearest last, so that it wins
            if one.table.kind is TableKind.OVERRIDE and one.table.year == number:
                decided.update(_decisions(one.table, number))
        return decided


def _decisions(table: YearTable, number: int) -> dict[date, bool]:
    """Say of each day of the year `number` that the table names whether it is worked."""
    rest = dict.fromkeys(days_from(table.rest), False)
    work = dict.fromkeys(days_from(table.work), True)
    return {day: worked for day, worked in {**rest, **work}.items() if day.year == number}


@cache
def _packaged(number: int) -> Year | None:
    """Ask the package; `None` for a year that it does not know."""
    if number < FIRST_PACKAGED:
        return None
    import chinese_calendar  # noqa: PLC0415  # a node that holds the tables never loads it

    try:
        worked = {day for day in days_of(number) if chinese_calendar.is_workday(day)}
    except RuntimeError:  # how the package says that the year is beyond its last
        return None
    return year_of(number, YearSource.PACKAGE, worked.__contains__)


@cache
def _by_rule(number: int) -> Year:
    statutory = statutory_days(number)
    return year_of(number, YearSource.RULE, lambda day: is_weekday(day) and day not in statutory)
