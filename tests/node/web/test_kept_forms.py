"""A form that comes too late over HTTP: nothing typed is lost, and nobody else sees it."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from html import unescape
from pathlib import Path

import httpx
import pytest

from node.web import kept_forms
from node.web.sessions import IDLE
from tests.support.pagenode import PageNode, page_node
from tests.support.webnode import PASSWORD, Wrist

TYPED = {
    "name": "钱七 <b>",
    "login": "qian.qi",
    "roles": ["clerk", "handler"],
    "password": "a first password of his",
}
LATE = IDLE + timedelta(minutes=1)


@dataclass
class Pc:
    """A PC at a window: one browser that several people sit at."""

    http: httpx.AsyncClient

    async def sign_in(self, login: str, to: str = "/") -> str:
        answer = await self.http.post(
            "/sign-in", data={"login": login, "password": PASSWORD, "next": to}
        )
        assert answer.status_code == 303, answer.text
        return str(answer.headers["location"])

    async def csrf(self, path: str = "/password") -> str:
        found = re.search(r'name="csrf" value="([^"]+)"', (await self.http.get(path)).text)
        assert found
        return found.group(1)

    async def send(self, csrf: str, **more: object) -> httpx.Response:
        """Send the form of a page that was opened with `csrf`."""
        return await self.http.post("/staff", data={"csrf": csrf, **TYPED, **more})

    async def kept(self) -> list[tuple[str, str]]:
        """Give the fields that the kept page would send; none if there is no such page."""
        page = (await self.http.get("/kept")).text
        form = page.partition('action="/staff"')[2].partition("</form>")[0]
        found = re.findall(r'type="hidden" name="([^"]*)" value="([^"]*)"', form)
        return [(unescape(name), unescape(value)) for name, value in found]


@pytest.fixture
def clock() -> Wrist:
    return Wrist()


@pytest.fixture
async def county(tmp_path: Path, clock: Wrist) -> AsyncIterator[PageNode]:
    async with page_node(tmp_path, clock) as served:
        yield served


@pytest.fixture
async def pc(county: PageNode) -> AsyncIterator[Pc]:
    accepts = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}  # as every browser says it
    async with httpx.AsyncClient(base_url=county.url, headers=accepts) as http:
        yield Pc(http)


async def test_a_form_sent_after_the_session_idled_out_is_sent_again_after_sign_in(
    pc: Pc, clock: Wrist
) -> None:
    await pc.sign_in("operator")
    csrf = await pc.csrf()
    clock.passed += LATE
    answer = await pc.send(csrf)
    assert (answer.status_code, answer.headers["location"]) == (303, "/kept")
    answer = await pc.http.get("/kept")
    assert answer.headers["location"] == "/sign-in?next=/kept"
    assert "您刚才填写的内容还在" in (await pc.http.get("/sign-in?next=/kept")).text
    assert await pc.sign_in("operator", "/kept") == "/kept"
    page = (await pc.http.get("/kept")).text
    assert "4 项文字" in page
    assert "人员" in page
    fields = await pc.kept()
    fresh = dict(fields)
    assert fresh["csrf"] not in {"", csrf}
    typed = sorted(one for one in fields if one[0] not in {"csrf", kept_forms.AGAIN})
    assert typed == [
        ("login", "qian.qi"),
        ("name", "钱七 <b>"),
        ("roles", "clerk"),
        ("roles", "handler"),
    ]
    body = {"name": fresh["name"], "login": fresh["login"], "roles": ["clerk"]}
    again = {"csrf": fresh["csrf"], kept_forms.AGAIN: fresh[kept_forms.AGAIN], **body}
    answer = await pc.http.post("/staff", data=again)
    assert answer.status_code == 422  # the page itself judges it: a password is missing
    assert "qian.qi" in answer.text
    assert (await pc.http.get("/kept")).headers["location"] == "/"  # sent again once


async def test_a_password_is_never_kept_and_the_rest_is_sealed(
    pc: Pc, county: PageNode, clock: Wrist
) -> None:
    await pc.sign_in("operator")
    csrf = await pc.csrf()
    clock.passed += LATE
    await pc.send(csrf)
    await county.database.settle()
    path = county.database.path
    content = path.read_bytes() + path.with_name(f"{path.name}-wal").read_bytes()
    assert b"qian.qi" not in content
    await pc.sign_in("operator")
    assert "password" not in {name for name, _ in await pc.kept()}


async def test_whoever_signs_in_next_on_that_pc_sees_nothing_of_it(pc: Pc, clock: Wrist) -> None:
    await pc.sign_in("operator")
    csrf = await pc.csrf()
    clock.passed += LATE
    await pc.send(csrf)
    assert await pc.sign_in("clerk", "/kept") == "/"
    answer = await pc.http.get("/kept")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert await pc.sign_in("operator") == "/kept"  # and it waits for the one who typed it
    assert await pc.kept()


async def test_a_page_of_somebody_else_does_nothing_in_the_name_of_who_is_there_now(
    pc: Pc,
) -> None:
    await pc.sign_in("operator")
    csrf = await pc.csrf()
    await pc.sign_in("approver")
    answer = await pc.send(csrf)
    assert answer.status_code == 403
    assert "这台电脑上换了人登录" in answer.text
    assert "qian.qi" not in answer.text
    assert await pc.kept() == []
    assert await pc.sign_in("operator") == "/kept"
    assert ("login", "qian.qi") in await pc.kept()


async def test_a_tab_left_open_loses_nothing_after_signing_in_in_another(
    pc: Pc, clock: Wrist
) -> None:
    await pc.sign_in("operator")
    csrf = await pc.csrf()
    clock.passed += LATE
    await pc.sign_in("operator")
    answer = await pc.send(csrf)
    assert (answer.status_code, answer.headers["location"]) == (303, "/kept")
    assert ("login", "qian.qi") in await pc.kept()


async def test_a_form_sent_after_signing_out_in_another_tab_is_kept_too(pc: Pc) -> None:
    await pc.sign_in("operator")
    csrf = await pc.csrf()
    await pc.http.post("/sign-out", data={"csrf": csrf})
    assert not pc.http.cookies
    assert (await pc.send(csrf)).headers["location"] == "/kept"
    assert await pc.sign_in("operator") == "/kept"


@pytest.mark.parametrize("csrf", ["", "x", "中文", "' OR 1=1 --"])
async def test_what_no_page_of_ours_sent_is_not_kept(pc: Pc, csrf: str) -> None:
    assert (await pc.send(csrf)).headers["location"] == "/sign-in"
    await pc.sign_in("operator")
    assert (await pc.send(csrf)).status_code == 403
    assert await pc.kept() == []


async def test_what_a_script_sends_by_itself_is_not_kept(pc: Pc, clock: Wrist) -> None:
    await pc.sign_in("operator")
    csrf = await pc.csrf()
    clock.passed += LATE
    pc.http.headers["Accept"] = "*/*"
    assert (await pc.send(csrf)).headers["location"] == "/sign-in"
    assert await pc.sign_in("operator") == "/"


async def test_it_is_kept_for_an_hour_and_may_be_thrown_away(pc: Pc, clock: Wrist) -> None:
    await pc.sign_in("operator")
    csrf = await pc.csrf()
    clock.passed += LATE
    await pc.send(csrf)
    await pc.sign_in("operator")
    clock.passed += timedelta(minutes=61)
    assert await pc.sign_in("operator") == "/"
    await pc.send(csrf)
    fields = dict(await pc.kept())
    fresh, named = fields["csrf"], fields[kept_forms.AGAIN]
    await pc.sign_in("approver")
    await pc.http.post("/kept/discard", data={"csrf": await pc.csrf(), "id": named})
    assert await pc.sign_in("operator") == "/kept"  # nobody throws away another's
    assert fresh != await pc.csrf()
    await pc.http.post("/kept/discard", data={"csrf": await pc.csrf(), "id": named})
    assert await pc.kept() == []


async def test_the_next_morning_it_is_still_known_whose_form_it_was(pc: Pc, clock: Wrist) -> None:
    await pc.sign_in("operator")
    csrf = await pc.csrf()
    clock.passed += timedelta(hours=20)
    await pc.sign_in("clerk")  # sweeps what is long over
    await pc.http.post("/sign-out", data={"csrf": await pc.csrf()})
    assert (await pc.send(csrf)).headers["location"] == "/kept"
    clock.passed += timedelta(days=3)
    await pc.sign_in("clerk")
    assert (await pc.send(csrf)).status_code == 403


async def test_files_are_not_kept_and_the_page_says_so(pc: Pc, clock: Wrist) -> None:
    await pc.sign_in("operator")
    csrf = await pc.csrf()
    clock.passed += LATE
    form = {"csrf": csrf, "name": "钱七"}
    await pc.http.post("/staff", data=form, files={"file": ("证.jpg", b"\xff\xd8 scan")})
    await pc.sign_in("operator")
    page = (await pc.http.get("/kept")).text
    assert "请重新选择" in page
    assert 'enctype="multipart/form-data"' in page
    assert "scan" not in page
    assert ("name", "钱七") in await pc.kept()


@pytest.mark.parametrize(
    "path",
    ["/api/v1/staff", "/sign-in", "/password", "/second-factor/code", "/kept/discard", "//evil/x"],
)
def test_no_form_is_kept_where_secrets_are_typed_or_that_would_leave_this_node(path: str) -> None:
    sent: kept_forms.Sent = [("name", "x")]
    assert kept_forms.of(path, "/", sent, multipart=False) is None
    assert kept_forms.of("/staff", "/", sent, multipart=False)


def test_what_is_too_much_or_nothing_is_not_kept() -> None:
    much: kept_forms.Sent = [("name", "一" * kept_forms.MOST_BYTES)]
    many: kept_forms.Sent = [("name", "x")] * (kept_forms.MOST_FIELDS + 1)
    nothing: kept_forms.Sent = [("csrf", "x"), ("name", " "), ("password", "x")]
    for sent in (much, many, nothing):
        assert kept_forms.of("/staff", "/", sent, multipart=False) is None


async def test_no_more_than_a_few_are_kept_for_one_person(pc: Pc, county: PageNode) -> None:
    await pc.sign_in("operator")
    csrf = await pc.csrf()
    await pc.sign_in("approver")
    for number in range(kept_forms.MOST_EACH + 4):
        await pc.send(csrf, login=f"login{number}")
    count = await county.works.read(
        lambda tx: tx.execute("SELECT count(*) FROM kept_forms").fetchone()[0]
    )
    assert count == kept_forms.MOST_EACH
    await pc.sign_in("operator")
    assert ("login", f"login{number}") in await pc.kept()


async def test_no_page_may_be_kept_by_the_browser_after_signing_out(pc: Pc) -> None:
    await pc.sign_in("operator")
    for path in ("/", "/staff", "/password"):
        assert (await pc.http.get(path)).headers["cache-control"] == "no-store", path
