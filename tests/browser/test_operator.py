"""An operator enrols a village from the village's own first-run page, and its agent signs in.

Real nodes in this process, and the new machine as a process of its own; nothing is typed anywhere
but in the browser.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, BrowserContext, Page

from federation.joincode import parse_invitation
from node.settings import load_settings
from node.web.security import COOKIE
from schemas.ids import NodeId
from tests.browser.conftest import READABLE
from tests.support.machines import machine
from tests.support.nodes import COUNTY, THREE_TIERS, TOWN, VILLAGE, Net, copied, make_network
from tests.support.operators import OPERATOR
from tests.support.touring import SIZES, WAIT_MS, click
from tests.support.visitors import begin_session

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(300),
    pytest.mark.asyncio(loop_scope="session"),
]
AXE = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}}
JOIN_MS = 90_000  # a used code is asked for until nobody can be waited for any longer
OWN_PASSWORD = "four grey geese"  # noqa: S105  # of an account that lives for one test


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def net(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Net]:
    root = tmp_path_factory.mktemp("operator")
    await make_network(root / "template", THREE_TIERS)
    async with copied(root / "template", root / "net", COUNTY, TOWN, VILLAGE) as running:
        yield running


async def window(browser: Browser, url: str, width: int, *, script: bool) -> BrowserContext:
    context = await browser.new_context(
        viewport={"width": width, "height": SIZES[width]},
        java_script_enabled=script,
        locale="zh-CN",
        base_url=url,
        bypass_csp=script,
    )
    context.set_default_timeout(WAIT_MS)
    return context


async def operator_at(
    browser: Browser, net: Net, node: NodeId, width: int, *, script: bool = False
) -> Page:
    station = net[node]
    context = await window(browser, station.url, width, script=script)
    begun = await begin_session(station.node, OPERATOR)
    await context.add_cookies([{"name": COOKIE, "value": begun.token, "url": station.url}])
    return await context.new_page()


async def go_on(page: Page) -> None:
    await click(page, "main .card.first .actions .button")


async def fill(page: Page, **typed: str) -> None:
    for name, text in typed.items():
        await page.fill(f"#{name}", text)


async def invite(operator: Page, node: str, name: str) -> dict[str, str]:
    """Make an invitation and read the three lines of its slip, as somebody copies them out."""
    await operator.goto("/nodes")
    await fill(operator, node=node, zh=name)
    await click(operator, "main form .actions .button")
    lines = await operator.locator("article.slip dd.num").all_inner_texts()
    return dict(zip(("address", "node", "code"), lines, strict=True))


@pytest.mark.parametrize(
    ("width", "script", "place"), [(1366, True, "610328100202"), (390, False, "610328100203")]
)
async def test_a_village_is_enrolled_from_its_own_page_and_its_agent_signs_in(
    browser: Browser, net: Net, tmp_path: Path, width: int, place: str, *, script: bool
) -> None:
    operator = await operator_at(browser, net, TOWN, width)
    slip = await invite(operator, place, "新村")
    async with machine(tmp_path / "new") as new:
        context = await window(browser, await new.address("not set up yet"), width, script=script)
        page = await context.new_page()
        await page.goto("/")
        await click(page, "main a.button >> nth=0")
        await fill(page, **{**slip, "code": "AAAA-BBBB-CCCC-DDDD"})  # misread
        await go_on(page)
        await page.wait_for_selector(".told.stop", timeout=JOIN_MS)
        assert await page.input_value("#address") == slip["address"]
        await page.fill("#code", slip["code"].lower())
        await go_on(page)
        await page.wait_for_selector("h1:has-text('可以启动了')", timeout=JOIN_MS)
        assert load_settings(net.home(COUNTY)).root in await page.inner_text("main")
        await go_on(page)
        await page.wait_for_url("**/sign-in", timeout=JOIN_MS)
        await page.wait_for_selector("#login", timeout=JOIN_MS)
        assert "本站还没有人能登录" in await page.inner_text("main")

        password = await open_account(operator, place)
        await new.hear("就绪")
        await sign_in(page, password)
        assert "温代办" in await page.inner_text("header")
        await operator.goto(f"/nodes/{place}")
        assert "在网" in await operator.inner_text("main")
        await context.close()
    await operator.context.close()


async def open_account(operator: Page, place: str) -> str:
    """Open the village's account at the town; give its first password."""
    await operator.goto(f"/roster/new?node={place}")
    await fill(operator, name="温代办", login="wen")
    if await operator.locator("input[name=roles][value=agent]").is_visible():
        await operator.check("input[name=roles][value=agent]")
    await click(operator, "main form .actions .button")
    return await operator.inner_text("dd.big")


