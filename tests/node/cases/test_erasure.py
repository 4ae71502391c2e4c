"""Papers are destroyed by who decides, once the case is closed; nobody else destroys anything."""

import msgspec
import pytest

from federation import partstore, streams
from federation.streams import Verdict
from node.cases import actions, erasure, law_actions, reading
from node.errors import BadInputError, NotAllowedError, NotClosedError, NotFoundError
from node.work import SYSTEM, Actor, Work
from schemas.case_forms import ReasonedCase
from schemas.cases import CaseState
from schemas.cases_api import EraseParts
from schemas.ids import PartDigest, StaffId, StreamName
from schemas.parts import ErasureDone, PartErased, PartsReceived
from schemas.reasons import Reason
from schemas.staff import Role
from tests.support.casework import (
    AGENT,
    APPROVER,
    CLERK,
    COUNTY,
    OFFICER,
    OPERATOR,
    SUPERVISOR,
    TOWN,
    VILLAGE,
    Casework,
    Office,
)

ALL = EraseParts(reason="retention_ended", all=True)


async def notes_of(office: Office, case: StreamName) -> list[StreamName]:
    def look(work: Work) -> list[StreamName]:
        subject = streams.load(work.tx, case)
        assert subject is not None
        return [note.name for note in streams.notes_about(work.tx, subject)]

    return await office.node.works.run(SYSTEM, look)


async def carry_notes(world: Casework, case: StreamName) -> None:
    for office in world.offices:
        for note in await notes_of(office, case):
            await world.carry(note)


async def bring_applicant(world: Casework, case: StreamName, office: Office) -> PartDigest:
    """Give an office the applicant's part, as the paper round would, and let it say so."""
    (digest,) = await world.village.node.works.read(partstore.kept_of, case)
    part = await world.village.node.works.read(world.village.parts.read, digest)
    ready = office.parts.prepare(part)

    def keep(work: Work) -> None:
        assert partstore.keep(work.tx, ready, case)
        actions.part_arrived(work, office.register, case, digest, part)
        work.begin("note", PartsReceived(stream=case, digests=(digest,)), holder=work.me)

    await office.node.works.run(SYSTEM, keep)
    return digest


async def clean_up(office: Office) -> None:
    """Remove the files and answer, as the paper round does."""
    works = office.node.works
    doomed = await works.read(partstore.doomed_files)
    for file in doomed:
        office.parts.remove(file)
    await works.database.write(lambda tx: partstore.removed(tx, doomed))
    await works.run(SYSTEM, erasure.answer)


def files(office: Office) -> list[str]:
    return [path.name for path in office.parts.folder.glob("??/*")]


async def test_every_node_that_had_a_paper_destroys_it_and_says_so_once(
    all_three: Casework,
) -> None:
    view = await all_three.licence_until("close")
    digest = await bring_applicant(all_three, view.stream, all_three.county)
    await carry_notes(all_three, view.stream)
    county = all_three.county.node.works
    before = await county.run(OPERATOR, erasure.parts_of, view.number)
    assert [(one.digest, one.owner, one.here) for one in before.parts] == [(digest, VILLAGE, True)]
    told = await county.run(OPERATOR, erasure.erase, view.number, ALL)
    (standing,) = told.parts
    assert (standing.erased_by, standing.waiting) == (COUNTY, (VILLAGE, COUNTY))
    for _ in range(2):
        for office in all_three.offices:
            await clean_up(office)
        await carry_notes(all_three, view.stream)
    for office in all_three.offices:
        assert not files(office)
        assert await office.node.works.read(office.register.read, view.stream) is None
        assert not await office.node.works.read(office.register.find, "张三")
        assert not await office.node.works.read(partstore.has, digest)
    (done,) = (await county.run(OPERATOR, erasure.parts_of, view.number)).parts
    assert (set(done.answered), done.waiting) == ({VILLAGE, COUNTY}, ())
    assert len(await notes_of(all_three.town, view.stream)) == 4  # received, erased, done twice
    assert (await all_three.town.see(SUPERVISOR, view.number)).stream == view.stream


async def test_what_was_never_here_is_not_asked_for_after_its_erasure(
    all_three: Casework,
) -> None:
    view = await all_three.licence_until("close")
    await all_three.county.node.works.run(OPERATOR, erasure.erase, view.number, ALL)
    await carry_notes(all_three, view.stream)
    wants = await all_three.town.node.works.read(
        lambda tx: tx.execute("SELECT count(*) FROM part_wants").fetchone()[0]
    )
    assert wants == 0
    await clean_up(all_three.town)
    assert len(await notes_of(all_three.town, view.stream)) == 1  # nothing to answer for


@pytest.mark.parametrize(
    ("actor", "form", "refusal"),
    [
        (SUPERVISOR, ALL, NotAllowedError),
        (CLERK, ALL, NotAllowedError),
        (OPERATOR, EraseParts(reason="retention_ended"), BadInputError),
        (OPERATOR, EraseParts(reason="key_stolen", all=True), BadInputError),
        (
            OPERATOR,
            EraseParts(reason="by_mistake", digests=(PartDigest("f" * 64),)),
            BadInputError,
        ),
        (OPERATOR, EraseParts(reason="by_mistake", digests=(PartDigest("../x"),)), BadInputError),
    ],
)
async def test_only_an_operator_destroys_what_the_case_names_for_a_reason_of_the_list(
    all_three: Casework, actor: Actor, form: EraseParts, refusal: type[Exception]
) -> None:
    view = await all_three.licence_until("close")
    with pytest.raises(refusal):
        await all_three.county.node.works.run(actor, erasure.erase, view.number, form)
    assert not await notes_of(all_three.county, view.stream)


