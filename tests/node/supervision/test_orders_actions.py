"""A county supervises a department of its own: no network, everything else is real."""

from typing import Final

import msgspec
import pytest

from node.clock import local_day
from node.errors import BadInputError, NotAllowedError, NotFoundError
from node.supervision import orders_actions as actions
from node.supervision import orders_reading as reading
from node.work import Actor
from schemas.audit import Act
from schemas.ids import DepartmentId, NodeId, StaffId
from schemas.orders import (
    Cause,
    Consequence,
    Correction,
    OrderAct,
    OrderKind,
    OrderState,
    OrderVerdict,
    ReplyOrder,
    VerdictGround,
)
from schemas.staff import Role
from schemas.supervision import FindingLevel
from tests.support import orders
from tests.support.casework import COUNTY, TOWN, VILLAGE, Casework
from tests.support.catalogue import WJJ
from tests.support.orders import (
    ANSWER,
    APPEAL,
    ASKED,
    BACK,
    BAO,
    CHEN,
    EXEMPT,
    FALSE,
    FAN,
    HAND,
    HEAD,
    OTHERS,
    UPHELD,
    WEN,
    asking,
    see,
)

replace = msgspec.structs.replace
S = OrderState


@pytest.fixture(autouse=True)
async def _accounts(all_three: Casework) -> None:
    await orders.open_accounts(all_three.county)


# ---- the whole way, at one node


async def test_a_department_replies_is_judged_appeals_and_another_supervisor_decides(
    all_three: Casework,
) -> None:
    county = all_three.county
    order = await orders.issue(county)
    assert (order.number[:1], order.state, order.holder) == ("督", S.ISSUED, COUNTY)
    assert (order.department, order.level) == (WJJ, FindingLevel.YELLOW)
    order = await orders.do(county, HAND, actions.acknowledge, order)
    order = await orders.do(county, HEAD, actions.reply, order, ANSWER)
    assert (order.cause, order.replied_late) == (Cause.WORKLOAD, False)
    order = await orders.do(county, CHEN, actions.send_back, order, BACK)
    assert (order.state, order.sent_back) == (S.SENT_BACK, 1)
    order = await orders.do(county, HEAD, actions.reply, order, ANSWER)
    order = await orders.do(county, CHEN, actions.judge, order, UPHELD)
    assert order.accountability is not None
    assert (order.accountability.points, order.accountability.staff) == (5, "hand")
    order = await orders.do(county, HEAD, actions.appeal, order, APPEAL)
    with pytest.raises(NotAllowedError):
        await orders.do(county, CHEN, actions.decide_appeal, order, EXEMPT)
    order = await orders.do(county, WEN, actions.decide_appeal, order, EXEMPT)
    assert (order.state, order.verdict, order.judged_first) == (
        S.CLOSED, OrderVerdict.EXEMPT, OrderVerdict.UPHELD,
    )  # fmt: skip
    assert order.accountability is None
    detail = await county.node.works.read(
        reading.detail, county.parts, asking(county, FAN), order.number
    )
    said = detail.texts
    assert (said.asked, said.reply, said.back, said.appeal, said.decided) == (
        ASKED.text, ANSWER.text, BACK.text, APPEAL.text, EXEMPT.text,
    )  # fmt: skip
    assert detail.acts == ()


async def test_each_act_is_in_the_trail_and_numbers_run_by_kind_and_year(
    all_three: Casework,
) -> None:
    county = all_three.county
    await orders.judged(county)
    second = await orders.issue(county)
    warning = await orders.issue(county, replace(ASKED, order=OrderKind.WARNING))
    year = local_day(county.node.works.clock.now()).year
    assert second.number == f"督〔{year}〕2号"
    assert warning.number == f"预〔{year}〕1号"
    rows = await county.node.works.read(
        lambda tx: tx.execute("SELECT act, subject FROM audit_entries ORDER BY serial").fetchall()
    )
    first = f"督〔{year}〕1号"
    assert [act for act, subject in rows if subject == first] == [
        Act.ORDER_ISSUED, Act.ORDER_ACKNOWLEDGED, Act.ORDER_REPLIED, Act.ORDER_JUDGED,
    ]  # fmt: skip


async def test_each_side_does_its_own_steps_alone(all_three: Casework) -> None:
    order = await orders.replied(all_three.county)
    for actor, act, form in (
        (HEAD, actions.judge, UPHELD),
        (HAND, actions.send_back, BACK),
        (CHEN, actions.reply, ANSWER),
        (FAN, actions.judge, UPHELD),
        (BAO, actions.judge, UPHELD),
        (BAO, actions.reply, ANSWER),
    ):
        with pytest.raises(NotAllowedError):
            await orders.do(all_three.county, actor, act, order, form)
    assert await see(all_three.county, order) == order


