"""The days of orders, and a county that supervises a town: no network, everything else is real."""

import msgspec
import pytest

from federation import partwants
from node.clock import local_day
from node.errors import NotAllowedError, OrderNotOpenError
from node.runtime.sweeping import Sweeper
from node.supervision import orders_actions as actions
from node.supervision import orders_asks
from node.supervision import orders_reading as reading
from node.supervision.orders_kind import may_have
from node.work import Actor
from schemas.ids import NodeId, PartDigest
from schemas.orders import (
    OrderAppealDecided,
    OrderJudged,
    OrderState,
    OrderVerdict,
    VerdictGround,
)
from schemas.supervision import FindingLevel
from tests.support import orders
from tests.support.casework import COUNTY, TOWN, VILLAGE, Casework, Office
from tests.support.orders import (
    ANSWER,
    APPEAL,
    ASKED,
    BAO,
    CHEN,
    CHENG,
    EXEMPT,
    FAN,
    HAND,
    HEAD,
    OTHERS,
    TOWN_ORDER,
    UPHELD,
    WEN,
    ZHAO,
    asking,
    see,
)

replace = msgspec.structs.replace
S = OrderState


@pytest.fixture(autouse=True)
async def _accounts(all_three: Casework) -> None:
    await orders.open_accounts(all_three.county)


# ---- days


async def test_a_reply_after_its_day_is_taken_and_marked_late(all_three: Casework) -> None:
    county = all_three.county
    order = await orders.issue(county)
    await orders.do(county, HEAD, actions.acknowledge, order)
    orders.pass_days(county, 30)
    assert (await orders.do(county, HEAD, actions.reply, order, ANSWER)).replied_late


async def test_an_appeal_after_its_day_is_refused_and_the_system_closes(
    all_three: Casework,
) -> None:
    county = all_three.county
    order = await orders.judged(county)
    sweeper = Sweeper(county.node.works)
    await sweeper.sweep()
    assert (await see(county, order)).state is S.JUDGED
    orders.pass_days(county, 30)
    with pytest.raises(OrderNotOpenError):
        await orders.do(county, HEAD, actions.appeal, order, APPEAL)
    await sweeper.sweep()
    closed = await see(county, order)
    assert (closed.state, closed.verdict) == (S.CLOSED, OrderVerdict.UPHELD)
    assert closed.closed_at is not None
    month = f"{local_day(county.node.works.clock.now()):%Y-%m}"
    listed = await county.node.works.read(reading.accounted, asking(county, FAN), month)
    assert [(one.number, one.accountability.points) for one in listed.accounted] == [
        (order.number, 5)
    ]
    assert not (
        await county.node.works.read(reading.accounted, asking(county, FAN), "2020-01")
    ).accounted
    (mine,) = await county.node.works.read(reading.accounted_of, COUNTY, HAND)
    assert mine.number == order.number
    assert await county.node.works.read(reading.accounted_of, COUNTY, HEAD) == ()


async def test_nobody_answers_for_what_is_still_open_to_appeal(all_three: Casework) -> None:
    county = all_three.county
    order = await orders.judged(county)
    listed = await county.node.works.read(reading.accounted, asking(county, FAN), "")
    assert listed.accounted == ()
    await orders.do(county, HEAD, actions.close, order)
    listed = await county.node.works.read(reading.accounted, asking(county, FAN), "")
    assert len(listed.accounted) == 1


# ---- between two places


async def test_a_town_answers_the_county_and_the_texts_go_to_these_two_alone(
    all_three: Casework,
) -> None:
    county, town = all_three.county, all_three.town
    order = await orders.issue(county, TOWN_ORDER)
    assert order.holder == TOWN
    await all_three.carry(order.stream)
    assert await see(town, order) == order
    wanted = await town.node.works.database.write(
        lambda tx: partwants.due_asks(tx, TOWN, 1 << 50, 10)
    )
    assert [(ask.digest, ask.to) for ask in wanted if ask.stream == order.stream] == [
        (order.note, COUNTY)
    ]
    note = order.note or PartDigest("")
    for node, may in ((TOWN, True), (COUNTY, True), (VILLAGE, False), (NodeId("6103"), False)):
        assert await county.node.works.read(may_have, order.stream, note, node) is may
    other = PartDigest("b" * 64)
    assert not await county.node.works.read(may_have, order.stream, other, TOWN)
    await orders.do(town, ZHAO, actions.acknowledge, order)
    with pytest.raises(NotAllowedError):
        await orders.do(town, CHENG, actions.reply, order, ANSWER)
    answered = await orders.do(town, ZHAO, actions.reply, order, ANSWER)
    assert (answered.state, answered.holder) == (S.REPLIED, COUNTY)
    await all_three.carry(order.stream)
    judged = await orders.do(county, CHEN, actions.judge, order, replace(UPHELD, staff=None))
    assert (judged.holder, judged.accountability and judged.accountability.node) == (TOWN, TOWN)
    await all_three.carry(order.stream)
    assert await see(town, order) == judged
    with pytest.raises(NotAllowedError):  # the town's own supervisor does not judge the county's
        await orders.do(town, CHENG, actions.decide_appeal, order, EXEMPT)
    orders.everywhere(all_three, 30)
    await Sweeper(county.node.works).sweep()
    assert (await see(county, order)).state is S.JUDGED, "only the holder writes"
    await Sweeper(town.node.works).sweep()
    await all_three.carry(order.stream)
    assert (await see(county, order)).state is S.CLOSED


