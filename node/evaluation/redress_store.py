"""The tables of bad ratings, complaints and questions: plain SQL, no decisions."""

import sqlite3
from dataclasses import dataclass
from typing import Final

import msgspec

from node.evaluation.redress_model import Known, due_of
from schemas.ids import DepartmentId, NodeId, StaffId, StreamName
from schemas.redress import RedressKind, RedressState

Tx = sqlite3.Connection
MOST_WAITING: Final = 500  # at one node at once; a county has a handful in a week
_URGENT_FIRST: Final = (
    "due = '', due, opened_at, stream"  # without a limit: behind all that have one
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which matters a list shows."""

    kind: RedressKind | None = None
    state: RedressState | None = None
    is_open: bool = False
    due_before: str = ""
    """Only what was due before that day."""
    department: DepartmentId | None = None
    subject: NodeId | None = None
    not_about: StaffId | None = None
    """Nothing that is about him."""
    bound: bool = False
    """Only what one of the next three says."""
    mine: tuple[NodeId, DepartmentId] | None = None
    """What this department of this node answers for; an empty one: its hall."""
    of_node: NodeId | None = None
    """What this node answers for."""
    taken_by: NodeId | None = None
    """What was taken there."""


# ---- the projection


def save(tx: Tx, known: Known) -> None:
    """Write a matter as it now is."""
    view = known.view
    tx.execute(
        "INSERT OR REPLACE INTO redress VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            view.stream, end_of(view.stream), view.number, view.redress, view.state, view.holder,
            view.taken_by, view.subject, view.department or "", view.staff or "",
            view.case, view.evaluation, view.opened_at, due_of(view),
            msgspec.json.encode(known).decode(),
        ),
    )  # fmt: skip


def forget(tx: Tx, stream: StreamName) -> None:
    """Drop what the projection holds of one stream."""
    tx.execute("DELETE FROM redress WHERE stream = ?", (stream,))


# ---- one


def end_of(stream: StreamName) -> str:
    """Give the random end of a matter's name: its address."""
    return stream.rsplit("/", 1)[1]


def load(tx: Tx, stream: StreamName) -> Known | None:
    """Read a matter by its stream, whoever asks."""
    return next(iter(_find(tx, "stream = ?", (stream,))), None)


def at(tx: Tx, reference: str) -> tuple[Known, ...]:
    """List the matters of an address or a number: two nodes may have given one number."""
    return _find(tx, "id = ?1 OR number = ?1", (reference,))


def numbered(tx: Tx, number: str) -> tuple[Known, ...]:
    """List the matters of a number, whoever gave it."""
    return _find(tx, "number = ?", (number,))


def of_evaluation(tx: Tx, note: StreamName) -> Known | None:
    """Find what a bad rating opened; should two nodes have opened one, the first."""
    return next(iter(_find(tx, "evaluation = ? ORDER BY opened_at, stream", (note,))), None)


def of_case(tx: Tx, case: StreamName) -> tuple[Known, ...]:
    """List what is about a case, the newest first."""
    return _find(tx, "about = ? ORDER BY opened_at DESC, stream", (case,))


# ---- lists


def waiting(tx: Tx, holder: NodeId) -> tuple[Known, ...]:
    """List what a node holds and is not over, the most urgent first."""
    where = f"holder = ? AND state <> 'closed' ORDER BY {_URGENT_FIRST} LIMIT ?"
    return _find(tx, where, (holder, MOST_WAITING))


def listed(tx: Tx, wanted: Wanted, before: tuple[int, str], limit: int) -> tuple[Known, ...]:
    """List what is wanted, the newest first, behind `before` (instant, stream)."""
    parts, values = _conditions(wanted)
    parts.append("(opened_at, stream) < (?, ?)")
    where = f"{' AND '.join(parts)} ORDER BY opened_at DESC, stream DESC LIMIT ?"
    return _find(tx, where, (*values, *before, limit))


def _conditions(wanted: Wanted) -> tuple[list[str], list[object]]:
    parts: list[str] = []
    values: list[object] = []
    plain = {
        "kind": wanted.kind, "state": wanted.state, "department": wanted.department,
        "subject": wanted.subject,
    }  # fmt: skip
    for column, value in plain.items():
        if value is not None:
            parts.append(f"{column} = ?")
            values.append(value)
    if wanted.is_open:
        parts.append("state <> 'closed'")
    if wanted.due_before:
        parts.append("due <> '' AND due < ?")
        values.append(wanted.due_before)
    if wanted.not_about is not None:
        parts.append("staff <> ?")
        values.append(wanted.not_about)
    if wanted.bound:
        own, own_values = _own(wanted)
        parts.append(own)
        values.extend(own_values)
    return parts, values


def _own(wanted: Wanted) -> tuple[str, list[object]]:
    own, values = ["0"], list[object]()
    if wanted.mine is not None:
        own.append("(subject = ? AND department = ?)")
        values.extend(wanted.mine)
    for column, node in (("subject", wanted.of_node), ("taken_by", wanted.taken_by)):
        if node is not None:
            own.append(f"{column} = ?")
            values.append(node)
    return f"({' OR '.join(own)})", values


def _find(tx: Tx, where: str, values: tuple[object, ...]) -> tuple[Known, ...]:
    rows = tx.execute(f"SELECT known FROM redress WHERE {where}", values)  # noqa: S608  # ours
    return tuple(msgspec.json.decode(text, type=Known) for (text,) in rows)


# ---- this node's own


def next_serial(tx: Tx, series: str, year: int) -> int:
    """Give out the next serial of a series in a year."""
    row = tx.execute(
        "INSERT INTO redress_serials VALUES (?, ?, 1)"
        " ON CONFLICT DO UPDATE SET last = last + 1 RETURNING last",
        (series, year),
    ).fetchone()
    return int(row[0])


def note_view(tx: Tx, stream: StreamName, staff: StaffId, day: str) -> None:
    """Write down that somebody read the papers of a matter that day."""
    tx.execute("INSERT OR IGNORE INTO redress_views VALUES (?, ?, ?)", (stream, staff, day))
