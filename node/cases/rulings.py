"""What an event does to a case: whether it is authorised, and the view after it. Pure.

`judge` and `apply` are asked for what is done here and for what arrives, so every replica that
knows the item agrees. Instants come from the events.
"""

import re
from dataclasses import dataclass
from enum import Enum
from typing import Final

from msgspec.structs import replace

from node.cases import transitions
from node.cases.model import CaseView, Stages, first_holder, holder_after, is_its_step
from node.cases.transitions import HolderAfter
from schemas.cases import (
    Action,
    CaseAccepted,
    CaseClosed,
    CaseCorrected,
    CaseCorrectionRequested,
    CaseDecided,
    CaseDelivered,
    CaseDispatched,
    CaseEvent,
    CaseForwarded,
    CaseReceived,
    CaseRefused,
    CaseReviewed,
    CaseSentOn,
    CaseState,
    CaseWithdrawn,
    Outcome,
)
from schemas.events import HolderAdopted, HolderReclaimed
from schemas.ids import DepartmentId, NodeId, PartDigest, StreamName


class Effect(Enum):
    """What an event does."""

    EFFECTIVE = "effective"
    INERT = "inert"
    UNJUDGED = "unjudged"


class Fault(Enum):
    """Why an event has no effect: a finding."""

    BEFORE_RECEIPT = "before_receipt"
    RECEIVED_TWICE = "received_twice"
    NOT_TAKEN_HERE = "not_taken_here"
    BAD_NUMBER = "bad_number"
    NOT_OPEN = "not_open"
    NOT_ITS_STEP = "not_its_step"
    WRONG_HOLDER = "wrong_holder"
    WRONG_OUTCOME = "wrong_outcome"
    NO_REASON = "no_reason"
    NOT_THE_DECIDER = "not_the_decider"


@dataclass(frozen=True, slots=True)
class Ruling:
    """An event's effect and, if it has none, why."""

    effect: Effect
    fault: Fault | None = None


EFFECTIVE: Final = Ruling(Effect.EFFECTIVE)
UNJUDGED: Final = Ruling(Effect.UNJUDGED)


Fact = CaseEvent | HolderReclaimed | HolderAdopted
"""What an event of a case may say."""


@dataclass(frozen=True, slots=True)
class Step:
    """One event as the rules see it; `data` is `None` if its kind is unknown here."""

    stream: StreamName
    seq: int
    at: int
    node: NodeId
    holder: NodeId
    data: Fact | None


_ACTIONS: Final[dict[type, Action]] = {
    CaseReceived: Action.RECEIVE,
    CaseForwarded: Action.FORWARD,
    CaseCorrectionRequested: Action.REQUEST_CORRECTION,
    CaseCorrected: Action.CORRECT,
    CaseAccepted: Action.ACCEPT,
    CaseRefused: Action.REFUSE,
    CaseDispatched: Action.DISPATCH,
    CaseReviewed: Action.REVIEW,
    CaseDecided: Action.DECIDE,
    CaseDelivered: Action.DELIVER,
    CaseClosed: Action.CLOSE,
    CaseWithdrawn: Action.WITHDRAW,
    CaseSentOn: Action.SEND_ON,
}


def action_of(fact: CaseEvent) -> Action:
    """Which action an event records."""
    return _ACTIONS[type(fact)]


def judge(view: CaseView | None, step: Step, stages: Stages | None) -> Ruling:
    """Say what a chain-valid event does, given the view as of the event before.

    `stages` is asked for at the first event only: the stages of the item version that it names,
    empty if the item is not taken at that window, `None` if this node does not know the version.
    """
    if isinstance(step.data, HolderReclaimed | HolderAdopted):
        return EFFECTIVE
    if view is None:
        return _judge_first(step, stages)
    if view.unjudged or step.data is None:
        return UNJUDGED
    if isinstance(step.data, CaseReceived):
        return _ruled(Fault.RECEIVED_TWICE)
    return _ruled(_fault_in_custody(view, step, action_of(step.data)) or _fault_in(view, step.data))


def _ruled(fault: Fault | None) -> Ruling:
    return EFFECTIVE if fault is None else Ruling(Effect.INERT, fault)


def _fault_in_custody(view: CaseView, step: Step, action: Action) -> Fault | None:
    """Whether the table has the step here, whose turn it is, and to whom it passes."""
    row = transitions.find_row(view.state, action, view.stage_kind)
    if row is None:
        return Fault.NOT_OPEN
    if step.node != view.holder or not is_its_step(view, row):
        return Fault.NOT_ITS_STEP
    return None if step.holder == holder_after(view, row) else Fault.WRONG_HOLDER


def _judge_first(step: Step, stages: Stages | None) -> Ruling:
    if step.data is None:
        return UNJUDGED
    if not isinstance(step.data, CaseReceived) or step.seq != 0:
        return _ruled(Fault.BEFORE_RECEIPT)
    if stages is None:
        return UNJUDGED
    return _ruled(_fault_in_receipt(step, step.data, stages))


_NUMBER: Final = re.compile(r"[0-9]{4,12}-[0-9]{8}-[A-Z]{1,8}[0-9]{4,9}")
"""What `model.case_number` writes: it is printed, put into addresses and into headers."""


def _fault_in_receipt(step: Step, received: CaseReceived, stages: Stages) -> Fault | None:
    if not stages:
        return Fault.NOT_TAKEN_HERE
    if not received.number.startswith(f"{step.node}-") or not _NUMBER.fullmatch(received.number):
        return Fault.BAD_NUMBER
    return None if step.holder == first_holder(step.node, stages) else Fault.WRONG_HOLDER


