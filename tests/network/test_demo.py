"""`zhengwu demo --once --json`, with the county killed in the middle of it."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import msgspec
import pytest

from cli.demo import sample
from node.runtime import control
from tests.support.nodes import COUNTY, VILLAGE

CASE = {"number", "item", "state", "outcome", "events", "verified", "replicas"}
EVENT = {"seq", "kind", "node", "holder", "at"}


@pytest.mark.timeout(120)
async def test_six_cases_close_although_the_county_and_a_village_are_killed(
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
    assert len(shown["cases"]) == len(sample.WALKS) == 6
    for one in shown["cases"]:
        assert set(one) == CASE
        assert all(set(event) == EVENT for event in one["events"])
        assert (one["state"], one["outcome"], one["verified"]) == ("closed", "granted", True)
        assert len(set(one["replicas"].values())) == 1
        assert len(one["replicas"]) >= 4
