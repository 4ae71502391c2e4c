"""A licence with everything, taken through its whole life by the forms of its page, over HTTP."""

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from node.cases import receiving
from node.catalogue import actions as catalogue
from node.staff import actions as staff
from node.work import SYSTEM
from schemas.cases_api import ReceiveCase
from schemas.staff import Department, NewAccount, Role
from tests.support.casework import CLERK, PAPERS, ZHANG
from tests.support.catalogue import WJJ
from tests.support.errands import PHOTO
from tests.support.laws import HBJ, RICH, ZRZY, at_county
from tests.support.pagenode import PageNode, page_node
from tests.support.visitors import Visitor, Visitors, visitors_of
from tests.support.webnode import HASHED

Typed = Mapping[str, Sequence[str]]
GROUND: Typed = {"law": ["行政许可法"], "article": ["第六十九条"]}
REMEDIES: Typed = {"review_body": ["千阳县人民政府"], "court": ["千阳县人民法院"]}


@dataclass
class Desk:
    """The page of one case, and whoever opens it."""

    visit: Visitors
    number: str

    async def send(
        self, login: str, action: str, typed: Typed | None = None, *, promise: bytes = b""
    ) -> httpx.Response:
        visitor: Visitor = await self.visit(login)
        form = {"csrf": visitor.csrf, **(typed or {})}
        files = {"promise": ("promise.png", promise)} if promise else None
        return await visitor.http.post(f"/cases/{self.number}/{action}", data=form, files=files)

    async def does(self, login: str, action: str, typed: Typed | None = None) -> None:
        answer = await self.send(login, action, typed)
        assert answer.status_code == 303, (action, _why(answer))
        assert answer.headers["location"] == f"/cases/{self.number}?done={action}"

    async def refuses(self, login: str, action: str, typed: Typed, *said: str) -> str:
        answer = await self.send(login, action, typed)
        assert answer.status_code == 422, action
        assert all(one in _why(answer) for one in said), _why(answer)
        return answer.text

    async def page(self, login: str) -> str:
        return await (await self.visit(login)).page(f"/cases/{self.number}")


def _why(answer: httpx.Response) -> str:
    return " ".join(re.findall(r'class="why"[^>]*>([^<]*)<', answer.text))


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with page_node(tmp_path) as county, visitors_of(county) as visit:
        yield Desk(visit, await _furnish(county))


async def _furnish(county: PageNode) -> str:
    works = county.works
    departments = tuple(Department(id=one, name=str(one)) for one in (WJJ, ZRZY, HBJ))
    await works.run(SYSTEM, staff.put_departments, departments)
    await works.run(SYSTEM, catalogue.publish, (at_county(RICH),))
    for department in (ZRZY, HBJ):
        new = NewAccount(
            login=f"of-{department}", name="会签人", roles=(Role.HANDLER,), department=department,
            password="",
        )  # fmt: skip
        await works.run(SYSTEM, staff.add, new, HASHED)
    ready = receiving.make_intake(county.parts, county.register, ZHANG)
    form = ReceiveCase(item="wjj-02", applicant=ZHANG, materials=PAPERS)
    return (await works.run(CLERK, receiving.receive, form, ready)).number


async def test_every_form_of_a_licences_life_is_taken_and_what_is_wrong_is_said(
    desk: Desk,
) -> None:
    await _accepted_on_a_promise(desk)
    await desk.does("clerk", "dispatch", {"department": [WJJ]})
    await desk.does("handler", "sign_in")
    await _with_the_opinions_of_all(desk)
    await desk.does("handler", "review", {"outcome": ["granted"], "opinion": ["符合"]})
    await desk.refuses("approver", "decide", {"outcome": ["granted"]}, "容缺材料还没补齐")
    await desk.does("clerk", "supply", {"originals-map": ["1"], "copies-map": ["0"]})
    extension = {"amount": ["11"], "reason": ["complex_case"], **GROUND}
    await desk.refuses("approver", "extend", {**extension, "amount": ["99"]}, "超出法律允许的范围")
    await desk.does("approver", "extend", extension)
    await desk.does("approver", "decide", {"outcome": ["granted"], "way": ["decide"]})
    await _made_paid_and_handed_over(desk)
    await _after_closing(desk)


