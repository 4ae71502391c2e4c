"""What is counted of real cases: each number on its day, drilled to its cases, and right anew."""

from datetime import date
from pathlib import Path

import msgspec

from node.appraisal import reading
from node.calendar import actions as calendar
from node.cases import law_actions
from node.following import actions as followers
from node.runtime.recounting import Recounter
from node.staff import actions as staff
from node.staff import posting
from node.work import SYSTEM, Actor
from schemas import case_forms as forms
from schemas.appraisal import Grain, Measure
from schemas.calendar import TableKind, YearTable
from schemas.cases import Action
from schemas.cases_api import ReceiveCase
from schemas.staff import NewAccount, Post, Role, Window
from tests.node.cases.test_refolding import lives
from tests.support.bureau import CLERK, OF_HBJ, OF_ZRZY, PAPERS, bureau
from tests.support.calendar import IN_2027
from tests.support.casework import COUNTY, ZHANG
from tests.support.counting import Counts, period_of
from tests.support.laws import HEARD
from tests.support.webnode import HASHED

A, M = Action, Measure
TO_REVIEW = (A.ACCEPT, A.DISPATCH, A.GIVE_OPINION, A.REVIEW)
BODY = f"{COUNTY}/wjj"


FORM = ReceiveCase(item="wjj-02", applicant=ZHANG, materials=PAPERS)


async def test_after_every_kind_of_life_a_recount_gives_the_same(tmp_path: Path) -> None:
    async with bureau(tmp_path, HEARD) as county:
        counts = Counts(county)
        await lives(county)
        await counts.is_right()
        before = await counts.of("2026")
        await counts.works.run(SYSTEM, followers.rewind, counts.follower)
        assert not await counts.works.read(reading.tallies, period_of("2026"), Grain.PLACE)
        await counts.is_right()
        assert await counts.of("2026") == before


async def test_looking_after_every_step_counts_as_looking_once(tmp_path: Path) -> None:
    async with bureau(tmp_path, HEARD) as county:
        counts = Counts(county)
        view = await county.receive()
        for step in (*TO_REVIEW, A.DECIDE, A.CERTIFY, A.SETTLE_FEE, A.DELIVER, A.CLOSE):
            view = await county.path(view, step)
            await counts.is_right()
        found = await counts.of("2026-03-02")
        assert found[M.RECEIVED] == found[M.ACCEPTED] == found[M.FINISHED] == 1
        assert (
            found[M.STEPS] == 7
        )  # accepted, dispatched, two opinions, reviewed, decided, made out
        assert found[M.ON_TIME] == found[M.EARLY] == found[M.PROMISED] == 1
        assert found[M.VISITS] == 1  # handed in and fetched on one day
        assert M.LATE not in found


async def test_what_was_voided_is_counted_nowhere(tmp_path: Path) -> None:
    async with bureau(tmp_path, HEARD) as county:
        counts = Counts(county)
        kept, void = await county.receive(), await county.receive()
        assert await counts.only("2026-03-02", M.RECEIVED) == [2]
        form = forms.ReasonedCase(reason="entered_by_mistake")
        await county.do(CLERK, law_actions.void, void, form, county.text())
        assert await counts.only("2026-03-02", M.RECEIVED, M.ENDED) == [1, 0]
        assert await counts.drilled("2026-03", M.RECEIVED) == {kept.number: 1}
        await counts.is_right()


async def test_done_anew_it_is_accepted_and_finished_once_more(tmp_path: Path) -> None:
    async with bureau(tmp_path, HEARD) as county:
        counts = Counts(county)
        view = await county.path(await county.receive(), *TO_REVIEW, A.DECIDE)
        view = await county.path(view, A.CERTIFY, A.SETTLE_FEE, A.DELIVER, A.CLOSE)
        county.go_to("2026-04-01")
        view = await county.path(view, A.REOPEN)
        assert await counts.only("2026-03", M.ACCEPTED, M.FINISHED) == [1, 1]
        assert await counts.only("2026-04", M.RECEIVED, M.ACCEPTED, M.FINISHED) == [0, 1, 0]
        county.go_to("2026-04-03")
        await county.path(view, A.GIVE_OPINION, A.REVIEW, A.DECIDE)
        found = await counts.of("2026-04")
        assert (found[M.FINISHED], found[M.WORKDAYS]) == (1, 2)
        await counts.is_right()


