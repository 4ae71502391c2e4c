"""The law's steps over real HTTP: each is taken by whom it belongs to, and refused to all others.

Before a step is taken it is asked for by somebody whose post never does it, by somebody who looked
at an older state, and, where a form can be wrong, with a wrong one: nothing of that is saved.
"""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from node.catalogue import actions as catalogue
from node.work import SYSTEM
from schemas.case_law import CaseApplied
from schemas.cases import Action
from schemas.ids import CaseNumber, DepartmentId
from schemas.staff import Role
from tests.support.bureau import PAPERS
from tests.support.catalogue import WJJ
from tests.support.laws import HBJ, RICH, ZRZY, at_county
from tests.support.webnode import COUNTY, WebNode, web_node, with_departments

Shown = dict[str, str]
GROUND = {"law": "公共场所卫生管理条例", "article": "第四条"}
REMEDIES = {"review_body": "千阳县人民政府", "court": "千阳县人民法院"}
DENIAL = {"reason": "conditions_not_met", "ground": GROUND, "remedies": REMEDIES}
APPLICANT = {
    "kind": "natural", "name": "张三", "id_number": "610328190001010013", "phone": "13812341234",
}  # fmt: skip
GIVEN = [{"code": code, "originals": 1} for code in ("form", "id", "map")]
FORM = {"item": RICH.code, "applicant": APPLICANT, "materials": GIVEN}
JPEG = b"\xff\xd8\xff\xe0\x00\x04ab\xff\xda\x00\x02pixels\xff\xd9"


@dataclass(frozen=True)
class Take:
    """One step: who takes it, with what, where it leads, and what is wrong with another form."""

    who: str
    action: Action
    body: Mapping[str, object] = field(default_factory=dict)
    state: str = ""
    """Empty: it stays."""
    wrong: Mapping[str, object] = field(default_factory=dict)
    codes: Mapping[str, str] = field(default_factory=dict)


A = Action
CERTIFICATE = {"certificate": "陕卫证字〔2026〕1号"}
TO_DESK = (
    Take("clerk", A.ACCEPT, {}, "accepted"),
    Take("clerk", A.DISPATCH, {}, "dispatched"),
)
OPINIONS = (
    Take("zrzy", A.GIVE_OPINION, {"agrees": True}, "", {"agrees": False}, {"opinion": "missing"}),
    Take("hbj", A.GIVE_OPINION, {"agrees": False, "opinion": "距离不足"}),
)
WHOLE = (
    *TO_DESK,
    Take("handler", A.SIGN_IN),
    Take("colleague", A.TAKE_OVER, {"reason": "colleague_absent"}, "", {"reason": "x"},
         {"reason": "unknown"}),
    Take("colleague", A.SEND_BACK, {"reason": "wrong_department", "note": "属自然资源"}, "accepted",
         {"reason": ""}, {"reason": "missing"}),
    Take("clerk", A.DISPATCH, {"department": "zrzy"}, "dispatched"),
    Take("clerk", A.REDISPATCH, {"department": "wjj", "reason": "wrong_department"}, "",
         {"department": "zrzy", "reason": "other"}, {"department": "same_department"}),
    *OPINIONS,
    Take("handler", A.SUSPEND, {"procedure": "expert_review", "amount": 10}, "suspended",
         {"procedure": "site_survey", "amount": 3}, {"ground": "no_ground"}),
    Take("handler", A.RESUME, {"note": "专家意见已出"}, "dispatched", {"result": "lost"},
         {"result": "unknown"}),
    Take("approver", A.EXTEND, {"amount": 10, "reason": "complex_case", "note": "复杂"}, "",
         {"amount": 99, "reason": "complex_case"}, {"amount": "extension_range"}),
    Take("handler", A.REVIEW, {"proposes": "granted"}, "reviewed"),
    Take("approver", A.DECIDE, {"outcome": "granted"}, "decided", {"outcome": "denied"} | DENIAL
         | {"ground": None}, {"ground": "no_ground"}),
    Take("handler", A.CERTIFY, CERTIFICATE, "certified", {"certificate": ""},
         {"certificate": "missing"}),
    Take("clerk", A.SETTLE_FEE, {"fen": 1000, "payment_code": "61032826000000000001"}, "",
         {"fen": 1000}, {"payment_code": "no_payment_code"}),
    Take("clerk", A.NOTIFY, {}, "ready"),
    Take("clerk", A.DELIVER, {"mode": "courier", "waybill": "EMS1"}, "delivered",
         {"mode": "courier"}, {"waybill": "missing"}),
    Take("clerk", A.CLOSE, {}, "closed"),
    Take("approver", A.REOPEN, {"reason": "court_judgment", "document": "(2026)陕01号"}, "accepted",
         {"reason": "court_judgment", "document": ""}, {"document": "missing"}),
    Take("clerk", A.TERMINATE, {"reason": "object_gone", "note": "场所拆除"}, "terminated",
         {"reason": "x"}, {"reason": "unknown"}),
)  # fmt: skip
REVOKED = (
    Take("approver", A.DECIDE, {"outcome": "granted"}, "decided"),
    Take("handler", A.CERTIFY, CERTIFICATE, "certified"),
    Take("clerk", A.SETTLE_FEE, {"waived": "财税〔2015〕1号"}),
    Take("clerk", A.DELIVER, {}, "delivered"),
    Take("clerk", A.CLOSE, {}, "closed"),
    Take("handler", A.CHECK, {"kept": False, "note": "与承诺不符"}, "", {"kept": False},
         {"note": "missing"}),
    Take("approver", A.REVOKE,
         {"reason": "commitment_broken", "ground": GROUND, "remedies": REMEDIES}, "revoked",
         {"reason": "commitment_broken", "ground": GROUND}, {"remedies": "no_remedies"}),
)  # fmt: skip


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[WebNode]:
    async with web_node(tmp_path) as node:
        await with_departments(node, WJJ, ZRZY, HBJ)
        await node.works.run(SYSTEM, catalogue.publish, (at_county(RICH),))
        await node.account("clerk", Role.CLERK)
        await node.account("handler", Role.HANDLER, department=WJJ)
        await node.account("colleague", Role.HANDLER, department=WJJ)
        await node.account("approver", Role.APPROVER, department=WJJ)
        await node.account("zrzy", Role.HANDLER, department=ZRZY)
        await node.account("hbj", Role.HANDLER, department=DepartmentId(HBJ))
        await node.account("watcher", Role.SUPERVISOR)
        yield node


