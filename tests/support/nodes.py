"""Real nodes on this machine: homes made and joined once, copied for each test, run in process.

`nats-server`, TLS, SQLite and HTTP are the real ones. A copy keeps the ports of its template, so
two copies of one template cannot run at the same time.
"""

import asyncio
import random
import shutil
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import pytest

from cli.demo import sample
from cli.demo.fleet import OnePassword
from federation import links
from federation.encoding import b64
from federation.joincode import parse_invitation
from federation.roots import read_recovery_key
from node.catalogue import actions as catalogue
from node.catalogue.files import load_items
from node.database import Tx
from node.runtime import commands, joining, node_commands
from node.runtime.joining import Wanted
from node.runtime.network import Network
from node.runtime.opening import BROKER, open_node
from node.runtime.running import running
from node.runtime.station import OPERATOR, Station
from node.settings import Http, Purpose, Settings, load_settings, save_settings
from node.staff import signing_in
from node.work import SYSTEM
from schemas import control as c
from schemas.ids import Level, NodeId, level_of, parent_of
from schemas.nodes import NodeNames
from schemas.staff import Role

T = TypeVar("T")

CITY, COUNTY = NodeId("6103"), NodeId("610328")
TOWN, VILLAGE = NodeId("610328100"), NodeId("610328100201")
NEW_TOWN, NEW_VILLAGE = NodeId("610328102"), NodeId("610328100202")
FOUR_TIERS = (CITY, COUNTY, TOWN, VILLAGE)
THREE_TIERS = (COUNTY, TOWN, VILLAGE)
PLAIN = Wanted(http=Http(port=0, tls=False), purpose=Purpose.TEST)
PATIENCE = 60.0  # a busy machine may take ten times as long; who waits in vain fails all the same
KEPT_PORTS = range(20_000, 32_000)  # below those that a system gives to whoever asks for any
RECOVERY = b64(bytes(range(32)))
"""The city's private recovery key, in its safe."""


@dataclass
class Net:
    """A folder of homes, and those of them that run."""

    root: Path
    stations: dict[NodeId, Station] = field(default_factory=dict)
    _stacks: dict[NodeId, AsyncExitStack] = field(default_factory=dict)

    def __getitem__(self, node: NodeId) -> Station:
        return self.stations[node]

    def home(self, node: NodeId) -> Path:
        return self.root / node

    def net(self, node: NodeId) -> Network:
        return self.stations[node].online

    def settle_in(self, node: NodeId, change: Callable[[Settings], Settings]) -> None:
        """Change the settings of a home that does not run."""
        save_settings(self.home(node), change(load_settings(self.home(node))))

    async def start(self, *nodes: NodeId) -> None:
        await asyncio.gather(*(self._start(node) for node in nodes))

    async def _start(self, node: NodeId) -> None:
        stack = AsyncExitStack()
        self.stations[node] = await stack.enter_async_context(running(self.home(node)))
        self._stacks[node] = stack

    async def stop(self, *nodes: NodeId) -> None:
        for node in nodes:
            self.stations.pop(node, None)
        closing = [asyncio.create_task(self._stacks.pop(node).aclose()) for node in nodes]
        if closing:
            _, late = await asyncio.wait(closing, timeout=PATIENCE)
            if late:
                for task in asyncio.all_tasks():
                    task.print_stack()  # what it waits for
                pytest.fail("a node does not stop")
        for one in closing:
            one.result()

    async def stop_all(self) -> None:
        await self.stop(*tuple(self._stacks))

    async def read(self, node: NodeId, query: Callable[[Tx], T]) -> T:
        return await self[node].node.works.read(query)

    async def status(self, node: NodeId) -> c.Status:
        return await commands.status(self[node], c.Nothing())

    async def invite(self, child: NodeId) -> str:
        above = parent_of(child)
        assert above is not None
        place = sample.places()[child]
        asked = c.InvitePlace(node=child, zh=place.zh, en=place.en)
        return (await node_commands.invite(self[above], asked)).invitation

    async def join(self, child: NodeId, invitation: str, home: Path | None = None) -> Settings:
        return await joining.join(home or self.home(child), parse_invitation(invitation), PLAIN)

    async def sent(self, sender: NodeId, to: NodeId) -> None:
        """Wait until the broker has what `sender` owes `to`, who is away: it waits for receipts."""
        courier = self.net(sender).courier
        assert courier is not None
        lane = courier._lanes[to]  # noqa: SLF001  # what is under way is told to nobody

        async def is_under_way() -> bool:
            return bool(lane.flying or lane.ghosts)

        await until(is_under_way)

    async def quiet(self, *nodes: NodeId) -> None:
        """Wait until these nodes are in an epoch with one another and owe one another nothing."""
        names = nodes or tuple(self.stations)
        for node in names:
            await until(lambda one=node: self._is_quiet(one, names))  # type: ignore[misc]

    async def _is_quiet(self, node: NodeId, among: Iterable[NodeId]) -> bool:
        def look(tx: Tx) -> bool:
            ours = [one for one in links.load_all(tx) if one.peer in among]
            return all(
                one.epoch and one.answered and not links.waiting(tx, one.id)[0] for one in ours
            )

        return await self.read(node, look)


