"""The board of supervision over very many open cases, beside very many that have ended.

The rows are made up and written in bulk while the node stands still, the open ones by the very
function with which the follower keeps them: real lives of so many cases would take days. What is
asked is asked of a running node over HTTP.
"""

import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Final

from cli.bench import gauge, stores
from cli.bench.figures import Asked, Boarded, Boards
from cli.bench.ground import CITY, COUNTY, Ground, ground
from cli.demo.client import Client
from node.calendar import actions as calendars
from node.calendar.model import Calendar
from node.cases import lights as courses
from node.cases.clocks import Timer
from node.clock import local_day
from node.database import Tx
from node.runtime.opening import Node, open_node
from node.staff import actions as staff
from node.supervision import lights_store
from node.supervision.lights import NEVER, OpenCase
from schemas.cases import CaseState
from schemas.clocks import ClockKind, ClockState
from schemas.ids import CaseNumber, DepartmentId, NodeId, StreamName
from schemas.items import Limit

AT_ONCE: Final = 2_000  # rows of one Work
TOWNS: Final = 7  # as many as the county has
VILLAGES: Final = 13  # of each: some ninety in all
ITEMS: Final = 300
WINDOWS: Final = 20
LIMITS: Final = (1, 3, 5, 7, 10, 15, 20, 30)  # workdays promised
LATE_PART: Final = 40  # one case in so many is late
STILL_PART: Final = 25
WARM: Final = 5  # requests of each kind before any is timed
SUPERVISOR: Final = "chen"
PAGES: Final = {
    "board": "/supervision",
    "board by place": "/supervision?by=place",
    "board by place of receipt": "/supervision?by=origin",
    "board by item": "/supervision?by=item",
    "wall": "/supervision/wall",
    "late cases": "/supervision/cases?by=all&light=red",
    "yellow cases": "/supervision/cases?by=all&light=yellow",
    "cases of a town": f"/supervision/cases?by=place&subject={COUNTY}101",
    "counts over the API": "/api/v1/supervision/lights?by=department",
}


