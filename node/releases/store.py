"""The tables of releases: their projection from `release/…` streams, and their queries."""

import sqlite3
from typing import Final

from node.releases import model
from schemas.ids import EventHash, NodeId, StreamName, stream_creator
from schemas.releases import HeldRelease, ReleaseEntry, ReleasePublished, ReleaseView

Tx = sqlite3.Connection

_AT: Final = """
SELECT e.listed, e.head, e.depth FROM release_entries e
WHERE e.stream = :stream AND e.number = (
  SELECT max(number) FROM release_entries
  WHERE stream = e.stream AND listed = e.listed AND number <= :number)
"""
"""Every stream of a release, at the head that it means."""


def list_entries(
    tx: Tx, stream: StreamName, number: int, entries: tuple[ReleaseEntry, ...]
) -> None:
    """Remember what a release changes."""
    tx.executemany(
        "INSERT OR REPLACE INTO release_entries VALUES (?, ?, ?, ?, ?)",
        [
            (stream, one.stream, number, bytes.fromhex(one.head), model.depth_of(one.reach))
            for one in entries
        ],
    )


def publish(tx: Tx, stream: StreamName, published: ReleasePublished, *, at: int) -> None:
    """Remember that a release is complete as listed."""
    changed = tx.execute(
        "SELECT count(*) FROM release_entries WHERE stream = ? AND number = ?",
        (stream, published.number),
    ).fetchone()[0]
    tx.execute(
        "INSERT OR REPLACE INTO releases VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            stream, published.number, published.title, published.document, at, changed,
            published.total, published.digest, published.effective_from,
        ),
    )  # fmt: skip


def forget(tx: Tx, stream: StreamName) -> None:
    """Drop what the projection holds of one stream of releases."""
    tx.execute("DELETE FROM releases WHERE stream = ?", (stream,))
    tx.execute("DELETE FROM release_entries WHERE stream = ?", (stream,))


def latest(tx: Tx, stream: StreamName) -> int:
    """Tell the number of the newest release of a publisher's stream; 0 if there is none."""
    row = tx.execute("SELECT max(number) FROM releases WHERE stream = ?", (stream,)).fetchone()
    return int(row[0] or 0)


def heads(tx: Tx, stream: StreamName, number: int) -> dict[StreamName, EventHash]:
    """Read every stream of a release with its head."""
    rows = tx.execute(_AT, {"stream": stream, "number": number})
    return {StreamName(listed): EventHash(head.hex()) for listed, head, _ in rows}


def missing(tx: Tx, stream: StreamName, number: int, depth: int) -> int:
    """Count the streams of a release that reach down to `depth` and are not here at that head.

    What is here counts whatever it does: a branch or a fault in one stream holds up no other.
    """
    row = tx.execute(
        f"SELECT count(*) FROM ({_AT} AND e.depth >= :depth) listed"  # noqa: S608
        " WHERE NOT EXISTS (SELECT 1 FROM events v JOIN streams s ON s.id = v.stream"
        " WHERE v.hash = listed.head AND s.name = listed.listed)",
        {"stream": stream, "number": number, "depth": depth},
    ).fetchone()
    return int(row[0])


def counts(tx: Tx, stream: StreamName, number: int, depth: int) -> tuple[int, int, int]:
    """Count the streams of a release that reach down to `depth`, all its items, and those items."""
    row = tx.execute(
        "SELECT coalesce(sum(depth >= :depth), 0), coalesce(sum(listed LIKE 'item/%'), 0),"  # noqa: S608
        f" coalesce(sum(depth >= :depth AND listed LIKE 'item/%'), 0) FROM ({_AT})",
        {"stream": stream, "number": number, "depth": depth},
    ).fetchone()
    return int(row[0]), int(row[1]), int(row[2])


def listed(tx: Tx, stream: StreamName, number: int) -> tuple[StreamName, ...]:
    """Name the streams that a release changes."""
    rows = tx.execute(
        "SELECT listed FROM release_entries WHERE stream = ? AND number = ? ORDER BY listed",
        (stream, number),
    )
    return tuple(StreamName(one) for (one,) in rows)


