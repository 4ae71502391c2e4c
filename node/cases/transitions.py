"""The state machine of a case, as one table: readable as a page of the rule book.

The table decides what may be done, by whom, where it leads and who holds the case then; it also
draws the buttons and the documents. Nothing here knows a case; `node.cases.model` applies it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from schemas.cases import Action, CaseState
from schemas.item_terms import StageKind
from schemas.staff import Role


class Whose(StrEnum):
    """Which node may act; it always has to hold the case as well."""

    STAGE = "stage"  # 环节所在节点
    STAGE_OR_STAND_IN = "stage or stand-in"
    """The stage's node, or an ancestor of it that holds the case because it was reclaimed."""
    ORIGIN = "origin"  # 收件节点
    """The window that took the case, or an ancestor of it that holds the case by reclaim."""
    HOLDER = "holder"  # 持有节点
    ASTRAY = "astray"
    """A holder to whom the case does not belong at this step."""


class HolderAfter(StrEnum):
    """Who holds the case after the step."""

    NEXT = "next stage"
    ORIGIN = "origin"
    SAME = "same"
    ASKER = "who asked"
    DECIDER = "who decided, or origin"
    HOME = "where it belongs"


class Clock(StrEnum):
    """What the step does to the clocks (时限)."""

    NONE = "–"
    RECEIPT_STARTS = "receipt clock starts"  # 收件时限
    PAUSES = "pauses"
    RESUMES = "resumes"
    STARTS = "legal clock starts"  # 受理之日
    ENDS = "ends"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: in `state`, at a stage of kind `stage`, these roles may do this."""

    state: CaseState | None
    """`None`: there is no case yet."""
    action: Action
    stage: StageKind | None
    """`None`: the stage does not matter."""
    roles: frozenset[Role]
    whose: Whose
    next: CaseState | None
    """`None`: the state stays."""
    clock: Clock
    holder: HolderAfter


S = CaseState
A = Action
K = StageKind

COUNTER: Final = frozenset({Role.AGENT, Role.CLERK, Role.OFFICER})
"""People at a window, at whatever tier (窗口)."""
REVIEWERS: Final = frozenset({Role.HANDLER})
DECIDERS: Final = frozenset({Role.APPROVER})
"""A town's decisions too are its approver's. One person may hold several posts."""
ANYONE: Final = COUNTER | REVIEWERS | DECIDERS
BOUND_TO_DEPARTMENT: Final = frozenset({Role.HANDLER, Role.APPROVER})
"""Roles that act only on cases of their own department."""

OPEN_FOR_WITHDRAWAL: Final = (S.RECEIVED, S.CORRECTING, S.ACCEPTED, S.DISPATCHED, S.REVIEWED)
IN_PROCESS: Final = (S.ACCEPTED, S.DISPATCHED, S.REVIEWED)


# fmt: off
def _before_acceptance() -> Iterator[Row]:
    yield Row(None, A.RECEIVE, None, COUNTER, Whose.ORIGIN, S.RECEIVED,
              Clock.RECEIPT_STARTS, HolderAfter.NEXT)
    yield Row(S.RECEIVED, A.FORWARD, K.CHECK, COUNTER, Whose.STAGE_OR_STAND_IN, S.RECEIVED,
              Clock.NONE, HolderAfter.NEXT)
    for stage in (K.CHECK, K.ACCEPT):
        yield Row(S.RECEIVED, A.REQUEST_CORRECTION, stage, COUNTER, Whose.STAGE, S.CORRECTING,
                  Clock.PAUSES, HolderAfter.ORIGIN)
    yield Row(S.CORRECTING, A.CORRECT, None, COUNTER, Whose.ORIGIN, S.RECEIVED,
              Clock.RESUMES, HolderAfter.ASKER)
    yield Row(S.RECEIVED, A.ACCEPT, K.ACCEPT, COUNTER, Whose.STAGE, S.ACCEPTED,
              Clock.STARTS, HolderAfter.NEXT)
    for stage in (K.CHECK, K.ACCEPT):
        yield Row(S.RECEIVED, A.REFUSE, stage, COUNTER, Whose.STAGE, S.REFUSED,
                  Clock.ENDS, HolderAfter.ORIGIN)


def _in_process() -> Iterator[Row]:
    for state in (S.ACCEPTED, S.REVIEWED):
        yield Row(state, A.DISPATCH, K.DISPATCH, COUNTER, Whose.STAGE, S.DISPATCHED,
                  Clock.NONE, HolderAfter.NEXT)
    for state in IN_PROCESS:
        yield Row(state, A.REVIEW, K.REVIEW, REVIEWERS, Whose.STAGE, S.REVIEWED,
                  Clock.NONE, HolderAfter.NEXT)
    for state in IN_PROCESS:
        yield Row(state, A.DECIDE, K.DECIDE, DECIDERS, Whose.STAGE, S.DECIDED,
                  Clock.ENDS, HolderAfter.ORIGIN)


def _ending() -> Iterator[Row]:
    yield Row(S.DECIDED, A.DELIVER, None, COUNTER, Whose.ORIGIN, S.DELIVERED,
              Clock.NONE, HolderAfter.SAME)
    for state in (S.DELIVERED, S.REFUSED, S.WITHDRAWN):
        yield Row(state, A.CLOSE, None, COUNTER, Whose.ORIGIN, S.CLOSED,
                  Clock.NONE, HolderAfter.DECIDER)
    for state in OPEN_FOR_WITHDRAWAL:
        yield Row(state, A.WITHDRAW, None, ANYONE, Whose.HOLDER, S.WITHDRAWN,
                  Clock.ENDS, HolderAfter.ORIGIN)
    for state in CaseState:
        yield Row(state, A.SEND_ON, None, ANYONE, Whose.ASTRAY, None,
                  Clock.NONE, HolderAfter.HOME)
# fmt: on


TABLE: Final = (*_before_acceptance(), *_in_process(), *_ending())
"""Every step there is. At most one row fits a case at a stage and an action."""
_BY_STEP: Final = {
    (state, action): tuple(r for r in TABLE if r.state is state and r.action is action)
    for state in (None, *CaseState)
    for action in Action
}

HOME_IS_STAGE: Final = frozenset({S.RECEIVED, *IN_PROCESS})
"""States in which the case belongs to the node of its stage."""
HOME_IS_DECIDER: Final = frozenset({S.CLOSED})
"""In all other states it belongs to its origin."""


def rows_for(action: Action) -> tuple[Row, ...]:
    """Every row of one action."""
    return tuple(row for row in TABLE if row.action is action)


def find_row(state: CaseState | None, action: Action, stage: StageKind | None) -> Row | None:
    """The row that fits, whoever asks; `None` if the action does not exist there."""
    rows = _BY_STEP.get((state, action), ())
    return next((row for row in rows if row.stage in (None, stage)), None)


def doers_of(action: Action) -> frozenset[Role]:
    """Every role that some row lets do this."""
    return _DOERS[action]


_DOERS: Final = {
    action: frozenset(role for row in rows_for(action) for role in row.roles) for action in Action
}


NO_DUTY: Final = frozenset({A.RECEIVE, A.REQUEST_CORRECTION, A.REFUSE, A.WITHDRAW})
"""Steps that no case waits for: each is open beside another that moves the case forward."""


def duty_of(state: CaseState, stage: StageKind | None) -> Action | None:
    """The step that moves the case forward from here; `None` once it is closed."""
    for row in TABLE:
        forward = row.action not in NO_DUTY and row.action is not A.SEND_ON
        if row.state is state and row.stage in (None, stage) and forward:
            return row.action
    return None
