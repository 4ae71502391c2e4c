"""The tables of revisions: projections, working copies, queries. Decides nothing."""

import sqlite3
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from node.revisions.model import Revision
from schemas.ids import DepartmentId, NodeId, StaffId, StreamName
from schemas.revisions import ItemChange, Office, Opinion, RevisionState

Tx = sqlite3.Connection

_COLUMNS: Final = (
    "title, department, state, begun_by, submitted_by, lines, passed, authors, reviewers,"
    " document, notice_from, notice_until, release, begun_at, since, seq"
)


@dataclass(frozen=True, slots=True)
class Sum:
    """A line of a working copy without its text, and how much was wrong when it was written."""

    line: int
    code: str
    base: int
    errors: int
    warnings: int


@dataclass(frozen=True, slots=True)
class Edit:
    """Who wrote a line and when, and how much is wrong with it."""

    by: StaffId
    at: int
    errors: int
    warnings: int


# ---- the projection


def save(tx: Tx, stream: StreamName, revision: Revision) -> None:
    """Write the row of a revision."""
    tx.execute(
        "INSERT OR REPLACE INTO revisions VALUES"
        " (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            stream, revision.title, revision.department, revision.state, revision.begun_by,
            revision.submitted_by, _text(revision.lines), _text(revision.passed),
            _text(revision.authors), _text(revision.reviewers), revision.document,
            revision.notice_from, revision.notice_until, revision.release, revision.begun_at,
            revision.since, revision.seq,
        ),
    )  # fmt: skip


def put_line(tx: Tx, stream: StreamName, line: int, change: ItemChange) -> None:
    """Write a line as the stream states it."""
    tx.execute(
        "INSERT OR REPLACE INTO revision_lines VALUES (?, ?, ?)",
        (stream, line, msgspec.json.encode(change)),
    )


def add_opinion(tx: Tx, stream: StreamName, seq: int, opinion: Opinion) -> None:
    """Remember what an office or the government said."""
    tx.execute(
        "INSERT OR REPLACE INTO revision_opinions VALUES (?, ?, ?, ?, ?, ?, ?)",
        (stream, seq, opinion.office, opinion.passes, opinion.text, opinion.by, opinion.at),
    )


def forget(tx: Tx, stream: StreamName) -> None:
    """Drop what the projection holds of one stream; working copies stay."""
    for table in ("revisions", "revision_lines", "revision_opinions"):
        tx.execute(f"DELETE FROM {table} WHERE stream = ?", (stream,))  # noqa: S608


def load(tx: Tx, stream: StreamName) -> Revision | None:
    """Read a revision; `None` if it is unknown here."""
    row = tx.execute(
        f"SELECT {_COLUMNS} FROM revisions WHERE stream = ?",  # noqa: S608
        (stream,),
    ).fetchone()
    return None if row is None else _revision(row)


def listing(tx: Tx, states: Iterable[RevisionState]) -> tuple[tuple[StreamName, Revision], ...]:
    """List the revisions in these states, the newest first."""
    rows = tx.execute(
        f"SELECT stream, {_COLUMNS} FROM revisions"  # noqa: S608
        " WHERE state IN (SELECT value FROM json_each(?)) ORDER BY since DESC, stream",
        (_text(tuple(states)),),
    )
    return tuple((StreamName(row[0]), _revision(row[1:])) for row in rows)


def stated(
    tx: Tx, stream: StreamName, only: Collection[int] | None = None
) -> dict[int, ItemChange]:
    """Read every line, or those of `only`, as the stream last stated it."""
    rows = tx.execute(
        f"SELECT line, change FROM revision_lines WHERE stream = ? {_these(only)} ORDER BY line",  # noqa: S608
        (stream, *_given(only)),
    )
    return {line: _change(change) for line, change in rows}


def has_open(
    tx: Tx, creator: NodeId, states: Iterable[RevisionState], revision: tuple[str, str | None]
) -> bool:
    """Say whether a revision of `creator` in these states has this title and department."""
    row = tx.execute(
        "SELECT 1 FROM revisions WHERE state IN (SELECT value FROM json_each(?))"
        " AND stream GLOB ? AND title = ? AND department IS ? LIMIT 1",
        (_text(tuple(states)), f"revision/{creator}/*", *revision),
    ).fetchone()
    return row is not None


def numbers(tx: Tx, stream: StreamName) -> frozenset[int]:
    """Name the lines that the stream has stated."""
    rows = tx.execute("SELECT line FROM revision_lines WHERE stream = ?", (stream,))
    return frozenset(line for (line,) in rows)


def opinions(tx: Tx, stream: StreamName) -> tuple[Opinion, ...]:
    """List the opinions, oldest first."""
    rows = tx.execute(
        "SELECT office, passes, text, by, at FROM revision_opinions WHERE stream = ? ORDER BY seq",
        (stream,),
    )
    return tuple(
        Opinion(office=office, passes=bool(passes), text=text, by=StaffId(by), at=at)
        for office, passes, text, by, at in rows
    )


def find(tx: Tx, ending: str) -> StreamName | None:
    """Find a revision's stream by the random end of its name."""
    row = tx.execute(
        "SELECT stream FROM revisions WHERE substr(stream, -16) = ? ORDER BY stream LIMIT 1",
        (ending,),
    ).fetchone()
    return None if row is None else StreamName(row[0])


# ---- working copies