async def _accepted_on_a_promise(desk: Desk) -> None:
    way: Typed = {"way": ["accept_pending"], "pending": ["map"]}
    await desk.refuses("clerk", "accept", way, "没有申请人签字的承诺书")
    wrong = await desk.send("clerk", "accept", {**way, "pending_by": ["2099-01-01"]}, promise=PHOTO)
    assert wrong.status_code == 422
    assert "不能晚于承诺办结的日期" in _why(wrong)
    (kept,) = re.findall(r'name="kept-promise" value="([0-9a-f]{64})"', wrong.text)
    assert 'value="2099-01-01"' in wrong.text, "what was typed stays"
    gone = {**way, "kept-promise": ["0" * 64]}
    await desk.refuses("clerk", "accept", gone, "放了超过半天")
    await desk.does("clerk", "accept", {**way, "kept-promise": [kept]})


async def _with_the_opinions_of_all(desk: Desk) -> None:
    assert "未会签" in await desk.page("handler")
    await desk.refuses(f"of-{ZRZY}", "give_opinion", {"agrees": ["no"]}, "请填写“具体意见")
    await desk.does(f"of-{ZRZY}", "give_opinion", {"agrees": ["no"], "opinion": ["手续不全"]})
    await desk.does(f"of-{HBJ}", "give_opinion", {"agrees": ["yes"]})
    assert "手续不全" in await desk.page("handler")


async def _made_paid_and_handed_over(desk: Desk) -> None:
    await desk.refuses("handler", "certify", {"certificate": [""]}, "请填写“证照")
    await desk.does("handler", "certify", {"certificate": ["陕卫〔2026〕1号"]})
    handed = {"to": ["agent"], "mode": ["window"]}
    await desk.refuses("clerk", "deliver", {**handed, "receiver": ["李四"]}, "费用还没有缴")
    await desk.refuses("clerk", "settle_fee", {"fen": ["一百"]}, "金额不对")
    await desk.refuses("clerk", "settle_fee", {"fen": ["10.01"]}, "超过收费标准", "没有缴款码")
    await desk.does(
        "clerk", "settle_fee", {"fen": ["10"], "payment_code": ["61032826000000000001"]}
    )
    await desk.does("clerk", "notify")
    await desk.refuses("clerk", "deliver", handed, "请填写“领取人姓名”")
    await desk.does("clerk", "deliver", {**handed, "receiver": ["李四"]})
    await desk.does("clerk", "close")
    said = await desk.page("clerk")
    assert "已缴 10 元，缴款码 61032826000000000001" in said
    assert "李四" not in said, "who took it is a part"


async def _after_closing(desk: Desk) -> None:
    reopened = {"reason": ["review_decision"], "document": [""]}
    await desk.refuses("approver", "reopen", reopened, "请填写“文书编号”")
    against = {"reason": ["unlawful_decision"], **GROUND}
    await desk.refuses("approver", "revoke", against, "没有写明救济途径")
    await desk.does("approver", "revoke", {**against, **REMEDIES})
    said = await desk.page("clerk")
    assert "已撤销" in said
    assert "60 日内向千阳县人民政府申请行政复议" in said


async def test_what_is_no_step_or_nobodys_is_not_taken(desk: Desk) -> None:
    for action, status in (("dance", 404), ("deem_granted", 422), ("apply", 422)):
        assert (await desk.send("clerk", action)).status_code == status, action
    stale = await desk.send("clerk", "accept", {"seen": ["7"]})
    assert stale.status_code == 409
    forged = await desk.send("clerk", "accept", {"csrf": ["x"]})
    assert forged.status_code == 403
    assert "已收件" in await desk.page("clerk")
