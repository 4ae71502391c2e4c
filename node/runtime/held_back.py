"""What waits behind a revoked key: a person adopts it or leaves it (protocol §2.3)."""

from typing import Final

from node.database import Tx
from schemas import control as c
from schemas.ids import NodeId, StreamName

MOST_LISTED: Final = 500


def waiting(tx: Tx) -> c.HeldBackList:
    """List the streams whose last events do not count yet."""
    rows = tx.execute(
        "SELECT s.name, s.tip_seq - s.head_seq, e.node, e.holder FROM streams s"
        " JOIN events e ON e.hash = s.tip WHERE s.tip <> s.head ORDER BY s.id LIMIT ?",
        (MOST_LISTED,),
    )
    return c.HeldBackList(
        streams=tuple(
            c.HeldBack(
                stream=StreamName(name), events=count, author=NodeId(author), holder=NodeId(holder)
            )
            for name, count, author, holder in rows.fetchall()
        )
    )
