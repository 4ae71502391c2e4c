"""A village agent takes a person in without touching the mouse, while the line is down."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page

from cli.demo import sample
from schemas.staff import Role
from tests.support.nodes import COUNTY, FOUR_TIERS, TOWN, VILLAGE, Net, copied, make_network
from tests.support.one_intake import LIU, NI, choose, fill_in, finish, sign_in, take_in
from tests.support.typist import Typist

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
MOST_KEYS = 60  # beyond the person's own data: what the workbench promises


@dataclass
class Station:
    """The village's screen, and the network it belongs to."""

    net: Net
    page: Page

    @property
    def typist(self) -> Typist:
        return Typist(self.page)

    async def said(self) -> str:
        return await self.page.locator("main").inner_text()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("keyboard")
    await make_network(root, FOUR_TIERS)
    return root


@pytest_asyncio.fixture(loop_scope="session")
async def station(template: Path, tmp_path: Path, browser: Browser) -> AsyncIterator[Station]:
    """The village runs alone: nobody above answers."""
    agent = next(one for one in sample.people_of(VILLAGE) if Role.AGENT in one.roles)
    async with copied(template, tmp_path / "net", VILLAGE) as net:
        context = await browser.new_context(base_url=net[VILLAGE].url, locale="zh-CN")
        page = await context.new_page()
        await sign_in(page, agent.login, sample.PASSWORD)
        yield Station(net, page)
        await context.close()


async def test_one_person_is_taken_in_by_keyboard_alone(station: Station) -> None:
    typist = station.typist
    await take_in(typist, LIU)
    said = await station.said()
    assert "城乡居民医保参保登记" in said
    assert LIU.name in said
    assert "尚未发送到城关镇（待发送）" in said
    assert len(typist.keys) <= MOST_KEYS


async def test_the_next_person_with_the_same_item_is_one_key_away(station: Station) -> None:
    typist = station.typist
    await take_in(typist, LIU)
    await typist.onward("Alt+n", "/applicant")
    await fill_in(typist, NI)
    await finish(typist)
    assert NI.name in await station.said()


async def test_a_digit_chooses_what_is_taken_most(station: Station) -> None:
    typist = station.typist
    await take_in(typist, LIU)
    await station.page.goto("/intake")
    await typist.onward("1", "/applicant")
    assert "城乡居民医保参保登记" in await station.said()


async def test_who_came_before_needs_no_typing_but_his_number(station: Station) -> None:
    typist = station.typist
    await take_in(typist, LIU)
    await typist.onward("Alt+n", "/applicant")
    await typist.give(LIU.number)
    await station.page.wait_for_selector("#known")
    await typist.press("Enter")
    assert await typist.where() == "known"
    await typist.onward("Enter", "/applicant")
    assert await station.page.input_value("#name") == LIU.name
    assert await typist.where() == "下一步"
    await typist.onward("Enter", "/materials")


async def test_a_slip_of_the_finger_is_told_at_once_and_the_rest_stays(station: Station) -> None:
    typist = station.typist
    await choose(typist)
    await typist.give(f"{LIU.number[:-1]}4")
    await station.page.wait_for_selector("#number .why")
    assert "有一位输错了" in await station.said()
    await typist.press("Backspace")
    await typist.give("3")
    await station.page.wait_for_selector("#number .says")


async def test_the_mark_of_what_is_unsent_goes_once_the_town_has_it(station: Station) -> None:
    await take_in(station.typist, LIU)
    await station.page.wait_for_selector("[data-unsent].unsent")
    await station.net.start(COUNTY, TOWN)
    await station.page.wait_for_selector("[data-unsent].sent", timeout=60_000)
    assert "已发送，城关镇已收到" in await station.said()
    await station.page.reload()
    assert "尚未发送" not in await station.said()
