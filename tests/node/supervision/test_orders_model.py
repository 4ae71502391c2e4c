"""The table of an order's life: every step can be reached, and nothing else is a step."""

import random
from datetime import date, timedelta
from itertools import product

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.supervision import orders_kind as kind
from node.supervision import orders_model as model
from node.supervision import orders_table
from node.supervision.orders_table import TABLE, Row, Who
from schemas.ids import NodeId, StaffId
from schemas.orders import (
    Accountability,
    Escalation,
    OrderAct,
    OrderIssued,
    OrderJudged,
    OrderSentBack,
    OrderState,
    OrderVerdict,
    OrderView,
    VerdictGround,
)
from schemas.supervision import FindingLevel
from tests.support.orderlife import (
    ACCOUNT,
    CALENDAR,
    CITY,
    COUNTY,
    ELSEWHERE,
    FACTS,
    HANDS,
    ISSUED,
    MONDAY,
    TOWN,
    VILLAGE,
    A,
    S,
    at,
    day_for,
    event,
    order_at,
    order_for,
    step,
)

# ---- the table


@pytest.mark.parametrize("row", TABLE[1:], ids=lambda row: f"{row.state}-{row.act}-{row.who}")
def test_every_step_counts_from_its_side_on_its_day_and_from_nobody_else(row: Row) -> None:
    assert row.state is not None
    before, fact, day = order_for(row), FACTS[row.act], day_for(row)
    holder = COUNTY if row.holder is Who.ISSUER else TOWN
    node, actor = HANDS[row.who]
    who = "wen" if row.act is A.DECIDE_APPEAL else actor
    right = event(fact, node, holder, day=day, actor=who)
    assert model.is_sound(before, right, fact)
    assert not isinstance(fact, OrderIssued)
    assert model.apply(before, right, fact).state is row.next
    for other in {COUNTY, TOWN, CITY, VILLAGE, ELSEWHERE} - {node}:
        assert not model.is_sound(before, event(fact, other, holder, day=day, actor=who), fact)
    for wrong in {COUNTY, TOWN, CITY, VILLAGE} - {holder}:
        assert not model.is_sound(before, event(fact, node, wrong, day=day, actor=who), fact)
    named = msgspec.structs.replace(before, staff=StaffId("li"))
    parts = {one for part in row.apart for one in orders_table.people_in(named, part) if one}
    assert ("li" in parts) is (row.who is Who.ISSUER)
    for did in parts:
        again = event(fact, node, holder, day=day, actor=did)
        assert not model.is_sound(named, again, fact), "nobody judges what he has a part in"


def test_what_the_table_does_not_have_never_counts() -> None:
    steps = {(row.state, row.act) for row in TABLE}
    for state, act in product(OrderState, OrderAct):
        if (state, act) in steps:
            continue
        before, fact = order_at(state), FACTS[act]
        for node, holder, actor in product((COUNTY, TOWN), (COUNTY, TOWN), ("wen", "system")):
            for day in (MONDAY, MONDAY + timedelta(days=60)):
                assert not model.is_sound(
                    before, event(fact, node, holder, day=day, actor=actor), fact
                )


def test_every_order_can_still_end() -> None:
    ends = {S.CLOSED}
    for _ in OrderState:
        ends |= {row.state for row in TABLE if row.next in ends and row.state is not None}
    assert ends == set(OrderState)


def test_every_event_is_one_act_of_the_table() -> None:
    assert {row.act for row in TABLE} == set(OrderAct) == set(orders_table.ACTS.values())


# ---- who may begin one, about whom


@pytest.mark.parametrize(
    ("node", "subject", "holder", "counts"),
    [
        (COUNTY, TOWN, TOWN, True),
        (COUNTY, COUNTY, COUNTY, True),  # a department of its own
        (CITY, COUNTY, COUNTY, True),
        (CITY, TOWN, TOWN, True),
        (COUNTY, VILLAGE, VILLAGE, False),  # its town answers for it
        (TOWN, COUNTY, COUNTY, False),  # upwards
        (ELSEWHERE, TOWN, TOWN, False),  # not below
        (COUNTY, TOWN, COUNTY, False),  # nobody was asked
        (VILLAGE, VILLAGE, VILLAGE, False),  # a village supervises nobody
    ],
)
def test_who_may_ask_whom(node: NodeId, subject: NodeId, holder: NodeId, *, counts: bool) -> None:
    fact = msgspec.structs.replace(ISSUED, subject=subject)
    assert model.is_sound(None, event(fact, node, holder), fact) is counts


def test_an_order_about_a_villages_doing_goes_to_its_town() -> None:
    assert model.subject_for(VILLAGE, COUNTY) == TOWN
    assert model.subject_for(TOWN, COUNTY) == TOWN
    assert model.subject_for(COUNTY, COUNTY) == COUNTY
    assert model.subject_for(ELSEWHERE, COUNTY) is None
    assert model.subject_for(CITY, COUNTY) is None
    assert model.subject_for(VILLAGE, TOWN) == TOWN


def test_it_is_begun_once_and_nothing_comes_before_it() -> None:
    assert not model.is_sound(order_at(S.ISSUED), event(ISSUED, COUNTY, TOWN), ISSUED)
    for act in set(OrderAct) - {A.ISSUE}:
        assert not model.is_sound(None, event(FACTS[act], TOWN, COUNTY), FACTS[act])


@pytest.mark.parametrize("day", ["", "2026-13-01", "20261130", "9999-01-01"])
def test_a_day_that_nobody_can_read_does_not_count(day: str) -> None:
    issued = msgspec.structs.replace(ISSUED, reply_by=day)
    assert not model.is_sound(None, event(issued, COUNTY, TOWN), issued)
    back = OrderSentBack(reply_by=day)
    assert not model.is_sound(order_at(S.REPLIED), event(back, COUNTY, TOWN, actor="chen"), back)
    verdict = OrderJudged(verdict=OrderVerdict.EXEMPT, ground=VerdictGround.OTHER, appeal_by=day)
    said = event(verdict, COUNTY, TOWN, actor="chen")
    assert not model.is_sound(order_at(S.REPLIED), said, verdict)


