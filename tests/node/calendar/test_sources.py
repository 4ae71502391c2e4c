"""Where the days of a year come from when nobody has published them."""

import subprocess
import sys
import tomllib
from datetime import date, timedelta

import pytest

from node.calendar.rules import YEARS
from node.calendar.sources import calendar_from, program_mark, statutory_days
from schemas.calendar import PublishedTable, YearSource
from schemas.ids import NodeId, StreamName
from tests.support.calendar import IN_2027
from tests.support.house import ROOT

OURS = calendar_from(())
LAST_PACKAGED, LAST_FESTIVAL = 2026, 2045


def test_the_rule_of_2027_rests_on_the_thirteen_statutory_days() -> None:
    days = ["01-01", "02-05", "02-06", "02-07", "02-08", "04-05", "05-01", "05-02", "06-09"]
    days += ["09-15", "10-01", "10-02", "10-03"]
    assert [f"{day:%m-%d}" for day in sorted(statutory_days(2027))] == days
    year = OURS.year(2027)
    assert (year.source, year.provisional, year.made_up) == (YearSource.RULE, True, ())
    off = {f"{day:%m-%d}" for day in statutory_days(2027) if day.isoweekday() <= 5}
    assert {day for day in off if OURS.is_workday(date.fromisoformat(f"2027-{day}"))} == set()


@pytest.mark.parametrize("number", YEARS)
def test_no_year_is_without_an_answer(number: int) -> None:
    year = OURS.year(number)
    assert 240 <= len(year.workdays) <= 262
    expected = YearSource.PACKAGE if 2004 <= number <= LAST_PACKAGED else YearSource.RULE
    assert year.source is expected
    if year.provisional:
        assert not any(OURS.is_workday(date(number, *day)) for day in ((1, 1), (5, 1), (10, 1)))


def test_announced_years_have_as_many_workdays_as_ever() -> None:
    counts = {len(OURS.year(number).workdays) for number in range(2017, 2027)}
    assert (min(counts), max(counts)) == (248, 251)


def test_statutory_days_were_off_in_every_year_that_was_announced() -> None:
    for number in (2025, 2026):
        assert len(statutory_days(number)) == 13
        assert not any(OURS.is_workday(day) for day in statutory_days(number))


def test_the_festivals_stand_in_their_seasons_for_every_year() -> None:
    file = ROOT / "node/calendar/festivals.toml"
    listed = tomllib.loads(file.read_text(encoding="utf-8"))
    assert [int(year) for year in listed] == list(range(2025, LAST_FESTIVAL + 1))
    moons = [(year, day) for year, days in listed.items() for n, day in enumerate(days) if n != 1]
    month = timedelta(days=29.530588)
    new_moon = date(2025, 1, 29) - timedelta(days=0.02)
    for place, (year, day) in enumerate(moons):
        into = (0, 4, 14)[place % 3]  # 初一, 初五, 十五
        since = date.fromisoformat(f"{year}-{day}") - timedelta(days=into) - new_moon
        off = since.total_seconds() % month.total_seconds() / 86_400
        assert min(off, month.days + 0.53 - off) <= 1.1, (
            f"{year}-{day} is {off} days off a new moon"
        )
    for days in listed.values():
        assert "01-21" <= days[0] <= "02-20"
        assert days[1] in {"04-04", "04-05"}
        assert "05-25" <= days[2] <= "06-25"
        assert "09-07" <= days[3] <= "10-08"


def test_a_node_that_holds_the_tables_never_loads_the_package() -> None:
    script = (
        "import sys; from datetime import date; from node.calendar import sources, model;"
        "from schemas.items import Limit; from schemas.calendar import PublishedTable;"
        "from tests.support.calendar import IN_2027;"
        "table = PublishedTable(stream='', publisher='', published_at=0, table=IN_2027);"
        "found = model.reckon(date(2027, 3, 1), Limit(amount=20), sources.calendar_from((table,)));"
        "sources.program_mark();"
        "print(found.due, 'chinese_calendar' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["2027-03-29", "False"]


def test_the_same_tables_are_one_calendar() -> None:
    table = PublishedTable(
        stream=StreamName("calendar/610328/a"),
        publisher=NodeId("610328"),
        published_at=1,
        table=IN_2027,
    )
    assert calendar_from((table,)) is calendar_from((table,))
    assert program_mark().startswith("1.")
