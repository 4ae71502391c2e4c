import random
import re
import struct
import zlib

import pytest
from playwright.async_api import FilePayload, Page

from schemas.staff import Role
from tests.browser.conftest import Visit, fill_applicant, go_forward, take_in
from tests.support.brokers import until
from tests.support.desks import Desks
from tests.support.overseeing import overseen
from tests.support.pagenode import PageNode
from tests.support.touring import click

KIBIBYTE = 1024
pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def _said(page: Page) -> str:
    return await page.locator("main").inner_text()


async def test_a_whole_case_is_done_without_script(visit: Visit) -> None:
    clerk, handler, approver = await visit("clerk"), await visit("handler"), await visit("approver")
    number = await take_in(clerk)
    assert await clerk.locator(".qr svg").count() == 2  # to follow it, and to evaluate it
    await go_forward(clerk, number)  # 受理
    await go_forward(clerk, number)  # 分办
    await go_forward(handler, number)  # 审查
    await go_forward(approver, number)  # 决定
    await go_forward(clerk, number)  # 出件
    await go_forward(clerk, number)  # 办结
    said = await _said(clerk)
    assert "已办结 · 准予" in said
    assert said.count("签名已验证") == 7


async def test_of_two_people_one_wins_and_the_other_sees_the_fresh_state(
    visit: Visit, county: PageNode
) -> None:
    await Desks(county).add("jin", Role.CLERK)
    first, second = await visit("clerk"), await visit("jin")
    number = await take_in(first)
    await second.goto(f"/cases/{number}")
    await go_forward(first, number)
    async with second.expect_response(re.compile("/accept$")) as answer:
        await click(second, ".card.first form .actions button")
    assert (await answer.value).status == 409
    said = await _said(second)
    assert "clerk 同志已在" in said
    assert "办了“受理”，您这次没有执行" in said
    assert "分到哪个部门" in said, "the fresh state offers the next step"
    assert said.count("签名已验证") == 2, "nothing was done twice"


async def test_a_wrong_check_digit_is_named_and_nothing_typed_is_lost(visit: Visit) -> None:
    page = await visit("clerk")
    await page.goto("/intake")
    await click(page, "tbody form button")
    await fill_applicant(page, "610328190001010014")
    assert "身份证号不对" in await _said(page)
    assert await page.input_value("#name") == "张三"
    assert await page.input_value("#phone") == "13812341234"


async def test_every_missing_paper_is_named_at_once(visit: Visit) -> None:
    page = await visit("clerk")
    await page.goto("/intake")
    await click(page, "tbody form button")
    await fill_applicant(page)
    await click(page, "main .actions button")
    assert await page.locator(".told.stop li").count() == 2


async def test_a_draft_waits_for_its_owner_alone(visit: Visit) -> None:
    page = await visit("clerk")
    await page.goto("/intake")
    await click(page, "tbody form button")
    draft = page.url
    await page.goto("/")
    assert "没填完的收件" in await _said(page)
    other = await visit("handler")
    answer = await other.goto(draft)
    assert answer is not None
    assert answer.status == 404


async def test_a_correction_names_its_papers_and_comes_back(visit: Visit) -> None:
    page = await visit("clerk")
    number = await take_in(page)
    await page.goto(f"/cases/{number}")
    await click(page, "summary:has-text('要求补正')")
    await page.select_option("#request_correction-reason", "materials_missing")
    await page.fill("#request_correction-note", "缺第二页")
    await click(page, "details[open] button")
    assert "请填写“哪些材料要补正”" in await _said(page)
    assert await page.input_value("#request_correction-note") == "缺第二页"
    await page.locator("details[open] input[name=materials]").first.check()
    await click(page, "details[open] button")
    assert "补正中" in await _said(page)
    await go_forward(page, number)
    said = await _said(page)
    assert "已收件" in said
    assert "需补正：申请表" in said
    assert "说明：缺第二页" in said


async def test_a_person_is_shown_only_once_the_reason_is_written(
    visit: Visit, county: PageNode
) -> None:
    page = await visit("clerk")
    number = await take_in(page)
    await page.goto(f"/cases/{number}")
    assert "610328********0013" in await _said(page)
    assert "610328190001010013" not in await page.content()
    await click(page, "summary:has-text('查看完整信息')")
    await page.fill("#why", "看")
    await click(page, "aside details button")
    assert "610328190001010013" not in await page.content()
    await click(page, "summary:has-text('查看完整信息')")
    await page.fill("#why", "电话通知补正")
    await click(page, "aside details button")
    assert "610328190001010013" in await _said(page)
    rows = await county.works.read(
        lambda tx: tx.execute("SELECT why FROM person_views WHERE why NOT LIKE '@%'").fetchall()
    )
    assert rows == [("电话通知补正",)]


async def test_who_only_watches_sees_no_name(visit: Visit, county: PageNode) -> None:
    number = await take_in(await visit("clerk"))
    await overseen(county.works)
    watcher = await visit("supervisor")
    assert watcher.url.endswith("/supervision")
    await watcher.goto("/supervision/cases?by=all")
    assert number in await _said(watcher)
    await watcher.goto(f"/cases/{number}")
    content = await watcher.content()
    assert "张" not in content.replace("张数", "")
    assert await watcher.locator("main form").count() == 0
    answer = await watcher.goto(f"/cases/{number}/receipt")
    assert answer is not None
    assert answer.status == 403


async def test_an_open_page_learns_that_the_case_moved(visit: Visit, county: PageNode) -> None:
    watching, acting = await visit("clerk", script=True), await visit("clerk")
    number = await take_in(acting)
    await watching.goto(f"/cases/{number}")
    await until(lambda: county.live.watching == 1)
    await go_forward(acting, number)
    await watching.wait_for_selector("text=分到哪个部门")


async def test_the_language_follows_its_switch(visit: Visit) -> None:
    page = await visit("clerk")
    number = await take_in(page)
    await page.goto(f"/cases/{number}")
    await click(page, "footer a >> nth=0")
    assert page.url.endswith(number)
    assert "The whole life" in await _said(page)
    assert await page.locator("html").get_attribute("lang") == "en"


async def test_a_large_photo_is_made_smaller_before_it_is_sent(visit: Visit) -> None:
    page = await visit("clerk", script=True)
    await page.goto("/intake")
    await click(page, "tbody form button")
    await page.goto(page.url.replace("applicant", "scans"))
    photo = _noise(2400, 1600)
    files = page.locator("input[type=file]").first
    await files.set_input_files(FilePayload(name="photo.png", mimeType="image/png", buffer=photo))
    kept = await page.locator(".files li").first.inner_text()
    size = re.search(r"photo\.jpg\D+(\d+) KB", kept)
    assert size, kept
    assert 0 < int(size[1]) * KIBIBYTE < len(photo) / 2


def _noise(width: int, height: int) -> bytes:
    """Draw a grey PNG that does not compress."""
    noise = random.Random(7)
    rows = b"".join(b"\0" + noise.randbytes(width) for _ in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 1)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in chunks
    )
