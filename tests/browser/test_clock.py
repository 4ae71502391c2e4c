from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio

from node.calendar import actions as calendar
from node.clock import Clock
from node.runtime.recounting import Recounter
from node.work import SYSTEM
from tests.browser.conftest import Visit, go_forward, take_in
from tests.support.calendar import IN_2027
from tests.support.pagenode import PageNode, page_node

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


def _clock_at(instant: datetime) -> Clock:
    clock = Clock()
    clock.offset = instant - clock.wall()
    return clock


@pytest_asyncio.fixture(loop_scope="session")
async def county(tmp_path: Path) -> AsyncIterator[PageNode]:
    """Some weeks before a year that is not announced."""
    async with page_node(tmp_path, _clock_at(datetime(2026, 12, 10, 2, tzinfo=UTC))) as served:
        yield served


@pytest.mark.parametrize("width", [1366, 390])
async def test_a_case_says_by_when_and_why_without_script(
    visit: Visit, county: PageNode, width: int
) -> None:
    page = await visit("clerk", width=width)
    number = await take_in(page)
    await page.goto(f"/cases/{number}")
    card = page.locator("#clocks")
    assert await card.locator(".later dd").all_inner_texts() == ["受理后起算"] * 2
    await go_forward(page, number)
    await page.goto(f"/cases/{number}")
    promised, statutory = card.locator(".limit").nth(0), card.locator(".limit").nth(1)
    assert await promised.locator(".when").inner_text() == "2026年12月17日 星期四"
    assert await promised.locator(".light").all_inner_texts() == ["还剩 5 个工作日"]
    assert await statutory.locator(".light").all_inner_texts() == ["还剩 20 个工作日", "暂定"]
    why = statutory.locator("li", has_text="到期日为2027年1月8日")
    assert not await why.is_visible()
    await statutory.locator("summary").click()
    assert await why.is_visible()
    assert not await page.evaluate("document.documentElement.scrollWidth > innerWidth")
    await county.works.run(SYSTEM, calendar.publish, IN_2027)
    await Recounter(county.works).catch_up()
    await page.goto(f"/cases/{number}")
    assert await statutory.locator(".when").inner_text() == "2027年1月7日 星期四"
    assert await statutory.locator("p", has_text="原为2027年1月8日 星期五").is_visible()
    assert await statutory.locator(".light", has_text="暂定").count() == 0


async def test_the_receipt_promises_no_day_before_acceptance_and_prints_it_after(
    visit: Visit,
) -> None:
    page = await visit("clerk")
    number = await take_in(page)
    promise = page.locator("dt", has_text="承诺办结日期")
    assert await promise.count() == 0
    await go_forward(page, number)
    await page.goto(f"/cases/{number}/receipt")
    assert await promise.count() == 1
    await page.emulate_media(media="print")
    assert await page.get_by_text("2026年12月17日 星期四").is_visible()
