"""The pages and the API of the people below, at a county."""

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path

import pytest

from node.database import Tx
from node.roster import reading, store
from node.web.sessions import Sessions
from node.work import Actor
from schemas.ids import NodeId, PartDigest, StaffId, StreamName
from schemas.roster import AccountArrived, ArrivalState, GrantedPerson, GrantView
from schemas.staff import Role
from tests.support.pagenode import PageNode, page_node
from tests.support.visitors import Visitor, Visitors, visitors_of

CITY, COUNTY = NodeId("6103"), NodeId("610328")
TOWN, VILLAGE = NodeId("610328100"), NodeId("610328100201")
GOOD: Mapping[str, Sequence[str]] = {
    "node": [VILLAGE], "name": ["王代办"], "login": ["wang"], "roles": ["agent"],
}  # fmt: skip
PASSWORD = re.compile(r"\b[a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4}\b")
CHINESE = re.compile(r"[\u3400-\u9fff]")


class Served:
    """A county with its pages, and the operator who keeps its accounts."""

    def __init__(self, county: PageNode, visit: Visitors, keeper: Visitor) -> None:
        self.county, self.visit, self.keeper = county, visit, keeper

    async def people(self) -> tuple[GrantedPerson, ...]:
        listed = await self.county.works.read(reading.listing, self.county.parts, COUNTY)
        return listed.people

    async def made(self) -> GrantedPerson:
        """Make an account by the page."""
        answer = await self.keeper.post("/roster", GOOD)
        assert answer.status_code == 200, answer.text[:2000]
        return (await self.people())[0]

    async def said(self, one: GrantedPerson, state: ArrivalState, seq: int = 0) -> None:
        """Have its node say what became of it, as a note would."""
        arrived = AccountArrived(stream=one.grant.stream, seq=seq, state=state)
        note = StreamName(f"note/{VILLAGE}/{'a' * 16}")
        await self.county.database.write(
            lambda tx: store.note_arrival(tx, note, VILLAGE, arrived, 1)
        )


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Served]:
    async with page_node(tmp_path / "county") as county, visitors_of(county) as visit:
        await county.database.write(_places)
        yield Served(county, visit, await visit("operator"))


def _places(tx: Tx) -> None:
    for node, name in ((TOWN, "城关镇"), (VILLAGE, "东大街社区")):
        tx.execute(
            "INSERT INTO node_records VALUES (?, ?, ?, 'enrolled', '', '', 0)",
            (node, name, f"Place {node}"),
        )


async def test_an_account_is_made_and_its_password_is_shown_once(served: Served) -> None:
    empty = await served.keeper.page("/roster")
    assert "给东大街社区开账号" in empty
    assert "给城关镇开账号" not in empty  # a town keeps its own
    form = await served.keeper.page(f"/roster/new?node={VILLAGE}")
    assert f'value="{VILLAGE}" selected' in form
    answer = await served.keeper.post("/roster", GOOD)
    assert answer.status_code == 200
    (drawn,) = set(PASSWORD.findall(answer.text))
    assert answer.headers["cache-control"] == "no-store"
    (one,) = await served.people()
    assert (one.login, one.name, one.grant.roles) == ("wang", "王代办", (Role.AGENT,))
    for path in ("/roster", f"/roster/{one.grant.id}"):
        page = await served.keeper.page(path)
        assert "王代办" in page
        assert "待送达" in page
        assert drawn not in page
    rows = await served.county.works.read(
        lambda tx: [str(row) for row in tx.execute("SELECT * FROM audit_entries").fetchall()]
    )
    assert rows
    assert not any(drawn in row or "王代办" in row for row in rows if "roster" in row)


async def test_a_form_sent_twice_makes_one_account_and_says_why(served: Served) -> None:
    await served.made()
    again = await served.keeper.post("/roster", GOOD)
    assert again.status_code == 422
    assert "这个站点已经有这个账号" in again.text
    assert 'value="王代办"' in again.text  # what was typed is still there
    assert len(await served.people()) == 1


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"node": [""]}, "请选择站点"),
        ({"node": ["610328102201"]}, "请选择站点"),
        ({"name": [""]}, "请填写姓名"),
        ({"login": ["王"]}, "账号用小写字母"),
        ({"roles": []}, "请选一个岗位"),
        ({"roles": ["clerk"]}, "这个岗位不能放在那个站点"),
        ({"roles": ["operator"]}, "这个岗位不能放在那个站点"),
    ],
)
async def test_what_is_wrong_is_said_beside_its_field(
    served: Served, changed: Mapping[str, Sequence[str]], why: str
) -> None:
    answer = await served.keeper.post("/roster", {**GOOD, **changed})
    assert answer.status_code == 422
    assert why in answer.text
    assert await served.people() == ()


