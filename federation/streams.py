"""The tables of streams and events: plain SQL, no decisions.

Everything is synchronous and runs inside the caller's transaction. Who may append and what counts
is decided by `federation.ledger`.
"""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

import msgspec

from federation.chain import Link
from federation.envelope import Opened, pack
from schemas.events import Event
from schemas.ids import NO_HASH, EventHash, NodeId, StreamName, stream_kind
from schemas.nodes import ROOT_REPLACED

NO_HASH_BYTES = bytes.fromhex(NO_HASH)


class Verdict(IntEnum):
    """What an event of a stream does at this replica."""

    PENDING = 0  # on a losing branch, or waiting behind a revoked key
    EFFECTIVE = 1
    INERT = 2  # not authorised: no effect but its holder
    UNJUDGED = 3  # of an unknown kind, after one, or of an item not known yet


@dataclass(slots=True)
class Stream:
    """One row of `streams`; changed in memory and saved once per event."""

    id: int
    name: StreamName
    kind: str
    head: bytes
    head_seq: int
    holder: NodeId
    tip: bytes
    tip_seq: int
    parties: frozenset[NodeId]
    peers: frozenset[NodeId]
    about: int | None
    forked: bool
    dispute: bool
    unjudged: bool

    @property
    def waiting(self) -> bool:
        """Events under a revoked key wait behind the head to be adopted."""
        return self.tip != self.head


@dataclass(frozen=True, slots=True)
class Stored:
    """An event as this replica keeps it."""

    event: Event
    hash: EventHash
    verdict: Verdict
    arrival: int
    received_at: int
    peer: str


_STREAM = (
    "id, name, kind, head, head_seq, holder, tip, tip_seq, parties, peers, about, forked, dispute,"
    " unjudged"
)
_EVENT = "payload, hash, verdict, arrival, received_at, peer"
_decoder = msgspec.json.Decoder(Event)


def _words(text: str) -> frozenset[NodeId]:
    return frozenset(NodeId(word) for word in text.split())


def _stream(row: tuple[object, ...] | None) -> Stream | None:
    if row is None:
        return None
    stream = Stream(*row)  # type: ignore[arg-type]  # the columns are named in _STREAM
    stream.parties = _words(str(stream.parties))
    stream.peers = _words(str(stream.peers))
    return stream


def load(tx: sqlite3.Connection, name: StreamName) -> Stream | None:
    """Read one stream's row by name."""
    return _stream(tx.execute(f"SELECT {_STREAM} FROM streams WHERE name = ?", (name,)).fetchone())  # noqa: S608


def load_by_id(tx: sqlite3.Connection, stream_id: int) -> Stream:
    """Read one stream's row by its number here."""
    row = tx.execute(f"SELECT {_STREAM} FROM streams WHERE id = ?", (stream_id,)).fetchone()  # noqa: S608
    stream = _stream(row)
    if stream is None:
        raise KeyError(stream_id)
    return stream


def create(tx: sqlite3.Connection, name: StreamName, *, about: int | None) -> Stream:
    """Insert an empty stream."""
    kind = stream_kind(name)
    cursor = tx.execute(
        "INSERT INTO streams (name, kind, head, head_seq, holder, tip, tip_seq, parties, peers,"
        " about) VALUES (?, ?, ?, -1, '', ?, -1, '', '', ?)",
        (name, kind, NO_HASH_BYTES, NO_HASH_BYTES, about),
    )
    nobody: frozenset[NodeId] = frozenset()
    return Stream(
        int(cursor.lastrowid or 0), name, kind, NO_HASH_BYTES, -1, NodeId(""), NO_HASH_BYTES, -1,
        nobody, nobody, about, forked=False, dispute=False, unjudged=False,
    )  # fmt: skip


def save_head(tx: sqlite3.Connection, stream: Stream) -> None:
    """Write back what the path decides."""
    tx.execute(
        "UPDATE streams SET head = ?, head_seq = ?, holder = ?, tip = ?, tip_seq = ?, forked = ?,"
        " dispute = ?, unjudged = ? WHERE id = ?",
        (
            stream.head, stream.head_seq, stream.holder, stream.tip, stream.tip_seq,
            stream.forked, stream.dispute, stream.unjudged, stream.id,
        ),
    )  # fmt: skip


def add_parties(tx: sqlite3.Connection, stream: Stream, nodes: frozenset[NodeId]) -> None:
    """Note new authors or holders."""
    stream.parties |= nodes
    words = " ".join(sorted(stream.parties))
    tx.execute("UPDATE streams SET parties = ? WHERE id = ?", (words, stream.id))


def add_peer(tx: sqlite3.Connection, stream: Stream, peer: NodeId) -> None:
    """Note a neighbour that gets each event from now on."""
    stream.peers |= {peer}
    words = " ".join(sorted(stream.peers))
    tx.execute("UPDATE streams SET peers = ? WHERE id = ?", (words, stream.id))


def peers_of(tx: sqlite3.Connection, name: StreamName) -> frozenset[NodeId] | None:
    """Read the neighbours that get each event; `None` if the stream is not known."""
    row = tx.execute("SELECT peers FROM streams WHERE name = ?", (name,)).fetchone()
    return _words(row[0]) if row else None


