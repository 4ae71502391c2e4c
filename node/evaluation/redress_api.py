"""The API of bad ratings, complaints and questions: `/api/v1/redress` and below.

What people at home may do without signing in is `redress_public`.
"""

from typing import Final

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from node.cases.counter import Counter
from node.clock import local_day
from node.errors import NotAllowedError
from node.evaluation import redress_actions as actions
from node.evaluation import redress_posts as posts
from node.evaluation import redress_reading as reading
from node.evaluation import redress_steps as steps
from node.evaluation import redress_writing as writing
from node.evaluation.redress_reading import Caller
from node.evaluation.redress_store import Wanted
from node.web import idempotency
from node.web.lean import Router
from node.web.security import Asked, Desk
from node.work import Work
from schemas.ids import DepartmentId
from schemas.redress import RedressKind, RedressState
from schemas.redress_desk import (
    AnswerRedress,
    AppealRedress,
    CallBackRedress,
    CloseRedress,
    DecideRedressAppeal,
    ExtendRedress,
    NewRedress,
    RedressDetail,
    RedressList,
    VerifyRedress,
)
from schemas.staff import OVERSEERS

READERS: Final = posts.DESK_POSTS | posts.HALL_POSTS | posts.TAKERS | posts.CALLERS | OVERSEERS
"""Posts that have to do with complaints at all."""


def caller_at(desk: Desk) -> Caller:
    """Who sits at a desk. Raises `NotAllowedError` if his post has nothing to do with it."""
    if not desk.actor.roles & READERS:
        raise NotAllowedError("complaints are for who takes, answers or oversees them")
    return Caller(desk.works.ledger.me, desk.actor)


@get("/redress", summary="差评整改、投诉、咨询: what one may see of them")
async def list_redress(
    counter: NamedDependency[Counter],
    kind: FromQuery[RedressKind | None] = None,
    stands: FromQuery[RedressState | None] = None,
    department: FromQuery[str] = "",
    before: FromQuery[str] = "",
    *,
    late: FromQuery[bool] = False,
) -> RedressList:
    """List the newest first; `stands`: in which state; `late`: only what is behind its day."""
    desk = counter.desk
    wanted = Wanted(kind=kind, state=stands, department=DepartmentId(department) or None)
    today = local_day(desk.works.clock.now())
    caller = caller_at(desk)
    return await desk.read(reading.page, caller, wanted, today, late=late, before=before)


@get("/redress/{matter:str}", summary="One of them, with what its papers say")
async def show_redress(matter: FromPath[str], counter: NamedDependency[Counter]) -> RedressDetail:
    """Show it by number or address; that its papers were read is written down."""
    caller_at(counter.desk)
    return await counter.desk.run(_detail, counter, matter)


def _detail(work: Work, counter: Counter, reference: str) -> RedressDetail:
    caller = reading.caller_in(work)
    known = reading.find(work.tx, caller, reference)
    steps.note_view(work, known)
    said = reading.said_to(work.tx, counter.preparing.store, known, caller)
    acts = reading.acts(work.tx, known, caller)
    return RedressDetail(
        redress=reading.fresh(work.tx, known),
        said=reading.masked(said.text, whole=reading.calls(acts)),
        verified=said.verified,
        answer=said.answer,
        called_back=said.called,
        appeal=said.appeal,
        appeal_ground=known.ground,
        appeal_decision=said.decided,
        extension=known.extension,
        allowed=acts,
    )


@post("/redress", status_code=201, summary="登记投诉、咨询")
async def take(
    request: Asked, counter: NamedDependency[Counter], data: JSONBody[NewRedress]
) -> Response[bytes]:
    """Take what somebody says; the answer has its number and, this once, the code."""
    once = await idempotency.once_of(request)
    known = await counter.desk.run(idempotency.recall, once)  # by now it is taken
    if known is not None:
        return known.response()
    part = writing.part_of(data.title, data.text, data.name, data.phone)
    async with writing.ready(counter.preparing.store, part) as text:
        return await idempotency.run(counter.desk, once, 201, actions.take, data, text)


@post("/redress/{matter:str}/verify", status_code=200, summary="核实")
async def verify(
    matter: FromPath[str],
    request: Asked,
    counter: NamedDependency[Counter],
    data: JSONBody[VerifyRedress],
) -> Response[bytes]:
    """Say whether it is so, and how long mending it may take."""
    once = await idempotency.once_of(request)
    async with counter.preparing.text("note", data.note) as note:
        return await idempotency.run(counter.desk, once, 200, steps.verify, matter, data, note)


@post("/redress/{matter:str}/extend", status_code=200, summary="延期")
async def extend(
    matter: FromPath[str],
    request: Asked,
    counter: NamedDependency[Counter],
    data: JSONBody[ExtendRedress],
) -> Response[bytes]:
    """Take longer, once, and say why."""
    once = await idempotency.once_of(request)
    return await idempotency.run(counter.desk, once, 200, steps.extend, matter, data)


@post("/redress/{matter:str}/answer", status_code=200, summary="反馈")
async def answer(
    matter: FromPath[str],
    request: Asked,
    counter: NamedDependency[Counter],
    data: JSONBody[AnswerRedress],
) -> Response[bytes]:
    """Say what was done, or answer the question."""
    once = await idempotency.once_of(request)
    async with counter.preparing.text("answer", data.answer) as text:
        return await idempotency.run(counter.desk, once, 200, steps.answer, matter, data, text)


@post("/redress/{matter:str}/call_back", status_code=200, summary="回访")
async def call_back(
    matter: FromPath[str],
    request: Asked,
    counter: NamedDependency[Counter],
    data: JSONBody[CallBackRedress],
) -> Response[bytes]:
    """Write down whether he was reached, and his second evaluation."""
    once = await idempotency.once_of(request)
    async with counter.preparing.text("note", data.note) as note:
        return await idempotency.run(counter.desk, once, 200, steps.call_back, matter, data, note)


@post("/redress/{matter:str}/appeal", status_code=200, summary="申诉")
async def appeal(
    matter: FromPath[str],
    request: Asked,
    counter: NamedDependency[Counter],
    data: JSONBody[AppealRedress],
) -> Response[bytes]:
    """Say that it is malicious, mistaken or not ours."""
    once = await idempotency.once_of(request)
    async with counter.preparing.text("note", data.note) as note:
        return await idempotency.run(counter.desk, once, 200, steps.appeal, matter, data, note)


@post("/redress/{matter:str}/decide_appeal", status_code=200, summary="申诉复核")
async def decide_appeal(
    matter: FromPath[str],
    request: Asked,
    counter: NamedDependency[Counter],
    data: JSONBody[DecideRedressAppeal],
) -> Response[bytes]:
    """Set it aside, or let it go on."""
    once = await idempotency.once_of(request)
    deciding = steps.decide_appeal
    async with counter.preparing.text("note", data.note) as note:
        return await idempotency.run(counter.desk, once, 200, deciding, matter, data, note)


@post("/redress/{matter:str}/close", status_code=200, summary="办结")
async def close(
    matter: FromPath[str],
    request: Asked,
    counter: NamedDependency[Counter],
    data: JSONBody[CloseRedress],
) -> Response[bytes]:
    """Close what nobody has to be called back about."""
    del data
    once = await idempotency.once_of(request)
    return await idempotency.run(counter.desk, once, 200, steps.close, matter)


router: Final = Router(
    "/",
    route_handlers=[
        list_redress, show_redress, take, verify, extend, answer, call_back, appeal,
        decide_appeal, close,
    ],
)  # fmt: skip
