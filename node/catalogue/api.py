"""The catalogue over HTTP: for staff at `/items`, and for everyone at `/public/items`.

Items hold no personal data, so the public answers are the same documents, kept for a minute.
"""

from typing import Annotated, Final

from litestar import get
from litestar.datastructures import CacheControlHeader
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter

from node.catalogue import actions
from node.database import Tx
from node.errors import NotFoundError
from node.web.lean import Router
from node.web.security import Desk
from node.work import Works
from schemas.ids import NodeId, level_of
from schemas.items import ItemHistory, ItemList, ItemView

MAX_QUERY: Final = 64  # characters: longer than the longest item name
LARGEST_NUMBER: Final = (1 << 53) - 1  # no event holds a larger one, and no table a much larger
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
    return await desk.read(_listed, desk.works, q, taken_here=taken_here)


@get("/items/{code:str}", summary="One item in force here, whole")
async def show_item(desk: NamedDependency[Desk], code: FromPath[str]) -> ItemView:
    """Show the guide of one item, with the stream and version that prove it."""
    works = desk.works
    return await desk.read(actions.guide, works.ledger.me, code, now=works.now_ms)


@get("/items/{code:str}/versions", summary="The life of one item in the catalogue")
async def show_versions(desk: NamedDependency[Desk], code: FromPath[str]) -> ItemHistory:
    """List an item's versions and ends, the newest first, in force or not."""
    works = desk.works
    return await desk.read(actions.history, works.ledger.me, code, now=works.now_ms)


@get("/items/{code:str}/versions/{version:int}", summary="One version of an item, whole")
async def show_version(
    desk: NamedDependency[Desk], code: FromPath[str], version: FromPath[int]
) -> ItemView:
    """Show an item as it stood in a version, such as the one that a running case keeps to."""
    return await desk.read(actions.version, desk.works.ledger.me, code, named_version(version))


def named_version(number: int) -> int:
    """Pass a number that a version may have. Raises `NotFoundError`."""
    if not 0 <= number <= LARGEST_NUMBER:
        raise NotFoundError("version")
    return number


@get(
    "/public/items",
    summary="Items that this node's windows take, for everyone",
    cache_control=CacheControlHeader(public=True, max_age=KEPT_SECONDS),
)
async def list_public_items(works: NamedDependency[Works], q: Words = "") -> ItemList:
    """List what one may apply for here."""
    return await works.read(_listed, works, q, taken_here=True)


@get(
    "/public/items/{code:str}",
    summary="The guide of one item, for everyone",
    cache_control=CacheControlHeader(public=True, max_age=KEPT_SECONDS),
)
async def show_public_item(works: NamedDependency[Works], code: FromPath[str]) -> ItemView:
    """Show conditions, materials, limits, process and basis (行政许可法 §30)."""
    return await works.read(actions.guide, works.ledger.me, code, now=works.now_ms)


def _listed(tx: Tx, works: Works, query: str, *, taken_here: bool) -> ItemList:
    me: NodeId = works.ledger.me
    taken_by = level_of(me) if taken_here else None
    return ItemList(items=actions.offered(tx, me, query, now=works.now_ms, taken_by=taken_by))


router = Router(
    path="/",
    route_handlers=[
        list_items, show_item, show_versions, show_version, list_public_items, show_public_item,
    ],
)  # fmt: skip
