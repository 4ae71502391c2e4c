"""The API of cases that acts: `POST /api/v1/cases` and `POST /api/v1/cases/{number}/{action}`.

Each answers with the case as it then stands. `seen` in the body is the `seq` that the person looked
at: if the case has moved since, the answer is 409 with its fresh state and what is allowed. With an
Idempotency-Key a step is taken once, however often it is sent.
"""

from collections.abc import Callable
from typing import Final, TypeVar

import msgspec
from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from federation.partstore import PreparedPart
from node.applicants.model import normal
from node.cases import actions, answers, receiving
from node.cases.caseview import CaseView
from node.cases.counter import Counter
from node.cases.receiving import Intake
from node.web import idempotency
from node.web.lean import Router
from node.web.security import Asked
from node.work import Work
from schemas.cases_api import (
    AcceptCase,
    CaseBrief,
    CloseCase,
    CorrectCase,
    DecideCase,
    DeliverCase,
    DispatchCase,
    ForwardCase,
    ReceiveCase,
    RefuseCase,
    RequestCorrection,
    ReviewCase,
    SendOnCase,
    WithdrawCase,
)

F = TypeVar("F")
Plain = Callable[[Work, str, F], CaseView]
WithText = Callable[[Work, str, F, PreparedPart | None], CaseView]

# a body may be left out where a form asks for nothing
_ACCEPT: Final = AcceptCase()
_FORWARD: Final = ForwardCase()
_DISPATCH: Final = DispatchCase()
_DELIVER: Final = DeliverCase()
_CLOSE: Final = CloseCase()


@post("/cases", status_code=201, summary="收件: take an application")
async def receive(
    request: Asked, data: JSONBody[ReceiveCase], counter: NamedDependency[Counter]
) -> Response[bytes]:
    """Take an application; scans are uploads named by digest."""
    once = await idempotency.once_of(request)
    form = msgspec.structs.replace(data, applicant=normal(data.applicant))
    async with counter.preparing.intake(form.applicant) as ready:
        return await idempotency.run(counter.desk, once, 201, _receive, form, ready)


def _receive(work: Work, form: ReceiveCase, ready: Intake) -> CaseBrief:
    taken = answers.brief(receiving.receive(work, form, ready), work.me, work.actor)
    return msgspec.structs.replace(taken, query_code=ready.code)


@post("/cases/{number:str}/forward", status_code=200, summary="初审通过")
async def forward(
    number: FromPath[str],
    request: Asked,
    counter: NamedDependency[Counter],
    data: JSONBody[ForwardCase] = _FORWARD,
) -> Response[bytes]:
    """Send the case on to the next stage."""
    async with counter.preparing.text("opinion", data.opinion) as opinion:
        return await said(counter, request, actions.forward, number, data, opinion)


@post("/cases/{number:str}/request_correction", status_code=200, summary="一次性告知补正")
async def request_correction(
    number: FromPath[str],
    request: Asked,
    counter: NamedDependency[Counter],
    data: JSONBody[RequestCorrection],
) -> Response[bytes]:
    """Ask for every paper that is missing or defective, at once."""
    async with counter.preparing.text("note", data.note) as note:
        return await said(counter, request, actions.request_correction, number, data, note)


@post("/cases/{number:str}/correct", status_code=200, summary="补正")
async def correct(
    number: FromPath[str],
    request: Asked,
    counter: NamedDependency[Counter],
    data: JSONBody[CorrectCase],
) -> Response[bytes]:
    """Hand in what was asked for."""
    return await done(counter, request, actions.correct, number, data)


@post("/cases/{number:str}/accept", status_code=200, summary="受理")
async def accept(
    number: FromPath[str],
    request: Asked,
    counter: NamedDependency[Counter],
    data: JSONBody[AcceptCase] = _ACCEPT,
) -> Response[bytes]:
    """Accept: the legal clock starts."""
    return await done(counter, request, actions.accept, number, data)


@post("/cases/{number:str}/refuse", status_code=200, summary="不予受理")
async def refuse(
    number: FromPath[str],
    request: Asked,
    counter: NamedDependency[Counter],
    data: JSONBody[RefuseCase],
) -> Response[bytes]:
    """Refuse to accept, with the reason."""
    async with counter.preparing.text("note", data.note) as note:
        return await said(counter, request, actions.refuse, number, data, note)


