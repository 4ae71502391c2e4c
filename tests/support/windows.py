"""People at the windows of running nodes: they take cases in and do whatever step is open."""

import asyncio
import secrets
from collections.abc import Callable

from federation import streams
from federation.parts import salted
from node.cases import actions, model, reading, receiving
from node.cases.caseview import CaseView
from node.catalogue import actions as catalogue
from node.errors import NotFoundError
from node.parts import actions as uploads
from node.runtime.station import Station
from node.work import Actor, Work
from schemas.case_terms import MaterialGiven
from schemas.cases import Action, CaseState, Outcome
from schemas.cases_api import (
    AcceptCase,
    CloseCase,
    DecideCase,
    DeliverCase,
    DispatchCase,
    ForwardCase,
    ReceiveCase,
    ReviewCase,
)
from schemas.ids import CaseNumber, DepartmentId, NodeId, PartDigest, StaffId, StreamName
from schemas.parts import Person
from schemas.staff import Role
from tests.support.nodes import PATIENCE, Net, until

ZHANG = Person(kind="natural", name="张三", id_number="610328190001010013", phone="13812341234")
LICENCE, HOMESTEAD = "wjj-01", "town-01"
WAY = (
    Action.ACCEPT, Action.FORWARD, Action.DISPATCH, Action.REVIEW, Action.DECIDE, Action.DELIVER,
    Action.CLOSE,
)  # fmt: skip
GRANT = ReviewCase(proposes=Outcome.GRANTED)
SCAN = b"\xff\xd8\xff" + b"scan" * 40_000


def anybody(department: DepartmentId | None = None) -> Actor:
    """Somebody of every post."""
    return Actor(StaffId("everybody00000000"), frozenset(Role), department, name="众人")


def someone(role: Role) -> Actor:
    return Actor(StaffId("somebody00000000"), frozenset({role}), name="某人")


async def take(station: Station, item: str = LICENCE, *, scan: bool = False) -> CaseView:
    """Take an application of Zhang San's."""
    node = station.node
    guide = await node.works.read(catalogue.guide, node.me, item, now=node.works.now_ms)
    digests = (await _upload(station),) if scan else ()
    given = tuple(
        MaterialGiven(code=one.code, originals=1, parts=digests if not at else ())
        for at, one in enumerate(guide.item.materials)
    )
    form = ReceiveCase(item=item, applicant=ZHANG, materials=given)
    ready = await asyncio.to_thread(receiving.make_intake, node.parts, node.register, ZHANG)
    return await node.works.run(anybody(), receiving.receive, form, ready)


async def _upload(station: Station) -> PartDigest:
    node = station.node
    content = SCAN + secrets.token_bytes(16)
    ready = await asyncio.to_thread(node.parts.prepare, salted("image/jpeg", content))
    held = await node.works.run(
        anybody(), uploads.hold, ready, media="image/jpeg", size=len(content)
    )
    return held.digest


async def see(station: Station, number: str) -> CaseView | None:
    """Look a case up; `None` if it is not here."""
    reader = reading.reader_of(station.node.me, station.node.profile, anybody())
    try:
        return await station.node.works.read(reading.case, reader, number)
    except NotFoundError:
        return None


async def step(station: Station, number: str) -> CaseView | None:
    """Take the next step here, if one is open; `None` if none is."""
    view = await see(station, number)
    if view is None or view.holder != station.node.me:
        return None
    actor = anybody(view.department)
    offered = model.open_actions(view, station.node.me, actor)
    chosen = next((one for one in WAY if one in offered), None)
    return None if chosen is None else await station.node.works.run(actor, _do, number, chosen)


def _do(work: Work, number: str, action: Action) -> CaseView:
    acts: dict[Action, Callable[[], CaseView]] = {
        Action.ACCEPT: lambda: actions.accept(work, number, AcceptCase()),
        Action.FORWARD: lambda: actions.forward(work, number, ForwardCase()),
        Action.DISPATCH: lambda: actions.dispatch(work, number, DispatchCase()),
        Action.REVIEW: lambda: actions.review(work, number, GRANT),
        Action.DECIDE: lambda: actions.decide(work, number, DecideCase(outcome=Outcome.GRANTED)),
        Action.DELIVER: lambda: actions.deliver(work, number, DeliverCase()),
        Action.CLOSE: lambda: actions.close(work, number, CloseCase()),
    }
    return acts[action]()


async def work_until_closed(net: Net, *numbers: CaseNumber, seconds: float = PATIENCE) -> None:
    """Have everybody who runs do what lies before him until these cases are closed everywhere."""

    async def all_closed() -> bool:
        for station in tuple(net.stations.values()):
            for number in numbers:
                await step(station, number)
        views = [
            await see(station, number)
            for station in tuple(net.stations.values())
            for number in numbers
        ]
        return all(one is not None and one.state is CaseState.CLOSED for one in views)

    await until(all_closed, seconds=seconds)


async def head(net: Net, node: NodeId, stream: StreamName) -> str:
    """The case's last event that counts, as this node has it."""
    found = await net.read(node, lambda tx: streams.load(tx, stream))
    return found.head.hex() if found else ""


async def heads(net: Net, stream: StreamName) -> set[str]:
    return {await head(net, node, stream) for node in net.stations}
