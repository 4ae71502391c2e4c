"""What is published later is asked of all that it touches: a re-run finds nothing more."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from msgspec.structs import replace

from node.calendar import actions as calendar
from node.cases import actions as cases
from node.cases import law_actions
from node.database import Tx
from node.following import actions as following
from node.following.actions import Following
from node.staff import actions as staff
from node.staff import posting
from node.supervision import actions, store
from node.supervision.follower import Supervision
from node.work import SYSTEM, Actor, Works
from schemas import case_forms as forms
from schemas.calendar import TableKind
from schemas.cases import Action
from schemas.cases_api import RefuseCase
from schemas.ids import StaffId
from schemas.item_terms import SpecialKind
from schemas.staff import AbsenceKind, NewAbsence, NewAccount, Post, Role
from schemas.supervision import FindingState, Rulebook, RuleId, RuleSetting
from tests.support import casework as support
from tests.support import redress
from tests.support.bureau import CLERK, GROUND, HANDLER, REMEDIES, Bureau, bureau
from tests.support.calendar import IN_2027
from tests.support.casework import COUNTY
from tests.support.laws import HEARD
from tests.support.lives import told
from tests.support.webnode import HASHED

A = Action
HEARING = forms.SuspendCase(
    procedure=SpecialKind.HEARING, amount=20, on="2027-01-08", place="政务服务中心二楼"
)
REFUSAL = RefuseCase(
    reason="not_our_competence", ground=GROUND, remedies=REMEDIES, competent="市局"
)
SUPERVISOR = Actor(StaffId("chen"), frozenset({Role.SUPERVISOR}), name="陈")
Told = list[tuple[str, str]]


@dataclass
class Watch:
    """A county's rules, and what they found."""

    works: Works
    follower: Supervision
    following: Following

    async def found(self, rule: RuleId) -> Told:
        """What one rule found and stands by, by what it has seen so far."""
        await self.following.catch_up()

        def read(tx: Tx) -> Told:
            rows = reversed(store.page(tx, {"f.rule = ?": (rule,)}, None, 100))
            stands = (one for one in rows if one.state is not FindingState.WITHDRAWN)
            return [(one.level.value, told(one.at)) for one in stands]

        return await self.works.read(read)

    async def found_anew(self, rule: RuleId) -> Told:
        """The same, run over everything once more."""
        await self.works.run(SYSTEM, following.rewind, self.follower)
        return await self.found(rule)


def watch(works: Works) -> Watch:
    follower = Supervision(COUNTY)
    return Watch(works, follower, Following(works, [follower]))


@pytest.fixture
async def county(tmp_path: Path) -> AsyncIterator[Bureau]:
    async with bureau(tmp_path, HEARD) as made:
        yield made


async def test_a_hearing_over_new_year_is_late_once_the_calendar_is_there(county: Bureau) -> None:
    """Its clocks stand still, so no last day of theirs moves when the calendar comes."""
    eye = watch(county.office.node.works)
    view = await county.path(
        await county.receive("2026-12-21", "wjj-30"), A.ACCEPT, A.DISPATCH, A.GIVE_OPINION
    )
    county.go_to("2026-12-22")
    await county.do(HANDLER, law_actions.suspend, view, HEARING)
    county.go_to("2026-12-28")
    assert await eye.found(RuleId.T8) == []
    county.go_to("2026-12-30")
    await eye.works.run(SYSTEM, calendar.publish, IN_2027)
    await eye.following.catch_up()
    county.go_to("2027-03-20")
    late = [("yellow", "01-19 24:00"), ("red", "01-26 24:00")]
    assert await eye.found(RuleId.T8) == late
    assert await eye.found_anew(RuleId.T8) == late


async def test_however_many_cases_a_calendar_touches_all_are_looked_at(county: Bureau) -> None:
    """One at a time here, as thousands at a time elsewhere; one case came in between."""
    works = county.office.node.works
    follower = Supervision(COUNTY, at_once=1)
    eye = Watch(works, follower, Following(works, [follower]))

    async def hear() -> None:
        steps = (A.ACCEPT, A.DISPATCH, A.GIVE_OPINION)
        view = await county.path(await county.receive("2026-12-21", "wjj-30"), *steps)
        county.go_to("2026-12-22")
        await county.do(HANDLER, law_actions.suspend, view, HEARING)

    for _ in range(3):
        await hear()
    county.go_to("2026-12-28")
    assert await eye.found(RuleId.T8) == []
    await works.run(SYSTEM, calendar.publish, IN_2027)
    await eye.following.step()
    await hear()
    await eye.following.catch_up()
    county.go_to("2027-01-20")
    assert await eye.found(RuleId.T8) == [("yellow", "01-19 24:00")] * 4


async def test_a_notice_that_was_due_behind_new_year_is_missed_though_the_case_is_closed(
    county: Bureau,
) -> None:
    eye = watch(county.office.node.works)
    view = await county.receive("2026-12-31", "wjj-30")
    view = await county.do(CLERK, cases.refuse, view, REFUSAL)
    await county.path(view, A.CLOSE)
    county.go_to("2027-01-18")
    assert await eye.found(RuleId.C1) == []
    await eye.works.run(SYSTEM, calendar.publish, IN_2027)
    assert await eye.found(RuleId.C1) == [("red", "01-05 24:00")]
    assert await eye.found_anew(RuleId.C1) == [("red", "01-05 24:00")]