async def test_an_account_is_stopped_let_go_on_and_given_a_new_password(served: Served) -> None:
    one = await served.made()
    place = f"/roster/{one.grant.id}"
    assert (await served.keeper.post(f"{place}/stop", {"reason": [""]})).status_code == 422
    assert await served.keeper.went(f"{place}/stop", {"reason": ["left_post"]}) == (
        f"{place}?done=stopped"
    )
    page = await served.keeper.page(f"{place}?done=stopped")
    assert "离岗" in page
    assert "已停用，正在送往当地" in page
    twice = await served.keeper.went(f"{place}/stop", {"reason": ["left_post"]})
    assert "刚才已经有人办过了" in await served.keeper.page(twice)
    assert await served.keeper.went(f"{place}/resume") == f"{place}?done=resumed"
    (found,) = await served.people()
    assert found.grant.active
    answer = await served.keeper.post(f"{place}/password")
    assert answer.status_code == 200
    assert len(set(PASSWORD.findall(answer.text))) == 1
    (after,) = await served.people()
    assert after.grant.part != one.grant.part
    assert (after.login, after.name) == ("wang", "王代办")
    assert (await served.keeper.post(f"{place}/praise")).status_code == 404
    assert (await served.keeper.get("/roster/nobody")).status_code == 404


async def test_what_became_of_it_there_is_said_with_a_way_on(served: Served) -> None:
    one = await served.made()
    await served.said(one, ArrivalState.READY)
    assert "已送达" in await served.keeper.page("/roster")
    await served.said(one, ArrivalState.LOGIN_TAKEN)
    assert "账号名重复" in await served.keeper.page("/roster")
    page = await served.keeper.page(f"/roster/{one.grant.id}")
    assert "请停用这一条，换个账号名再开一个" in page
    await served.said(one, ArrivalState.UNUSABLE)
    assert "请重设密码" in await served.keeper.page(f"/roster/{one.grant.id}")


async def test_a_town_may_be_given_other_posts(served: Served) -> None:
    town = {**GOOD, "node": [TOWN], "roles": ["clerk", "officer"], "login": ["qian"]}
    await served.keeper.post("/roster", town)
    (one,) = await served.people()
    place = f"/roster/{one.grant.id}"
    assert await served.keeper.went(f"{place}/roles", {"roles": ["clerk"]}) == (
        f"{place}?done=changed"
    )
    (after,) = await served.people()
    assert after.grant.roles == (Role.CLERK,)
    assert (await served.keeper.post(f"{place}/roles", {"roles": ["agent"]})).status_code == 422


async def test_only_who_keeps_accounts_sees_and_does_any_of_it(served: Served) -> None:
    one = await served.made()
    before = await served.people()
    place = f"/roster/{one.grant.id}"
    for login in ("clerk", "handler", "supervisor"):
        visitor = await served.visit(login)
        for path in ("/roster", "/roster/new", place):
            assert (await visitor.get(path)).status_code == 403
        for path in ("/roster", f"{place}/stop", f"{place}/password", f"{place}/resume"):
            answer = await visitor.post(path, {**GOOD, "login": ["li"], "reason": ["other"]})
            assert answer.status_code == 403, path
        assert "/roster" not in (await visitor.page("/items"))
    assert await served.people() == before
    assert "/roster" in await served.keeper.page("/items")


def grant_of(node: str, number: int, keeper: NodeId) -> GrantView:
    end = f"{node[-4:]}{number}".translate(str.maketrans("01", "ab")).rjust(16, "a")
    return GrantView(
        stream=StreamName(f"staff/{keeper}/{end}"), id=StaffId(end), subject=NodeId(node),
        keeper=keeper, roles=(Role.AGENT,), active=True, part=PartDigest("a" * 64), author=keeper,
        granted_at=number, changed_at=number, seq=0,
    )  # fmt: skip


