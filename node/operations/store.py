"""The drills that were done here."""

from node.database import Tx
from schemas.operations import Drill


def add(tx: Tx, drill: Drill) -> None:
    """Keep a drill."""
    tx.execute(
        "INSERT INTO drills (backup, began_at, ended_at, clean, events, streams, parts, faults,"
        " said) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            drill.backup, drill.began_at, drill.ended_at, drill.clean, drill.events, drill.streams,
            drill.parts, drill.faults, drill.said,
        ),
    )  # fmt: skip


def last(tx: Tx) -> Drill | None:
    """Read the last drill."""
    row = tx.execute(
        "SELECT backup, began_at, ended_at, clean, events, streams, parts, faults, said"
        " FROM drills ORDER BY id DESC LIMIT 1"
    ).fetchone()
    if row is None:
        return None
    backup, began_at, ended_at, clean, events, streams, parts, faults, said = row
    return Drill(
        backup=backup, began_at=began_at, ended_at=ended_at, clean=bool(clean), events=events,
        streams=streams, parts=parts, faults=faults, said=said,
    )  # fmt: skip
