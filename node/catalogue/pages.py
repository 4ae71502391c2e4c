"""The pages of the catalogue: its items, one item whole, and what differs between versions."""

from collections.abc import Mapping
from typing import Annotated, Final

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from node.catalogue import actions, model, page_diff, page_item, page_items
from node.catalogue.api import named_version
from node.catalogue.page_diff import DiffPage
from node.catalogue.page_guide import Names
from node.catalogue.page_item import GuidePage
from node.catalogue.page_items import Asked as ListAsked
from node.catalogue.page_items import Here, ItemsPage
from node.database import Tx
from node.errors import NotFoundError
from node.network.actions import Places, place_names
from node.releases import actions as releases
from node.staff import actions as staff
from node.web.chrome import Choice
from node.web.pages_base import Pages, router_of, words_for
from node.web.security import Asked, Desk
from node.web.wording import Words
from schemas.ids import DepartmentId, level_of
from schemas.items import ItemHistory, ItemVersion, ItemView
from schemas.levels import Capability
from schemas.staff import Role

MAX_QUERY: Final = 64  # characters: longer than the longest item name
MAX_PAGE: Final = 10_000
TAKERS: Final = frozenset((Role.AGENT, Role.CLERK, Role.OFFICER))
"""Posts at a window: they may take an application from the guide."""
Text = Annotated[str, QueryParameter(max_length=MAX_QUERY)]
PageNumber = Annotated[int, QueryParameter(ge=1, le=MAX_PAGE)]
Version = Annotated[int | None, QueryParameter(ge=1)]
OldVersion = Annotated[int | None, QueryParameter(name="from", ge=1)]
NewVersion = Annotated[int | None, QueryParameter(name="to", ge=1)]


@get("/items")
async def list_items(  # noqa: PLR0913, PLR0917  # all that the address may ask for
    request: Asked,
    desk: NamedDependency[Desk],
    pages: NamedDependency[Pages],
    q: Text = "",
    topic: Text = "",
    department: Text = "",
    page: PageNumber = 1,
) -> Response[str]:
    """List the items that hold every word of `q`, those in force first."""
    asked = ListAsked(q.strip(), topic, department, page)
    drawn = await desk.read(_listed, desk, words_for(request), asked)
    return await pages.show(request, desk, "items.html", drawn)


def _listed(tx: Tx, desk: Desk, words: Words, asked: ListAsked) -> ItemsPage:
    me, now = desk.works.ledger.me, desk.works.now_ms
    places = Places(place_names(tx), words)
    held = releases.held(tx, me)
    return page_items.draw_items(
        words,
        asked,
        offered=actions.offered(tx, me, asked.query, now=now),
        beside=actions.not_in_force(tx, me, asked.query, now=now),
        at=Here(
            level_of(me),
            _departments(tx, words),
            tuple(page_items.held_line(words, one, places) for one in held),
        ),
    )


def _departments(tx: Tx, words: Words) -> Mapping[DepartmentId, str]:
    return {one.id: words.pick(one.name, one.name_en) for one in staff.departments(tx)}


@get("/items/{code:str}")
async def show_item(
    request: Asked,
    code: FromPath[str],
    desk: NamedDependency[Desk],
    pages: NamedDependency[Pages],
    version: Version = None,
) -> Response[str]:
    """Show an item whole: the version in force, or the one asked for."""
    drawn = await desk.read(_guide, desk, words_for(request), code, version)
    return await pages.show(request, desk, "item.html", drawn)


def _guide(tx: Tx, desk: Desk, words: Words, code: str, version: int | None) -> GuidePage:
    works = desk.works
    me = works.ledger.me
    life = actions.history(tx, me, code, now=works.now_ms)
    view = _version_of(tx, desk, life, version)
    places = Places(place_names(tx), words)

    def item_of(code: str) -> str:
        try:
            item = actions.last_guide(tx, me, code).item
        except NotFoundError:
            return code
        return words.pick(item.name, item.name_en)

    names = Names(departments=_departments(tx, words), place_of=places, item_of=item_of)
    takes = (
        Capability.RECEIVE in works.profile.capabilities
        and bool(desk.actor.roles & TAKERS)
        and model.takes_at(view.item, level_of(me))
    )
    return page_item.draw_guide(words, view, life, names, takes=takes)


def _version_of(tx: Tx, desk: Desk, life: ItemHistory, version: int | None) -> ItemView:
    """Find the version asked for, else the one in force, else the last."""
    force = next((one.version for one in life.versions if one.in_force), life.versions[0].version)
    return actions.version(tx, desk.works.ledger.me, life.code, named_version(version or force))


@get("/items/{code:str}/diff")
async def show_difference(
    request: Asked,
    code: FromPath[str],
    desk: NamedDependency[Desk],
    pages: NamedDependency[Pages],
    old: OldVersion = None,
    new: NewVersion = None,
) -> Response[str]:
    """Show two versions of an item side by side: those asked for, else the last two."""
    drawn = await desk.read(_difference, desk, words_for(request), code, old, new)
    return await pages.show(request, desk, "item_diff.html", drawn)


def _difference(
    tx: Tx, desk: Desk, words: Words, code: str, old: int | None, new: int | None
) -> DiffPage:
    me = desk.works.ledger.me
    life = actions.history(tx, me, code, now=desk.works.now_ms)
    texts = sorted(one.version for one in life.versions if one.ends is None)
    newer = named_version(new or texts[-1])
    older = named_version(old or max((one for one in texts if one < newer), default=newer))
    before = actions.version(tx, me, code, older).item
    after = actions.version(tx, me, code, newer).item
    return DiffPage(
        code=code,
        name=words.pick(after.name, after.name_en),
        versions=tuple(_choice(words, one) for one in life.versions if one.ends is None),
        old=older,
        new=newer,
        rows=page_diff.rows(words, before, after),
    )


def _choice(words: Words, one: ItemVersion) -> Choice:
    return Choice(
        str(one.version),
        words.say("diff.choice", version=one.version, day=page_item.since_of(one)),
    )


router: Final = router_of(list_items, show_item, show_difference)
