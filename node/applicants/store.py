"""The table of applicants: sealed at rest, found only by the hash of a full value."""

import sqlite3
from typing import Final

from node.applicants.model import SealedApplicant
from schemas.ids import PartDigest, StreamName

Tx = sqlite3.Connection

FOLLOWED: Final = 500  # cases of one name: more says that the name alone finds nobody


def put(tx: Tx, stream: StreamName, applicant: SealedApplicant) -> None:
    """Remember who applies in `stream`."""
    tx.execute(
        "INSERT OR REPLACE INTO applicants VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            applicant.part,
            stream,
            applicant.sealed,
            applicant.name,
            applicant.id_number,
            applicant.phone,
            applicant.agent,
        ),
    )


def forget(tx: Tx, stream: StreamName, part: PartDigest) -> None:
    """Drop what was read from a part, overwriting it first: a deleted row's bytes stay behind."""
    tx.execute(
        "UPDATE applicants SET sealed = zeroblob(length(sealed)), name = x'', id_number = x'',"
        " phone = x'', agent = NULL WHERE part = ? AND stream = ?",
        (part, stream),
    )
    tx.execute("DELETE FROM applicants WHERE part = ? AND stream = ?", (part, stream))


def sealed_of(tx: Tx, stream: StreamName) -> tuple[PartDigest, bytes] | None:
    """The sealed applicant of a case, with the part it was read from."""
    row = tx.execute(
        "SELECT part, sealed FROM applicants WHERE stream = ? ORDER BY part LIMIT 1", (stream,)
    ).fetchone()
    return None if row is None else (PartDigest(row[0]), bytes(row[1]))


def find(tx: Tx, hashes: tuple[bytes, bytes, bytes]) -> tuple[StreamName, ...]:
    """Name the cases whose applicant has this name, ID number or phone (their hashes)."""
    rows = tx.execute(
        "SELECT stream FROM applicants WHERE name = ? UNION"
        " SELECT stream FROM applicants WHERE id_number = ? UNION"
        " SELECT stream FROM applicants WHERE phone = ? LIMIT ?",
        (*hashes, FOLLOWED),
    )
    return tuple(StreamName(stream) for (stream,) in rows)


def cases_of(tx: Tx, id_hash: bytes) -> tuple[StreamName, ...]:
    """Name the cases whose applicant has this ID number (its hash)."""
    rows = tx.execute(
        "SELECT stream FROM applicants WHERE id_number = ? LIMIT ?", (id_hash, FOLLOWED)
    )
    return tuple(StreamName(stream) for (stream,) in rows)


def id_hash_of(tx: Tx, stream: StreamName) -> bytes | None:
    """The hash of the ID number of a case's applicant."""
    row = tx.execute(
        "SELECT id_number FROM applicants WHERE stream = ? ORDER BY part LIMIT 1", (stream,)
    ).fetchone()
    return None if row is None else bytes(row[0])


def agent_hash_of(tx: Tx, stream: StreamName) -> bytes | None:
    """The hash of the ID number of who acts for a case's applicant."""
    row = tx.execute(
        "SELECT agent FROM applicants WHERE stream = ? ORDER BY part LIMIT 1", (stream,)
    ).fetchone()
    return None if row is None or row[0] is None else bytes(row[0])


def wrapped_secret(tx: Tx) -> bytes | None:
    """The wrapped hash key; `None` on a new node."""
    row = tx.execute("SELECT wrapped FROM applicants_secret").fetchone()
    return None if row is None else bytes(row[0])


def keep_secret(tx: Tx, wrapped: bytes) -> None:
    """Keep the wrapped hash key."""
    tx.execute("INSERT INTO applicants_secret VALUES (1, ?)", (wrapped,))
