"""The tables `arriving` and `arriving_pieces`: plain SQL, no decisions."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from node.database import Tx
from schemas.ids import StaffId

_ROW: Final = "SELECT id, name, bytes, got, crc, answer FROM arriving"


@dataclass(frozen=True, slots=True)
class Row:
    """A file under way."""

    id: int
    name: str
    size: int
    got: int
    crc: int
    answer: bytes | None

    def grown(self, by: int, crc: int) -> "Row":
        """Give it as it is with one more piece."""
        return replace(self, got=self.got + by, crc=crc)


def insert(tx: Tx, staff: StaffId, *, key: bytes, name: str, size: int, now_ms: int) -> None:
    """Add a file of which nothing is here."""
    tx.execute(
        "INSERT INTO arriving (name, staff, key, bytes, got, crc, at) VALUES (?, ?, ?, ?, 0, 0, ?)",
        (name, staff, key, size, now_ms),
    )


def by_key(tx: Tx, staff: StaffId, key: bytes) -> Row | None:
    """Find what this person sends under a key."""
    row = tx.execute(f"{_ROW} WHERE staff = ? AND key = ?", (staff, key)).fetchone()
    return None if row is None else Row(*row)


def find(tx: Tx, staff: StaffId, name: str) -> Row | None:
    """Find a file that this person sends."""
    row = tx.execute(f"{_ROW} WHERE staff = ? AND name = ?", (staff, name)).fetchone()
    return None if row is None else Row(*row)


def add(tx: Tx, before: Row, sealed: bytes, now: Row, *, at_ms: int) -> None:
    """Keep a piece; `now` is the row with it."""
    tx.execute(
        "INSERT INTO arriving_pieces (arriving, start, sealed) VALUES (?, ?, ?)",
        (before.id, before.got, sealed),
    )
    tx.execute(
        "UPDATE arriving SET got = ?, crc = ?, at = ? WHERE id = ?",
        (now.got, now.crc, at_ms, now.id),
    )


def pieces(tx: Tx, file: int) -> Iterator[tuple[int, bytes]]:
    """Give the pieces in order, each with where it begins."""
    yield from tx.execute(
        "SELECT start, sealed FROM arriving_pieces WHERE arriving = ? ORDER BY start", (file,)
    )


def finish(tx: Tx, file: int, answer: bytes, *, at_ms: int) -> None:
    """Keep what it became, and forget its pieces."""
    tx.execute("DELETE FROM arriving_pieces WHERE arriving = ?", (file,))
    tx.execute("UPDATE arriving SET answer = ?, at = ? WHERE id = ?", (answer, at_ms, file))


def drop(tx: Tx, file: int) -> None:
    """Forget a file and its pieces, which lie sealed."""
    tx.execute("DELETE FROM arriving_pieces WHERE arriving = ?", (file,))
    tx.execute("DELETE FROM arriving WHERE id = ?", (file,))


def older_than(tx: Tx, at_ms: int, most: int) -> tuple[int, ...]:
    """Name files that nobody went on with since then."""
    rows = tx.execute("SELECT id FROM arriving WHERE at < ? ORDER BY at LIMIT ?", (at_ms, most))
    return tuple(row[0] for row in rows)


def but_for_latest(tx: Tx, staff: StaffId, most: int) -> tuple[int, ...]:
    """Name the files of a person but for the latest `most`."""
    rows = tx.execute(
        "SELECT id FROM arriving WHERE staff = ? ORDER BY at DESC, id DESC LIMIT -1 OFFSET ?",
        (staff, most),
    )
    return tuple(row[0] for row in rows)
