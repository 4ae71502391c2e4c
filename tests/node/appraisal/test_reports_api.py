"""The API of reports, what they ask of people's days, and a report on paper."""

from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import httpx
import msgspec
import pytest

from federation.proof import verify_proof
from node.appraisal import reports_actions, reports_asks
from node.appraisal.periods import parse
from node.staff import actions as staff
from node.work import Actor
from schemas.appraisal import PeriodKind
from schemas.ids import EventHash, StaffId
from schemas.reports import (
    IssueReport,
    MarkPerson,
    Objection,
    Report,
    ReportList,
    ReportState,
)
from schemas.staff import Role
from tests.node.appraisal.test_pages_reports import county_on, signed_in
from tests.support.pagenode import PageNode
from tests.support.reports import GOOD, OF_WJJ, SUPERVISOR, at, counted
from tests.support.webnode import PASSWORD

API = "/api/v1/reports"
Q3, OCTOBER = f"{API}/quarter/2026-Q3", f"{API}/month/2026-10"


@pytest.fixture
async def county(tmp_path: Path) -> AsyncIterator[PageNode]:
    async with county_on(tmp_path, "2026-11-26") as served:
        yield served


async def token(http: httpx.AsyncClient, login: str) -> dict[str, str]:
    answer = await http.post("/api/v1/session", json={"login": login, "password": PASSWORD})
    return {"Authorization": f"Bearer {answer.json()['token']}"}


async def asked(county: PageNode, actor: Actor) -> Mapping[str, int]:
    now = county.works.now_ms
    found = await county.works.read(reports_asks.asks, county.works.ledger.me, actor, now)
    return {one.word: one.count for one in found}


async def test_the_whole_way_of_a_quarter(county: PageNode) -> None:
    async with httpx.AsyncClient(base_url=county.url) as http:
        chen, cen = await token(http, "supervisor"), await token(http, "cen")
        assert await asked(county, SUPERVISOR) == {"reports.ask_decide": 0, "reports.ask_issue": 3}
        once = {**chen, "Idempotency-Key": "issue-q3"}
        first = await http.post(f"{Q3}/issue", json={}, headers=once)
        answer = await http.post(f"{Q3}/issue", json={}, headers=once)  # asked again: it was lost
        assert (first.status_code, answer.content) == (201, first.content), answer.text
        report = msgspec.json.decode(answer.content, type=Report)
        assert report.row is not None
        assert report.row.state is ReportState.IN_OBJECTION
        assert await asked(county, OF_WJJ) == {"reports.ask_object": 1, "reports.ask_mark": 1}
        nobody = Actor(StaffId("x"), frozenset({Role.CLERK}))
        assert await asked(county, nobody) == {}

        form = {"measure": "late", "ground": "other", "text": "不是我们"}
        answer = await http.post(f"{Q3}/objections", json=form, headers=cen)
        note = msgspec.json.decode(answer.content, type=Objection).note
        assert (await asked(county, SUPERVISOR))["reports.ask_decide"] == 1
        decision = {"objection": note, "upheld": False, "reason": "已核对"}
        answer = await http.post(f"{Q3}/decide", json=decision, headers=chen)
        assert answer.status_code == 200, answer.text
        early = await http.post(f"{Q3}/publish", headers=chen)
        assert early.json()["codes"] == {"date": "objections_open"}
        listed = await http.get(f"{API}?kind=quarter", headers=chen)
        found = msgspec.json.decode(listed.content, type=ReportList)
        assert [one.period.key for one in found.reports] == ["2026-Q3"]


async def test_people_are_told_that_they_may_object_and_their_heads_that_they_mark(
    county: PageNode,
) -> None:
    handler = await county.works.read(staff.by_login, "handler")
    assert handler is not None
    himself = staff.actor_of(handler)
    assert await asked(county, himself) == {}
    period = parse(PeriodKind.MONTH, "2026-10")
    assert (await asked(county, OF_WJJ))["reports.ask_mark"] == 2  # of October, of the quarter
    mark = MarkPerson(staff=handler.id, points=88)
    await county.works.run(OF_WJJ, reports_actions.mark, period, mark)
    assert (await asked(county, OF_WJJ))["reports.ask_mark"] == 1
    quarter = parse(PeriodKind.QUARTER, "2026-Q3")
    await county.works.run(SUPERVISOR, reports_actions.issue, quarter, IssueReport())
    assert (await asked(county, OF_WJJ))["reports.ask_mark"] == 0
    assert await asked(county, himself) == {"reports.ask_object": 1}
    county.works.clock.offset = at("2026-12-04") - county.works.clock.wall()
    assert await asked(county, himself) == {}


