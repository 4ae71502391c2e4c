"""A county asks a village for something, and what comes of it: no network, everything else."""

import sqlite3
from pathlib import Path

import msgspec
import pytest

from federation import partstore, partwants
from node.errors import BadInputError, NotAllowedError, NotFoundError, TaskNotOpenError
from node.runtime.opening import kinds_of
from node.runtime.rebuilding import rebuild
from node.tasks import reading
from node.work import Work
from schemas.ids import NodeId, PartDigest, StreamName
from schemas.tasks import (
    DeclineTask,
    Errand,
    TaskAnswered,
    TaskResult,
    TaskState,
)
from tests.support import errands
from tests.support.casework import (
    AGENT,
    APPROVER,
    CLERK,
    COUNTY,
    HANDLER,
    OFFICER,
    OPERATOR,
    STRANGER,
    SUPERVISOR,
    TOWN,
    VILLAGE,
    ZHANG,
    Casework,
)
from tests.support.dumps import dump
from tests.support.errands import FOUND, SURVEY

replace = msgspec.structs.replace
EFFECTIVE, INERT = 1, 2
Row = tuple[object, ...]


# ---- there and back


async def test_a_village_learns_what_to_do_and_the_county_what_was_found(
    all_three: Casework,
) -> None:
    task, number = await errands.asked(all_three)
    county, village = all_three.county, all_three.village
    assert (task.state, task.holder, task.asker) == (TaskState.ASKED, VILLAGE, COUNTY)
    (waiting,) = await village.node.works.read(reading.to_do, errands.caller(village, AGENT))
    assert waiting == task
    _, said = await errands.look(village, task, AGENT)
    assert said.brief is not None
    assert (said.brief.name, said.brief.phone) == (ZHANG.name, ZHANG.phone)
    photo = await errands.photograph(village)
    done = await errands.answer(village, task, replace(FOUND, photos=(photo, photo)))
    assert (done.state, done.holder, done.photos) == (TaskState.ANSWERED, COUNTY, (photo,))
    assert await village.node.works.read(reading.to_do, errands.caller(village, AGENT)) == ()
    await all_three.carry(task.stream)
    wanted = await county.node.works.database.write(
        lambda tx: partwants.due_asks(tx, COUNTY, 1 << 50, 10)
    )
    assert {(ask.digest, ask.to) for ask in wanted if ask.stream == task.stream} == {
        (done.report, VILLAGE), (photo, VILLAGE),
    }  # fmt: skip
    await errands.hand_over(village, county, done)
    found, said = await errands.look(county, task, CLERK)
    assert (found, said.report) == (done, FOUND.report)
    assert (await county.see(CLERK, number)).holder == COUNTY, "the case stays where it is"


async def test_the_town_between_gets_the_facts_and_no_paper(all_three: Casework) -> None:
    task, _ = await errands.asked(all_three)
    town = all_three.town.node
    assert await town.verdicts(task.stream) == [EFFECTIVE]
    wanted = await town.works.database.write(lambda tx: partwants.due_asks(tx, TOWN, 1 << 50, 10))
    assert not [ask for ask in wanted if ask.stream == task.stream]
    may = all_three.county.node.works.read
    assert await may(reading.may_have, task.stream, task.brief, VILLAGE)
    assert not await may(reading.may_have, task.stream, task.brief, TOWN)
    assert not await may(reading.may_have, task.stream, PartDigest("b" * 64), VILLAGE)
    with pytest.raises(NotFoundError):
        await errands.look(all_three.town, task, OFFICER)


async def test_nothing_personal_lies_open_in_the_store(tmp_path: Path, all_three: Casework) -> None:
    task, _ = await errands.asked(all_three)
    await errands.answer(all_three.village, task)
    await all_three.carry(task.stream)
    secrets = (ZHANG.name, ZHANG.phone, SURVEY.instruction, FOUND.report)
    found = _found_in(tmp_path, *secrets)
    assert not found


def _found_in(folder: Path, *texts: str) -> list[str]:
    contents = [file.read_bytes() for file in folder.rglob("*") if file.is_file()]
    assert len(contents) > 3
    return [text for text in texts if any(text.encode() in content for content in contents)]


async def test_a_task_handed_back_says_why(all_three: Casework) -> None:
    task, _ = await errands.asked(all_three)
    form = DeclineTask(reason="wrong_recipient", note="此户在隔壁村")
    done = await errands.decline(all_three.village, task, form)
    await all_three.carry(task.stream)
    await errands.hand_over(all_three.village, all_three.county, done)
    found, said = await errands.look(all_three.county, task, CLERK)
    assert (found.state, found.holder, found.reason) == (
        TaskState.DECLINED, COUNTY, "wrong_recipient",
    )  # fmt: skip
    assert said.note == "此户在隔壁村"


