"""The ledger: append to streams, receive from neighbours, store, and pass on.

One way in for what happens here and for what arrives. Everything is synchronous, inside the
caller's transaction; nothing here waits for a network. The rules are protocol §1–§2.
"""

import sqlite3
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import msgspec

from federation import directory, parking, streams
from federation.directory import TxKeys
from federation.encoding import random_name
from federation.envelope import Draft, Opened, Unproven, prove, read_envelope, seal
from federation.errors import (
    BadStreamNameError,
    NotHolderError,
    NotHoldingError,
    ParkedError,
    RecoveringError,
    RejectedError,
    SuspendedError,
    WrongSeqError,
)
from federation.fold import Fold
from federation.identity import Identity
from federation.kinds import Kind
from federation.relay import Relay
from federation.roots import RecoveryKey
from federation.streams import Stored, Stream
from federation.trust import Trust
from schemas.events import ADOPTED, RECLAIMED, Event, HolderAdopted, HolderReclaimed
from schemas.ids import (
    NO_HASH,
    EventHash,
    NodeId,
    StaffId,
    StreamName,
    is_ancestor,
    line_of,
    node_stream,
    stream_creator,
    stream_kind,
)
from schemas.links import RefusalEntry
from schemas.nodes import ROOT_REPLACED, NodeState, RootReplaced

MAX_CLOCK_AHEAD: Final = 15 * 60 * 1000
"""An event whose `at` lies this far ahead of our clock is a finding (milliseconds)."""


LateRefusal = Callable[[sqlite3.Connection, RefusalEntry, int], None]


class Outcome(StrEnum):
    """What became of an event that arrived."""

    STORED = "stored"
    DUPLICATE = "duplicate"
    PARKED = "parked"


@dataclass(frozen=True, slots=True)
class Hand:
    """Who writes, and when."""

    actor: StaffId
    now: int
    """Milliseconds UTC, by the node's own clock."""


