"""The table itself: it is the documented one, it is unambiguous, and everything in it ends."""

from itertools import product
from pathlib import Path

import pytest

from node.cases import drawing, transitions
from node.cases.model import is_walkable
from node.cases.transitions import TABLE, HolderAfter, Row, Whose
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


def test_every_case_can_still_end() -> None:
    """From each state a path of rows leads to `closed`, and without anybody withdrawing."""
    ends = {CaseState.CLOSED}
    steps = [row for row in TABLE if row.action not in (Action.WITHDRAW, Action.SEND_ON)]
    for _ in CaseState:
        ends |= {row.state for row in steps if row.next in ends and row.state is not None}
    assert ends >= set(CaseState) - {CaseState.WITHDRAWN}
    assert CaseState.WITHDRAWN in ends


def test_every_state_is_reached() -> None:
    reached: set[CaseState | None] = {None}
    for _ in CaseState:
        reached |= {row.next for row in TABLE if row.state in reached and row.next is not None}
    assert reached == {None, *CaseState}


def test_a_closed_case_waits_for_nothing() -> None:
    assert {row.action for row in TABLE if row.state is CaseState.CLOSED} == {Action.SEND_ON}
    assert all(transitions.duty_of(CaseState.CLOSED, stage) is None for stage in STAGES)


def test_every_row_can_be_done_by_somebody() -> None:
    assert all(row.roles for row in TABLE)
    assert {row.action for row in TABLE} == set(Action)


def test_who_decides_is_neither_at_the_window_nor_a_supervisor() -> None:
    deciders = transitions.doers_of(Action.DECIDE)
    assert deciders == {Role.APPROVER}
    watching = {Role.SUPERVISOR, Role.OPERATOR}
    assert not any(row.roles & watching for row in TABLE)


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
    ],
    ids=lambda value: "-".join(value) if isinstance(value, tuple) else str(value),
)
def test_a_process_is_walkable_if_its_stages_lead_to_one_decision(
    *, kinds: tuple[StageKind, ...], walkable: bool
) -> None:
    assert is_walkable(kinds) is walkable