async def test_a_task_no_longer_needed_is_taken_back_and_cannot_be_answered(
    all_three: Casework,
) -> None:
    task, _ = await errands.asked(all_three)
    done = await errands.cancel(all_three.county, task)
    assert (done.state, done.holder, done.reason) == (TaskState.CANCELLED, COUNTY, "case_moot")
    await all_three.carry(task.stream)
    with pytest.raises(TaskNotOpenError):
        await errands.answer(all_three.village, task)
    assert await all_three.village.node.verdicts(task.stream) == [EFFECTIVE] * 3
    with pytest.raises(TaskNotOpenError):
        await errands.cancel(all_three.county, task)


async def test_what_was_answered_while_it_was_cancelled_ends_the_same_everywhere(
    all_three: Casework,
) -> None:
    task, _ = await errands.asked(all_three)
    await errands.cancel(all_three.county, task)
    await errands.answer(all_three.village, task)  # its line was down
    await all_three.carry(task.stream)
    seen = [await office.node.works.read(_states, task.stream) for office in all_three.offices]
    assert seen == [[TaskState.CANCELLED]] * 3


def _states(tx: sqlite3.Connection, stream: StreamName) -> list[str]:
    rows = tx.execute("SELECT state FROM case_tasks WHERE stream = ?", (stream,))
    return [state for (state,) in rows]


# ---- who may


async def test_who_does_not_work_on_the_case_now_asks_for_nothing(all_three: Casework) -> None:
    view = await all_three.licence_until("forward")  # at the county's window
    for actor in (SUPERVISOR, OPERATOR, HANDLER, STRANGER):
        with pytest.raises((NotAllowedError, NotFoundError)):
            await errands.ask(all_three.county, view.number, actor=actor)
    assert await all_three.county.node.streams("task") == []


async def test_a_department_asks_and_another_sees_nothing(all_three: Casework) -> None:
    view = await all_three.licence_until("dispatch")
    task = await errands.ask(all_three.county, view.number, actor=HANDLER)
    county = all_three.county
    works = county.node.works
    for actor, sees in ((HANDLER, True), (APPROVER, True), (CLERK, True), (STRANGER, False)):
        listed = await works.read(reading.asked, errands.caller(county, actor))
        assert bool(listed) is sees, actor
    with pytest.raises(NotFoundError):
        await errands.look(county, task, STRANGER)
    with pytest.raises(NotFoundError):
        await errands.cancel(county, task, actor=STRANGER)


async def test_a_node_that_does_not_hold_the_case_asks_for_nothing(all_three: Casework) -> None:
    view = await all_three.licence_until("forward")
    with pytest.raises(TaskNotOpenError):
        await errands.ask(all_three.town, view.number, actor=OFFICER)
    closed = await all_three.licence_until("close")
    with pytest.raises(TaskNotOpenError):
        await errands.ask(all_three.county, closed.number)


async def test_nobody_but_the_window_of_the_village_answers(all_three: Casework) -> None:
    task, _ = await errands.asked(all_three)
    for office, actor in ((all_three.village, OPERATOR), (all_three.county, CLERK)):
        with pytest.raises((NotAllowedError, NotFoundError)):
            await errands.answer(office, task, actor=actor)
    assert await all_three.village.node.verdicts(task.stream) == [EFFECTIVE]


# ---- bad input: each at its field, nothing done


FAULTY: tuple[tuple[dict[str, object], dict[str, str]], ...] = (
    ({"to": NodeId("")}, {"to": "missing"}),
    ({"to": NodeId("6103")}, {"to": "not_below"}),
    ({"to": COUNTY}, {"to": "not_below"}),
    ({"to": NodeId("610329100201")}, {"to": "not_below"}),
    ({"to": NodeId("610328100999")}, {"to": "unknown"}),
    ({"to": NodeId("610328x")}, {"to": "unknown"}),
    ({"workdays": 0}, {"workdays": "beyond"}),
    ({"instruction": " "}, {"instruction": "missing"}),
    (
        {"instruction": "", "workdays": 999, "to": TOWN},
        {"workdays": "beyond", "instruction": "missing"},
    ),
)


async def test_a_faulty_request_is_named_field_by_field(all_three: Casework) -> None:
    view = await all_three.licence_until("forward")
    for change, faults in FAULTY:
        with pytest.raises(BadInputError) as caught:
            await errands.ask(all_three.county, view.number, replace(SURVEY, **change))
        assert caught.value.fields == faults
    assert await all_three.county.node.streams("task") == []


