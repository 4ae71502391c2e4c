"""`zhengwu demo --seed-history`: the sample county with a year behind it.

The nodes are set up, their clocks go back a year, the catalogue is released, and then the year is
lived through with the nodes opened in this process (`cli.demo.seeding`). Afterwards they run again
as processes of their own, in the time of now.
"""

import time
from datetime import timedelta

import msgspec

from cli.demo import sample, seeding
from cli.demo.fleet import Fleet, county_of
from cli.demo.offline import offline
from cli.demo.past import Extent
from cli.demo.seeding import Seeded
from node.clock import local_day


def before(days: int) -> timedelta:
    """Tell how far back the catalogue is released: a day before anybody comes."""
    return timedelta(days=days + 1)


class SeededHistory(msgspec.Struct, frozen=True, kw_only=True):
    """What `--json` prints of a year that was lived through."""

    cases: int
    steps: int
    closed: int
    errands: dict[str, int]
    """How often people evaluated, ordered, replied, judged, reported…"""
    elapsed_s: float


async def lay_down(fleet: Fleet, days: int, cases: int) -> SeededHistory:
    """Live through a year at nodes that were just set up, and run them in the time of now.

    Raises `NotReadyError`.
    """
    began = time.monotonic()
    now = fleet.clock.wall()
    fleet.say(
        f"正在按规则办理 {days} 天的 {cases} 件样例办件 · living through {days} days, {cases} cases"
    )
    await fleet.move_clocks_in_peace(round(-before(days).total_seconds()))
    await fleet.stop()
    async with offline({node: fleet.home(node) for node in sample.NODES}) as opened:
        seeded = await seeding.live(
            opened, county_of(sample.NODES), now, Extent(local_day(now), days, cases)
        )
    await fleet.start()
    await fleet.move_clocks(0)
    told = _told(seeded, time.monotonic() - began)
    fleet.say(f"{told.elapsed_s} s: {told.cases} 件, {told.steps} 步 · cases, steps")
    return told


def _told(seeded: Seeded, seconds: float) -> SeededHistory:
    return SeededHistory(
        cases=seeded.cases,
        steps=seeded.steps,
        closed=seeded.closed,
        errands=dict(sorted(seeded.errands.items())),
        elapsed_s=round(seconds, 1),
    )
