"""What events do: pure, so each rule is asked with values alone."""

import pytest
from msgspec.structs import replace

from node.cases import facts, rulings
from node.cases.caseview import CaseView
from node.cases.facts import Fault, Step
from node.cases.rulings import EFFECTIVE, UNJUDGED, Effect
from node.catalogue.model import stages_for
from schemas.cases import (
    Action,
    CaseClosed,
    CaseCorrectionRequested,
    CaseDecided,
    CaseDispatched,
    CaseEvent,
    CaseReceived,
    CaseRefused,
    CaseReviewed,
    CaseState,
    Outcome,
)
from schemas.events import HolderAdopted, HolderReclaimed
from schemas.ids import DepartmentId, NodeId
from tests.support.catalogue import ENROLMENT, LICENCE, WJJ
from tests.support.steps import (
    COUNTY,
    GROUND,
    PART,
    REMEDIES,
    TOWN,
    VILLAGE,
    begun,
    fact_of,
    next_step,
    received,
    replaced,
    walk,
)

A = Action
STAGES = stages_for(LICENCE, VILLAGE, VILLAGE)
TO_DECISION = (A.FORWARD, A.ACCEPT, A.DISPATCH, A.REVIEW, A.DECIDE)
CITY = NodeId("6103")
DENIAL = CaseDecided(
    outcome=Outcome.DENIED, decided_at=1, reason="conditions_not_met", ground=GROUND,
    remedies=REMEDIES,
)  # fmt: skip


def inert(view: CaseView | None, step: Step) -> Fault | None:
    ruling = rulings.judge(view, step, STAGES)
    assert ruling.effect is Effect.INERT
    return ruling.fault


def test_a_county_licence_taken_at_a_village_goes_its_whole_way() -> None:
    view = begun()
    holders = [view.holder]
    for action in (*TO_DECISION, A.DELIVER, A.CLOSE):
        view = walk(view, action)
        holders.append(view.holder)
    assert holders == [TOWN, COUNTY, COUNTY, COUNTY, COUNTY, VILLAGE, VILLAGE, COUNTY]
    assert (view.state, view.outcome) == (CaseState.CLOSED, Outcome.GRANTED)
    assert (view.decided_by, view.department, view.department_at) == (COUNTY, WJJ, COUNTY)


def test_an_instant_case_of_the_town_is_accepted_and_decided_there() -> None:
    view = walk(begun(ENROLMENT), A.ACCEPT, A.DECIDE)
    assert (view.state, view.holder) == (CaseState.DECIDED, VILLAGE)


def test_a_check_below_the_window_is_left_out() -> None:
    view = begun(LICENCE, COUNTY)
    assert (view.holder, view.stage_kind) == (COUNTY, STAGES[1][0].kind)


def test_a_correction_goes_to_the_window_and_back_to_who_asked() -> None:
    asked = walk(begun(), A.FORWARD, A.REQUEST_CORRECTION)
    assert (asked.state, asked.holder, asked.asked_by) == (CaseState.CORRECTING, VILLAGE, COUNTY)
    assert asked.asked_for == ("form",)
    back = walk(asked, A.CORRECT)
    assert (back.state, back.holder, back.asked_by) == (CaseState.RECEIVED, COUNTY, None)
    assert walk(back, A.ACCEPT).state is CaseState.ACCEPTED


def test_a_refused_and_a_withdrawn_case_end_at_the_window() -> None:
    refused = walk(begun(), A.FORWARD, A.REFUSE)
    assert (refused.holder, refused.outcome) == (VILLAGE, Outcome.REFUSED)
    assert walk(refused, A.CLOSE).holder == COUNTY
    withdrawn = walk(begun(), A.WITHDRAW)
    assert (withdrawn.holder, withdrawn.outcome) == (VILLAGE, Outcome.WITHDRAWN)
    assert walk(withdrawn, A.CLOSE).holder == VILLAGE


# ---- what has no effect


def test_a_village_that_decides_a_county_licence_changes_nothing() -> None:
    held = replace(begun(), holder=VILLAGE)
    step = next_step(held, CaseDecided(outcome=Outcome.GRANTED, decided_at=1))
    assert inert(held, step) is Fault.NOT_OPEN
    after = rulings.apply(held, step, Effect.INERT)
    assert (after.state, after.outcome, after.stage) == (CaseState.RECEIVED, None, 0)


def test_a_step_at_the_right_state_by_the_wrong_node_has_no_effect() -> None:
    held = replace(walk(begun(), A.FORWARD), holder=TOWN)
    assert inert(held, next_step(held, fact_of(A.ACCEPT, held))) is Fault.NOT_ITS_STEP


def test_passing_a_case_to_another_than_the_table_names_has_no_effect_but_custody() -> None:
    view = begun()
    step = next_step(view, fact_of(A.FORWARD, view), holder=VILLAGE)
    assert inert(view, step) is Fault.WRONG_HOLDER
    astray = rulings.apply(view, step, Effect.INERT)
    assert (astray.holder, astray.state, astray.stage) == (VILLAGE, CaseState.RECEIVED, 0)
    assert walk(astray, A.SEND_ON) == replace(view, seq=2, since=astray.since + 1)


