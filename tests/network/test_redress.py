"""投诉 over the real network: said at a village, answered by the county, read at the village."""

from federation import partstore
from node.database import Tx
from node.evaluation import redress_reading as reading
from node.evaluation import redress_steps as steps
from node.evaluation import redress_store as store
from node.evaluation.redress_reading import Said
from node.runtime.station import Station
from node.runtime.verifying import verify_home
from node.work import Actor
from schemas.ids import DepartmentId, NodeId, StaffId, StreamName
from schemas.redress import RedressFinding
from schemas.staff import Role
from tests.support import redress
from tests.support.casework import AGENT, Office
from tests.support.network import Member
from tests.support.nodes import COUNTY, THREE_TIERS, TOWN, VILLAGE, Net, until

HANDLER = Actor(StaffId("answers"), frozenset({Role.HANDLER}), DepartmentId("wjj"))


def office(station: Station) -> Office:
    node = station.node
    return Office(Member(node.works, node.identity), node.parts, node.register)


async def said(net: Net, node: NodeId, stream: StreamName) -> Said:
    """What the papers of a matter say at a node by now."""

    def read(tx: Tx) -> Said:
        known = store.load(tx, stream)
        return Said() if known is None else reading.said(tx, net[node].node.parts, known)

    return await net.read(node, read)


async def test_a_complaint_goes_up_sealed_and_its_answer_comes_back(three: Net) -> None:
    view, _ = await redress.take(
        office(three[VILLAGE]), actor=AGENT, subject=COUNTY, department=HANDLER.department
    )

    async def arrived() -> bool:
        return (await said(three, COUNTY, view.stream)).text is not None

    await until(arrived)
    await three.stop(VILLAGE)
    county = office(three[COUNTY])
    await redress.do(county, HANDLER, steps.verify, view, finding=RedressFinding.TRUE)
    await redress.do(county, HANDLER, steps.answer, view, answer="已补办")
    await three.start(VILLAGE)

    async def answered() -> bool:
        return (await said(three, VILLAGE, view.stream)).answer == "已补办"

    await until(answered)
    between = await three.read(TOWN, lambda tx: partstore.kept_of(tx, view.stream))
    assert between == (), "the town passed them on, and may not look"
    known = await three.read(TOWN, lambda tx: reading.view(tx, view.stream))
    assert known is not None
    assert known.answered_at is not None
    await three.quiet(*THREE_TIERS)
    await three.stop(*THREE_TIERS)
    for node in THREE_TIERS:
        result = verify_home(three.home(node))
        assert result.clean, [fault.sentence for fault in result.faults]
