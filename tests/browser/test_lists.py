"""A household taken in by keyboard alone, an agent with his authority, and what came on paper."""

import re
from datetime import timedelta

import pytest
from playwright.async_api import FilePayload, Page

from node.catalogue import actions as catalogue
from node.clock import CHINA
from node.work import SYSTEM
from tests.browser.conftest import READABLE, Visit
from tests.support.enrolling import SEASON, id_number
from tests.support.pagenode import PageNode
from tests.support.shared_papers import SCAN
from tests.support.touring import click

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
AUTHORITY = FilePayload(name="委托书.pdf", mimeType="application/pdf", buffer=SCAN)


async def _said(page: Page) -> str:
    return await page.locator("main").inner_text()


async def _begin(page: Page) -> None:
    await page.goto("/intake")
    await click(page, "text=名单收件")
    await click(page, f"form:has(input[value='{SEASON.code}']) button")


async def _type_line(page: Page, *cells: str) -> None:
    """Type one line from where the cursor stands, and end it with Enter."""
    await page.wait_for_selector("input[name=name-new1]:focus")
    for number, cell in enumerate(cells):
        if number:
            await page.keyboard.press("Tab")
        await page.keyboard.type(cell)
    async with page.expect_navigation():
        await page.keyboard.press("Enter")


@pytest.mark.parametrize("script", [False, True], ids=["without script", "with script"])
async def test_a_household_is_typed_line_by_line_and_nobody_touches_the_mouse(
    visit: Visit, county: PageNode, *, script: bool
) -> None:
    await county.works.run(SYSTEM, catalogue.publish, (SEASON,))
    page = await visit("clerk", script=script)
    await _begin(page)
    phone = "13812341234"
    await _type_line(page, "张三", id_number(1), phone, "户主")
    await _type_line(page, "李四", f"{id_number(2)[:-1]}?", phone, "配偶")
    await _type_line(page, "张小三", id_number(3), phone, "子女")
    said = await _said(page)
    assert "可以收件的（2 人）" in said
    assert "第 2 行：身份证号不对" in said
    await page.focus("input[name=papers]")
    await page.keyboard.press("Space")
    await page.focus("button[value=take]")
    async with page.expect_navigation():
        await page.keyboard.press("Enter")
    said = await _said(page)
    assert "这次收了 2 件" in said
    assert "还有 1 人没收" in said
    assert await page.input_value("input[name=name-2]") == "李四"
    numbers = re.findall(r"610328-\d{8}-A\d+", said)
    assert len(set(numbers)) == 2
    await click(page, "text=打印全部凭证")
    assert await page.locator("article.slip").count() == 2
    printed = await page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 2, "a sheet of A4 each"


async def test_the_pages_are_readable_on_a_phone(visit: Visit, county: PageNode) -> None:
    await county.works.run(SYSTEM, catalogue.publish, (SEASON,))
    page = await visit("clerk", script=True, width=390)
    await _begin(page)
    assert not await page.evaluate(READABLE)
    await page.fill("input[name=name-new1]", "张三")
    await page.fill("input[name=id_number-new1]", id_number(1))
    await click(page, "button[value=more]")
    assert "请填电话，或在下面填户主电话" in await _said(page)
    assert not await page.evaluate(READABLE)
    await page.fill("#phone", "13812341234")
    await page.check("input[name=papers]")
    await click(page, "button[value=more]")
    await click(page, "button[value=take]")
    assert "这次收了 1 件" in await _said(page)
    assert not await page.evaluate(READABLE)


async def test_a_relative_brings_what_was_taken_on_paper_three_days_ago(
    visit: Visit, county: PageNode
) -> None:
    page = await visit("clerk")
    await _taken_for_somebody(page)
    taken = county.works.clock.now().astimezone(CHINA) - timedelta(days=3)
    await click(page, "text=先在纸上收的，补录")
    await page.fill("#number", "QY-000123")
    await page.fill("#day", f"{taken:%Y-%m-%d}")
    await page.fill("#time", f"{taken:%H:%M}")
    await page.select_option("#why", "visit")
    await click(page, "main form.first .actions button")
    said = await _said(page)
    assert "纸单 QY-000123" in said
    assert "张小三（亲属代办）" in said
    await click(page, "form[action$=check] button")
    assert "补录" in await _said(page)
    await page.goto("/agency")
    said = await _said(page)
    assert "亲属代办" in said
    assert "3 天" in said
    assert "张小三" not in said


async def _taken_for_somebody(page: Page) -> None:
    """Take an application down whose applicant is not there, as far as the last look."""
    await page.goto("/intake")
    await click(page, "tbody form button")
    await page.fill("#name", "张三")
    await page.fill("#id_number", "610328190001010013")
    await page.fill("#phone", "13812341234")
    await click(page, "button[value=agency]")
    await page.check("input[value=relative]")
    await page.fill("#agent_name", "张小三")
    await page.fill("#agent_id", "11010519491231002X")
    await page.fill("#agent_phone", "13900001111")
    await click(page, "main form.first .actions button")
    assert "没有委托书" in await _said(page)
    await page.set_input_files("#authority", AUTHORITY)
    await click(page, "main form.first .actions button")
    for box in await page.locator("input[name^=originals-]").all():
        await box.fill("1")
    await click(page, "form[action$=materials] .actions button")
    await click(page, "button[value=next]")
