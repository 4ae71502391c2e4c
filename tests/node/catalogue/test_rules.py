"""Every rule of the catalogue has an item that breaks it and one, close by, that does not."""

import pytest
from msgspec.structs import replace

from node.catalogue.flaws import Rule
from node.catalogue.rules import flaws_of, workdays_in
from node.catalogue.wording import sentence_of
from schemas.ids import DepartmentId, Level, NodeId
from schemas.item_terms import CaseKind, LimitStart, LimitUnit, Mode, StageKind
from schemas.items import Basis, Fee, Item, Limit, MaterialNeed, Stage, Tier
from tests.support.catalogue import (
    ACCEPT,
    CHECK,
    DECIDE,
    DISPATCH,
    ENROLMENT,
    LICENCE,
    REVIEW,
    TOWN_ACCEPT,
    TOWN_DECIDE,
    WJJ,
)

KNOWN = frozenset((WJJ,))
Pair = tuple[Rule, Item, Item]


def process(*stages: Stage) -> Item:
    return replace(LICENCE, process=stages)


def papers(**changes: object) -> Item:
    return replace(LICENCE, materials=(replace(LICENCE.materials[0], **changes),))


def fee(fen: int) -> Item:
    fee = Fee(name="费", standard="每件", fen=fen, law="某条例", article="第一条")
    return replace(LICENCE, fees=(fee,))


def tiers(*pairs: tuple[Level, Mode]) -> Item:
    return replace(LICENCE, tiers=tuple(Tier(level=level, mode=mode) for level, mode in pairs))


def based(law: str, article: str) -> Item:
    return replace(LICENCE, basis=(Basis(law=law, article=article),))


def days(promised: int, statutory: int, unit: LimitUnit = LimitUnit.WORKDAY) -> Item:
    return replace(
        LICENCE, promised=Limit(amount=promised), statutory=Limit(amount=statutory, unit=unit)
    )


LONG = replace(LICENCE.basis[0], wording="文" * 20_000)
FROM_RECEIPT = Limit(amount=20, start=LimitStart.RECEIVED)

