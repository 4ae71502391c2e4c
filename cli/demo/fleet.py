"""The demonstration's nodes: made, joined and run as processes of their own."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

import msgspec
from typing_extensions import override

from cli.demo import granting, sample
from federation.broker_process import DieWithParent
from federation.joincode import parse_invitation
from node.calendar.files import load_table
from node.calendar.sources import statutory_days
from node.catalogue.files import load_items
from node.clock import Clock, local_day
from node.runtime import control, joining
from node.runtime.joining import Wanted
from node.runtime.opening import HomeInUseError, Node, open_node
from node.settings import FILE_NAME, Http, Purpose
from node.staff import signing_in
from node.staff.passwords import Passwords
from node.work import SYSTEM
from schemas import control as c
from schemas.calendar import PublishTable, ShowYear, YearSource, YearTable, YearView
from schemas.ids import NodeId, level_of, parent_of
from schemas.items import PublishReport
from schemas.nodes import NodeNames
from schemas.places import Place
from schemas.staff import StaffList

T = TypeVar("T")

READY_SECONDS: Final = 60.0
STOP_SECONDS: Final = 10.0
POLL_SECONDS: Final = 0.02
MOST_DRIFT_MS: Final = 60_000  # all nodes share one machine's clock
SETTLE_TRIES: Final = 50
ACCEPTED_WITHIN: Final = timedelta(days=21)  # five working days, with the longest break between
KEEP_SECONDS: Final = 0.3  # how soon a dead node is noticed


class NotReadyError(Exception):
    """A node of the demonstration did not come up."""


class OnePassword(Passwords):
    """Hashes the one password of the sample people once: thirty hashes would take seconds."""

    def __init__(self) -> None:
        super().__init__()
        self._hashed: dict[str, str] = {}

    @override
    async def hash(self, password: str) -> str:
        if password not in self._hashed:
            self._hashed[password] = await super().hash(password)
        return self._hashed[password]


@dataclass(slots=True)
class Fleet:
    """The running nodes."""

    root: Path
    say: Callable[[str], None]
    processes: dict[NodeId, asyncio.subprocess.Process] = field(default_factory=dict)
    urls: dict[NodeId, str] = field(default_factory=dict)
    places: dict[NodeId, Place] = field(default_factory=sample.places)
    fingerprint: str = ""
    clock: Clock = field(default_factory=Clock)
    """What all nodes live by."""
    passwords: Passwords = field(default_factory=OnePassword)
    before: timedelta = timedelta(0)
    """How long ago the sample catalogue is released, where a history is to follow it."""

    def home(self, node: NodeId) -> Path:
        """Where a node lives."""
        return self.root / node

    async def start(self) -> None:
        """Bring every node up: parents first, those of one tier together."""
        fresh = not (self.home(sample.NODES[0]) / FILE_NAME).exists()
        await self._make_root(sample.NODES[0])
        for tier in (4, 6, 9, 12):
            nodes = [one for one in sample.NODES if len(one) == tier]
            await asyncio.gather(*(self._bring_up(one) for one in nodes))
        if fresh and self.before:
            await self.move_clocks_in_peace(round(-self.before.total_seconds()))
            await self._publish(county_of(self.processes))

    async def _make_root(self, node: NodeId) -> None:
        if not (self.home(node) / FILE_NAME).exists():
            await joining.begin_root(self.home(node), node, self._names(node), "", _wanted())

    async def _bring_up(self, node: NodeId) -> None:
        fresh = not (self.home(node) / FILE_NAME).exists()
        if fresh:
            asked = c.InvitePlace(node=node, zh=self.places[node].zh, en=self.places[node].en)
            invited = await self.ask(sample.parent(node), "nodes.invite", asked, c.Invited)
            await joining.join(self.home(node), parse_invitation(invited.invitation), _wanted())
        await self._prepare(node)
        await self.run(node)
        if fresh and level_of(node).value == "county" and not self.before:
            await self._publish(node)
        if granting.is_kept_above(sample.people_of(node)):
            await self._grant_all(node)

    async def _grant_all(self, node: NodeId) -> None:
        """Have the accounts of a node made above. Raises `NotReadyError`."""
        try:
            async with asyncio.timeout(READY_SECONDS):
                above = partial(self.ask, sample.parent(node))
                await granting.grant_all(above, node, sample.people_of(node))
        except TimeoutError:
            raise NotReadyError(f"the people of {node} got no accounts from above") from None

    async def _publish(self, node: NodeId) -> None:
        """Put the sample calendar and the sample catalogue in force, each by a release."""
        table = load_table(sample.SAMPLE / "calendar-2026.toml")
        await self.ask(node, "calendar.publish", PublishTable(table=table), YearView)
        asked = c.PublishItems(
            items=load_items(sample.SAMPLE / "items.toml"),
            title="千阳县政务服务事项目录 (样例)",
            document="千政发〔2017〕11号",
        )
        await self.ask(node, "items.publish", asked, PublishReport)

    async def _prepare(self, node: NodeId) -> None:
        """Give the node its people, before it runs."""
        async with open_node(self.home(node)) as opened:
            known = await opened.works.read(
                lambda tx: tx.execute("SELECT count(*) FROM staff").fetchone()[0]
            )
            listed = sample.staff_of(node)
            if not known and not granting.is_kept_above(listed.staff):
                await self._people(opened, listed)
            self.fingerprint = opened.settings.root
            self.clock.offset = opened.settings.clock_offset

    async def _people(self, node: Node, listed: StaffList) -> None:
        await signing_in.load(node.works, SYSTEM, listed, self.passwords)

    def _names(self, node: NodeId) -> NodeNames:
        return NodeNames(zh=self.places[node].zh, en=self.places[node].en)

    async def ask(self, node: NodeId, name: str, arguments: msgspec.Struct, answer: type[T]) -> T:
        """Give a node a command."""
        raw = await control.command(self.home(node), name, arguments)
        return msgspec.json.decode(raw, type=answer)

    async def ask_up(
        self, node: NodeId, name: str, arguments: msgspec.Struct, answer: type[T]
    ) -> T:
        """Give a running node a command that may be given twice; one that died is waited for."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + READY_SECONDS
        while loop.time() < deadline:
            found, process = control.running(self.home(node)), self.processes[node]
            if found is not None and found.pid == process.pid and process.returncode is None:
                try:
                    return await self.ask(node, name, arguments, answer)
                except OSError:
                    pass  # it died in the middle
                except control.CommandError as error:
                    if error.kind != HomeInUseError.__name__:
                        raise
            await asyncio.sleep(POLL_SECONDS)
        raise NotReadyError(f"{node} does not come back; see {self.home(node) / 'node.log'}")

    async def run(self, node: NodeId) -> None:
        """Start one node's process and wait until people can come."""
        (self.home(node) / control.RUN_FILE).unlink(missing_ok=True)
        log = (self.home(node) / "node.log").open("ab")
        try:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "cli", "run", "--home", str(self.home(node)),
                stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                preexec_fn=DieWithParent(os.getpid()),
            )  # fmt: skip
        finally:
            log.close()
        self.processes[node] = process
        self.urls[node] = (await self._ready(node, process)).url
        self.say(f"{node:<12} {self.places[node].zh} 就绪 · ready {self.urls[node]}")

    async def _ready(self, node: NodeId, process: asyncio.subprocess.Process) -> c.RunFile:
        deadline = asyncio.get_running_loop().time() + READY_SECONDS
        while asyncio.get_running_loop().time() < deadline:
            found = control.running(self.home(node))
            if found is not None and found.pid == process.pid:
                return found
            if process.returncode is not None:
                break
            await asyncio.sleep(POLL_SECONDS)
        raise NotReadyError(f"{node} did not start; see {self.home(node) / 'node.log'}")

    async def move_clocks(self, seconds: int) -> None:
        """Let all nodes live this far from the system's time; none ahead of the one above it."""
        nodes = list(self.processes)  # parents first
        ahead = timedelta(seconds=seconds) > self.clock.offset
        for node in nodes if ahead else reversed(nodes):
            await self._move_clock(node, seconds)
        self.clock.offset = timedelta(seconds=seconds)
        for node in nodes:
            await self._settle(node, seconds)

    async def move_clocks_in_peace(self, seconds: int) -> None:
        """Move them once nothing is on its way: a letter must not arrive before it was written."""
        deadline = asyncio.get_running_loop().time() + READY_SECONDS
        while not all([await self._owes_nothing(node) for node in self.processes]):
            if asyncio.get_running_loop().time() > deadline:
                raise NotReadyError("the nodes do not come to rest")
            await asyncio.sleep(POLL_SECONDS)
        await self.move_clocks(seconds)

    async def _owes_nothing(self, node: NodeId) -> bool:
        state = await self.ask_up(node, "status", c.Nothing(), c.Status)
        return all(one.greeted and not one.waiting for one in state.links)

    async def make_years_certain(self) -> None:
        """Put plain tables in force for years without one in which cases begin: no make-up days.

        What time brings about counts only by a calendar that is certain.
        """
        county = county_of(self.processes)
        today = local_day(self.clock.now())
        for year in sorted({today.year, (today + ACCEPTED_WITHIN).year}):
            known = await self.ask_up(county, "calendar.show", ShowYear(year=year), YearView)
            if known.source is YearSource.RULE:
                rest = tuple(str(day) for day in sorted(statutory_days(year)))
                table = YearTable(year=year, document="样例: 只放法定节假日", rest=rest)
                await self.ask_up(county, "calendar.publish", PublishTable(table=table), YearView)

    async def _move_clock(self, node: NodeId, seconds: int) -> None:
        await self.ask_up(node, "clock", c.MoveClock(offset_seconds=seconds), c.Status)

    async def _settle(self, node: NodeId, seconds: int) -> None:
        """Forget what was measured by a message that was on its way when the clocks moved."""
        for _ in range(SETTLE_TRIES):
            if not await self._is_adrift(node):
                return
            await self._move_clock(node, seconds)
            await asyncio.sleep(POLL_SECONDS)

    async def _is_adrift(self, node: NodeId) -> bool:
        """Say whether a node believes that the one above it lives in another time."""
        state = await self.ask_up(node, "clock.look", c.ConfirmClock(), c.ClockState)
        above = parent_of(node)
        return above in state.drifts and abs(state.drifts[above]) > MOST_DRIFT_MS

    async def stop(self) -> None:
        """End every process that this fleet started."""
        running = [one for one in self.processes.values() if one.returncode is None]
        for process in running:
            process.terminate()
        for process in running:
            try:
                async with asyncio.timeout(STOP_SECONDS):
                    await process.wait()
            except TimeoutError:
                process.kill()
                await process.wait()

    async def keep_running(self) -> None:
        """Start again whatever node dies, until cancelled."""
        while True:
            dead = (node for node, one in self.processes.items() if one.returncode is not None)
            await asyncio.gather(*[self._start_again(node) for node in dead])
            await asyncio.sleep(KEEP_SECONDS)

    async def _start_again(self, node: NodeId) -> None:
        code = self.processes[node].returncode
        self.say(f"{node} 停了 (代码 {code}), 重新启动 · started again")
        try:
            await self.run(node)
        except NotReadyError as error:  # it died again: the next round sees to it
            self.say(str(error))


def county_of(nodes: Iterable[NodeId]) -> NodeId:
    """Find the county among nodes."""
    return next(one for one in nodes if level_of(one).value == "county")


def _wanted() -> Wanted:
    return Wanted(http=Http(host="127.0.0.1", port=0, tls=False), purpose=Purpose.DEMO)


@asynccontextmanager
async def fleet_in(
    root: Path, say: Callable[[str], None], *, before: timedelta = timedelta(0)
) -> AsyncIterator[Fleet]:
    """Run the demonstration's nodes until the block ends."""
    root.mkdir(parents=True, exist_ok=True)  # noqa: ASYNC240  # nothing runs yet
    fleet = Fleet(root, say, before=before)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(fleet.stop)
        await fleet.start()
        yield fleet
