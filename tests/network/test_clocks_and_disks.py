from datetime import timedelta

import msgspec
import pytest

from federation import links
from node.database import Tx
from node.errors import ClockInDoubtError, StorageFullError
from node.runtime import commands
from schemas import control as c
from schemas.cases import CaseState
from tests.support.nodes import COUNTY, TOWN, VILLAGE, Net, until
from tests.support.windows import HOMESTEAD, see, step, take, work_until_closed

HOUR = timedelta(hours=1) // timedelta(milliseconds=1)
MINUTE = HOUR // 60


async def moved(net: Net, hours: int) -> None:
    net.settle_in(
        VILLAGE, lambda old: msgspec.structs.replace(old, clock_offset_seconds=hours * 3600)
    )
    await net.start(VILLAGE)


async def drift(net: Net) -> int:
    def look(tx: Tx) -> int:
        link = links.load(tx, TOWN)
        return link.drift if link else 0

    return await net.read(VILLAGE, look)


async def compared(net: Net) -> bool:
    courier = net.net(VILLAGE).courier
    return courier is not None and TOWN in courier.compared


async def test_a_clock_an_hour_fast_is_measured_and_limits_begin_at_the_right_moment(
    homes: Net,
) -> None:
    await homes.start(COUNTY, TOWN)
    await moved(homes, 1)
    await until(lambda: compared(homes))
    assert abs(await drift(homes) + HOUR) < MINUTE
    taken = await take(homes[VILLAGE], HOMESTEAD)
    true_now = (await commands.clock_look(homes[COUNTY], c.ConfirmClock())).now
    assert abs(taken.received_at - true_now) < MINUTE
    await work_until_closed(homes, taken.number)

    async def found() -> bool:
        return (await homes.status(VILLAGE)).findings > 0

    homes.net(VILLAGE).changed.set()
    await until(found)


async def test_a_clock_an_hour_slow_blocks_nobody(homes: Net) -> None:
    await homes.start(COUNTY, TOWN)
    await moved(homes, -1)
    taken = await take(homes[VILLAGE], HOMESTEAD)
    await work_until_closed(homes, taken.number)
    assert abs(await drift(homes) - HOUR) < MINUTE


async def test_a_clock_more_than_a_day_ahead_asks_a_person_first(homes: Net) -> None:
    await homes.start(COUNTY, TOWN)
    await moved(homes, 30)
    before = (await homes.status(VILLAGE)).cases
    with pytest.raises(ClockInDoubtError, match="zhengwu clock --confirm"):
        await take(homes[VILLAGE])
    await until(lambda: compared(homes))
    with pytest.raises(ClockInDoubtError):
        await take(homes[VILLAGE])
    state = await commands.clock_look(homes[VILLAGE], c.ConfirmClock())
    assert abs(state.ahead_ms - 30 * HOUR) < MINUTE
    assert (await homes.status(VILLAGE)).cases == before
    await commands.clock_look(homes[VILLAGE], c.ConfirmClock(confirm=True))
    taken = await take(homes[VILLAGE], HOMESTEAD)
    await work_until_closed(homes, taken.number)


async def test_a_clock_that_jumps_while_the_node_runs_is_noticed_and_forgiven(
    three: Net,
) -> None:
    clock = three[VILLAGE].node.clock
    clock.offset = timedelta(hours=30)
    with pytest.raises(ClockInDoubtError):
        await take(three[VILLAGE])
    three.net(VILLAGE).changed.set()

    async def measured() -> bool:
        return abs(await drift(three) + 30 * HOUR) < MINUTE

    await until(measured)
    with pytest.raises(ClockInDoubtError):
        await take(three[VILLAGE])
    clock.offset = timedelta(0)

    async def believed() -> bool:
        state = await commands.clock_look(three[VILLAGE], c.ConfirmClock())
        return state.ahead_ms == 0

    await until(believed)
    assert (await take(three[VILLAGE])).state is CaseState.RECEIVED


async def test_a_machine_that_was_off_for_a_week_is_believed_once_its_parent_agrees(
    homes: Net,
) -> None:
    await homes.start(VILLAGE)
    seen = "UPDATE local_facts SET value = ? WHERE name = 'clock_seen'"
    week = (await commands.clock_look(homes[VILLAGE], c.ConfirmClock())).now - 7 * 24 * HOUR
    await homes[VILLAGE].node.database.write(lambda tx: tx.execute(seen, (str(week),)).rowcount)
    with pytest.raises(ClockInDoubtError):
        await take(homes[VILLAGE])
    await homes.start(COUNTY, TOWN)

    async def believed() -> bool:
        homes.net(VILLAGE).changed.set()
        state = await commands.clock_look(homes[VILLAGE], c.ConfirmClock())
        return state.ahead_ms == 0

    await until(believed)
    assert (await take(homes[VILLAGE])).state is CaseState.RECEIVED


async def pages(net: Net, most: int) -> None:
    def limit(tx: Tx) -> None:
        now = tx.execute("PRAGMA page_count").fetchone()[0]
        tx.execute(f"PRAGMA max_page_count = {now if most == 0 else most}")

    await net[VILLAGE].node.database.write(limit)


async def take_many(net: Net) -> None:
    for _ in range(200):
        await take(net[VILLAGE])


async def test_a_full_disk_refuses_clearly_and_loses_nothing(three: Net) -> None:
    first = await take(three[VILLAGE], HOMESTEAD)
    await pages(three, 0)
    with pytest.raises(StorageFullError):
        await take_many(three)
    state = await three.status(VILLAGE)

    async def decided() -> bool:
        view = await see(three[COUNTY], first.number)
        await step(three[TOWN], first.number)
        return view is not None and view.state is CaseState.DECIDED

    await until(decided)
    assert (await three.status(VILLAGE)).cases == state.cases
    await pages(three, 1 << 30)  # a person has made room
    await work_until_closed(three, first.number)
    assert (await take(three[VILLAGE])).state is CaseState.RECEIVED
