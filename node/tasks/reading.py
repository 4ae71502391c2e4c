"""What people may read of tasks: at the assistant its windows, elsewhere who sees the case."""

from dataclasses import dataclass
from datetime import date
from typing import Final

import msgspec

from federation import partstore, recovery
from federation.errors import NoPartError
from federation.partstore import KeptPart, PartStore
from node.cases import model as cases
from node.cases import reading
from node.cases.caseview import CaseView
from node.database import Tx
from node.errors import NotAllowedError, NotFoundError
from node.tasks import model, store
from node.work import Actor, Work
from schemas.cases import Action
from schemas.ids import NodeId, PartDigest, StreamName
from schemas.levels import Profile
from schemas.tasks import TaskBrief, TaskList, TaskView

MOST_DONE: Final = 20  # of what is over, a list shows the latest


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, and at which node."""

    me: NodeId
    profile: Profile
    actor: Actor

    def case(self, tx: Tx, reference: str) -> CaseView:
        """Find a case that he may see. Raises `NotFoundError`."""
        return reading.case(tx, reading.reader_of(self.me, self.profile, self.actor), reference)


@dataclass(frozen=True, slots=True)
class Said:
    """What the papers of a task say, as far as they are here."""

    brief: TaskBrief | None = None
    report: str | None = None
    note: str | None = None


def caller_in(work: Work) -> Caller:
    """Who acts in a Work."""
    return Caller(work.me, work.profile, work.actor)


# ---- which tasks


def find(tx: Tx, caller: Caller, end: str) -> TaskView:
    """Find a task by its address. Raises `NotFoundError`, also if he may not see it."""
    task = next((one for one in store.at(tx, end) if _is_in_sight(tx, caller, one)), None)
    if task is None:
        raise NotFoundError(f"task {end}")
    return task


def takes_part(caller: Caller, task: TaskView) -> bool:
    """Say whether his post has to do with the task here: does it, or asked for it."""
    if task.to == caller.me:
        return bool(caller.actor.roles & model.ANSWERERS)
    return task.asker == caller.me and bool(caller.actor.roles & model.ASKERS)


def may_read(caller: Caller, task: TaskView, view: CaseView) -> bool:
    """Say whether he may read the task, who sees its case: he takes part, or goes on with it."""
    if takes_part(caller, task):
        return True
    return bool(caller.actor.roles & model.ASKERS) and model.goes_on_with(task, view, caller.me)


def _is_in_sight(tx: Tx, caller: Caller, task: TaskView) -> bool:
    """Who does it sees it; anybody else must see its case."""
    if task.to == caller.me:
        return takes_part(caller, task)
    try:
        view = caller.case(tx, task.case)
    except NotFoundError:
        return False
    return may_read(caller, task, view)


def to_do(tx: Tx, caller: Caller) -> tuple[TaskView, ...]:
    """List what waits here to be answered, the most urgent first."""
    if not caller.actor.roles & model.ANSWERERS:
        return ()
    found = store.open_at(tx, caller.me)
    return tuple(one for one in found if model.is_to_do(one, caller.me))


def asked(tx: Tx, caller: Caller) -> tuple[TaskView, ...]:
    """List what was asked from here about cases that he may see: open ones first, by their day."""
    found = (*store.open_from(tx, caller.me), *store.over_from(tx, caller.me)[:MOST_DONE])
    return tuple(one for one in found if _is_in_sight(tx, caller, one))


def done(tx: Tx, caller: Caller) -> tuple[TaskView, ...]:
    """List what was asked of this node and is over, latest first."""
    if not caller.actor.roles & model.ANSWERERS:
        return ()
    return store.over_at(tx, caller.me)[:MOST_DONE]


def require_desk(caller: Caller) -> None:
    """Go on only if his post has to do with errands. Raises `NotAllowedError`."""
    if not caller.actor.roles & model.ASKERS:
        raise NotAllowedError("errands are for who works on cases")


def overview(tx: Tx, me: NodeId) -> TaskList:
    """List the facts of every task in which this node takes part: for the operator."""
    still_open = (*store.open_at(tx, me), *store.open_from(tx, me))
    return TaskList(tasks=(*still_open, *store.over_at(tx, me), *store.over_from(tx, me)))


def is_moot(tx: Tx, task: TaskView) -> bool:
    """Say whether a task is still open though its case has ended, as far as it is known here."""
    return model.is_moot(task, reading.of_stream(tx, task.case))


def of_case(tx: Tx, view: CaseView) -> tuple[TaskView, ...]:
    """List the tasks of a case found before: open ones first, by their day."""
    return model.in_order(store.of_case(tx, view.stream))


def waiting(tx: Tx, caller: Caller, today: date) -> tuple[int, int]:
    """Count what waits here to be answered, and how much of it is late."""
    if not caller.actor.roles & model.ANSWERERS:
        return 0, 0
    return store.count(tx, caller.me, today.isoformat())


def is_open_here(view: CaseView, me: NodeId) -> bool:
    """Say whether `me` holds the case and has still to do with it."""
    return view.holder == me and view.state not in model.ENDED


def may_ask(caller: Caller, view: CaseView) -> bool:
    """Say whether he may ask for errands: the case is open here, and he works on it now.

    Who is only asked for an opinion (会签) does not work on it.
    """
    offered = cases.open_actions(view, caller.me, caller.actor)
    works_on_it = any(one is not Action.GIVE_OPINION for one in offered)
    posts = caller.actor.roles & model.ASKERS
    return is_open_here(view, caller.me) and bool(posts) and works_on_it


# ---- what its papers say


def may_have(tx: Tx, stream: StreamName, digest: PartDigest, node: NodeId) -> bool:
    """Say whether the task names this part and `node` may have it (protocol §5.3)."""
    task = store.load(tx, stream)
    if task is None:
        return False
    return digest in model.parts_for(task, reading.of_stream(tx, task.case), node)


def said(tx: Tx, parts: PartStore, task: TaskView) -> Said:
    """Read a task's papers. Slow as a file or two. Raises `DamagedStoreError`."""
    if recovery.is_recovering(tx):  # what a backup holds may have been destroyed since
        return Said()
    brief = _text(tx, parts, task, task.brief)
    return Said(
        brief=None if brief is None else _brief(brief),
        report=_text(tx, parts, task, task.report),
        note=_text(tx, parts, task, task.note),
    )


def _text(tx: Tx, parts: PartStore, task: TaskView, digest: PartDigest | None) -> str | None:
    if digest is None or not partstore.is_kept_for(tx, task.stream, digest):
        return None
    return parts.read(tx, digest).content.decode("utf-8", "replace")


def _brief(text: str) -> TaskBrief | None:
    try:
        return msgspec.json.decode(text, type=TaskBrief)
    except msgspec.DecodeError:
        return None


def photo(tx: Tx, task: TaskView, digest: PartDigest) -> KeptPart:
    """Find a photo of a task found before.

    Raises `NoPartError`; `RecoveringError` while a restored node may hold what was destroyed since.
    """
    recovery.require_recovered(tx)
    named = partstore.is_digest(digest) and digest in task.photos
    if not named or not partstore.is_kept_for(tx, task.stream, digest):
        raise NoPartError(f"no photo {digest[:8]} of {task.stream} at this node")
    return partstore.find(tx, digest)
