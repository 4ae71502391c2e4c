"""Who came before is shown masked; what is known of him is used on request, and that is noted."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from node.cases.receiving import make_intake, receive
from node.errors import NotAllowedError, NotFoundError
from node.hall import actions, recognising
from node.hall.recognising import Known
from node.materials.reading import Seeker
from node.work import Actor
from schemas.case_terms import MaterialGiven
from schemas.cases_api import ReceiveCase
from schemas.ids import StaffId
from schemas.parts import Person
from schemas.staff import Role
from tests.support.catalogue import LICENCE
from tests.support.pagenode import PageNode, page_node

CLERK = Actor(StaffId("c"), frozenset({Role.CLERK}))
HANDLER = Actor(StaffId("h"), frozenset({Role.HANDLER}))
ZHANG = Person(
    kind="natural", name="张三", id_number="610328190001010013", phone="13812341234",
    address="城关镇一组",
)  # fmt: skip
TYPED = replace(ZHANG, name="", phone="", address="新村二组")


async def _came(served: PageNode, who: Person = ZHANG) -> None:
    given = tuple(MaterialGiven(code=need.code, originals=1) for need in LICENCE.materials)
    form = ReceiveCase(item=LICENCE.code, applicant=who, materials=given)
    await served.works.run(CLERK, receive, form, make_intake(served.parts, served.register, who))


async def _found(served: PageNode, number: str, who: Actor = CLERK) -> Known | None:
    works = served.works
    seeker = Seeker(works.ledger.me, works.profile, who, works.now_ms)
    return await works.read(recognising.find, served.register, seeker, number)


async def _typed(served: PageNode, person: Person) -> str:
    """Begin an intake on whose page so much was typed."""
    named = await served.works.run(CLERK, actions.begin, LICENCE.code)
    draft = (await _open(served, named)).draft
    await served.works.run(CLERK, actions.save, named, replace(draft, typed=person))
    return named


async def _open(served: PageNode, named: str) -> actions.OpenDraft:
    works = served.works
    identity = works.ledger.identity
    return await works.read(actions.read, identity, CLERK.staff, named, now=works.now_ms)


async def _views(served: PageNode) -> list[str]:
    rows = await served.works.read(lambda tx: tx.execute("SELECT why FROM person_views").fetchall())
    return [why for (why,) in rows]


async def test_who_came_before_is_shown_masked_with_the_latest_matter(tmp_path: Path) -> None:
    async with page_node(tmp_path) as served:
        await _came(served, replace(ZHANG, phone="13900000000"))
        await _came(served)
        known = await _found(served, ZHANG.id_number)
        assert known is not None
        assert (known.name, known.phone, known.item) == ("张*", "138****1234", LICENCE.name)
        assert await _views(served) == [], "nothing in full was seen"


async def test_who_never_came_is_not_known(tmp_path: Path) -> None:
    async with page_node(tmp_path) as served:
        await _came(served)
        assert await _found(served, "610328190001010021") is None


async def test_what_is_known_fills_what_is_empty_and_is_written_down(tmp_path: Path) -> None:
    async with page_node(tmp_path) as served:
        await _came(served)
        named = await _typed(served, TYPED)
        await served.works.run(CLERK, recognising.use, named, served.register, ZHANG.id_number)
        typed = (await _open(served, named)).draft.typed
        assert typed is not None
        assert (typed.name, typed.phone) == ("张三", "13812341234")
        assert typed.address == "新村二组", "what he says now counts"
        assert typed.query_code == "", "the earlier case's secret stays with it"
        assert await _views(served) == ["@known"]


async def test_what_was_typed_of_another_person_does_not_stay(tmp_path: Path) -> None:
    async with page_node(tmp_path) as served:
        await _came(served)
        other = replace(TYPED, id_number="610328190001010021", name="李四")
        named = await _typed(served, other)
        await served.works.run(CLERK, recognising.use, named, served.register, ZHANG.id_number)
        typed = (await _open(served, named)).draft.typed
        assert typed is not None
        assert (typed.name, typed.address) == ("张三", "城关镇一组")


async def test_nothing_is_filled_in_for_a_number_that_is_not_known(tmp_path: Path) -> None:
    async with page_node(tmp_path) as served:
        named = await _typed(served, TYPED)
        with pytest.raises(NotFoundError):
            await served.works.run(CLERK, recognising.use, named, served.register, "x" * 18)
        assert (await _open(served, named)).draft.typed == TYPED


async def test_whoever_takes_no_applications_fills_nothing_in(tmp_path: Path) -> None:
    async with page_node(tmp_path) as served:
        await _came(served)
        named = await _typed(served, TYPED)
        with pytest.raises(NotAllowedError):
            await served.works.run(HANDLER, recognising.use, named, served.register, "x" * 18)
        assert await _views(served) == []
