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
    """Who holds the case after the step; where that is a later stage, the case is at that stage."""

    NEXT = "next stage"
    STAGE = "this stage"
    BEYOND_ACCEPTANCE = "stage after acceptance"
    DISPATCHER = "who dispatched"
    ISSUER = "who makes the licence, or origin"
    REDO = "who decides anew"
    ORIGIN = "origin"
    SAME = "same"
    ASKER = "who asked"
    DECIDER = "who decided, or origin"
    HOME = "where it belongs"


class Clock(StrEnum):
    """What the step does to the clocks (时限)."""

    NONE = "–"
    RECEIPT_STARTS = "acceptance clock starts"  # 收到申请材料之日
    PAUSES = "correction: all pause"
    RESUMES = "all go on, acceptance anew"
    STARTS = "acceptance ends, decision starts"  # 受理之日
    STOPS = "pauses what the procedure stops"
    GOES_ON = "goes on"
    EXTENDS = "extends the decision"
    DECIDES = "decision ends, delivery starts"
    NOTIFIES = "delivery ends"
    CHECKED = "check ends"
    REOPENS = "decision starts anew"
    ENDS = "all end"


class Next(StrEnum):
    """Where a step leads that names no state."""

    BACK = "as before"
    """The state in which the correction or the special procedure began."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: in `state`, at a stage of kind `stage`, these roles may do this."""

    state: CaseState | None
    """`None`: there is no case yet."""
    action: Action
    stage: StageKind | None
    """`None`: the stage does not matter."""
    roles: frozenset[Role]
    """Empty: nobody's hand but the system's, when time itself or the applicant brings it about."""
    whose: Whose
    next: CaseState | Next | None
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

PROCEDURES: Final = REVIEWERS | DECIDERS | {Role.OFFICER}
"""Who runs a special procedure and makes the licence: the department, or the town's officer."""
NOBODY: Final[frozenset[Role]] = frozenset()

IN_PROCESS: Final = (S.ACCEPTED, S.DISPATCHED, S.REVIEWED, S.REPORTED)
OPEN_FOR_WITHDRAWAL: Final = (S.APPLIED, S.RECEIVED, S.CORRECTING, *IN_PROCESS, S.SUSPENDED)
WITH_RESULT: Final = (S.DECIDED, S.CERTIFIED, S.READY)
HOME_IS_HOLDER: Final = frozenset({S.REVOKED, S.VOIDED})
"""States in which the case belongs to whoever has it: nothing more is done to it."""


# fmt: off
def _before_acceptance() -> Iterator[Row]:
    yield Row(None, A.APPLY, None, NOBODY, Whose.ORIGIN, S.APPLIED,
              Clock.RECEIPT_STARTS, HolderAfter.ORIGIN)
    yield Row(None, A.RECEIVE, None, COUNTER, Whose.ORIGIN, S.RECEIVED,
              Clock.RECEIPT_STARTS, HolderAfter.STAGE)
    yield Row(S.APPLIED, A.ADMIT, None, COUNTER, Whose.ORIGIN, S.RECEIVED,
              Clock.NONE, HolderAfter.STAGE)
    yield Row(S.RECEIVED, A.FORWARD, K.CHECK, COUNTER, Whose.STAGE_OR_STAND_IN, S.RECEIVED,
              Clock.NONE, HolderAfter.NEXT)
    yield Row(S.APPLIED, A.REQUEST_CORRECTION, None, COUNTER, Whose.ORIGIN, S.CORRECTING,
              Clock.PAUSES, HolderAfter.ORIGIN)
    for stage in (K.CHECK, K.ACCEPT):
        yield Row(S.RECEIVED, A.REQUEST_CORRECTION, stage, COUNTER, Whose.STAGE, S.CORRECTING,
                  Clock.PAUSES, HolderAfter.ORIGIN)
    yield Row(S.CORRECTING, A.CORRECT, None, COUNTER, Whose.ORIGIN, Next.BACK,
              Clock.RESUMES, HolderAfter.ASKER)
    yield Row(S.RECEIVED, A.ACCEPT, K.ACCEPT, COUNTER, Whose.STAGE, S.ACCEPTED,
              Clock.STARTS, HolderAfter.NEXT)
    for state in (S.APPLIED, S.RECEIVED):
        yield Row(state, A.DEEM_ACCEPTED, None, NOBODY, Whose.HOLDER, S.ACCEPTED,
                  Clock.STARTS, HolderAfter.BEYOND_ACCEPTANCE)
    yield Row(S.APPLIED, A.REFUSE, None, COUNTER, Whose.ORIGIN, S.REFUSED,
              Clock.ENDS, HolderAfter.ORIGIN)
    for stage in (K.CHECK, K.ACCEPT):
        yield Row(S.RECEIVED, A.REFUSE, stage, COUNTER, Whose.STAGE, S.REFUSED,
                  Clock.ENDS, HolderAfter.ORIGIN)


