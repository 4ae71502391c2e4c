"""The tables of counts: what each stream adds, and the sums over days, months and all time.

A sum is never written by itself: `keep` takes off what a stream added before and puts on what it
adds now, so that the sums are always those of the rows.
"""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

import msgspec

from node.appraisal.shares import Measured, Share, Subject
from schemas.appraisal import Counted, Grain, Measure
from schemas.ids import StreamName

Tx = sqlite3.Connection

MEASURES: Final = tuple(Measure)
"""A measure is kept as its place in here."""
_PLACE: Final = {measure: place for place, measure in enumerate(MEASURES)}
STOCKS: Final = tuple(MEASURES[place] for place in (1, 9, 10, 11))
"""What stocks are made of: these places stand in an index and its query, too."""
EVER: Final = 0
"""The period that never ends."""
IN_MONTH: Final = 100
"""A day is `yyyymmdd`, a month `yyyymm`."""
LAST_MONTH: Final = 999_999
_READ_AT_ONCE: Final = 400  # below SQLite's limit of variables


class Kept(NamedTuple):
    """A share as a row has it."""

    day: int
    subjects: list[int]
    counts: list[int]
    """A measure's place and how much, in turns."""


_ENCODER: Final = msgspec.msgpack.Encoder()
decode: Final = msgspec.msgpack.Decoder(list[Kept]).decode
Sums = Counter[tuple[int, int, int]]
"""How much, by day, subject and measure."""
Marks = dict[tuple[int, int], tuple[int, int]]
"""Which measures, and on which days, by subject and month: a bit for each."""
ALL_DAYS: Final = -1


@dataclass(frozen=True, slots=True)
class Row:
    """One stream that is counted."""

    id: int
    stream: StreamName
    counted: Counted
    number: str
    item_name: str
    shares: bytes


def day_key(day: date) -> int:
    """Write a day as periods are kept."""
    return (day.year * IN_MONTH + day.month) * IN_MONTH + day.day


# ---- keeping


def keep(tx: Tx, measured: Sequence[Measured]) -> int:
    """Put what streams add now in the place of what they added before; tell how many changed."""
    latest = {one.stream: one for one in measured}
    before = {row.stream: row for row in _rows(tx, tuple(latest))}
    names = _numbers(tx, latest.values())
    sums: Sums = Counter()
    changed = sum(
        _keep_one(tx, before.get(stream), one, names, sums) for stream, one in latest.items()
    )
    _add(tx, sums)
    return changed


def _keep_one(
    tx: Tx, before: Row | None, now: Measured, names: Mapping[Subject, int], sums: Sums
) -> bool:
    shares = _encode(now, names)
    meant = (now.counted, now.number, now.item_name, shares)
    if before is None:
        if not now.shares:
            return False
        row = _insert(tx, now, shares)
        old: list[Kept] = []
    elif meant == (before.counted, before.number, before.item_name, before.shares):
        return False
    else:
        row, old = before.id, decode(before.shares)
        _replace(tx, row, now, shares)
    new = decode(shares)
    count(sums, old, -1)
    count(sums, new, 1)
    _mark(tx, row, marks_of(old), marks_of(new))
    return True


def _encode(measured: Measured, names: Mapping[Subject, int]) -> bytes:
    return _ENCODER.encode(
        [
            (
                day_key(one.day),
                [names[subject] for subject in one.subjects],
                [part for measure, n in one.counts for part in (_PLACE[measure], n)],
            )
            for one in measured.shares
        ]
    )


def _insert(tx: Tx, now: Measured, shares: bytes) -> int:
    found = tx.execute(
        "INSERT INTO measured (stream, counted, number, item_name, shares)"
        " VALUES (?, ?, ?, ?, ?) RETURNING id",
        (now.stream, now.counted, now.number, now.item_name, shares),
    ).fetchone()
    return int(found[0])


def _replace(tx: Tx, row: int, now: Measured, shares: bytes) -> None:
    if not now.shares:
        tx.execute("DELETE FROM measured WHERE id = ?", (row,))
        return
    tx.execute(
        "UPDATE measured SET counted = ?, number = ?, item_name = ?, shares = ? WHERE id = ?",
        (now.counted, now.number, now.item_name, shares, row),
    )


