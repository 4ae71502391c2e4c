"""Days, months, quarters and years as reports have them. Pure; days are local days."""

import calendar
from datetime import date, timedelta
from typing import Final, assert_never

from node.errors import BadInputError
from schemas.appraisal import Period, PeriodKind

MONTHS_IN_QUARTER: Final = 3
MONTHS_IN_YEAR: Final = 12
FIRST_YEAR: Final = 2000  # nobody counted before
LAST_YEAR: Final = 2199
_ONE_DAY: Final = timedelta(days=1)


def period_of(kind: PeriodKind, day: date) -> Period:
    """Give the period of that kind in which a day lies."""
    match kind:
        case PeriodKind.DAY:
            key = day.isoformat()
        case PeriodKind.MONTH:
            key = f"{day:%Y-%m}"
        case PeriodKind.QUARTER:
            key = f"{day.year}-Q{(day.month - 1) // MONTHS_IN_QUARTER + 1}"
        case PeriodKind.YEAR:
            key = str(day.year)
        case _:
            assert_never(kind)
    return Period(kind=kind, key=key)


def parse(kind: PeriodKind, text: str) -> Period:
    """Read a period as people write it: `2026-11-26`, `2026-11`, `2026-Q4`, `2026`.

    Raises `BadInputError`.
    """
    said = text.strip().upper()
    try:
        first = _first_of(kind, said)
    except (ValueError, OverflowError):  # a year of eleven digits is no date and no number of C
        raise BadInputError({"date": "not_a_period"}) from None
    if not FIRST_YEAR <= first.year <= LAST_YEAR:
        raise BadInputError({"date": "not_a_period"})
    return period_of(kind, first)


def _first_of(kind: PeriodKind, said: str) -> date:
    match kind:
        case PeriodKind.DAY:
            return date.fromisoformat(said)
        case PeriodKind.MONTH:
            return date.fromisoformat(f"{said}-01")
        case PeriodKind.QUARTER:
            year, _, quarter = said.partition("-Q")
            return date(int(year), (int(quarter) - 1) * MONTHS_IN_QUARTER + 1, 1)
        case PeriodKind.YEAR:
            return date(int(said), 1, 1)
        case _:
            assert_never(kind)


def bounds(period: Period) -> tuple[date, date]:
    """Give the first and the last day of a period."""
    first = _first_of(period.kind, period.key)
    match period.kind:
        case PeriodKind.DAY:
            return first, first
        case PeriodKind.MONTH:
            return first, _last_of_month(first.year, first.month)
        case PeriodKind.QUARTER:
            return first, _last_of_month(first.year, first.month + MONTHS_IN_QUARTER - 1)
        case PeriodKind.YEAR:
            return first, date(first.year, MONTHS_IN_YEAR, 31)
        case _:
            assert_never(period.kind)


def _last_of_month(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def before(period: Period) -> Period:
    """Give the period before."""
    return period_of(period.kind, bounds(period)[0] - _ONE_DAY)


def after(period: Period) -> Period:
    """Give the period behind."""
    return period_of(period.kind, bounds(period)[1] + _ONE_DAY)


def year_before(period: Period) -> Period:
    """Give the same period of the year before (同比); of 29 February the day before."""
    first = bounds(period)[0]
    year = first.year - 1
    day = min(first.day, calendar.monthrange(year, first.month)[1])
    return period_of(period.kind, date(year, first.month, day))


def months_in(period: Period) -> tuple[str, ...]:
    """Name the months that a period of whole months consists of; none for a day."""
    if period.kind is PeriodKind.DAY:
        return ()
    first, last = bounds(period)
    return tuple(f"{first.year}-{month:02d}" for month in range(first.month, last.month + 1))
