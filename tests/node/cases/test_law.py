"""What the law's events do to a case: leaps, ways back, silence, and beginning anew. Pure."""

import pytest
from msgspec.structs import replace

from node.cases import guards, model, rulings
from node.cases.caseview import CaseView
from node.cases.facts import Fault, Step
from node.cases.rulings import EFFECTIVE, Effect
from node.catalogue.model import stages_for
from schemas.case_law import CaseOpinionGiven
from schemas.cases import (
    Action,
    CaseAccepted,
    CaseDecided,
    CaseEvent,
    CaseState,
    Outcome,
)
from schemas.events import HolderReclaimed
from schemas.ids import NodeId
from schemas.item_terms import SpecialKind, StageKind
from schemas.items import Item
from tests.support.catalogue import ENROLMENT, LICENCE, WJJ
from tests.support.laws import HBJ, REPORTED, RICH, SPJ, ZRZY
from tests.support.steps import (
    COUNTY,
    GROUND,
    PART,
    REMEDIES,
    TOWN,
    VILLAGE,
    applied,
    begun,
    ended,
    fact_of,
    next_step,
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


COMMITTED = CaseAccepted(accepted_at=1, commitment=True, promise=PART)


def said(view: CaseView, fact: CaseEvent) -> CaseView:
    """The view after an event, which must be effective."""
    step = next_step(view, fact)
    assert rulings.judge(view, step, None) == EFFECTIVE, fact
    return rulings.apply(view, step, Effect.EFFECTIVE)


def test_what_came_through_the_network_waits_at_its_window_and_then_goes_the_usual_way() -> None:
    view = applied()
    assert (view.state, view.holder, view.department) == (CaseState.APPLIED, VILLAGE, None)
    assert replace(walk(view, A.ADMIT), seq=0, since=view.since, stage_at=view.since) == begun()
    back = walk(view, A.REQUEST_CORRECTION, A.CORRECT)
    assert (back.state, back.holder) == (CaseState.APPLIED, VILLAGE)
    assert back.stage_at == back.since  # what waited for papers begins its stage anew
    assert walk(view, A.REFUSE, A.CLOSE).holder == VILLAGE


def test_what_nobody_spoke_of_in_time_is_beyond_acceptance_wherever_it_lay() -> None:
    for view in (applied(), begun(), walk(begun(), A.FORWARD)):
        deemed = walk(view, A.DEEM_ACCEPTED)
        assert (deemed.state, deemed.holder) == (CaseState.ACCEPTED, COUNTY)
        assert deemed.stage_kind is StageKind.DISPATCH
        assert (deemed.accepted_at, deemed.law.deemed) == (view.received_at, ("accepted",))
        assert walk(deemed, *TO_DECISION[2:]).outcome is Outcome.GRANTED


def test_a_commitment_is_decided_at_once_and_checked_after_closing() -> None:
    accepted = said(walk(begun(RICH), A.FORWARD), COMMITTED)
    assert (accepted.stage_kind, accepted.department) == (StageKind.DECIDE, WJJ)
    closed = walk(accepted, A.DECIDE, A.CERTIFY, A.DELIVER, A.CLOSE)
    assert model.duty_at(closed, COUNTY) is A.CHECK
    checked = walk(closed, A.CHECK)
    assert (checked.law.checked, model.duty_at(checked, COUNTY)) == (True, None)
    revoked = walk(checked, A.REVOKE)
    assert (revoked.state, revoked.outcome, revoked.holder) == (
        CaseState.REVOKED, Outcome.REVOKED, COUNTY,
    )  # fmt: skip


def test_a_case_sent_back_is_dispatched_again_and_the_wrong_department_is_behind_it() -> None:
    view = walk(begun(), A.FORWARD, A.ACCEPT, A.DISPATCH, A.SIGN_IN, A.SEND_BACK)
    assert (view.state, view.stage_kind, view.holder) == (
        CaseState.ACCEPTED, StageKind.DISPATCH, COUNTY,
    )  # fmt: skip
    assert view.law.handler is None
    other = walk(view, A.DISPATCH, A.REDISPATCH)
    assert (other.state, other.department) == (CaseState.DISPATCHED, ZRZY)


def test_a_joint_review_waits_for_every_department_once_and_only_while_it_lasts() -> None:
    view = walk(begun(RICH), A.FORWARD, A.ACCEPT, A.DISPATCH)
    assert model.duty_at(view, COUNTY) is None
    assert inert(view, next_step(view, fact_of(A.REVIEW, view))) is Fault.NOT_OPEN
    first = said(view, CaseOpinionGiven(department=ZRZY, agrees=False, opinion=PART))
    twice = next_step(first, CaseOpinionGiven(department=ZRZY, agrees=True))
    assert inert(first, twice) is Fault.NOT_ITS_DEPARTMENT
    both = said(first, CaseOpinionGiven(department=HBJ, agrees=True))
    assert model.duty_at(both, COUNTY) is A.REVIEW
    reviewed = walk(both, A.REVIEW)
    assert (reviewed.law.opinions, reviewed.stage_kind) == ((), StageKind.DECIDE)
    late = next_step(reviewed, CaseOpinionGiven(department=SPJ, agrees=True))
    assert inert(reviewed, late) is Fault.NOT_OPEN


def test_a_city_decides_what_the_county_reports_and_the_result_comes_to_the_window() -> None:
    view = walk(
        begun(REPORTED), A.FORWARD, A.ACCEPT, A.DISPATCH, A.GIVE_OPINION, A.GIVE_OPINION, A.REVIEW
    )
    assert (view.state, view.holder, view.stage_kind) == (
        CaseState.REVIEWED, COUNTY, StageKind.REPORT,
    )  # fmt: skip
    reported = walk(view, A.REPORT)
    assert (reported.state, reported.holder) == (CaseState.REPORTED, CITY)
    decided = walk(reported, A.DISPATCH, A.REVIEW, A.DECIDE)
    assert (decided.holder, decided.decided_by, decided.department) == (CITY, CITY, SPJ)
    assert inert(decided, next_step(decided, fact_of(A.DELIVER, decided))) is Fault.NOT_OPEN
    closed = walk(decided, A.CERTIFY, A.NOTIFY, A.DELIVER, A.CLOSE)
    assert closed.holder == CITY
    assert [stage.name for stage, _ in closed.stages[closed.stage :]] == []


def test_a_denial_needs_no_licence_to_be_made() -> None:
    view = walk(begun(RICH), A.FORWARD, A.ACCEPT, A.DISPATCH, A.GIVE_OPINION, A.GIVE_OPINION)
    denied = said(walk(view, A.REVIEW), DENIAL)
    assert (denied.state, denied.holder, denied.stage_kind) == (CaseState.DECIDED, VILLAGE, None)
    assert walk(denied, A.DELIVER, A.CLOSE).holder == COUNTY


@pytest.mark.parametrize(("item", "node"), [(RICH, COUNTY), (REPORTED, CITY), (ENROLMENT, TOWN)])
def test_what_is_decided_anew_is_reviewed_by_the_node_that_decides(
    item: Item, node: NodeId
) -> None:
    closed = ended(begun(item))
    used = replace(closed.law, extended=10, certificate="1", valid_until="2030-01-01", checked=True)
    reopened = walk(replace(closed, law=used), A.REOPEN)
    left = (reopened.law.extended, reopened.law.certificate, reopened.law.valid_until)
    assert (left, reopened.law.checked) == ((0, "", ""), None)
    assert (reopened.state, reopened.holder, reopened.outcome) == (CaseState.ACCEPTED, node, None)
    assert reopened.stage_kind is (StageKind.DECIDE if item is ENROLMENT else StageKind.REVIEW)
    assert reopened.law.reopened == 1
    assert ended(reopened).outcome is Outcome.GRANTED


def test_a_special_procedure_gives_the_case_back_to_the_state_it_came_from() -> None:
    view = walk(begun(), A.FORWARD, A.ACCEPT, A.DISPATCH)
    for before in (view, walk(view, A.REVIEW)):
        held = walk(before, A.SUSPEND)
        assert (held.state, held.stage, held.holder) == (CaseState.SUSPENDED, before.stage, COUNTY)
        back = walk(held, A.RESUME)
        assert (back.state, back.law.procedure) == (before.state, None)
        assert back.law.procedures == (SpecialKind.HEARING,)


def test_a_renewal_undecided_when_the_licence_ends_is_granted_by_silence() -> None:
    view = walk(begun(RICH, expires_on="2026-12-31"), A.FORWARD, A.ACCEPT, A.DISPATCH, A.SUSPEND)
    granted = walk(view, A.DEEM_GRANTED)
    assert (granted.outcome, granted.decided_by, granted.law.deemed) == (
        Outcome.GRANTED, COUNTY, ("granted",),
    )  # fmt: skip
    assert (granted.stage_kind, granted.law.procedure) == (StageKind.ISSUE, None)
    again = walk(granted, A.CERTIFY, A.DELIVER, A.CLOSE, A.REOPEN)
    assert guards.lapses_at(again) is None
    assert inert(again, next_step(again, fact_of(A.DEEM_GRANTED, granted))) is Fault.NOT_OPEN


@pytest.mark.parametrize("state", [CaseState.RETURNED, CaseState.TERMINATED, CaseState.WITHDRAWN])
def test_a_case_that_ended_undecided_is_closed_and_kept_at_its_window(state: CaseState) -> None:
    ways = {
        CaseState.RETURNED: (A.FORWARD, A.REQUEST_CORRECTION, A.RETURN),
        CaseState.TERMINATED: (A.FORWARD, A.ACCEPT, A.TERMINATE),
        CaseState.WITHDRAWN: (A.FORWARD, A.WITHDRAW),
    }
    view = walk(begun(), *ways[state])
    assert (view.state, view.holder, model.is_astray(view)) == (state, VILLAGE, False)
    closed = walk(view, A.CLOSE)
    assert (closed.holder, model.is_astray(closed)) == (VILLAGE, False)


def test_what_is_void_or_taken_back_stays_where_it_is() -> None:
    for view in (
        walk(begun(), A.VOID),
        walk(ended(begun()), A.REVOKE),
        walk(ended(begun()), A.VOID),
    ):
        reclaim = next_step(view, HolderReclaimed(reason="holder_revoked"), node=CITY, holder=CITY)
        held = rulings.apply(view, reclaim, Effect.EFFECTIVE)
        assert not model.is_astray(held)
        assert model.duty_at(held, CITY) is None