async def test_another_department_does_not_even_see_it(all_three: Casework) -> None:
    county = all_three.county
    order = await orders.issue(county)
    for act, form in ((actions.acknowledge, None), (actions.reply, ANSWER)):
        with pytest.raises(NotFoundError):
            await orders.do(county, OTHERS, act, order, form)
    assert await county.node.works.read(reading.still_open, asking(county, OTHERS)) == ()
    for actor in (HEAD, HAND, CHEN, FAN, BAO):
        assert await county.node.works.read(reading.still_open, asking(county, actor)) == (order,)


async def test_who_supervises_and_answers_at_once_does_not_judge_himself(
    all_three: Casework,
) -> None:
    county = all_three.county
    both = Actor(StaffId("both"), frozenset({Role.SUPERVISOR, Role.APPROVER}), WJJ)
    order = await orders.issue(county, actor=both)
    await orders.do(county, both, actions.acknowledge, order)
    order = await orders.do(county, both, actions.reply, order, ANSWER)
    for act, form in ((actions.judge, EXEMPT), (actions.send_back, BACK)):
        with pytest.raises(NotAllowedError):
            await orders.do(county, both, act, order, form)
    assert (await orders.do(county, CHEN, actions.judge, order, EXEMPT)).state is S.JUDGED


async def test_a_supervisor_judges_nothing_that_is_about_himself(all_three: Casework) -> None:
    county = all_three.county
    await orders.open_accounts(county, CHEN, BAO)
    order = await orders.issue(county, replace(ASKED, staff=CHEN.staff), WEN)
    await orders.do(county, HEAD, actions.acknowledge, order)
    await orders.do(county, HEAD, actions.reply, order, ANSWER)
    for act, form in ((actions.judge, EXEMPT), (actions.send_back, BACK)):
        with pytest.raises(NotAllowedError):
            await orders.do(county, CHEN, act, order, form)
    await orders.do(county, WEN, actions.judge, order, UPHELD)
    await orders.do(county, HEAD, actions.appeal, order, APPEAL)
    with pytest.raises(NotAllowedError):
        await orders.do(county, CHEN, actions.decide_appeal, order, EXEMPT)


async def test_a_supervisor_decides_no_appeal_against_what_he_is_held_to_account_for(
    all_three: Casework,
) -> None:
    county = all_three.county
    await orders.open_accounts(county, WEN)
    order = await orders.judged(county, replace(UPHELD, staff=WEN.staff))
    appealed = await orders.do(county, HEAD, actions.appeal, order, APPEAL)
    with pytest.raises(NotAllowedError):
        await orders.do(county, WEN, actions.decide_appeal, order, EXEMPT)
    assert await see(county, order) == appealed


async def test_who_signed_first_judges_nothing_though_another_replied_twice(
    all_three: Casework,
) -> None:
    county = all_three.county
    both = Actor(StaffId("both"), frozenset({Role.SUPERVISOR, Role.HANDLER}), WJJ)
    order = await orders.issue(county)
    await orders.do(county, both, actions.acknowledge, order)
    await orders.do(county, both, actions.reply, order, ANSWER)
    await orders.do(county, CHEN, actions.send_back, order, BACK)
    order = await orders.do(county, HEAD, actions.reply, order, ANSWER)
    assert order.hands == (both.staff, HEAD.staff)
    with pytest.raises(NotAllowedError):
        await orders.do(county, both, actions.judge, order, EXEMPT)


async def test_whom_a_verdict_names_appeals_himself_and_a_head_alone_accepts_it(
    all_three: Casework,
) -> None:
    county = all_three.county
    clerk = Actor(StaffId("clerk-of-hall"), frozenset({Role.CLERK}))
    await orders.open_accounts(county, clerk)
    order = await orders.judged(county, replace(UPHELD, staff=clerk.staff))
    for actor in (HAND, clerk):
        with pytest.raises(NotAllowedError):
            await orders.do(county, actor, actions.close, order)
    seen = await county.node.works.read(
        reading.detail, county.parts, asking(county, clerk), order.number
    )
    assert seen.acts == (OrderAct.APPEAL,)
    appealed = await orders.do(county, clerk, actions.appeal, order, APPEAL)
    assert (appealed.state, appealed.appealed_by) == (S.APPEALED, clerk.staff)