def _numbers(tx: Tx, measured: Iterable[Measured]) -> dict[Subject, int]:
    """Give each subject its number, a new one if it has none."""
    wanted = {subject for one in measured for share in one.shares for subject in share.subjects}
    found: dict[Subject, int] = {}
    for subject in wanted:
        row = tx.execute(
            "SELECT id FROM measured_subjects WHERE grain = ? AND subject = ?", subject
        ).fetchone()
        if row is None:
            row = tx.execute(
                "INSERT INTO measured_subjects (grain, subject) VALUES (?, ?) RETURNING id", subject
            ).fetchone()
        found[subject] = int(row[0])
    return found


def count(sums: Sums, shares: Iterable[Kept], sign: int) -> None:
    """Add what shares add, or take it off: by day, subject and measure."""
    for day, subjects, counts in shares:
        for measure, n in zip(counts[::2], counts[1::2], strict=True):
            for subject in subjects:
                sums[day, subject, measure] += sign * n


def marks_of(shares: Iterable[Kept]) -> Marks:
    """Tell to which measures of whom shares add in which month, and on which of its days."""
    found: Marks = {}
    for day, subjects, counts in shares:
        bits = sum(1 << measure for measure in set(counts[::2]))
        month, number = divmod(day, IN_MONTH)
        for subject in subjects:
            measures, days = found.get((subject, month), (0, 0))
            found[subject, month] = (measures | bits, days | 1 << number)
    return found


def _mark(tx: Tx, row: int, before: Marks, now: Marks) -> None:
    gone = [(*key, row) for key in before if key not in now]
    if gone:
        tx.executemany(
            "DELETE FROM measured_months WHERE subject = ? AND month = ? AND row = ?", gone
        )
    changed = [(*key, row, *bits) for key, bits in now.items() if before.get(key) != bits]
    tx.executemany(
        "INSERT OR REPLACE INTO measured_months (subject, month, row, measures, days)"
        " VALUES (?, ?, ?, ?, ?)",
        changed,
    )


