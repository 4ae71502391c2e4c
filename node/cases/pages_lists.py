"""The pages that list cases: the inbox with its search, and the overview of those who watch."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Final

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromQuery, QueryParameter
from litestar.response import Stream

from node.cases import page_lists, pages_bulk, reading
from node.cases.counter import Counter
from node.cases.page_lists import BoardPage, InboxPage, Row
from node.cases.tally import Pressing
from node.clock import local_day
from node.database import Tx
from node.errors import NotAllowedError
from node.network.actions import Places, place_names
from node.staff import page_posts
from node.web.chrome import Choice, Tile, quoted
from node.web.live import any_of
from node.web.pages_base import Pages, router_of, words_for
from node.web.security import Asked
from node.web.wording import Words
from schemas.cases import CaseState
from schemas.cases_api import CasePage
from schemas.ids import NodeId
from schemas.levels import Capability
from schemas.staff import KEEPERS, OVERSEERS

MAX_QUERY: Final = 64  # characters: longer than any name or number
MINE: Final = "mine"
ALL: Final = "all"
BOXES: Final = (MINE, ALL)
BY_DUE: Final = "due"
BY_DATE: Final = "date"

Text = Annotated[str, QueryParameter(max_length=MAX_QUERY)]


@dataclass(frozen=True, slots=True)
class _Read:
    """A run of a list, the names of the places in it, and the mark of a queue."""

    page: CasePage
    places: Places
    mark: str = ""


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
    seeker = counter.seeker
    found = await counter.desk.read(_list, counter, words, q=q, box=box, after=after)
    rows = tuple(
        page_lists.row_of(words, line, found.places, seeker.today, seeker.roles)
        for line in found.page.cases
    )
    page = InboxPage(
        query=q,
        box=box,
        boxes=tuple(Choice(one, words.say(f"inbox.box_{one}")) for one in BOXES),
        rows=rows,
        acts=_acts(words, rows) if box == MINE and not q else (),
        live=f"/inbox/live?seen={found.mark}" if found.mark else "",
        older=f"/cases?q={quoted(q)}&box={box}&after={found.page.next}" if found.page.next else "",
    )
    return await pages.show(request, counter.desk, "inbox.html", page)


def _acts(words: Words, rows: tuple[Row, ...]) -> tuple[Choice, ...]:
    """Offer what can be done to several of these at once; with fewer than two there is no need."""
    able = [act for row in rows for act in row.acts]
    return tuple(
        Choice(act, words.say("desk.at_once", act=words.say(f"act.{act}")))
        for act in page_lists.AT_ONCE
        if able.count(act) > 1
    )


def _has_duty(counter: Counter) -> bool:
    return bool(counter.desk.actor.roles - OVERSEERS - KEEPERS)


def _list(tx: Tx, counter: Counter, words: Words, *, q: str, box: str, after: str | None) -> _Read:
    places, seeker = Places(place_names(tx), words), counter.seeker
    if box != MINE or q:
        return _Read(reading.search(tx, seeker, q, after=after), places)
    mark = "" if after else reading.queue_mark(tx, seeker)
    return _Read(reading.inbox(tx, seeker, after=after), places, mark)


@get("/inbox/live")
async def follow_inbox(counter: NamedDependency[Counter], seen: FromQuery[str] = "") -> Stream:
    """Tell an inbox that what it shows is no longer so; the events carry nothing."""

    async def is_stale() -> bool:
        return await counter.desk.read(reading.queue_mark, counter.seeker) != seen

    lines = counter.live.watch_list((any_of("case"),), is_stale=is_stale)
    return Stream(lines, media_type=LIVE, headers={"X-Accel-Buffering": "no"})


LIVE: Final = "text/event-stream"


# ---- the overview


@dataclass(frozen=True, slots=True)
class _Seen:
    """What the overview reads in one snapshot."""

    counts: Mapping[NodeId, Mapping[CaseState, int]]
    pressing: Pressing
    page: CasePage
    places: Places
    place: NodeId | None


@get("/board")
async def board(
    request: Asked,
    counter: NamedDependency[Counter],
    pages: NamedDependency[Pages],
    origin: FromQuery[str] = "",
    by: FromQuery[str] = BY_DUE,
    after: FromQuery[str | None] = None,
) -> Response[str]:
    """Show how all cases stand: their lights first, then by place; facts alone, nobody's name."""
    if not OVERSEERS & counter.desk.actor.roles:
        raise NotAllowedError("overview")
    if Capability.OVERSEE not in pages.profile.capabilities:
        raise NotAllowedError("overview")
    words = words_for(request)
    seen = await counter.desk.read(_overview, counter, words, origin=origin, by=by, after=after)
    today = local_day(counter.desk.works.clock.now())
    gaps = await counter.desk.read(page_posts.gap_tiles, counter.desk.actor, words, today)
    here = f"/board?origin={quoted(origin)}&by={quoted(by)}"
    page = BoardPage(
        tiles=(*gaps, *_tiles(words, seen)),
        columns=page_lists.columns(words),
        places=page_lists.board_lines(seen.counts, seen.places),
        list_title=_title(words, seen, by),
        rows=tuple(page_lists.board_row(words, line, seen.places) for line in seen.page.cases),
        other=_other(words, seen, by),
        older=f"{here}&after={seen.page.next}" if seen.page.next else "",
    )
    return await pages.show(request, counter.desk, "board.html", page)


