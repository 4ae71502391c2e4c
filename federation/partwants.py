"""The receiving side of parts: what this node still wants, how often it has asked, what came.

All functions run inside the caller's transaction. A part goes from wanted to gathered (all its
ciphertext is in the table, so a restart loses nothing), is opened outside the transaction, and then
kept. Asks go back N: only the next chunk is taken, a lost one is asked for again.
"""

import logging
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import IntEnum
from itertools import groupby
from typing import Final

from federation import parts, partstore
from federation.errors import BadPartError, NoPartError
from federation.identity import Identity
from federation.partpost import VERSION, ProvenChunk
from federation.parts import PlainPart
from federation.partstore import PreparedPart
from schemas.ids import NodeId, PartDigest, StreamName
from schemas.parts import Ask

log = logging.getLogger(__name__)

CHUNKS_PER_ASK: Final = 4  # 256 KiB on the way: hides the trip to the county, and facts still pass
FIRST_WAIT_MS: Final = 10_000  # a chunk alone takes 8 s on a 64 kbit/s line
LAST_WAIT_MS: Final = 60_000  # back-off stops growing here: a person waits for the scan


class _State(IntEnum):
    WANTED = partstore.WANTED
    GATHERED = 2
    KEPT = 3  # and not yet told to the owner


@dataclass(frozen=True, slots=True)
class Gathered:
    """All of a part's ciphertext, unopened."""

    stream: StreamName
    digest: PartDigest
    sealed_key: bytes = field(repr=False)
    ciphertexts: tuple[bytes, ...] = field(repr=False)


def want(
    tx: sqlite3.Connection,
    stream: StreamName,
    digests: Iterable[PartDigest],
    owner: NodeId,
    now_ms: int,
) -> None:
    """Ask `owner` for parts that `stream` names, until they come.

    Parts that are here or erased are not asked for. Naming another owner starts over with it.
    """
    for digest in digests:
        if partstore.has(tx, digest) or partstore.is_erased(tx, stream, digest):
            continue
        raw = bytes.fromhex(digest)
        row = tx.execute("SELECT owner FROM part_wants WHERE digest = ?", (raw,)).fetchone()
        if row is not None and row[0] == owner:
            continue
        _forget(tx, raw)
        tx.execute(
            "INSERT INTO part_wants (digest, stream, owner, state, sealed_key, chunks, next_chunk,"
            " asked_chunk, attempts, due_at) VALUES (?, ?, ?, ?, x'', 0, 0, 0, 0, ?)",
            (raw, stream, owner, _State.WANTED, now_ms),
        )


def unwant(tx: sqlite3.Connection, digests: Iterable[PartDigest]) -> None:
    """Stop asking for parts, and forget what came of them."""
    for digest in digests:
        _forget(tx, bytes.fromhex(digest))


def due_asks(tx: sqlite3.Connection, me: NodeId, now_ms: int, limit: int) -> list[Ask]:
    """Say what to ask now, longest due first; each waits longer if nothing comes of it.

    What this node itself should have is not asked of anyone: a restored backup lacked it.
    """
    lost = tx.execute(
        "SELECT digest FROM part_wants WHERE owner = ? AND state = ?", (me, _State.WANTED)
    ).fetchall()
    for (digest,) in lost:
        log.warning("part.lost digest=%s", digest.hex())
        _forget(tx, digest)
    rows = tx.execute(
        "SELECT id, digest, stream, owner, next_chunk, attempts FROM part_wants"
        " WHERE state = ? AND due_at <= ? ORDER BY due_at, id LIMIT ?",
        (_State.WANTED, now_ms, limit),
    ).fetchall()
    asks = []
    for want_id, digest, stream, owner, next_chunk, attempts in rows:
        tx.execute(
            "UPDATE part_wants SET asked_chunk = next_chunk, attempts = ?, due_at = ? WHERE id = ?",
            (attempts + 1, now_ms + _wait_ms(attempts), want_id),
        )
        asks.append(Ask(VERSION, me, owner, stream, PartDigest(digest.hex()), next_chunk))
    return asks


