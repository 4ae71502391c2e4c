"""Let followers go on: a step reads on a snapshot what is new, and then writes what was concluded.

A follower that fails at a stream writes that down and goes on with the next: it is looked at again
with the stream's next event, or when the follower is rewound.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from node.cases.caseview import CaseView
from node.cases.clockwork import Calendars
from node.database import Tx
from node.following import store
from node.following.follower import Follower, Lives, Seen
from node.work import SYSTEM, Work, Works
from schemas.ids import StreamName

log = logging.getLogger(__name__)

AT_ONCE: Final = 400  # events in one step: tens of milliseconds on a reader, a few on the writer


@dataclass(frozen=True, slots=True)
class Standing:
    """How far behind a follower is, and where it failed."""

    name: str
    behind: int
    """Events."""
    faults: int


@dataclass(frozen=True, slots=True)
class Stepped:
    """What one step looked at."""

    streams: tuple[StreamName, ...]
    is_over: bool
    """Whether all followers have seen everything."""
    is_full: bool = False
    """Whether there was more to see than one step takes."""


@dataclass(frozen=True, slots=True)
class _Step:
    """What one follower concluded on a snapshot."""

    follower: Follower[Any]
    before: tuple[int, int]
    after: tuple[int, int]
    looked: tuple[StreamName, ...]
    again: Mapping[StreamName, int]
    """Of these: what was due to be looked at again, and when, as the snapshot had it."""
    seen: tuple[Seen[Any], ...]
    faults: Mapping[StreamName, str]
    is_full: bool

    @property
    def is_idle(self) -> bool:
        """Whether there was nothing to do."""
        return self.before == self.after and not self.looked


class Following:
    """The followers of one node."""

    def __init__(self, works: Works, followers: Sequence[Follower[Any]]) -> None:
        self._works = works
        self._followers = followers
        self._known = Calendars()
        self._began = False

    async def step(self, most: int = AT_ONCE) -> Stepped:
        """Let each follower look at up to `most` events, and keep what it concludes."""
        if not self._began:
            await self._works.run(SYSTEM, _begin, self._followers)
            self._began = True
        now = self._works.now_ms
        steps = await self._works.read(self._look, now, most)
        busy = [one for one in steps if not one.is_idle]
        if busy:
            await self._works.run(SYSTEM, _keep, busy, now)
        looked = dict.fromkeys(stream for one in busy for stream in one.looked)
        return Stepped(tuple(looked), is_over=not busy, is_full=any(one.is_full for one in busy))

    async def catch_up(self) -> int:
        """Let all of them see everything that there is now; tell how many looks that took."""
        looks = 0
        while not (stepped := await self.step()).is_over:
            looks += len(stepped.streams)
        return looks

    def _look(self, tx: Tx, now: int, most: int) -> list[_Step]:
        lives = Lives(tx, self._known)
        return [_look(lives, one, now, most) for one in self._followers]


def _begin(work: Work, followers: Sequence[Follower[Any]]) -> None:
    store.begin(work.tx, [one.name for one in followers])


def _look(lives: Lives, follower: Follower[Any], now: int, most: int) -> _Step:
    tx = lives.tx
    before = store.cursor(tx, follower.name)
    arrival, new = store.touched(tx, before[0], most, follower.kinds)
    change, moved = store.changed(tx, before[1], most)
    again = store.due(tx, follower.name, now, most)
    looked = tuple(dict.fromkeys((*new, *moved, *again)))
    seen, faults = [], {}
    for stream in looked:
        try:
            found = follower.look(lives, stream, now)
        except Exception as error:
            log.exception("following.failed", extra={"follower": follower.name, "stream": stream})
            faults[stream] = f"{type(error).__name__}: {error}"
            continue
        if found is not None:
            seen.append(found)
    after, is_full = (arrival, change), store.last_event(tx) > arrival or len(again) == most
    return _Step(follower, before, after, looked, again, tuple(seen), faults, is_full)


def _keep(work: Work, steps: Sequence[_Step], now: int) -> None:
    for one in steps:
        name = one.follower.name
        if store.cursor(work.tx, name) != one.before:
            continue  # it was rewound meanwhile
        times: dict[StreamName, int | None] = dict.fromkeys(one.looked)
        times.update((seen.stream, seen.again_at) for seen in one.seen)
        store.set_next(work.tx, name, times, one.again)
        one.follower.keep(work, one.seen)  # last: what it marks anew was looked at before
        store.mend(work.tx, name, one.looked)
        store.note_faults(work.tx, name, one.faults, now)
        store.move(work.tx, name, *one.after)


def look_by(work: Work, name: str, times: Mapping[StreamName, int]) -> None:
    """Let a follower look at streams by an instant, though nothing of theirs was written.

    It may name what is no stream: the follower is given the name as it stands.
    """
    store.look_by(work.tx, name, times)


def rewind(work: Work, follower: Follower[Any]) -> None:
    """Let a follower forget what nobody has acted on, and begin again at the first event."""
    follower.clear(work)
    store.rewind(work.tx, follower.name)


def come_to(tx: Tx, name: str) -> tuple[int, int]:
    """Tell the arrival of the last event that a follower has seen, and how many it has not."""
    seen = store.cursor(tx, name)[0]
    return seen, store.last_event(tx) - seen


def behind(tx: Tx, name: str) -> int:
    """Tell how many events a follower has not seen yet."""
    return store.last_event(tx) - store.cursor(tx, name)[0]


def has_seen(tx: Tx, name: str, kinds: frozenset[str], before_ms: int) -> bool:
    """Say whether a follower of these kinds has seen all that is here and came about before then.

    Also what time alone brought about, and what a calendar moved. Too far behind to look: no.
    """
    if behind(tx, name) > AT_ONCE or store.changed(tx, store.cursor(tx, name)[1], 1)[1]:
        return False
    if store.due(tx, name, before_ms - 1, 1):
        return False
    return all(at >= before_ms for at in store.unseen(tx, name, kinds, AT_ONCE))


def standing(tx: Tx, followers: Sequence[Follower[Any]]) -> tuple[Standing, ...]:
    """Tell how far behind each follower is."""
    last, faults = store.last_event(tx), store.faults(tx)
    return tuple(
        Standing(
            one.name,
            last - store.cursor(tx, one.name)[0],
            sum(name == one.name for name, *_ in faults),
        )
        for one in followers
    )


class Refolded:
    """Lets followers look again at a case that was folded anew: more of it is understood now."""

    def begun(self, tx: Tx, case: CaseView, now_ms: int) -> None:
        """A case was folded from its first event."""
        del now_ms
        store.look_again(tx, case.stream)
