"""The table of drafts: one row an unfinished intake, sealed. Decides nothing."""

from dataclasses import dataclass
from typing import Final

from node.database import Tx
from schemas.ids import StaffId

MOST_LISTED: Final = 20


@dataclass(frozen=True, slots=True)
class Row:
    """A draft as it is kept. `number` is the case that it became; empty until then."""

    id: str
    item: str
    sealed: bytes
    number: str
    at: int


def insert(tx: Tx, row: Row, owner: StaffId) -> None:
    """Add a draft."""
    tx.execute(
        "INSERT INTO drafts (id, staff, item, sealed, number, at) VALUES (?, ?, ?, ?, ?, ?)",
        (row.id, owner, row.item, row.sealed, row.number, row.at),
    )


def find(tx: Tx, draft: str, owner: StaffId) -> Row | None:
    """Find a draft of this person."""
    row = tx.execute(
        "SELECT id, item, sealed, number, at FROM drafts WHERE id = ? AND staff = ?",
        (draft, owner),
    ).fetchone()
    return None if row is None else Row(*row)


def unfinished(tx: Tx, owner: StaffId) -> tuple[Row, ...]:
    """List the drafts of this person that became no case, latest first."""
    rows = tx.execute(
        "SELECT id, item, x'', number, at FROM drafts WHERE staff = ? AND number = ''"
        " ORDER BY at DESC LIMIT ?",
        (owner, MOST_LISTED),
    )
    return tuple(Row(*row) for row in rows)


def uses(tx: Tx, since: int) -> dict[str, int]:
    """Count by item what everybody here took in since then."""
    rows = tx.execute(
        "SELECT item, count(*) FROM drafts WHERE number <> '' AND at >= ? GROUP BY item", (since,)
    )
    return dict(rows.fetchall())


def save(tx: Tx, draft: str, sealed: bytes, at: int) -> None:
    """Write what was typed."""
    tx.execute("UPDATE drafts SET sealed = ?, at = ? WHERE id = ?", (sealed, at, draft))


def finish(tx: Tx, draft: str, number: str) -> None:
    """Forget what was typed and keep the case's number, so that sending twice finds it."""
    tx.execute("UPDATE drafts SET sealed = x'', number = ? WHERE id = ?", (number, draft))


def drop(tx: Tx, draft: str) -> None:
    """Forget a draft, overwriting it first: a deleted row's bytes stay behind."""
    tx.execute("UPDATE drafts SET sealed = zeroblob(length(sealed)) WHERE id = ?", (draft,))
    tx.execute("DELETE FROM drafts WHERE id = ?", (draft,))


def older_than(tx: Tx, at: int, most: int) -> tuple[str, ...]:
    """Name drafts that nobody touched since `at`."""
    rows = tx.execute("SELECT id FROM drafts WHERE at < ? ORDER BY at LIMIT ?", (at, most))
    return tuple(row[0] for row in rows)
