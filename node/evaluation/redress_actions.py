"""How bad ratings, complaints and questions are taken, inside the caller's Work.

Free text comes prepared: encrypting is slow and happens before the Work. What is done with them
afterwards is `redress_steps`.
"""

import hashlib
from typing import Final

from federation import partstore
from federation.partstore import PreparedPart
from node.calendar import actions as calendars
from node.cases import numbers, query
from node.cases import reading as cases
from node.cases.caseview import CaseView
from node.clock import local_day
from node.database import Tx
from node.errors import BadInputError, NotAllowedError, NotFoundError
from node.evaluation import redress_limits as limits
from node.evaluation import redress_model as model
from node.evaluation import redress_posts as posts
from node.evaluation import redress_reading as reading
from node.evaluation import redress_store as store
from node.network.actions import place_names
from node.staff import actions as staff
from node.work import Actor, Work
from schemas.evaluation import BAD, EvaluationView
from schemas.ids import (
    CaseNumber,
    DepartmentId,
    NodeId,
    StaffId,
    StreamName,
)
from schemas.levels import Profile
from schemas.redress import (
    RedressKind,
    RedressOpened,
    RedressSource,
)
from schemas.redress_desk import (
    NewRedress,
    RedressTaken,
)
from schemas.staff import Role

_WATCHER: Final = Actor(StaffId("system"), frozenset({Role.SUPERVISOR}))
"""Looks cases up for the node itself."""
SPOKEN: Final = frozenset({RedressSource.WINDOW, RedressSource.PHONE, RedressSource.LETTER})
"""How it may come to somebody who types it in."""


# ---- taking


def case_of(tx: Tx, me: NodeId, profile: Profile, number: str) -> CaseView | None:
    """Find the case of a printed number; `None` if none of that number is known here."""
    named = CaseNumber(number.strip().upper())
    if not numbers.is_number(named):
        return None
    try:
        return cases.case(tx, cases.reader_of(me, profile, _WATCHER), named)
    except NotFoundError:
        return None


def take(work: Work, form: NewRedress, text: PreparedPart, *, named: bool) -> RedressTaken:
    """登记: write down what somebody said at the window, on the telephone, in a letter.

    Raises `NotAllowedError`, `BadInputError`.
    """
    if not work.actor.roles & posts.TAKERS:
        raise NotAllowedError("complaints and questions are taken by windows and the hall")
    faults = {} if form.source in SPOKEN else {"source": "unknown"}
    return _take(work, form, text, named=named, faults=faults)


def take_from_home(
    work: Work, form: NewRedress, text: PreparedPart, *, named: bool
) -> RedressTaken:
    """网上: take what somebody sent without signing in. Raises `BadInputError`."""
    return _take(work, form, text, named=named, faults={})


def _take(
    work: Work, form: NewRedress, text: PreparedPart, *, named: bool, faults: dict[str, str]
) -> RedressTaken:
    view = case_of(work.tx, work.me, work.profile, form.case)
    faults |= _faults(work.tx, work.me, form, view)
    if faults:
        raise BadInputError(faults)
    subject, department = _who_answers(work.me, form, view)
    code, number = query.new_code(), _next_number(work, form.redress)
    opened = RedressOpened(
        number=number,
        redress=form.redress,
        source=form.source,
        subject=subject,
        department=department,
        staff=form.staff,
        window=form.window.strip(),
        case=None if view is None else view.stream,
        case_number=None if view is None else view.number,
        opened_at=work.now_ms,
        verify_by=_verify_by(work, form.redress, subject),
        text=text.digest,
        named=named,
        query=check_of(number, code),
    )
    stream = _open(work, opened)
    partstore.keep(work.tx, text, stream)
    return RedressTaken(number=number, code=code, verify_by=opened.verify_by, subject=subject)


def _faults(tx: Tx, me: NodeId, form: NewRedress, view: CaseView | None) -> dict[str, str]:
    faults = {}
    if form.redress is RedressKind.BAD_RATING:
        faults["redress"] = "unknown"
    if form.case.strip() and view is None:
        faults["case"] = "unknown"
    if form.subject not in (None, me) and form.subject not in place_names(tx):
        faults["subject"] = "unknown"
    is_own = form.subject in (None, me)
    known = {one.id for one in staff.departments(tx)}
    if form.department is not None and is_own and form.department not in known:
        faults["department"] = "unknown"
    if form.staff is not None and (not is_own or staff.account(tx, form.staff) is None):
        faults["staff"] = "unknown"
    return faults


def _who_answers(
    me: NodeId, form: NewRedress, view: CaseView | None
) -> tuple[NodeId, DepartmentId | None]:
    """谁办理谁负责: whoever was named; else who handles the case; else this place."""
    if form.subject is not None:
        return model.answering(form.subject), form.department
    if form.department is not None:
        return model.answering(me), form.department
    return _who_handles(view, me)


def _who_handles(view: CaseView | None, otherwise: NodeId) -> tuple[NodeId, DepartmentId | None]:
    """Name who decided a case, or has it now; if there is none, who answers for a place."""
    if view is None:
        return model.answering(otherwise), None
    subject = model.answering(view.decided_by or view.holder)
    return subject, view.department if view.department_at == subject else None


def open_for_rating(work: Work, view: EvaluationView, case: CaseView | None) -> StreamName | None:
    """差评整改: open what puts a bad rating right, in the Work that took the rating.

    Once for each evaluation that counts; `None` for any other, and for what was opened before.
    """
    if view.grade > BAD or not view.counts:
        return None
    if store.of_evaluation(work.tx, view.note) is not None:
        return None
    subject, department = _who_handles(case, view.node)
    if case is None and subject == view.node:
        department = view.department
    opened = RedressOpened(
        number=_next_number(work, RedressKind.BAD_RATING),
        redress=RedressKind.BAD_RATING,
        source=RedressSource.EVALUATION,
        subject=subject,
        department=department,
        staff=view.staff,
        window=view.window,
        case=view.case,
        case_number=None if case is None else case.number,
        evaluation=view.note,
        grade=view.grade,
        opened_at=work.now_ms,
        verify_by=_verify_by(work, RedressKind.BAD_RATING, subject),
        named=view.named,
    )
    return _open(work, opened)


def _open(work: Work, opened: RedressOpened) -> StreamName:
    stream = work.begin("redress", opened, holder=opened.subject).event.stream
    if opened.case is not None:
        work.touched.append(opened.case)  # its open page shows it
    return stream


def _verify_by(work: Work, kind: RedressKind, subject: NodeId) -> str:
    days = calendars.calendar_of(work.tx, subject)
    return limits.verify_by(kind, local_day(work.now), days).isoformat()


def _next_number(work: Work, kind: RedressKind) -> str:
    letter, life = reading.LETTERS[kind], cases.series(work.tx)
    serial = store.next_serial(work.tx, f"{letter}{life}", local_day(work.now).year)
    return reading.number_of(letter, local_day(work.now).year, "" if life == "A" else life, serial)


def check_of(number: str, code: str) -> str:
    """Give the check that the first event carries, of a number in its one form."""
    said = f"zw/redress/1\n{number}\n{code}".encode()
    return hashlib.sha256(said).hexdigest()[: query.CHECK_DIGITS]
