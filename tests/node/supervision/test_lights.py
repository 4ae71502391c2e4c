"""Lights on boards: at any instant what lists show, and equal to a recount of all cases."""

from collections.abc import Mapping
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from node.cases import clockbook, model, reading
from node.cases import lights as shown_in_lists
from node.cases.clockwork import Calendars
from node.cases.lights import Course
from node.cases.model import Sight
from node.cases.reading import Seeker
from node.cases.store import Reader
from node.clock import local_day
from node.database import Tx
from node.following import actions as following
from node.following.actions import Following
from node.staff import posting
from node.staff import store as people
from node.staff.covering import Turn
from node.supervision import actions as rulebook
from node.supervision import bookstore, lights, lights_reading, lights_store
from node.supervision import store as findings
from node.supervision.follower import Supervision
from node.supervision.lights import NEVER, Head, Shown
from node.supervision.lights_follower import LightsFollower
from node.supervision.lights_store import Place, Wanted
from node.supervision.own_thresholds import own_thresholds
from node.work import SYSTEM
from schemas.cases import Action, CaseState
from schemas.clocks import Light
from schemas.ids import CaseNumber, NodeId, StaffId, StreamName
from schemas.staff import Post, Role, Window
from schemas.supervision import ItemThreshold, LightCount, Rulebook, RulebookSet
from tests.node.cases.test_refolding import lives
from tests.support.bureau import CLERK, TO_CLOSING, TO_DECISION, Bureau, bureau
from tests.support.casework import COUNTY, TOWN, VILLAGE, Office, casework, open_office
from tests.support.catalogue import WJJ
from tests.support.laws import HEARD, REPORTED
from tests.support.lives import ms, told

A = Action
CITY = NodeId("6103")
DAY_MS = 86_400_000
CASE_NUMBER = CaseNumber("610328-20260302-A0001")


def _recounted(tx: Tx, now: int) -> Mapping[StreamName, Light | None]:
    """What lists would show of each open case where it is held."""
    known = Calendars()
    known.look(tx)
    found = {}
    for (name,) in tx.execute("SELECT stream FROM cases ORDER BY id").fetchall():
        view = reading.of_stream(tx, StreamName(name))
        assert view is not None
        duty = model.duty_at(view, view.holder)
        ended = view.state in (CaseState.CLOSED, CaseState.VOIDED, CaseState.REVOKED)
        if ended and duty is not A.CHECK:
            continue
        timers = [kept.timer for kept in clockbook.load(tx, view.stream)]
        timer = shown_in_lists.first_of(timers, duty)
        found[view.stream] = (
            None if timer is None
            else shown_in_lists.lit(timer, known.of(tx, timer.place), now).light
        )  # fmt: skip
    return found


def _listed(tx: Tx, now: int) -> Mapping[StreamName, Light | None]:
    rows = lights_store.listed(tx, Wanted(Head.ALL), now, after=Place(), most=1000)
    return {one.stream: one.light_at(now) for _, one in rows}


def _counted(tx: Tx, now: int) -> dict[Light | None, int]:
    (counts,) = lights_reading.counts(tx, Head.ALL, now)
    told: dict[Light | None, int] = {one: getattr(counts, one.value) for one in Light}
    return told | {None: counts.free}


async def _follow(county: Bureau) -> Following:
    """Let the board see everything, as one follower of the node does."""
    return Following(county.office.node.works, [LightsFollower(COUNTY)])


async def _agree(county: Bureau, now: int) -> None:
    """The board, its lists and a recount say the same at that instant."""
    works = county.office.node.works
    recounted = await works.read(_recounted, now)
    assert await works.read(_listed, now) == recounted
    told = list(recounted.values())
    counted = await works.read(_counted, now)
    assert counted == {light: told.count(light) for light in (*Light, None)}


async def test_a_board_equals_a_recount_at_every_instant(tmp_path: Path) -> None:
    async with bureau(tmp_path, HEARD) as county:
        await lives(county)
        await (await _follow(county)).catch_up()
        start = county.office.node.works.now_ms
        for hours in range(-45 * 24, 120 * 24, 7):
            await _agree(county, start + hours * 3_600_000)


