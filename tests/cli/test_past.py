"""The demonstration's year is the same plan every time, of people who can be and hours that are."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.demo import past, sample
from cli.demo.past import Plan, Trouble
from node.applicants import model as applicants
from node.calendar import model as calendars
from node.calendar.model import Calendar
from node.catalogue.files import load_items
from node.catalogue.model import needs_place, takes_at
from node.clock import CHINA
from schemas.calendar import YearSource
from schemas.ids import level_of
from schemas.items import Item

LAST = date(2026, 11, 26)
CALENDAR = Calendar(lambda number: calendars.year_of(number, YearSource.RULE, calendars.is_weekday))
ORIGINS = [one for one in sample.NODES if len(one) > 4]


@pytest.fixture(scope="module")
def items() -> dict[str, Item]:
    return {one.code: one for one in load_items(sample.SAMPLE / "items.toml")}


@pytest.fixture(scope="module")
def year(items: dict[str, Item]) -> tuple[Plan, ...]:
    return past.plans(items, ORIGINS, CALENDAR, past.Extent(LAST, cases=400))


def test_the_plan_is_the_same_every_time(items: dict[str, Item], year: tuple[Plan, ...]) -> None:
    assert past.plans(items, ORIGINS, CALENDAR, past.Extent(LAST, cases=400)) == year


def test_people_come_in_office_hours_of_that_year_in_order(year: tuple[Plan, ...]) -> None:
    begins = [plan.begins for plan in year]
    assert begins == sorted(begins)
    for plan in year:
        here = plan.begins.astimezone(CHINA)
        assert LAST - timedelta(days=past.DAYS) <= here.date() < LAST
        assert CALENDAR.is_workday(here.date())
        assert past.MORNING <= here.time() <= past.EVENING


def test_each_goes_where_his_item_is_taken(items: dict[str, Item], year: tuple[Plan, ...]) -> None:
    for plan in year:
        item = items[plan.item]
        assert takes_at(item, level_of(plan.origin))
        assert (needs_place(item, plan.origin) is None) == (plan.place is None)


def test_nobody_has_anybodys_number_and_every_number_is_well_formed(
    year: tuple[Plan, ...],
) -> None:
    numbers = [plan.applicant.id_number for plan in year]
    assert len(set(numbers)) == len(numbers)
    assert all(number[6:10] == "1900" for number in numbers)
    assert not [number for number in numbers if applicants.id_number_fault(number, LAST)]


def test_most_go_well_and_some_do_not(year: tuple[Plan, ...]) -> None:
    smooth = sum(plan.trouble is Trouble.NONE for plan in year)
    assert len(year) * 0.7 < smooth < len(year)
    assert any(plan.grade is None for plan in year)
    assert any(plan.grade == 5 for plan in year)


@given(
    st.datetimes(datetime(2026, 1, 5), datetime(2026, 11, 20), timezones=st.just(UTC)),  # noqa: DTZ001
    st.floats(1, 5000),
)
def test_office_minutes_pass_in_office_hours_alone(begins: datetime, minutes: float) -> None:
    ends = past.later(begins, minutes, CALENDAR).astimezone(CHINA)
    assert ends > begins
    assert CALENDAR.is_workday(ends.date())
    assert past.MORNING <= ends.time() <= past.EVENING
    days = calendars.remaining(CALENDAR, begins.astimezone(CHINA).date(), ends.date())
    assert minutes / past.MINUTES_A_DAY - 1 <= days <= minutes / past.MINUTES_A_DAY + 1
