"""What a case is to this node, and what may be done to it: pure functions around the table.

No I/O, no clock. What an event does to the view is told by `node.cases.rulings`.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import Enum
from typing import Protocol, assert_never

import msgspec

from node.cases import transitions
from node.cases.transitions import HolderAfter, Row, Whose
from node.clock import CHINA
from node.errors import ActionNotOpenError, NotAllowedError
from schemas.cases import Action, CaseState, Outcome
from schemas.ids import CaseNumber, DepartmentId, NodeId, StreamName, is_ancestor
from schemas.item_terms import StageKind
from schemas.items import Stage
from schemas.levels import Capability
from schemas.staff import Role

Stages = tuple[tuple[Stage, NodeId], ...]
"""The stages that this case goes through, each with the node that does it."""


class Official(Protocol):
    """Who acts, as far as the rules care."""

    @property
    def roles(self) -> frozenset[Role]:
        """His posts."""

    @property
    def department(self) -> DepartmentId | None:
        """The department he works for; `None` at a general window and below the county."""


class CaseView(msgspec.Struct, frozen=True, kw_only=True):
    """What this replica knows of a case. Times are milliseconds UTC.

    A Struct although it crosses no process: each event makes several, and they cost a tenth of a
    dataclass with so many fields.
    """

    stream: StreamName
    number: CaseNumber
    item: StreamName
    item_version: int
    origin: NodeId
    place: NodeId
    stages: Stages
    """Empty while the item's version is not known here."""
    state: CaseState
    holder: NodeId
    seq: int
    received_at: int
    since: int
    """When the last event was signed: since when the holder has it."""
    stage: int = 0
    """Index of the stage to do next."""
    outcome: Outcome | None = None
    department: DepartmentId | None = None
    department_at: NodeId | None = None
    """Whose department that is: ids are unique within one node only."""
    accepted_at: int | None = None
    decided_at: int | None = None
    delivered_at: int | None = None
    closed_at: int | None = None
    decided_by: NodeId | None = None
    """The node that decided or refused."""
    asked_by: NodeId | None = None
    """Who asked for the correction."""
    asked_for: tuple[str, ...] = ()
    """Codes of the materials to correct."""
    proposed: Outcome | None = None
    reason: str | None = None
    """Reason code of the refusal, denial, correction or withdrawal."""
    reclaimed: bool = False
    """The holder has it because an ancestor reclaimed it, and has not passed it on."""
    unjudged: bool = False
    """After an unknown kind, or of an unknown item: nothing is judged until this node learns it."""

    @property
    def stage_name(self) -> str:
        """What the item calls the stage to do next; empty after the last."""
        return self.stages[self.stage][0].name if self.stage < len(self.stages) else ""

    @property
    def stage_kind(self) -> StageKind | None:
        """The kind of the stage to do next."""
        return self.stages[self.stage][0].kind if self.stage < len(self.stages) else None

    @property
    def stage_node(self) -> NodeId:
        """The node of the stage to do next; the origin after the last."""
        return self.stages[self.stage][1] if self.stage < len(self.stages) else self.origin


def case_number(origin: NodeId, received_at: datetime, series: str, serial: int) -> CaseNumber:
    """Build a printed number: origin, local date, series letter, serial of that day.

    Four digits do for any window; should a day need more, the serial simply grows.
    """
    day = received_at.astimezone(CHINA)
    return CaseNumber(f"{origin}-{day:%Y%m%d}-{series}{serial:04d}")


def is_walkable(kinds: Sequence[StageKind]) -> bool:
    """Say whether a process of these stages can be walked to a decision."""
    state: CaseState | None = CaseState.RECEIVED
    for kind in kinds:
        if state is CaseState.DECIDED:
            return False
        duty = None if state is None else transitions.duty_of(state, kind)
        row = None if duty is None else transitions.find_row(state, duty, kind)
        if row is None or row.stage is not kind:
            return False
        state = row.next
    return state is CaseState.DECIDED


# ---- who holds it, where it belongs


def home_of(view: CaseView) -> NodeId:
    """Name the node to which the case belongs at this step."""
    if view.state in transitions.HOME_IS_STAGE:
        return view.stage_node
    if view.state in transitions.HOME_IS_DECIDER:
        return view.decided_by or view.origin
    return view.origin


def is_astray(view: CaseView) -> bool:
    """Say whether somebody holds the case to whom it does not belong."""
    return view.holder != home_of(view)


def holder_after(view: CaseView, row: Row) -> NodeId:
    """Name who holds the case once `row` is done."""
    match row.holder:
        case HolderAfter.NEXT:
            return _node_at(view, view.stage + 1)
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
        case _:
            assert_never(row.holder)


def duty_at(view: CaseView, me: NodeId) -> Action | None:
    """Name the step that the case waits for at `me`; `None` if it waits elsewhere, or for nothing.

    Of several open steps the one that moves the case forward.
    """
    if view.holder != me or view.unjudged:
        return None
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
    return row


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
    if Role.SUPERVISOR in actor.roles:
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
