"""A node's web over real HTTP: real database, keys and ledger, uvicorn on a free port."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import uvicorn
from litestar.types import ControllerRouterHandler
from typing_extensions import override

from federation.enrolment import begin_root
from federation.identity import create_identity
from federation.ledger import Hand, Ledger
from federation.partstore import PartStore
from levels.profiles import profile_of
from node.app import Fittings, create_app
from node.applicants.actions import open_register
from node.clock import Clock
from node.database import Database, open_database
from node.runtime.opening import kinds_of
from node.staff import actions
from node.staff.passwords import hash_password
from node.web.gate import Gate
from node.web.live import Live
from node.web.probes import Measure
from node.web.sessions import Sessions
from node.work import SYSTEM, Works
from schemas.ids import DepartmentId, EventHash, NodeId, level_of
from schemas.nodes import NodeNames
from schemas.staff import Department, NewAccount, Role, StaffAccount

COUNTY = NodeId("610328")
PASSWORD = "three blue herons"  # noqa: S105  # of accounts that live for one test
HASHED = hash_password(PASSWORD)
"""Once for all tests: hashing is slow on purpose."""
STOP_SECONDS = 5.0  # for answers under way when a test ends


class Wrist(Clock):
    """A clock that tests may move."""

    def __init__(self) -> None:
        super().__init__()
        self.passed = timedelta(0)

    @override
    def now(self) -> datetime:
        return super().now() + self.passed

    @override
    def wall(self) -> datetime:
        return super().wall() + self.passed


@dataclass
class WebNode:
    """What a test may reach."""

    url: str
    http: httpx.AsyncClient
    works: Works
    sessions: Sessions
    clock: Wrist
    live: Live
    gate: Gate
    database: Database
    lacking: list[str]

    async def account(
        self, login: str, *roles: Role, department: DepartmentId | None = None
    ) -> StaffAccount:
        """Open an account whose password is `PASSWORD`."""
        new = NewAccount(
            login=login, name=f"{login} 同志", roles=roles, department=department, password=""
        )
        return await self.works.run(SYSTEM, actions.add, new, HASHED)

    async def token(self, login: str, password: str = PASSWORD) -> str:
        """Sign in and give the token."""
        answer = await self.http.post(
            "/api/v1/session", json={"login": login, "password": password}
        )
        assert answer.status_code == 201, answer.text
        return str(answer.json()["token"])

    async def as_(self, login: str) -> dict[str, str]:
        """Sign in and give the headers that show it."""
        return {"Authorization": f"Bearer {await self.token(login)}"}


@asynccontextmanager
async def web_node(
    folder: Path,
    *,
    node: NodeId = COUNTY,
    routers: Sequence[ControllerRouterHandler] = (),
    items_api: Sequence[ControllerRouterHandler] = (),
    max_changes: int | None = None,
    values: Mapping[str, object] | None = None,
) -> AsyncIterator[WebNode]:
    """Serve a node of one without neighbours until the block ends."""
    identity = create_identity(folder / "keys", node)
    kinds = kinds_of(node)
    ledger = Ledger(identity, EventHash("0" * 64), kinds)
    clock, live = Wrist(), Live()
    async with open_database(folder / "node.db") as database:
        works = Works(database, ledger, clock, profile_of(level_of(node)), on_commit=live.publish)
        names, hand = NodeNames(zh="千阳县", en="Qianyang"), Hand(SYSTEM.staff, 1)
        await database.write(lambda tx: begin_root(ledger, tx, names, "", hand))
        sessions = Sessions(database, clock)
        lacking: list[str] = []

        async def lacks() -> tuple[str, ...]:
            return tuple(lacking)

        async def measuring() -> tuple[Measure, ...]:
            return (Measure(name="writes_waiting", meaning="Waiting.", value=database.waiting),)

        store = PartStore(folder / "parts", identity)
        register = await database.write(lambda tx: open_register(tx, identity))
        gate = create_app(
            Fittings(
                works=works, sessions=sessions, live=live, parts=store,
                register=register, lacks=lacks,
                measuring=measuring, routers=routers, items_api=items_api,
                values=values or {},
            )
        )  # fmt: skip
        if max_changes is not None:
            gate.max_changes = max_changes
        async with serving(gate, live) as url, httpx.AsyncClient(base_url=url) as http:
            yield WebNode(url, http, works, sessions, clock, live, gate, database, lacking)


async def with_departments(served: WebNode, *names: str) -> None:
    """Write departments down."""
    listed = tuple(Department(id=DepartmentId(name), name=name) for name in names)
    await served.works.run(SYSTEM, actions.put_departments, listed)


class _Server(uvicorn.Server):
    """Ends when it is told to, not at the next tenth of a second; its signals are the test's."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.told = asyncio.Event()

    @override
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    @override
    async def main_loop(self) -> None:
        await self.on_tick(0)
        await self.told.wait()

    @override
    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for listening in self.servers:
            listening.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        async with asyncio.timeout(STOP_SECONDS):  # a test that leaves a request open fails
            while self.server_state.connections or self.server_state.tasks:  # noqa: ASYNC110  # nor here
                await asyncio.sleep(0.005)
        await self.lifespan.shutdown()


@asynccontextmanager
async def serving(app: Gate, live: Live) -> AsyncIterator[str]:
    """Serve `app` on a free port of loopback."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    config = uvicorn.Config(app, log_level="warning", access_log=False, ws="none")
    server = _Server(config)
    task = asyncio.create_task(server.serve([listener]))
    while not server.started and not task.done():  # noqa: ASYNC110  # uvicorn offers no event
        await asyncio.sleep(0.001)
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        live.close()
        server.told.set()
        await task
        listener.close()
