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
    IssueOrder,
    OrderAppealDecided,
    OrderJudged,
    OrderKind,
    OrderState,
    OrderVerdict,
    OrderView,
    VerdictGround,
)
from schemas.supervision import FindingLevel
from tests.support import orders
from tests.support.casework import COUNTY, TOWN, VILLAGE, Casework, Office
from tests.support.catalogue import WJJ
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
    await arrive(all_three, order)  # the line was down for a month: the days run from here
    orders.everywhere(all_three, 30)
    await arrive(all_three, order)
    assert (await see(county, order)).state is S.CLOSED


async def arrive(world: Casework, order: OrderView) -> None:
    """Let the line be up: the order comes to the town, which says so, and its answer comes back."""
    await world.carry(order.stream)
    await Sweeper(world.town.node.works).sweep()
    await world.carry(order.stream)


NO_PERSON = replace(UPHELD, staff=None)


async def test_an_order_that_never_arrived_is_not_judged_unanswered(all_three: Casework) -> None:
    county, town = all_three.county, all_three.town
    order = await orders.issue(county, TOWN_ORDER)
    orders.everywhere(all_three, 30)
    with pytest.raises(OrderNotOpenError):
        await orders.do(county, CHEN, actions.judge, order, NO_PERSON)
    assert await told(county, CHEN) == await told(county, FAN) == {}, "nobody is late"
    await arrive(all_three, order)
    come = await see(county, order)
    assert (come.delivered, come.acknowledged_at) == (True, None)
    assert come.reply_by > str(local_day(county.node.works.clock.now())), "with all its days"
    assert await see(town, order) == come
    with pytest.raises(OrderNotOpenError):
        await orders.do(county, CHEN, actions.judge, order, NO_PERSON)
    orders.everywhere(all_three, 30)
    assert await told(county, FAN) == {"leader": 1}
    judged = await orders.do(county, CHEN, actions.judge, order, NO_PERSON)
    assert (judged.state, judged.late_after) == (S.JUDGED, come.reply_by)


async def test_a_verdict_that_comes_late_can_still_be_appealed_against(
    all_three: Casework,
) -> None:
    county, town = all_three.county, all_three.town
    order = await orders.issue(county, TOWN_ORDER)
    await arrive(all_three, order)
    orders.everywhere(all_three, 30)
    judged = await orders.do(county, CHEN, actions.judge, order, NO_PERSON)
    orders.everywhere(all_three, 30)
    today = str(local_day(town.node.works.clock.now()))
    assert judged.appeal_by < today
    await arrive(all_three, order)
    come = await see(town, order)
    assert (come.state, come.appeal_by > today) == (S.JUDGED, True)
    appealed = await orders.do(town, ZHAO, actions.appeal, order, APPEAL)
    await all_three.carry(order.stream)
    assert (appealed.state, await see(county, order)) == (S.APPEALED, appealed)


async def test_who_signs_before_the_system_has_looked_loses_no_day(all_three: Casework) -> None:
    town = all_three.town
    order = await orders.issue(all_three.county, TOWN_ORDER)
    orders.everywhere(all_three, 30)
    await all_three.carry(order.stream)
    signed = await orders.do(town, ZHAO, actions.acknowledge, order)
    assert (signed.state, signed.acknowledged_by) == (S.ACKNOWLEDGED, ZHAO.staff)
    assert signed.reply_by > str(local_day(town.node.works.clock.now()))
    answered = await orders.do(town, ZHAO, actions.reply, order, ANSWER)
    assert (answered.replied_late, answered.late_after) == (False, "")


async def test_what_has_come_is_said_once_and_on_the_day_it_came_nothing_moves(
    all_three: Casework,
) -> None:
    town = all_three.town
    order = await orders.issue(all_three.county, TOWN_ORDER)
    for _ in range(2):
        await arrive(all_three, order)
    assert await town.node.verdicts(order.stream) == [1, 1]
    assert (await see(town, order)).reply_by == order.reply_by


async def test_a_town_that_does_not_answer_is_judged_and_its_later_reply_has_no_effect(
    all_three: Casework,
) -> None:
    county, town = all_three.county, all_three.town
    order = await orders.issue(county, TOWN_ORDER)
    await arrive(all_three, order)
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


async def test_where_the_department_is_not_there_the_hall_answers(all_three: Casework) -> None:
    county, town = all_three.county, all_three.town
    found = await orders.find(county, "a" * 16, node=TOWN, department=WJJ)
    order = await orders.issue(county, IssueOrder(order=OrderKind.WARNING, findings=(found,)))
    assert (order.subject, order.department) == (TOWN, WJJ)
    await arrive(all_three, order)
    assert await told(town, ZHAO) == {"answer": 1}
    (listed,) = await town.node.works.read(reading.still_open, asking(town, ZHAO))
    assert listed.stream == order.stream
    await orders.do(town, ZHAO, actions.acknowledge, order)
    assert (await orders.do(town, ZHAO, actions.reply, order, ANSWER)).state is S.REPLIED
    await orders.issue(county)
    assert await told(county, BAO) == {}, "a department that is there answers for itself"


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
