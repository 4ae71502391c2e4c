"""The API for everyone: `/api/v1/public/applications`, `/public/track`, `/public/privacy`.

No session. Large forms are read by hand, so that nobody is read who was not let in; what they must
hold is in `schemas/json/public.json`.
"""

import asyncio
import hashlib
from dataclasses import replace
from functools import partial
from typing import Final

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from node.applicants.actions import Register
from node.cases import applying
from node.cases.counter import Papers, Preparing
from node.cases.query import Claim
from node.cases.receiving import Intake
from node.database import Tx
from node.errors import BadInputError, LockedOutError, NodeError
from node.network.actions import place_names
from node.public import actions, model, wording
from node.public.door import MAX_SENT_BYTES, PublicDoor
from node.web import idempotency, problems
from node.web.idempotency import Answer, Once
from node.web.lean import Router
from node.web.security import Asked
from node.web.wording import COOKIE, Language, choose
from node.work import SYSTEM, Work, Works
from schemas.case_terms import MaterialGiven
from schemas.cases_api import ReceiveCase
from schemas.ids import NodeId, StreamName
from schemas.public import (
    Privacy,
    PublicApplication,
    PublicCorrection,
    PublicPaper,
    PublicReceipt,
    PublicWithdrawal,
    Said,
    Track,
    Tracked,
)

SMALL_BODY_BYTES: Final = 4 << 10  # a number, a code, a reason


@post(
    "/public/applications",
    status_code=201,
    request_max_body_size=MAX_SENT_BYTES,
    summary="网上申请: apply from home (PublicApplication, JSON, at most 8 MiB)",
)
async def apply(
    request: Asked,
    works: NamedDependency[Works],
    door: NamedDependency[PublicDoor],
    preparing: NamedDependency[Preparing],
) -> Response[bytes]:
    """Take an application; the answer has the number and, this once, the query code."""
    async with door.receiving(request, PublicApplication) as sent:
        form = model.form_of(sent)
        once = await _once_of(request, form.applicant.id_number)
        known = await works.run(SYSTEM, _recall_or_check, once, form)
        if known is not None:
            return known.response()
        pages = await asyncio.to_thread(_pages, sent.materials)
        async with preparing.intake(form.applicant) as ready, preparing.papers(pages) as papers:
            taking = partial(_apply, form=form, papers=papers, ready=ready)
            answer = await works.run(SYSTEM, idempotency.run_once, once, 201, taking)
        return answer.response()


def _pages(papers: tuple[PublicPaper, ...]) -> tuple[model.Page, ...]:
    return tuple(model.pages_of(papers))


def _recall_or_check(work: Work, once: Once | None, form: ReceiveCase) -> Answer | None:
    known = idempotency.recall(work, once)
    if known is None:
        applying.require_applicable(work, form)
    return known


def _apply(work: Work, form: ReceiveCase, papers: Papers, ready: Intake) -> PublicReceipt:
    view = applying.apply(work, form, papers, ready, privacy=model.PRIVACY_VERSION)
    return PublicReceipt(number=view.number, code=ready.code, received_at=view.received_at)


@post(
    "/public/applications/{number:str}/correct",
    status_code=200,
    request_max_body_size=MAX_SENT_BYTES,
    summary="补正: bring what was asked for (PublicCorrection, JSON, at most 8 MiB)",
)
async def correct(
    number: FromPath[str],
    request: Asked,
    works: NamedDependency[Works],
    door: NamedDependency[PublicDoor],
    preparing: NamedDependency[Preparing],
) -> Response[bytes]:
    """Hand in the papers of the correction notice, all of them, until its day."""
    async with door.receiving(request, PublicCorrection) as sent:
        claim = Claim(number, sent.code, sent.id_tail)
        stream = await _applicants(door, works, preparing.register, claim)
        once = await _once_of(request, stream)
        claimed = model.claimed(sent.materials)
        known = await works.run(SYSTEM, _recall_or_ask, once, stream, claimed)
        if known is not None:
            return known.response()
        pages = await asyncio.to_thread(_pages, sent.materials)
        async with preparing.papers(pages) as papers:
            taking = partial(_correct, stream=stream, papers=papers)
            answer = await works.run(SYSTEM, idempotency.run_once, once, 200, taking)
        return answer.response()


