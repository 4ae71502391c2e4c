"""The clocks of a case over real HTTP: what is told, and to whom."""

from collections.abc import AsyncIterator
from datetime import date, datetime, time
from pathlib import Path

import msgspec
import pytest

from node.calendar import actions as calendar
from node.catalogue import actions as catalogue
from node.clock import CHINA
from node.runtime.recounting import Recounter
from node.work import SYSTEM
from schemas.clocks import CaseClocks, ClockKind
from schemas.ids import DepartmentId
from schemas.item_terms import LimitStart
from schemas.items import Limit
from schemas.staff import Role
from tests.support.calendar import IN_2027
from tests.support.catalogue import WJJ
from tests.support.clocks import item_of
from tests.support.webnode import WebNode, web_node, with_departments

FORM = {
    "item": "wjj-09",
    "applicant": {
        "kind": "natural",
        "name": "张三",
        "id_number": "610328190001010013",
        "phone": "13812341234",
    },
    "materials": [{"code": "form", "originals": 1}, {"code": "id", "copies": 1}],
}


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[WebNode]:
    async with web_node(tmp_path) as node:
        await with_departments(node, WJJ, "zrzy")
        item = item_of(Limit(amount=12, start=LimitStart.RECEIVED), Limit(amount=20))
        await node.works.run(SYSTEM, catalogue.publish, (item,))
        await node.account("clerk", Role.CLERK)
        await node.account("other", Role.HANDLER, department=DepartmentId("zrzy"))
        await node.account("watcher", Role.SUPERVISOR)
        await node.account("operator", Role.OPERATOR)
        morning = datetime.combine(date(2026, 12, 10), time(10), CHINA)
        node.clock.offset = morning - node.clock.wall()
        yield node


async def _received(served: WebNode) -> str:
    clerk = await served.as_("clerk")
    answer = await served.http.post("/api/v1/cases", json=FORM, headers=clerk)
    assert answer.status_code == 201, answer.text
    number = str(answer.json()["number"])
    answer = await served.http.post(f"/api/v1/cases/{number}/accept", json={}, headers=clerk)
    assert answer.status_code == 200, answer.text
    return number


async def _told(served: WebNode, number: str, login: str = "clerk") -> CaseClocks:
    answer = await served.http.get(f"/api/v1/cases/{number}/clock", headers=await served.as_(login))
    assert answer.status_code == 200, answer.text
    return msgspec.json.decode(answer.content, type=CaseClocks)


async def test_the_clock_answers_when_and_why_in_both_languages(served: WebNode) -> None:
    number = await _received(served)
    found = await _told(served, number)
    assert (found.number, found.today) == (number, "2026-12-10")
    promised, statutory, acceptance, stage = found.clocks
    assert (acceptance.ended, stage.stage) == ("2026-12-10", "分办")
    assert (promised.clock, promised.due, promised.remaining) == (
        ClockKind.PROMISED, "2026-12-28", 12,
    )  # fmt: skip
    assert (statutory.due, statutory.provisional) == ("2027-01-08", True)
    assert statutory.due_at == 1_799_424_000_000  # 2027-01-09 00:00 in China
    sentences = [step.zh for step in statutory.steps]
    assert sentences[0] == "自受理之日（2026年12月10日）的次日起算"
    assert sentences[-1] == "到期日为2027年1月8日（星期五），当日24时期满"
    assert any("2027年放假安排尚未公布" in sentence for sentence in sentences)
    assert all(step.en for step in statutory.steps)


async def test_a_case_tells_its_due_days_in_short(served: WebNode) -> None:
    number = await _received(served)
    headers = await served.as_("clerk")
    found = (await served.http.get(f"/api/v1/cases/{number}", headers=headers)).json()
    assert [(one["clock"], one["due"], one["provisional"]) for one in found["clocks"]] == [
        ("promised", "2026-12-28", False),
        ("statutory", "2027-01-08", True),
        ("acceptance", "2026-12-17", False),
    ]


async def test_a_calendar_shows_in_the_answer_with_the_day_before(served: WebNode) -> None:
    number = await _received(served)
    await served.works.run(SYSTEM, calendar.publish, IN_2027)
    await Recounter(served.works).catch_up()
    statutory = (await _told(served, number)).clocks[1]
    assert (statutory.due, statutory.provisional) == ("2027-01-07", False)
    (change,) = statutory.changes
    assert (change.was, change.was_provisional, change.due) == (
        "2027-01-08", True, "2027-01-07",
    )  # fmt: skip


async def test_who_may_not_see_the_case_does_not_see_its_clock(served: WebNode) -> None:
    number = await _received(served)
    assert (await _told(served, number, "watcher")).number == number
    path = f"/api/v1/cases/{number}/clock"
    for login in ("other", "operator"):
        answer = await served.http.get(path, headers=await served.as_(login))
        assert answer.status_code == 404, login
    assert (await served.http.get(path)).status_code == 401
    missing = await served.http.get(
        "/api/v1/cases/610328-20260101-A0001/clock", headers=await served.as_("clerk")
    )
    assert missing.status_code == 404
