"""The pages and the API of tasks at a county that asks below it, and is asked by its city."""

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx
import msgspec
import pytest

from federation import partstore
from federation.parts import salted
from node.cases import receiving as cases
from node.database import Tx
from node.runtime.opening import kinds_of
from node.staff import actions as staff
from node.tasks import store
from node.tasks.writing import BRIEF_MEDIA
from node.work import SYSTEM
from schemas.ids import CaseNumber, NodeId, PartDigest, StreamName
from schemas.tasks import Errand, TaskAsked, TaskBrief, TaskResult, TaskState, TaskView
from tests.support.casework import FORM, ZHANG
from tests.support.errands import PHOTO
from tests.support.network import Member, member
from tests.support.pagenode import PageNode, page_node
from tests.support.visitors import Visitor, Visitors, visitors_of

CITY, COUNTY = NodeId("6103"), NodeId("610328")
TOWN, VILLAGE = NodeId("610328100"), NodeId("610328100201")
Typed = Mapping[str, Sequence[str]]
GOOD: Typed = {
    "errand": ["household_survey"], "to": [VILLAGE], "workdays": ["3"], "instruction": ["核实人口"],
}  # fmt: skip
CHINESE = re.compile(r"[\u3400-\u9fff]")


@dataclass
class Served:
    """A county with its pages, a case of its own, and what its city asked of it."""

    county: PageNode
    visit: Visitors
    number: str
    task: str
    """The address of the city's."""


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Served]:
    async with page_node(tmp_path / "county") as county, visitors_of(county) as visit:
        number = await _take_in(county)
        task = await _asked_by_the_city(tmp_path, county)
        await county.database.write(_name_places)
        yield Served(county, visit, number, task)


def _name_places(tx: Tx) -> None:
    for node, name in ((TOWN, "城关镇"), (VILLAGE, "东大街社区")):
        tx.execute(
            "INSERT INTO node_records VALUES (?, ?, ?, 'enrolled', '', '', 0)",
            (node, name, f"Place {node}"),
        )
    tx.execute("UPDATE node_records SET zh = '宝鸡市', en = 'Baoji' WHERE node = ?", (CITY,))


async def _take_in(county: PageNode) -> str:
    accounts = (await county.works.read(staff.listing)).staff
    clerk = staff.actor_of(next(one for one in accounts if one.login == "clerk"))
    ready = cases.make_intake(county.parts, county.register, ZHANG)
    return (await county.works.run(clerk, cases.receive, FORM, ready)).number


async def _asked_by_the_city(folder: Path, county: PageNode) -> str:
    """Have the city ask the county for a public display; its brief is here already."""
    brief = TaskBrief(instruction="公示七天", name="李四平")
    ready = county.parts.prepare(salted(BRIEF_MEDIA, msgspec.json.encode(brief)))
    fact = TaskAsked(
        case=StreamName("case/6103/aaaaaaaaaaaaaaaa"),
        number=CaseNumber("6103-20261126-A0001"),
        item_name="某事项",
        errand=Errand.PUBLIC_DISPLAY,
        to=COUNTY,
        due="2026-01-30",
        brief=ready.digest,
    )
    async with member(folder / "city", CITY, kinds_of(CITY)) as city:
        begun = await city.works.run(SYSTEM, lambda work: work.begin("task", fact, holder=COUNTY))
        (raw,) = await city.envelopes(begun.event.stream)
        here = Member(county.works, city.identity)
        await here.knows(city)
        await here.receive(raw, CITY)
    stream = begun.event.stream
    await county.database.write(lambda tx: partstore.keep(tx, ready, stream))
    return stream.rsplit("/", 1)[1]


async def send(
    person: Visitor, path: str, typed: Typed, photos: Sequence[tuple[str, bytes]] = ()
) -> httpx.Response:
    files = [("photos", (name, content, "image/jpeg")) for name, content in photos]
    form = {"csrf": person.csrf, **typed}
    return await person.http.post(path, data=form, files=files or None)


# ---- asking, at the case


