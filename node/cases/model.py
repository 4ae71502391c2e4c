"""What a case is to this node, and what may be done to it: pure functions around the table.

No I/O, no clock. What an event does to the view is told by `node.cases.rulings`.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import Enum
from typing import Protocol, assert_never

from node.cases import guards, transitions
from node.cases.caseview import CaseView, Stages
from node.cases.transitions import HolderAfter, Next, Row, Whose
from node.clock import CHINA
from node.errors import ActionNotOpenError, NotAllowedError
from schemas.cases import Action, CaseAccepted, CaseDecided, CaseEvent, CaseState, Outcome
from schemas.ids import CaseNumber, DepartmentId, NodeId, is_ancestor
from schemas.item_terms import StageKind
from schemas.levels import Capability
from schemas.staff import OVERSEERS, Role


class Official(Protocol):
    """Who acts, as far as the rules care."""

    @property
    def roles(self) -> frozenset[Role]:
        """His posts."""

    @property
    def department(self) -> DepartmentId | None:
        """The department he works for; `None` at a general window and below the county."""


def case_number(origin: NodeId, received_at: datetime, series: str, serial: int) -> CaseNumber:
    """Build a printed number: origin, local date, series letter, serial of that day.

    Four digits do for any window; should a day need more, the serial simply grows.
    """
    day = received_at.astimezone(CHINA)
    return CaseNumber(f"{origin}-{day:%Y%m%d}-{series}{serial:04d}")


def is_walkable(kinds: Sequence[StageKind]) -> bool:
    """Say whether a process of these stages can be walked to a decision, and to its licence."""
    state: CaseState | Next | None = CaseState.RECEIVED
    for kind in kinds:
        if not isinstance(state, CaseState) or state is CaseState.CERTIFIED:
            return False
        duty = transitions.duty_of(state, kind)
        row = None if duty is None else transitions.find_row(state, duty, kind)
        if row is None or row.stage is not kind:
            return False
        state = row.next
    return state in (CaseState.DECIDED, CaseState.CERTIFIED)


# ---- who holds it, where it belongs


def home_of(view: CaseView) -> NodeId:
    """Name the node to which the case belongs at this step."""
    if view.state in transitions.HOME_IS_STAGE or guards.is_being_made(view):
        return view.stage_node
    if view.state in transitions.HOME_IS_DECIDER:
        return view.decided_by or view.origin
    return view.holder if view.state in transitions.HOME_IS_HOLDER else view.origin


def is_astray(view: CaseView) -> bool:
    """Say whether somebody holds the case to whom it does not belong."""
    return view.holder != home_of(view)


def stage_after(view: CaseView, row: Row, fact: CaseEvent) -> int:
    """Give the index of the stage at which the case is once `row` is done by `fact`."""
    match row.holder:
        case HolderAfter.NEXT:
            if isinstance(fact, CaseAccepted) and fact.commitment:
                return _first(view, StageKind.DECIDE)
            return view.stage + 1
        case HolderAfter.BEYOND_ACCEPTANCE:
            return _first(view, StageKind.ACCEPT) + 1
        case HolderAfter.DISPATCHER:
            sent = guards.dispatched_at(view)
            return view.stage if sent is None else sent
        case HolderAfter.ISSUER:
            denied = isinstance(fact, CaseDecided) and fact.outcome is not Outcome.GRANTED
            return len(view.stages) if denied else _first(view, StageKind.ISSUE)
        case HolderAfter.REDO:
            return _where_redone(view)
        case _:
            return view.stage


def _where_redone(view: CaseView) -> int:
    """Find where a decision is made anew: the review of the node that decides, if it has one."""
    last = _first(view, StageKind.DECIDE)
    decider = _node_at(view, last)
    own = (
        number
        for number, (stage, node) in enumerate(view.stages[:last])
        if stage.kind is StageKind.REVIEW and node == decider
    )
    return next(own, last)


def _first(view: CaseView, *kinds: StageKind) -> int:
    """Find the first stage of one of these kinds; behind the last if there is none."""
    found = (number for number, (stage, _) in enumerate(view.stages) if stage.kind in kinds)
    return next(found, len(view.stages))


def holder_after(view: CaseView, row: Row, fact: CaseEvent) -> NodeId:
    """Name who holds the case once `row` is done by `fact`."""
    match row.holder:
        case HolderAfter.ORIGIN:
            return view.origin
        case HolderAfter.SAME:
            return view.holder
        case HolderAfter.ASKER:
            return view.asked_by or view.stage_node
        case HolderAfter.DECIDER:
            return view.decided_by or view.origin
        case HolderAfter.HOME:
            return home_of(view)
        case HolderAfter.STAGE:
            return view.stage_node
        case (
            HolderAfter.NEXT
            | HolderAfter.BEYOND_ACCEPTANCE
            | HolderAfter.DISPATCHER
            | HolderAfter.ISSUER
            | HolderAfter.REDO
        ):
            return _node_at(view, stage_after(view, row, fact))
        case _:
            assert_never(row.holder)


def duty_at(view: CaseView, me: NodeId) -> Action | None:
    """Name the step that the case waits for at `me`; `None` if it waits elsewhere, or for nothing.

    Of several open steps the one that moves the case forward.
    """
    if view.holder != me or view.unjudged:
        return None
    if view.state is CaseState.CLOSED and guards.is_to_be_checked(view):
        return Action.CHECK
    duty = transitions.duty_of(view.state, view.stage_kind)
    if duty is not None and row_for(view, duty, me) is not None:
        return duty
    return Action.SEND_ON if is_astray(view) else None


def first_holder(origin: NodeId, stages: Stages) -> NodeId:
    """Name who holds a case that has just been received."""
    return stages[0][1] if stages else origin


def department_for(view: CaseView) -> DepartmentId | None:
    """Name the department that the item gives the case to once it is dispatched (分办)."""
    here = view.stage_node
    coming = (stage.department for stage, node in view.stages[view.stage :] if node == here)
    return next((department for department in coming if department is not None), None)


def _node_at(view: CaseView, stage: int) -> NodeId:
    return view.stages[stage][1] if stage < len(view.stages) else view.origin


# ---- what may be done


def row_for(view: CaseView, action: Action, node: NodeId) -> Row | None:
    """The row under which `node` may do this now; `None` if it may not."""
    row = transitions.find_row(view.state, action, view.stage_kind)
    if row is None or view.unjudged or node != view.holder or not is_its_step(view, row):
        return None
    return row if guards.is_open(view, action) else None


def is_its_step(view: CaseView, row: Row) -> bool:
    """Say whether the holder is the node whose turn the row says it is."""
    match row.whose:
        case Whose.STAGE:
            return view.holder == view.stage_node
        case Whose.STAGE_OR_STAND_IN:
            return _stands_for(view, view.stage_node)
        case Whose.ORIGIN:
            return _stands_for(view, view.origin)
        case Whose.HOLDER:
            return True
        case Whose.ASTRAY:
            return is_astray(view)
        case _:
            assert_never(row.whose)


def _stands_for(view: CaseView, node: NodeId) -> bool:
    """The holder is `node`, or an ancestor that took the case over because `node` is gone."""
    return view.holder == node or (view.reclaimed and is_ancestor(view.holder, node))


def may(view: CaseView, row: Row, actor: Official) -> bool:
    """Say whether this person's posts and department let him do what the row offers."""
    roles = actor.roles & row.roles
    if row.action is Action.GIVE_OPINION:
        return bool(roles) and actor.department in guards.missing_opinions(view)
    if roles - transitions.BOUND_TO_DEPARTMENT:
        return True
    return bool(roles) and _is_his_department(view, actor)


