"""Reads for a recount: rows and sums, a part at a time, so that none of them fills the memory."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from node.appraisal import store
from node.appraisal.store import Row
from node.database import Tx
from schemas.appraisal import Grain
from schemas.ids import StreamName


def rows_after(tx: Tx, row: int, most: int) -> tuple[Row, ...]:
    """List rows behind one, in the order of their ids."""
    found = tx.execute(
        "SELECT id, stream, counted, number, item_name, shares FROM measured"
        " WHERE id > ? ORDER BY id LIMIT ?",
        (row, most),
    )
    return tuple(store.read_rows(found))


def months(tx: Tx) -> tuple[int, ...]:
    """Name the months of which anything is kept, as sums or as rows."""
    found = tx.execute(
        "SELECT DISTINCT CASE WHEN period > ?1 THEN period / ?2 ELSE period END FROM counts"
        " WHERE period <> ?3 UNION SELECT month FROM measured_months",
        (store.LAST_MONTH, store.IN_MONTH, store.EVER),
    )
    return tuple(sorted(month for (month,) in found))


def rows_of_month(tx: Tx, month: int) -> Iterator[Row]:
    """Give each row that adds anything in a month: whatever is counted is counted for a place."""
    found = tx.execute(
        "SELECT id, stream, counted, number, item_name, shares FROM measured WHERE id IN"
        " (SELECT m.row FROM measured_subjects s JOIN measured_months m ON m.subject = s.id"
        " WHERE s.grain = ? AND m.month = ?)",
        (Grain.PLACE, month),
    )
    return store.read_rows(found)


def sums_of_month(tx: Tx, month: int) -> dict[tuple[int, int, int], int]:
    """Give every sum of a month and of its days that is not nothing."""
    rows = tx.execute(
        "SELECT period, subject, measure, n FROM counts"
        " WHERE n <> 0 AND (period = ?1 OR (period > ?1 * ?2 AND period < (?1 + 1) * ?2))",
        (month, store.IN_MONTH),
    )
    return {(period, subject, measure): n for period, subject, measure, n in rows}


def sums_for_ever(tx: Tx) -> dict[tuple[int, int, int], int]:
    """Give every sum over all time that is not nothing."""
    rows = tx.execute(
        "SELECT period, subject, measure, n FROM counts WHERE n <> 0 AND period = ?", (store.EVER,)
    )
    return {(period, subject, measure): n for period, subject, measure, n in rows}


def add_up_month(rows: Iterable[Row], month: int) -> Counter[tuple[int, int, int]]:
    """Add up anew what rows add in a month: the month itself and its days."""
    found: Counter[tuple[int, int, int]] = Counter()
    for row in rows:
        own = [one for one in store.decode(row.shares) if one.day // store.IN_MONTH == month]
        store.count(found, own, 1)
    for (_, subject, measure), n in list(found.items()):
        found[month, subject, measure] += n
    return found


def add_up_for_ever(rows: Iterable[Row], found: Counter[tuple[int, int, int]]) -> None:
    """Add to what was found before all that rows add, whenever."""
    for row in rows:
        for _, subjects, counts in store.decode(row.shares):
            for measure, n in zip(counts[::2], counts[1::2], strict=True):
                for subject in subjects:
                    found[store.EVER, subject, measure] += n


def streams_after(
    tx: Tx, kinds: Sequence[str], last: int, most: int
) -> tuple[tuple[int, StreamName], ...]:
    """List streams of these kinds behind one, in the order of their ids."""
    holes = ", ".join("?" * len(kinds))
    rows = tx.execute(
        f"SELECT id, name FROM streams WHERE kind IN ({holes}) AND id > ? ORDER BY id LIMIT ?",  # noqa: S608
        (*kinds, last, most),
    )
    return tuple((number, StreamName(name)) for number, name in rows)
