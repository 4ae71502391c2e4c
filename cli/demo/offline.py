"""The demonstration's nodes in one process: opened, not served, their mail handed over in memory.

What writes a long history needs the days to pass faster than people can wait. Ledgers, links,
couriers and paper rounds are the product's own; only the broker between them is left out.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

from cli.demo.fleet import NotReadyError
from federation.courier import Courier, run_courier
from node.clock import to_ms
from node.database import Tx
from node.runtime import timekeeping
from node.runtime.opening import Node, open_node
from node.runtime.paper_round import PaperRound
from node.runtime.sweeping import Sweeper
from schemas.ids import NodeId, StreamName

SETTLED_WITHIN: Final = 60.0  # seconds: everything is on one machine
POLL_SECONDS: Final = 0.002


@dataclass(slots=True)
class _Wire:
    """One direction between two nodes: frames in their order, each taken before the next."""

    sender: NodeId
    to: Courier
    frames: asyncio.Queue[bytes] = field(default_factory=asyncio.Queue)
    connected: bool = True

    async def send(self, to: NodeId, frame: bytes) -> bool:
        """Hand a message over."""
        del to
        self.frames.put_nowait(frame)
        return True

    async def run(self) -> None:
        """Bring what was handed over, for as long as this runs."""
        while True:
            await self.to.on_mail(self.sender, await self.frames.get())


@dataclass(slots=True)
class Offline:
    """The opened nodes, all in one time."""

    nodes: Mapping[NodeId, Node]
    couriers: dict[NodeId, Courier] = field(default_factory=dict)
    rounds: dict[NodeId, PaperRound] = field(default_factory=dict)
    wires: dict[tuple[NodeId, NodeId], _Wire] = field(default_factory=dict)
    sweepers: dict[NodeId, Sweeper] = field(default_factory=dict)

    def go_to(self, instant: datetime) -> None:
        """Let it be that instant everywhere."""
        for node in self.nodes.values():
            node.clock.offset = instant - node.clock.wall()

    async def begin_day(self, instant: datetime) -> None:
        """Let a day begin at that instant everywhere: the clocks were moved on purpose."""
        self.go_to(instant)
        now = to_ms(instant)
        for node in self.nodes.values():
            await node.database.write(lambda tx: timekeeping.begin_at(tx, now))
        for sweeper in self.sweepers.values():
            await sweeper.sweep()

    async def settle(self) -> None:
        """Wait until nothing is on its way, and every paper is where it is asked for.

        Raises `NotReadyError`.
        """
        loop = asyncio.get_running_loop()
        deadline = loop.time() + SETTLED_WITHIN
        while True:
            owed = [await node.works.read(_owes) for node in self.nodes.values()]
            if not any(owed):
                return
            if loop.time() > deadline:
                raise NotReadyError(f"the nodes do not come to rest: {owed}")
            await asyncio.sleep(POLL_SECONDS)


def _owes(tx: Tx) -> int:
    row = tx.execute(
        "SELECT (SELECT count(*) FROM outbox) + (SELECT count(*) FROM part_wants)"
    ).fetchone()
    return int(row[0])


@asynccontextmanager
async def offline(homes: Mapping[NodeId, Path]) -> AsyncIterator[Offline]:
    """Open these nodes, parents before children, and let their mail pass until the block ends."""
    async with AsyncExitStack() as stack:
        opened = {
            name: await stack.enter_async_context(open_node(home)) for name, home in homes.items()
        }
        made = Offline(opened)
        for name, node in opened.items():
            _assemble(made, name, node)
        for one in made.couriers.values():
            await stack.enter_async_context(run_courier(one))
        loops = [wire.run() for wire in made.wires.values()]
        loops += [one.run() for one in made.rounds.values()]
        for loop in loops:
            stack.push_async_callback(_end, asyncio.create_task(loop))
        yield made


def _assemble(made: Offline, name: NodeId, node: Node) -> None:
    def mail_to(peer: NodeId) -> _Wire | None:
        return made.wires.get((name, peer))

    papers = PaperRound(node)
    courier = papers.courier = Courier(
        node.database,
        node.ledger,
        node.link,
        mail_to=mail_to,
        now=lambda: to_ms(node.clock.now()),
        on_parts=papers.take,
        on_taken=papers.wake,
    )
    for other, earlier in made.couriers.items():
        made.wires[name, other] = _Wire(name, earlier)
        made.wires[other, name] = _Wire(other, courier)
    made.couriers[name], made.rounds[name] = courier, papers
    made.sweepers[name] = Sweeper(node.works)

    def committed(names: tuple[StreamName, ...]) -> None:
        del names
        courier.wake()
        papers.wake()

    node.on_commit.append(committed)


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
