"""The lists of a county with very many cases: inbox, search, home and overview over HTTP.

The first few hundred cases are real: received, signed and sealed, and they come first in every
queue. The many behind them are rows of the projection alone, written in bulk while the node stands
still: lists read nothing else, and a million signed lives would take this machine hours.
"""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from cli.bench import gauge, stores, writing
from cli.bench.figures import Answered, Listed
from cli.bench.ground import CITY, COUNTY, ground
from cli.demo.client import Client
from cli.demo.walks import WALKS
from node.database import Tx
from node.runtime.opening import open_node
from schemas.cases import Action

REAL: Final = 60  # at each of three steps, and closed: more than a page of every queue
OPEN_PART: Final = 33  # one case in so many is still open: a county closes most within the month
DAY_MS: Final = 86_400_000
WARM: Final = 5  # requests of each kind before any is timed
TOGETHER: Final = 16  # people who ask at once

PEOPLE: Final = {"clerk": "li", "handler": "chu", "supervisor": "chen"}


async def lists(root: Path, cases: int, samples: int, say: Callable[[str], None]) -> Listed:
    """Measure `samples` answers of each list in a store of about `cases` cases."""
    async with ground(root, (CITY, COUNTY), say) as found:
        await found.halt(CITY, COUNTY)
        home = found.home(COUNTY)
        async with open_node(home) as node:
            code = writing.COUNTY_ITEM
            if not stores.closed(home, COUNTY):
                for step in (Action.DISPATCH, Action.REVIEW, Action.DECIDE, None):
                    await writing.write_lives(node, code, cases=REAL, until=step)
            held = await node.works.read(_count)
            say(f"写入 {max(0, cases - held)} 行投影 · rows of the projection")
            if held < cases:
                now = node.works.now_ms
                await node.database.write(lambda tx: _fill(tx, cases - held, now))
        await found.run(COUNTY)
        desks = {
            post: Client(found.urls[COUNTY], await found.token(COUNTY, login))
            for post, login in PEOPLE.items()
        }
        family = found.family(COUNTY)
        with stores.looking(home) as tx:
            total = _count(tx)
            still = int(tx.execute("SELECT count(*) FROM cases WHERE duty NOTNULL").fetchone()[0])
            asked = _questions(tx)
        say(f"{total} 件 · {len(asked)} × {samples}")
        return Listed(
            cases=total,
            open_cases=still,
            alone=await _alone(family.node, desks, asked, samples),
            together=await _together(family.node, desks, asked, samples),
            rss_mb=gauge.resident_mb(family.node),
        )


def _count(tx: Tx) -> int:
    return int(tx.execute("SELECT count(*) FROM cases").fetchone()[0])


def _questions(tx: Tx) -> Mapping[str, tuple[str, str]]:
    """Name what is asked: who asks, and for which address."""
    number = str(tx.execute("SELECT max(number) FROM cases").fetchone()[0])
    name = WALKS[0].applicant.name
    return {
        "inbox, window": ("clerk", "/api/v1/cases"),
        "inbox, department": ("handler", "/api/v1/cases"),
        "inbox page, window": ("clerk", "/cases"),
        "home page, window": ("clerk", "/"),
        "home page, department": ("handler", "/"),
        "whole number": ("clerk", f"/api/v1/cases?q={number}"),
        "end of a number": ("clerk", f"/api/v1/cases?q={number.rpartition('-')[2]}"),
        "end of a number, department": (
            "handler",
            f"/api/v1/cases?q={number.rpartition('-')[2]}",
        ),
        "applicant's name": ("clerk", f"/api/v1/cases?q={name}"),
        "words of an item": ("clerk", "/api/v1/cases?q=卫生许可"),
        "search page": ("clerk", f"/search?q={name}"),
    }


async def _alone(
    pid: int, desks: Mapping[str, Client], asked: Mapping[str, tuple[str, str]], samples: int
) -> tuple[Answered, ...]:
    """Ask one after the other."""
    found = []
    for name, (post, path) in asked.items():
        for _ in range(WARM):
            await desks[post].get_raw(path)
        cpu = gauge.cpu_seconds(pid)
        took = [await _timed(desks[post], path) for _ in range(samples)]
        found.append(_answered(name, took, (gauge.cpu_seconds(pid) - cpu) / samples))
    return tuple(found)


