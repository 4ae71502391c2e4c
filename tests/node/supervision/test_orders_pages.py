"""The pages and the API of orders, at a county with a department and two supervisors."""

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from federation.streams import Stored
from node.cases import receiving as cases
from node.runtime.opening import kinds_of
from node.staff import actions as staff
from node.supervision import orders_reading as reading
from node.supervision.store import Row, replace
from node.work import SYSTEM, Work
from schemas.ids import DepartmentId, NodeId, PartDigest
from schemas.orders import OrderIssued, OrderKind
from schemas.staff import NewAccount, Role
from schemas.supervision import FindingLevel, RuleClass, RuleId
from tests.support.casework import FORM, ZHANG
from tests.support.catalogue import WJJ
from tests.support.network import Member, member
from tests.support.pagenode import COUNTY, PageNode, page_node
from tests.support.visitors import Visitor, Visitors, visitors_of
from tests.support.webnode import HASHED

Typed = Mapping[str, Sequence[str]]
CITY, TOWN = NodeId("6103"), NodeId("610328100")
LIST, NEW = "/supervision/orders", "/supervision/orders/new"
GOOD: Typed = {
    "kind": ["order"], "subject": [f"{COUNTY}/{WJJ}"], "level": ["yellow"], "text": ["请说明原因"],
}  # fmt: skip
ANSWER: Typed = {"cause": ["workload"], "correction": ["staffed"], "text": ["月末件多"]}
VERDICT: Typed = {
    "verdict": ["upheld"], "ground": ["proven"], "consequence": ["points"], "points": ["5"],
}  # fmt: skip
API = "/api/v1/supervision/orders"
BODY = {"order": "order", "subject": COUNTY, "department": WJJ, "text": "请说明"}
CHINESE = re.compile(r"[㐀-鿿]")


@dataclass
class Served:
    """A county with its pages."""

    county: PageNode
    visit: Visitors

    async def issue(self, typed: Typed = GOOD) -> str:
        """Issue an order; give its page."""
        chen = await self.visit("supervisor")
        return (await chen.went(LIST, typed)).split("?")[0]

    async def replied(self, typed: Typed = GOOD) -> str:
        """Issue an order that is signed for and answered; give its page."""
        order, wu = await self.issue(typed), await self.visit("approver")
        await wu.went(f"{order}/acknowledge")
        await wu.went(f"{order}/reply", ANSWER)
        return order

    async def find(self, name: str, department: DepartmentId | None = WJJ) -> str:
        """Let a rule have found something."""
        row = Row(
            id=name, subject=f"case/{COUNTY}/{name}", rule=RuleId.T3, rule_class=RuleClass.TIME,
            level=FindingLevel.RED, at=1_700_000_000_000, node=COUNTY, department=department,
            item_name="某事项", values=("2026-11-20", "3"),
        )  # fmt: skip

        def keep(work: Work) -> None:
            replace(work.tx, row.subject, [row], work.now_ms)

        await self.county.works.run(SYSTEM, keep)
        return name


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Served]:
    async with page_node(tmp_path) as county, visitors_of(county) as visit:
        for login, role in (
            ("second", Role.SUPERVISOR), ("leader", Role.LEADER), ("director", Role.DIRECTOR),
        ):  # fmt: skip
            new = NewAccount(login=login, name=f"{login} 同志", roles=(role,), password="")
            await county.works.run(SYSTEM, staff.add, new, HASHED)
        yield Served(county, visit)


async def speaks_english(person: Visitor, *paths: str) -> None:
    names = r"千阳县|政务服务中心|\w+ 同志|中文|请说明原因|月末件多|[督预]〔\d+〕\d+号|某事项|停电"
    for path in paths:
        page = (await person.get(path, language="en")).text
        assert not CHINESE.findall(re.sub(names, "", page)), path


# ---- the whole way


async def test_a_supervisor_issues_and_the_department_signs_and_replies(served: Served) -> None:
    chen, wu = await served.visit("supervisor"), await served.visit("approver")
    page = await chen.page(NEW)
    for said in ("督办单", "卫生健康局", "千阳县（大厅、窗口）", "最迟"):
        assert said in page
    gone = await chen.went(LIST, GOOD)
    assert gone.endswith("?done=issue")
    order = gone.split("?")[0]
    page = await chen.page(gone)
    assert "已发出督" in page
    assert "等卫生健康局回复" in page
    assert "请说明原因" in page
    listed = await wu.page(LIST)
    assert "等我办的" in listed
    assert f'href="{order}"' in listed
    page = await wu.page(order)
    assert "签收" in page
    assert "/judge" not in page
    await wu.went(f"{order}/acknowledge")
    page = await wu.page(order)
    assert "卫生健康局" in page
    await wu.went(f"{order}/reply", ANSWER)
    assert "月末件多" in await chen.page(order)
    await speaks_english(chen, order, LIST, NEW, "/supervision/accountability")


