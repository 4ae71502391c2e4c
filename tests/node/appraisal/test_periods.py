"""Every day lies in one day, month, quarter and year, and what people write is read as that."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.appraisal import periods
from node.errors import BadInputError
from schemas.appraisal import PeriodKind

DAYS = st.dates(date(2001, 1, 1), date(2198, 12, 31))


@given(DAYS, st.sampled_from(PeriodKind))
def test_a_period_holds_its_day_and_touches_its_neighbours(day: date, kind: PeriodKind) -> None:
    period = periods.period_of(kind, day)
    first, last = periods.bounds(period)
    assert first <= day <= last
    assert periods.parse(kind, period.key) == period
    assert periods.after(periods.before(period)) == period
    assert periods.bounds(periods.before(period))[1] == first - timedelta(days=1)
    assert periods.year_before(period).kind is kind


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (PeriodKind.DAY, "2026-02-30"),
        (PeriodKind.DAY, "2026-10"),
        (PeriodKind.MONTH, "2026-13"),
        (PeriodKind.MONTH, "october"),
        (PeriodKind.QUARTER, "2026-Q5"),
        (PeriodKind.QUARTER, "2026-4"),
        (PeriodKind.YEAR, "26"),
        (PeriodKind.YEAR, ""),
        (PeriodKind.YEAR, "99999999999"),
        (PeriodKind.QUARTER, "99999999999-Q1"),
        (PeriodKind.QUARTER, "2026-Q99999999999"),
    ],
)
def test_what_is_no_period_is_refused(kind: PeriodKind, text: str) -> None:
    with pytest.raises(BadInputError):
        periods.parse(kind, text)


def test_a_quarter_has_three_months_and_a_day_none() -> None:
    day = date(2026, 11, 26)
    assert periods.months_in(periods.period_of(PeriodKind.QUARTER, day)) == (
        "2026-10",
        "2026-11",
        "2026-12",
    )
    assert periods.months_in(periods.period_of(PeriodKind.DAY, day)) == ()
    assert len(periods.months_in(periods.period_of(PeriodKind.YEAR, day))) == 12
