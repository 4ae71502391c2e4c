"""What the window that took a case says of it while another node holds it (容缺补交)."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from federation import partstore, partwants, streams
from federation.parts import salted
from node.cases import actions, law_actions, papers, reading, store
from node.cases.caseview import CaseView
from node.database import Tx
from node.errors import ActionNotOpenError, BadInputError, NotAllowedError
from node.parts import actions as parts
from schemas.case_forms import ReasonedCase, SupplyCase
from schemas.case_law import MaterialsSupplied
from schemas.case_terms import MaterialGiven
from schemas.cases import Outcome
from schemas.cases_api import AcceptCase, DecideCase, DispatchCase, ForwardCase, ReviewCase
from schemas.ids import NodeId, PartDigest
from tests.support.casework import (
    AGENT,
    APPROVER,
    CLERK,
    COUNTY,
    FORM,
    HANDLER,
    OFFICER,
    TOWN,
    TOWN_APPROVER,
    VILLAGE,
    Casework,
    casework,
    open_office,
)
from tests.support.catalogue import ACCEPT as ACCEPT_STAGE
from tests.support.catalogue import CHECK, DECIDE, DISPATCH, REVIEW
from tests.support.laws import RICH

SIMPLE = replace(
    RICH, code="wjj-40", process=(CHECK, ACCEPT_STAGE, DISPATCH, REVIEW, DECIDE), fees=()
)
"""A paper may follow, and nothing else is out of the way."""
MAP = MaterialGiven(code="map", originals=1)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[Casework]:
    async with casework(tmp_path, SIMPLE) as made:
        yield made


async def upload(world: Casework) -> PartDigest:
    office = world.village
    ready = office.parts.prepare(salted("image/png", b"map"))
    await office.node.works.run(AGENT, parts.hold, ready, media="image/png", size=3)
    return ready.digest


async def accepted(world: Casework) -> CaseView:
    """A case taken at the village whose map is pending at the county."""
    view = await world.village.receive(replace(FORM, item="wjj-40"))
    await world.carry(view.stream)
    view = await world.town.node.works.run(OFFICER, actions.forward, view.number, ForwardCase())
    await world.carry(view.stream)
    county = world.county
    ready = county.parts.prepare(salted("image/png", b"promise"))
    await county.node.works.run(CLERK, parts.hold, ready, media="image/png", size=7)
    form = AcceptCase(pending=("map",), promise=ready.digest)
    view = await county.node.works.run(CLERK, actions.accept, view.number, form)
    await world.carry(view.stream)
    return view


async def carry_notes(world: Casework, view: CaseView) -> None:
    for office in world.offices:
        for name in await office.node.streams("note"):
            await world.carry(name)
    await world.carry(view.stream)


async def pending(world: Casework, view: CaseView, me: NodeId) -> tuple[str, ...]:
    office = next(one for one in world.offices if one.node.me == me)

    def look(tx: Tx) -> tuple[str, ...]:
        seen = store.load(tx, view.stream)
        assert seen is not None
        return papers.still_pending(tx, seen)

    return await office.node.works.read(look)


async def test_a_paper_that_comes_to_the_window_reaches_whoever_decides(world: Casework) -> None:
    view, digest = await accepted(world), await upload(world)
    village, county = world.village.node.works, world.county.node.works
    brought = MaterialGiven(code="map", originals=1, parts=(digest,))
    form = SupplyCase(materials=(brought,), seen=view.seq)
    assert await village.run(AGENT, law_actions.supply, view.number, form) == view
    assert digest in await village.read(partstore.kept_of, view.stream)
    assert await pending(world, view, VILLAGE) == ()
    assert await pending(world, view, COUNTY) == ("map",)
    await carry_notes(world, view)
    assert await pending(world, view, COUNTY) == ()
    (note,) = await county.read(reading.notes, view)
    assert (note.kind, note.node, note.materials) == ("note.materials_supplied", VILLAGE, ("map",))
    far = county.now_ms + 10**12
    asks = await county.database.write(lambda tx: partwants.due_asks(tx, COUNTY, far, 50))
    assert digest in {one.digest for one in asks}
    assert await county.read(reading.may_have, view.stream, digest, COUNTY)
    given = await county.read(papers.given, view)
    assert [one.parts for one in given["map"]] == [(digest,)]
    decided = view
    for actor, act, step in (
        (CLERK, actions.dispatch, DispatchCase()),
        (HANDLER, actions.review, ReviewCase(proposes=Outcome.GRANTED)),
        (APPROVER, actions.decide, DecideCase(outcome=Outcome.GRANTED)),
    ):
        decided = await county.run(actor, act, view.number, step)  # type: ignore[arg-type]
    assert decided.outcome is Outcome.GRANTED


async def test_nothing_is_brought_twice_nor_by_another_nor_too_late(world: Casework) -> None:
    view = await accepted(world)
    village, county = world.village.node.works, world.county.node.works
    form = SupplyCase(materials=(MAP,))
    before = await world.village.node.streams("note")
    with pytest.raises(ActionNotOpenError):  # he looked at an older state
        await village.run(AGENT, law_actions.supply, view.number, replace(form, seen=view.seq - 1))
    with pytest.raises(NotAllowedError):
        await village.run(TOWN_APPROVER, law_actions.supply, view.number, form)
    with pytest.raises(ActionNotOpenError):  # the town neither took nor holds it
        await world.town.node.works.run(OFFICER, law_actions.supply, view.number, form)
    assert await world.village.node.streams("note") == before
    await village.run(AGENT, law_actions.supply, view.number, form)
    with pytest.raises(BadInputError) as twice:
        await village.run(AGENT, law_actions.supply, view.number, form)
    assert twice.value.fields == {"materials": "not_pending"}
    await carry_notes(world, view)
    world.county.node.works.clock.offset += timedelta(days=90)
    with pytest.raises(BadInputError) as came:  # so nothing is overdue
        await county.run(
            CLERK, law_actions.give_back, view.number, ReasonedCase(reason="pending_overdue")
        )
    assert came.value.fields == {"reason": "not_pending"}


async def test_a_note_of_another_node_than_the_window_brings_nothing(world: Casework) -> None:
    view = await accepted(world)
    note = MaterialsSupplied(case=view.stream, materials=(MAP,))
    await world.town.node.works.run(
        OFFICER, lambda work: work.begin("note", note, holder=work.me).event.stream
    )
    await carry_notes(world, view)
    for me in (COUNTY, TOWN, VILLAGE):
        assert await pending(world, view, me) == ("map",)
    assert await world.county.node.works.read(reading.notes, view) == ()
    assert "map" not in await world.county.node.works.read(papers.given, view)


async def test_a_replica_that_learns_of_the_item_later_knows_what_was_brought(
    world: Casework, tmp_path: Path
) -> None:
    view = await accepted(world)
    await world.village.node.works.run(
        AGENT, law_actions.supply, view.number, SupplyCase(materials=(MAP,))
    )
    await carry_notes(world, view)
    county = world.county.node
    async with open_office(tmp_path, NodeId("6103")) as city:
        await city.node.knows(*(office.node for office in world.offices))
        for name in (view.stream, *await county.streams("note"), view.item):
            for raw in await county.envelopes(name):
                await city.node.receive(raw, COUNTY)

        def look(tx: Tx) -> tuple[CaseView | None, tuple[str, ...]]:
            seen = store.load(tx, view.stream)
            return seen, () if seen is None else papers.still_pending(tx, seen)

        assert await city.node.works.read(look) == (view, ())
        stream = await city.node.works.read(streams.load, view.stream)
        assert stream is not None