async def test_an_appeal_is_decided_by_the_other_supervisor(served: Served) -> None:
    chen, wu = await served.visit("supervisor"), await served.visit("approver")
    order = await served.replied()
    await chen.went(f"{order}/judge", VERDICT)
    page = await wu.page(order)
    for said in ("认定有效", "事实清楚", "扣 5 分", "可以申诉"):
        assert said in page
    await wu.went(f"{order}/appeal", {"ground": ["network_fault"], "text": ["停电"]})
    page = await chen.page(order)
    assert "另一名监察员" in page
    assert f'action="{order}/decide_appeal"' not in page
    mine = await chen.post(f"{order}/decide_appeal", {**VERDICT, "text": ["x"]})
    assert mine.status_code == 403
    assert "另一名监察员" in mine.text
    wen = await served.visit("second")
    decision = {"verdict": ["exempt"], "ground": ["network_fault"], "text": ["确系停电"]}
    await wen.went(f"{order}/decide_appeal", decision)
    page = await wu.page(f"{order}?done=decide_appeal")
    assert "申诉已决定" in page
    for said in ("免责", "已办结", "确系停电", "认定有效"):  # the first verdict stays in its life
        assert said in page
    assert "没有记录" in await chen.page("/supervision/accountability")


async def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(
    served: Served,
) -> None:
    chen, wu = await served.visit("supervisor"), await served.visit("approver")
    answer = await chen.post(LIST, {"text": ["请说明原因"]})
    assert answer.status_code == 422
    for said in ("请选类别", "请选发给谁"):
        assert answer.text.count(said) == 2, said  # in the summary, and at the field
    assert "请说明原因" in answer.text
    for change, said in (
        ({"text": [""]}, "请写明具体内容"),
        ({"text": ["长" * 4001]}, "太长"),
        ({"reply_by": ["2020-01-01"]}, "60 个工作日以内"),
        ({"subject": ["610328100201"]}, "村不设监察"),
        ({"subject": [f"{COUNTY}/none"]}, "没有这个部门"),
        ({"finding": ["0" * 16]}, "已经不在了"),
    ):
        answer = await chen.post(LIST, {**GOOD, **change})
        assert answer.status_code == 422
        assert said in answer.text
    order = await served.issue()
    await wu.went(f"{order}/acknowledge")
    answer = await wu.post(f"{order}/reply", {"cause": ["dance"], "text": ["已改"]})
    assert answer.status_code == 422
    for said in ("请选原因", "请选整改措施", "已改"):
        assert said in answer.text
    await wu.went(f"{order}/reply", ANSWER)
    for change, said in (
        ({"verdict": [""]}, "请选认定结果"),
        ({"ground": ["system_fault"]}, "对不上"),
        ({"points": ["many"]}, "0 到 100"),
        ({"points": [""]}, "请填扣几分"),
        ({"verdict": ["exempt"], "ground": ["system_fault"]}, "只有认定有效才能问责"),
    ):
        answer = await chen.post(f"{order}/judge", {**VERDICT, **change})
        assert answer.status_code == 422
        assert said in answer.text
    again = await wu.post(f"{order}/reply", ANSWER)
    assert again.status_code == 409
    assert "已有变化" in again.text


async def test_findings_become_an_order_and_show_what_became_of_them(served: Served) -> None:
    chen = await served.visit("supervisor")
    first, second = await served.find("a" * 16), await served.find("b" * 16)
    page = await chen.page(f"{NEW}?finding={first}")
    assert "同一单位还有 1 项发现" in page
    assert f'type="checkbox" name="finding" value="{second}"' in page
    page = await chen.page(f"{NEW}?finding={first}&finding={second}")
    assert "关于这 2 项发现" in page
    assert "同一单位还有" not in page
    assert re.search(rf'value="{COUNTY}/{WJJ}" selected', page)
    typed = {**GOOD, "finding": [first, second], "kind": ["warning"], "text": [""]}
    order = (await chen.went(LIST, typed)).split("?")[0]
    assert "监察发现" in await chen.page(order)
    again = await chen.get(f"{NEW}?finding={first}")
    assert again.status_code == 422
    assert "已经督办" in again.text
    theirs = await served.find("c" * 16, department=None)
    fourth = await served.find("d" * 16)
    mixed = await chen.get(f"{NEW}?finding={theirs}&finding={fourth}")
    assert mixed.status_code == 422
    assert "请分开发" in mixed.text
    await speaks_english(chen, order)


