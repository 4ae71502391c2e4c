"""Which bad ratings, complaints and questions there are, whoever asks: for what looks at all."""

from node.database import Tx
from schemas.ids import NodeId, StreamName


def since(tx: Tx, instant: int, place: NodeId) -> tuple[StreamName, ...]:
    """Name the matters that were not closed before an instant, the oldest first.

    Of those alone that are about a place or held by it, or by one below it.
    """
    rows = tx.execute(
        "SELECT stream FROM redress"
        " WHERE (state <> 'closed' OR json_extract(known, '$.view.closed_at') >= ?1)"
        " AND (subject BETWEEN ?2 AND ?3 OR holder BETWEEN ?2 AND ?3)"
        " ORDER BY opened_at, stream",
        (instant, place, f"{place}:"),  # the colon comes right behind the digits
    )
    return tuple(StreamName(stream) for (stream,) in rows)