PAIRS: list[Pair] = [
    (Rule.EMPTY, replace(LICENCE, name=" "), LICENCE),
    (Rule.EMPTY, papers(code=""), papers(code="x")),
    (Rule.EMPTY, process(ACCEPT, replace(DECIDE, name="")), process(ACCEPT, DECIDE)),
    (Rule.EMPTY, based("", "第四条"), based("某法", "第四条")),
    (Rule.BAD_CODE, replace(LICENCE, code="卫 1"), replace(LICENCE, code="12441500196720244T344")),
    (Rule.UNKNOWN_TYPE, replace(LICENCE, type_code="11"), replace(LICENCE, type_code="07")),
    (Rule.ALIAS_TWICE, replace(LICENCE, aliases=("a", "a")), replace(LICENCE, aliases=("a", "b"))),
    (Rule.NO_APPLICANT, replace(LICENCE, applicants=()), LICENCE),
    (Rule.REFERS_TO_ITSELF, replace(LICENCE, follows="wjj-01"), replace(LICENCE, follows="wjj-02")),
    (
        Rule.REFERS_TO_ITSELF,
        replace(LICENCE, predecessors=("wjj-02", "wjj-01")),
        replace(LICENCE, predecessors=("wjj-02",)),
    ),
    (Rule.ITEM_TOO_LARGE, replace(LICENCE, basis=(LONG,)), LICENCE),
    (Rule.NUMBER_TOO_LARGE, days(5, 3651), days(5, 3650)),
    (Rule.NUMBER_TOO_LARGE, papers(copies=100), papers(copies=99)),
    (Rule.NUMBER_TOO_LARGE, replace(LICENCE, visits=100), LICENCE),
    (Rule.NUMBER_TOO_LARGE, fee(10_000_000_001), fee(10_000_000_000)),
    (
        Rule.NUMBER_TOO_LARGE,
        process(ACCEPT, replace(DECIDE, workdays=2**62)),
        process(ACCEPT, DECIDE),
    ),
    (Rule.PROCESS_EMPTY, process(), process(ACCEPT, DECIDE)),
    (
        Rule.STAGE_NAME_TWICE,
        process(ACCEPT, REVIEW, replace(DECIDE, name="审查")),
        process(ACCEPT, REVIEW, DECIDE),
    ),
    (Rule.NO_BASIS, replace(LICENCE, basis=()), LICENCE),
    (Rule.BASIS_WITHOUT_ARTICLE, based("某法", "42"), based("某法", "第四十二条第一款")),
    (Rule.BASIS_VAGUE, based("国家有关规定", "第一条"), based("规定", "第一条")),
    (Rule.LIMIT_BELOW_ZERO, days(-1, 20), days(5, 20)),
    (Rule.LIMIT_BELOW_ZERO, days(5, -1), days(5, 5)),
    (Rule.PROMISE_OVER_STATUTE, days(21, 20), days(20, 20)),
    (Rule.PROMISE_OVER_STATUTE, days(6, 7, LimitUnit.DAY), days(5, 7, LimitUnit.DAY)),
    (Rule.PROMISE_OVER_STATUTE, days(22, 1, LimitUnit.MONTH), days(21, 1, LimitUnit.MONTH)),
    (
        Rule.PROMISE_STARTS_LATER,
        replace(LICENCE, statutory=FROM_RECEIPT),
        replace(LICENCE, statutory=FROM_RECEIPT, promised=replace(FROM_RECEIPT, amount=8)),
    ),
    (
        Rule.INSTANT_TAKES_DAYS,
        replace(ENROLMENT, promised=Limit(amount=2)),
        replace(ENROLMENT, promised=Limit(amount=1)),
    ),
    (
        Rule.PROMISED_WITHOUT_DAYS,
        replace(ENROLMENT, case_kind=CaseKind.PROMISED),
        replace(ENROLMENT, case_kind=CaseKind.PROMISED, promised=Limit(amount=1)),
    ),
    (
        Rule.LICENCE_WITHOUT_STATUTE,
        replace(LICENCE, statutory=None),
        replace(LICENCE, statutory=None, type_code="07"),
    ),
    (
        Rule.MATERIAL_TWICE,
        replace(LICENCE, materials=(LICENCE.materials[0], LICENCE.materials[0])),
        LICENCE,
    ),
    (Rule.MATERIAL_CATCH_ALL, papers(name="其他材料"), papers(name="其他人的授权书")),
    (Rule.MATERIAL_WITHOUT_COPY, papers(copies=0), papers(copies=2)),
    (Rule.NOT_ONE_ACCEPT, process(DECIDE), process(ACCEPT, DECIDE)),
    (Rule.NOT_ONE_ACCEPT, process(ACCEPT, ACCEPT, DECIDE), process(CHECK, ACCEPT, DECIDE)),
    (Rule.NOT_ONE_DECIDE, process(ACCEPT, REVIEW), process(ACCEPT, REVIEW, DECIDE)),
    (Rule.NOT_ONE_DECIDE, process(ACCEPT, DECIDE, DECIDE), process(ACCEPT, DECIDE)),
    (Rule.DECIDE_NOT_LAST, process(ACCEPT, DECIDE, REVIEW), process(ACCEPT, REVIEW, DECIDE)),
    (
        Rule.STAGES_OUT_OF_ORDER,
        process(REVIEW, ACCEPT, DECIDE),
        process(ACCEPT, REVIEW, DECIDE),
    ),
    (
        Rule.STAGES_OUT_OF_ORDER,
        process(DISPATCH, ACCEPT, DECIDE),
        process(ACCEPT, DISPATCH, DECIDE),
    ),
    (Rule.STAGE_TWICE, process(ACCEPT, REVIEW, REVIEW, DECIDE), process(ACCEPT, REVIEW, DECIDE)),
    (Rule.STAGE_TWICE, process(CHECK, CHECK, ACCEPT, DECIDE), process(CHECK, ACCEPT, DECIDE)),
    (
        Rule.STAGE_BELOW_ZERO,
        process(ACCEPT, replace(DECIDE, workdays=-1)),
        process(ACCEPT, replace(DECIDE, workdays=0)),
    ),
    (
        Rule.LATER_STAGES_OVER_PROMISE,
        process(ACCEPT, replace(DECIDE, workdays=6)),
        process(replace(ACCEPT, workdays=6), replace(DECIDE, workdays=5)),
    ),
    (
        Rule.STAGES_OVER_PROMISE,
        replace(LICENCE, promised=Limit(amount=7, start=LimitStart.RECEIVED)),
        replace(LICENCE, promised=Limit(amount=8, start=LimitStart.RECEIVED)),
    ),
    (
        Rule.LEVEL_CANNOT,
        process(replace(ACCEPT, level=Level.VILLAGE), DECIDE),
        process(replace(ACCEPT, level=Level.TOWN), DECIDE),
    ),
    (
        Rule.LEVEL_CANNOT,
        process(replace(CHECK, level=Level.COUNTY), ACCEPT, DECIDE),
        process(CHECK, ACCEPT, DECIDE),
    ),
    (
        Rule.DEPARTMENT_MISSING,
        process(ACCEPT, replace(DECIDE, department=None)),
        process(TOWN_ACCEPT, TOWN_DECIDE),
    ),
    (
        Rule.DEPARTMENT_MISPLACED,
        process(ACCEPT, replace(TOWN_DECIDE, department=WJJ)),
        process(ACCEPT, DECIDE),
    ),
    (
        Rule.DEPARTMENT_MISPLACED,
        process(replace(ACCEPT, department=WJJ), DECIDE),
        process(ACCEPT, DECIDE),
    ),
    (Rule.DEPARTMENT_UNKNOWN, replace(LICENCE, department=DepartmentId("xyz")), LICENCE),
    (Rule.DEPARTMENT_UNKNOWN, replace(LICENCE, department=DepartmentId("town")), ENROLMENT),
    (
        Rule.DEPARTMENT_UNKNOWN,
        process(ACCEPT, replace(DECIDE, department=DepartmentId("xyz"))),
        process(ACCEPT, DECIDE),
    ),
    (
        Rule.DECIDER_MISPLACED,
        replace(LICENCE, decided_by=NodeId("6103")),
        replace(LICENCE, decided_by=NodeId("610328")),
    ),
    (Rule.DECIDER_MISPLACED, replace(LICENCE, decided_by=NodeId("千阳")), LICENCE),
    (Rule.NO_TIER, replace(LICENCE, tiers=()), LICENCE),
    (
        Rule.NO_TIER,
        tiers((Level.COUNTY, Mode.INFORMATION), (Level.TOWN, Mode.ASSIST)),
        tiers((Level.COUNTY, Mode.INFORMATION), (Level.TOWN, Mode.AGENCY)),
    ),
    (
        Rule.TIER_TWICE,
        tiers((Level.COUNTY, Mode.DIRECT), (Level.COUNTY, Mode.AGENCY)),
        tiers((Level.COUNTY, Mode.DIRECT)),
    ),
    (
        Rule.TIER_WITHOUT_WINDOW,
        tiers((Level.CITY, Mode.ACCEPT_FORWARD)),
        tiers((Level.VILLAGE, Mode.ACCEPT_FORWARD), (Level.CITY, Mode.INFORMATION)),
    ),
    (
        Rule.TIER_WITHOUT_STAGE,
        tiers((Level.TOWN, Mode.DIRECT)),
        tiers((Level.TOWN, Mode.REVIEW_FORWARD)),
    ),
    (
        Rule.TIER_WITHOUT_STAGE,
        tiers((Level.VILLAGE, Mode.REVIEW_FORWARD)),
        tiers((Level.VILLAGE, Mode.AGENCY)),
    ),
    (
        Rule.TIER_WITHOUT_STAGE,
        tiers((Level.TOWN, Mode.DELEGATED)),
        tiers((Level.COUNTY, Mode.DELEGATED)),
    ),
]
IDS = [f"{rule}-{number}" for number, (rule, _, _) in enumerate(PAIRS)]


