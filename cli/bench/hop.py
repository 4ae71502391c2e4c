"""One hop: a town fills its outbox while the line is down, then the county takes everything.

Two `zhengwu run` processes; the county's broker lies between them. The city, which the county's
trust comes from, is stopped before the clock runs: the county queues for it all the same.
"""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from cli.bench import gauge, load, stores, writing
from cli.bench.figures import Catchup, Drain, Hop, Proof, Share, Sustained, Writing
from cli.bench.gauge import Bare
from cli.bench.ground import CITY, COUNTY, TOWN, Ground, ground
from cli.demo.fleet import NotReadyError
from node.runtime.opening import open_node

POLL_SECONDS: Final = 0.01
DRAIN_SECONDS: Final = 600.0  # then something is wrong, not slow
AT_ONCE: Final = 16  # windows that write while the town sends
Say = Callable[[str], None]


async def hop(root: Path, envelopes: int, sustained_lives: int, say: Say) -> Hop:
    """Measure the drain of a full outbox, then writing and sending at once."""
    async with ground(root, (CITY, COUNTY, TOWN), say) as found:
        writes, bare = await _fill(found, envelopes, say)
        drained = await _drain(found, say)
        sustained = await _sustain(found, sustained_lives) if sustained_lives else None
        return Hop(
            envelopes=drained.envelopes,
            envelopes_per_s=drained.envelopes_per_s,
            drain=drained,
            writing=writes,
            sustained=sustained,
            bare=bare,
        )


async def catch_up(root: Path, envelopes: int, say: Say) -> Catchup:
    """Measure how soon a backlog is gone once the line is back."""
    async with ground(root, (CITY, COUNTY, TOWN), say) as found:
        _, bare = await _fill(found, envelopes, say)
        drained = await _drain(found, say)
        return Catchup(
            envelopes=drained.envelopes,
            seconds=drained.seconds,
            lost=drained.proof.lost,
            twice=drained.proof.twice,
            drain=drained,
            bare=bare,
        )


async def _fill(found: Ground, envelopes: int, say: Say) -> tuple[Writing, Bare]:
    """Let the town's people work while its line is down."""
    await found.halt(CITY, TOWN)
    async with open_node(found.home(TOWN)) as node:
        bare = gauge.bare_costs(node.identity, found.root)
        say(f"写入 {envelopes} 个信封 · writing the backlog")
        written = await writing.write_lives(node, writing.TOWN_ITEM, envelopes=envelopes)
    shown = Writing(
        lives=written.lives,
        envelopes=written.envelopes,
        envelopes_per_s=round(written.envelopes / written.seconds, 1),
        us_per_envelope=_us(written.cpu_seconds, written.envelopes),
    )
    return shown, bare


async def _drain(found: Ground, say: Say) -> Drain:
    """Start the town again, and watch both stores until the last receipt is settled."""
    before = _prove(found)
    receiver = found.family(COUNTY)
    began = time.perf_counter()
    starting = asyncio.create_task(found.run(TOWN))
    watch = _Watch(found)
    try:
        await watch.first_move()
        used = _cpu(found, receiver)
        moved = watch.moved_at
        await watch.all_settled()
        ended = time.perf_counter()
        spent = tuple(b - a for a, b in zip(used, _cpu(found, receiver), strict=True))
    finally:
        await starting
        watch.close()
    after = _prove(found)
    count = after.durable_at_receiver - before.durable_at_receiver
    say(f"{count} 个信封送达 · {count} envelopes arrived in {ended - moved:.2f} s")
    sender, broker, keeper = (
        Share(cpu_s=round(one, 3), us_per_envelope=_us(one, count)) for one in spent
    )
    return Drain(
        envelopes=count,
        seconds=round(ended - moved, 3),
        seconds_from_start=round(ended - began, 3),
        envelopes_per_s=round(count / (ended - moved), 1),
        sender=sender,
        broker=broker,
        receiver=keeper,
        proof=after,
    )


async def _sustain(found: Ground, lives: int) -> Sustained:
    """Write over HTTP at the town while it sends."""
    before = _prove(found)
    plan = await load.plan(found, TOWN, writing.TOWN_ITEM)
    began = time.perf_counter()
    await load.drive(plan, lives=lives, at_once=AT_ONCE)
    with stores.looking(found.home(TOWN)) as tx:
        behind = stores.waiting(tx, COUNTY)
    watch = _Watch(found)
    try:
        await watch.all_settled()
    finally:
        watch.close()
    seconds, after = time.perf_counter() - began, _prove(found)
    count = after.durable_at_receiver - before.durable_at_receiver
    return Sustained(
        seconds=round(seconds, 3),
        envelopes=count,
        envelopes_per_s=round(count / seconds, 1),
        behind_at_end=behind,
        proof=after,
    )


class _Watch:
    """Looks at both stores from outside, a hundred times a second."""

    def __init__(self, found: Ground) -> None:
        self._sender = stores.looking(found.home(TOWN))
        self._receiver = stores.looking(found.home(COUNTY))
        self._out, self._in = self._sender.__enter__(), self._receiver.__enter__()
        self._base = stores.taken(self._in, TOWN)
        self._deadline = time.perf_counter() + DRAIN_SECONDS
        self.moved_at = 0.0

    def close(self) -> None:
        """Look no more."""
        self._sender.__exit__(None, None, None)
        self._receiver.__exit__(None, None, None)

    async def first_move(self) -> None:
        """Return when the receiver has taken something; `moved_at` is the look before that."""
        while stores.taken(self._in, TOWN) == self._base:
            self.moved_at = time.perf_counter()
            await self._pause()

    async def all_settled(self) -> None:
        """Return when the sender waits for no receipt."""
        while stores.waiting(self._out, COUNTY):
            await self._pause()

    async def _pause(self) -> None:
        if time.perf_counter() > self._deadline:
            raise NotReadyError("the backlog does not move")
        await asyncio.sleep(POLL_SECONDS)


def _cpu(found: Ground, receiver: gauge.Family) -> tuple[float, float, float]:
    """CPU used so far by sender, broker and receiver."""
    return (
        gauge.cpu_seconds(found.family(TOWN).node),
        gauge.cpu_seconds(*receiver.children),
        gauge.cpu_seconds(receiver.node),
    )


def _prove(found: Ground) -> Proof:
    """Compare what the town signed with what the county's store holds."""
    signed = stores.envelopes(found.home(TOWN), TOWN)
    held = stores.envelopes(found.home(COUNTY), TOWN)
    with stores.looking(found.home(TOWN)) as tx:
        waiting = stores.waiting(tx, COUNTY)
    return Proof(
        written_at_sender=signed.total(),
        durable_at_receiver=held.total(),
        closed_cases_at_receiver=stores.closed(found.home(COUNTY), TOWN),
        unsettled_at_sender=waiting,
        lost=(signed - held).total(),
        twice=(held - signed).total(),
    )


def _us(seconds: float, count: int) -> float:
    return round(seconds / max(1, count) * 1e6, 1)
