"""The API of integrity reminders: `GET /api/v1/supervision/risks`."""

from typing import Final

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromQuery

from node.cases.clocks import day_of
from node.supervision import risks_reading
from node.supervision.api import require_overseer
from node.supervision.risks_reading import Question
from node.web.lean import Router
from node.web.security import Desk
from schemas.risks import RiskShowings


@get("/supervision/risks", summary="廉政提醒: which integrity risks were shown to whom")
async def show_risks(  # the query's own words
    desk: NamedDependency[Desk],
    since: FromQuery[str] = "",
    until: FromQuery[str] = "",
    item: FromQuery[str] = "",
    staff: FromQuery[str] = "",
    after: FromQuery[str] = "",
) -> RiskShowings:
    """Count the showings of some days, both included, and list them latest first, by fifty.

    Without days: of the last thirty. `item` is a code, `staff` an account; hand `older` back as
    `after` for more.
    """
    require_overseer(desk)
    works = desk.works
    asked = Question(since=since, until=until, item=item, staff=staff, after=after)
    return await desk.read(risks_reading.told, works.ledger.me, asked, day_of(works.now_ms))


router: Final = Router("/", route_handlers=[show_risks], tags=["supervision"])
