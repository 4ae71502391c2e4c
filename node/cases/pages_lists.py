"""The page that lists cases: the inbox with its search."""

from dataclasses import dataclass
from typing import Annotated, Final

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromQuery, QueryParameter
from litestar.response import Stream

from node.cases import page_lists, pages_bulk, reading
from node.cases.counter import Counter
from node.cases.page_lists import InboxPage, Row
from node.database import Tx
from node.network.actions import Places, place_names
from node.web.chrome import Choice, quoted
from node.web.live import any_of
from node.web.pages_base import Pages, router_of, words_for
from node.web.security import Asked
from node.web.wording import Words
from schemas.cases_api import CasePage
from schemas.staff import KEEPERS, OVERSEERS

MAX_QUERY: Final = 64  # characters: longer than any name or number
MINE: Final = "mine"
ALL: Final = "all"
BOXES: Final = (MINE, ALL)

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


router: Final = router_of(inbox, follow_inbox, pages_bulk.take_at_once)
