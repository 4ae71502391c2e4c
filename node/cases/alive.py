"""Which cases there are, whoever asks: for what looks at all of them, never for a person."""

from node.database import Tx
from schemas.ids import NodeId, StreamName


def since(
    tx: Tx, instant: int, place: NodeId, *, after: int, most: int
) -> tuple[tuple[int, StreamName], ...]:
    """Name the cases that were not closed before an instant, each with its number in the order.

    In the order in which they came, behind a number; of those alone that were taken, or whose
    matter is, at a place or below it.
    """
    rows = tx.execute(
        "SELECT id, stream FROM cases WHERE id > ?4 AND (closed_at IS NULL OR closed_at >= ?1)"
        " AND (origin BETWEEN ?2 AND ?3 OR place BETWEEN ?2 AND ?3) ORDER BY id LIMIT ?5",
        (instant, place, f"{place}:", after, most),  # the colon comes right behind the digits
    )
    return tuple((int(number), StreamName(stream)) for number, stream in rows)


def latest(tx: Tx, most: int) -> tuple[StreamName, ...]:
    """Name the cases that came last, the latest first."""
    rows = tx.execute("SELECT stream FROM cases ORDER BY id DESC LIMIT ?", (most,))
    return tuple(StreamName(stream) for (stream,) in rows)
