"""重算: whether the sums are those of the rows, and the rows those of the streams.

Reads alone; what differs is named. `zhengwu report recount` shows it, and a rewound follower puts
it right.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from node.appraisal import follower, recount_store, store
from node.appraisal.follower import KINDS
from node.appraisal.shares import Measured, Share, Subject
from node.appraisal.store import Row
from node.database import Tx
from node.following.follower import Lives
from node.staff.seating import Seats
from schemas.appraisal import Grain, Measure, Recounted
from schemas.ids import NodeId, StreamName

AT_ONCE: Final = 2_000  # rows, or lives of cases, in memory at a time
MOST_NAMED: Final = 20  # of what differs; more of them would not be read
Key = tuple[int, int, int]
"""A period, a subject's number, a measure's place."""


def recount(tx: Tx, me: NodeId, now: int, *, deep: bool = True) -> Recounted:
    """Count everything anew, and name what differs.

    `deep`: also from the events of every stream, by the calendar of now; else the sums alone. At
    which window somebody served is not asked again: it is as it was when his case was looked at.
    """
    rows, ever = 0, Counter[Key]()
    for some in _batches(tx):
        rows += len(some)
        recount_store.add_up_for_ever(some, ever)
    found = _Compared(store.subjects_by_id(tx))
    found.compare(recount_store.sums_for_ever(tx), ever)
    for month in recount_store.months(
        tx
    ):  # one after the other: a year of a city is too much at once
        counted = recount_store.add_up_month(recount_store.rows_of_month(tx, month), month)
        found.compare(recount_store.sums_of_month(tx, month), counted)
    return Recounted(
        rows=rows,
        sums=found.sums,
        wrong_rows=tuple(_wrong_rows(tx, me, now)) if deep else (),
        wrong_sums=tuple(found.wrong),
    )


class _Compared:
    """What was compared so far, and what differed."""

    def __init__(self, names: dict[int, Subject]) -> None:
        self._names = names
        self.sums = 0
        self.wrong: list[str] = []

    def compare(self, kept: dict[Key, int], counted: Counter[Key]) -> None:
        """Compare what is kept with what was counted anew; the first few differences are named."""
        keys = kept.keys() | counted.keys()
        self.sums += len(keys)
        differing = sorted(key for key in keys if kept.get(key, 0) != counted[key])
        for key in differing[: max(0, MOST_NAMED - len(self.wrong))]:
            self.wrong.append(self._told(key, (kept.get(key, 0), counted[key])))

    def _told(self, key: Key, amounts: tuple[int, int]) -> str:
        period, number, place = key
        grain, name = self._names.get(number, Subject(Grain.PLACE, str(number)))
        return f"{period} {grain} {name} {store.MEASURES[place]}: {amounts[0]} ≠ {amounts[1]}"


def _batches(tx: Tx) -> Iterator[tuple[Row, ...]]:
    last = 0
    while some := recount_store.rows_after(tx, last, AT_ONCE):
        yield some
        last = some[-1].id


def _wrong_rows(tx: Tx, me: NodeId, now: int) -> Iterator[StreamName]:
    """Name streams whose rows are not what their events say, and streams that have none."""
    names = store.subjects_by_id(tx)
    seats = Seats(tx)
    last = 0
    while some := recount_store.streams_after(tx, tuple(KINDS), last, AT_ONCE):
        lives = Lives(tx)  # anew: it keeps each life it gave
        at = follower.standpoint(lives, seats, me, now)
        for _, stream in some:
            found, _ = follower.measured(lives, at, stream)
            own = next(one for one in found if one.stream == stream)
            if not _is_kept(tx, own, names):
                yield stream
        last = some[-1][0]


def _is_kept(tx: Tx, meant: Measured, names: dict[int, Subject]) -> bool:
    row = store.row_of(tx, meant.stream)
    if row is None:
        return not meant.shares
    kept = Counter(_without_windows(store.shares_of(row, names)))
    now = Counter(_without_windows(meant.shares))
    return kept == now and (row.number, row.item_name) == (meant.number, meant.item_name)


def _without_windows(
    shares: tuple[Share, ...],
) -> Iterator[tuple[str, Subject, Measure, int]]:
    for one in shares:
        for subject in one.subjects:
            if subject.grain is not Grain.WINDOW:
                yield from ((str(one.day), subject, measure, n) for measure, n in one.counts)
