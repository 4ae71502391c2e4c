"""The pages of an order to a place that has not heard of it yet, and of whom a verdict names."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from node.runtime.opening import kinds_of
from node.runtime.sweeping import Sweeper
from node.staff import actions as staff
from node.supervision import orders_reading as reading
from schemas.ids import NodeId, StreamName
from tests.support.network import Member, enrol, member
from tests.support.pagenode import COUNTY, PageNode, page_node
from tests.support.visitors import Visitors, visitors_of

Typed = Mapping[str, Sequence[str]]
TOWN = NodeId("610328100")
LIST = "/supervision/orders"
TO_TOWN: Typed = {
    "kind": ["order"], "subject": [TOWN], "level": ["yellow"], "text": ["请说明原因"],
}  # fmt: skip
VERDICT: Typed = {"verdict": ["upheld"], "ground": ["proven"], "consequence": ["talk"]}


@dataclass
class Two:
    """A county with its pages, and a town with which nothing but letters passes."""

    county: PageNode
    town: Member
    visit: Visitors

    async def issue(self, typed: Typed) -> str:
        chen = await self.visit("supervisor")
        return (await chen.went(LIST, typed)).split("?")[0]

    async def carry(self, order: str) -> None:
        """Let the line be up: the town hears of an order and says so."""
        here = Member(self.county.works, self.town.identity)
        stream = StreamName(f"order/{COUNTY}/{order.rpartition('/')[2]}")
        for raw in await here.envelopes(stream):
            await self.town.receive(raw, COUNTY)
        await Sweeper(self.town.works).sweep()
        for raw in await self.town.envelopes(stream):
            await here.receive(raw, TOWN)

    def pass_days(self, days: int) -> None:
        for works in (self.county.works, self.town.works):
            works.clock.offset += timedelta(days=days)


@pytest.fixture
async def two(tmp_path: Path) -> AsyncIterator[Two]:
    async with (
        page_node(tmp_path / "county") as county,
        visitors_of(county) as visit,
        member(tmp_path / "town", TOWN, kinds_of(TOWN)) as town,
    ):
        await town.works.database.write(lambda tx: enrol(tx, county.works.ledger.identity))
        await Member(county.works, town.identity).knows(town)
        yield Two(county, town, visit)


async def test_what_has_not_arrived_is_said_to_be_under_way_and_is_judged_by_nobody(
    two: Two,
) -> None:
    order = await two.issue(TO_TOWN)
    two.pass_days(30)
    chen = await two.visit("supervisor")
    page = await chen.page(order)
    for said in ("待签收 · 未送达", "还没有送到", "线路通了会自动送达"):
        assert said in page
    assert f'action="{order}/judge"' not in page
    refused = await chen.post(f"{order}/judge", VERDICT)
    assert refused.status_code == 409
    await two.carry(order)
    page = await chen.page(order)
    assert "送到时已经晚了，日子重新起算" in page
    assert "未送达" not in page
    assert f'action="{order}/judge"' not in page, "its days have only begun"
    two.pass_days(30)
    chen = await two.visit("supervisor")
    assert "没有回复，直接认定" in await chen.page(order)
    await chen.went(f"{order}/judge", VERDICT)
    page = await chen.page(order)
    assert "认定还没有送到" in page
    english = (await chen.get(order, language="en")).text
    assert "The verdict has not reached" in english
    assert "Arrived" in english


async def test_whom_a_verdict_names_finds_it_and_appeals_and_cannot_accept_it_for_all(
    two: Two,
) -> None:
    accounts = (await two.county.works.read(staff.listing)).staff
    clerk = next(one.id for one in accounts if one.login == "clerk")
    order = await two.issue({**TO_TOWN, "subject": [COUNTY]})
    two.pass_days(30)
    chen = await two.visit("supervisor")
    await chen.went(f"{order}/judge", {**VERDICT, "staff": [clerk]})
    his = await two.visit("clerk")
    assert f'href="{order}"' in await his.page(LIST)
    page = await his.page(order)
    assert f'action="{order}/appeal"' in page
    assert f'action="{order}/close"' not in page
    refused = await his.post(f"{order}/close")
    assert refused.status_code == 403
    assert "接受认定由负责人办" in refused.text
    await his.went(f"{order}/appeal", {"ground": ["wrong_data"], "text": ["当天不是我值班"]})
    found = await two.county.works.read(reading.named, order.rpartition("/")[2])
    assert found is not None
    assert found.appealed_by == clerk
