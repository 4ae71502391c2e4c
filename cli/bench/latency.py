"""One envelope alone: taken at a village, relayed by its town, until the county holds it."""

import asyncio
import secrets
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec

from cli.bench import gauge, stores, writing
from cli.bench.figures import Latency
from cli.bench.ground import CITY, COUNTY, TOWN, VILLAGE, ground
from cli.demo.client import Client
from cli.demo.fleet import NotReadyError
from federation.identity import load_identity
from node.database import Tx
from node.runtime.opening import KEYS
from schemas.cases_api import CaseBrief
from schemas.items import ItemView

PAUSE_SECONDS: Final = 0.2  # everything is idle again
LOOK_SECONDS: Final = 0.0005
LOST_SECONDS: Final = 30.0


async def latency(root: Path, samples: int, say: Callable[[str], None]) -> Latency:
    """Measure `samples` envelopes, one after the other."""
    async with ground(root, (CITY, COUNTY, TOWN, VILLAGE), say) as found:
        await found.halt(CITY)
        identity = load_identity(found.home(VILLAGE) / KEYS, VILLAGE)
        bare = gauge.bare_costs(identity, found.root)
        desk = Client(found.urls[VILLAGE], await found.token(VILLAGE, "wang"))
        item = (await desk.get(f"/api/v1/items/{writing.TOWN_ITEM}", ItemView)).item
        form = writing.form_for(item)
        whole: list[float] = []
        after: list[float] = []
        say(f"{samples} 个信封, 逐个 · one at a time")
        with stores.looking(found.home(COUNTY)) as tx:
            for _ in range(samples):
                one, committed = await _one(desk, form, tx)
                whole.append(one)
                after.append(committed)
                await asyncio.sleep(PAUSE_SECONDS)
            held = stores.envelopes(found.home(COUNTY), VILLAGE).total()
    return Latency(
        samples=samples,
        p50_ms=round(gauge.percentile(whole, 50), 2),
        p99_ms=round(gauge.percentile(whole, 99), 2),
        worst_ms=round(max(whole), 2),
        after_commit_p50_ms=round(gauge.percentile(after, 50), 2),
        after_commit_p99_ms=round(gauge.percentile(after, 99), 2),
        durable_at_receiver=held,
        bare=bare,
    )


async def _one(desk: Client, form: msgspec.Struct, tx: Tx) -> tuple[float, float]:
    """Send one; milliseconds to the grandparent from the request, and from its answer."""
    newest = _newest(tx)
    began = time.perf_counter()
    asked = asyncio.create_task(
        desk.post("/api/v1/cases", form, CaseBrief, once=secrets.token_hex(8))
    )
    answered = 0.0
    while _newest(tx) == newest:
        if asked.done() and not answered:
            answered = time.perf_counter()
        if time.perf_counter() - began > LOST_SECONDS:
            raise NotReadyError("the envelope does not arrive")
        await asyncio.sleep(LOOK_SECONDS)
    arrived = time.perf_counter()
    await asked
    return (arrived - began) * 1e3, max(0.0, arrived - (answered or arrived)) * 1e3


def _newest(tx: Tx) -> int:
    row = tx.execute(
        "SELECT coalesce(max(arrival), 0) FROM events WHERE kind = 'case.received'"
    ).fetchone()
    return int(row[0])