def _overview(
    tx: Tx, counter: Counter, words: Words, *, origin: str, by: str, after: str | None
) -> _Seen:
    counts: dict[NodeId, dict[CaseState, int]] = {}
    for taken_at, state, cases in reading.board(tx):
        counts.setdefault(taken_at, {})[state] = cases
    seeker, place = counter.seeker, NodeId(origin) if NodeId(origin) in counts else None
    if by == BY_DATE or place is not None:
        page = reading.of_place(tx, seeker, place, after=after)
    else:
        page = reading.ending(tx, seeker, after=after)
    pressing = reading.pressing_everywhere(tx, seeker)
    return _Seen(counts, pressing, page, Places(place_names(tx), words), place)


def _title(words: Words, seen: _Seen, by: str) -> str:
    if seen.place is not None:
        return words.say("board.of_place", place=seen.places(seen.place))
    return words.say("board.newest" if by == BY_DATE else "desk.board_ending")


def _other(words: Words, seen: _Seen, by: str) -> tuple[Choice, ...]:
    """Offer the other orders of the list."""
    orders = ((BY_DUE, "desk.board_ending"), (BY_DATE, "board.newest"))
    return tuple(
        Choice(f"/board?by={order}", words.say(word))
        for order, word in orders
        if order != by or seen.place is not None
    )


_ENDED: Final = frozenset({CaseState.CLOSED, CaseState.REVOKED})


def _tiles(words: Words, seen: _Seen) -> tuple[Tile, ...]:
    """Count: what is late and what soon will be, then how many are open and closed."""
    by_state = {
        state: sum(states.get(state, 0) for states in seen.counts.values()) for state in CaseState
    }
    ended = sum(by_state[state] for state in _ENDED)
    correcting = by_state[CaseState.CORRECTING]
    counted = sum(by_state.values()) - by_state[CaseState.VOIDED]
    late, today, soon = seen.pressing.late, seen.pressing.today, seen.pressing.soon
    return (
        Tile(late, words.say("desk.tile_late"), "/board", "red" if late else ""),
        Tile(today, words.say("desk.tile_today"), "/board", "yellow" if today else ""),
        Tile(soon, words.say("desk.tile_soon"), "/board", "yellow" if soon else ""),
        Tile(counted - ended, words.say("board.open"), "/board?by=date"),
        Tile(correcting, words.say("state.correcting"), "/board?by=date"),
        Tile(ended, words.say("board.closed"), "/board?by=date"),
    )


router: Final = router_of(inbox, follow_inbox, board, pages_bulk.take_at_once)
