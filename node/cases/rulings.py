"""What an event does to a case: whether it is authorised, and the view after it. Pure.

`judge` and `apply` are asked for what is done here and for what arrives, so every replica that
knows the item agrees. Instants come from the events.
"""

import re
from dataclasses import dataclass
from enum import Enum
from typing import Final

from msgspec.structs import replace

from node.cases import agency, fallback, faults, guards, law, transitions
from node.cases.caseview import CaseView, Stages
from node.cases.facts import BEGINNINGS, Fault, Step, action_of
from node.cases.model import first_holder, holder_after, is_its_step, stage_after
from node.cases.transitions import Next, Row
from schemas.case_law import CaseApplied
from schemas.cases import (
    CaseAccepted,
    CaseClosed,
    CaseCorrected,
    CaseCorrectionRequested,
    CaseDecided,
    CaseDelivered,
    CaseDispatched,
    CaseEvent,
    CaseReceived,
    CaseRefused,
    CaseReviewed,
    CaseState,
    CaseWithdrawn,
    Outcome,
)
from schemas.events import HolderAdopted, HolderReclaimed
from schemas.ids import DepartmentId
from schemas.items import Item


class Effect(Enum):
    """What an event does."""

    EFFECTIVE = "effective"
    INERT = "inert"
    UNJUDGED = "unjudged"


@dataclass(frozen=True, slots=True)
class Ruling:
    """An event's effect and, if it has none, why."""

    effect: Effect
    fault: Fault | None = None


EFFECTIVE: Final = Ruling(Effect.EFFECTIVE)
UNJUDGED: Final = Ruling(Effect.UNJUDGED)


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
    if isinstance(step.data, BEGINNINGS):
        return _ruled(Fault.RECEIVED_TWICE)
    return _ruled(_fault_in_custody(view, step, step.data) or faults.fault_in(view, step))


def _ruled(fault: Fault | None) -> Ruling:
    return EFFECTIVE if fault is None else Ruling(Effect.INERT, fault)


def _fault_in_custody(view: CaseView, step: Step, fact: CaseEvent) -> Fault | None:
    """Whether the table has the step here, whose turn it is, and to whom it passes."""
    action = action_of(fact)
    row = transitions.find_row(view.state, action, view.stage_kind)
    if row is None or not guards.is_open(view, action):
        return Fault.NOT_OPEN
    if step.node != view.holder or not is_its_step(view, row):
        return Fault.NOT_ITS_STEP
    return None if step.holder == holder_after(view, row, fact) else Fault.WRONG_HOLDER


def _judge_first(step: Step, stages: Stages | None) -> Ruling:
    if step.data is None:
        return UNJUDGED
    if not isinstance(step.data, BEGINNINGS) or step.seq != 0:
        return _ruled(Fault.BEFORE_RECEIPT)
    if stages is None:
        return UNJUDGED
    return _ruled(_fault_in_receipt(step, step.data, stages))


_NUMBER: Final = re.compile(r"[0-9]{4,12}-[0-9]{8}-[A-Z]{1,8}[0-9]{4,9}")
"""What `model.case_number` writes: it is printed, put into addresses and into headers."""


def _fault_in_receipt(
    step: Step, received: CaseReceived | CaseApplied, stages: Stages
) -> Fault | None:
    if not stages:
        return Fault.NOT_TAKEN_HERE
    if not received.number.startswith(f"{step.node}-") or not _NUMBER.fullmatch(received.number):
        return Fault.BAD_NUMBER
    if isinstance(received, CaseApplied):
        return None if step.holder == step.node else Fault.WRONG_HOLDER
    if step.holder != first_holder(step.node, stages):
        return Fault.WRONG_HOLDER
    return agency.fault_in(received) or fallback.fault_in(received, step.at)


# ---- folding what happened


def begin(
    step: Step,
    received: CaseReceived | CaseApplied,
    stages: Stages | None,
    item: Item | None = None,
) -> CaseView:
    """The view after the first event; `item` is the version that it names, if known here."""
    is_applied = isinstance(received, CaseApplied)
    view = CaseView(
        stream=step.stream,
        number=received.number,
        item=received.item,
        item_version=received.item_version,
        origin=step.node,
        place=received.place,
        stages=stages or (),
        state=CaseState.APPLIED if is_applied else CaseState.RECEIVED,
        holder=step.holder,
        seq=step.seq,
        received_at=received.received_at,
        since=step.at,
        stage_at=step.at,
        law=law.begun(received, item, step.at),
        unjudged=stages is None,
    )
    if is_applied or not view.stages:
        return view
    return _at_desk(view, view.stages[0][0].department)


def apply(view: CaseView, step: Step, effect: Effect) -> CaseView:
    """The view after one more event. What is not effective moves the holder and nothing else."""
    stays = view.reclaimed and step.holder == view.holder
    passed = replace(view, holder=step.holder, seq=step.seq, since=step.at, reclaimed=stays)
    if isinstance(step.data, HolderReclaimed | HolderAdopted):
        return replace(passed, reclaimed=stays or isinstance(step.data, HolderReclaimed))
    if effect is Effect.UNJUDGED:
        return replace(passed, unjudged=True)
    if effect is Effect.INERT or step.data is None or isinstance(step.data, BEGINNINGS):
        return passed
    row = transitions.find_row(view.state, action_of(step.data), view.stage_kind)
    if row is None:
        return passed  # a verdict of an earlier program; the next rebuild judges it again
    moved = _moved(passed, row, step.data, step.at)
    return law.with_facts(_with_facts(moved, step, step.data), step, step.data)


def _moved(view: CaseView, row: Row, fact: CaseEvent, at: int) -> CaseView:
    """Let the case go where the row leads: its state, its stage, its desk."""
    stage = stage_after(view, row, fact)
    if row.next is None:
        return view if stage == view.stage else _at_stage(view, stage, at)
    if row.next is Next.BACK:
        moved = replace(view, state=view.law.before or CaseState.RECEIVED)
    else:
        moved = law.entered(replace(view, state=row.next), view.state)
    if view.state in _BEFORE_STAGES:
        moved = replace(moved, stage_at=at)
    return moved if stage == view.stage else _at_stage(moved, stage, at)


_BEFORE_STAGES: Final = frozenset({CaseState.APPLIED, CaseState.CORRECTING})
"""A case that comes from there begins its stage anew."""


def _at_stage(view: CaseView, number: int, at: int) -> CaseView:
    """Step to a stage. The department changes only where the process changes it."""
    before = view.stages[view.stage : view.stage + 1]
    moved = law.at_next_stage(replace(view, stage=number, stage_at=at))
    if number >= len(moved.stages):
        return moved
    stage, node = moved.stages[number]
    if before and node == before[0][1] and stage.department in (None, before[0][0].department):
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
                reason=fact.reason,
            )  # fmt: skip
        case CaseWithdrawn():
            return replace(view, outcome=Outcome.WITHDRAWN, reason=fact.reason)
        case CaseDelivered():
            return replace(view, delivered_at=fact.delivered_at)
        case CaseClosed():
            return replace(view, closed_at=step.at)
        case _:
            return view
