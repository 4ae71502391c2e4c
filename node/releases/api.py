"""Releases over HTTP: what this node holds, and which releases there are."""

from litestar import get
from litestar.di import NamedDependency

from node.releases import actions
from node.web.lean import Router
from node.web.security import Desk
from schemas.releases import ReleaseList


@get("/releases", summary="The releases known here, and what this node holds of them")
async def list_releases(desk: NamedDependency[Desk]) -> ReleaseList:
    """List every publisher's releases, and say whether all that concerns this node is here."""
    return await desk.read(actions.listing, desk.works.ledger.me)


router = Router(path="/", route_handlers=[list_releases])