async def test_a_window_asks_at_the_page_of_its_case(served: Served) -> None:
    clerk = await served.visit("clerk")
    path = f"/cases/{served.number}/tasks"
    page = await clerk.page(path)
    assert "城关镇 · 东大街社区" in page
    assert ZHANG.phone not in page
    assert await clerk.went(path, GOOD) == f"{path}?done=asked"
    page = await clerk.page(f"{path}?done=asked")
    assert "协办请求已发出" in page
    assert "还剩 3 个工作日" in page
    listed = await clerk.page("/tasks")
    assert "入户调查" in listed
    assert served.number in listed
    await _speak_english(clerk, "/tasks", f"/tasks/{served.task}", path)


async def _speak_english(person: Visitor, *paths: str) -> None:
    names = (
        "千阳县|城关镇|东大街社区|某事项|公示七天|李四平|clerk 同志|中文|核实人口|公共场所卫生许可"
        r"|政务服务中心|张\*"
    )
    for path in paths:
        page = (await person.get(path, language="en")).text
        assert not CHINESE.findall(re.sub(names, "", page)), path


async def test_all_that_is_wrong_is_said_at_once_and_nothing_typed_is_lost(served: Served) -> None:
    clerk = await served.visit("clerk")
    path = f"/cases/{served.number}/tasks"
    typed = {**GOOD, "errand": ["dance"], "workdays": ["0"], "to": [""], "instruction": [" "]}
    answer = await clerk.post(path, typed)
    assert answer.status_code == 422
    for said in ("请选办什么", "请选请谁办", "1 到 60", "请写明具体要求"):
        assert answer.text.count(said) == 2, said  # in the summary, and at the field
    for change, said in (
        ({"to": ["6103"]}, "只能请本单位下面的镇、村协办"),
        ({"to": ["610328100999"]}, "没有这个单位"),
        ({"workdays": ["三"]}, "1 到 60"),
        ({"workdays": ["99999999999"]}, "1 到 60"),
        ({"instruction": ["长" * 4001]}, "太长"),
    ):
        answer = await clerk.post(path, {**GOOD, "instruction": ["核实人口"], **change})
        assert answer.status_code == 422
        assert said in answer.text
    assert "核实人口" not in (await clerk.page(path))
    answer = await clerk.post(path, {**GOOD, "workdays": ["0"]})
    assert "核实人口" in answer.text
    assert await served.county.works.read(_tasks_asked) == 0


def _tasks_asked(tx: Tx) -> int:
    row = tx.execute("SELECT count(*) FROM case_tasks WHERE asker = ?", (COUNTY,)).fetchone()
    return int(row[0])


async def test_who_does_not_work_on_the_case_is_not_offered_to_ask(served: Served) -> None:
    path = f"/cases/{served.number}/tasks"
    watcher = await served.visit("supervisor")
    page = await watcher.page(path)
    assert "<form method" not in page.split("<main")[1]
    assert (await watcher.post(path, GOOD)).status_code == 403
    for login in ("operator", "handler"):  # a department sees only what was dispatched to it
        assert (await (await served.visit(login)).get(path)).status_code in (403, 404)
    assert await served.county.works.read(_tasks_asked) == 0


async def test_what_is_no_longer_needed_is_cancelled_with_its_reason(served: Served) -> None:
    clerk = await served.visit("clerk")
    await clerk.went(f"/cases/{served.number}/tasks", GOOD)
    (listed,) = re.findall(r'href="(/tasks/[a-z2-7]{16})"', await clerk.page("/tasks"))[1:] or [""]
    page = await clerk.page(listed)
    assert "张*" in page
    assert ZHANG.phone not in page
    answer = await clerk.post(f"{listed}/cancel", {"reason": [""]})
    assert answer.status_code == 422
    assert "请选原因" in answer.text
    assert await clerk.went(f"{listed}/cancel", {"reason": ["case_moot"]}) == (
        f"{listed}?done=cancelled"
    )
    page = await clerk.page(f"{listed}?done=cancelled")
    assert "情况已经清楚" in page
    again = await clerk.post(f"{listed}/cancel", {"reason": ["case_moot"]})
    assert again.status_code == 409
    assert "已有变化" in again.text


