"""The clocks of real cases at a county: when each ends, whatever happens to the case."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from node.cases import clock_answers, clockbook
from node.cases.caseview import CaseView
from node.catalogue.actions import guide
from node.database import Tx
from node.errors import BadInputError
from node.runtime.recounting import Recounter
from schemas.clocks import CaseClock, ClockKind, ClockState
from schemas.ids import NodeId, StreamName
from schemas.item_terms import LimitStart, LimitUnit
from schemas.items import Batch, Limit
from tests.support.calendar import IN_2027, OVERRIDE_2027
from tests.support.casework import COUNTY, Casework, open_office
from tests.support.clocks import Clockmaker, clockmaker, item_of, told

CITY = NodeId("6103")
FROM_RECEIPT = LimitStart.RECEIVED
DAY, MONTH = LimitUnit.DAY, LimitUnit.MONTH


@pytest.fixture
async def county(tmp_path: Path) -> AsyncIterator[Clockmaker]:
    async with clockmaker(tmp_path) as made:
        yield made


def _brief(clock: CaseClock) -> tuple[ClockState, str | None]:
    return clock.state, clock.due


async def test_a_clock_from_acceptance_has_no_day_before_it(county: Clockmaker) -> None:
    await county.publish(item_of(Limit(amount=5), Limit(amount=20)))
    view = await county.receive("2026-09-17")
    before = await county.decision(view, "2026-09-17")
    assert [_brief(one) for one in before] == [(ClockState.WAITING, None)] * 2
    assert before[0].steps[-1].zh == "尚未受理，还不计时"
    view = await county.accept(view, "2026-09-18")
    promised, statutory = await county.decision(view, "2026-09-18")
    assert (promised.start, promised.due, promised.remaining) == ("2026-09-18", "2026-09-24", 5)
    assert (statutory.clock, statutory.due) == (ClockKind.STATUTORY, "2026-10-22")


@pytest.mark.parametrize(
    ("limit", "received", "due"),
    [
        (Limit(amount=20, start=FROM_RECEIPT), "2026-04-27", "2026-05-27"),
        (Limit(amount=20, start=FROM_RECEIPT), "2026-01-30", "2026-03-05"),
        (Limit(amount=10, start=FROM_RECEIPT), "2026-09-24", "2026-10-15"),
        (Limit(amount=30, unit=DAY, start=FROM_RECEIPT), "2026-09-05", "2026-10-08"),
        (Limit(amount=3, unit=MONTH, start=FROM_RECEIPT), "2026-01-31", "2026-04-30"),
        (Limit(amount=0, start=FROM_RECEIPT), "2026-03-04", "2026-03-04"),
        (Limit(amount=0, start=FROM_RECEIPT), "2026-03-07", "2026-03-09"),
    ],
    ids=["May Day", "Spring Festival", "two breaks", "days", "months", "instant", "on a Saturday"],
)
async def test_a_clock_from_receipt_runs_at_once(
    county: Clockmaker, limit: Limit, received: str, due: str
) -> None:
    await county.publish(item_of(limit))
    view = await county.receive(received)
    clock = await county.promised(view, received)
    assert (clock.state, clock.due, clock.provisional) == (ClockState.RUNNING, due, False)
    view = await county.accept(view, received)
    assert (await county.promised(view, received)).due == due


@pytest.mark.parametrize(
    ("received", "start", "due"),
    [
        ("2026-03-02", "2026-03-20", "2026-04-20"),
        ("2026-09-01", "2026-09-20", "2026-10-20"),
        ("2026-09-20", "2026-09-20", "2026-10-20"),
    ],
    ids=["the first", "the next", "on its last day"],
)
async def test_a_clock_of_a_batch_runs_from_its_last_day(
    county: Clockmaker, received: str, start: str, due: str
) -> None:
    batches = (
        Batch(opens="2026-03-01", closes="2026-03-20"),
        Batch(opens="2026-09-01", closes="2026-09-20"),
    )
    limit = Limit(amount=30, unit=DAY, start=LimitStart.BATCH_CLOSED)
    await county.publish(item_of(limit, batches=batches))
    view = await county.receive(received)
    clock = await county.promised(view, received)
    assert (clock.state, clock.start, clock.due) == (ClockState.RUNNING, start, due)
    for closed in ("2026-02-28", "2026-03-21", "2026-10-09"):
        with pytest.raises(BadInputError) as refused:
            await county.receive(closed)
        assert refused.value.fields == {"item": "batch_closed"}


async def test_a_correction_stops_what_runs(county: Clockmaker) -> None:
    await county.publish(item_of(Limit(amount=10, start=FROM_RECEIPT), Limit(amount=20)))
    view = await county.receive("2026-03-02")
    assert (await county.promised(view, "2026-03-02")).due == "2026-03-16"
    view = await county.ask_correction(view, "2026-03-06")
    promised, statutory = await county.decision(view, "2026-03-09")
    assert (promised.state, promised.due, promised.remaining) == (ClockState.PAUSED, None, None)
    assert (promised.paused_since, promised.overdue) == ("2026-03-06", False)
    assert statutory.state is ClockState.WAITING
    view = await county.correct(view, "2026-03-12")
    promised, statutory = await county.decision(view, "2026-03-12")
    assert _brief(promised) == (ClockState.RUNNING, "2026-03-20")
    assert any("扣除4个工作日" in step.zh for step in promised.steps)
    assert statutory.state is ClockState.WAITING


@pytest.mark.parametrize(
    ("decided", "remaining"), [("2026-03-12", 2), ("2026-03-16", 0), ("2026-03-18", -2)]
)
async def test_a_decision_ends_the_clock_and_keeps_its_due_day(
    county: Clockmaker, decided: str, remaining: int
) -> None:
    await county.publish(item_of(Limit(amount=10, start=FROM_RECEIPT)))
    view = await county.accept(await county.receive("2026-03-02"), "2026-03-03")
    view = await county.decide(view, decided)
    clock = await county.promised(view, "2026-06-01")
    assert (clock.ended, clock.due, clock.remaining) == (decided, "2026-03-16", remaining)
    assert (clock.state, clock.overdue) == (ClockState.ENDED, False)


async def test_refusal_and_withdrawal_end_clocks_that_never_ran_or_stood_still(
    county: Clockmaker,
) -> None:
    await county.publish(item_of(Limit(amount=10, start=FROM_RECEIPT), Limit(amount=20)))
    refused = await county.refuse(await county.receive("2026-03-02"), "2026-03-04")
    promised, statutory = await county.decision(refused, "2026-03-05")
    assert (promised.ended, promised.due) == ("2026-03-04", "2026-03-16")
    assert (statutory.ended, statutory.due, statutory.start) == ("2026-03-04", None, None)
    asked = await county.ask_correction(await county.receive("2026-03-05"), "2026-03-06")
    withdrawn = await county.withdraw(asked, "2026-03-10")
    clock = await county.promised(withdrawn, "2026-03-11")
    assert (clock.state, clock.ended, clock.due) == (ClockState.ENDED, "2026-03-10", None)


async def test_what_is_over_is_counted_in_workdays(county: Clockmaker) -> None:
    await county.publish(item_of(Limit(amount=5, start=FROM_RECEIPT)))
    view = await county.receive("2026-03-02")
    told_on = {day: await county.promised(view, day) for day in _DAYS_AROUND}
    assert {day: (one.remaining, one.overdue) for day, one in told_on.items()} == _DAYS_AROUND


_DAYS_AROUND = {
    "2026-03-06": (1, False),
    "2026-03-09": (0, False),
    "2026-03-10": (-1, True),
    "2026-03-14": (-4, True),
}


async def test_clocks_appear_when_the_item_becomes_known(
    tmp_path: Path, all_three: Casework
) -> None:
    view = await all_three.licence_until("accept")
    works = all_three.county.node.works
    item = await works.read(guide, COUNTY, "wjj-01", now=works.now_ms)
    async with open_office(tmp_path, CITY) as city:
        await city.node.knows(*(office.node for office in all_three.offices))
        for raw in await all_three.county.node.envelopes(view.stream):
            await city.node.receive(raw, COUNTY)
        assert (await told(city, view, "2026-06-01")).clocks == ()
        for raw in await all_three.county.node.envelopes(item.stream):
            await city.node.receive(raw, COUNTY)
        found = await told(city, view, "2026-06-01")
        states = {one.clock: one.state for one in found.clocks}
        assert states == {
            ClockKind.PROMISED: ClockState.RUNNING,
            ClockKind.STATUTORY: ClockState.RUNNING,
            ClockKind.ACCEPTANCE: ClockState.ENDED,
            ClockKind.STAGE: ClockState.RUNNING,
        }
        assert found == await told(all_three.county, view, "2026-06-01")


# ---- what the calendar does


async def _over_new_year(county: Clockmaker) -> CaseView:
    await county.publish(item_of(Limit(amount=20)))
    return await county.accept(await county.receive("2026-12-10"), "2026-12-10")


async def test_a_day_of_an_unannounced_year_is_provisional_and_nobody_is_late_by_it(
    county: Clockmaker,
) -> None:
    view = await _over_new_year(county)
    clock = await county.promised(view, "2026-12-10")
    assert (clock.due, clock.provisional, clock.lacking_years) == ("2027-01-08", True, (2027,))
    assert not clock.calendar_missing
    later = await county.promised(view, "2027-01-11")
    assert (later.calendar_missing, later.overdue, later.remaining) == (True, False, -1)


async def test_a_calendar_moves_due_days_and_the_move_is_on_record(county: Clockmaker) -> None:
    view = await _over_new_year(county)
    await county.publish_days(IN_2027, "2026-12-15")
    assert await county.recount() == 2  # promised, and the acceptance that ended
    clock = await county.promised(view, "2026-12-15")
    assert (clock.due, clock.provisional, clock.lacking_years) == ("2027-01-07", False, ())
    (change,) = clock.changes
    assert (change.was, change.was_provisional) == ("2027-01-08", True)
    assert (change.due, change.provisional) == ("2027-01-07", False)
    assert await county.recount() == 0
    assert len((await county.promised(view, "2026-12-15")).changes) == 1


async def test_a_calendar_that_moves_nothing_leaves_no_record(county: Clockmaker) -> None:
    await county.publish(item_of(Limit(amount=5, start=FROM_RECEIPT)))
    view = await county.receive("2026-03-02")
    await county.publish_days(IN_2027, "2026-03-03")
    assert await county.recount() == 2
    assert (await county.promised(view, "2026-03-03")).changes == ()


async def _ended_before_an_override(county: Clockmaker) -> CaseView:
    await county.publish_days(IN_2027, "2026-12-01")
    await county.publish(item_of(Limit(amount=3)))
    view = await county.accept(await county.receive("2027-03-01"), "2027-03-01")
    view = await county.decide(view, "2027-03-02")
    assert (await county.promised(view, "2027-03-02")).due == "2027-03-04"
    await county.publish_days(OVERRIDE_2027, "2027-03-02")
    return view


async def test_what_ended_follows_the_calendar_as_what_runs_and_its_day_before_is_on_record(
    county: Clockmaker,
) -> None:
    view = await _ended_before_an_override(county)
    told_before = await county.promised(view, "2027-03-02")
    assert await county.recount() == 3  # and the delivery
    clock = await county.promised(view, "2027-03-02")
    assert (told_before.due, clock.due) == ("2027-03-05", "2027-03-05")
    assert (clock.state, clock.ended) == (ClockState.ENDED, "2027-03-02")
    (change,) = clock.changes
    assert (change.was, change.due) == ("2027-03-04", "2027-03-05")


@pytest.mark.parametrize(
    "kinds",
    [("item", "case", "release", "calendar"), ("item", "release", "calendar", "case")],
    ids=["the case came first", "the calendar came first"],
)
async def test_replicas_agree_on_what_ended(
    county: Clockmaker, tmp_path: Path, kinds: tuple[str, ...]
) -> None:
    view = await _ended_before_an_override(county)
    await county.recount()
    here = await county.promised(view, "2027-03-02")
    async with open_office(tmp_path / "city", CITY) as city:
        await city.node.knows(county.office.node)
        for name in await county.office.node.works.read(_streams_of, kinds):
            for raw in await county.office.node.envelopes(name):
                await city.node.receive(raw, COUNTY)
        await Recounter(city.node.works).catch_up()
        there = (await told(city, view, "2027-03-02")).clocks[0]
        assert replace(there, changes=()) == replace(here, changes=())
        kept = await city.node.works.read(clock_answers.dues, view)  # as lists show it
        assert str(kept[0].due) == here.due
        ours = await county.office.node.works.read(clock_answers.dues, view)
        assert kept == ours


def _streams_of(tx: Tx, kinds: tuple[str, ...]) -> list[StreamName]:
    """Name the streams of these kinds, one kind after the other."""
    rows = tx.execute("SELECT kind, name FROM streams ORDER BY id").fetchall()
    return [StreamName(name) for wanted in kinds for kind, name in rows if kind == wanted]


async def test_folding_a_case_again_changes_nothing_of_what_ended(county: Clockmaker) -> None:
    view = await _ended_before_an_override(county)
    await county.recount()
    works = county.office.node.works
    before = await works.read(clockbook.load, view.stream)

    def again(tx: Tx) -> None:
        row = tx.execute("SELECT id FROM streams WHERE name = ?", (view.stream,)).fetchone()
        works.ledger.fold.refold_safely(tx, row[0])

    await works.database.write(again)
    assert await works.read(clockbook.load, view.stream) == before


async def test_what_ended_while_its_day_was_provisional_gets_the_certain_one(
    county: Clockmaker,
) -> None:
    view = await _over_new_year(county)
    await county.decide(view, "2026-12-30")
    await county.publish_days(IN_2027, "2026-12-31")
    assert await county.recount() == 3
    clock = await county.promised(view, "2027-03-01")
    assert (clock.ended, clock.due, clock.provisional) == ("2026-12-30", "2027-01-07", False)
    assert clock.changes[0].was == "2027-01-08"
