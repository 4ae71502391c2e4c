"""Windows, posts, absences and filings over real HTTP: cover begins and ends by itself."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from node.clock import local_day
from node.runtime.sweeping import Sweeper
from node.staff import posting
from schemas.ids import DepartmentId, StaffId
from schemas.staff import Role
from tests.support.webnode import WebNode, web_node, with_departments

WJJ, MZJ = DepartmentId("wjj"), DepartmentId("mzj")
PEOPLE = (
    ("ann", Role.APPROVER, WJJ),
    ("bob", Role.HANDLER, WJJ),
    ("rep", Role.REPRESENTATIVE, WJJ),
    ("other", Role.REPRESENTATIVE, MZJ),
    ("bao", Role.DIRECTOR, None),
    ("shibei", Role.REGISTRAR, None),
    ("clerk", Role.CLERK, None),
)


class Hall:
    """A county with a window, a post and its people."""

    def __init__(self, served: WebNode) -> None:
        self.served = served
        self.ids: dict[str, StaffId] = {}
        self.shown: dict[str, dict[str, str]] = {}

    async def furnish(self) -> None:
        await with_departments(self.served, "wjj", "mzj")
        for login, role, department in PEOPLE:
            account = await self.served.account(login, role, department=department)
            self.ids[login] = account.id

    async def as_(self, login: str) -> dict[str, str]:
        if login not in self.shown:
            self.shown[login] = await self.served.as_(login)
        return self.shown[login]

    async def send(self, login: str, method: str, path: str, body: object = None) -> httpx.Response:
        return await self.served.http.request(
            method, f"/api/v1{path}", json=body, headers=await self.as_(login)
        )

    async def done(  # any shape of JSON
        self, login: str, method: str, path: str, body: object = None
    ) -> Any:  # noqa: ANN401
        answer = await self.send(login, method, path, body)
        assert answer.status_code < 300, answer.text
        return answer.json()

    async def with_post(self, **changed: object) -> None:
        window = {"id": "B01", "name": "卫健窗口", "kind": "department", "department": "wjj"}
        await self.done("bao", "PUT", "/windows/B01", window)
        await self.done("bao", "PUT", "/posts/wjj-1", self.post(**changed))

    def post(self, **changed: object) -> dict[str, object]:
        return {
            "id": "wjj-1", "name": "卫健审批", "roles": ["approver"], "department": "wjj",
            "window": "B01", "a": self.ids["ann"], "b": self.ids["bob"],
        } | changed  # fmt: skip

    async def away(
        self, login: str, *, by: str = "bao", first: int = 0, last: int = 0
    ) -> dict[str, Any]:
        today = local_day(self.served.clock.now())
        body = {
            "staff": self.ids[login],
            "kind": "training",
            "first": (today + timedelta(days=first)).isoformat(),
            "last": (today + timedelta(days=last)).isoformat(),
        }
        absence: dict[str, Any] = await self.done(by, "POST", "/absences", body)
        return absence

    async def roles(self, login: str, shown: dict[str, str] | None = None) -> set[str]:
        """What the open session of somebody may act as."""
        token = (shown or await self.as_(login))["Authorization"].removeprefix("Bearer ")
        session = await self.served.sessions.find(token)
        assert session is not None
        return {str(role) for role in session.actor.roles}


@pytest.fixture
async def hall(tmp_path: Path) -> AsyncIterator[Hall]:
    async with web_node(tmp_path) as node:
        made = Hall(node)
        await made.furnish()
        yield made


# ---- cover


async def test_b_has_the_posts_powers_at_once_when_a_is_away_and_no_longer(hall: Hall) -> None:
    await hall.with_post()
    assert await hall.roles("bob") == {"handler"}
    absence = await hall.away("ann", by="ann", last=2)
    assert await hall.roles("bob") == {"handler", "approver"}
    fresh = await hall.served.as_("bob")
    assert await hall.roles("bob", fresh) == {"handler", "approver"}
    (post,) = await hall.done("clerk", "GET", "/posts")
    assert (post["serving"], post["covered"]) == (hall.ids["bob"], True)
    ended = await hall.done("ann", "POST", f"/absences/{absence['id']}/end")
    assert ended["ended_by"] == hall.ids["ann"]
    for shown in (None, fresh):
        assert await hall.roles("bob", shown) == {"handler"}


async def test_who_covers_is_told_whom_where_and_until_when(hall: Hall) -> None:
    await hall.with_post()
    absence = await hall.away("ann", last=2)
    token = await hall.served.token("bob")
    session = await hall.served.sessions.find(token)
    assert session is not None
    assert session.actor.covering == (hall.ids["ann"],)
    (cover,) = session.actor.covers
    assert (cover.name, cover.post, cover.last) == ("ann 同志", "卫健审批", absence["last"])
    assert session.actor.department == "wjj"


async def test_a_cover_that_was_noted_ahead_begins_and_ends_with_its_days(hall: Hall) -> None:
    await hall.with_post()
    await hall.away("ann", first=1, last=1)
    sweeper = Sweeper(hall.served.works)
    seen = []
    for day in range(3):
        hall.served.clock.offset = timedelta(days=day)  # the node's time; sessions live on
        await sweeper.sweep()
        hall.served.sessions.forget_all()
        seen.append("approver" in await hall.roles("bob"))
    assert seen == [False, True, False]


async def test_a_post_whose_b_is_away_too_is_empty(hall: Hall) -> None:
    await hall.with_post()
    await hall.away("ann")
    await hall.away("bob", by="bob")
    assert await hall.roles("bob") == {"handler"}
    (post,) = await hall.done("clerk", "GET", "/posts")
    assert post["serving"] is None


async def test_a_new_b_takes_the_cover_over_and_the_old_one_loses_it(hall: Hall) -> None:
    await hall.with_post()
    await hall.away("ann")
    assert "approver" in await hall.roles("bob")
    await hall.done("rep", "PUT", "/posts/wjj-1", hall.post(b=hall.ids["rep"]))
    assert await hall.roles("bob") == {"handler"}
    day = local_day(hall.served.clock.now())
    held = await hall.served.works.read(posting.covered, hall.ids["rep"], day)
    assert [one.absent for one in held] == [hall.ids["ann"]]


async def test_whoever_is_stopped_leaves_his_posts_and_covers_nobody(hall: Hall) -> None:
    await hall.with_post()
    await hall.served.account("boss", Role.OPERATOR)
    await hall.done("boss", "PATCH", f"/staff/{hall.ids['bob']}", {"active": False})
    (post,) = await hall.done("clerk", "GET", "/posts")
    assert (post["post"]["a"], post["post"]["b"]) == (hall.ids["ann"], None)


# ---- who may


@pytest.mark.parametrize(
    ("login", "may"),
    [("bao", True), ("rep", True), ("other", False), ("ann", False), ("clerk", False)],
)
async def test_posts_are_arranged_by_the_director_or_the_departments_representative(
    hall: Hall,
    login: str,
    may: bool,  # noqa: FBT001  # a column of the table
) -> None:
    await hall.with_post(b=None)
    answer = await hall.send(login, "PUT", "/posts/wjj-1", hall.post())
    assert (answer.status_code == 200) == may
    (post,) = await hall.done("bao", "GET", "/posts")
    assert (post["post"]["b"] is not None) == may


@pytest.mark.parametrize(
    ("login", "may"),
    [("ann", True), ("bao", True), ("rep", True), ("other", False), ("bob", False)],
)
async def test_an_absence_is_noted_by_oneself_the_director_or_ones_department(
    hall: Hall,
    login: str,
    may: bool,  # noqa: FBT001  # a column of the table
) -> None:
    day = local_day(hall.served.clock.now()).isoformat()
    body = {"staff": hall.ids["ann"], "kind": "sick_leave", "first": day, "last": day}
    answer = await hall.send(login, "POST", "/absences", body)
    assert answer.status_code == (201 if may else 403)
    listed = await hall.done("bao", "GET", "/absences")
    assert len(listed) == may
    if may:
        foreign = await hall.send("bob", "POST", f"/absences/{listed[0]['id']}/end")
        assert foreign.status_code == 403
        assert await hall.done("bob", "GET", "/absences") == []


async def test_absences_that_overlap_are_refused_and_nothing_is_written(hall: Hall) -> None:
    first = await hall.away("ann", last=3)
    day = first["last"]
    body = {"staff": hall.ids["ann"], "kind": "duty", "first": day, "last": day}
    answer = await hall.send("ann", "POST", "/absences", body)
    assert answer.status_code == 422
    assert answer.json()["codes"] == {"first": "overlaps"}
    assert len(await hall.done("bao", "GET", "/absences")) == 1


async def test_an_absence_that_is_said_twice_is_written_once(hall: Hall) -> None:
    first, again = await hall.away("ann", last=3), await hall.away("ann", by="ann", last=3)
    assert first == again
    assert len(await hall.done("bao", "GET", "/absences")) == 1


async def test_an_absence_is_taken_back_once(hall: Hall) -> None:
    absence = await hall.away("ann", last=1)
    path = f"/absences/{absence['id']}/end"
    await hall.done("ann", "POST", path)
    assert (await hall.send("ann", "POST", path)).status_code == 409
    assert await hall.done("bao", "GET", "/absences") == []
    kept = await hall.served.works.read(posting.absences_of, hall.ids["ann"])
    assert [one.id for one in kept] == [absence["id"]]


async def test_a_window_is_closed_and_opened_and_keeps_to_its_department(hall: Hall) -> None:
    await hall.with_post()
    window = {"id": "B01", "name": "卫健窗口", "kind": "department", "department": "wjj"}
    closed = await hall.done("bao", "PUT", "/windows/B01", window | {"open": False})
    assert closed["open"] is False
    assert [one["open"] for one in await hall.done("clerk", "GET", "/windows")] == [False]
    moved = await hall.send("bao", "PUT", "/windows/B01", window | {"department": "mzj"})
    assert moved.json()["codes"] == {"department": "has_posts"}
    assert (await hall.send("rep", "PUT", "/windows/B01", window)).status_code == 403


# ---- filings


async def filed(hall: Hall, login: str = "ann", post: str = "wjj-1") -> dict[str, Any]:
    day = local_day(hall.served.clock.now()).isoformat()
    body = {"staff": hall.ids[login], "post": post, "from_day": day}
    filing: dict[str, Any] = await hall.done("rep", "POST", "/filings", body)
    return filing


async def test_a_filing_is_numbered_recorded_and_no_longer_missed(hall: Hall) -> None:
    await hall.with_post()
    before = await hall.done("shibei", "GET", "/filings")
    assert {one["name"] for one in before["unfiled"]} == {"ann 同志", "bob 同志"}
    filing = await filed(hall)
    year = local_day(hall.served.clock.now()).year
    assert (filing["number"], filing["state"]) == (f"备{year}-0001", "filed")
    waiting = await hall.done("bao", "GET", "/filings")
    assert waiting["unfiled"][0]["pending"] == filing["number"]
    judged = await hall.done(
        "shibei", "POST", f"/filings/{filing['number']}/judge", {"state": "recorded"}
    )
    assert (judged["state"], judged["judged_by"]) == ("recorded", hall.ids["shibei"])
    after = await hall.done("shibei", "GET", "/filings")
    assert [one["name"] for one in after["unfiled"]] == ["bob 同志"]
    assert (await filed(hall, "bob"))["number"] == f"备{year}-0002"


async def test_a_returned_filing_stays_and_another_follows_it(hall: Hall) -> None:
    await hall.with_post()
    first = await filed(hall)
    path = f"/filings/{first['number']}/judge"
    silent = await hall.send("shibei", "POST", path, {"state": "returned"})
    assert silent.json()["codes"] == {"reason": "missing"}
    await hall.done("shibei", "POST", path, {"state": "returned", "reason": "缺授权书"})
    again = await hall.send("shibei", "POST", path, {"state": "recorded"})
    assert again.status_code == 409
    second = await filed(hall)
    assert second["follows"] == first["number"]
    states = [one["state"] for one in (await hall.done("bao", "GET", "/filings"))["filings"]]
    assert states == ["filed", "returned"]


async def test_a_change_of_post_is_to_be_filed_anew(hall: Hall) -> None:
    await hall.with_post(b=None)
    filing = await filed(hall)
    path = f"/filings/{filing['number']}/judge"
    await hall.done("shibei", "POST", path, {"state": "recorded"})
    twice = {"staff": hall.ids["ann"], "post": "wjj-1", "from_day": filing["from_day"]}
    assert (await hall.send("rep", "POST", "/filings", twice)).status_code == 409
    await hall.done("bao", "PUT", "/posts/wjj-1", hall.post(b=None, name="卫健审批二岗"))
    (missing,) = (await hall.done("bao", "GET", "/filings"))["unfiled"]
    assert (missing["name"], missing["pending"]) == ("ann 同志", "")
    assert (await filed(hall))["follows"] == filing["number"]


async def test_two_posts_of_one_person_are_two_filings_that_do_not_follow_one_another(
    hall: Hall,
) -> None:
    await hall.with_post(b=None)
    second = hall.post(b=None, id="wjj-2", name="卫健登记")
    await hall.done("bao", "PUT", "/posts/wjj-2", second)
    first = await filed(hall)
    other = await filed(hall, post="wjj-2")
    assert (first["follows"], other["follows"]) == ("", "")


@pytest.mark.parametrize("login", ["other", "clerk", "ann", "shibei"])
async def test_nobody_files_for_anothers_department(hall: Hall, login: str) -> None:
    await hall.with_post()
    day = local_day(hall.served.clock.now()).isoformat()
    body = {"staff": hall.ids["ann"], "post": "wjj-1", "from_day": day}
    assert (await hall.send(login, "POST", "/filings", body)).status_code == 403
    assert (await hall.done("bao", "GET", "/filings"))["filings"] == []


async def test_only_the_registrar_judges_and_departments_see_their_own(hall: Hall) -> None:
    await hall.with_post()
    filing = await filed(hall)
    path = f"/filings/{filing['number']}/judge"
    for login in ("bao", "rep", "clerk"):
        answer = await hall.send(login, "POST", path, {"state": "recorded"})
        assert answer.status_code == 403, login
    assert len((await hall.done("rep", "GET", "/filings"))["filings"]) == 1
    assert await hall.done("other", "GET", "/filings") == {"filings": [], "unfiled": []}
    assert (await hall.send("clerk", "GET", "/filings")).status_code == 403


# ---- accounts


async def test_accounts_are_kept_by_security_and_only_without_one_by_the_operator(
    hall: Hall,
) -> None:
    await hall.served.account("boss", Role.OPERATOR)
    new = {"login": "x1", "name": "新人", "roles": ["clerk"], "password": "seven green gates"}
    assert (await hall.send("boss", "POST", "/staff", new)).status_code == 201
    await hall.served.account("tang", Role.SECURITY)
    refused = await hall.send("boss", "POST", "/staff", new | {"login": "x2"})
    assert refused.status_code == 403
    assert (await hall.send("tang", "POST", "/staff", new | {"login": "x3"})).status_code == 201
    assert await hall.served.token("x3", "seven green gates")


async def test_nobody_changes_his_own_posts(hall: Hall) -> None:
    tang = await hall.served.account("tang", Role.SECURITY)
    answer = await hall.send("tang", "PATCH", f"/staff/{tang.id}", {"roles": ["director"]})
    assert answer.status_code == 403
    renamed = await hall.send("tang", "PATCH", f"/staff/{tang.id}", {"name": "唐安全"})
    assert renamed.status_code == 200


async def test_a_departments_kind_is_kept(hall: Hall) -> None:
    await hall.served.account("boss", Role.OPERATOR)
    body = {"id": "wjj", "name": "卫生健康局", "kind": "dual"}
    await hall.done("boss", "PUT", "/departments/wjj", body)
    listed = await hall.done("clerk", "GET", "/departments")
    assert {one["id"]: one["kind"] for one in listed} == {"wjj": "dual", "mzj": "own"}
    assert (await hall.send("clerk", "PUT", "/departments/wjj", body)).status_code == 403


async def test_every_change_of_people_stands_in_the_trail(hall: Hall) -> None:
    await hall.with_post()
    absence = await hall.away("ann")
    await hall.done("ann", "POST", f"/absences/{absence['id']}/end")
    filing = await filed(hall)
    await hall.done("shibei", "POST", f"/filings/{filing['number']}/judge", {"state": "recorded"})
    rows = await hall.served.database.read(
        lambda tx: tx.execute("SELECT act, name FROM audit_entries ORDER BY serial").fetchall()
    )
    kept = [row for row in rows if row[1] != "系统" and not row[0].startswith("sign")]
    assert kept == [
        ("window_changed", "bao 同志"),
        ("post_changed", "bao 同志"),
        ("absence_noted", "bao 同志"),
        ("absence_taken_back", "ann 同志"),
        ("filing_made", "rep 同志"),
        ("filing_judged", "shibei 同志"),
    ]
