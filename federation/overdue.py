"""What has waited too long: a finding for a person, and a new survey with whoever sent it.

Waiting events are never dropped (protocol §4.4); the survey brings what they wait for, if the
neighbour has it.
"""

import sqlite3
from datetime import timedelta
from typing import Final

from federation import directory, links
from federation.link import Link
from schemas.ids import NodeId

OVERDUE_MS: Final = timedelta(hours=24) // timedelta(milliseconds=1)
AT_ONCE: Final = 100  # told at one look; the others at the next


def is_any(tx: sqlite3.Connection, *, now: int) -> bool:
    """Say whether anything is overdue that no finding tells of yet."""
    return bool(_overdue(tx, now))


def look(tx: sqlite3.Connection, link: Link, *, now: int) -> tuple[NodeId, ...]:
    """Note what has waited for over a day, once each; name the neighbours that are asked again."""
    rows = _overdue(tx, now)
    for _, stream, wants in rows:
        directory.note_finding(tx, "parked", stream, wants, now)
    asked: list[NodeId] = []
    for peer in dict.fromkeys(peer for peer, _, _ in rows):
        row = links.load(tx, peer)
        if row is not None and row.open == links.OPEN:
            link.renew(tx, row)
            asked.append(peer)
    return tuple(asked)


def _overdue(tx: sqlite3.Connection, now: int) -> list[tuple[NodeId, str, str]]:
    rows = tx.execute(
        "SELECT peer, stream, wants FROM parked p WHERE received_at < ? AND NOT EXISTS ("
        " SELECT 1 FROM network_findings f WHERE f.kind = 'parked' AND f.subject = p.stream"
        " AND f.detail = p.wants) ORDER BY received_at LIMIT ?",
        (now - OVERDUE_MS, AT_ONCE),
    )
    return [(NodeId(peer), stream, wants) for peer, stream, wants in rows.fetchall()]
