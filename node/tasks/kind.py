"""The rules of `task/…` streams, as the federation asks for them."""

from typing import Final, get_args

from typing_extensions import override

from federation import partstore, partwants
from federation.streams import Stored, Verdict
from node.cases import reading as cases
from node.cases.caseview import CaseView
from node.database import Tx
from node.streams import Facts, HandedKind
from node.tasks import model, store
from schemas.events import Event
from schemas.ids import NodeId, StreamName, parse_node_id, parse_stream
from schemas.tasks import TaskAsked, TaskEvent, TaskView


def _is_well_formed(fact: TaskEvent) -> bool:
    """Say whether names and digests are in order. Raises `BadNameError`."""
    if isinstance(fact, TaskAsked):
        parse_stream(fact.case)
        parse_node_id(fact.to)
    return all(map(partstore.is_digest, model.parts_named(fact)))


_FACTS: Final = Facts[TaskEvent](get_args(TaskEvent), _is_well_formed)
read_fact: Final = _FACTS.read


class TaskKind(HandedKind[TaskEvent]):
    """What `federation` asks about streams of tasks."""

    facts = _FACTS

    @override
    def is_sound(self, tx: Tx, stream: StreamName, event: Event, fact: TaskEvent) -> bool:
        """Say whether it may follow the stream's own earlier events."""
        return model.is_sound(store.load(tx, stream), event, fact)

    def project(self, tx: Tx, stream: StreamName, stored: Stored) -> None:
        """Fold one judged event, and ask for the parts it names if they are meant for this node."""
        event = stored.event
        fact = read_fact(event) if stored.verdict is Verdict.EFFECTIVE else None
        if fact is None:
            store.move(tx, stream, event.holder)
            return
        before = store.load(tx, stream)
        if isinstance(fact, TaskAsked):
            task = model.begin(event, fact)
        elif before is not None:
            task = model.apply(before, event, fact)
        else:
            return
        store.save(tx, task)
        if not model.takes_part(task, self._me):
            case = cases.of_stream(tx, task.case)
            _ask_who_asked(tx, task, case, self._me, stored.received_at)
        elif event.node != self._me:
            named = model.parts_named(fact)
            partwants.want(tx, stream, named, event.node, stored.received_at)

    def reset(self, tx: Tx, stream: StreamName) -> None:
        """Forget the projection of one task."""
        store.forget(tx, stream)


class AnswersOfCases:
    """Asks for what was found before this node learnt of the case: either may come first."""

    def __init__(self, me: NodeId) -> None:
        self._me = me

    def begun(self, tx: Tx, case: CaseView, now_ms: int) -> None:
        """A case has become known here, and its way."""
        for task in store.of_case(tx, case.stream):
            _ask_who_asked(tx, task, case, self._me, now_ms)


def _ask_who_asked(tx: Tx, task: TaskView, case: CaseView | None, me: NodeId, now_ms: int) -> None:
    """Ask for what was found, if this node goes on with the case. Who asked has it, or will."""
    if model.goes_on_with(task, case, me):
        partwants.want(tx, task.stream, model.parts_for(task, case, me), task.asker, now_ms)