def _in_process() -> Iterator[Row]:
    for state in (S.ACCEPTED, S.REVIEWED, S.REPORTED):
        yield Row(state, A.DISPATCH, K.DISPATCH, COUNTER, Whose.STAGE, S.DISPATCHED,
                  Clock.NONE, HolderAfter.NEXT)
    yield Row(S.DISPATCHED, A.SIGN_IN, None, REVIEWERS, Whose.STAGE, None,
              Clock.NONE, HolderAfter.SAME)
    yield Row(S.DISPATCHED, A.SEND_BACK, None, REVIEWERS, Whose.STAGE, S.ACCEPTED,
              Clock.NONE, HolderAfter.DISPATCHER)
    yield Row(S.DISPATCHED, A.REDISPATCH, None, COUNTER, Whose.STAGE, None,
              Clock.NONE, HolderAfter.SAME)
    yield Row(S.DISPATCHED, A.TAKE_OVER, None, REVIEWERS, Whose.STAGE, None,
              Clock.NONE, HolderAfter.SAME)
    for state in IN_PROCESS:
        yield Row(state, A.GIVE_OPINION, K.REVIEW, REVIEWERS | DECIDERS, Whose.STAGE, None,
                  Clock.NONE, HolderAfter.SAME)
        yield Row(state, A.REVIEW, K.REVIEW, REVIEWERS, Whose.STAGE, S.REVIEWED,
                  Clock.NONE, HolderAfter.NEXT)
        yield Row(state, A.REPORT, K.REPORT, PROCEDURES, Whose.STAGE, S.REPORTED,
                  Clock.NONE, HolderAfter.NEXT)
        yield Row(state, A.SUSPEND, None, PROCEDURES, Whose.STAGE, S.SUSPENDED,
                  Clock.STOPS, HolderAfter.SAME)
        yield Row(state, A.EXTEND, None, DECIDERS, Whose.STAGE, None,
                  Clock.EXTENDS, HolderAfter.SAME)
        yield Row(state, A.DECIDE, K.DECIDE, DECIDERS, Whose.STAGE, S.DECIDED,
                  Clock.DECIDES, HolderAfter.ISSUER)
        yield Row(state, A.RETURN, None, ANYONE, Whose.STAGE, S.RETURNED,
                  Clock.ENDS, HolderAfter.ORIGIN)
    yield Row(S.SUSPENDED, A.RESUME, None, PROCEDURES, Whose.STAGE, Next.BACK,
              Clock.GOES_ON, HolderAfter.SAME)
    for state in (*IN_PROCESS, S.SUSPENDED):
        yield Row(state, A.SUPPLY, None, ANYONE, Whose.HOLDER, None,
                  Clock.NONE, HolderAfter.SAME)
        yield Row(state, A.DEEM_GRANTED, None, NOBODY, Whose.HOLDER, S.DECIDED,
                  Clock.DECIDES, HolderAfter.ISSUER)
    for state in (S.RECEIVED, *IN_PROCESS, *WITH_RESULT):
        yield Row(state, A.SETTLE_FEE, None, ANYONE, Whose.HOLDER, None,
                  Clock.NONE, HolderAfter.SAME)


