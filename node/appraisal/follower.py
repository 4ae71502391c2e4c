"""The follower that counts: what each case, evaluation, complaint and order adds, kept as sums."""

from collections.abc import Iterator, Sequence
from typing import Final

from node.appraisal import actions, matters, measures, store
from node.appraisal.shares import Measured, Origin, Standpoint
from node.evaluation import reading as evaluations
from node.evaluation import redress_reading as redress
from node.following.follower import Lives, Seen
from node.staff.seating import Seats
from node.supervision import orders_reading as orders
from node.work import Work
from schemas.appraisal import Counted
from schemas.evaluation import EvaluationView
from schemas.ids import NodeId, StreamName, stream_kind

NAME: Final = "appraisal"
KINDS: Final = frozenset({"case", "note", "redress", "order"})


class Appraisal:
    """Counts behind the streams."""

    name = NAME
    kinds = KINDS

    def __init__(self, me: NodeId) -> None:
        self._me = me
        self._seen: tuple[Lives, Seats] | None = None

    def look(self, lives: Lives, stream: StreamName, now: int) -> Seen[tuple[Measured, ...]] | None:
        """Tell what the stream adds now, and what belongs to it."""
        found, again_at = measured(lives, self._standpoint(lives, now), stream)
        return Seen(stream, found, again_at)

    def keep(self, work: Work, seen: Sequence[Seen[tuple[Measured, ...]]]) -> None:
        """Put it in the place of what was counted before."""
        actions.keep(work, [one for each in seen for one in each.found])

    def clear(self, work: Work) -> None:
        """Forget all that was counted."""
        store.clear(work.tx)

    def _standpoint(self, lives: Lives, now: int) -> Standpoint:
        """Look at the posts once for all that is looked at on one snapshot."""
        if self._seen is None or self._seen[0] is not lives:
            self._seen = (lives, Seats(lives.tx))
        return standpoint(lives, self._seen[1], self._me, now)


def standpoint(lives: Lives, seats: Seats, me: NodeId, now: int) -> Standpoint:
    """Say from where and when counts are seen."""
    return Standpoint(me=me, now=now, calendar=lives.calendar, window_of=seats.of)


def measured(
    lives: Lives, at: Standpoint, stream: StreamName
) -> tuple[tuple[Measured, ...], int | None]:
    """Tell what a stream adds, and what hangs on it; and when time alone may change that."""
    match stream_kind(stream):
        case "case":
            return _of_case(lives, at, stream)
        case "order":
            return _of_order(lives, at, stream)
        case "redress":
            return tuple(_of_redress(lives, at, stream)), None
        case _:
            return (_of_note(lives, at, stream),), None


def _of_case(
    lives: Lives, at: Standpoint, stream: StreamName
) -> tuple[tuple[Measured, ...], int | None]:
    life = lives.of(stream)
    if life is None:
        return (Measured(stream=stream, counted=Counted.CASE),), None
    own, again_at = measures.of_case(life, at)
    origin = measures.origin_of(life, at)
    found = [
        own,
        *(matters.of_redress(one, origin, at) for one in redress.of_case(lives.tx, stream)),
    ]
    rated = evaluations.of_case(lives.tx, stream)
    if rated is not None:
        found.append(_of_evaluation(lives, at, rated))
    return tuple(found), again_at


def _of_note(lives: Lives, at: Standpoint, stream: StreamName) -> Measured:
    view = evaluations.of_note(lives.tx, stream)
    if view is None:
        return Measured(stream=stream, counted=Counted.EVALUATION)
    return _of_evaluation(lives, at, view)


def _of_evaluation(lives: Lives, at: Standpoint, view: EvaluationView) -> Measured:
    life = None if view.case is None else lives.of(view.case)
    if life is not None and measures.is_void(life):
        return Measured(stream=view.note, counted=Counted.EVALUATION)
    opened = redress.of_evaluation(lives.tx, view.note)
    return matters.of_evaluation(view, opened, _origin(lives, at, view.case), at)


def _of_redress(lives: Lives, at: Standpoint, stream: StreamName) -> Iterator[Measured]:
    view = redress.view(lives.tx, stream)
    if view is None:
        yield Measured(stream=stream, counted=Counted.REDRESS)
        return
    yield matters.of_redress(view, _origin(lives, at, view.case), at)
    if view.evaluation is not None:
        yield _of_note(lives, at, view.evaluation)


def _of_order(
    lives: Lives, at: Standpoint, stream: StreamName
) -> tuple[tuple[Measured, ...], int | None]:
    view = orders.view(lives.tx, stream)
    if view is None:
        return (Measured(stream=stream, counted=Counted.ORDER),), None
    found, again_at = matters.of_order(view, at)
    return (found,), again_at


def _origin(lives: Lives, at: Standpoint, case: StreamName | None) -> Origin | None:
    """Say whose a case is; `None` while it is not known here, or there is none."""
    life = None if case is None else lives.of(case)
    return None if life is None else measures.origin_of(life, at)
