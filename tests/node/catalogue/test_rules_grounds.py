"""A fee, a special procedure and a batch each stand on a ground, or the item is refused."""

import pytest
from msgspec.structs import replace

from node.catalogue.flaws import Rule
from node.catalogue.rules import flaws_of
from node.catalogue.rules_grounds import is_statute
from schemas.item_terms import CaseKind, LimitStart, SpecialKind
from schemas.items import Batch, Fee, Item, Limit, SpecialProcedure
from tests.support.catalogue import ENROLMENT, LICENCE

FEE = Fee(name="登记费", standard="每件 80 元", fen=8_000, law="某条例", article="第三条")
HEARING = SpecialProcedure(
    kind=SpecialKind.HEARING,
    name="听证",
    law="娱乐场所管理条例",
    article="第十条",
    limit=Limit(amount=20),
    mandatory=True,
)
CLOSED = Limit(amount=5, start=LimitStart.BATCH_CLOSED)


def charged(**changes: object) -> Item:
    return replace(LICENCE, fees=(replace(FEE, **changes),))


def special(**changes: object) -> Item:
    return replace(LICENCE, special=(replace(HEARING, **changes),))


def open_in(*days: tuple[str, str]) -> Item:
    batches = tuple(Batch(opens=opens, closes=closes) for opens, closes in days)
    return replace(LICENCE, promised=CLOSED, statutory=CLOSED, batches=batches)


SPRING = ("2026-04-01", "2026-04-20")

PAIRS: list[tuple[Rule, Item, Item]] = [
    (Rule.FEE_WITHOUT_BASIS, charged(law=" "), charged()),
    (Rule.FEE_WITHOUT_BASIS, charged(article=""), charged(article="第三条第二款")),
    (Rule.FEE_WITHOUT_STANDARD, charged(standard=""), charged(fen=None)),
    (Rule.FEE_NOT_POSITIVE, charged(fen=0), charged(fen=1)),
    (Rule.FEE_NOT_POSITIVE, charged(fen=-1), charged(fen=None)),
    (Rule.EMPTY, charged(name=""), charged()),
    (Rule.LICENCE_FEE_BELOW_LAW, charged(law="省物价局通知"), charged(law="某某法")),
    (
        Rule.LICENCE_FEE_BELOW_LAW,
        charged(law="某某管理办法"),
        replace(charged(law="某某管理办法"), type_code="07"),
    ),
    (Rule.SPECIAL_WITHOUT_BASIS, special(law=""), special()),
    (Rule.SPECIAL_WITHOUT_BASIS, special(article="十"), special(article="第十条")),
    (Rule.SPECIAL_WITHOUT_LIMIT, special(limit=Limit(amount=0)), special()),
    (Rule.EMPTY, special(name=""), special()),
    (
        Rule.SPECIAL_STOPS_STATUTE,
        special(kind=SpecialKind.SITE_SURVEY, law="某局通知"),
        special(kind=SpecialKind.SITE_SURVEY, law="某某条例"),
    ),
    (
        Rule.SPECIAL_STOPS_STATUTE,
        special(kind=SpecialKind.PUBLIC_DISPLAY, law="某局通知"),
        special(kind=SpecialKind.PUBLIC_DISPLAY, law="某局通知", stops_statutory=False),
    ),
    (
        Rule.SPECIAL_STOPS_STATUTE,
        special(kind=SpecialKind.OTHER, law="某局通知"),
        special(kind=SpecialKind.EXPERT_REVIEW, law="某局通知"),
    ),
    (
        Rule.INSTANT_WITH_SPECIAL,
        replace(ENROLMENT, special=(HEARING,)),
        replace(ENROLMENT, special=(replace(HEARING, mandatory=False),)),
    ),
    (
        Rule.INSTANT_WITH_SPECIAL,
        replace(special(), case_kind=CaseKind.INSTANT),
        special(),
    ),
    (
        Rule.COMMITMENT_WITH_SPECIAL,
        replace(special(), commitment=True),
        replace(special(mandatory=False), commitment=True),
    ),
    (Rule.BATCH_BAD_DATE, open_in(("2026-02-30", "2026-03-31")), open_in(SPRING)),
    (Rule.BATCH_BAD_DATE, open_in(("2026-02-20", "20260331")), open_in(SPRING)),
    (
        Rule.BATCH_BACKWARDS,
        open_in(("2026-04-02", "2026-04-01")),
        open_in(("2026-04-01", "2026-04-01")),
    ),
    (
        Rule.BATCHES_OVERLAP,
        open_in(("2026-04-20", "2026-05-01"), SPRING),
        open_in(("2026-04-21", "2026-05-01"), SPRING),
    ),
    (Rule.START_WITHOUT_BATCHES, open_in(), open_in(SPRING)),
    (Rule.BATCHES_WITHOUT_START, replace(open_in(SPRING), promised=Limit(amount=5), statutory=None),
     replace(open_in(SPRING), promised=Limit(amount=5))),
    (Rule.PROMISE_STARTS_LATER, replace(open_in(SPRING), statutory=Limit(amount=20)),
     replace(open_in(SPRING), promised=Limit(amount=5))),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "bad", "good"), PAIRS)
def test_a_ground_that_is_missing_is_told(rule: Rule, bad: Item, good: Item) -> None:
    assert rule in {flaw.rule for flaw in flaws_of(bad)}
    assert rule not in {flaw.rule for flaw in flaws_of(good)}


@pytest.mark.parametrize(
    ("law", "expected"),
    [
        ("中华人民共和国行政许可法", True),
        ("《娱乐场所管理条例》", True),
        ("不动产登记暂行条例(2024年修订)", True),
        ("不动产登记暂行条例实施细则", False),
        ("残疾人证管理办法", False),
        ("", False),
    ],
)
def test_a_law_or_regulation_is_known_by_the_end_of_its_name(law: str, *, expected: bool) -> None:
    assert is_statute(law) is expected


def test_a_batch_that_overlaps_is_named_by_its_own_place() -> None:
    item = open_in(("2026-04-20", "2026-05-01"), SPRING)
    assert [flaw.field for flaw in flaws_of(item)] == ["batches[0]"]
