"""The table itself: it is the documented one, it is unambiguous, and everything in it ends."""

from itertools import product
from pathlib import Path

import pytest

from node.cases import drawing, guards, transitions
from node.cases.model import is_walkable
from node.cases.transitions import TABLE, HolderAfter, Next, Row, Whose
from schemas.cases import Action, CaseState
from schemas.item_terms import StageKind
from schemas.staff import Role

K = StageKind
STAGES = (*StageKind, None)


def test_the_documented_state_table_is_the_one_in_force() -> None:
    page = Path(__file__).parents[3] / "docs" / "states.md"
    assert page.read_text(encoding="utf-8") == drawing.states_page()


def test_at_most_one_row_fits_a_state_an_action_and_a_stage() -> None:
    for state, action, stage in product((None, *CaseState), Action, STAGES):
        fitting = [
            row
            for row in TABLE
            if row.state is state and row.action is action and row.stage in (None, stage)
        ]
        assert len(fitting) <= 1
        found = transitions.find_row(state, action, stage)
        assert found is (fitting[0] if fitting else None)


ENDS = frozenset({CaseState.CLOSED, CaseState.REVOKED, CaseState.VOIDED})


def leads_to(row: Row) -> set[CaseState]:
    """The states to which a row may lead: one that goes back, to where its pause began."""
    if isinstance(row.next, CaseState):
        return {row.next}
    if row.next is None or row.state is None:
        return set()
    return {one.state for one in TABLE if one.next is row.state and one.state is not None}


def test_every_case_can_still_end() -> None:
    """From each state rows lead to an end, without anybody withdrawing, terminating or voiding."""
    forced = (Action.WITHDRAW, Action.SEND_ON, Action.TERMINATE, Action.VOID, Action.RETURN)
    steps = [row for row in TABLE if row.action not in forced and row.roles]
    ends = {CaseState.CLOSED, CaseState.REVOKED}
    for _ in CaseState:
        ends |= {row.state for row in steps if leads_to(row) & ends and row.state is not None}
    assert ends == set(CaseState) - {CaseState.VOIDED}


def test_every_state_is_reached() -> None:
    reached: set[CaseState | None] = {None}
    for _ in CaseState:
        reached |= {state for row in TABLE if row.state in reached for state in leads_to(row)}
    assert reached == {None, *CaseState}


def test_a_closed_case_waits_for_nothing_and_one_taken_back_is_over() -> None:
    after = {row.action for row in TABLE if row.state is CaseState.CLOSED}
    assert after == {
        Action.CHECK, Action.REVOKE, Action.REOPEN, Action.VOID, Action.SEND_ON,
    }  # fmt: skip
    for state, stage in product(ENDS, STAGES):
        assert transitions.duty_of(state, stage) is None
    for state in ENDS - {CaseState.CLOSED}:
        assert not [row for row in TABLE if row.state is state]


def test_a_row_that_is_nobodys_is_times_or_the_applicants() -> None:
    assert {row.action for row in TABLE if not row.roles} == {
        Action.APPLY, Action.DEEM_ACCEPTED, Action.DEEM_GRANTED,
    }  # fmt: skip
    assert {row.action for row in TABLE} == set(Action)


def test_every_state_that_is_not_over_waits_for_something() -> None:
    """Where the state alone does not say it, some stage does."""
    for state in set(CaseState) - ENDS:
        assert any(transitions.duty_of(state, stage) for stage in STAGES), state


def test_only_what_goes_on_after_a_pause_goes_back() -> None:
    back = {(row.state, row.action) for row in TABLE if row.next is Next.BACK}
    assert back == {
        (CaseState.CORRECTING, Action.CORRECT), (CaseState.SUSPENDED, Action.RESUME),
    }  # fmt: skip


def test_who_decides_is_neither_at_the_window_nor_a_supervisor() -> None:
    for action in (Action.DECIDE, Action.REVOKE, Action.REOPEN, Action.EXTEND):
        assert transitions.doers_of(action) == {Role.APPROVER}
    watching = {Role.SUPERVISOR, Role.OPERATOR}
    assert not any(row.roles & watching for row in TABLE)


def test_what_a_step_asks_for_beside_the_table_is_said_in_the_documents() -> None:
    page = drawing.states_page()
    for action, guard in guards.GUARDS.items():
        assert f"- {action}: {guard.says}" in page
        assert f"| {action} * |" in page


def test_only_a_window_or_a_check_may_be_stood_in_for() -> None:
    def stood_in(row: Row) -> bool:
        return row.whose is Whose.STAGE_OR_STAND_IN

    assert {row.stage for row in TABLE if stood_in(row)} == {K.CHECK}


def test_a_stage_ends_only_with_a_row_that_names_its_kind() -> None:
    for row in TABLE:
        if row.holder is HolderAfter.NEXT and row.state is not None:
            assert row.stage is not None


@pytest.mark.parametrize(
    ("kinds", "walkable"),
    [
        ((K.ACCEPT, K.DECIDE), True),
        ((K.CHECK, K.ACCEPT, K.DISPATCH, K.REVIEW, K.DECIDE), True),
        ((K.CHECK, K.CHECK, K.ACCEPT, K.REVIEW, K.DISPATCH, K.REVIEW, K.REVIEW, K.DECIDE), True),
        ((), False),
        ((K.DECIDE,), False),
        ((K.ACCEPT,), False),
        ((K.ACCEPT, K.CHECK, K.DECIDE), False),
        ((K.ACCEPT, K.DECIDE, K.REVIEW), False),
        ((K.ACCEPT, K.ACCEPT, K.DECIDE), False),
        ((K.ACCEPT, K.DECIDE, K.ISSUE), True),
        ((K.ACCEPT, K.REVIEW, K.REPORT, K.DISPATCH, K.REVIEW, K.DECIDE, K.ISSUE), True),
        ((K.ACCEPT, K.REPORT, K.DECIDE), True),
        ((K.ACCEPT, K.REVIEW, K.REPORT), False),
        ((K.ACCEPT, K.ISSUE, K.DECIDE), False),
        ((K.ACCEPT, K.DECIDE, K.ISSUE, K.ISSUE), False),
        ((K.ACCEPT, K.DECIDE, K.ISSUE, K.DECIDE), False),
        ((K.REPORT, K.ACCEPT, K.DECIDE), False),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, tuple) else str(value),
)
def test_a_process_is_walkable_if_its_stages_lead_to_one_decision(
    *, kinds: tuple[StageKind, ...], walkable: bool
) -> None:
    assert is_walkable(kinds) is walkable
