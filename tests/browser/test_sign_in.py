"""Signing in and out as a person does it: what was typed is not lost, what was seen is gone."""

import re

import pytest
from playwright.async_api import Page, expect

from node.staff import actions as staff
from node.web import sessions
from node.work import SYSTEM
from schemas.staff import NewAccount, Role
from tests.browser.conftest import MOST_ON_THE_WIRE, READABLE, Visit
from tests.support.pagenode import PageNode
from tests.support.touring import click
from tests.support.webnode import HASHED, PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


@pytest.fixture(autouse=True)
def _ends_show_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "REMEMBER_SECONDS", 0.0)


async def sign_in(page: Page, login: str) -> None:
    await page.fill("#login", login)
    await page.fill("#password", PASSWORD)
    await click(page, "main form button")


async def sessions_end(county: PageNode) -> None:
    await county.database.write(lambda tx: tx.execute("UPDATE sessions SET ended = 1"))


async def keeper(county: PageNode, login: str, role: Role) -> None:
    new = NewAccount(login=login, name=login, roles=(role,), department=None, password="")
    await county.works.run(SYSTEM, staff.add, new, HASHED)


@pytest.mark.parametrize("script", [False, True], ids=["plain", "script"])
async def test_what_was_typed_before_the_sign_in_expired_is_sent_after_it(
    visit: Visit, county: PageNode, *, script: bool
) -> None:
    page = await visit("clerk", script=script)
    await page.goto("/intake")
    await click(page, "tbody form button")
    await page.fill("#name", "张三")
    await page.fill("#id_number", "610328190001010013")
    await page.fill("#phone", "13812341234")
    await sessions_end(county)
    await click(page, "main .actions button")
    await expect(page.locator(".told")).to_contain_text("您刚才填写的内容还在")
    assert "张三" not in await page.content()
    await sign_in(page, "clerk")
    await expect(page.locator("h1")).to_have_text("您刚才填写的内容还在")
    await click(page, ".card.first button")
    assert re.search(r"/intake/[^/]+/(?!applicant)", page.url), page.url
    await page.goto(re.sub(r"/[^/]+$", "/applicant", page.url))
    assert await page.input_value("#name") == "张三"
    assert await page.input_value("#phone") == "13812341234"


async def test_going_back_after_signing_out_shows_nothing(visit: Visit) -> None:
    page = await visit("clerk", script=True)
    await page.goto("/cases")
    await page.goto("/password")
    await click(page, ".who form button")
    await expect(page.locator(".told")).to_contain_text("已退出")
    for _ in range(2):
        await page.go_back()
        await expect(page.locator("#login")).to_be_visible()
        assert "clerk 同志" not in await page.content()


@pytest.mark.parametrize("width", [1366, 390])
async def test_the_pages_of_keepers_are_readable_and_small(
    visit: Visit, county: PageNode, width: int
) -> None:
    await keeper(county, "auditor", Role.AUDITOR)
    await keeper(county, "security", Role.SECURITY)
    faults: dict[str, object] = {}
    for login, paths in {
        "auditor": ("/audit", "/audit?act=signed_in", "/second-factor"),
        "security": ("/second-factors", "/second-factor"),
    }.items():
        page = await visit(login, width=width)
        for path in paths:
            answer = await page.goto(path)
            assert answer is not None
            assert answer.status == 200, path
            weight = len(await answer.body())
            found = await page.evaluate(READABLE)
            if found or weight > MOST_ON_THE_WIRE:
                faults[f"{login} {path}"] = (weight, found)
    assert not faults


async def test_the_picture_for_the_authenticator_is_drawn_within_the_policy(
    visit: Visit, county: PageNode
) -> None:
    await keeper(county, "auditor", Role.AUDITOR)
    page = await visit("auditor", script=True)
    refused: list[str] = []
    page.on("console", lambda said: refused.append(said.text))
    await page.goto("/second-factor")
    box = await page.locator("main svg").bounding_box()
    assert box is not None
    assert box["width"] > 100
    assert not refused
