"""Supervision: the rules run over a store of whole lives, and behind people who are working.

The cases are real: each step signed, stored and folded, as at a window. Catching up is measured in
this very process; how far the rules are behind is read from the store of a node that serves.
"""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from cli.bench import gauge, load, stores, writing
from cli.bench.figures import CaughtUp, RulesBehind, Supervised
from cli.bench.ground import CITY, COUNTY, Ground, ground
from node.clock import Clock, to_ms
from node.database import Tx
from node.following.actions import Following
from node.runtime.following import followers_of
from node.runtime.opening import Node, open_node
from node.settings import load_settings
from node.supervision.follower import Supervision

PROBE_SECONDS: Final = 0.1  # between two looks at how far behind the rules are
AT_ONCE: Final = 8  # windows: about a hundred lives a second, less on a slow machine


async def supervising(root: Path, cases: int, lives: int, say: Callable[[str], None]) -> Supervised:
    """Measure catching up over `cases` cases, then how far behind `lives` new ones leave it."""
    async with ground(root, (CITY, COUNTY), say) as found:
        await found.halt(CITY, COUNTY)
        async with open_node(found.home(COUNTY)) as node:
            say(f"写入 {cases} 件 · writing closed cases")
            await writing.write_lives(node, writing.COUNTY_ITEM, cases=cases)
            caught_up = await _catch_up(node, cases)
        await found.run(COUNTY)
        say(f"{lives} 件, {AT_ONCE} 个窗口 · lives at windows")
        return Supervised(caught_up=caught_up, behind=await _work(found, lives))


async def _catch_up(node: Node, cases: int) -> CaughtUp:
    events = await node.works.read(_count)
    own = [one for one in followers_of(node.profile, node.me) if isinstance(one, Supervision)]
    following = Following(node.works, own)
    began, cpu = time.perf_counter(), gauge.own_cpu_seconds()
    looks = await following.catch_up()
    seconds, used = time.perf_counter() - began, gauge.own_cpu_seconds() - cpu
    return CaughtUp(
        cases=cases,
        events=events,
        looks=looks,
        findings=await node.works.read(_findings),
        seconds=round(seconds, 3),
        events_per_s=round(events / seconds, 1),
        us_per_event=round(used / events * 1e6, 1),
        us_per_look=round(used / looks * 1e6, 1),
    )


async def _work(found: Ground, lives: int) -> RulesBehind:
    plan = await load.plan(found, COUNTY, writing.COUNTY_ITEM)
    home, family = found.home(COUNTY), found.family(COUNTY)
    clock = Clock(load_settings(home).clock_offset)
    cpu = gauge.cpu_seconds(family.node)
    driving = asyncio.create_task(load.drive(plan, lives=lives, at_once=AT_ONCE))
    ages: list[int] = []
    while not driving.done():
        ages.append(_age_ms(home, to_ms(clock.now())))
        await asyncio.sleep(PROBE_SECONDS)
    done = await driving
    ages.sort()
    return RulesBehind(
        lifecycles_per_s=round(done.lives / done.seconds, 1),
        cpu_s=round(gauge.cpu_seconds(family.node) - cpu, 2),
        behind_p50_ms=ages[len(ages) // 2],
        behind_p95_ms=ages[int(len(ages) * 0.95)],
        behind_most_ms=ages[-1],
    )


def _age_ms(home: Path, now: int) -> int:
    """How old the oldest event is that the rules have not seen."""
    with stores.looking(home) as tx:
        row = tx.execute(
            "SELECT received_at FROM events WHERE arrival >"
            " (SELECT arrival FROM followers WHERE name = ?) ORDER BY arrival LIMIT 1",
            (Supervision.name,),
        ).fetchone()
    return 0 if row is None else max(0, now - int(row[0]))


def _count(tx: Tx) -> int:
    return int(tx.execute("SELECT count(*) FROM events").fetchone()[0])


def _findings(tx: Tx) -> int:
    return int(tx.execute("SELECT count(*) FROM findings").fetchone()[0])