async def test_a_board_keeps_up_step_by_step(tmp_path: Path) -> None:
    async with bureau(tmp_path, HEARD) as county:
        board = await _follow(county)
        view = await county.receive()
        for step in (*TO_DECISION, A.CERTIFY, A.SETTLE_FEE, A.DELIVER):
            view = await county.path(view, step)
            await board.catch_up()
            await _agree(county, county.office.node.works.now_ms)


async def test_a_case_that_ends_leaves_the_board_and_every_count(tmp_path: Path) -> None:
    async with bureau(tmp_path, HEARD) as county:
        board = await _follow(county)
        view = await county.receive()
        await board.catch_up()
        works = county.office.node.works
        assert view.stream in await works.read(_listed, works.now_ms)
        await county.path(view, *TO_CLOSING)
        await board.catch_up()

        def left(tx: Tx) -> list[int]:
            tables = ("open_cases", "open_subjects", "light_changes")
            return [tx.execute(f"SELECT count(*) FROM {one}").fetchone()[0] for one in tables]  # noqa: S608

        assert await works.read(left) == [0, 0, 0]


async def test_a_clock_that_stands_still_has_a_colour_of_its_own(tmp_path: Path) -> None:
    async with bureau(tmp_path, HEARD) as county:
        held = await county.path(await county.receive(), A.ACCEPT, A.DISPATCH)
        county.go_to("2026-03-03")
        await county.path(held, A.SUSPEND)
        asked = await county.path(await county.receive(), A.REQUEST_CORRECTION)
        await (await _follow(county)).catch_up()
        works = county.office.node.works
        counts = await works.read(_counted, works.now_ms + 400 * DAY_MS)
        assert counts[Light.STILL] == 2
        assert sum(n for light, n in counts.items() if light is not Light.STILL) == 0
        assert {asked.stream, held.stream} == set(await works.read(_listed, works.now_ms))


async def test_what_rests_on_an_unpublished_year_is_never_red(tmp_path: Path) -> None:
    """A case of December 2049 ends in 2050, whose days off nobody knows."""
    async with bureau(tmp_path, HEARD, day="2049-12-01") as county:
        await county.path(await county.receive("2049-12-27"), A.ACCEPT)
        await (await _follow(county)).catch_up()
        works = county.office.node.works
        start = works.now_ms
        seen = set()
        for day in range(120):
            counts = await works.read(_counted, start + day * DAY_MS)
            seen |= {light for light, n in counts.items() if n}
        assert Light.RED not in seen
        assert {Light.MISSING, Light.UNSURE} <= seen


async def test_a_new_book_of_rules_changes_when_a_case_turns_yellow(tmp_path: Path) -> None:
    async with bureau(tmp_path, HEARD) as county:
        board = await _follow(county)
        view = await county.path(await county.receive(), A.ACCEPT)
        await board.catch_up()
        works = county.office.node.works
        now = works.now_ms
        assert await works.read(_listed, now) == {view.stream: Light.GREEN}
        book = Rulebook(thresholds=(ItemThreshold(item="wjj-02", yellow_workdays=60),))
        await works.run(SYSTEM, rulebook.set_book, book, "试行")
        await board.catch_up()
        assert await works.read(_listed, works.now_ms) == {view.stream: Light.YELLOW}
        seeker = Seeker(
            Reader(COUNTY, Sight.ALL, None), CLERK.roles, county.office.register,
            local_day(works.clock.now()), works.now_ms, own_thresholds,
        )  # fmt: skip
        (line,) = (await works.read(reading.search, seeker, "")).cases
        assert line.light is Light.YELLOW
        (counts,) = await works.read(lights_reading.counts, Head.ITEM, works.now_ms)
        assert (counts.subject, counts.yellow, counts.green) == ("wjj-02", 1, 0)
        await works.run(SYSTEM, rulebook.set_book, Rulebook(), "恢复")
        await board.catch_up()
        assert await works.read(_listed, works.now_ms) == {view.stream: Light.GREEN}