async def test_a_case_that_ended_puts_the_cancelling_of_its_errand_first(served: Served) -> None:
    clerk = await served.visit("clerk")
    await clerk.went(f"/cases/{served.number}/tasks", GOOD)
    (listed,) = re.findall(r'href="(/tasks/[a-z2-7]{16})"', await clerk.page("/tasks"))[1:]
    page = await clerk.page(listed)
    assert page.index("要做什么") < page.index(f"{listed}/cancel")
    assert "办件已经结束" not in page
    await served.county.database.write(
        lambda tx: tx.execute("UPDATE cases SET state = 'withdrawn'")  # its stream says nothing
    )
    page = await clerk.page(listed)
    assert page.index("办件已经结束") < page.index(f"{listed}/cancel") < page.index("要做什么")
    assert page.count(f"{listed}/cancel") == 1
    page = await clerk.page(f"/cases/{served.number}")
    assert f'href="{listed}" aria-label="撤销协办' in page
    assert (await clerk.get(f"/cases/{served.number}/tasks")).text.count("请求协办") == 0
    await _speak_english(clerk, listed, f"/cases/{served.number}/tasks")
    assert await clerk.went(f"{listed}/cancel", {"reason": ["applicant_withdrew"]})
    assert "这项协办不用再办了" not in await clerk.page(f"/cases/{served.number}")


async def test_who_goes_on_with_a_case_reads_what_was_found_and_may_do_nothing_with_it(
    served: Served,
) -> None:
    clerk = await served.visit("clerk")
    await served.county.database.write(lambda tx: _found_for_the_town(tx, served))
    path = f"/tasks/{'b' * 16}"
    case = await clerk.page(f"/cases/{served.number}")
    assert f'href="{path}"' in case
    page = await clerk.page(path)
    assert "反馈内容" in page
    assert "情况属实" in page
    for nothing in ("要做什么", "<form method", "内容还没有传到本站。线路", "按规定销毁"):
        assert nothing not in page.split("<main")[1]
    for act in ("cancel", "answer", "decline"):
        typed: Typed = {"reason": ["other"], "result": ["true"], "report": ["x"], "note": ["x"]}
        assert (await clerk.post(f"{path}/{act}", typed)).status_code == 403
    assert path not in await clerk.page("/tasks")
    assert (await (await served.visit("supervisor")).get(path)).status_code == 404
    await _speak_english(clerk, path)


def _found_for_the_town(tx: Tx, served: Served) -> None:
    """Let a town have taken the case, asked its village, and got an answer."""
    (case,) = tx.execute("SELECT stream FROM cases WHERE number = ?", (served.number,)).fetchone()
    for table in ("cases", "case_routes"):
        tx.execute(f"UPDATE {table} SET origin = ?", (TOWN,))  # noqa: S608
    task = TaskView(
        stream=StreamName(f"task/{TOWN}/{'b' * 16}"), case=case,
        number=CaseNumber(served.number), item_name="某事项", errand=Errand.HOUSEHOLD_SURVEY,
        asker=TOWN, to=VILLAGE, holder=TOWN, state=TaskState.ANSWERED, due="2026-11-30",
        asked_at=1, answered_at=2, result=TaskResult.TRUE, brief=PartDigest("c" * 64),
        report=PartDigest("d" * 64),
    )  # fmt: skip
    store.save(tx, task)


# ---- doing it


async def test_an_errand_is_done_with_a_photo(served: Served) -> None:
    clerk = await served.visit("clerk")
    home, listed = await clerk.page("/"), await clerk.page("/tasks")
    assert "1 件已超期" in home
    assert "公示" in listed
    path = f"/tasks/{served.task}"
    page = await clerk.page(path)
    assert "公示七天" in page
    assert "李四平" in page
    typed: Typed = {"result": ["true"], "report": ["公示期满, 无异议"]}
    answer = await send(clerk, f"{path}/answer", {}, [("note.txt", b"not a photo \x00")])
    assert answer.status_code == 422
    for said in ("请选查到的情况", "请写明情况", "照片要用 JPG"):
        assert said in answer.text
    answer = await send(clerk, f"{path}/answer", typed)
    assert "至少拍一张" in answer.text
    assert "公示期满" in answer.text
    answer = await send(clerk, f"{path}/answer", {"result": ["true"]}, [("a.jpg", PHOTO)])
    (kept,) = re.findall(r'name="kept" value="([0-9a-f]{64})"', answer.text)
    answer = await send(clerk, f"{path}/answer", {**typed, "kept": [kept], "drop": [kept]})
    assert answer.status_code == 422
    answer = await send(clerk, f"{path}/answer", {**typed, "kept": [kept]})
    assert answer.headers["location"] == f"{path}?done=answered"
    page = await clerk.page(f"{path}?done=answered")
    assert "结果已交回宝鸡市" in page
    assert "李四平" not in page
    assert "李**" in page
    photo = await clerk.get(f"{path}/photos/{kept}")
    assert (photo.content, photo.headers["content-type"]) == (PHOTO, "image/jpeg")
    again = await send(clerk, f"{path}/answer", typed, [("b.jpg", PHOTO)])
    assert again.status_code == 409
    assert "已有变化" in again.text


