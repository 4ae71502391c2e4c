"""What the law adds to an item: reports, licences, joint reviews, commitments, situations."""

import pytest
from msgspec.structs import replace

from node.catalogue import model
from node.catalogue.flaws import Rule
from node.catalogue.rules import flaws_of, process_flaws
from node.catalogue.wording import sentence_of
from schemas.ids import DepartmentId, Level, NodeId
from schemas.item_terms import LimitStart, Mode, SpecialKind, StageKind
from schemas.items import Answer, Item, Limit, Question, SpecialProcedure, Stage, Tier
from tests.support.catalogue import (
    ACCEPT,
    CHECK,
    DECIDE,
    DISPATCH,
    LICENCE,
    REVIEW,
    SITUATIONS,
    TOWN_ACCEPT,
    TOWN_DECIDE,
    WJJ,
)

GAJ, JTJ = DepartmentId("gaj"), DepartmentId("jtj")
KNOWN = frozenset((WJJ, GAJ, JTJ))
REPORT = Stage(name="转报", kind=StageKind.REPORT, level=Level.COUNTY, department=WJJ, workdays=0)
CITY_DISPATCH = Stage(name="市分办", kind=StageKind.DISPATCH, level=Level.CITY, workdays=0)
CITY_REVIEW = Stage(
    name="市审查", kind=StageKind.REVIEW, level=Level.CITY, department=WJJ, workdays=0
)
CITY_DECIDE = Stage(name="市决定", kind=StageKind.DECIDE, level=Level.CITY, department=WJJ)
ISSUE = Stage(name="制证", kind=StageKind.ISSUE, level=Level.COUNTY, department=WJJ, workdays=10)
CITY_ISSUE = replace(ISSUE, level=Level.CITY)
JOINT = replace(REVIEW, joint=(GAJ, JTJ))
CHECKED = replace(
    LICENCE, commitment=True, commitment_check=Limit(amount=30, start=LimitStart.DECIDED)
)


def process(*stages: Stage) -> Item:
    return replace(LICENCE, process=stages, risks=())


def asked(*questions: Question) -> Item:
    return replace(LICENCE, situations=questions)


def answers(**changes: object) -> Item:
    first, second = SITUATIONS[0].answers
    return asked(replace(SITUATIONS[0], answers=(first, replace(second, **changes))))


def check(amount: int, start: LimitStart) -> Item:
    return replace(CHECKED, commitment_check=Limit(amount=amount, start=start))


def special(start: LimitStart) -> Item:
    hearing = SpecialProcedure(
        kind=SpecialKind.HEARING, name="听证", law="行政许可法", article="第四十六条",
        limit=Limit(amount=20, start=start),
    )  # fmt: skip
    return replace(LICENCE, special=(hearing,))


def county_by(mode: Mode) -> Item:
    stages = (ACCEPT, REVIEW, REPORT, CITY_DECIDE)
    return replace(process(*stages), tiers=(Tier(level=Level.COUNTY, mode=mode),))


UP = (ACCEPT, DISPATCH, REVIEW, REPORT, CITY_DISPATCH, CITY_REVIEW, CITY_DECIDE, CITY_ISSUE)
FROM_DECISION = Limit(amount=5, start=LimitStart.DECIDED)

