"""A villager complains without signing in, and finds the answer by what he was given."""

import pytest
from playwright.async_api import Page

from tests.browser.conftest import MOST_ON_THE_WIRE, READABLE, Visit
from tests.support.touring import click

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


@pytest.mark.parametrize(("script", "width"), [(True, 1366), (False, 390)])
async def test_he_complains_is_answered_and_reads_it(
    visit: Visit, width: int, *, script: bool
) -> None:
    page = await visit("", script=script, width=width)
    number, code = await complain(page)
    await answer(await visit("handler", script=script, width=width))
    await click(page, "main p a")
    await page.fill("#number", number)
    await page.fill("#code", "000000" if code != "000000" else "000001")
    await click(page, "main form button")
    assert "没有查到" in await page.locator("main").inner_text()
    assert await page.input_value("#number") == number, "nothing he typed is lost"
    await page.fill("#code", code)
    await click(page, "main form button")
    assert "已经办好, 请来领取" in await page.locator("main").inner_text()
    assert not await page.evaluate(READABLE)


async def complain(page: Page) -> tuple[str, str]:
    """Say what is wrong, and give number and code."""
    await click(page, "text=咨询、投诉、查答复")
    assert not await page.evaluate(READABLE)
    await page.check("input[value=complaint]")
    await page.fill("#text", "办了三个月没有下文")
    await page.select_option("#department", label="卫生健康局")
    await page.fill("#phone", "13812345678")
    await click(page, "main form button")
    assert not await page.evaluate(READABLE)
    number, code = await page.locator(".big").all_inner_texts()
    return number, code


async def answer(desk: Page) -> None:
    """Verify and answer what waits first."""
    await desk.goto("/redress")
    assert not await desk.evaluate(READABLE)
    await click(desk, desk.locator("td.go a").first)
    assert "办了三个月没有下文" in await desk.locator("main").inner_text()
    assert not await desk.evaluate(READABLE)
    await desk.check("#verify-finding input[value=true]")
    await click(desk, "form[action$='/verify'] button")
    await desk.fill("#answer-answer", "已经办好, 请来领取")
    await desk.check("#answer-mended input[value=yes]")
    await click(desk, "form[action$='/answer'] button")
    assert "待回访" in await desk.locator(".head").inner_text()
    assert len(await desk.content()) < MOST_ON_THE_WIRE
