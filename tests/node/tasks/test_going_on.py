"""A town asks, the county decides: whoever handles the case afterwards reads what was found."""

from dataclasses import dataclass

import msgspec
import pytest

from federation import partstore, partwants
from levels.profiles import profile_of
from node.cases import actions as cases
from node.cases import model
from node.cases.page_looker import Looker
from node.database import Tx
from node.errors import NotAllowedError, NotFoundError
from node.tasks import page_task, page_tasks, reading
from node.tasks.reading import Caller, Said
from node.web.wording import WORDS, Language
from node.work import Actor
from schemas.cases import Action
from schemas.cases_api import CloseCase, WithdrawCase
from schemas.ids import Level, NodeId, PartDigest, StreamName
from schemas.tasks import TaskState, TaskView
from tests.support import errands, steps
from tests.support.casework import (
    AGENT,
    CLERK,
    COUNTY,
    HANDLER,
    OFFICER,
    STRANGER,
    TOWN,
    VILLAGE,
    Casework,
    Office,
)
from tests.support.errands import FOUND, PHOTO
from tests.support.laws import RICH


@dataclass
class Survey:
    """A task that the town asked of the village, and what it is about."""

    task: TaskView
    number: str


async def asked_by_the_town(world: Casework) -> Survey:
    """Take a case in at the village; the town, whose turn it is, asks the village to look."""
    view = await world.licence_until("receive")
    task = await errands.ask(world.town, view.number, actor=OFFICER)
    await world.carry(task.stream)
    await errands.hand_over(world.town, world.village, task)
    return Survey(task, view.number)


async def answered(world: Casework) -> Survey:
    """The village answers with a photo, and the town has it."""
    survey = await asked_by_the_town(world)
    photo = await errands.photograph(world.village)
    form = msgspec.structs.replace(FOUND, photos=(photo,))
    done = await errands.answer(world.village, survey.task, form)
    await world.carry(done.stream)
    await errands.pass_on(world.village, world.town, done)
    return Survey(done, survey.number)


def looker(office: Office, actor: Actor) -> Looker:
    works = office.node.works
    return Looker(
        office.node.me, works.profile, actor, office.register, office.parts,
        WORDS[Language.ZH], works.clock.wall().date(),
    )  # fmt: skip


async def test_the_county_reads_the_survey_and_gets_no_brief(all_three: Casework) -> None:
    survey = await answered(all_three)
    county, town, task = all_three.county, all_three.town, survey.task
    assert set(await errands.pass_on(town, county, task)) == {task.report, *task.photos}
    assert set(await county.node.works.read(partstore.kept_of, task.stream)) == {
        task.report, *task.photos,
    }  # fmt: skip
    assert not await town.node.works.read(reading.may_have, task.stream, task.brief, COUNTY)
    found, said = await errands.look(county, task, CLERK)
    assert (found.state, said) == (TaskState.ANSWERED, Said(report=FOUND.report))
    kept = await county.node.works.read(reading.photo, found, task.photos[0])
    assert county.parts.load(kept).content == PHOTO
    assert await county.node.works.read(reading.asked, errands.caller(county, CLERK)) == ()
    with pytest.raises(NotFoundError):
        await errands.look(county, task, STRANGER)  # it is not at his department
    with pytest.raises(NotAllowedError):
        await errands.cancel(county, task)


async def test_the_pages_of_the_county_show_it(all_three: Casework) -> None:
    survey = await answered(all_three)
    county, task = all_three.county, survey.task
    who = looker(county, CLERK)
    view = await county.see(CLERK, survey.number)
    section = await county.node.works.read(page_tasks.section, who, view)
    assert section.rows[0].answer is not None
    assert section.rows[0].answer.away
    await errands.pass_on(all_three.town, county, task)
    section = await county.node.works.read(page_tasks.section, who, view)
    (row,) = section.rows
    assert row.answer is not None
    assert (row.answer.report, row.answer.away) == (FOUND.report, False)
    assert row.answer.photos[0].href == f"{row.href}/photos/{task.photos[0]}"
    page = await county.node.works.read(page_task.task_page, who, task)
    assert (page.name, page.instruction, page.has_brief, page.brief_away) == ("", "", False, False)
    assert (page.form, page.cancel, page.case_href) == (None, None, f"/cases/{survey.number}")
    assert [fact.label for fact in page.facts[:2]] == ["请办单位", "协办单位"]


async def test_before_the_answer_the_county_asks_for_nothing(all_three: Casework) -> None:
    survey = await asked_by_the_town(all_three)
    assert await wanted(all_three.county, survey.task) == set()
    with pytest.raises(NotFoundError):
        await errands.look(all_three.county, survey.task, CLERK)


