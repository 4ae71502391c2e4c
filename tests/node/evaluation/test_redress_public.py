"""Asking and complaining from home: what a guesser gets, what is told, how often one may."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from node.database import Tx
from node.evaluation import redress_reading as reading
from node.evaluation.redress_reading import Caller
from node.public.door import APPLIED_A_MINUTE, MOST_WRONG, WRONG_SECONDS, PublicDoor
from node.work import Actor
from schemas.ids import DepartmentId, NodeId, StaffId
from schemas.redress import RedressKind, RedressSource, RedressView
from schemas.staff import Role
from tests.support.public import Ticks
from tests.support.webnode import WebNode, web_node, with_departments

COUNTY = NodeId("610328")
WJJ = DepartmentId("wjj")
SUPERVISOR = Actor(StaffId("supervisor"), frozenset({Role.SUPERVISOR}))
COMPLAINTS, QUESTIONS = "/api/v1/public/complaints", "/api/v1/public/questions"
TRACK = "/api/v1/public/redress/track"
SAYS = {"text": "证办了三个月", "name": "李小花", "phone": "13812341234", "department": WJJ}


@dataclass
class Home:
    """A county, as people at home reach it; each comes a minute after the one before."""

    node: WebNode
    ticks: Ticks
    folder: Path

    async def post(self, path: str, body: object, *, key: str = "") -> httpx.Response:
        self.ticks.seconds += 60
        headers = {"Idempotency-Key": key} if key else {}
        return await self.node.http.post(path, json=body, headers=headers)

    async def sent(self, path: str = COMPLAINTS, **changes: object) -> tuple[str, str]:
        answer = await self.post(path, SAYS | changes)
        assert answer.status_code == 201, answer.text
        return answer.json()["number"], answer.json()["code"]

    async def found(self, number: str) -> RedressView:
        def read(tx: Tx) -> RedressView:
            known = reading.find(tx, Caller(COUNTY, SUPERVISOR), number)
            return reading.fresh(tx, known)

        return await self.node.works.read(read)


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[Home]:
    ticks = Ticks()
    async with web_node(tmp_path, values={"door": PublicDoor(ticks)}) as node:
        await with_departments(node, WJJ)
        await node.account("handler", Role.HANDLER, department=WJJ)
        yield Home(node, ticks, tmp_path)


async def test_what_is_sent_waits_for_the_department_sealed(home: Home) -> None:
    number, code = await home.sent()
    view = await home.found(number)
    assert (view.redress, view.source, view.subject, view.department) == (
        RedressKind.COMPLAINT, RedressSource.WEB, COUNTY, WJJ,
    )  # fmt: skip
    assert view.named
    stored = b"".join(one.read_bytes() for one in home.folder.rglob("*") if one.is_file())
    for secret in (str(SAYS["text"]), str(SAYS["name"]), str(SAYS["phone"])):
        assert secret.encode() not in stored, "names and texts lie sealed"
    assert len(code) == 6


async def test_kinds_are_told_apart_and_a_name_is_his_own_choice(home: Home) -> None:
    asked, _ = await home.sent(QUESTIONS, name="", phone="")
    view = await home.found(asked)
    assert (view.redress, view.named) == (RedressKind.CONSULTATION, False)
    stuck, _ = await home.sent(unresolved=True)
    assert (await home.found(stuck)).redress is RedressKind.UNRESOLVED
    assert stuck.startswith("反")


async def test_a_number_that_nobody_knows_is_not_told_and_stays_in_the_text(home: Home) -> None:
    number, _ = await home.sent(case="610328-20260101-A0001")
    assert (await home.found(number)).case is None


async def test_the_answer_is_found_with_number_and_code(home: Home) -> None:
    number, code = await home.sent(QUESTIONS)
    first = (await home.post(TRACK, {"number": number, "code": code})).json()
    assert (first["state"], first["answer"]) == ("opened", "")
    assert first["due"] > ""
    handler = await home.node.as_("handler")
    done = await home.node.http.post(
        f"/api/v1/redress/{number}/answer", json={"answer": "带身份证即可"}, headers=handler
    )
    assert done.status_code == 200, done.text
    typed = number.replace("〔", "").replace("〕", "-").replace("号", "")
    told = (await home.post(TRACK, {"number": typed, "code": f" {code} "})).json()
    assert (told["state"], told["answer"]) == ("closed", "带身份证即可")
    assert told["said"]["zh"] == "已答复。"
    assert SAYS["name"] not in str(told)


async def test_a_wrong_code_and_a_wrong_number_are_answered_alike(home: Home) -> None:
    number, code = await home.sent()
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    answers = [
        await home.post(TRACK, {"number": number, "code": wrong}),
        await home.post(TRACK, {"number": "诉〔2026〕99号", "code": code}),
        await home.post(TRACK, {"number": "' OR 1=1 --", "code": code}),
        await home.post(TRACK, {"number": "", "code": ""}),
    ]
    assert {(one.status_code, one.content) for one in answers} == {(404, answers[0].content)}


async def test_after_ten_wrong_codes_a_number_is_shut_however_it_is_typed(home: Home) -> None:
    number, code = await home.sent()
    year = number[2:6]
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    for tried in range(MOST_WRONG):
        typed = f"诉{'!' * tried}{year}{'-' * (tried + 1)}1"
        assert (await home.post(TRACK, {"number": typed, "code": wrong})).status_code == 404
        home.ticks.seconds -= 50
    shut = await home.post(TRACK, {"number": number, "code": code})
    assert shut.status_code == 429
    home.ticks.seconds += WRONG_SECONDS
    assert (await home.post(TRACK, {"number": number, "code": code})).status_code == 200


async def test_sent_twice_with_one_key_is_one(home: Home) -> None:
    first = await home.post(COMPLAINTS, SAYS, key="k")
    assert (await home.post(COMPLAINTS, SAYS, key="k")).json() == first.json()
    other = await home.post(COMPLAINTS, SAYS | {"text": "别的事"}, key="k")
    assert other.json()["number"] != first.json()["number"]


async def test_one_address_does_not_fill_the_disk(home: Home) -> None:
    answers = [
        (await home.node.http.post(COMPLAINTS, json=SAYS)).status_code
        for _ in range(APPLIED_A_MINUTE // 3 + 1)
    ]
    assert answers == [201] * (APPLIED_A_MINUTE // 3) + [429]


@pytest.mark.parametrize(
    ("changes", "status", "said"),
    [
        ({"text": " "}, 422, "请写清楚是什么事。"),
        ({"text": "长" * 1001}, 422, "写得太长，最多 1000 字。"),
        ({"phone": "call me"}, 422, "电话号码不对，请核对。"),
        ({"department": "none"}, 422, "没有这个部门。"),
        ({"staff": "x"}, 400, ""),
        ({"text": "长" * 9000}, 413, ""),
    ],
)
async def test_what_cannot_be_taken_is_said_in_words(
    home: Home, changes: dict[str, object], status: int, said: str
) -> None:
    answer = await home.post(COMPLAINTS, SAYS | changes)
    assert answer.status_code == status
    assert said in answer.json().get("detail", "")
    assert await home.node.works.read(_count) == 0


def _count(tx: Tx) -> int:
    return int(tx.execute("SELECT count(*) FROM redress").fetchone()[0])
