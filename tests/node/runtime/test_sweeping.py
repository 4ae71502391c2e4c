"""The sweep beside everything else: it begins at once, and nothing that fails stops it."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from node.cases import store
from node.cases.caseview import CaseView
from node.errors import ClockInDoubtError
from node.runtime.sweeping import Sweeper
from node.work import Work
from tests.support.bureau import Bureau, bureau


@pytest.fixture
async def county(tmp_path: Path) -> AsyncIterator[Bureau]:
    async with bureau(tmp_path) as made:
        yield made


async def overdue(county: Bureau) -> CaseView:
    view = await county.receive("2026-04-27")
    county.go_to("2026-05-08")
    return view


async def deemed(county: Bureau, view: CaseView) -> tuple[str, ...]:
    found = await county.office.node.works.read(store.load, view.stream)
    assert found is not None
    return found.law.deemed


async def test_a_node_that_comes_back_writes_down_what_happened_meanwhile(county: Bureau) -> None:
    view = await overdue(county)
    running = asyncio.create_task(Sweeper(county.office.node.works).run())
    try:
        async with asyncio.timeout(10):
            while not await deemed(county, view):  # noqa: ASYNC110  # only the table tells
                await asyncio.sleep(0.01)
    finally:
        running.cancel()
    assert await deemed(county, view) == ("accepted",)


@pytest.mark.parametrize("error", [ClockInDoubtError(90_000_000), OSError("disk full")])
async def test_a_clock_in_doubt_or_a_full_disk_writes_nothing_and_stops_no_sweep(
    county: Bureau, error: Exception
) -> None:
    view, works = await overdue(county), county.office.node.works
    asked = asyncio.Event()

    def refuse(_: Work) -> None:
        asked.set()
        raise error

    works.before_writing = refuse
    running = asyncio.create_task(Sweeper(works).run())
    try:
        async with asyncio.timeout(10):
            await asked.wait()
        await asyncio.sleep(0.05)
        assert not running.done()
        assert await deemed(county, view) == ()
    finally:
        running.cancel()