@pytest.mark.parametrize(
    ("verdict", "account", "counts"),
    [
        (OrderVerdict.UPHELD, ACCOUNT, True),
        (OrderVerdict.UPHELD, None, True),
        (OrderVerdict.UPHELD, msgspec.structs.replace(ACCOUNT, node=VILLAGE), True),
        (OrderVerdict.EXEMPT, ACCOUNT, False),
        (OrderVerdict.FALSE_ALARM, ACCOUNT, False),
        (OrderVerdict.UPHELD, msgspec.structs.replace(ACCOUNT, node=ELSEWHERE), False),
        (OrderVerdict.UPHELD, msgspec.structs.replace(ACCOUNT, node=COUNTY), False),
        (OrderVerdict.UPHELD, msgspec.structs.replace(ACCOUNT, points=101), False),
        (OrderVerdict.UPHELD, msgspec.structs.replace(ACCOUNT, points=-1), False),
    ],
)
def test_only_what_is_upheld_has_somebody_to_answer_for_it(
    verdict: OrderVerdict, account: Accountability | None, *, counts: bool
) -> None:
    fact = OrderJudged(
        verdict=verdict, ground=VerdictGround.OTHER, appeal_by="2026-12-10", accountability=account
    )
    said = event(fact, COUNTY, TOWN, actor="chen")
    assert model.is_sound(order_at(S.REPLIED), said, fact) is counts


@pytest.mark.parametrize(
    "broken",
    [
        {"subject": "610328x"}, {"case": "nothing"}, {"note": "short"}, {"order": "dance"},
        {"findings": ["a b"]}, {"findings": ["a"] * 101}, {"number": ""}, {"number": "长" * 41},
    ],
    ids=str,
)  # fmt: skip
def test_what_is_badly_formed_is_not_judged(broken: dict[str, object]) -> None:
    good = event(ISSUED, COUNTY, TOWN)
    said = {**msgspec.json.decode(good.data, type=dict[str, object]), **broken}
    bad = msgspec.structs.replace(good, data=msgspec.Raw(msgspec.json.encode(said)))
    assert kind.read_fact(good) == ISSUED
    assert kind.read_fact(bad) is None


# ---- days


def test_the_decision_on_an_appeal_stands_and_the_first_verdict_is_remembered() -> None:
    done = step(order_at(S.APPEALED), A.DECIDE_APPEAL)
    assert (done.state, done.verdict, done.judged_first) == (
        S.CLOSED, OrderVerdict.EXEMPT, OrderVerdict.UPHELD,
    )  # fmt: skip
    assert (done.accountability, done.closed_at) == (None, at(MONDAY))
    assert done.decided_by != done.judged_by


@pytest.mark.parametrize(
    ("today", "level", "told"),
    [
        (MONDAY, FindingLevel.YELLOW, "handler"),
        (MONDAY, FindingLevel.RED, "handler head"),
        (date(2026, 11, 26), FindingLevel.YELLOW, "handler"),
        (date(2026, 11, 27), FindingLevel.YELLOW, "handler head"),  # one workday left
        (date(2026, 11, 30), FindingLevel.YELLOW, "handler head"),
        (date(2026, 12, 1), FindingLevel.YELLOW, "handler head leader"),
    ],
)
def test_the_longer_it_waits_the_higher_it_goes(
    today: date, level: FindingLevel, told: str
) -> None:
    order = msgspec.structs.replace(order_at(S.ACKNOWLEDGED), level=level)
    assert model.escalation(order, today, CALENDAR) == tuple(map(Escalation, told.split()))
    for state in (S.REPLIED, S.JUDGED, S.APPEALED, S.CLOSED):
        assert model.escalation(order_at(state), today, CALENDAR) == ()


# ---- whatever anybody writes


@given(st.integers(0, 1 << 30))
def test_no_run_of_acts_breaks_an_order(seed: int) -> None:
    """Whoever writes what: an order keeps its issuer and subject, ends once, and stays ended."""
    chance = random.Random(seed)
    order: OrderView | None = None
    for _ in range(25):
        act = chance.choice(tuple(OrderAct))
        fact = FACTS[act]
        said = event(
            fact, chance.choice((CITY, COUNTY, TOWN, VILLAGE)), chance.choice((COUNTY, TOWN)),
            day=MONDAY + timedelta(days=chance.randrange(40)),
            actor=chance.choice(("chen", "wen", "zhao", "system")),
        )  # fmt: skip
        if not model.is_sound(order, said, fact):
            continue
        before = order
        if isinstance(fact, OrderIssued):
            assert before is None
            order = model.begin(said, fact)
            continue
        assert before is not None
        assert before.state is not S.CLOSED
        order = model.apply(before, said, fact)
        assert (order.issuer, order.subject) == (before.issuer, before.subject)
        assert order.holder in (order.issuer, order.subject)
        waits_on_subject = order.state in (*orders_table.AWAITED, S.JUDGED)
        assert (order.holder == order.subject) or not waits_on_subject or order.issuer == TOWN
        if order.decided_by is not None:
            assert order.decided_by not in (order.judged_by, order.replied_by)


def test_only_who_asked_and_who_was_asked_may_have_the_texts() -> None:
    order = order_at(S.ISSUED)
    assert {node for node in (CITY, COUNTY, TOWN, VILLAGE) if model.takes_part(order, node)} == {
        COUNTY, TOWN,
    }  # fmt: skip