def next_due(tx: sqlite3.Connection) -> int | None:
    """Tell when the next ask is due, in milliseconds UTC; `None` if nothing is wanted."""
    row = tx.execute("SELECT min(due_at) FROM part_wants WHERE state = ?", (_State.WANTED,))
    due: int | None = row.fetchone()[0]
    return due


def hasten(tx: sqlite3.Connection, now_ms: int) -> None:
    """Ask for everything again now: the line is back."""
    tx.execute(
        "UPDATE part_wants SET attempts = 0, due_at = ? WHERE state = ? AND attempts > 1",
        (now_ms, _State.WANTED),
    )


def offered(
    tx: sqlite3.Connection, owner: NodeId, digests: Iterable[PartDigest], now_ms: int
) -> None:
    """`owner` says that these have come to it: what is asked of it is asked again now."""
    tx.executemany(
        "UPDATE part_wants SET attempts = 0, due_at = min(due_at, ?)"
        " WHERE digest = ? AND owner = ? AND state = ? AND next_chunk = 0",
        [(now_ms, bytes.fromhex(one), owner, _State.WANTED) for one in digests],
    )


def take(tx: sqlite3.Connection, proven: ProvenChunk, now_ms: int) -> bool:
    """Store a chunk if it is the next one of a part asked of its sender.

    Tells whether the part is now gathered, ready for `gather`. Anything else changes nothing.
    """
    chunk = proven.chunk
    row = tx.execute(
        "SELECT id, sealed_key, chunks, next_chunk, asked_chunk FROM part_wants"
        " WHERE digest = ? AND stream = ? AND owner = ? AND state = ?",
        (bytes.fromhex(chunk.digest), chunk.stream, chunk.sender, _State.WANTED),
    ).fetchone()
    if row is None:
        log.info("part.unasked sender=%s", chunk.sender)
        return False
    want_id, sealed_key, chunks, next_chunk, asked_chunk = row
    if next_chunk and (sealed_key, chunks) != (chunk.sealed_key, chunk.chunks):
        _start_over(tx, want_id, now_ms)  # the owner has sealed it anew: these pieces fit no more
        next_chunk = asked_chunk = 0
    if chunk.chunk != next_chunk:
        return False
    tx.execute(
        "INSERT INTO part_chunks (want, number, ciphertext) VALUES (?, ?, ?)",
        (want_id, chunk.chunk, chunk.ciphertext),
    )
    next_chunk += 1
    is_whole = chunk.chunk + 1 == chunk.chunks
    answered = next_chunk >= asked_chunk + CHUNKS_PER_ASK
    tx.execute(
        "UPDATE part_wants SET sealed_key = ?, chunks = ?, next_chunk = ?, state = ?,"
        " attempts = 0, due_at = ? WHERE id = ?",
        (
            chunk.sealed_key,
            chunk.chunks,
            next_chunk,
            _State.GATHERED if is_whole else _State.WANTED,
            now_ms + (0 if answered else FIRST_WAIT_MS),
            want_id,
        ),
    )
    return is_whole


def gathered(tx: sqlite3.Connection) -> tuple[PartDigest, ...]:
    """Name the parts that are all here and not opened yet: also those from before a restart."""
    rows = tx.execute(
        "SELECT digest FROM part_wants WHERE state = ? ORDER BY id", (_State.GATHERED,)
    )
    return tuple(PartDigest(digest.hex()) for (digest,) in rows)


