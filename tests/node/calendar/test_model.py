"""When a limit ends: the vectors of the law, and a naive count beside the fast one."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.calendar import model
from node.calendar.model import Calendar, Pause, Reckoning, StepRule, year_of
from node.calendar.sources import calendar_from
from schemas.calendar import YearSource
from schemas.item_terms import LimitUnit
from schemas.items import Limit

OURS = calendar_from(())
DAY = timedelta(days=1)


def reckon(start: str, amount: int, unit: LimitUnit = LimitUnit.WORKDAY) -> Reckoning:
    return model.reckon(date.fromisoformat(start), Limit(amount=amount, unit=unit), OURS)


@pytest.mark.parametrize(
    ("start", "amount", "due"),
    [
        pytest.param("2026-09-18", 5, "2026-09-24", id="a make-up Sunday counts"),
        pytest.param("2026-09-30", 3, "2026-10-10", id="over the national day to a Saturday"),
        pytest.param("2026-04-27", 5, "2026-05-07", id="notice over labour day"),
        pytest.param("2026-04-27", 20, "2026-05-27", id="deemed acceptance keeps its date"),
        pytest.param("2026-03-02", 10, "2026-03-16", id="plain"),
        pytest.param("2026-01-30", 20, "2026-03-05", id="spring festival with two make-up days"),
        pytest.param("2026-02-12", 5, "2026-02-26", id="a make-up Saturday counts"),
        pytest.param("2026-09-24", 10, "2026-10-15", id="two breaks"),
    ],
)
def test_working_days_follow_the_announced_year(start: str, amount: int, due: str) -> None:
    found = reckon(start, amount)
    assert (str(found.due), found.provisional) == (due, False)


def test_a_natural_limit_ends_on_the_first_workday_behind_a_break() -> None:
    found = reckon("2026-09-05", 30, LimitUnit.DAY)
    assert (str(found.nominal), str(found.due)) == ("2026-10-05", "2026-10-08")


@pytest.mark.parametrize(
    ("start", "amount", "nominal", "due"),
    [
        ("2026-01-31", 1, "2026-02-28", "2026-02-28"),  # a Saturday that is worked
        ("2026-07-31", 2, "2026-09-30", "2026-09-30"),
        ("2026-07-15", 3, "2026-10-15", "2026-10-15"),
        ("2026-08-04", 2, "2026-10-04", "2026-10-08"),
        ("2026-03-10", 12, "2027-03-10", "2027-03-10"),
    ],
)
def test_a_month_ends_on_its_like_day_or_the_end_of_the_month(
    start: str, amount: int, nominal: str, due: str
) -> None:
    found = reckon(start, amount, LimitUnit.MONTH)
    assert (str(found.nominal), str(found.due)) == (nominal, due)


def test_a_limit_into_an_unannounced_year_is_provisional() -> None:
    found = reckon("2026-12-10", 20)
    assert (str(found.due), found.provisional) == ("2027-01-08", True)
    assert [step.count for step in found.steps if step.rule is StepRule.PROVISIONAL] == [2027]
    assert str(reckon("2026-11-23", 30).due) == "2027-01-05"
    assert not reckon("2026-12-10", 15).provisional


@pytest.mark.parametrize(
    ("start", "due"), [("2026-09-30", "2026-09-30"), ("2026-10-01", "2026-10-08")]
)
def test_done_in_one_visit_means_that_day_or_the_next_workday(start: str, due: str) -> None:
    for unit in LimitUnit:
        assert str(reckon(start, 0, unit).due) == due


MARCH = (date(2026, 3, 2), Limit(amount=10))


@pytest.mark.parametrize(
    ("pauses", "due"),
    [
        pytest.param([("06", "12")], "2026-03-20", id="the vector of the report"),
        pytest.param([("06", "12"), ("10", "13")], "2026-03-23", id="overlapping counts once"),
        pytest.param([("06", "06")], "2026-03-16", id="the same day is nothing"),
        pytest.param([("06", "08")], "2026-03-16", id="a weekend is nothing"),
        pytest.param([("01", "04")], "2026-03-18", id="what lies before the start is nothing"),
        pytest.param([("12", "06")], "2026-03-16", id="an end before its beginning is nothing"),
    ],
)
def test_a_pause_moves_the_due_day_by_its_workdays(pauses: list[tuple[str, str]], due: str) -> None:
    start, limit = MARCH
    days = [Pause(date(2026, 3, int(a)), date(2026, 3, int(b))) for a, b in pauses]
    assert str(model.reckon(start, limit, OURS, pauses=days).due) == due


def test_a_pause_moves_natural_limits_by_its_natural_days() -> None:
    start, pause = date(2026, 3, 2), Pause(date(2026, 3, 6), date(2026, 3, 12))
    for unit, nominal in ((LimitUnit.DAY, "2026-03-18"), (LimitUnit.MONTH, "2027-01-08")):
        limit = Limit(amount=10, unit=unit)
        found = model.reckon(start, limit, OURS, pauses=[pause])
        assert str(found.nominal) == nominal


def test_while_a_pause_is_open_nobody_knows_the_due_day() -> None:
    start, limit = MARCH
    pauses = [Pause(date(2026, 3, 3), date(2026, 3, 4)), Pause(date(2026, 3, 6))]
    found = model.reckon(start, limit, OURS, pauses=pauses)
    assert (found.due, found.nominal, found.paused_since) == (None, None, date(2026, 3, 6))
    assert found.steps[-1].rule is StepRule.STANDS_STILL


def test_an_extension_is_in_the_limits_own_unit() -> None:
    start, limit = MARCH
    found = model.reckon(start, limit, OURS, extension=10)
    assert found.due == model.reckon(start, Limit(amount=20), OURS).due


def test_no_amount_makes_it_fail() -> None:
    for unit in LimitUnit:
        for amount in (-(10**30), -1, 10**30):
            assert reckon("2026-11-23", amount, unit).due is not None
    assert reckon("2026-11-23", -1) == reckon("2026-11-23", 0)


def test_what_is_left_is_counted_in_workdays() -> None:
    due = date(2026, 10, 10)
    for today, left in ((date(2026, 9, 30), 3), (due, 0), (date(2026, 10, 11), 0)):
        assert model.remaining(OURS, today, due) == left
    assert model.remaining(OURS, date(2026, 10, 13), due) == -2


def test_a_limit_is_overdue_at_midnight_in_china() -> None:
    assert model.due_instant(date(2026, 10, 10)) == datetime(2026, 10, 10, 16, tzinfo=UTC)


def test_the_steps_tell_each_break_and_each_make_up_day() -> None:
    found = reckon("2026-09-24", 10)
    told = [(step.rule.value, [f"{day:%m-%d}" for day in step.days]) for step in found.steps]
    assert told == [
        ("starts", ["09-24"]),
        ("amount", []),
        ("rests", ["09-25", "09-27"]),
        ("rests", ["10-01", "10-07"]),
        ("make_up", ["10-10"]),
        ("due", ["10-15"]),
    ]


@pytest.mark.parametrize("start", [pytest.param("2026-09-27", id="last of a break"), "2026-09-20"])
def test_what_the_start_day_itself_is_plays_no_part(start: str) -> None:
    told = reckon(start, 2).steps
    assert {step.rule for step in told}.isdisjoint({StepRule.RESTS, StepRule.MAKE_UP})


def test_a_limit_out_of_an_unannounced_year_is_provisional_too() -> None:
    sources = {2027: YearSource.RULE, 2028: YearSource.COUNCIL}
    calendar = Calendar(lambda number: year_of(number, sources[number], model.is_weekday))
    assert model.reckon(date(2027, 12, 28), Limit(amount=10), calendar).provisional
    assert not model.reckon(date(2028, 1, 3), Limit(amount=10), calendar).provisional


# --- beside a naive count

Rests = frozenset[date]


def calendar_of(rests: Rests, made: Rests) -> Calendar:
    def is_workday(day: date) -> bool:
        return day in made or (day.weekday() < 5 and day not in rests)

    return Calendar(lambda number: year_of(number, YearSource.COUNCIL, is_workday))


days = st.dates(date(2026, 1, 1), date(2028, 12, 31))
sets = st.frozensets(days, max_size=60)


@given(rests=sets, made=sets, start=days, amount=st.integers(1, 300))
def test_the_fast_count_is_the_naive_one(
    rests: Rests, made: Rests, start: date, amount: int
) -> None:
    calendar = calendar_of(rests, made)
    day, left = start, amount
    while left:
        day += DAY
        works = day in made or (day.weekday() < 5 and day not in rests)
        left -= works
        assert calendar.is_workday(day) == works
    assert calendar.after(start, amount) == day
    assert model.remaining(calendar, start, day) == amount
    assert model.remaining(calendar, day, start) == -amount
    assert model.reckon(start, Limit(amount=amount), calendar).due == day


@given(
    start=days,
    amount=st.integers(1, 90),
    spans=st.lists(st.tuples(days, st.integers(0, 40)), max_size=5),
    unit=st.sampled_from([LimitUnit.WORKDAY, LimitUnit.DAY]),
)
def test_paused_days_are_those_of_no_pause_at_all(
    start: date, amount: int, spans: list[tuple[date, int]], unit: LimitUnit
) -> None:
    pauses = [Pause(since, since + DAY * length) for since, length in spans]
    held = {
        day
        for pause in pauses
        for day in (pause.since + DAY * n for n in range(1, 41))
        if pause.until is not None and day <= pause.until and day > start
        if unit is LimitUnit.DAY or OURS.is_workday(day)
    }
    found = model.reckon(start, Limit(amount=amount, unit=unit), OURS, pauses=pauses)
    longer = model.reckon(start, Limit(amount=amount + len(held), unit=unit), OURS)
    assert (found.due, found.nominal) == (longer.due, longer.nominal)
