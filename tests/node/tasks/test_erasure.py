"""When the papers of a case are destroyed, those of its errands go with them."""

import sqlite3

import msgspec

from federation import partstore, partwants, streams
from node.cases import actions as cases
from node.cases import erasure
from node.runtime.paper_round import answer_for_destroyed, note_received
from node.tasks.erasure import follow_late
from node.tasks.reading import Said
from node.work import SYSTEM, Work
from schemas.cases import Outcome
from schemas.cases_api import (
    AcceptCase,
    CloseCase,
    DecideCase,
    DeliverCase,
    DispatchCase,
    EraseParts,
    ForwardCase,
    ReviewCase,
)
from schemas.ids import NodeId, StreamName
from schemas.parts import PartErased
from tests.support import errands
from tests.support.casework import (
    AGENT,
    APPROVER,
    CLERK,
    COUNTY,
    HANDLER,
    OFFICER,
    OPERATOR,
    SUPERVISOR,
    TOWN,
    VILLAGE,
    Casework,
    Office,
)


async def test_the_papers_of_an_errand_go_with_those_of_its_case(all_three: Casework) -> None:
    task, number = await errands.asked(all_three)
    county, village = all_three.county, all_three.village
    await errands.answer(village, task)
    await all_three.carry(task.stream)
    await errands.hand_over(village, county, task)
    case = await close(all_three, number)
    form = EraseParts(reason="applicant_asked", all=True)
    await county.node.works.run(OPERATOR, erasure.erase, number, form)
    await _clean_up(county)
    await _carry_notes(all_three, task.stream)
    for office in (county, village):
        await _clean_up(office)
        assert await office.node.works.read(partstore.kept_of, task.stream) == ()
        _, said = await errands.look(office, task, CLERK if office is county else AGENT)
        assert said == Said()
    assert await county.node.works.read(partstore.kept_of, case) == ()
    await _carry_notes(all_three, task.stream)
    authors = await county.node.works.read(_authors, task.stream)
    assert authors == {("note.part_erased", COUNTY), ("note.erasure_done", COUNTY),
                       ("note.erasure_done", VILLAGE)}  # fmt: skip


async def test_the_copies_of_who_went_on_with_the_case_go_too(all_three: Casework) -> None:
    view = await all_three.licence_until("receive")
    county, town, village = all_three.offices
    task = await errands.ask(town, view.number, actor=OFFICER)
    await all_three.carry(task.stream)
    await errands.hand_over(town, village, task)
    photo = await errands.photograph(village)
    form = msgspec.structs.replace(errands.FOUND, photos=(photo,))
    done = await errands.answer(village, task, form)
    await all_three.carry(task.stream)
    for sender, to in ((village, town), (town, county)):
        assert set(await errands.pass_on(sender, to, task)) == {done.report, photo}
        await to.node.works.run(SYSTEM, note_received)
    await town.node.works.run(OFFICER, cases.forward, view.number, ForwardCase())
    await all_three.carry(view.stream)
    await close(all_three, view.number)
    everything = EraseParts(reason="retention_ended", all=True)
    await county.node.works.run(OPERATOR, erasure.erase, view.number, everything)
    await _clean_up(county)
    assert await county.node.works.read(partstore.kept_of, task.stream) == (), "at once"
    await _carry_notes(all_three, task.stream)
    for office in (town, village):
        await _clean_up(office)
    await _carry_notes(all_three, task.stream)
    for office in all_three.offices:
        assert await office.node.works.read(partstore.kept_of, task.stream) == ()
        done_by = {
            node
            for kind, node in await office.node.works.read(_authors, task.stream)
            if kind == "note.erasure_done"
        }
        assert done_by == {COUNTY, TOWN, VILLAGE}
    assert not await county.node.works.read(partwants.next_due)


async def test_an_answer_that_comes_behind_the_erasure_goes_at_once(all_three: Casework) -> None:
    task, number = await errands.asked(all_three)
    county, village = all_three.county, all_three.village
    await close(all_three, number)
    everything = EraseParts(reason="retention_ended", all=True)
    await county.node.works.run(OPERATOR, erasure.erase, number, everything)
    await _clean_up(county)
    done = await errands.answer(village, task)  # it has not heard
    await all_three.carry(task.stream)
    assert await errands.pass_on(village, county, task) == (done.report,)
    await county.node.works.run(SYSTEM, follow_late, task.stream)
    await _carry_notes(all_three, task.stream)
    for office in (county, village):
        await _clean_up(office)
        assert await office.node.works.read(partstore.kept_of, task.stream) == ()


async def test_a_village_cannot_have_the_papers_of_an_errand_destroyed(
    all_three: Casework,
) -> None:
    task, _ = await errands.asked(all_three)

    def overreach(work: Work) -> None:
        note = PartErased(stream=task.stream, digests=(task.brief,), reason="other")
        work.begin("note", note, holder=work.me)

    await all_three.village.node.works.run(AGENT, overreach)
    await _carry_notes(all_three, task.stream)
    for office in (all_three.county, all_three.village):
        kept = await office.node.works.read(partstore.kept_of, task.stream)
        assert kept == (task.brief,)


async def close(world: Casework, number: str) -> StreamName:
    """Take the case at the county's window to its end."""
    county, village = world.county.node.works, world.village.node.works
    view = await world.county.see(SUPERVISOR, number)
    await county.run(CLERK, cases.accept, number, AcceptCase())
    await county.run(CLERK, cases.dispatch, number, DispatchCase())
    await county.run(HANDLER, cases.review, number, ReviewCase(proposes=Outcome.GRANTED))
    await county.run(APPROVER, cases.decide, number, DecideCase(outcome=Outcome.GRANTED))
    await world.carry(view.stream)
    await village.run(AGENT, cases.deliver, number, DeliverCase())
    await village.run(AGENT, cases.close, number, CloseCase())
    await world.carry(view.stream)
    return view.stream


async def _clean_up(office: Office) -> None:
    """Remove the files and answer, as the paper round does."""
    works = office.node.works
    for _ in range(2):
        doomed = await works.read(partstore.doomed_files)
        for file in doomed:
            office.parts.remove(file)
        await works.database.write(lambda tx, gone=doomed: partstore.removed(tx, gone))  # type: ignore[misc]
        await works.run(SYSTEM, answer_for_destroyed)


async def _carry_notes(world: Casework, about: StreamName) -> None:
    for office in world.offices:
        for name in await office.node.works.read(_notes, about):
            await world.carry(name)


def _notes(tx: sqlite3.Connection, about: StreamName) -> list[StreamName]:
    subject = streams.load(tx, about)
    assert subject is not None
    return [note.name for note in streams.notes_about(tx, subject)]


def _authors(tx: sqlite3.Connection, about: StreamName) -> set[tuple[str, NodeId]]:
    found = set()
    for name in _notes(tx, about):
        note = streams.load(tx, name)
        assert note is not None
        found |= {(one.event.kind, one.event.node) for one in streams.events(tx, note)}
    return found
