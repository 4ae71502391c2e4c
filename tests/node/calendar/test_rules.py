"""What is wrong with a table of days, fault by fault."""

from datetime import date

import pytest
from msgspec.structs import replace

from node.calendar import files, rules, wording
from node.calendar.rules import Fault, Rule
from node.calendar.sources import calendar_from
from schemas.calendar import PublishedTable, TableKind, YearTable
from schemas.ids import NodeId, StreamName
from tests.support.calendar import IN_2027, OVERRIDE_2027
from tests.support.house import ROOT

TODAY = date(2026, 11, 20)
NOTHING = calendar_from(())
IN_2026 = files.load_table(ROOT / "deploy/qianyang/calendar-2026.toml")


def without(table: YearTable, *days: str) -> YearTable:
    return replace(table, rest=tuple(day for day in table.rest if day not in days))


def found(table: YearTable, today: date = TODAY) -> list[tuple[str, Rule]]:
    return [(one.field, one.rule) for one in rules.faults_at(table, NOTHING, today)]


@pytest.mark.parametrize("table", [IN_2026, IN_2027, OVERRIDE_2027])
def test_a_good_table_has_no_fault(table: YearTable) -> None:
    assert found(table) == []


@pytest.mark.parametrize(
    "text", ["2027-02-30", "20270201", "2027-W05-1", "10月1日", "", "２０２７-01-01"]
)
def test_what_is_no_date_is_told_by_its_place(text: str) -> None:
    table = replace(IN_2027, rest=(IN_2027.rest[0], text))
    assert found(table) == [("rest[1]", Rule.MALFORMED)]


@pytest.mark.parametrize(
    ("day", "fine"),
    [("2026-12-31", True), ("2026-12-23", False), ("2028-01-01", False), ("2025-12-31", False)],
)
def test_only_a_new_years_break_reaches_into_another_year(day: str, *, fine: bool) -> None:
    table = replace(IN_2027, rest=(day, *IN_2027.rest))
    assert found(table) == ([] if fine else [("rest[0]", Rule.OTHER_YEAR)])


def test_an_override_keeps_to_its_year() -> None:
    table = replace(OVERRIDE_2027, rest=("2026-12-31",))
    assert found(table) == [("rest[0]", Rule.OTHER_YEAR)]


def test_a_day_stands_once_in_one_list() -> None:
    twice = replace(IN_2027, rest=(*IN_2027.rest, IN_2027.rest[3]))
    assert found(twice) == [(f"rest[{len(IN_2027.rest)}]", Rule.TWICE)]
    both = replace(IN_2027, work=(*IN_2027.work, "2027-10-01"))
    assert found(both) == [(f"work[{len(IN_2027.work)}]", Rule.IN_BOTH)]


def test_a_make_up_workday_is_a_weekend_day() -> None:
    table = replace(IN_2027, work=("2027-03-03", *IN_2027.work))
    assert found(table) == [("work[0]", Rule.NO_WEEKEND)]


@pytest.mark.parametrize(
    "day",
    [
        "2027-01-01", "2027-02-05", "2027-02-08", "2027-04-05", "2027-05-01", "2027-05-02",
        "2027-06-09", "2027-09-15", "2027-10-01",
    ],
)  # fmt: skip
def test_a_statutory_day_that_is_not_off_is_a_hole(day: str) -> None:
    assert ("rest", Rule.HOLE) in found(without(IN_2027, day))


def test_a_day_left_out_of_a_break_is_a_gap() -> None:
    table = without(IN_2026, "2026-10-04")
    assert found(table) == [(f"rest[{table.rest.index('2026-10-05')}]", Rule.GAP)]
    (fault,) = rules.faults_of(table)
    assert fault.facts == ("2026-10-03", "2026-10-05", "2026-10-04")
    weekend = without(IN_2027, "2027-02-06", "2027-02-07")
    assert Rule.GAP in {rule for _, rule in found(weekend)}


def test_two_breaks_that_stand_apart_are_no_gap() -> None:
    assert found(without(IN_2027, "2027-02-10", "2027-02-11")) == []
    around_a_workday = replace(IN_2027, rest=("2027-01-01", "2027-01-03", *IN_2027.rest[1:]))
    assert "2027-01-02" in around_a_workday.work
    assert found(around_a_workday) == []


@pytest.mark.parametrize(
    ("rest", "work", "count"),
    [
        (("2027-03-01..2027-03-12",), (), "239"),
        ((), ("2027-03-06..2027-03-07", "2027-03-13..2027-03-14", "2027-03-20..2027-03-28"), "257"),
    ],
)
def test_a_year_with_too_many_or_too_few_workdays_is_doubted(
    rest: tuple[str, ...], work: tuple[str, ...], count: str
) -> None:
    weekends = [day for day in files.spelt_out(work) if date.fromisoformat(day).isoweekday() > 5]
    table = replace(
        IN_2027,
        rest=(*IN_2027.rest, *files.spelt_out(rest)),
        work=(*IN_2027.work, *weekends),
    )
    (fault,) = rules.faults_of(table)
    assert (fault.field, fault.rule, fault.facts[0]) == ("year", Rule.WORKDAYS, count)


def test_a_year_in_use_is_replaced_on_a_document_only() -> None:
    bare = replace(IN_2026, document=" ")
    assert found(bare) == [("document", Rule.NO_DOCUMENT)]
    assert found(bare, date(2025, 12, 31)) == []
    assert found(replace(IN_2027, document="")) == []
    assert found(replace(IN_2027, document=""), date(2027, 3, 1)) == []


def test_an_override_names_its_document() -> None:
    assert found(replace(OVERRIDE_2027, document="")) == [("document", Rule.NO_DOCUMENT)]


def test_an_override_that_changes_nothing_is_refused() -> None:
    table = replace(OVERRIDE_2027, rest=("2027-03-06",), work=("2027-03-03",))
    assert found(table) == [
        ("rest[0]", Rule.RESTS_ALREADY),
        ("work[0]", Rule.WORKED_ALREADY),
    ]
    base = PublishedTable(
        stream=StreamName("calendar/610328/a"),
        publisher=NodeId("610328"),
        published_at=0,
        table=IN_2027,
    )
    undone = replace(OVERRIDE_2027, rest=(), work=("2027-10-07",))
    assert rules.faults_at(undone, calendar_from((base,)), TODAY) == ()


@pytest.mark.parametrize(
    ("table", "rule"),
    [
        (replace(IN_2027, year=1995), Rule.BAD_YEAR),
        (replace(IN_2027, year=10**9), Rule.BAD_YEAR),
        (replace(IN_2027, rest=()), Rule.NO_DAYS),
        (replace(OVERRIDE_2027, rest=(), work=()), Rule.NO_DAYS),
        (replace(IN_2027, document="文" * 121), Rule.LONG_DOCUMENT),
    ],
)
def test_what_nobody_could_reckon_by_is_refused(table: YearTable, rule: Rule) -> None:
    assert [one for _, one in found(table)] == [rule]


def test_every_fault_is_said_in_both_languages() -> None:
    facts = ("a", "b", "c")
    for rule in Rule:
        zh, en = wording.both(Fault("rest", rule, facts))
        assert zh != en
        assert en.isascii()
    said = wording.by_field(
        [Fault("rest", Rule.HOLE, ("2027-10-01",)), Fault("rest", Rule.NO_DAYS)]
    )
    assert said["rest"].count("; ") == 1
    assert TableKind.COUNCIL in tuple(TableKind)
