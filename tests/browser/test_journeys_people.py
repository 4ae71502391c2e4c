"""What the keepers of a county do in a day, each in his own browser: auditor, operator."""

import pytest
from playwright.async_api import Browser

from tests.support.nodes import COUNTY
from tests.support.qianyang import Qianyang
from tests.support.touring import click, touring

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

WAYS = pytest.mark.parametrize(("width", "script"), [(1366, True), (390, False)])


@WAYS
async def test_the_auditor_sees_who_looked_at_whom_and_that_nothing_was_changed(
    browser: Browser, sample: Qianyang, width: int, *, script: bool
) -> None:
    number, why = sample.facts["overdue"], f"电话通知补正 ({width})"
    async with touring(browser, sample, width, script=script) as tour:
        handler = await tour.as_(COUNTY, "chu")
        await handler.goto(f"/cases/{number}")
        await click(handler, "summary:has-text('查看完整信息')")
        await handler.fill("#why", why)
        await click(handler, "aside details button")
        assert "610328190001010208" in await handler.inner_text("main")
        auditor = await tour.as_(COUNTY, "fei")
        await auditor.goto("/")
        assert auditor.url.endswith("/audit"), "his home is the trail"
        row = auditor.locator("tbody tr", has_text=why)
        assert "褚审查" in await row.inner_text()
        assert number in await row.inner_text()
        assert "610328190001010208" not in await auditor.content(), "he learns who looked, not whom"
        await click(auditor, "form[action='/audit/check'] .button")
        assert await auditor.locator(".told.done").count() == 1


@WAYS
async def test_the_auditor_may_look_and_nothing_else(
    browser: Browser, sample: Qianyang, width: int, *, script: bool
) -> None:
    async with touring(browser, sample, width, script=script) as tour:
        auditor = await tour.as_(COUNTY, "fei")
        for path in ("/staff", "/nodes", "/operations", f"/cases/{sample.facts['overdue']}"):
            answer = await auditor.goto(path)
            assert answer is not None
            assert answer.status in {403, 404}, path
            assert "610328190001010208" not in await auditor.content()


@WAYS
async def test_the_operator_sees_the_tree_and_what_waits_at_a_town(
    browser: Browser, sample: Qianyang, width: int, *, script: bool
) -> None:
    async with touring(browser, sample, width, script=script) as tour:
        page = await tour.as_(COUNTY, "guan")
        await page.goto("/nodes")
        assert await page.locator("main a[href^='/nodes/6103']").count() >= 4
        await click(page, "main a[href='/nodes/610328100']")
        assert "城关镇" in await page.inner_text("h1")
        await page.goto("/links")
        assert "城关镇" in await page.inner_text("main")
