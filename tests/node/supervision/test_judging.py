"""How verdicts are drawn from what rules say: by the book in force, the graver first, none lost."""

from collections.abc import Iterator
from datetime import date

import pytest

from node.calendar.model import Calendar
from node.supervision import books, judging
from node.supervision.books import Term
from node.supervision.model import DayBook, Hit, Rule, Values, finding_id
from node.supervision.versions import Version
from schemas.ids import NodeId, StaffId
from schemas.supervision import FindingLevel, Rulebook, RuleClass, RuleId, RuleSetting

COUNTY = NodeId("610328")
YELLOW, RED = FindingLevel.YELLOW, FindingLevel.RED
NEVER: Rulebook = Rulebook(settings=(RuleSetting(rule=RuleId.A1, on=False),))


def _no_calendar(place: NodeId) -> Calendar:
    raise AssertionError(place)


DAY = DayBook(node=COUNTY, day=date(2026, 3, 2), calendar=_no_calendar)


def _rule(*hits: tuple[int, FindingLevel, str]) -> Rule:
    def of_day(day: DayBook, values: Values) -> Iterator[Hit]:
        assert not values
        return (
            Hit(rule=RuleId.A1, level=level, at=at, mark=mark, node=day.node)
            for at, level, mark in hits
        )

    return Rule(
        id=RuleId.A1, rule_class=RuleClass.DISCIPLINE, level=RED, basis=(), of_day=of_day
    )  # fmt: skip


def _terms(*books_set: tuple[int, Rulebook]) -> tuple[Term, ...]:
    versions = (
        Version(
            publisher=COUNTY, number=number, from_at=at, set_at=at, set_by=StaffId("chen"),
            reason="", book=book,
        )
        for number, (at, book) in enumerate(books_set, 1)
    )  # fmt: skip
    return books.terms_of(tuple(versions), COUNTY)


@pytest.mark.parametrize(
    ("now", "found", "ahead"),
    [(5, [], 10), (10, [10], 20), (25, [10, 20], 30), (99, [10, 20, 30], None)],
)
def test_what_lies_behind_is_found_and_the_next_is_told(
    now: int, found: list[int], ahead: int | None
) -> None:
    rule = _rule((10, RED, "a"), (20, YELLOW, "b"), (30, RED, "c"))
    verdicts = judging.of_day(DAY, _terms(), (rule,), now)
    assert sorted(hit.at for hit in verdicts.found.values()) == found
    assert verdicts.ahead == ahead


def test_of_two_hits_about_the_same_the_graver_stands_and_then_the_earlier() -> None:
    rule = _rule((10, YELLOW, "a"), (30, RED, "a"), (20, RED, "a"))
    (name,) = judging.of_day(DAY, _terms(), (rule,), 99).found
    (hit,) = judging.of_day(DAY, _terms(), (rule,), 99).found.values()
    assert (hit.at, hit.level) == (20, RED)
    assert name == finding_id(DAY.subject, hit)
    (early,) = judging.of_day(DAY, _terms(), (rule,), 15).found
    assert early == name


def test_each_hit_is_judged_by_the_book_of_its_own_instant() -> None:
    rule = _rule((10, RED, "a"), (20, RED, "b"), (30, RED, "c"))
    terms = _terms((20, NEVER), (30, Rulebook()))
    assert sorted(hit.at for hit in judging.of_day(DAY, terms, (rule,), 99).found.values()) == [
        10,
        30,
    ]


def test_what_a_book_does_not_ask_for_lies_not_ahead() -> None:
    rule = _rule((20, RED, "b"))
    assert judging.of_day(DAY, _terms((15, NEVER)), (rule,), 17).ahead is None


def test_rules_that_do_not_look_at_days_are_not_asked() -> None:
    silent = Rule(id=RuleId.T1, rule_class=RuleClass.TIME, level=RED, basis=())
    verdicts = judging.of_day(DAY, _terms(), (silent, _rule((10, RED, "a"))), 99)
    assert [hit.rule for hit in verdicts.found.values()] == [RuleId.A1]
    assert not verdicts.faults
