"""An order between a county and a town, as its events make it: values only."""

from datetime import date, datetime, time, timedelta

import msgspec

from node.calendar.sources import calendar_from
from node.clock import CHINA, to_ms
from node.supervision import orders_model as model
from node.supervision.orders_table import TABLE, Row, When, Who
from schemas.events import Event
from schemas.ids import NO_HASH, EventHash, KeyId, NodeId, StaffId, StreamName
from schemas.orders import (
    Accountability,
    Cause,
    Consequence,
    Correction,
    OrderAcknowledged,
    OrderAct,
    OrderAppealDecided,
    OrderAppealed,
    OrderArrived,
    OrderClosed,
    OrderEvent,
    OrderIssued,
    OrderJudged,
    OrderKind,
    OrderReplied,
    OrderSentBack,
    OrderState,
    OrderVerdict,
    OrderView,
    VerdictGround,
)
from schemas.supervision import FindingLevel

CITY, COUNTY, TOWN = NodeId("6103"), NodeId("610328"), NodeId("610328100")
VILLAGE, ELSEWHERE = NodeId("610328100201"), NodeId("610329")
STREAM = StreamName("order/610328/aaaaaaaaaaaaaaaa")
MONDAY = date(2026, 11, 23)
A, S = OrderAct, OrderState
CALENDAR = calendar_from(())

ISSUED = OrderIssued(
    number="督〔2026〕1号", order=OrderKind.ORDER, subject=TOWN, level=FindingLevel.YELLOW,
    caused_at=1, reply_by="2026-11-30",
)  # fmt: skip
ACCOUNT = Accountability(consequence=Consequence.TALK, node=TOWN, staff=StaffId("lu"))
FACTS: dict[OrderAct, OrderEvent] = {
    A.ISSUE: ISSUED,
    A.ARRIVE: OrderArrived(),
    A.ACKNOWLEDGE: OrderAcknowledged(),
    A.REPLY: OrderReplied(cause=Cause.WORKLOAD, correction=Correction.STAFFED),
    A.SEND_BACK: OrderSentBack(reply_by="2026-12-03"),
    A.JUDGE: OrderJudged(
        verdict=OrderVerdict.UPHELD, ground=VerdictGround.PROVEN, appeal_by="2026-12-10",
        accountability=ACCOUNT,
    ),
    A.APPEAL: OrderAppealed(ground=VerdictGround.NETWORK_FAULT),
    A.DECIDE_APPEAL: OrderAppealDecided(
        verdict=OrderVerdict.EXEMPT, ground=VerdictGround.NETWORK_FAULT
    ),
    A.CLOSE: OrderClosed(),
}  # fmt: skip
WAYS: dict[OrderState, tuple[OrderAct, ...]] = {
    S.ISSUED: (),
    S.ACKNOWLEDGED: (A.ACKNOWLEDGE,),
    S.REPLIED: (A.ACKNOWLEDGE, A.REPLY),
    S.SENT_BACK: (A.ACKNOWLEDGE, A.REPLY, A.SEND_BACK),
    S.JUDGED: (A.ACKNOWLEDGE, A.REPLY, A.JUDGE),
    S.APPEALED: (A.ACKNOWLEDGE, A.REPLY, A.JUDGE, A.APPEAL),
    S.CLOSED: (A.ACKNOWLEDGE, A.REPLY, A.JUDGE, A.CLOSE),
}
HANDS = {Who.ISSUER: (COUNTY, "chen"), Who.SUBJECT: (TOWN, "zhao"), Who.SYSTEM: (TOWN, "system")}


def at(day: date) -> int:
    return to_ms(datetime.combine(day, time(10), CHINA))


def event(
    fact: OrderEvent, node: NodeId, holder: NodeId, *, day: date = MONDAY, actor: str = "x"
) -> Event:
    return Event(
        stream=STREAM, seq=0 if isinstance(fact, OrderIssued) else 1,
        prev=NO_HASH if isinstance(fact, OrderIssued) else EventHash("e" * 64),
        kind=str(type(fact).__struct_config__.tag), at=at(day), node=node, key=KeyId("k" * 16),
        actor=StaffId(actor), holder=holder, data=msgspec.Raw(msgspec.json.encode(fact)),
    )  # fmt: skip


def step(order: OrderView, act: OrderAct, day: date = MONDAY, actor: str = "") -> OrderView:
    """Take a step as its side does it, if it counts."""
    row = next(one for one in TABLE if (one.state, one.act) == (order.state, act))
    node, usual = HANDS[row.who]
    fact = FACTS[act]
    holder = COUNTY if row.holder is Who.ISSUER else TOWN
    who = actor or ("wen" if act is A.DECIDE_APPEAL else usual)
    said = event(fact, node, holder, day=day, actor=who)
    assert model.is_sound(order, said, fact)
    assert not isinstance(fact, OrderIssued)
    return model.apply(order, said, fact)


def order_at(state: OrderState) -> OrderView:
    order = model.begin(event(ISSUED, COUNTY, TOWN, actor="chen"), ISSUED)
    for act in WAYS[state]:
        order = step(order, act)
    assert order.state is state
    return order


def order_for(row: Row) -> OrderView:
    """Give an order at which a step may be taken: what waits for an arrival has had it."""
    assert row.state is not None
    order = order_at(row.state)
    waits = row.when in (When.UNANSWERED, When.UNAPPEALED) and not order.delivered
    return step(order, A.ARRIVE) if waits else order


def day_for(row: Row) -> date:
    return MONDAY + timedelta(days=30) if row.when in (When.UNANSWERED, When.UNAPPEALED) else MONDAY
