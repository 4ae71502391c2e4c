"""The rules of `task/…` streams, as the federation asks for them."""

from typing import Final, get_args

import msgspec

from federation import partstore, partwants
from federation.kinds import in_line
from federation.streams import Stored, Verdict
from node.cases import reading as cases
from node.cases.caseview import CaseView
from node.database import Tx
from node.tasks import model, store
from schemas.events import CUSTODY_KINDS, Event
from schemas.ids import BadNameError, NodeId, StreamName, parse_node_id, parse_stream
from schemas.tasks import TaskAsked, TaskEvent, TaskView

_STRUCTS: Final = {str(one.__struct_config__.tag): one for one in get_args(TaskEvent)}


def read_fact(event: Event) -> TaskEvent | None:
    """Read what the event says; `None` if this version does not know its kind or its form."""
    struct = _STRUCTS.get(event.kind)
    if struct is None:
        return None
    try:
        fact: TaskEvent = msgspec.json.decode(event.data, type=struct)
        if isinstance(fact, TaskAsked):
            parse_stream(fact.case)
            parse_node_id(fact.to)
    except (msgspec.DecodeError, BadNameError):
        return None
    return fact if all(map(partstore.is_digest, model.parts_named(fact))) else None


class TaskKind:
    """What `federation` asks about streams of tasks."""

    unlocks = False
    widens = False

    def __init__(self, me: NodeId) -> None:
        self._me = me

    def about(self, event: Event) -> StreamName | None:
        """A task is no note: the assistant need not know the case."""
        del event
        return None

    def judge(self, tx: Tx, stream: StreamName, event: Event) -> Verdict:
        """Let an event count only if it may follow the task's own earlier ones."""
        if event.kind in CUSTODY_KINDS:
            return Verdict.EFFECTIVE
        fact = read_fact(event)
        if fact is None:
            return Verdict.UNJUDGED
        sound = model.is_sound(store.load(tx, stream), event, fact)
        return Verdict.EFFECTIVE if sound else Verdict.INERT

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

    def concerns(
        self, tx: Tx, stream: StreamName, parties: frozenset[NodeId], neighbour: NodeId
    ) -> bool:
        """Who asked, who was asked, and all above them, and so the relays between."""
        del tx, stream
        return in_line(parties, neighbour)


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
