"""What the API tells of a case, from the view, its events and its notes. Decides nothing."""

from federation import streams
from federation.streams import Stored
from node.applicants.actions import Register
from node.cases import clock_answers, model, numbers, reading
from node.cases.caseview import CaseView
from node.cases.clocks import Timer
from node.cases.model import Official
from node.cases.store import Reader
from node.catalogue.actions import item_at
from node.database import Tx
from node.errors import NotFoundError
from schemas.cases_api import CaseBrief, CaseDetail, CaseDue, CaseStep
from schemas.ids import EventHash, NodeId
from schemas.staff import Role


def brief(view: CaseView, me: NodeId, actor: Official) -> CaseBrief:
    """Tell where a case stands and what `actor` may do to it."""
    return CaseBrief(
        number=view.number,
        stream=view.stream,
        state=view.state,
        outcome=view.outcome,
        seq=view.seq,
        holder=view.holder,
        since=view.since,
        stage=view.stage,
        allowed=model.open_actions(view, me, actor),
    )


def detail(tx: Tx, reader: Reader, actor: Official, register: Register, name: str) -> CaseDetail:
    """Tell all of a case. Raises `NotFoundError`, also if he may not see it."""
    view = reading.case(tx, reader, name)
    stream = streams.load(tx, view.stream)
    if stream is None:
        raise NotFoundError(f"case {name}")
    return CaseDetail(
        brief=brief(view, reader.me, actor),
        item=view.item,
        item_version=view.item_version,
        item_name=reading.item_name(tx, view),
        origin=view.origin,
        place=view.place,
        stages=view.stages,
        department=view.department,
        received_at=view.received_at,
        accepted_at=view.accepted_at,
        decided_at=view.decided_at,
        delivered_at=view.delivered_at,
        closed_at=view.closed_at,
        decided_by=view.decided_by,
        asked_for=view.asked_for,
        reason=view.reason,
        applicant=_applicant(tx, view, actor.roles, register),
        head=EventHash(stream.head.hex()),
        events=tuple(step(stored) for stored in streams.events(tx, stream)),
        notes=reading.notes(tx, view),
        findings=reading.findings(tx, view),
        clocks=dues(tx, view),
        agency=view.law.agency,
        paper=view.law.paper,
        entered_at=view.law.entered_at,
        exchange_number=numbers.exchange_number(view, item_at(tx, view.item, view.item_version)),
    )


def dues(tx: Tx, view: CaseView) -> tuple[CaseDue, ...]:
    """Tell when the limits of a case found before end."""
    return tuple(map(_due, clock_answers.dues(tx, view)))


def step(stored: Stored) -> CaseStep:
    """Tell one event."""
    event = stored.event
    return CaseStep(
        seq=event.seq,
        kind=event.kind,
        node=event.node,
        holder=event.holder,
        actor=event.actor,
        at=event.at,
        received_at=stored.received_at,
        hash=stored.hash,
        key=event.key,
        verdict=stored.verdict.name.lower(),
        data=event.data,
    )


def _due(timer: Timer) -> CaseDue:
    due = None if timer.due is None else str(timer.due)
    return CaseDue(clock=timer.clock, state=timer.state, due=due, provisional=timer.provisional)


def _applicant(tx: Tx, view: CaseView, roles: frozenset[Role], register: Register) -> str:
    return register.masked_name(tx, view.stream) if model.sees_names(roles) else ""
