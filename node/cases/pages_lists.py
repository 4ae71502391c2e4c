"""The pages that list cases: the inbox with its search, and the overview of those who watch."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Final

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromQuery, QueryParameter

from node.cases import clocks, lists, page_lists, reading
from node.cases.counter import Counter
from node.cases.page_lists import BoardPage, InboxPage
from node.cases.store import Reader
from node.database import Tx
from node.errors import NotAllowedError
from node.network.actions import Places, place_names
from node.web.chrome import Choice, Tile, quoted
from node.web.pages_base import Pages, router_of, words_for
from node.web.security import Asked
from node.web.wording import Words
from schemas.cases import CaseState
from schemas.cases_api import CasePage
from schemas.ids import NodeId
from schemas.levels import Capability
from schemas.staff import Role

MAX_QUERY: Final = 64  # characters: longer than any name or number
MINE: Final = "mine"
ALL: Final = "all"
BOXES: Final = (MINE, ALL)

Text = Annotated[str, QueryParameter(max_length=MAX_QUERY)]


@dataclass(frozen=True, slots=True)
class _Read:
    """A run of a list, and the names of the places in it."""

    page: CasePage
    places: Places


@get("/cases")
async def inbox(
    request: Asked,
    counter: NamedDependency[Counter],
    pages: NamedDependency[Pages],
    q: Text = "",
    box: FromQuery[str] = "",
    after: FromQuery[str | None] = None,
) -> Response[str]:
    """List what waits for this person, or search all that he may see."""
    words = words_for(request)
    box = box if box in BOXES else (ALL if q or not _has_duty(counter) else MINE)
    found = await counter.desk.read(_list, counter, words, q=q, box=box, after=after)
    page = InboxPage(
        query=q,
        box=box,
        boxes=tuple(Choice(one, words.say(f"inbox.box_{one}")) for one in BOXES),
        rows=tuple(
            page_lists.row_of(words, line, found.places, clocks.day_of(pages.now_ms))
            for line in found.page.cases
        ),
        older=f"/cases?q={quoted(q)}&box={box}&after={found.page.next}" if found.page.next else "",
    )
    return await pages.show(request, counter.desk, "inbox.html", page)


def _has_duty(counter: Counter) -> bool:
    return bool(counter.desk.actor.roles - {Role.SUPERVISOR, Role.OPERATOR})


def _list(tx: Tx, counter: Counter, words: Words, *, q: str, box: str, after: str | None) -> _Read:
    roles, register = counter.desk.actor.roles, counter.preparing.register
    if box == MINE and not q:
        page = reading.inbox(tx, counter.reader, roles, register, after=after)
    else:
        page = reading.search(tx, counter.reader, roles, register, q, after=after)
    return _Read(page, Places(place_names(tx), words))


@dataclass(frozen=True, slots=True)
class _Seen:
    """What the overview reads in one snapshot."""

    counts: Mapping[NodeId, Mapping[CaseState, int]]
    page: CasePage
    places: Places


@get("/board")
async def board(
    request: Asked,
    counter: NamedDependency[Counter],
    pages: NamedDependency[Pages],
    origin: FromQuery[str] = "",
    after: FromQuery[str | None] = None,
) -> Response[str]:
    """Show how all cases stand, by place: facts alone, nobody's name."""
    if not {Role.SUPERVISOR} & counter.desk.actor.roles:
        raise NotAllowedError("overview")
    if Capability.OVERSEE not in pages.profile.capabilities:
        raise NotAllowedError("overview")
    words = words_for(request)
    seen = await counter.desk.read(_overview, counter.reader, words, origin=origin, after=after)
    older = f"/board?origin={quoted(origin)}&after={seen.page.next}" if seen.page.next else ""
    page = BoardPage(
        tiles=_tiles(words, seen.counts),
        columns=page_lists.columns(words),
        places=page_lists.board_lines(seen.counts, seen.places),
        list_title=words.say("board.of_place", place=seen.places(NodeId(origin)))
        if seen.counts.get(NodeId(origin))
        else words.say("board.newest"),
        rows=tuple(page_lists.board_row(words, line, seen.places) for line in seen.page.cases),
        older=older,
    )
    return await pages.show(request, counter.desk, "board.html", page)


def _overview(tx: Tx, reader: Reader, words: Words, *, origin: str, after: str | None) -> _Seen:
    counts: dict[NodeId, dict[CaseState, int]] = {}
    for place, state, cases in reading.board(tx):
        counts.setdefault(place, {})[state] = cases
    number = f"{origin}-" if NodeId(origin) in counts else ""
    page = lists.search(tx, reader, lists.Query(number=number), after=after)
    return _Seen(counts, page, Places(place_names(tx), words))


_ENDED: Final = frozenset({CaseState.CLOSED, CaseState.REVOKED})


def _tiles(words: Words, counts: Mapping[NodeId, Mapping[CaseState, int]]) -> tuple[Tile, ...]:
    by_state = {
        state: sum(states.get(state, 0) for states in counts.values()) for state in CaseState
    }
    ended = sum(by_state[state] for state in _ENDED)
    correcting = by_state[CaseState.CORRECTING]
    counted = sum(by_state.values()) - by_state[CaseState.VOIDED]
    return (
        Tile(counted - ended, words.say("board.open"), "/board"),
        Tile(correcting, words.say("state.correcting"), "/board", "yellow" if correcting else ""),
        Tile(ended, words.say("board.closed"), "/board"),
    )


router: Final = router_of(inbox, board)
