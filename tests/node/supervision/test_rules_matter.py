"""Q1: a bad rating, a complaint or a question that nobody answers in time."""

from datetime import date

import pytest
from msgspec.structs import replace

from node.calendar.model import Calendar, Year, year_of
from node.supervision.model import Matter
from node.supervision.rules import by_id
from schemas.calendar import YearSource
from schemas.ids import NodeId, PartDigest, StaffId, StreamName
from schemas.redress import (
    Complexity,
    RedressAnswered,
    RedressAppealDecided,
    RedressAppealed,
    RedressClosed,
    RedressEvent,
    RedressExtended,
    RedressFinding,
    RedressKind,
    RedressOpened,
    RedressSource,
    RedressVerified,
)
from schemas.supervision import RuleId
from tests.support.casework import COUNTY, TOWN
from tests.support.catalogue import WJJ
from tests.support.lives import PUBLISHED, ms, short

OPENED = RedressOpened(
    number="评〔2026〕7号", redress=RedressKind.BAD_RATING, source=RedressSource.EVALUATION,
    subject=TOWN, department=WJJ, staff=StaffId("li"), opened_at=ms("03-02 10:00"),
    verify_by="2026-03-03",
)  # fmt: skip
QUESTION = RedressOpened(
    number="咨〔2026〕1号", redress=RedressKind.CONSULTATION, source=RedressSource.WEB,
    subject=TOWN, opened_at=ms("03-02 10:00"), verify_by="2026-03-09",
)  # fmt: skip
VERIFIED = RedressVerified(
    finding=RedressFinding.TRUE, complexity=Complexity.SIMPLE, answer_by="2026-03-10"
)
VERIFIED_LATE = replace(VERIFIED, answer_by="2026-03-11")
ANSWERED = RedressAnswered(answer=PartDigest("a" * 64))
EXTENDED = RedressExtended(answer_by="2026-03-17", reason="other")
APPEALED = RedressAppealed(ground="malicious")
KEPT, SET_ASIDE = RedressAppealDecided(set_aside=False), RedressAppealDecided(set_aside=True)
GIVEN_BACK = RedressAppealDecided(set_aside=False, due="2026-03-06")
VERIFY = ("yellow", "03-03 24:00", "verify:2026-03-03")
VERIFY_RED = ("red", "03-06 24:00", "verify:2026-03-03:red")
ANSWER = ("yellow", "03-10 24:00", "answer:2026-03-10")
ANSWER_RED = ("red", "03-13 24:00", "answer:2026-03-10:red")


def matter(*happened: tuple[str, RedressEvent], days: Calendar = PUBLISHED) -> Matter:
    return Matter(
        stream=StreamName(f"redress/{COUNTY}/aaaaaaaaaaaaaaaa"), holder=NodeId("610328"),
        happened=tuple((ms(when), event) for when, event in happened), calendar=lambda _: days,
    )  # fmt: skip


START = ("03-02 10:00", OPENED)


@pytest.mark.parametrize(
    ("happened", "found"),
    [
        ((START,), (VERIFY, VERIFY_RED)),
        ((START, ("03-03 17:00", VERIFIED)), (ANSWER, ANSWER_RED)),
        (
            (START, ("03-04 10:00", VERIFIED_LATE)),
            (
                VERIFY,
                ("yellow", "03-11 24:00", "answer:2026-03-11"),
                ("red", "03-16 24:00", "answer:2026-03-11:red"),
            ),
        ),
        ((START, ("03-03 17:00", VERIFIED), ("03-10 10:00", ANSWERED)), ()),
        ((START, ("03-03 17:00", VERIFIED), ("03-12 10:00", ANSWERED)), (ANSWER,)),
        (
            (START, ("03-03 17:00", VERIFIED), ("03-09 17:00", EXTENDED)),
            (
                ("yellow", "03-17 24:00", "answer:2026-03-17"),
                ("red", "03-20 24:00", "answer:2026-03-17:red"),
            ),
        ),
        ((START, ("03-03 12:00", APPEALED)), ()),
        ((START, ("03-03 12:00", APPEALED), ("03-05 12:00", SET_ASIDE)), ()),
        (
            (START, ("03-03 12:00", APPEALED), ("03-05 12:00", KEPT)),
            (("yellow", "03-05 12:00", "verify:2026-03-03"), VERIFY_RED),
        ),
        (
            (START, ("03-03 12:00", APPEALED), ("03-05 12:00", GIVEN_BACK)),
            (
                ("yellow", "03-06 24:00", "verify:2026-03-06"),
                ("red", "03-11 24:00", "verify:2026-03-06:red"),
            ),
        ),
        ((START, ("03-03 12:00", RedressClosed())), ()),
        (
            (("03-02 10:00", QUESTION),),
            (
                ("yellow", "03-09 24:00", "answer:2026-03-09"),
                ("red", "03-12 24:00", "answer:2026-03-09:red"),
            ),
        ),
    ],
    ids=[
        "nobody verifies it", "verified in time, not answered", "verified late", "answered in time",
        "answered two days late", "extended", "an appeal is looked at", "set aside",
        "an appeal that failed", "its days are given back", "closed", "a question",
    ],
)  # fmt: skip
def test_a_matter_that_waits_too_long_is_found(
    happened: tuple[tuple[str, RedressEvent], ...], found: tuple[tuple[str, str, str], ...]
) -> None:
    rule = by_id(RuleId.Q1)
    assert rule.of_matter is not None
    hits = tuple(rule.of_matter(matter(*happened), rule.usual))
    assert short(hits) == found
    for hit in hits:
        assert hit.node == TOWN


