"""The tables of followers: how far each has come, what it looks at again, where it failed."""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from schemas.ids import StreamName

Tx = sqlite3.Connection


class _Dated(msgspec.Struct, frozen=True):
    """As much of an event as tells when it was."""

    at: int


def begin(tx: Tx, names: Iterable[str]) -> None:
    """Let followers that are new begin before the first event."""
    tx.executemany("INSERT OR IGNORE INTO followers VALUES (?, 0, 0)", [(one,) for one in names])


def cursor(tx: Tx, name: str) -> tuple[int, int]:
    """Tell how far a follower has come: in events, and in changes of due days."""
    row = tx.execute("SELECT arrival, change FROM followers WHERE name = ?", (name,)).fetchone()
    return (0, 0) if row is None else (int(row[0]), int(row[1]))


def move(tx: Tx, name: str, arrival: int, change: int) -> None:
    """Write down how far it has come."""
    tx.execute("INSERT OR REPLACE INTO followers VALUES (?, ?, ?)", (name, arrival, change))


def last_event(tx: Tx) -> int:
    """Give the arrival of the newest event here."""
    return int(tx.execute("SELECT coalesce(max(arrival), 0) FROM events").fetchone()[0])


def touched(
    tx: Tx, after: int, most: int, kinds: frozenset[str]
) -> tuple[int, tuple[StreamName, ...]]:
    """Name the streams of these kinds among the next `most` events; tell where those end.

    For a note: also what it is about.
    """
    rows = tx.execute(
        "SELECT e.arrival, s.kind, s.name, a.kind, a.name FROM events e"
        " JOIN streams s ON s.id = e.stream LEFT JOIN streams a ON a.id = s.about"
        " WHERE e.arrival > ? ORDER BY e.arrival LIMIT ?",
        (after, most),
    ).fetchall()
    found = (
        StreamName(name)
        for _, kind, own, about_kind, about in rows
        for named, name in ((kind, own), (about_kind, about))
        if named in kinds
    )
    return (rows[-1][0] if rows else after), tuple(dict.fromkeys(found))


def unseen(tx: Tx, name: str, kinds: frozenset[str], most: int) -> tuple[int, ...]:
    """Give the instants, by their authors' clocks, of events that a follower has not seen.

    Only of streams of these kinds, and of notes about such; the first `most` of them.
    """
    rows = tx.execute(
        "SELECT e.payload, s.kind, a.kind FROM events e JOIN streams s ON s.id = e.stream"
        " LEFT JOIN streams a ON a.id = s.about WHERE e.arrival > ? ORDER BY e.arrival LIMIT ?",
        (cursor(tx, name)[0], most),
    )
    return tuple(
        msgspec.json.decode(payload, type=_Dated).at
        for payload, own, about in rows
        if own in kinds or about in kinds
    )


def changed(tx: Tx, after: int, most: int) -> tuple[int, tuple[StreamName, ...]]:
    """Name the cases whose due days a calendar moved, and tell where the changes end."""
    rows = tx.execute(
        "SELECT serial, stream FROM calendar_changes WHERE serial > ? ORDER BY serial LIMIT ?",
        (after, most),
    ).fetchall()
    streams = tuple(dict.fromkeys(StreamName(stream) for _, stream in rows))
    return (rows[-1][0] if rows else after), streams


def due(tx: Tx, name: str, now: int, most: int) -> dict[StreamName, int]:
    """Name the streams that a follower looks at again by now, and when, the longest due first."""
    rows = tx.execute(
        "SELECT stream, at FROM follow_next WHERE follower = ? AND at <= ? ORDER BY at LIMIT ?",
        (name, now, most),
    )
    return {StreamName(stream): int(at) for stream, at in rows}


def set_next(
    tx: Tx, name: str, times: Mapping[StreamName, int | None], again: Mapping[StreamName, int]
) -> None:
    """Write down when a follower looks at streams again; `None`: not before an event comes.

    What was marked to be looked at at once after `again` was read stays marked.
    """
    rows = [(name, stream, at, again.get(stream)) for stream, at in times.items()]
    tx.executemany(
        "DELETE FROM follow_next WHERE follower = ?1 AND stream = ?2 AND ?3 IS NULL"
        " AND (at > 0 OR at = ?4)",
        [row for row in rows if row[2] is None],
    )
    tx.executemany(
        "INSERT INTO follow_next VALUES (?1, ?2, ?3)"
        " ON CONFLICT (follower, stream) DO UPDATE SET at = ?3 WHERE at > 0 OR at = ?4",
        [row for row in rows if row[2] is not None],
    )


def look_by(tx: Tx, name: str, times: Mapping[StreamName, int]) -> None:
    """Let a follower look at streams at an instant at the latest; sooner, if it does so anyway."""
    tx.executemany(
        "INSERT INTO follow_next VALUES (?1, ?2, ?3)"
        " ON CONFLICT (follower, stream) DO UPDATE SET at = min(at, ?3)",
        [(name, stream, at) for stream, at in times.items()],
    )


def look_again(tx: Tx, stream: StreamName) -> None:
    """Let every follower that has passed the stream's first event look at it again, at once.

    Each such mark is another number, from 0 down: who read the one before does not take it away.
    """
    tx.execute(
        "INSERT INTO follow_next SELECT f.name, ?1, 0 FROM followers f WHERE f.arrival >="
        " (SELECT min(e.arrival) FROM events e JOIN streams s ON s.id = e.stream WHERE s.name = ?1)"
        " ON CONFLICT (follower, stream) DO UPDATE SET at = min(at - 1, 0)",
        (stream,),
    )


def note_faults(tx: Tx, name: str, faults: Mapping[StreamName, str], now: int) -> None:
    """Write down where a follower failed."""
    tx.executemany(
        "INSERT OR REPLACE INTO follow_faults VALUES (?, ?, ?, ?)",
        [(name, stream, error, now) for stream, error in faults.items()],
    )


def mend(tx: Tx, name: str, streams: Sequence[StreamName]) -> None:
    """Forget failures at streams that were looked at since."""
    tx.executemany(
        "DELETE FROM follow_faults WHERE follower = ? AND stream = ?",
        [(name, stream) for stream in streams],
    )


def faults(tx: Tx) -> tuple[tuple[str, StreamName, str, int], ...]:
    """List where followers failed: which, at what, why, when."""
    rows = tx.execute("SELECT follower, stream, error, at FROM follow_faults ORDER BY at, stream")
    return tuple((name, StreamName(stream), error, at) for name, stream, error, at in rows)


def rewind(tx: Tx, name: str) -> None:
    """Let a follower begin again before the first event."""
    move(tx, name, 0, 0)
    tx.execute("DELETE FROM follow_next WHERE follower = ?", (name,))
    tx.execute("DELETE FROM follow_faults WHERE follower = ?", (name,))
