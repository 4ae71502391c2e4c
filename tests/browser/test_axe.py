"""No page breaks WCAG 2.2 AA, as far as axe-core can see, with real work on it; each is small."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page

from tests.browser.conftest import MOST_ON_THE_WIRE, READABLE
from tests.support.pagenode import page_node
from tests.support.qianyang import Qianyang
from tests.support.tour import TOUR, pages_of
from tests.support.touring import touring

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
OPTIONS: Mapping[str, Any] = {
    "runOnly": {"type": "tag", "values": list(RULES)},
    "resultTypes": ["violations"],
}
SAME_COLOURS: Mapping[str, Any] = {**OPTIONS, "rules": {"color-contrast": {"enabled": False}}}


async def test_every_page_of_the_app_is_on_the_tour(tmp_path: Path) -> None:
    async with page_node(tmp_path) as county:
        pages = pages_of(county.gate.app)
    assert pages
    assert pages - {stop.route for stop in TOUR} == set(), "add a stop for each of these"
    assert {stop.route for stop in TOUR} - pages == set(), "these are no pages"


async def test_axe_is_awake(browser: Browser) -> None:
    """It names what is wrong with a page that is wrong: else its silence would mean nothing."""
    page = await browser.new_page()
    await page.set_content('<p style="color:#ccc;background:#fff">pale</p><input name="q">')
    broken = " ".join(await _faults(page))
    await page.close()
    assert {"color-contrast", "label", "html-has-lang"} <= set(re.findall(r"[a-z-]+", broken))


@pytest.mark.timeout(1_200)  # a hundred pages
@pytest.mark.parametrize(("width", "language"), [(1366, "zh-CN"), (390, "zh-CN"), (1366, "en")])
async def test_nothing_is_found_on_any_page(
    browser: Browser, sample: Qianyang, width: int, language: str
) -> None:
    found: dict[str, object] = {}
    first_looks = tuple({stop.route: stop for stop in reversed(TOUR)}.values())
    again = language == "en"  # other words on the same pages, in the same colours
    async with touring(browser, sample, width, language=language, script=True) as tour:
        for stop in first_looks if again else TOUR:
            page = await tour.see(stop)
            if faults := await _all_faults(page, SAME_COLOURS if again else OPTIONS):
                found[f"{stop.name} {page.url}"] = faults
    assert not found


async def _all_faults(page: Page, options: Mapping[str, Any]) -> list[str]:
    """What axe finds, what it does not look for, and whether the page is too heavy."""
    heavy = len((await page.content()).encode()) > MOST_ON_THE_WIRE
    return [
        *await _faults(page, options),
        *await page.evaluate(READABLE),
        *(["too heavy"] if heavy else []),
    ]


async def _faults(page: Page, options: Mapping[str, Any] = OPTIONS) -> list[str]:
    """Name each broken rule, and the first element that breaks it."""
    results = await Axe().run(page, options=options)
    return [
        f"{rule['id']}: {rule['nodes'][0]['html'][:160]} {rule['nodes'][0]['any'][:1]}"
        for rule in results.response["violations"]
    ]
