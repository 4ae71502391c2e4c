"""The fold: which events of a stream count here, and what each of them does.

A stream is folded once per event as it grows. When its path changes it is forgotten and folded
anew: the projection is always what the counting events say, in their order.

Rules may have faults. What fails in one stream leaves that stream unjudged, with a finding, and
stops no other: custody moves, and the stream is folded anew later (`Fold.safely`).
"""

import logging
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Final, TypeVar

from federation import chain, directory, streams
from federation.envelope import Opened
from federation.errors import FederationError, KindFailedError
from federation.kinds import Kind, UnknownKind
from federation.records import NodeKind
from federation.streams import NO_HASH_BYTES, Stored, Stream, Verdict
from schemas.ids import NodeId

T = TypeVar("T")

log = logging.getLogger(__name__)

FATAL: Final = (sqlite3.OperationalError, MemoryError)
"""A full disk or memory is the machine's trouble, not the rules': nothing may go on."""
KIND_FAILED: Final = "kind_failed"
"""The finding: an event could not be judged because the rules of its kind failed."""


def attempt(tx: sqlite3.Connection, act: Callable[[], None]) -> Exception | None:
    """Do `act` whole or not at all, and give what the rules raised in it, if anything."""
    tx.execute("SAVEPOINT rules")
    try:
        act()
    except FATAL:
        raise
    except Exception as error:  # noqa: BLE001  # whatever the rules may raise
        tx.execute("ROLLBACK TO rules")
        tx.execute("RELEASE rules")
        return error
    tx.execute("RELEASE rules")
    return None


