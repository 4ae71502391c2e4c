"""What can be done with counts, inside the caller's Work: keep what streams add."""

from collections.abc import Sequence

from node.appraisal import store
from node.appraisal.shares import Measured, Share
from node.database import Tx
from node.work import Work
from schemas.ids import StreamName


def keep(work: Work, measured: Sequence[Measured]) -> int:
    """Put what streams add now in the place of what they added before; tell how many changed."""
    return store.keep(work.tx, measured)


def shares_of(tx: Tx, stream: StreamName) -> tuple[Share, ...]:
    """Tell what a stream adds; nothing if it is counted nowhere."""
    row = store.row_of(tx, stream)
    return () if row is None else store.shares_of(row, store.subjects_by_id(tx))
