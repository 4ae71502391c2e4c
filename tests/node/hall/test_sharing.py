"""An intake takes a paper over from the applicant's earlier case, and lets go of it again."""

from pathlib import Path

from msgspec.structs import replace

from federation.parts import salted
from node.cases.receiving import make_intake, receive
from node.catalogue import actions as catalogue
from node.errors import NodeError
from node.hall import actions, sharing
from node.hall.sharing import TakenOver
from node.materials import actions as materials
from node.materials import copying
from node.materials.actions import Sharing
from node.materials.reading import Seeker
from node.parts import actions as parts
from node.work import SYSTEM, Actor
from schemas.case_terms import MaterialGiven, Trust
from schemas.cases_api import ReceiveCase
from schemas.ids import PartDigest, StaffId
from schemas.parts import Person
from schemas.staff import Role
from tests.support.pagenode import PageNode, page_node
from tests.support.shared_papers import BATHS, HOTELS, SCAN

CLERK = Actor(StaffId("c"), frozenset({Role.CLERK}))
ZHANG = Person(kind="natural", name="张三", id_number="610328190001010013", phone="13812341234")
LI = replace(ZHANG, name="李四", id_number="610328190001010021")


async def _earlier_case(served: PageNode) -> None:
    scan = served.parts.prepare(salted("application/pdf", SCAN))
    await served.works.run(CLERK, parts.hold, scan, media="application/pdf", size=len(SCAN))
    given = (
        MaterialGiven(code="form", originals=1),
        MaterialGiven(code="id", originals=1, parts=(scan.digest,)),
        MaterialGiven(code="premises", copies=1),
    )
    form = ReceiveCase(item=HOTELS.code, applicant=ZHANG, materials=given)
    await served.works.run(CLERK, receive, form, make_intake(served.parts, served.register, ZHANG))


async def _open(served: PageNode, named: str) -> actions.OpenDraft:
    works = served.works
    identity = works.ledger.identity
    return await works.read(actions.read, identity, CLERK.staff, named, now=works.now_ms)


async def _taken_over(served: PageNode, shares: Sharing) -> str:
    """Begin an intake of Zhang San's and take over what is offered."""
    works = served.works
    named = await works.run(CLERK, actions.begin, BATHS.code)
    draft = replace((await _open(served, named)).draft, situation=("person",))
    await works.run(CLERK, actions.save, named, draft)
    await works.run(CLERK, sharing.keep_applicant, named, ZHANG, shares)
    opened = await _open(served, named)
    seeker = Seeker(works.ledger.me, works.profile, CLERK, works.now_ms)
    (offer,) = await works.read(sharing.offers, shares, seeker, opened)
    form = sharing.asking(opened, "办理浴室许可", consent=True)
    scans = await works.read(materials.find, shares, seeker, form, offer.id)
    async with copying.copied(served.parts, scans) as copies:
        taken = (TakenOver(offer, copies),)
        await works.run(CLERK, sharing.add, named, shares, form, taken)
    return named


async def _held(served: PageNode) -> list[tuple[str, ...]]:
    return await served.works.read(lambda tx: tx.execute("SELECT staff FROM uploads").fetchall())


async def test_a_paper_taken_over_stays_until_it_is_let_go_of_or_is_somebody_elses(
    tmp_path: Path,
) -> None:
    async with page_node(tmp_path) as served:
        works, shares = served.works, Sharing(served.register, 12)
        await works.run(SYSTEM, catalogue.publish, (BATHS, HOTELS))
        await _earlier_case(served)
        named = await _taken_over(served, shares)
        (paper,) = (await _open(served, named)).draft.shared
        assert (paper.code, paper.trust, paper.item_name) == ("id", Trust.B, HOTELS.name)
        assert await _held(served) == [("c",)]
        await works.run(CLERK, sharing.keep_applicant, named, replace(ZHANG, phone="0917-4241234"),
                        shares)  # fmt: skip
        assert (await _open(served, named)).draft.shared == (paper,)
        await works.run(CLERK, sharing.drop, named, "id")
        assert (await _open(served, named)).draft.shared == ()
        assert await _held(served) == []

        other = await _taken_over(served, shares)
        await works.run(CLERK, sharing.keep_applicant, other, LI, shares)
        assert (await _open(served, other)).draft.shared == ()
        third = await _taken_over(served, shares)
        await works.run(CLERK, actions.drop, third)
        assert await _held(served) == []


async def test_copies_that_no_work_keeps_are_removed_at_once(tmp_path: Path) -> None:
    async with page_node(tmp_path) as served:
        works, shares = served.works, Sharing(served.register, 12)
        await works.run(SYSTEM, catalogue.publish, (BATHS, HOTELS))
        await _earlier_case(served)
        files = sorted(served.parts.folder.glob("??/*"))
        seeker = Seeker(works.ledger.me, works.profile, CLERK, works.now_ms)
        named = await works.run(CLERK, actions.begin, BATHS.code)
        await works.run(CLERK, sharing.keep_applicant, named, ZHANG, shares)
        form = replace(sharing.asking(await _open(served, named), "办理浴室许可", consent=True),
                       situation=("person",))  # fmt: skip
        (offer,) = await works.read(materials.offers, shares, seeker, form)
        scans = await works.read(materials.find, shares, seeker, form, offer.shown.id)
        refused = False
        try:
            async with copying.copied(served.parts, scans) as copies:
                assert len(sorted(served.parts.folder.glob("??/*"))) == len(files) + 1
                await works.run(CLERK, materials.take, shares, form, PartDigest("0" * 64), copies)
        except NodeError:
            refused = True
        assert refused
        assert sorted(served.parts.folder.glob("??/*")) == files
