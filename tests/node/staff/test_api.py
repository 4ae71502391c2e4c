"""Signing in and keeping accounts, over real HTTP."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from node.staff.signing_in import MOST_FAILURES
from schemas.ids import DepartmentId
from schemas.staff import Role
from tests.support.webnode import PASSWORD, WebNode, web_node, with_departments


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[WebNode]:
    async with web_node(tmp_path) as node:
        await node.account("boss", Role.OPERATOR)
        yield node


async def test_who_signs_in_is_known_by_his_token_until_he_signs_out(served: WebNode) -> None:
    shown = await served.as_("boss")
    told = (await served.http.get("/api/v1/session", headers=shown)).json()
    assert told["account"]["login"] == "boss"
    assert told["token"] is None
    assert (await served.http.delete("/api/v1/session", headers=shown)).status_code == 204
    after = await served.http.get("/api/v1/session", headers=shown)
    assert after.status_code == 401
    assert after.json()["type"] == "urn:zhengwu:problem:not-signed-in"


async def test_the_token_is_stored_nowhere(served: WebNode) -> None:
    token = await served.token("boss")
    rows = await served.database.read(
        lambda tx: tx.execute("SELECT digest, actor, csrf FROM sessions").fetchall()
    )
    assert token not in repr(rows)


async def test_a_wrong_password_and_an_unknown_login_get_the_same_answer(served: WebNode) -> None:
    wrong = await served.http.post(
        "/api/v1/session", json={"login": "boss", "password": "not this one"}
    )
    unknown = await served.http.post(
        "/api/v1/session", json={"login": "nobody", "password": "not this one"}
    )
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json() == unknown.json()


@pytest.mark.parametrize("login", ["boss", "nobody"])
async def test_five_wrong_passwords_shut_a_login_known_or_not(served: WebNode, login: str) -> None:
    for _ in range(MOST_FAILURES):
        await served.http.post("/api/v1/session", json={"login": login, "password": "wrong"})
    answer = await served.http.post("/api/v1/session", json={"login": login, "password": PASSWORD})
    assert answer.status_code == 429
    assert answer.json()["type"] == "urn:zhengwu:problem:locked-out"
    assert 0 < int(answer.headers["Retry-After"]) <= 300


async def test_an_operator_opens_an_account_once_for_one_key(served: WebNode) -> None:
    shown = {**await served.as_("boss"), "Idempotency-Key": "k-1"}
    new = {"login": "li.na", "name": "李娜", "roles": ["clerk"], "password": "seven green gates"}
    first = await served.http.post("/api/v1/staff", json=new, headers=shown)
    assert first.status_code == 201, first.text
    again = await served.http.post("/api/v1/staff", json=new, headers=shown)
    assert (again.status_code, again.content) == (201, first.content)
    other = await served.http.post("/api/v1/staff", json={**new, "login": "li.na2"}, headers=shown)
    assert other.status_code == 422
    assert other.json()["type"] == "urn:zhengwu:problem:key-reused"
    listed = (await served.http.get("/api/v1/staff", headers=shown)).json()
    assert [one["login"] for one in listed["staff"]] == ["boss", "li.na"]
    assert "password" not in str(listed)


async def test_only_an_operator_keeps_accounts(served: WebNode) -> None:
    await served.account("clerk", Role.CLERK)
    shown = await served.as_("clerk")
    assert (await served.http.get("/api/v1/staff", headers=shown)).status_code == 403
    new = {"login": "x1", "name": "x", "roles": ["operator"], "password": "seven green gates"}
    assert (await served.http.post("/api/v1/staff", json=new, headers=shown)).status_code == 403


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"roles": ["agent"]}, "roles"),  # a village's post at a county
        ({"roles": []}, "roles"),
        ({"login": "Bad Login!"}, "login"),
        ({"name": " "}, "name"),
        ({"password": "short"}, "password"),
        ({"password": "1234567890"}, "password"),
        ({"password": "li.na2026"}, "password"),
        ({"roles": ["handler"]}, "department"),
        ({"roles": ["handler"], "department": "none"}, "department"),
    ],
)
async def test_an_unsound_account_is_refused_field_by_field(
    served: WebNode, change: dict[str, object], field: str
) -> None:
    await with_departments(served, "zrzy")
    shown = await served.as_("boss")
    new = {"login": "li.na", "name": "李娜", "roles": ["clerk"], "password": "seven green gates"}
    answer = await served.http.post("/api/v1/staff", json=new | change, headers=shown)
    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == [field]
    assert len((await served.http.get("/api/v1/staff", headers=shown)).json()["staff"]) == 1


async def test_a_disabled_account_is_signed_out_at_once_and_stays_out(served: WebNode) -> None:
    await with_departments(served, "zrzy")
    her = await served.account("li.na", Role.HANDLER, department=DepartmentId("zrzy"))
    hers, boss = await served.as_("li.na"), await served.as_("boss")
    assert (await served.http.get("/api/v1/session", headers=hers)).status_code == 200
    changed = await served.http.patch(
        f"/api/v1/staff/{her.id}", json={"active": False}, headers=boss
    )
    assert changed.json()["active"] is False
    assert (await served.http.get("/api/v1/session", headers=hers)).status_code == 401
    again = await served.http.post("/api/v1/session", json={"login": "li.na", "password": PASSWORD})
    assert again.json()["type"] == "urn:zhengwu:problem:sign-in-failed"


async def test_an_operator_does_not_shut_himself_out(served: WebNode) -> None:
    boss = await served.as_("boss")
    me = (await served.http.get("/api/v1/session", headers=boss)).json()["account"]["id"]
    for change in ({"active": False}, {"roles": ["clerk"]}):
        answer = await served.http.patch(f"/api/v1/staff/{me}", json=change, headers=boss)
        assert answer.status_code == 403
    assert (await served.http.get("/api/v1/session", headers=boss)).status_code == 200


async def test_a_new_password_ends_every_session_of_its_owner(served: WebNode) -> None:
    here, there = await served.as_("boss"), await served.as_("boss")
    wrong = await served.http.put(
        "/api/v1/session/password",
        json={"current": "not this one", "new": "seven green gates"},
        headers=here,
    )
    assert wrong.status_code == 401
    done = await served.http.put(
        "/api/v1/session/password",
        json={"current": PASSWORD, "new": "seven green gates"},
        headers=here,
    )
    assert done.status_code == 200
    for old in (here, there):
        assert (await served.http.get("/api/v1/session", headers=old)).status_code == 401
    fresh = {"Authorization": f"Bearer {done.json()['token']}"}
    assert (await served.http.get("/api/v1/session", headers=fresh)).status_code == 200
    assert await served.token("boss", "seven green gates")
