"""What a task is, who may do what with it, and what its events do to it. Pure.

Everything is judged from the task's own events, for the assistant need not know the case.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Final, assert_never

import msgspec

from node.applicants.model import masked_name
from node.cases import guards
from node.cases import model as cases
from node.cases.caseview import CaseView
from schemas.cases import CaseState
from schemas.events import Event
from schemas.ids import NodeId, PartDigest, StreamName, is_ancestor
from schemas.parts import Person
from schemas.reasons import Reason
from schemas.staff import Role
from schemas.tasks import (
    AskTask,
    Errand,
    TaskAnswered,
    TaskAsked,
    TaskBrief,
    TaskCancelled,
    TaskDeclined,
    TaskEvent,
    TaskResult,
    TaskState,
    TaskView,
)

ANSWERERS: Final = frozenset({Role.AGENT, Role.CLERK, Role.OFFICER})
ASKERS: Final = ANSWERERS | {Role.HANDLER, Role.APPROVER}
MOST_WORKDAYS: Final = 60  # the longest limit of law for a whole case: 45 and 15 (行政许可法 §42)
USUAL_WORKDAYS: Final = 3  # what a village needs to go there and write it down
MOST_PHOTOS: Final = 9  # a telephone sends nine at once, as people are used to
ENDED: Final = frozenset(
    {
        CaseState.REFUSED, CaseState.RETURNED, CaseState.WITHDRAWN, CaseState.TERMINATED,
        CaseState.CLOSED, CaseState.REVOKED, CaseState.VOIDED,
    }
)  # fmt: skip
"""States of a case for which nobody needs to find out anything more."""
NEEDS_PHOTO: Final = frozenset({Errand.PUBLIC_DISPLAY, Errand.SITE_PHOTO})

DECLINE_REASONS: Final = (Reason.WRONG_RECIPIENT, Reason.OBJECT_GONE, Reason.OTHER)
CANCEL_REASONS: Final = (
    Reason.APPLICANT_WITHDREW,
    Reason.CASE_MOOT,
    Reason.BY_MISTAKE,
    Reason.HOLDER_SILENT,
    Reason.OTHER,
)

_TOLD: Final[Mapping[Errand, frozenset[str]]] = MappingProxyType(
    {
        Errand.HOUSEHOLD_SURVEY: frozenset({"phone", "address"}),
        Errand.NEIGHBOUR_HEARING: frozenset({"address"}),
        Errand.PUBLIC_DISPLAY: frozenset(),
        Errand.SITE_PHOTO: frozenset({"phone", "address"}),
        Errand.CERTIFICATE: frozenset({"address"}),
        Errand.OTHER: frozenset({"phone", "address"}),
    }
)
"""What an errand is told of the applicant beside the name: no more than it needs (PIPL §6)."""


class Urgency(StrEnum):
    """How a task's day stands; the light says the number of workdays."""

    LATE = "late"
    TODAY = "today"
    SOON = "soon"
    """The next workday is the last."""
    CALM = "calm"


# ---- what events do


def is_sound(before: TaskView | None, event: Event, fact: TaskEvent) -> bool:
    """Say whether an event may follow what the task's stream said before.

    1. it is begun by a node above the assistant, who holds it then; 2. what is asked for ends
    once: by the assistant, who hands it back, or by the asker.
    """
    if isinstance(fact, TaskAsked):
        return before is None and event.holder == fact.to and is_ancestor(event.node, fact.to)  # 1
    if before is None or before.state is not TaskState.ASKED:  # 2
        return False
    if isinstance(fact, TaskCancelled):
        return event.node == before.asker
    return event.node == before.to and event.holder == before.asker


def begin(event: Event, fact: TaskAsked) -> TaskView:
    """Give the task that a first event asks for."""
    return TaskView(
        stream=event.stream,
        case=fact.case,
        number=fact.number,
        item_name=fact.item_name,
        errand=fact.errand,
        asker=event.node,
        to=fact.to,
        holder=event.holder,
        state=TaskState.ASKED,
        due=fact.due,
        asked_at=event.at,
        brief=fact.brief,
    )


def apply(
    task: TaskView, event: Event, fact: TaskAnswered | TaskDeclined | TaskCancelled
) -> TaskView:
    """Give the task as it is after a sound event."""
    match fact:
        case TaskAnswered():
            return msgspec.structs.replace(
                task, holder=event.holder, state=TaskState.ANSWERED, result=fact.result,
                answered_at=fact.answered_at, report=fact.report, photos=fact.photos,
            )  # fmt: skip
        case TaskDeclined():
            return msgspec.structs.replace(
                task, holder=event.holder, state=TaskState.DECLINED, reason=fact.reason,
                answered_at=event.at, note=fact.note,
            )  # fmt: skip
        case TaskCancelled():
            return msgspec.structs.replace(
                task, holder=event.holder, state=TaskState.CANCELLED, reason=fact.reason,
                answered_at=event.at,
            )  # fmt: skip
        case _:
            assert_never(fact)


def parts_named(fact: TaskEvent) -> tuple[PartDigest, ...]:
    """Name the parts that an event speaks of."""
    match fact:
        case TaskAsked():
            return (fact.brief,)
        case TaskAnswered():
            return (fact.report, *fact.photos)
        case TaskDeclined():
            return () if fact.note is None else (fact.note,)
        case TaskCancelled():
            return ()
        case _:
            assert_never(fact)


