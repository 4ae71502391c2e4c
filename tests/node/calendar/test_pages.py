"""The calendar's pages over HTTP, on days that matter: who sees what, what is said."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, datetime
from pathlib import Path

import httpx
import pytest

from node.calendar import actions, page_year
from node.calendar.sources import calendar_from
from node.clock import CHINA, Clock
from node.network.actions import Places
from node.staff import actions as staff
from node.web.wording import WORDS, Language
from node.work import SYSTEM
from schemas.calendar import PublishedTable, YearSource, YearView
from schemas.ids import NodeId, StreamName
from schemas.staff import NewAccount, Role
from tests.support.calendar import IN_2027, OVERRIDE_2027
from tests.support.pagenode import PageNode, page_node
from tests.support.webnode import HASHED, PASSWORD

PUBLISHER = "calendar-desk"
FORM = {
    "kind": "council",
    "year": "2027",
    "document": IN_2027.document,
    "rest": " ".join(IN_2027.rest),
    "work": " ".join(IN_2027.work),
}


@asynccontextmanager
async def county_on(folder: Path, day: str) -> AsyncIterator[tuple[PageNode, httpx.AsyncClient]]:
    then = datetime.fromisoformat(f"{day}T10:00").replace(tzinfo=CHINA)
    async with (
        page_node(folder, Clock(then - Clock().now())) as served,
        httpx.AsyncClient(base_url=served.url) as http,
    ):
        new = NewAccount(
            login=PUBLISHER, name="发布", roles=(Role.PUBLISHER,), department=None, password=""
        )
        await served.works.run(SYSTEM, staff.add, new, HASHED)
        yield served, http


@pytest.fixture
async def november(tmp_path: Path) -> AsyncIterator[tuple[PageNode, httpx.AsyncClient]]:
    async with county_on(tmp_path, "2026-11-20") as both:
        yield both


async def sign_in(http: httpx.AsyncClient, login: str = "clerk") -> str:
    await http.post("/sign-in", data={"login": login, "password": PASSWORD})
    found = re.search(r'name="csrf" value="([^"]+)"', (await http.get("/password")).text)
    assert found
    return found.group(1)


@pytest.mark.parametrize(
    ("day", "tone", "said"),
    [
        ("2026-10-31", None, ""),
        ("2026-11-01", "mind", "2027 年放假安排尚未发布"),
        ("2027-01-01", "stop", "2027 年已经开始"),
    ],
)
async def test_every_page_of_the_calendar_warns_of_a_year_that_is_not_published(
    tmp_path: Path, day: str, tone: str | None, said: str
) -> None:
    async with county_on(tmp_path, day) as (served, http):
        await sign_in(http)
        for path in ("/calendar", "/calendar/2026"):
            page = (await http.get(path)).text
            assert f"<h1>{day[:4] if path == '/calendar' else 2026} 年工作日历" in page
            if tone is None:
                assert 'class="told mind"' not in page
            else:
                assert re.search(f'class="told {tone}".*{said}', page)
        await served.works.run(SYSTEM, actions.publish, IN_2027)
        assert "尚未发布" not in (await http.get("/calendar")).text
        assert "仍未发布" not in (await http.get("/calendar")).text


async def test_a_far_year_is_shown_as_provisional(
    november: tuple[PageNode, httpx.AsyncClient],
) -> None:
    _, http = november
    await sign_in(http)
    page = (await http.get("/calendar/2050", headers={"accept-language": "en"})).text
    assert "By the rule, not announced yet" in page
    assert 'class="year guess"' in page


async def test_a_page_speaks_of_its_own_year_and_to_those_who_publish(
    november: tuple[PageNode, httpx.AsyncClient],
) -> None:
    _, http = november
    await sign_in(http)
    page = (await http.get("/calendar")).text
    assert "2027 年放假安排尚未发布" in page
    assert "请提醒本中心的目录发布岗发布" in page
    assert "请提醒县政务服务中心" not in page, "this is that centre"
    page = (await http.get("/calendar/2028")).text
    assert "2028 年按放假办法推算" in page
    assert "2027 年放假安排" not in page


async def test_a_statutory_day_on_a_weekend_is_a_day_off_too(
    november: tuple[PageNode, httpx.AsyncClient],
) -> None:
    _, http = november
    await sign_in(http)
    page = (await http.get("/calendar/2027")).text
    may = page.split("<b>5月</b>")[1].split("</table>")[0]
    for day in (1, 2):
        assert f'<td class="off">{day}<i>休</i>' in may, "a Saturday and a Sunday"
    assert '<td class="weekend">8</td>' in may
    assert "<li>5月1日（星期六）至5月2日（星期日），共 2 天</li>" in page


async def test_an_override_is_told_by_a_word_too(
    november: tuple[PageNode, httpx.AsyncClient],
) -> None:
    served, http = november
    await served.works.run(SYSTEM, actions.publish, IN_2027)
    await served.works.run(SYSTEM, actions.publish, OVERRIDE_2027)
    await sign_in(http)
    page = (await http.get("/calendar/2027")).text
    assert '<td class="off changed">3<i>休</i><span class="unseen">本地调整</span></td>' in page
    assert '<td class="made changed">6<i>班</i><span class="unseen">本地调整</span></td>' in page


async def test_only_the_publishers_form_changes_anything(
    november: tuple[PageNode, httpx.AsyncClient],
) -> None:
    served, http = november
    nothing = await served.works.read(actions.mark)
    csrf = await sign_in(http)
    assert (await http.post("/calendar", data={**FORM, "csrf": csrf})).status_code == 403
    faulty = {**FORM, "csrf": csrf, "rest": "x"}
    assert (await http.post("/calendar", data=faulty)).status_code == 403
    withdrawing = {"kind": "council", "csrf": csrf}
    assert (await http.post("/calendar/2027/withdraw", data=withdrawing)).status_code == 403
    csrf = await sign_in(http, PUBLISHER)
    assert (await http.post("/calendar", data=FORM)).status_code == 403
    odd = {**FORM, "csrf": csrf, "kind": "state"}
    assert (await http.post("/calendar", data=odd)).status_code == 404
    assert await served.works.read(actions.mark) == nothing
    answer = await http.post("/calendar", data={**FORM, "csrf": csrf})
    assert answer.headers["location"] == "/calendar/2027?done=published"
    assert await served.works.read(actions.mark) != nothing


@pytest.mark.parametrize(("publisher", "offered"), [("610328", True), ("6103", False)])
def test_only_ones_own_table_is_offered_for_withdrawal(publisher: str, *, offered: bool) -> None:
    words = WORDS[Language.ZH]
    table = PublishedTable(
        stream=StreamName(f"calendar/{publisher}/a"),
        publisher=NodeId(publisher),
        published_at=1,
        table=IN_2027,
    )
    view = YearView(
        year=2027,
        source=YearSource.COUNCIL,
        provisional=False,
        missing=False,
        workdays=249,
        days=(),
        tables=(table,),
    )
    page = page_year.draw_year(
        words,
        calendar_from((table,)).year(2027),
        view,
        places=Places({}, words),
        me=NodeId("610328"),
        today=date(2027, 3, 1),
        told=(),
        may_publish=True,
        typed={},
    )
    assert [one.may_withdraw for one in page.tables] == [offered]
    assert bool(page.council.rest) == offered, "nobody edits another's table"


@pytest.mark.parametrize("year", ["", "x", "20270", "1990", "٢٠٢٧"])
async def test_a_year_that_is_none_is_said_beside_its_field(
    november: tuple[PageNode, httpx.AsyncClient], year: str
) -> None:
    _, http = november
    csrf = await sign_in(http, PUBLISHER)
    answer = await http.post("/calendar", data={**FORM, "csrf": csrf, "year": year})
    assert answer.status_code == 422
    assert 'id="council-year-why"' in answer.text
    assert f'value="{year}"' in answer.text


async def test_what_was_pasted_cannot_become_markup(
    november: tuple[PageNode, httpx.AsyncClient],
) -> None:
    _, http = november
    csrf = await sign_in(http, PUBLISHER)
    form = {**FORM, "csrf": csrf, "rest": "</textarea><script>alert(1)</script>"}
    answer = await http.post("/calendar", data=form)
    assert answer.status_code == 422
    assert "<script>alert" not in answer.text
