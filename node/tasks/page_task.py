"""What the page of one task shows, and its forms. Values and their making."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from federation import partstore
from node.cases.page_read import Looker
from node.database import Tx
from node.network.actions import Places, place_names
from node.tasks import model, reading
from node.tasks.page_light import day_words, light_at
from node.tasks.reading import Said
from node.web.chrome import Choice, Fact, Mark, Told, day
from node.web.wording import Words
from schemas.ids import NodeId, PartDigest
from schemas.reasons import Reason
from schemas.tasks import TaskResult, TaskState, TaskView

Typed = Mapping[str, str]
"""What was typed into each field of a form that is shown again."""


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo of an answer; without an address if it has not come to this node, or is gone."""

    href: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    result: str
    report: str
    reason: str
    note: str
    photos: tuple[Photo, ...]
    away: bool
    """The words have not come to this node."""
    erased: bool = False


@dataclass(frozen=True, slots=True)
class AnswerForm:
    """反馈 and 退回: what the assistant fills in."""

    go: str
    results: tuple[Choice, ...]
    photos_hint: str
    reasons: tuple[Choice, ...]
    kept: tuple[PartDigest, ...] = ()
    """Photos that were sent before and are still held."""
    typed: Typed = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    declining: bool = False
    """Whether the errors are those of handing it back."""


@dataclass(frozen=True, slots=True)
class CancelForm:
    """撤销."""

    reasons: tuple[Choice, ...]
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TaskPage:
    """One task."""

    id: str
    errand: str
    hint: str
    item: str
    number: str
    case_href: str
    """The case's page, for who asked and who goes on with the case."""
    mark: Mark
    asker: str
    facts: tuple[Fact, ...]
    instruction: str
    brief_away: bool
    name: str
    phone: str
    address: str
    over: bool
    answer: Answer | None
    form: AnswerForm | None
    cancel: CancelForm | None
    has_brief: bool = True
    """Whether the node takes part, and so has what was told of the applicant."""
    ended: Told | None = None
    """The case has ended, and the task is still open."""
    told: Told | None = None


def task_page(tx: Tx, looker: Looker, task: TaskView) -> TaskPage:
    """Make the page of a task that he may see: to be read, answered or cancelled."""
    words = looker.words
    places = Places(place_names(tx), words)
    said = reading.said(tx, looker.parts, task)
    brief = said.brief
    tells = model.tells_person(task, looker.me)
    shown = model.masked(brief, whole=tells)
    takes_part, moot = model.takes_part(task, looker.me), reading.is_moot(tx, task)
    return TaskPage(
        id=model.end_of(task.stream),
        errand=words.say(f"errand.{task.errand}"),
        hint=words.say(f"errand_hint.{task.errand}"),
        item=task.item_name or words.say("list.item_unknown"),
        number=task.number,
        case_href=f"/cases/{task.number}" if task.to != looker.me else "",
        mark=light_at(tx, looker).of(task, moot=moot and task.asker == looker.me),
        asker=places(task.asker),
        facts=_facts(words, places, task, looker.me),
        instruction="" if shown is None else shown.instruction,
        brief_away=takes_part and brief is None and not _is_erased(tx, task, task.brief),
        name="" if shown is None else shown.name,
        phone="" if shown is None else shown.phone,
        address="" if shown is None else shown.address,
        over=task.state is not TaskState.ASKED,
        answer=answer_of(tx, words, task, said),
        form=answer_form(words, places, task) if model.is_to_do(task, looker.me) else None,
        cancel=CancelForm(_reasons(words, model.CANCEL_REASONS))
        if model.may_cancel(task, looker.me)
        else None,
        has_brief=takes_part,
        ended=_ended(words, task, looker.me) if moot else None,
    )


def _ended(words: Words, task: TaskView, me: NodeId) -> Told:
    """Say that the case has ended: who asked is to cancel, who was asked learns of it."""
    key = "task.moot_asker" if task.asker == me else "task.moot_assistant"
    return Told("mind", words.say("task.moot"), words.say(key))


def _facts(words: Words, places: Places, task: TaskView, me: NodeId) -> tuple[Fact, ...]:
    sides = (("task.asker", task.asker), ("task.assistant", task.to))
    facts = [
        *(Fact(words.say(side), places(node)) for side, node in sides if node != me),
        Fact(words.say("task.asked_on"), day(task.asked_at)),
        Fact(words.say("task.last_day"), day_words(words, task.due)),
    ]
    if task.answered_at is not None:
        facts.append(Fact(words.say("task.answered_on"), day(task.answered_at)))
    return tuple(facts)


def answer_form(words: Words, places: Places, task: TaskView) -> AnswerForm:
    """Make the form that answers a task, with nothing typed."""
    needed = task.errand in model.NEEDS_PHOTO
    hint = "task.photos_needed" if needed else "task.photos_hint"
    return AnswerForm(
        go=words.say("task.answer_go", asker=places(task.asker)),
        results=tuple(Choice(one, words.say(f"task_result.{one}")) for one in TaskResult),
        photos_hint=words.say(hint, most=model.MOST_PHOTOS),
        reasons=_reasons(words, model.DECLINE_REASONS),
    )


def _reasons(words: Words, reasons: Sequence[Reason]) -> tuple[Choice, ...]:
    return tuple(Choice(one, _reason_words(words, one)) for one in reasons)


def _reason_words(words: Words, reason: str) -> str:
    key = f"task_reason.{reason}"
    return words.say(key) if words.has(key) else reason


def answer_of(tx: Tx, words: Words, task: TaskView, said: Said) -> Answer | None:
    """Show what came back; `None` while nothing has."""
    if task.state is TaskState.ASKED:
        return None
    spoken = task.report or task.note
    there = said.report is not None or said.note is not None
    erased = spoken is not None and _is_erased(tx, task, spoken)
    return Answer(
        result="" if task.result is None else words.say(f"task_result.{task.result}"),
        report=said.report or "",
        reason="" if task.reason is None else _reason_words(words, task.reason),
        note=said.note or "",
        photos=tuple(_photo(tx, task, one) for one in task.photos),
        away=spoken is not None and not there and not erased,
        erased=erased,
    )


def _photo(tx: Tx, task: TaskView, digest: PartDigest) -> Photo:
    here = partstore.is_kept_for(tx, task.stream, digest)
    return Photo(f"/tasks/{model.end_of(task.stream)}/photos/{digest}" if here else "")


def _is_erased(tx: Tx, task: TaskView, digest: PartDigest) -> bool:
    return partstore.is_erased(tx, task.stream, digest)


# ---- what is wrong, in words


def faults(words: Words, fields: Mapping[str, str]) -> dict[str, str]:
    """Say what is wrong with each field of a form."""
    said = {}
    for name, fault in fields.items():
        field_name = "photos" if name.startswith("parts.") else name
        key = f"task_fault.{field_name}_{fault}"
        most = _MOST.get(field_name)
        if not words.has(key):
            said[field_name] = words.say("form.empty")
        elif most is not None and "{most}" in words.say(key):
            said[field_name] = words.say(key, most=most)
        else:
            said[field_name] = words.say(key)
    return said


_MOST: Final = {"photos": model.MOST_PHOTOS, "workdays": model.MOST_WORKDAYS}
