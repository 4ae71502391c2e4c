"""How much waits, how much of it is late, and what the applicant still owes.

Counted along indices and never beyond a thousand of a kind: past that a number says nothing more.
"""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from node.cases import lists, store
from node.cases.caseview import CaseView
from node.cases.lists import Run
from node.cases.model import Sight
from node.cases.store import Reader, visible
from schemas.cases import Action
from schemas.ids import StreamName
from schemas.staff import Role

Tx = sqlite3.Connection

MOST: Final = 1000
MOST_PENDING: Final = 5  # named on the home page: whoever has more has one cause for all of them
_CERTAIN: Final = (
    "c.state <> 'correcting' AND NOT EXISTS (SELECT 1 FROM case_clocks t WHERE t.case_id = c.id"
    " AND t.due_at = c.due_at AND t.provisional)"
)
"""What rests on a calendar that is not published is never called late, and papers that are still
to come are the applicant's to bring."""


@dataclass(frozen=True, slots=True)
class Pressing:
    """How much is late, how much ends today, and how much ends soon behind today."""

    late: int = 0
    today: int = 0
    soon: int = 0


@dataclass(frozen=True, slots=True)
class Ends:
    """Instants at which days end in China: milliseconds UTC."""

    today: int
    soon: int
    """The last day that counts as soon."""


def by_duty(tx: Tx, reader: Reader, roles: frozenset[Role]) -> Mapping[Action, int]:
    """Count what waits for him by the step that it waits for, each up to a thousand."""
    found: dict[Action, int] = {}
    for run in lists.inbox_runs(reader, roles):
        row = tx.execute(
            f"SELECT count(*) FROM (SELECT 1 FROM {run.rows}"  # noqa: S608
            f" WHERE {run.condition} LIMIT ?)",
            (*run.values, MOST),
        ).fetchone()
        if row[0] and run.duty is not None:
            found[run.duty] = found.get(run.duty, 0) + int(row[0])
    return found


def pressing(tx: Tx, reader: Reader, roles: frozenset[Role], ends: Ends) -> Pressing:
    """Count what is late and what ends today, of what waits for him."""
    return _pressing(tx, lists.inbox_runs(reader, roles), ends)


def _pressing(tx: Tx, runs: tuple[Run, ...], ends: Ends) -> Pressing:
    late, today, soon = 0, 0, 0
    for run in runs:
        rows = tx.execute(
            f"SELECT c.due_at FROM {run.rows} WHERE {run.condition}"  # noqa: S608
            f" AND c.due_at <= ? AND {_CERTAIN} LIMIT ?",
            (*run.values, ends.soon, MOST),
        ).fetchall()
        late += sum(due < ends.today for (due,) in rows)
        today += sum(due == ends.today for (due,) in rows)
        soon += sum(due > ends.today for (due,) in rows)
    return Pressing(min(late, MOST), min(today, MOST), min(soon, MOST))


def owed_by(tx: Tx, reader: Reader, day: str) -> tuple[CaseView, ...]:
    """Name the cases whose pending papers (容缺) are due by `day`, the first to end first."""
    if reader.sight is Sight.NONE:
        return ()
    condition, values = visible(reader)
    rows = tx.execute(
        "SELECT stream FROM cases c INDEXED BY cases_pending"  # noqa: S608
        " WHERE json_extract(law, '$.pending_by') <= ?"
        " AND json_extract(law, '$.pending_by') IS NOT NULL AND outcome IS NULL"
        f" AND json_array_length(law, '$.pending') > 0 AND {condition}"
        " ORDER BY json_extract(law, '$.pending_by'), id LIMIT ?",
        (day, *values, MOST_PENDING),
    )
    views = (store.load(tx, StreamName(stream)) for (stream,) in rows)
    return tuple(view for view in views if view is not None)


def answered_between(
    tx: Tx, first_ms: int, last_ms: int, department: tuple[str, str] | None = None
) -> int:
    """Count the cases that were decided or refused in [first, last), as far as known here.

    `department`: only those of one, named with the node whose it is.
    """
    row = tx.execute(
        "SELECT count(*) FROM cases c INDEXED BY cases_answered"
        " WHERE c.decided_at >= ? AND c.decided_at < ?"
        " AND (? IS NULL OR (c.department = ? AND c.department_at = ?))",
        (first_ms, last_ms, *((None,) * 3 if department is None else (department[0], *department))),
    ).fetchone()
    return int(row[0])