class Desk:
    """Everybody at the county, signed in."""

    def __init__(self, served: WebNode) -> None:
        self.served = served
        self._shown: dict[str, Shown] = {}

    async def shown(self, login: str) -> Shown:
        if login not in self._shown:
            self._shown[login] = await self.served.as_(login)
        return self._shown[login]

    async def post(self, login: str, path: str, body: object) -> tuple[int, dict[str, object]]:
        answer = await self.served.http.post(
            f"/api/v1/cases{path}", json=body, headers=await self.shown(login)
        )
        return answer.status_code, answer.json()

    async def take(self, number: str, seq: int, step: Take) -> dict[str, object]:
        """Have the step refused as it should be, then taken."""
        path = f"/{number}/{step.action}"
        status, told = await self.post("watcher", path, step.body)
        assert (status, told["type"]) == (403, "urn:zhengwu:problem:not-allowed"), (path, told)
        status, told = await self.post(step.who, path, {**step.body, "seen": seq - 1})
        assert (status, told["type"], told["seq"]) == (
            409, "urn:zhengwu:problem:action-not-open", seq,
        ), path  # fmt: skip
        if step.codes:
            status, told = await self.post(step.who, path, step.wrong)
            assert (status, told["codes"]) == (422, step.codes), (path, told)
            said = told["errors"]
            assert isinstance(said, dict)
            assert all("\u4e00" <= sentence[0] <= "\u9fff" for sentence in said.values()), said
        status, told = await self.post(step.who, path, {**step.body, "seen": seq})
        assert (status, told.get("seq")) == (200, seq + 1), (path, told)
        return told

    async def walk(self, number: str, steps: tuple[Take, ...], seq: int = 0) -> None:
        state = ""
        for number_of, step in enumerate(steps):
            told = await self.take(number, seq + number_of, step)
            assert told["state"] == (step.state or state or told["state"]), step
            state = str(told["state"])

    async def receive(self, **changes: object) -> str:
        status, told = await self.post("clerk", "", FORM | changes)
        assert status == 201, told
        return str(told["number"])

    async def promise(self) -> str:
        answer = await self.served.http.post(
            "/api/v1/parts", content=JPEG, headers=await self.shown("clerk")
        )
        return str(answer.json()["digest"])