def _add(tx: Tx, sums: Sums) -> None:
    """Add to the days, to their months, and to all time."""
    periods: Counter[tuple[int, int, int]] = Counter()
    for (day, subject, measure), n in sums.items():
        for period in (day, day // IN_MONTH, EVER):
            periods[period, subject, measure] += n
    tx.executemany(
        "INSERT INTO counts VALUES (?, ?, ?, ?)"
        " ON CONFLICT (period, subject, measure) DO UPDATE SET n = n + excluded.n",
        [(*key, n) for key, n in sorted(periods.items()) if n],
    )


def clear(tx: Tx) -> None:
    """Forget all that was counted."""
    for table in ("counts", "measured_months", "measured", "measured_subjects"):
        tx.execute(f"DELETE FROM {table}")  # noqa: S608  # names of our own tables


# ---- reading


def _rows(tx: Tx, streams: Sequence[StreamName]) -> Iterator[Row]:
    for first in range(0, len(streams), _READ_AT_ONCE):
        some = streams[first : first + _READ_AT_ONCE]
        holes = ", ".join("?" * len(some))
        yield from read_rows(
            tx.execute(
                "SELECT id, stream, counted, number, item_name, shares FROM measured"  # noqa: S608
                f" WHERE stream IN ({holes})",
                some,
            )
        )


def read_rows(rows: Iterable[tuple[int, str, str, str, str, bytes]]) -> Iterator[Row]:
    """Read rows as a query gives them."""
    for row, stream, counted, number, item_name, shares in rows:
        yield Row(row, StreamName(stream), Counted(counted), number, item_name, shares)


def subjects_by_id(tx: Tx) -> dict[int, Subject]:
    """Name all subjects by their numbers."""
    rows = tx.execute("SELECT id, grain, subject FROM measured_subjects")
    return {number: Subject(Grain(grain), name) for number, grain, name in rows}


def number_of(tx: Tx, subject: Subject) -> int | None:
    """Give a subject's number; `None`: nothing was ever counted for it."""
    row = tx.execute(
        "SELECT id FROM measured_subjects WHERE grain = ? AND subject = ?", subject
    ).fetchone()
    return None if row is None else int(row[0])


def numbers_of(tx: Tx, grain: Grain, names: Sequence[str] | None) -> dict[int, str]:
    """Give the subjects of a grain by number: all that were ever counted, or those named."""
    if names is None:
        rows = tx.execute("SELECT id, subject FROM measured_subjects WHERE grain = ?", (grain,))
        return {int(number): str(name) for number, name in rows}
    found = {number_of(tx, Subject(grain, name)): name for name in names}
    return {number: name for number, name in found.items() if number is not None}


def sums(tx: Tx, subject: int, periods: Sequence[int]) -> dict[Measure, int]:
    """Add up what was counted of a subject over these days or months, or for ever."""
    found: Counter[Measure] = Counter()
    for period in periods:
        rows = tx.execute(
            "SELECT measure, n FROM counts WHERE period = ? AND subject = ?", (period, subject)
        )
        for measure, n in rows:
            found[MEASURES[measure]] += n
    return {measure: n for measure, n in found.items() if n}


def stocks_later(tx: Tx, subject: int, day: date) -> dict[Measure, int]:
    """Add up what came behind a day, of what stocks are made of: its month's rest, later months."""
    last = day_key(day)
    month = last // IN_MONTH
    found: Counter[Measure] = Counter()
    for first, end in ((last, (month + 1) * IN_MONTH), (month, LAST_MONTH)):
        rows = tx.execute(
            "SELECT measure, sum(n) FROM counts WHERE measure IN (1, 9, 10, 11)"
            " AND subject = ? AND period > ? AND period <= ? GROUP BY measure",
            (subject, first, end),
        )
        found.update({MEASURES[measure]: n for measure, n in rows})
    return dict(found)


def marked(
    tx: Tx, asked: tuple[int, Measure], days: tuple[int, int], after: tuple[int, int]
) -> Iterator[tuple[int, Row]]:
    """Give the rows that may add to a measure of a subject between two days, behind `after`.

    In order of months, and of ids within a month; with each the month. Of one day: also rows that
    add to the subject on that day and to the measure on another.
    """
    subject, measure = asked
    months = (days[0] // IN_MONTH, days[1] // IN_MONTH)
    rows = tx.execute(
        "SELECT m.month, r.id, r.stream, r.counted, r.number, r.item_name, r.shares"
        " FROM measured_months m JOIN measured r ON r.id = m.row"
        " WHERE m.subject = ?1 AND m.month BETWEEN ?2 AND ?3 AND (m.month, m.row) > (?4, ?5)"
        " AND m.measures & ?6 AND m.days & ?7 ORDER BY m.month, m.row",
        (subject, *months, *after, 1 << _PLACE[measure], _day_bits(days)),
    )
    for month, *row in rows:
        yield month, next(read_rows([tuple(row)]))


def _day_bits(days: tuple[int, int]) -> int:
    """Give the bit of a day; of more than a day: all of them."""
    return 1 << days[0] % IN_MONTH if days[0] == days[1] else ALL_DAYS


def added(row: Row, subject: int, measure: Measure, days: tuple[int, int]) -> tuple[int, int]:
    """Tell how much a row adds to a measure of a subject between two days, and when first."""
    place, first, total = _PLACE[measure], 0, 0
    for day, subjects, counts in decode(row.shares):
        if not days[0] <= day <= days[1] or subject not in subjects:
            continue
        n = sum(n for code, n in zip(counts[::2], counts[1::2], strict=True) if code == place)
        if n:
            first = min(first, day) if first else day
            total += n
    return total, first


def shares_of(row: Row, names: Mapping[int, Subject]) -> tuple[Share, ...]:
    """Read what a row adds."""
    return tuple(
        Share(
            _day_of(day),
            tuple(names[subject] for subject in subjects),
            tuple((MEASURES[place], n) for place, n in zip(counts[::2], counts[1::2], strict=True)),
        )
        for day, subjects, counts in decode(row.shares)
    )


def _day_of(key: int) -> date:
    month, day = divmod(key, IN_MONTH)
    return date(*divmod(month, IN_MONTH), day)


def row_of(tx: Tx, stream: StreamName) -> Row | None:
    """Give the row of a stream; `None` if it is counted nowhere."""
    return next(_rows(tx, (stream,)), None)
