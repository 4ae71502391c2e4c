"""Who gets what: the audience of a stream, backfill, and the rows of the outbox.

A neighbour that comes into a stream's audience gets, before anything else, the node records of
everyone in it, the whole stream and its notes (protocol §4.4). From then on it gets each event.
"""

import sqlite3
from collections.abc import Callable

from federation import streams
from federation.kinds import Kind
from federation.streams import Stored, Stream
from schemas.ids import NodeId, line_of, node_stream, stream_creator


class Relay:
    """Puts events into the outbox of every neighbour that must have them."""

    def __init__(self, kind: Callable[[str], Kind]) -> None:
        self._kind = kind

    def pass_on(
        self,
        tx: sqlite3.Connection,
        stream: Stream,
        stored: Stored,
        newcomers: frozenset[NodeId],
        *,
        now: int,
    ) -> None:
        """Queue a stored event for its audience; `newcomers` are authors or holders new to it."""
        targets = _among(tx, stream.peers)
        for link, peer in targets:
            self._introduce(tx, newcomers, link, peer, now=now)
        if newcomers or self._kind(stream.kind).widens:
            self._widen(tx, stream, now=now)
        author = frozenset((stored.event.node,))
        met = streams.peers_of(tx, node_stream(stored.event.node)) or frozenset()
        for link, peer in targets:
            if peer != stored.peer:
                if peer not in met:
                    self._introduce(tx, author, link, peer, now=now)
                _queue(tx, link, stored.arrival, now)

    def _widen(self, tx: sqlite3.Connection, stream: Stream, *, now: int) -> None:
        for link, peer in neighbours(tx):
            if peer not in stream.peers and self.concerned(tx, stream, peer):
                self.bring(tx, stream, link, peer, now=now)

    def concerned(self, tx: sqlite3.Connection, stream: Stream, peer: NodeId) -> bool:
        """Say whether the neighbour is in the stream's audience; notes inherit their subject's."""
        if self._kind(stream.kind).concerns(tx, stream.name, stream.parties, peer):
            return True
        if stream.kind == "node":
            return _meets(tx, stream_creator(stream.name), peer)
        if stream.about is None:
            return False
        subject = streams.load_by_id(tx, stream.about)
        return peer in subject.peers or self.concerned(tx, subject, peer)

    def bring(
        self, tx: sqlite3.Connection, stream: Stream, link: int, peer: NodeId, *, now: int
    ) -> None:
        """Backfill: node records first, then the whole stream, then its notes."""
        self.welcome(tx, stream, link, peer, now=now)
        tx.execute(
            "INSERT INTO outbox (link, event, queued_at) SELECT ?, arrival, ? FROM events"
            " WHERE stream = ? AND peer <> ? ORDER BY seq, arrival",
            (link, now, stream.id, peer),
        )
        for note in streams.notes_about(tx, stream):
            if peer not in note.peers:
                self.bring(tx, note, link, peer, now=now)

    def welcome(
        self, tx: sqlite3.Connection, stream: Stream, link: int, peer: NodeId, *, now: int
    ) -> None:
        """Count the neighbour into the audience, and queue the records of all whom it meets."""
        streams.add_peer(tx, stream, peer)
        self._introduce(tx, stream.parties, link, peer, now=now)

    def _introduce(
        self,
        tx: sqlite3.Connection,
        nodes: frozenset[NodeId],
        link: int,
        peer: NodeId,
        *,
        now: int,
    ) -> None:
        """Send the node records of these nodes and all above them, the root's first."""
        for node in sorted({place for one in nodes for place in line_of(one)}, key=len):
            met = streams.peers_of(tx, node_stream(node))
            if met is not None and peer not in met:
                record = streams.load(tx, node_stream(node))
                if record is not None:
                    self.bring(tx, record, link, peer, now=now)

    def unanswered(self, tx: sqlite3.Connection, stream: Stream) -> tuple[NodeId, ...]:
        """Name the neighbours in the audience that have not yet said what they hold."""
        rows = tx.execute(
            "SELECT peer FROM links WHERE open = 1 AND answered = 0 AND waived = 0"
        ).fetchall()
        return tuple(
            NodeId(peer)
            for (peer,) in rows
            if peer in stream.peers or self.concerned(tx, stream, NodeId(peer))
        )


def neighbours(tx: sqlite3.Connection) -> list[tuple[int, NodeId]]:
    """Read the links that are not closed for good."""
    return tx.execute("SELECT id, peer FROM links WHERE open >= 0 ORDER BY peer").fetchall()


def _among(tx: sqlite3.Connection, peers: frozenset[NodeId]) -> list[tuple[int, NodeId]]:
    """Read the links to these neighbours: a county has a hundred others."""
    marks = ", ".join("?" * len(peers))
    return tx.execute(
        f"SELECT id, peer FROM links WHERE peer IN ({marks}) AND open >= 0 ORDER BY peer",  # noqa: S608
        tuple(peers),
    ).fetchall()


def _queue(tx: sqlite3.Connection, link: int, arrival: int, now: int) -> None:
    tx.execute("INSERT INTO outbox (link, event, queued_at) VALUES (?, ?, ?)", (link, arrival, now))


def _meets(tx: sqlite3.Connection, node: NodeId, peer: NodeId) -> bool:
    """Say whether `peer` has a stream in which `node` writes or holds (protocol §3.3).

    Asked only when a record is new here and in surveys: it reads all streams.
    """
    found = tx.execute(
        "SELECT 1 FROM streams WHERE kind <> 'node' AND instr(' ' || parties || ' ', ?)"
        " AND instr(' ' || peers || ' ', ?) LIMIT 1",
        (f" {node} ", f" {peer} "),
    )
    return found.fetchone() is not None
