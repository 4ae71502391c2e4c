"""Which tables are derived from streams, and how a fresh fold of them is compared with a store's.

Everything named here can be dropped and folded again; everything else is kept for ever or is
nobody's truth but this node's (`KEPT`). A test holds that each table is in one of the two lists.
"""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

Tx = sqlite3.Connection


@dataclass(frozen=True, slots=True)
class Derived:
    """One derived table."""

    table: str
    stream: str = ""
    """SQL for the name of the stream that a row comes from; empty for sums over many."""
    local: frozenset[str] = frozenset()
    """Columns that this node alone decides: not compared."""


NODE: Final = "'node/' || node"
DERIVED: Final = (
    Derived("node_records", NODE),
    Derived("node_keys", NODE),
    Derived("signers", NODE),
    Derived("revocations", NODE),
    Derived("items", "stream"),
    Derived("cases", "stream"),
    Derived("case_findings", "stream"),
    Derived("case_notes", "stream"),
    Derived("case_routes"),
    Derived("case_counts"),
    Derived("wishes", "stream", frozenset({"id", "granted"})),
)
FROM_PARTS: Final = frozenset({"applicants"})
"""Derived from parts under this node's keys: made again from the files, never compared."""
KEPT: Final = frozenset(
    {
        "migrations", "streams", "events", "parked", "links", "outbox", "surveyed", "refusals",
        "network_findings", "local_facts", "invitations", "departments", "staff", "case_serials",
        "applicants_secret", "part_keys", "part_erasures", "part_wants", "part_chunks",
        "part_served", "uploads", "sessions", "answers", "drafts", "person_views",
    }
)  # fmt: skip


def columns(tx: Tx, one: Derived) -> list[str]:
    """Name the columns that a comparison looks at."""
    rows = tx.execute("SELECT name FROM pragma_table_info(?)", (one.table,)).fetchall()
    return [name for (name,) in rows if name not in one.local]


def differing(tx: Tx, one: Derived, fresh: str) -> Iterator[str]:
    """Name the streams whose rows in the store differ from those in the attached schema `fresh`.

    For a sum over many streams: one empty name if anything differs.
    """
    said = ", ".join(columns(tx, one))
    where = one.stream or "''"
    ours, theirs = f"main.{one.table}", f"{fresh}.{one.table}"
    rows = tx.execute(
        f"SELECT DISTINCT {where} FROM ("  # noqa: S608  # names of our own tables
        f"SELECT * FROM (SELECT {said} FROM {ours} EXCEPT SELECT {said} FROM {theirs})"
        f" UNION ALL SELECT * FROM (SELECT {said} FROM {theirs} EXCEPT SELECT {said} FROM {ours}))"
        " ORDER BY 1"
    )
    for (name,) in rows:
        yield str(name)
