"""The courier: what comes at once takes effect in order; only what has something to do wakes."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from federation import links
from federation.courier import Courier, run_courier
from federation.lane import Lane
from federation.link import Link
from federation.links import LinkRow
from node.database import Tx
from node.work import SYSTEM, Work
from schemas.ids import NodeId
from schemas.links import Frame
from tests.support.network import NOW, Member, member
from tests.support.places import Acted, CaseRules

COUNTY, TOWN = NodeId("610328"), NodeId("610328100")
EVENTS = 600  # five parcels: more than are handed over at one time
SETTLE_SECONDS = 20.0


@dataclass
class Line:
    """Hands every frame over at once, beside those that are still being taken."""

    sender: NodeId
    connected: bool = False
    other: Courier | None = None
    frames: int = 0
    taking: set[asyncio.Task[None]] = field(default_factory=set)

    async def send(self, to: NodeId, frame: bytes) -> bool:
        del to
        self.frames += 1
        if self.other is None or not self.connected:
            return False
        task = asyncio.create_task(self.other.on_mail(self.sender, frame))
        self.taking.add(task)
        task.add_done_callback(self.taking.discard)
        return True


@dataclass
class Two:
    """A town and its county, with couriers and a line each way."""

    county: Member
    town: Member
    up: Line
    down: Line
    couriers: tuple[Courier, Courier]

    def plug_in(self) -> None:
        self.up.connected = self.down.connected = True
        for courier in self.couriers:
            courier.connected()

    async def row(self, me: Member, peer: NodeId) -> LinkRow:
        found = await me.works.read(links.load, peer)
        assert found is not None
        return found

    async def settled(self) -> None:
        """Wait until the town waits for no receipt of a log that both have begun."""
        deadline = time.monotonic() + SETTLE_SECONDS
        while time.monotonic() < deadline:
            row = await self.row(self.town, COUNTY)
            waiting, _ = await self.town.works.read(links.waiting, row.id)
            if row.epoch and not waiting:
                return
            await asyncio.sleep(0.01)
        raise AssertionError("the town still waits for receipts")


async def _no_parts(sender: NodeId, frame: Frame, raw: bytes) -> None:
    del sender, frame, raw


@asynccontextmanager
async def _two(folder: Path) -> AsyncIterator[Two]:
    async with AsyncExitStack() as stack:
        county, town = [
            await stack.enter_async_context(member(folder / me, me, {"case": CaseRules(me)}))
            for me in (COUNTY, TOWN)
        ]
        await county.knows(town)
        await town.knows(county)
        lines = Line(COUNTY), Line(TOWN)
        made = []
        for node, line in zip((county, town), lines, strict=True):
            link = Link(node.works.ledger)
            await node.works.database.write(link.follow_directory)
            courier = Courier(
                node.works.database, node.works.ledger, link,
                mail_to=lambda _, found=line: found,  # type: ignore[misc]
                now=lambda: NOW, on_parts=_no_parts, on_taken=lambda: None,
            )  # fmt: skip
            made.append(await stack.enter_async_context(run_courier(courier)))
        lines[0].other, lines[1].other = made[1], made[0]
        yield Two(county, town, lines[1], lines[0], (made[0], made[1]))


def _write(work: Work, count: int) -> list[str]:
    return [work.begin("case", Acted(nonce=i), holder=work.me).hash for i in range(count)]


def _hashes(tx: Tx) -> list[str]:
    rows = tx.execute("SELECT hash FROM events WHERE kind = 'case.acted' ORDER BY arrival")
    return [row[0].hex() for row in rows]


async def _let_work(node: Member, count: int) -> list[str]:
    return await node.works.run(SYSTEM, _write, count)


async def test_parcels_given_at_once_are_stored_in_order_once_and_settled(tmp_path: Path) -> None:
    async with _two(tmp_path) as two:
        written = await _let_work(two.town, EVENTS)
        two.plug_in()
        await two.settled()
        assert await two.county.works.read(_hashes) == written
        ours, theirs = await two.row(two.town, COUNTY), await two.row(two.county, TOWN)
        assert (ours.settled, ours.settled_head) == (theirs.taken, theirs.taken_head)
        assert theirs.refused == ()


async def test_nothing_is_packed_for_a_line_that_is_down(tmp_path: Path) -> None:
    async with _two(tmp_path) as two:
        await _let_work(two.town, 3)
        two.couriers[1].wake()
        await asyncio.sleep(0.1)
        assert two.up.frames == 0
        assert await two.county.works.read(_hashes) == []


async def test_a_look_names_the_neighbours_for_whom_something_was_queued(tmp_path: Path) -> None:
    async with _two(tmp_path) as two:
        before = await two.town.works.read(links.stirring, 0)
        await _let_work(two.town, 2)
        found = await two.town.works.read(links.stirring, before.row)
        assert found.stirred == {COUNTY}
        assert (await two.town.works.read(links.stirring, found.row)).stirred == frozenset()
        assert set(found.standing) == {COUNTY}


def test_a_line_full_of_parcels_is_not_taken_for_a_slow_one() -> None:
    lane = Lane(COUNTY)
    sent = time.monotonic() - 0.8
    for number in range(1, 9):  # sent together; each takes the line a tenth of a second
        lane.flying.append((number, 100_000, sent))
    for number in range(1, 9):
        lane.landed_at = time.monotonic() - 0.1 if number > 1 else 0.0
        lane.landed(number)
    assert lane.rate > 500_000  # a million bytes a second, nearly learned
