"""The tables of lists: what the rows share, and one sealed row a person. Decides nothing."""

from dataclasses import dataclass
from typing import Final

from node.database import Tx
from schemas.ids import StaffId

MOST_LISTED: Final = 20


@dataclass(frozen=True, slots=True)
class Kept:
    """A list as it is kept."""

    id: str
    item: str
    sealed: bytes
    at: int


@dataclass(frozen=True, slots=True)
class KeptRow:
    """A row as it is kept: `number` is the case that it became, empty until then."""

    row: int
    sealed: bytes
    number: str
    fault: str


@dataclass(frozen=True, slots=True)
class Sum:
    """A list in short."""

    id: str
    item: str
    at: int
    rows: int
    taken: int


def insert(tx: Tx, kept: Kept, owner: StaffId) -> None:
    """Add a list."""
    tx.execute(
        "INSERT INTO intake_lists (id, staff, item, sealed, at) VALUES (?, ?, ?, ?, ?)",
        (kept.id, owner, kept.item, kept.sealed, kept.at),
    )


def find(tx: Tx, named: str, owner: StaffId) -> Kept | None:
    """Find a list of this person."""
    row = tx.execute(
        "SELECT id, item, sealed, at FROM intake_lists WHERE id = ? AND staff = ?", (named, owner)
    ).fetchone()
    return None if row is None else Kept(*row)


def save(tx: Tx, named: str, sealed: bytes, at: int) -> None:
    """Write what the rows share."""
    tx.execute("UPDATE intake_lists SET sealed = ?, at = ? WHERE id = ?", (sealed, at, named))


def of(tx: Tx, owner: StaffId) -> tuple[Sum, ...]:
    """List this person's lists, latest first."""
    rows = tx.execute(
        "SELECT l.id, l.item, l.at, count(r.row), coalesce(sum(r.number <> ''), 0)"
        " FROM intake_lists l LEFT JOIN intake_list_rows r ON r.list = l.id WHERE l.staff = ?"
        " GROUP BY l.id ORDER BY l.at DESC LIMIT ?",
        (owner, MOST_LISTED),
    )
    return tuple(Sum(*row) for row in rows)


def older_than(tx: Tx, at: int, most: int) -> tuple[str, ...]:
    """Name lists that nobody touched since `at`."""
    rows = tx.execute("SELECT id FROM intake_lists WHERE at < ? ORDER BY at LIMIT ?", (at, most))
    return tuple(row[0] for row in rows)


def drop(tx: Tx, named: str) -> None:
    """Forget a list, overwriting it first: a deleted row's bytes stay behind."""
    tx.execute(
        "UPDATE intake_list_rows SET sealed = zeroblob(length(sealed)) WHERE list = ?", (named,)
    )
    tx.execute("UPDATE intake_lists SET sealed = zeroblob(length(sealed)) WHERE id = ?", (named,))
    tx.execute("DELETE FROM intake_list_rows WHERE list = ?", (named,))
    tx.execute("DELETE FROM intake_lists WHERE id = ?", (named,))


# ---- rows


def rows(tx: Tx, named: str) -> tuple[KeptRow, ...]:
    """List the rows in the order in which they were typed."""
    found = tx.execute(
        "SELECT row, sealed, number, fault FROM intake_list_rows WHERE list = ? ORDER BY row",
        (named,),
    )
    return tuple(KeptRow(*row) for row in found)


def put(tx: Tx, named: str, row: int, sealed: bytes) -> None:
    """Write a row that is no case yet: what was wrong with it before is forgotten."""
    tx.execute(
        "INSERT INTO intake_list_rows (list, row, sealed, number, fault) VALUES (?, ?, ?, '', '')"
        " ON CONFLICT (list, row) DO UPDATE SET sealed = excluded.sealed, fault = ''"
        " WHERE number = ''",
        (named, row, sealed),
    )


def remove(tx: Tx, named: str, row: int) -> None:
    """Forget a row that is no case yet, overwriting it first."""
    tx.execute(
        "UPDATE intake_list_rows SET sealed = zeroblob(length(sealed))"
        " WHERE list = ? AND row = ? AND number = ''",
        (named, row),
    )
    tx.execute(
        "DELETE FROM intake_list_rows WHERE list = ? AND row = ? AND number = ''", (named, row)
    )


def finish(tx: Tx, named: str, row: int, number: str) -> None:
    """Forget what was typed and keep the case's number, so that sending twice finds it."""
    tx.execute(
        "UPDATE intake_list_rows SET sealed = x'', number = ?, fault = ''"
        " WHERE list = ? AND row = ?",
        (number, named, row),
    )


def fail(tx: Tx, named: str, row: int, fault: str) -> None:
    """Note why a row was not taken."""
    tx.execute(
        "UPDATE intake_list_rows SET fault = ? WHERE list = ? AND row = ? AND number = ''",
        (fault, named, row),
    )