async def test_a_late_opinion_is_late_for_whoever_gave_it(tmp_path: Path) -> None:
    async with bureau(tmp_path, HEARD) as county:
        counts, agreed = Counts(county), forms.GiveOpinion(agrees=True)
        view = await county.path(await county.receive(), A.ACCEPT, A.DISPATCH)
        view = await county.do(OF_ZRZY, law_actions.give_opinion, view, agreed)
        county.go_to("2026-03-04")  # the review was due on the day it began
        view = await county.do(OF_HBJ, law_actions.give_opinion, view, agreed)
        view = await county.path(view, A.REVIEW)
        told = {"zrzy": [1, 0], "hbj": [1, 1], "wjj": [1, 0]}
        for department, steps in told.items():
            found = await counts.of("2026-03", Grain.BODY, f"{COUNTY}/{department}")
            late = found.get(M.STEPS_LATE, 0)
            assert [found[M.STEPS], late] == steps, department
        for person, n in (("hbj", 1), ("handler", 0)):
            found = await counts.of("2026-03", Grain.STAFF, f"{COUNTY}/{person}")
            assert found.get(M.STEPS_LATE, 0) == n
        county.go_to("2026-03-06")
        await county.path(view, A.DECIDE)  # a stage of its own, due on the day of the review
        found = await counts.of("2026-03", Grain.BODY, f"{COUNTY}/wjj")
        assert [found[M.STEPS], found[M.STEPS_LATE]] == [2, 1]
        await counts.is_right()


async def test_no_visit_is_counted_on_a_day_that_is_over(tmp_path: Path) -> None:
    async with bureau(tmp_path, HEARD) as county:
        counts = Counts(county)
        view = await county.path(await county.receive("2026-03-30"), *TO_REVIEW, A.DECIDE)
        view = await county.path(view, A.CERTIFY, A.SETTLE_FEE)
        assert await counts.only("2026-03", M.FINISHED, M.VISITS) == [1, 1]
        county.go_to("2026-04-07")
        view = await county.path(view, A.DELIVER, A.CLOSE)
        for key, n in (("2026-03", 1), ("2026-04", 1)):
            assert await counts.only(key, M.VISITS) == [n]
        assert await counts.drilled("2026-04", M.VISITS) == {view.number: 1}
        county.go_to("2026-05-06")
        view = await county.path(view, A.REOPEN)
        county.go_to("2026-05-08")
        view = await county.path(view, A.GIVE_OPINION, A.REVIEW, A.DECIDE, A.CERTIFY)
        assert await counts.only("2026-05", M.FINISHED, M.VISITS) == [1, 0]  # nobody came for it
        county.go_to("2026-05-11")
        await county.path(view, A.DELIVER)
        for key, n in (("2026-03", 1), ("2026-04", 1), ("2026-05", 1)):
            assert await counts.only(key, M.VISITS) == [n]
        await counts.is_right()


async def test_days_begin_at_midnight_in_china(tmp_path: Path) -> None:
    async with bureau(tmp_path, HEARD) as county:
        counts = Counts(county)
        await county.receive("2026-03-02")
        county.go_to("2026-03-31", 23)
        last = await county.office.receive(FORM, CLERK)
        county.go_to("2026-04-01", 0)
        first = await county.office.receive(FORM, CLERK)
        assert list(await counts.drilled("2026-03-31", M.RECEIVED)) == [last.number]
        assert list(await counts.drilled("2026-04-01", M.RECEIVED)) == [first.number]
        assert await counts.only("2026-03", M.RECEIVED) == [2]
        hour = await counts.of("2026-03", Grain.HOUR, f"{COUNTY}/2-23")
        assert hour == {M.RECEIVED: 1}


