"""Supervision orders in a browser: supervisor, department, supervisor, appeal, other supervisor."""

import pytest
from playwright.async_api import Page

from node.staff import actions
from node.work import SYSTEM
from schemas.staff import NewAccount, Role
from tests.browser.conftest import MOST_ON_THE_WIRE, READABLE, Visit
from tests.support.catalogue import WJJ
from tests.support.pagenode import COUNTY, PageNode
from tests.support.touring import click
from tests.support.webnode import HASHED

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
WAYS = pytest.mark.parametrize(("width", "script"), [(1366, True), (390, False)])


async def _second_supervisor(county: PageNode) -> None:
    new = NewAccount(login="second", name="文监督", roles=(Role.SUPERVISOR,), password="")
    await county.works.run(SYSTEM, actions.add, new, HASHED)


async def _open(page: Page) -> None:
    """Go to the order that waits, from the list."""
    await page.goto("/supervision/orders")
    await click(page, ".card.first tbody a >> nth=0")


async def _says(page: Page, *texts: str) -> None:
    said = await page.inner_text("main")
    for text in texts:
        assert text in said, text


async def _issue(chen: Page) -> None:
    await chen.goto("/supervision/orders/new")
    await chen.select_option("#issue-subject", f"{COUNTY}/{WJJ}")
    await chen.fill("#issue-text", "两件办件超过承诺时限, 请说明原因")
    await click(chen, "main form .actions button")


async def _reply(wu: Page) -> None:
    await _open(wu)
    await click(wu, "form[action$=acknowledge] button")
    await wu.select_option("#reply-cause", "workload")
    await wu.select_option("#reply-correction", "staffed")
    await wu.fill("#reply-text", "月末件多, 已加人")
    await click(wu, "form[action$=reply] button")


async def _judge(chen: Page) -> None:
    await chen.check("input[name=verdict][value=upheld]")
    await chen.select_option("#judge-ground", "proven")
    await chen.select_option("#judge-consequence", "points")
    await chen.fill("#judge-points", "5")
    await click(chen, "form[action$=judge] button")


async def _appeal(wu: Page) -> None:
    await click(wu, "details.stop > summary")
    await wu.select_option("#appeal-ground", "network_fault")
    await wu.fill("#appeal-text", "当日断网")
    await click(wu, "form[action$=appeal] button")


async def _decide(wen: Page) -> None:
    await wen.check("input[name=verdict][value=exempt]")
    await wen.select_option("#decide_appeal-ground", "network_fault")
    await wen.fill("#decide_appeal-text", "断网属实")
    await click(wen, "form[action$=decide_appeal] button")


@WAYS
async def test_an_order_goes_all_the_way_by_clicks(
    county: PageNode, visit: Visit, width: int, *, script: bool
) -> None:
    await _second_supervisor(county)
    chen = await visit("supervisor", script=script, width=width)
    wu = await visit("approver", script=script, width=width)
    await _issue(chen)
    await _says(chen, "已发出督", "等卫生健康局回复")
    await _reply(wu)
    await _says(wu, "已回复", "等千阳县认定")
    await _open(chen)
    await _says(chen, "最近一步", "月末件多")
    await _judge(chen)
    await _says(chen, "已认定", "扣 5 分")
    await wu.reload()
    await _appeal(wu)
    wen = await visit("second", script=script, width=width)
    await _open(wen)
    await _says(wen, "最近一步", "当日断网")
    await _decide(wen)
    await _says(wen, "申诉已决定", "免责", "已办结")


@pytest.mark.parametrize("width", [1366, 390])
async def test_the_pages_of_orders_are_readable_and_small(visit: Visit, width: int) -> None:
    chen = await visit("supervisor", width=width)
    await _issue(chen)
    wu = await visit("approver", width=width)
    await _open(wu)
    await click(wu, "form[action$=acknowledge] button")
    order = wu.url.partition("?")[0]
    looks = (
        (chen, "/supervision/orders"),
        (chen, "/supervision/orders/new"),
        (chen, "/supervision/accountability"),
        (chen, order),
        (wu, "/supervision/orders"),
        (wu, order),
    )
    faults: dict[str, object] = {}
    for page, path in looks:
        await page.goto(path)
        assert len((await page.content()).encode()) < MOST_ON_THE_WIRE
        found = await page.evaluate(READABLE)
        if found:
            faults[path] = found
    assert not faults