async def until(
    holds: Callable[[], Awaitable[bool]], *, seconds: float = PATIENCE, every: float = 0.02
) -> None:
    """Wait until something holds; fail after `seconds`."""
    async with asyncio.timeout(seconds):
        while not await holds():  # noqa: ASYNC110  # the condition has no event
            await asyncio.sleep(every)


def keep_ports(root: Path, *owners: NodeId) -> None:
    """Choose the ports of brokers below `root`: nobody gets them while their nodes do not run."""
    for owner in owners:
        folder = root / owner / BROKER
        folder.mkdir(mode=0o700, parents=True)
        (folder / "port").write_text(str(_free_port()))


def _free_port() -> int:
    for port in random.sample(KEPT_PORTS, 100):
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError("no port is free")


async def make_network(root: Path, nodes: tuple[NodeId, ...]) -> None:
    """Make homes that have joined one another, with the sample people and catalogue."""
    net, passwords = Net(root), OnePassword()
    names = sample.places()
    keep_ports(root, *{CITY, COUNTY}.intersection(nodes))
    try:
        for node in nodes:
            if node == nodes[0]:
                named = NodeNames(zh=names[node].zh, en=names[node].en)
                await joining.begin_root(
                    net.home(node),
                    node,
                    named,
                    b64(read_recovery_key(node, RECOVERY).public),
                    PLAIN,
                )
            else:
                await net.join(node, await net.invite(node))
            async with open_node(net.home(node)) as opened:
                await signing_in.load(opened.works, SYSTEM, sample.staff_of(node), passwords)
                if node == COUNTY:
                    items = tuple(load_items(sample.SAMPLE / "items.toml"))
                    await opened.works.run(OPERATOR, catalogue.publish, items)
            await net.start(node)
        await net.quiet()
    finally:
        await net.stop_all()


@asynccontextmanager
async def copied(template: Path, root: Path, *nodes: NodeId) -> AsyncIterator[Net]:
    """Run `nodes` of a copy of `template` until the block ends."""
    await asyncio.to_thread(shutil.copytree, template, root)
    net = Net(root)
    try:
        await net.start(*nodes)
        yield net
    finally:
        await net.stop_all()


@dataclass(frozen=True)
class OpenNode:
    """A node for a browser: where it serves, and who can sign in."""

    url: str
    station: Station
    logins: Mapping[Role, str]
    """One login for each post at this tier; the password is everybody's."""
    password: str = sample.PASSWORD


@asynccontextmanager
async def node_at(level: Level, template: Path, root: Path) -> AsyncIterator[OpenNode]:
    """Run the node of one tier alone, with the sample people and catalogue, until the block ends.

    `template` is what `make_network(…, FOUR_TIERS)` made; `root` must not exist yet.
    """
    node = next(one for one in FOUR_TIERS if level_of(one) == level)
    people = sample.people_of(node)
    logins = {role: one.login for one in reversed(people) for role in one.roles}
    async with copied(template, root, node) as net:
        yield OpenNode(net[node].url, net[node], logins)
