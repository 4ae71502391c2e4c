"""Orders about what rules found or a supervisor saw, and their projection."""

import msgspec
import pytest

from federation.streams import Stored
from node.errors import BadInputError
from node.following import actions as following
from node.runtime.following import followers_of
from node.runtime.opening import kinds_of
from node.runtime.rebuilding import rebuild
from node.supervision import orders_actions as actions
from node.supervision import orders_matter as matters
from node.supervision import orders_reading as reading
from node.supervision import store as findings
from node.supervision.orders_follower import OrdersFollower
from node.work import SYSTEM, Work
from schemas.ids import DepartmentId, NodeId, StreamName
from schemas.orders import (
    IssueOrder,
    OrderIssued,
    OrderKind,
    OrderState,
    OrderView,
)
from schemas.supervision import FindingLevel, FindingState, RuleId
from tests.support import orders
from tests.support.casework import COUNTY, TOWN, VILLAGE, Casework, Office
from tests.support.catalogue import WJJ
from tests.support.dumps import dump
from tests.support.orders import (
    ANSWER,
    APPEAL,
    CHEN,
    CHENG,
    EXEMPT,
    FALSE,
    HEAD,
    UPHELD,
    WEN,
    ZHAO,
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
    await orders.do(county, CHEN, actions.judge, order, UPHELD)
    for one in found:
        assert await became(county, one) == (FindingState.UPHELD, order.stream)
    await orders.do(county, HEAD, actions.appeal, order, APPEAL)
    assert await became(county, found[0]) == (FindingState.UPHELD, order.stream)
    await orders.do(county, WEN, actions.decide_appeal, order, EXEMPT)
    row = await county.node.works.read(findings.load, found[0])
    assert row is not None
    assert row.state is FindingState.EXEMPT
    assert row.level is FindingLevel.RED, "the light history stays"


async def test_an_order_says_which_of_its_findings_are_yellow(all_three: Casework) -> None:
    county = all_three.county
    levels = {"a": FindingLevel.RED, "b": FindingLevel.YELLOW, "c": FindingLevel.YELLOW}
    found = [await orders.find(county, one * 16, level=level) for one, level in levels.items()]
    form = IssueOrder(order=OrderKind.ORDER, findings=tuple(found), text="一并说明")
    order = await orders.issue(county, form)
    assert (order.level, order.yellow) == (FindingLevel.RED, 2)
    others = [
        await orders.find(county, one * 16, level=level)
        for one, level in zip("def", levels.values(), strict=True)
    ]
    raised = replace(form, findings=(others[1], others[2]), level=FindingLevel.RED)
    order = await orders.issue(county, raised)
    assert (order.level, order.yellow) == (FindingLevel.RED, 0), "his word is about all of them"


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


async def test_a_department_of_another_place_is_asked_only_where_the_matter_names_it(
    all_three: Casework,
) -> None:
    county = all_three.county
    found = await orders.find(county, "f" * 16, node=TOWN, department=None)
    form = IssueOrder(
        order=OrderKind.ORDER, findings=(found,), text="请说明", department=DepartmentId("nosuch")
    )
    ours = await orders.find(county, "a" * 16)
    moved = replace(form, findings=(ours,), subject=TOWN, department=WJJ)
    view = await all_three.licence_until("dispatch")
    of_case = replace(form, findings=(), case=view.number, subject=TOWN)
    for wrong in (form, moved, of_case):
        with pytest.raises(BadInputError) as refused:
            await orders.issue(county, wrong)
        assert refused.value.fields == {"department": "not_here"}
    known = await orders.find(county, "b" * 16, node=TOWN, department=WJJ)
    order = await orders.issue(county, replace(form, findings=(known,), department=WJJ))
    assert (order.subject, order.department) == (TOWN, WJJ)


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
    names = [one.name for one in followers_of(town.node.works.profile, TOWN)]
    assert OrdersFollower.name in names
    await follow(town)
    assert await became(town, found) == (FindingState.ORDERED, order.stream)


async def follow(office: Office) -> None:
    """Let what came from neighbours reach the findings; from the beginning."""
    works, follower = office.node.works, OrdersFollower()
    await works.run(SYSTEM, following.rewind, follower)
    await following.Following(works, [follower]).catch_up()


async def became(office: Office, finding: str) -> tuple[FindingState, StreamName | None]:
    row = await office.node.works.read(findings.load, finding)
    assert row is not None
    return row.state, row.order


async def self_judged(town: Office, finding: str) -> OrderView:
    """Let a town order about a finding from itself, and judge that there is nothing in it."""
    fact = OrderIssued(
        number="预〔2026〕1号", order=OrderKind.WARNING, subject=TOWN, findings=(finding,),
        level=FindingLevel.YELLOW, caused_at=1, reply_by="2099-12-30",
    )  # fmt: skip
    stored = await town.node.works.run(CHENG, _begun, fact)
    order = await town.node.works.read(reading.view, stored.event.stream)
    assert order is not None
    await orders.do(town, ZHAO, actions.acknowledge, order)
    await orders.do(town, ZHAO, actions.reply, order, ANSWER)
    return await orders.do(town, CHENG, actions.judge, order, FALSE)


def _begun(work: Work, fact: OrderIssued) -> Stored:
    return work.begin("order", fact, holder=fact.subject)


async def test_a_town_cannot_clear_what_was_found_about_its_county(all_three: Casework) -> None:
    county, town = all_three.county, all_three.town
    found = await orders.find(county, "a" * 16)
    forged = await self_judged(town, found)
    await all_three.carry(forged.stream)
    await follow(county)
    assert await became(county, found) == (FindingState.OPEN, None)
    assert await county.node.works.read(reading.of_finding, found) is None
    form = IssueOrder(order=OrderKind.WARNING, findings=(found,))
    order = await orders.issue(county, form)  # nor keep the county from asking its own people
    assert await became(county, found) == (FindingState.ORDERED, order.stream)


async def test_the_order_from_higher_up_says_what_became_of_a_finding_whenever_each_came(
    all_three: Casework,
) -> None:
    county, town = all_three.county, all_three.town
    for office in (county, town):
        await orders.find(office, "b" * 16, node=TOWN, department=None)
    asked = await orders.issue(
        county, IssueOrder(order=OrderKind.ORDER, findings=("b" * 16,), text="请说明")
    )
    cleared = await self_judged(town, "b" * 16)  # the line is down: it has not heard of that
    assert await became(town, "b" * 16) == (FindingState.FALSE_ALARM, cleared.stream)
    await all_three.carry(asked.stream)
    await all_three.carry(cleared.stream)
    for office in (county, town):
        await follow(office)
        assert await became(office, "b" * 16) == (FindingState.ORDERED, asked.stream)


async def test_who_is_higher_asks_about_what_a_place_has_settled_with_itself(
    all_three: Casework,
) -> None:
    county, town = all_three.county, all_three.town
    for office in (county, town):
        await orders.find(office, "c" * 16, node=TOWN, department=None)
    cleared = await self_judged(town, "c" * 16)
    await all_three.carry(cleared.stream)
    await follow(county)
    assert await became(county, "c" * 16) == (FindingState.FALSE_ALARM, cleared.stream)
    form = IssueOrder(order=OrderKind.ORDER, findings=("c" * 16,), text="请说明")
    order = await orders.issue(county, form)
    assert await became(county, "c" * 16) == (FindingState.ORDERED, order.stream)
    with pytest.raises(BadInputError):
        await orders.issue(county, form)


async def test_what_is_found_only_after_its_order_came_follows_it_too(all_three: Casework) -> None:
    county, town = all_three.county, all_three.town
    await orders.find(county, "d" * 16, node=TOWN, department=None)
    form = IssueOrder(order=OrderKind.WARNING, findings=("d" * 16,))
    order = await orders.issue(county, form)
    forged = await self_judged(town, "e" * 16)
    await all_three.carry(order.stream)
    await all_three.carry(forged.stream)
    await orders.find(town, "d" * 16, node=TOWN, department=None)
    assert await became(town, "d" * 16) == (FindingState.ORDERED, order.stream)
    await orders.find(county, "e" * 16)
    assert await became(county, "e" * 16) == (FindingState.OPEN, None)


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
