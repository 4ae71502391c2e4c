"""A county alone, with its pages, for a browser: real store, keys, ledger and HTTP."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from federation.enrolment import begin_root
from federation.identity import create_identity
from federation.ledger import Hand, Ledger
from federation.partstore import PartStore
from levels.profiles import profile_of
from node.app import Fittings, create_app
from node.applicants.actions import Register, open_register
from node.catalogue import actions as catalogue
from node.clock import Clock
from node.database import Database, open_database
from node.network import actions as network
from node.network.control import Control
from node.notices.actions import Imprint
from node.notices.office import Press
from node.notices.pdf import Engine
from node.runtime.opening import kinds_of
from node.runtime.serving import panels_of, served_by
from node.staff import actions as staff
from node.web.chrome import LinkLine
from node.web.gate import Gate
from node.web.live import Live
from node.web.pages_base import Pages
from node.web.probes import Measure
from node.web.sessions import Sessions
from node.work import SYSTEM, Works
from schemas.ids import DepartmentId, EventHash, NodeId, level_of
from schemas.nodes import NodeNames
from schemas.staff import Department, NewAccount, Role
from tests.support.catalogue import LICENCE, WJJ
from tests.support.keepers import StillKeeper
from tests.support.webnode import HASHED, serving

COUNTY = NodeId("610328")
NAMES = NodeNames(zh="千阳县", en="Qianyang County")
IMPRINT = Imprint(word="千行审", office="千阳县政务服务中心")
PUBLIC_URL = "https://zw.example.test"
PEOPLE: tuple[tuple[str, Role, DepartmentId | None], ...] = (
    ("clerk", Role.CLERK, None),
    ("handler", Role.HANDLER, WJJ),
    ("approver", Role.APPROVER, WJJ),
    ("supervisor", Role.SUPERVISOR, None),
    ("operator", Role.OPERATOR, None),
    ("editor", Role.EDITOR, WJJ),
    ("staffing", Role.STAFFING, None),
    ("legal", Role.LEGAL, None),
    ("government", Role.GOVERNMENT, None),
    ("publisher", Role.PUBLISHER, None),
)


@dataclass(frozen=True)
class PageNode:
    """What a test may reach."""

    url: str
    works: Works
    database: Database
    parts: PartStore
    register: Register
    live: Live
    gate: Gate


@asynccontextmanager
async def page_node(
    folder: Path, clock: Clock | None = None, *, asks_second_factor: bool = False
) -> AsyncIterator[PageNode]:
    """Serve a county with one item and one person of each post until the block ends."""
    identity = create_identity(folder / "keys", COUNTY)
    kinds = kinds_of(COUNTY)
    ledger = Ledger(identity, EventHash("0" * 64), kinds)
    clock, live = clock or Clock(), Live()
    profile = profile_of(level_of(COUNTY))
    async with open_database(folder / "node.db") as database:
        works = Works(database, ledger, clock, profile, on_commit=live.publish)
        await database.write(lambda tx: begin_root(ledger, tx, NAMES, "", Hand(SYSTEM.staff, 1)))
        await _furnish(works)

        parts = PartStore(folder / "parts", identity)
        register = await database.write(lambda tx: open_register(tx, identity))

        async def link_line() -> LinkLine:
            return await works.read(network.link_line, in_touch=True)

        pages = Pages(node=COUNTY, names=NAMES, profile=profile, clock=clock, link_line=link_line)
        routers, items_api = served_by(profile)
        gate = create_app(
            Fittings(
                works=works,
                sessions=Sessions(database, clock),
                asks_second_factor=asks_second_factor,
                live=live,
                parts=parts,
                register=register,
                lacks=_nothing,
                measuring=_no_measures,
                routers=routers,
                items_api=items_api,
                values={"pages": pages, "control": Control(), "keeper": StillKeeper()},
                error_page=pages.error_page,
                panels=panels_of(profile),
                press=Press(IMPRINT, lambda: PUBLIC_URL, Engine()),
            )
        )
        async with serving(gate, live) as url:
            yield PageNode(url, works, database, parts, register, live, gate)


async def _furnish(works: Works) -> None:
    departments = (Department(id=WJJ, name="卫生健康局", name_en="Health Bureau"),)
    await works.run(SYSTEM, staff.put_departments, departments)
    await works.run(SYSTEM, catalogue.publish, [LICENCE])
    for login, role, department in PEOPLE:
        new = NewAccount(
            login=login, name=f"{login} 同志", roles=(role,), department=department, password=""
        )
        await works.run(SYSTEM, staff.add, new, HASHED)


async def _nothing() -> tuple[str, ...]:
    return ()


async def _no_measures() -> tuple[Measure, ...]:
    return ()