async def test_a_town_that_does_not_answer_is_judged_and_its_later_reply_has_no_effect(
    all_three: Casework,
) -> None:
    county, town = all_three.county, all_three.town
    order = await orders.issue(county, TOWN_ORDER)
    await all_three.carry(order.stream)
    with pytest.raises(OrderNotOpenError):
        await orders.do(county, CHEN, actions.judge, order, EXEMPT)
    orders.everywhere(all_three, 30)
    await orders.do(town, ZHAO, actions.acknowledge, order)  # the line is down: nobody hears of it
    await orders.do(town, ZHAO, actions.reply, order, ANSWER)
    judged = await orders.do(county, CHEN, actions.judge, order, replace(UPHELD, staff=None))
    assert (judged.state, judged.holder, judged.replied_at) == (S.JUDGED, TOWN, None)
    await all_three.carry(order.stream)
    for office in (county, town):
        assert replace(await see(office, order), seq=0) == replace(judged, seq=0)
    appealed = await orders.do(town, ZHAO, actions.appeal, order, APPEAL)
    assert appealed.state is S.APPEALED


async def test_a_verdict_by_who_is_judged_has_no_effect_anywhere(all_three: Casework) -> None:
    county, town = all_three.county, all_three.town
    order = await orders.issue(county, TOWN_ORDER)
    await all_three.carry(order.stream)
    verdict = OrderJudged(
        verdict=OrderVerdict.FALSE_ALARM, ground=VerdictGround.WRONG_DATA, appeal_by="2030-01-01"
    )
    await town.node.works.run(CHENG, lambda work: work.append(order.stream, verdict, holder=TOWN))
    await all_three.carry(order.stream)
    for office in (county, town):
        assert await office.node.verdicts(order.stream) == [1, 2]
        found = await see(office, order)
        assert (found.state, found.verdict) == (S.ISSUED, None)


# ---- who is told


async def told(office: Office, actor: Actor) -> dict[str, int]:
    works = office.node.works
    found = await works.read(orders_asks.asks, office.node.me, actor, works.now_ms)
    return {ask.word.removeprefix("order_ask."): ask.count for ask in found if ask.count}


async def test_the_longer_an_order_waits_the_higher_the_tile_stands(all_three: Casework) -> None:
    county = all_three.county
    order = await orders.issue(county)
    assert await told(county, HAND) == {"answer": 1}
    for nobody in (HEAD, FAN, CHEN, OTHERS, BAO):
        assert await told(county, nobody) == {}
    orders.pass_days(county, 30)
    assert await told(county, HEAD) == {"head": 1}
    assert await told(county, FAN) == {"leader": 1}
    assert await told(county, CHEN) == {"unanswered": 1}
    await orders.do(county, HEAD, actions.acknowledge, order)
    await orders.do(county, HEAD, actions.reply, order, ANSWER)
    assert await told(county, HAND) == {}
    assert await told(county, FAN) == {}
    assert await told(county, CHEN) == {"judge": 1}
    await orders.do(county, CHEN, actions.judge, order, EXEMPT)
    await orders.do(county, HEAD, actions.appeal, order, APPEAL)
    assert await told(county, CHEN) == {}, "the other supervisor decides"
    assert await told(county, WEN) == {"appeals": 1}


async def test_a_red_card_reaches_the_head_at_once_and_the_hall_its_director(
    all_three: Casework,
) -> None:
    county, town = all_three.county, all_three.town
    await orders.issue(county, replace(ASKED, level=FindingLevel.RED))
    assert await told(county, HEAD) == {"head": 1}
    await orders.issue(county, replace(ASKED, department=None))
    assert await told(county, BAO) == {"answer": 1}
    order = await orders.issue(county, TOWN_ORDER)
    await all_three.carry(order.stream)
    assert await told(town, ZHAO) == {"answer": 1}
    assert await told(town, CHENG) == {}


async def test_an_appeal_decided_by_who_judged_has_no_effect_at_either_side(
    all_three: Casework,
) -> None:
    county, town = all_three.county, all_three.town
    order = await orders.issue(county, TOWN_ORDER)
    await all_three.carry(order.stream)
    await orders.do(town, ZHAO, actions.acknowledge, order)
    await orders.do(town, ZHAO, actions.reply, order, ANSWER)
    await all_three.carry(order.stream)
    await orders.do(county, CHEN, actions.judge, order, EXEMPT)
    await all_three.carry(order.stream)
    await orders.do(town, ZHAO, actions.appeal, order, APPEAL)
    await all_three.carry(order.stream)
    decided = OrderAppealDecided(verdict=OrderVerdict.UPHELD, ground=VerdictGround.PROVEN)
    await county.node.works.run(  # a program that does not ask its own rules
        CHEN, lambda work: work.append(order.stream, decided, holder=COUNTY)
    )
    await all_three.carry(order.stream)
    for office in (county, town):
        found = await see(office, order)
        assert (found.state, found.verdict) == (S.APPEALED, OrderVerdict.EXEMPT)
    done = await orders.do(county, WEN, actions.decide_appeal, order, EXEMPT)
    await all_three.carry(order.stream)
    assert await see(town, order) == done
