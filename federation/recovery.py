"""Whether this node was restored and has not yet heard from all its neighbours.

Until then it appends to nothing shared and serves no part: what a backup holds may have been
destroyed since, and only the neighbours know (protocol §4.5, §5.4).
"""

import sqlite3
from typing import Final

from federation.errors import RecoveringError

RECOVERING: Final = "recovering"
"""Name of the fact, in `local_facts`."""


def is_recovering(tx: sqlite3.Connection) -> bool:
    """Say whether the node still waits for a neighbour's answer."""
    row = tx.execute("SELECT value FROM local_facts WHERE name = ?", (RECOVERING,)).fetchone()
    return row is not None


def require_recovered(tx: sqlite3.Connection) -> None:
    """Go on only if this node knows what its neighbours know. Raises `RecoveringError`."""
    if is_recovering(tx):
        rows = tx.execute(
            "SELECT peer FROM links WHERE open = 1 AND answered = 0 AND waived = 0 ORDER BY peer"
        )
        raise RecoveringError(tuple(peer for (peer,) in rows))
