"""Signing in over HTTP where powers ask for a second factor: nothing opens half way."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from node.audit import actions as audit
from node.audit.store import Wanted
from node.clock import to_ms
from node.staff import actions as staff
from node.staff import sign_in_store
from node.staff.signing_in import MOST_FAILURES, MOST_STRANGERS
from node.web.security import COOKIE
from node.work import SYSTEM
from schemas.audit import Act, AuditEntry
from schemas.staff import NewAccount, Role
from tests.support.codes import Phone
from tests.support.pagenode import PageNode, page_node
from tests.support.webnode import HASHED, PASSWORD, Wrist

HALF_MINUTE_MS = 30_000


class Hall:
    """A county whose keepers need a second factor, and a browser."""

    def __init__(self, served: PageNode, http: httpx.AsyncClient, clock: Wrist) -> None:
        self.served, self.http, self.clock = served, http, clock

    @property
    def now_ms(self) -> int:
        return to_ms(self.clock.wall())

    async def sign_in(self, login: str, password: str = PASSWORD, to: str = "/") -> httpx.Response:
        typed = {"login": login, "password": password, "next": to}
        return await self.http.post("/sign-in", data=typed)

    async def csrf(self, path: str) -> str:
        found = re.search(r'name="csrf" value="([^"]+)"', (await self.http.get(path)).text)
        assert found
        return found.group(1)

    async def post(self, path: str, at: str, **typed: str) -> httpx.Response:
        return await self.http.post(path, data={"csrf": await self.csrf(at), **typed})

    async def set_up(self, login: str) -> Phone:
        """Sign in for the first time and set the factor up."""
        await self.sign_in(login)
        phone = Phone((await self.http.get("/second-factor")).text)
        answer = await self.post(
            "/second-factor/set", "/second-factor", code=phone.code(self.now_ms)
        )
        assert answer.status_code == 200, answer.text
        return phone

    async def rows(self, act: Act) -> tuple[AuditEntry, ...]:
        found = await self.served.works.read(audit.listing, Wanted(act=act))
        return found.entries


@pytest.fixture
async def hall(tmp_path: Path) -> AsyncIterator[Hall]:
    clock = Wrist()
    async with (
        page_node(tmp_path, clock, asks_second_factor=True) as served,
        httpx.AsyncClient(base_url=served.url) as http,
    ):
        yield Hall(served, http, clock)


async def test_an_operator_sets_his_factor_up_before_anything_opens(hall: Hall) -> None:
    assert (await hall.sign_in("operator")).headers["location"] == "/"
    for path in ("/", "/staff", "/nodes", "/items", "/second-factors"):
        answer = await hall.http.get(path)
        assert (answer.status_code, answer.headers["location"]) == (303, "/second-factor"), path
    page = (await hall.http.get("/second-factor")).text
    assert "<svg" in page
    assert "/staff" not in page  # no menu of shut doors
    wrong = await hall.post("/second-factor/set", "/second-factor", code="000000x")
    assert wrong.status_code == 422
    answer = await hall.post(
        "/second-factor/set", "/second-factor", code=Phone(page).code(hall.now_ms)
    )
    assert len(re.findall(r"<li>[A-Z2-7 ]{19}</li>", answer.text)) == 10
    assert (await hall.http.get("/staff")).status_code == 200
    assert not re.findall(r"<li>[A-Z2-7 ]{19}</li>", (await hall.http.get("/second-factor")).text)
    assert [one.subject for one in await hall.rows(Act.SECOND_FACTOR_SET)]


async def test_whoever_has_no_such_powers_is_not_asked(hall: Hall) -> None:
    await hall.sign_in("clerk")
    assert (await hall.http.get("/")).status_code == 200


async def test_with_a_factor_the_password_alone_opens_nothing(hall: Hall) -> None:
    phone = await hall.set_up("operator")
    await hall.post("/sign-out", "/second-factor")
    answer = await hall.sign_in("operator", to="/nodes")
    assert answer.headers["location"] == "/second-factor?next=%2Fnodes"
    token = hall.http.cookies[COOKIE]
    for path in ("/", "/staff", "/password", "/second-factors"):
        assert (await hall.http.get(path)).headers["location"] == "/second-factor", path
    bearer = {"Authorization": f"Bearer {token}"}
    change = {"current": PASSWORD, "new": "a wholly other sentence"}
    shut = [
        await hall.http.put("/api/v1/session/password", json=change, headers=bearer),
        await hall.http.get("/api/v1/staff", headers=bearer),
        await hall.post("/second-factor/set", "/second-factor", code="123456"),
        await hall.post("/password", "/second-factor", **change, again=change["new"]),
    ]
    assert [one.status_code for one in shut] == [403, 403, 303, 303]
    assert not await hall.rows(Act.PASSWORD_CHANGED)
    answer = await hall.post(
        "/second-factor/code",
        "/second-factor",
        next="/nodes",
        code=phone.code(hall.now_ms, steps=1),
    )
    assert answer.headers["location"] == "/nodes"
    assert (await hall.http.get("/nodes")).status_code == 200
    assert hall.http.cookies[COOKIE] != token
    assert (await hall.http.get("/nodes", headers=bearer)).status_code == 303  # the old one is over


async def test_wrong_codes_shut_the_codes_though_the_password_is_right_each_time(
    hall: Hall,
) -> None:
    phone = await hall.set_up("operator")
    for _ in range(MOST_FAILURES):
        await hall.sign_in("operator")
        assert (
            await hall.post("/second-factor/code", "/second-factor", code="12345")
        ).status_code == 422
    await hall.sign_in("operator")
    right = phone.code(hall.now_ms, steps=1)
    refused = await hall.post("/second-factor/code", "/second-factor", code=right)
    assert "试错次数太多" in refused.text
    assert (await hall.http.get("/staff")).headers["location"] == "/second-factor"
    (shut,) = await hall.rows(Act.LOCKED_OUT)
    assert (shut.detail["login"], shut.detail["how"]) == ("operator", "code")
    assert len(await hall.rows(Act.SIGN_IN_FAILED)) == MOST_FAILURES


async def test_programs_bring_the_code_with_the_password(hall: Hall) -> None:
    async def asks(**typed: str) -> tuple[int, str]:
        body = {"login": "operator", "password": PASSWORD, **typed}
        async with httpx.AsyncClient(base_url=hall.served.url) as program:
            answer = await program.post("/api/v1/session", json=body)
            if answer.status_code != 201:
                return answer.status_code, answer.json()["type"].rsplit(":", 1)[1]
            bearer = {"Authorization": f"Bearer {answer.json()['token']}"}
            staff_list = await program.get("/api/v1/staff", headers=bearer)
            return answer.status_code, str(staff_list.status_code)

    assert await asks() == (201, "403")  # none set up: nothing is open to him
    phone = await hall.set_up("operator")
    assert await asks() == (401, "second-factor-needed")
    assert await asks(code="12345") == (401, "sign-in-failed")
    assert await asks(password="wrong wrong wrong") == (401, "sign-in-failed")  # noqa: S106
    assert await asks(code=phone.code(hall.now_ms, steps=1)) == (201, "200")
    assert await asks(code=phone.code(hall.now_ms, steps=1)) == (401, "sign-in-failed")


async def test_the_first_password_is_changed_before_anything_opens(hall: Hall) -> None:
    listed = await hall.served.works.read(staff.listing)
    clerk = next(one for one in listed.staff if one.login == "clerk")
    await hall.served.works.run(
        SYSTEM,
        lambda work: sign_in_store.expect_new_password(work.tx, clerk.id, must=True),
    )
    assert (await hall.sign_in("clerk", to="/cases")).headers["location"] == "/password"
    for path in ("/", "/cases", "/second-factor"):
        assert (await hall.http.get(path)).headers["location"] == "/password", path
    bearer = {"Authorization": f"Bearer {hall.http.cookies[COOKIE]}"}
    refused = await hall.http.get("/api/v1/cases", headers=bearer)
    assert refused.json()["type"].endswith("password-change-needed")
    assert "先换成自己的密码" in (await hall.http.get("/password")).text
    same = {"current": PASSWORD, "new": PASSWORD, "again": PASSWORD}
    assert "请换一个" in (await hall.post("/password", "/password", **same)).text
    new = "only I know this one"
    changed = await hall.post("/password", "/password", current=PASSWORD, new=new, again=new)
    assert changed.headers["location"] == "/"
    assert (await hall.http.get("/")).status_code == 200
    assert (await hall.sign_in("clerk", new)).headers["location"] == "/"
    assert len(await hall.rows(Act.PASSWORD_CHANGED)) == 1


async def test_a_password_that_a_keeper_chose_is_good_for_choosing_ones_own(hall: Hall) -> None:
    await hall.set_up("operator")
    new = {"name": "新人", "login": "xin", "roles": "clerk", "password": "seven green gates"}
    assert (await hall.post("/staff", "/staff", **new)).status_code == 303
    assert (await hall.sign_in("xin", "seven green gates")).headers["location"] == "/password"
    assert (await hall.http.get("/")).headers["location"] == "/password"


async def test_every_try_is_in_the_trail_and_what_a_stranger_typed_is_not(hall: Hall) -> None:
    typed_by_mistake = "my very secret password"
    await hall.sign_in(typed_by_mistake)
    await hall.sign_in("clerk", "a wrong password")
    await hall.sign_in("clerk")
    await hall.post("/sign-out", "/password")
    failed = await hall.rows(Act.SIGN_IN_FAILED)
    assert [(one.staff, one.detail.get("login", "")) for one in failed] == [("", "clerk"), ("", "")]
    assert {one.detail["from"] for one in failed} == {"127.0.0.1"}
    assert [one.name for one in await hall.rows(Act.SIGNED_IN)] == ["clerk 同志"]
    assert [one.name for one in await hall.rows(Act.SIGNED_OUT)] == ["clerk 同志"]
    await hall.served.database.settle()
    path = hall.served.database.path
    content = path.read_bytes() + path.with_name(f"{path.name}-wal").read_bytes()
    assert typed_by_mistake.encode() not in content


async def test_five_wrong_passwords_are_a_row_each_and_a_lock(hall: Hall) -> None:
    for _ in range(MOST_FAILURES + 3):  # refused while shut: no row
        await hall.sign_in("clerk", "a wrong password")
    assert len(await hall.rows(Act.SIGN_IN_FAILED)) == MOST_FAILURES
    assert len(await hall.rows(Act.LOCKED_OUT)) == 1


async def test_a_flood_of_unknown_logins_is_told_as_a_number(hall: Hall) -> None:
    for number in range(MOST_STRANGERS + 7):
        await hall.sign_in(f"nobody{number}")
    assert len(await hall.rows(Act.SIGN_IN_FAILED)) == MOST_STRANGERS
    waiting = await hall.served.works.read(
        lambda tx: tx.execute("SELECT tries FROM unknown_logins").fetchone()[0]
    )
    assert waiting == 7


async def test_a_stopped_account_is_refused_like_a_wrong_password_and_noted(hall: Hall) -> None:
    new = NewAccount(login="gone", name="走了", roles=(Role.CLERK,), department=None, password="")
    gone = await hall.served.works.run(SYSTEM, staff.add, new, HASHED)
    await hall.served.works.run(SYSTEM, staff.disable, gone.id)
    answer = await hall.sign_in("gone")
    assert (answer.status_code, "不对" in answer.text) == (401, True)
    (row,) = await hall.rows(Act.SIGN_IN_FAILED)
    assert row.detail["how"] == "stopped"


async def test_signing_in_over_somebody_ends_his_session(hall: Hall) -> None:
    await hall.sign_in("clerk")
    before = {"Authorization": f"Bearer {hall.http.cookies[COOKIE]}"}
    await hall.sign_in("handler")
    answer = await hall.http.get("/api/v1/session", headers=before)
    assert answer.status_code == 401


async def test_another_keeper_resets_a_factor_and_says_why(hall: Hall) -> None:
    new = NewAccount(login="sec", name="安全", roles=(Role.SECURITY,), department=None, password="")
    await hall.served.works.run(SYSTEM, staff.add, new, HASHED)
    await hall.set_up("operator")
    await hall.set_up("sec")
    page = (await hall.http.get("/second-factors")).text
    (reset,) = re.findall(r'action="(/second-factors/[^"]+/reset)"', page)  # not his own
    assert (await hall.post(reset, "/second-factors", why="丢")).status_code == 422
    answer = await hall.post(reset, "/second-factors", why="手机丢失, 已当面核实")
    assert answer.headers["location"] == "/second-factors?done=true"
    await hall.post("/sign-out", "/second-factors")
    await hall.sign_in("operator")
    assert "绑定动态口令" in (await hall.http.get("/second-factor")).text
