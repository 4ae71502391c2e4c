"""`zhengwu run` as a process: HTTPS, signals, what it logs, and deaths in the middle of work."""

import asyncio
import os
import random
import signal
import ssl
import time
import urllib.request
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import msgspec
import pytest

from cli.demo.fleet import Fleet
from cli.demo.people import People
from cli.demo.walk import Lived, live_through
from cli.demo.walks import WALKS, Walk
from federation.proof import verify_proof
from node.errors import SettingsError
from node.runtime import control
from node.runtime.network import CERTIFICATES
from node.runtime.opening import BROKER, KEYS
from node.runtime.verifying import verify_home
from node.settings import Http, fault_of, load_settings, save_settings
from schemas.cases import CaseState
from schemas.ids import EventHash, NodeId
from tests.support.nodes import CITY, COUNTY, FOUR_TIERS, TOWN, VILLAGE, Net

STOP_SECONDS = 3.0


@pytest.fixture
async def fleet(homes: Net) -> AsyncIterator[Fleet]:
    made = Fleet(homes.root, lambda _: None)
    made.fingerprint = load_settings(homes.home(CITY)).root
    yield made
    await made.stop()


def log_of(fleet: Fleet, node: NodeId) -> str:
    return (fleet.home(node) / "node.log").read_text()


async def test_https_with_the_nodes_own_authority(fleet: Fleet, homes: Net) -> None:
    homes.settle_in(CITY, lambda old: msgspec.structs.replace(old, http=Http(port=0)))
    await fleet.run(CITY)
    assert fleet.urls[CITY].startswith("https://127.0.0.1:")
    authority = fleet.home(CITY) / KEYS / CERTIFICATES / "authority.crt"
    trusting = ssl.create_default_context(cafile=str(authority))
    status = await asyncio.to_thread(_health, fleet.urls[CITY], trusting)
    assert status == 200
    with pytest.raises(OSError, match="CERTIFICATE_VERIFY_FAILED"):
        await asyncio.to_thread(_health, fleet.urls[CITY], ssl.create_default_context())


def _health(url: str, context: ssl.SSLContext) -> int:
    with urllib.request.urlopen(f"{url}/health", timeout=5, context=context) as answer:  # noqa: S310
        return int(answer.status)


def test_plain_http_is_for_loopback_alone(template: Path) -> None:
    settings = load_settings(template / VILLAGE)
    open_to_all = msgspec.structs.replace(settings, http=Http(host="0.0.0.0", tls=False))  # noqa: S104
    assert "loopback" in fault_of(open_to_all)
    with pytest.raises(SettingsError):
        save_settings(template / VILLAGE, open_to_all)


async def test_a_node_stops_within_three_seconds_with_live_pages_open(fleet: Fleet) -> None:
    for node in (CITY, COUNTY, TOWN, VILLAGE):
        await fleet.run(node)
    people = People(fleet.urls)
    lived = await live_through(people, Walk("", "town-01", VILLAGE, WALKS[0].applicant))
    desk = await people.person(VILLAGE, "wang")
    host, port = fleet.urls[VILLAGE].removeprefix("http://").split(":")
    pages = []
    for _ in range(5):
        reader, writer = await asyncio.open_connection(host, int(port))
        path = f"/api/v1/cases/{lived.detail.brief.number}/live"
        head = f"GET {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {desk.token}\r\n\r\n"
        writer.write(head.encode())
        assert b"200" in await reader.readline()
        pages.append(writer)
    began = time.monotonic()
    fleet.processes[VILLAGE].terminate()
    async with asyncio.timeout(3 * STOP_SECONDS):
        code = await fleet.processes[VILLAGE].wait()
    assert time.monotonic() - began < STOP_SECONDS
    assert code == 0
    for writer in pages:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()
    assert control.running(fleet.home(VILLAGE)) is None
    for node in FOUR_TIERS:  # an ordinary day has nothing that a person must act on
        lines = [one for one in log_of(fleet, node).splitlines() if "就绪" not in one]
        assert lines == []


async def test_every_case_closes_however_often_nodes_and_broker_are_killed(fleet: Fleet) -> None:
    await asyncio.gather(*(fleet.run(node) for node in FOUR_TIERS))
    keeper = asyncio.create_task(fleet.keep_running())
    people = People(fleet.urls)
    walks = [
        Walk("", item, VILLAGE, WALKS[0].applicant)
        for item in ("town-01", "wjj-01", "zrzy-01", "mzj-01", "ybj-01", "town-01")
    ]
    killer = asyncio.create_task(_kill_often(fleet, random.Random(610328)))
    try:
        lives = await asyncio.gather(*(live_through(people, walk) for walk in walks))
    finally:
        for task in (killer, keeper):
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
    assert killer.cancelled() or killer.result() >= 6
    for lived in lives:
        _is_whole(lived, EventHash(fleet.fingerprint))
    await fleet.stop()
    for node in FOUR_TIERS:
        report = await asyncio.to_thread(verify_home, fleet.home(node))
        assert report.clean, report.faults


async def _kill_often(fleet: Fleet, chance: random.Random) -> int:
    """Kill a process every moment, the village, the town, the county or its broker."""
    for _ in range(10):
        await asyncio.sleep(chance.uniform(0.1, 1.2))
        victim = chance.choice((VILLAGE, TOWN, COUNTY, COUNTY, BROKER))
        if victim == BROKER:
            with suppress(OSError, ValueError):
                pid = int((fleet.home(COUNTY) / BROKER / "nats.pid").read_text())
                _kill_broker(pid, fleet.home(COUNTY))
            continue
        process = fleet.processes[NodeId(victim)]
        if process.returncode is None:
            process.kill()
    return 10


def _kill_broker(pid: int, home: Path) -> None:
    words = Path(f"/proc/{pid}/cmdline").read_bytes()
    if str(home.resolve()).encode() in words:  # ours, and not a later process of this number
        os.kill(pid, signal.SIGKILL)


def _is_whole(lived: Lived, root: EventHash) -> None:
    assert lived.detail.brief.state is CaseState.CLOSED
    assert set(lived.replicas) == set(FOUR_TIERS)
    assert len({one.detail.head for one in lived.replicas.values()}) == 1
    numbers = [one.seq for one in lived.detail.events]
    assert numbers == list(range(len(numbers)))  # nothing lost, nothing twice
    for one in lived.replicas.values():
        found = verify_proof(one.proof, root)
        assert found.clean, found.faults
