"""Wishes: what a node asks of the holder of its record, since it may not write there itself.

A wish is a stream of the node about `node/<id>`, so it travels to the holder by itself; the holder
grants it with an event of the record, or leaves it.
"""

import sqlite3
from dataclasses import dataclass
from typing import Final

import msgspec

from federation import enrolment
from federation.kinds import in_line
from federation.ledger import Hand, Ledger
from federation.streams import Stored, Verdict
from schemas.events import CUSTODY_KINDS, Event
from schemas.ids import NodeId, StreamName, node_stream, stream_creator
from schemas.wishes import ChangeOverWished, RotationWished, Wish

_decoder: Final[msgspec.json.Decoder[Wish]] = msgspec.json.Decoder(Wish)


@dataclass(frozen=True, slots=True)
class Pending:
    """A wish that nobody has granted yet."""

    id: int
    node: NodeId
    wish: Wish


class WishKind:
    """The stream kind `wish`."""

    unlocks = False
    widens = False

    def about(self, event: Event) -> StreamName | None:
        """Every wish is about its author's own record."""
        return node_stream(stream_creator(event.stream))

    def judge(self, tx: sqlite3.Connection, stream: StreamName, event: Event) -> Verdict:
        """Effective if it speaks for its author."""
        del tx
        if event.kind in CUSTODY_KINDS:
            return Verdict.EFFECTIVE
        try:
            wish = _decoder.decode(event.data)
        except msgspec.DecodeError:
            return Verdict.UNJUDGED
        own = wish.stream == node_stream(stream_creator(stream)) == node_stream(event.node)
        return Verdict.EFFECTIVE if own else Verdict.INERT

    def project(self, tx: sqlite3.Connection, stream: StreamName, stored: Stored) -> None:
        """Remember the wish until it is granted."""
        if stored.verdict is Verdict.EFFECTIVE and stored.event.kind not in CUSTODY_KINDS:
            tx.execute(
                "INSERT OR IGNORE INTO wishes (event, stream, node, wish, granted)"
                " VALUES (?, ?, ?, ?, 0)",
                (bytes.fromhex(stored.hash), stream, stored.event.node, bytes(stored.event.data)),
            )

    def reset(self, tx: sqlite3.Connection, stream: StreamName) -> None:
        """Forget the wishes of one stream."""
        tx.execute("DELETE FROM wishes WHERE stream = ?", (stream,))

    def concerns(
        self,
        tx: sqlite3.Connection,
        stream: StreamName,
        parties: frozenset[NodeId],
        neighbour: NodeId,
    ) -> bool:
        """The author and all above."""
        del tx, stream
        return in_line(parties, neighbour)


def pending(tx: sqlite3.Connection) -> list[Pending]:
    """Read the wishes not granted yet, in order of arrival."""
    rows = tx.execute("SELECT id, node, wish FROM wishes WHERE granted = 0 ORDER BY id").fetchall()
    return [Pending(i, NodeId(node), _decoder.decode(wish)) for i, node, wish in rows]


def grant(ledger: Ledger, tx: sqlite3.Connection, one: Pending, hand: Hand) -> None:
    """Write what was wished into the record, if this node is its holder."""
    match one.wish:
        case RotationWished():
            enrolment.rotate(ledger, tx, one.node, one.wish.rotation, hand)
        case ChangeOverWished():
            enrolment.changed_over(ledger, tx, one.node, one.wish.statement, hand)
    tx.execute("UPDATE wishes SET granted = 1 WHERE id = ?", (one.id,))


def grant_own(ledger: Ledger, tx: sqlite3.Connection, hand: Hand) -> tuple[StreamName, ...]:
    """Grant every pending wish about a record that this node holds; name the records written."""
    done: list[StreamName] = []
    for one in pending(tx):
        name = node_stream(one.node)
        row = tx.execute("SELECT holder FROM streams WHERE name = ?", (name,)).fetchone()
        if row is not None and row[0] == ledger.me and one.node != ledger.me:
            grant(ledger, tx, one, hand)
            done.append(name)
    return tuple(done)
