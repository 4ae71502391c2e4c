"""Which book of rules counts where and when, and what a book may say."""

from types import MappingProxyType

from node.supervision import books
from node.supervision.books import BEGINNING, FOREVER
from node.supervision.model import Parameter, Rule
from node.supervision.versions import Version
from schemas.ids import NodeId, StaffId
from schemas.supervision import (
    FindingLevel,
    ItemThreshold,
    Rulebook,
    RuleClass,
    RuleId,
    RuleSetting,
)

CITY, COUNTY, TOWN = NodeId("6103"), NodeId("610328"), NodeId("610328100")
T1 = Rule(
    id=RuleId.T1,
    rule_class=RuleClass.TIME,
    level=FindingLevel.RED,
    basis=(),
    parameters=MappingProxyType({"workdays": Parameter(usual=5, least=1, most=20)}),
)
O1 = Rule(
    id=RuleId.O1, rule_class=RuleClass.OUTSIDE, level=FindingLevel.RED, basis=(), on=False
)  # fmt: skip


def _version(publisher: NodeId, number: int, from_at: int) -> Version:
    book = Rulebook(thresholds=(ItemThreshold(item=f"{publisher}-{number}", yellow_workdays=1),))
    return Version(
        publisher=publisher, number=number, from_at=from_at, set_at=from_at,
        set_by=StaffId("chen"), reason="试行", book=book,
    )  # fmt: skip


def _spans(place: NodeId, *versions: Version) -> list[tuple[int, int, str]]:
    return [
        (one.begins, one.ends, one.book.thresholds[0].item if one.book.thresholds else "")
        for one in books.terms_of(versions, place)
    ]


def test_before_the_first_book_the_programs_own_settings_count() -> None:
    assert _spans(COUNTY) == [(BEGINNING, FOREVER, "")]
    assert _spans(COUNTY, _version(COUNTY, 1, 100)) == [
        (BEGINNING, 100, ""),
        (100, FOREVER, "610328-1"),
    ]


def test_the_nearest_publisher_counts_from_its_own_first_book_on() -> None:
    versions = (
        _version(CITY, 1, 100),
        _version(CITY, 2, 300),
        _version(COUNTY, 1, 200),
        _version(COUNTY, 2, 400),
    )
    assert _spans(TOWN, *versions) == [
        (BEGINNING, 100, ""),
        (100, 200, "6103-1"),
        (200, 400, "610328-1"),
        (400, FOREVER, "610328-2"),
    ]
    assert _spans(CITY, *versions) == [
        (BEGINNING, 100, ""),
        (100, 300, "6103-1"),
        (300, FOREVER, "6103-2"),
    ]
    assert _spans(NodeId("610327"), *versions) == _spans(CITY, *versions)


def test_of_two_books_that_begin_together_the_later_counts() -> None:
    terms = books.terms_of((_version(COUNTY, 1, 100), _version(COUNTY, 2, 100)), COUNTY)
    assert [(one.begins, one.ends) for one in terms] == [(BEGINNING, 100), (100, FOREVER)]
    assert books.at(terms, 100).book.thresholds[0].item == "610328-2"
    assert books.at(terms, 99).version is None


def test_what_a_book_does_not_say_is_as_the_program_has_it() -> None:
    assert books.values_of(Rulebook(), T1) == {"workdays": 5}
    set_to = Rulebook(settings=(RuleSetting(rule=RuleId.T1, values={"workdays": 3}),))
    assert books.values_of(set_to, T1) == {"workdays": 3}
    beyond = Rulebook(settings=(RuleSetting(rule=RuleId.T1, values={"workdays": 99}),))
    assert books.values_of(beyond, T1) == {"workdays": 5}
    assert books.is_on(Rulebook(), T1)
    assert not books.is_on(Rulebook(), O1)
    assert books.is_on(Rulebook(settings=(RuleSetting(rule=RuleId.O1),)), O1)


def test_a_book_that_cannot_be_followed_is_not_set() -> None:
    wrong = Rulebook(
        settings=(
            RuleSetting(rule=RuleId.T1, values={"workdays": 0, "hours": 3}),
            RuleSetting(rule=RuleId.P1),
        ),
        thresholds=(
            ItemThreshold(item="wjj-01", yellow_workdays=3),
            ItemThreshold(item="wjj-01", yellow_workdays=4),
        ),
    )
    assert books.faults_of(wrong, (T1, O1)) == {
        "T1.workdays": "out_of_bounds",
        "T1.hours": "unknown",
        "P1": "unknown",
        "thresholds": "doubled",
    }
    assert not books.faults_of(Rulebook(), (T1, O1))


def test_a_book_holds_only_what_differs() -> None:
    told = Rulebook(
        settings=(
            RuleSetting(rule=RuleId.O1, on=False),
            RuleSetting(rule=RuleId.T1, values={"workdays": 5}),
        ),
        thresholds=(
            ItemThreshold(item="b", yellow_workdays=2),
            ItemThreshold(item="a", yellow_workdays=1),
        ),
    )
    tidy = books.tidied(told, (T1, O1))
    assert not tidy.settings
    assert [one.item for one in tidy.thresholds] == ["a", "b"]
