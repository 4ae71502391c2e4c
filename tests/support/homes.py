"""Real homes of a city, a county, a town and a village: enrolled from a root, files and all.

There is no network: what one writes is handed over. Cases are worked as in `casework`.
"""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from federation import enrolment
from federation.encoding import unb64
from federation.enrolment import ask_of
from federation.identity import create_identity
from node.catalogue import actions as catalogue
from node.clock import to_ms
from node.runtime.opening import KEYS, Node, open_node
from node.settings import Purpose, Settings, save_settings
from node.staff import actions as staff
from node.work import SYSTEM, Work
from schemas.ids import EventHash, NodeId, StreamName, parent_of
from schemas.nodes import JoinAnswer, NodeInvited, NodeNames
from schemas.staff import Department
from tests.support.casework import COUNTY, OPERATOR, TOWN, VILLAGE, ZRZY, Casework, Office
from tests.support.catalogue import ENROLMENT, LICENCE, WJJ
from tests.support.network import Member

CITY = NodeId("6103")
LINE = (CITY, COUNTY, TOWN, VILLAGE)
FAR = 1 << 50


@dataclass
class Homes:
    """The open nodes, and the three of them that work on cases."""

    folder: Path
    nodes: dict[NodeId, Node]
    work: Casework

    @property
    def root(self) -> EventHash:
        return self.nodes[CITY].ledger.root

    def home(self, node: NodeId) -> Path:
        return self.folder / node

    async def carry(self, stream: StreamName, *places: NodeId) -> None:
        """Give these places (else all) every envelope of the stream that another of them has."""
        for sender in places or LINE:
            for raw in await Member(
                self.nodes[sender].works, self.nodes[sender].identity
            ).envelopes(stream):
                for to in places or LINE:
                    if to != sender:
                        await self.receive(to, raw, sender)

    async def receive(self, to: NodeId, raw: bytes, sender: NodeId) -> None:
        node = self.nodes[to]
        await node.database.write(
            lambda tx: node.ledger.receive(tx, raw, peer=sender, now=to_ms(node.clock.now()))
        )

    async def carry_all(self) -> None:
        """Give everyone everything, twice: what came too early is not asked for here."""
        for _ in range(2):
            for node in self.nodes.values():
                rows = await node.works.read(
                    lambda tx: tx.execute("SELECT name FROM streams ORDER BY id").fetchall()
                )
                for (name,) in rows:
                    await self.carry(StreamName(name))


@asynccontextmanager
async def homes(folder: Path) -> AsyncIterator[Homes]:
    """Make and open the homes of the line, with the sample items known to all."""
    async with AsyncExitStack() as stack:
        nodes: dict[NodeId, Node] = {}
        for place in LINE:
            home = folder / place
            home.mkdir(mode=0o700)
            create_identity(home / KEYS, place)
            settings = Settings(node=place, names=_names(place), purpose=Purpose.TEST)
            save_settings(home, settings)
            nodes[place] = await stack.enter_async_context(open_node(home))
        await _enrol_all(folder, nodes)
        offices = [
            Office(Member(nodes[place].works, nodes[place].identity), nodes[place].parts,
                   nodes[place].register)
            for place in (COUNTY, TOWN, VILLAGE)
        ]  # fmt: skip
        made = Homes(folder, nodes, Casework(*offices))
        works = nodes[COUNTY].works
        departments = (
            Department(id=WJJ, name="卫生健康局"),
            Department(id=ZRZY, name="自然资源局"),
        )
        await works.run(SYSTEM, staff.put_departments, departments)
        await works.run(OPERATOR, catalogue.publish, (LICENCE, ENROLMENT))
        await made.carry_all()
        yield made


def _names(place: NodeId) -> NodeNames:
    return NodeNames(zh=place, en=place)


async def _enrol_all(folder: Path, nodes: dict[NodeId, Node]) -> None:
    city = nodes[CITY]

    def begin(work: Work) -> None:
        enrolment.begin_root(work.ledger, work.tx, _names(CITY), "", work.hand)
        city.link.follow_directory(work.tx)

    await city.works.run(SYSTEM, begin)
    _settle(folder, CITY, city.ledger.root)
    for child in LINE[1:]:
        above = parent_of(child)
        assert above is not None
        answer = await nodes[above].works.run(SYSTEM, _enrol, nodes[child])
        nodes[child].ledger.root = EventHash(answer.root)
        _settle(folder, child, EventHash(answer.root))
        for raw in answer.proof:
            proof = unb64(raw)
            node = nodes[child]
            await node.database.write(
                lambda tx, node=node, proof=proof: node.ledger.receive(  # type: ignore[misc]
                    tx, proof, peer="", now=to_ms(node.clock.now())
                )
            )


def _settle(folder: Path, place: NodeId, root: EventHash) -> None:
    settings = Settings(node=place, names=_names(place), purpose=Purpose.TEST, root=root)
    save_settings(folder / place, settings)


def _enrol(work: Work, child: Node) -> JoinAnswer:
    invited = NodeInvited(names=_names(child.me), temporary_user="U", expires_at=FAR)
    enrolment.invite(work.ledger, work.tx, child.me, invited, work.hand)
    enrolment.enrol(work.ledger, work.tx, ask_of(child.identity), work.hand)
    return enrolment.answer_to(work.ledger, work.tx, child.me, region=work.me, ca="")