async def test_a_case_that_comes_behind_its_task_makes_the_county_ask_too(
    all_three: Casework,
) -> None:
    village, town, county = all_three.village, all_three.town, all_three.county
    view = await village.receive()
    await send(village, town, view.stream)
    task = await errands.ask(town, view.number, actor=OFFICER)
    await send(town, village, task.stream)
    done = await errands.answer(village, task)
    await send(village, town, task.stream)
    await send(town, county, task.stream)
    assert await wanted(county, done) == set()
    await send(town, county, view.stream)
    assert await wanted(county, done) == {(done.report, TOWN)}


async def test_what_the_asker_has_now_is_asked_for_again_at_once(all_three: Casework) -> None:
    survey = await asked_by_the_town(all_three)
    done = await errands.answer(all_three.village, survey.task)
    await all_three.carry(done.stream)
    write = all_three.county.node.works.database.write
    assert await wanted(all_three.county, done)  # asked once, in vain: it is not there yet
    assert done.report is not None
    for owner, soon in ((VILLAGE, False), (TOWN, True)):
        await write(lambda tx, one=owner: partwants.offered(tx, one, (done.report,), 7))  # type: ignore[misc]
        assert (await all_three.county.node.works.read(partwants.next_due) == 7) is soon


# ---- a case that has ended


async def test_an_errand_of_a_case_that_ended_is_to_be_cancelled(all_three: Casework) -> None:
    survey = await asked_by_the_town(all_three)
    town, village, task = all_three.town, all_three.village, survey.task
    assert await ended_at(town, OFFICER, task) == (None, "")
    await town.node.works.run(
        OFFICER, cases.withdraw, survey.number, WithdrawCase(reason="applicant_withdrew")
    )
    assert await ended_at(village, AGENT, task) == (None, "")  # it has not heard
    view = await town.see(OFFICER, survey.number)
    await all_three.carry(view.stream)
    await village.node.works.run(AGENT, cases.close, survey.number, CloseCase())
    await all_three.carry(view.stream)
    for office, actor, said in (
        (town, OFFICER, "这项协办不用再办了，请撤销。"),
        (village, AGENT, "这项协办可能不用再办了。办之前先问问请办单位。"),
    ):
        told = await ended_at(office, actor, task)
        assert told == ("办件已经结束", said)
    view = await town.see(OFFICER, survey.number)
    (row,) = (await town.node.works.read(page_tasks.section, looker(town, OFFICER), view)).rows
    assert (row.cancel, row.mark.words) == (f"/tasks/{errands.end_of(task)}", "办件已经结束")
    (listed,) = (await town.node.works.read(page_tasks.tasks_page, looker(town, OFFICER))).asked
    assert listed.mark.words == "办件已经结束"
    assert (await village.node.verdicts(task.stream)) == [1], "no event by itself"
    await errands.cancel(town, task, actor=OFFICER)
    assert await ended_at(town, OFFICER, task) == (None, "")


async def ended_at(office: Office, actor: Actor, task: TaskView) -> tuple[str | None, str]:
    def read(tx: Tx) -> page_task.TaskPage:
        found = reading.find(tx, errands.caller(office, actor), errands.end_of(task))
        return page_task.task_page(tx, looker(office, actor), found)

    page = await office.node.works.read(read)
    return (page.ended.title, page.ended.text) if page.ended else (None, "")


# ---- who asks


def test_a_department_that_only_gives_its_opinion_asks_for_nothing() -> None:
    view = steps.walk(steps.begun(RICH), Action.FORWARD, Action.ACCEPT, Action.DISPATCH)
    profile = profile_of(Level.COUNTY)
    assert Action.GIVE_OPINION in model.open_actions(view, COUNTY, STRANGER)  # 会签
    assert not reading.may_ask(Caller(COUNTY, profile, STRANGER), view)
    assert reading.may_ask(Caller(COUNTY, profile, HANDLER), view)


# ---- what several have in common


async def wanted(office: Office, task: TaskView) -> set[tuple[PartDigest, NodeId]]:
    asks = await office.node.works.database.write(
        lambda tx: partwants.due_asks(tx, office.node.me, 1 << 50, 10)
    )
    return {(ask.digest, ask.to) for ask in asks if ask.stream == task.stream}


async def send(sender: Office, to: Office, stream: StreamName) -> None:
    for raw in await sender.node.envelopes(stream):
        await to.node.receive(raw, sender.node.me)