def weekdays(first_rule_year: int, *holidays: date) -> Calendar:
    """Weekdays are worked but for some; from a year on that is only a rule."""

    def find(number: int) -> Year:
        source = YearSource.RULE if number >= first_rule_year else YearSource.PACKAGE
        return year_of(number, source, lambda day: day.isoweekday() <= 5 and day not in holidays)

    return Calendar(find)


@pytest.mark.parametrize(
    ("happened", "holiday", "found"),
    [
        (
            (START,),
            date(2026, 3, 3),
            (
                ("yellow", "03-04 24:00", "verify:2026-03-03"),
                ("red", "03-09 24:00", "verify:2026-03-03:red"),
            ),
        ),
        (
            (START, ("03-03 17:00", VERIFIED)),
            date(2026, 3, 9),
            (
                ("yellow", "03-11 24:00", "answer:2026-03-10"),
                ("red", "03-16 24:00", "answer:2026-03-10:red"),
            ),
        ),
        (
            (("03-02 10:00", QUESTION),),
            date(2026, 3, 5),
            (
                ("yellow", "03-10 24:00", "answer:2026-03-09"),
                ("red", "03-13 24:00", "answer:2026-03-09:red"),
            ),
        ),
        ((START, ("03-03 17:00", VERIFIED), ("03-11 10:00", ANSWERED)), date(2026, 3, 9), ()),
        (
            (START,),
            date(2026, 3, 20),
            (VERIFY, VERIFY_RED),
        ),
    ],
    ids=["verify", "answer", "a question", "answered by the later day", "a holiday elsewhere"],
)  # fmt: skip
def test_a_day_that_a_later_calendar_moved_is_late_by_the_later_day(
    happened: tuple[tuple[str, RedressEvent], ...],
    holiday: date,
    found: tuple[tuple[str, str, str], ...],
) -> None:
    rule = by_id(RuleId.Q1)
    assert rule.of_matter is not None
    days = weekdays(2030, holiday)
    hits = tuple(rule.of_matter(matter(*happened, days=days), rule.usual))
    assert short(hits) == found


def test_the_finding_names_the_day_that_counts() -> None:
    rule = by_id(RuleId.Q1)
    assert rule.of_matter is not None
    moved = matter(START, days=weekdays(2030, date(2026, 3, 3)))
    assert next(rule.of_matter(moved, rule.usual)).values[2] == "2026-03-04"


def test_nobody_is_late_by_a_year_whose_calendar_is_not_published() -> None:
    rule = by_id(RuleId.Q1)
    assert rule.of_matter is not None
    for happened in ((START,), (START, ("03-03 17:00", VERIFIED)), (("03-02 10:00", QUESTION),)):
        assert not tuple(rule.of_matter(matter(*happened, days=weekdays(2026)), rule.usual))


def test_who_is_complained_of_is_named() -> None:
    rule = by_id(RuleId.Q1)
    assert rule.of_matter is not None
    first = next(rule.of_matter(matter(START), rule.usual))
    assert (first.department, first.staff) == (WJJ, "li")
    assert first.values == ("评〔2026〕7号", "=verify", "2026-03-03")


def test_a_day_that_nobody_can_read_holds_nobody() -> None:
    rule = by_id(RuleId.Q1)
    assert rule.of_matter is not None
    strange = RedressVerified(
        finding=RedressFinding.TRUE, complexity=Complexity.SIMPLE, answer_by="soon"
    )
    assert not tuple(rule.of_matter(matter(START, ("03-03 10:00", strange)), rule.usual))