def insert_event(
    tx: sqlite3.Connection,
    stream: Stream,
    opened: Opened,
    verdict: Verdict,
    *,
    peer: str,
    received_at: int,
) -> Stored:
    """Store an event."""
    event = opened.event
    cursor = tx.execute(
        "INSERT INTO events (stream, seq, hash, prev, node, key, kind, holder, verdict, peer,"
        " received_at, payload, signature) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            stream.id, event.seq, bytes.fromhex(opened.hash), bytes.fromhex(event.prev), event.node,
            event.key, event.kind, event.holder, int(verdict), peer, received_at, opened.payload,
            opened.signature,
        ),
    )  # fmt: skip
    arrival = int(cursor.lastrowid or 0)
    return Stored(event, opened.hash, verdict, arrival, received_at, peer)


def set_verdict(tx: sqlite3.Connection, arrival: int, verdict: Verdict) -> None:
    """Record what the event does here."""
    tx.execute("UPDATE events SET verdict = ? WHERE arrival = ?", (int(verdict), arrival))


def _stored(row: tuple[bytes, bytes, int, int, int, str]) -> Stored:
    payload, digest, verdict, arrival, received_at, peer = row
    event = _decoder.decode(payload)
    return Stored(event, EventHash(digest.hex()), Verdict(verdict), arrival, received_at, peer)


def has_event(tx: sqlite3.Connection, event_hash: EventHash) -> bool:
    """Say whether the event is stored (parked ones are not)."""
    found = tx.execute("SELECT 1 FROM events WHERE hash = ?", (bytes.fromhex(event_hash),))
    return found.fetchone() is not None


def event_by_hash(tx: sqlite3.Connection, event_hash: bytes) -> Stored | None:
    """Read one event."""
    row = tx.execute(f"SELECT {_EVENT} FROM events WHERE hash = ?", (event_hash,)).fetchone()  # noqa: S608
    return _stored(row) if row else None


def custody(tx: sqlite3.Connection, stream: Stream, event_hash: bytes) -> tuple[int, NodeId] | None:
    """Read `seq` and `holder` of a known event of the stream."""
    row = tx.execute(
        "SELECT seq, holder FROM events WHERE hash = ? AND stream = ?", (event_hash, stream.id)
    ).fetchone()
    return (row[0], NodeId(row[1])) if row else None


def events(tx: sqlite3.Connection, stream: Stream) -> tuple[Stored, ...]:
    """Read every known event of the stream, losing branches too, by seq and arrival."""
    rows = tx.execute(
        f"SELECT {_EVENT} FROM events WHERE stream = ? ORDER BY seq, arrival",  # noqa: S608
        (stream.id,),
    )
    return tuple(_stored(row) for row in rows.fetchall())


def links(tx: sqlite3.Connection, stream: Stream) -> list[Link]:
    """Read what the fork choice needs of every known event of the stream."""
    rows = tx.execute(
        "SELECT e.hash, e.prev, e.seq, e.node, EXISTS (SELECT 1 FROM signers s"
        " WHERE s.key = e.key AND s.node = e.node AND s.good = 1), e.kind = ? FROM events e"
        " WHERE e.stream = ?",
        (ROOT_REPLACED, stream.id),
    )
    return [
        Link(h, p, s, NodeId(n), good=bool(g or r), replaces=bool(r))
        for h, p, s, n, g, r in rows.fetchall()
    ]


def leaves(tx: sqlite3.Connection, stream_id: int) -> tuple[bytes, ...]:
    """Name the events of a stream that nothing follows."""
    rows = tx.execute(
        "SELECT hash FROM events WHERE stream = ?1 AND hash NOT IN"
        " (SELECT prev FROM events WHERE stream = ?1) ORDER BY hash",
        (stream_id,),
    )
    return tuple(row[0] for row in rows.fetchall())


def envelopes(tx: sqlite3.Connection, stream: Stream) -> Iterator[bytes]:
    """Give the stream's envelopes, by seq."""
    rows = tx.execute(
        "SELECT payload, signature FROM events WHERE stream = ? ORDER BY seq, arrival",
        (stream.id,),
    )
    return (pack(payload, signature) for payload, signature in rows.fetchall())


def notes_about(tx: sqlite3.Connection, stream: Stream) -> list[Stream]:
    """Read the note streams that speak of this stream."""
    rows = tx.execute(f"SELECT {_STREAM} FROM streams WHERE about = ? ORDER BY id", (stream.id,))  # noqa: S608
    return [found for row in rows.fetchall() if (found := _stream(row)) is not None]


def keys_known(tx: sqlite3.Connection, node: NodeId) -> list[str]:
    """Name every key that any event of the node's record states."""
    return [row[0] for row in tx.execute("SELECT key FROM signers WHERE node = ?", (node,))]


def by_key(tx: sqlite3.Connection, node: NodeId, key: str) -> list[int]:
    """Number the streams that hold an event under this key."""
    rows = tx.execute(
        "SELECT DISTINCT stream FROM events WHERE node = ? AND key = ? ORDER BY stream", (node, key)
    )
    return [row[0] for row in rows.fetchall()]


def unjudged(tx: sqlite3.Connection, kind: str) -> list[int]:
    """Number the streams of a kind that hold an event not judged."""
    rows = tx.execute("SELECT id FROM streams WHERE unjudged = 1 AND kind = ? ORDER BY id", (kind,))
    return [row[0] for row in rows.fetchall()]


def find_about(tx: sqlite3.Connection, stream: Stream, *, creator: NodeId) -> Stream | None:
    """Find the creator's own note stream about a stream."""
    row = tx.execute(
        f"SELECT {_STREAM} FROM streams WHERE about = ? AND name LIKE ? ORDER BY id LIMIT 1",  # noqa: S608
        (stream.id, f"note/{creator}/%"),
    ).fetchone()
    return _stream(row)
