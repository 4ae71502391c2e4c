"""The record of who looked at whom, and why: a page shows a person only once this is written."""

from dataclasses import dataclass
from typing import Final

from node.audit import actions as audit
from node.database import Tx
from node.errors import BadInputError
from node.staff import actions as staff
from node.work import Work
from schemas.audit import Act
from schemas.ids import DepartmentId, StaffId, StreamName
from schemas.staff import Role

SHORTEST: Final = 4  # characters: "补正电话"; less says nothing
LONGEST: Final = 200
MOST_SHOWN: Final = 50
SCAN: Final = "@scan"
RECEIPT: Final = "@receipt"
"""Reasons that a page gives by itself begin with `@`; people cannot type these."""


@dataclass(frozen=True, slots=True)
class View:
    """Somebody looked."""

    name: str
    """Empty if the account is gone."""
    why: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class Viewed:
    """Who looked at whom, when, and as what: his posts may be others by now."""

    stream: StreamName
    staff: StaffId
    at_ms: int
    department: DepartmentId | None
    roles: frozenset[Role] | None
    """`None`: his account was gone before this was written down."""


def note(work: Work, stream: StreamName, why: str) -> None:
    """Write down that the actor looks at the applicant of `stream`. Raises `BadInputError`."""
    if not why.startswith("@") and not SHORTEST <= len(why) <= LONGEST:
        raise BadInputError({"why": "bad_length"})
    actor = work.actor
    work.tx.execute(
        "INSERT INTO person_views (stream, staff, why, at, department, roles)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (stream, actor.staff, why, work.now_ms, actor.department, " ".join(sorted(actor.roles))),
    )
    audit.note(work, Act.PERSON_VIEWED, _number(work.tx, stream), {"why": why})


def views(tx: Tx, stream: StreamName) -> tuple[View, ...]:
    """List who looked at the applicant of `stream`, latest first."""
    rows = tx.execute(
        "SELECT staff, why, at FROM person_views WHERE stream = ? ORDER BY serial DESC LIMIT ?",
        (stream, MOST_SHOWN),
    )
    return tuple(View(_name(tx, StaffId(who)), why, at) for who, why, at in rows)


def between(tx: Tx, first_ms: int, end_ms: int) -> tuple[Viewed, ...]:
    """List who looked at whom in a stretch of time, its end not included, in order."""
    rows = tx.execute(
        "SELECT stream, staff, at, department, roles FROM person_views"
        " WHERE at >= ? AND at < ? ORDER BY at, serial",
        (first_ms, end_ms),
    )
    return tuple(
        Viewed(StreamName(stream), StaffId(staff), at, department, _roles(roles))
        for stream, staff, at, department, roles in rows
    )


def _roles(text: str | None) -> frozenset[Role] | None:
    return None if text is None else frozenset(map(Role, text.split()))


def _number(tx: Tx, stream: StreamName) -> str:
    """Give the number of the case, which an auditor knows it by; its stream before it has one."""
    row = tx.execute("SELECT number FROM cases WHERE stream = ?", (stream,)).fetchone()
    return str(row[0]) if row and row[0] else stream


def _name(tx: Tx, who: StaffId) -> str:
    account = staff.account(tx, who)
    return "" if account is None else account.name
