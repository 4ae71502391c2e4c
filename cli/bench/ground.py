"""The ground of a measurement: a few of the demonstration's nodes, real processes, one by one."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from typing_extensions import override

from cli.bench import gauge, stores
from cli.demo import sample
from cli.demo.client import Client
from cli.demo.fleet import STOP_SECONDS, Fleet, NotReadyError
from schemas.ids import NodeId
from schemas.staff import SignedIn, SignIn

CITY: Final = NodeId("6103")
COUNTY: Final = NodeId("610328")
TOWN: Final = NodeId("610328100")
VILLAGE: Final = NodeId("610328100201")
LEARN_SECONDS: Final = 30.0  # for the catalogue to reach the lowest tier on a busy machine
POLL_SECONDS: Final = 0.05


@dataclass(slots=True)
class Ground(Fleet):
    """The running nodes of one bench."""

    nodes: tuple[NodeId, ...] = ()
    """Parents before children, the root first."""

    @override
    async def start(self) -> None:
        """Bring the nodes up, and wait until the lowest knows the catalogue."""
        await self._make_root(self.nodes[0])
        for node in self.nodes:
            await self._bring_up(node)
        await self._learn(self.nodes[-1])

    async def _learn(self, node: NodeId) -> None:
        deadline = asyncio.get_running_loop().time() + LEARN_SECONDS
        while stores.held(self.home(node)) < stores.held(self.home(COUNTY)):
            if asyncio.get_running_loop().time() > deadline:
                raise NotReadyError(f"the catalogue does not reach {node}")
            await asyncio.sleep(POLL_SECONDS)

    async def halt(self, *nodes: NodeId) -> None:
        """End these nodes' processes, as an operator would, and wait until they have ended."""
        for node in nodes:
            process = self.processes[node]
            if process.returncode is None:
                process.terminate()
            async with asyncio.timeout(STOP_SECONDS):
                await process.wait()

    def family(self, node: NodeId) -> gauge.Family:
        """The processes of a running node: itself, and its broker if it has one."""
        return gauge.family(self.processes[node].pid)

    async def token(self, node: NodeId, login: str) -> str:
        """Sign a sample person in."""
        asked = SignIn(login=login, password=sample.PASSWORD)
        signed = await Client(self.urls[node]).post("/api/v1/session", asked, SignedIn)
        return signed.token or ""


@asynccontextmanager
async def ground(
    root: Path, nodes: tuple[NodeId, ...], say: Callable[[str], None]
) -> AsyncIterator[Ground]:
    """Run `nodes` in homes below `root` until the block ends."""
    root.mkdir(parents=True, exist_ok=True)  # noqa: ASYNC240  # before anything runs
    made = Ground(root, say, nodes=nodes)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(made.stop)
        await made.start()
        yield made
