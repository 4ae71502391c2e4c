"""What the rules of a day look at: which cases were taken and decided here, in one row each.

Kept by the follower, case by case, so that a day can be judged without reading its cases again.
"""

import sqlite3
from dataclasses import dataclass
from typing import Final

from node.cases.life import Happening, History
from node.supervision.model import Decided, Received
from schemas.case_law import CaseRedispatched, CaseReopened
from schemas.cases import CaseAccepted, CaseDecided, CaseDispatched, CaseReceived, CaseState
from schemas.ids import DepartmentId, NodeId, StaffId, StreamName

Tx = sqlite3.Connection
COMES_TO_A_DESK: Final = (CaseAccepted, CaseDispatched, CaseRedispatched, CaseReopened)
LONGEST_QUEUE_MS: Final = 183 * 24 * 3_600_000
"""Half a year: what lies longer at a desk was not passed over but forgotten, and late (T3, T4)."""
STILL_WAITS: Final = 1 << 62
STANDS_STILL: Final = frozenset({CaseState.CORRECTING, CaseState.SUSPENDED})
OVER: Final = frozenset(
    {
        CaseState.CLOSED, CaseState.WITHDRAWN, CaseState.RETURNED, CaseState.REFUSED,
        CaseState.TERMINATED, CaseState.VOIDED, CaseState.REVOKED,
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """One case, as far as it was taken or decided here."""

    stream: StreamName
    item: str
    taken_by: StaffId | None
    received_at: int
    entered_at: int
    ended_at: int | None
    agent: str
    """In what relation somebody acts for the applicant; empty: nobody does."""
    decided_by: StaffId | None
    department: DepartmentId | None
    waits_from: int | None
    """When it came to the desk that decides; `None`: it stood still since, so it is in no queue."""
    decided_at: int | None


def watched_of(life: History, me: NodeId) -> Watched | None:
    """Tell of a case what a day at `me` looks at; `None` if nothing of it happened there."""
    first, view = life.first, life.view
    decision = _decision(life)
    taken = first.actor if first.node == me else None
    decided = decision.step.actor if decision is not None and decision.step.node == me else None
    waiting = view.department if view.department_at == me else None
    if taken is None and decided is None and waiting is None:
        return None
    before = view if decision is None else decision.before or view
    department = before.department if before.department_at == me else None
    data = first.data
    entrusted = data.agency if isinstance(data, CaseReceived) else None
    return Watched(
        stream=life.stream,
        item="" if life.item is None else life.item.code,
        taken_by=taken,
        received_at=view.received_at,
        entered_at=first.at,
        ended_at=_ended_at(life),
        agent=entrusted.kind if entrusted else "",
        decided_by=decided,
        department=department,
        waits_from=None if department is None else _waits_from(life, decision),
        decided_at=None if decision is None else decision.step.at,
    )


def _decision(life: History) -> Happening | None:
    found = (one for one in reversed(life.happenings) if isinstance(one.did, CaseDecided))
    return next(found, None)


def _ended_at(life: History) -> int | None:
    if life.view.state not in OVER:
        return None
    ended = None
    for one in reversed(life.happenings):
        if one.after.state not in OVER:
            break
        ended = one.step.at
    return ended


def _waits_from(life: History, decision: Happening | None) -> int | None:
    came: int | None = None
    for one in life.happenings:
        if one is decision:
            break
        if isinstance(one.did, COMES_TO_A_DESK):
            came = one.step.at
        elif one.after.state in STANDS_STILL:
            return None
    return came


def put(tx: Tx, one: Watched) -> None:
    """Keep what a day looks at of a case."""
    tx.execute(
        "INSERT OR REPLACE INTO watched_cases VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            one.stream, one.item, one.taken_by, one.received_at, one.entered_at, one.ended_at,
            one.agent, one.decided_by, one.department, one.waits_from, one.decided_at,
        ),
    )  # fmt: skip


def received(tx: Tx, first_ms: int, end_ms: int) -> tuple[Received, ...]:
    """List what was taken here in a stretch of time, by when it was typed in."""
    rows = tx.execute(
        "SELECT stream, item, taken_by, received_at, entered_at, ended_at, agent"
        " FROM watched_cases WHERE taken_by IS NOT NULL AND entered_at >= ? AND entered_at < ?"
        " ORDER BY entered_at, stream",
        (first_ms, end_ms),
    )
    return tuple(
        Received(
            case=StreamName(stream), item=item, staff=StaffId(staff), received_at=received_at,
            entered_at=entered_at, ended_at=ended_at, agent=agent,
        )
        for stream, item, staff, received_at, entered_at, ended_at, agent in rows
    )  # fmt: skip


def decided(tx: Tx, first_ms: int, end_ms: int) -> tuple[Decided, ...]:
    """List what was decided here in a stretch of time, and how many older ones were passed over."""
    rows = tx.execute(
        "SELECT stream, item, decided_by, department, waits_from, decided_at FROM watched_cases"
        " WHERE decided_by IS NOT NULL AND decided_at >= ? AND decided_at < ?"
        " ORDER BY decided_at, stream",
        (first_ms, end_ms),
    ).fetchall()
    queues = _queues(tx, first_ms, end_ms) if rows else {}
    return tuple(
        Decided(
            case=StreamName(stream), item=item, staff=StaffId(staff), department=department,
            at=at, passed=0 if came is None else sum(
                since < came and until > at for since, until in queues.get((item, department), ())
            ),
        )
        for stream, item, staff, department, came, at in rows
    )  # fmt: skip


def _queues(
    tx: Tx, first_ms: int, end_ms: int
) -> dict[tuple[str, str | None], list[tuple[int, int]]]:
    """Give, by item and desk, since when and until when cases waited in a stretch of time."""
    found: dict[tuple[str, str | None], list[tuple[int, int]]] = {}
    rows = tx.execute(
        "SELECT item, department, waits_from, coalesce(decided_at, ended_at, ?1)"
        " FROM watched_cases WHERE waits_from >= ?2 AND waits_from < ?3"
        " AND coalesce(decided_at, ended_at, ?1) >= ?4",
        (STILL_WAITS, first_ms - LONGEST_QUEUE_MS, end_ms, first_ms),
    )
    for item, department, since, until in rows:
        found.setdefault((item, department), []).append((since, until))
    return found
