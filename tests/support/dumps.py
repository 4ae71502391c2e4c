"""Derived tables as values, to be compared."""

import sqlite3

from node.runtime.derived import DERIVED, columns


def dump(tx: sqlite3.Connection) -> dict[str, list[tuple[object, ...]]]:
    """Read every derived table whole, in an order of its own values."""
    return {
        one.table: sorted(
            tx.execute(f"SELECT {', '.join(columns(tx, one))} FROM {one.table}").fetchall(),  # noqa: S608
            key=repr,
        )
        for one in DERIVED
    }