async def test_refusals_have_their_codes(county: PageNode) -> None:
    async with httpx.AsyncClient(base_url=county.url) as http:
        chen, clerk = await token(http, "supervisor"), await token(http, "clerk")
        assert (await http.get(OCTOBER, headers=clerk)).status_code == 403
        assert (await http.get(f"{API}/week/2026-10", headers=chen)).status_code == 404
        assert (await http.get(f"{API}/month/2026-99", headers=chen)).status_code == 422
        assert (await http.post(f"{OCTOBER}/issue", json={}, headers=clerk)).status_code == 403
        assert (await http.post(f"{OCTOBER}/publish", headers=chen)).status_code == 404
        runs = await http.post(f"{API}/month/2026-11/issue", json={}, headers=chen)
        assert runs.json()["codes"] == {"date": "not_over"}
        await http.post(f"{OCTOBER}/issue", json={}, headers=chen)
        twice = await http.post(f"{OCTOBER}/issue", json={}, headers=chen)
        assert twice.status_code == 409
        same = await http.post(f"{OCTOBER}/correct", json={"reason": "错"}, headers=chen)
        assert same.status_code == 409  # nothing differs


async def test_a_clerk_sees_a_published_report_without_its_people(county: PageNode) -> None:
    async with httpx.AsyncClient(base_url=county.url) as http:
        chen, clerk = await token(http, "supervisor"), await token(http, "clerk")
        await http.post(f"{OCTOBER}/issue", json={}, headers=chen)
        seen = msgspec.json.decode((await http.get(OCTOBER, headers=clerk)).content, type=Report)
        assert {one.grain.value for one in seen.figures} == {"place", "body", "window", "hour"}
        assert {one.grain.value for one in seen.scores} == {"body", "window"}


async def test_the_proof_of_a_report_names_its_events(county: PageNode) -> None:
    async with httpx.AsyncClient(base_url=county.url) as http:
        chen = await token(http, "supervisor")
        assert (await http.get(f"{OCTOBER}/proof", headers=chen)).status_code == 404
        await http.post(f"{OCTOBER}/issue", json={}, headers=chen)
        answer = await http.get(f"{OCTOBER}/proof", headers=chen)
        assert len(answer.json()["events"]) >= 4  # begun, figures, scores, issued
        assert not verify_proof(answer.content, EventHash("a" * 64)).clean  # another root


async def test_the_proof_names_people_and_is_for_who_watches_them(county: PageNode) -> None:
    async with httpx.AsyncClient(base_url=county.url) as http:
        logins = ("supervisor", "fan", "clerk", "handler", "cen")
        who = {login: await token(http, login) for login in logins}
        for address in (OCTOBER, Q3):  # published; open to objections
            await http.post(f"{address}/issue", json={}, headers=who["supervisor"])
            for login in logins:
                answer = await http.get(f"{address}/proof", headers=who[login])
                allowed = login in {"supervisor", "fan"}
                assert answer.status_code == (200 if allowed else 403), login
    for login, links in (("fan", 1), ("cen", 0), ("clerk", 0)):
        async with signed_in(county, login) as (http, _):
            page = (await http.get("/reports/month/2026-10")).text
            assert page.count("/proof") == links, login


async def test_a_report_of_no_people_is_proven_to_everybody(tmp_path: Path) -> None:
    async with county_on(tmp_path, "2026-11-26") as served:
        await counted(served.works, "2026-09-14", GOOD)  # of a department and of nobody in it
        async with httpx.AsyncClient(base_url=served.url) as http:
            chen, clerk = await token(http, "supervisor"), await token(http, "clerk")
            await http.post(f"{API}/month/2026-09/issue", json={}, headers=chen)
            answer = await http.get(f"{API}/month/2026-09/proof", headers=clerk)
            assert answer.status_code == 200


async def test_a_report_is_given_as_a_table_and_on_paper(county: PageNode) -> None:
    async with signed_in(county, "supervisor") as (http, csrf):
        await http.post("/reports/month/2026-10/issue", data=csrf)
        table = await http.get("/reports/month/2026-10/table")
        assert table.content.startswith(b"PK")
        assert 'filename="report-610328-2026-10.xlsx"' in table.headers["content-disposition"]
        paper = await http.get("/reports/month/2026-10/pdf")
        assert paper.content.startswith(b"%PDF-"), paper.text
