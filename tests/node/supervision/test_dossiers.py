"""What a day at a node is gathered from: cases, looks at people, posts and absences."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from node.cases import person_views
from node.clock import CHINA
from node.database import Tx
from node.following.actions import Following
from node.following.follower import Lives
from node.staff import actions as staff
from node.staff import posting
from node.supervision import dossiers
from node.supervision.follower import Supervision
from node.supervision.model import DayBook
from node.work import SYSTEM
from schemas.cases import Action
from schemas.ids import DepartmentId, StaffId
from schemas.staff import AbsenceKind, NewAbsence, NewAccount, Post, Role, StaffAccount
from tests.support.bureau import CLERK, Bureau, bureau
from tests.support.casework import COUNTY, ZRZY
from tests.support.catalogue import WJJ
from tests.support.laws import HEARD
from tests.support.webnode import HASHED

A = Action
MONDAY = date(2026, 3, 2)


@dataclass
class Hall:
    """A county whose people have accounts."""

    county: Bureau

    async def book(self, day: date) -> DayBook:
        """What the rules look at of a day, once everything is followed."""
        works = self.county.office.node.works
        await Following(works, [Supervision(COUNTY, ())]).catch_up()
        return await works.read(lambda tx: dossiers.of_day(Lives(tx), COUNTY, day))

    async def open(
        self, login: str, *roles: Role, department: DepartmentId | None = None
    ) -> StaffAccount:
        new = NewAccount(login=login, name=login, roles=roles, department=department, password="")
        return await self.county.office.node.works.run(SYSTEM, staff.add, new, HASHED)


@pytest.fixture
async def hall(tmp_path: Path) -> AsyncIterator[Hall]:
    async with bureau(tmp_path, HEARD) as county:
        county.go_to(str(MONDAY))
        yield Hall(county)


async def test_a_day_holds_what_was_taken_and_decided_on_it(hall: Hall) -> None:
    county = hall.county
    first, second = await county.receive(), await county.receive()
    county.go_to("2026-03-03", hour=9)
    first = await county.path(first, A.ACCEPT, A.DISPATCH)
    county.go_to("2026-03-03", hour=10)
    second = await county.path(second, A.ACCEPT, A.DISPATCH)
    county.go_to("2026-03-04")
    await county.path(second, A.GIVE_OPINION, A.REVIEW, A.DECIDE)
    monday, wednesday = await hall.book(MONDAY), await hall.book(date(2026, 3, 4))
    assert {one.case for one in monday.received} == {first.stream, second.stream}
    assert {one.staff for one in monday.received} == {CLERK.staff}
    assert not monday.decided
    (decided,) = wednesday.decided
    assert (decided.case, decided.department, decided.passed) == (second.stream, WJJ, 1)
    assert monday.subject == "day/610328/2026-03-02"


async def test_whoever_works_on_a_case_may_look_and_nobody_else(hall: Hall) -> None:
    county, works = hall.county, hall.county.office.node.works
    view = await county.path(await county.receive(), A.ACCEPT, A.DISPATCH)
    stranger = await hall.open("qiao", Role.HANDLER, department=ZRZY)
    colleague = await hall.open("gu", Role.HANDLER, department=WJJ)
    at_window = await hall.open("li", Role.CLERK)
    for who in (CLERK, *map(staff.actor_of, (stranger, colleague, at_window))):
        await works.run(who, person_views.note, view.stream, "核对申请人信息")
    looked = {one.staff: one.own for one in (await hall.book(MONDAY)).looked}
    assert looked == {
        CLERK.staff: True, stranger.id: False, colleague.id: True, at_window.id: True,
    }  # fmt: skip


async def test_a_post_is_served_unless_both_its_people_are_away(hall: Hall) -> None:
    works = hall.county.office.node.works
    a, b = [await hall.open(login, Role.CLERK) for login in ("li", "gao")]
    post = Post(id="A01", name="综合窗口", roles=(Role.CLERK,), a=a.id, b=b.id)
    await works.run(SYSTEM, posting.put_post, post)
    (manned,) = (await hall.book(MONDAY)).posts
    assert (manned.a, manned.b, manned.served) == (a.id, b.id, True)

    async def away(who: StaffId) -> None:
        new = NewAbsence(
            staff=who, kind=AbsenceKind.SICK_LEAVE, first=str(MONDAY), last=str(MONDAY)
        )
        await works.run(SYSTEM, posting.note_absence, new)

    await away(a.id)
    assert (await hall.book(MONDAY)).posts[0].served
    hall.county.go_to(str(MONDAY), hour=11)
    await away(b.id)
    (manned,) = (await hall.book(MONDAY)).posts
    assert not manned.served
    assert works.now_ms - 60_000 < manned.noted_at <= works.now_ms
    (next_day,) = (await hall.book(MONDAY + timedelta(days=1))).posts
    assert next_day.served


async def test_a_case_that_stood_still_on_its_way_is_in_no_queue(hall: Hall) -> None:
    county = hall.county
    waits = await county.path(await county.receive(item="wjj-30"), A.ACCEPT, A.DISPATCH)
    await county.path(waits, A.GIVE_OPINION, A.SUSPEND)
    second = await county.path(await county.receive(item="wjj-30"), A.ACCEPT, A.DISPATCH)
    book = await hall.book(MONDAY)
    assert {one.case for one in book.received} == {waits.stream, second.stream}

    def waiting(tx: Tx) -> dict[str, int | None]:
        return dict(tx.execute("SELECT stream, waits_from FROM watched_cases").fetchall())

    found = await county.office.node.works.read(waiting)
    assert found[waits.stream] is None
    assert found[second.stream] is not None


def test_a_day_begins_and_ends_at_midnight_in_china() -> None:
    first, end = dossiers.span_of(MONDAY)
    assert datetime.fromtimestamp(first / 1000, CHINA).isoformat() == "2026-03-02T00:00:00+08:00"
    assert end - first == 24 * 3_600_000
