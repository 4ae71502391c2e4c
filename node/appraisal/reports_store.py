"""The tables of reports: plain SQL, no decisions."""

import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from schemas.appraisal import Period, PeriodKind
from schemas.ids import NodeId, StaffId, StreamName
from schemas.reports import Objection, ReportObjected, ReportRow, ReportState

Tx = sqlite3.Connection

_ROW: Final = (
    "stream, publisher, kind, period, state, issued_at, issued_by, objections_until, published_at,"
    " corrected_at"
)


def begin(tx: Tx, stream: StreamName, publisher: NodeId, period: Period, by: StaffId) -> None:
    """Write down a report whose figures are about to be listed."""
    tx.execute(
        "INSERT INTO reports VALUES (?, ?, ?, ?, ?, 0, 0, NULL, ?, '', NULL, NULL)",
        (stream, publisher, period.kind, period.key, ReportState.BEGUN, by),
    )


def listed(tx: Tx, stream: StreamName, *, figures: int, scores: int) -> None:
    """Count what was listed."""
    tx.execute(
        "UPDATE reports SET figures = figures + ?, scores = scores + ? WHERE stream = ?",
        (figures, scores, stream),
    )


def count_listed(tx: Tx, stream: StreamName) -> tuple[int, int]:
    """Tell how many figures and scores were listed."""
    row = tx.execute("SELECT figures, scores FROM reports WHERE stream = ?", (stream,)).fetchone()
    return (0, 0) if row is None else (int(row[0]), int(row[1]))


def issue(tx: Tx, stream: StreamName, at: int, by: StaffId, until: str) -> None:
    """Let a report be issued; with no day until which one may object it is published, too."""
    state = ReportState.IN_OBJECTION if until else ReportState.PUBLISHED
    tx.execute(
        "UPDATE reports SET state = ?, issued_at = ?, issued_by = ?, objections_until = ?,"
        " published_at = ? WHERE stream = ?",
        (state, at, by, until, None if until else at, stream),
    )


def publish(tx: Tx, stream: StreamName, at: int) -> None:
    """Let a report be published."""
    tx.execute(
        "UPDATE reports SET state = ?, published_at = ? WHERE stream = ?",
        (ReportState.PUBLISHED, at, stream),
    )


def correct(tx: Tx, stream: StreamName, at: int) -> None:
    """Note that a report was corrected."""
    tx.execute("UPDATE reports SET corrected_at = ? WHERE stream = ?", (at, stream))


def decide(tx: Tx, stream: StreamName, note: StreamName, reason: str, *, upheld: bool) -> None:
    """Write down what became of an objection."""
    tx.execute(
        "INSERT OR REPLACE INTO report_decisions VALUES (?, ?, ?, ?)",
        (stream, note, int(upheld), reason),
    )


def is_decided(tx: Tx, stream: StreamName, note: StreamName) -> bool:
    """Say whether an objection was decided."""
    row = tx.execute(
        "SELECT 1 FROM report_decisions WHERE stream = ? AND note = ?", (stream, note)
    ).fetchone()
    return row is not None


def object_to(tx: Tx, note: StreamName, by: StaffId, at: int, said: ReportObjected) -> None:
    """Write an objection down."""
    tx.execute(
        "INSERT OR REPLACE INTO report_objections VALUES (?, ?, ?, ?, ?, ?)",
        (note, said.stream, note.split("/")[1], by, at, msgspec.json.encode(said)),
    )


def forget(tx: Tx, stream: StreamName) -> None:
    """Drop what the projection holds of one report."""
    tx.execute("DELETE FROM reports WHERE stream = ?", (stream,))
    tx.execute("DELETE FROM report_decisions WHERE stream = ?", (stream,))


def forget_objection(tx: Tx, note: StreamName) -> None:
    """Drop what the projection holds of one objection."""
    tx.execute("DELETE FROM report_objections WHERE note = ?", (note,))


# ---- reading


def state(tx: Tx, stream: StreamName) -> ReportState | None:
    """Tell where a report stands; `None` if none of that name is known."""
    row = tx.execute("SELECT state FROM reports WHERE stream = ?", (stream,)).fetchone()
    return None if row is None else ReportState(row[0])


def load(tx: Tx, stream: StreamName) -> ReportRow | None:
    """Read an issued report by its stream."""
    return next(iter(_rows(tx, "stream = ?", stream)), None)


