"""The API of tasks: `POST /api/v1/cases/{number}/tasks`, `/api/v1/tasks` and below."""

import asyncio
from typing import Final

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from federation.partstore import KeptPart, PartStore
from node.cases.counter import Counter
from node.database import Tx
from node.parts.model import shown_as
from node.tasks import actions, model, reading, writing
from node.tasks.reading import Caller
from node.web import idempotency
from node.web.lean import Router
from node.web.security import Asked, Desk
from node.work import Work
from schemas.ids import PartDigest
from schemas.tasks import AnswerTask, AskTask, DeclineTask, TaskDetail, TaskList


def caller_at(desk: Desk) -> Caller:
    """Who sits at a desk."""
    return Caller(desk.works.ledger.me, desk.works.profile, desk.actor)


@get("/tasks", summary="协办: what waits here, what was asked from here, and what is done")
async def list_tasks(counter: NamedDependency[Counter]) -> TaskList:
    """List tasks, the most urgent first: to be answered here, then asked from here, then done."""
    return await counter.desk.read(_listed, caller_at(counter.desk))


def _listed(tx: Tx, caller: Caller) -> TaskList:
    reading.require_desk(caller)
    lists = (reading.to_do(tx, caller), reading.asked(tx, caller), reading.done(tx, caller))
    return TaskList(tasks=tuple(one for some in lists for one in some))


@get("/tasks/{task:str}", summary="One task, with what its papers say")
async def show_task(task: FromPath[str], counter: NamedDependency[Counter]) -> TaskDetail:
    """Show a task by its address; that its papers were read is written down."""
    return await counter.desk.run(_detail, counter.preparing.store, task)


def _detail(work: Work, store: PartStore, end: str) -> TaskDetail:
    found = reading.find(work.tx, reading.caller_in(work), end)
    actions.note_view(work, found)
    said = reading.said(work.tx, store, found)
    brief = model.masked(said.brief, whole=model.tells_person(found, work.me))
    return TaskDetail(task=found, brief=brief, report=said.report, note=said.note)


@get("/tasks/{task:str}/photos/{digest:str}", summary="A photo of an answer")
async def show_photo(
    task: FromPath[str], digest: FromPath[str], counter: NamedDependency[Counter]
) -> Response[bytes]:
    """Give a photo as it was taken; that it was looked at is written down."""
    return await photo_of(counter, task, PartDigest(digest))


async def photo_of(counter: Counter, end: str, digest: PartDigest) -> Response[bytes]:
    """Answer with a photo, to whoever may see the task. Raises `NotFoundError`, `NoPartError`."""
    kept = await counter.desk.run(_photo, end, digest)
    part = await asyncio.to_thread(counter.preparing.store.load, kept)
    media, headers = shown_as(part.media)
    return Response(part.content, media_type=media, headers=headers)


def _photo(work: Work, end: str, digest: PartDigest) -> KeptPart:
    found = reading.find(work.tx, reading.caller_in(work), end)
    kept = reading.photo(work.tx, found, digest)
    actions.note_view(work, found)
    return kept


@post("/cases/{number:str}/tasks", status_code=201, summary="请求协办")
async def ask(
    number: FromPath[str],
    request: Asked,
    counter: NamedDependency[Counter],
    data: JSONBody[AskTask],
) -> Response[bytes]:
    """Ask a node below for an errand; the case stays here."""
    once = await idempotency.once_of(request)
    desk, preparing = counter.desk, counter.preparing
    known = await desk.run(idempotency.recall, once)  # before the checks: by now it is asked
    if known is not None:
        return known.response()
    writing.require_short(data)
    brief = await desk.read(actions.draft, caller_at(desk), preparing.register, number, data)
    async with writing.brief_part(preparing.store, brief) as ready:
        return await idempotency.run(desk, once, 201, actions.ask, number, data, ready)


@post("/tasks/{task:str}/answer", status_code=200, summary="反馈")
async def answer(
    task: FromPath[str],
    request: Asked,
    counter: NamedDependency[Counter],
    data: JSONBody[AnswerTask],
) -> Response[bytes]:
    """Say what was found; photos are uploads named by digest."""
    once = await idempotency.once_of(request)
    async with counter.preparing.text("report", data.report) as report:
        return await idempotency.run(counter.desk, once, 200, actions.answer, task, data, report)


@post("/tasks/{task:str}/decline", status_code=200, summary="退回")
async def decline(
    task: FromPath[str],
    request: Asked,
    counter: NamedDependency[Counter],
    data: JSONBody[DeclineTask],
) -> Response[bytes]:
    """Hand a task back undone."""
    once = await idempotency.once_of(request)
    async with counter.preparing.text("note", data.note) as note:
        return await idempotency.run(counter.desk, once, 200, actions.decline, task, data, note)


@post("/tasks/{task:str}/cancel", status_code=200, summary="撤销")
async def cancel(
    task: FromPath[str],
    request: Asked,
    counter: NamedDependency[Counter],
    data: JSONBody[DeclineTask],
) -> Response[bytes]:
    """Take a task back that is no longer needed."""
    once = await idempotency.once_of(request)
    return await idempotency.run(counter.desk, once, 200, actions.cancel, task, data)


router: Final = Router(
    "/", route_handlers=[list_tasks, show_task, show_photo, ask, answer, decline, cancel]
)
