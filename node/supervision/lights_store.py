"""The tables of lights: open cases, under which heads they count, and when their lights change."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from node.cases.lights import Course
from node.supervision import lights
from node.supervision.lights import NEVER, Head, OpenCase, Shown
from schemas.cases import CaseState
from schemas.ids import StreamName

Tx = sqlite3.Connection

Counts = Mapping[Shown, int]
Change = tuple[Head, str, int]
"""A head, a subject, an instant."""

_COLUMNS: Final = (
    "stream, number, item, item_name, origin, matter_place, holder, department, window, staff,"
    " state, stage, clock, amount, unit, place, start_day, due_day, due_at, warn_at, missing_at,"
    " statutory_at, provisional, still, received_at, accepted_at, since"
)
_MARKS: Final = ", ".join("?" * len(_COLUMNS.split(", ")))
_INSERT: Final = f"INSERT INTO open_cases ({_COLUMNS}) VALUES ({_MARKS}) RETURNING id"  # noqa: S608
_UPDATE: Final = f"UPDATE open_cases SET ({_COLUMNS}) = ({_MARKS}) WHERE id = ?"  # noqa: S608
_LIGHTS: Final = ", ".join(Shown)
_ADD: Final = (
    f"INSERT INTO light_changes (head, subject, at, {_LIGHTS})"  # noqa: S608  # our own columns
    f" VALUES (?, ?, ?, {', '.join('?' * len(Shown))}) ON CONFLICT DO UPDATE SET "
    + ", ".join(f"{one} = {one} + excluded.{one}" for one in Shown)
)
_NOTHING: Final = " AND ".join(f"{one} = 0" for one in Shown)
_DROP: Final = f"DELETE FROM light_changes WHERE head = ? AND subject = ? AND at = ? AND {_NOTHING}"  # noqa: S608
_SUMS: Final = ", ".join(f"sum({one})" for one in Shown)

WHERE: Final[Mapping[Shown, str]] = {
    Shown.GREEN: "s.due_at > :now AND s.due_at < :never AND s.warn_at > :now"
    " AND s.missing_at > :now",
    Shown.YELLOW: "s.due_at > :now AND s.warn_at <= :now AND s.missing_at > :now",
    Shown.RED: "s.due_at <= :now AND s.provisional = 0",
    Shown.DARK: "s.due_at <= :now AND s.provisional = 0 AND c.statutory_at <= :now",
    Shown.STILL: "s.due_at = :never AND s.still = 1",
    Shown.UNSURE: "s.due_at <= :now AND s.provisional = 1",
    Shown.MISSING: "s.due_at > :now AND s.missing_at <= :now",
    Shown.FREE: "s.due_at = :never AND s.still = 0",
}
"""SQL: which cases show a light at `:now`. What `Course.at` says, as a query."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which open cases a list has."""

    head: Head
    subject: str = ""
    shown: Shown | None = None
    """Those of one light; `None`: all."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page of a list ends: the last line's instant and row."""

    due_at: int = -1
    row: int = -1


# ---- writing


def replace_all(tx: Tx, found: Mapping[StreamName, OpenCase | None]) -> None:
    """Put these in the place of what was kept of the same cases; `None`: the case has ended."""
    sums: dict[Change, dict[Shown, int]] = {}
    for stream, fresh in found.items():
        row, before = _find(tx, stream)
        if before == fresh:
            continue
        row = _put(tx, row, fresh, stream)
        _head(tx, row, before, fresh)
        _count(sums, before, -1)
        _count(sums, fresh, 1)
    changed = [
        (*key, *(lit.get(one, 0) for one in Shown))
        for key, lit in sums.items()
        if any(lit.values())
    ]
    tx.executemany(_ADD, changed)
    tx.executemany(_DROP, [row[:3] for row in changed])


def clear(tx: Tx) -> None:
    """Forget everything."""
    for table in ("open_cases", "open_subjects", "light_changes"):
        tx.execute(f"DELETE FROM {table}")  # noqa: S608  # names of our own tables


def _count(sums: dict[Change, dict[Shown, int]], one: OpenCase | None, sign: int) -> None:
    if one is None:
        return
    changes = tuple(lights.changes_of(one))
    for head, subject in lights.subjects_of(one):
        for at, shown, n in changes:
            lit = sums.setdefault((head, subject, at), {})
            lit[shown] = lit.get(shown, 0) + sign * n


def _put(tx: Tx, row: int | None, fresh: OpenCase | None, stream: StreamName) -> int:
    """Write the case itself down, and give its row."""
    if fresh is None:
        tx.execute("DELETE FROM open_cases WHERE stream = ?", (stream,))
    elif row is not None:
        tx.execute(_UPDATE, (*_values(fresh), row))
    else:
        row = tx.execute(_INSERT, _values(fresh)).fetchone()[0]
    return row or 0


def _head(tx: Tx, row: int, before: OpenCase | None, fresh: OpenCase | None) -> None:
    """Write down under which heads it counts; what stays is not touched: most steps change one."""
    gone, come = _lines(row, before), _lines(row, fresh)
    tx.executemany(
        "DELETE FROM open_subjects WHERE head = ? AND subject = ? AND due_at = ? AND case_id = ?",
        [line[:4] for line in gone - come],
    )
    tx.executemany("INSERT INTO open_subjects VALUES (?, ?, ?, ?, ?, ?, ?, ?)", come - gone)


