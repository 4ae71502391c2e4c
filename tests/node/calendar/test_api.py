"""The calendar over real HTTP: who may ask, who may publish, what is answered."""

from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from schemas.calendar import DueAnswer, YearSource, YearTable, YearView
from schemas.staff import Role
from tests.support.calendar import IN_2027
from tests.support.webnode import WebNode, web_node


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[WebNode]:
    async with web_node(tmp_path) as node:
        await node.account("pub", Role.PUBLISHER)
        await node.account("clerk", Role.CLERK)
        yield node


def body(table: YearTable) -> object:
    return msgspec.to_builtins(table)


async def year(served: WebNode, number: int = 2027) -> YearView:
    answer = await served.http.get(f"/api/v1/public/calendar/{number}")
    assert answer.status_code == 200
    return msgspec.json.decode(answer.content, type=YearView)


async def test_the_publisher_publishes_and_takes_back(served: WebNode) -> None:
    assert (await year(served)).source is YearSource.RULE
    publisher = await served.as_("pub")
    answer = await served.http.post("/api/v1/calendar", json=body(IN_2027), headers=publisher)
    assert answer.status_code == 201
    assert msgspec.json.decode(answer.content, type=YearView) == await year(served)
    assert (await year(served)).tables[0].table == IN_2027
    gone = await served.http.delete("/api/v1/calendar/2027/council", headers=publisher)
    assert gone.status_code == 200
    assert (await year(served)).source is YearSource.RULE
    for path in ("2027/council", "2027/state", "99999999999999999999/council"):
        again = await served.http.delete(f"/api/v1/calendar/{path}", headers=publisher)
        assert again.status_code == 404, path


async def test_repeating_a_request_publishes_once(served: WebNode) -> None:
    headers = {**await served.as_("pub"), "Idempotency-Key": "one"}
    first = await served.http.post("/api/v1/calendar", json=body(IN_2027), headers=headers)
    second = await served.http.post("/api/v1/calendar", json=body(IN_2027), headers=headers)
    assert first.content == second.content


async def test_a_fault_is_told_by_field_and_changes_nothing(served: WebNode) -> None:
    bad = replace(IN_2027, rest=(*IN_2027.rest, "2027-02-30"))
    answer = await served.http.post(
        "/api/v1/calendar", json=body(bad), headers=await served.as_("pub")
    )
    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == [f"rest[{len(IN_2027.rest)}]"]
    assert (await year(served)).source is YearSource.RULE


async def test_only_a_publisher_may(served: WebNode) -> None:
    clerk = await served.as_("clerk")
    answer = await served.http.post("/api/v1/calendar", json=body(IN_2027), headers=clerk)
    assert answer.status_code == 403
    assert (await served.http.post("/api/v1/calendar", json=body(IN_2027))).status_code == 401
    assert (
        await served.http.delete("/api/v1/calendar/2027/council", headers=clerk)
    ).status_code == 403
    assert (await year(served)).source is YearSource.RULE


async def test_a_due_day_comes_with_its_reasons(served: WebNode) -> None:
    asked = {"start": "2026-09-30", "amount": "3"}
    clerk = await served.as_("clerk")
    answer = await served.http.get("/api/v1/calendar/due", params=asked, headers=clerk)
    found = msgspec.json.decode(answer.content, type=DueAnswer)
    assert (found.due, found.provisional) == ("2026-10-10", False)
    assert found.steps[0].zh == "从2026年9月30日（星期三）的次日起算"
    assert (await served.http.get("/api/v1/calendar/due", params=asked)).status_code == 401


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"start": "2026-09-31", "amount": "3"}, 400),
        ({"start": "2026-09-30", "amount": "x"}, 400),
        ({"start": "2026-09-30", "amount": "3", "unit": "year"}, 400),
        ({"start": "2026-09-30", "amount": "99999999999"}, 422),
        ({"start": "1900-01-01", "amount": "3"}, 422),
    ],
)
async def test_a_question_that_makes_no_sense_is_refused(
    served: WebNode, asked: dict[str, str], status: int
) -> None:
    clerk = await served.as_("clerk")
    answer = await served.http.get("/api/v1/calendar/due", params=asked, headers=clerk)
    assert answer.status_code == status


async def test_staff_and_everyone_see_the_same_year(served: WebNode) -> None:
    answer = await served.http.get("/api/v1/calendar/2026", headers=await served.as_("clerk"))
    assert msgspec.json.decode(answer.content, type=YearView) == await year(served, 2026)
    assert (await served.http.get("/api/v1/calendar/2026")).status_code == 401
    for number in (1995, 2100, 0, 10**20):
        found = await served.http.get(f"/api/v1/public/calendar/{number}")
        assert found.status_code == 404
