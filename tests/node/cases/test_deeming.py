"""What time itself brings about: who writes it, when, of which cases, and with what effect."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from federation import links, streams
from federation.streams import Stored
from node.calendar import actions as calendar
from node.cases import actions, clockbook, deeming, store
from node.cases.caseview import CaseView
from node.catalogue import actions as catalogue
from node.database import Tx
from node.runtime.recounting import Recounter
from node.runtime.sweeping import Sweeper
from node.work import SYSTEM, Work
from schemas.case_law import CaseDeemedAccepted, CaseDeemedGranted
from schemas.cases import Action, CaseReceived, CaseState, Outcome
from schemas.cases_api import DecideCase
from schemas.clocks import ClockKind, ClockState
from schemas.ids import NodeId
from tests.support.bureau import APPROVER, GROUND, REMEDIES, TO_CLOSING, Bureau, bureau
from tests.support.calendar import IN_2027
from tests.support.casework import COUNTY, OPERATOR, VILLAGE, Casework, open_office
from tests.support.clocks import told
from tests.support.laws import RICH, at_county

A = Action
CITY = NodeId("6103")
PROVIDED = at_county(RICH, code="wjj-20", type_code="20", renewal=False)
"""公共服务: no licence, so silence says nothing."""
END_OF_MAY_7 = 1_778_169_600_000


@pytest.fixture
async def county(tmp_path: Path) -> AsyncIterator[Bureau]:
    async with bureau(tmp_path, PROVIDED) as made:
        yield made


async def loaded(county: Bureau, view: CaseView) -> CaseView:
    found = await county.office.node.works.read(store.load, view.stream)
    assert found is not None
    return found


# ---- 视为受理


async def test_who_is_told_nothing_for_five_working_days_is_accepted_as_of_the_receipt(
    county: Bureau,
) -> None:
    taken = await county.receive("2026-04-27")
    online = await county.apply("2026-04-27")
    other = await county.receive("2026-04-27", item="wjj-20")
    county.go_to("2026-05-07", hour=23)
    assert await county.deem() == ()
    county.go_to("2026-05-08", hour=0)
    assert set(await county.deem()) == {taken.stream, online.stream}
    assert await county.deem() == ()  # once
    for view in (taken, online):
        deemed = await loaded(county, view)
        assert (deemed.state, deemed.accepted_at, deemed.law.deemed) == (
            CaseState.ACCEPTED, view.received_at, ("accepted",),
        )  # fmt: skip
        fact = CaseDeemedAccepted(accepted_at=view.received_at, caused_at=END_OF_MAY_7)
        assert await county.last(view) == fact
        statutory = await county.clock(view, ClockKind.STATUTORY, "2026-05-08")
        assert (statutory.start, statutory.due) == ("2026-04-27", "2026-05-27")
        acceptance = await county.clock(view, ClockKind.ACCEPTANCE, "2026-05-08")
        assert (acceptance.due, acceptance.ended, acceptance.deemed) == (
            "2026-05-07", "2026-05-08", "accepted",
        )  # fmt: skip
    assert (await loaded(county, other)).state is CaseState.RECEIVED


async def test_a_clock_that_is_fast_brings_nothing_about_early(county: Bureau) -> None:
    taken = await county.receive("2026-04-27")
    write, hours = county.office.node.works.database.write, 3_600_000

    def fast(tx: Tx) -> None:
        links.create(tx, CITY, nonce=b"n" * 16)
        links.note_drift(tx, CITY, -2 * hours)

    await write(fast)
    county.go_to("2026-05-08", hour=1)
    assert await county.deem() == ()
    county.go_to("2026-05-08", hour=2)
    assert await county.deem() == (taken.stream,)
    await write(lambda tx: links.note_drift(tx, CITY, 2 * hours))
    slow = await county.receive("2026-05-08")
    county.go_to("2026-05-14", hour=23)
    assert await county.deem() == (), "what is slow waits for its own midnight: events are in order"
    county.go_to("2026-05-15", hour=0)
    assert await county.deem() == (slow.stream,)


async def test_silence_says_nothing_where_somebody_spoke(county: Bureau) -> None:
    asked = await county.path(await county.receive("2026-04-27"), A.REQUEST_CORRECTION)
    accepted = await county.path(await county.receive("2026-04-27"), A.ACCEPT)
    county.go_to("2026-05-08")
    assert await county.deem() == ()
    corrected = await county.path(asked, A.CORRECT)
    county.go_to("2026-06-30")  # five days more, and longer
    acceptance = await county.clock(corrected, ClockKind.ACCEPTANCE, "2026-06-30")
    assert (acceptance.state, acceptance.overdue) == (ClockState.RUNNING, True)
    assert await county.deem() == ()
    assert (await loaded(county, accepted)).law.deemed == ()


async def test_a_day_that_is_only_provisional_brings_nothing_about_until_it_is_certain(
    county: Bureau,
) -> None:
    view = await county.receive("2026-12-29")
    county.go_to("2027-02-01")
    acceptance = await county.clock(view, ClockKind.ACCEPTANCE, "2027-02-01")
    assert (acceptance.due, acceptance.provisional) == (
        "2027-01-06",
        True,
    )  # if only New Year's Day is off
    assert await county.deem() == ()
    works = county.office.node.works
    await works.run(SYSTEM, calendar.publish, IN_2027)
    await Recounter(works).catch_up()
    assert await county.deem() == (view.stream,)


async def test_what_is_never_accepted_by_silence_keeps_nobody_else_waiting(
    county: Bureau,
) -> None:
    for _ in range(deeming.AT_ONCE + 1):
        await county.receive("2026-04-24", item="wjj-20")
    view = await county.receive("2026-04-27")
    county.go_to("2026-05-08")
    assert await county.deem() == (view.stream,)
    works = county.office.node.works
    assert not await works.read(deeming.is_due, COUNTY, works.now_ms)


async def test_only_the_holder_writes_it_and_every_replica_agrees(
    all_three: Casework, tmp_path: Path
) -> None:
    view = await all_three.village.receive()
    await all_three.carry(view.stream)  # held by the town, known to all
    moved = 30 * 86_400_000
    for office in all_three.offices:
        office.node.works.clock.offset += timedelta(days=30)
    due = {
        office.node.me: await office.node.works.read(
            deeming.is_due, office.node.me, office.node.works.now_ms
        )
        for office in all_three.offices
    }
    assert due == {VILLAGE: False, COUNTY: False, all_three.town.node.me: True}
    done = {
        office.node.me: await office.node.works.run(OPERATOR, deeming.deem)
        for office in (all_three.village, all_three.county, all_three.town)
    }
    assert done == {VILLAGE: (), COUNTY: (), all_three.town.node.me: (view.stream,)}
    await all_three.carry(view.stream)
    seen = {await office.node.works.read(store.load, view.stream) for office in all_three.offices}
    (same,) = seen
    assert same is not None
    assert (same.state, same.holder, same.accepted_at) == (
        CaseState.ACCEPTED, COUNTY, view.received_at,
    )  # fmt: skip
    assert same.since - view.since >= moved - 1000
    async with open_office(tmp_path, CITY) as city:  # knows neither the item nor the case until now
        await city.node.knows(*(office.node for office in all_three.offices))
        for raw in await all_three.county.node.envelopes(view.stream):
            await city.node.receive(raw, COUNTY)
        unknown = await city.node.works.read(store.load, view.stream)
        assert unknown is not None
        assert unknown.unjudged
        for raw in await all_three.county.node.envelopes(view.item):
            await city.node.receive(raw, COUNTY)
        assert await city.node.works.read(store.load, view.stream) == same
        day = "2027-03-01"
        assert await told(city, view, day) == await told(all_three.county, view, day)


# ---- 视为准予延续


async def renewal(county: Bureau, *steps: Action, expires_on: str = "2026-03-31") -> CaseView:
    return await county.path(await county.receive(expires_on=expires_on), *steps)


async def test_a_renewal_undecided_on_the_last_day_of_the_licence_is_granted(
    county: Bureau,
) -> None:
    view = await renewal(county, A.ACCEPT, A.DISPATCH)
    county.go_to("2026-03-31", hour=23)
    assert await county.deem() == ()
    county.go_to("2026-04-01", hour=0)
    assert await county.deem() == (view.stream,)
    granted = await loaded(county, view)
    assert (granted.state, granted.outcome, granted.law.deemed) == (
        CaseState.DECIDED, Outcome.GRANTED, ("granted",),
    )  # fmt: skip
    fact = await county.last(view)
    assert isinstance(fact, CaseDeemedGranted)
    assert fact.caused_at == granted.decided_at
    statutory = await county.clock(view, ClockKind.STATUTORY, "2026-04-01")
    assert (statutory.state, statutory.deemed) == (ClockState.ENDED, "granted")
    delivery = await county.clock(view, ClockKind.DELIVERY, "2026-04-01")
    assert delivery.state is ClockState.RUNNING
    closed = await county.path(granted, A.CERTIFY, A.SETTLE_FEE, A.DELIVER, A.CLOSE)
    county.go_to("2026-05-20")
    reopened = await county.path(closed, A.REOPEN)
    assert await county.deem() == ()  # what a court sent back is decided by people
    assert (await loaded(county, reopened)).outcome is None


async def test_what_is_decided_refused_late_or_not_accepted_is_not_renewed_by_silence(
    county: Bureau,
) -> None:
    decided = await renewal(county, *TO_CLOSING[:4])
    form = DecideCase(
        outcome=Outcome.DENIED, reason="conditions_not_met", ground=GROUND, remedies=REMEDIES
    )
    await county.do(APPROVER, actions.decide, decided, form)
    await renewal(county, A.ACCEPT, expires_on="2026-03-01")  # the licence had ended already
    asked = await renewal(county, A.REQUEST_CORRECTION)
    before = await county.saved(asked)
    county.go_to("2026-05-20")
    assert await county.deem() == ()
    assert await county.saved(asked) == before


def _begin(work: Work, fact: CaseReceived) -> Stored:
    return work.begin("case", fact, holder=COUNTY)


async def test_a_last_day_that_somebody_wrote_on_another_item_or_as_no_day_moves_nothing(
    county: Bureau,
) -> None:
    works = county.office.node.works
    for item, expires_on in (("wjj-20", "2026-03-31"), ("wjj-02", "31.3.2026"), ("wjj-02", "0")):
        county.go_to("2026-03-02")
        guide = await works.read(catalogue.guide, COUNTY, item, now=works.now_ms)
        taken = await county.path(await county.receive(item=item), A.ACCEPT)
        stream = await county.office.node.works.read(streams.load, taken.stream)
        assert stream is not None
        first = (await works.read(streams.events, stream))[0].event
        said = msgspec.json.decode(first.data)
        fact = replace(
            msgspec.json.decode(first.data, type=CaseReceived),
            expires_on=expires_on,
            number=f"{said['number'][:-4]}7001",
        )
        assert fact.item == guide.stream
        begun = await works.run(OPERATOR, _begin, fact)
        view = await works.read(store.load, begun.event.stream)
        assert view is not None
        await county.path(view, A.ACCEPT)
    county.go_to("2026-06-01")
    assert await county.deem() == ()
    assert not await works.read(deeming.is_due, COUNTY, works.now_ms)


# ---- how it is found


async def test_the_sweep_reads_indices_of_what_is_due(county: Bureau) -> None:
    plans: list[str] = []

    def explained(tx: Tx) -> None:
        asked: list[str] = []
        tx.set_trace_callback(asked.append)
        try:
            clockbook.run_out(tx, COUNTY, 1, 50)
            store.expired(tx, COUNTY, "2026-01-01", 50)
        finally:
            tx.set_trace_callback(None)
        for statement in asked:
            rows = tx.execute(f"EXPLAIN QUERY PLAN {statement}").fetchall()
            plans.append("; ".join(row[-1] for row in rows))

    await county.office.node.works.read(explained)
    by_clock, by_licence = plans
    assert "SEARCH t USING INDEX clocks_deeming (due_at<?)" in by_clock
    assert "SEARCH cases USING INDEX cases_expiring (expires_on>? AND expires_on<?)" in by_licence
    assert "TEMP B-TREE" not in by_clock + by_licence


async def test_the_sweeper_writes_down_all_that_a_moved_clock_has_brought_about(
    county: Bureau,
) -> None:
    works = county.office.node.works
    views = [await county.receive("2026-04-27") for _ in range(deeming.AT_ONCE + 3)]
    sweeper = Sweeper(works)
    assert await sweeper.sweep() == 0
    county.go_to("2026-05-08", hour=0)
    assert await sweeper.sweep() == len(views)
    assert await sweeper.sweep() == 0
    assert (await loaded(county, views[-1])).law.deemed == ("accepted",)
