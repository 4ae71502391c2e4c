"""The board: what presses comes first, nobody is left out, and no citizen is named."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path

import httpx
import pytest_asyncio

from federation import links
from node.cases import actions, receiving
from node.clock import CHINA, Clock
from node.database import Tx
from node.staff import actions as staff
from node.supervision import board_lines
from node.web.security import COOKIE
from node.work import SYSTEM, Actor
from schemas.cases_api import AcceptCase, DispatchCase
from schemas.ids import DepartmentId, NodeId, StaffId
from schemas.nodes import NodeState
from schemas.staff import Department, NewAccount, Role
from schemas.supervision import LightCount
from tests.support.casework import FORM
from tests.support.catalogue import WJJ
from tests.support.overseeing import overseen
from tests.support.pagenode import COUNTY, PageNode, page_node
from tests.support.visitors import begin_session
from tests.support.webnode import HASHED

CLERK = Actor(StaffId("clerk"), frozenset({Role.CLERK}))


def text_of(page: str) -> str:
    """What is read on a page."""
    return re.sub(r"<[^>]*>", "", page)


@dataclass
class Board:
    """A county that is looked at."""

    county: PageNode
    clock: Clock
    http: httpx.AsyncClient

    async def page(self, path: str, login: str = "supervisor") -> httpx.Response:
        token = (await begin_session(self.county, login)).token
        return await self.http.get(path, headers={"Cookie": f"{COOKIE}={token}"})

    async def json(self, path: str, login: str = "supervisor") -> httpx.Response:
        token = (await begin_session(self.county, login)).token
        return await self.http.get(path, headers={"Authorization": f"Bearer {token}"})

    def go_to(self, day: str, hour: int = 10) -> None:
        moment = datetime.combine(date.fromisoformat(day), time(hour), CHINA)
        self.clock.offset = moment - self.clock.wall()

    async def case(self, *, dispatched: bool) -> str:
        """Take a case, and give its number."""
        works, county = self.county.works, self.county
        ready = receiving.make_intake(county.parts, county.register, FORM.applicant)
        view = await works.run(CLERK, receiving.receive, FORM, ready)
        if dispatched:
            await works.run(CLERK, actions.accept, view.stream, AcceptCase())
            await works.run(CLERK, actions.dispatch, view.stream, DispatchCase())
        await overseen(works)
        return str(view.number)


@pytest_asyncio.fixture
async def board(tmp_path: Path) -> AsyncIterator[Board]:
    clock = Clock()
    async with page_node(tmp_path, clock) as county, httpx.AsyncClient(base_url=county.url) as http:
        made = Board(county, clock, http)
        made.go_to("2026-03-02")
        yield made


async def test_the_board_says_what_is_late_and_in_whose_hands(board: Board) -> None:
    late = await board.case(dispatched=True)
    board.go_to("2026-06-01")
    in_time = await board.case(dispatched=False)
    page = (await board.page("/supervision")).text
    first = page.partition("<h2>先看这里</h2>")[2].partition("</section>")[0]
    assert late in first
    assert in_time not in first
    assert "卫生健康局" in first
    assert "在办 2 件" in text_of(page)
    assert 'class="tile red" href="/supervision/cases?by=all&amp;subject=&amp;light=red"' in page


async def test_only_a_supervisor_is_offered_to_order(board: Board) -> None:
    await board.case(dispatched=True)
    board.go_to("2026-06-01")
    await overseen(board.county.works)
    new = NewAccount(login="lead", name="分管", roles=(Role.LEADER,), password="")
    await board.county.works.run(SYSTEM, staff.add, new, HASHED)
    assert "/supervision/orders/new?finding=" in (await board.page("/supervision")).text
    assert "/supervision/orders/new" not in (await board.page("/supervision", "lead")).text


async def test_a_department_with_no_cases_is_shown_with_zeros(board: Board) -> None:
    more = (
        Department(id=WJJ, name="卫生健康局"),
        Department(id=DepartmentId("mzj"), name="民政局"),
    )
    await board.county.works.run(SYSTEM, staff.put_departments, more)
    await board.case(dispatched=True)
    page = (await board.page("/supervision")).text
    rows = re.findall(r"<tr><td><a href=[^>]*>([^<]*)</a></td><td class=\"num\"[^>]*>(\d+)", page)
    assert rows == [("卫生健康局", "1"), ("政务大厅（窗口环节）", "0"), ("民政局", "0")]


async def test_what_lies_here_and_what_lies_below_make_the_whole(board: Board) -> None:
    await board.case(dispatched=True)
    await board.case(dispatched=False)
    page = (await board.page("/supervision?by=place")).text
    rows = re.findall(r"<tr><td><a href=[^>]*>([^<]*)</a></td><td class=\"num\"[^>]*>(\d+)", page)
    assert rows == [("本级（各部门、大厅）", "2")]


async def test_every_way_of_counting_leads_down_to_the_cases(board: Board) -> None:
    number = await board.case(dispatched=True)
    for by in ("department", "place", "origin", "window", "item"):
        page = await board.page(f"/supervision?by={by}")
        assert page.status_code == 200
        for href in re.findall(r'href="(/supervision/cases[^"]*)"', page.text):
            listed = await board.page(href.replace("&amp;", "&"))
            assert listed.status_code == 200, href
    for by, subject in (
        ("all", ""), ("department", f"{COUNTY}/{WJJ}"), ("place", COUNTY), ("origin", COUNTY),
        ("item", "wjj-01"),
    ):  # fmt: skip
        listed = await board.page(f"/supervision/cases?by={by}&subject={subject}")
        assert number in listed.text, by
        green = await board.page(f"/supervision/cases?by={by}&subject={subject}&light=green")
        assert number in green.text, by
        red = await board.page(f"/supervision/cases?by={by}&subject={subject}&light=red")
        assert number not in red.text, by


async def test_a_list_goes_on_where_its_page_ends(board: Board) -> None:
    numbers = [await board.case(dispatched=False) for _ in range(3)]
    seen: list[str] = []
    after = ""
    path = f"/api/v1/supervision/lights?by=place&subject={COUNTY}"
    while True:
        told = (await board.json(path + after)).json()
        seen += [one["number"] for one in told["page"]["cases"]]
        if told["page"]["next"] is None:
            break
        after = f"&after={told['page']['next']}"
    assert sorted(seen) == sorted(numbers)


async def test_nobody_is_named_on_a_board_nor_told_over_the_api(board: Board) -> None:
    await board.case(dispatched=True)
    paths = ("/supervision", "/supervision/wall", "/supervision/cases?by=all")
    said = [(await board.page(path)).text for path in paths]
    said.append((await board.json("/api/v1/supervision/lights?by=all&subject=")).text)
    for text in said:
        assert FORM.applicant.name not in text
        assert "张*" not in text


async def test_only_who_oversees_sees_a_board(board: Board) -> None:
    for login in ("clerk", "handler", "operator"):
        for path in ("/supervision", "/supervision/wall", "/supervision/cases?by=all"):
            assert (await board.page(path, login)).status_code == 403, (login, path)
        answer = await board.json("/api/v1/supervision/lights", login)
        assert answer.status_code == 403


async def test_the_api_counts_what_the_board_counts(board: Board) -> None:
    await board.case(dispatched=True)
    await board.case(dispatched=False)
    told = (await board.json("/api/v1/supervision/lights?by=department")).json()
    counts = {one["subject"]: one["green"] for one in told["counts"]}
    assert counts == {f"{COUNTY}/{WJJ}": 1, f"{COUNTY}/": 1}
    assert told["calendar_missing"] is None


async def test_what_nobody_counts_by_is_refused_in_words(board: Board) -> None:
    for query in ("by=moon", "by=place&subject=x", "by=all&light=blue", "by=all&subject=&after=x"):
        assert (await board.json(f"/api/v1/supervision/lights?{query}")).status_code == 422, query
    assert (await board.page("/supervision/cases?by=moon")).status_code == 422
    long, most = "9" * 20, "9" * 18
    for after in (f"{long}.1", f"1.{long}", "٣.1", "1.", "1", "-1.1", "1.1.1"):
        asked = f"by=place&subject={COUNTY}&after={after}"
        assert (await board.json(f"/api/v1/supervision/lights?{asked}")).status_code == 422, after
        assert (await board.page(f"/supervision/cases?{asked}")).status_code == 422, after
    asked = f"by=place&subject={COUNTY}&after={most}.{most}"
    assert (await board.json(f"/api/v1/supervision/lights?{asked}")).status_code == 200


async def test_a_year_without_its_calendar_is_said_at_the_head_of_the_board(board: Board) -> None:
    board.go_to("2050-01-04")
    await board.case(dispatched=True)
    shown = (await board.page("/supervision")).text
    page = text_of(shown)
    assert "2050 年的工作日历还没有发布" in page
    entry = text_of(shown.partition("<h2>先看这里</h2>")[2].partition("</tr>\n")[0])
    assert "2050 年工作日历" in entry
    assert "千阳县" in entry, "whose it is to publish"
    assert "1日历缺失" in page.replace(" ", "")
    assert (await board.json("/api/v1/supervision/lights")).json()["calendar_missing"] == 2050


async def test_the_wall_has_nothing_to_press_and_comes_back_by_itself(board: Board) -> None:
    await board.case(dispatched=True)
    wall = await board.page("/supervision/wall")
    main = wall.text.partition('<div id="day">')[2]
    assert not re.findall(r"<(a|button|input|form)\b", main)
    assert wall.headers["refresh"] == "300"


async def test_an_open_board_learns_that_a_light_has_changed(board: Board) -> None:
    page = (await board.page("/supervision")).text
    (seen,) = re.findall(r'data-live="/supervision/live\?seen=([0-9a-f]{16})"', page)
    token = (await begin_session(board.county, "supervisor")).token
    await board.case(dispatched=True)
    path = f"/supervision/live?seen={seen}"
    async with board.http.stream("GET", path, headers={"Cookie": f"{COOKIE}={token}"}) as answer:
        lines = []
        async for line in answer.aiter_lines():
            lines.append(line)
            if line == "event: case":
                break
    assert "event: case" in lines


def test_a_bar_shows_whatever_is_there_and_is_as_long_as_all_bars() -> None:
    for one in (
        LightCount(subject="", green=5000, red=1),
        LightCount(subject="", red=1),
        LightCount(subject="", green=1, yellow=1, still=998),
    ):
        bar = board_lines.bar_of(one)
        assert len(bar) == sum(bool(n) for n in (one.green, one.yellow, one.red, one.still))
        assert all(part.width >= board_lines.LEAST for part in bar)
        assert sum(part.width for part in bar) == board_lines.BAR
    assert board_lines.bar_of(LightCount(subject="")) == ()


async def test_a_town_that_is_not_heard_of_is_dashed_and_said_to_be_silent(board: Board) -> None:
    now = board.county.works.now_ms
    long_ago = now - 2 * 86_400_000

    def enrol(tx: Tx) -> None:
        for town, name, heard in (("610328100", "城关镇", now), ("610328101", "水沟镇", long_ago)):
            record = (town, name, name, NodeState.ENROLLED)
            tx.execute("INSERT INTO node_records VALUES (?, ?, ?, ?, '', '', 0)", record)
            links.create(tx, NodeId(town), nonce=b"n" * 16)
            tx.execute("UPDATE links SET last_contact = ? WHERE peer = ?", (heard, town))

    await board.county.database.write(enrol)
    page = (await board.page("/supervision")).text
    marks = re.findall(r'aria-label="([^"]*镇[^"]*)">.*?class="mark ([^"]*)"', page)
    assert marks == [
        ("城关镇: 没有在办件", "nothing"),
        ("水沟镇: 没有在办件 · 一天以上没有联系", "nothing silent"),
    ]