def parts_of(task: TaskView) -> tuple[PartDigest, ...]:
    """Name all parts of a task."""
    some = (task.brief, task.report, task.note, *task.photos)
    return tuple(one for one in some if one is not None)


def takes_part(task: TaskView, node: NodeId) -> bool:
    """Say whether `node` asked or was asked: these two may have all parts of the task."""
    return node in (task.asker, task.to)


def goes_on_with(task: TaskView, case: CaseView | None, node: NodeId) -> bool:
    """Say whether `node` handles the case and needs what was found, though it takes no part.

    The item names it for a stage, or the case was taken there. An answer is nothing to it that was
    asked for by a node that does not handle the case itself.
    """
    if case is None or case.stream != task.case or task.state is not TaskState.ANSWERED:
        return False
    handles = cases.entitled(case, task.asker) and cases.entitled(case, node)
    return handles and not takes_part(task, node)


def parts_for(task: TaskView, case: CaseView | None, node: NodeId) -> tuple[PartDigest, ...]:
    """Name the parts that `node` may have, of a task about `case` as far as it is known.

    Who goes on with the case may have report and photos. The brief tells it nothing: it has the
    applicant from the case.
    """
    if takes_part(task, node):
        return parts_of(task)
    if task.report is None or not goes_on_with(task, case, node):
        return ()
    return (task.report, *task.photos)


# ---- what is told of whom, and when


def end_of(stream: StreamName) -> str:
    """Give the random end of a task's name: its address."""
    return stream.rsplit("/", 1)[1]


def brief_of(errand: Errand, instruction: str, person: Person) -> TaskBrief:
    """Give what the assistant is told: of the applicant only what this errand needs."""
    told = _TOLD[errand]
    return TaskBrief(
        instruction=instruction,
        name=person.name,
        phone=person.phone if "phone" in told else "",
        address=person.address if "address" in told else "",
    )


def tells_person(task: TaskView, me: NodeId) -> bool:
    """Say whether the applicant is shown in full: to the assistant, while there is work to do."""
    return task.to == me and task.state is TaskState.ASKED


def masked(brief: TaskBrief | None, *, whole: bool) -> TaskBrief | None:
    """Give a brief as it may be shown: once there is nothing to do, without who it was for."""
    if brief is None or whole:
        return brief
    return TaskBrief(instruction=brief.instruction, name=masked_name(brief.name))


def is_to_do(task: TaskView, me: NodeId) -> bool:
    """Say whether `me` has still to answer."""
    return task.state is TaskState.ASKED and task.to == task.holder == me


def may_cancel(task: TaskView, me: NodeId) -> bool:
    """Say whether `me` may say that it is no longer needed."""
    return task.state is TaskState.ASKED and task.asker == me


def is_moot(task: TaskView, case: CaseView | None) -> bool:
    """Say whether a task is open though its case, as far as it is known here, has ended."""
    return task.state is TaskState.ASKED and case is not None and case.state in ENDED


def workdays_left(count: Callable[[date, date], int], today: date, last: date) -> int:
    """Count the workdays left behind `today` up to `last`; negative: late by so many."""
    return count(today, last) or -count(last, today)


def urgency(today: date, last: date, left: int) -> Urgency:
    """Tell how a task stands whose last day is `left` workdays away."""
    if last <= today:
        return Urgency.TODAY if last == today else Urgency.LATE
    return Urgency.SOON if left <= 1 else Urgency.CALM


def day_of(text: str) -> date | None:
    """Read a day as events carry it; another node may have written anything.

    None too far off: the years between would be laid out to count their workdays.
    """
    return guards.read_day(text)


def in_order(tasks: Iterable[TaskView]) -> tuple[TaskView, ...]:
    """Give what is still open first, by its day; then what is done, latest first."""
    return tuple(
        sorted(
            tasks,
            key=lambda one: (
                (0, one.due, one.asked_at)
                if one.state is TaskState.ASKED
                else (1, "", -(one.answered_at or 0))
            ),
        )
    )


# ---- what forms must hold


def faults_of_asking(form: AskTask) -> dict[str, str]:
    """Say what is wrong with each field of a request, as far as the form alone can tell."""
    faults = {}
    if not form.to:
        faults["to"] = "missing"
    if not 1 <= form.workdays <= MOST_WORKDAYS:
        faults["workdays"] = "beyond"
    if not form.instruction.strip():
        faults["instruction"] = "missing"
    return faults


def is_asked_already(tasks: Iterable[TaskView], form: AskTask) -> bool:
    """Say whether the same is asked of the same place and not answered: a form was sent twice."""
    return form.errand is not Errand.OTHER and any(
        one.state is TaskState.ASKED and (one.errand, one.to) == (form.errand, form.to)
        for one in tasks
    )


def faults_of_answer(errand: Errand, result: TaskResult, photos: int) -> dict[str, str]:
    """Say what is wrong with the photos of an answer."""
    if photos > MOST_PHOTOS:
        return {"photos": "too_many"}
    if not photos and errand in NEEDS_PHOTO and result is not TaskResult.UNDECIDED:
        return {"photos": "missing"}
    return {}
