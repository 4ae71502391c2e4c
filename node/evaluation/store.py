"""The table of evaluations: a projection of notes. Plain SQL, no decisions.

Which one of a subject counts is found while reading: the first by (instant of its event, note),
unless the matter that it opened set it aside.
"""

import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from schemas.evaluation import (
    DimensionGrade,
    Evaluated,
    EvaluationChannel,
    EvaluationView,
    Grade,
)
from schemas.ids import DepartmentId, NodeId, PartDigest, StaffId, StreamName

Tx = sqlite3.Connection

_COLUMNS: Final = (
    "e.note, e.seq, e.node, e.about, e.visit, e.given_at, e.channel, e.grade, e.dimension_table,"
    " e.dimensions, e.tags, e.window, e.staff, e.department, e.department_at, e.comment, e.named,"
    " e.device, e.of_staff"
)
_FIRST: Final = (
    "NOT EXISTS (SELECT 1 FROM evaluations o WHERE o.subject = e.subject"
    " AND (o.at, o.note, o.seq) < (e.at, e.note, e.seq))"
)
_ASIDE: Final = (  # by the first matter of the note, as `redress_store.of_evaluation` finds it
    "coalesce((SELECT json_extract(r.known, '$.view.set_aside') FROM redress r"
    " WHERE r.evaluation = e.note ORDER BY r.opened_at, r.stream LIMIT 1), 0)"
)
_dimensions: Final = msgspec.json.Decoder(tuple[DimensionGrade, ...])
_tags: Final = msgspec.json.Decoder(tuple[str, ...])


