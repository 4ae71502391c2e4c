"""The survey at the start of an epoch: each side says what it holds, and gets what it lacks.

A stream is described by its leaves: who knows a leaf knows all before it.
"""

import sqlite3
from collections.abc import Iterator
from typing import Final

from federation import links, streams
from federation.ledger import Ledger
from federation.links import LinkRow
from federation.parcel import encode_entry
from federation.streams import Stream
from schemas.ids import NodeId
from schemas.links import AnsweredEntry, SurveyEntry

_ALL: Final = ""  # no stream's name: the survey of this epoch is answered
STREAMS_PER_ENTRY: Final = 400  # about 36 KB: an entry is at most 64 KiB


class Survey:
    """Writes our survey, and answers a neighbour's."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def entries(self, tx: sqlite3.Connection, link: LinkRow) -> Iterator[SurveyEntry]:
        """Describe every stream that both sides share, in entries of a bounded size."""
        names = tx.execute("SELECT id, name FROM streams ORDER BY id").fetchall()
        page: list[tuple[str, tuple[bytes, ...]]] = []
        for stream_id, _ in names:
            stream = streams.load_by_id(tx, stream_id)
            if not self._shared(tx, stream, link.peer):
                continue
            page.append((stream.name, streams.leaves(tx, stream_id)))
            if len(page) == STREAMS_PER_ENTRY:
                yield SurveyEntry(last=False, streams=tuple(page))  # type: ignore[arg-type]
                page = []
        yield SurveyEntry(last=True, streams=tuple(page))  # type: ignore[arg-type]

    def _shared(self, tx: sqlite3.Connection, stream: Stream, peer: NodeId) -> bool:
        return peer in stream.peers or self._ledger.relay.concerned(tx, stream, peer)

    def take(self, tx: sqlite3.Connection, link: LinkRow, entry: SurveyEntry, *, now: int) -> None:
        """Queue what the neighbour's survey lacks; at its end also what it did not name.

        One survey an epoch is answered: another would have everything sent again.
        """
        if links.is_surveyed(tx, link.id, _ALL):
            return
        for name, leaves in entry.streams:
            tx.execute("INSERT OR IGNORE INTO surveyed VALUES (?, ?)", (link.id, name))
            stream = streams.load(tx, name)
            if stream is not None and self._shared(tx, stream, link.peer):
                self._complete(tx, link, stream, frozenset(leaves), now=now)
        if entry.last:
            self._unnamed(tx, link, now=now)
            tx.execute("DELETE FROM surveyed WHERE link = ?", (link.id,))
            tx.execute("INSERT INTO surveyed VALUES (?, ?)", (link.id, _ALL))
            links.queue(tx, link.id, encode_entry(AnsweredEntry()), now=now)

    def _unnamed(self, tx: sqlite3.Connection, link: LinkRow, *, now: int) -> None:
        rows = tx.execute(
            "SELECT id FROM streams WHERE name NOT IN (SELECT stream FROM surveyed WHERE link = ?)"
            " ORDER BY kind <> 'node', CASE kind WHEN 'node' THEN length(name) END, id",
            (link.id,),
        ).fetchall()
        for (stream_id,) in rows:
            stream = streams.load_by_id(tx, stream_id)
            if self._shared(tx, stream, link.peer):
                self._complete(tx, link, stream, frozenset(), now=now)

    def _complete(
        self,
        tx: sqlite3.Connection,
        link: LinkRow,
        stream: Stream,
        leaves: frozenset[bytes],
        *,
        now: int,
    ) -> None:
        """Queue every event of the stream that is neither a leaf of theirs nor before one."""
        if link.peer not in stream.peers:
            self._ledger.relay.welcome(tx, stream, link.id, link.peer, now=now)
        if leaves == frozenset(streams.leaves(tx, stream.id)):
            return
        before = {one.hash: one.prev for one in streams.links(tx, stream)}
        held: set[bytes] = set()
        for leaf in leaves:
            step: bytes | None = leaf
            while step is not None and step in before and step not in held:
                held.add(step)
                step = before[step]
        for stored in streams.events(tx, stream):
            event_hash = bytes.fromhex(stored.hash)
            if event_hash not in held:
                links.queue_event(tx, link.id, event_hash, now=now)
