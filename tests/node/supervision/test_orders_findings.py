"""Orders about what rules found or a supervisor saw, and their projection."""

import msgspec
import pytest

from node.errors import BadInputError
from node.runtime.following import followers_of
from node.runtime.opening import kinds_of
from node.runtime.rebuilding import rebuild
from node.supervision import orders_actions as actions
from node.supervision import orders_matter as matters
from node.supervision import orders_reading as reading
from node.supervision import store as findings
from node.supervision.orders_follower import OrdersFollower
from node.work import SYSTEM
from schemas.ids import DepartmentId, NodeId
from schemas.orders import (
    IssueOrder,
    OrderKind,
    OrderState,
)
from schemas.supervision import FindingLevel, FindingState, RuleId
from tests.support import orders
from tests.support.casework import COUNTY, TOWN, VILLAGE, Casework
from tests.support.catalogue import WJJ
from tests.support.dumps import dump
from tests.support.orders import (
    ANSWER,
    CHEN,
    EXEMPT,
    HEAD,
)

replace = msgspec.structs.replace
S = OrderState


@pytest.fixture(autouse=True)
async def _accounts(all_three: Casework) -> None:
    await orders.open_accounts(all_three.county)


# ---- what was found


async def test_several_findings_of_a_department_go_into_one_order_and_follow_it(
    all_three: Casework,
) -> None:
    county = all_three.county
    found = [await orders.find(county, letter * 16) for letter in "ab"]
    form = IssueOrder(order=OrderKind.ORDER, findings=tuple(found), text="一并说明")
    order = await orders.issue(county, form)
    assert (order.findings, order.department, order.rule, order.level) == (
        tuple(found), WJJ, RuleId.T3, FindingLevel.RED,
    )  # fmt: skip
    assert order.caused_at == 1_700_000_000_000
    for one in found:
        assert await county.node.works.read(reading.of_finding, one) == order
        row = await county.node.works.read(findings.load, one)
        assert row is not None
        assert (row.state, row.order) == (FindingState.ORDERED, order.stream)
    with pytest.raises(BadInputError) as refused:
        await orders.issue(county, form)
    assert refused.value.fields == {"findings": "already"}
    await orders.do(county, HEAD, actions.acknowledge, order)
    await orders.do(county, HEAD, actions.reply, order, ANSWER)
    await orders.do(county, CHEN, actions.judge, order, EXEMPT)
    row = await county.node.works.read(findings.load, found[0])
    assert row is not None
    assert row.state is FindingState.EXEMPT
    assert row.level is FindingLevel.RED, "the light history stays"


async def test_findings_of_several_departments_are_not_one_order(all_three: Casework) -> None:
    county = all_three.county
    ours = await orders.find(county, "a" * 16)
    theirs = await orders.find(county, "b" * 16, department=DepartmentId("zrzy"))
    towns = await orders.find(county, "c" * 16, node=TOWN, department=None)
    above = await orders.find(county, "d" * 16, node=NodeId("6103"), department=None)
    for some, fault in (
        ((ours, theirs), "several"), ((ours, towns), "several"), ((above,), "not_below"),
    ):  # fmt: skip
        form = IssueOrder(order=OrderKind.ORDER, findings=some, text="x")
        with pytest.raises(BadInputError) as refused:
            await orders.issue(county, form)
        assert refused.value.fields == {"findings": fault}


async def test_what_may_go_into_the_same_order_is_all_of_one_unit(all_three: Casework) -> None:
    county = all_three.county
    ours = await orders.find(county, "a" * 16)
    await orders.find(county, "b" * 16, department=DepartmentId("zrzy"))
    of_town = await orders.find(county, "c" * 16, node=TOWN, department=None)
    of_village = await orders.find(county, "d" * 16, node=VILLAGE, department=None)

    async def waiting(subject: NodeId, department: DepartmentId | None) -> set[str]:
        rows = await county.node.works.read(matters.waiting_of, COUNTY, subject, department, 20)
        return {row.id for row in rows}

    assert await waiting(COUNTY, WJJ) == {ours}
    assert await waiting(COUNTY, None) == set()
    assert await waiting(TOWN, None) == {of_town, of_village}
    both = IssueOrder(order=OrderKind.WARNING, findings=(of_town, of_village))
    assert (await orders.issue(county, both)).subject == TOWN
    assert await waiting(TOWN, None) == set()


async def test_an_order_about_what_a_village_did_goes_to_its_town(all_three: Casework) -> None:
    county = all_three.county
    found = await orders.find(county, "e" * 16, node=VILLAGE, department=None)
    form = IssueOrder(order=OrderKind.WARNING, findings=(found,))
    order = await orders.issue(county, form)
    assert (order.subject, order.holder) == (TOWN, TOWN)


async def test_a_case_that_the_supervisor_looked_at_is_asked_of_who_has_it(
    all_three: Casework,
) -> None:
    view = await all_three.licence_until("dispatch")
    county = all_three.county
    form = IssueOrder(order=OrderKind.ORDER, case=view.number, text="为何迟迟不办")
    order = await orders.issue(county, form)
    assert (order.subject, order.department, order.case) == (COUNTY, WJJ, view.stream)
    assert await county.node.works.read(reading.of_case, view.stream) == (order,)


async def test_what_a_neighbour_wrote_reaches_the_findings_by_the_follower(
    all_three: Casework,
) -> None:
    county, town = all_three.county, all_three.town
    found = await orders.find(county, "f" * 16, node=TOWN, department=None)
    order = await orders.issue(
        county, IssueOrder(order=OrderKind.ORDER, findings=(found,), text="请说明")
    )
    await orders.find(town, found, node=TOWN, department=None)
    await all_three.carry(order.stream)
    follower = OrdersFollower()
    assert any(one.name == follower.name for one in followers_of(town.node.works.profile, TOWN))
    works = town.node.works
    order_here = await works.read(reading.view, order.stream)
    assert order_here is not None
    await works.run(SYSTEM, actions.tell_findings, order_here)
    row = await works.read(findings.load, found)
    assert row is not None
    assert (row.state, row.order) == (FindingState.ORDERED, order.stream)


# ---- the projection


async def test_a_fresh_fold_gives_the_same_orders(all_three: Casework) -> None:
    county = all_three.county
    found = await orders.find(county, "a" * 16)
    await orders.issue(county, IssueOrder(order=OrderKind.WARNING, findings=(found,)))
    await orders.judged(county)
    database = county.node.works.database
    before = await database.read(dump)
    assert len(before["orders"]) == 2
    assert before["order_findings"]
    await database.write(lambda tx: rebuild(tx, kinds_of(COUNTY)))
    after = await database.read(dump)
    for table in ("orders", "order_findings"):
        assert after[table] == before[table]