def broken(item: Item) -> set[Rule]:
    return {flaw.rule for flaw in flaws_of(item, departments=KNOWN)}


@pytest.mark.parametrize(("rule", "bad", "good"), PAIRS, ids=IDS)
def test_a_rule_hits_what_breaks_it_and_nothing_else(rule: Rule, bad: Item, good: Item) -> None:
    assert rule in broken(bad)
    assert rule not in broken(good)


@pytest.mark.parametrize("item", [LICENCE, ENROLMENT], ids=["licence", "instant"])
def test_a_sound_item_has_no_flaw(item: Item) -> None:
    assert flaws_of(item, departments=KNOWN) == ()


def test_departments_are_not_checked_without_a_list_of_them() -> None:
    assert flaws_of(replace(LICENCE, department=DepartmentId("xyz"))) == ()


@pytest.mark.parametrize(("rule", "bad", "good"), PAIRS, ids=IDS)
def test_each_flaw_is_told_in_two_languages(rule: Rule, bad: Item, good: Item) -> None:
    del rule, good
    for flaw in flaws_of(bad, departments=KNOWN):
        chinese, english = sentence_of(flaw).split(" · ")
        assert flaw.field
        assert english
        assert "{" not in chinese + english
        assert "<" not in chinese + english


def test_a_flaw_names_the_field_and_the_figures() -> None:
    (flaw,) = flaws_of(process(CHECK, ACCEPT, replace(DECIDE, workdays=9)))
    assert flaw.field == "process[2].workdays"
    assert "承诺从受理起算，只计受理以后的环节" in sentence_of(flaw)
    assert "9" in sentence_of(flaw)
    assert "5" in sentence_of(flaw)
    (flaw,) = flaws_of(replace(LICENCE, materials=(MaterialNeed(code="x", name="x", copies=0),)))
    assert flaw.field == "materials[0].copies"


@pytest.mark.parametrize(
    ("amount", "unit", "workdays"),
    [(20, LimitUnit.WORKDAY, 20), (7, LimitUnit.DAY, 5), (30, LimitUnit.DAY, 21),
     (3, LimitUnit.MONTH, 64), (0, LimitUnit.DAY, 0)],
)  # fmt: skip
def test_limits_compare_in_working_days(amount: int, unit: LimitUnit, workdays: int) -> None:
    assert workdays_in(Limit(amount=amount, unit=unit)) == workdays


def test_a_process_without_stages_is_a_flaw_and_no_crash() -> None:
    assert {Rule.NOT_ONE_ACCEPT, Rule.NOT_ONE_DECIDE} <= broken(process())


def test_stage_kinds_stand_in_the_order_of_the_process() -> None:
    assert list(StageKind) == [
        StageKind.CHECK,
        StageKind.ACCEPT,
        StageKind.DISPATCH,
        StageKind.REVIEW,
        StageKind.REPORT,
        StageKind.DECIDE,
        StageKind.ISSUE,
    ]
