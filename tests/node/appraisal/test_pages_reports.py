"""The pages of reports over HTTP: what is shown to whom, and what the forms do."""

import html
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from node.appraisal import reports_actions, reports_reading
from node.clock import Clock
from node.staff import actions as staff
from node.work import SYSTEM
from schemas.appraisal import Grain, Measure, Period, PeriodKind
from schemas.ids import DepartmentId
from schemas.reports import ObjectionGround, ReportObjected
from schemas.staff import NewAccount, Role
from tests.support.catalogue import WJJ
from tests.support.laws import ZRZY
from tests.support.pagenode import COUNTY, PageNode, page_node
from tests.support.reports import GOOD, OF_ZRZY, POOR, SUPERVISOR, at, counted, furnish
from tests.support.webnode import HASHED, PASSWORD

PEOPLE: tuple[tuple[str, Role, DepartmentId | None], ...] = (
    ("fan", Role.LEADER, None),
    ("bao", Role.DIRECTOR, None),
    ("cen", Role.REPRESENTATIVE, WJJ),
    ("zr", Role.REPRESENTATIVE, ZRZY),
)


@asynccontextmanager
async def county_on(folder: Path, day: str) -> AsyncIterator[PageNode]:
    """Serve the county with counts of August and October."""
    async with page_node(folder, Clock(at(day) - Clock().now())) as served:
        await furnish(served.works)
        for login, role, department in PEOPLE:
            new = NewAccount(
                login=login, name=f"{login} 同志", roles=(role,), department=department, password=""
            )
            await served.works.run(SYSTEM, staff.add, new, HASHED)
        handler = await served.works.read(staff.by_login, "handler")
        assert handler is not None
        for month in ("2026-08-12", "2026-10-12"):
            await counted(served.works, month, GOOD, WJJ, window="A01", person=handler.id)
            await counted(served.works, month, POOR, ZRZY, window="A02")
        yield served


@pytest.fixture
async def county(tmp_path: Path) -> AsyncIterator[PageNode]:
    async with county_on(tmp_path, "2026-11-26") as served:
        yield served


@asynccontextmanager
async def signed_in(
    served: PageNode, login: str
) -> AsyncIterator[tuple[httpx.AsyncClient, dict[str, str]]]:
    async with httpx.AsyncClient(base_url=served.url, timeout=60) as http:  # a PDF takes long
        await http.post("/sign-in", data={"login": login, "password": PASSWORD})
        found = re.search(r'name="csrf" value="([^"]+)"', (await http.get("/password")).text)
        assert found
        yield http, {"csrf": found.group(1)}


async def test_a_month_is_looked_at_issued_and_then_listed(county: PageNode) -> None:
    async with signed_in(county, "supervisor") as (http, csrf):
        assert "2026年10月" in (await http.get("/reports")).text
        page = (await http.get("/reports/month/2026-10")).text
        assert "还没有出具" in page
        assert "卫生健康局" in page
        assert "零办件窗口" in page
        form = {**csrf, "text": "千阳县通报\n\n一、见附表。"}
        answer = await http.post("/reports/month/2026-10/issue", data=form)
        assert (answer.status_code, answer.headers["location"]) == (
            303,
            "/reports/month/2026-10?done=issued",
        )
        assert "已公布" in (await http.get("/reports")).text
        assert "见附表" in (await http.get("/reports/month/2026-10/notice")).text
        again = await http.post("/reports/month/2026-10/issue", data=form)
        assert again.status_code == 409
        assert "已经办过了" in again.text


async def test_what_is_not_issued_is_for_who_watches(county: PageNode) -> None:
    for login, status in (("fan", 200), ("bao", 200), ("clerk", 403), ("cen", 403)):
        async with signed_in(county, login) as (http, _):
            assert (await http.get("/reports/month/2026-10")).status_code == status, login


async def test_a_published_report_is_for_everybody_and_its_people_are_not(
    county: PageNode,
) -> None:
    async with signed_in(county, "supervisor") as (http, csrf):
        await http.post("/reports/month/2026-10/issue", data=csrf)
        assert 'id="people"' in (await http.get("/reports/month/2026-10/more")).text
    async with signed_in(county, "clerk") as (http, _):
        page = (await http.get("/reports/month/2026-10")).text
        assert "卫生健康局" in page
        more = (await http.get("/reports/month/2026-10/more")).text
        assert "A01" in more
        for one in (page, more):
            assert "handler 同志</b>" not in one
            assert "/reports/drill" not in one
    async with signed_in(county, "handler") as (http, _):
        page = (await http.get("/reports/month/2026-10/more")).text
        assert "handler 同志</b>" in page  # his own line
        assert "subject=610328%2F" in page  # and the cases behind it