def _with_result() -> Iterator[Row]:
    yield Row(S.DECIDED, A.CERTIFY, K.ISSUE, PROCEDURES, Whose.STAGE, S.CERTIFIED,
              Clock.NONE, HolderAfter.NEXT)
    for state in (S.DECIDED, S.CERTIFIED):
        yield Row(state, A.NOTIFY, None, COUNTER, Whose.ORIGIN, S.READY,
                  Clock.NOTIFIES, HolderAfter.SAME)
    for state in WITH_RESULT:
        yield Row(state, A.DELIVER, None, COUNTER, Whose.ORIGIN, S.DELIVERED,
                  Clock.NOTIFIES, HolderAfter.SAME)
    for state in (S.DELIVERED, S.REFUSED, S.RETURNED, S.WITHDRAWN, S.TERMINATED):
        yield Row(state, A.CLOSE, None, COUNTER, Whose.ORIGIN, S.CLOSED,
                  Clock.NONE, HolderAfter.DECIDER)


def _after_closing() -> Iterator[Row]:
    yield Row(S.CLOSED, A.CHECK, None, REVIEWERS | DECIDERS, Whose.HOLDER, None,
              Clock.CHECKED, HolderAfter.SAME)
    yield Row(S.CLOSED, A.REVOKE, None, DECIDERS, Whose.HOLDER, S.REVOKED,
              Clock.CHECKED, HolderAfter.SAME)
    yield Row(S.CLOSED, A.REOPEN, None, DECIDERS, Whose.HOLDER, S.ACCEPTED,
              Clock.REOPENS, HolderAfter.REDO)


def _other_ends() -> Iterator[Row]:
    yield Row(S.CORRECTING, A.RETURN, None, COUNTER, Whose.ORIGIN, S.RETURNED,
              Clock.ENDS, HolderAfter.ORIGIN)
    for state in OPEN_FOR_WITHDRAWAL:
        yield Row(state, A.WITHDRAW, None, ANYONE, Whose.HOLDER, S.WITHDRAWN,
                  Clock.ENDS, HolderAfter.ORIGIN)
        yield Row(state, A.TERMINATE, None, ANYONE, Whose.HOLDER, S.TERMINATED,
                  Clock.ENDS, HolderAfter.ORIGIN)
    for state in (S.APPLIED, S.RECEIVED):
        yield Row(state, A.VOID, None, COUNTER, Whose.HOLDER, S.VOIDED,
                  Clock.ENDS, HolderAfter.SAME)
    yield Row(S.CLOSED, A.VOID, None, DECIDERS, Whose.HOLDER, S.VOIDED,
              Clock.ENDS, HolderAfter.SAME)
    for state in CaseState:
        if state in HOME_IS_HOLDER:
            continue  # it belongs to whoever has it
        yield Row(state, A.SEND_ON, None, ANYONE, Whose.ASTRAY, None,
                  Clock.NONE, HolderAfter.HOME)
# fmt: on


TABLE: Final = (
    *_before_acceptance(),
    *_in_process(),
    *_with_result(),
    *_after_closing(),
    *_other_ends(),
)
"""Every step there is. At most one row fits a case at a stage and an action."""
_BY_STEP: Final = {
    (state, action): tuple(r for r in TABLE if r.state is state and r.action is action)
    for state in (None, *CaseState)
    for action in Action
}

HOME_IS_STAGE: Final = frozenset({S.RECEIVED, *IN_PROCESS, S.SUSPENDED})
"""States in which the case belongs to the node of its stage; decided, while a licence is made."""
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


DUTIES: Final = frozenset(
    {
        A.ADMIT, A.FORWARD, A.CORRECT, A.ACCEPT, A.DISPATCH, A.REVIEW, A.REPORT, A.RESUME,
        A.DECIDE, A.CERTIFY, A.DELIVER, A.CLOSE,
    }
)  # fmt: skip
"""Steps that a case waits for; all others are open beside one that moves the case forward."""
WAITED_FOR: Final = DUTIES | {A.CHECK, A.SEND_ON}
"""What people find in their inbox."""


def duty_of(state: CaseState, stage: StageKind | None) -> Action | None:
    """The step that moves the case forward from here; `None` once it is closed."""
    for row in TABLE:
        if row.state is state and row.stage in (None, stage) and row.action in DUTIES:
            return row.action
    return None
