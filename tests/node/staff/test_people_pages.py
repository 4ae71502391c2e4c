"""Pages of people, posts, windows, absences, filings and departments, as users see them."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest

from node.clock import local_day
from node.staff import actions, posting
from node.work import SYSTEM
from schemas.ids import DepartmentId, StaffId
from schemas.staff import NewAccount, Post, Role, Window, WindowKind
from tests.support.catalogue import WJJ
from tests.support.pagenode import PageNode, page_node
from tests.support.visitors import Visitors, visitors_of
from tests.support.webnode import HASHED

MORE: tuple[tuple[str, Role, DepartmentId | None], ...] = (
    ("bao", Role.DIRECTOR, None),
    ("shibei", Role.REGISTRAR, None),
    ("rep", Role.REPRESENTATIVE, WJJ),
)


class Hall:
    """A county whose approver is A and whose handler is B of a post at a window."""

    def __init__(self, node: PageNode, sign_in: Visitors) -> None:
        self.node = node
        self.sign_in = sign_in
        self.ids: dict[str, StaffId] = {}
        self.today = local_day(node.works.clock.now())

    async def furnish(self) -> None:
        for login, role, department in MORE:
            new = NewAccount(
                login=login, name=f"{login} 同志", roles=(role,), department=department, password=""
            )
            await self.node.works.run(SYSTEM, actions.add, new, HASHED)
        listed = await self.node.works.read(actions.listing)
        self.ids = {one.login: one.id for one in listed.staff}
        window = Window(id="B01", name="卫健窗口", kind=WindowKind.DEPARTMENT, department=WJJ)
        await self.node.works.run(SYSTEM, posting.put_window, window)
        post = Post(
            id="wjj-1", name="卫健审批岗", roles=(Role.APPROVER,), department=WJJ, window="B01",
            a=self.ids["approver"], b=self.ids["handler"],
        )  # fmt: skip
        await self.node.works.run(SYSTEM, posting.put_post, post)

    def away(self, login: str, *, days: int = 0) -> dict[str, str]:
        return {
            "staff": self.ids[login],
            "kind": "training",
            "first": self.today.isoformat(),
            "last": (self.today + timedelta(days=days)).isoformat(),
        }


@pytest.fixture
async def hall(tmp_path: Path) -> AsyncIterator[Hall]:
    async with page_node(tmp_path) as node, visitors_of(node) as sign_in:
        made = Hall(node, sign_in)
        await made.furnish()
        yield made


def text_of(page: str) -> str:
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)))


# ---- cover


async def test_b_reads_on_every_page_for_whom_he_stands_in_from_the_moment_on(hall: Hall) -> None:
    approver, handler = await hall.sign_in("approver"), await hall.sign_in("handler")
    paths = ("/", "/cases", "/items", "/calendar", "/links", "/me", "/password")
    for path in paths:
        assert "顶岗" not in (await handler.page(path)).split("<main")[0], path
    went = await approver.went("/absences", hall.away("approver", days=2))
    assert went.startswith("/me?done=away")
    last = (hall.today + timedelta(days=2)).isoformat()
    band = f"您正在顶岗：approver 同志（卫健审批岗），到 {last}。"
    for path in paths:
        assert band in await handler.page(path), path
    english = (await handler.get("/items", language="en")).text
    assert f"You cover for approver 同志 (卫健审批岗) until {last}" in english
    mine = text_of(await approver.page("/me"))
    assert "今天由handler 同志顶岗" in mine
    end = re.search(r'action="(/absences/[^"]+/end)"', await approver.page("/me"))
    assert end
    assert await approver.went(end.group(1), {"back": "/me"}) == "/me?done=back"
    assert await approver.went(end.group(1), {"back": "/me"}) == "/me"  # twice does no harm
    for path in paths:
        assert "您正在顶岗" not in await handler.page(path), path


async def test_the_director_sees_an_empty_post_in_red_and_fills_it(hall: Hall) -> None:
    director = await hall.sign_in("bao")
    assert "每个岗位今天都有人" in await director.page("/posts")
    for login in ("approver", "handler"):
        await director.went("/absences", hall.away(login))
    assert "1 个岗位空岗" in text_of(await director.page("/supervision"))
    page = await director.page("/posts")
    alert = re.search(r'<div class="told stop" role="alert">(.*?)</div>', page, re.DOTALL)
    assert alert
    assert "卫健审批岗" in alert.group(1)
    form = {
        "name": "卫健审批岗", "roles": "approver", "department": WJJ, "window": "B01",
        "a": hall.ids["approver"], "b": hall.ids["rep"],
    }  # fmt: skip
    assert await director.went("/posts/wjj-1", form) == "/posts?done=saved"
    assert "rep 同志顶岗" in await director.page("/posts")
    assert "空岗" not in await director.page("/supervision")
    assert "rep 同志顶岗" in text_of(await director.page("/windows"))
    history = text_of(await director.page("/posts/wjj-1"))
    assert history.count("handler 同志 B 岗") == 1


async def test_a_wrong_arrangement_says_why_and_keeps_what_was_chosen(hall: Hall) -> None:
    director = await hall.sign_in("bao")
    form = {
        "name": "卫健审批岗", "roles": "approver", "department": WJJ, "window": "B01",
        "a": hall.ids["handler"], "b": hall.ids["handler"],
    }  # fmt: skip
    answer = await director.post("/posts/wjj-1", form)
    assert answer.status_code == 422
    assert "A 岗自己要有这个岗位的权限" in answer.text
    assert "A 岗和 B 岗不能是同一个人" in answer.text
    (post,) = await hall.node.works.read(posting.posts)
    assert post.a == hall.ids["approver"]


async def test_a_wrong_absence_says_why_and_nothing_is_written(hall: Hall) -> None:
    clerk = await hall.sign_in("clerk")
    form = hall.away("clerk") | {"last": (hall.today - timedelta(days=1)).isoformat()}
    answer = await clerk.post("/absences", form)
    assert answer.status_code == 422
    assert "最后一天不能早于第一天" in answer.text
    assert "请选择" in (await clerk.post("/absences", {**form, "kind": ""})).text
    assert await hall.node.works.read(posting.absences_of, hall.ids["clerk"]) == ()


async def test_one_is_offered_only_whom_one_may_note(hall: Hall) -> None:
    clerk, director = await hall.sign_in("clerk"), await hall.sign_in("bao")
    assert "<select" not in await clerk.page("/absences/new")
    assert "supervisor 同志" in await director.page("/absences/new")
    foreign = await clerk.post("/absences", hall.away("approver"))
    assert foreign.status_code == 403


async def test_a_new_post_is_made_first_and_then_given_people(hall: Hall) -> None:
    director = await hall.sign_in("bao")
    form = {"id": "A01", "name": "综合窗口岗", "roles": "clerk", "department": "", "window": ""}
    assert await director.went("/posts/new", form) == "/posts/A01"
    page = await director.page("/posts/A01")
    assert "clerk 同志" in page
    assert "supervisor 同志" not in page  # who oversees holds no post
    wrong = await director.post("/posts/new", form | {"id": "new"})
    assert wrong.status_code == 422
    assert "编号用字母、数字和横线" in wrong.text


# ---- windows, departments


async def test_a_window_is_added_closed_and_opened(hall: Hall) -> None:
    director = await hall.sign_in("bao")
    form = {"id": "A01", "name": "综合窗口一", "kind": "general", "department": "", "open": "yes"}
    assert await director.went("/windows/new", form) == "/windows?done=saved"
    await director.went("/windows/A01/close")
    assert "暂停" in text_of(await director.page("/windows"))
    renamed = {k: v for k, v in form.items() if k != "id"} | {"name": "综合一窗", "open": "no"}
    await director.went("/windows/A01", renamed)
    windows = {one.id: one for one in await hall.node.works.read(posting.windows)}
    assert (windows["A01"].name, windows["A01"].open) == ("综合一窗", False)
    wrong = await director.post("/windows/new", form | {"kind": "department", "id": "A02"})
    assert "要选部门" in wrong.text
    clerk = await hall.sign_in("clerk")
    assert (await clerk.get("/windows/A01")).status_code == 403


async def test_a_departments_kind_is_said_and_changed(hall: Hall) -> None:
    operator = await hall.sign_in("operator")
    form = {"id": "swj", "name": "税务局", "name_en": "Tax Bureau", "kind": "vertical"}
    await operator.went("/departments", form)
    assert "税务局 swj 垂管" in text_of(await operator.page("/departments"))
    wrong = await operator.post("/departments", form | {"id": "S W"})
    assert wrong.status_code == 422
    assert (await (await hall.sign_in("bao")).get("/departments")).status_code == 403


# ---- filings


async def test_a_filing_goes_from_the_department_to_the_bureau_and_back(hall: Hall) -> None:
    rep, registrar = await hall.sign_in("rep"), await hall.sign_in("shibei")
    assert "在窗口上岗，还没有备案" in await rep.page("/filings")
    form = {"staff": hall.ids["approver"], "post": "wjj-1", "from_day": hall.today.isoformat()}
    number = f"备{hall.today.year}-0001"
    assert (await rep.went("/filings", form)).startswith("/filings?done=made&number=")
    assert await rep.went("/filings", form) == "/filings?done=filed_before"
    page = await registrar.page("/filings")
    assert f"办理 {number}" in unescape(page)
    silent = await registrar.post(f"/filings/{number}", {"answer": "return", "reason": ""})
    assert silent.status_code == 422
    assert "请写明原因" in silent.text
    await registrar.went(f"/filings/{number}", {"answer": "return", "reason": "缺授权书"})
    assert "缺授权书" in await rep.page("/filings")
    await rep.went("/filings", form)
    second = f"备{hall.today.year}-0002"
    assert f"接 {number}" in text_of(await registrar.page(f"/filings/{second}"))
    await registrar.went(f"/filings/{second}", {"answer": "record"})
    again = await registrar.went(f"/filings/{second}", {"answer": "record"})
    assert again == "/filings?done=judged_before"
    mine = text_of(await (await hall.sign_in("approver")).page("/me"))
    assert f"{second} 接 {number} 卫健审批岗 B01" in mine
    assert "已备案" in mine


async def test_all_who_lack_a_filing_are_filed_at_once_and_not_twice(hall: Hall) -> None:
    director = await hall.sign_in("bao")
    assert "全部报备" in await director.page("/filings")
    assert await director.went("/filings/all") == "/filings?done=made_all&count=2"
    assert await director.went("/filings/all") == "/filings?done=made_all&count=0"
    registrar = await hall.sign_in("shibei")
    assert "/filings/all" not in await registrar.page("/filings")
    assert "已报送 2 份" in await director.page("/filings?done=made_all&count=2")


async def test_the_registrar_has_the_filings_as_his_first_page(hall: Hall) -> None:
    registrar = await hall.sign_in("shibei")
    answer = await registrar.get("/")
    assert (answer.status_code, answer.headers["location"]) == (303, "/filings")


# ---- accounts


async def test_a_person_is_changed_and_signs_in_anew(hall: Hall) -> None:
    operator, clerk = await hall.sign_in("operator"), await hall.sign_in("clerk")
    assert "clerk 同志" in await operator.page("/staff?find=clerk")
    assert "approver 同志" not in await operator.page("/staff?find=clerk")
    path = f"/staff/{hall.ids['clerk']}"
    form = {"name": "柯文员", "roles": "clerk", "department": "", "password": ""}
    assert await operator.went(path, form) == f"{path}?done=saved"
    assert (await clerk.get("/cases")).headers["location"].startswith("/sign-in")
    wrong = await operator.post(path, form | {"roles": ["auditor", "clerk"]})
    assert wrong.status_code == 422
    assert "安全审计员只能是审计员，不能兼别的岗位" in wrong.text
    assert "柯文员" in await operator.page(path)


async def test_with_a_security_administrator_the_operator_only_looks(hall: Hall) -> None:
    new = NewAccount(login="tang", name="唐安全", roles=(Role.SECURITY,), password="")
    await hall.node.works.run(SYSTEM, actions.add, new, HASHED)
    operator, security = await hall.sign_in("operator"), await hall.sign_in("tang")
    path = f"/staff/{hall.ids['clerk']}"
    page = await operator.page("/staff")
    assert "账号由安全管理员管理" in page
    assert path not in page
    assert (await operator.post(f"{path}/stop")).status_code == 403
    assert path in await security.page("/staff")
    own = (await hall.node.works.read(actions.by_login, "tang")) or None
    assert own is not None
    assert 'name="roles"' not in await security.page(f"/staff/{own.id}")


@pytest.mark.parametrize("login", ["clerk", "supervisor", "publisher"])
async def test_whoever_arranges_nothing_sees_only_his_own_page(hall: Hall, login: str) -> None:
    person = await hall.sign_in(login)
    assert "我的岗位" in await person.page("/me")
    for path in ("/posts", "/posts/wjj-1", "/filings", "/staff", "/departments"):
        assert (await person.get(path)).status_code == 403, path
    assert (await person.get(f"/staff/{hall.ids['approver']}")).status_code == 404