async def boards(
    root: Path, open_cases: int, closed: int, samples: int, say: Callable[[str], None]
) -> Boards:
    """Measure the board with a tenth of the open cases and none closed, then with all."""
    found: list[Boarded] = []
    async with ground(root, (CITY, COUNTY), say) as running:
        await running.halt(CITY)
        for many, ended in ((max(1, open_cases // 10), 0), (open_cases, closed)):
            await running.halt(COUNTY)
            async with open_node(running.home(COUNTY)) as node:
                await _fill(node, many, ended, say)
            await running.run(COUNTY)
            found.append(await _measured(running, samples, say))
    return Boards(at=tuple(found))


async def _measured(running: Ground, samples: int, say: Callable[[str], None]) -> Boarded:
    pid = running.family(COUNTY).node
    desk = Client(running.urls[COUNTY], await running.token(COUNTY, SUPERVISOR))
    with stores.looking(running.home(COUNTY)) as tx:
        still, ended, sums = (
            _count(tx, one) for one in ("open_cases", "measured", "light_changes")
        )
    say(f"{still} 件在办 · open, {ended} 件已办 · ended")
    asked = []
    for name, path in PAGES.items():
        for _ in range(WARM):
            await desk.get_raw(path)
        cpu = gauge.cpu_seconds(pid)
        took = [await _timed(desk, path) for _ in range(samples)]
        used = (gauge.cpu_seconds(pid) - cpu) / samples
        asked.append(
            Asked(
                name=name,
                samples=samples,
                p50_ms=round(gauge.percentile(took, 50), 2),
                p99_ms=round(gauge.percentile(took, 99), 2),
                worst_ms=round(max(took), 2),
                cpu_ms=round(used * 1e3, 2),
            )
        )
    return Boarded(
        open_cases=still, ended=ended, sums=sums, asked=tuple(asked), rss_mb=gauge.resident_mb(pid)
    )


async def _timed(desk: Client, path: str) -> float:
    began = time.perf_counter()
    await desk.get_raw(path)
    return (time.perf_counter() - began) * 1e3


def _count(tx: Tx, table: str) -> int:
    return int(tx.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608


# ---- rows that nobody lived through


async def _fill(node: Node, many: int, ended: int, say: Callable[[str], None]) -> None:
    have = await node.works.read(lambda tx: _count(tx, "open_cases"))
    known = await node.works.read(staff.departments)
    calendar = await node.works.read(calendars.calendar_of, COUNTY)
    today = local_day(node.works.clock.now())
    desks = [one.id for one in known]
    say(f"写入 {max(0, many - have)} 件在办、{ended} 件已办 · rows written in bulk")
    for first in range(have, many, AT_ONCE):
        numbers = range(first, min(many, first + AT_ONCE))
        rows = {one.stream: one for one in _made_up(numbers, desks, calendar, today)}
        await node.database.write(partial(_keep, rows))
    if ended:
        await node.database.write(lambda tx: _fill_ended(tx, ended))


def _keep(rows: Mapping[StreamName, OpenCase], tx: Tx) -> None:
    lights_store.replace_all(tx, rows)


def _made_up(
    numbers: range, desks: Sequence[DepartmentId], calendar: Calendar, today: date
) -> Iterator[OpenCase]:
    """Make open cases as a county has them, the same at every run of the same day."""
    for number in numbers:
        chance = random.Random(number)  # noqa: S311  # a bench, no secret
        town = NodeId(f"{COUNTY}{100 + chance.randrange(TOWNS)}")
        village = NodeId(f"{town}{200 + chance.randrange(VILLAGES)}")
        origin = chance.choice((COUNTY, town, village))
        holder = chance.choice((COUNTY, COUNTY, COUNTY, town))
        timer = _timer(chance, calendar, today)
        statutory = courses.course_of(timer, calendar)
        yield OpenCase(
            stream=StreamName(f"case/{origin}/filled{number:010d}"),
            number=CaseNumber(f"{origin}-{today:%Y%m%d}-B{number:06d}"),
            item=f"item-{chance.randrange(ITEMS):03d}",
            item_name="示例事项",
            origin=origin,
            place=origin,
            holder=holder,
            department=chance.choice(desks) if holder == COUNTY else None,
            window=f"A{chance.randrange(WINDOWS):02d}" if origin == COUNTY else "",
            staff=None,
            state=CaseState.DISPATCHED,
            stage="审查",
            timer=timer,
            course=statutory,
            statutory_at=NEVER if statutory is None else statutory.due_at + 30 * 86_400_000,
        )


def _timer(chance: random.Random, calendar: Calendar, today: date) -> Timer:
    limit = Limit(amount=chance.choice(LIMITS))
    is_still = chance.randrange(STILL_PART) == 0
    late = chance.randrange(LATE_PART) == 0
    begun = today - timedelta(days=chance.randrange(60 if late else limit.amount + 1))
    due = calendar.after(begun, limit.amount)
    return Timer(
        clock=ClockKind.PROMISED,
        limit=Limit(amount=limit.amount),
        place=COUNTY,
        state=ClockState.PAUSED if is_still else ClockState.RUNNING,
        start=begun,
        due=None if is_still else due,
    )


def _fill_ended(tx: Tx, ended: int) -> None:
    """Add what appraisal keeps of cases that ended: the part of the store that only grows."""
    tx.execute(
        "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?)"
        " INSERT INTO measured (stream, counted, number, item_name, shares)"
        " SELECT 'case/610328/ended' || printf('%010d', n), 'case', '', '示例事项', x'90'"
        " FROM numbers",
        (ended,),
    )
    tx.execute(
        "INSERT OR IGNORE INTO measured_subjects (grain, subject) VALUES ('place', ?)", (COUNTY,)
    )
    tx.execute(
        "INSERT INTO measured_months (subject, month, row, measures)"
        " SELECT (SELECT id FROM measured_subjects WHERE grain = 'place' AND subject = ?),"
        " 202601 + id % 9, id, 1 FROM measured",
        (COUNTY,),
    )
