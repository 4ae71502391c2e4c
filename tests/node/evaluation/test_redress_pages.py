"""The pages of complaints over HTTP: a window takes one, its department answers, a clerk calls."""

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from node.cases import receiving as cases
from node.database import Tx
from node.evaluation import redress_actions as actions
from node.staff import actions as staff
from node.work import SYSTEM
from schemas.redress import RedressState
from tests.support import redress
from tests.support.casework import FORM, ZHANG
from tests.support.catalogue import WJJ
from tests.support.pagenode import COUNTY, PageNode, page_node
from tests.support.visitors import Visitor, Visitors, visitors_of

Typed = Mapping[str, Sequence[str]]
CHINESE = re.compile(r"[\u3400-\u9fff]")
SAYS: Typed = {
    "redress": ["complaint"], "source": ["phone"], "title": ["态度"], "text": ["窗口爱理不理"],
    "name": ["王小明"], "phone": ["13812345678"], "department": [WJJ], "key": ["k1"],
}  # fmt: skip
API = "/api/v1/redress"


@dataclass
class Served:
    """A county with its pages."""

    county: PageNode
    visit: Visitors

    async def taken(self, **changes: list[str]) -> tuple[str, str]:
        """Take a complaint at the window; give its address and its code."""
        clerk = await self.visit("clerk")
        answer = await clerk.post("/redress", {**SAYS, **changes})
        assert answer.status_code == 200, answer.text
        number, code = re.findall(r'class="num big">([^<]+)<', answer.text)
        found = await self.county.works.read(_end_of, number)
        return found, code

    async def to_answered(self) -> str:
        end, _ = await self.taken()
        handler = await self.visit("handler")
        await handler.went(
            f"/redress/{end}/verify", {"finding": ["true"], "complexity": ["simple"]}
        )
        await handler.went(f"/redress/{end}/answer", {"answer": ["已道歉"], "mended": ["yes"]})
        return end


def _end_of(tx: Tx, number: str) -> str:
    return str(tx.execute("SELECT id FROM redress WHERE number = ?", (number,)).fetchone()[0])


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Served]:
    async with page_node(tmp_path) as county, visitors_of(county) as visit:
        yield Served(county, visit)


async def test_a_complaint_goes_from_the_window_to_its_department_and_back(served: Served) -> None:
    end = await served.to_answered()
    clerk = await served.visit("clerk")
    page = await clerk.page(f"/redress/{end}")
    assert "13812345678" in page, "who calls back sees the number"
    assert "王**" in page
    assert "王小明" not in page
    where = await clerk.went(
        f"/redress/{end}/call_back", {"reached": ["yes"], "grade": ["4"], "note": ["满意了"]}
    )
    page = await clerk.page(where)
    assert "已提交：回访" in page
    assert "已办结" in page
    assert "已道歉" in page
    assert "138****5678" in page
    assert "13812345678" not in page, "there is nobody to call any more"


async def test_it_is_among_what_waits_for_its_department_and_for_nobody_else(
    served: Served,
) -> None:
    end, _ = await served.taken()
    handler = await served.visit("handler")
    assert f"/redress/{end}" in await handler.page("/redress")
    assert "待办的差评、投诉、咨询" in await handler.page("/")
    clerk = await served.visit("clerk")
    assert "待办的差评、投诉、咨询" not in await clerk.page("/")
    operator = await served.visit("operator")
    assert (await operator.get("/redress")).status_code == 403
    assert (await operator.get(f"/redress/{end}")).status_code == 403


