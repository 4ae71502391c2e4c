"""What evaluations, complaints and orders add to the counts."""

from collections import Counter
from datetime import date, datetime, time
from typing import Final

import pytest
from msgspec.structs import replace

from node.appraisal import matters
from node.appraisal.shares import Measured, Origin, Standpoint, Subject
from node.calendar.model import Calendar
from node.clock import CHINA, to_ms
from schemas.appraisal import Grain, Measure
from schemas.evaluation import EvaluationChannel, EvaluationView, Grade
from schemas.ids import CaseNumber, DepartmentId, NodeId, StaffId, StreamName
from schemas.orders import (
    Accountability,
    Consequence,
    OrderKind,
    OrderState,
    OrderVerdict,
    OrderView,
)
from schemas.redress import (
    RedressFinding,
    RedressKind,
    RedressSource,
    RedressState,
    RedressView,
)
from schemas.supervision import FindingLevel

M = Measure
COUNTY, TOWN = NodeId("610328"), NodeId("610328100")
WJJ, LI = DepartmentId("wjj"), StaffId("li")
CASE = StreamName("case/610328100/aaaaaaaaaaaaaaaa")


def at(day: str, hour: int = 10) -> int:
    return to_ms(datetime.combine(date.fromisoformat(day), time(hour), CHINA))


def _no_calendar(place: NodeId) -> Calendar:
    raise AssertionError(place)


def standpoint(now: str = "2026-06-01", me: NodeId = COUNTY) -> Standpoint:
    return Standpoint(
        me=me, now=at(now), calendar=_no_calendar,
        window_of=lambda staff, _: "w1" if staff == LI else "",
    )  # fmt: skip


HERE: Final = standpoint()
ORIGIN: Final = Origin(
    number="610328100-20260302-A0001",
    places=(Subject(Grain.PLACE, TOWN), Subject(Grain.PLACE, COUNTY)),
    body=Subject(Grain.BODY, f"{COUNTY}/wjj"),
    item=(Subject(Grain.ITEM, "wjj-01"),),
    item_name="公共场所卫生许可",
)
RATED: Final = EvaluationView(
    note=StreamName("note/610328/aaaaaaaaaaaaaaaa"), node=COUNTY, case=CASE, visit="",
    given_at=at("2026-03-31", 23), channel=EvaluationChannel.QR, grade=Grade.VERY_SATISFIED,
    table=1, dimensions=(), tags=(), window="w1", staff=LI, department=WJJ, comment=None,
    named=False, device="", of_staff=False, counts=True,
)  # fmt: skip
COMPLAINT: Final = RedressView(
    stream=StreamName("redress/610328/aaaaaaaaaaaaaaaa"), number="诉〔2026〕7号",
    redress=RedressKind.COMPLAINT, source=RedressSource.WEB, state=RedressState.OPENED,
    holder=COUNTY, seq=0, taken_by=COUNTY, subject=COUNTY, department=WJJ, staff=LI,
    opened_at=at("2026-04-01", 0), verify_by="2026-04-02",
)  # fmt: skip
ORDER: Final = OrderView(
    stream=StreamName("order/610328/aaaaaaaaaaaaaaaa"), number="督〔2026〕1号",
    order=OrderKind.ORDER, state=OrderState.ISSUED, holder=TOWN, seq=0, issuer=COUNTY,
    issued_by=StaffId("chen"), issued_at=at("2026-03-30"), subject=TOWN, case=CASE,
    case_number=CaseNumber("610328100-20260302-A0001"), findings=("a", "b"),
    level=FindingLevel.RED, caused_at=at("2026-03-28"), reply_by="2026-03-31", delivered=True,
)  # fmt: skip


def counted(measured: Measured) -> dict[tuple[str, str, str, Measure], int]:
    """Give all that is added: by day, grain, subject and measure."""
    found: Counter[tuple[str, str, str, Measure]] = Counter()
    for share in measured.shares:
        for subject in share.subjects:
            for measure, n in share.counts:
                found[str(share.day), subject.grain.value, subject.name, measure] += n
    return dict(found)


def of(measured: Measured, subject: Subject) -> dict[Measure, int]:
    found: Counter[Measure] = Counter()
    for (_, grain, name, measure), n in counted(measured).items():
        if (grain, name) == (subject.grain.value, subject.name):
            found[measure] += n
    return dict(found)


AT_COUNTY: Final = Subject(Grain.PLACE, COUNTY)


# ---- evaluations


def test_an_evaluation_is_counted_for_its_case_and_for_whoever_served() -> None:
    measured = matters.of_evaluation(RATED, None, ORIGIN, HERE)
    assert (measured.number, measured.item_name) == (ORIGIN.number, ORIGIN.item_name)
    subjects = {(key[1], key[2]) for key in counted(measured)}
    assert subjects == {
        ("place", TOWN), ("place", COUNTY), ("body", f"{COUNTY}/wjj"), ("item", "wjj-01"),
        ("window", f"{COUNTY}/w1"), ("staff", f"{COUNTY}/li"),
    }  # fmt: skip
    assert {key[0] for key in counted(measured)} == {"2026-03-31"}
    assert of(measured, AT_COUNTY) == {M.RATED: 1, M.GRADES: 5, M.SATISFIED: 1, M.PRAISED: 1}


