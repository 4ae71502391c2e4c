"""The API of counts: `/api/v1/reports/…`, and for everybody `/api/v1/public/stats`."""

from datetime import timedelta
from typing import Final

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromQuery

from node.applicants.actions import Register
from node.appraisal import asking, behind, day_reading, reading
from node.appraisal.asking import Asking
from node.appraisal.indicators import INDICATORS
from node.clock import from_ms, local_day
from node.public.door import PublicDoor
from node.web.lean import Router
from node.web.pages_base import words_for
from node.web.security import Asked, Desk
from node.work import Works
from schemas.appraisal import DayContent, DrillPage, IndicatorList, Tally, TallyList

ONE_DAY: Final = timedelta(days=1)


def asking_at(desk: Desk) -> Asking:
    """Who asks from a desk."""
    return Asking(desk.works.ledger.me, desk.actor)


@get("/reports/indicators", summary="考评指标: how each figure is counted")
async def list_indicators(request: Asked, desk: NamedDependency[Desk]) -> IndicatorList:
    """List all indicators with the exact sentence of each, in the reader's language."""
    del desk
    words = words_for(request)
    return IndicatorList(indicators=tuple(one.view(words) for one in INDICATORS))


@get("/reports/tallies", summary="What was counted over a period, for each subject of a grain")
async def list_tallies(
    desk: NamedDependency[Desk],
    period: FromQuery[str],
    grain: FromQuery[str] = "body",
    subject: FromQuery[str] = "",
) -> TallyList:
    """Give the counts of all subjects of a grain, or of one."""
    asked, kind = asking.read_period(period), asking.read_grain(grain)
    who = asking_at(desk)
    if subject:
        who.require(kind, subject)
    else:
        who.require_overseer()
    found = await desk.read(reading.tallies, asked, kind, [subject] if subject else None)
    return TallyList(
        period=asked,
        tallies=tuple(
            Tally(grain=kind, subject=name, counts=counts) for name, counts in sorted(found.items())
        ),
    )


@get("/reports/drill", summary="The cases behind a number")
async def drill(  # a number has as many coordinates
    desk: NamedDependency[Desk],
    period: FromQuery[str],
    grain: FromQuery[str],
    subject: FromQuery[str],
    measure: FromQuery[str],
    after: FromQuery[str] = "",
) -> DrillPage:
    """List what makes up a number, fifty at a time."""
    asked = (asking.read_grain(grain), subject, asking.read_measure(measure))
    return await desk.read(behind.behind, asking_at(desk), asking.read_period(period), asked, after)


@get("/public/stats", summary="日公开, for everybody; without a date: yesterday")
async def show_stats(
    request: Asked,
    works: NamedDependency[Works],
    door: NamedDependency[PublicDoor],
    register: NamedDependency[Register],
    date: FromQuery[str] = "",
) -> DayContent:
    """Tell what is made public of a day, to whoever asks."""
    door.let_in_to_track(request)
    today = local_day(from_ms(works.now_ms))
    day = asking.require_over(asking.read_day(date), today) if date else today - ONE_DAY
    words = words_for(request)
    return await works.read(day_reading.day_content, works.ledger.me, day, words, register)


router: Final = Router("/", route_handlers=[list_indicators, list_tallies, drill, show_stats])
