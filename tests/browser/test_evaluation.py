"""Evaluating in a real browser: at a tablet, on a phone off the receipt, never by staff."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page

from node.web.security import COOKIE
from schemas.evaluation import EvaluationChannel, Grade
from tests.browser.conftest import MOST_ON_THE_WIRE, READABLE, Visit
from tests.support.brokers import until
from tests.support.pagenode import PageNode
from tests.support.rating import answered, rated, tablet, with_director
from tests.support.touring import WAIT_MS, click
from tests.support.visitors import begin_session

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
Outside = Callable[..., Awaitable[Page]]
"""A browser of somebody outside: `await outside(width=390, script=False)`."""


@pytest_asyncio.fixture(loop_scope="session")
async def outside(county: PageNode, browser: Browser) -> AsyncIterator[Outside]:
    opened: list[BrowserContext] = []

    async def begin(*, width: int = 390, script: bool = True, language: str = "zh-CN") -> Page:
        context = await browser.new_context(
            viewport={"width": width, "height": 844},
            java_script_enabled=script,
            locale=language,
            base_url=county.url,
            user_agent="a telephone",
        )
        opened.append(context)
        context.set_default_timeout(WAIT_MS)
        return await context.new_page()

    yield begin
    for context in opened:
        await context.close()


@pytest.mark.parametrize("script", [True, False])
async def test_on_a_phone_one_tap_ends_it(
    county: PageNode, outside: Outside, *, script: bool
) -> None:
    case = await answered(county)
    page = await outside(script=script)
    came = await page.goto(f"/rate?n={case.number}&c={case.code}")
    assert came is not None
    assert len(await came.body()) < MOST_ON_THE_WIRE
    assert not await page.evaluate(READABLE)
    box = await page.locator(".face").first.bounding_box()
    assert box is not None
    assert box["height"] >= 44
    await click(page, ".face.g4 >> nth=0")
    await page.wait_for_url("**/rate/done*")
    assert "谢谢您的评价" in await page.locator("h1").inner_text()
    view = await rated(county, case.view)
    assert view is not None
    assert (view.grade, view.channel) == (Grade.SATISFIED, EvaluationChannel.QR)
    assert (view.dimensions, view.of_staff) == ((), False)


async def test_by_keyboard_with_details_and_the_key_enter_chooses_nothing_for_him(
    county: PageNode, outside: Outside
) -> None:
    case = await answered(county)
    page = await outside(width=1366)
    await page.goto(f"/rate?n={case.number}&c={case.code}")
    await page.locator("summary").focus()
    await page.keyboard.press("Enter")
    assert not await page.evaluate(READABLE)
    assert not await page.locator(".first-tap").is_visible()  # the five stand below the details
    await page.locator("input[name=d-speed]").first.focus()
    await page.keyboard.press("ArrowRight")  # 满意, next to 非常满意
    await page.fill("#text", "等得久了一点")
    await page.fill("#contact", "13912345678")
    await page.keyboard.press("Enter")
    assert "/rate?n=" in page.url
    assert await rated(county, case.view) is None
    await page.locator(".faces.small .g3").focus()
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/rate/done*")
    view = await rated(county, case.view)
    assert view is not None
    assert (view.grade, view.named) == (Grade.FAIRLY_SATISFIED, True)
    assert [(one.dimension, one.grade) for one in view.dimensions] == [("speed", 4)]


async def test_a_wrong_phone_number_is_said_and_the_details_stay_open(
    county: PageNode, outside: Outside
) -> None:
    case = await answered(county)
    page = await outside(script=False)
    await page.goto(f"/rate?n={case.number}&c={case.code}")
    await click(page, "summary")
    await page.fill("#text", "请打电话给我")
    await page.fill("#contact", "123")
    await click(page, ".faces.small .g2")
    assert "电话号码不对" in await page.locator(".told.stop").inner_text()
    assert await page.input_value("#text") == "请打电话给我"
    await page.fill("#contact", "13912345678")
    await click(page, ".faces.small .g2")
    assert "一个工作日内核实" in await page.locator("main").inner_text()


async def test_a_tablet_shows_the_invitation_by_itself_and_goes_back_to_rest(
    county: PageNode, visit: Visit, outside: Outside
) -> None:
    await with_director(county)
    case = await answered(county)
    found, secret = await tablet(county)
    before = await outside(width=1024)
    await before.goto(f"/tablet/{secret}")
    assert "办完事" in await before.locator("h1").inner_text()
    await until(lambda: county.live.watching == 1)
    clerk = await visit("clerk")
    await clerk.goto(f"/cases/{case.number}")
    await click(clerk, "#evaluation button")
    assert found.name in await clerk.locator(".told.done").inner_text()
    await before.wait_for_selector(".face")  # nobody touched it
    assert not await before.evaluate(READABLE)
    await click(before, ".faces.big .g5")
    await before.wait_for_selector(".hush")
    assert "谢谢您的评价" in await before.locator("h1").inner_text()
    await before.wait_for_selector("text=办完事", timeout=WAIT_MS)
    view = await rated(county, case.view)
    assert view is not None
    assert view.channel is EvaluationChannel.TABLET
    await clerk.goto(f"/cases/{case.number}")
    assert "已评价" in await clerk.locator("#evaluation").inner_text()
    assert "非常满意" not in await clerk.locator("#evaluation").inner_text()


async def test_a_tablet_without_script_finds_the_invitation_too(
    county: PageNode, visit: Visit, outside: Outside
) -> None:
    await with_director(county)
    _, secret = await tablet(county)
    before = await outside(width=1024, script=False)
    await before.goto(f"/tablet/{secret}")
    clerk = await visit("clerk")
    await clerk.goto("/tablets")
    await click(clerk, "form[action$=invite] button")
    await before.wait_for_selector(".face", timeout=WAIT_MS)  # drawn anew by itself
    await click(before, ".faces.big .g4")
    assert "谢谢您的评价" in await before.locator("h1").inner_text()


async def test_the_officers_own_phone_is_refused_while_he_is_signed_in_on_it(
    county: PageNode, outside: Outside
) -> None:
    case = await answered(county)
    page = await outside()
    await page.goto(f"/rate?n={case.number}&c={case.code}")
    begun = await begin_session(county, "clerk")
    await page.context.add_cookies([{"name": COOKIE, "value": begun.token, "url": county.url}])
    await click(page, ".face.g5 >> nth=0")
    assert "请由申请人本人评价" in await page.locator("h1").inner_text()
    assert await rated(county, case.view) is None
    await page.goto("/me")  # his sign-in is seen on this phone
    await page.context.clear_cookies()
    await page.goto(f"/rate?n={case.number}&c={case.code}")
    await click(page, ".face.g5 >> nth=0")
    await page.wait_for_url("**/rate/done*")
    view = await rated(county, case.view)
    assert view is not None
    assert view.of_staff  # taken, and marked


@pytest.mark.parametrize("width", [1366, 390])
async def test_the_list_and_the_tablets_can_be_read(
    county: PageNode, visit: Visit, width: int
) -> None:
    await with_director(county)
    await tablet(county)
    for login, path in (("supervisor", "/evaluations"), ("director", "/tablets")):
        page = await visit(login, width=width)
        await page.goto(path)
        assert not await page.evaluate(READABLE), path
    page = await visit("director", width=width)
    await page.goto("/tablets")
    await page.fill("#name", "B02")
    await click(page, "form[action='/tablets'] button")
    assert re.search(r"/tablet/[\w-]+$", await page.input_value("#made"))
    assert not await page.evaluate(READABLE)


async def test_in_english_everything_is_english_but_names(
    county: PageNode, outside: Outside
) -> None:
    case = await answered(county)
    page = await outside(language="en-GB")
    await page.goto(f"/rate?n={case.number}&c={case.code}")
    said = await page.locator("main").inner_text()
    assert "Public place hygiene licence" in said
    assert not re.search(r"[\u4e00-\u9fff]", said)