class Fold:
    """Folds the streams of one node by the rules of their kinds."""

    def __init__(self, kinds: Mapping[str, Kind]) -> None:
        self.kinds: dict[str, Kind] = {**kinds, "node": NodeKind()}
        self._unknown = UnknownKind()
        self._held = 0
        self._owed = False
        self._guarding = False

    def kind(self, name: str) -> Kind:
        """Find the rules of a stream kind."""
        return self.kinds.get(name, self._unknown)

    def extend(
        self, tx: sqlite3.Connection, stream: Stream, opened: Opened, *, peer: str, now: int
    ) -> Stored:
        """Store and fold a good event that follows the head, with nothing else known behind it."""
        if self._guarding:
            return self.insert(tx, stream, opened, peer=peer, now=now)
        event = opened.event
        kind = self.kind(stream.kind)
        try:
            verdict = self._judge(tx, stream, opened)
            stored = streams.insert_event(tx, stream, opened, verdict, peer=peer, received_at=now)
            stream.head = stream.tip = bytes.fromhex(opened.hash)
            stream.head_seq = stream.tip_seq = event.seq
            stream.holder = event.holder
            kind.project(tx, stream.name, stored)
        except FederationError as error:  # nobody may take it for a refusal: the event is stored
            raise KindFailedError(stream.kind) from error
        streams.save_head(tx, stream)
        if kind.unlocks:
            self.unlock(tx)
        return stored

    def insert(
        self, tx: sqlite3.Connection, stream: Stream, opened: Opened, *, peer: str, now: int
    ) -> Stored:
        """Store an event wherever it stands, and choose the stream's path anew."""
        stored = streams.insert_event(
            tx, stream, opened, Verdict.PENDING, peer=peer, received_at=now
        )
        self.choose(tx, stream)
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
        stream.head, stream.head_seq, stream.holder = step, stored.event.seq, stored.event.holder
        if not self._guarding:
            self._apply(tx, stream, stored)
        elif not self._guarded(tx, stream, lambda: self._apply(tx, stream, stored)):
            stream.unjudged = True
            streams.set_verdict(tx, stored.arrival, Verdict.UNJUDGED)
            left = replace(stored, verdict=Verdict.UNJUDGED)
            kind = self.kind(stream.kind)
            self._guarded(tx, stream, lambda: kind.project(tx, stream.name, left))

    def _apply(self, tx: sqlite3.Connection, stream: Stream, stored: Stored) -> None:
        try:
            verdict = self._judge(tx, stream, stored)
            streams.set_verdict(tx, stored.arrival, verdict)
            self.kind(stream.kind).project(tx, stream.name, replace(stored, verdict=verdict))
        except FederationError as error:
            raise KindFailedError(stream.kind) from error

    def _forget(self, tx: sqlite3.Connection, stream: Stream) -> None:
        kind, forgotten = self.kind(stream.kind), True
        if self._guarding:
            forgotten = self._guarded(tx, stream, lambda: kind.reset(tx, stream.name))
        else:
            kind.reset(tx, stream.name)
        tx.execute("UPDATE events SET verdict = 0 WHERE stream = ?", (stream.id,))
        stream.head, stream.head_seq, stream.holder = NO_HASH_BYTES, -1, NodeId("")
        stream.unjudged = not forgotten

    def refold(self, tx: sqlite3.Connection, stream: Stream) -> None:
        """Fold the stream from its beginning: after something it depended on became known."""
        self._forget(tx, stream)
        self.choose(tx, stream)

    # --- when rules fail

    def safely(self, tx: sqlite3.Connection, act: Callable[[], T]) -> T:
        """Do `act`; if a kind's rules fail in it, undo it and do it anew, each event by itself.

        Then only what fails stays unjudged. `act` must read all that it changes. While all is well
        it costs one savepoint. Raises the `FederationError` family as `act` does.
        """
        if self._guarding:
            return act()
        tx.execute("SAVEPOINT folding")
        try:
            done = act()
        except FATAL:
            raise
        except FederationError:  # a refusal: `act` does nothing
            tx.execute("ROLLBACK TO folding")
            tx.execute("RELEASE folding")
            raise
        except Exception:  # noqa: BLE001  # whatever the rules may raise; told below, once
            tx.execute("ROLLBACK TO folding")
            self._guarding = True
            try:
                done = act()
            finally:
                self._guarding = False
        tx.execute("RELEASE folding")
        return done

    def _guarded(self, tx: sqlite3.Connection, stream: Stream, act: Callable[[], None]) -> bool:
        """Do `act` or, if it fails, nothing but a finding; say whether it was done."""
        error = attempt(tx, act)
        if error is None:
            return True
        name = type(error.__cause__ or error).__name__
        log.error("kind.failed", exc_info=error, extra={"stream": stream.name, "error": name})
        directory.note_finding(tx, KIND_FAILED, stream.name, f"{stream.kind}: {name}", 0)
        return False

    # --- what waited to be judged

    def unlock(self, tx: sqlite3.Connection) -> None:
        """Judge again what was not judged: an event came that may bear on it."""
        if self._held:
            self._owed = True
            return
        names = [n for n, kind in self.kinds.items() if not kind.unlocks and n != "node"]
        marks = ", ".join("?" * len(names))
        rows = tx.execute(
            f"SELECT id FROM streams WHERE unjudged = 1 AND kind IN ({marks}) ORDER BY id",  # noqa: S608
            names,
        ).fetchall()
        for (stream_id,) in rows:
            self.refold_safely(tx, stream_id)

    def refold_safely(self, tx: sqlite3.Connection, stream_id: int) -> None:
        """Fold a stream from its beginning; if its rules fail, it is unjudged and no other is."""
        self.safely(tx, lambda: self.refold(tx, streams.load_by_id(tx, stream_id)))

    def choose_safely(self, tx: sqlite3.Connection, stream_id: int) -> None:
        """Choose a stream's path anew; if its rules fail, it is unjudged and no other is."""
        self.safely(tx, lambda: self.choose(tx, streams.load_by_id(tx, stream_id)))

    def judge_again(self, tx: sqlite3.Connection) -> None:
        """Judge what was not judged, by rules that may know more than those before the start."""
        for name, kind in self.kinds.items():
            if kind.unlocks:
                for stream_id in streams.unjudged(tx, name):
                    self.refold_safely(tx, stream_id)
        self.unlock(tx)

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
