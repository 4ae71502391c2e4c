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
from node.supervision import orders_store, store
from node.supervision.store import Row
from node.work import Work
from schemas.ids import CaseNumber, DepartmentId, NodeId, StaffId, StreamName
from schemas.orders import IssueOrder
from schemas.supervision import FindingLevel, FindingState, RuleId

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
    caused_at: int


def of_form(work: Work, form: IssueOrder) -> Matter:
    """Find out what a form is about. Raises `BadInputError`, `NotFoundError`."""
    if form.findings:
        matter = _chosen(of_findings(work.tx, work.me, form.findings), form)
    elif form.case:
        matter = _chosen(_of_case(work, form), form)
    else:
        matter = _of_place(work, form)
    faults = _faults(work, matter, form)
    if faults:
        raise BadInputError(faults)
    return matter


# ---- what was found


def rows_of(tx: Tx, findings: Sequence[str]) -> tuple[Row, ...]:
    """Read what was found and may be ordered about. Raises `BadInputError` if any may not."""
    if len(findings) > model.MOST_FINDINGS:
        raise BadInputError({"findings": "too_many"})
    rows = [store.load(tx, one) for one in dict.fromkeys(findings)]
    known = tuple(row for row in rows if row is not None)
    if len(known) < len(rows):
        raise BadInputError({"findings": "unknown"})
    if any(not _is_free(tx, row) for row in known):
        raise BadInputError({"findings": "already"})
    return known


def _is_free(tx: Tx, row: Row) -> bool:
    return row.state in ORDERABLE and orders_store.of_finding(tx, row.id) is None


def of_findings(tx: Tx, me: NodeId, findings: Sequence[str]) -> Matter:
    """Say what an order about these findings is about, and who is asked.

    Raises `BadInputError` if one may not be ordered about, or they are not one department's.
    """
    rows = rows_of(tx, findings)
    asked = {_asks(row, me) for row in rows}
    subject, department = next(iter(asked))
    if subject is None:
        raise BadInputError({"findings": "not_below"})
    if len(asked) > 1:
        raise BadInputError({"findings": "several"})
    case = _shared([row.case for row in rows])
    red = any(row.level is FindingLevel.RED for row in rows)
    return Matter(
        subject=subject,
        department=department,
        staff=_shared([row.staff for row in rows]),
        case=case,
        number=rows[0].number if case else None,
        findings=tuple(row.id for row in rows),
        rule=_shared([row.rule for row in rows]),
        level=FindingLevel.RED if red else FindingLevel.YELLOW,
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
    return Matter(
        subject=form.subject or matter.subject,
        department=form.department if moved else (form.department or matter.department),
        staff=form.staff or (None if moved else matter.staff),
        case=matter.case,
        number=matter.number,
        findings=matter.findings,
        rule=matter.rule,
        level=form.level or matter.level,
        caused_at=matter.caused_at,
    )


def _faults(work: Work, matter: Matter, form: IssueOrder) -> dict[str, str]:
    faults = {}
    if not (model.is_place(matter.subject) and matter.subject.startswith(work.me)):
        faults["subject"] = "not_below"
    elif not model.oversees(matter.subject):
        faults["subject"] = "no_supervision"
    elif matter.subject == work.me:
        faults |= _unknown_here(work.tx, matter)
    elif form.department is not None and matter.case is None and not matter.findings:
        faults["department"] = "not_here"
    return faults


def _unknown_here(tx: Tx, matter: Matter) -> dict[str, str]:
    faults = {}
    listed = {one.id for one in staff.departments(tx)}
    if matter.department is not None and matter.department not in listed:
        faults["department"] = "unknown"
    if matter.staff is not None and staff.account(tx, matter.staff) is None:
        faults["staff"] = "unknown"
    return faults