def _lines(row: int, one: OpenCase | None) -> frozenset[tuple[Any, ...]]:
    if one is None:
        return frozenset()
    warn_at, due_at, missing_at, provisional = _course(one.course)
    return frozenset(
        (head, subject, due_at, row, warn_at, missing_at, provisional, one.is_still)
        for head, subject in lights.subjects_of(one)
    )


def _course(course: Course | None) -> tuple[int, int, int, bool]:
    if course is None:
        return NEVER, NEVER, NEVER, False
    missing_at = NEVER if course.missing_at is None else course.missing_at
    return course.warn_at, course.due_at, missing_at, course.provisional


def _values(one: OpenCase) -> tuple[Any, ...]:
    timer = one.timer
    warn_at, due_at, missing_at, provisional = _course(one.course)
    clock: tuple[Any, ...] = (None, 0, "", "", None, None)
    if timer is not None:
        clock = (
            timer.clock.value, timer.limit.amount, timer.limit.unit.value, timer.place,
            None if timer.start is None else str(timer.start),
            None if timer.due is None else str(timer.due),
        )  # fmt: skip
    return (
        one.stream, one.number, one.item, one.item_name, one.origin, one.place, one.holder,
        one.department, one.window, one.staff, one.state.value, one.stage, *clock, due_at, warn_at,
        missing_at, one.statutory_at, provisional, one.is_still, one.received_at, one.accepted_at,
        one.since,
    )  # fmt: skip


# ---- reading


def load(tx: Tx, stream: StreamName) -> OpenCase | None:
    """Read what is kept of a case."""
    return _find(tx, stream)[1]


def _find(tx: Tx, stream: StreamName) -> tuple[int | None, OpenCase | None]:
    row = tx.execute(
        f"SELECT id, {_COLUMNS} FROM open_cases WHERE stream = ?",  # noqa: S608
        (stream,),
    ).fetchone()
    return (None, None) if row is None else (int(row[0]), _read(row[1:]))


def running(tx: Tx) -> Iterator[OpenCase]:
    """Read every open case whose clock runs."""
    rows = tx.execute(f"SELECT {_COLUMNS} FROM open_cases WHERE due_day IS NOT NULL")  # noqa: S608
    return map(_read, rows)


def sums(tx: Tx, head: Head, now: int) -> dict[str, Counts]:
    """Count the lights at an instant, by subject."""
    rows = tx.execute(
        f"SELECT subject, {_SUMS} FROM light_changes WHERE head = ? AND at <= ?"  # noqa: S608
        " GROUP BY subject",
        (head, now),
    )
    return {subject: _lit(counted) for subject, *counted in rows}


def sum_of(tx: Tx, head: Head, subject: str, now: int) -> Counts:
    """Count the lights of one subject at an instant."""
    row = tx.execute(
        f"SELECT {_SUMS} FROM light_changes WHERE head = ? AND subject = ? AND at <= ?",  # noqa: S608
        (head, subject, now),
    ).fetchone()
    return _lit(row)


def listed(
    tx: Tx, wanted: Wanted, now: int, *, after: Place, most: int
) -> tuple[tuple[Place, OpenCase], ...]:
    """List open cases, the first to end first, with the place of each in the list."""
    condition = "1" if wanted.shown is None else WHERE[wanted.shown]
    columns = ", ".join(f"c.{one}" for one in _COLUMNS.split(", "))
    rows = tx.execute(
        f"SELECT s.due_at, s.case_id, {columns} FROM open_subjects s"  # noqa: S608
        " CROSS JOIN open_cases c ON c.id = s.case_id"
        " WHERE s.head = :head AND s.subject = :subject AND (s.due_at, s.case_id) > (:due, :row)"
        f" AND {condition} ORDER BY s.due_at, s.case_id LIMIT :most",
        {
            "head": wanted.head, "subject": wanted.subject, "due": after.due_at, "row": after.row,
            "now": now, "never": NEVER, "most": most,
        },
    )  # fmt: skip
    return tuple((Place(due_at, row_id), _read(row)) for due_at, row_id, *row in rows)


def name_of_item(tx: Tx, code: str) -> str:
    """Name an item as one of its open cases does; empty: it has none."""
    row = tx.execute(
        "SELECT c.item_name FROM open_subjects s CROSS JOIN open_cases c ON c.id = s.case_id"
        " WHERE s.head = 'item' AND s.subject = ? LIMIT 1",
        (code,),
    ).fetchone()
    return "" if row is None else str(row[0])


def _lit(counted: Sequence[int | None]) -> Counts:
    return {one: n or 0 for one, n in zip(Shown, counted, strict=True)}


def _read(row: Sequence[Any]) -> OpenCase:
    (
        stream, number, item, item_name, origin, matter_place, holder, department, window, staff,
        state, stage, clock, amount, unit, place, start, due, due_at, warn_at, missing_at,
        statutory_at, provisional, _, received_at, accepted_at, since,
    ) = row  # fmt: skip
    timer = None
    if clock is not None:
        timer = lights.timer_of(
            clock=clock, limit=(amount, unit), place=place, days=(start, due),
            provisional=bool(provisional),
        )  # fmt: skip
    course = None
    if due_at < NEVER:
        missing = None if missing_at == NEVER else missing_at
        course = Course(warn_at, due_at, bool(provisional), missing)
    return OpenCase(
        stream=stream, number=number, item=item, item_name=item_name, origin=origin,
        place=matter_place, holder=holder, department=department, window=window, staff=staff,
        state=CaseState(state), stage=stage, timer=timer, course=course,
        statutory_at=statutory_at, received_at=received_at, accepted_at=accepted_at, since=since,
    )  # fmt: skip
