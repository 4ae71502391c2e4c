"""Five people bring a change of an item into force, each with nothing but a browser."""

import re

import pytest
from playwright.async_api import Page

from node.catalogue import actions as catalogue
from tests.browser.conftest import MOST_ON_THE_WIRE, READABLE, Visit
from tests.support.catalogue import LICENCE
from tests.support.pagenode import COUNTY, PageNode
from tests.support.touring import click

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

NEEDS_NO_NOTICE = "0"
STEPS = 6  # 起草, 编办, 法制, 政府, 公示, 发布
KEEP = "button[value=stay]:not(.unseen)"


async def _said(page: Page) -> str:
    return await page.locator("main").inner_text()


async def _is_readable(page: Page) -> None:
    assert await page.evaluate(READABLE) == [], page.url
    assert len((await page.content()).encode()) < MOST_ON_THE_WIRE, page.url


async def _begin(editor: Page, title: str) -> None:
    """Begin a revision and put the county's item into it."""
    await editor.goto("/revisions/new")
    await _is_readable(editor)
    await editor.fill("#title", title)
    await click(editor, "main .actions button")
    await _is_readable(editor)
    await editor.check(f"input[name=items][value={LICENCE.code}]")
    await click(editor, "main form .actions button")
    await _is_readable(editor)


async def _add_a_paper(editor: Page) -> None:
    """Add a paper to the item; be told of two faults and mend them."""
    await click(editor, "nav.tasks >> text=申请材料")
    await click(editor, "text=添加申请材料")
    assert editor.url.endswith("#materials[2]")
    copies = '[id="materials[2].copies"]'
    await editor.fill(copies, "两份")
    await editor.press(copies, "Enter")
    assert "“两份”不是整数" in await _said(editor)
    assert await editor.input_value(copies) == "两份"
    await _is_readable(editor)
    await editor.fill(copies, "2")
    await click(editor, KEEP)
    assert "处要改正" in await _said(editor), "kept, though the paper has no name yet"
    await _is_readable(editor)
    await editor.fill('[id="materials[2].code"]', "photo")
    await editor.fill('[id="materials[2].name"]', "场所照片")
    await click(editor, "button[value='up:materials:2']")
    await click(editor, "button[value=on]")


async def _draft(editor: Page) -> str:
    """Draft a change and submit it; give the revision's address."""
    await _begin(editor, "公共场所许可调整")
    await _add_a_paper(editor)
    assert await editor.locator("h1").inner_text() == "流程与层级"
    assert await editor.locator("svg.flow:visible").count() == 1
    await _is_readable(editor)
    await click(editor, "a.crumb")
    await _is_readable(editor)
    await click(editor, "a.crumb")
    await click(editor, "button:has-text('报审')")
    assert "已报审" in await _said(editor)
    await _is_readable(editor)
    return editor.url.partition("?")[0]


async def _review(office: Page) -> None:
    assert office.url.endswith("/revisions")
    await _is_readable(office)
    await click(office, "text=去审核")
    assert "场所照片" in await _said(office), "what changes is on the page"
    await office.locator("input[name=phrase]").first.check()
    await click(office, "button:has-text('审核通过')")
    assert "审核意见已记录" in await _said(office)
    await _is_readable(office)


async def _approve(government: Page) -> None:
    await click(government, "text=去审定")
    await government.fill("#document", "千政发〔2026〕8号")
    await government.fill("#notice_workdays", NEEDS_NO_NOTICE)
    await _is_readable(government)
    await click(government, "button:text-is('同意')")
    await click(government, "a:has-text('公示文本')")
    assert LICENCE.name in await _said(government)
    await _is_readable(government)


@pytest.mark.parametrize("width", [1366, 390])
async def test_five_people_bring_a_change_into_force(
    visit: Visit, county: PageNode, width: int
) -> None:
    revision = await _draft(await visit("editor", width=width))
    for login in ("staffing", "legal"):
        await _review(await visit(login, width=width))
    await _approve(await visit("government", width=width))
    publisher = await visit("publisher", width=width)
    await click(publisher, "text=制作发布")
    assert "修改 1 项" in await _said(publisher)
    await _is_readable(publisher)
    await click(publisher, "main .actions button")
    assert publisher.url.endswith(f"/releases/{COUNTY}/2")
    works = county.works
    guide = await works.read(catalogue.guide, COUNTY, LICENCE.code, now=works.now_ms)
    assert [one.name for one in guide.item.materials] == ["申请表", "场所照片", "身份证"]
    await publisher.goto(revision)
    assert "已发布" in await _said(publisher)
    assert await publisher.locator(".path .done").count() == STEPS


@pytest.mark.parametrize("width", [1366, 390])
async def test_every_section_of_the_editor_is_readable_and_small(visit: Visit, width: int) -> None:
    editor = await visit("editor", width=width)
    await _begin(editor, "逐节")
    paths = [await one.get_attribute("href") for one in await editor.locator("nav.tasks a").all()]
    assert len(paths) == 11
    for path in (*paths, "/revisions/import", "/revisions"):
        await editor.goto(path or "")
        await _is_readable(editor)


async def test_the_keyboard_alone_goes_through_a_section(visit: Visit) -> None:
    editor = await visit("editor")
    await editor.goto("/revisions/new")
    await editor.fill("#title", "键盘")
    await editor.press("#title", "Enter")
    await editor.fill("#name", "新事项")
    await editor.fill("#code", "wjj-77")
    await editor.press("#code", "Enter")
    await editor.wait_for_url(re.compile(r"/lines/1$"))
    await editor.goto(f"{editor.url}/basic")
    await editor.focus("#name_en")
    await editor.keyboard.type("New item")
    await editor.keyboard.press("Enter")
    await editor.wait_for_url("**/basic?saved=1")
    assert await editor.input_value("#name_en") == "New item"
    order = await editor.evaluate(
        "[...document.querySelectorAll('main :is(input, select, textarea, button, a)')]"
        ".filter(e => e.tabIndex > 0).length"
    )
    assert order == 0, "the focus follows the page from top to bottom"
