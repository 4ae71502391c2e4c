"""The table of tasks, and who read their papers: plain SQL, no decisions."""

from typing import Any, Final

from node.database import Tx
from node.tasks.model import end_of
from schemas.ids import NodeId, PartDigest, StaffId, StreamName
from schemas.tasks import Errand, TaskResult, TaskState, TaskView

MOST_LISTED: Final = 60  # with its page below 60 KB; a village has a handful
_BY_DAY: Final = "due, asked_at, stream"
_LATEST: Final = "answered_at DESC, stream"

_COLUMNS: Final = (
    "stream, about, number, item_name, errand, asker, assistant, holder, state, due, asked_at,"
    " answered_at, result, reason, brief, report, photos, note"
)


def save(tx: Tx, task: TaskView) -> None:
    """Write a task as it now is."""
    tx.execute(
        f"INSERT OR REPLACE INTO case_tasks ({_COLUMNS}, id) VALUES ({'?, ' * 18}?)",  # noqa: S608
        (
            task.stream, task.case, task.number, task.item_name, task.errand, task.asker, task.to,
            task.holder, task.state, task.due, task.asked_at, task.answered_at, task.result,
            task.reason, task.brief, task.report, " ".join(task.photos), task.note,
            end_of(task.stream),
        ),
    )  # fmt: skip


def move(tx: Tx, stream: StreamName, holder: NodeId) -> None:
    """Note who holds a task now."""
    tx.execute("UPDATE case_tasks SET holder = ? WHERE stream = ?", (holder, stream))


def forget(tx: Tx, stream: StreamName) -> None:
    """Drop what the projection holds of one stream."""
    tx.execute("DELETE FROM case_tasks WHERE stream = ?", (stream,))


def load(tx: Tx, stream: StreamName) -> TaskView | None:
    """Read a task by its stream, whoever asks."""
    return next(iter(_find(tx, "stream = ?", stream)), None)


def at(tx: Tx, end: str) -> tuple[TaskView, ...]:
    """List the tasks of an address: one, unless a node made up the name of another's."""
    return _find(tx, "id = ?", end)


def of_case(tx: Tx, case: StreamName) -> tuple[TaskView, ...]:
    """List the tasks of a case."""
    return _find(tx, "about = ?", case)


def open_at(tx: Tx, me: NodeId) -> tuple[TaskView, ...]:
    """List what `me` was asked for and has not ended, by its day."""
    return _find(tx, "assistant = ? AND state = ?", me, TaskState.ASKED)


def open_from(tx: Tx, me: NodeId) -> tuple[TaskView, ...]:
    """List what `me` asked for and has not ended, by its day."""
    return _find(tx, "asker = ? AND state = ?", me, TaskState.ASKED)


def over_at(tx: Tx, me: NodeId) -> tuple[TaskView, ...]:
    """List what `me` was asked for and is over, latest first."""
    return _find(tx, "assistant = ? AND answered_at IS NOT NULL", me, order=_LATEST)


def over_from(tx: Tx, me: NodeId) -> tuple[TaskView, ...]:
    """List what `me` asked for and is over, latest first."""
    return _find(tx, "asker = ? AND answered_at IS NOT NULL", me, order=_LATEST)


def count(tx: Tx, me: NodeId, before: str) -> tuple[int, int]:
    """Count what waits for `me`, and how much of it has a last day before `before`."""
    row = tx.execute(
        "SELECT count(*), coalesce(sum(due < ?), 0) FROM case_tasks"
        " WHERE assistant = ? AND holder = ? AND state = ?",
        (before, me, me, TaskState.ASKED),
    ).fetchone()
    return int(row[0]), int(row[1])


def note_view(tx: Tx, stream: StreamName, staff: StaffId, day: str) -> None:
    """Write down that somebody read a task's papers that day."""
    tx.execute("INSERT OR IGNORE INTO task_views VALUES (?, ?, ?)", (stream, staff, day))


def _find(tx: Tx, where: str, *values: str, order: str = _BY_DAY) -> tuple[TaskView, ...]:
    rows = tx.execute(
        f"SELECT {_COLUMNS} FROM case_tasks WHERE {where} ORDER BY {order} LIMIT ?",  # noqa: S608
        (*values, MOST_LISTED),
    )
    return tuple(map(_view, rows))


def _view(row: tuple[Any, ...]) -> TaskView:
    (
        stream, case, number, item_name, errand, asker, to, holder, state, due, asked_at,
        answered_at, result, reason, brief, report, photos, note,
    ) = row  # fmt: skip
    return TaskView(
        stream=stream, case=case, number=number, item_name=item_name, errand=Errand(errand),
        asker=asker, to=to, holder=holder, state=TaskState(state), due=due, asked_at=asked_at,
        answered_at=answered_at, result=None if result is None else TaskResult(result),
        reason=reason, brief=brief, report=report,
        photos=tuple(PartDigest(one) for one in photos.split()), note=note,
    )  # fmt: skip