async def _together(
    pid: int, desks: Mapping[str, Client], asked: Mapping[str, tuple[str, str]], samples: int
) -> tuple[Answered, ...]:
    """Let several people ask at once, each for what comes next in turn."""
    took: dict[str, list[float]] = {name: [] for name in asked}
    turn = [name for _ in range(samples) for name in asked]

    async def person() -> None:
        while turn:
            name = turn.pop()
            post, path = asked[name]
            took[name].append(await _timed(desks[post], path))

    cpu = gauge.cpu_seconds(pid)
    await asyncio.gather(*(person() for _ in range(TOGETHER)))
    used = (gauge.cpu_seconds(pid) - cpu) / sum(map(len, took.values()))
    return tuple(_answered(name, times, used) for name, times in took.items())


async def _timed(desk: Client, path: str) -> float:
    began = time.perf_counter()
    await desk.get_raw(path)
    return (time.perf_counter() - began) * 1e3


def _answered(name: str, took: Sequence[float], cpu_seconds: float) -> Answered:
    return Answered(
        name=name,
        samples=len(took),
        p50_ms=round(gauge.percentile(list(took), 50), 2),
        p95_ms=round(gauge.percentile(list(took), 95), 2),
        worst_ms=round(max(took), 2),
        cpu_ms=round(cpu_seconds * 1e3, 2),
    )


def _fill(tx: Tx, cases: int, now: int) -> None:
    """Add rows like those of the real cases: most closed, some at each step, of many days.

    Those that are open end later than the real ones, so that a queue begins with real cases.
    """
    row_id, far = tx.execute("SELECT max(id) + 1000000, max(due_at) FROM cases").fetchone()
    names = [name for _, name, *_ in tx.execute("PRAGMA table_info(cases)")]
    changed = {
        "id": f"{row_id} + n",
        "stream": f"'case/610328/filled' || printf('%010d', {row_id} + n)",
        "number": (
            "'610328-' || strftime('%Y%m%d', (:now - (n / 200) * :day) / 1000, 'unixepoch')"
            " || '-B' || printf('%04d', n % 10000)"
        ),
        "received_at": ":now - (n / 200) * :day",
        "since": ":now - (n / 200) * :day + 1",
        "due_at": f"CASE WHEN due_at < {far} THEN due_at + (n % 30 + 1) * :day ELSE due_at END",
    }
    columns = ", ".join(changed.get(name, name) for name in names)
    values = {"now": now, "day": DAY_MS, "most": cases, "part": OPEN_PART}
    tx.execute(
        "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers"  # noqa: S608
        " WHERE n < :most),"
        " open AS (SELECT row_number() OVER (ORDER BY id) - 1 AS k, * FROM cases"
        " WHERE state <> 'closed' AND stream NOT LIKE '%filled%'),"
        " closed AS (SELECT * FROM cases WHERE state = 'closed' AND stream NOT LIKE '%filled%'"
        " ORDER BY id LIMIT 1)"
        f" INSERT INTO cases ({', '.join(names)})"
        f" SELECT {columns} FROM numbers JOIN ("
        "  SELECT 1 AS is_open, * FROM open UNION ALL SELECT 0, 0, * FROM closed) pattern"
        " ON pattern.is_open = (n % :part = 0)"
        " AND pattern.k = CASE WHEN n % :part = 0"
        " THEN (n / :part) % (SELECT count(*) FROM open) ELSE 0 END",
        values,
    )
    tx.execute(
        "WITH pattern AS (SELECT duty, min(id) AS id FROM cases WHERE duty IS NOT NULL"
        " AND id < ?1 GROUP BY duty)"
        " INSERT INTO case_clocks SELECT c.id, t.clock, t.amount, t.unit, t.starts, t.place,"
        " t.state, t.start_day, t.pauses, t.due_day, c.due_at, t.provisional, t.ended_day, t.mark,"
        " t.extension, t.deems FROM cases c CROSS JOIN pattern p ON p.duty = c.duty"
        " CROSS JOIN case_clocks t ON t.case_id = p.id WHERE c.duty IS NOT NULL AND c.id > ?1",
        (row_id,),
    )
