"""The API of a case's clocks: when each ends, and why that day."""

from typing import Final

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath

from node.cases import clock_answers, clocks
from node.cases.counter import Counter
from node.web.lean import Router
from schemas.clocks import CaseClocks


@get("/cases/{number:str}/clock", summary="When its limits end, and why: a sentence per step")
async def show_clock(number: FromPath[str], counter: NamedDependency[Counter]) -> CaseClocks:
    """Tell the clocks of a case to whoever may see it, reckoned by the calendar of today."""
    today = clocks.day_of(counter.desk.works.now_ms)
    return await counter.desk.read(clock_answers.told, counter.reader, number, today)


router: Final = Router("/", route_handlers=[show_clock])
