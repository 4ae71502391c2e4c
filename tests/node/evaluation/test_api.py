"""Evaluations over HTTP: who may give one, of what, once; and what each refusal says."""

from datetime import timedelta
from typing import Any

import httpx
import msgspec
import pytest

from node.database import Tx
from node.evaluation import devices, listing
from node.evaluation.dimensions import CURRENT
from node.evaluation.model import Origin
from node.public.door import MOST_WRONG
from node.work import SYSTEM
from schemas.evaluation import (
    DimensionTable,
    EvaluationChannel,
    EvaluationList,
    EvaluationTaken,
    Grade,
)
from schemas.ids import NodeId
from schemas.staff import Role
from tests.node.evaluation.conftest import Hall
from tests.support.catalogue import WJJ
from tests.support.desks import Desks
from tests.support.pagenode import COUNTY
from tests.support.rating import Answered, answered, rated
from tests.support.visitors import begin_session

EVALUATIONS = "/api/v1/evaluations"
WELL = {"grade": 5}


async def give(hall: Hall, case: Answered, **said: object) -> httpx.Response:
    return await hall.phone.post(EVALUATIONS, json={**case.body, **WELL, **said})


async def test_an_applicant_evaluates_once_without_signing_in(hall: Hall) -> None:
    case = await answered(hall.county)
    said = {"dimensions": {"policy": 4, "speed": 5}, "tags": ["fast"], "text": "办得快"}
    answer = await give(hall, case, **said, contact="13812341234")
    assert answer.status_code == 201, answer.text
    taken = msgspec.json.decode(answer.content, type=EvaluationTaken)
    assert (taken.number, taken.grade) == (case.number, Grade.VERY_SATISFIED)
    view = await rated(hall.county, case.view)
    assert view is not None
    assert (view.channel, view.table) == (EvaluationChannel.WEB, CURRENT.version)
    assert {one.dimension: one.grade for one in view.dimensions} == {"policy": 4, "speed": 5}
    assert (view.tags, view.named, view.counts) == (("fast",), True, True)
    assert (view.department, view.department_at, view.node) == (WJJ, COUNTY, COUNTY)
    clerk = await Desks(hall.county).who("clerk")
    assert view.staff == clerk.staff  # who handed the result over
    assert len(view.device) == 8
    assert not view.of_staff
    assert b"13812341234" not in answer.content


async def test_twice_is_refused_and_the_first_stays(hall: Hall) -> None:
    case = await answered(hall.county)
    assert (await give(hall, case, grade=3)).status_code == 201
    again = await give(hall, case, grade=5)
    assert (again.status_code, again.json()["type"]) == (409, "urn:zhengwu:problem:already-done")
    view = await rated(hall.county, case.view)
    assert view is not None
    assert view.grade is Grade.FAIRLY_SATISFIED
    assert len(await hall.county.works.read(_notes)) == 1


def _notes(tx: Tx) -> list[str]:
    return [note for (note,) in tx.execute("SELECT note FROM evaluations")]


async def test_unrated_is_unrated(hall: Hall) -> None:
    case = await answered(hall.county)
    assert await rated(hall.county, case.view) is None
    assert not await hall.county.works.read(_notes)


async def test_a_wrong_code_and_a_wrong_number_are_answered_alike_and_counted(hall: Hall) -> None:
    case = await answered(hall.county)
    wrong = f"{(int(case.code) + 1) % 10**6:06d}"
    answers = [
        await give(hall, case, code=wrong),
        await give(hall, case, number=f"{case.number[:-1]}9"),
        await give(hall, case, number="' OR 1=1 --"),
    ]
    assert {(one.status_code, one.content) for one in answers} == {(404, answers[0].content)}
    for place in range(MOST_WRONG - 1):
        assert (await _from_afar(hall, place, case, wrong)).status_code == 404
    assert (await _from_afar(hall, MOST_WRONG, case, case.code)).status_code == 429
    assert await rated(hall.county, case.view) is None


