"""The fold: which events of a stream count here, and what each of them does.

A stream is folded once per event as it grows. When its path changes it is forgotten and folded
anew: the projection is always what the counting events say, in their order.
"""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

from federation import chain, directory, streams
from federation.envelope import Opened
from federation.kinds import Kind, UnknownKind
from federation.records import NodeKind
from federation.streams import NO_HASH_BYTES, Stored, Stream, Verdict
from schemas.ids import NodeId


class Fold:
    """Folds the streams of one node by the rules of their kinds."""

    def __init__(self, kinds: Mapping[str, Kind]) -> None:
        self.kinds: dict[str, Kind] = {**kinds, "node": NodeKind()}
        self._unknown = UnknownKind()
        self._held = 0
        self._owed = False

    def kind(self, name: str) -> Kind:
        """Find the rules of a stream kind."""
        return self.kinds.get(name, self._unknown)

    def extend(
        self, tx: sqlite3.Connection, stream: Stream, opened: Opened, *, peer: str, now: int
    ) -> Stored:
        """Store and fold a good event that follows the head, with nothing else known behind it."""
        event = opened.event
        verdict = self._judge(tx, stream, opened)
        stored = streams.insert_event(tx, stream, opened, verdict, peer=peer, received_at=now)
        stream.head = stream.tip = bytes.fromhex(opened.hash)
        stream.head_seq = stream.tip_seq = event.seq
        stream.holder = event.holder
        kind = self.kind(stream.kind)
        kind.project(tx, stream.name, stored)
        streams.save_head(tx, stream)
        if kind.unlocks:
            self.unlock(tx)
        return stored

    def _judge(self, tx: sqlite3.Connection, stream: Stream, found: Opened | Stored) -> Verdict:
        """Judge the next event. What follows an unjudged one is not judged either.

        A node's record is the exception: trust may not stand still because a newer node wrote.
        """
        if stream.unjudged and stream.kind != "node":
            return Verdict.UNJUDGED
        verdict = self.kind(stream.kind).judge(tx, stream.name, found.event)
        stream.unjudged = stream.unjudged or verdict is Verdict.UNJUDGED
        return verdict

    def choose(self, tx: sqlite3.Connection, stream: Stream) -> None:
        """Choose the stream's path anew and fold what that changes; saves the row."""
        choice = chain.choose(streams.links(tx, stream), NO_HASH_BYTES)
        counting = choice.path[: choice.counting]
        if choice.dispute and not stream.dispute:
            directory.note_finding(tx, "dispute", stream.name, "", 0)
        stream.forked, stream.dispute = choice.forked, choice.dispute
        before = stream.head
        done = 0
        if stream.head in counting:
            done = counting.index(stream.head) + 1
        elif stream.head != NO_HASH_BYTES:
            self._forget(tx, stream)
        for step in counting[done:]:
            self._step(tx, stream, step)
        stream.tip = choice.path[-1] if choice.path else NO_HASH_BYTES
        stream.tip_seq = len(choice.path) - 1
        streams.save_head(tx, stream)
        if stream.head != before and self.kind(stream.kind).unlocks:
            self.unlock(tx)

    def _step(self, tx: sqlite3.Connection, stream: Stream, step: bytes) -> None:
        stored = streams.event_by_hash(tx, step)
        if stored is None:
            raise KeyError(step.hex())
        verdict = self._judge(tx, stream, stored)
        streams.set_verdict(tx, stored.arrival, verdict)
        stream.head, stream.head_seq, stream.holder = step, stored.event.seq, stored.event.holder
        self.kind(stream.kind).project(tx, stream.name, replace(stored, verdict=verdict))

    def _forget(self, tx: sqlite3.Connection, stream: Stream) -> None:
        self.kind(stream.kind).reset(tx, stream.name)
        tx.execute("UPDATE events SET verdict = 0 WHERE stream = ?", (stream.id,))
        stream.head, stream.head_seq, stream.holder = NO_HASH_BYTES, -1, NodeId("")
        stream.unjudged = False

    def refold(self, tx: sqlite3.Connection, stream: Stream) -> None:
        """Fold the stream from its beginning: after something it depended on became known."""
        self._forget(tx, stream)
        self.choose(tx, stream)

    # --- what waited to be judged

    def unlock(self, tx: sqlite3.Connection) -> None:
        """Judge again what was not judged: an event came that may bear on it."""
        if self._held:
            self._owed = True
            return
        names = [name for name, kind in self.kinds.items() if not kind.unlocks]
        marks = ", ".join("?" * len(names))
        rows = tx.execute(
            f"SELECT id FROM streams WHERE unjudged = 1 AND kind IN ({marks}) ORDER BY id",  # noqa: S608
            names,
        ).fetchall()
        for (stream_id,) in rows:
            self.refold(tx, streams.load_by_id(tx, stream_id))

    @contextmanager
    def holding_unlocks(self, tx: sqlite3.Connection) -> Iterator[None]:
        """Judge what waits once at the end of the block, however many events come inside it."""
        self._held += 1
        try:
            yield
        finally:
            self._held -= 1
            owed, self._owed = self._owed and not self._held, self._owed and bool(self._held)
        if owed:
            self.unlock(tx)
