"""The API of evaluations: `/api/v1/evaluations`. Everyone gives one, without a session.

The list is for those who oversee: no texts, no names.
"""

from typing import Final

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery, JSONBody

from node.clock import local_day
from node.evaluation import listing
from node.evaluation.booth import Booth
from node.evaluation.dimensions import CURRENT
from node.evaluation.listing import Asked as Wish
from node.web.lean import Router
from node.web.security import Asked, Desk
from schemas.evaluation import (
    DimensionTable,
    EvaluationChannel,
    EvaluationList,
    EvaluationTaken,
    GiveEvaluation,
)

BODY_BYTES: Final = 16 << 10  # 500 characters and a handful of codes


@get("/evaluations/dimensions", summary="评价指标: what may be graded, and ready-made remarks")
async def show_dimensions() -> DimensionTable:
    """Show the table of dimensions in force."""
    return CURRENT


@post(
    "/evaluations",
    status_code=201,
    request_max_body_size=BODY_BYTES,
    summary="评价: evaluate a case, once, with its number and query code",
)
async def give(
    request: Asked, data: JSONBody[GiveEvaluation], booth: NamedDependency[Booth]
) -> EvaluationTaken:
    """Take an evaluation from the applicant: 403 to whoever of the staff is signed in.

    404 for a wrong number or code, 409 if the case was evaluated before, 422 under `number` if it
    is not answered yet, and under the field that is wrong.
    """
    shown = (data.number, data.code)
    view = await booth.by_code(request, EvaluationChannel.WEB, shown, data)
    number = data.number.strip().upper()
    return EvaluationTaken(number=number, grade=view.grade, given_at=view.given_at)


@get("/evaluations", summary="评价: evaluations of some days, the latest first")
async def list_evaluations(
    desk: NamedDependency[Desk],
    first: FromQuery[str] = "",
    last: FromQuery[str] = "",
    grade: FromQuery[str] = "",
    channel: FromQuery[str] = "",
    after: FromQuery[str] = "",
) -> EvaluationList:
    """List them by 50; the last 30 days if none are named; a representative sees his own."""
    asked = Wish(first=first, last=last, grade=grade, channel=channel)
    today = local_day(desk.works.clock.now())
    which = listing.wanted(desk.works.ledger.me, desk.actor, today, asked)
    return await desk.read(listing.page, which, after)


router: Final = Router("/", route_handlers=[show_dimensions, give, list_evaluations])