def _is_his_department(view: CaseView, actor: Official) -> bool:
    return view.department is None or view.department == actor.department


def open_actions(view: CaseView, me: NodeId, actor: Official) -> tuple[Action, ...]:
    """What this person may do to the case here and now, in the table's order: the buttons."""
    rows = ((action, row_for(view, action, me)) for action in Action)
    return tuple(action for action, row in rows if row is not None and may(view, row, actor))


def require(
    view: CaseView, action: Action, me: NodeId, actor: Official, *, seen: int | None = None
) -> Row:
    """Return the row under which he may do this now.

    `seen` is the `seq` he was looking at, if the caller knows it. Raises `NotAllowedError` if his
    post never does this, or not for this department; `ActionNotOpenError` if the case is at another
    step, at another node, or has moved since he looked.
    """
    if not actor.roles & transitions.doers_of(action):
        raise NotAllowedError(f"{action} is not part of this post")
    row = row_for(view, action, me)
    if row is None or seen not in (None, view.seq):
        raise ActionNotOpenError(
            action,
            state=view.state,
            seq=view.seq,
            holder=view.holder,
            allowed=open_actions(view, me, actor),
        )
    if not may(view, row, actor):
        raise NotAllowedError(f"{action} is for another post or department")
    return row


def require_open(view: CaseView, action: Action, me: NodeId) -> Row:
    """Return the row of a step that no post takes. Raises `ActionNotOpenError`."""
    row = row_for(view, action, me)
    if row is None:
        raise ActionNotOpenError(
            action, state=view.state, seq=view.seq, holder=view.holder, allowed=()
        )
    return row


def require_receive(actor: Official) -> None:
    """Raise `NotAllowedError` unless his post takes applications."""
    if not actor.roles & transitions.doers_of(Action.RECEIVE):
        raise NotAllowedError(f"{Action.RECEIVE} is not part of this post")


# ---- who may see it, who may open its papers


class Sight(Enum):
    """Which of the cases on this node a person may see: the widest that one of his posts gives."""

    NONE = "none"
    DEPARTMENT = "department"
    """Those of his department here."""
    COUNTER = "counter"
    """Those that this node takes, works on, or has held."""
    ALL = "all"
    """Every case whose facts lie here (监察)."""


def sight_of(actor: Official, capabilities: frozenset[Capability]) -> Sight:
    """Tell what he may see at a node of these capabilities."""
    if actor.roles & OVERSEERS:
        return Sight.ALL
    if actor.roles & transitions.COUNTER:
        return Sight.COUNTER
    if not actor.roles & transitions.BOUND_TO_DEPARTMENT:
        return Sight.NONE
    if actor.department is not None:
        return Sight.DEPARTMENT
    return Sight.NONE if Capability.DEPARTMENTS in capabilities else Sight.COUNTER


def sees_names(roles: frozenset[Role]) -> bool:
    """Say whether people of these posts see who applies: those who work on cases alone."""
    return bool(roles & transitions.ANYONE)


def entitled(view: CaseView, node: NodeId) -> bool:
    """Say whether `node` may have the papers: the origin and the nodes that the item names.

    Holding by reclaim alone opens nothing (protocol §5.3).
    """
    return node == view.origin or any(node == at for _, at in view.stages)
