"""A county, a town and a village that work on cases: real keys, ledgers, databases and parts.

There is no network: `carry` hands the envelopes of a stream over.
"""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from federation.partstore import PartStore
from node.applicants.actions import Register, open_register
from node.cases import actions, reading, receiving
from node.cases.caseview import CaseView
from node.cases.receiving import Intake
from node.catalogue import actions as catalogue
from node.runtime.opening import kinds_of
from node.staff import actions as staff
from node.work import SYSTEM, Actor
from schemas.case_terms import MaterialGiven
from schemas.cases import Outcome
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
from schemas.ids import DepartmentId, NodeId, StaffId, StreamName
from schemas.items import Item
from schemas.parts import Person
from schemas.staff import Department, Role
from tests.support.catalogue import ENROLMENT, LICENCE, WJJ
from tests.support.network import Member, member

COUNTY, TOWN, VILLAGE = NodeId("610328"), NodeId("610328100"), NodeId("610328100201")
ZRZY = DepartmentId("zrzy")
OPERATOR = Actor(StaffId("op"), frozenset({Role.OPERATOR}))
AGENT = Actor(StaffId("agent"), frozenset({Role.AGENT}))
OFFICER = Actor(StaffId("officer"), frozenset({Role.OFFICER}))
TOWN_APPROVER = Actor(StaffId("head"), frozenset({Role.APPROVER}))
CLERK = Actor(StaffId("clerk"), frozenset({Role.CLERK}))
HANDLER = Actor(StaffId("handler"), frozenset({Role.HANDLER}), WJJ)
APPROVER = Actor(StaffId("approver"), frozenset({Role.APPROVER}), WJJ)
STRANGER = Actor(StaffId("stranger"), frozenset({Role.HANDLER, Role.APPROVER}), ZRZY)
SUPERVISOR = Actor(StaffId("supervisor"), frozenset({Role.SUPERVISOR}))

ZHANG = Person(kind="natural", name="张三", id_number="610328190001010013", phone="13812341234")
PAPERS = (MaterialGiven(code="form", originals=1), MaterialGiven(code="id", copies=1))
FORM = ReceiveCase(item="wjj-01", applicant=ZHANG, materials=PAPERS)


@dataclass
class Office:
    """One node and what its windows need."""

    node: Member
    parts: PartStore
    register: Register

    def ready(self, person: Person = ZHANG) -> Intake:
        return receiving.make_intake(self.parts, self.register, person)

    async def receive(self, form: ReceiveCase = FORM, actor: Actor = AGENT) -> CaseView:
        return await self.node.works.run(actor, receiving.receive, form, self.ready(form.applicant))

    async def see(self, actor: Actor, reference: str) -> CaseView:
        reader = reading.reader_of(self.node.me, self.node.works.profile, actor)
        return await self.node.works.read(reading.case, reader, reference)


@dataclass
class Casework:
    """All three, and the way between them."""

    county: Office
    town: Office
    village: Office
    offices: tuple[Office, ...] = field(init=False)

    def __post_init__(self) -> None:
        self.offices = (self.county, self.town, self.village)

    async def carry(self, stream: StreamName) -> None:
        """Give every office every envelope of the stream that another has."""
        for sender in self.offices:
            for raw in await sender.node.envelopes(stream):
                for to in self.offices:
                    if to is not sender:
                        await to.node.receive(raw, sender.node.me)

    async def licence_until(self, last: str) -> CaseView:
        """Take a county licence at the village and do its steps up to `last`."""
        view = await self.village.receive()
        await self.carry(view.stream)
        steps = {
            "forward": (self.town, OFFICER, actions.forward, ForwardCase()),
            "accept": (self.county, CLERK, actions.accept, AcceptCase()),
            "dispatch": (self.county, CLERK, actions.dispatch, DispatchCase()),
            "review": (self.county, HANDLER, actions.review, ReviewCase(proposes=Outcome.GRANTED)),
            "decide": (self.county, APPROVER, actions.decide, DecideCase(outcome=Outcome.GRANTED)),
            "deliver": (self.village, AGENT, actions.deliver, DeliverCase()),
            "close": (self.village, AGENT, actions.close, CloseCase()),
        }
        for name, (office, actor, action, form) in steps.items():
            if last == "receive":
                break
            view = await office.node.works.run(actor, action, view.number, form)  # type: ignore[arg-type]
            await self.carry(view.stream)
            if name == last:
                break
        return view


@asynccontextmanager
async def casework(folder: Path, *more: Item) -> AsyncIterator[Casework]:
    """Open the three offices, with sample items published by the county and known to all."""
    async with AsyncExitStack() as stack:
        found = [
            await stack.enter_async_context(open_office(folder, me))
            for me in (COUNTY, TOWN, VILLAGE)
        ]
        for office in found:
            await office.node.knows(*(other.node for other in found if other is not office))
        made = Casework(*found)
        works = made.county.node.works
        departments = (
            Department(id=WJJ, name="卫生健康局"),
            Department(id=ZRZY, name="自然资源局"),
        )
        await works.run(SYSTEM, staff.put_departments, departments)
        items = (LICENCE, ENROLMENT, *more)
        await works.run(OPERATOR, catalogue.publish, items)
        for item in items:
            view = await works.read(catalogue.guide, COUNTY, item.code, now=works.now_ms)
            await made.carry(view.stream)
        for releases in await made.county.node.streams("release"):
            await made.carry(releases)
        yield made


@asynccontextmanager
async def open_office(folder: Path, me: NodeId) -> AsyncIterator[Office]:
    """Open one office, which knows nobody and no item."""
    kinds = kinds_of(me)
    async with member(folder / me, me, kinds) as node:
        register = await node.works.database.write(lambda tx: open_register(tx, node.identity))
        yield Office(node, PartStore(folder / me / "parts", node.identity), register)