async def _from_afar(hall: Hall, place: int, case: Answered, code: str) -> httpx.Response:
    """From ever another address: what is counted is the number's."""
    sent = {**case.body, **WELL, "code": code}
    return await hall.phone.post(EVALUATIONS, json=sent, headers=address(place))


def address(place: int) -> dict[str, str]:
    return {"X-Forwarded-For": f"10.9.0.{place}"}


@pytest.mark.parametrize("until", ["receive", "accept", "dispatch", "review"])
async def test_it_is_too_early_before_the_case_is_answered(hall: Hall, until: str) -> None:
    case = await answered(hall.county, until)
    early = await give(hall, case)
    assert (early.status_code, early.json()["codes"]) == (422, {"number": "too_early"})
    assert "还没有办出结果" in early.json()["errors"]["number"]
    assert await rated(hall.county, case.view) is None


async def test_it_is_time_as_soon_as_it_is_decided(hall: Hall) -> None:
    case = await answered(hall.county, "decide")
    assert (await give(hall, case)).status_code == 201


@pytest.mark.parametrize(
    ("said", "codes"),
    [
        ({"grade": 0}, {"grade": "missing"}),
        ({"grade": 6}, {"grade": "out_of_scale"}),
        ({"dimensions": {"weather": 5}}, {"dimensions.weather": "unknown"}),
        ({"dimensions": {"speed": 0}}, {"dimensions.speed": "out_of_scale"}),
        ({"tags": ["nice"]}, {"tags.nice": "unknown"}),
        ({"text": "长" * 501}, {"text": "too_long"}),
        ({"contact": "call me"}, {"contact": "wrong_phone"}),
    ],
)
async def test_each_wrong_field_is_named_and_nothing_is_kept(
    hall: Hall, said: dict[str, Any], codes: dict[str, str]
) -> None:
    case = await answered(hall.county)
    refused = await give(hall, case, **said)
    assert (refused.status_code, refused.json()["codes"]) == (422, codes)
    assert refused.json()["errors"].values() != codes.values()  # in words
    assert await rated(hall.county, case.view) is None


async def test_what_is_no_form_is_no_evaluation(hall: Hall) -> None:
    case = await answered(hall.county)
    for body in ({**case.body}, {**case.body, "grade": "good"}, {**case.body, **WELL, "x": 1}):
        assert (await hall.phone.post(EVALUATIONS, json=body)).status_code == 400
    huge = {**case.body, **WELL, "text": "长" * 9000}
    assert (await hall.phone.post(EVALUATIONS, json=huge)).status_code == 413


@pytest.mark.parametrize("by", ["cookie", "bearer"])
async def test_whoever_is_signed_in_is_refused_and_it_is_written_down(hall: Hall, by: str) -> None:
    case = await answered(hall.county)
    clerk = await hall.visitor("clerk")
    if by == "cookie":
        refused = await clerk.http.post(EVALUATIONS, json={**case.body, **WELL})
    else:
        token = (await begin_session(hall.county, "clerk")).token
        headers = {"Authorization": f"Bearer {token}"}
        refused = await hall.phone.post(EVALUATIONS, json={**case.body, **WELL}, headers=headers)
    assert refused.status_code == 403
    assert await rated(hall.county, case.view) is None
    (sign,) = await hall.county.works.read(devices.signs, 0, 1 << 60)
    who = (await Desks(hall.county).who("clerk")).staff
    assert sign[1:] == (who, case.number)


async def test_the_officers_own_phone_is_marked_and_taken(hall: Hall) -> None:
    """He signs in with it in the morning, and evaluates himself, signed out, in the evening."""
    begun = await begin_session(hall.county, "clerk")
    await hall.phone.get("/me", headers={"Cookie": f"zw_session={begun.token}"})
    marked, clean = await answered(hall.county), await answered(hall.county)
    assert (await give(hall, marked)).status_code == 201
    other = {"User-Agent": "another phone"}
    body = {**clean.body, **WELL}
    assert (await hall.phone.post(EVALUATIONS, json=body, headers=other)).status_code == 201
    first, second = await rated(hall.county, marked.view), await rated(hall.county, clean.view)
    assert first is not None
    assert second is not None
    assert (first.of_staff, second.of_staff) == (True, False)
    assert first.device != second.device


