"""A case on its way through the four tiers, each step in the browser of whoever takes it."""

import re

import pytest
from playwright.async_api import Browser, Page

from schemas.ids import NodeId
from tests.browser.conftest import fill_applicant
from tests.support.nodes import COUNTY, TOWN, VILLAGE, until
from tests.support.qianyang import Qianyang
from tests.support.touring import Touring, click, touring

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

WAYS = pytest.mark.parametrize(("width", "script"), [(1366, True), (390, False)])
PLANNING = "zrzy-01"
"""乡村建设规划许可: the village takes it, the town checks it, the county decides it."""
PERSON, COMPANY = "610328190001010013", "91610328MA00000018"
"""Well-formed numbers of nobody's."""
OPEN = ".card.first form button:visible"
"""What the page offers to do, but for what is folded away."""
STEPS: tuple[tuple[NodeId, str, str], ...] = (
    (TOWN, "zhao", "初审通过"),
    (COUNTY, "li", "受理"),
    (COUNTY, "li", "分办"),
    (COUNTY, "zhou", "审查通过"),
    (COUNTY, "wu", "准予"),
    (VILLAGE, "wang", "出件"),
    (VILLAGE, "wang", "办结"),
)
"""Who presses what."""


@WAYS
async def test_what_a_villager_hands_in_comes_back_decided(
    browser: Browser, sample: Qianyang, width: int, *, script: bool
) -> None:
    async with touring(browser, sample, width, script=script) as tour:
        number = await _take_in(await tour.as_(VILLAGE, "wang"))
        for node, login, button in STEPS:
            await _press(tour, (node, login), number, button)
        page = await tour.as_(VILLAGE, "wang")
        await page.goto(f"/cases/{number}")
        said = await page.inner_text("main")
    assert "已办结 · 准予" in said
    assert said.count("签名已验证") == len(STEPS) + 1


@WAYS
async def test_a_department_reviews_and_decides_and_is_led_on(
    browser: Browser, sample: Qianyang, width: int, *, script: bool
) -> None:
    """The handler's department: its reviewer finds the case on his list, and its approver after."""
    async with touring(browser, sample, width, script=script) as tour:
        number = await _take_at_county(await tour.as_(COUNTY, "jin"))
        for login, button in (("jin", "受理"), ("jin", "分办"), ("lian", "审查通过")):
            await _press(tour, (COUNTY, login), number, button)
        approver = await _press(tour, (COUNTY, "wangsp"), number, "准予")

        async def is_off_his_desk() -> bool:  # once it is sent, it is no longer named as unsent
            await approver.goto("/")
            return number not in await approver.inner_text("main")

        await until(is_off_his_desk, every=0.3)


async def _take_in(agent: Page) -> str:
    """Take an application in, from the home page to the receipt."""
    await agent.goto("/")
    await click(agent, "main .head a.button")
    return await _fill_in(agent, PLANNING)


async def _take_at_county(clerk: Page) -> str:
    await clerk.goto("/intake")
    return await _fill_in(clerk, "scjg-02", COMPANY)


async def _fill_in(page: Page, item: str, applicant: str = PERSON) -> str:
    await click(page, f"form:has(input[name=item][value='{item}']) button")
    await fill_applicant(page, applicant)
    for box in await page.locator("input[name^=originals-]").all():
        await box.fill("1")
    await click(page, "form[action$=materials] .actions button")
    await click(page, "button[value=next]")
    await click(page, "section.first button")
    found = re.search(r"/cases/([\w-]+)/receipt", page.url)
    assert found, page.url
    assert await page.locator(".qr svg").count() >= 1, "the applicant can follow it"
    return found.group(1)


async def _press(tour: Touring, who: tuple[NodeId, str], number: str, button: str) -> Page:
    """Find the case at home once it has come, and press what its page offers."""
    page = await tour.as_(*who)
    own = page.locator(f"main a[href^='/cases/{number}']").first

    async def has_come() -> bool:
        await page.goto("/")
        return await own.count() > 0

    await until(has_come, every=0.3)
    await click(page, own)
    first = page.locator(OPEN, has_text=button).first

    async def may_act() -> bool:
        await page.goto(f"/cases/{number}")
        return await first.count() > 0

    await until(may_act, every=0.3)
    async with page.expect_navigation():
        await first.click()
    return page
