"""今日: what must I do now, in which order; what was not finished; what was not sent."""

from dataclasses import dataclass
from typing import Final

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.response import Redirect

from node.cases import page_lists, reading
from node.cases.counter import Counter
from node.cases.page_lists import Row
from node.catalogue import actions as catalogue
from node.database import Tx
from node.errors import NotFoundError
from node.hall import store
from node.network import actions as network
from node.network.actions import Places
from node.tasks import page_tasks
from node.tasks import reading as tasks
from node.tasks.page_light import caller_of, looker_at
from node.web.chrome import CATALOGUE_POSTS, Tile, Told
from node.web.pages_base import Pages, router_of, see, words_for
from node.web.security import Asked
from node.web.wording import Words
from schemas.cases import Action
from schemas.cases_api import CaseLine
from schemas.levels import Capability
from schemas.staff import Role

MOST_SHOWN: Final = 20  # a person's morning; the inbox has the rest
MOST_ERRANDS: Final = 5  # above the cases, so few; `/tasks` has the rest


@dataclass(frozen=True, slots=True)
class DraftRow:
    """An intake that was not finished."""

    item: str
    at_ms: int
    href: str


@dataclass(frozen=True, slots=True)
class UnsentRow:
    """A case whose last step has not reached the neighbour yet."""

    number: str
    item: str
    to: str


@dataclass(frozen=True, slots=True)
class HomePage:
    """今日."""

    may_receive: bool
    tiles: tuple[Tile, ...]
    mine: tuple[Row, ...]
    more: int
    drafts: tuple[DraftRow, ...] = ()
    unsent: tuple[UnsentRow, ...] = ()
    errands: tuple[page_tasks.Row, ...] = ()
    """协办 that wait here, the most urgent."""
    told: Told | None = None


@get("/")
async def today(
    request: Asked, counter: NamedDependency[Counter], pages: NamedDependency[Pages]
) -> Response[str] | Redirect:
    """Show the day of whoever is signed in; who only watches goes to what he watches."""
    elsewhere = _without_cases(counter, pages)
    if elsewhere:
        return see(elsewhere)
    words = words_for(request)
    may_receive = _may_receive(counter, pages)
    page = await counter.desk.read(_day, counter, words, may_receive=may_receive)
    return await pages.show(request, counter.desk, "home.html", page)


def _without_cases(counter: Counter, pages: Pages) -> str:
    roles = counter.desk.actor.roles
    if roles - {Role.SUPERVISOR, Role.OPERATOR} - CATALOGUE_POSTS:
        return ""
    if roles & CATALOGUE_POSTS:
        return "/revisions"
    oversees = Role.SUPERVISOR in roles and Capability.OVERSEE in pages.profile.capabilities
    return "/board" if oversees else "/links"


def _may_receive(counter: Counter, pages: Pages) -> bool:
    window = {Role.AGENT, Role.CLERK, Role.OFFICER} & counter.desk.actor.roles
    return bool(window) and Capability.RECEIVE in pages.profile.capabilities


def _day(tx: Tx, counter: Counter, words: Words, *, may_receive: bool) -> HomePage:
    actor, reader = counter.desk.actor, counter.reader
    places = Places(network.place_names(tx), words)
    inbox = reading.inbox(tx, reader, actor.roles, counter.preparing.register)
    waiting = reading.waiting(tx, reader, actor.roles)
    lines = page_lists.in_order(inbox.cases)[:MOST_SHOWN]
    unsent = _unsent(tx, counter, places)
    looker = looker_at(counter, words)
    errands, late = tasks.waiting(tx, caller_of(looker), looker.today)
    return HomePage(
        may_receive=may_receive,
        tiles=(
            *_tiles(words, inbox.cases, waiting, unsent=network.unsent(tx)),
            *_errands(words, errands, late),
        ),
        mine=tuple(page_lists.row_of(words, line, places, looker.today) for line in lines),
        more=waiting - len(lines),
        drafts=draft_rows(tx, counter, words),
        unsent=unsent,
        errands=page_tasks.to_do(tx, looker, MOST_ERRANDS) if errands else (),
    )


def _tiles(
    words: Words, cases: tuple[CaseLine, ...], waiting: int, *, unsent: int
) -> tuple[Tile, ...]:
    duties = [line.duty for line in cases]
    tiles = [Tile(waiting, words.say("home.tile_mine"), "/cases?box=mine")]
    for duty, (word, tone) in _OF_THEIR_OWN.items():
        if duties.count(duty):
            tiles.append(Tile(duties.count(duty), words.say(word), "/cases?box=mine", tone))
    tiles.append(Tile(unsent, words.say("home.tile_unsent"), "/links"))
    return tuple(tiles)


_OF_THEIR_OWN: Final = {
    Action.CORRECT: ("home.tile_correct", "yellow"),
    Action.ADMIT: ("home.tile_admit", "yellow"),
    Action.GIVE_OPINION: ("home.tile_joint", ""),
    Action.DELIVER: ("home.tile_deliver", ""),
    Action.CHECK: ("home.tile_check", ""),
}
"""Duties that have a tile where there are any."""


def _errands(words: Words, count: int, late: int) -> tuple[Tile, ...]:
    """Say how many errands wait (协办); nothing where none does."""
    if not count:
        return ()
    if late:
        return (Tile(count, words.say("task.tile_late", late=late), "/tasks", "red"),)
    return (Tile(count, words.say("task.tile"), "/tasks"),)


def _unsent(tx: Tx, counter: Counter, places: Places) -> tuple[UnsentRow, ...]:
    """Name the cases that wait to be sent, among those this person may see."""
    rows = []
    for waiting in network.waiting_cases(tx):
        try:
            view = reading.case(tx, counter.reader, waiting.stream)
        except NotFoundError:
            continue
        name = reading.item_name(tx, view) or places.words.say("list.item_unknown")
        rows.append(UnsentRow(view.number, name, places(waiting.peer)))
    return tuple(rows)


def draft_rows(tx: Tx, counter: Counter, words: Words) -> tuple[DraftRow, ...]:
    """List this person's unfinished intakes."""
    names = {}
    drafts = store.unfinished(tx, counter.desk.actor.staff)
    if drafts:
        offered = catalogue.known(tx, counter.reader.me)
        names = {one.code: words.pick(one.name, one.name_en) for one in offered}
    return tuple(
        DraftRow(names.get(one.item, one.item), one.at, f"/intake/{one.id}") for one in drafts
    )


router: Final = router_of(today)
