"""The API of lights: `GET /api/v1/supervision/lights`."""

from typing import Final

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromQuery

from node.calendar import actions as calendar
from node.cases.counter import Counter
from node.database import Tx
from node.supervision import lights_reading, page_lit
from node.supervision.board_lines import Watcher
from node.supervision.lights import Head
from node.supervision.lights_store import Wanted
from node.supervision.pages_board import watcher_at
from node.web.lean import Router
from node.web.wording import WORDS, Language
from schemas.lights import LightsView


@get("/supervision/lights", summary="亮灯: open cases counted by light, and those under a light")
async def show_lights(
    counter: NamedDependency[Counter],
    by: FromQuery[str] = Head.ALL.value,
    subject: FromQuery[str | None] = None,
    light: FromQuery[str] = "",
    after: FromQuery[str | None] = None,
) -> LightsView:
    """Count by `all`, `department`, `place`, `origin`, `window` or `item`.

    With `subject` (a node id, `node/department`, `node/window`, an item's code) or `light`: also
    the cases, fifty at a time; hand `next` back as `after` for more. Facts alone, nobody's name.
    """
    watcher = watcher_at(counter.desk, WORDS[Language.ZH])
    named = subject if subject is not None else "" if light and by == Head.ALL else None
    if named is None:
        head = page_lit.head_of(by)
        return await counter.desk.read(_counted, watcher, head)
    wanted = page_lit.wanted_of(by, named, light)
    return await counter.desk.read(_listed, watcher, wanted, after)


def _counted(tx: Tx, watcher: Watcher, by: Head) -> LightsView:
    return LightsView(
        node=watcher.me,
        at=watcher.now,
        by=by,
        counts=lights_reading.counts(tx, by, watcher.now),
        calendar_missing=_missing(tx, watcher),
    )


def _listed(tx: Tx, watcher: Watcher, wanted: Wanted, after: str | None) -> LightsView:
    return LightsView(
        node=watcher.me,
        at=watcher.now,
        by=wanted.head,
        counts=(lights_reading.count_of(tx, wanted.head, wanted.subject, watcher.now),),
        page=lights_reading.cases(tx, wanted, watcher.now, after=after),
        calendar_missing=_missing(tx, watcher),
    )


def _missing(tx: Tx, watcher: Watcher) -> int | None:
    lacking = calendar.lacking(tx, watcher.me, watcher.today)
    return lacking.year if lacking is not None and lacking.missing else None


router: Final = Router("/", route_handlers=[show_lights], tags=["supervision"])
