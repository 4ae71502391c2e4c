"""A release to a village on a slow line: a whole catalogue, with the line cut on the way.

The county publishes while the village is away. Then the village comes back over a cable of so many
bit/s, which is cut once and mended. What the cable carried is compared with the same envelopes,
compressed in one piece.
"""

import asyncio
import time
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec
from msgspec.structs import replace

from cli.bench import stores
from cli.bench.cable import Cable, lay_cable
from cli.bench.figures import Imported, Released
from cli.bench.ground import CITY, COUNTY, TOWN, VILLAGE, Ground, ground
from cli.demo import sample
from cli.demo.fleet import NotReadyError
from node.catalogue.files import load_items
from node.database import Tx
from node.settings import load_settings, save_settings
from schemas import control as c
from schemas.ids import NodeId
from schemas.items import Item, PublishReport

CUT_SECONDS: Final = 5.0
SETTLE_SECONDS: Final = 5.0
PATIENCE: Final = 5.0  # times the time that the bytes alone would take, and a minute
POLL_SECONDS: Final = 0.2
Say = Callable[[str], None]


def catalogue(count: int) -> tuple[Item, ...]:
    """Make `count` new items from the sample's: each with its own code, name and numbers."""
    models = load_items(sample.SAMPLE / "items.toml")
    return tuple(
        _variant(models[number % len(models)], 1 + number // len(models)) for number in range(count)
    )


def _variant(item: Item, turn: int) -> Item:
    return replace(
        item,
        code=f"{item.code}-v{turn}",
        name=f"{item.name} ({turn})",
        contact=f"0917-42{turn:05d}",
        follows=f"{item.follows}-v{turn}" if item.follows else "",
    )


async def release(root: Path, items: int, bits_per_s: int, say: Say) -> Released:
    """Measure the import of `items` and their way to a village over a slow line."""
    async with ground(root, (CITY, COUNTY, TOWN, VILLAGE), say) as found:
        await found.halt(VILLAGE)
        upstream = load_settings(found.home(VILLAGE)).upstream
        port = int(upstream.url.rpartition(":")[2]) if upstream else 0
        async with lay_cable(port, bits_per_s / 8) as cable:
            _plug(found, cable)
            await found.run(VILLAGE)
            await asyncio.sleep(SETTLE_SECONDS)  # its town learns what the line carries
            await found.halt(VILLAGE)
            before, used = stores.arrivals(found.home(VILLAGE)), tuple(cable.carried)
            imported = await _publish(found, items)
            await _until(lambda: _has_what_the_county_has(found, TOWN), 120.0)
            say(f"{items} 个事项已发布, 村开始接收 · released; the village listens")
            seconds = await _follow(found, cable, bits_per_s, say)
            await found.halt(VILLAGE)
            cable.carried = [now - then for now, then in zip(cable.carried, used, strict=True)]
            return _figures(found, before, cable, (items, bits_per_s, seconds, imported))


async def _publish(found: Ground, items: int) -> Imported:
    asked = c.PublishItems(items=catalogue(items), title="基准 · bench", document="bench")
    began = time.perf_counter()
    done = await found.ask(COUNTY, "items.publish", asked, PublishReport)
    seconds = time.perf_counter() - began
    made = len(done.begun) + len(done.changed)
    return Imported(items=made, seconds=round(seconds, 2), release=done.release)


def _plug(found: Ground, cable: Cable) -> None:
    """Let the village reach its broker through the cable alone."""
    settings = load_settings(found.home(VILLAGE))
    if settings.upstream is None:
        raise NotReadyError("the village has no line")
    host = settings.upstream.url.rpartition(":")[0]
    line = replace(settings.upstream, url=f"{host}:{cable.port}")
    save_settings(found.home(VILLAGE), replace(settings, upstream=line))


async def _follow(found: Ground, cable: Cable, bits_per_s: int, say: Say) -> float:
    """Run the village until it holds the release whole; cut the line once on the way."""
    began = time.perf_counter()
    await found.run(VILLAGE)
    wanted, had = stores.items_for(found.home(TOWN), VILLAGE), stores.items(found.home(VILLAGE))
    half = had + (wanted - had) // 2
    limit = 60.0 + PATIENCE * _bytes_of(found, 0) * 8 / bits_per_s
    await _until(lambda: stores.items(found.home(VILLAGE)) >= half, limit)
    say(f"断线 {CUT_SECONDS} 秒 · the line is cut at {stores.items(found.home(VILLAGE))} items")
    cable.die()
    await asyncio.sleep(CUT_SECONDS)
    cable.heal()
    await _until(lambda: _has_what_the_county_has(found, VILLAGE), limit)
    return time.perf_counter() - began


def _has_what_the_county_has(found: Ground, node: NodeId) -> bool:
    return stores.held(found.home(node)) == stores.held(found.home(COUNTY))


async def _until(is_so: Callable[[], bool], seconds: float) -> None:
    deadline = time.perf_counter() + seconds
    while not is_so():
        if time.perf_counter() > deadline:
            raise NotReadyError("the release does not arrive")
        await asyncio.sleep(POLL_SECONDS)


def _bytes_of(found: Ground, after: int) -> int:
    """Compress what the village holds of the release (or is to hold) in one piece."""
    home = found.home(VILLAGE if after else TOWN)
    with stores.looking(home) as tx:
        return len(zlib.compress(b"".join(_envelopes(tx, after)), 6))


def _envelopes(tx: Tx, after: int) -> list[bytes]:
    rows = tx.execute(
        "SELECT e.payload, e.signature FROM events e JOIN streams s ON s.id = e.stream"
        " WHERE s.kind IN ('item', 'release') AND e.arrival > ? ORDER BY e.arrival",
        (after,),
    )
    return [msgspec.msgpack.encode([1, payload, signature]) for payload, signature in rows]


def _figures(
    found: Ground, before: int, cable: Cable, run: tuple[int, int, float, Imported]
) -> Released:
    items, bits_per_s, seconds, imported = run
    compressed = _bytes_of(found, before)
    down, up = cable.carried[1], cable.carried[0]
    with stores.looking(found.home(VILLAGE)) as tx:
        held = len(_envelopes(tx, before))
    return Released(
        items=items,
        imported=imported,
        bits_per_s=bits_per_s,
        envelopes_at_village=held,
        items_at_village=stores.items(found.home(VILLAGE)),
        compressed_bytes=compressed,
        bytes_down=down,
        bytes_up=up,
        ratio=round((down + up) / compressed, 2),
        seconds=round(seconds, 1),
        seconds_of_bytes_alone=round(compressed * 8 / bits_per_s, 1),
        cut_seconds=CUT_SECONDS,
    )
