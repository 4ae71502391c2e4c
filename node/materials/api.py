"""The API of shared papers: `POST /api/v1/materials/shared` and `…/shared/{id}/take`.

Asked with POST: an ID number stands in no address and in no log.
"""

from typing import Final

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from node.cases.counter import Counter
from node.materials import actions, copying
from node.materials.actions import Sharing
from node.materials.reading import Seeker
from node.web import idempotency
from node.web.lean import Router
from node.web.security import Asked, Desk
from schemas.ids import PartDigest
from schemas.materials import AskShared, SharedOffers, TakeShared


def seeker_at(desk: Desk) -> Seeker:
    """Who sits at a desk."""
    works = desk.works
    return Seeker(works.ledger.me, works.profile, desk.actor, works.now_ms)


@post(
    "/materials/shared",
    status_code=200,
    summary="What an applicant need not bring again (信息共享)",
)
async def look(
    counter: NamedDependency[Counter],
    sharing: NamedDependency[Sharing],
    data: JSONBody[AskShared],
) -> SharedOffers:
    """List verified papers of his earlier cases; that they were looked at is written down."""
    return await counter.desk.run(actions.look, sharing, data)


@post("/materials/shared/{offer:str}/take", status_code=201, summary="Take one over")
async def take(
    offer: FromPath[str],
    request: Asked,
    counter: NamedDependency[Counter],
    sharing: NamedDependency[Sharing],
    data: JSONBody[TakeShared],
) -> Response[bytes]:
    """Hold copies of its scans for 12 hours: name them when the case is received."""
    desk, store, named = counter.desk, counter.preparing.store, PartDigest(offer)
    once = await idempotency.once_of(request)
    actions.require_agreed(data)
    scans = await desk.read(actions.find, sharing, seeker_at(desk), data, named)
    async with copying.copied(store, scans) as copies:
        return await idempotency.run(desk, once, 201, actions.take, sharing, data, named, copies)


router: Final = Router("/", route_handlers=[look, take])
