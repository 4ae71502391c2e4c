"""A desk in a real browser: live lists, phrases, on to the next, the back button, the light."""

import pytest
from playwright.async_api import Page

from node.cases import law_actions
from schemas.case_forms import SignInCase
from tests.browser.conftest import Visit, go_forward, take_in
from tests.support.brokers import until
from tests.support.desks import Desks
from tests.support.pagenode import PageNode
from tests.support.touring import click

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

WAIT_MS = 30_000  # a list rests a few seconds before it is drawn anew


async def _said(page: Page) -> str:
    return await page.locator("main").inner_text()


async def test_a_queue_fills_by_itself_and_takes_nothing_from_who_is_typing(
    visit: Visit, county: PageNode
) -> None:
    page = await visit("clerk", script=True)
    await until(lambda: county.live.watching == 1)
    await page.fill("#find", "A00")
    view = await Desks(county).take()
    await page.wait_for_selector(f"#day :text('{view.number}')", timeout=WAIT_MS)
    assert await page.input_value("#find") == "A00"
    assert await page.evaluate("document.activeElement.id") == "find"
    second = await Desks(county).take()  # the page watches on
    await page.wait_for_selector(f"#day :text('{second.number}')", timeout=WAIT_MS)


async def test_what_is_ticked_stays_ticked_and_the_change_is_said(
    visit: Visit, county: PageNode
) -> None:
    desks = Desks(county)
    first, _ = await desks.take("accept"), await desks.take("accept")
    page = await visit("clerk", script=True)
    await page.goto("/cases")
    await page.check(f"input[value='{first.number}']")
    await until(lambda: county.live.watching == 1)
    await desks.take("accept")
    await page.wait_for_selector("#changed:not([hidden])", timeout=WAIT_MS)
    assert await page.is_checked(f"input[value='{first.number}']")
    await click(page, "#changed a")
    assert await page.locator("input[name=case]").count() == 3


async def test_several_are_done_at_once_without_script(visit: Visit, county: PageNode) -> None:
    desks = Desks(county)
    for _ in range(2):
        await desks.take("accept")
    page = await visit("clerk")
    await page.goto("/cases")
    for box in await page.locator("input[name=case]").all():
        await box.check()
    await click(page, "button[value=dispatch]")
    assert "2 件中办好了 2 件" in await _said(page)
    await click(page, "text=返回待办")
    assert "这里没有办件。" in await _said(page)


async def test_a_phrase_is_put_into_the_opinion_where_it_may_be_changed(
    visit: Visit, county: PageNode
) -> None:
    view = await Desks(county).take("dispatch")
    page = await visit("handler", script=True)
    await page.goto(f"/cases/{view.number}")
    opinion = page.locator("#review-opinion")
    await page.select_option("#review-opinion-phrase", index=1)
    once = await opinion.input_value()
    assert once.startswith("经审查")
    await page.select_option("#review-opinion-phrase", index=2)
    assert (await opinion.input_value()).startswith(f"{once}\n")
    assert await page.evaluate("document.activeElement.id") == "review-opinion"
    assert await page.input_value("#review-opinion-phrase") == "", "so it counts once"


async def test_a_department_works_through_its_list_by_next_and_next(
    visit: Visit, county: PageNode
) -> None:
    desks = Desks(county)
    first, second = await desks.take("dispatch"), await desks.take("dispatch")
    page = await visit("handler")
    await click(page, "main .go a >> nth=0")
    assert page.url.endswith(first.number)
    await click(page, ".card.first form .actions button")
    await click(page, "a.button[accesskey=n]")
    assert page.url.endswith(second.number)
    await click(page, ".card.first form .actions button")
    await click(page, "a[accesskey=n]")
    assert "现在没有要您办的。" in await _said(page)


async def test_going_back_shows_how_it_stands_now_and_not_how_it_stood(visit: Visit) -> None:
    page = await visit("clerk")
    number = await take_in(page)
    await go_forward(page, number)
    await page.go_back()
    said = await _said(page)
    assert "分到哪个部门" in said, "what comes next, and not 受理 once more"
    assert said.count("签名已验证") == 2


async def test_a_second_tab_that_sends_the_same_step_is_told_that_it_was_done(
    visit: Visit,
) -> None:
    page = await visit("clerk")
    number = await take_in(page)
    tab = await page.context.new_page()
    await tab.goto(f"/cases/{number}")
    await go_forward(page, number)
    await click(tab, ".card.first form .actions button")
    said = await _said(tab)
    assert "已经办好了，没有重复办" in said
    assert said.count("签名已验证") == 2


async def test_the_light_is_red_once_something_was_refused_and_leads_to_the_line(
    visit: Visit, county: PageNode
) -> None:
    page = await visit("clerk")
    light = page.locator(".top .link")
    assert await light.get_attribute("data-state") == "open"
    await county.database.write(
        lambda tx: tx.execute(
            "INSERT INTO refusals (event, author, by_node, reason, at, settled)"
            " VALUES (x'01', '610328', '6103', 'bad_signature', 1, 0)"
        )
    )
    await page.goto("/")
    assert await light.get_attribute("data-state") == "failed"
    assert "1 件被退回" in await light.inner_text()
    assert "被退回，要处理" in await _said(page)
    await click(page, light)
    assert page.url.endswith("/links")


async def test_what_was_written_in_vain_stays_while_the_case_moves_on(
    visit: Visit, county: PageNode
) -> None:
    desks = Desks(county)
    view = await desks.take("dispatch")
    page = await visit("handler", script=True)
    await page.goto(f"/cases/{view.number}")
    await click(page, "summary:has-text('建议不予')")
    await page.fill("#review_denied-opinion", "现场不符合要求，墙面渗水。")
    await county.works.run(
        await desks.who("handler"), law_actions.sign_in, view.number, SignInCase()
    )
    await page.wait_for_selector("#changed:not([hidden])", timeout=WAIT_MS)
    await click(page, "details[open] button")
    said = await _said(page)
    assert "您自己在" in said
    assert await page.input_value("#review_denied-opinion") == "现场不符合要求，墙面渗水。"
    await until(lambda: county.live.watching == 1)
    await desks.step("review", view)
    await page.wait_for_selector("#changed:not([hidden])", timeout=WAIT_MS)
    assert await page.input_value("#review_denied-opinion") == "现场不符合要求，墙面渗水。"
    await click(page, "#changed a")
    assert page.url.endswith(view.number)
    assert "已审查" in await _said(page)
