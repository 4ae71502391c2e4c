"""Nodes at rest: memory, processor, and how soon a start is over."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

from cli.bench import gauge
from cli.bench.figures import Idle, Idles
from cli.bench.ground import CITY, COUNTY, TOWN, VILLAGE, Ground, ground
from cli.demo.client import Client
from node.web.probes import Health
from schemas.ids import NodeId


async def idle(root: Path, seconds: float, starts: int, say: Callable[[str], None]) -> Idles:
    """Start a county and a village several times, then watch them do nothing for `seconds`."""
    async with ground(root, (CITY, COUNTY, TOWN, VILLAGE), say) as found:
        took = {node: await _starts(found, node, starts) for node in (COUNTY, VILLAGE)}
        say(f"静置 {seconds:g} 秒 · at rest")
        await asyncio.sleep(seconds / 2)
        before = {one: _cpu(found, one) for one in took}
        await asyncio.sleep(seconds / 2)
        return Idles(
            village=_idle(found, VILLAGE, took[VILLAGE], before[VILLAGE], seconds / 2),
            county=_idle(found, COUNTY, took[COUNTY], before[COUNTY], seconds / 2),
        )


async def _starts(found: Ground, node: NodeId, count: int) -> tuple[float, ...]:
    took = []
    for _ in range(count):
        await found.halt(node)
        began = time.perf_counter()
        await found.run(node)
        await Client(found.urls[node]).get("/ready", Health)
        took.append(round(time.perf_counter() - began, 2))
    return tuple(took)


def _cpu(found: Ground, node: NodeId) -> float:
    family = found.family(node)
    return gauge.cpu_seconds(family.node, *family.children)


def _idle(
    found: Ground, node: NodeId, starts: tuple[float, ...], before: float, seconds: float
) -> Idle:
    family = found.family(node)
    return Idle(
        node=node,
        rss_mb=gauge.resident_mb(family.node, *family.children),
        node_rss_mb=gauge.resident_mb(family.node),
        broker_rss_mb=gauge.resident_mb(*family.children),
        ready_s=gauge.percentile(list(starts), 50),
        starts_s=starts,
        cpu_percent=round((_cpu(found, node) - before) / seconds * 100, 2),
    )
