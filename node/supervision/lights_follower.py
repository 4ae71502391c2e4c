"""Keeps the open cases of boards in step with the streams: the follower `lights`."""

from collections.abc import Sequence
from typing import Final

from node.cases.facts import Step
from node.database import Tx
from node.following.follower import Lives, Seen
from node.staff.seating import Seats
from node.supervision import actions, bookstore, lights, lights_store
from node.supervision.lights import OpenCase
from node.work import Work
from schemas.ids import NodeId, StreamName

Found = dict[StreamName, OpenCase | None]
"""What is kept of each case; `None`: it is not open."""

_CASES: Final = "case/"


class LightsFollower:
    """Keeps the open cases; their lights need no looking again, for they are read by the instant.

    A book of rules may change from when on an item is yellow, and so may a calendar that moves no
    last day: then every clock that runs is warned of anew.
    """

    name = "lights"
    kinds = frozenset({"case", "rulebook", "calendar"})

    def __init__(self, me: NodeId) -> None:
        self._me = me
        self._seated: tuple[Lives, Seats] | None = None
        """Who sat at which window and when, as read for one step."""

    def look(self, lives: Lives, stream: StreamName, now: int) -> Seen[Found]:
        """Conclude what boards keep of a case, or of all that a book or a calendar changes."""
        if stream.startswith(_CASES):
            return Seen(stream, {stream: self._open_case(lives, stream, now)})
        return Seen(stream, _warned_anew(lives, now), _next_book(lives.tx, now))

    def keep(self, work: Work, seen: Sequence[Seen[Found]]) -> None:
        """Put it in the place of what was kept."""
        found: Found = {}
        for one in seen:
            is_case = one.stream.startswith(_CASES)
            for stream, fresh in one.found.items():
                if is_case or (stream not in found and _is_as_before(work.tx, fresh)):
                    found[stream] = fresh
        lights_store.replace_all(work.tx, found)

    def clear(self, work: Work) -> None:
        """Forget the open cases: they are found again."""
        lights_store.clear(work.tx)

    def _open_case(self, lives: Lives, stream: StreamName, now: int) -> OpenCase | None:
        life = lives.of(stream)
        if life is None or not lights.is_open(life.view):
            return None
        timer = lights.spoken_of(life)
        calendar = None if timer is None else lives.calendar(timer.place)
        own = None
        if timer is not None and life.item is not None:
            own = actions.threshold_of(lives.tx, life.view.place, life.item.code, now)
        return lights.open_case(life, calendar, own, self._window_of(lives, life.first))

    def _window_of(self, lives: Lives, first: Step) -> str:
        """Name the window where whoever began a case here sat then; empty: none."""
        if first.node != self._me:
            return ""
        if self._seated is None or self._seated[0] is not lives:
            self._seated = (lives, Seats(lives.tx))
        return self._seated[1].of(first.actor, first.at)


def _warned_anew(lives: Lives, now: int) -> Found:
    found: Found = {}
    known: dict[tuple[NodeId, str], int | None] = {}
    for one in lights_store.running(lives.tx):
        if one.timer is None:
            continue
        key = (one.place, one.item)
        if key not in known:
            known[key] = actions.threshold_of(lives.tx, *key, now)
        fresh = lights.warned(one, lives.calendar(one.timer.place), known[key])
        if fresh != one:
            found[one.stream] = fresh
    return found


def _next_book(tx: Tx, now: int) -> int | None:
    """Tell when the next book begins that is known already."""
    return min((one.from_at for one in bookstore.versions(tx) if one.from_at > now), default=None)


def _is_as_before(tx: Tx, fresh: OpenCase | None) -> bool:
    """Say whether a case still has the clock for which it was warned anew."""
    kept = None if fresh is None else lights_store.load(tx, fresh.stream)
    return kept is not None and fresh is not None and kept.timer == fresh.timer
