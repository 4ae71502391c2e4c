from pathlib import Path

import msgspec
import pytest

from federation.parts import salted
from node.cases.receiving import make_intake
from node.errors import BadInputError, NotFoundError
from node.hall import actions, model
from node.hall.model import Count, HeldScan, Step
from node.parts import actions as parts
from node.work import Actor
from schemas.ids import StaffId
from schemas.parts import Person
from schemas.staff import Role
from tests.support.catalogue import LICENCE
from tests.support.pagenode import COUNTY, PageNode, page_node
from tests.support.shared_papers import SCAN

CLERK = Actor(StaffId("c"), frozenset({Role.CLERK}))
OTHER = Actor(StaffId("d"), frozenset({Role.CLERK}))
ZHANG = Person(kind="natural", name="张三", id_number="610328190001010013", phone="13812341234")
COUNTS = (Count(code="form", originals=1), Count(code="id", copies=1))


async def _open(served: PageNode, named: str, who: Actor = CLERK) -> actions.OpenDraft:
    works = served.works
    identity = works.ledger.identity
    return await works.read(actions.read, identity, who.staff, named, now=works.now_ms)


async def _filled(served: PageNode) -> str:
    named = await served.works.run(CLERK, actions.begin, LICENCE.code)
    draft = (await _open(served, named)).draft
    full = msgspec.structs.replace(draft, counts=COUNTS, person=ZHANG)
    await served.works.run(CLERK, actions.save, named, full)
    return named


async def test_what_was_typed_is_kept_and_lies_sealed(tmp_path: Path) -> None:
    async with page_node(tmp_path) as served:
        named = await _filled(served)
        assert (await _open(served, named)).draft.person == ZHANG
        (sealed,) = await served.works.read(
            lambda tx: tx.execute("SELECT sealed FROM drafts").fetchone()
        )
        assert "张三".encode() not in sealed
        assert b"610328190001010013" not in sealed


async def test_nobody_else_opens_a_draft(tmp_path: Path) -> None:
    async with page_node(tmp_path) as served:
        named = await _filled(served)
        with pytest.raises(NotFoundError):
            await _open(served, named, OTHER)
        with pytest.raises(NotFoundError):
            await served.works.run(OTHER, actions.drop, named)
        assert (await _open(served, named)).draft.person == ZHANG


async def test_a_draft_becomes_one_case_and_what_was_typed_is_forgotten(tmp_path: Path) -> None:
    async with page_node(tmp_path) as served:
        named = await _filled(served)
        ready = make_intake(served.parts, served.register, ZHANG)
        view = await served.works.run(CLERK, actions.take_in, named, ready)
        assert (await _open(served, named)).number == view.number
        with pytest.raises(NotFoundError):
            await served.works.run(CLERK, actions.take_in, named, ready)
        left = await served.works.read(
            lambda tx: tx.execute(
                "SELECT (SELECT count(*) FROM cases), sealed FROM drafts"
            ).fetchone()
        )
        assert left == (1, b"")


async def test_an_intake_without_applicant_is_not_taken(tmp_path: Path) -> None:
    async with page_node(tmp_path) as served:
        named = await served.works.run(CLERK, actions.begin, LICENCE.code)
        ready = make_intake(served.parts, served.register, ZHANG)
        with pytest.raises(BadInputError):
            await served.works.run(CLERK, actions.take_in, named, ready)
        assert (await _open(served, named)).number is None


async def test_a_page_that_was_overtaken_overwrites_nothing(tmp_path: Path) -> None:
    async with page_node(tmp_path) as served:
        named = await _filled(served)
        first = (await _open(served, named)).draft
        later = msgspec.structs.replace(first, counts=())
        kept = await served.works.run(CLERK, actions.save, named, later)
        assert kept.version == first.version + 1
        with pytest.raises(BadInputError, match="version: stale"):
            await served.works.run(CLERK, actions.save, named, first)
        assert (await _open(served, named)).draft == kept


async def test_a_scan_is_added_whatever_else_changed_meanwhile(tmp_path: Path) -> None:
    async with page_node(tmp_path) as served:
        named = await _filled(served)
        part = served.parts.prepare(salted("application/pdf", SCAN))
        scan = HeldScan(code="id", digest=part.digest, name="x.pdf", bytes=len(SCAN))
        with pytest.raises(BadInputError):
            await served.works.run(CLERK, actions.add_scan, named, scan)
        await served.works.run(CLERK, parts.hold, part, media="application/pdf", size=len(SCAN))
        await served.works.run(CLERK, actions.add_scan, named, scan)
        await served.works.run(CLERK, actions.add_scan, named, scan)
        assert (await _open(served, named)).draft.scans == (scan,), "sent twice, kept once"
        strange = msgspec.structs.replace(scan, code="trade")
        with pytest.raises(BadInputError):
            await served.works.run(CLERK, actions.add_scan, named, strange)


async def test_what_was_taken_in_this_week_is_counted_by_item(tmp_path: Path) -> None:
    async with page_node(tmp_path) as served:
        named = await _filled(served)
        works = served.works
        assert await works.read(actions.uses, works.now_ms) == {}
        await works.run(
            CLERK, actions.take_in, named, make_intake(served.parts, served.register, ZHANG)
        )
        assert await works.read(actions.uses, works.now_ms) == {LICENCE.code: 1}
        assert await works.read(actions.uses, works.now_ms + 8 * 86_400_000) == {}


def test_the_next_page_is_the_first_that_lacks_something() -> None:
    empty = model.Draft(item=LICENCE.code, place=COUNTY)
    named = msgspec.structs.replace(empty, person=ZHANG)
    full = msgspec.structs.replace(named, counts=COUNTS)
    steps = [model.next_step(LICENCE, draft) for draft in (empty, named, full)]
    assert steps == [Step.APPLICANT, Step.MATERIALS, Step.CHECK]


def test_the_place_is_named_only_if_it_is_another() -> None:
    draft = model.Draft(item=LICENCE.code, place=COUNTY, counts=COUNTS)
    assert model.form_of(LICENCE, draft, ZHANG, COUNTY).place is None
