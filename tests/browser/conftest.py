import re
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page

from node.web.security import COOKIE
from tests.support.pagenode import PageNode, page_node
from tests.support.qianyang import Qianyang, qianyang
from tests.support.touring import WAIT_MS, chromium, go
from tests.support.visitors import begin_session

READABLE = (Path(__file__).parent / "readable.js").read_text(encoding="utf-8")
"""The script that names what cannot be read or reached on a page."""
MOST_ON_THE_WIRE = 60_000  # bytes of a page, with its style sheet and script where they are counted
Visit = Callable[..., Awaitable[Page]]
"""Opens somebody's first page, or nobody's: `await visit("clerk", script=False, width=390)`."""


@pytest_asyncio.fixture(loop_scope="session")
async def county(tmp_path: Path) -> AsyncIterator[PageNode]:
    async with page_node(tmp_path) as served:
        yield served


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as started:
        yield started


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def sample(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Qianyang]:
    """The sample county's four tiers, with work on every desk: made once, shared by who looks."""
    async with qianyang(tmp_path_factory.mktemp("qianyang")) as county:
        yield county


@pytest_asyncio.fixture(loop_scope="session")
async def visit(county: PageNode, browser: Browser) -> AsyncIterator[Visit]:
    opened: list[BrowserContext] = []

    async def sign_in(login: str, *, script: bool = False, width: int = 1366) -> Page:
        context = await browser.new_context(
            viewport={"width": width, "height": 844},
            java_script_enabled=script,
            locale="zh-CN",
            base_url=county.url,
        )
        opened.append(context)
        context.set_default_timeout(WAIT_MS)
        if login:
            token = (await begin_session(county, login)).token
            await context.add_cookies([{"name": COOKIE, "value": token, "url": county.url}])
        page = await context.new_page()
        await page.goto("/")
        return page

    yield sign_in
    for context in opened:  # an open page would go on asking for a server that is gone
        await context.close()


async def take_in(page: Page) -> str:
    """Take an application in, step by step, and give its number."""
    await page.goto("/intake")
    await go(page, "tbody form button")
    await fill_applicant(page)
    for box in await page.locator("input[name^=originals-]").all():
        await box.fill("1")
    await go(page, "main .actions button")
    await go(page, "button[value=next]")
    await go(page, "section.first button")
    found = re.search(r"/cases/([^/]+)/receipt", page.url)
    assert found, page.url
    return found.group(1)


async def fill_applicant(page: Page, id_number: str = "610328190001010013") -> None:
    """Say who applies, and go on."""
    await page.fill("#name", "张三")
    await page.fill("#id_number", id_number)
    await page.fill("#phone", "13812341234")
    await go(page, "main .actions button")


async def go_forward(page: Page, number: str) -> None:
    """Do what the case's page offers first."""
    await page.goto(f"/cases/{number}")
    await go(page, ".card.first form .actions button")
