"""A NATS server that somebody else runs, instead of the county's own."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import msgspec

from cli.demo import sample
from cli.demo.fleet import OnePassword
from federation import broker_process
from node.catalogue import actions as catalogue
from node.catalogue.files import load_items
from node.runtime import joining
from node.runtime.opening import open_node
from node.runtime.station import OPERATOR
from node.settings import Broker, BrokerMode
from node.staff import signing_in
from node.work import SYSTEM
from schemas.nodes import NodeNames
from tests.support.nodes import COUNTY, PLAIN, TOWN, Net, until
from tests.support.windows import HOMESTEAD, take, work_until_closed


@asynccontextmanager
async def nats_server(folder: Path) -> AsyncIterator[str]:
    """Run a plain server with JetStream on this machine until the block ends; gives its URL."""
    settings = {
        "host": "127.0.0.1",
        "port": -1,
        "ports_file_dir": str(folder),
        "jetstream": {"store_dir": str(folder / "store")},
    }
    config = folder / "nats.json"
    config.write_bytes(msgspec.json.encode(settings))
    process = await asyncio.create_subprocess_exec(
        broker_process.find_server(), "-c", config, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        async with asyncio.timeout(60):
            while not (found := _urls(folder)):  # noqa: ASYNC110  # a file has no event
                await asyncio.sleep(0.02)
        yield found[0]
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        await process.wait()


def _urls(folder: Path) -> list[str]:
    for file in folder.glob("*.ports"):
        with contextlib.suppress(msgspec.DecodeError):  # being written
            ports = msgspec.json.decode(file.read_bytes(), type=dict[str, list[str]])
            return ports["nats"]
    return []


async def test_an_external_broker_carries_the_same_mail(tmp_path: Path) -> None:
    (tmp_path / "nats").mkdir()
    async with nats_server(tmp_path / "nats") as url:
        net = Net(tmp_path / "net")
        wanted = replace(PLAIN, broker=Broker(mode=BrokerMode.EXTERNAL, url=url))
        names = NodeNames(zh="千阳县", en="Qianyang")
        await joining.begin_root(net.home(COUNTY), COUNTY, names, "", wanted)
        async with open_node(net.home(COUNTY)) as opened:
            await signing_in.load(opened.works, SYSTEM, sample.staff_of(COUNTY), OnePassword())
            items = tuple(load_items(sample.SAMPLE / "items.toml"))
            await opened.works.run(OPERATOR, catalogue.publish, items)
        try:
            await net.start(COUNTY)
            await until(lambda: _in_touch(net))
            await net.join(TOWN, await net.invite(TOWN))
            await net.start(TOWN)
            await net.quiet()
            assert (await net.status(COUNTY)).broker_port == 0
            taken = await take(net[TOWN], HOMESTEAD)
            await work_until_closed(net, taken.number)
        finally:
            await net.stop_all()


async def _in_touch(net: Net) -> bool:
    return (await net.status(COUNTY)).in_touch