async def test_an_errand_that_cannot_be_done_goes_back_with_its_reason(served: Served) -> None:
    clerk = await served.visit("clerk")
    path = f"/tasks/{served.task}"
    for typed, said in (({"reason": [""]}, "请选原因"), ({"reason": ["other"]}, "请写明是什么")):
        answer = await clerk.post(f"{path}/decline", typed)
        assert answer.status_code == 422
        assert said in answer.text
    await clerk.went(f"{path}/decline", {"reason": ["other"], "note": ["已搬走"]})
    page = await clerk.page(path)
    assert "已退回" in page
    assert "已搬走" in page


async def test_an_errand_is_for_the_window_alone(served: Served) -> None:
    typed: Typed = {"result": ["undecided"], "report": ["x"]}
    for login in ("handler", "supervisor", "operator"):
        person = await served.visit(login)
        assert (await person.get("/tasks")).status_code == (200 if login == "handler" else 403)
        for path in (f"/tasks/{served.task}", f"/tasks/{'a' * 16}"):
            assert (await person.get(path)).status_code == 404
        assert (await person.get(f"/tasks/{served.task}/photos/x")).status_code == 404
        assert (await person.post(f"/tasks/{served.task}/answer", typed)).status_code == 404


# ---- programs


async def test_the_api_does_what_the_pages_do(served: Served) -> None:
    clerk = await served.visit("clerk")
    http, token = clerk.http, {"X-CSRF-Token": clerk.csrf}
    body = {"errand": "site_photo", "to": VILLAGE, "workdays": 5, "instruction": "拍院子"}
    path = f"/api/v1/cases/{served.number}/tasks"
    wrong = await http.post(path, json={**body, "to": "6103", "workdays": 0}, headers=token)
    assert wrong.status_code == 422
    assert wrong.json()["errors"] == {"to": "not_below", "workdays": "beyond"}
    once = {**token, "Idempotency-Key": "k1"}
    first = await http.post(path, json=body, headers=once)
    again = await http.post(path, json=body, headers=once)
    assert (first.status_code, first.json()) == (201, again.json())
    listed = (await http.get("/api/v1/tasks")).json()["tasks"]
    assert [one["errand"] for one in listed] == ["public_display", "site_photo"]
    end = first.json()["stream"].rsplit("/", 1)[1]
    detail = (await http.get(f"/api/v1/tasks/{end}")).json()
    assert detail["brief"] == {"instruction": "拍院子", "name": "张*", "phone": "", "address": ""}
    mine = f"/api/v1/tasks/{served.task}"
    assert (await http.get(mine)).json()["brief"]["name"] == "李四平"
    photo = await http.post("/api/v1/parts", content=PHOTO, headers=token)
    answer = {"result": "not_true", "report": "有人提出异议", "photos": [photo.json()["digest"]]}
    bad = await http.post(f"{mine}/answer", json={**answer, "photos": []}, headers=token)
    assert bad.json()["codes"] == {"photos": "missing"}
    done = await http.post(f"{mine}/answer", json=answer, headers=token)
    assert (done.status_code, done.json()["state"]) == (200, "answered")
    twice = await http.post(f"{mine}/decline", json={"reason": "wrong_recipient"}, headers=token)
    assert (twice.status_code, twice.json()["type"]) == (409, "urn:zhengwu:problem:task-not-open")
    gone = await http.post(
        f"/api/v1/tasks/{end}/cancel", json={"reason": "case_moot"}, headers=token
    )
    assert gone.json()["state"] == "cancelled"
    rows = await served.county.works.read(
        lambda tx: tx.execute("SELECT * FROM task_views").fetchall()
    )
    assert len(rows) == 2  # who read of whom is written down, once a day
