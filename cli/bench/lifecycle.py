"""Whole lives of cases over HTTP at a county: every step signed and durable before its answer."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from cli.bench import gauge, load, stores, writing
from cli.bench.figures import Lifecycle, Share
from cli.bench.ground import CITY, COUNTY, ground
from federation.identity import load_identity
from node.runtime.opening import KEYS, open_node

WARM_LIVES: Final = 40  # sessions, prepared statements and caches are as on any working day


async def lifecycle(
    root: Path, lives: int, at_once: int, filled: int, say: Callable[[str], None]
) -> Lifecycle:
    """Measure `lives` cases on `at_once` connections, in a store of `filled` cases."""
    async with ground(root, (CITY, COUNTY), say) as found:
        await found.halt(CITY)
        home = found.home(COUNTY)
        if filled > stores.closed(home, COUNTY):
            await found.halt(COUNTY)
            async with open_node(home) as node:
                say(f"先写入 {filled} 件 · filling the store first")
                await writing.write_lives(node, writing.COUNTY_ITEM, cases=filled)
            await found.run(COUNTY)
        bare = gauge.bare_costs(load_identity(home / KEYS, COUNTY), found.root)
        plan = await load.plan(found, COUNTY, writing.COUNTY_ITEM)
        await load.drive(plan, lives=WARM_LIVES, at_once=at_once)
        before = stores.closed(home, COUNTY)
        size, family = stores.data_bytes(home), found.family(COUNTY)
        signed, used = stores.envelopes(home, COUNTY).total(), gauge.cpu_seconds(family.node)
        say(f"{lives} 件, {at_once} 个窗口 · {lives} lives at {at_once} windows")
        done = await load.drive(plan, lives=lives, at_once=at_once)
        cpu = gauge.cpu_seconds(family.node) - used
        return Lifecycle(
            lifecycles=done.lives,
            lifecycles_per_s=round(done.lives / done.seconds, 1),
            actions_per_s=round(done.requests / done.seconds, 1),
            at_once=at_once,
            load=done,
            cases_before=before,
            node=Share(cpu_s=round(cpu, 2), us_per_envelope=round(cpu / done.requests * 1e6, 1)),
            durable_envelopes=stores.envelopes(home, COUNTY).total() - signed,
            closed_cases=stores.closed(home, COUNTY) - before,
            rss_mb=gauge.resident_mb(family.node, *family.children),
            disk_kb_per_case=round((stores.data_bytes(home) - size) / done.lives / 1024, 2),
            bare=bare,
        )
