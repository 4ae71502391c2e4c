"""Followers see every event that comes, whatever fails, and conclude the same when rewound."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from typing_extensions import override

from node.cases import clockbook, store
from node.cases.caseview import CaseView
from node.cases.clockbook import Kept
from node.cases.life import History
from node.database import Tx
from node.following import actions
from node.following.actions import Following
from node.following.follower import Lives, Seen
from node.work import SYSTEM, Work
from schemas.cases import Action
from schemas.ids import StreamName
from tests.node.cases.test_refolding import lives
from tests.support.bureau import bureau
from tests.support.laws import HEARD

A = Action


@dataclass
class Counting:
    """Counts the events of cases, and fails where it is told to."""

    name: str = "counting"
    kinds: frozenset[str] = frozenset({"case"})
    kept: dict[StreamName, int] = field(default_factory=dict)
    fails_at: StreamName | None = None
    again_at: int | None = None

    def look(self, lives: Lives, stream: StreamName, now: int) -> Seen[int] | None:
        del now
        if stream == self.fails_at:
            raise ValueError("a rule is wrong")
        life = lives.of(stream)
        return None if life is None else Seen(stream, len(life.happenings), self.again_at)

    def keep(self, work: Work, seen: Sequence[Seen[int]]) -> None:
        del work
        self.kept.update({one.stream: one.found for one in seen})

    def clear(self, work: Work) -> None:
        del work
        self.kept.clear()


def _cases(tx: Tx) -> tuple[StreamName, ...]:
    return tuple(StreamName(name) for (name,) in tx.execute("SELECT stream FROM cases ORDER BY id"))


def _both_ways(
    tx: Tx, stream: StreamName
) -> tuple[History | None, CaseView | None, tuple[Kept, ...]]:
    return Lives(tx).of(stream), store.load(tx, stream), clockbook.load(tx, stream)


async def test_the_life_of_a_case_ends_as_the_case_and_its_clocks_stand(tmp_path: Path) -> None:
    async with bureau(tmp_path, HEARD) as county:
        await lives(county)
        works = county.office.node.works
        for stream in await works.read(_cases):
            life, view, clocks = await works.read(_both_ways, stream)
            assert life is not None
            assert life.view == view
            assert {one.clock: one for one in life.timers} == {
                one.timer.clock: one.timer for one in clocks
            }


async def test_a_follower_sees_what_is_there_and_what_comes(tmp_path: Path) -> None:
    async with bureau(tmp_path, HEARD) as county:
        counting = Counting()
        following = Following(county.office.node.works, [counting])
        view = await county.receive()
        await following.catch_up()
        assert counting.kept == {view.stream: 1}
        view = await county.path(view, A.ACCEPT, A.DISPATCH)
        await following.catch_up()
        assert counting.kept == {view.stream: 3}


async def test_a_follower_that_fails_at_one_case_goes_on_with_the_others(tmp_path: Path) -> None:
    async with bureau(tmp_path, HEARD) as county:
        bad, good = await county.receive(), await county.receive()
        counting = Counting(fails_at=bad.stream)
        works = county.office.node.works
        following = Following(works, [counting, Counting("other")])
        await following.catch_up()
        assert counting.kept == {good.stream: 1}
        standing = await works.read(actions.standing, [counting])
        assert [(one.behind, one.faults) for one in standing] == [(0, 1)]
        counting.fails_at = None
        await county.path(bad, A.ACCEPT)
        await following.catch_up()
        assert counting.kept[bad.stream] == 2
        assert [one.faults for one in await works.read(actions.standing, [counting])] == [0]


async def test_what_time_may_change_is_looked_at_again_when_it_may(tmp_path: Path) -> None:
    async with bureau(tmp_path, HEARD) as county:
        view = await county.receive()
        works = county.office.node.works
        counting = Counting(again_at=works.now_ms + 3_600_000)
        following = Following(works, [counting])
        await following.catch_up()
        counting.kept.clear()
        assert (await following.step()).is_over
        counting.again_at = None
        county.go_to("2026-03-03")
        assert (await following.step()).streams == (view.stream,)
        assert counting.kept == {view.stream: 1}


async def test_rewound_it_concludes_the_same(tmp_path: Path) -> None:
    async with bureau(tmp_path, HEARD) as county:
        await lives(county)
        counting = Counting()
        works = county.office.node.works
        following = Following(works, [counting])
        await following.catch_up()
        before = dict(counting.kept)
        await works.run(SYSTEM, actions.rewind, counting)
        assert not counting.kept
        await following.catch_up()
        assert counting.kept == before


async def test_a_case_that_is_folded_anew_is_looked_at_again(tmp_path: Path) -> None:
    async with bureau(tmp_path, HEARD) as county:
        view = await county.receive()
        counting = Counting()
        works = county.office.node.works
        following = Following(works, [counting])
        await following.catch_up()
        counting.kept.clear()
        refolded = actions.Refolded()
        await works.run(SYSTEM, lambda work: refolded.begun(work.tx, view, work.now_ms))
        await following.catch_up()
        assert counting.kept == {view.stream: 1}


@dataclass
class Marking(Counting):
    """Looks at cases, and has whatever its keeping names looked at again."""

    name: str = "marking"
    marks: dict[StreamName, int] = field(default_factory=dict)

    @override
    def keep(self, work: Work, seen: Sequence[Seen[int]]) -> None:
        super().keep(work, seen)
        actions.look_by(work, self.name, self.marks)


async def test_what_is_marked_anew_while_it_is_looked_at_stays_marked(tmp_path: Path) -> None:
    """What was read on the snapshot does not know yet what is kept in the same breath."""
    async with bureau(tmp_path, HEARD) as county:
        works = county.office.node.works
        view = await county.receive()
        marking = Marking(again_at=works.now_ms)
        following = Following(works, [marking])
        await following.step()
        marking.again_at, marking.marks = None, {view.stream: works.now_ms + 3_600_000}
        assert (await following.step()).streams == (view.stream,)
        marking.marks = {}
        await following.catch_up()
        marking.kept.clear()
        county.go_to("2026-03-03")
        await following.catch_up()
        assert marking.kept == {view.stream: 1}


@dataclass
class Folding(Counting):
    """Folds a case anew as often as it looks at it, before the next follower keeps what it saw."""

    name: str = "folding"
    view: CaseView | None = None

    @override
    def keep(self, work: Work, seen: Sequence[Seen[int]]) -> None:
        super().keep(work, seen)
        if self.view is not None:
            actions.Refolded().begun(work.tx, self.view, work.now_ms)


@pytest.mark.parametrize("rounds", [1, 2], ids=["due by time", "marked already"])
async def test_what_is_folded_anew_while_it_is_looked_at_is_looked_at_again(
    tmp_path: Path, rounds: int
) -> None:
    async with bureau(tmp_path, HEARD) as county:
        works = county.office.node.works
        view = await county.receive()
        folding, counting = Folding(again_at=works.now_ms), Counting(again_at=works.now_ms)
        following = Following(works, [folding, counting])
        await following.step()
        folding.view, counting.again_at = view, None
        for _ in range(rounds):
            await following.step()
        folding.view = folding.again_at = None
        counting.kept.clear()
        await following.catch_up()
        assert counting.kept == {view.stream: 1}
