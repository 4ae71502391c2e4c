import pytest

from tests.browser.conftest import MOST_ON_THE_WIRE, READABLE, Visit, take_in
from tests.support.touring import click
from tests.support.webnode import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_a_page_with_its_style_and_script_is_light(visit: Visit) -> None:
    page = await visit("clerk", script=True)
    number = await take_in(page)
    weights: list[int] = []

    async def weigh(url: str) -> None:
        answer = await page.request.get(url)
        weights.append(int(answer.headers["content-length"]))

    await page.goto(f"/cases/{number}")
    for selector, attribute in (("link[rel=stylesheet]", "href"), ("script[src]", "src")):
        url = await page.locator(selector).get_attribute(attribute)
        assert url
        await weigh(url)
    await weigh(f"/cases/{number}")
    assert sum(weights) < MOST_ON_THE_WIRE


async def test_large_type_scales_everything_and_hides_nothing(visit: Visit) -> None:
    page = await visit("clerk", width=390)
    before = await page.locator("body *:visible").count()
    await click(page, "footer a >> nth=1")
    assert await page.locator("html").get_attribute("data-type") == "large"
    assert await page.locator("body *:visible").count() == before
    assert not await page.evaluate("document.documentElement.scrollWidth > innerWidth")


async def test_a_person_signs_in_and_out(visit: Visit) -> None:
    page = await visit("")
    assert await page.evaluate(READABLE) == []
    await page.fill("#login", "clerk")
    await page.fill("#password", PASSWORD)
    await click(page, "main button.button")
    assert "clerk 同志" in await page.inner_text("header")
    await click(page, ".who form button")
    await page.goto("/intake")
    assert page.url.endswith("/sign-in?next=/intake")