def drafts(
    tx: Tx, stream: StreamName, only: Collection[int] | None = None
) -> dict[int, tuple[ItemChange, int]]:
    """Read the working copy, or the lines `only` of it: each with how often it was edited."""
    rows = tx.execute(
        "SELECT line, change, edited FROM revision_drafts WHERE stream = ?"  # noqa: S608
        f" {_these(only)} AND dropped = 0 ORDER BY line",
        (stream, *_given(only)),
    )
    return {line: (_change(change), edited) for line, change, edited in rows}


def sums(tx: Tx, stream: StreamName) -> tuple[Sum, ...]:
    """List the lines of the working copy without their texts."""
    rows = tx.execute(
        "SELECT line, code, base, errors, warnings FROM revision_drafts"
        " INDEXED BY revision_drafts_code"  # the table itself would bring the texts along
        " WHERE stream = ? AND dropped = 0 ORDER BY line",
        (stream,),
    )
    return tuple(Sum(*row) for row in rows)


def authors(tx: Tx, stream: StreamName) -> tuple[StaffId, ...]:
    """Name all who edited a line that is in the working copy now."""
    rows = tx.execute(
        "SELECT DISTINCT a.value FROM revision_drafts d, json_each(d.authors) a"
        " WHERE d.stream = ? AND d.dropped = 0 ORDER BY a.value",
        (stream,),
    )
    return tuple(StaffId(who) for (who,) in rows)


def draft(tx: Tx, stream: StreamName, line: int) -> tuple[ItemChange, int] | None:
    """Read one line of the working copy."""
    row = tx.execute(
        "SELECT change, edited FROM revision_drafts WHERE stream = ? AND line = ? AND dropped = 0",
        (stream, line),
    ).fetchone()
    return None if row is None else (_change(row[0]), row[1])


def put_draft(tx: Tx, stream: StreamName, line: int, change: ItemChange, edit: Edit) -> None:
    """Write a line of the working copy; whoever has edited it before stays among its authors."""
    tx.execute(
        "INSERT INTO revision_drafts (stream, line, dropped, code, base, errors, warnings, edited,"
        " authors, at, change) VALUES (?1, ?2, 0, ?3, ?4, ?5, ?6, 1, json_array(?7), ?8, ?9)"
        " ON CONFLICT DO UPDATE SET code = ?3, base = ?4, errors = ?5, warnings = ?6,"
        " edited = edited + 1, at = ?8, change = ?9, authors ="
        " iif(?7 IN (SELECT value FROM json_each(authors)), authors,"
        " json_insert(authors, '$[#]', ?7))",
        (
            stream, line, change.code, change.base, edit.errors, edit.warnings, edit.by, edit.at,
            msgspec.json.encode(change),
        ),
    )  # fmt: skip


def drop_draft(tx: Tx, stream: StreamName, line: int) -> None:
    """Drop a line of the working copy; its number stays used."""
    tx.execute(
        "UPDATE revision_drafts SET dropped = 1 WHERE stream = ? AND line = ?", (stream, line)
    )


def count_drafts(tx: Tx, stream: StreamName) -> int:
    """Count the lines of the working copy."""
    row = tx.execute(
        "SELECT count(*) FROM revision_drafts INDEXED BY revision_drafts_code"
        " WHERE stream = ? AND dropped = 0",
        (stream,),
    ).fetchone()
    return int(row[0])


def count_drafts_of(tx: Tx, stream: StreamName, code: str) -> int:
    """Count the lines of the working copy that change the item `code`."""
    row = tx.execute(
        "SELECT count(*) FROM revision_drafts WHERE stream = ? AND code = ? AND dropped = 0",
        (stream, code),
    ).fetchone()
    return int(row[0])


def next_line(tx: Tx, stream: StreamName) -> int:
    """Number the next new line: never one that was given before, also if it was dropped."""
    row = tx.execute(
        "SELECT max(coalesce((SELECT max(line) FROM revision_drafts WHERE stream = ?1), 0),"
        " coalesce((SELECT max(line) FROM revision_lines WHERE stream = ?1), 0))",
        (stream,),
    ).fetchone()
    return int(row[0]) + 1


def _revision(row: tuple[Any, ...]) -> Revision:
    (
        title, department, state, begun_by, submitted_by, lines, passed, authors, reviewers,
        document, notice_from, notice_until, release, begun_at, since, seq,
    ) = row  # fmt: skip
    return Revision(
        title=title, department=None if department is None else DepartmentId(department),
        state=RevisionState(state), begun_by=begun_by, submitted_by=submitted_by,
        lines=msgspec.json.decode(lines, type=tuple[int, ...]),
        passed=msgspec.json.decode(passed, type=tuple[Office, ...]),
        authors=msgspec.json.decode(authors, type=tuple[StaffId, ...]),
        reviewers=msgspec.json.decode(reviewers, type=tuple[StaffId, ...]), document=document,
        notice_from=notice_from, notice_until=notice_until, release=release, begun_at=begun_at,
        since=since, seq=seq,
    )  # fmt: skip


def _these(only: Collection[int] | None) -> str:
    """Narrow a query to the lines `only`: said in the query, so that it looks for no others."""
    return "" if only is None else "AND line IN (SELECT value FROM json_each(?))"


def _given(only: Collection[int] | None) -> tuple[str, ...]:
    return () if only is None else (_text(tuple(only)),)


def _change(encoded: bytes) -> ItemChange:
    return msgspec.json.decode(encoded, type=ItemChange)


def _text(values: tuple[object, ...]) -> str:
    return msgspec.json.encode(values).decode()
