"""Due days are reckoned anew when the calendar changes, at every node, whatever else goes on."""

import asyncio
from datetime import date, datetime, time
from pathlib import Path

import pytest
from msgspec.structs import replace

from node.calendar import actions as calendar
from node.cases import clockwork
from node.cases.caseview import CaseView
from node.cases.clockwork import Round
from node.clock import CHINA
from node.database import Tx
from node.runtime.derived import DERIVED
from node.runtime.network import join_network
from node.runtime.opening import Node, kinds_of
from node.runtime.rebuilding import rebuild
from node.runtime.recounting import AT_ONCE, Recounter
from node.runtime.verifying import verify_home
from node.work import SYSTEM, Work
from schemas.calendar import YearTable
from schemas.clocks import CaseClock
from tests.support.calendar import IN_2027, OVERRIDE_2027
from tests.support.casework import COUNTY, VILLAGE, Office
from tests.support.clocks import Clockmaker, clockmaker, fill, told
from tests.support.dumps import dump
from tests.support.homes import LINE, Homes, homes
from tests.support.network import Member


def _go_to(world: Homes, day: str) -> None:
    for node in world.nodes.values():
        morning = datetime.combine(date.fromisoformat(day), time(10), CHINA)
        node.clock.offset = morning - node.clock.wall()


def _office(node: Node) -> Office:
    return Office(Member(node.works, node.identity), node.parts, node.register)


async def _told(world: Homes, view: CaseView, today: str) -> list[tuple[CaseClock, ...]]:
    """What each node tells, without when it reckoned."""
    return [(await told(_office(node), view, today)).clocks for node in world.nodes.values()]


async def _publish(world: Homes, table: YearTable) -> None:
    await world.nodes[COUNTY].works.run(SYSTEM, calendar.publish, table)
    await world.carry_all()


async def _recount(world: Homes) -> list[int]:
    return [await Recounter(node.works).catch_up() for node in world.nodes.values()]


def _rows(tx: Tx, table: str) -> list[tuple[object, ...]]:
    return tx.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall()  # noqa: S608


async def test_every_node_reckons_alike_before_and_after_a_calendar_comes(tmp_path: Path) -> None:
    async with homes(tmp_path) as world:
        _go_to(world, "2026-12-10")
        view = await world.work.licence_until("accept")
        await world.carry(view.stream)
        before = await _told(world, view, "2026-12-10")
        assert [(one.due, one.provisional) for one in before[0]] == [
            ("2026-12-17", False),
            ("2027-01-08", True),
            ("2026-12-17", False),  # acceptance
            ("2026-12-11", False),  # the stage
        ]
        assert all(one == before[0] for one in before)
        await _publish(world, IN_2027)
        assert await _recount(world) == [3] * len(LINE)
        after = await _told(world, view, "2026-12-10")
        assert {(one[1].due, one[1].changes[0].was) for one in after} == {
            ("2027-01-07", "2027-01-08")
        }


async def test_a_rebuild_gives_the_same_clocks_and_a_verification_finds_them_sound(
    tmp_path: Path,
) -> None:
    async with homes(tmp_path) as world:
        _go_to(world, "2026-12-10")
        await _publish(world, IN_2027)
        _go_to(world, "2027-02-26")
        for last in ("receive", "accept", "decide", "close"):
            view = await world.work.licence_until(last)
            await world.carry(view.stream)
        await _publish(world, OVERRIDE_2027)
        await _recount(world)
        county = world.nodes[COUNTY]
        clocks = await county.works.read(_rows, "case_clocks")
        moved = await county.works.read(_rows, "calendar_changes")
        assert len(clocks) == 14  # three each, and two deliveries
        assert await county.works.read(_ended_dues) == {"2027-03-06"}
        assert ("2027-03-06",) in {row[4:5] for row in moved}
        assert moved
        before = await county.works.read(dump)
        await county.database.write(lambda tx: rebuild(tx, kinds_of(COUNTY)))
        assert await county.works.read(dump) == before
        assert await county.works.read(_rows, "case_clocks") == clocks
        assert await county.works.read(_rows, "calendar_changes") == moved
        for place in LINE:
            found = verify_home(world.home(place))
            assert found.clean, [fault.sentence for fault in found.faults]
        spoilt = await county.database.write(_spoil)
        assert _faulty(world) == spoilt
    assert "case_clocks" in {one.table for one in DERIVED}


async def test_a_verification_finds_a_node_sound_that_has_yet_to_reckon_anew(
    tmp_path: Path,
) -> None:
    async with homes(tmp_path) as world:
        _go_to(world, "2026-12-10")
        early = await world.work.licence_until("accept")
        county = world.nodes[COUNTY]
        await Recounter(county.works).catch_up()
        await _publish(world, IN_2027)
        assert await county.works.read(clockwork.is_behind)
        assert verify_home(world.home(COUNTY)).clean
        late = await world.work.licence_until("accept")  # reckoned by the new calendar at once
        spoilt = await county.database.write(_spoil)
        assert spoilt == {early.stream, late.stream}
        assert _faulty(world) == {late.stream}
        await _recount(world)
        assert _faulty(world) == {late.stream}  # and the other one is mended
        await county.database.write(_age_clocks)
        assert _faulty(world) == {late.stream}  # for all were reckoned anew, whatever a row says
        await county.database.write(_age_program)
        assert verify_home(world.home(COUNTY)).clean


