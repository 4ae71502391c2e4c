"""Open cases reckoned anew: a local adjustment of the calendar moves due days, others work on.

The cases are real: received, accepted and signed, as at a window. The node is open in this very
process, without its network, so that what others wait for the writer can be measured beside it.
"""

import asyncio
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from cli.bench import gauge, writing
from cli.bench.figures import Recount
from cli.bench.ground import CITY, COUNTY, ground
from node.calendar import actions as calendar
from node.calendar.model import Calendar, reckon
from node.clock import local_day
from node.runtime.opening import Node, open_node
from node.runtime.recounting import Recounter
from node.work import SYSTEM, Work
from schemas.calendar import TableKind, YearTable
from schemas.cases import Action
from schemas.item_terms import LimitUnit
from schemas.items import Limit

DAYS: Final = 300  # starts before today, whose limits end within what is known
PROBE_SECONDS: Final = 0.02  # between two writers that come in between
AHEAD: Final = 2  # workdays from today that the adjustment takes off: within every limit


async def recount(root: Path, cases: int, say: Callable[[str], None]) -> Recount:
    """Measure how long `cases` open cases take, and how long others wait meanwhile."""
    async with ground(root, (CITY, COUNTY), say) as found:
        await found.halt(CITY, COUNTY)
        async with open_node(found.home(COUNTY)) as node:
            say(f"写入 {cases} 件在办 · writing open cases")
            code = writing.COUNTY_ITEM
            await writing.write_lives(node, code, cases=cases, until=Action.DISPATCH)
            await Recounter(node.works).catch_up()
            await node.works.run(SYSTEM, _adjust)
            return await _measure(node, cases)


def _adjust(work: Work) -> None:
    """Take one workday off, so that due days move."""
    today = local_day(work.now)
    day = calendar.calendar_of(work.tx, work.me).after(today, AHEAD)
    table = YearTable(
        year=day.year, kind=TableKind.OVERRIDE, document="演练", rest=(day.isoformat(),)
    )
    calendar.publish(work, table)


async def _measure(node: Node, cases: int) -> Recount:
    began, cpu = time.perf_counter(), gauge.own_cpu_seconds()
    recounting = asyncio.create_task(Recounter(node.works).catch_up())
    waits: list[float] = []
    while not recounting.done():
        asked = time.perf_counter()
        await node.works.run(SYSTEM, lambda work: work.now)
        waits.append(time.perf_counter() - asked)
        await asyncio.sleep(PROBE_SECONDS)
    clocks = await recounting
    seconds = time.perf_counter() - began
    waits.sort()
    days = await node.works.read(calendar.calendar_of, node.me)
    return Recount(
        cases=cases,
        clocks=clocks,
        seconds=round(seconds, 3),
        us_per_clock=round((gauge.own_cpu_seconds() - cpu) / max(1, clocks) * 1e6, 1),
        us_per_due=_us_per_due(days, local_day(node.works.clock.now())),
        others=len(waits),
        wait_p50_ms=round(waits[len(waits) // 2] * 1000, 2),
        wait_most_ms=round(waits[-1] * 1000, 2),
    )


def _us_per_due(days: Calendar, today: date) -> float:
    """Reckon limits of every unit from each day of a year, nothing remembered between them."""
    limits = [Limit(amount=amount, unit=unit) for unit in LimitUnit for amount in (1, 5, 20, 45)]
    starts = [today + timedelta(days=number) for number in range(-DAYS, 0)]
    for start in starts:
        days.year(start.year)  # laid out once, as in a node that runs
    began = time.process_time()
    for start in starts:
        for limit in limits:
            reckon(start, limit, days)
    return round((time.process_time() - began) / (len(starts) * len(limits)) * 1e6, 1)
