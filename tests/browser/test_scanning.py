"""Scans over a line that breaks, from a camera, and what a window's devices type."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import FilePayload, Page, Request, Route, async_playwright

from tests.browser.conftest import Visit, fill_applicant
from tests.support.browser import find_browser
from tests.support.pagenode import PageNode
from tests.support.touring import FLAGS, click
from tests.support.visitors import begin_session

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
PIECES = "**/api/v1/parts/uploads/*?offset=*"
SCANNED = b"%PDF-1.4\n" + b"%" + b"x" * 300_000 + b"\nstartxref\n0\n%%EOF\n"
CARD = FilePayload(name="身份证.pdf", mimeType="application/pdf", buffer=SCANNED)
NUMBER = "610328190001010013"


async def _begin(page: Page) -> None:
    await page.goto("/intake")
    await click(page, "tbody form button")
    await page.wait_for_url("**/applicant")


async def _to_scans(page: Page) -> None:
    await _begin(page)
    await fill_applicant(page)
    await click(page, "button[name=all]")
    await page.wait_for_url("**/scans")


async def _listed(page: Page) -> str:
    return await page.locator("[data-paper=scan-id] [data-scans]").inner_text()


async def test_a_cut_line_goes_on_by_itself_and_the_next_step_waits_for_it(visit: Visit) -> None:
    page = await visit("clerk", script=True)
    await _to_scans(page)
    asked: list[str] = []

    async def cut_once(route: Route, request: Request) -> None:
        asked.append(request.url.rsplit("=", 1)[1])
        if len(asked) == 2:
            await route.abort("internetdisconnected")
        else:
            await route.continue_()

    await page.route(PIECES, cut_once)
    await page.set_input_files("input[name=scan-id]", CARD)
    await click(page, "button[value=next]")
    assert "传完自动进入下一步" in await page.inner_text("#waiting")
    await page.wait_for_url("**/check")
    assert asked[0] == "0"
    assert asked[1] == asked[2] != "0", "what had come was not sent again"
    assert await page.locator("td[data-label=扫描件]").all_inner_texts() == ["0", "1"]


async def test_after_a_reload_the_same_file_goes_on_where_it_broke(
    visit: Visit, tmp_path: Path
) -> None:
    card = tmp_path / "身份证.pdf"
    card.write_bytes(SCANNED)
    page = await visit("clerk", script=True)
    page.on("dialog", lambda dialog: dialog.accept())
    await _to_scans(page)
    begun: list[str] = []

    async def cut(route: Route, request: Request) -> None:
        begun.append(request.url.rsplit("=", 1)[1])
        if begun[-1] == "0":
            await route.continue_()
        else:
            await route.abort("internetdisconnected")

    await page.route(PIECES, cut)
    await page.set_input_files("input[name=scan-id]", card)
    await page.wait_for_selector("text=线路断了")
    await page.unroute(PIECES)
    await page.reload()
    assert "上次没有传完" in await page.inner_text("#waiting")
    async with page.expect_request(PIECES) as first:
        await page.set_input_files("input[name=scan-id]", card)
    assert not (await first.value).url.endswith("offset=0")
    await page.wait_for_selector("[data-paper=scan-id] .files li")
    assert "身份证.pdf" in await _listed(page)


async def test_what_is_too_large_or_no_scan_is_refused_in_words_before_it_is_sent(
    visit: Visit, tmp_path: Path
) -> None:
    page = await visit("clerk", script=True)
    await _to_scans(page)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method))
    large, letter = tmp_path / "房产.pdf", tmp_path / "说明.docx"
    with large.open("wb") as file:
        file.truncate(40 << 20)
    letter.write_bytes(b"x")
    await page.set_input_files("input[name=scan-id]", [large, letter])
    said = page.locator("[data-paper=scan-id] .why")
    await said.nth(1).wait_for()
    assert [text[:18] for text in await said.all_inner_texts()] == [
        "《房产.pdf》有 40 MB，超过",
        "《说明.docx》不是 JPG、PN",
    ]
    assert "POST" not in sent
    broken = FilePayload(name="断.pdf", mimeType="application/pdf", buffer=SCANNED[:-10])
    await page.set_input_files("input[name=scan-id]", broken)
    await page.wait_for_selector("text=《断.pdf》没有收下")


@pytest_asyncio.fixture(loop_scope="session")
async def with_camera(county: PageNode) -> AsyncIterator[Page]:
    """The clerk's page in a browser that has a camera."""
    devices = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
    token = (await begin_session(county, "clerk")).token
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=find_browser(), args=[*FLAGS, *devices]
        )
        context = await browser.new_context(base_url=county.url, locale="zh-CN")
        await context.add_cookies([{"name": "zw_session", "value": token, "url": county.url}])
        yield await context.new_page()
        await browser.close()


