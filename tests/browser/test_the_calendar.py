from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio

from node.clock import Clock
from node.staff import actions as staff
from node.work import SYSTEM
from schemas.staff import NewAccount, Role
from tests.browser.conftest import Visit
from tests.support.calendar import IN_2027
from tests.support.pagenode import PageNode, page_node
from tests.support.touring import click
from tests.support.webnode import HASHED

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


@pytest_asyncio.fixture(loop_scope="session")
async def county(tmp_path: Path) -> AsyncIterator[PageNode]:
    """Live in November 2026, when nothing is known of 2027."""
    then = datetime(2026, 11, 20, 2, tzinfo=UTC)
    async with page_node(tmp_path, Clock(then - Clock().now())) as served:
        yield served


@pytest_asyncio.fixture(loop_scope="session")
async def publisher(county: PageNode) -> str:
    """Open an account for whoever publishes."""
    login = "calendar-desk"
    new = NewAccount(
        login=login, name="发布", roles=(Role.PUBLISHER,), department=None, password=""
    )
    await county.works.run(SYSTEM, staff.add, new, HASHED)
    return login


async def test_the_publisher_publishes_a_year_and_takes_it_back(
    visit: Visit, publisher: str
) -> None:
    page = await visit(publisher)
    await click(page, "nav >> text=日历")
    await click(page, "text=2027 年 →")
    assert "推算，尚未公布" in await page.inner_text("main")
    assert await page.locator(".month").count() == 12
    await click(page, "summary:has-text('发布全年放假安排')")
    await page.fill("#council-rest", "2027-01-01 2027-02-05..2027-02-11")
    await click(page, "details[open] button")
    assert "缺少法定节假日 2027-10-01" in await page.inner_text("main .told.stop")
    assert await page.input_value("#council-rest") == "2027-01-01 2027-02-05..2027-02-11"
    await page.fill("#council-document", IN_2027.document)
    await page.fill("#council-rest", "\n".join(IN_2027.rest))
    await page.fill("#council-work", "、".join(IN_2027.work))
    await click(page, "details[open] button")
    said = await page.inner_text("main")
    assert "2027 年的日历已发布" in said
    assert "尚未" not in said
    assert "2月5日（星期五）至2月11日（星期四），共 7 天" in said
    made_up = page.locator(".month td.made")
    assert await made_up.all_inner_texts() == ["2\n班", "20\n班", "8\n班", "26\n班", "9\n班"]
    await click(page, "td details summary")
    await click(page, "td details button")
    assert "推算，尚未公布" in await page.inner_text("main")


async def test_who_does_not_publish_sees_the_year_and_no_form(
    visit: Visit, county: PageNode
) -> None:
    page = await visit("clerk")
    answer = await page.goto("/calendar/2026")
    assert answer is not None
    assert answer.status == 200
    assert await page.locator("main form").count() == 0
    for path in ("/calendar/1995", "/calendar/2100"):
        answer = await page.goto(path)
        assert answer is not None
        assert answer.status == 404
    kept = await county.works.read(
        lambda tx: tx.execute("SELECT count(*) FROM calendar_tables").fetchone()
    )
    assert kept == (0,)
