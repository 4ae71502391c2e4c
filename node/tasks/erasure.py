"""What becomes of an errand's papers when those of its case are destroyed (销毁): they go too.

The assistant may know nothing of the case; so the node that asked says it of the task itself, by a
note as for any other papers, and so does a node above it that has copies. Nobody is asked: it
follows from what was decided about the case.
"""

from collections.abc import Iterator

from federation import partstore, recovery, streams
from federation.streams import Verdict
from node.cases import destroying
from node.database import Tx
from node.tasks import model, store
from node.work import Work
from schemas.ids import StreamName, stream_kind
from schemas.parts import PartErased
from schemas.reasons import Reason
from schemas.tasks import TaskView


def follow(work: Work) -> None:
    """Have the papers of errands destroyed whose cases have no paper left here.

    Run it before the node answers for what it destroyed: in the same Work, so that none is missed.
    """
    if recovery.is_recovering(work.tx):
        return
    for task in tuple(_orphans(work)):
        _destroy(work, task)


def follow_late(work: Work, stream: StreamName) -> None:
    """Have the papers of an errand destroyed of which one just came, if its case has none left.

    Somebody answered who had not heard that the case is over.
    """
    task = store.load(work.tx, stream)
    if task is None or recovery.is_recovering(work.tx):
        return
    if partstore.all_erased(work.tx, task.case) and _is_ours(work, task):
        _destroy(work, task)


def _destroy(work: Work, task: TaskView) -> None:
    left = tuple(
        one for one in model.parts_of(task) if not partstore.is_erased(work.tx, task.stream, one)
    )
    if left:
        note = PartErased(stream=task.stream, digests=left, reason=_reason(work.tx, task.case))
        work.begin("note", note, holder=work.me)
        work.touched.append(task.stream)


def _orphans(work: Work) -> Iterator[TaskView]:
    """Name the errands about cases whose last paper here is gone, as far as it is ours to say."""
    erased = {one.stream for one in partstore.unanswered(work.tx)}
    for case in sorted(name for name in erased if stream_kind(name) == "case"):
        if partstore.all_erased(work.tx, case):
            yield from (one for one in store.of_case(work.tx, case) if _is_ours(work, one))


def _is_ours(work: Work, task: TaskView) -> bool:
    """This node asked for it; or it lies above who asked, and has copies."""
    if task.asker == work.me:
        return True
    above = destroying.may_erase_errand(task.stream, work.me)
    return above and bool(partstore.kept_of(work.tx, task.stream))


def _reason(tx: Tx, case: StreamName) -> str:
    """Say why the case's papers were destroyed."""
    subject = streams.load(tx, case)
    reason: str = Reason.RETENTION_ENDED
    for note in streams.notes_about(tx, subject) if subject else ():
        for stored in streams.events(tx, note):
            said = destroying.read_note(stored.event)
            if isinstance(said, PartErased) and stored.verdict is Verdict.EFFECTIVE:
                reason = said.reason
    return reason
