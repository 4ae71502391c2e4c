"""The rules of `case/…` streams and of the notes about them, as the federation asks for them.

The same pure rulings judge what is written here and what arrives. A part that an event names and
that this node may have is asked for as soon as the event is known.
"""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, get_args

import msgspec

from federation import partdesk, partstore, partwants
from federation.kinds import in_line
from federation.streams import Stored, Verdict
from node.cases import clockbook, clockwork, destroying, model, rulings, store
from node.cases.clockwork import Calendars
from node.cases.destroying import PartNote
from node.cases.model import CaseView, Stages
from node.cases.rulings import Effect, Fact, Fault, Ruling, Step
from node.catalogue.actions import item_at
from node.catalogue.model import stages_for, takes_at
from node.errors import NoPlaceError
from schemas.cases import CaseEvent, CaseReceived, WithdrawalAsked
from schemas.cases_api import CaseFinding, CaseNote
from schemas.events import ADOPTED, CUSTODY_KINDS, RECLAIMED, Event, HolderAdopted, HolderReclaimed
from schemas.ids import (
    BadNameError,
    NodeId,
    StreamName,
    level_of,
    parse_node_id,
    parse_stream,
    stream_kind,
)
from schemas.items import Item
from schemas.parts import ErasureDone, PartErased, PartsReceived

Tx = sqlite3.Connection
ItemFinder = Callable[[Tx, StreamName, int], Item | None]
"""Finds an item as it stood in a version; `None` if this node does not know it."""

_STRUCTS: Final = {
    RECLAIMED: HolderReclaimed,
    ADOPTED: HolderAdopted,
    **{struct.__struct_config__.tag: struct for struct in get_args(CaseEvent)},
}
_VERDICTS: Final = {
    Effect.EFFECTIVE: Verdict.EFFECTIVE,
    Effect.INERT: Verdict.INERT,
    Effect.UNJUDGED: Verdict.UNJUDGED,
}
_EFFECTS: Final = {verdict: effect for effect, verdict in _VERDICTS.items()}


def read_fact(event: Event) -> Fact | None:
    """Read what the event says; `None` if this version does not know its kind or its form."""
    struct = _STRUCTS.get(event.kind)
    if struct is None:
        return None
    try:
        fact: Fact = msgspec.json.decode(event.data, type=struct)
    except msgspec.DecodeError:
        return None
    if isinstance(fact, HolderReclaimed | HolderAdopted):
        return fact
    return fact if all(map(partstore.is_digest, rulings.parts_named(fact))) else None


@dataclass(frozen=True, slots=True)
class _Look:
    """An event beside the case as it was before it."""

    event: Event
    step: Step
    before: CaseView | None
    item: Item | None
    """Of a first event only: the item version that it names, if known here."""
    stages: Stages | None
    ruling: Ruling


class CaseKind:
    """What `federation` asks about streams of cases."""

    unlocks = False
    widens = False

    def __init__(self, me: NodeId, items: ItemFinder = item_at) -> None:
        self._me = me
        self._items = items
        self._last: _Look | None = None
        self._calendars = Calendars()

    def about(self, event: Event) -> StreamName | None:
        """A case is no note."""
        del event
        return None

    def judge(self, tx: Tx, stream: StreamName, event: Event) -> Verdict:
        """Say what the event does; see `node.cases.rulings`."""
        self._last = self._look(tx, stream, event)
        return _VERDICTS[self._last.ruling.effect]

    def project(self, tx: Tx, stream: StreamName, stored: Stored) -> None:
        """Fold one judged event into the tables, and ask for the parts it names."""
        look, self._last = self._last, None
        if look is None or look.event is not stored.event:  # judging was left out
            look = self._look(tx, stream, stored.event)
        if stored.verdict is Verdict.INERT:
            _note_inert(tx, look, stored)
        after = self._fold(tx, look, stored)
        if after is not None and stored.event.node != self._me:
            self._ask_for_parts(tx, look.step, after, stored)

    def reset(self, tx: Tx, stream: StreamName) -> None:
        """Forget the projection of one case."""
        clockbook.forget(tx, stream)  # first: it is found by the row of the case
        store.forget(tx, stream)

    def concerns(
        self, tx: Tx, stream: StreamName, parties: frozenset[NodeId], neighbour: NodeId
    ) -> bool:
        """The origin, the nodes on its way, all their ancestors, and so the relays between."""
        del tx, stream
        return in_line(parties, neighbour)

    def _look(self, tx: Tx, stream: StreamName, event: Event) -> _Look:
        step = Step(event.stream, event.seq, event.at, event.node, event.holder, read_fact(event))
        before = store.load(tx, stream)
        item, stages = None, None
        if before is None and isinstance(step.data, CaseReceived):
            item = self._items(tx, step.data.item, step.data.item_version)
            stages = None if item is None else _way(item, step.data.place, event.node)
        return _Look(event, step, before, item, stages, rulings.judge(before, step, stages))

    def _fold(self, tx: Tx, look: _Look, stored: Stored) -> CaseView | None:
        step = look.step
        if look.before is not None:
            after = rulings.apply(look.before, step, _EFFECTS[stored.verdict])
            store.update(tx, look.before, after, me=self._me)
            if stored.verdict is Verdict.EFFECTIVE:
                clockwork.follow(tx, self._calendars, look.before, after, step.data)
            return after
        if not isinstance(step.data, CaseReceived) or stored.verdict is Verdict.INERT:
            return None  # nothing that this version could call a case
        after = rulings.begin(step, step.data, look.stages)
        if look.item is not None:
            store.keep_route(tx, after, look.item.name)
        store.insert(tx, stored.arrival, after, me=self._me)
        if look.item is not None and stored.verdict is Verdict.EFFECTIVE:
            clockwork.begin(tx, self._calendars, stored.arrival, after, look.item)
        return after

    def _ask_for_parts(self, tx: Tx, step: Step, after: CaseView, stored: Stored) -> None:
        if step.data is None or isinstance(step.data, HolderReclaimed | HolderAdopted):
            return
        named = rulings.parts_named(step.data)
        if named and model.entitled(after, self._me):
            partwants.want(tx, step.stream, named, step.node, stored.received_at)


