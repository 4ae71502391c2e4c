"""Appraisal: cases counted, and what was counted read in a store of very many.

The first few hundred cases are real: signed, stored, folded and counted by the node's own follower.
The many behind them are rows of counts alone, made after the pattern of a real one, spread over a
year, over places, departments, items, windows and people, and written through the follower's own
way of keeping: reports and drills read nothing else.
"""

import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from typing import Final

from cli.bench import gauge, stores, writing
from cli.bench.figures import Answered, Appraised, Counting, Kept
from cli.bench.ground import CITY, COUNTY, ground
from node.appraisal import (
    actions,
    day_reading,
    periods,
    reading,
    recounting,
    reports_making,
)
from node.appraisal.follower import Appraisal
from node.appraisal.shares import Measured, Share, Subject
from node.clock import from_ms, local_day
from node.database import Tx
from node.following import actions as followers
from node.following.actions import Following
from node.runtime.following import followers_of
from node.runtime.opening import DATABASE, Node, open_node
from node.web.wording import WORDS, Language
from node.work import SYSTEM
from schemas.appraisal import Counted, Grain, Measure, PeriodKind
from schemas.ids import StreamName

BATCH: Final = 400  # rows in one Work: what a step of the follower keeps
MEASURED_ROWS: Final = 4_000  # of the first and of the last: enough for a steady figure
TOWNS: Final = 11
VILLAGES: Final = 110
DEPARTMENTS: Final = 20
ITEMS: Final = 300
WINDOWS: Final = 12
PEOPLE: Final = 60
DAYS: Final = 365
WARM: Final = 2


async def appraising(
    root: Path, rows: int, cases: int, samples: int, say: Callable[[str], None]
) -> Appraised:
    """Measure counting `cases` real cases, then reading in a store with `rows` more."""
    async with ground(root, (CITY, COUNTY), say) as found:
        await found.halt(CITY, COUNTY)
        home = found.home(COUNTY)
        async with open_node(home) as node:
            say(f"写入 {cases} 件 · writing closed cases")
            await writing.write_lives(node, writing.COUNTY_ITEM, cases=cases)
            alone = await _count(node, only=True)
            together = await _count(node, only=False)
            say(f"写入 {rows} 行计数 · rows of counts")
            kept = await _fill(node, rows, home / DATABASE)
            reads = await node.works.read(_reads, node, samples)
            began = time.perf_counter()
            await node.works.read(lambda tx: recounting.recount(tx, node.me, 0, deep=False))
            return Appraised(
                alone=alone, together=together, kept=kept, reads=reads,
                recount_s=round(time.perf_counter() - began, 2),
            )  # fmt: skip


async def _count(node: Node, *, only: bool) -> Counting:
    """Let followers see everything from the first event on."""
    all_of_them = followers_of(node.profile, node.me)
    chosen = [one for one in all_of_them if not only or isinstance(one, Appraisal)]
    for one in chosen:
        await node.works.run(SYSTEM, followers.rewind, one)
    events = int(await node.works.read(_events))
    began, cpu = time.perf_counter(), gauge.own_cpu_seconds()
    looks = await Following(node.works, chosen).catch_up()
    seconds, used = time.perf_counter() - began, gauge.own_cpu_seconds() - cpu
    return Counting(
        events=events, looks=looks, events_per_s=round(events / seconds, 1),
        us_per_event=round(used / events * 1e6, 1),
    )  # fmt: skip


def _events(tx: Tx) -> int:
    return int(tx.execute("SELECT count(*) FROM events").fetchone()[0])


def _sums(tx: Tx) -> int:
    return int(tx.execute("SELECT count(*) FROM counts").fetchone()[0])


# ---- very many


async def _fill(node: Node, rows: int, file: Path) -> Kept:
    pattern = await node.works.read(_pattern)
    made = _made(pattern, local_day(from_ms(node.works.now_ms)), rows)
    size, began = stores.data_bytes(file.parent), time.perf_counter()
    first = await _keep(node, islice(made, MEASURED_ROWS))
    await _keep(node, islice(made, max(0, rows - 2 * MEASURED_ROWS)))
    last = await _keep(node, made)
    sums = await node.works.read(_sums)
    return Kept(
        rows=rows,
        seconds=round(time.perf_counter() - began, 1),
        us_per_row_first=first,
        us_per_row_last=last or first,
        sums=sums,
        mb=round((stores.data_bytes(file.parent) - size) / (1 << 20), 1),
    )


