"""The API of rules and findings: `/api/v1/supervision/findings`, `/api/v1/supervision/rules`."""

from typing import Final

from litestar import Response, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.status_codes import HTTP_200_OK

from node.errors import NotAllowedError
from node.supervision import actions, asking, reading, rulebook_reading, trial
from node.supervision.reading import Sight
from node.web import idempotency
from node.web.lean import Router
from node.web.pages_base import words_for
from node.web.security import Asked, Desk
from node.web.wording import Words
from node.work import Work
from schemas.staff import OVERSEERS
from schemas.supervision import Finding
from schemas.supervision_api import (
    FindingPage,
    NoteFinding,
    RulebookView,
    SetRulebook,
    TrialResult,
    TryRulebook,
)


@get("/findings", summary="监察异常: what the rules found, latest first")
async def list_findings(  # noqa: PLR0913, PLR0917  # the query's own words
    request: Asked,
    desk: NamedDependency[Desk],
    open_only: FromQuery[bool] = True,  # noqa: FBT002  # a query has no keywords
    rule_class: FromQuery[str] = "",
    level: FromQuery[str] = "",
    rule: FromQuery[str] = "",
    node: FromQuery[str] = "",
    department: FromQuery[str] = "",
    item: FromQuery[str] = "",
    since: FromQuery[str] = "",
    until: FromQuery[str] = "",
    after: FromQuery[str] = "",
) -> FindingPage:
    """List findings that the caller may see: an overseer all, anybody else those of his work."""
    reading.require_reader(desk.actor)
    said = {
        "state": asking.WAITING if open_only else asking.EVERYTHING, "class": rule_class,
        "level": level, "rule": rule, "node": node, "department": department, "item": item,
        "since": since, "until": until, "after": after,
    }  # fmt: skip
    query = asking.query_of(said)
    return await desk.read(reading.page, query, words_for(request), sight=sight_of(desk))


@get("/findings/{finding:str}", summary="One finding")
async def show_finding(
    request: Asked, finding: FromPath[str], desk: NamedDependency[Desk]
) -> Finding:
    """Show a finding that the caller may see."""
    return await desk.read(reading.seen, sight_of(desk), finding, words_for(request))


@post("/findings/{finding:str}/note", status_code=HTTP_200_OK, summary="已阅: no order is needed")
async def note_finding(
    request: Asked,
    finding: FromPath[str],
    data: JSONBody[NoteFinding],
    desk: NamedDependency[Desk],
) -> Response[bytes]:
    """Note that the supervisor has looked at it, with the reason."""
    once = await idempotency.once_of(request)
    return await idempotency.run(
        desk, once, HTTP_200_OK, _noted, finding, data.reason, words_for(request)
    )


def _noted(work: Work, finding: str, reason: str, words: Words) -> Finding:
    actions.note(work, finding, reason)
    return reading.seen(work.tx, Sight(work.me, work.actor), finding, words)


@get("/rules", summary="监察规则库: every rule as it is set here")
async def show_rules(request: Asked, desk: NamedDependency[Desk]) -> RulebookView:
    """Show how every rule is set, who set it, and where rules failed."""
    require_overseer(desk)
    works = desk.works
    return await desk.read(rulebook_reading.view, works.ledger.me, works.now_ms, words_for(request))


@put("/rules", summary="Put a rulebook in force from now on")
async def set_rules(
    request: Asked, data: JSONBody[SetRulebook], desk: NamedDependency[Desk]
) -> Response[bytes]:
    """Put a book in force here and below; what happened before stays judged as it was."""
    once = await idempotency.once_of(request)
    return await idempotency.run(desk, once, HTTP_200_OK, _set, data, words_for(request))


def _set(work: Work, form: SetRulebook, words: Words) -> RulebookView:
    actions.set_book(work, form.book, form.reason)
    return rulebook_reading.view(work.tx, work.me, work.now_ms, words)


@post("/rules/trial", status_code=HTTP_200_OK, summary="Try a rulebook on what has happened")
async def try_rules(
    request: Asked, data: JSONBody[TryRulebook], desk: NamedDependency[Desk]
) -> TrialResult:
    """Say what the book would have found, and what was found; nothing is changed."""
    require_overseer(desk)
    return await trial.tried(desk.works, data, words_for(request))


def sight_of(desk: Desk) -> Sight:
    """Which findings this person may read."""
    reading.require_reader(desk.actor)
    return Sight(desk.works.ledger.me, desk.actor)


def require_overseer(desk: Desk) -> None:
    """Pass whoever oversees. Raises `NotAllowedError`."""
    if not desk.actor.roles & OVERSEERS:
        raise NotAllowedError("the rules are for who oversees")


router: Final = Router(
    "/supervision",
    route_handlers=[
        list_findings,
        show_finding,
        note_finding,
        show_rules,
        set_rules,
        try_rules,
    ],
    tags=["supervision"],
)