PAIRS: list[tuple[Rule, Item, Item]] = [
    (Rule.REPORT_MISPLACED, process(ACCEPT, REPORT, CITY_DECIDE), process(*UP)),
    (
        Rule.REPORT_MISPLACED,
        process(ACCEPT, REVIEW, REPORT, DECIDE),
        process(ACCEPT, REVIEW, REPORT, CITY_DECIDE),
    ),
    (
        Rule.REPORT_MISPLACED,
        process(ACCEPT, REVIEW, REPORT, replace(CITY_REVIEW, level=Level.COUNTY), CITY_DECIDE),
        process(ACCEPT, REVIEW, REPORT, CITY_REVIEW, CITY_DECIDE),
    ),
    (Rule.REPORT_MISPLACED, process(ACCEPT, REPORT, REVIEW, CITY_DECIDE), process(*UP)),
    (Rule.STAGES_OUT_OF_ORDER, process(REVIEW, REPORT, ACCEPT, CITY_DECIDE), process(*UP)),
    (
        Rule.STAGES_OUT_OF_ORDER,
        process(ACCEPT, REVIEW, REPORT, CITY_REVIEW, CITY_DISPATCH, CITY_DECIDE),
        process(*UP),
    ),
    (
        Rule.STAGE_TWICE,
        process(ACCEPT, REVIEW, CITY_REVIEW, CITY_DECIDE),
        process(ACCEPT, REVIEW, REPORT, CITY_REVIEW, CITY_DECIDE),
    ),
    (Rule.STAGE_TWICE, process(ACCEPT, REVIEW, REPORT, REPORT, CITY_DECIDE), process(*UP)),
    (Rule.STAGE_TWICE, process(ACCEPT, DECIDE, ISSUE, ISSUE), process(ACCEPT, DECIDE, ISSUE)),
    (Rule.ISSUE_MISPLACED, process(ACCEPT, ISSUE, DECIDE), process(ACCEPT, DECIDE, ISSUE)),
    (Rule.ISSUE_MISPLACED, process(ACCEPT, DECIDE, CITY_ISSUE), process(ACCEPT, DECIDE, ISSUE)),
    (
        Rule.ISSUE_MISPLACED,
        process(TOWN_ACCEPT, TOWN_DECIDE, ISSUE),
        process(TOWN_ACCEPT, TOWN_DECIDE, replace(ISSUE, level=Level.TOWN, department=None)),
    ),
    (
        Rule.ISSUE_OVER_DELIVERY,
        process(ACCEPT, DECIDE, replace(ISSUE, workdays=11)),
        process(ACCEPT, DECIDE, ISSUE),
    ),
    (
        Rule.LATER_STAGES_OVER_PROMISE,
        process(ACCEPT, REVIEW, replace(REPORT, workdays=4), CITY_DECIDE, CITY_ISSUE),
        process(ACCEPT, REVIEW, replace(REPORT, workdays=2), CITY_DECIDE, CITY_ISSUE),
    ),
    (
        Rule.DECIDE_NOT_LAST,
        process(ACCEPT, DECIDE, ISSUE, REVIEW),
        process(ACCEPT, REVIEW, DECIDE, ISSUE),
    ),
    (
        Rule.DEPARTMENT_MISSING,
        process(ACCEPT, DECIDE, replace(ISSUE, department=None)),
        process(ACCEPT, DECIDE, ISSUE),
    ),
    (
        Rule.DEPARTMENT_MISSING,
        process(ACCEPT, REVIEW, replace(REPORT, department=None), CITY_DECIDE),
        process(*UP),
    ),
    (
        Rule.LEVEL_CANNOT,
        process(ACCEPT, REVIEW, replace(REPORT, level=Level.TOWN, department=None), CITY_DECIDE),
        process(*UP),
    ),
    (Rule.TIER_WITHOUT_STAGE, county_by(Mode.DIRECT), county_by(Mode.REVIEW_FORWARD)),
    (
        Rule.JOINT_MISPLACED,
        process(ACCEPT, REVIEW, replace(DECIDE, joint=(GAJ,))),
        process(ACCEPT, JOINT, DECIDE),
    ),
    (
        Rule.JOINT_TWICE,
        process(ACCEPT, replace(REVIEW, joint=(GAJ, GAJ)), DECIDE),
        process(ACCEPT, JOINT, DECIDE),
    ),
    (
        Rule.JOINT_WITH_ITSELF,
        process(ACCEPT, replace(REVIEW, joint=(GAJ, WJJ)), DECIDE),
        process(ACCEPT, JOINT, DECIDE),
    ),
    (
        Rule.EMPTY,
        process(ACCEPT, replace(REVIEW, joint=(DepartmentId(" "),)), DECIDE),
        process(ACCEPT, JOINT, DECIDE),
    ),
    (
        Rule.DEPARTMENT_UNKNOWN,
        process(ACCEPT, replace(REVIEW, joint=(DepartmentId("xyz"),)), DECIDE),
        process(ACCEPT, JOINT, DECIDE),
    ),
    (Rule.STARTS_WITH_DECISION, replace(LICENCE, promised=FROM_DECISION), LICENCE),
    (Rule.STARTS_WITH_DECISION, replace(LICENCE, statutory=FROM_DECISION), LICENCE),
    (Rule.STARTS_WITH_DECISION, special(LimitStart.DECIDED), special(LimitStart.ACCEPTED)),
    (Rule.COMMITMENT_WITHOUT_CHECK, replace(CHECKED, commitment_check=None), CHECKED),
    (Rule.CHECK_WITHOUT_COMMITMENT, replace(CHECKED, commitment=False), CHECKED),
    (Rule.CHECK_WITHOUT_DAYS, check(0, LimitStart.DECIDED), check(1, LimitStart.DECIDED)),
    (Rule.CHECK_STARTS_EARLIER, check(30, LimitStart.ACCEPTED), CHECKED),
    (Rule.NUMBER_TOO_LARGE, check(3_651, LimitStart.DECIDED), check(3_650, LimitStart.DECIDED)),
    (
        Rule.RENEWAL_OF_NO_LICENCE,
        replace(LICENCE, renewal=True, type_code="07"),
        replace(LICENCE, renewal=True),
    ),
    (
        Rule.QUESTION_WITHOUT_CHOICE,
        asked(replace(SITUATIONS[0], answers=SITUATIONS[0].answers[:1])),
        asked(*SITUATIONS),
    ),
    (Rule.QUESTION_WITHOUT_CHOICE, asked(Question(text="谁?", answers=())), asked(*SITUATIONS)),
    (
        Rule.QUESTION_TWICE,
        asked(SITUATIONS[0], replace(SITUATIONS[1], text=SITUATIONS[0].text)),
        asked(*SITUATIONS),
    ),
    (Rule.EMPTY, asked(replace(SITUATIONS[0], text=" "), SITUATIONS[1]), asked(*SITUATIONS)),
    (Rule.EMPTY, answers(text=""), answers(text="代理人")),
    (Rule.ANSWER_CODE, answers(code="代理"), answers(code="a.2_b-1")),
    (
        Rule.ANSWER_TWICE,
        asked(SITUATIONS[0], replace(SITUATIONS[1], answers=(Answer(code="self", text="自有"),))),
        asked(*SITUATIONS),
    ),
    (Rule.ANSWER_MATERIAL_UNKNOWN, answers(materials=("lease",)), answers(materials=("form",))),
]
IDS = [f"{rule}-{number}" for number, (rule, _, _) in enumerate(PAIRS)]