async def test_a_document_camera_takes_a_page_and_takes_it_again(with_camera: Page) -> None:
    page = with_camera
    await _to_scans(page)
    await click(page, "[data-paper=scan-id] [data-camera]")
    await page.wait_for_selector("#camera-device option", state="attached")
    await click(page, "[data-take]")
    assert await page.locator("#camera video").is_hidden()
    await click(page, "[data-retake]")
    assert await page.locator("#camera video").is_visible()
    await click(page, "[data-take]")
    await click(page, "[data-use]")
    await page.wait_for_selector("[data-paper=scan-id] .files li")
    assert ".jpg" in await _listed(page)
    assert await page.locator("#camera").is_hidden()


async def test_where_there_is_no_camera_the_page_says_so_and_files_still_go(visit: Visit) -> None:
    page = await visit("clerk", script=True)
    await _to_scans(page)
    await click(page, "[data-paper=scan-id] [data-camera]")
    said = page.locator("#camera [data-why]")
    await said.wait_for()
    assert "没有找到摄像头" in await said.inner_text() or "没有允许" in await said.inner_text()
    await click(page, "#camera [data-close]")
    await page.set_input_files("input[name=scan-id]", CARD)
    await page.wait_for_selector("[data-paper=scan-id] .files li")


async def test_a_reader_that_types_a_number_and_enter_goes_on_to_the_name(visit: Visit) -> None:
    page = await visit("clerk", script=True)
    await _begin(page)
    await page.wait_for_selector("#id_number:focus")
    await page.keyboard.type(f"{NUMBER}\n")
    await page.wait_for_selector("#number .says")
    assert await page.evaluate("document.activeElement.id") == "name"


async def test_a_card_reader_fills_the_form_by_an_event(visit: Visit) -> None:
    page = await visit("clerk", script=True)
    await _begin(page)
    await page.evaluate(
        """document.dispatchEvent(new CustomEvent("zhengwu:card", {detail:
        {number: "610328190001010013", name: "张三", address: "城关镇一组"}}))"""
    )
    await page.wait_for_selector("#number .says")
    values = [await page.input_value(f"#{name}") for name in ("id_number", "name", "address")]
    assert values == [NUMBER, "张三", "城关镇一组"]
    assert await page.evaluate("document.activeElement.id") == "phone"


async def test_what_is_typed_is_kept_within_seconds_and_found_again(visit: Visit) -> None:
    page = await visit("clerk", script=True)
    await _begin(page)
    await page.fill("#name", "张三")
    await page.wait_for_selector("#kept:not(:empty)")
    assert "已自动保存" in await page.inner_text("#kept")
    await page.goto(page.url)
    assert await page.input_value("#name") == "张三"


async def test_while_the_line_is_down_the_page_says_that_nothing_is_lost(visit: Visit) -> None:
    page = await visit("clerk", script=True)
    await _begin(page)
    await page.context.set_offline(True)
    await page.fill("#name", "张三")
    await page.wait_for_selector("#kept.mind")
    assert "填的还在这一页上" in await page.inner_text("#kept")
    await page.context.set_offline(False)
    await page.wait_for_selector("#kept:has-text('已自动保存')")


async def test_a_second_tab_is_told_that_it_was_overtaken(visit: Visit) -> None:
    page = await visit("clerk", script=True)
    await _begin(page)
    second = await page.context.new_page()
    await second.goto(page.url)
    await page.fill("#name", "张三")
    await page.wait_for_selector("#kept:not(:empty)")
    await second.fill("#name", "李四")
    await second.wait_for_selector("#kept.mind")
    assert "在别的页面改过" in await second.inner_text("#kept")
    await page.reload()
    assert await page.input_value("#name") == "张三"
    assert await second.input_value("#name") == "李四"
