"""The pages of lights: the board, the cases under a light, the wall, and what keeps them fresh."""

from typing import Final

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromQuery
from litestar.response import Stream

from node.cases.counter import Counter
from node.errors import NotAllowedError
from node.supervision import page_board, page_lit
from node.supervision.board_lines import Watcher
from node.supervision.lights import Head
from node.supervision.page_board import MonthOf
from node.web.lean import Router
from node.web.live import any_of
from node.web.pages_base import Pages, router_of, words_for
from node.web.security import Asked, Desk
from node.web.wording import WORDS, Language, Words
from schemas.levels import Capability
from schemas.staff import OVERSEERS

LIVE: Final = "text/event-stream"
REFRESH_SECONDS: Final = 300  # of the wall, with or without script: at midnight nothing is told
WATCHED: Final = ("case", "order", "redress", "rulebook", "calendar")


def watcher_at(desk: Desk, words: Words) -> Watcher:
    """Say who looks at boards. Raises `NotAllowedError` for whoever oversees nothing."""
    works = desk.works
    may = Capability.OVERSEE in works.profile.capabilities
    if not (may and OVERSEERS & desk.actor.roles):
        raise NotAllowedError("supervision")
    return Watcher(works.ledger.me, works.profile, desk.actor, words, works.now_ms)


def router_showing(month_of: MonthOf) -> Router:
    """Give the pages, with what a month came to told by `month_of`."""

    @get("/supervision")
    async def show_board(
        request: Asked,
        counter: NamedDependency[Counter],
        pages: NamedDependency[Pages],
        by: FromQuery[str] = "",
    ) -> Response[str]:
        """Show how all open cases stand: what presses first, then by department, place or item."""
        watcher = watcher_at(counter.desk, words_for(request))
        head = Head(by) if by in set(Head) else None
        page = await counter.desk.read(page_board.board_page, watcher, head, month_of)
        return await pages.show(request, counter.desk, "supervision_board.html", page)

    @get("/supervision/wall")
    async def show_wall(
        request: Asked, counter: NamedDependency[Counter], pages: NamedDependency[Pages]
    ) -> Response[str]:
        """Show the same to a room: large, without names, and fresh by itself."""
        watcher = watcher_at(counter.desk, words_for(request))
        page = await counter.desk.read(page_lit.wall_page, watcher, month_of)
        shown = await pages.show(request, counter.desk, "supervision_wall.html", page)
        shown.headers["Refresh"] = str(REFRESH_SECONDS)
        return shown

    return router_of(show_board, show_wall, show_cases, follow_board)


@get("/supervision/cases")
async def show_cases(
    request: Asked,
    counter: NamedDependency[Counter],
    pages: NamedDependency[Pages],
    by: FromQuery[str] = Head.ALL.value,
    subject: FromQuery[str] = "",
    light: FromQuery[str] = "",
) -> Response[str]:
    """List the open cases of a department, place, window or item, all or under one light."""
    watcher = watcher_at(counter.desk, words_for(request))
    wanted = page_lit.wanted_of(by, subject, light)
    after = request.query_params.get("after")
    page = await counter.desk.read(page_lit.cases_page, watcher, wanted, after)
    return await pages.show(request, counter.desk, "supervision_cases.html", page)


@get("/supervision/live")
async def follow_board(counter: NamedDependency[Counter], seen: FromQuery[str] = "") -> Stream:
    """Tell a board that what it shows is no longer so; the events carry nothing."""
    words = WORDS[Language.ZH]  # of the marks alone: nothing is shown
    watcher_at(counter.desk, words)

    async def is_stale() -> bool:
        watcher = watcher_at(counter.desk, words)
        return await counter.desk.read(page_board.mark_of_board, watcher) != seen

    lines = counter.live.watch_list(tuple(map(any_of, WATCHED)), is_stale=is_stale)
    return Stream(lines, media_type=LIVE, headers={"X-Accel-Buffering": "no"})
