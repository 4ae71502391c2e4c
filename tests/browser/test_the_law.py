"""The law's other ways, walked through the page of a case without script."""

import re

import pytest
from playwright.async_api import Page

from tests.browser.conftest import READABLE, Visit, go_forward, take_in
from tests.support.touring import click

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

OPEN_ALL = "() => document.querySelectorAll('details').forEach((one) => { one.open = true; })"


async def _said(page: Page) -> str:
    return await page.locator("main").inner_text()


async def _send(page: Page) -> None:
    """Press the button of the form that was unfolded."""
    await click(page, "details.way[open] form button")


async def _until_dispatched(clerk: Page) -> str:
    number = await take_in(clerk)
    await go_forward(clerk, number)  # 受理
    await go_forward(clerk, number)  # 分办
    return number


async def test_a_denial_is_kept_only_with_its_ground_and_says_the_remedies(visit: Visit) -> None:
    clerk, handler, approver = await visit("clerk"), await visit("handler"), await visit("approver")
    number = await _until_dispatched(clerk)
    await go_forward(handler, number)  # 审查
    await approver.goto(f"/cases/{number}")
    await click(approver, "summary:has-text('不予')")
    await approver.select_option("#decide_denied-reason", "conditions_not_met")
    await approver.fill("#decide_denied-opinion", "通风不符合标准")
    for field in ("law", "article", "court"):
        await approver.fill(f"#decide_denied-{field}", " ")
    await _send(approver)
    wrong = approver.locator(".field.wrong .why")
    assert [text[:8] for text in await wrong.all_inner_texts()] == [
        "没有写明依据：要",
        "没有写明救济途径",
    ]
    assert await approver.input_value("#decide_denied-opinion") == "通风不符合标准"
    assert await approver.input_value("#decide_denied-review_body") == "千阳县人民政府"
    await approver.fill("#decide_denied-law", "公共场所卫生管理条例")
    await approver.fill("#decide_denied-article", "第四条")
    await approver.fill("#decide_denied-court", "千阳县人民法院")
    await _send(approver)
    said = await _said(approver)
    assert "已决定 · 不予" in said
    assert "依据：公共场所卫生管理条例第四条" in said
    assert "60 日内向千阳县人民政府申请行政复议，或在 6 个月内向千阳县人民法院起诉" in said


async def test_a_hearing_stops_the_limits_until_it_is_over(visit: Visit) -> None:
    clerk, handler = await visit("clerk"), await visit("handler")
    number = await _until_dispatched(clerk)
    await handler.goto(f"/cases/{number}")
    await click(handler, "button:has-text('签收')")
    await click(handler, "summary:has-text('启动特别程序')")
    await handler.select_option("#suspend-procedure", "hearing")
    await handler.fill("#suspend-amount", "10")
    await handler.fill("#suspend-place", "政务服务中心二楼")
    await _send(handler)
    assert "哪天举行" in await handler.inner_text(".field.wrong .why")
    assert await handler.input_value("#suspend-place") == "政务服务中心二楼"
    days = re.findall(
        r"\d{4}-\d\d-\d\d", await handler.inner_text("details.way[open] .hint >> nth=0")
    )
    await handler.fill("#suspend-on", days[0])
    await _send(handler)
    assert await handler.locator(".head .light").inner_text() == "特别程序中"
    box = await handler.inner_text(".told.mind")
    assert "特别程序中：听证" in box
    assert "行政许可法第四十五条" in box
    assert "期间承诺时限和法定时限都不计算" in box
    still = await handler.locator("#clocks .limit .light.still").count()
    assert still == 2
    await go_forward(handler, number)  # 特别程序结束
    assert await handler.locator(".head .light").inner_text() == "已分办"
    assert await handler.locator("#clocks .light.still").count() == 0
    assert "已完成" in await _said(handler)


async def test_a_second_notice_needs_its_reason_and_leaves_a_mark(visit: Visit) -> None:
    page = await visit("clerk")
    number = await take_in(page)
    await page.goto(f"/cases/{number}")
    await _ask_by_keyboard(page)
    await go_forward(page, number)
    await click(page, "summary:has-text('再次要求补正')")
    await page.locator("details[open] input[name=materials]").first.check()
    await page.select_option("#request_correction-reason", "materials_missing")
    await page.fill("#request_correction-note", "缺第三页")
    await page.select_option("#request_correction-again", "not_told_at_first")
    await _send(page)
    said = await _said(page)
    assert "告知补正 2 次" in said
    assert "再次告知的原因：首次告知有遗漏" in said


async def _ask_by_keyboard(page: Page) -> None:
    """Fill in the form without touching the mouse."""
    await page.focus("summary:has-text('要求补正')")
    for key in ("Enter", "Tab", "Space", "Tab", "Tab", "ArrowDown", "Tab", "Tab", "Tab"):
        await page.keyboard.press(key)
    await page.keyboard.type("缺第二页")
    await page.focus("details.way[open] form button")
    await page.keyboard.press("Enter")
    await page.wait_for_selector("text=等待申请人补正")


@pytest.mark.parametrize("width", [1366, 390])
async def test_every_form_can_be_read_and_reached_at_both_sizes(visit: Visit, width: int) -> None:
    clerk = await visit("clerk", width=width)
    number = await take_in(clerk)
    faults: dict[str, object] = {}
    people = {
        "clerk": clerk,
        "handler": await visit("handler", width=width),
        "approver": await visit("approver", width=width),
    }
    for login in ("clerk", "clerk", "handler", "approver", "clerk", "clerk", "approver"):
        page = people[login]
        await page.goto(f"/cases/{number}")
        await page.evaluate(OPEN_ALL)
        state = await page.locator(".head .light").inner_text()
        found = await page.evaluate(READABLE)
        if found:
            faults[f"{login}: {state}"] = found
        main = page.locator(".card.first form .actions button")
        if await main.count():
            await click(page, main)
    assert not faults
    assert "已办结" in await _said(people["approver"])
