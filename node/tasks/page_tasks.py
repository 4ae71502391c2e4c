"""What lists of tasks show: all that concern a person; those of one case, and the way to ask."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from node.cases import reading as cases
from node.cases.caseview import CaseView
from node.cases.page_read import Looker
from node.database import Tx
from node.network.actions import Places, place_names
from node.tasks import actions, model, reading
from node.tasks.page_light import Light, caller_of, day_words, light_at
from node.tasks.page_task import Answer, Typed, answer_of
from node.tasks.reading import Said
from node.web.chrome import Choice, Mark, Told
from schemas.ids import NodeId, StreamName, parent_of
from schemas.tasks import Errand, TaskState, TaskView


@dataclass(frozen=True, slots=True)
class Row:
    """One task in a list."""

    errand: str
    item: str
    number: str
    place: str
    due: str
    mark: Mark
    href: str


@dataclass(frozen=True, slots=True)
class TasksPage:
    """协办: what is to be done here, and what others do for this node."""

    answers: bool
    """Whether his post does errands at all."""
    todo: tuple[Row, ...]
    more: int
    """How many more wait than are listed."""
    asked: tuple[Row, ...]
    done: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class SectionRow:
    """One task on the page of its case."""

    errand: str
    place: str
    due: str
    """Empty once it is over."""
    mark: Mark
    href: str
    """Empty at nodes that take no part in it."""
    answer: Answer | None
    cancel: str = ""
    """Where who asked cancels what nobody needs any more: the case has ended."""


@dataclass(frozen=True, slots=True)
class TaskSection:
    """协办 on the page of a case: what was asked, what came back, and the way to ask."""

    rows: tuple[SectionRow, ...]
    ask: str
    """Where errands are asked for; empty if he may not."""


@dataclass(frozen=True, slots=True)
class AskPage:
    """The tasks of a case, and the form that asks for one."""

    number: str
    item: str
    section: TaskSection
    may_ask: bool
    errands: tuple[Choice, ...]
    places: tuple[Choice, ...]
    to: str
    workdays: int
    most_workdays: int
    typed: Typed = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    told: Told | None = None


# ---- lists


def tasks_page(tx: Tx, looker: Looker) -> TasksPage:
    """Make the page of all tasks that concern him. Raises `NotAllowedError`."""
    caller = caller_of(looker)
    reading.require_desk(caller)
    places = Places(place_names(tx), looker.words)
    light = light_at(tx, looker)
    todo = reading.to_do(tx, caller)

    def rows(tasks: Sequence[TaskView]) -> tuple[Row, ...]:
        return tuple(_row(looker, places, light, one) for one in tasks)

    def asked_row(task: TaskView) -> Row:
        return replace(
            _row(looker, places, light, task), mark=light.of(task, moot=reading.is_moot(tx, task))
        )

    return TasksPage(
        answers=bool(caller.actor.roles & model.ANSWERERS),
        todo=rows(todo),
        more=reading.waiting(tx, caller, looker.today)[0] - len(todo),
        asked=tuple(map(asked_row, reading.asked(tx, caller))),
        done=rows(reading.done(tx, caller)),
    )


def to_do(tx: Tx, looker: Looker, most: int) -> tuple[Row, ...]:
    """List the most urgent of what waits here to be answered."""
    places, light = Places(place_names(tx), looker.words), light_at(tx, looker)
    found = reading.to_do(tx, caller_of(looker))[:most]
    return tuple(_row(looker, places, light, one) for one in found)


def about(tx: Tx, looker: Looker, streams: Collection[StreamName]) -> tuple[Row, ...]:
    """List the open tasks about these cases that he does, or asked for."""
    if not streams or not looker.actor.roles & model.ASKERS:
        return ()
    caller = caller_of(looker)
    places, light = Places(place_names(tx), looker.words), light_at(tx, looker)
    known = (*reading.to_do(tx, caller), *reading.asked(tx, caller))
    found = (one for one in known if one.case in streams and one.state is TaskState.ASKED)
    return tuple(_row(looker, places, light, one) for one in dict.fromkeys(found))


def _row(looker: Looker, places: Places, light: Light, task: TaskView) -> Row:
    return Row(
        errand=looker.words.say(f"errand.{task.errand}"),
        item=task.item_name or looker.words.say("list.item_unknown"),
        number=task.number,
        place=places(task.asker if task.to == looker.me else task.to),
        due=day_words(looker.words, task.due),
        mark=light.of(task),
        href=f"/tasks/{model.end_of(task.stream)}",
    )


# ---- on the page of a case


def section(tx: Tx, looker: Looker, view: CaseView) -> TaskSection:
    """Make the section of a case's page. What was found is for those who work on cases."""
    caller = caller_of(looker)
    light = light_at(tx, looker)
    return TaskSection(
        rows=tuple(
            _section_row(tx, looker, view, task, light=light) for task in reading.of_case(tx, view)
        ),
        ask=f"/cases/{view.number}/tasks" if reading.may_ask(caller, view) else "",
    )


def _section_row(
    tx: Tx, looker: Looker, view: CaseView, task: TaskView, *, light: Light
) -> SectionRow:
    caller, words = caller_of(looker), looker.words
    reads, moot = reading.may_read(caller, task, view), model.is_moot(task, view)
    said = reading.said(tx, looker.parts, task) if reads else Said()
    page = f"/tasks/{model.end_of(task.stream)}"
    cancels = reads and moot and model.may_cancel(task, looker.me)
    return SectionRow(
        errand=words.say(f"errand.{task.errand}"),
        place=Places(place_names(tx), words)(task.to),
        due=day_words(words, task.due) if task.state is TaskState.ASKED and not moot else "",
        mark=light.of(task, moot=moot),
        href=page if reads else "",
        answer=answer_of(tx, words, task, said) if reads else None,
        cancel=page if cancels else "",
    )


def ask_page(tx: Tx, looker: Looker, number: str) -> AskPage:
    """Make the page of a case's tasks. Raises `NotFoundError`."""
    view = cases.case(tx, looker.reader, number)
    shown = section(tx, looker, view)
    words = looker.words
    places = Places(place_names(tx), words)
    offered = actions.assistants(tx, looker.me) if shown.ask else ()
    return AskPage(
        number=view.number,
        item=cases.item_name(tx, view) or words.say("list.item_unknown"),
        section=shown,
        may_ask=bool(shown.ask),
        errands=tuple(Choice(one, words.say(f"errand.{one}")) for one in Errand),
        places=tuple(Choice(one, _place_words(places, looker.me, one)) for one in offered),
        to=next((one for one in (view.place, view.origin) if one in offered), ""),
        workdays=model.USUAL_WORKDAYS,
        most_workdays=model.MOST_WORKDAYS,
    )


def _place_words(places: Places, me: NodeId, node: NodeId) -> str:
    """Name a place, and the town it lies in if that is not the node itself."""
    above = parent_of(node)
    if above is None or above == me or not above.startswith(me):
        return places(node)
    return f"{places(above)} · {places(node)}"
