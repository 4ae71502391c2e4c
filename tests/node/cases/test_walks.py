"""Whatever happens to a case, it has one holder, and a way to its end."""

from collections.abc import Iterator

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from node.cases import rulings, transitions
from node.cases.caseview import CaseView
from node.cases.facts import Step, action_of
from node.cases.rulings import EFFECTIVE, Effect
from node.catalogue.model import stages_for
from schemas.case_law import CaseChecked, CaseResumed
from schemas.cases import (
    Action,
    CaseAccepted,
    CaseDecided,
    CaseEvent,
    Outcome,
)
from schemas.events import HolderReclaimed
from schemas.ids import Level, NodeId, is_ancestor
from schemas.item_terms import StageKind
from tests.support.catalogue import ACCEPT, DECIDE, DISPATCH, ENROLMENT, LICENCE, REVIEW
from tests.support.laws import JOINT, REPORTED, RICH, stage
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


COMMITTED = CaseAccepted(accepted_at=1, commitment=True, promise=PART)
NODES = (COUNTY, TOWN, VILLAGE)
STEP = st.tuples(
    st.sampled_from([action for action in Action if action is not Action.APPLY]),
    st.sampled_from(NODES), st.booleans(), st.booleans(),
)  # fmt: skip
BEGINNINGS = (
    begun(), begun(ENROLMENT), begun(RICH, expires_on="2026-12-31"), begun(REPORTED), applied(RICH),
    walk(begun(RICH), A.FORWARD, A.ACCEPT, A.DISPATCH),
    ended(begun(REPORTED)),
)  # fmt: skip


def other_fact(action: Action, view: CaseView) -> CaseEvent:
    """Another sound event for the action, where there is a weighty one."""
    match action:
        case Action.ACCEPT if view.seq % 2:
            return COMMITTED
        case Action.ACCEPT:
            return CaseAccepted(
                accepted_at=view.since, pending=("map",), pending_by="2026-12-20", promise=PART
            )
        case Action.DECIDE:
            return DENIAL
        case Action.RESUME:
            return CaseResumed(ended_at=view.since, result="dropped")
        case Action.CHECK:
            return CaseChecked(kept=False, checked_at=view.since)
        case _:
            return fact_of(action, view)


@settings(max_examples=400, deadline=None)
@given(st.lists(STEP, max_size=25), st.sampled_from(BEGINNINGS))
def test_no_walk_of_actions_leaves_the_states_or_loses_the_way_to_the_end(
    steps: list[tuple[Action, NodeId, bool, bool]], view: CaseView
) -> None:
    for action, to, keeps_to_the_table, usual in steps:
        if action is Action.RECEIVE:
            step = next_step(view, HolderReclaimed(reason="other"), node=COUNTY, holder=to)
        else:
            step = next_step(view, (fact_of if usual else other_fact)(action, view))
            step = step if keeps_to_the_table else replaced(step, holder=to)
        ruling = rulings.judge(view, step, None)
        before, view = view, rulings.apply(view, step, ruling.effect)
        assert view.holder == step.holder
        assert 0 <= view.stage <= len(view.stages)
        if ruling.effect is Effect.INERT:
            moved = {"holder", "seq", "since", "reclaimed"}
            same = {name for name in view.__struct_fields__ if name not in moved}
            assert all(getattr(view, name) == getattr(before, name) for name in same)
    ended(view)


# ---- all there is


def standing(view: CaseView) -> tuple[object, ...]:
    """Roughly what decides which steps are open: enough to come everywhere in a second or two."""
    law = view.law
    return (
        view.stages, view.state, view.stage, view.holder, view.outcome, law.before,
        bool(law.pending), law.commitment, law.handler is not None, len(law.opinions),
    )  # fmt: skip


def steps_from(view: CaseView) -> Iterator[Step]:
    """Every sound step of whoever holds the case, and the reclaim of an ancestor."""
    for action in Action:
        if action not in (Action.APPLY, Action.RECEIVE):
            yield next_step(view, fact_of(action, view))
            if action in (Action.ACCEPT, Action.DECIDE):
                yield next_step(view, other_fact(action, view))
    yield next_step(view, COMMITTED)
    if is_ancestor(CITY, view.holder):
        yield next_step(view, HolderReclaimed(reason="other"), node=CITY, holder=CITY)


UP = stage(StageKind.REPORT, Level.COUNTY)
ODD = tuple(
    begun(replace(LICENCE, process=(ACCEPT, *process, DECIDE)), COUNTY)
    for process in (
        (REVIEW, DISPATCH),
        (UP, UP),
        (DISPATCH, UP),
        (),
        (DISPATCH,),
        (UP, JOINT),
        (REVIEW, JOINT),
    )
)
"""Ways that a table must bear although no catalogue has such an item."""


def test_every_row_of_the_table_is_reached_and_no_step_leads_out_of_it() -> None:
    begin = {row for row in transitions.TABLE if row.state is None}
    reached, seen = set(begin), set()
    waiting = [
        *ODD, applied(RICH), begun(RICH, expires_on="2026-12-31"),
        begun(REPORTED, expires_on="2026-12-31"),
    ]  # fmt: skip
    while waiting:
        view = waiting.pop()
        if standing(view) in seen:
            continue
        seen.add(standing(view))
        for step in steps_from(view):
            if rulings.judge(view, step, None) != EFFECTIVE:
                continue
            if isinstance(step.data, CaseEvent):
                row = transitions.find_row(view.state, action_of(step.data), view.stage_kind)
                assert row is not None
                reached.add(row)
            waiting.append(rulings.apply(view, step, Effect.EFFECTIVE))
    missed = [(row.state, row.action) for row in transitions.TABLE if row not in reached]
    assert missed == []