async def test_a_case_falls_overdue_by_time_alone_and_is_late_when_it_ends(tmp_path: Path) -> None:
    async with bureau(tmp_path, HEARD) as county:
        counts = Counts(county)
        view = await county.path(await county.receive(), *TO_REVIEW)  # five days: until 9 March
        for day, overdue in (("2026-03-09", 0), ("2026-03-10", 1)):
            county.go_to(day)
            assert await counts.only("2026-03", M.OVERDUE) == [overdue]
        assert await counts.drilled("2026-03-10", M.OVERDUE) == {view.number: 1}
        county.go_to("2026-03-12")
        await county.path(view, A.DECIDE)
        found = await counts.of("2026-03-12")
        assert found[M.LATE] == found[M.OVERDUE_ENDED] == 1
        assert M.ON_TIME not in found
        assert found[M.WORKDAYS] == 8
        stock = await counts.works.read(
            lambda tx: [
                reading.stocks(tx, date.fromisoformat(day), Grain.PLACE)[COUNTY]
                for day in ("2026-03-09", "2026-03-11", "2026-03-12")
            ]
        )
        assert [one[M.OVERDUE] - one[M.OVERDUE_ENDED] for one in stock] == [0, 1, 0]
        assert [one[M.ACCEPTED] - one[M.ENDED_ACCEPTED] for one in stock] == [1, 1, 0]
        await counts.is_right()


async def test_a_pause_is_no_time_taken(tmp_path: Path) -> None:
    async with bureau(tmp_path, HEARD) as county:
        counts = Counts(county)
        view = await county.receive(item="wjj-30")
        view = await county.path(view, A.ACCEPT, A.DISPATCH)
        county.go_to("2026-03-03")
        view = await county.path(view, A.SUSPEND)
        county.go_to("2026-03-31")
        view = await county.path(view, A.RESUME, A.GIVE_OPINION, A.REVIEW, A.SETTLE_FEE)
        county.go_to("2026-04-01")
        await county.path(view, A.DECIDE)
        found = await counts.of("2026-04")
        assert (found[M.WORKDAYS], found[M.ON_TIME]) == (2, 1)  # 3 March, and 1 April
        await counts.is_right()


async def test_a_case_sent_back_for_papers_is_counted_once(tmp_path: Path) -> None:
    async with bureau(tmp_path, HEARD) as county:
        counts = Counts(county)
        view = await county.path(await county.receive(), A.REQUEST_CORRECTION)
        county.go_to("2026-03-04")
        view = await county.path(view, A.CORRECT, *TO_REVIEW)
        county.go_to("2026-03-05")
        view = await county.path(view, A.DECIDE, A.CERTIFY, A.SETTLE_FEE)
        county.go_to("2026-03-06")
        await county.path(view, A.DELIVER, A.CLOSE)
        assert await counts.only("2026-03-02", M.CORRECTED) == [1]
        assert await counts.only("2026-03-05", M.VISITS) == [2]  # of 2 and 4 March
        assert await counts.only("2026-03-06", M.VISITS) == [1]  # fetched
        await counts.is_right()


async def test_a_new_calendar_is_counted_by(tmp_path: Path) -> None:
    async with bureau(tmp_path, HEARD) as county:
        counts = Counts(county)
        view = await county.path(await county.receive(), *TO_REVIEW)
        county.go_to("2026-03-10")
        await county.path(view, A.DECIDE)
        assert await counts.only("2026-03", M.LATE, M.WORKDAYS) == [1, 6]
        table = YearTable(
            year=2026, kind=TableKind.OVERRIDE, document="千政办发〔2026〕1号", rest=("2026-03-04",)
        )
        await counts.works.run(SYSTEM, calendar.publish, table)
        await Recounter(counts.works).catch_up()
        assert await counts.only("2026-03", M.LATE, M.ON_TIME, M.WORKDAYS) == [0, 1, 5]
        await counts.is_right()


async def test_a_day_that_rests_on_an_unpublished_calendar_lowers_no_rate(tmp_path: Path) -> None:
    async with bureau(tmp_path, HEARD) as county:
        counts = Counts(county)
        view = await county.path(await county.receive("2026-12-30"), *TO_REVIEW)
        county.go_to("2027-01-20")  # long over, by weekdays alone: 2027 has no calendar yet
        await county.path(view, A.DECIDE)
        found = await counts.of("2027-01")
        assert (found[M.FINISHED], found[M.ON_TIME]) == (1, 1)
        assert M.LATE not in found
        asked = (period_of("2027-01"), Grain.PLACE, [COUNTY])
        figures = (await counts.works.read(reading.figures, *asked))[COUNTY]
        assert [one.value for one in figures if one.indicator == "on_time_rate"] == [100.0]
        await counts.is_right()
        await counts.works.run(SYSTEM, calendar.publish, IN_2027)
        await Recounter(counts.works).catch_up()
        assert await counts.only("2027-01", M.ON_TIME, M.LATE) == [0, 1]  # now it is certain
        await counts.is_right()


