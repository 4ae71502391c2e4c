import pytest

from tests.browser.conftest import READABLE, Visit, take_in
from tests.support.touring import click

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


@pytest.mark.parametrize(("script", "width"), [(True, 1366), (False, 390)])
async def test_a_clerk_issues_a_notice_and_sees_it_before_printing(
    visit: Visit, width: int, *, script: bool
) -> None:
    page = await visit("clerk", script=script, width=width)
    number = await take_in(page)
    await page.goto(f"/cases/{number}")
    await click(page, "#notices summary")
    async with page.expect_navigation():  # the page watches its case, and must not run away
        await click(page, "#notices button >> nth=0")
    assert f"/cases/{number}/notices/" in page.url
    shown = await page.locator(".head .num").inner_text()
    paper = page.frame_locator("iframe")
    assert await paper.locator("h1").inner_text() == "申请材料接收凭证"
    assert await paper.locator(".number").inner_text() == shown
    assert await paper.locator(".qr svg").count() == 1
    assert not await page.evaluate(READABLE)
    own = await page.locator("iframe").get_attribute("src")
    await page.goto(f"/cases/{number}")
    assert shown in await page.locator("#notices").inner_text()
    await page.goto(f"/v/{str(own).split('/')[-2]}")
    assert "核验" in await page.locator("h1").inner_text()
    assert not await page.evaluate(READABLE)
