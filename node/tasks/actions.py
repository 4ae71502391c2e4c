"""What can be done with tasks, inside the caller's Work: ask, answer, decline, cancel.

A task is named by its address, the random end of its stream. Free text comes prepared: encrypting
is slow and happens before the Work. Whatever is wrong is said by field, and nothing is done.
"""

from collections.abc import Iterable

from federation import directory, partstore, streams
from federation.partstore import PreparedPart
from node.applicants.actions import Register
from node.calendar import actions as calendar
from node.cases import reading as cases
from node.cases.caseview import CaseView
from node.clock import local_day
from node.database import Tx
from node.errors import BadInputError, NotAllowedError, NotFoundError, TaskNotOpenError
from node.parts import actions as parts
from node.tasks import model, reading, store
from node.tasks.reading import Caller
from node.work import Work
from schemas.ids import NodeId, PartDigest, StaffId, StreamName, is_ancestor
from schemas.nodes import NodeState
from schemas.reasons import Reason
from schemas.tasks import (
    AnswerTask,
    AskTask,
    DeclineTask,
    TaskAnswered,
    TaskAsked,
    TaskBrief,
    TaskCancelled,
    TaskDeclined,
    TaskView,
)


def assistants(tx: Tx, me: NodeId) -> tuple[NodeId, ...]:
    """Name the nodes of which `me` may ask something: those below it that have joined."""
    return tuple(
        one.node
        for one in directory.records(tx)
        if one.state is NodeState.ENROLLED and is_ancestor(me, one.node)
    )


def draft(tx: Tx, caller: Caller, register: Register, reference: str, form: AskTask) -> TaskBrief:
    """Check all that an errand needs, and give what the assistant will be told.

    Raises `NotFoundError`, `NotAllowedError`, `TaskNotOpenError`, `BadInputError`.
    """
    view = _case_to_ask_for(tx, caller, reference)
    faults = _faults_of(tx, caller.me, view, form)
    person = register.read(tx, view.stream)
    if person is None:
        faults["applicant"] = "not_here"
    if faults or person is None:
        raise BadInputError(faults)
    return model.brief_of(form.errand, form.instruction.strip(), person)


def ask(work: Work, reference: str, form: AskTask, brief: PreparedPart) -> TaskView:
    """请求协办: begin a task that the assistant holds. Raises as `draft`."""
    caller = reading.caller_in(work)
    view = _case_to_ask_for(work.tx, caller, reference)
    faults = _faults_of(work.tx, work.me, view, form)
    if faults:
        raise BadInputError(faults)
    days = calendar.calendar_of(work.tx, work.me)
    fact = TaskAsked(
        case=view.stream,
        number=view.number,
        item_name=cases.item_name(work.tx, view),
        errand=form.errand,
        to=form.to,
        due=days.after(local_day(work.now), form.workdays).isoformat(),
        brief=brief.digest,
    )
    stream = work.begin("task", fact, holder=form.to).event.stream
    partstore.keep(work.tx, brief, stream)
    work.touched.append(view.stream)
    return _fresh(work, stream)


def answer(work: Work, end: str, form: AnswerTask, report: PreparedPart | None) -> TaskView:
    """反馈: say what was found, and hand the task back.

    Raises `NotFoundError`, `NotAllowedError`, `TaskNotOpenError`, `BadInputError`.
    """
    task = _task_to_answer(work, end)
    photos = tuple(dict.fromkeys(form.photos))
    faults = model.faults_of_answer(task.errand, form.result, len(photos))
    if report is None:
        faults["report"] = "missing"
    if faults or report is None:
        raise BadInputError(faults)
    parts.require_held(work, photos)
    fact = TaskAnswered(
        result=form.result, answered_at=work.now_ms, report=report.digest, photos=photos
    )
    work.append(task.stream, fact, holder=task.asker)
    partstore.keep(work.tx, report, task.stream)
    parts.keep(work, photos, task.stream)
    return _fresh(work, task.stream)