async def test_pressing_twice_takes_it_once(served: Served) -> None:
    first, code = await served.taken()
    assert await served.taken() == (first, code)
    assert (await served.taken(text=["还有一件事"]))[0] != first


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("redress", [], "请选您要做什么"),
        ("text", [""], "请写清楚是什么事"),
        ("text", ["长" * 1001], "最多 1000 字"),
        ("phone", ["12"], "请核对"),
        ("case", ["610328-20260101-A0001"], "这里没有这个办件编号"),
        ("department", ["none"], "没有这个部门"),
        ("staff", ["nobody"], "只能选本单位的人"),
        ("subject", ["999999"], "请选请谁答复"),
        ("subject", ["nowhere"], "请选请谁答复"),
        ("redress", ["bad_rating"], "请选您要做什么"),
    ],
)
async def test_a_form_that_is_wrong_is_shown_again_with_what_was_typed(
    served: Served, field: str, typed: list[str], said: str
) -> None:
    clerk = await served.visit("clerk")
    answer = await clerk.post("/redress", {**SAYS, field: typed})
    assert answer.status_code == 422
    assert said in answer.text
    assert "王小明" in answer.text
    assert await served.county.works.read(_count) == 0


def _count(tx: Tx) -> int:
    return int(tx.execute("SELECT count(*) FROM redress").fetchone()[0])


@pytest.mark.parametrize(
    ("act", "typed"),
    [
        ("verify", {"finding": ["maybe"]}),
        ("appeal", {"ground": ["malicious"], "note": [""]}),
        ("appeal", {"ground": [""], "note": ["从没来过"]}),
    ],
)
async def test_a_step_that_is_wrong_is_shown_again(served: Served, act: str, typed: Typed) -> None:
    end, _ = await served.taken()
    approver = await served.visit("approver")
    answer = await approver.post(f"/redress/{end}/{act}", typed)
    assert answer.status_code == 422
    assert 'class="why"' in answer.text
    assert typed.get("note", [""])[0] in answer.text
    assert await served.county.works.read(_state, end) == RedressState.OPENED


def _state(tx: Tx, end: str) -> str:
    return str(tx.execute("SELECT state FROM redress WHERE id = ?", (end,)).fetchone()[0])


async def test_who_comes_second_sees_how_it_stands(served: Served) -> None:
    end = await served.to_answered()
    handler = await served.visit("handler")
    late = await handler.post(f"/redress/{end}/answer", {"answer": ["又一次"], "mended": ["yes"]})
    assert late.status_code == 409
    assert "这件事已有变化" in late.text
    assert "已道歉" in late.text


async def test_an_appeal_is_decided_by_the_supervisor(served: Served) -> None:
    bad = redress.rating(COUNTY, department=WJJ)
    works = served.county.works
    stream = await works.run(SYSTEM, actions.open_for_rating, bad, None)
    assert stream is not None
    end = stream.rsplit("/", 1)[1]
    approver, supervisor = await served.visit("approver"), await served.visit("supervisor")
    await approver.went(
        f"/redress/{end}/appeal", {"ground": ["malicious"], "note": ["该人未办过事"]}
    )
    assert "该人未办过事" in await supervisor.page(f"/redress/{end}")
    await supervisor.went(
        f"/redress/{end}/decide_appeal", {"set_aside": ["yes"], "note": ["核查属实"]}
    )
    page = await supervisor.page("/redress?kind=bad_rating")
    assert "已剔除，不计入统计" in page


async def test_the_list_is_filtered_and_leaves_as_a_table(served: Served) -> None:
    end, _ = await served.taken()
    supervisor = await served.visit("supervisor")
    for query, there in (
        ("", True), ("kind=complaint", True), ("kind=consultation", False), ("state=open", True),
        ("state=closed", False), (f"department={WJJ}", True), ("department=none", False),
        ("state=late", False), ("kind=nonsense", True),
    ):  # fmt: skip
        assert (f"/redress/{end}" in await supervisor.page(f"/redress?{query}")) is there, query
    table = await supervisor.get("/redress.csv?kind=complaint")
    lines = table.text.splitlines()
    assert len(lines) == 2
    assert "投诉" in lines[1]
    assert "王" not in table.text
    assert (await supervisor.get("/redress?before=nonsense")).status_code == 404


