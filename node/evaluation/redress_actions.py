"""How bad ratings, complaints and questions are taken, inside the caller's Work.

Free text comes prepared: encrypting is slow and happens before the Work. What is done with them
afterwards is `redress_steps`.
"""

import hashlib
from collections.abc import Mapping
from typing import Final

from federation import partstore
from federation.partstore import PreparedPart
from node.calendar import actions as calendars
from node.cases import model as cases_model
from node.cases import numbers, query
from node.cases import reading as cases
from node.cases.caseview import CaseView
from node.catalogue import actions as catalogue
from node.clock import local_day
from node.database import Tx
from node.errors import BadInputError, NotAllowedError, NotFoundError
from node.evaluation import model as model_of_ratings
from node.evaluation import redress_limits as limits
from node.evaluation import redress_model as model
from node.evaluation import redress_posts as posts
from node.evaluation import redress_reading as reading
from node.evaluation import redress_store as store
from node.evaluation.redress_writing import Sealed
from node.network.actions import place_names
from node.staff import actions as staff
from node.work import Actor, Work
from schemas.evaluation import BAD, EvaluationForm, EvaluationView, RatingPart
from schemas.ids import (
    CaseNumber,
    DepartmentId,
    NodeId,
    StaffId,
    StreamName,
    stream_creator,
)
from schemas.levels import Profile
from schemas.redress import (
    RedressKind,
    RedressOpened,
    RedressSource,
)
from schemas.redress_desk import NewRedress, RedressSent, RedressTaken
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


def take(work: Work, form: NewRedress, text: Sealed) -> RedressTaken:
    """登记: write down what somebody said at the window, on the telephone, in a letter.

    Raises `NotAllowedError`, `BadInputError`.
    """
    if not work.actor.roles & posts.TAKERS:
        raise NotAllowedError("complaints and questions are taken by windows and the hall")
    faults = {} if form.source in SPOKEN else {"source": "unknown"}
    return _take(work, form, text, faults)


def take_from_home(work: Work, form: NewRedress, text: Sealed) -> RedressSent:
    """网上: take what somebody sent without signing in. Raises `BadInputError`.

    He is not told who answers: that would tell whose a case is of which he has the number alone.
    """
    taken = _take(work, form, text, {})
    return RedressSent(number=taken.number, code=taken.code, verify_by=taken.verify_by)


def _take(work: Work, form: NewRedress, text: Sealed, faults: dict[str, str]) -> RedressTaken:
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
        text=text.paper.digest,
        named=text.named,
        query=check_of(number, code, text.key),
    )
    stream = _open(work, opened)
    partstore.keep(work.tx, text.paper, stream)
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
    if "subject" not in faults and not _has_department(tx, me, form):
        faults["department"] = "unknown" if is_own else "not_here"
    if form.staff is not None and (not is_own or staff.account(tx, form.staff) is None):
        faults["staff"] = "unknown"
    return faults


def _has_department(tx: Tx, me: NodeId, form: NewRedress) -> bool:
    """Say whether who answers has the department that is named, as far as it is known here."""
    if form.department is None:
        return True
    return form.department in departments_of(tx, me, model.answering(form.subject or me))


def departments_of(tx: Tx, me: NodeId, place: NodeId) -> Mapping[DepartmentId, str]:
    """Name the departments of a place, as far as they are known here.

    This node's own; of another, those that its items name.
    """
    if place == me:
        return {one.id: one.name for one in staff.departments(tx)}
    items = catalogue.known(tx, place)
    return {
        one.department: one.department_name for one in items if stream_creator(one.stream) == place
    }


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


def carried(me: NodeId, form: EvaluationForm, case: CaseView | None) -> RatingPart | None:
    """Give what was written with an evaluation, if the matter that it opens must bring it along."""
    if form.grade > BAD:
        return None
    subject, department = _who_handles(case, me)
    return model_of_ratings.part_of(form) if _carries(me, case, subject, department) else None


def _carries(
    me: NodeId, case: CaseView | None, subject: NodeId, department: DepartmentId | None
) -> bool:
    """Say whether somebody who answers or judges has no right to the papers of the case."""
    readers = {subject, model.judge_of(subject, department)} - {me}
    return any(case is None or not cases_model.entitled(case, one) for one in readers)


def open_for_rating(
    work: Work, view: EvaluationView, case: CaseView | None, text: PreparedPart | None = None
) -> StreamName | None:
    """差评整改: open what puts a bad rating right, in the Work that took the rating.

    Once for each evaluation that counts; `None` for any other, and for what was opened before.
    `text` is what was written, as `carried` gives it: it travels with the matter.
    """
    if view.grade > BAD or not view.counts:
        return None
    if store.of_evaluation(work.tx, view.note) is not None:
        return None
    subject, department = _who_handles(case, view.node)
    if case is None and subject == view.node:
        department = view.department
    brought = text if _carries(work.me, case, subject, department) else None
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
        text=None if brought is None else brought.digest,
        named=view.named,
    )
    stream = _open(work, opened)
    if brought is not None:
        partstore.keep(work.tx, brought, stream)
    return stream


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


def check_of(number: str, code: str, key: str) -> str:
    """Give the check that the first event carries, of a number in its one form.

    The event goes to every node above, six digits are soon tried, and an answer is sealed from
    most of them: `key` stands in the sealed part, so only who has that can try.
    """
    said = f"zw/redress/2\n{key}\n{number}\n{code}".encode()
    return hashlib.sha256(said).hexdigest()[: query.CHECK_DIGITS]
