"""The calendar over HTTP: for staff at `/calendar`, and for everyone at `/public/calendar`."""

from datetime import date
from typing import Final

from litestar import Response, delete, get, post
from litestar.datastructures import CacheControlHeader
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from node.calendar import actions
from node.clock import local_day
from node.errors import NotFoundError
from node.web import idempotency
from node.web.lean import Router
from node.web.security import Asked, Desk
from node.work import Works
from schemas.calendar import DueAnswer, TableKind, YearTable, YearView
from schemas.item_terms import LimitUnit
from schemas.items import Limit

KEPT_SECONDS: Final = 60  # a new table shows within a minute; a busy page costs one query


@get("/calendar/{year:int}", summary="One year as this node reckons it")
async def show_year(desk: NamedDependency[Desk], year: FromPath[int]) -> YearView:
    """Show the days that differ from their weekday, and where they come from."""
    return await _shown(desk.works, year)


@get("/calendar/due", summary="When a limit ends that starts on a day, and why")
async def show_due(
    desk: NamedDependency[Desk],
    start: FromQuery[date],
    amount: FromQuery[int],
    unit: FromQuery[LimitUnit] = LimitUnit.WORKDAY,
) -> DueAnswer:
    """Reckon a due day, with a sentence per step."""
    limit = Limit(amount=amount, unit=unit)
    return await desk.read(actions.due, desk.works.ledger.me, start, limit)


@post("/calendar", status_code=201, summary="Put a year's table, or an override, in force")
async def publish_table(
    data: JSONBody[YearTable], request: Asked, desk: NamedDependency[Desk]
) -> Response[bytes]:
    """Publish here and below; the former table of that year and kind no longer counts."""
    once = await idempotency.once_of(request)
    return await idempotency.run(desk, once, 201, actions.publish, data)


@delete("/calendar/{year:int}/{kind:str}", status_code=200, summary="Take a table back")
async def withdraw_table(
    desk: NamedDependency[Desk], year: FromPath[int], kind: FromPath[str]
) -> YearView:
    """Let this node's own table of that year and kind (`council`, `override`) no longer count."""
    if kind not in tuple(TableKind):
        raise NotFoundError(f"calendar {year} {kind}")
    return await desk.run(actions.withdraw, year, TableKind(kind))


@get(
    "/public/calendar/{year:int}",
    summary="One year as this node reckons it, for everyone",
    cache_control=CacheControlHeader(public=True, max_age=KEPT_SECONDS),
)
async def show_public_year(works: NamedDependency[Works], year: FromPath[int]) -> YearView:
    """Show which days are worked here."""
    return await _shown(works, year)


async def _shown(works: Works, year: int) -> YearView:
    today = local_day(works.clock.now())
    return await works.read(actions.year_view, works.ledger.me, year, today)


router: Final = Router(
    path="/",
    route_handlers=[show_year, show_due, publish_table, withdraw_table, show_public_year],
)