async def test_a_window_was_empty_on_a_day_that_turned_out_to_be_worked(county: Bureau) -> None:
    eye = watch(county.office.node.works)
    new = NewAccount(login="li", name="李", roles=(Role.CLERK,), password="")
    li = await eye.works.run(SYSTEM, staff.add, new, HASHED)
    post = Post(id="A01", name="综合窗口", roles=(Role.CLERK,), a=li.id)
    county.go_to("2026-12-30")
    await eye.works.run(SYSTEM, posting.put_post, post)
    await county.receive("2026-12-31", "wjj-30")
    county.go_to("2027-01-02")
    away = NewAbsence(
        staff=li.id, kind=AbsenceKind.SICK_LEAVE, first="2027-01-02", last="2027-01-02"
    )
    await eye.works.run(SYSTEM, posting.note_absence, away)
    for hour in (9, 10):
        county.go_to("2027-01-08", hour)
        assert await eye.found(RuleId.A1) == []
    await eye.works.run(SYSTEM, calendar.publish, IN_2027)
    assert await eye.found(RuleId.A1) == [("yellow", "01-02 10:00")]


async def test_a_calendar_that_comes_after_new_year_was_late_and_stays_so(county: Bureau) -> None:
    eye = watch(county.office.node.works)
    await county.receive("2026-12-31", "wjj-30")
    assert await eye.found(RuleId.K1) == []
    county.go_to("2027-01-04")
    late = [("red", "12-31 24:00")]
    assert await eye.found(RuleId.K1) == late
    await eye.works.run(SYSTEM, calendar.publish, IN_2027)
    for day in ("2027-01-04", "2027-01-06"):
        county.go_to(day, 12)
        assert await eye.found(RuleId.K1) == late
    await eye.found_anew(RuleId.K1)
    county.go_to("2027-01-09")
    assert await eye.found(RuleId.K1) == late


async def test_one_that_came_in_time_was_in_time_though_it_is_put_right_later(
    county: Bureau,
) -> None:
    eye = watch(county.office.node.works)
    await county.receive("2026-12-31", "wjj-30")
    await eye.works.run(SYSTEM, calendar.publish, IN_2027)
    for day in ("2027-01-04", "2027-01-06"):
        county.go_to(day)
        assert await eye.found(RuleId.K1) == []
    await eye.works.run(SYSTEM, calendar.withdraw, 2027, TableKind.COUNCIL)
    await eye.works.run(SYSTEM, calendar.publish, replace(IN_2027, document="更正"))
    county.go_to("2027-01-08")
    assert await eye.found(RuleId.K1) == []


async def test_an_absence_that_is_noted_days_later_makes_nothing_of_a_day(county: Bureau) -> None:
    """By then nobody looks at the day any more, so a re-run must not either."""
    eye = watch(county.office.node.works)
    new = NewAccount(login="li", name="李", roles=(Role.CLERK,), password="")
    li = await eye.works.run(SYSTEM, staff.add, new, HASHED)
    post = Post(id="A01", name="综合窗口", roles=(Role.CLERK,), a=li.id)
    await eye.works.run(SYSTEM, posting.put_post, post)
    await county.receive("2026-03-02", "wjj-30")
    for day in ("2026-03-03", "2026-03-04", "2026-03-06"):
        county.go_to(day)
        await eye.following.catch_up()
    late, in_time = (
        NewAbsence(staff=li.id, kind=AbsenceKind.SICK_LEAVE, first=day, last=day)
        for day in ("2026-03-04", "2026-03-05")
    )
    for absence in (late, in_time):
        await eye.works.run(SYSTEM, posting.note_absence, absence)
    county.go_to("2026-03-06", 11)
    assert await eye.found(RuleId.A1) == [("yellow", "03-06 10:00")]
    await eye.found_anew(RuleId.A1)
    county.go_to("2026-03-09")
    assert await eye.found(RuleId.A1) == [("yellow", "03-06 10:00")]


async def test_a_matter_that_waits_over_new_year_is_looked_at_when_the_calendar_comes(
    tmp_path: Path,
) -> None:
    async with support.casework(tmp_path) as world:
        redress.go_to(world, "2026-12-28")
        eye = watch(world.county.node.works)
        await redress.take(world.county)
        redress.go_to(world, "2027-01-25")
        before = await eye.found(RuleId.Q1)
        assert "red" not in dict(before)
        await eye.works.run(SYSTEM, calendar.publish, IN_2027)
        found = await eye.found(RuleId.Q1)
        assert [level for level, _ in found] == ["yellow", "red"]
        assert await eye.found_anew(RuleId.Q1) == found


async def test_a_rule_that_is_switched_on_is_asked_of_matters_that_wait(tmp_path: Path) -> None:
    async with support.casework(tmp_path) as world:
        redress.go_to(world, "2026-11-02")
        eye = watch(world.county.node.works)
        off = Rulebook(settings=(RuleSetting(rule=RuleId.Q1, on=False),))
        await eye.works.run(SUPERVISOR, actions.set_book, off, "试行期间停用")
        await redress.take(world.county)
        assert await eye.found(RuleId.Q1) == []
        redress.go_to(world, "2026-11-03")
        await eye.works.run(SUPERVISOR, actions.set_book, Rulebook(), "恢复")
        await eye.following.catch_up()
        redress.go_to(world, "2026-11-30")
        late = [("yellow", "11-16 24:00"), ("red", "11-19 24:00")]
        assert await eye.found(RuleId.Q1) == late
        assert await eye.found_anew(RuleId.Q1) == late