async def test_the_leader_looks_and_issues_nothing(county: PageNode) -> None:
    async with signed_in(county, "fan") as (http, csrf):
        assert 'id="issue"' not in (await http.get("/reports/month/2026-10")).text
        answer = await http.post("/reports/month/2026-10/issue", data=csrf)
        assert answer.status_code == 403


async def test_a_period_that_runs_is_said_to_be_so_far(county: PageNode) -> None:
    async with signed_in(county, "supervisor") as (http, csrf):
        page = (await http.get("/reports/month/2026-11")).text
        assert "截至 2026-11-26" in page
        assert 'id="issue"' not in page
        refused = await http.post("/reports/month/2026-11/issue", data=csrf)
        assert refused.status_code == 422
        assert "还没有结束" in refused.text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/reports/week/2026-10", 404),
        ("/reports/month/2026-13", 422),
        ("/reports/month/oktober", 422),
        ("/reports/month/2027-03", 404),
        ("/reports/month/2026-10?of=6103", 404),
        ("/reports/month/2026-10?of=x", 404),
        ("/reports/day/2026-11-27", 404),
    ],
)
async def test_what_is_no_period_of_ours_has_an_answer(
    county: PageNode, path: str, status: int
) -> None:
    async with signed_in(county, "supervisor") as (http, _):
        assert (await http.get(path)).status_code == status


async def test_a_department_objects_and_is_answered(tmp_path: Path) -> None:
    async with county_on(tmp_path, "2026-11-26") as served:
        async with signed_in(served, "supervisor") as (http, csrf):
            await http.post("/reports/quarter/2026-Q3/issue", data=csrf)
        async with signed_in(served, "zr") as (http, csrf):
            page = (await http.get("/reports/quarter/2026-Q3")).text
            assert 'id="object"' in page
            empty = await http.post("/reports/quarter/2026-Q3/objections", data=csrf)
            assert empty.status_code == 422
            assert "从列表里选" in empty.text
            form = {
                **csrf, "measure": "late", "ground": "system", "text": "那天断网", "claimed": "1",
            }  # fmt: skip
            sent = await http.post("/reports/quarter/2026-Q3/objections", data=form)
            assert sent.headers["location"].endswith("done=objected")
        async with signed_in(served, "supervisor") as (http, csrf):
            page = (await http.get("/reports/quarter/2026-Q3")).text
            assert "那天断网" in page
            found = re.search(r'name="objection" value="([^"]+)"', page)
            assert found
            form = {
                **csrf, "objection": found.group(1), "verdict": "uphold", "reason": "属实",
                "after": "1",
            }  # fmt: skip
            await http.post("/reports/quarter/2026-Q3/decide", data=form)
            page = (await http.get("/reports/quarter/2026-Q3")).text
            assert "采纳" in page
            assert 'id="corrections"' in page
            early = await http.post("/reports/quarter/2026-Q3/publish", data=csrf)
            assert early.status_code == 422
            assert "异议期还没有过" in early.text


async def test_a_person_sees_his_own_figures_in_time_and_objects_for_himself(
    county: PageNode,
) -> None:
    address = "/reports/quarter/2026-Q3"
    async with signed_in(county, "supervisor") as (http, csrf):
        await http.post(f"{address}/issue", data=csrf)
    async with signed_in(county, "clerk") as (http, _):  # nothing was counted of him
        page = (await http.get(address)).text
        assert "卫生健康局" in page
        assert 'id="object"' not in page
    async with signed_in(county, "handler") as (http, csrf):
        assert "handler 同志</b>" in (await http.get(f"{address}/more")).text
        page = (await http.get(address)).text
        assert 'name="grain" value="staff"' in page  # for himself alone
        form = {**csrf, "grain": "staff", "measure": "finished", "ground": "wrong_count"}
        sent = await http.post(f"{address}/objections", data={**form, "text": "少算一件"})
        assert sent.headers["location"].endswith("done=objected")
        refused = await http.post(
            f"{address}/objections", data={**form, "text": "少算一件", "case": "x"}
        )
        assert refused.status_code == 422
        assert "办件编号不对" in refused.text
        body = await http.post(
            f"{address}/objections", data={**form, "grain": "body", "text": "错"}
        )
        assert body.status_code == 403
    async with signed_in(county, "zr") as (http, _):
        page = (await http.get(address)).text
        assert "少算一件" not in page  # it is about a person, and not him
        assert 'name="grain" value="body"' in page
    async with signed_in(county, "supervisor") as (http, csrf):
        page = (await http.get(address)).text
        assert "handler 同志 · 办结" in page
        assert "少算一件" in page