def _faulty(world: Homes) -> set[str]:
    """Name the cases at the county whose clocks a verification finds wrong."""
    faults = verify_home(world.home(COUNTY)).faults
    return {fault.stream for fault in faults if "case_clocks" in fault.sentence}


def _age_clocks(tx: Tx) -> None:
    tx.execute("UPDATE case_clocks SET mark = 0")


def _age_program(tx: Tx) -> None:
    tx.execute("UPDATE calendar_marks SET mark = 'by an older program'")


def _ended_dues(tx: Tx) -> set[str]:
    rows = tx.execute(
        "SELECT due_day FROM case_clocks WHERE state = 'ended' AND clock = 'promised'"
    )
    return {due for (due,) in rows}


def _spoil(tx: Tx) -> set[str]:
    """Falsify every due day, whether it runs or has ended; name the cases."""
    rows = tx.execute(
        "UPDATE case_clocks SET due_day = '2027-12-31' WHERE due_day IS NOT NULL"
        " RETURNING (SELECT c.stream FROM cases c WHERE c.id = case_id)"
    ).fetchall()
    return {stream for (stream,) in rows}


async def _filled(county: Clockmaker, count: int) -> None:
    """Have that many cases whose clocks were reckoned before 2027 was announced."""
    works = county.office.node.works

    def write(work: Work) -> None:
        assert not clockwork.recount(work, Round(), 1).clocks  # writes down the calendar of now
        fill(work.tx, count, 1)

    await works.run(SYSTEM, write)
    await county.publish_days(IN_2027, "2026-12-20")


async def test_others_work_while_thousands_are_reckoned_anew(tmp_path: Path) -> None:
    async with clockmaker(tmp_path) as county:
        await _filled(county, 2000)
        works = county.office.node.works
        recounting = asyncio.create_task(county.recount())
        between = 0
        while not recounting.done():
            await works.run(SYSTEM, lambda work: work.now)
            between += 1
        assert await recounting == 4000
        assert between > 4000 / AT_ONCE
        assert not await works.read(clockwork.is_behind)


async def test_what_was_left_in_the_middle_is_done_once(tmp_path: Path) -> None:
    async with clockmaker(tmp_path) as county:
        await _filled(county, 600)
        works = county.office.node.works
        walk = await works.run(SYSTEM, clockwork.recount, Round(), AT_ONCE)
        assert (walk.clocks, walk.is_over) == (AT_ONCE, False)
        moved = await works.read(_rows, "calendar_changes")
        assert await county.recount() == 1200 - AT_ONCE
        assert await county.recount() == 0
        rows = await works.read(_rows, "calendar_changes")
        assert rows[: len(moved)] == moved
        assert len({row[1:3] for row in rows}) == len(rows) > len(moved)


async def test_calendars_that_keep_coming_hold_up_no_case(tmp_path: Path) -> None:
    async with clockmaker(tmp_path) as county:
        await _filled(county, 300)
        works = county.office.node.works
        walk, steps = Round(), 0
        while await works.read(_unreckoned):
            table = replace(OVERRIDE_2027, rest=(f"2027-03-{steps % 5 + 1:02d}",))
            await county.publish_days(table, "2026-12-20")
            walk = await works.run(SYSTEM, clockwork.recount, walk, 100)
            steps += 1
            assert steps <= 600 / 100 + 1
        while not walk.is_over:
            walk = await works.run(SYSTEM, clockwork.recount, walk, 100)
        assert not await works.read(clockwork.is_behind)
        assert not await works.read(_behind_the_last)


def _behind_the_last(tx: Tx) -> list[tuple[object, ...]]:
    return tx.execute(
        "SELECT * FROM case_clocks WHERE mark < (SELECT max(serial) FROM calendar_marks)"
    ).fetchall()


def _unreckoned(tx: Tx) -> bool:
    """Whether some clock is still as it was before the first calendar came."""
    return bool(
        tx.execute("SELECT EXISTS (SELECT 1 FROM case_clocks WHERE mark = 1)").fetchone()[0]
    )


async def test_a_work_that_fails_leaves_all_clocks_as_they_were(tmp_path: Path) -> None:
    async with clockmaker(tmp_path) as county:
        await _filled(county, 10)
        works = county.office.node.works
        before = await works.read(_rows, "case_clocks")

        def failing(work: Work) -> None:
            assert clockwork.recount(work, Round(), AT_ONCE).clocks == 20
            raise KeyError

        with pytest.raises(KeyError):
            await works.run(SYSTEM, failing)
        assert await works.read(_rows, "case_clocks") == before
        assert await county.recount() == 20


async def test_a_running_node_recounts_at_its_start_and_when_a_calendar_comes(
    tmp_path: Path,
) -> None:
    async with homes(tmp_path) as world:
        _go_to(world, "2026-12-10")
        view = await world.work.licence_until("accept")
        await world.carry(view.stream)
        await _publish(world, IN_2027)
        village, county = world.nodes[VILLAGE], world.nodes[COUNTY]
        async with join_network(county), join_network(village) as network:
            await _until_even(county, village)  # at the start
            await _publish(world, OVERRIDE_2027)  # written at the county, taken at the village
            await _until_even(county)
            assert await village.works.read(clockwork.is_behind)
            network.taken()
            await _until_even(village)


async def _until_even(*nodes: Node) -> None:
    async with asyncio.timeout(60):
        for node in nodes:
            while await node.works.read(clockwork.is_behind):  # noqa: ASYNC110  # no event tells
                await asyncio.sleep(0.01)