def gather(tx: sqlite3.Connection, digest: PartDigest) -> Gathered:
    """Read a gathered part's ciphertext. Up to 20 MiB: on a reader. Raises `NoPartError`."""
    row = tx.execute(
        "SELECT id, stream, sealed_key FROM part_wants WHERE digest = ? AND state = ?",
        (bytes.fromhex(digest), _State.GATHERED),
    ).fetchone()
    if row is None:
        raise NoPartError(f"part {digest} is not gathered")
    want_id, stream, sealed_key = row
    pieces = tx.execute(
        "SELECT ciphertext FROM part_chunks WHERE want = ? ORDER BY number", (want_id,)
    )
    return Gathered(stream, digest, sealed_key, tuple(piece for (piece,) in pieces))


def open_gathered(identity: Identity, found: Gathered) -> PlainPart:
    """Open a gathered part and prove its digest. Slow: call it in a thread, then `prepare`.

    Raises `NotForUsError`, `BadPartError` or `TooLargeError`; then `restart`.
    """
    info = parts.info_of(found.stream, found.digest, identity.node)
    key = identity.open_sealed(found.sealed_key, info)
    if len(key) != parts.KEY_BYTES:
        raise BadPartError("the sealed key is no key")
    return parts.assemble(key, found.digest, found.ciphertexts)


def restart(tx: sqlite3.Connection, digest: PartDigest, now_ms: int) -> None:
    """Throw away what was gathered, for it did not open, and ask again later from the start."""
    row = tx.execute(
        "SELECT id FROM part_wants WHERE digest = ?", (bytes.fromhex(digest),)
    ).fetchone()
    if row is not None:
        log.warning("part.did_not_open digest=%s", digest)
        _start_over(tx, row[0], now_ms + LAST_WAIT_MS)


def keep(tx: sqlite3.Connection, prepared: PreparedPart) -> bool:
    """Keep a part that was gathered, opened and prepared; says whether it was new.

    It stands in `completed` until `noted`.
    """
    raw = bytes.fromhex(prepared.digest)
    row = tx.execute("SELECT id, stream FROM part_wants WHERE digest = ?", (raw,)).fetchone()
    if row is None:
        return False  # erased, or no longer wanted, in the meantime
    tx.execute("DELETE FROM part_chunks WHERE want = ?", (row[0],))
    tx.execute("UPDATE part_wants SET state = ? WHERE id = ?", (_State.KEPT, row[0]))
    return partstore.keep(tx, prepared, row[1])


def completed(tx: sqlite3.Connection) -> tuple[tuple[StreamName, tuple[PartDigest, ...]], ...]:
    """Name the parts kept since the last note, by stream: what a `PartsReceived` has to say."""
    rows = tx.execute(
        "SELECT stream, digest FROM part_wants WHERE state = ? ORDER BY stream, id", (_State.KEPT,)
    ).fetchall()
    return tuple(
        (StreamName(stream), tuple(PartDigest(digest.hex()) for _, digest in group))
        for stream, group in groupby(rows, key=lambda row: row[0])
    )


def noted(tx: sqlite3.Connection, digests: Iterable[PartDigest]) -> None:
    """The note was appended in this transaction: take these out of `completed`."""
    for digest in digests:
        tx.execute(
            "DELETE FROM part_wants WHERE digest = ? AND state = ?",
            (bytes.fromhex(digest), _State.KEPT),
        )


def _wait_ms(attempts: int) -> int:
    return min(LAST_WAIT_MS, FIRST_WAIT_MS << min(attempts, 8))


def _start_over(tx: sqlite3.Connection, want_id: int, due_at: int) -> None:
    tx.execute("DELETE FROM part_chunks WHERE want = ?", (want_id,))
    tx.execute(
        "UPDATE part_wants SET state = ?, sealed_key = x'', chunks = 0, next_chunk = 0,"
        " asked_chunk = 0, due_at = ? WHERE id = ?",
        (_State.WANTED, due_at, want_id),
    )


def _forget(tx: sqlite3.Connection, digest: bytes) -> None:
    tx.execute(
        "DELETE FROM part_chunks WHERE want IN (SELECT id FROM part_wants WHERE digest = ?)",
        (digest,),
    )
    tx.execute("DELETE FROM part_wants WHERE digest = ?", (digest,))