async def test_everybody_sees_what_is_his_and_no_more(served: Served) -> None:
    order = await served.issue()
    for login, status in (
        ("leader", 200), ("director", 200), ("handler", 200), ("clerk", 404), ("operator", 404),
    ):  # fmt: skip
        person = await served.visit(login)
        assert (await person.get(order)).status_code == status, login
        assert (await person.get(NEW)).status_code == 403
        assert (await person.post(LIST, GOOD)).status_code == 403
        overseer = login in ("leader", "director")
        seen = (await person.get("/supervision/accountability")).status_code
        assert seen == (200 if overseer else 403)
        if overseer:
            page = await person.page(order)
            assert "<form method" not in page.split("<main")[1]
    clerk, operator = await served.visit("clerk"), await served.visit("operator")
    assert order not in await clerk.page(LIST)
    assert (await operator.get(LIST)).status_code == 403
    assert (await clerk.post(f"{order}/dance")).status_code == 404


async def test_the_day_of_each_says_what_waits_for_him(served: Served) -> None:
    handler, wu = await served.visit("handler"), await served.visit("approver")
    assert "要回复的督办" not in await handler.page("/")
    order = await served.issue()
    assert "要回复的督办" in await handler.page("/")
    assert "催办" not in await wu.page("/"), "it presses nobody yet"
    await served.issue({**GOOD, "level": ["red"]})
    assert "催办" in await wu.page("/")
    await wu.went(f"{order}/acknowledge")
    await wu.went(f"{order}/reply", ANSWER)
    chen = await served.visit("supervisor")
    listed = await chen.page(LIST)
    assert listed.index("待认定") < listed.index("进行中")


async def test_who_answers_for_what_is_listed_by_month_and_leaves_as_a_table(
    served: Served,
) -> None:
    chen, wu = await served.visit("supervisor"), await served.visit("approver")
    order = await served.replied()
    await chen.went(f"{order}/judge", VERDICT)
    await wu.went(f"{order}/close")
    page = await chen.page("/supervision/accountability")
    assert "共 1 条，扣 5 分" in page
    assert "卫生健康局" in page
    assert "没有记录" in await chen.page("/supervision/accountability?month=2020-01")
    assert (await chen.get("/supervision/accountability?month=x")).status_code == 422
    assert "由我承担的" not in await wu.page(LIST)
    table = await chen.post("/supervision/accountability/export", {"month": [""]})
    assert table.headers["content-type"].startswith("text/csv")
    assert "扣分" in table.text
    assert len(table.text.splitlines()) == 2
    assert (await wu.post("/supervision/accountability/export")).status_code == 403


async def test_who_answers_for_something_reads_it_himself(served: Served) -> None:
    chen, handler = await served.visit("supervisor"), await served.visit("handler")
    listed = (await served.county.works.read(staff.listing)).staff
    hand = next(one.id for one in listed if one.login == "handler")
    order = await served.replied()
    assert "handler 同志" in await chen.page(order)
    await chen.went(f"{order}/judge", {**VERDICT, "staff": [hand]})
    await (await served.visit("approver")).went(f"{order}/close")
    page = await handler.page(LIST)
    assert "由我承担的" in page
    assert "扣分 5" in page
    assert "卫生健康局 handler 同志" in await chen.page("/supervision/accountability")


async def test_the_page_of_a_case_shows_its_orders_and_the_way_to_one(served: Served) -> None:
    chen, clerk = await served.visit("supervisor"), await served.visit("clerk")
    number = await _take_in(served.county)
    go = f"{NEW}?case={number}"
    assert f'href="{go}"' in await chen.page(f"/cases/{number}")
    assert "发出督办" not in await clerk.page(f"/cases/{number}")
    page = await chen.page(go)
    assert f"关于办件 {number}" in page
    assert re.search(rf'value="{COUNTY}" selected', page), "the hall has it"
    order = (await chen.went(LIST, {**GOOD, "case": [number], "subject": [COUNTY]})).split("?")[0]
    assert order in await chen.page(f"/cases/{number}")
    assert number in await chen.page(order)
    assert order not in await clerk.page(f"/cases/{number}")
    assert (await chen.get(f"{NEW}?case=none")).status_code == 404


