from itertools import pairwise

import pytest
from msgspec.structs import replace
from playwright.async_api import Page

from node.catalogue import actions
from node.catalogue.actions import Step, Terms
from node.work import SYSTEM
from schemas.item_terms import EndReason, Mode
from schemas.items import Faq, Limit, Tier
from tests.browser.conftest import MOST_ON_THE_WIRE, READABLE, Visit
from tests.support.catalogue import LICENCE
from tests.support.pagenode import PageNode
from tests.support.touring import click

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

REVISED = replace(
    LICENCE,
    promised=Limit(amount=6),
    quota="每个场所一证",
    faqs=(Faq(question="要体检吗?", answer="要健康证明。"),),
)
ENDED = replace(LICENCE, code="ended", name="已经取消的许可")
PATHS = (
    "/items", "/items?q=wsz&topic=准营准办", "/items?q=没有", "/items/wjj-01",
    "/items/wjj-01?version=1", "/items/ended", "/items/wjj-01/diff", "/releases",
    "/releases/610328/3",
)  # fmt: skip


async def _publish(county: PageNode) -> None:
    """Give the county a second version of its item, and one that has ended."""
    for steps in (
        [Step(code="wjj-01", item=REVISED), Step(code="ended", item=ENDED)],
        [Step(code="ended", ends=EndReason.ABOLISHED, successors=("wjj-01",))],
    ):
        terms = Terms(title="调整目录", document="千政发〔2026〕31 号")
        await county.works.run(SYSTEM, actions.release, steps, terms)


async def _said(page: Page) -> str:
    return await page.locator("main").inner_text()


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("width", [1366, 390])
async def test_every_page_of_the_catalogue_is_readable_and_small(
    county: PageNode, visit: Visit, width: int, language: str
) -> None:
    await _publish(county)
    page = await visit("clerk", width=width)
    await page.goto(f"/language/{language}")
    faults: dict[str, object] = {}
    for path in PATHS:
        answer = await page.goto(path)
        assert answer is not None
        assert answer.status == 200, path
        await page.evaluate("document.querySelectorAll('details').forEach(e => e.open = true)")
        found = await page.evaluate(READABLE)
        levels = await page.evaluate(
            "[...document.querySelectorAll('h1, h2, h3')].map(e => Number(e.tagName[1]))"
        )
        leaps = [after for before, after in pairwise(levels) if after > before + 1]
        if found or leaps or levels[:1] != [1] or len(await answer.body()) > MOST_ON_THE_WIRE:
            faults[path] = (found, levels)
    assert not faults


async def test_an_item_is_found_read_and_compared_without_script(
    county: PageNode, visit: Visit
) -> None:
    await _publish(county)
    page = await visit("clerk")
    await click(page, "header nav a[href='/items']")
    await page.fill("#q", "理发店")
    async with page.expect_navigation():
        await page.keyboard.press("Enter")
    await click(page, "main tbody a")
    assert "公共场所卫生许可" in await page.locator("h1").inner_text()
    await click(page, "#versions a:has-text('与上一版比较')")
    assert await page.locator(".diff ins").all_inner_texts() == ["6"]
    assert await page.locator(".diff del").all_inner_texts() == ["5"]
    await page.select_option("#from", "2")
    await click(page, "main form button")
    assert "完全一样" in await _said(page)
    await click(page, "a.crumb")
    await click(page, "main .head form button")
    assert page.url.endswith("/applicant"), "the application is taken"


async def test_topics_lead_to_their_items_and_back(county: PageNode, visit: Visit) -> None:
    await _publish(county)
    page = await visit("clerk", width=390)
    await page.goto("/items")
    await click(page, ".topics summary")
    await click(page, ".topics a:has-text('准营准办')")
    assert "公共场所卫生许可" in await _said(page)
    await click(page, "section .chips a")
    assert page.url.endswith("/items")


async def test_the_process_is_drawn_across_on_a_screen_and_down_on_a_phone(
    county: PageNode, visit: Visit
) -> None:
    tiers = (*LICENCE.tiers[1:], Tier(level=LICENCE.tiers[0].level, mode=Mode.AGENCY))
    await _publish(county)
    item = replace(REVISED, tiers=tiers)
    await county.works.run(SYSTEM, actions.release, [Step(code="wjj-01", item=item)], Terms())
    for width, shown, hidden in ((1366, "across", "down"), (390, "down", "across")):
        page = await visit("clerk", width=width)
        await page.goto("/items/wjj-01")
        assert await page.locator(f"svg.{shown}").is_visible()
        assert not await page.locator(f"svg.{hidden}").is_visible()
        outside = await page.evaluate(
            "[...document.querySelectorAll('svg.flow text')].filter(e => {"
            "const t = e.getBoundingClientRect(), s = e.ownerSVGElement.getBoundingClientRect();"
            "return t.width && (t.left < s.left - 1 || t.right > s.right + 1)}).length"
        )
        assert outside == 0
        steps = page.locator("#process ol.unseen li")
        assert await steps.count() == len(item.process) + 2, "told to whoever does not see it"


async def test_the_printed_guide_is_a_document(county: PageNode, visit: Visit) -> None:
    await _publish(county)
    page = await visit("clerk")
    await page.goto("/items/wjj-01")
    await page.emulate_media(media="print")
    await page.set_viewport_size({"width": 643, "height": 970})  # A4 less its margins
    for away in ("header.top", "footer", "#risks", "#versions", ".head form"):
        assert not await page.locator(away).first.is_visible(), away
    for kept in ("#materials", "#process svg.across", "#where", "#basis", "#faqs"):
        assert await page.locator(kept).is_visible(), kept
    head = page.locator("#materials thead")
    assert await head.is_visible(), "tables stay tables on paper"
    colours = await page.evaluate(
        "[...new Set([...document.querySelectorAll('main *')].filter(e => e.checkVisibility() &&"
        " [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()) &&"
        " !e.closest('svg')).map(e => getComputedStyle(e).color))]"
    )
    assert colours == ["rgb(0, 0, 0)"]


@pytest.mark.parametrize("width", [1366, 390])
async def test_in_large_type_the_process_is_told_in_words_as_well(
    county: PageNode, visit: Visit, width: int
) -> None:
    await _publish(county)
    page = await visit("clerk", width=width)
    await page.goto("/items/wjj-01")
    await click(page, "footer a >> nth=1")
    await page.goto("/items/wjj-01")
    assert await page.locator("svg.down").is_visible()
    step = page.locator("#process ol li").nth(1)
    box = await step.bounding_box()
    assert box
    assert box["height"] > 20
    assert await step.inner_text() == "镇初审：镇，2 个工作日"
    assert not await page.evaluate("document.documentElement.scrollWidth > innerWidth")