def broken(item: Item) -> set[Rule]:
    return {flaw.rule for flaw in flaws_of(item, departments=KNOWN)}


@pytest.mark.parametrize(("rule", "bad", "good"), PAIRS, ids=IDS)
def test_a_rule_hits_what_breaks_it_and_nothing_else(rule: Rule, bad: Item, good: Item) -> None:
    assert rule in broken(bad)
    assert rule not in broken(good)
    for flaw in flaws_of(bad, departments=KNOWN):
        chinese, english = sentence_of(flaw).split(" · ")
        assert chinese
        assert english
        assert "{" not in chinese + english


def test_what_a_county_reports_the_city_reviews_decides_and_makes() -> None:
    item = process(CHECK, *UP)
    assert not list(process_flaws(item))
    village = NodeId("610328100201")
    nodes = [node for _, node in model.stages_for(item, village, village)]
    assert nodes == [NodeId("610328100"), *[NodeId("610328")] * 4, *[NodeId("6103")] * 4]
    named = replace(item, decided_by=NodeId("6104"))
    stages = model.stages_for(named, village, village)
    assert [node for _, node in stages[-2:]] == [NodeId("6104")] * 2


def test_a_joint_stage_that_breaks_the_way_makes_an_item_inert() -> None:
    (flaw,) = process_flaws(process(ACCEPT, replace(REVIEW, joint=(WJJ,)), DECIDE))
    assert (flaw.rule, flaw.field) == (Rule.JOINT_WITH_ITSELF, "process[1].joint")