@dataclass(frozen=True, slots=True)
class Row:
    """An evaluation as a note brings it."""

    note: StreamName
    seq: int
    node: NodeId
    at: int
    """The instant of its event."""
    said: Evaluated


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which evaluations are asked for."""

    first_ms: int
    last_ms: int
    """Not included."""
    grade: int | None = None
    channel: str = ""
    window: str = ""
    node: str = ""
    department: tuple[str, str] | None = None
    """A department and the node whose it is."""
    not_of: StaffId | None = None
    """None of whom he served."""
    counting: bool = False
    """Only those that count."""

    def where(self) -> tuple[str, tuple[object, ...]]:
        """Give the condition on `evaluations e`, and its values."""
        said: list[tuple[str, object]] = [
            ("e.given_at >= ?", self.first_ms),
            ("e.given_at < ?", self.last_ms),
        ]
        if self.grade is not None:
            said.append(("e.grade = ?", self.grade))
        exact = (("channel", self.channel), ("window", self.window), ("node", self.node))
        said += [(f"e.{column} = ?", value) for column, value in exact if value]
        if self.department is not None:
            said += zip(("e.department = ?", "e.department_at = ?"), self.department, strict=True)
        if self.not_of is not None:
            said.append(("e.staff IS NOT ?", self.not_of))
        conditions = [condition for condition, _ in said] + (
            [_FIRST, f"NOT {_ASIDE}"] if self.counting else []
        )
        return " AND ".join(conditions), tuple(value for _, value in said)


# ---- the projection


def add(tx: Tx, row: Row) -> None:
    """Remember an evaluation."""
    said = row.said
    subject = said.case or f"visit/{row.node}/{said.visit}"
    tx.execute(
        f"INSERT OR REPLACE INTO evaluations VALUES ({', '.join('?' * 21)})",  # noqa: S608
        (
            row.note, row.seq, row.node, subject, said.case or None, said.visit, said.given_at,
            said.channel, said.grade, said.table, msgspec.json.encode(said.dimensions).decode(),
            msgspec.json.encode(said.tags).decode(), said.window, said.staff, said.department,
            said.department_at, None if said.comment is None else bytes.fromhex(said.comment),
            said.named, said.device, said.of_staff, row.at,
        ),
    )  # fmt: skip


def forget(tx: Tx, note: StreamName) -> None:
    """Drop what the projection holds of one note stream."""
    tx.execute("DELETE FROM evaluations WHERE note = ?", (note,))


# ---- reading


def of_note(tx: Tx, note: StreamName) -> EvaluationView | None:
    """Read the evaluation of one note; its first, should it hold several."""
    return next(_find(tx, "e.note = ? ORDER BY e.seq LIMIT 1", note), None)


def of_subject(tx: Tx, subject: str) -> EvaluationView | None:
    """Read the evaluation of a case or visit that counts, were it not set aside: the first."""
    order = "e.subject = ? ORDER BY e.at, e.note, e.seq LIMIT 1"
    return next(_find(tx, order, subject), None)


def of_day(tx: Tx, node: NodeId, first_ms: int, last_ms: int) -> tuple[EvaluationView, ...]:
    """List what a node took in [first, last), in order."""
    where = "e.node = ? AND e.given_at >= ? AND e.given_at < ? ORDER BY e.given_at, e.note, e.seq"
    return tuple(_find(tx, where, node, first_ms, last_ms))


def listing(
    tx: Tx, wanted: Wanted, after: tuple[int, str], most: int
) -> tuple[EvaluationView, ...]:
    """List the latest first, from behind `after`."""
    where, values = wanted.where()
    order = (
        f"{where} AND (e.given_at, e.note) < (?, ?)"
        " ORDER BY e.given_at DESC, e.note DESC, e.seq DESC LIMIT ?"
    )
    return tuple(_find(tx, order, *values, *after, most))


def by_grade(tx: Tx, wanted: Wanted) -> Mapping[Grade, int]:
    """Count those that are asked for by grade; a grade that nobody gave is absent."""
    where, values = wanted.where()
    rows = tx.execute(
        f"SELECT e.grade, count(*) FROM evaluations e WHERE {where} GROUP BY e.grade",  # noqa: S608
        values,
    )
    return {Grade(grade): int(count) for grade, count in rows}


def count_cases(tx: Tx, wanted: Wanted) -> int:
    """Count those that are asked for and are about a case."""
    where, values = wanted.where()
    row = tx.execute(
        f"SELECT count(*) FROM evaluations e WHERE {where} AND e.about IS NOT NULL",  # noqa: S608
        values,
    ).fetchone()
    return int(row[0])


def windows(tx: Tx, first_ms: int, last_ms: int) -> tuple[str, ...]:
    """Name the windows that were evaluated in [first, last)."""
    rows = tx.execute(
        "SELECT DISTINCT window FROM evaluations WHERE given_at >= ? AND given_at < ?"
        " AND window <> '' ORDER BY 1",
        (first_ms, last_ms),
    )
    return tuple(str(one) for (one,) in rows)


def _find(tx: Tx, where: str, *values: object) -> Iterator[EvaluationView]:
    rows = tx.execute(
        f"SELECT {_COLUMNS}, {_FIRST}, {_ASIDE} FROM evaluations e WHERE {where}",  # noqa: S608  # ours
        values,
    )
    return map(_view, rows.fetchall())


def _view(row: tuple[Any, ...]) -> EvaluationView:
    (
        note, _seq, node, about, visit, given_at, channel, grade, table, dimensions, tags, window,
        staff, department, department_at, comment, named, device, of_staff, first, set_aside,
    ) = row  # fmt: skip
    return EvaluationView(
        note=StreamName(note),
        node=NodeId(node),
        case=None if about is None else StreamName(about),
        visit=visit,
        given_at=given_at,
        channel=EvaluationChannel(channel),
        grade=Grade(grade),
        table=table,
        dimensions=_dimensions.decode(dimensions),
        tags=_tags.decode(tags),
        window=window,
        staff=None if staff is None else StaffId(staff),
        department=None if department is None else DepartmentId(department),
        department_at=None if department_at is None else NodeId(department_at),
        comment=None if comment is None else PartDigest(comment.hex()),
        named=bool(named),
        device=device,
        of_staff=bool(of_staff),
        counts=bool(first) and not set_aside,
        set_aside=bool(set_aside),
    )