async def test_people_and_windows_are_those_of_that_moment(tmp_path: Path) -> None:
    async with bureau(tmp_path, HEARD) as county:
        counts = Counts(county)
        works = counts.works
        new = NewAccount(login="li", name="李", roles=(Role.CLERK,), department=None, password="")
        li = await works.run(SYSTEM, staff.add, new, HASHED)
        county.go_to("2026-03-01")
        for window in ("w1", "w2"):
            await works.run(SYSTEM, posting.put_window, Window(id=window, name=window))
        post = Post(id="p1", name="综窗", roles=(Role.CLERK,), window="w1", a=li.id)
        await works.run(SYSTEM, posting.put_post, post)
        actor = Actor(li.id, frozenset({Role.CLERK}))
        county.go_to("2026-03-02")
        view = await county.office.receive(FORM, actor)
        await works.run(SYSTEM, posting.put_post, msgspec.structs.replace(post, a=None))
        county.go_to("2026-03-03")
        away = await county.office.receive(FORM, actor)
        assert await counts.drilled("2026-03", M.RECEIVED, Grain.WINDOW, f"{COUNTY}/w1") == {
            view.number: 1
        }
        by_person = await counts.drilled("2026-03", M.RECEIVED, Grain.STAFF, f"{COUNTY}/{li.id}")
        assert set(by_person) == {view.number, away.number}
        idle = await works.read(reading.idle_windows, period_of("2026-03"), COUNTY)
        assert [one.window for one in idle] == [f"{COUNTY}/w2"]
        await counts.is_right()


async def test_whoever_was_never_counted_has_zeros_and_no_rate(tmp_path: Path) -> None:
    async with bureau(tmp_path, HEARD) as county:
        counts = Counts(county)
        await county.path(await county.receive(), A.ACCEPT)
        names = [BODY, f"{COUNTY}/zrzy"]
        for key in ("2026-03", "2026-10", "2026-10-01", "2027"):  # 1 October has no workday
            found = await counts.works.read(reading.figures, period_of(key), Grain.BODY, names)
            for one in found[names[1]]:
                assert (one.value, one.numerator, one.denominator) == (0, 0, 0), one
        await counts.following.catch_up()
        found = await counts.works.read(reading.figures, period_of("2026-03"), Grain.BODY, names)
        values = {one.indicator: one for one in found[BODY]}
        assert values["accepted"].numerator == values["in_process"].numerator == 1
        assert values["finish_rate"].small
        assert "on_time_rate" not in values  # nothing was finished: there is no rate


async def test_every_number_is_made_up_of_its_cases(tmp_path: Path) -> None:
    async with bureau(tmp_path, HEARD) as county:
        counts = Counts(county)
        await lives(county)
        for grain, key in ((Grain.PLACE, "2026-03"), (Grain.BODY, "2026"), (Grain.ITEM, "2026-Q1")):
            period = period_of(key)
            await counts.following.catch_up()
            tallies = await counts.works.read(reading.tallies, period, grain)
            assert tallies
            for subject, found in tallies.items():
                for measure, n in found.items():
                    asked = (grain, subject, measure)
                    page = await counts.works.read(reading.drill, period, asked, "", 1000)
                    assert page.total == n == sum(one.n for one in page.entries), asked


async def test_a_sum_that_was_changed_by_hand_is_found(tmp_path: Path) -> None:
    async with bureau(tmp_path, HEARD) as county:
        counts = Counts(county)
        await county.receive()
        await counts.is_right()
        await counts.works.database.write(
            lambda tx: tx.execute("UPDATE counts SET n = n + 1 WHERE period = 202603 AND measure=0")
        )
        found = await counts.recount()
        assert not found.is_right
        assert f"202603 place {COUNTY} received: 2 ≠ 1" in found.wrong_sums
        await counts.works.database.write(lambda tx: tx.execute("DELETE FROM measured"))
        assert len((await counts.recount()).wrong_rows) == 1