async def test_lists_boards_and_findings_are_yellow_by_one_book(tmp_path: Path) -> None:
    """That of the place where the matter is, although the city decides and has a book too."""
    alone = tuple(
        replace(one, department=WJJ if one.department else None) for one in REPORTED.process
    )
    async with bureau(tmp_path, replace(REPORTED, process=alone), day="2026-02-27") as county:
        works = county.office.node.works
        await works.run(SYSTEM, rulebook.set_book, _book(4), "试行")
        of_city = RulebookSet(number=1, from_at=works.now_ms, book=_book(3), reason="全市")
        name = StreamName(f"rulebook/{CITY}/one")
        await works.database.write(
            lambda tx: bookstore.put(tx, name, of_city, at=works.now_ms, by=StaffId("chen"))
        )
        view = await county.path(await county.receive("2026-03-02", "wjj-03"), A.ACCEPT)
        county.go_to("2026-03-09")
        await Following(works, [Supervision(COUNTY), LightsFollower(COUNTY)]).catch_up()
        kept = await works.read(lights_store.load, view.stream)
        assert kept is not None
        assert kept.timer is not None
        assert kept.course is not None
        assert (kept.place, kept.timer.place) == (COUNTY, CITY)
        found = await works.read(findings.page, {"f.rule = ?": ("T2",)}, None, 9)
        assert [one.at for one in found] == [kept.course.warn_at]
        assert told(kept.course.warn_at) == "03-02 24:00"
        for instant, light in (("03-02 23:59", Light.GREEN), ("03-03 00:00", Light.YELLOW)):
            seeker = Seeker(
                Reader(COUNTY, Sight.ALL, None), CLERK.roles, county.office.register,
                local_day(works.clock.now()), ms(instant), own_thresholds,
            )  # fmt: skip
            (line,) = (await works.read(reading.search, seeker, "")).cases
            assert (line.light, kept.light_at(ms(instant))) == (light, light)


def _book(workdays: int) -> Rulebook:
    return Rulebook(thresholds=(ItemThreshold(item="wjj-03", yellow_workdays=workdays),))


async def test_rewound_a_board_is_the_same(tmp_path: Path) -> None:
    async with bureau(tmp_path, HEARD) as county:
        await lives(county)
        board, works = await _follow(county), county.office.node.works
        await board.catch_up()

        def kept(tx: Tx) -> tuple[list[object], list[object]]:
            columns = "head, subject, due_at, warn_at, still"
            return (
                tx.execute("SELECT * FROM light_changes ORDER BY head, subject, at").fetchall(),
                tx.execute(f"SELECT {columns} FROM open_subjects ORDER BY {columns}").fetchall(),  # noqa: S608
            )

        before = await works.read(kept)
        assert all(before)
        await works.run(SYSTEM, following.rewind, LightsFollower(COUNTY))
        await board.catch_up()
        assert await works.read(kept) == before


async def test_a_case_is_counted_where_it_is_where_it_was_taken_and_at_its_window(
    tmp_path: Path,
) -> None:
    async with bureau(tmp_path, HEARD) as county:
        works = county.office.node.works
        await works.database.write(_furnish)
        at_desk = await county.path(await county.receive(), A.ACCEPT, A.DISPATCH)
        await county.receive()
        await (await _follow(county)).catch_up()

        def counted(tx: Tx) -> dict[Head, dict[str, int]]:
            now = works.now_ms
            return {
                by: {one.subject: one.open for one in lights_reading.counts(tx, by, now)}
                for by in Head
            }

        found = await works.read(counted)
        assert found[Head.ALL] == {"": 2}
        assert found[Head.DEPARTMENT] == {f"{COUNTY}/": 1, f"{COUNTY}/{WJJ}": 1}
        assert found[Head.PLACE][COUNTY] == found[Head.ORIGIN][COUNTY] == 2
        assert found[Head.WINDOW] == {f"{COUNTY}/A01": 2}
        assert found[Head.ITEM] == {"wjj-02": 2}
        desk = Wanted(Head.DEPARTMENT, f"{COUNTY}/{WJJ}")
        page = await works.read(lights_reading.cases, desk, works.now_ms)
        assert [one.case for one in page.cases] == [at_desk.stream]


def _furnish(tx: Tx) -> None:
    """Let the clerk sit at window A01."""
    people.put_window(tx, Window(id="A01", name="综合一窗"))
    people.put_post(tx, Post(id="p1", name="综窗", roles=(Role.CLERK,), window="A01"))
    people.move_post(tx, "p1", "A01", 0)
    people.begin_turn(tx, Turn("p1", "a", CLERK.staff, 0), CLERK.staff)