def _fault_in(view: CaseView, fact: CaseEvent) -> Fault | None:
    """What the event itself gets wrong."""
    match fact:
        case CaseRefused() | CaseWithdrawn() | CaseSentOn():
            return None if fact.reason else Fault.NO_REASON
        case CaseCorrectionRequested():
            return None if fact.reason and fact.materials else Fault.NO_REASON
        case CaseReviewed():
            return None if fact.proposes in DECISIONS else Fault.WRONG_OUTCOME
        case CaseDecided():
            return _fault_in_decision(fact)
        case CaseClosed():
            return None if fact.outcome is view.outcome else Fault.WRONG_OUTCOME
        case _:
            return None


DECISIONS: Final = frozenset({Outcome.GRANTED, Outcome.DENIED})


def _fault_in_decision(fact: CaseDecided) -> Fault | None:
    if fact.outcome not in DECISIONS:
        return Fault.WRONG_OUTCOME
    if fact.outcome is Outcome.DENIED and not fact.reason:
        return Fault.NO_REASON
    return None


# ---- folding what happened


def begin(step: Step, received: CaseReceived, stages: Stages | None) -> CaseView:
    """The view after the first event."""
    view = CaseView(
        stream=step.stream,
        number=received.number,
        item=received.item,
        item_version=received.item_version,
        origin=step.node,
        place=received.place,
        stages=stages or (),
        state=CaseState.RECEIVED,
        holder=step.holder,
        seq=step.seq,
        received_at=received.received_at,
        since=step.at,
        unjudged=stages is None,
    )
    return _at_desk(view, view.stages[0][0].department if view.stages else None)


def apply(view: CaseView, step: Step, effect: Effect) -> CaseView:
    """The view after one more event. What is not effective moves the holder and nothing else."""
    stays = view.reclaimed and step.holder == view.holder
    passed = replace(view, holder=step.holder, seq=step.seq, since=step.at, reclaimed=stays)
    if isinstance(step.data, HolderReclaimed | HolderAdopted):
        return replace(passed, reclaimed=stays or isinstance(step.data, HolderReclaimed))
    if effect is Effect.UNJUDGED:
        return replace(passed, unjudged=True)
    if effect is Effect.INERT or step.data is None or isinstance(step.data, CaseReceived):
        return passed
    row = transitions.find_row(view.state, action_of(step.data), view.stage_kind)
    if row is None:
        return passed  # a verdict of an earlier program; the next rebuild judges it again
    moved = replace(passed, state=row.next or view.state)
    if row.stage is not None and row.holder is HolderAfter.NEXT:
        moved = _next_stage(moved)
    return _with_facts(moved, step, step.data)


def _next_stage(view: CaseView) -> CaseView:
    """Step to the next stage. The department changes only where the process changes it."""
    here = view.stages[view.stage]
    moved = replace(view, stage=view.stage + 1)
    if moved.stage >= len(moved.stages):
        return moved
    stage, node = moved.stages[moved.stage]
    if node == here[1] and stage.department in (None, here[0].department):
        return moved
    return _at_desk(moved, stage.department)


def _at_desk(view: CaseView, department: DepartmentId | None) -> CaseView:
    return replace(
        view, department=department, department_at=view.stage_node if department else None
    )


def _with_facts(view: CaseView, step: Step, fact: CaseEvent) -> CaseView:
    """Note what the effective event says besides moving the case."""
    match fact:
        case CaseCorrectionRequested():
            return replace(view, asked_by=step.node, asked_for=fact.materials, reason=fact.reason)
        case CaseCorrected():
            return replace(view, asked_by=None, asked_for=(), reason=None)
        case CaseAccepted():
            return replace(view, accepted_at=fact.accepted_at)
        case CaseDispatched():
            return replace(view, department=fact.department, department_at=step.node)
        case CaseReviewed():
            return replace(view, proposed=fact.proposes)
        case _:
            return _with_ending(view, step, fact)


def _with_ending(view: CaseView, step: Step, fact: CaseEvent) -> CaseView:
    match fact:
        case CaseRefused():
            return replace(
                view, outcome=Outcome.REFUSED, decided_by=step.node, decided_at=step.at,
                reason=fact.reason,
            )  # fmt: skip
        case CaseDecided():
            return replace(
                view, outcome=fact.outcome, decided_by=step.node, decided_at=fact.decided_at,
                reason=fact.reason, stage=len(view.stages),
            )  # fmt: skip
        case CaseWithdrawn():
            return replace(view, outcome=Outcome.WITHDRAWN, reason=fact.reason)
        case CaseDelivered():
            return replace(view, delivered_at=fact.delivered_at)
        case CaseClosed():
            return replace(view, closed_at=step.at)
        case _:
            return view


# ---- what the event names


def parts_named(fact: CaseEvent) -> tuple[PartDigest, ...]:
    """Name every part that the event speaks of, each once, in order."""
    match fact:
        case CaseReceived():
            scans = [digest for given in fact.materials for digest in given.parts]
            named: list[PartDigest | None] = [fact.applicant, *scans]
        case CaseCorrected():
            named = [digest for given in fact.materials for digest in given.parts]
        case CaseForwarded() | CaseReviewed() | CaseDecided():
            named = [fact.opinion]
        case CaseCorrectionRequested() | CaseRefused():
            named = [fact.note]
        case _:
            named = []
    return tuple(dict.fromkeys(digest for digest in named if digest is not None))