def of_period(tx: Tx, publisher: NodeId, period: Period) -> ReportRow | None:
    """Read the report that a node issued about a period: the first, if there were two."""
    where = "publisher = ? AND kind = ? AND period = ?"
    found = _rows(tx, where, publisher, period.kind, period.key, order="issued_at, stream")
    return next(iter(found), None)


def latest(tx: Tx, kind: PeriodKind, most: int) -> tuple[ReportRow, ...]:
    """List the latest reports of one kind of period, whoever publishes them."""
    return _rows(
        tx, "kind = ?", kind, order="period DESC, length(publisher) DESC, publisher", most=most
    )


def open_of(tx: Tx, publisher: NodeId) -> tuple[ReportRow, ...]:
    """List what a node has issued and not published."""
    where = "publisher = ? AND state = ? AND published_at IS NULL"
    return _rows(tx, where, publisher, ReportState.IN_OBJECTION)


def count_open_to(tx: Tx, publishers: Sequence[NodeId], today: str) -> int:
    """Count the reports of these nodes to which one may object on a day."""
    holes = ", ".join("?" * len(publishers))
    row = tx.execute(
        f"SELECT count(*) FROM reports WHERE publisher IN ({holes}) AND state = ?"  # noqa: S608
        " AND published_at IS NULL AND objections_until >= ?",
        (*publishers, ReportState.IN_OBJECTION, today),
    ).fetchone()
    return int(row[0])


def count_undecided(tx: Tx, publisher: NodeId) -> int:
    """Count the objections that wait for a node's decision, of published reports too.

    What was written after the last day waits for nobody.
    """
    row = tx.execute(
        "SELECT count(*) FROM reports r JOIN report_objections o ON o.stream = r.stream"
        " LEFT JOIN report_decisions d ON d.stream = o.stream AND d.note = o.note"
        " WHERE r.publisher = ? AND r.issued_at IS NOT NULL AND d.note IS NULL"
        " AND date(o.at / 1000, 'unixepoch', '+8 hours') <= r.objections_until",  # day in China
        (publisher,),
    ).fetchone()
    return int(row[0])


def objections(tx: Tx, stream: StreamName) -> tuple[Objection, ...]:
    """List the objections to a report, oldest first, and what became of them."""
    rows = tx.execute(
        "SELECT o.note, o.node, o.staff, o.at, o.said, d.upheld, d.reason FROM report_objections o"
        " LEFT JOIN report_decisions d ON d.stream = o.stream AND d.note = o.note"
        " WHERE o.stream = ? ORDER BY o.at, o.note",
        (stream,),
    )
    return tuple(
        Objection(
            note=StreamName(note),
            node=NodeId(node),
            by=StaffId(by),
            at=at,
            said=msgspec.json.decode(said, type=ReportObjected),
            upheld=None if upheld is None else bool(upheld),
            reason=reason or "",
        )
        for note, node, by, at, said, upheld, reason in rows
    )


def mark(tx: Tx, period: Period, staff: StaffId, points: int, by: tuple[StaffId, int]) -> None:
    """Write down what a department makes of one of its people; who wrote it, and when."""
    tx.execute(
        "INSERT OR REPLACE INTO report_marks VALUES (?, ?, ?, ?, ?, ?)",
        (period.kind, period.key, staff, points, *by),
    )


def marks(tx: Tx, period: Period) -> Mapping[StaffId, int]:
    """Give what departments made of their people over a period."""
    rows = tx.execute(
        "SELECT staff, points FROM report_marks WHERE kind = ? AND period = ?",
        (period.kind, period.key),
    )
    return {StaffId(staff): int(points) for staff, points in rows}


def _rows(
    tx: Tx, where: str, *values: str, order: str = "period", most: int = -1
) -> tuple[ReportRow, ...]:
    rows = tx.execute(
        f"SELECT {_ROW} FROM reports WHERE {where} AND issued_at IS NOT NULL"  # noqa: S608
        f" ORDER BY {order} LIMIT ?",
        (*values, most),
    )
    return tuple(map(_row, rows))


def _row(row: tuple[Any, ...]) -> ReportRow:
    (
        stream, publisher, kind, period, standing, issued_at, issued_by, until, published_at,
        corrected_at,
    ) = row  # fmt: skip
    return ReportRow(
        stream=stream, publisher=publisher, period=Period(kind=PeriodKind(kind), key=period),
        state=ReportState(standing), issued_at=issued_at, issued_by=issued_by,
        objections_until=until, published_at=published_at, corrected_at=corrected_at,
    )  # fmt: skip