async def test_a_decision_that_cannot_be_taken_keeps_what_was_typed(county: PageNode) -> None:
    address = "/reports/quarter/2026-Q3"
    async with signed_in(county, "supervisor") as (http, csrf):
        await http.post(f"{address}/issue", data=csrf)
    async with signed_in(county, "zr") as (http, csrf):
        form = {**csrf, "grain": "body", "measure": "red", "ground": "system", "text": "那天断网"}
        await http.post(f"{address}/objections", data=form)
    async with signed_in(county, "supervisor") as (http, csrf):
        page = (await http.get(address)).text
        (note,) = re.findall(r'name="objection" value="([^"]+)"', page)
        form = {**csrf, "objection": note, "verdict": "uphold", "after": "x"}
        wrong = await http.post(f"{address}/decide", data={**form, "reason": "核对过两遍"})
        assert wrong.status_code == 422
        assert wrong.text.count('value="核对过两遍"') == 1
        assert "数字不对" in wrong.text
        untold = await http.post(f"{address}/decide", data={**form, "after": "0", "reason": ""})
        assert untold.status_code == 422
        assert 'value="0"' in untold.text


async def test_an_objection_that_came_when_it_was_published_still_has_its_form(
    tmp_path: Path,
) -> None:
    address = "/reports/quarter/2026-Q3"
    async with county_on(tmp_path, "2026-11-26") as served:
        clock = served.works.clock
        async with signed_in(served, "supervisor") as (http, csrf):
            await http.post(f"{address}/issue", data=csrf)
            period = Period(kind=PeriodKind.QUARTER, key="2026-Q3")
            row = await served.works.read(reports_reading.row_of, COUNTY, period)
            assert row is not None
            said = ReportObjected(
                stream=row.stream, subject=f"{COUNTY}/{ZRZY}", grain=Grain.BODY,
                measure=Measure.RED, ground=ObjectionGround.SYSTEM, text="断网两天",
            )  # fmt: skip
            clock.offset = at("2026-12-04") - clock.wall()
            await served.works.run(SUPERVISOR, reports_actions.publish, row.stream)
            clock.offset = at("2026-12-03") - clock.wall()  # as another node wrote it in time
            await served.works.run(OF_ZRZY, lambda work: work.begin("note", said, holder=work.me))
            clock.offset = at("2026-12-04") - clock.wall()
        async with signed_in(served, "supervisor") as (http, csrf):
            page = (await http.get(address)).text
            (note,) = re.findall(r'name="objection" value="([^"]+)"', page)
            form = {**csrf, "objection": note, "verdict": "uphold", "reason": "属实", "after": "0"}
            done = await http.post(f"{address}/decide", data=form)
            assert done.headers["location"].endswith("done=decided")
            page = (await http.get(address)).text
            assert "采纳" in page
            assert 'name="objection"' not in page


# ---- the text that is signed


async def issue_form(http: httpx.AsyncClient) -> dict[str, str]:
    """Open the draft of October, and give what its form would send if nobody typed."""
    page = (await http.get("/reports/month/2026-10")).text
    text = re.search(r'<textarea[^>]*name="text"[^>]*>(.*?)</textarea>', page, re.DOTALL)
    worded = re.search(r'name="worded" value="([^"]+)"', page)
    assert text
    assert worded
    return {"text": html.unescape(text[1]).replace("\n", "\r\n"), "worded": worded[1]}


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_a_text_that_nobody_changed_says_what_is_signed(
    county: PageNode, language: str
) -> None:
    async with signed_in(county, "supervisor") as (http, csrf):
        http.cookies.set("zw_lang", language)
        form = await issue_form(http)
        await counted(county.works, "2026-10-13", GOOD, WJJ)  # while he reads
        done = await http.post("/reports/month/2026-10/issue", data={**csrf, **form})
        assert done.status_code == 303
    period = Period(kind=PeriodKind.MONTH, key="2026-10")
    report = await county.works.read(reports_reading.of_period, COUNTY, period)
    assert report is not None
    assert "收件 36 件" in report.text


