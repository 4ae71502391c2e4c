"""The catalogue over HTTP: for staff at `/items`, and for everyone at `/public/items`.

Items hold no personal data, so the public answers are the same documents, kept for a minute.
"""

from typing import Annotated, Final

from litestar import Router, get
from litestar.datastructures import CacheControlHeader
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter

from node.catalogue import actions
from node.database import Tx
from node.web.security import Desk
from node.work import Works
from schemas.ids import NodeId, level_of
from schemas.items import ItemList, ItemView

MAX_QUERY: Final = 64  # characters: longer than the longest item name
KEPT_SECONDS: Final = 60  # a new version shows within a minute; a busy page costs one query

Words = Annotated[str, QueryParameter(max_length=MAX_QUERY)]
"""What a person typed: names, everyday words or pinyin initials."""


@get("/items", summary="Items in force here; `taken_here`: that its windows take")
async def list_items(
    desk: NamedDependency[Desk],
    q: Words = "",
    taken_here: FromQuery[bool] = False,  # noqa: FBT002  # a query parameter, always named
) -> ItemList:
    """List items in force at this node that hold every word of `q`, best first."""
    me = desk.works.ledger.me
    return await desk.read(_listed, me, q, taken_here=taken_here)


@get("/items/{code:str}", summary="One item in force here, whole")
async def show_item(desk: NamedDependency[Desk], code: FromPath[str]) -> ItemView:
    """Show the guide of one item, with the stream and version that prove it."""
    return await desk.read(actions.guide, desk.works.ledger.me, code)


@get(
    "/public/items",
    summary="Items that this node's windows take, for everyone",
    cache_control=CacheControlHeader(public=True, max_age=KEPT_SECONDS),
)
async def list_public_items(works: NamedDependency[Works], q: Words = "") -> ItemList:
    """List what one may apply for here."""
    return await works.read(_listed, works.ledger.me, q, taken_here=True)


@get(
    "/public/items/{code:str}",
    summary="The guide of one item, for everyone",
    cache_control=CacheControlHeader(public=True, max_age=KEPT_SECONDS),
)
async def show_public_item(works: NamedDependency[Works], code: FromPath[str]) -> ItemView:
    """Show conditions, materials, limits, process and basis (行政许可法 §30)."""
    return await works.read(actions.guide, works.ledger.me, code)


def _listed(tx: Tx, me: NodeId, query: str, *, taken_here: bool) -> ItemList:
    taken_by = level_of(me) if taken_here else None
    return ItemList(items=actions.offered(tx, me, query, taken_by=taken_by))


router = Router(
    path="/", route_handlers=[list_items, show_item, list_public_items, show_public_item]
)
