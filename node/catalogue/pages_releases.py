"""The pages of releases: which this node holds, and what each of them changed.

They stand in the catalogue because only it can name what a release lists.
"""

from collections import defaultdict
from typing import Annotated, Final

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from node.catalogue import actions, page_releases
from node.catalogue.page_releases import Look, ReleaseCard, ReleasePage, ReleasesPage
from node.catalogue.store import ReleasedStep
from node.clock import local_day
from node.database import Tx
from node.errors import NotFoundError
from node.network.actions import Places, place_names
from node.releases import actions as releases
from node.web.pages_base import Pages, router_of, words_for
from node.web.security import Asked, Desk
from node.web.wording import Words
from schemas.ids import StreamName, stream_kind
from schemas.releases import ReleaseList, ReleaseView

PER_PAGE: Final = 20  # releases
ITEMS_PER_PAGE: Final = 200  # of one release: some 25 KB
MAX_PAGE: Final = 10_000
PageNumber = Annotated[int, QueryParameter(ge=1, le=MAX_PAGE)]


@get("/releases")
async def list_releases(
    request: Asked,
    desk: NamedDependency[Desk],
    pages: NamedDependency[Pages],
    page: PageNumber = 1,
) -> Response[str]:
    """Show what this node holds of each publisher, and every release it knows, newest first."""
    drawn = await desk.read(_listed, desk, words_for(request), page)
    return await pages.show(request, desk, "releases.html", drawn)


def _look(tx: Tx, desk: Desk, words: Words, listing: ReleaseList) -> Look:
    return Look(
        words=words,
        place_of=Places(place_names(tx), words),
        held=listing.held,
        today=local_day(desk.works.clock.now()).isoformat(),
    )


def _listed(tx: Tx, desk: Desk, words: Words, page: int) -> ReleasesPage:
    listing = releases.listing(tx, desk.works.ledger.me)
    look = _look(tx, desk, words, listing)
    first = (page - 1) * PER_PAGE
    latest = {(one.stream, one.number): one for one in listing.releases}
    return ReleasesPage(
        proofs=tuple(
            page_releases.proof(look, one, latest[one.stream, one.latest]) for one in listing.held
        ),
        releases=_cards(tx, look, listing.releases[first : first + PER_PAGE]),
        before=_address(page - 1) if page > 1 else "",
        after=_address(page + 1) if first + PER_PAGE < len(listing.releases) else "",
    )


def _cards(tx: Tx, look: Look, shown: tuple[ReleaseView, ...]) -> tuple[ReleaseCard, ...]:
    did: dict[tuple[StreamName, int], list[ReleasedStep]] = defaultdict(list)
    for stream in {one.stream for one in shown}:
        for step in actions.released(tx, stream, most=page_releases.NAMED):
            did[stream, step.release].append(step)
    return tuple(
        page_releases.draw_release(
            look,
            one,
            did[one.stream, one.number],
            calendars=_calendars(tx, one),
            brief=True,
        )
        for one in shown
    )


def _address(page: int) -> str:
    return f"/releases?page={page}" if page > 1 else "/releases"


@get("/releases/{publisher:str}/{number:int}")
async def show_release(
    request: Asked,
    publisher: FromPath[str],
    number: FromPath[int],
    desk: NamedDependency[Desk],
    pages: NamedDependency[Pages],
    page: PageNumber = 1,
) -> Response[str]:
    """Show one release with all that it changed."""
    drawn = await desk.read(_whole, desk, words_for(request), (publisher, number), page)
    return await pages.show(request, desk, "release.html", drawn)


def _whole(tx: Tx, desk: Desk, words: Words, named: tuple[str, int], page: int) -> ReleasePage:
    listing = releases.listing(tx, desk.works.ledger.me)
    look = _look(tx, desk, words, listing)
    one = next((one for one in listing.releases if (one.publisher, one.number) == named), None)
    if one is None:
        raise NotFoundError("release")
    first = (page - 1) * ITEMS_PER_PAGE
    steps = actions.released(tx, one.stream, one.number, first=first, most=ITEMS_PER_PAGE)
    if page > 1 and not steps:
        raise NotFoundError("page")
    calendars = _calendars(tx, one)
    card = page_releases.draw_release(look, one, steps, calendars=calendars, brief=False)
    more = bool(steps) and first + ITEMS_PER_PAGE < steps[0].count
    return ReleasePage(
        card=card,
        total=one.total,
        changed=one.changed,
        digest=one.digest,
        before=f"{card.href}?page={page - 1}" if page > 1 else "",
        after=f"{card.href}?page={page + 1}" if more else "",
    )


def _calendars(tx: Tx, one: ReleaseView) -> int:
    """Count the calendars that a release lists."""
    _, streams = releases.entries_of(tx, one.stream, one.number)
    return sum(stream_kind(stream) == "calendar" for stream in streams)


router: Final = router_of(list_releases, show_release)