async def test_a_case_stays_at_the_window_where_it_was_taken(tmp_path: Path) -> None:
    """Whatever becomes of the post, whoever works on the case, and also for a board begun anew."""
    async with bureau(tmp_path, HEARD) as county:
        works = county.office.node.works
        await works.database.write(_furnish)
        board = await _follow(county)
        view = await county.receive("2026-03-02")
        await board.catch_up()
        county.go_to("2026-03-03")
        await works.database.write(lambda tx: people.put_window(tx, Window(id="A05", name="五")))
        moved = Post(id="p1", name="综窗", roles=(Role.CLERK,), window="A05")
        await works.run(SYSTEM, posting.put_post, moved)
        again = Turn("p1", "a", CLERK.staff, works.now_ms)
        await works.database.write(lambda tx: people.begin_turn(tx, again, CLERK.staff))
        await county.path(view, A.ACCEPT, A.DISPATCH)
        await county.receive("2026-03-04")
        await board.catch_up()

        def counted(tx: Tx) -> dict[str, int]:
            found = lights_reading.counts(tx, Head.WINDOW, works.now_ms)
            return {one.subject: one.open for one in found}

        assert await works.read(counted) == {f"{COUNTY}/A01": 1, f"{COUNTY}/A05": 1}
        await works.run(SYSTEM, following.rewind, LightsFollower(COUNTY))
        await board.catch_up()
        assert await works.read(counted) == {f"{COUNTY}/A01": 1, f"{COUNTY}/A05": 1}


async def test_a_city_counts_what_its_county_counts(tmp_path: Path) -> None:
    """From facts alone: the city holds no part of any case."""
    async with casework(tmp_path) as all_three, open_office(tmp_path, CITY) as city:
        county = all_three.county
        await city.node.knows(*(one.node for one in all_three.offices))
        for office in all_three.offices:
            await office.node.knows(city.node)
        for last in ("receive", "forward", "accept", "dispatch", "decide"):
            await all_three.licence_until(last)
        for kind in ("item", "release", "case"):
            for stream in await county.node.streams(kind):
                for raw in await county.node.envelopes(stream):
                    await city.node.receive(raw, COUNTY)
        boards = {}
        for office in (city, county, all_three.town):
            watching = Following(office.node.works, [LightsFollower(office.node.me)])
            await watching.catch_up()
            boards[office.node.me] = await _places(office, county.node.works.now_ms)
        assert boards[CITY][COUNTY] == boards[COUNTY][COUNTY]
        assert boards[CITY][COUNTY].open == 5
        assert boards[CITY][TOWN] == boards[COUNTY][TOWN] == boards[TOWN][TOWN]
        assert boards[COUNTY][VILLAGE].open == 1


async def _places(office: Office, now: int) -> dict[str, LightCount]:
    found = await office.node.works.read(lights_reading.counts, Head.PLACE, now)
    return {one.subject: one for one in found}


# ---- the course of a light, whatever its instants


@given(
    warn_at=st.integers(1, 20), length=st.integers(0, 20), now=st.integers(0, 60),
    missing_at=st.none() | st.integers(1, 40),
)  # fmt: skip
def test_what_is_summed_is_what_is_shown(
    warn_at: int, length: int, missing_at: int | None, now: int
) -> None:
    course = Course(warn_at, warn_at + length, missing_at is not None, missing_at)
    one = lights.OpenCase(
        stream=StreamName("case/610328/a"), number=CASE_NUMBER, item="", item_name="",
        origin=COUNTY, place=COUNTY, holder=COUNTY, department=None, window="", staff=None,
        state=CaseState.ACCEPTED, stage="", timer=None, course=course,
    )  # fmt: skip
    summed: dict[Shown, int] = {}
    for at, shown, n in lights.changes_of(one):
        if at <= now:
            summed[shown] = summed.get(shown, 0) + n
    assert {shown: n for shown, n in summed.items() if n} == {one.shown_at(now): 1}
    assert one.statutory_at == NEVER
