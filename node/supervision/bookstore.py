"""The books of rules that were set: their projection from `rulebook/…` streams. Decides nothing."""

import sqlite3
from functools import lru_cache
from typing import Final

import msgspec

from node.supervision.versions import Version
from schemas.ids import NodeId, StaffId, StreamName, stream_creator
from schemas.supervision import Rulebook, RulebookSet

Tx = sqlite3.Connection
KEPT_BOOKS: Final = 64  # decoded books kept: a few a year and publisher


def put(tx: Tx, stream: StreamName, fact: RulebookSet, *, at: int, by: StaffId) -> None:
    """Add a book."""
    tx.execute(
        "INSERT OR REPLACE INTO rulebooks VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            stream, fact.number, stream_creator(stream), fact.from_at, at, by, fact.reason,
            msgspec.json.encode(fact.book),
        ),
    )  # fmt: skip


def latest(tx: Tx, stream: StreamName) -> tuple[int, int]:
    """Give the number of the stream's last book, and from when it counts; zeros: none yet."""
    row = tx.execute(
        "SELECT number, from_at FROM rulebooks WHERE stream = ? ORDER BY number DESC LIMIT 1",
        (stream,),
    ).fetchone()
    return (0, 0) if row is None else (int(row[0]), int(row[1]))


def begins_after(tx: Tx, stream: StreamName, number: int) -> int | None:
    """Tell from when on the books of a stream count that follow a number; `None`: none follows."""
    row = tx.execute(
        "SELECT min(from_at) FROM rulebooks WHERE stream = ? AND number > ?", (stream, number)
    ).fetchone()
    return None if row[0] is None else int(row[0])


def forget(tx: Tx, stream: StreamName) -> None:
    """Drop all books of a stream."""
    tx.execute("DELETE FROM rulebooks WHERE stream = ?", (stream,))


def versions(tx: Tx) -> tuple[Version, ...]:
    """List every book that is known here, each publisher's in order."""
    rows = tx.execute(
        "SELECT publisher, number, from_at, set_at, set_by, reason, body FROM rulebooks"
        " ORDER BY publisher, from_at, number, stream"
    )
    return _versions(tuple(rows))


def stream_of(tx: Tx, publisher: NodeId) -> StreamName | None:
    """Name the stream in which `publisher` keeps its books."""
    row = tx.execute(
        "SELECT name FROM streams WHERE kind = 'rulebook' AND name LIKE ? ORDER BY id",
        (f"rulebook/{publisher}/%",),
    ).fetchone()
    return None if row is None else StreamName(row[0])


@lru_cache(maxsize=8)  # asked for at each step of the follower, and hardly ever another
def _versions(
    rows: tuple[tuple[str, int, int, int, str, str, bytes], ...],
) -> tuple[Version, ...]:
    return tuple(
        Version(
            publisher=NodeId(publisher), number=number, from_at=from_at, set_at=set_at,
            set_by=StaffId(set_by), reason=reason, book=_book(body),
        )
        for publisher, number, from_at, set_at, set_by, reason, body in rows
    )  # fmt: skip


@lru_cache(maxsize=KEPT_BOOKS)
def _book(body: bytes) -> Rulebook:
    return msgspec.json.decode(body, type=Rulebook)
