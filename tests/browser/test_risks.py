"""廉政提醒 in a browser: it stands above the form of the step, and is on record afterwards."""

import pytest
from playwright.async_api import Page

from tests.browser.conftest import Visit, go_forward, take_in
from tests.support.catalogue import RISK
from tests.support.pagenode import PageNode
from tests.support.touring import click

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
REMINDED = "#risks"


async def _noted(county: PageNode) -> int:
    count: int = await county.works.read(
        lambda tx: tx.execute("SELECT count(*) FROM risk_showings").fetchone()[0]
    )
    return count


async def _top(page: Page, selector: str) -> float:
    box = await page.locator(selector).first.bounding_box()
    assert box is not None
    return box["y"]


async def test_who_decides_sees_the_risk_before_the_form_and_it_is_noted_once(
    visit: Visit, county: PageNode
) -> None:
    clerk, handler = await visit("clerk"), await visit("handler")
    number = await take_in(clerk)
    await clerk.goto(f"/cases/{number}")
    assert await clerk.locator(REMINDED).count() == 0
    for page in (clerk, clerk, handler):  # 受理, 分办, 审查
        await go_forward(page, number)
    before = await _noted(county)
    approver = await visit("approver", width=390)
    await approver.goto(f"/cases/{number}")
    assert RISK.risk in await approver.inner_text(REMINDED)
    assert await approver.locator(REMINDED).is_visible()
    assert await _top(approver, REMINDED) < await _top(approver, ".card.first form")
    await approver.reload()
    assert await _noted(county) == before + 1
    supervisor = await visit("supervisor")
    await supervisor.goto("/supervision/rules")
    await click(supervisor, "main a[href='/supervision/risks']")
    said = await supervisor.inner_text("main")
    assert RISK.risk in said
    assert "approver 同志" in said
    assert number in said