@pytest.mark.parametrize(
    ("before", "fact", "fault"),
    [
        ((A.FORWARD,), CaseRefused(reason=""), Fault.NO_REASON),
        ((), CaseCorrectionRequested(reason="other", materials=()), Fault.NO_REASON),
        ((), CaseCorrectionRequested(reason="", materials=("form",)), Fault.NO_REASON),
        (TO_DECISION[:3], CaseReviewed(proposes=Outcome.VOIDED), Fault.WRONG_OUTCOME),
        (TO_DECISION[:4], CaseDecided(outcome=Outcome.DENIED, decided_at=1), Fault.NO_REASON),
        (
            TO_DECISION[:4],
            CaseDecided(outcome=Outcome.WITHDRAWN, decided_at=1),
            Fault.WRONG_OUTCOME,
        ),
        ((*TO_DECISION, A.DELIVER), CaseClosed(outcome=Outcome.DENIED), Fault.WRONG_OUTCOME),
    ],
)
def test_an_event_that_says_too_little_or_the_wrong_thing_has_no_effect(
    before: tuple[Action, ...], fact: CaseEvent, fault: Fault
) -> None:
    view = walk(begun(), *before)
    assert inert(view, next_step(view, fact)) is fault


def test_a_case_begins_with_a_receipt_of_its_own_number_at_a_window_that_takes_it() -> None:
    assert rulings.judge(None, received(), STAGES) == EFFECTIVE
    assert inert(None, received(holder=COUNTY)) is Fault.WRONG_HOLDER
    first = received()
    assert isinstance(first.data, CaseReceived)
    assert rulings.judge(None, first, ()).fault is Fault.NOT_TAKEN_HERE
    assert inert(None, received(node=TOWN)) is Fault.BAD_NUMBER
    assert inert(None, received(data=fact_of(A.ACCEPT, begun()))) is Fault.BEFORE_RECEIPT
    view = begun()
    assert inert(view, next_step(view, fact_of(A.FORWARD, view), data=first.data)) is (
        Fault.RECEIVED_TWICE
    )


# ---- what this node cannot judge


def test_after_an_unknown_kind_nothing_is_judged_but_custody_goes_on() -> None:
    view = begun()
    step = replaced(next_step(view, fact_of(A.FORWARD, view)), data=None)
    assert rulings.judge(view, step, None) == UNJUDGED
    after = rulings.apply(view, step, Effect.UNJUDGED)
    assert (after.holder, after.state, after.unjudged) == (COUNTY, CaseState.RECEIVED, True)
    assert rulings.judge(after, next_step(after, fact_of(A.ACCEPT, after)), None) == UNJUDGED


def test_a_case_of_an_item_not_known_yet_is_shown_and_not_judged() -> None:
    step = received()
    assert rulings.judge(None, step, None) == UNJUDGED
    assert isinstance(step.data, CaseReceived)
    view = rulings.begin(step, step.data, None)
    assert (view.unjudged, view.holder, view.stages) == (True, TOWN, ())


# ---- custody by ancestors


def test_a_reclaim_moves_the_holder_and_nothing_else() -> None:
    view = walk(begun(), A.FORWARD, A.ACCEPT)
    step = next_step(view, HolderReclaimed(reason="holder_silent"), node=COUNTY, holder=COUNTY)
    assert rulings.judge(view, step, None) == EFFECTIVE
    after = rulings.apply(view, step, Effect.EFFECTIVE)
    assert after == replace(view, seq=view.seq + 1, since=step.at, reclaimed=True)


def test_who_holds_by_reclaim_stands_in_for_a_window_that_is_gone() -> None:
    decided = walk(begun(), *TO_DECISION)
    reclaim = next_step(decided, HolderReclaimed(reason="holder_revoked"), holder=COUNTY)
    held = rulings.apply(decided, reclaim, Effect.EFFECTIVE)
    closed = walk(held, A.DELIVER, A.CLOSE)
    assert (closed.state, closed.holder) == (CaseState.CLOSED, COUNTY)


def test_who_holds_by_reclaim_decides_nothing_that_the_item_gives_to_another() -> None:
    held = begun(ENROLMENT)
    reclaim = next_step(held, HolderReclaimed(reason="holder_silent"), node=COUNTY, holder=COUNTY)
    held = rulings.apply(held, reclaim, Effect.EFFECTIVE)
    assert inert(held, next_step(held, fact_of(A.ACCEPT, held))) is Fault.NOT_ITS_STEP


def test_adopting_lets_things_stand() -> None:
    view = begun()
    step = next_step(view, HolderAdopted(reason="other"))
    assert rulings.judge(view, step, None) == EFFECTIVE
    assert rulings.apply(view, step, Effect.EFFECTIVE) == replace(view, seq=1, since=step.at)


# ---- departments


def test_a_case_sent_to_another_department_stays_with_it() -> None:
    view = walk(begun(), A.FORWARD, A.ACCEPT)
    step = next_step(view, CaseDispatched(department=DepartmentId("zrzy")))
    sent = rulings.apply(view, step, Effect.EFFECTIVE)
    assert (sent.department, sent.department_at) == ("zrzy", COUNTY)
    assert walk(sent, A.REVIEW).department == "zrzy"


def test_every_part_that_an_event_names_is_told_once() -> None:
    first = received().data
    assert isinstance(first, CaseReceived)
    assert facts.parts_named(first) == (PART,)
    assert facts.parts_named(CaseRefused(reason="other", note=PART)) == (PART,)
    assert facts.parts_named(CaseRefused(reason="other")) == ()
