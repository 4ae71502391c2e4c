import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from node.clock import Clock
from tests.support.pagenode import PageNode, page_node
from tests.support.webnode import PASSWORD


@pytest.fixture
async def county(tmp_path: Path) -> AsyncIterator[PageNode]:
    async with page_node(tmp_path) as served:
        yield served


@pytest.fixture
async def http(county: PageNode) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=county.url) as client:
        yield client


async def _sign_in(http: httpx.AsyncClient, login: str = "clerk") -> str:
    """Sign in and give the token that forms of this session carry."""
    answer = await http.post("/sign-in", data={"login": login, "password": PASSWORD, "next": "/"})
    assert answer.status_code == 303, answer.text
    page = await http.get("/password")
    found = re.search(r'name="csrf" value="([^"]+)"', page.text)
    assert found
    return found.group(1)


async def test_who_is_not_signed_in_is_sent_to_do_so_and_comes_back(
    http: httpx.AsyncClient,
) -> None:
    answer = await http.get("/cases")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=/cases")


@pytest.mark.parametrize("to", ["//evil.example/", "https://evil.example/", "/\\evil.example"])
async def test_signing_in_never_leads_to_another_host(http: httpx.AsyncClient, to: str) -> None:
    form = {"login": "clerk", "password": PASSWORD, "next": to}
    answer = await http.post("/sign-in", data=form)
    assert answer.headers["location"] == "/"


async def test_a_wrong_password_says_neither_which_was_wrong_nor_loses_the_login(
    http: httpx.AsyncClient,
) -> None:
    for login in ("clerk", "nobody"):
        answer = await http.post("/sign-in", data={"login": login, "password": "wrong wrong"})
        assert answer.status_code == 401
        assert "账号或密码不对" in answer.text
        assert f'value="{login}"' in answer.text
        assert "zw_session" not in answer.cookies


async def test_a_form_of_another_site_changes_nothing(
    http: httpx.AsyncClient, county: PageNode
) -> None:
    await _sign_in(http)
    answer = await http.post("/intake", data={"item": "wjj-01"})
    assert answer.status_code == 403
    assert "页面过期了" in answer.text
    drafts = await county.works.read(
        lambda tx: tx.execute("SELECT count(*) FROM drafts").fetchone()
    )
    assert drafts == (0,)


async def test_what_was_typed_cannot_become_markup(http: httpx.AsyncClient) -> None:
    csrf = await _sign_in(http)
    answer = await http.post("/intake", data={"item": "wjj-01", "csrf": csrf})
    draft = answer.headers["location"].split("/")[2]
    typed = {"csrf": csrf, "kind": "natural", "name": "<script>alert(1)</script>"}
    page = await http.post(f"/intake/{draft}/applicant", data=typed)
    assert page.status_code == 422
    assert "<script>alert" not in page.text
    assert "&lt;script&gt;" in page.text


async def test_another_role_gets_a_page_that_says_so(http: httpx.AsyncClient) -> None:
    await _sign_in(http, "supervisor")
    answer = await http.get("/intake", headers={"accept-language": "en"})
    assert answer.status_code == 403
    assert "Not allowed" in answer.text


@pytest.mark.parametrize("path", ["/staff", "/nodes"])
async def test_the_operators_pages_are_the_operators(http: httpx.AsyncClient, path: str) -> None:
    await _sign_in(http)
    assert (await http.get(path)).status_code == 403


async def test_the_operator_opens_and_stops_an_account(http: httpx.AsyncClient) -> None:
    csrf = await _sign_in(http, "operator")
    form = {"csrf": csrf, "login": "new", "name": "新来的", "roles": "clerk", "password": PASSWORD}
    assert (await http.post("/staff", data=form)).status_code == 303
    again = await http.post("/staff", data=form)
    assert again.status_code == 422
    assert "这个账号已经有人用了" in again.text
    page = await http.get("/staff")
    row = re.search(r'new</td>.*?href="(/staff/[a-z2-7]+)"', page.text, re.DOTALL)
    assert row
    assert f"{row.group(1)}/stop" in (await http.get(row.group(1))).text
    assert (await http.post(f"{row.group(1)}/stop", data={"csrf": csrf})).status_code == 303
    answer = await http.post("/sign-in", data={"login": "new", "password": PASSWORD})
    assert answer.status_code == 401


async def test_a_weak_or_mistyped_password_changes_nothing(http: httpx.AsyncClient) -> None:
    csrf = await _sign_in(http)
    for new, again, why in (
        ("short", "short", "密码太短"),
        ("four green boats", "four grey boats", "两次输入的新密码不一样"),
    ):
        form = {"csrf": csrf, "current": PASSWORD, "new": new, "again": again}
        answer = await http.post("/password", data=form)
        assert answer.status_code == 422
        assert why in answer.text
    await _sign_in(http)


async def test_the_style_sheet_is_kept_for_a_year_and_pages_are_not(
    http: httpx.AsyncClient,
) -> None:
    page = await http.get("/sign-in")
    assert page.headers["cache-control"] == "no-store"
    found = re.search(r'href="(/static/zw\.css\?v=[0-9a-f]{8})"', page.text)
    assert found
    style = await http.get(found.group(1))
    assert "immutable" in style.headers["cache-control"]
    assert style.headers["content-type"].startswith("text/css")
    assert style.headers["content-encoding"] == "gzip"
    assert int(style.headers["content-length"]) * 2 < len(style.content)
    plain = await http.get(found.group(1), headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.content == style.content


async def test_pages_hold_nothing_that_the_policy_forbids(http: httpx.AsyncClient) -> None:
    await _sign_in(http)
    for path in ("/", "/intake", "/cases", "/links", "/password"):
        text = (await http.get(path)).text
        assert not re.search(r"\sstyle=|\son[a-z]+=|<style|<script(?! src=)", text), path


async def test_a_moved_clock_is_said_on_every_page(tmp_path: Path) -> None:
    clock = Clock(timedelta(days=30))
    async with (
        page_node(tmp_path, clock) as served,
        httpx.AsyncClient(base_url=served.url) as http,
    ):
        assert "演练时钟" in (await http.get("/sign-in")).text
        await _sign_in(http)
        for path in ("/", "/intake", "/cases", "/links"):
            assert "演练时钟" in (await http.get(path)).text
