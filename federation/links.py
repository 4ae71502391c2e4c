"""The table of links: one row a neighbour, and the outbox behind it. SQL, no decisions."""

import sqlite3
from dataclasses import dataclass
from typing import Final

import msgspec

from federation.envelope import pack
from schemas.ids import NodeId

NONCE_BYTES: Final = 16

SUSPENDED: Final = 0
OPEN: Final = 1
CLOSED: Final = -1

REFUSAL_START: Final = b"\x94\x04"
"""How a refusal entry begins: an array of four whose first, the tag, is 4."""

Refused = tuple[int, str, int]
"""Entry number, reason code, and the serial of the first receipt that said so."""

_COLUMNS: Final = (
    "id, peer, open, nonce, peer_nonce, retired, epoch, settled, settled_head, seen_serial, taken,"
    " taken_head, serial, refused, answered, waived, last_contact, drift"
)
_refused: Final = msgspec.msgpack.Decoder(tuple[Refused, ...])


@dataclass(slots=True)
class LinkRow:
    """The state of one link, both directions."""

    id: int
    peer: NodeId
    open: int
    nonce: bytes
    peer_nonce: bytes
    retired: bytes
    epoch: bytes
    settled: int
    settled_head: bytes
    seen_serial: int
    taken: int
    taken_head: bytes
    serial: int
    refused: tuple[Refused, ...]
    answered: bool
    waived: bool
    last_contact: int
    drift: int


@dataclass(frozen=True, slots=True)
class Position:
    """A place in our log: entry number, the log's head there, and the outbox row behind it."""

    number: int
    head: bytes
    row: int


def _row(values: tuple[object, ...]) -> LinkRow:
    link = LinkRow(*values)  # type: ignore[arg-type]  # the columns are named in _COLUMNS
    link.refused = _refused.decode(bytes(link.refused))  # type: ignore[arg-type]
    return link


def load(tx: sqlite3.Connection, peer: NodeId) -> LinkRow | None:
    """Read the link to a neighbour."""
    row = tx.execute(f"SELECT {_COLUMNS} FROM links WHERE peer = ?", (peer,)).fetchone()  # noqa: S608
    return _row(row) if row else None


def load_all(tx: sqlite3.Connection) -> list[LinkRow]:
    """Read every link, by the neighbour's code."""
    return [_row(r) for r in tx.execute(f"SELECT {_COLUMNS} FROM links ORDER BY peer")]  # noqa: S608


def create(tx: sqlite3.Connection, peer: NodeId, *, nonce: bytes) -> None:
    """Open a link that has no epoch yet."""
    tx.execute(
        f"INSERT INTO links ({_COLUMNS[4:]}) VALUES (?, 1, ?, x'', x'', x'', 0, x'', 0, 0, x'',"  # noqa: S608
        " 0, ?, 0, 0, 0, 0)",
        (peer, nonce, msgspec.msgpack.encode(())),
    )


def save(tx: sqlite3.Connection, link: LinkRow) -> None:
    """Write the row back."""
    tx.execute(
        "UPDATE links SET open = ?, nonce = ?, peer_nonce = ?, retired = ?, epoch = ?, settled = ?,"
        " settled_head = ?, seen_serial = ?, taken = ?, taken_head = ?, serial = ?, refused = ?,"
        " answered = ?, waived = ?, last_contact = ?, drift = ? WHERE id = ?",
        (
            link.open, link.nonce, link.peer_nonce, link.retired, link.epoch, link.settled,
            link.settled_head, link.seen_serial, link.taken, link.taken_head, link.serial,
            msgspec.msgpack.encode(link.refused), link.answered, link.waived, link.last_contact,
            link.drift, link.id,
        ),
    )  # fmt: skip


def note_drift(tx: sqlite3.Connection, peer: NodeId, drift: int) -> None:
    """Remember how far the neighbour's clock is ahead of ours, in milliseconds."""
    tx.execute("UPDATE links SET drift = ?2 WHERE peer = ?1 AND drift <> ?2", (peer, drift))


def queue(tx: sqlite3.Connection, link: int, entry: bytes, *, now: int) -> None:
    """Put an entry that is no event behind what is queued."""
    tx.execute("INSERT INTO outbox (link, entry, queued_at) VALUES (?, ?, ?)", (link, entry, now))


def queue_event(tx: sqlite3.Connection, link: int, event_hash: bytes, *, now: int) -> bool:
    """Queue a stored event once more, by hash; false if it is not here."""
    cursor = tx.execute(
        "INSERT INTO outbox (link, event, queued_at) SELECT ?, arrival, ? FROM events"
        " WHERE hash = ?",
        (link, now, event_hash),
    )
    return cursor.rowcount > 0


