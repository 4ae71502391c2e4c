"""Which cases there are, whoever asks: for what looks at all of them, never for a person."""

from node.database import Tx
from schemas.ids import StreamName


def since(tx: Tx, instant: int) -> tuple[StreamName, ...]:
    """Name the cases that were not closed before an instant, in the order in which they came."""
    rows = tx.execute(
        "SELECT stream FROM cases WHERE closed_at IS NULL OR closed_at >= ? ORDER BY id", (instant,)
    )
    return tuple(StreamName(stream) for (stream,) in rows)


def latest(tx: Tx, most: int) -> tuple[StreamName, ...]:
    """Name the cases that came last, the latest first."""
    rows = tx.execute("SELECT stream FROM cases ORDER BY id DESC LIMIT ?", (most,))
    return tuple(StreamName(stream) for (stream,) in rows)
