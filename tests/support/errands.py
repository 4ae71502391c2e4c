"""People who ask for errands and do them: real keys, ledgers and parts, no network."""

import msgspec

from federation import partstore, partwants
from federation.parts import salted
from federation.partstore import PreparedPart
from node.applicants import actions as applicants
from node.parts import actions as uploads
from node.tasks import actions, reading
from node.tasks.reading import Caller, Said
from node.tasks.writing import BRIEF_MEDIA
from node.work import SYSTEM, Actor, Work
from schemas.ids import PartDigest, StreamName
from schemas.tasks import AnswerTask, AskTask, DeclineTask, Errand, TaskResult, TaskView
from tests.support.casework import AGENT, CLERK, SUPERVISOR, VILLAGE, ZHANG, Casework, Office

PHOTO = b"\xff\xd8\xff" + b"\xff\xda\x00\x02" + b"photo" * 300 + b"\xff\xd9"
SURVEY = AskTask(
    errand=Errand.HOUSEHOLD_SURVEY, to=VILLAGE, workdays=3, instruction="核实家庭人口和住房"
)
FOUND = AnswerTask(result=TaskResult.TRUE, report="11 月 26 日入户, 两口人, 土坯房三间。")


def caller(office: Office, actor: Actor) -> Caller:
    return Caller(office.node.me, office.node.works.profile, actor)


async def ask(
    office: Office, number: str, form: AskTask = SURVEY, actor: Actor = CLERK
) -> TaskView:
    """Ask for an errand as the page does: check, encrypt, begin. The applicant is known by then."""
    works = office.node.works
    view = await office.see(SUPERVISOR, number)
    await works.database.write(
        lambda tx: applicants.keep(
            tx, view.stream, office.register.seal(PartDigest("f" * 64), ZHANG)
        )
    )
    brief = await works.read(actions.draft, caller(office, actor), office.register, number, form)
    ready = office.parts.prepare(salted(BRIEF_MEDIA, msgspec.json.encode(brief)))
    return await works.run(actor, actions.ask, number, form, ready)


async def asked(world: Casework, form: AskTask = SURVEY) -> tuple[TaskView, str]:
    """Have the county ask, and the village know of it, papers and all."""
    view = await world.licence_until("forward")
    task = await ask(world.county, view.number, form)
    await world.carry(task.stream)
    await hand_over(world.county, world.village, task)
    return task, view.number


def end_of(task: TaskView) -> str:
    return task.stream.rsplit("/", 1)[1]


async def photograph(office: Office, actor: Actor = AGENT) -> PartDigest:
    """Upload a photo."""
    ready = office.parts.prepare(salted("image/jpeg", PHOTO))
    held = await office.node.works.run(
        actor, uploads.hold, ready, media="image/jpeg", size=len(PHOTO)
    )
    return held.digest


async def answer(
    office: Office, task: TaskView, form: AnswerTask = FOUND, actor: Actor = AGENT
) -> TaskView:
    text = form.report.strip()
    ready = office.parts.prepare(salted("text/plain", text.encode())) if text else None
    return await office.node.works.run(actor, actions.answer, end_of(task), form, ready)


async def decline(
    office: Office, task: TaskView, form: DeclineTask, actor: Actor = AGENT
) -> TaskView:
    text = form.note.strip()
    ready = office.parts.prepare(salted("text/plain", text.encode())) if text else None
    return await office.node.works.run(actor, actions.decline, end_of(task), form, ready)


async def cancel(
    office: Office, task: TaskView, reason: str = "case_moot", actor: Actor = CLERK
) -> TaskView:
    return await office.node.works.run(
        actor, actions.cancel, end_of(task), DeclineTask(reason=reason)
    )


async def look(office: Office, task: TaskView, actor: Actor) -> tuple[TaskView, Said]:
    """Read a task and what its papers say."""

    def read(work: Work) -> tuple[TaskView, Said]:
        found = reading.find(work.tx, reading.caller_in(work), end_of(task))
        return found, reading.said(work.tx, office.parts, found)

    return await office.node.works.run(actor, read)


async def hand_over(sender: Office, to: Office, task: TaskView) -> None:
    """Give `to` the parts of a task that `sender` has, as the paper round would."""
    for digest in (task.brief, task.report, task.note, *task.photos):
        if digest is None or not await sender.node.works.read(
            partstore.is_kept_for, task.stream, digest
        ):
            continue
        allowed = await sender.node.works.read(reading.may_have, task.stream, digest, to.node.me)
        assert allowed
        part = await sender.node.works.read(sender.parts.read, digest)
        ready = to.parts.prepare(part)
        assert ready.digest == digest
        await to.node.works.run(SYSTEM, _keep, ready, task.stream)


async def pass_on(sender: Office, to: Office, task: TaskView) -> tuple[PartDigest, ...]:
    """Give `to` what it asks `sender` for of a task, as the paper round would; names it."""
    asks = await to.node.works.database.write(
        lambda tx: partwants.due_asks(tx, to.node.me, 1 << 50, 100)
    )
    asked = [one.digest for one in asks if (one.stream, one.to) == (task.stream, sender.node.me)]
    for digest in asked:
        assert await sender.node.works.read(reading.may_have, task.stream, digest, to.node.me)
        ready = to.parts.prepare(await sender.node.works.read(sender.parts.read, digest))
        await to.node.works.run(SYSTEM, _keep, ready, task.stream)
    return tuple(asked)


def _keep(work: Work, part: PreparedPart, stream: StreamName) -> None:
    partstore.keep(work.tx, part, stream)