async def test_a_changed_text_is_given_back_when_its_figures_moved(county: PageNode) -> None:
    async with signed_in(county, "supervisor") as (http, csrf):
        form = await issue_form(http)
        form["text"] += "\r\n请各单位对照整改。"
        await counted(county.works, "2026-10-13", GOOD, WJJ)
        back = await http.post("/reports/month/2026-10/issue", data={**csrf, **form})
        assert back.status_code == 422
        assert "数字有变化" in back.text
        assert "请各单位对照整改。" in back.text  # what he wrote is there
        assert "收件 36 件" in back.text  # and what is so now
        assert (await http.get("/reports")).text.count("已公布") == 0
        (worded,) = re.findall(r'name="worded" value="([^"]+)"', back.text)
        assert worded != form["worded"]
        form |= {"worded": worded, "text": form["text"].replace("24", "36")}
        done = await http.post("/reports/month/2026-10/issue", data={**csrf, **form})
        assert done.status_code == 303
        assert "请各单位对照整改" in (await http.get("/reports/month/2026-10/notice")).text


async def test_a_department_marks_its_people_and_a_clerk_marks_nobody(county: PageNode) -> None:
    async with signed_in(county, "cen") as (http, csrf):
        listed = (await http.get("/reports")).text
        for month in ("2026-10", "2026-11"):  # over and not issued; running
            assert f'href="/reports/month/{month}/marks"' in listed
        assert "/marks" not in (await http.get("/reports?kind=day")).text  # nobody is scored
        page = (await http.get("/reports/month/2026-10/marks")).text
        fields = re.findall(r'name="(points-[^"]+)"', page)
        assert len(fields) == 3  # handler, approver, editor of the health bureau
        wrong = await http.post("/reports/month/2026-10/marks", data={**csrf, fields[0]: "101"})
        assert wrong.status_code == 422
        kept = await http.post("/reports/month/2026-10/marks", data={**csrf, fields[0]: "88"})
        assert kept.status_code == 303
        assert 'value="88"' in (await http.get("/reports/month/2026-10/marks")).text
    async with signed_in(county, "supervisor") as (http, csrf):
        assert "/marks" not in (await http.get("/reports")).text
        await http.post("/reports/month/2026-10/issue", data=csrf)
    async with signed_in(county, "cen") as (http, _):
        assert "/reports/month/2026-10/marks" not in (await http.get("/reports")).text
    async with signed_in(county, "clerk") as (http, _):
        assert (await http.get("/reports/month/2026-10/marks")).status_code == 403


async def test_a_score_says_how_it_came_about(county: PageNode) -> None:
    async with signed_in(county, "supervisor") as (http, _):
        page = (await http.get("/reports/month/2026-10")).text
        (href,) = set(re.findall(r'href="([^"]*score[^"]*lyj|[^"]*score[^"]*zrzy)"', page))
        shown = (await http.get(href.replace("&amp;", "&"))).text
        assert "80% 得零分，100% 得满分" in shown
        assert "扣分" in shown  # a red card
        assert "/reports/indicators#on_time_rate" in shown
        none = await http.get("/reports/month/2026-10/score?grain=body&subject=610328/none")
        assert none.status_code == 404
        unfit = await http.get("/reports/month/2026-10/score?grain=colour&subject=1")
        assert unfit.status_code == 422


async def test_every_page_is_light_and_speaks_english(county: PageNode) -> None:
    async with signed_in(county, "supervisor") as (http, _):
        http.cookies.set("zw_lang", "en")
        month = "/reports/month/2026-10"
        score = f"{month}/score?grain=body&subject=610328/{WJJ}"
        for path in ("/reports", month, f"{month}/more", f"{month}/notice", score):
            page = (await http.get(path)).text
            assert len(page.encode()) < 60_000
            assert not re.search(r"[\u4e00-\u9fff]", re.sub(r"<[^>]*>", "", _own_words(page))), path


def _own_words(page: str) -> str:
    """Leave out the names of people and places, and the switch of languages."""
    return re.sub(
        r"中文|[a-z]+ 同志|千阳县|[AB]区窗口|公共场所卫生许可|卫生健康局|自然资源局|林业局",
        "",
        page,
    )