def decline(work: Work, end: str, form: DeclineTask, note: PreparedPart | None) -> TaskView:
    """退回: it was sent to the wrong place, or cannot be done. Raises as `answer`."""
    task = _task_to_answer(work, end)
    faults = _faulty_reason(form.reason, model.DECLINE_REASONS)
    if form.reason == Reason.OTHER and note is None:
        faults["note"] = "missing"
    if faults:
        raise BadInputError(faults)
    digest = None if note is None else note.digest
    work.append(task.stream, TaskDeclined(reason=form.reason, note=digest), holder=task.asker)
    if note is not None:
        partstore.keep(work.tx, note, task.stream)
    return _fresh(work, task.stream)


def cancel(work: Work, end: str, form: DeclineTask) -> TaskView:
    """撤销: it is no longer needed; taken back from the assistant, visibly. Raises as `answer`."""
    task = reading.find(work.tx, reading.caller_in(work), end)
    if task.asker != work.me:
        raise NotAllowedError("who asked for a task cancels it")
    if not model.may_cancel(task, work.me) or _is_unjudged(work.tx, task.stream):
        raise TaskNotOpenError(task.state)
    faults = _faulty_reason(form.reason, model.CANCEL_REASONS)
    if faults:
        raise BadInputError(faults)
    if task.holder != work.me:
        work.reclaim(task.stream, reason=form.reason, holder=work.me)
    work.append(task.stream, TaskCancelled(reason=form.reason), holder=work.me)
    return _fresh(work, task.stream)


def note_view(work: Work, task: TaskView) -> None:
    """Write down that the actor reads a task's papers."""
    store.note_view(work.tx, task.stream, StaffId(work.actor.staff), str(local_day(work.now)))


# ---- what several have in common


def _case_to_ask_for(tx: Tx, caller: Caller, reference: str) -> CaseView:
    if not caller.actor.roles & model.ASKERS:
        raise NotAllowedError("errands are asked for by who works on the case")
    view = caller.case(tx, reference)
    if not reading.is_open_here(view, caller.me):
        raise TaskNotOpenError(None)
    if not reading.may_ask(caller, view):
        raise NotAllowedError("errands are asked for by who works on the case now")
    return view


def _faults_of(tx: Tx, me: NodeId, view: CaseView, form: AskTask) -> dict[str, str]:
    faults = dict(model.faults_of_asking(form))
    if "to" not in faults and not is_ancestor(me, form.to):
        faults["to"] = "not_below"
    elif "to" not in faults and form.to not in assistants(tx, me):
        faults["to"] = "unknown"
    if model.is_asked_already(store.of_case(tx, view.stream), form):
        faults["errand"] = "already"
    return faults


def _faulty_reason(reason: str, known: Iterable[Reason]) -> dict[str, str]:
    if reason in tuple(known):
        return {}
    return {"reason": "unknown" if reason else "missing"}


def _task_to_answer(work: Work, end: str) -> TaskView:
    if not work.actor.roles & model.ANSWERERS:
        raise NotAllowedError("errands are done by who sits at the window")
    task = reading.find(work.tx, reading.caller_in(work), end)
    if task.to != work.me:
        raise NotAllowedError("a task is answered by the node that was asked")
    if not model.is_to_do(task, work.me) or _is_unjudged(work.tx, task.stream):
        raise TaskNotOpenError(task.state)
    return task


def _is_unjudged(tx: Tx, name: StreamName) -> bool:
    """Say whether a newer node wrote what this version does not know: nothing behind it counts."""
    stream = streams.load(tx, name)
    return stream is not None and stream.unjudged


def _fresh(work: Work, stream: StreamName) -> TaskView:
    task = store.load(work.tx, stream)
    if task is None:
        raise NotFoundError(f"task {stream}")
    return task


def held(work: Work, digests: Iterable[PartDigest]) -> tuple[PartDigest, ...]:
    """Keep of some uploads those that the actor still holds: a form is shown again with them."""
    kept = []
    for digest in digests:
        try:
            parts.require_held(work, (digest,))
        except BadInputError:
            continue
        kept.append(digest)
    return tuple(kept)
