"""What a day at a node is gathered from: cases, looks at people, posts and absences."""

import dataclasses
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from node.cases import person_views
from node.cases.person_views import Viewed
from node.clock import CHINA, from_ms, local_day
from node.database import Tx, open_plain
from node.following.actions import Following
from node.following.follower import Lives
from node.staff import actions as staff
from node.staff import posting
from node.supervision import dossiers
from node.supervision.follower import Supervision
from node.supervision.model import DayBook
from node.work import SYSTEM, Actor
from schemas.case_terms import Agency, AgencyKind
from schemas.cases import Action
from schemas.cases_api import ReceiveCase
from schemas.ids import DepartmentId, StaffId
from schemas.staff import (
    AbsenceKind,
    AccountChange,
    Department,
    NewAbsence,
    NewAccount,
    Post,
    Role,
    StaffAccount,
)
from tests.support.bureau import CLERK, PAPERS, Bureau, bureau
from tests.support.casework import COUNTY, TOWN, VILLAGE, ZHANG, ZRZY, Casework
from tests.support.catalogue import LICENCE, WJJ
from tests.support.house import ROOT
from tests.support.laws import HBJ, HEARD, SPJ
from tests.support.lives import Life, ms
from tests.support.webnode import HASHED

A = Action
AGENT_ID = "11010519491231002X"
MONDAY = date(2026, 3, 2)
DEPARTMENTS = tuple(Department(id=one, name=str(one)) for one in (WJJ, ZRZY, HBJ))


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


async def test_one_agent_is_known_again_whatever_paper_he_shows(hall: Hall) -> None:
    """Each paper is another part, and his name and number are in the applicant's papers alone."""
    office = hall.county.office
    agent = replace(ZHANG, agent_name="孙中介", agent_id=AGENT_ID, agent_phone="13900001111")
    other = replace(agent, agent_name="周中介", agent_id="61032819800101001X")
    taken = [await hall.county.receive()]
    for person in (agent, other, agent):
        scan = await hall.county.promise()
        said = Agency(kind=AgencyKind.ENTRUSTED.value, authority=scan)
        form = ReceiveCase(item="wjj-02", applicant=person, materials=PAPERS, agency=said)
        taken.append(await office.receive(form, CLERK))
    book = await hall.book(MONDAY)
    marks = {one.case: one.agent for one in book.received}
    nobody, first, second, again = (marks[view.stream] for view in taken)
    assert nobody == ""
    assert first == again != second != ""
    assert not {AGENT_ID, "孙中介"} & set(marks.values())


async def test_whoever_works_on_a_case_may_look_and_nobody_else(hall: Hall) -> None:
    county, works = hall.county, hall.county.office.node.works
    view = await county.path(await county.receive(), A.ACCEPT, A.DISPATCH)
    await works.run(SYSTEM, staff.put_departments, (*DEPARTMENTS, Department(id=SPJ, name="食药")))
    stranger = await hall.open("qiao", Role.HANDLER, department=SPJ)
    asked = await hall.open("he", Role.HANDLER, department=ZRZY)
    colleague = await hall.open("gu", Role.HANDLER, department=WJJ)
    at_window = await hall.open("li", Role.CLERK)
    sent_to_window = await hall.open("mu", Role.CLERK, department=SPJ)
    people = (stranger, asked, colleague, at_window, sent_to_window)
    for who in (CLERK, *map(staff.actor_of, people)):
        await works.run(who, person_views.note, view.stream, "核对申请人信息")
    looked = {one.staff: one.own for one in (await hall.book(MONDAY)).looked}
    assert looked == {
        CLERK.staff: True, stranger.id: False, asked.id: True, colleague.id: True,
        at_window.id: True, sent_to_window.id: True,
    }  # fmt: skip