async def test_nothing_of_an_open_case_is_destroyed_nor_by_who_does_not_decide(
    all_three: Casework,
) -> None:
    view = await all_three.licence_until("deliver")
    county, town = all_three.county.node.works, all_three.town.node.works
    with pytest.raises(NotClosedError):
        await county.run(OPERATOR, erasure.erase, view.number, ALL)
    with pytest.raises(NotAllowedError):
        await town.run(OPERATOR, erasure.erase, view.number, ALL)
    with pytest.raises(NotFoundError):
        await county.run(OPERATOR, erasure.erase, "610328-20260101-A0001", ALL)
    everyone = Actor(StaffId("x"), frozenset(Role) - {Role.OPERATOR})
    with pytest.raises(NotAllowedError):
        await county.run(everyone, erasure.parts_of, view.number)


async def test_a_town_that_does_not_decide_destroys_nothing_and_leaves_a_finding(
    all_three: Casework,
) -> None:
    view = await all_three.licence_until("accept")
    (digest,) = await all_three.village.node.works.read(partstore.kept_of, view.stream)
    evil = PartErased(stream=view.stream, digests=(digest,), reason=Reason.BY_MISTAKE)
    works = all_three.town.node.works
    await works.run(OFFICER, lambda work: work.begin("note", evil, holder=TOWN))
    await carry_notes(all_three, view.stream)
    for office in all_three.offices:
        seen = await office.see(SUPERVISOR, view.number)
        (finding,) = await office.node.works.read(reading.findings, seen)
        assert (finding.kind, finding.fault, finding.node) == (
            "note.part_erased", "not_the_decider", TOWN,
        )  # fmt: skip
    assert await all_three.village.node.works.read(partstore.has, digest)
    assert await all_three.village.node.works.read(all_three.village.register.read, view.stream)


async def test_no_case_destroys_the_papers_of_another(all_three: Casework) -> None:
    view = await all_three.licence_until("close")
    other = await all_three.village.receive()
    await all_three.carry(other.stream)
    (digest,) = await all_three.village.node.works.read(partstore.kept_of, other.stream)
    note = PartErased(stream=view.stream, digests=(digest,), reason=Reason.BY_MISTAKE)
    works = all_three.county.node.works
    await works.run(SYSTEM, lambda work: work.begin("note", note, holder=COUNTY))
    await carry_notes(all_three, view.stream)
    village = all_three.village
    assert await village.node.works.read(partstore.has, digest)
    assert await village.node.works.read(village.register.read, other.stream)
    assert await works.read(
        lambda tx: tx.execute(
            "SELECT 1 FROM part_wants WHERE stream = ?", (other.stream,)
        ).fetchone()
    )


class Twisted(msgspec.Struct, frozen=True, kw_only=True, tag="note.part_erased", tag_field="kind"):
    """A note that says its digests in a form of its own."""

    stream: StreamName
    digests: tuple[str, ...] | int


class Received(
    msgspec.Struct, frozen=True, kw_only=True, tag="note.parts_received", tag_field="kind"
):
    """The same of a receipt."""

    stream: StreamName
    digests: tuple[str, ...] | int


@pytest.mark.parametrize("kind", [Twisted, Received])
@pytest.mark.parametrize("digests", [7, ("zz",), ("../../etc",), ("a" * 63,)], ids=str)
async def test_a_badly_formed_note_is_kept_and_does_nothing(
    all_three: Casework, kind: type[Twisted] | type[Received], digests: tuple[str, ...] | int
) -> None:
    view = await all_three.licence_until("receive")
    note = kind(stream=view.stream, digests=digests)
    works = all_three.county.node.works
    stored = await works.run(SYSTEM, lambda work: work.begin("note", note, holder=COUNTY))
    await carry_notes(all_three, view.stream)
    for office in all_three.offices:
        assert await office.node.verdicts(stored.event.stream) == [Verdict.UNJUDGED]


async def test_an_answer_that_nobody_owes_changes_nothing(all_three: Casework) -> None:
    view = await all_three.licence_until("close")
    (digest,) = await all_three.village.node.works.read(partstore.kept_of, view.stream)
    note = ErasureDone(stream=view.stream, digests=(digest,))
    works = all_three.town.node.works
    await works.run(AGENT, lambda work: work.begin("note", note, holder=TOWN))
    await carry_notes(all_three, view.stream)
    assert await all_three.village.node.works.read(partstore.has, digest)
    (part,) = (await all_three.county.node.works.run(OPERATOR, erasure.parts_of, view.number)).parts
    assert (part.erased_at, part.answered) == (None, ())


async def test_papers_of_what_was_entered_by_mistake_can_go_too(all_three: Casework) -> None:
    view = await all_three.licence_until("close")
    county = all_three.county
    note = actions.make_text(county.parts, "录错了人")
    form = ReasonedCase(reason="entered_by_mistake")
    void = await county.node.works.run(APPROVER, law_actions.void, view.number, form, note)
    assert void.state is CaseState.VOIDED
    told = await county.node.works.run(OPERATOR, erasure.erase, view.number, ALL)
    assert {one.erased_by for one in told.parts} == {COUNTY}
