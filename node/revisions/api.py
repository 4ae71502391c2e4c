"""Revisions over HTTP, and the releases made of them."""

import asyncio
from collections.abc import Callable
from typing import Concatenate, ParamSpec

import msgspec
from litestar import Response, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from node.catalogue import initials
from node.revisions import actions, reading
from node.web import idempotency
from node.web.lean import Router
from node.web.security import Asked, Desk
from node.work import Work
from schemas.ids import StreamName
from schemas.items import PublishReport
from schemas.revisions import (
    ApproveRevision,
    BeginRevision,
    ItemChange,
    MakeRelease,
    PutChange,
    ReviewRevision,
    RevisionList,
    RevisionView,
    RevisionWritten,
    SendBackRevision,
)

P = ParamSpec("P")


async def ready(change: ItemChange) -> ItemChange:
    """Give a change whose item has the initials of its names."""
    if change.item is None:
        return change
    (item,) = await asyncio.to_thread(initials.filled, (change.item,))
    return msgspec.structs.replace(change, item=item)


async def view(desk: Desk, stream: StreamName) -> RevisionView:
    """Show a revision to whoever sits here."""
    today = actions.today_of(desk.works.clock.now())
    return await desk.read(reading.whole, desk.works.ledger.me, stream, desk.actor, today)


async def named(desk: Desk, reference: str) -> StreamName:
    """Find a revision that whoever sits here may see. Raises `NotFoundError`."""
    return await desk.read(reading.stream_named, reference, desk.actor)


@get("/revisions", summary="The revisions that you may see, the newest first")
async def list_revisions(desk: NamedDependency[Desk]) -> RevisionList:
    """List revisions of every state."""
    return await desk.read(reading.listing, desk.works.ledger.me, desk.actor)


@post("/revisions", status_code=201, summary="Begin to draft")
async def begin(
    data: JSONBody[BeginRevision], request: Asked, desk: NamedDependency[Desk]
) -> Response[bytes]:
    """Begin a revision, perhaps with its first changes; sent again with its key it is one."""
    once = await idempotency.once_of(request)
    changes = [await ready(change) for change in data.changes]
    form = msgspec.structs.replace(data, changes=tuple(changes))
    return await idempotency.run(desk, once, 201, _begin, form)


def _begin(work: Work, form: BeginRevision) -> RevisionWritten:
    stream = actions.begin(work, form)
    return reading.written(work.tx, work.me, stream, work.actor)


@get("/revisions/{revision:str}", summary="One revision, whole, with what is wrong in it")
async def show(revision: FromPath[str], desk: NamedDependency[Desk]) -> RevisionView:
    """Show lines, opinions, and what you may do to it now."""
    return await view(desk, await named(desk, revision))


@put("/revisions/{revision:str}/lines", status_code=200, summary="Write a line of the draft")
async def put_line(
    revision: FromPath[str],
    data: JSONBody[PutChange],
    request: Asked,
    desk: NamedDependency[Desk],
) -> Response[bytes]:
    """Write a new line, or one anew; sent again with its key it is written once."""
    once = await idempotency.once_of(request)
    stream = await named(desk, revision)
    form = msgspec.structs.replace(data, change=await ready(data.change))
    return await idempotency.run(desk, once, 200, _put, stream, form)


def _put(work: Work, stream: StreamName, form: PutChange) -> RevisionWritten:
    line = actions.put(work, stream, form)
    return reading.written(work.tx, work.me, stream, work.actor, (line,))


@delete("/revisions/{revision:str}/lines/{line:int}", status_code=200, summary="Drop a line")
async def drop_line(
    revision: FromPath[str],
    line: FromPath[int],
    desk: NamedDependency[Desk],
    seen: FromQuery[int | None] = None,
) -> RevisionWritten:
    """Take a line out of the draft, unless it was edited since it was `seen` (its `edited`)."""
    stream = await named(desk, revision)
    await desk.run(actions.drop_line, stream, line, seen=seen)
    return await desk.read(reading.written, desk.works.ledger.me, stream, desk.actor, ())


async def _stepped(
    desk: Desk,
    revision: str,
    step: Callable[Concatenate[Work, StreamName, P], None],
    *args: P.args,
    **kwargs: P.kwargs,
) -> RevisionView:
    """Take a step of a revision's life, then show where it stands."""
    stream = await named(desk, revision)
    await desk.run(step, stream, *args, **kwargs)
    return await view(desk, stream)


@post("/revisions/{revision:str}/submit", status_code=200, summary="报审")
async def submit(
    revision: FromPath[str], desk: NamedDependency[Desk], seen: FromQuery[int | None] = None
) -> RevisionView:
    """Submit the draft, as it was `seen` (its `seq`), to the offices; every line must be sound."""
    return await _stepped(desk, revision, actions.submit, seen=seen)


@post("/revisions/{revision:str}/review", status_code=200, summary="审核")
async def review(
    revision: FromPath[str], data: JSONBody[ReviewRevision], desk: NamedDependency[Desk]
) -> RevisionView:
    """Give the opinion of the staffing or the legal office."""
    return await _stepped(desk, revision, actions.review, data)


@post("/revisions/{revision:str}/approve", status_code=200, summary="审定")
async def approve(
    revision: FromPath[str], data: JSONBody[ApproveRevision], desk: NamedDependency[Desk]
) -> RevisionView:
    """Record the government's decision and begin the public notice."""
    return await _stepped(desk, revision, actions.approve, data)


@post("/revisions/{revision:str}/send_back", status_code=200, summary="退回")
async def send_back(
    revision: FromPath[str], data: JSONBody[SendBackRevision], desk: NamedDependency[Desk]
) -> RevisionView:
    """Send it back to its department, with the reason."""
    return await _stepped(desk, revision, actions.send_back, data)


@post("/revisions/{revision:str}/withdraw", status_code=200, summary="撤回")
async def withdraw(
    revision: FromPath[str], desk: NamedDependency[Desk], seen: FromQuery[int | None] = None
) -> RevisionView:
    """Give it up, as it was `seen` (its `seq`)."""
    return await _stepped(desk, revision, actions.withdraw, seen=seen)


@post("/releases", status_code=201, summary="Put approved revisions in force")
async def make_release(
    data: JSONBody[MakeRelease], request: Asked, desk: NamedDependency[Desk]
) -> Response[bytes]:
    """Make one release of them: all or none."""
    once = await idempotency.once_of(request)
    return await idempotency.run(desk, once, 201, _released, data)


def _released(work: Work, form: MakeRelease) -> PublishReport:
    return actions.release(work, form)


router = Router(
    path="/",
    route_handlers=[
        list_revisions, begin, show, put_line, drop_line, submit, review, approve, send_back,
        withdraw, make_release,
    ],
)  # fmt: skip
