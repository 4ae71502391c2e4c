"""The board and the wall in a real browser: readable at both widths, and fresh by themselves."""

import pytest
from playwright.async_api import expect

from tests.browser.conftest import MOST_ON_THE_WIRE, READABLE, Visit, take_in
from tests.support.overseeing import overseen
from tests.support.pagenode import PageNode
from tests.support.touring import click

pytestmark = pytest.mark.asyncio(loop_scope="session")
WIDTHS = (1366, 390)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("path", ["/supervision", "/supervision/wall", "/supervision/cases?by=all"])
async def test_a_board_is_readable_and_light_at_both_widths(
    visit: Visit, county: PageNode, path: str, width: int
) -> None:
    await take_in(await visit("clerk"))
    await overseen(county.works)
    page = await visit("supervisor", width=width)
    answer = await page.goto(path)
    assert answer is not None
    assert answer.status == 200
    assert len(await answer.body()) < MOST_ON_THE_WIRE
    assert await page.evaluate(READABLE) == []
    wide = await page.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert not wide


async def test_a_click_on_a_tile_leads_to_the_cases_under_that_light(
    visit: Visit, county: PageNode
) -> None:
    number = await take_in(await visit("clerk"))
    await overseen(county.works)
    page = await visit("supervisor")
    await click(page, ".tile.green")
    await expect(page.locator("h1")).to_contain_text("绿灯")
    await expect(page.locator("main")).to_contain_text(number)
    await click(page, f"a[href='/cases/{number}']")
    await expect(page.locator("main")).to_contain_text(number)


async def test_a_click_in_the_network_leads_to_the_place(visit: Visit) -> None:
    page = await visit("supervisor")
    await click(page, "svg.net a:has-text('千阳')")
    await expect(page.locator("h1")).to_contain_text("千阳县")


async def test_an_open_board_and_wall_change_when_a_case_is_taken(
    visit: Visit, county: PageNode
) -> None:
    board = await visit("supervisor", script=True)
    wall = await visit("supervisor", script=True)
    await wall.goto("/supervision/wall")
    for page in (board, wall):
        await expect(page.locator(".tile b").first).to_have_text("0")
    await take_in(await visit("clerk"))
    await overseen(county.works)
    county.live.publish(["case/610328/anything"])  # as the node does once followers have looked
    for page in (board, wall):
        await expect(page.locator(".tile b").first).to_have_text("1", timeout=20_000)