def clear(tx: sqlite3.Connection, link: int, *, all_of_it: bool = False) -> None:
    """Forget the log: a new epoch begins, and the surveys say what must be sent again.

    Refusals are kept: no survey would bring them back.
    """
    tx.execute(
        "DELETE FROM outbox WHERE link = ? AND (? OR entry IS NULL OR substr(entry, 1, 2) <> ?)",
        (link, all_of_it, REFUSAL_START),
    )
    tx.execute("DELETE FROM surveyed WHERE link = ?", (link,))


def refusals_queued(tx: sqlite3.Connection, link: int) -> list[tuple[bytes, int]]:
    """Read the refusals in the outbox, and since when they wait."""
    return tx.execute(
        "SELECT entry, queued_at FROM outbox WHERE link = ? AND substr(entry, 1, 2) = ?"
        " ORDER BY id",
        (link, REFUSAL_START),
    ).fetchall()


def queue_again(tx: sqlite3.Connection, link: int, entries: list[tuple[bytes, int]]) -> None:
    """Put entries behind what is queued, with the times since when they wait."""
    tx.executemany(
        "INSERT INTO outbox (link, entry, queued_at) VALUES (?, ?, ?)",
        [(link, entry, since) for entry, since in entries],
    )


def is_surveyed(tx: sqlite3.Connection, link: int, stream: str) -> bool:
    """Say whether the neighbour's survey of this epoch has named the stream."""
    row = tx.execute("SELECT 1 FROM surveyed WHERE link = ? AND stream = ?", (link, stream))
    return row.fetchone() is not None


def start(link: LinkRow) -> Position:
    """Give the place behind the last settled entry."""
    return Position(link.settled, link.settled_head, 0)


def entries_after(
    tx: sqlite3.Connection, link: int, row: int, *, limit: int
) -> list[tuple[int, bytes]]:
    """Read the next entries of the outbox: row and exact bytes."""
    rows = tx.execute(
        "SELECT o.id, o.entry, e.payload, e.signature FROM outbox o LEFT JOIN events e"
        " ON e.arrival = o.event WHERE o.link = ? AND o.id > ? ORDER BY o.id LIMIT ?",
        (link, row, limit),
    ).fetchall()
    return [(i, entry if entry is not None else pack(p, s)) for i, entry, p, s in rows]


def entry_at(tx: sqlite3.Connection, link: LinkRow, number: int) -> bytes | None:
    """Read the envelope hash of the entry with this number, if it is an unsettled event."""
    row = tx.execute(
        "SELECT e.hash FROM outbox o JOIN events e ON e.arrival = o.event WHERE o.id ="
        " (SELECT id FROM outbox WHERE link = ? ORDER BY id LIMIT 1 OFFSET ?)",
        (link.id, number - link.settled - 1),
    ).fetchone()
    return row[0] if row else None


def drop_through(tx: sqlite3.Connection, link: LinkRow, count: int) -> None:
    """Forget the first `count` rows: they are settled."""
    tx.execute(
        "DELETE FROM outbox WHERE link = ?1 AND id <= (SELECT id FROM outbox WHERE link = ?1"
        " ORDER BY id LIMIT 1 OFFSET ?2)",
        (link.id, count - 1),
    )


def waiting(tx: sqlite3.Connection, link: int) -> tuple[int, int]:
    """Count the entries not yet settled, and say since when the first waits (0 if none)."""
    row = tx.execute(
        "SELECT count(*), coalesce((SELECT queued_at FROM outbox WHERE link = ?1 ORDER BY id"
        " LIMIT 1), 0) FROM outbox WHERE link = ?1",
        (link,),
    ).fetchone()
    return int(row[0]), int(row[1])


@dataclass(frozen=True, slots=True)
class Stirring:
    """Where something is to be done, seen in one look over all links."""

    row: int
    """The newest row of all outboxes."""
    standing: dict[NodeId, tuple[int, bytes]]
    """Of each neighbour: whether the link is open, and its epoch."""
    stirred: frozenset[NodeId] = frozenset()
    """Neighbours for whom something was queued since the last look."""


def stirring(tx: sqlite3.Connection, after: int) -> Stirring:
    """Look over all links at once; `after` is the newest outbox row of the last look."""
    peers = dict[int, NodeId]()
    standing = dict[NodeId, tuple[int, bytes]]()
    for link, peer, is_open, epoch in tx.execute("SELECT id, peer, open, epoch FROM links"):
        peers[link] = NodeId(peer)
        standing[peers[link]] = (is_open, epoch)
    rows = tx.execute(
        "SELECT link, max(id) FROM outbox WHERE id > ? GROUP BY +link",  # by id, not by the index
        (after,),
    ).fetchall()
    newest = max((row for _, row in rows), default=after)
    return Stirring(newest, standing, frozenset(peers[link] for link, _ in rows))