async def _keep(node: Node, made: Iterator[Measured]) -> float:
    """Keep rows, a step's at a time; tell the CPU for each, in microseconds."""
    cpu, number = 0.0, 0
    while batch := list(islice(made, BATCH)):
        before = gauge.own_cpu_seconds()
        await node.works.run(SYSTEM, actions.keep, batch)
        cpu += gauge.own_cpu_seconds() - before
        number += len(batch)
    return round(cpu / number * 1e6, 1) if number else 0.0


def _pattern(tx: Tx) -> tuple[Share, ...]:
    """Give what one real case adds."""
    (stream,) = tx.execute("SELECT min(stream) FROM cases").fetchone()
    return actions.shares_of(tx, StreamName(stream))


def _made(pattern: tuple[Share, ...], today: date, rows: int) -> Iterator[Measured]:
    """Make rows like a real one, spread over a year and over whom things are counted for."""
    latest = max(one.day for one in pattern)
    for number in range(rows):
        back = (today - latest).days + number * DAYS // rows
        yield Measured(
            stream=StreamName(f"case/{COUNTY}/bench{number:011d}"),
            counted=Counted.CASE,
            number=f"{COUNTY}-20260101-B{number:07d}",
            item_name="公共场所卫生许可",
            shares=tuple(_varied(one, number, timedelta(days=back)) for one in pattern),
        )


def _varied(one: Share, number: int, back: timedelta) -> Share:
    return Share(
        one.day - back,
        tuple(each for kept in one.subjects for each in _others(kept, number)),
        one.counts,
    )


def _others(kept: Subject, number: int) -> tuple[Subject, ...]:
    town = f"{COUNTY}{100 + number % TOWNS}"
    village = f"{town}{200 + number % VILLAGES}"
    match kept.grain:
        case Grain.PLACE:
            return tuple(Subject(Grain.PLACE, one) for one in (village, town, COUNTY))
        case Grain.BODY:
            return (Subject(Grain.BODY, f"{COUNTY}/d{number % DEPARTMENTS}"),)
        case Grain.ITEM:
            return (Subject(Grain.ITEM, f"i{number % ITEMS}"),)
        case Grain.WINDOW:
            return (Subject(Grain.WINDOW, f"{COUNTY}/w{number % WINDOWS}"),)
        case Grain.STAFF:
            window = Subject(Grain.WINDOW, f"{COUNTY}/w{number % WINDOWS}")
            return (window, Subject(Grain.STAFF, f"{COUNTY}/s{number % PEOPLE}"))
        case Grain.HOUR:
            return (Subject(Grain.HOUR, f"{village}/{number % 5 + 1}-{number % 8 + 9:02d}"),)


# ---- reading


def _reads(tx: Tx, node: Node, samples: int) -> tuple[Answered, ...]:
    today = local_day(from_ms(node.works.now_ms))
    month = periods.before(periods.period_of(PeriodKind.MONTH, today))
    year = periods.period_of(PeriodKind.YEAR, today)
    day, words = periods.bounds(month)[1], WORDS[Language.ZH]
    of_county = (Grain.PLACE, COUNTY, Measure.FINISHED)
    of_item = (Grain.ITEM, "i7", Measure.FINISHED)
    nothing = (Grain.PLACE, COUNTY, Measure.LATE)
    asked: dict[str, Callable[[], object]] = {
        "month report, all subjects": lambda: reports_making.draft(
            tx, node.me, month, node.works.now_ms, today
        ),
        "year, all departments": lambda: reading.tallies(tx, year, Grain.BODY),
        "day in public": lambda: day_reading.day_content(tx, node.me, day, words),
        "drill, whole county, a month": lambda: reading.drill(tx, month, of_county),
        "drill, whole county, a day": lambda: reading.drill(
            tx, periods.period_of(PeriodKind.DAY, day), of_county
        ),
        "drill, one item, a year": lambda: reading.drill(tx, year, of_item),
        "drill, nothing in a year": lambda: reading.drill(tx, year, nothing),
    }
    return tuple(_timed(name, ask, samples) for name, ask in asked.items())


def _timed(name: str, ask: Callable[[], object], samples: int) -> Answered:
    took, cpu = [], 0.0
    for number in range(WARM + samples):
        began, before = time.perf_counter(), gauge.own_cpu_seconds()
        ask()
        if number >= WARM:
            took.append((time.perf_counter() - began) * 1e3)
            cpu += gauge.own_cpu_seconds() - before
    return Answered(
        name=name,
        samples=samples,
        p50_ms=round(gauge.percentile(took, 50), 2),
        p95_ms=round(gauge.percentile(took, 95), 2),
        worst_ms=round(max(took), 2),
        cpu_ms=round(cpu / samples * 1e3, 2),
    )
