"""What every step of a case has in common, inside the caller's Work.

A step is asked of the model, appended as one event with the holder that the table names, and keeps
the parts that the event speaks of.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Final

from federation import links, partstore
from federation.partstore import PreparedPart
from node.calendar import actions as calendars
from node.calendar.model import Calendar
from node.cases import clocks, facts, faults, model, reading, store
from node.cases.caseview import CaseView
from node.cases.facts import Fault, Step
from node.cases.transitions import Row
from node.catalogue import actions as catalogue
from node.clock import from_ms, local_day
from node.database import Tx
from node.errors import BadInputError, NotFoundError
from node.work import Work
from schemas.cases import Action, CaseEvent
from schemas.ids import NodeId, PartDigest, StreamName, parent_of
from schemas.items import Item
from schemas.reasons import Reason


def find(work: Work, reference: str) -> CaseView:
    """Find a case that this person may see. Raises `NotFoundError`."""
    reader = reading.reader_of(work.me, work.profile, work.actor)
    return reading.case(work.tx, reader, reference)


def opened(work: Work, reference: str, action: Action, seen: int | None) -> CaseView:
    """Find a case on which this person may take that step now: asked before his form is read.

    Raises `NotFoundError`, `NotAllowedError`, `ActionNotOpenError`.
    """
    view = find(work, reference)
    model.require(view, action, work.me, work.actor, seen=seen)
    return view


def do(
    work: Work,
    view: CaseView,
    fact: CaseEvent,
    *,
    seen: int | None,
    ready: Iterable[PreparedPart | None] = (),
) -> CaseView:
    """Take the step that `fact` records, if it is open to this person."""
    row = model.require(view, facts.action_of(fact), work.me, work.actor, seen=seen)
    _append(work, view, row, fact)
    keep(work, view.stream, (part for part in ready if part is not None))
    return fresh(work, view.stream)


def do_by_system(
    work: Work, view: CaseView, fact: CaseEvent, ready: Iterable[PreparedPart] = ()
) -> CaseView:
    """Take a step that no post takes: time brings it about, or the applicant himself.

    Raises `ActionNotOpenError`.
    """
    row = model.require_open(view, facts.action_of(fact), work.me)
    _append(work, view, row, fact)
    keep(work, view.stream, ready)
    return fresh(work, view.stream)


def _append(work: Work, view: CaseView, row: Row, fact: CaseEvent) -> None:
    """Append the event, unless every replica would say that it has no effect."""
    holder = model.holder_after(view, row, fact)
    hand = work.hand
    step = Step(view.stream, view.seq + 1, hand.now, work.me, holder, fact, hand.actor)
    fault = faults.fault_in(view, step)
    if fault is not None:
        raise BadInputError({_FIELDS.get(fault, "reason"): fault.value})
    work.append(view.stream, fact, holder=holder)


_FIELDS: Final[Mapping[Fault, str]] = MappingProxyType(
    {
        Fault.NO_GROUND: "ground",
        Fault.NO_REMEDIES: "remedies",
        Fault.NO_LIMIT: "amount",
        Fault.SECOND_NOTICE: "again",
        Fault.WRONG_OUTCOME: "outcome",
        Fault.NOT_ITS_DEPARTMENT: "department",
    }
)
"""At which field of its form a fault is told; each has been asked for before, at its own field."""


def fresh(work: Work, stream: StreamName) -> CaseView:
    """Read the case as it now stands."""
    view = store.load(work.tx, stream)
    if view is None:
        raise NotFoundError(f"case {stream}")
    return view


def keep(work: Work, stream: StreamName, ready: Iterable[PreparedPart]) -> None:
    """Let prepared parts count."""
    for part in ready:
        partstore.keep(work.tx, part, stream)


def digest(part: PreparedPart | None) -> PartDigest | None:
    """Name a part, if there is one."""
    return None if part is None else part.digest


def item_of(work: Work, view: CaseView) -> Item:
    """Read the item in the version under which the case was received. Raises `NotFoundError`."""
    item = catalogue.item_at(work.tx, view.item, view.item_version)
    if item is None:
        raise NotFoundError(f"item {view.item} version {view.item_version}")
    return item


def require_reason(reason: str, allowed: frozenset[Reason] | None = None) -> None:
    """Raise `BadInputError` unless it is a reason code, and one of those that fit."""
    if reason not in (_REASONS if allowed is None else allowed):
        raise BadInputError({"reason": "unknown" if reason else "missing"})


_REASONS: Final = frozenset(reason.value for reason in Reason)


def instant(work: Work) -> int:
    """Now, by the clock above us as far as the last contact tells: what starts and ends limits."""
    return work.now_ms + drift(work.tx, work.me)


def drift(tx: Tx, me: NodeId) -> int:
    """By how much the clock above us is ahead of ours, as far as the last contact tells."""
    above = parent_of(me)
    link = None if above is None else links.load(tx, above)
    return 0 if link is None else link.drift


def today(work: Work) -> date:
    """The local day of that instant."""
    return local_day(from_ms(instant(work)))


def calendar_of(work: Work, view: CaseView) -> Calendar:
    """The working days that count for the case: of the place that decides."""
    return calendars.calendar_of(work.tx, clocks.decided_at(view))
