"""Takes a browser round the tour: one window for each person, each page at its address."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

from playwright.async_api import Browser, BrowserContext, Locator, Page, async_playwright

from node.web.security import COOKIE
from schemas.ids import NodeId
from tests.support.browser import find_browser
from tests.support.qianyang import Qianyang
from tests.support.tour import NOBODY, Stop
from tests.support.visitors import begin_session

FLAGS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
WAIT_MS: Final = 30_000  # a busy machine draws slowly
SIZES: Final = {1366: 768, 390: 844}
"""The window of a county's old PC, and of a phone: width and height in CSS pixels."""


@dataclass
class Touring:
    """A browser at one width and in one language, going from stop to stop."""

    browser: Browser
    county: Qianyang
    width: int
    language: str = "zh-CN"
    script: bool = False
    _windows: dict[tuple[NodeId, str], Page] = field(default_factory=dict)
    _stack: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def see(self, stop: Stop) -> Page:
        """Open the page of a stop."""
        page = await self.as_(stop.node, stop.login)
        await page.goto(stop.path.format_map(self.county.facts))
        return page

    async def as_(self, node: NodeId, login: str) -> Page:
        """Give somebody's window at a node."""
        if (node, login) not in self._windows:
            context = await self._context(node)
            if login != NOBODY:
                begun = await begin_session(self.county.at(node), login)
                url = self.county.net[node].url
                await context.add_cookies([{"name": COOKIE, "value": begun.token, "url": url}])
            self._windows[node, login] = await context.new_page()
        return self._windows[node, login]

    async def _context(self, node: NodeId) -> BrowserContext:
        context = await self.browser.new_context(
            viewport={"width": self.width, "height": SIZES[self.width]},
            java_script_enabled=self.script,
            locale=self.language,
            base_url=self.county.net[node].url,
            bypass_csp=self.script,  # what inspects a page is a script from outside
        )
        context.set_default_timeout(WAIT_MS)
        self._stack.push_async_callback(context.close)
        return context


@asynccontextmanager
async def touring(
    browser: Browser, county: Qianyang, width: int, *, language: str = "zh-CN", script: bool = False
) -> AsyncIterator[Touring]:
    """Go round until the block ends; every window is closed then."""
    tour = Touring(browser, county, width, language, script)
    async with tour._stack:  # noqa: SLF001  # ours: the class is not entered by itself
        yield tour


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """Run the browser until the block ends."""
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=find_browser(), args=list(FLAGS))
        yield started
        await started.close()


async def click(page: Page, target: str | Locator) -> None:
    """Click and wait until the page that it leads to, if any, is there whole.

    A click by itself waits only until that page begins to arrive.
    """
    if isinstance(target, str):
        await page.click(target)
    else:
        await target.click()
    await page.wait_for_load_state()


async def go(page: Page, target: str) -> None:
    """Click what leads to another page, and wait until that is there.

    A form may go only once what was typed has been kept: then the click itself waits for nothing.
    """
    async with page.expect_navigation():
        await page.click(target)