class Ledger:
    """The streams of one node."""

    def __init__(self, identity: Identity, root: EventHash, kinds: Mapping[str, Kind]) -> None:
        self.identity = identity
        self.root = root
        self.me = identity.node
        self.recovering = False
        self.fold = Fold(kinds)
        self.relay = Relay(self.fold.kind)
        self.trust = Trust(self.fold.choose_safely)
        self.on_directory: Callable[[sqlite3.Connection], None] = lambda _: None
        """Called inside the transaction whenever a node record changed."""
        self.on_late_refusal: LateRefusal = lambda _tx, _entry, _now: None
        """Called inside the transaction when an event that had waited is refused after all."""

    def kind(self, name: str) -> Kind:
        """Find the rules of a stream kind."""
        return self.fold.kind(name)

    def refold(self, tx: sqlite3.Connection, stream: Stream) -> None:
        """Fold the stream from its beginning: after something it depended on became known."""
        self.fold.refold(tx, stream)

    def judge_again(self, tx: sqlite3.Connection) -> None:
        """Judge what was not judged: at the start, when other rules may be in force."""
        for stream_id in streams.unjudged(tx, "node"):
            self.fold.refold_safely(tx, stream_id)
            self.trust.carry(tx, stream_creator(streams.load_by_id(tx, stream_id).name))
            self.on_directory(tx)
        self.fold.judge_again(tx)

    # --- writing here

    def begin(
        self,
        tx: sqlite3.Connection,
        kind: str,
        data: msgspec.Struct,
        *,
        holder: NodeId,
        hand: Hand,
    ) -> Stored:
        """Begin a stream of ours with its first event."""
        name = StreamName(f"{kind}/{self.me}/{random_name()}")
        return self.begin_named(tx, name, data, holder=holder, hand=hand)

    def begin_named(
        self,
        tx: sqlite3.Connection,
        name: StreamName,
        data: msgspec.Struct,
        *,
        holder: NodeId,
        hand: Hand,
    ) -> Stored:
        """Begin the stream `name` (a node's record has no random part)."""
        if name != node_stream(self.me):  # a root's first event gives the key that signs it
            self._may_write(tx)
        draft = Draft(name, 0, NO_HASH, _tag(data), hand.actor, holder, hand.now)
        opened = seal(self.identity, draft, data)
        about = self._subject(tx, opened.event)
        stream = streams.create(tx, name, about=about)
        return self._store(tx, stream, opened, peer="", now=hand.now)

    def append(
        self,
        tx: sqlite3.Connection,
        name: StreamName,
        data: msgspec.Struct,
        *,
        holder: NodeId,
        hand: Hand,
        adopting: bool = False,
    ) -> Stored:
        """Append to a stream that this node holds; `adopting` chains over events that wait.

        Raises `NotHoldingError`, `RecoveringError`, `SuspendedError`.
        """
        stream = self._own(tx, name)
        prev, seq, held_by = self._after(tx, stream, stream.tip if adopting else stream.head)
        if held_by != self.me:
            raise NotHoldingError(name, held_by)
        draft = Draft(name, seq + 1, prev, _tag(data), hand.actor, holder, hand.now)
        return self._store(tx, stream, seal(self.identity, draft, data), peer="", now=hand.now)

    def reclaim(
        self,
        tx: sqlite3.Connection,
        name: StreamName,
        *,
        reason: str,
        holder: NodeId,
        hand: Hand,
        at: bytes | None = None,
    ) -> Stored:
        """收回: take a stream from the holder below, visibly, after its head or the event `at`.

        It may cross events of the old holder that nobody saw. Raises as `append`.
        """
        stream = self._own(tx, name)
        prev, seq, held_by = self._after(tx, stream, at if at is not None else stream.head)
        if not is_ancestor(self.me, held_by):
            raise NotHoldingError(name, held_by)
        data = HolderReclaimed(reason=reason)
        draft = Draft(name, seq + 1, prev, RECLAIMED, hand.actor, holder, hand.now)
        opened = seal(self.identity, draft, data)
        return self.fold.safely(  # what rules fail at is taken back all the same
            tx,
            lambda: self._store(
                tx, streams.load_by_id(tx, stream.id), opened, peer="", now=hand.now
            ),
        )

    def adopt(
        self,
        tx: sqlite3.Connection,
        name: StreamName,
        data: HolderAdopted,
        *,
        hand: Hand,
        at: bytes,
    ) -> Stored:
        """认领: write behind the event `at`, which this node holds, so that what led to it counts.

        Raises as `append`.
        """
        stream = self._own(tx, name)
        prev, seq, held_by = self._after(tx, stream, at)
        if held_by != self.me:
            raise NotHoldingError(name, held_by)
        draft = Draft(name, seq + 1, prev, ADOPTED, hand.actor, self.me, hand.now)
        return self._store(tx, stream, seal(self.identity, draft, data), peer="", now=hand.now)

    def replace_root(
        self, tx: sqlite3.Connection, recovery: RecoveryKey, data: RootReplaced, hand: Hand
    ) -> Stored:
        """根换钥: give this root new keys, by its offline recovery key, above every branch.

        Raises `WrongKeyError` if this is not that key, `NotHoldingError` if no record is here.
        """
        name = node_stream(self.me)
        stream = streams.load(tx, name)
        if stream is None or not stream.tip_seq >= 0:
            raise NotHoldingError(name, NodeId(""))
        prev, seq, _ = self._after(tx, stream, stream.head if stream.head_seq >= 0 else stream.tip)
        draft = Draft(name, seq + 1, prev, ROOT_REPLACED, hand.actor, self.me, hand.now)
        opened = seal(recovery, draft, data)
        prove(read_envelope(opened.raw), TxKeys(tx), root=self.root)
        return self._store(tx, stream, opened, peer="", now=hand.now)

    def _own(self, tx: sqlite3.Connection, name: StreamName) -> Stream:
        stream = streams.load(tx, name)
        if stream is None:
            raise NotHoldingError(name, NodeId(""))
        self._may_write(tx)
        if self.recovering:
            missing = self.relay.unanswered(tx, stream)
            if missing:
                raise RecoveringError(missing)
        return stream

    @staticmethod
    def _after(
        tx: sqlite3.Connection, stream: Stream, event: bytes
    ) -> tuple[EventHash, int, NodeId]:
        found = streams.custody(tx, stream, event)
        if found is None:
            raise NotHoldingError(stream.name, NodeId(""))
        return EventHash(event.hex()), *found

    def _may_write(self, tx: sqlite3.Connection) -> None:
        row = tx.execute("SELECT state FROM node_records WHERE node = ?", (self.me,)).fetchone()
        if row is not None and row[0] in (NodeState.SUSPENDED.value, NodeState.REVOKED.value):
            raise SuspendedError(f"{self.me} is {row[0]}")
        if not directory.is_good(tx, self.me, self.identity.key_id):
            raise SuspendedError(f"key {self.identity.key_id} does not count, or not yet")

    # --- receiving

    def receive(self, tx: sqlite3.Connection, raw: bytes, *, peer: str, now: int) -> Outcome:
        """Take an envelope from a neighbour: checks 1 to 6, then store, fold and pass on.

        1–4 as in `federation.envelope`; 5. `seq` and `prev` follow a known event of its stream;
        6. the author is the holder that event names, or an ancestor of it that reclaims.
        Raises the `RejectedError` family; then nothing has changed.
        """
        found = read_envelope(raw)
        return self.fold.safely(tx, lambda: self.receive_read(tx, found, peer=peer, now=now))

    def receive_read(
        self, tx: sqlite3.Connection, found: Unproven | Opened, *, peer: str, now: int
    ) -> Outcome:
        """Take an event that was read, and perhaps proven, outside the writer."""
        if streams.has_event(tx, found.hash):
            return Outcome.DUPLICATE
        try:
            stored = self._admit(tx, found, peer=peer, now=now)
        except ParkedError as error:
            parking.park(tx, found, wants=error.wants, peer=peer, now=now)
            return Outcome.PARKED
        self._release(tx, stored, now=now)
        return Outcome.STORED

    def _admit(
        self, tx: sqlite3.Connection, found: Unproven | Opened, *, peer: str, now: int
    ) -> Stored:
        opened = found if isinstance(found, Opened) else prove(found, TxKeys(tx), root=self.root)
        stream = self._place(tx, opened)
        return self._store(tx, stream, opened, peer=peer, now=now)

    def _release(self, tx: sqlite3.Connection, stored: Stored, *, now: int) -> None:
        """Judge again what waited for this event, and what waited for that."""
        if parking.is_empty(tx):
            return
        came = deque([stored])
        while came:
            for raw, peer in parking.take_waiting_for(tx, came.popleft()):
                found = read_envelope(raw)
                try:
                    came.append(self._admit(tx, found, peer=peer, now=now))
                except ParkedError as error:
                    parking.park(tx, found, wants=error.wants, peer=peer, now=now)
                except RejectedError as error:
                    refusal = RefusalEntry(
                        bytes.fromhex(found.hash), error.reason.value, found.event.node
                    )
                    self.on_late_refusal(tx, refusal, now)

    def _place(self, tx: sqlite3.Connection, opened: Opened) -> Stream:
        """Find where the event belongs: checks 5 and 6."""
        event = opened.event
        _check_record(event)
        if line_of(event.holder)[-1] != line_of(self.me)[-1]:
            raise ParkedError(f"root:{line_of(event.holder)[-1]}")
        stream = streams.load(tx, event.stream)
        if event.seq == 0:
            self._check_first(opened)
            return stream or streams.create(tx, event.stream, about=self._subject(tx, event))
        before = streams.custody(tx, stream, bytes.fromhex(event.prev)) if stream else None
        if stream is None or before is None:
            raise ParkedError(f"event:{event.prev}")
        seq, holder = before
        if event.seq != seq + 1:  # 5
            raise WrongSeqError(f"seq {event.seq} after {seq} in {event.stream}")
        if event.node != holder and not (  # 6
            (event.kind == RECLAIMED and is_ancestor(event.node, holder))
            or event.kind == ROOT_REPLACED  # by the recovery key: `envelope.prove`
        ):
            raise NotHolderError(f"{event.node} wrote to {event.stream}, which {holder} held")
        return stream

    def _check_first(self, opened: Opened) -> None:
        event = opened.event
        if event.prev != NO_HASH:  # 5
            raise WrongSeqError(f"the first event of {event.stream} follows something")
        subject = stream_creator(event.stream)
        if stream_kind(event.stream) != "node":
            if event.node != subject:  # 6
                raise BadStreamNameError(f"{event.node} began {event.stream}")
        elif not is_ancestor(event.node, subject) and opened.hash != self.root:  # 6
            raise BadStreamNameError(f"{event.node} began {event.stream}")

    def _subject(self, tx: sqlite3.Connection, event: Event) -> int | None:
        about = self.kind(stream_kind(event.stream)).about(event)
        if about is None:
            return None
        subject = streams.load(tx, about)
        if subject is None:
            raise ParkedError(f"stream:{about}")
        return subject.id

    # --- storing

    def _store(
        self, tx: sqlite3.Connection, stream: Stream, opened: Opened, *, peer: str, now: int
    ) -> Stored:
        event = opened.event
        newcomers = frozenset((event.node, event.holder)) - stream.parties
        if newcomers:
            streams.add_parties(tx, stream, newcomers)
        if self._is_plain(tx, stream, event):
            stored = self.fold.extend(tx, stream, opened, peer=peer, now=now)
        else:
            stored = self.fold.insert(tx, stream, opened, peer=peer, now=now)
        if peer and event.at > now + MAX_CLOCK_AHEAD:
            directory.note_finding(tx, "clock_ahead", event.node, event.stream, event.at)
        if stream.kind == "node":
            self.trust.settle(tx, stored)
            self.on_directory(tx)
            stream = streams.load_by_id(tx, stream.id)
        self.relay.pass_on(tx, stream, stored, newcomers, now=now)
        return stored

    @staticmethod
    def _is_plain(tx: sqlite3.Connection, stream: Stream, event: Event) -> bool:
        """Say whether the event simply follows the head: then no path need be chosen."""
        return (
            bytes.fromhex(event.prev) == stream.tip == stream.head
            and not stream.forked
            and directory.is_good(tx, event.node, event.key)
        )


def _check_record(event: Event) -> None:
    """Trust comes from above: only a place above a node may keep its record, or a root its own."""
    if stream_kind(event.stream) != "node":
        return
    subject = stream_creator(event.stream)
    if not is_ancestor(event.holder, subject) and not (event.node == event.holder == subject):
        raise NotHolderError(f"{event.stream} cannot be held by {event.holder}")


def _tag(data: msgspec.Struct) -> str:
    tag = type(data).__struct_config__.tag
    if not isinstance(tag, str):
        raise TypeError(f"{type(data).__name__} is no event: it has no tag")
    return tag