def test_a_visit_is_counted_where_it_was() -> None:
    visit = replace(RATED, case=None, visit="v", node=TOWN, department=None)
    measured = matters.of_evaluation(visit, None, None, HERE)
    subjects = {(key[1], key[2]) for key in counted(measured)}
    assert subjects == {("place", TOWN), ("place", COUNTY), ("body", TOWN)}  # nobody else's people


@pytest.mark.parametrize(
    ("grade", "added"),
    [
        (Grade.SATISFIED, {M.SATISFIED: 1, M.PRAISED: 1}),
        (Grade.FAIRLY_SATISFIED, {M.SATISFIED: 1}),
        (Grade.DISSATISFIED, {M.BAD: 1}),
        (Grade.VERY_DISSATISFIED, {M.BAD: 1}),
    ],
)
def test_three_grades_are_satisfied_two_are_good_two_are_bad(
    grade: Grade, added: dict[Measure, int]
) -> None:
    measured = matters.of_evaluation(replace(RATED, grade=grade), None, ORIGIN, HERE)
    assert of(measured, AT_COUNTY) == {M.RATED: 1, M.GRADES: int(grade)} | added


def test_a_second_evaluation_and_one_set_aside_are_counted_nowhere() -> None:
    second = replace(RATED, counts=False)
    assert not matters.of_evaluation(second, None, ORIGIN, HERE).shares
    bad = replace(RATED, grade=Grade.VERY_DISSATISFIED)
    opened = replace(COMPLAINT, redress=RedressKind.BAD_RATING, evaluation=bad.note)
    assert matters.of_evaluation(bad, opened, ORIGIN, HERE).shares
    aside = replace(opened, set_aside=True)
    assert not matters.of_evaluation(bad, aside, ORIGIN, HERE).shares


def test_a_bad_rating_is_put_right_once_it_is_answered_and_called_back() -> None:
    bad = replace(RATED, grade=Grade.DISSATISFIED, named=True)
    opened = replace(COMPLAINT, redress=RedressKind.BAD_RATING, evaluation=bad.note)
    steps = (
        (opened, {M.BAD, M.BAD_NAMED}),
        (replace(opened, answered_at=1), {M.BAD, M.BAD_NAMED, M.BAD_MENDED}),
        (
            replace(opened, answered_at=1, called_back_at=2),
            {M.BAD, M.BAD_NAMED, M.BAD_MENDED, M.BAD_CALLED},
        ),
    )
    for redress, measures in steps:
        found = of(matters.of_evaluation(bad, redress, ORIGIN, HERE), AT_COUNTY)
        assert set(found) - {M.RATED, M.GRADES} == measures


# ---- complaints and questions


def test_a_complaint_is_counted_on_its_day_and_true_once_it_is_found_so() -> None:
    measured = matters.of_redress(COMPLAINT, None, HERE)
    assert {key[0] for key in counted(measured)} == {"2026-04-01"}  # from midnight in China on
    assert of(measured, AT_COUNTY) == {M.COMPLAINTS: 1}
    assert of(measured, Subject(Grain.WINDOW, f"{COUNTY}/w1")) == {M.COMPLAINTS: 1}
    for finding, n in ((RedressFinding.PARTLY, 1), (RedressFinding.UNFOUNDED, 0)):
        found = of(matters.of_redress(replace(COMPLAINT, finding=finding), None, HERE), AT_COUNTY)
        assert found.get(M.COMPLAINTS_TRUE, 0) == n


def test_a_complaint_that_was_set_aside_is_counted_nowhere() -> None:
    found_true = replace(COMPLAINT, finding=RedressFinding.TRUE)
    aside = replace(found_true, set_aside=True, state=RedressState.CLOSED)
    assert matters.of_redress(found_true, None, HERE).shares
    assert not matters.of_redress(aside, None, HERE).shares


def test_a_bad_rating_is_no_complaint() -> None:
    question = replace(COMPLAINT, redress=RedressKind.CONSULTATION)
    assert of(matters.of_redress(question, None, HERE), AT_COUNTY) == {M.CONSULTED: 1}
    rating = replace(COMPLAINT, redress=RedressKind.BAD_RATING)
    assert not matters.of_redress(rating, None, HERE).shares


# ---- orders


def test_an_order_is_late_once_its_day_is_over_without_a_reply() -> None:
    on_the_day, again_at = matters.of_order(ORDER, standpoint("2026-03-31"))
    assert of(on_the_day, AT_COUNTY) == {M.ORDERS: 1}
    assert again_at == at("2026-04-01", 0)
    behind, again_at = matters.of_order(ORDER, standpoint("2026-04-01"))
    assert again_at is None
    assert late_on(behind) == {"2026-04-01"}
    assert of(behind, Subject(Grain.BODY, TOWN)) == {M.ORDERS: 1, M.ORDERS_LATE: 1}


