"""今日: what must I do now, in which order; what was not finished; what was not sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromQuery
from litestar.response import Redirect, Stream

from node.cases import page_lists, reading
from node.cases.caseview import CaseView
from node.cases.counter import Counter
from node.cases.page_lists import Row
from node.catalogue import actions as catalogue
from node.database import Tx
from node.errors import NotFoundError
from node.hall import home, store
from node.hall.home import Day
from node.network import actions as network
from node.network.actions import Places
from node.tasks import page_tasks
from node.tasks.page_light import looker_at
from node.web.chrome import Mark, Tile, Told
from node.web.live import any_of
from node.web.pages_base import Pages, router_of, see, words_for
from node.web.security import Asked
from node.web.wording import Words
from schemas.cases import Action
from schemas.levels import Capability
from schemas.staff import CATALOGUE_POSTS, KEEPERS, OVERSEERS, Role

MOST_ERRANDS: Final = 5  # above the cases, so few; `/tasks` has the rest
LIVE: Final = "text/event-stream"


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
class OwedRow:
    """A case whose applicant still owes papers (容缺), soon or already too late."""

    number: str
    item: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class HomePage:
    """今日."""

    may_receive: bool
    tiles: tuple[Tile, ...]
    mine: tuple[Row, ...]
    more: int
    drafts: tuple[DraftRow, ...] = ()
    unsent: tuple[UnsentRow, ...] = ()
    owed: tuple[OwedRow, ...] = ()
    errands: tuple[page_tasks.Row, ...] = ()
    """协办 that wait here, the most urgent."""
    live: str = ""
    """Where the page learns that something has changed."""
    told: Told | None = None


@get("/")
async def today(
    request: Asked, counter: NamedDependency[Counter], pages: NamedDependency[Pages]
) -> Response[str] | Redirect:
    """Show the day of whoever is signed in; who does no cases goes to what he keeps or watches."""
    elsewhere = first_page(counter.desk.actor.roles, pages)
    if elsewhere:
        return see(elsewhere)
    words = words_for(request)
    may_receive = _may_receive(counter, pages)
    page = await counter.desk.read(_day, counter, words, may_receive=may_receive)
    return await pages.show(request, counter.desk, "home.html", page)


KEPT_BY: Final[Mapping[Role, str]] = {
    Role.AUDITOR: "/audit",
    Role.OPERATOR: "/operations",
    Role.SECURITY: "/staff",
    Role.REGISTRAR: "/filings",
}
"""The first page of whoever has no cases and no items: what his post keeps."""


def first_page(roles: frozenset[Role], pages: Pages) -> str:
    """Name where somebody's day begins; empty: on the home page."""
    if roles - OVERSEERS - KEEPERS - CATALOGUE_POSTS:
        return ""
    if roles & OVERSEERS and Capability.OVERSEE in pages.profile.capabilities:
        return "/supervision"
    if roles & CATALOGUE_POSTS:
        return "/revisions"
    return next((page for role, page in KEPT_BY.items() if role in roles), "/links")


def _may_receive(counter: Counter, pages: Pages) -> bool:
    window = {Role.AGENT, Role.CLERK, Role.OFFICER} & counter.desk.actor.roles
    return bool(window) and Capability.RECEIVE in pages.profile.capabilities


@get("/today/live")
async def follow_today(counter: NamedDependency[Counter], seen: FromQuery[str] = "") -> Stream:
    """Tell a home page or an inbox that what it shows is no longer so; the events carry nothing."""

    async def is_stale() -> bool:
        return await counter.desk.read(home.is_stale, counter, seen)

    kinds = tuple(any_of(kind) for kind in ("case", "task", "order", "redress", "report"))
    lines = counter.live.watch_list(kinds, is_stale=is_stale)
    return Stream(lines, media_type=LIVE, headers={"X-Accel-Buffering": "no"})


def _day(tx: Tx, counter: Counter, words: Words, *, may_receive: bool) -> HomePage:
    day = home.day_of(tx, counter)
    places = Places(network.place_names(tx), words)
    looker = looker_at(counter, words)
    return HomePage(
        may_receive=may_receive,
        tiles=tuple(tiles(words, day)),
        mine=tuple(
            page_lists.row_of(words, line, places, looker.today, looker.actor.roles)
            for line in day.first
        ),
        more=day.waiting - len(day.first),
        drafts=draft_rows(tx, counter, words),
        unsent=_unsent(tx, counter, places),
        owed=tuple(_owed(tx, words, view, str(looker.today)) for view in day.owed),
        errands=page_tasks.to_do(tx, looker, MOST_ERRANDS) if day.errands else (),
        live=f"/today/live?seen={home.mark_of(day)}",
    )


def tiles(words: Words, day: Day) -> list[Tile]:
    """Count the day: what presses first, then all that waits, then what came back."""
    shown = [
        (day.pressing.late, "desk.tile_late", "red"),
        (day.pressing.today, "desk.tile_today", "yellow"),
        (day.pressing.soon, "desk.tile_soon", ""),
    ]
    found = [Tile(n, words.say(word), MINE, tone) for n, word, tone in shown if n]
    found.append(Tile(day.waiting, words.say("home.tile_mine"), MINE))
    for duty, (word, tone) in _OF_THEIR_OWN.items():
        if day.duties.get(duty):
            found.append(Tile(day.duties[duty], words.say(word), MINE, tone))
    if day.errands:
        found.append(_errands(words, day))
    found += [Tile(ask.count, words.say(ask.word), ask.href, ask.tone) for ask in day.asks]
    if day.failed:
        found.append(Tile(day.failed, words.say("desk.tile_failed"), "/links", "red"))
    found.append(Tile(day.unsent, words.say("home.tile_unsent"), "/links"))
    return found


MINE: Final = "/cases?box=mine"
_OF_THEIR_OWN: Final = {
    Action.CORRECT: ("home.tile_correct", "yellow"),
    Action.ADMIT: ("home.tile_admit", "yellow"),
    Action.SEND_ON: ("desk.tile_astray", "yellow"),
    Action.GIVE_OPINION: ("home.tile_joint", ""),
    Action.DELIVER: ("home.tile_deliver", ""),
    Action.CLOSE: ("desk.tile_close", ""),
    Action.CHECK: ("home.tile_check", ""),
}
"""Duties that have a tile where there are any."""


def _errands(words: Words, day: Day) -> Tile:
    """Say how many errands wait (协办)."""
    if day.late_errands:
        late = words.say("task.tile_late", late=day.late_errands)
        return Tile(day.errands, late, "/tasks", "red")
    return Tile(day.errands, words.say("task.tile"), "/tasks")


def _unsent(tx: Tx, counter: Counter, places: Places) -> tuple[UnsentRow, ...]:
    """Name the cases that wait to be sent, among those this person may see."""
    rows = []
    for waiting in network.waiting_cases(tx):
        try:
            view = reading.case(tx, counter.reader, waiting.stream)
        except NotFoundError:
            continue
        name = _item_name(tx, places.words, view)
        rows.append(UnsentRow(view.number, name, places(waiting.peer)))
    return tuple(rows)


def _item_name(tx: Tx, words: Words, view: CaseView) -> str:
    return reading.item_name(tx, view) or words.say("list.item_unknown")


def _owed(tx: Tx, words: Words, view: CaseView, today: str) -> OwedRow:
    day = view.law.pending_by
    over = today > day
    mark = Mark(
        "red" if over else "yellow",
        words.say("list.owed_over" if over else "list.owed_by", day=day),
    )
    return OwedRow(view.number, _item_name(tx, words, view), mark)


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


router: Final = router_of(today, follow_today)