@post("/cases/{number:str}/dispatch", status_code=200, summary="分办")
async def dispatch(
    number: FromPath[str],
    request: Asked,
    counter: NamedDependency[Counter],
    data: JSONBody[DispatchCase] = _DISPATCH,
) -> Response[bytes]:
    """Give the case to its department."""
    return await done(counter, request, actions.dispatch, number, data)


@post("/cases/{number:str}/review", status_code=200, summary="审查")
async def review(
    number: FromPath[str],
    request: Asked,
    counter: NamedDependency[Counter],
    data: JSONBody[ReviewCase],
) -> Response[bytes]:
    """Propose an outcome."""
    async with counter.preparing.text("opinion", data.opinion) as opinion:
        return await said(counter, request, actions.review, number, data, opinion)


@post("/cases/{number:str}/decide", status_code=200, summary="决定")
async def decide(
    number: FromPath[str],
    request: Asked,
    counter: NamedDependency[Counter],
    data: JSONBody[DecideCase],
) -> Response[bytes]:
    """Grant or deny; a denial needs its reason."""
    async with counter.preparing.text("opinion", data.opinion) as opinion:
        return await said(counter, request, actions.decide, number, data, opinion)


@post("/cases/{number:str}/deliver", status_code=200, summary="出件")
async def deliver(
    number: FromPath[str],
    request: Asked,
    counter: NamedDependency[Counter],
    data: JSONBody[DeliverCase] = _DELIVER,
) -> Response[bytes]:
    """Record that the result was handed over, and to whom."""
    async with counter.preparing.receipt(data) as receipt:
        return await said(counter, request, actions.deliver, number, data, receipt)


@post("/cases/{number:str}/close", status_code=200, summary="办结")
async def close(
    number: FromPath[str],
    request: Asked,
    counter: NamedDependency[Counter],
    data: JSONBody[CloseCase] = _CLOSE,
) -> Response[bytes]:
    """Close: the stream passes to the node that decided."""
    return await done(counter, request, actions.close, number, data)


@post("/cases/{number:str}/withdraw", status_code=200, summary="撤回")
async def withdraw(
    number: FromPath[str],
    request: Asked,
    counter: NamedDependency[Counter],
    data: JSONBody[WithdrawCase],
) -> Response[bytes]:
    """Withdraw at once if this node holds the case; otherwise ask whoever does."""
    return await done(counter, request, actions.withdraw, number, data)


@post("/cases/{number:str}/send_on", status_code=200, summary="转送")
async def send_on(
    number: FromPath[str],
    request: Asked,
    counter: NamedDependency[Counter],
    data: JSONBody[SendOnCase],
) -> Response[bytes]:
    """Pass a case that came here by mistake to where it belongs."""
    return await done(counter, request, actions.send_on, number, data)


async def done(
    counter: Counter, request: Asked, act: Plain[F], number: str, form: F
) -> Response[bytes]:
    """Take a step that says nothing beyond its form."""
    once = await idempotency.once_of(request)
    return await idempotency.run(counter.desk, once, 200, _plain, act, number, form)


async def said(  # who, what, and what was said of it
    counter: Counter,
    request: Asked,
    act: WithText[F],
    number: str,
    form: F,
    text: PreparedPart | None,
) -> Response[bytes]:
    """Take a step whose free text was made ready as a part."""
    once = await idempotency.once_of(request)
    return await idempotency.run(counter.desk, once, 200, _with_text, act, number, form, text)


def _plain(work: Work, act: Plain[F], number: str, form: F) -> CaseBrief:
    return answers.brief(act(work, number, form), work.me, work.actor)


def _with_text(
    work: Work, act: WithText[F], number: str, form: F, text: PreparedPart | None
) -> CaseBrief:
    return answers.brief(act(work, number, form, text), work.me, work.actor)


router: Final = Router(
    "/",
    route_handlers=[
        receive, forward, request_correction, correct, accept, refuse, dispatch, review, decide,
        deliver, close, withdraw, send_on,
    ],
)  # fmt: skip