async def test_devices_of_another_day_have_other_names(hall: Hall) -> None:
    origin = Origin(address="10.0.0.7", agent="a phone")
    works = hall.county.works
    first = await works.run(SYSTEM, devices.mark, origin)
    assert first == await works.run(SYSTEM, devices.mark, origin)
    works.clock.offset += timedelta(days=1)
    assert (await works.run(SYSTEM, devices.mark, origin))[0] != first[0]
    works.clock.offset += timedelta(days=9)
    await works.run(SYSTEM, devices.mark, origin)
    kept = await works.read(lambda tx: tx.execute("SELECT count(*) FROM device_days").fetchone())
    assert kept[0] == 1  # what told them apart before is gone for good


async def test_the_dimensions_are_told_to_everybody(hall: Hall) -> None:
    answer = await hall.phone.get(f"{EVALUATIONS}/dimensions")
    assert msgspec.json.decode(answer.content, type=DimensionTable) == CURRENT


async def test_the_list_is_for_those_who_oversee_and_for_whose_department_it_is(
    hall: Hall,
) -> None:
    desks = Desks(hall.county)
    await desks.add("rep", Role.REPRESENTATIVE, department=WJJ)
    await desks.add("leader", Role.LEADER)
    case = await answered(hall.county)
    assert (await give(hall, case, text="排队太久", grade=3)).status_code == 201
    assert (await hall.phone.get(EVALUATIONS)).status_code == 401
    for login in ("clerk", "handler", "approver", "operator"):
        assert (await (await hall.visitor(login)).get(EVALUATIONS)).status_code == 403, login
    for login in ("supervisor", "director", "leader", "rep"):
        shown = await (await hall.visitor(login)).get(f"{EVALUATIONS}?grade=3&channel=web")
        (one,) = msgspec.json.decode(shown.content, type=EvaluationList).evaluations
        assert one.case == case.view.stream, login
        assert "排队太久".encode() not in shown.content


async def test_another_departments_representative_sees_nothing_of_it(hall: Hall) -> None:
    case = await answered(hall.county)
    await give(hall, case)
    works = hall.county.works
    await works.database.write(
        lambda tx: tx.execute("UPDATE evaluations SET department_at = ?", (NodeId("6103"),))
    )
    await Desks(hall.county).add("rep", Role.REPRESENTATIVE, department=WJJ)
    shown = await (await hall.visitor("rep")).get(EVALUATIONS)
    assert msgspec.json.decode(shown.content, type=EvaluationList).evaluations == ()


@pytest.mark.parametrize(
    "query",
    ["grade=7", "channel=pigeon", "first=yesterday", "first=2026-02-01&last=2026-01-01",
     "first=2020-01-01", "after=x", "after=9" + "9" * 30],
)  # fmt: skip
async def test_a_wrong_question_is_answered_as_such(hall: Hall, query: str) -> None:
    supervisor = await hall.visitor("supervisor")
    assert (await supervisor.get(f"{EVALUATIONS}?{query}")).status_code == 422


async def test_pages_of_the_list_follow_each_other_without_a_gap(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "PAGE", 2)
    streams = []
    for place in range(5):
        case = await answered(hall.county)
        streams.append(case.view.stream)
        sent = {**case.body, **WELL}
        await hall.phone.post(EVALUATIONS, json=sent, headers=address(place))
    supervisor, found, after = await hall.visitor("supervisor"), [], ""
    while True:
        shown = await supervisor.get(f"{EVALUATIONS}?after={after}")
        page = msgspec.json.decode(shown.content, type=EvaluationList)
        found += [one.case for one in page.evaluations]
        after = page.next
        if not after:
            break
    assert found == streams[::-1]
