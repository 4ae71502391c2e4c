import shutil
from pathlib import Path

from federation import streams
from node.database import Tx
from node.runtime.opening import BROKER
from schemas.ids import StreamName
from tests.support.nodes import COUNTY, FOUR_TIERS, TOWN, VILLAGE, Net, until
from tests.support.windows import HOMESTEAD, head, heads, see, take, work_until_closed


async def waits(net: Net) -> int:
    state = await net.status(VILLAGE)
    return next(one.waiting for one in state.links if one.peer == TOWN)


def numbers_of_events(tx: Tx, stream: StreamName) -> list[int]:
    found = streams.load(tx, stream)
    return [one.event.seq for one in streams.events(tx, found)] if found else []


async def test_a_village_takes_cases_while_the_county_is_down_and_nothing_comes_twice(
    three: Net,
) -> None:
    await three.stop(COUNTY)
    taken = [await take(three[VILLAGE]) for _ in range(3)]
    state = await three.status(VILLAGE)
    assert not state.in_touch
    assert await waits(three) == 3
    await three.start(COUNTY)
    await until(lambda: _all_at_county(three, [one.number for one in taken]))
    await three.quiet(TOWN, VILLAGE)
    for one in taken:
        assert await three.read(COUNTY, lambda tx, s=one.stream: numbers_of_events(tx, s)) == [0]  # type: ignore[misc]
        assert len(await heads(three, one.stream)) == 1
    assert (await three.status(COUNTY)).cases == 3
    assert (await three.status(VILLAGE)).in_touch


async def _all_at_county(net: Net, numbers: list[str]) -> bool:
    return all([await see(net[COUNTY], one) for one in numbers])


async def test_nodes_start_without_a_broker_in_reach_and_serve(homes: Net) -> None:
    await homes.start(TOWN, VILLAGE)
    taken = await take(homes[VILLAGE], HOMESTEAD)
    assert not (await homes.status(TOWN)).in_touch
    await homes.start(COUNTY)
    await work_until_closed(homes, taken.number)


async def test_a_broker_store_wiped_between_send_and_receipt_loses_nothing(three: Net) -> None:
    await three.quiet(TOWN, VILLAGE)
    await three.stop(TOWN)
    taken = await take(three[VILLAGE])
    await three.sent(VILLAGE, TOWN)  # the parcel lies in the town's mailbox
    broker = three.net(COUNTY).broker
    assert broker is not None
    _wipe(three.home(COUNTY) / BROKER / "store")
    await until(lambda: _restarted(three))
    await three.start(TOWN)
    await until(lambda: _all_at_county(three, [taken.number]))


def _wipe(folder: Path) -> None:
    """Delete a folder in which the broker may be writing just now."""
    while True:
        try:
            return shutil.rmtree(folder)
        except OSError:  # a file came meanwhile
            continue


async def _restarted(net: Net) -> bool:
    return (await net.status(COUNTY)).broker_restarts > 0


async def test_a_county_that_starts_again_on_an_empty_broker_folder_goes_on(homes: Net) -> None:
    await homes.start(*FOUR_TIERS)
    taken = await take(homes[VILLAGE])
    await homes.stop(COUNTY)
    port = (homes.home(COUNTY) / BROKER / "port").read_text()
    shutil.rmtree(homes.home(COUNTY) / BROKER)
    (homes.home(COUNTY) / BROKER).mkdir(mode=0o700)
    (homes.home(COUNTY) / BROKER / "port").write_text(port)  # as `broker.port` in node.toml
    await homes.start(COUNTY)
    await work_until_closed(homes, taken.number)
    assert await head(homes, VILLAGE, taken.stream)
