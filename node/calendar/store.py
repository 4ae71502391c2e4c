"""The tables of days in force: their projection from `calendar/…` streams. Decides nothing."""

import hashlib
import sqlite3
from functools import lru_cache
from typing import Final

import msgspec

from schemas.calendar import PublishedTable, TableKind, YearTable
from schemas.ids import EventHash, NodeId, StreamName, line_of, stream_creator

KEPT_TABLES: Final = 256  # decoded tables kept: one or two a year and publisher


def publish(
    tx: sqlite3.Connection, stream: StreamName, table: YearTable, *, at: int, event: EventHash
) -> None:
    """Put a table in force instead of the stream's former one of its year and kind."""
    tx.execute(
        "INSERT OR REPLACE INTO calendar_tables VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            stream,
            table.year,
            table.kind.value,
            stream_creator(stream),
            at,
            event,
            msgspec.json.encode(table),
        ),
    )


def withdraw(tx: sqlite3.Connection, stream: StreamName, year: int, kind: TableKind) -> None:
    """Let the stream's table of that year and kind count no longer."""
    tx.execute(
        "DELETE FROM calendar_tables WHERE stream = ? AND year = ? AND kind = ?",
        (stream, year, kind.value),
    )


def forget(tx: sqlite3.Connection, stream: StreamName) -> None:
    """Drop all tables of the stream."""
    tx.execute("DELETE FROM calendar_tables WHERE stream = ?", (stream,))


def tables(tx: sqlite3.Connection, at: NodeId) -> tuple[PublishedTable, ...]:
    """List the tables that count at a place: the nearest publisher's first, then the newest."""
    rows = tx.execute(
        "SELECT stream, publisher, published_at, body FROM calendar_tables"
        " WHERE publisher IN (SELECT value FROM json_each(?))"
        " ORDER BY length(publisher) DESC, published_at DESC, stream, year, kind",
        (msgspec.json.encode(line_of(at)).decode(),),
    )
    return tuple(
        PublishedTable(
            stream=stream, publisher=publisher, published_at=published_at, table=_table(body)
        )
        for stream, publisher, published_at, body in rows
    )


def digest(tx: sqlite3.Connection) -> str:
    """Sum up which tables are in force here: it changes when one is published or withdrawn."""
    rows = tx.execute("SELECT stream, event FROM calendar_tables ORDER BY stream, event")
    return _digest(tuple(rows))


def stream_of(tx: sqlite3.Connection, publisher: NodeId) -> StreamName | None:
    """Name the stream in which `publisher` keeps its tables; also if none is in force."""
    row = tx.execute(
        "SELECT name FROM streams WHERE kind = 'calendar' AND name LIKE ? ORDER BY id",
        (f"calendar/{publisher}/%",),
    ).fetchone()
    return None if row is None else StreamName(row[0])


@lru_cache(maxsize=8)  # asked for at each start of a clock, and hardly ever another
def _digest(rows: tuple[tuple[str, str], ...]) -> str:
    told = "\n".join(f"{stream} {event}" for stream, event in rows)
    return hashlib.sha256(told.encode()).hexdigest()[:16]


@lru_cache(maxsize=KEPT_TABLES)
def _table(body: bytes) -> YearTable:
    return msgspec.json.decode(body, type=YearTable)
