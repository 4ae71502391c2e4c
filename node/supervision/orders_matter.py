"""What a new order is about: what rules found, a case that a supervisor looked at, or a place.

Who is asked follows from whose doing it is: a department of this node, its hall, or a node below
that supervises itself. A village's doing is asked of its town.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from node.cases import reading as cases
from node.cases.caseview import CaseView
from node.database import Tx
from node.errors import BadInputError
from node.staff import actions as staff
from node.supervision import orders_model as model
from node.supervision import store
from node.supervision.store import Row
from node.work import Work
from schemas.ids import (
    CaseNumber,
    DepartmentId,
    NodeId,
    StaffId,
    StreamName,
    stream_creator,
)
from schemas.orders import IssueOrder
from schemas.supervision import Finding, FindingLevel, FindingState, RuleId

T = TypeVar("T")
LOOKED_AT: Final = 5  # rows for each that is offered: others of the place are asked apart
ORDERABLE: Final = frozenset({FindingState.OPEN, FindingState.NOTED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """What an order is about, and who is asked."""

    subject: NodeId
    department: DepartmentId | None = None
    staff: StaffId | None = None
    case: StreamName | None = None
    number: CaseNumber | None = None
    findings: tuple[str, ...] = ()
    rule: RuleId | None = None
    level: FindingLevel = FindingLevel.YELLOW
    yellow: int = 0
    """Of what is red as a whole: how many findings are yellow."""
    caused_at: int


def of_form(work: Work, form: IssueOrder) -> Matter:
    """Find out what a form is about. Raises `BadInputError`, `NotFoundError`."""
    if form.findings:
        follows = of_findings(work.tx, work.me, form.findings)
    elif form.case:
        follows = _of_case(work, form)
    else:
        follows = None
    matter = _of_place(work, form) if follows is None else _chosen(follows, form)
    faults = _faults(work, matter, follows)
    if faults:
        raise BadInputError(faults)
    return matter


# ---- what was found


def rows_of(tx: Tx, me: NodeId, findings: Sequence[str]) -> tuple[Row, ...]:
    """Read what was found and may be ordered about. Raises `BadInputError` if any may not."""
    if len(findings) > model.MOST_FINDINGS:
        raise BadInputError({"findings": "too_many"})
    rows = [store.load(tx, one) for one in dict.fromkeys(findings)]
    known = tuple(row for row in rows if row is not None)
    if len(known) < len(rows):
        raise BadInputError({"findings": "unknown"})
    if any(not may_be_ordered(row, me) for row in known):
        raise BadInputError({"findings": "already"})
    return known


def may_be_ordered(found: Row | Finding, me: NodeId) -> bool:
    """Say whether `me` may order about it: nobody has, or only a node below, whoever it asked."""
    if found.order is None:
        return found.state in ORDERABLE
    below = stream_creator(found.order)
    return found.state is not FindingState.WITHDRAWN and below != me and below.startswith(me)


def of_findings(tx: Tx, me: NodeId, findings: Sequence[str]) -> Matter:
    """Say what an order about these findings is about, and who is asked.

    Raises `BadInputError` if one may not be ordered about, or they are not one department's.
    """
    rows = rows_of(tx, me, findings)
    asked = {_asks(row, me) for row in rows}
    subject, department = next(iter(asked))
    if subject is None:
        raise BadInputError({"findings": "not_below"})
    if len(asked) > 1:
        raise BadInputError({"findings": "several"})
    case = _shared([row.case for row in rows])
    red = sum(row.level is FindingLevel.RED for row in rows)
    return Matter(
        subject=subject,
        department=department,
        staff=_shared([row.staff for row in rows]),
        case=case,
        number=rows[0].number if case else None,
        findings=tuple(row.id for row in rows),
        rule=_shared([row.rule for row in rows]),
        level=FindingLevel.RED if red else FindingLevel.YELLOW,
        yellow=len(rows) - red if red else 0,
        caused_at=min(row.at for row in rows),
    )


def waiting_of(
    tx: Tx, me: NodeId, subject: NodeId, department: DepartmentId | None, most: int
) -> tuple[Row, ...]:
    """List what was found about who would be asked and may be ordered about, latest first."""
    wanted = {
        "f.state IN (?, ?)": tuple(ORDERABLE),
        "f.node BETWEEN ? AND ?": (subject, f"{subject}:"),  # it and all below it
    }
    rows = store.page(tx, wanted, None, most * LOOKED_AT)
    asked = [row for row in rows if _asks(row, me) == (subject, department)]
    return tuple(asked[:most])


def _asks(row: Row, me: NodeId) -> tuple[NodeId | None, DepartmentId | None]:
    """Name who is asked about a finding."""
    subject = model.subject_for(row.node, me)
    return subject, row.department if row.node == subject else None


def _shared(values: Sequence[T | None]) -> T | None:
    """Give what all have; `None` if they differ."""
    return values[0] if all(one == values[0] for one in values) else None


# ---- what the supervisor saw himself


def _of_case(work: Work, form: IssueOrder) -> Matter:
    reader = cases.reader_of(work.me, work.profile, work.actor)
    view = cases.case(work.tx, reader, form.case)
    subject, department = answering_for(view, work.me)
    if subject is None:
        raise BadInputError({"case": "not_below"})
    return Matter(
        subject=subject,
        department=department,
        case=view.stream,
        number=view.number,
        caused_at=work.now_ms,
    )


def answering_for(view: CaseView, me: NodeId) -> tuple[NodeId | None, DepartmentId | None]:
    """Name who answers for a case as it stands: the department that has it, or who holds it."""
    if view.department is not None and view.department_at is not None:
        subject = model.subject_for(view.department_at, me)
        if subject is not None and view.holder == view.department_at:
            return subject, view.department
    return model.subject_for(view.holder, me), None


def _of_place(work: Work, form: IssueOrder) -> Matter:
    if form.subject is None:
        raise BadInputError({"subject": "missing"})
    return Matter(
        subject=form.subject,
        department=form.department,
        staff=form.staff,
        level=form.level or FindingLevel.YELLOW,
        caused_at=work.now_ms,
    )


def _chosen(matter: Matter, form: IssueOrder) -> Matter:
    """Follow what the supervisor says himself, where he does."""
    moved = form.subject not in (None, matter.subject)
    is_other_level = form.level not in (None, matter.level)
    return Matter(
        subject=form.subject or matter.subject,
        department=form.department if moved else (form.department or matter.department),
        staff=form.staff or (None if moved else matter.staff),
        case=matter.case,
        number=matter.number,
        findings=matter.findings,
        rule=matter.rule,
        level=form.level or matter.level,
        yellow=0 if is_other_level else matter.yellow,  # his word is about all of them
        caused_at=matter.caused_at,
    )


def _faults(work: Work, matter: Matter, follows: Matter | None) -> dict[str, str]:
    """Say what is wrong with who is asked, and with what `follows` from what it is about.

    The departments of another place are known there: one is asked only if the matter names it.
    """
    faults = {}
    if not (model.is_place(matter.subject) and matter.subject.startswith(work.me)):
        faults["subject"] = "not_below"
    elif not model.oversees(matter.subject):
        faults["subject"] = "no_supervision"
    elif matter.subject == work.me:
        faults |= _unknown_here(work.tx, matter)
    elif matter.department is not None and not _is_same_unit(matter, follows):
        faults["department"] = "not_here"
    return faults


def _is_same_unit(matter: Matter, follows: Matter | None) -> bool:
    if follows is None:
        return False
    return (matter.subject, matter.department) == (follows.subject, follows.department)


def _unknown_here(tx: Tx, matter: Matter) -> dict[str, str]:
    faults = {}
    listed = {one.id for one in staff.departments(tx)}
    if matter.department is not None and matter.department not in listed:
        faults["department"] = "unknown"
    if matter.staff is not None and staff.account(tx, matter.staff) is None:
        faults["staff"] = "unknown"
    return faults