def all_streams(tx: Tx) -> tuple[StreamName, ...]:
    """Name every stream of releases known here that has published something."""
    rows = tx.execute("SELECT DISTINCT stream FROM releases ORDER BY stream")
    return tuple(StreamName(stream) for (stream,) in rows)


def own_stream(tx: Tx, me: NodeId) -> StreamName | None:
    """Find the stream in which this node releases: the first that it began and holds."""
    row = tx.execute(
        "SELECT name FROM streams WHERE kind = 'release' AND holder = ? AND name LIKE ?"
        " ORDER BY name LIMIT 1",
        (me, f"release/{me}/%"),
    ).fetchone()
    return None if row is None else StreamName(row[0])


def told(tx: Tx, head: EventHash) -> tuple[StreamName, ...]:
    """Note that a listed stream has got this head; name the releases that may be whole now.

    Only the newest release of each publisher is counted down.
    """
    rows = tx.execute(
        "UPDATE release_held SET missing = missing - 1 WHERE stream IN ("
        " SELECT e.stream FROM release_entries e WHERE e.head = ? AND e.number = ("
        "  SELECT max(number) FROM release_entries WHERE stream = e.stream AND listed = e.listed))"
        " AND missing > 0 RETURNING stream, missing",
        (bytes.fromhex(head),),
    ).fetchall()
    return tuple(StreamName(stream) for stream, left in rows if left == 0)


def held_numbers(tx: Tx) -> dict[StreamName, int]:
    """Tell the newest release held whole, of every publisher."""
    rows = tx.execute("SELECT stream, number FROM release_held")
    return {StreamName(stream): number for stream, number in rows}


def held_number(tx: Tx, stream: StreamName) -> int:
    """Tell the newest release of a publisher that is held whole; 0 if none."""
    row = tx.execute("SELECT number FROM release_held WHERE stream = ?", (stream,)).fetchone()
    return 0 if row is None else int(row[0])


def set_held(tx: Tx, stream: StreamName, number: int, missing_of_newest: int) -> None:
    """Remember the newest release held whole, and what the newest of all still lacks."""
    tx.execute(
        "INSERT INTO release_held VALUES (?1, ?2, ?3)"
        " ON CONFLICT DO UPDATE SET number = max(number, ?2), missing = ?3",
        (stream, number, missing_of_newest),
    )


def incomplete(tx: Tx) -> tuple[StreamName, ...]:
    """Name the publishers of whose newest release something is not here."""
    rows = tx.execute(
        "SELECT h.stream FROM release_held h WHERE h.number <"
        " (SELECT max(number) FROM releases WHERE stream = h.stream)"
    )
    return tuple(StreamName(stream) for (stream,) in rows)


def view(tx: Tx, stream: StreamName, number: int) -> ReleaseView | None:
    """Read one release."""
    return next((one for one in releases(tx, stream) if one.number == number), None)


def releases(tx: Tx, stream: StreamName) -> tuple[ReleaseView, ...]:
    """List a publisher's releases, newest first."""
    rows = tx.execute(
        "SELECT number, title, document, published_at, changed, total, digest, effective_from"
        " FROM releases"
        " WHERE stream = ? ORDER BY number DESC",
        (stream,),
    )
    return tuple(
        ReleaseView(
            stream=stream, publisher=stream_creator(stream), number=number, title=title,
            document=document, published_at=at, changed=changed, total=total, digest=digest,
            effective_from=effective_from,
        )
        for number, title, document, at, changed, total, digest, effective_from in rows
    )  # fmt: skip


def held(tx: Tx, stream: StreamName, me: NodeId, number: int) -> HeldRelease:
    """Say what this node has of the newest release, given the newest that it holds whole."""
    depth = model.depth_at(me)
    newest = latest(tx, stream)
    total = tx.execute(
        "SELECT total FROM releases WHERE stream = ? AND number = ?", (stream, newest)
    ).fetchone()
    concerning, items, items_concerning = counts(tx, stream, newest, depth)
    return HeldRelease(
        stream=stream,
        publisher=stream_creator(stream),
        held=number,
        latest=newest,
        missing=missing(tx, stream, newest, depth),
        total=int(total[0]) if total else 0,
        concerning=concerning,
        items=items,
        items_concerning=items_concerning,
    )