async def test_a_case_goes_the_laws_long_way_and_each_step_is_refused_to_whom_it_is_not(
    served: WebNode,
) -> None:
    desk = Desk(served)
    number = await desk.receive()
    await desk.walk(number, WHOLE)
    told = (
        await served.http.get(f"/api/v1/cases/{number}", headers=await desk.shown("clerk"))
    ).json()
    assert {event["verdict"] for event in told["events"]} == {"effective"}
    assert "距离不足" not in str(told)


async def test_a_broken_commitment_is_found_and_revoked(served: WebNode) -> None:
    desk = Desk(served)
    number = await desk.receive(materials=GIVEN[:2])
    form = {"commitment": True, "promise": await desk.promise()}
    accept = Take(
        "clerk", A.ACCEPT, form, "accepted", {"commitment": True}, {"promise": "no_promise"}
    )
    await desk.walk(number, (accept, *REVOKED))


async def pending(desk: Desk) -> Take:
    form = {"pending": ["map"], "promise": await desk.promise()}
    return Take("clerk", A.ACCEPT, form, "accepted", {}, {"pending.map": "lacking"})


async def test_papers_follow_what_is_overdue_goes_back_and_what_was_a_mistake_is_void(
    served: WebNode,
) -> None:
    desk = Desk(served)
    supply = Take("clerk", A.SUPPLY, {"materials": GIVEN[2:]}, "", {"materials": GIVEN[:1]},
                  {"materials": "not_pending"})  # fmt: skip
    await desk.walk(await desk.receive(materials=GIVEN[:2]), (await pending(desk), supply))
    waiting = await desk.receive(materials=GIVEN[:2])
    await desk.walk(waiting, (await pending(desk),))
    mistaken = await desk.receive()
    void = Take("clerk", A.VOID, {"reason": "entered_by_mistake", "note": "重复"}, "voided",
                {"reason": "entered_by_mistake"}, {"note": "missing"})  # fmt: skip
    await desk.walk(mistaken, (void,))
    early = {"reason": "pending_overdue"}
    status, told = await desk.post("clerk", f"/{waiting}/return", early)
    assert (status, told["codes"]) == (422, {"reason": "not_overdue"})
    served.clock.passed += timedelta(days=60)
    desk = Desk(served)  # everybody signs in anew
    back = Take("clerk", A.RETURN, early | {"note": "逾期"}, "returned", {"reason": "x"},
                {"reason": "unknown"})  # fmt: skip
    await desk.walk(waiting, (back,), seq=1)


async def test_what_came_through_the_network_is_admitted_over_http(served: WebNode) -> None:
    desk = Desk(served)
    number = await _apply(served)
    await desk.walk(number, (Take("clerk", A.ADMIT, {}, "received"), *TO_DESK))
    silent = await _apply(served, serial=9002)
    for nobodys in ("apply", "deem_accepted", "deem_granted"):
        status, _ = await desk.post("clerk", f"/{silent}/{nobodys}", {})
        assert status in (404, 405)


async def _apply(served: WebNode, serial: int = 9001) -> str:
    works = served.works
    guide = await works.read(catalogue.guide, COUNTY, RICH.code, now=works.now_ms)
    number = CaseNumber(f"{COUNTY}-20261126-A{serial}")
    fact = CaseApplied(
        number=number, item=guide.stream, item_version=guide.version, place=COUNTY,
        received_at=works.now_ms, applicant="a" * 64, materials=PAPERS,  # type: ignore[arg-type]
    )  # fmt: skip
    await works.run(SYSTEM, lambda work: work.begin("case", fact, holder=COUNTY))
    return number


async def test_a_form_refuses_what_it_does_not_know_and_needs_what_it_needs(
    served: WebNode,
) -> None:
    desk = Desk(served)
    number = await desk.receive()
    await desk.walk(number, TO_DESK)
    for action, body in (
        (A.SIGN_IN, {"colour": "red"}),
        (A.SUSPEND, {"procedure": "siesta"}),
        (A.EXTEND, {"amount": "ten", "reason": "complex_case"}),
        (A.GIVE_OPINION, {}),
    ):
        status, _ = await desk.post("handler", f"/{number}/{action}", body)
        assert status == 400, action
