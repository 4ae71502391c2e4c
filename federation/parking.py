"""Events that came before what they build on: kept, and found again when that comes.

What waits is stored and receipted, but neither judged nor relayed, and never dropped
(protocol §4.4).
"""

import sqlite3

from federation import streams
from federation.envelope import Opened, Unproven, pack
from federation.streams import Stored
from schemas.ids import NodeId, stream_creator, stream_kind


def park(
    tx: sqlite3.Connection, found: Unproven | Opened, *, wants: str, peer: str, now: int
) -> None:
    """Keep an event until what it `wants` comes."""
    tx.execute(
        "INSERT OR IGNORE INTO parked VALUES (?, ?, ?, ?, ?, ?)",
        (
            bytes.fromhex(found.hash), wants, found.event.stream, peer, now,
            pack(found.payload, found.signature),
        ),
    )  # fmt: skip


def is_empty(tx: sqlite3.Connection) -> bool:
    """Say whether nothing waits: nearly always."""
    return tx.execute("SELECT 1 FROM parked LIMIT 1").fetchone() is None


def count(tx: sqlite3.Connection, peer: NodeId) -> int:
    """Count what waits of one neighbour's."""
    row = tx.execute("SELECT count(*) FROM parked WHERE peer = ?", (peer,)).fetchone()
    return int(row[0])


def take_waiting_for(tx: sqlite3.Connection, stored: Stored) -> list[tuple[bytes, str]]:
    """Take out what waited for this event, its stream, or a key that it states."""
    wanted = [f"event:{stored.hash}", f"stream:{stored.event.stream}"]
    if stream_kind(stored.event.stream) == "node":
        subject = stream_creator(stored.event.stream)
        wanted += [f"key:{key}" for key in streams.keys_known(tx, subject)]
    found: list[tuple[bytes, str]] = []
    for want in wanted:
        found += tx.execute(
            "DELETE FROM parked WHERE wants = ? RETURNING raw, peer", (want,)
        ).fetchall()
    return found