def _recall_or_ask(
    work: Work, once: Once | None, stream: StreamName, materials: tuple[MaterialGiven, ...]
) -> Answer | None:
    known = idempotency.recall(work, once)
    if known is None:
        applying.require_correctable(work, stream, materials)
    return known


def _correct(work: Work, stream: StreamName, papers: Papers) -> Tracked:
    return actions.told(work.tx, applying.correct(work, stream, papers))


@post(
    "/public/applications/{number:str}/withdraw",
    status_code=200,
    request_max_body_size=SMALL_BODY_BYTES,
    summary="撤回: no longer wanted",
)
async def withdraw(
    number: FromPath[str],
    data: JSONBody[PublicWithdrawal],
    request: Asked,
    works: NamedDependency[Works],
    door: NamedDependency[PublicDoor],
    register: NamedDependency[Register],
) -> Response[bytes]:
    """Withdraw at once if this node holds the case; the node that took it asks whoever does."""
    door.let_in_to_track(request)
    claim = Claim(number, data.code, data.id_tail)
    stream = await _applicants(door, works, register, claim)
    once = await _once_of(request, stream)
    taking = partial(_withdraw, stream=stream, reason=data.reason)
    answer = await works.run(SYSTEM, idempotency.run_once, once, 200, taking)
    return answer.response()


def _withdraw(work: Work, stream: StreamName, reason: str) -> Tracked:
    return actions.told(work.tx, applying.withdraw(work, stream, reason))


@post(
    "/public/track",
    status_code=200,
    request_max_body_size=SMALL_BODY_BYTES,
    summary="进度查询: where a case stands",
)
async def track(
    data: JSONBody[Track],
    request: Asked,
    works: NamedDependency[Works],
    door: NamedDependency[PublicDoor],
) -> Tracked:
    """Tell where a case stands, to whoever has its number and query code."""
    door.let_in_to_track(request)
    with door.guesses.one(data.number):
        stream = await works.read(actions.stream_of, works.ledger.me, data.number, data.code)
    return await works.read(actions.tracked, stream)


@get("/public/privacy", summary="个人信息处理告知: what happens to what one sends")
async def show_privacy(works: NamedDependency[Works]) -> Privacy:
    """Show the notice to which an applicant agrees (个人信息保护法 §17)."""
    return await works.read(_privacy, works.ledger.me)


def _privacy(tx: Tx, me: NodeId) -> Privacy:
    names = place_names(tx).get(me)
    zh, en = (me, me) if names is None else (names.zh, names.en or names.zh)
    return wording.privacy(Said(zh=zh, en=en))


# ---- what all of them share


async def _applicants(
    door: PublicDoor, works: Works, register: Register, claim: Claim
) -> StreamName:
    """Find the case of somebody who shows that he applied.

    Raises `NotFoundError`, `LockedOutError`.
    """
    with door.guesses.one(claim.number):
        return await works.read(actions.stream_to_act, works.ledger.me, register, claim)


async def _once_of(request: Asked, whose: str) -> Once | None:
    """Read the request's key; keys belong to the applicant, for nobody is signed in."""
    once = await idempotency.once_of(request)
    if once is None:
        return None
    own = hashlib.sha256(f"{whose}\n{once.key}".encode()).hexdigest()
    return replace(once, key=f"public/{own}")


def _unfit(request: Asked, error: BadInputError) -> Response[bytes]:
    """Say in sentences, too, what is wrong with a form."""
    language = _language(request)
    return _told(error, language, wording.faults(error, language))


def _locked(request: Asked, error: LockedOutError) -> Response[bytes]:
    language = _language(request)
    return _told(error, language, wording.locked(error.retry_after_seconds, language))


def _told(error: NodeError, language: Language, detail: str) -> Response[bytes]:
    problem = problems.problem_of(error, language)
    return problems.as_document(msgspec.structs.replace(problem, detail=detail))


def _language(request: Asked) -> Language:
    return choose(request.cookies.get(COOKIE), request.headers.get("accept-language", ""))


router: Final = Router(
    "/",
    route_handlers=[apply, correct, withdraw, track, show_privacy],
    exception_handlers={BadInputError: _unfit, LockedOutError: _locked},
)
