"""A case's whole life over real HTTP at one county, and what its API refuses."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import msgspec
import pytest

from federation.encoding import unb64
from federation.envelope import read_envelope
from node.catalogue import actions as catalogue
from node.parts.model import shown_as
from node.work import SYSTEM
from schemas.ids import DepartmentId
from schemas.staff import Role
from tests.support.catalogue import LICENCE, WJJ
from tests.support.webnode import WebNode, web_node, with_departments

ZHANG = {
    "kind": "natural",
    "name": " 张三 ",
    "id_number": "610328190001010013",
    "phone": "138 1234 1234",
}
PAPERS = [{"code": "form", "originals": 1}, {"code": "id", "copies": 1}]
FORM = {"item": LICENCE.code, "applicant": ZHANG, "materials": PAPERS}
JPEG = b"\xff\xd8\xff\xe0\x00\x04ab\xff\xda\x00\x02pixels\xff\xd9"
Shown = dict[str, str]
GROUND = {"law": "行政许可法", "article": "第三十二条"}
REMEDIES = {"review_body": "千阳县人民政府", "court": "千阳县人民法院"}
REFUSAL = {
    "reason": "not_our_competence", "ground": GROUND, "remedies": REMEDIES, "competent": "市卫健委",
}  # fmt: skip


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[WebNode]:
    async with web_node(tmp_path) as node:
        await with_departments(node, WJJ, "zrzy")
        await node.works.run(SYSTEM, catalogue.publish, (LICENCE,))
        await node.account("clerk", Role.CLERK)
        await node.account("handler", Role.HANDLER, department=WJJ)
        await node.account("approver", Role.APPROVER, department=WJJ)
        await node.account("other", Role.HANDLER, department=DepartmentId("zrzy"))
        await node.account("watcher", Role.SUPERVISOR)
        yield node


@pytest.fixture
async def clerk(served: WebNode) -> Shown:
    return await served.as_("clerk")


async def received(served: WebNode, clerk: Shown, **more: object) -> str:
    answer = await served.http.post("/api/v1/cases", json=FORM | more, headers=clerk)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["number"])


async def step(
    served: WebNode, shown: Shown, number: str, action: str, **body: object
) -> httpx.Response:
    return await served.http.post(f"/api/v1/cases/{number}/{action}", json=body, headers=shown)


async def test_a_case_is_taken_decided_and_closed(served: WebNode, clerk: Shown) -> None:
    number = await received(served, clerk)
    handler, approver = await served.as_("handler"), await served.as_("approver")
    for shown, action, body, state in (
        (clerk, "accept", {}, "accepted"),
        (clerk, "dispatch", {}, "dispatched"),
        (handler, "review", {"proposes": "granted", "opinion": "符合条件"}, "reviewed"),
        (approver, "decide", {"outcome": "granted", "opinion": "同意"}, "decided"),
        (clerk, "deliver", {}, "delivered"),
        (clerk, "close", {}, "closed"),
    ):
        answer = await step(served, shown, number, action, **body)
        assert (answer.status_code, answer.json().get("state")) == (200, state), answer.text
    told = (await served.http.get(f"/api/v1/cases/{number}", headers=clerk)).json()
    assert told["brief"]["outcome"] == "granted"
    assert [event["seq"] for event in told["events"]] == list(range(7))
    assert {event["verdict"] for event in told["events"]} == {"effective"}
    assert told["head"] == told["events"][-1]["hash"]
    assert told["applicant"] == "张*"
    assert "610328190001010013" not in str(told)


async def test_an_empty_body_is_enough_where_nothing_is_asked(
    served: WebNode, clerk: Shown
) -> None:
    number = await received(served, clerk)
    answer = await served.http.post(f"/api/v1/cases/{number}/accept", headers=clerk)
    assert answer.status_code == 200, answer.text


async def test_two_at_once_one_wins_the_other_sees_where_it_stands(
    served: WebNode, clerk: Shown
) -> None:
    number = await received(served, clerk)
    answers = await asyncio.gather(
        step(served, clerk, number, "accept", seen=0),
        step(served, clerk, number, "refuse", seen=0, **REFUSAL),
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    lost = next(answer for answer in answers if answer.status_code == 409).json()
    assert lost["type"] == "urn:zhengwu:problem:action-not-open"
    assert lost["seq"] == 1
    assert lost["state"] in ("accepted", "refused")
    assert lost["allowed"]
    told = (await served.http.get(f"/api/v1/cases/{number}", headers=clerk)).json()
    assert len(told["events"]) == 2


async def test_a_step_sent_twice_under_one_key_is_taken_once(served: WebNode, clerk: Shown) -> None:
    keyed = {**clerk, "Idempotency-Key": "tablet-7/0001"}
    answers = await asyncio.gather(
        *(served.http.post("/api/v1/cases", json=FORM, headers=keyed) for _ in range(5))
    )
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    page = (await served.http.get("/api/v1/cases?all=true", headers=clerk)).json()
    assert len(page["cases"]) == 1
    number = page["cases"][0]["number"]
    other = await served.http.post(f"/api/v1/cases/{number}/accept", json={}, headers=keyed)
    assert (other.status_code, other.json()["type"]) == (422, "urn:zhengwu:problem:key-reused")


async def test_what_is_refused_leaves_no_file_behind(
    served: WebNode, clerk: Shown, tmp_path: Path
) -> None:
    answer = await served.http.post("/api/v1/cases", json=FORM | {"materials": []}, headers=clerk)
    assert answer.status_code == 422
    assert answer.json()["type"] == "urn:zhengwu:problem:materials-missing"
    assert set(answer.json()["errors"]) == {"materials.form", "materials.id"}
    assert not list((tmp_path / "parts").glob("??/*"))


async def test_a_wrong_check_digit_is_named(served: WebNode, clerk: Shown) -> None:
    wrong = ZHANG | {"id_number": "610328190001010014"}
    answer = await served.http.post(
        "/api/v1/cases", json=FORM | {"applicant": wrong}, headers=clerk
    )
    assert answer.json()["errors"] == {"applicant.id_number": "wrong_check"}


async def test_a_post_does_only_its_own(served: WebNode, clerk: Shown) -> None:
    number = await received(served, clerk)
    watcher = await served.as_("watcher")
    assert (await step(served, watcher, number, "accept")).status_code == 403
    assert (await step(served, clerk, number, "decide", outcome="granted")).status_code == 403
    refused = await served.http.post("/api/v1/cases", json=FORM, headers=watcher)
    assert refused.status_code == 403


async def test_another_department_does_not_find_it(served: WebNode, clerk: Shown) -> None:
    number = await received(served, clerk)
    await step(served, clerk, number, "accept")
    await step(served, clerk, number, "dispatch")
    other = await served.as_("other")
    for path in ("", "/proof", "/live"):
        answer = await served.http.get(f"/api/v1/cases/{number}{path}", headers=other)
        assert answer.status_code == 404
    assert (await step(served, other, number, "review", proposes="granted")).status_code == 404
    assert not (await served.http.get("/api/v1/cases?all=1", headers=other)).json()["cases"]


async def test_the_inbox_shows_what_waits_and_search_finds_an_applicant(
    served: WebNode, clerk: Shown
) -> None:
    number = await received(served, clerk)
    for path in ("/api/v1/cases", "/api/v1/cases?q=张三", f"/api/v1/cases?q={number[:9]}"):
        cases = (await served.http.get(path, headers=clerk)).json()["cases"]
        assert [one["number"] for one in cases] == [number], path
    watcher = await served.as_("watcher")
    assert not (await served.http.get("/api/v1/cases?q=张三", headers=watcher)).json()["cases"]


async def test_a_scan_goes_with_the_case_and_comes_back_as_it_was(
    served: WebNode, clerk: Shown
) -> None:
    held = await served.http.post("/api/v1/parts", content=JPEG, headers=clerk)
    assert held.status_code == 201, held.text
    digest = held.json()["digest"]
    assert held.json()["media"] == "image/jpeg"
    materials = [PAPERS[0] | {"parts": [digest]}, PAPERS[1]]
    number = await received(served, clerk, materials=materials)
    path = f"/api/v1/cases/{number}/parts/{digest}"
    back = await served.http.get(path, headers=clerk)
    assert (back.content, back.headers["content-type"]) == (JPEG, "image/jpeg")
    assert (await served.http.get(path, headers=await served.as_("watcher"))).status_code == 403
    assert (await served.http.get(f"{path[:-64]}{'0' * 64}", headers=clerk)).status_code == 404
    again = await served.http.post(
        "/api/v1/cases", json=FORM | {"materials": materials}, headers=clerk
    )
    assert again.json()["errors"] == {f"parts.{digest}": "not_held"}


async def test_somebody_elses_upload_is_not_ours(served: WebNode, clerk: Shown) -> None:
    other = await served.as_("other")
    held = await served.http.post("/api/v1/parts", content=JPEG, headers=other)
    materials = [PAPERS[0] | {"parts": [held.json()["digest"]]}, PAPERS[1]]
    answer = await served.http.post(
        "/api/v1/cases", json=FORM | {"materials": materials}, headers=clerk
    )
    assert answer.status_code == 422


async def test_the_proof_holds_every_envelope_and_the_records_behind_them(
    served: WebNode, clerk: Shown
) -> None:
    number = await received(served, clerk)
    await step(served, clerk, number, "accept")
    answer = await served.http.get(f"/api/v1/cases/{number}/proof", headers=clerk)
    assert f'filename="{number}.proof"' in answer.headers["content-disposition"]
    told = answer.json()
    assert told["root"] == served.works.ledger.root
    kinds = [read_envelope(unb64(raw)).event.kind for raw in told["nodes"] + told["events"]]
    assert kinds == ["node.enrolled", "case.received", "case.accepted"]


async def test_an_open_page_hears_of_the_next_step(served: WebNode, clerk: Shown) -> None:
    number = await received(served, clerk)
    url = f"/api/v1/cases/{number}/live?seen=0"
    async with served.http.stream("GET", url, headers=clerk) as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        lines = stream.aiter_lines()
        assert await anext(lines) == "retry: 3000"
        await step(served, clerk, number, "accept")
        assert "event: case" in [await anext(lines), await anext(lines)]


async def test_a_page_drawn_before_the_last_step_hears_at_once(
    served: WebNode, clerk: Shown
) -> None:
    number = await received(served, clerk)
    await step(served, clerk, number, "accept")
    url = f"/api/v1/cases/{number}/live?seen=0"
    async with served.http.stream("GET", url, headers=clerk) as stream:
        lines = stream.aiter_lines()
        async with asyncio.timeout(10):
            heard = [await anext(lines) for _ in range(3)]
    assert "event: case" in heard


def test_a_form_refuses_what_it_does_not_know() -> None:
    from schemas.cases_api import DecideCase  # noqa: PLC0415

    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(b'{"outcome":"granted","outcom":"denied"}', type=DecideCase)


async def test_an_operator_destroys_the_papers_of_a_closed_case(
    served: WebNode, clerk: Shown
) -> None:
    number = await received(served, clerk)
    await served.account("keeper", Role.OPERATOR)
    keeper = await served.as_("keeper")
    path, form = f"/api/v1/cases/{number}/erasure", {"reason": "retention_ended", "all": True}
    early = await served.http.post(path, json=form, headers=keeper)
    assert (early.status_code, early.json()["type"]) == (409, "urn:zhengwu:problem:not-closed")
    refused = await step(served, clerk, number, "refuse", **REFUSAL)
    assert refused.status_code == 200, refused.text
    await step(served, clerk, number, "close")
    assert (await served.http.post(path, json=form, headers=clerk)).status_code == 403
    done = await served.http.post(path, json=form, headers=keeper | {"Idempotency-Key": "k"})
    (part,) = done.json()["parts"]
    assert (done.status_code, part["here"], part["reason"]) == (200, False, "retention_ended")
    again = await served.http.post(path, json=form, headers=keeper | {"Idempotency-Key": "k"})
    assert again.content == done.content
    told = (await served.http.get(f"/api/v1/cases/{number}", headers=clerk)).json()
    assert (told["applicant"], told["notes"][0]["kind"]) == ("", "note.part_erased")
    paper = f"/api/v1/cases/{number}/parts/{part['digest']}"
    assert (await served.http.get(paper, headers=clerk)).status_code == 404


async def test_the_applicant_is_no_paper_to_be_fetched_without_a_reason(
    served: WebNode, clerk: Shown
) -> None:
    number = await received(served, clerk)
    told = (await served.http.get(f"/api/v1/cases/{number}", headers=clerk)).json()
    digest = told["events"][0]["data"]["applicant"]
    answer = await served.http.get(f"/api/v1/cases/{number}/parts/{digest}", headers=clerk)
    assert answer.status_code == 404
    assert "610328190001010013" not in answer.text


async def test_a_paper_is_given_so_that_it_runs_nothing(served: WebNode, clerk: Shown) -> None:
    held = await served.http.post("/api/v1/parts", content=JPEG, headers=clerk)
    digest = held.json()["digest"]
    materials = [PAPERS[0] | {"parts": [digest]}, PAPERS[1]]
    number = await received(served, clerk, materials=materials)
    back = await served.http.get(f"/api/v1/cases/{number}/parts/{digest}", headers=clerk)
    assert "sandbox" in back.headers["content-security-policy"]
    for media in ("text/html", "text/javascript", "image/svg+xml", "application/xhtml+xml"):
        given, headers = shown_as(media)  # as a part of another node calls itself
        assert given == "application/octet-stream"
        assert headers["Content-Disposition"] == "attachment"