async def sign_in(page: Page, password: str) -> None:
    """Sign in as soon as the account has arrived, and take a password of one's own."""
    for _ in range(60):
        await page.goto("/sign-in")
        await fill(page, login="wen", password=password)
        await click(page, "main form .button")
        if not page.url.endswith("/sign-in"):
            break
        await page.wait_for_timeout(1_000)
    if await page.locator("#again").count():
        await fill(page, current=password, new=OWN_PASSWORD, again=OWN_PASSWORD)
        await click(page, "main form .button")


class Look:
    """Looks at the steps of a first run with the eyes of axe, and keeps what is wrong."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.faults: dict[str, object] = {}

    async def at(self, step: str) -> None:
        found = (await Axe().run(self.page, options=AXE)).response["violations"]
        unreadable = await self.page.evaluate(READABLE)
        if found or unreadable:
            self.faults[step] = ([one["id"] for one in found], unreadable)


@asynccontextmanager
async def looking(browser: Browser, home: Path, width: int) -> AsyncIterator[Look]:
    async with machine(home) as new:
        context = await window(browser, await new.address("not set up yet"), width, script=True)
        yield Look(await context.new_page())
        await context.close()


@pytest.mark.parametrize("width", [1366, 390])
async def test_an_invitation_is_asked_for_so_that_everybody_can_read_it(
    browser: Browser, tmp_path: Path, width: int
) -> None:
    async with looking(browser, tmp_path / "new", width) as look:
        page = look.page
        await page.goto("/")
        await look.at("choose")
        await page.goto("/first-run/invitation")
        await look.at("invitation")
        await fill(page, address="nowhere", node="12", code="short")
        await go_on(page)
        assert await page.locator(".why").count() == 3
        await look.at("mistyped")
    assert not look.faults


@pytest.mark.parametrize("width", [1366, 390])
async def test_the_first_node_is_made_in_steps_that_everybody_can_read(
    browser: Browser, tmp_path: Path, width: int
) -> None:
    async with looking(browser, tmp_path / "new", width) as look:
        page = look.page
        await page.goto("/first-run/root")
        await look.at("root")
        await fill(page, node="6103", zh="宝鸡市")
        await go_on(page)
        await look.at("keep")
        await click(page, "form[action='/first-run/again'] button")  # the wrong city
        await page.goto("/first-run/root")
        await fill(page, node="6104", zh="别处")
        await go_on(page)
        await page.check("#kept")
        await go_on(page)
        await page.wait_for_selector("#login", timeout=JOIN_MS)
        await look.at("person")
        await fill(page, name="关管理", login="guan", password=OWN_PASSWORD, again=OWN_PASSWORD)
        await go_on(page)
        await look.at("ready")
    assert load_settings(tmp_path / "new").node == "6104"
    assert not look.faults


async def test_the_slip_can_be_pasted_whole(browser: Browser, net: Net, tmp_path: Path) -> None:
    operator = await operator_at(browser, net, COUNTY, 1366, script=True)
    await invite(operator, "610328105", "新镇")
    look = Look(operator)
    await look.at("slip")
    assert not look.faults
    line = (await operator.locator("article.slip p.num").inner_text()).strip()
    assert parse_invitation(line).child == "610328105"
    async with machine(tmp_path / "new") as new:
        context = await window(browser, await new.address("not set up yet"), 390, script=False)
        page = await context.new_page()
        await page.goto("/first-run/invitation")
        await click(page, "details.bare summary")
        await page.fill("#line", line)
        await click(page, "details.bare .button")
        await page.wait_for_selector("h1:has-text('谁来管理这个节点')", timeout=JOIN_MS)
        await context.close()
    await operator.context.close()
