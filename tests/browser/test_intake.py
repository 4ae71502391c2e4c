"""An intake whose papers depend on the situation, and one paper that need not come again."""

import pytest
from playwright.async_api import FilePayload, Page

from node.catalogue import actions as catalogue
from node.work import SYSTEM
from tests.browser.conftest import READABLE, Visit, fill_applicant
from tests.support.pagenode import PageNode
from tests.support.shared_papers import BATHS, HOTELS, SCAN
from tests.support.touring import click

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
SCANNED = FilePayload(name="身份证.pdf", mimeType="application/pdf", buffer=SCAN)


async def _said(page: Page) -> str:
    return await page.locator("main").inner_text()


async def _begin(page: Page, item: str) -> None:
    await page.goto("/intake")
    await click(page, f"form:has(input[value='{item}']) button")


async def _take_hotel(page: Page) -> None:
    """Take in a case whose identity card was compared with the original, and scanned."""
    await _begin(page, HOTELS.code)
    await fill_applicant(page)
    for code in ("form", "id", "premises"):
        await page.fill(f"input[name=copies-{code}]", "1")
    await page.check("input[name=seen-id]")
    await click(page, "form[action$=materials] .actions button")
    await page.set_input_files("input[name=scan-id]", SCANNED)
    await click(page, "button[value=next]")
    said = await _said(page)
    assert "B 级：窗口核对过原件" in said
    assert "C 级：未核对原件" in said
    assert "D 级：申请人自制" in said
    await click(page, "section.first button")
    assert "/receipt" in page.url


async def _choose_situation(page: Page) -> None:
    """Send the question unanswered once, then answer it."""
    assert "/situation" in page.url
    await page.locator("form.first").evaluate("form => form.setAttribute('novalidate', '')")
    await click(page, "main .actions button")
    assert "这个问题还没有选" in await _said(page)
    await page.check("input[value=person]")
    await click(page, "main .actions button")


async def _take_card_over(page: Page) -> None:
    """Use the card that was verified before: with consent alone."""
    await page.check("input[name=offer]")
    await page.fill("#why", "办理浴室许可")
    await click(page, "form[action$=shared] button")
    assert "要先征得申请人同意" in await _said(page)
    assert await page.input_value("#why") == "办理浴室许可"
    await page.check("#consent")
    await click(page, "form[action$=shared] button")
    assert "共用" in await page.locator("tr:has(input[name=originals-id])").inner_text()
    assert await page.locator("input[name=offer]").count() == 0


async def test_only_the_papers_of_the_situation_are_asked_and_a_verified_one_is_not(
    visit: Visit, county: PageNode
) -> None:
    await county.works.run(SYSTEM, catalogue.publish, (BATHS, HOTELS))
    page = await visit("clerk")
    await _take_hotel(page)
    await _begin(page, BATHS.code)
    await _choose_situation(page)
    await fill_applicant(page)
    said = await _said(page)
    assert "营业执照" not in said
    assert "可后补" in said
    assert "办理《住宿场所卫生许可》时已核验" in said
    await _take_card_over(page)
    await click(page, "form[action$=materials] .actions button")
    assert await page.locator(".told.stop li").count() == 2, "the card is there, two are not"
    for code in ("form", "premises"):
        await page.fill(f"input[name=originals-{code}]", "1")
    await click(page, "form[action$=materials] .actions button")
    await click(page, "button[value=next]")
    said = await _said(page)
    assert "个人, 还没有营业执照" in said
    assert "可后补、还没交的：水质检测报告" in said
    assert "办理《住宿场所卫生许可》时已核验" in said
    assert not await page.evaluate(READABLE)
    await click(page, "section.first button")
    assert "/receipt" in page.url
    rows = await county.works.read(
        lambda tx: tx.execute("SELECT DISTINCT why FROM person_views").fetchall()
    )
    assert {("办理浴室许可",), ("@offer",)} <= set(rows)
