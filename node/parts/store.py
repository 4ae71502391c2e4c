"""The table `uploads`: plain SQL, no decisions."""

import msgspec

from federation.partstore import PreparedPart
from node.database import Tx
from node.parts.model import SharedFrom
from schemas.ids import PartDigest, StaffId


def insert(
    tx: Tx, staff: StaffId, prepared: PreparedPart, *, media: str, size: int, now_ms: int
) -> None:
    """Hold a prepared part for `staff`."""
    tx.execute(
        "INSERT INTO uploads (digest, staff, media, bytes, file, wrapped, chunks, at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            bytes.fromhex(prepared.digest), staff, media, size, prepared.file, prepared.wrapped,
            prepared.chunks, now_ms,
        ),
    )  # fmt: skip


def find(tx: Tx, staff: StaffId, digest: PartDigest, *, since_ms: int) -> PreparedPart | None:
    """Find what `staff` uploaded since then."""
    row = tx.execute(
        "SELECT file, wrapped, chunks FROM uploads WHERE digest = ? AND staff = ? AND at >= ?",
        (bytes.fromhex(digest), staff, since_ms),
    ).fetchone()
    return PreparedPart(digest, *row) if row else None


def note_shared(tx: Tx, digest: PartDigest, shared: SharedFrom) -> None:
    """Remember that an upload is a copy of a paper verified before."""
    tx.execute(
        "UPDATE uploads SET shared = ? WHERE digest = ?",
        (msgspec.msgpack.encode(shared), bytes.fromhex(digest)),
    )


def shared_of(tx: Tx, digest: PartDigest) -> SharedFrom | None:
    """Say what an upload is a copy of; `None` if it was scanned."""
    row = tx.execute(
        "SELECT shared FROM uploads WHERE digest = ?", (bytes.fromhex(digest),)
    ).fetchone()
    if row is None or row[0] is None:
        return None
    return msgspec.msgpack.decode(row[0], type=SharedFrom)


def held_bytes(tx: Tx, staff: StaffId, *, since_ms: int) -> int:
    """Tell how much is held for `staff`."""
    row = tx.execute(
        "SELECT coalesce(sum(bytes), 0) FROM uploads WHERE staff = ? AND at >= ?", (staff, since_ms)
    ).fetchone()
    return int(row[0])


def held_files(tx: Tx, *, since_ms: int) -> frozenset[str]:
    """Name the files of everything uploaded since then."""
    rows = tx.execute("SELECT file FROM uploads WHERE at >= ?", (since_ms,))
    return frozenset(file for (file,) in rows)


def drop(tx: Tx, digest: PartDigest) -> None:
    """Hold it no longer."""
    tx.execute("DELETE FROM uploads WHERE digest = ?", (bytes.fromhex(digest),))


def drop_older(tx: Tx, before_ms: int, most: int) -> None:
    """Hold some of what is too old no longer; the files go with the part store's sweep."""
    tx.execute(
        "DELETE FROM uploads WHERE id IN (SELECT id FROM uploads WHERE at < ? ORDER BY at LIMIT ?)",
        (before_ms, most),
    )