async def test_a_complaint_stands_on_the_page_of_its_case_but_not_for_who_acted_in_it(
    served: Served,
) -> None:
    clerk, number = await served.visit("clerk"), await _case(served)
    await served.taken(case=[number], department=[""])
    assert "差评整改与投诉" not in await clerk.page(f"/cases/{number}")
    supervisor = await served.visit("supervisor")
    page = await supervisor.page(f"/cases/{number}")
    assert "差评整改与投诉" in page
    assert "诉〔" in page


async def _case(served: Served) -> str:
    county = served.county
    accounts = (await county.works.read(staff.listing)).staff
    clerk = staff.actor_of(next(one for one in accounts if one.login == "clerk"))
    ready = cases.make_intake(county.parts, county.register, ZHANG)
    return (await county.works.run(clerk, cases.receive, FORM, ready)).number


async def test_every_page_speaks_english(served: Served) -> None:
    end = await served.to_answered()
    supervisor = await served.visit("supervisor")
    await served.county.database.write(_translate)
    for path in ("/redress", f"/redress/{end}", "/redress/new"):
        answer = await supervisor.get(path, language="en")
        assert answer.status_code == 200, path
        page = answer.text
        body = page[page.index("<main") : page.index("</main")]
        left = set(CHINESE.findall(_without_what_people_wrote(body)))
        assert not left, path


def _translate(tx: Tx) -> None:
    tx.execute("UPDATE departments SET name = 'Health Bureau', name_en = 'Health Bureau'")
    tx.execute("UPDATE staff SET name = login")


def _without_what_people_wrote(page: str) -> str:
    for text in ("态度", "窗口爱理不理", "王**", "已道歉", "诉〔2026〕1号"):
        page = page.replace(text, "")
    return page


# ---- the API


async def test_the_api_takes_answers_and_tells(served: Served) -> None:
    clerk, handler = await served.visit("clerk"), await served.visit("handler")
    sent = {
        "redress": "consultation", "text": "要带什么", "department": WJJ, "source": "window",
        "phone": "13812345678",
    }  # fmt: skip
    key = {"X-CSRF-Token": clerk.csrf, "Idempotency-Key": "once"}
    taken = await clerk.http.post(API, json=sent, headers=key)
    assert taken.status_code == 201, taken.text
    assert (await clerk.http.post(API, json=sent, headers=key)).json() == taken.json()
    number = taken.json()["number"]
    path = f"{API}/{number}"
    shown = (await handler.http.get(path)).json()
    assert shown["said"]["phone"] == "138****5678", "a question needs no call"
    assert shown["allowed"] == ["answer"]
    answered = await _post(handler, f"{path}/answer", {"answer": "身份证"})
    assert answered.json()["state"] == "closed"
    again = await _post(handler, f"{path}/answer", {"answer": "身份证"})
    assert (again.status_code, again.json()["type"]) == (
        409,
        "urn:zhengwu:problem:redress-not-open",
    )
    listed = (await handler.http.get(f"{API}?stands=closed")).json()
    assert [one["number"] for one in listed["redresses"]] == [number]
    assert "query" not in str(listed)
    assert (await handler.http.get(f"{API}?late=true")).json()["redresses"] == []


async def _post(visitor: Visitor, path: str, body: object) -> httpx.Response:
    return await visitor.http.post(path, json=body, headers={"X-CSRF-Token": visitor.csrf})


@pytest.mark.parametrize(
    ("login", "act", "body", "status"),
    [
        ("clerk", "verify", {"finding": "true"}, 403),
        ("handler", "extend", {"answer_by": "2030-01-01", "reason": "inquiry"}, 409),
        ("handler", "verify", {"finding": "perhaps"}, 400),
        ("handler", "close", {}, 409),
        ("operator", "verify", {"finding": "true"}, 404),
        ("supervisor", "decide_appeal", {"set_aside": True, "note": "x"}, 409),
    ],
)
async def test_the_api_refuses(
    served: Served, login: str, act: str, body: object, status: int
) -> None:
    end, _ = await served.taken()
    visitor = await served.visit(login)
    answer = await _post(visitor, f"{API}/{end}/{act}", body)
    assert answer.status_code == status, answer.text
    assert await served.county.works.read(_state, end) == RedressState.OPENED
