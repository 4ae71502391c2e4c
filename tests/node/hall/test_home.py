"""The first page of each post: what must be done now, in which order, and where its day begins."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from node.cases import actions
from node.database import Tx
from schemas.cases_api import RequestCorrection
from schemas.staff import Role
from tests.support.desks import Ago, Desks
from tests.support.pagenode import page_node
from tests.support.visitors import Visitors, visitors_of


@pytest.fixture
async def desks(tmp_path: Path) -> AsyncIterator[Desks]:
    clock = Ago()
    async with page_node(tmp_path, clock) as county:
        yield Desks(county, clock)


@pytest.fixture
async def visitor(desks: Desks) -> AsyncIterator[Visitors]:
    async with visitors_of(desks.county) as sign_in:
        yield sign_in


def tiles(page: str) -> dict[str, int]:
    found = re.findall(r'<a class="tile [a-z]*" href="[^"]*"><b>(\d+)</b>([^<]+)</a>', page)
    return {label: int(count) for count, label in found}


async def test_the_first_to_end_comes_first_and_what_is_late_is_counted(
    desks: Desks, visitor: Visitors
) -> None:
    new = await desks.take("accept")
    late = await desks.take("accept", days_ago=40)
    late_too = await desks.take("accept", days_ago=20)
    page = await (await visitor("clerk")).page("/")
    order = [page.index(view.number) for view in (late, late_too, new)]
    assert order == sorted(order)
    assert tiles(page)["已超期"] == 2
    assert tiles(page)["待我办理"] == 3
    assert "已超过" in page


async def test_what_came_back_has_a_tile_of_its_own(desks: Desks, visitor: Visitors) -> None:
    view = await desks.take()
    form = RequestCorrection(reason="materials_missing", materials=("form",))
    await desks.county.works.run(
        await desks.who("clerk"), actions.request_correction, view.number, form
    )
    decided = await desks.take("decide")
    page = await (await visitor("clerk")).page("/")
    assert tiles(page)["需要补正"] == 1
    assert tiles(page)["结果待领取"] == 1
    assert decided.number in page


async def test_a_department_sees_its_own_desk_alone(desks: Desks, visitor: Visitors) -> None:
    at_window, at_desk = await desks.take("accept"), await desks.take("dispatch")
    reviewed = await desks.take("review")
    handler, approver = await visitor("handler"), await visitor("approver")
    page = await handler.page("/")
    assert at_desk.number in page
    assert at_window.number not in page
    assert reviewed.number in await approver.page("/")
    assert at_desk.number not in await approver.page("/")
    assert "新收一件" not in page


@pytest.mark.parametrize(
    ("login", "roles", "leads_to"),
    [
        ("supervisor", (), "/supervision"),
        ("boss", (Role.DIRECTOR,), "/supervision"),
        ("editor", (), "/revisions"),
        ("operator", (), "/operations"),
        ("guard", (Role.SECURITY,), "/staff"),
        ("inspector", (Role.AUDITOR,), "/audit"),
        ("renshe", (Role.REGISTRAR,), "/filings"),
    ],
)
async def test_who_does_no_cases_begins_his_day_with_what_he_keeps(
    desks: Desks, visitor: Visitors, login: str, roles: tuple[Role, ...], leads_to: str
) -> None:
    if roles:
        await desks.add(login, *roles)
    somebody = await visitor(login)
    answer = await somebody.get("/")
    assert answer.status_code == 303
    assert answer.headers["location"] == leads_to
    assert (await somebody.get(leads_to)).status_code not in (403, 404), "it is his to open"


async def test_a_clear_desk_is_said_in_words(visitor: Visitors) -> None:
    page = await (await visitor("clerk")).page("/")
    assert "现在没有要您办的。" in page
    assert tiles(page) == {"待我办理": 0, "未发送": 0}


async def test_an_open_page_is_told_once_its_own_queue_has_changed(
    desks: Desks, visitor: Visitors
) -> None:
    await desks.take("accept")
    clerk = await visitor("clerk")
    seen = re.search(r'data-live="([^"]+)"', await clerk.page("/"))
    assert seen is not None
    async with clerk.http.stream("GET", seen[1].replace("&amp;", "&")) as stream:
        lines = stream.aiter_lines()
        assert (await anext(lines)).startswith("retry")
        await desks.take("accept")
        async for line in lines:
            if line.startswith("event"):
                assert line == "event: case"
                break


async def test_a_page_that_is_out_of_date_learns_it_as_it_comes_back(
    desks: Desks, visitor: Visitors
) -> None:
    await desks.take("accept")
    clerk = await visitor("clerk")
    async with clerk.http.stream("GET", "/today/live?seen=of-yesterday") as stream:
        said = [line async for line in _first(stream.aiter_lines(), 4)]
    assert "event: case" in said


async def _first(lines: AsyncIterator[str], count: int) -> AsyncIterator[str]:
    async for line in lines:
        yield line
        count -= 1
        if not count:
            return


async def test_a_page_that_keeps_itself_up_to_date_keeps_nobody_signed_in(
    desks: Desks, visitor: Visitors
) -> None:
    desks.clock.days = 1
    clerk = await visitor("clerk")
    desks.clock.days = 0  # a day has passed, with nobody at the desk
    by_itself = {"X-By-Itself": "1"}
    assert (await clerk.http.get("/", headers=by_itself)).status_code == 303, "idled out"
    desks.clock.minutes = 20
    clerk = await visitor("clerk")
    desks.clock.minutes = 0
    for _ in range(2):
        assert (await clerk.http.get("/", headers=by_itself)).status_code == 200
    seen = await desks.county.works.read(_last_seen)
    await clerk.page("/")
    assert await desks.county.works.read(_last_seen) > seen, "a person asked"


def _last_seen(tx: Tx) -> int:
    row = tx.execute("SELECT max(seen_at) FROM sessions").fetchone()
    return int(row[0])