async def test_a_head_accepts_a_verdict(all_three: Casework) -> None:
    order = await orders.judged(all_three.county)
    done = await orders.do(all_three.county, HEAD, actions.close, order)
    assert done.state is S.CLOSED


async def test_the_hall_answers_where_no_department_is_asked(all_three: Casework) -> None:
    county = all_three.county
    order = await orders.issue(county, replace(ASKED, department=None))
    with pytest.raises(NotFoundError):
        await orders.do(county, HEAD, actions.acknowledge, order)
    assert (await orders.do(county, BAO, actions.acknowledge, order)).acknowledged_by == "bao"


# ---- wrong input


WRONG_ORDERS: Final[tuple[tuple[dict[str, object], dict[str, str]], ...]] = (
    ({"subject": None}, {"subject": "missing"}),
    ({"subject": NodeId("6103")}, {"subject": "not_below"}),
    ({"subject": NodeId("x")}, {"subject": "not_below"}),
    ({"subject": VILLAGE}, {"subject": "no_supervision"}),
    ({"department": DepartmentId("nobody")}, {"department": "unknown"}),
    ({"subject": TOWN}, {"department": "not_here"}),
    ({"staff": StaffId("nobody")}, {"staff": "unknown"}),
    ({"text": " "}, {"text": "missing"}),
    ({"reply_by": "2020-01-01"}, {"reply_by": "beyond"}),
    ({"reply_by": "soon", "text": ""}, {"reply_by": "unreadable", "text": "missing"}),
    ({"findings": ("0" * 16,)}, {"findings": "unknown"}),
)


async def test_what_is_wrong_with_an_order_is_said_by_field_and_nothing_is_issued(
    all_three: Casework,
) -> None:
    county = all_three.county
    for change, wrong in WRONG_ORDERS:
        with pytest.raises(BadInputError) as refused:
            await orders.issue(county, replace(ASKED, **change))
        assert refused.value.fields == wrong, change
    assert await county.node.works.read(reading.still_open, asking(county, CHEN)) == ()


async def test_only_a_supervisor_issues(all_three: Casework) -> None:
    for actor in (FAN, BAO, HEAD, HAND):
        with pytest.raises(NotAllowedError):
            await orders.issue(all_three.county, actor=actor)
    with pytest.raises(NotAllowedError):
        await orders.issue(all_three.village)


WRONG_VERDICTS: Final = (
    (replace(UPHELD, ground=VerdictGround.SYSTEM_FAULT), {"ground": "unfit"}),
    (replace(EXEMPT, ground=VerdictGround.PROVEN), {"ground": "unfit"}),
    (replace(UPHELD, points=0), {"points": "missing"}),
    (replace(UPHELD, points=101), {"points": "beyond"}),
    (replace(UPHELD, consequence=Consequence.NONE), {"consequence": "missing"}),
    (replace(UPHELD, consequence=Consequence.TALK), {"points": "unfit"}),
    (replace(UPHELD, staff=StaffId("nobodyatall")), {"staff": "unknown"}),
    (replace(EXEMPT, consequence=Consequence.TALK), {"consequence": "not_upheld"}),
    (replace(FALSE, points=3), {"consequence": "not_upheld"}),
    (replace(EXEMPT, ground=VerdictGround.OTHER, text=""), {"text": "missing"}),
)


async def test_what_is_wrong_with_a_verdict_is_said_by_field(all_three: Casework) -> None:
    order = await orders.replied(all_three.county)
    for verdict, wrong in WRONG_VERDICTS:
        with pytest.raises(BadInputError) as refused:
            await orders.do(all_three.county, CHEN, actions.judge, order, verdict)
        assert refused.value.fields == wrong
    assert await see(all_three.county, order) == order


async def test_a_warning_needs_no_words_unless_its_codes_say_nothing(all_three: Casework) -> None:
    county = all_three.county
    order = await orders.issue(county, replace(ASKED, order=OrderKind.WARNING))
    await orders.do(county, HEAD, actions.acknowledge, order)
    vague = ReplyOrder(cause=Cause.OTHER, correction=Correction.DONE)
    with pytest.raises(BadInputError):
        await orders.do(county, HEAD, actions.reply, order, vague)
    short = ReplyOrder(cause=Cause.ABSENCE, correction=Correction.DONE)
    assert (await orders.do(county, HEAD, actions.reply, order, short)).state is S.REPLIED