async def _take_in(county: PageNode) -> str:
    accounts = (await county.works.read(staff.listing)).staff
    clerk = staff.actor_of(next(one for one in accounts if one.login == "clerk"))
    ready = cases.make_intake(county.parts, county.register, ZHANG)
    return (await county.works.run(clerk, cases.receive, FORM, ready)).number


async def test_words_that_are_not_here_are_said_to_come_or_to_be_for_others(
    served: Served, tmp_path: Path
) -> None:
    """What the city asks of the county has not arrived whole; what it asks of a town never does."""
    county = served.county
    async with member(tmp_path / "city", CITY, kinds_of(CITY)) as city:
        here = Member(county.works, city.identity)
        await here.knows(city)
        for subject, said in ((COUNTY, "还没有传到本单位"), (TOWN, "只有督办双方能看")):
            fact = OrderIssued(
                number="督〔2026〕9号", order=OrderKind.ORDER, subject=subject,
                level=FindingLevel.YELLOW, caused_at=1, reply_by="2026-12-30",
                note=PartDigest("a" * 64),
            )  # fmt: skip
            stored = await city.works.run(SYSTEM, _begun, fact)
            (raw,) = await city.envelopes(stored.event.stream)
            await here.receive(raw, CITY)
            leader = await served.visit("leader")
            end = stored.event.stream.rsplit("/", 1)[1]
            assert said in await leader.page(f"{LIST}/{end}")


def _begun(work: Work, fact: OrderIssued) -> Stored:
    return work.begin("order", fact, holder=fact.subject)


# ---- programs


async def test_an_order_is_issued_once_and_found_by_number_or_address(served: Served) -> None:
    chen, wu = await served.visit("supervisor"), await served.visit("approver")
    ours = {"X-CSRF-Token": chen.csrf}
    wrong = await chen.http.post(API, json={**BODY, "text": ""}, headers=ours)
    assert (wrong.status_code, wrong.json()["codes"]) == (422, {"text": "missing"})
    once = {**ours, "Idempotency-Key": "k1"}
    first = await chen.http.post(API, json=BODY, headers=once)
    again = await chen.http.post(API, json=BODY, headers=once)
    assert (first.status_code, first.json()) == (201, again.json())
    for name in (first.json()["number"], first.json()["stream"].rsplit("/", 1)[1]):
        detail = (await wu.http.get(f"{API}/{name}")).json()
        assert (detail["texts"]["asked"], detail["acts"], detail["told"]) == (
            "请说明", ["acknowledge"], ["handler"],
        )  # fmt: skip
    listed = (await chen.http.get(API)).json()["orders"]
    assert [one["number"] for one in listed] == [first.json()["number"]]


async def test_the_api_takes_every_step_that_the_pages_take(served: Served) -> None:
    chen, wu = await served.visit("supervisor"), await served.visit("approver")
    issued = await chen.http.post(API, json=BODY, headers={"X-CSRF-Token": chen.csrf})
    path = f"{API}/{issued.json()['stream'].rsplit('/', 1)[1]}"

    async def post(person: Visitor, act: str, body: object = None) -> httpx.Response:
        headers = {"X-CSRF-Token": person.csrf}
        return await person.http.post(f"{path}/{act}", json=body, headers=headers)

    reply = {"cause": "workload", "correction": "done", "text": "x"}
    early = await post(wu, "reply", reply)
    assert (early.status_code, early.json()["type"]) == (409, "urn:zhengwu:problem:order-not-open")
    assert (await post(wu, "acknowledge")).json()["state"] == "acknowledged"
    assert (await post(wu, "reply", reply)).json()["state"] == "replied"
    assert (await post(chen, "send_back", {"text": "再说"})).json()["sent_back"] == 1
    await post(wu, "reply", reply)
    verdict = {"verdict": "exempt", "ground": "system_fault"}
    assert (await post(wu, "judge", verdict)).status_code == 403
    assert (await post(chen, "judge", verdict)).json()["verdict"] == "exempt"
    appealed = await post(wu, "appeal", {"ground": "wrong_data", "text": "并非系统原因"})
    assert appealed.json()["state"] == "appealed"
    assert (await post(chen, "decide_appeal", verdict)).status_code == 403
    wen = await served.visit("second")
    decided = await post(wen, "decide_appeal", {**verdict, "text": "维持"})
    assert decided.json()["state"] == "closed"
    late = await post(wu, "close")
    assert late.status_code == 409
    assert (await chen.http.get("/api/v1/supervision/accountability")).json()["accounted"] == []
    assert await served.county.works.read(reading.open_for, COUNTY, WJJ) == ()