async def test_who_moves_to_another_department_is_judged_as_what_he_was(hall: Hall) -> None:
    county, works = hall.county, hall.county.office.node.works
    view = await county.path(await county.receive(), A.ACCEPT, A.DISPATCH)
    await works.run(SYSTEM, staff.put_departments, (*DEPARTMENTS, Department(id=SPJ, name="食药")))
    wang = await hall.open("wang", Role.HANDLER, department=WJJ)
    await works.run(staff.actor_of(wang), person_views.note, view.stream, "承办前核对材料")
    county.go_to("2026-06-01")
    moved = await works.run(SYSTEM, staff.update, wang.id, AccountChange(department=SPJ))
    (look,) = (await hall.book(MONDAY)).looked
    assert (look.staff, look.own) == (wang.id, True)
    await works.run(staff.actor_of(moved), person_views.note, view.stream, "看看以前的件")
    (late,) = (await hall.book(date(2026, 6, 1))).looked
    assert (late.staff, late.own) == (wang.id, False)


def test_looks_of_before_are_taken_for_those_of_what_people_were_then(tmp_path: Path) -> None:
    """When this came to a node that had been running without it."""
    tx = open_plain(tmp_path / "old.db", read_only=False)
    try:
        for name in ("0010_staff", "0031_applicants", "0060_pages"):
            tx.executescript((ROOT / f"node/migrations/{name}.sql").read_text(encoding="utf-8"))
        tx.execute("INSERT INTO departments (id, name, name_en) VALUES ('wjj', '卫健局', '')")
        tx.execute(
            "INSERT INTO staff (id, login, name, roles, department, active, password, created_at,"
            " changed_at) VALUES ('gu', 'gu', '顾', 'handler approver', 'wjj', 1, '', 0, 0)"
        )
        for who in ("gu", "gone"):
            tx.execute(
                "INSERT INTO person_views (stream, staff, why, at) VALUES ('case', ?, '核对', 5)",
                (who,),
            )
        script = (ROOT / "node/migrations/0092_supervision.sql").read_text(encoding="utf-8")
        tx.executescript(script)
        gu, gone = person_views.between(tx, 0, 9)
        assert (gu.department, gu.roles) == (WJJ, frozenset({Role.HANDLER, Role.APPROVER}))
        assert (gone.department, gone.roles) == (None, None)
    finally:
        tx.close()


async def test_what_makes_a_case_his_much_later_does_not_make_it_his_then(hall: Hall) -> None:
    county, works = hall.county, hall.county.office.node.works
    view = await county.receive()
    gu = await hall.open("gu", Role.HANDLER, department=WJJ)
    await works.run(staff.actor_of(gu), person_views.note, view.stream, "核对申请人信息")
    assert [one.own for one in (await hall.book(MONDAY)).looked] == [False]
    county.go_to("2026-03-05")
    await county.path(view, A.ACCEPT, A.DISPATCH)
    assert [one.own for one in (await hall.book(MONDAY)).looked] == [False]


def test_a_case_that_is_on_its_way_to_a_window_is_the_windows_already() -> None:
    """Its clerks know the applicant again who stands before them; a department does not yet."""
    life = Life(item=LICENCE, origin=VILLAGE).receive("03-02 10:00").history
    clerk = Viewed(life.stream, StaffId("li"), ms("03-02 10:30"), None, frozenset({Role.CLERK}))
    handler = Viewed(life.stream, StaffId("gu"), ms("03-02 10:30"), WJJ, frozenset({Role.HANDLER}))
    assert dossiers.is_his(life, clerk, COUNTY)
    assert not dossiers.is_his(life, handler, COUNTY)
    gone = dataclasses.replace(handler, roles=None)
    assert dossiers.is_his(life, gone, COUNTY), "nothing is held against whom nobody knows"


@pytest.mark.parametrize("role", [Role.APPROVER, Role.HANDLER, Role.OFFICER])
async def test_in_a_town_everybody_works_on_everything(all_three: Casework, role: Role) -> None:
    town, view = all_three.town, await all_three.licence_until("forward")
    who = Actor(StaffId("head"), frozenset({role}))
    await town.node.works.run(who, person_views.note, view.stream, "办理前核对材料")
    today = local_day(from_ms(town.node.works.now_ms))
    book = await town.node.works.read(lambda tx: dossiers.of_day(Lives(tx), TOWN, today))
    assert [(one.staff, one.own) for one in book.looked] == [("head", True)]


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
