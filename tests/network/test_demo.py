"""`zhengwu demo --once --json`, with the county killed in the middle of it."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import msgspec

from cli.demo import sample
from cli.demo.walks import DAYS_TO_PASS, WALKS
from node.runtime import control
from tests.support.nodes import COUNTY, VILLAGE

CASE = {"number", "item", "state", "outcome", "deemed", "events", "verified", "replicas"}
EVENT = {"seq", "kind", "node", "holder", "at"}
DAY_MS = 86_400_000


async def test_every_case_ends_as_told_although_the_county_and_a_village_are_killed(
    tmp_path: Path,
) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "cli", "demo", "--home", str(tmp_path / "demo"), "--once", "--json",
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stderr is not None
    reading = asyncio.create_task(process.stdout.read())
    told = []
    async for line in process.stderr:
        told.append(line.decode())
        if "seven nodes are ready" in told[-1]:
            for node in (COUNTY, VILLAGE):
                run = control.running(tmp_path / "demo" / node)
                assert run is not None
                os.kill(run.pid, signal.SIGKILL)
    assert await process.wait() == 0, "".join(told)
    assert sum("started again" in line for line in told) == 2
    shown = msgspec.json.decode(await reading)
    assert set(shown) == {"nodes", "cases", "elapsed_s"}
    assert {one["id"] for one in shown["nodes"]} == set(sample.NODES)
    assert all(set(one) == {"id", "level", "url"} for one in shown["nodes"])
    assert len(shown["cases"]) == len(WALKS)
    for walk, one in zip(WALKS, shown["cases"], strict=True):
        assert set(one) == CASE
        assert all(set(event) == EVENT for event in one["events"])
        assert (one["state"], one["outcome"], one["verified"]) == ("closed", walk.outcome, True)
        assert one["deemed"] is walk.deemed
        assert len(set(one["replicas"].values())) == 1
        assert {"6103", "610328", walk.origin} <= set(one["replicas"])
        times = [event["at"] for event in one["events"]]
        assert (times[-1] - times[0] > (DAYS_TO_PASS - 1) * DAY_MS) is walk.waits