def _way(item: Item, place: NodeId, origin: NodeId) -> Stages:
    """The stages of a case; empty if that window does not take the item, or for no such place."""
    if not takes_at(item, level_of(origin)):
        return ()
    try:
        return stages_for(item, origin, parse_node_id(place))
    except (BadNameError, NoPlaceError):
        return ()


def _note_inert(tx: Tx, look: _Look, stored: Stored) -> None:
    event, fault = look.event, look.ruling.fault
    finding = CaseFinding(
        seq=event.seq,
        event=stored.hash,
        kind=event.kind,
        node=event.node,
        fault="" if fault is None else fault.value,
        at=event.at,
    )
    store.add_finding(tx, event.stream, finding)


class _Subject(msgspec.Struct, frozen=True):
    """Where notes of whatever kind name what they speak of."""

    case: str = ""
    stream: str = ""


def _read_note(event: Event) -> PartNote | WithdrawalAsked | None:
    """Read a note; `None` if this version does not know its kind or its form."""
    if event.kind != _WITHDRAWAL_ASKED:
        return destroying.read_note(event)
    try:
        return msgspec.json.decode(event.data, type=WithdrawalAsked)
    except msgspec.DecodeError:
        return None


_WITHDRAWAL_ASKED: Final = "note.withdrawal_asked"


def _note_unfounded(tx: Tx, stream: StreamName, stored: Stored) -> None:
    """Note that a node asked for papers to be destroyed which it does not decide about."""
    event = stored.event
    finding = CaseFinding(
        seq=event.seq,
        event=stored.hash,
        kind=event.kind,
        node=event.node,
        fault=Fault.NOT_THE_DECIDER.value,
        at=event.at,
    )
    store.add_finding(tx, stream, finding)


class NoteKind:
    """What `federation` asks about notes: what a node says of a stream that it does not hold."""

    unlocks = False
    widens = False

    def about(self, event: Event) -> StreamName | None:
        """Name the stream that the note speaks of, also if this version does not know its kind."""
        try:
            subject = msgspec.json.decode(event.data, type=_Subject)
            named = parse_stream(subject.case or subject.stream)
        except (msgspec.DecodeError, BadNameError):
            return None
        return named if stream_kind(named) != "note" else None

    def judge(self, tx: Tx, stream: StreamName, event: Event) -> Verdict:
        """Say whether the author may say so; what is badly formed is not judged."""
        del stream
        if event.kind in CUSTODY_KINDS:
            return Verdict.EFFECTIVE
        about = self.about(event)
        case = None if about is None else store.load(tx, about)
        match _read_note(event):
            case PartErased():
                return _VERDICTS[destroying.judge(case, event.node).effect]
            case PartsReceived() | ErasureDone():
                return Verdict.EFFECTIVE
            case WithdrawalAsked():
                asked_at_window = case is not None and case.origin == event.node
                return Verdict.EFFECTIVE if asked_at_window else Verdict.INERT
            case _:
                return Verdict.UNJUDGED

    def project(self, tx: Tx, stream: StreamName, stored: Stored) -> None:
        """Show the note beside its case, settle what it receipts, destroy what it says."""
        event, about = stored.event, self.about(stored.event)
        if about is None or event.kind in CUSTODY_KINDS:
            return
        said = _read_note(event) if stored.verdict is not Verdict.UNJUDGED else None
        reason = None
        match said:
            case PartsReceived():
                partdesk.received(tx, event.node, said.digests)
                return
            case ErasureDone():
                return  # who has answered is read from the notes themselves
            case PartErased() if stored.verdict is Verdict.INERT:
                _note_unfounded(tx, stream, stored)
                return
            case PartErased():
                destroying.destroy(tx, about, said, stored.received_at)
                reason = said.reason
            case WithdrawalAsked():
                reason = said.reason
            case _:
                pass
        if stored.verdict is Verdict.INERT:
            return
        note = CaseNote(stream=stream, kind=event.kind, node=event.node, at=event.at, reason=reason)
        store.add_note(tx, note, seq=event.seq, about=about)

    def reset(self, tx: Tx, stream: StreamName) -> None:
        """Forget the projection of one note stream; what was destroyed stays destroyed."""
        store.forget_notes(tx, stream)

    def concerns(
        self, tx: Tx, stream: StreamName, parties: frozenset[NodeId], neighbour: NodeId
    ) -> bool:
        """The parties of what it speaks of (the ledger adds them) and all above."""
        del tx, stream
        return in_line(parties, neighbour)