def late_on(measured: Measured) -> set[str]:
    return {key[0] for key in counted(measured) if key[3] is M.ORDERS_LATE}


def test_what_has_not_arrived_is_not_late() -> None:
    measured, again_at = matters.of_order(replace(ORDER, delivered=False), standpoint())
    assert of(measured, AT_COUNTY) == {M.ORDERS: 1}
    assert again_at is None, "its arrival is looked at when it is told"


def test_a_reply_in_time_is_never_late_and_one_behind_the_day_stays_so() -> None:
    for late_after, n in (("", 0), ("2026-03-31", 1)):
        replied = replace(ORDER, state=OrderState.REPLIED, replied_at=1, late_after=late_after)
        measured, again_at = matters.of_order(replied, standpoint("2026-05-01"))
        assert of(measured, AT_COUNTY).get(M.ORDERS_LATE, 0) == n
        assert again_at is None


@pytest.mark.parametrize("state", [OrderState.SENT_BACK, OrderState.JUDGED])
def test_an_order_is_late_on_the_first_day_it_was_however_it_goes_on(state: OrderState) -> None:
    went_on = replace(ORDER, state=state, late_after="2026-03-31", reply_by="2026-04-20")
    measured, again_at = matters.of_order(went_on, standpoint("2026-05-01"))
    assert late_on(measured) == {"2026-04-01"}
    assert of(measured, AT_COUNTY)[M.ORDERS_LATE] == 1
    assert again_at is None


def test_what_is_upheld_counts_only_once_it_stands_and_on_the_day_it_came_to() -> None:
    judged = replace(
        ORDER, state=OrderState.JUDGED, replied_at=1, judged_at=at("2026-03-30"),
        verdict=OrderVerdict.UPHELD,
        accountability=Accountability(
            consequence=Consequence.POINTS, node=COUNTY, department=WJJ, staff=LI, points=2
        ),
    )  # fmt: skip
    for state in (OrderState.JUDGED, OrderState.APPEALED):
        measured, _ = matters.of_order(replace(judged, state=state), HERE)
        assert of(measured, AT_COUNTY) == {M.ORDERS: 1}, "it may still be changed"
    closed = replace(judged, state=OrderState.CLOSED, closed_at=at("2026-04-07"))
    measured, _ = matters.of_order(closed, HERE)
    found = counted(measured)
    assert found["2026-04-07", "body", TOWN, M.RED] == 2  # two findings
    assert found["2026-04-07", "body", f"{COUNTY}/wjj", M.POINTS] == 2
    assert found["2026-04-07", "staff", f"{COUNTY}/li", M.POINTS] == 2
    talk = replace(
        closed,
        accountability=Accountability(consequence=Consequence.TALK, node=COUNTY, points=50),
    )
    measured, _ = matters.of_order(talk, HERE)
    assert M.POINTS not in of(measured, AT_COUNTY), "points are one consequence, a talk another"
    exempt = replace(closed, verdict=OrderVerdict.EXEMPT, accountability=None)
    measured, _ = matters.of_order(exempt, HERE)
    assert of(measured, AT_COUNTY) == {M.ORDERS: 1, M.EXEMPT: 1}
    assert {key[0] for key in counted(measured) if key[3] is M.EXEMPT} == {"2026-04-07"}
    alarm = replace(exempt, verdict=OrderVerdict.FALSE_ALARM)
    assert of(matters.of_order(alarm, HERE)[0], AT_COUNTY) == {M.ORDERS: 1}


def test_each_finding_of_an_order_is_a_card_of_its_own_colour() -> None:
    upheld = replace(
        ORDER, state=OrderState.CLOSED, closed_at=at("2026-04-07"), verdict=OrderVerdict.UPHELD,
        findings=("a", "b", "c", "d", "e", "f"), yellow=5,
    )  # fmt: skip
    cards = {M.ORDERS: 1, M.RED: 1, M.YELLOW: 5}
    assert of(matters.of_order(upheld, HERE)[0], AT_COUNTY) == cards
    yellow = replace(upheld, level=FindingLevel.YELLOW, yellow=0)
    assert of(matters.of_order(yellow, HERE)[0], AT_COUNTY) == {M.ORDERS: 1, M.YELLOW: 6}
    seen = replace(upheld, findings=(), yellow=0)
    assert of(matters.of_order(seen, HERE)[0], AT_COUNTY) == {M.ORDERS: 1, M.RED: 1}


def test_a_town_counts_its_own_line_alone() -> None:
    measured, _ = matters.of_order(ORDER, standpoint(me=TOWN))
    assert {key[2] for key in counted(measured) if key[1] == "place"} == {TOWN}