def hrefs(page: str) -> list[str]:
    return [one for one in re.findall(r'href="/roster/(\w+)"', page) if one != "new"]


async def test_a_county_of_many_villages_reads_them_a_page_at_a_time(served: Served) -> None:
    ours = [grant_of(f"6103281{n:05}", m, COUNTY) for n in range(201, 206) for m in range(25)]
    theirs = [grant_of(f"6103282{n:05}", m, TOWN) for n in range(201, 266) for m in range(2)]

    def put(tx: Tx) -> None:
        for one in (*ours, *theirs):
            store.save(tx, one)

    await served.county.database.write(put)
    seen, path = [], "/roster"
    while path:
        page = await served.keeper.page(path)
        assert len(page.encode()) < 60_000
        seen += hrefs(page)
        more = re.search(r'href="(/roster\?after=\d+)"', page)
        assert ("别的单位开的账号" in page) is (path == "/roster")
        path = more.group(1) if more else ""
    assert seen == [one.id for one in ours]


async def test_english_pages_speak_english(served: Served) -> None:
    one = await served.made()
    for path in ("/roster", "/roster/new", f"/roster/{one.grant.id}"):
        answer = await served.keeper.get(path, language="en")
        text = answer.text.replace("王代办", "").replace("千阳县", "").replace("中文", "")
        assert not CHINESE.findall(text.replace("operator 同志", "")), path


# ---- the API


async def headers_of(served: Served, *roles: Role) -> dict[str, str]:
    sessions = Sessions(served.county.database, served.county.works.clock)
    begun = await sessions.begin(Actor(StaffId("someone"), frozenset(roles)))
    return {"Authorization": f"Bearer {begun.token}"}


async def test_a_program_makes_lists_stops_and_resumes(served: Served) -> None:
    http = served.keeper.http
    http.cookies.clear()
    headers = await headers_of(served, Role.OPERATOR)
    body = {
        "node": VILLAGE, "login": "li", "name": "李代办", "roles": ["agent"],
        "password": "three blue herons",
    }  # fmt: skip
    keyed = {**headers, "Idempotency-Key": "one"}
    made = await http.post("/api/v1/roster", json=body, headers=keyed)
    assert made.status_code == 201, made.text
    again = await http.post("/api/v1/roster", json=body, headers=keyed)
    assert (again.status_code, again.json()) == (201, made.json())
    account = made.json()["grant"]["id"]
    listed = (await http.get("/api/v1/roster", headers=headers)).json()["people"]
    assert [(one["login"], one["arrived"]) for one in listed] == [("li", False)]
    nobody = await http.get("/api/v1/roster", params={"node": TOWN}, headers=headers)
    assert nobody.json()["people"] == []
    place = f"/api/v1/roster/{account}"
    weak = await http.post(f"{place}/password", json={"password": "short"}, headers=headers)
    assert weak.status_code == 422, weak.text
    for act, sent, status in (
        ("stop", {"reason": "bad mood"}, 422), ("stop", {"reason": "left_post"}, 200),
        ("stop", {"reason": "left_post"}, 409), ("resume", None, 200), ("resume", None, 409),
        ("password", {"password": "four green gates"}, 200), ("roles", {"roles": ["agent"]}, 200),
        ("roles", {"roles": ["clerk"]}, 422),
    ):  # fmt: skip
        answer = await http.post(f"{place}/{act}", json=sent, headers=headers)
        assert answer.status_code == status, (act, answer.text)
    assert "three blue herons" not in made.text


async def test_a_program_of_somebody_else_is_refused(served: Served) -> None:
    one = await served.made()
    http = served.keeper.http
    http.cookies.clear()
    headers = await headers_of(served, Role.SUPERVISOR, Role.AUDITOR)
    body = {"node": VILLAGE, "login": "x1", "name": "x", "roles": ["agent"], "password": "12345"}
    place = f"/api/v1/roster/{one.grant.id}"
    assert (await http.get("/api/v1/roster", headers=headers)).status_code == 403
    assert (await http.post("/api/v1/roster", json=body, headers=headers)).status_code == 403
    for act, sent in (("stop", {"reason": "other"}), ("password", {"password": "a"})):
        answer = await http.post(f"{place}/{act}", json=sent, headers=headers)
        assert answer.status_code == 403
