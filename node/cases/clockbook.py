"""The tables of clocks: their rows, the marks they were reckoned by, and what calendars moved.

Remembers and finds; decides nothing.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Final

from node.calendar.model import Pause
from node.cases.clocks import Timer
from schemas.clocks import ClockKind, ClockState, DueChange
from schemas.ids import NodeId, StreamName
from schemas.item_terms import LimitStart, LimitUnit
from schemas.items import Limit

Tx = sqlite3.Connection

NOT_RECKONED: Final = 0  # the mark of a clock that has no due day
KEPT_LIMITS: Final = 1024  # limits kept: a county's items have a few dozen different ones
_KEPT: Final = (
    "SELECT t.case_id, c.stream, t.mark, t.clock, t.amount, t.unit, t.starts, t.place, t.state,"
    " t.start_day, t.pauses, t.due_day, t.due_at, t.provisional, t.ended_day, t.extension, t.deems"
    " FROM case_clocks t JOIN cases c ON c.id = t.case_id WHERE"
)
_INSERT: Final = "INSERT OR REPLACE INTO case_clocks VALUES"
_ROW: Final = "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"


@dataclass(frozen=True, slots=True)
class Kept:
    """A clock in the table."""

    case_id: int
    stream: StreamName
    timer: Timer
    mark: int


# ---- the clocks of one case


def insert(tx: Tx, case_id: int, timers: Sequence[Timer], mark: int) -> None:
    """Add the clocks of the case of that row."""
    values = [
        value
        for timer in timers
        for value in (
            case_id, timer.clock.value, timer.limit.amount, timer.limit.unit.value,
            timer.limit.start.value, timer.place, *_standing(timer, mark),
            timer.extension, timer.deems,
        )
    ]  # fmt: skip
    if timers:  # in one statement: receiving a case is a hot path
        tx.execute(f"{_INSERT} {', '.join([_ROW] * len(timers))}", values)


def update(tx: Tx, case_id: int, timers: Sequence[Timer], mark: int) -> None:
    """Bring clocks up to date."""
    tx.executemany(
        "UPDATE case_clocks SET state = ?, start_day = ?, pauses = ?, due_day = ?, due_at = ?,"
        " provisional = ?, ended_day = ?, mark = ?, extension = ?, deems = ?"
        " WHERE case_id = ? AND clock = ?",
        [
            (*_standing(timer, mark), timer.extension, timer.deems, case_id, timer.clock.value)
            for timer in timers
        ],
    )


def end(tx: Tx, stream: StreamName, day: date, *, all_of_them: bool) -> None:
    """End the clocks of a case that have not: all, or those of the decision; due days stay."""
    tx.execute(
        "UPDATE case_clocks SET state = ?1, ended_day = ?2 WHERE state <> ?1"
        " AND case_id = (SELECT id FROM cases WHERE stream = ?3)"
        " AND (?4 OR clock IN ('promised', 'statutory'))",
        (ClockState.ENDED.value, day.isoformat(), stream, all_of_them),
    )


def end_one(tx: Tx, stream: StreamName, clock: ClockKind, day: date) -> None:
    """End one clock of a case, if it has not ended."""
    tx.execute(
        "UPDATE case_clocks SET state = ?1, ended_day = ?2 WHERE state <> ?1 AND clock = ?4"
        " AND case_id = (SELECT id FROM cases WHERE stream = ?3)",
        (ClockState.ENDED.value, day.isoformat(), stream, clock.value),
    )


def row_of(tx: Tx, stream: StreamName) -> int | None:
    """Give the row of a case."""
    row = tx.execute("SELECT id FROM cases WHERE stream = ?", (stream,)).fetchone()
    return None if row is None else int(row[0])


def run_out(tx: Tx, me: NodeId, now: int, most: int) -> tuple[StreamName, ...]:
    """List cases held here with a clock that ran out for certain, and whose end is no silence."""
    rows = tx.execute(
        "SELECT c.stream FROM case_clocks t INDEXED BY clocks_deeming"
        " JOIN cases c ON c.id = t.case_id"
        " WHERE t.deems = 1 AND t.state = 'running' AND t.due_at <= ? AND t.provisional = 0"
        " AND c.holder = ? AND c.unjudged = 0 ORDER BY t.due_at LIMIT ?",
        (now, me, most),
    )
    return tuple(StreamName(stream) for (stream,) in rows)


def load(tx: Tx, stream: StreamName) -> tuple[Kept, ...]:
    """Read the clocks of a case, the promised one first."""
    rows = tx.execute(f"{_KEPT} c.stream = ?", (stream,))
    return tuple(sorted(map(_kept, rows), key=lambda kept: _ORDER.index(kept.timer.clock)))


_ORDER: Final = tuple(ClockKind)


def forget(tx: Tx, stream: StreamName) -> None:
    """Drop the clocks of a case; its row must still be there."""
    tx.execute(
        "DELETE FROM case_clocks WHERE case_id = (SELECT id FROM cases WHERE stream = ?)",
        (stream,),
    )


# ---- which case comes first

NEVER: Final = 253_402_300_799_000  # the end of the year 9999: what has no limit comes last
_FIRST: Final = (
    "coalesce(CASE c.state WHEN 'correcting'"
    " THEN strftime('%s', json_extract(c.law, '$.correct_by'), '+1 day', '-8 hours') * 1000"
    " ELSE (SELECT min(t.due_at) FROM case_clocks t WHERE t.case_id = c.id"
    " AND t.state = 'running') END, ?)"
)
"""SQL: when the first limit of a case ends that runs; of a correction, its last day."""


def keep_due(tx: Tx, stream: StreamName) -> None:
    """Bring up to date by what a case stands in lists, touching an index only if that changes."""
    row = tx.execute(
        f"SELECT c.id, c.due_at, {_FIRST} FROM cases c WHERE c.stream = ?",  # noqa: S608
        (NEVER, stream),
    ).fetchone()
    if row is not None and row[1] != row[2]:
        tx.execute("UPDATE cases SET due_at = ? WHERE id = ?", (row[2], row[0]))


def standing(tx: Tx, streams: Sequence[StreamName]) -> dict[StreamName, tuple[Timer, ...]]:
    """Read the clocks that run or stand still of the cases of one page of a list."""
    found: dict[StreamName, tuple[Timer, ...]] = {}
    if not streams:
        return found
    marks = ", ".join("?" * len(streams))
    rows = tx.execute(
        f"{_KEPT} c.stream IN ({marks}) AND t.state IN ('running', 'paused')",
        tuple(streams),
    )
    for kept in map(_kept, rows):
        found[kept.stream] = (*found.get(kept.stream, ()), kept.timer)
    return found


# ---- what they were reckoned by


def serial_of(tx: Tx, mark: str) -> int:
    """Give the serial of the calendar in force, and write down that it is a new one."""
    serial, last, _ = _last_mark(tx)
    if last == mark:
        return serial
    row = tx.execute(
        "INSERT INTO calendar_marks (mark, done) VALUES (?, 0) RETURNING serial", (mark,)
    ).fetchone()
    return int(row[0])


def is_done(tx: Tx, mark: str) -> bool:
    """Say whether everything was reckoned by the calendar of that mark, and it is the last."""
    _, last, done = _last_mark(tx)
    return last == mark and done


def set_done(tx: Tx, serial: int) -> None:
    """Write down that everything was reckoned by that calendar."""
    tx.execute("UPDATE calendar_marks SET done = 1 WHERE serial = ?", (serial,))


def next_case(tx: Tx, after: int) -> int | None:
    """Give the row of the first case with clocks behind the row `after`."""
    row = tx.execute("SELECT min(case_id) FROM case_clocks WHERE case_id > ?", (after,)).fetchone()
    found: int | None = row[0]
    return found


def stale(tx: Tx, serial: int, cases: range, most: int) -> tuple[Kept, ...]:
    """List up to `most` clocks of these cases that an earlier calendar gave their due day."""
    rows = tx.execute(
        f"{_KEPT} t.case_id >= ? AND t.case_id < ? AND t.mark < ? AND t.due_day IS NOT NULL"
        " ORDER BY t.case_id LIMIT ?",
        (cases.start, cases.stop, serial, most),
    )
    return tuple(map(_kept, rows))


def add_change(tx: Tx, before: Kept, after: Timer, *, mark: int, at: int) -> None:
    """Record that the calendar of `mark` moved a due day; both clocks must have one."""
    tx.execute(
        "INSERT INTO calendar_changes (stream, clock, old_day, new_day, old_provisional,"
        " new_provisional, old_mark, new_mark, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            before.stream, after.clock, str(before.timer.due), str(after.due),
            before.timer.provisional, after.provisional, before.mark, mark, at,
        ),
    )  # fmt: skip


def changes(tx: Tx, stream: StreamName) -> tuple[tuple[ClockKind, DueChange], ...]:
    """List what calendars moved of a case, the oldest first."""
    rows = tx.execute(
        "SELECT clock, old_day, old_provisional, new_day, new_provisional, at FROM calendar_changes"
        " WHERE stream = ? ORDER BY serial",
        (stream,),
    )
    return tuple(
        (
            ClockKind(clock),
            DueChange(
                was=was, was_provisional=bool(was_so), due=due, provisional=bool(is_so), at=at
            ),
        )
        for clock, was, was_so, due, is_so, at in rows
    )


def _last_mark(tx: Tx) -> tuple[int, str, bool]:
    row = tx.execute(
        "SELECT serial, mark, done FROM calendar_marks ORDER BY serial DESC LIMIT 1"
    ).fetchone()
    return (NOT_RECKONED, "", False) if row is None else (int(row[0]), str(row[1]), bool(row[2]))


def _standing(timer: Timer, mark: int) -> tuple[Any, ...]:
    return (
        timer.state.value,
        _text(timer.start),
        _written(timer.pauses),
        _text(timer.due),
        timer.due_at,
        timer.provisional,
        _text(timer.ended),
        NOT_RECKONED if timer.due is None else mark,
    )


def _kept(row: tuple[Any, ...]) -> Kept:
    (
        case_id, stream, mark, clock, amount, unit, starts, place, state, start, pauses, due,
        due_at, provisional, ended, extension, deems,
    ) = row  # fmt: skip
    timer = Timer(
        clock=ClockKind(clock), limit=_limit(amount, unit, starts), place=place,
        state=ClockState(state), start=_day(start), pauses=_read(pauses), due=_day(due),
        due_at=due_at, provisional=bool(provisional), ended=_day(ended), extension=extension,
        deems=bool(deems),
    )  # fmt: skip
    return Kept(case_id, stream, timer, mark)


@lru_cache(maxsize=KEPT_LIMITS)
def _limit(amount: int, unit: str, starts: str) -> Limit:
    return Limit(amount=amount, unit=LimitUnit(unit), start=LimitStart(starts))


def _written(pauses: tuple[Pause, ...]) -> str:
    return " ".join(f"{pause.since}/{pause.until or ''}" for pause in pauses)


def _read(pauses: str) -> tuple[Pause, ...]:
    spans = (span.partition("/") for span in pauses.split())
    return tuple(Pause(date.fromisoformat(since), _day(until)) for since, _, until in spans)


def _text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