async def test_the_same_is_not_asked_twice_while_it_is_open(all_three: Casework) -> None:
    task, number = await errands.asked(all_three)
    with pytest.raises(BadInputError) as caught:
        await errands.ask(all_three.county, number)
    assert caught.value.fields == {"errand": "already"}
    await errands.cancel(all_three.county, task)
    await errands.ask(all_three.county, number)
    for _ in range(2):
        await errands.ask(all_three.county, number, replace(SURVEY, errand=Errand.OTHER))


async def test_a_faulty_answer_changes_nothing(all_three: Casework) -> None:
    task, _ = await errands.asked(all_three, replace(SURVEY, errand=Errand.PUBLIC_DISPLAY))
    village = all_three.village
    strange = PartDigest("a" * 64)
    for form, faults in (
        (replace(FOUND, report=" "), {"report": "missing", "photos": "missing"}),
        (FOUND, {"photos": "missing"}),
        (replace(FOUND, photos=(strange,)), {f"parts.{strange}": "not_held"}),
    ):
        with pytest.raises(BadInputError) as caught:
            await errands.answer(village, task, form)
        assert caught.value.fields == faults
    other = await errands.photograph(village, OFFICER)  # somebody else's upload
    with pytest.raises(BadInputError):
        await errands.answer(village, task, replace(FOUND, photos=(other,)))
    for declined, fault in (
        (DeclineTask(reason=""), {"reason": "missing"}),
        (DeclineTask(reason="key_stolen"), {"reason": "unknown"}),
        (DeclineTask(reason="other"), {"note": "missing"}),
    ):
        with pytest.raises(BadInputError) as caught:
            await errands.decline(village, task, declined)
        assert caught.value.fields == fault
    assert await village.node.verdicts(task.stream) == [EFFECTIVE]
    kept = await village.node.works.read(partstore.kept_of, task.stream)
    assert kept == (task.brief,)


async def test_answering_twice_is_refused_in_a_sentence(all_three: Casework) -> None:
    task, _ = await errands.asked(all_three)
    await errands.answer(all_three.village, task)
    with pytest.raises(TaskNotOpenError) as caught:
        await errands.answer(all_three.village, task)
    assert caught.value.state is TaskState.ANSWERED
    assert await all_three.village.node.verdicts(task.stream) == [EFFECTIVE] * 2


async def test_an_answer_that_keeps_the_task_has_no_effect_anywhere(all_three: Casework) -> None:
    task, _ = await errands.asked(all_three)

    def overreach(work: Work) -> None:
        fact = TaskAnswered(
            result=TaskResult.TRUE, answered_at=work.now_ms, report=PartDigest("a" * 64)
        )
        work.append(task.stream, fact, holder=VILLAGE)

    await all_three.village.node.works.run(AGENT, overreach)
    await all_three.carry(task.stream)
    for office in all_three.offices:
        assert await office.node.verdicts(task.stream) == [EFFECTIVE, INERT]
    done = await errands.answer(all_three.village, task)
    assert done.state is TaskState.ANSWERED


class TaskFilmed(msgspec.Struct, frozen=True, kw_only=True, tag="task.filmed", tag_field="kind"):
    """Of a newer version."""


async def test_behind_what_a_newer_node_wrote_nothing_is_open(all_three: Casework) -> None:
    task, _ = await errands.asked(all_three)
    works = all_three.village.node.works
    await works.run(AGENT, lambda work: work.append(task.stream, TaskFilmed(), holder=VILLAGE))
    await all_three.carry(task.stream)
    with pytest.raises(TaskNotOpenError):
        await errands.answer(all_three.village, task)
    with pytest.raises(TaskNotOpenError):
        await errands.cancel(all_three.county, task)
    assert len(await all_three.county.node.verdicts(task.stream)) == 2


# ---- the projection is a fold


async def test_folding_tasks_anew_gives_the_same_table(all_three: Casework) -> None:
    open_one, _ = await errands.asked(all_three)
    answered, _ = await errands.asked(all_three)
    await errands.answer(all_three.village, answered)
    cancelled, _ = await errands.asked(all_three)
    await errands.cancel(all_three.county, cancelled)
    for task in (open_one, answered, cancelled):
        await all_three.carry(task.stream)
    for office in all_three.offices:
        before, after = await office.node.works.database.write(
            lambda tx, me=office.node.me: _rebuilt(tx, me)  # type: ignore[misc]
        )
        assert len(before) == 3
        assert before == after


def _rebuilt(tx: sqlite3.Connection, me: NodeId) -> tuple[list[Row], list[Row]]:
    before = dump(tx)["case_tasks"]
    rebuild(tx, kinds_of(me))
    return before, dump(tx)["case_tasks"]
