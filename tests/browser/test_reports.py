"""A quarter's way in a browser without script: looked at, issued, objected to, decided."""

import pytest
import pytest_asyncio

from node.staff import actions as staff
from node.work import SYSTEM
from schemas.staff import NewAccount, Role
from tests.browser.conftest import READABLE, Visit
from tests.support.catalogue import WJJ
from tests.support.laws import ZRZY
from tests.support.pagenode import PageNode
from tests.support.reports import GOOD, POOR, at, counted, furnish
from tests.support.touring import click
from tests.support.webnode import HASHED

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


@pytest_asyncio.fixture(loop_scope="session")
async def counts(county: PageNode) -> PageNode:
    works = county.works
    works.clock.offset = at("2026-11-26") - works.clock.wall()
    await furnish(works)
    new = NewAccount(
        login="zr", name="zr 同志", roles=(Role.REPRESENTATIVE,), department=ZRZY, password=""
    )
    await works.run(SYSTEM, staff.add, new, HASHED)
    await counted(works, "2026-08-12", GOOD, WJJ, window="A01")
    await counted(works, "2026-08-12", POOR, ZRZY, window="A02")
    return county


async def test_a_quarter_is_issued_objected_to_and_corrected(
    counts: PageNode, visit: Visit
) -> None:
    del counts
    chen = await visit("supervisor")
    await chen.goto("/reports?kind=quarter")
    await click(chen, "text=2026年第3季度")
    assert await chen.locator("svg.ranked .pole").count() == 2
    await chen.fill("#text", "千阳县评比结果\n\n一、结果见附表。")
    await click(chen, "#issue button")
    assert "报告已出具" in await chen.inner_text("main")
    assert "异议期至 2026-12-03" in await chen.inner_text("main")

    zr = await visit("zr", width=390)
    assert "可提异议的评比" in await zr.inner_text("main")
    await zr.goto("/reports/quarter/2026-Q3")
    assert await zr.evaluate(READABLE) == []
    await zr.select_option("#measure", "late")
    await zr.select_option("#ground", "system")
    await zr.fill("#text", "那天全县断网")
    await zr.fill("#claimed", "0")
    await click(zr, "#object button")
    assert "异议已提交" in await zr.inner_text("main")

    await chen.reload()
    await chen.fill("#reason-1", "属实")
    await click(chen, "text=采纳 >> nth=0")
    said = await chen.inner_text("#corrections")
    assert "自然资源局 · 超期办结" in said.replace("\n", " ")
    assert "属实" in said
