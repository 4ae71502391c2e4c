"""督办 over the real network: a county asks a town while their line comes and goes."""

from node.runtime.station import Station
from node.runtime.verifying import verify_home
from node.supervision import orders_actions as actions
from node.supervision import orders_reading as reading
from schemas.ids import NodeId
from schemas.orders import OrderState, OrderTexts, OrderView
from tests.support import orders
from tests.support.casework import Office
from tests.support.network import Member
from tests.support.nodes import COUNTY, TOWN, VILLAGE, Net, until
from tests.support.orders import ANSWER, CHEN, EXEMPT, TOWN_ORDER, ZHAO


def office(station: Station) -> Office:
    node = station.node
    return Office(Member(node.works, node.identity), node.parts, node.register)


async def known(net: Net, node: NodeId, order: OrderView) -> tuple[OrderView | None, OrderTexts]:
    """What a node knows of an order by now, and what its papers say there."""
    found = await net.read(node, lambda tx: reading.view(tx, order.stream))
    if found is None:
        return None, OrderTexts()
    parts = net[node].node.parts
    return found, await net.read(node, lambda tx: reading.texts(tx, parts, found))


async def test_a_town_that_was_away_answers_what_its_county_asked(three: Net) -> None:
    await three.stop(TOWN)
    order = await orders.issue(office(three[COUNTY]), TOWN_ORDER)
    await three.start(TOWN)

    async def asked() -> bool:
        return (await known(three, TOWN, order))[1].asked == TOWN_ORDER.text

    await until(asked)
    town = office(three[TOWN])
    await orders.do(town, ZHAO, actions.acknowledge, order)
    await orders.do(town, ZHAO, actions.reply, order, ANSWER)

    async def answered() -> bool:
        return (await known(three, COUNTY, order))[1].reply == ANSWER.text

    await until(answered)
    await orders.do(office(three[COUNTY]), CHEN, actions.judge, order, EXEMPT)

    async def judged() -> bool:
        found, texts = await known(three, TOWN, order)
        return found is not None and texts.judged == EXEMPT.text

    await until(judged)
    here, _ = await known(three, COUNTY, order)
    there, _ = await known(three, TOWN, order)
    assert here == there
    assert here is not None
    assert (here.state, here.holder) == (OrderState.JUDGED, TOWN)
    assert await known(three, VILLAGE, order) == (None, OrderTexts()), "nobody below learns of it"
    await three.quiet()
    await three.stop(COUNTY, TOWN)
    for node in (COUNTY, TOWN):
        assert verify_home(three.home(node)).clean
