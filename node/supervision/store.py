"""The tables of findings: what rules found, what people made of it, where rules failed."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import msgspec

from node.supervision.orders_store import governing
from schemas.ids import CaseNumber, DepartmentId, NodeId, StaffId, StreamName
from schemas.supervision import FindingLevel, FindingState, RuleClass, RuleId

Tx = sqlite3.Connection
FOLLOWER: Final = "supervision"
"""The name of what runs the rules behind the streams: never changed."""
WAITING: Final = "state IN ('open', 'ordered')"
"""What somebody still has to do something about: as two indexes have it, word for word."""
_COLUMNS: Final = (
    "f.id, f.subject, f.rule, f.class, f.level, f.state, f.at, f.found_at, f.node, f.department,"
    " f.staff, f.about, f.number, f.item, f.item_name, f.said,"
    f" {governing('o.stream', 'f.id', 'f.node')}"
)


def _became(finding: str, node: str) -> str:
    """Say in SQL what has become of a finding: its order says so first, then a note made here.

    A verdict of an order is named as what it makes of a finding.
    """
    by_order = governing("coalesce(o.verdict, 'ordered')", finding, node)
    noted = f"(SELECT m.state FROM finding_marks m WHERE m.id = {finding})"  # noqa: S608  # ours
    return f"coalesce({by_order}, {noted}, 'open')"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One finding."""

    id: str
    subject: str
    rule: RuleId
    rule_class: RuleClass
    level: FindingLevel
    state: FindingState = FindingState.OPEN
    at: int
    found_at: int = 0
    node: NodeId
    department: DepartmentId | None = None
    staff: StaffId | None = None
    case: StreamName | None = None
    number: CaseNumber | None = None
    item: str = ""
    item_name: str = ""
    values: tuple[str, ...] = ()
    order: StreamName | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What somebody made of a finding."""

    id: str
    state: FindingState
    by: StaffId
    at: int
    why: str


def replace(tx: Tx, subject: str, rows: Sequence[Row], now: int) -> None:
    """Put the findings of a subject in the place of the former ones.

    One that was found before keeps when; one that is no longer borne out is withdrawn.
    """
    former = {
        name for (name,) in tx.execute("SELECT id FROM findings WHERE subject = ?", (subject,))
    }
    if not former and not rows:  # most cases, most of the time
        return
    tx.executemany(
        "INSERT INTO findings VALUES"  # noqa: S608  # ours
        f" (?1, ?2, ?3, ?4, ?5, {_became('?1', '?8')},"
        " ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)"
        " ON CONFLICT (id) DO UPDATE SET level = excluded.level, state = excluded.state,"
        " at = excluded.at, node = excluded.node, department = excluded.department,"
        " staff = excluded.staff, about = excluded.about, number = excluded.number,"
        " item = excluded.item, item_name = excluded.item_name, said = excluded.said",
        [_as_row(row, now) for row in rows],
    )
    gone = former - {row.id for row in rows}
    tx.executemany(
        "UPDATE findings SET state = ? WHERE id = ?",
        [(FindingState.WITHDRAWN, name) for name in gone],
    )


def _as_row(row: Row, now: int) -> tuple[object, ...]:
    return (
        row.id, row.subject, row.rule, row.rule_class, row.level, row.at, now, row.node,
        row.department, row.staff, row.case, row.number, row.item, row.item_name,
        msgspec.json.encode(row.values).decode(),
    )  # fmt: skip


def forget_withdrawn(tx: Tx) -> None:
    """Drop what was withdrawn and nobody ever did anything about, and where rules failed."""
    tx.execute(
        "DELETE FROM findings WHERE state = ? AND id NOT IN (SELECT id FROM finding_marks)"
        " AND id NOT IN (SELECT finding FROM order_findings)",
        (FindingState.WITHDRAWN,),
    )
    tx.execute("DELETE FROM finding_faults")


# ---- what people made of them


def mark(tx: Tx, one: Mark) -> None:
    """Remember what a supervisor here made of a finding; a withdrawn one stays withdrawn."""
    tx.execute(
        "INSERT OR REPLACE INTO finding_marks (id, state, by_staff, at, why)"
        " VALUES (?, ?, ?, ?, ?)",
        (one.id, one.state, one.by, one.at, one.why),
    )
    settle(tx, (one.id,))


def settle(tx: Tx, findings: Iterable[str]) -> None:
    """Write down what has become of findings; a withdrawn one stays withdrawn."""
    tx.executemany(
        f"UPDATE findings SET state = {_became('findings.id', 'findings.node')}"  # noqa: S608  # ours
        " WHERE id = ? AND state <> ?",
        [(one, FindingState.WITHDRAWN) for one in findings],
    )


def mark_of(tx: Tx, finding: str) -> Mark | None:
    """Tell what somebody made of a finding."""
    row = tx.execute(
        "SELECT state, by_staff, at, why FROM finding_marks WHERE id = ?", (finding,)
    ).fetchone()
    if row is None:
        return None
    state, by, at, why = row
    return Mark(id=finding, state=FindingState(state), by=StaffId(by), at=at, why=why)


# ---- reading


def load(tx: Tx, finding: str) -> Row | None:
    """Find one."""
    return next(iter(_rows(tx, "WHERE f.id = ?", (finding,))), None)


def of_case(tx: Tx, case: StreamName) -> tuple[Row, ...]:
    """List what was found about a case, oldest first; also what was withdrawn."""
    return tuple(_rows(tx, "WHERE f.about = ? ORDER BY f.at, f.id", (case,)))


def first_open(tx: Tx, most: int) -> tuple[Row, ...]:
    """List what waits for the supervisor: the gravest first, and of these the oldest."""
    where = "WHERE f.state = ? ORDER BY f.state, f.level, f.at, f.id LIMIT ?"
    return tuple(_rows(tx, where, (FindingState.OPEN, most)))


def page(
    tx: Tx, wanted: Mapping[str, Sequence[object]], before: tuple[int, str] | None, most: int
) -> tuple[Row, ...]:
    """List findings, latest first, below a place in that order.

    `wanted` holds conditions, each with its values.
    """
    conditions, values = list(wanted), [value for found in wanted.values() for value in found]
    if before is not None:
        conditions.append("(f.at, f.id) < (?, ?)")
        values += before
    # in order of time already: SQLite would sort all that wait, for want of statistics
    first = "INDEXED BY findings_waiting " if WAITING in wanted else ""
    where = f"{first}WHERE {' AND '.join(conditions)}" if conditions else ""
    order = f"{where} ORDER BY f.at DESC, f.id DESC LIMIT ?"
    return tuple(_rows(tx, order, (*values, most)))


def open_by_rule(tx: Tx) -> dict[str, int]:
    """Count what waits for somebody, by rule."""
    rows = tx.execute(
        f"SELECT rule, count(*) FROM findings WHERE {WAITING} GROUP BY rule"  # noqa: S608  # ours
    )
    return {rule: int(count) for rule, count in rows}


def count(tx: Tx, wanted: Mapping[str, Sequence[object]], most: int) -> int:
    """Count findings, but no further than `most`."""
    values = [value for found in wanted.values() for value in found]
    row = tx.execute(
        f"SELECT count(*) FROM (SELECT 1 FROM findings f WHERE {' AND '.join(wanted)} LIMIT ?)",  # noqa: S608  # conditions of our own
        (*values, most),
    ).fetchone()
    return int(row[0])


def _rows(tx: Tx, rest: str, values: Iterable[object]) -> Iterator[Row]:
    found = tx.execute(f"SELECT {_COLUMNS} FROM findings f {rest}", tuple(values))  # noqa: S608  # ours
    return map(_row, found.fetchall())


def _row(row: tuple[Any, ...]) -> Row:
    (name, subject, rule, of_class, level, state, at, found_at, node, department, staff, about,
     number, item, item_name, said, order) = row  # fmt: skip
    return Row(
        id=name,
        subject=subject,
        rule=RuleId(rule),
        rule_class=RuleClass(of_class),
        level=FindingLevel(level),
        state=FindingState(state),
        at=at,
        found_at=found_at,
        node=node,
        department=department,
        staff=staff,
        case=about,
        number=number,
        item=item,
        item_name=item_name,
        values=msgspec.json.decode(said, type=tuple[str, ...]),
        order=order,
    )


# ---- where rules failed


def put_faults(tx: Tx, subject: str, faults: Mapping[RuleId, str], now: int) -> None:
    """Put where rules failed at a subject in the place of what was there."""
    tx.execute("DELETE FROM finding_faults WHERE subject = ?", (subject,))
    tx.executemany(
        "INSERT INTO finding_faults VALUES (?, ?, ?, ?)",
        [(subject, rule, error, now) for rule, error in faults.items()],
    )


def faults(tx: Tx, most: int) -> tuple[tuple[str, RuleId, str, int], ...]:
    """List where rules failed, latest first: at what, which, why, when."""
    rows = tx.execute(
        "SELECT subject, rule, error, at FROM finding_faults ORDER BY at DESC, subject LIMIT ?",
        (most,),
    )
    return tuple((subject, RuleId(rule), error, at) for subject, rule, error, at in rows)


def count_faults(tx: Tx) -> int:
    """Count where rules failed."""
    return int(tx.execute("SELECT count(*) FROM finding_faults").fetchone()[0])


# ---- days of this node, books and calendars that were looked at


def judged_day(tx: Tx, day: date) -> None:
    """Remember that a day was judged."""
    tx.execute("INSERT OR IGNORE INTO watched_days VALUES (?)", (day.isoformat(),))


def is_day_judged(tx: Tx, day: date) -> bool:
    """Say whether a day was judged before."""
    asked = "SELECT 1 FROM watched_days WHERE day = ?"
    return tx.execute(asked, (day.isoformat(),)).fetchone() is not None


def days_since(tx: Tx, first: date) -> tuple[date, ...]:
    """List the days that were judged, from one on."""
    rows = tx.execute("SELECT day FROM watched_days WHERE day >= ? ORDER BY day", (str(first),))
    return tuple(date.fromisoformat(day) for (day,) in rows)


def books_seen(tx: Tx, stream: StreamName) -> int:
    """Tell how many books, or calendars, of a stream the rules have gone by."""
    row = tx.execute("SELECT number FROM watched_books WHERE stream = ?", (stream,)).fetchone()
    return 0 if row is None else int(row[0])


def see_books(tx: Tx, stream: StreamName, number: int) -> None:
    """Remember how many books, or calendars, of a stream the rules have gone by."""
    tx.execute("INSERT OR REPLACE INTO watched_books VALUES (?, ?)", (stream, number))


def forget_days(tx: Tx) -> None:
    """Let every day be judged again."""
    tx.execute("DELETE FROM watched_days")
