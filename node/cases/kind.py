"""The rules of `case/…` streams and of the notes about them, as the federation asks for them.

The same pure rulings judge what is written here and what arrives. A part that an event names and
that this node may have is asked for as soon as the event is known.
"""

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol, get_args

import msgspec

from federation import partstore, partwants
from federation.kinds import in_line
from federation.streams import Stored, Verdict
from node.cases import clockbook, clockwork, facts, model, rulings, store
from node.cases.caseview import CaseView, Stages
from node.cases.clockwork import Calendars
from node.cases.facts import BEGINNINGS, Fact, Step
from node.cases.rulings import Effect, Ruling
from node.catalogue.actions import item_at
from node.catalogue.model import stages_for, takes_at
from node.errors import NoPlaceError
from schemas.cases import CaseEvent
from schemas.cases_api import CaseFinding
from schemas.events import ADOPTED, RECLAIMED, Event, HolderAdopted, HolderReclaimed
from schemas.ids import (
    BadNameError,
    NodeId,
    StreamName,
    level_of,
    parse_node_id,
)
from schemas.items import Item

Tx = sqlite3.Connection
ItemFinder = Callable[[Tx, StreamName, int], Item | None]
"""Finds an item as it stood in a version; `None` if this node does not know it."""

_STRUCTS: Final = {
    RECLAIMED: HolderReclaimed,
    ADOPTED: HolderAdopted,
    **{struct.__struct_config__.tag: struct for struct in get_args(CaseEvent)},
}
VERDICTS: Final = {
    Effect.EFFECTIVE: Verdict.EFFECTIVE,
    Effect.INERT: Verdict.INERT,
    Effect.UNJUDGED: Verdict.UNJUDGED,
}
_EFFECTS: Final = {verdict: effect for effect, verdict in VERDICTS.items()}


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
    return fact if all(map(partstore.is_digest, facts.parts_named(fact))) else None


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


class CaseFollower(Protocol):
    """What another capability does when a case becomes known here."""

    def begun(self, tx: Tx, case: CaseView, now_ms: int) -> None:
        """A case was folded from its first event: it is new, or more of it is understood now."""


class CaseKind:
    """What `federation` asks about streams of cases."""

    unlocks = False
    widens = False

    def __init__(
        self, me: NodeId, items: ItemFinder = item_at, followers: Sequence[CaseFollower] = ()
    ) -> None:
        self._me = me
        self._followers = followers
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
        return VERDICTS[self._last.ruling.effect]

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
        if after is not None and look.before is None:
            for one in self._followers:
                one.begun(tx, after, stored.received_at)

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
        step = _step_of(event)
        before = store.load(tx, stream)
        item, stages = None, None
        if before is None and isinstance(step.data, BEGINNINGS):
            item = self._items(tx, step.data.item, step.data.item_version)
            stages = None if item is None else stages_of(item, step.data.place, event.node)
        return _Look(event, step, before, item, stages, rulings.judge(before, step, stages))

    def _fold(self, tx: Tx, look: _Look, stored: Stored) -> CaseView | None:
        step = look.step
        if look.before is not None:
            after = rulings.apply(look.before, step, _EFFECTS[stored.verdict])
            store.update(tx, look.before, after, me=self._me)
            if stored.verdict is Verdict.EFFECTIVE:
                clockwork.follow(tx, self._calendars, look.before, after, step.data)
            return after
        if not isinstance(step.data, BEGINNINGS) or stored.verdict is Verdict.INERT:
            return None  # nothing that this version could call a case
        after = rulings.begin(step, step.data, look.stages, look.item)
        if look.item is not None:
            store.keep_route(tx, after, look.item.name)
        store.insert(tx, stored.arrival, after, me=self._me)
        if look.item is not None and stored.verdict is Verdict.EFFECTIVE:
            clockwork.begin(tx, self._calendars, stored.arrival, after, look.item)
        return after

    def _ask_for_parts(self, tx: Tx, step: Step, after: CaseView, stored: Stored) -> None:
        if step.data is None or isinstance(step.data, HolderReclaimed | HolderAdopted):
            return
        named = facts.parts_named(step.data)
        if named and model.entitled(after, self._me):
            partwants.want(tx, step.stream, named, step.node, stored.received_at)


def _step_of(event: Event) -> Step:
    fact = read_fact(event)
    return Step(
        event.stream, event.seq, event.at, event.node, event.holder, fact, event.actor,
        is_old=facts.predates_law(event),
    )  # fmt: skip


def stages_of(item: Item, place: NodeId, origin: NodeId) -> Stages:
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
