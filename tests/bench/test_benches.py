"""Each bench runs, says what it measured, and what it counted lies in the receiver's store.

Nothing here asserts a time: figures are for `docs/performance.md`, on a machine at rest.
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import msgspec
import pytest

from cli.bench import figures, gauge, hop, idle, latency, lifecycle, recount, release, stores
from cli.bench.ground import COUNTY, TOWN, VILLAGE
from cli.show import emit
from federation.identity import create_identity
from node.runtime import joining
from node.runtime.joining import Wanted
from schemas.ids import NodeId
from schemas.nodes import NodeNames

T = TypeVar("T", bound=msgspec.Struct)
pytestmark = pytest.mark.broker


async def _shown(
    measure: Callable[[], Awaitable[T]], kind: type[T], capsys: pytest.CaptureFixture[str]
) -> T:
    """Run a bench, and read back what it prints as JSON."""
    emit(await measure())
    return msgspec.json.decode(capsys.readouterr().out, type=kind)


def _quiet(line: str) -> None:
    del line


async def test_every_envelope_of_a_hop_is_durable_and_settled_before_the_clock_stops(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = await _shown(lambda: hop.hop(tmp_path, 300, 3, _quiet), figures.Hop, capsys)
    held = stores.envelopes(tmp_path / COUNTY, TOWN)
    assert found.envelopes == 300
    assert found.envelopes_per_s > 0
    assert found.sustained is not None
    assert found.sustained.envelopes == 15
    assert held == stores.envelopes(tmp_path / TOWN, TOWN)
    assert held.total() == 315
    assert set(held.values()) == {1}
    assert stores.closed(tmp_path / COUNTY, TOWN) == 63
    with stores.looking(tmp_path / TOWN) as tx:
        assert stores.waiting(tx, COUNTY) == 0
    assert (found.drain.proof.lost, found.drain.proof.twice) == (0, 0)
    assert min(found.bare.verify_us, found.bare.sign_us, found.bare.commit_us) > 0


async def test_every_due_day_of_open_cases_is_reckoned_anew_beside_other_work(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = await _shown(lambda: recount.recount(tmp_path, 40, _quiet), figures.Recount, capsys)
    assert (found.cases, found.clocks) == (40, 80)
    assert found.others > 0
    assert found.us_per_due > 0
    with stores.looking(tmp_path / COUNTY) as tx:
        moved = tx.execute("SELECT count(*) FROM calendar_changes").fetchone()[0]
        late = tx.execute(
            "SELECT count(*) FROM case_clocks WHERE mark < (SELECT max(serial) FROM calendar_marks)"
        ).fetchone()[0]
    assert (moved, late) == (80, 0)


async def test_a_backlog_is_caught_up_without_loss(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = await _shown(lambda: hop.catch_up(tmp_path, 200, _quiet), figures.Catchup, capsys)
    assert (found.envelopes, found.lost, found.twice) == (200, 0, 0)
    assert stores.envelopes(tmp_path / COUNTY, TOWN).total() == 200


async def test_one_envelope_alone_reaches_the_grandparent(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = await _shown(lambda: latency.latency(tmp_path, 3, _quiet), figures.Latency, capsys)
    assert found.samples == found.durable_at_receiver == 3
    assert 0 < found.p50_ms <= found.p99_ms <= found.worst_ms
    assert stores.envelopes(tmp_path / COUNTY, VILLAGE).total() == 3


async def test_every_answered_step_of_a_lifecycle_is_durable(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = await _shown(
        lambda: lifecycle.lifecycle(tmp_path, 6, 3, 2, _quiet), figures.Lifecycle, capsys
    )
    assert (found.lifecycles, found.closed_cases) == (6, 6)
    assert found.durable_envelopes == found.load.requests == 42
    assert stores.closed(tmp_path / COUNTY, COUNTY) == found.cases_before + 6


async def test_a_release_over_a_line_that_is_cut_comes_whole_and_costs_at_most_twice_its_size(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = await _shown(
        lambda: release.release(tmp_path, 400, 512_000, _quiet), figures.Released, capsys
    )
    assert found.imported.items == 400
    assert stores.held(tmp_path / VILLAGE) == stores.held(tmp_path / COUNTY) > 0
    assert found.items_at_village == stores.items_for(tmp_path / COUNTY, VILLAGE)
    assert found.items_at_village < stores.items(tmp_path / COUNTY)
    assert found.bytes_down > found.compressed_bytes > 0
    assert found.ratio <= 2


async def test_nodes_at_rest_are_weighed_with_their_brokers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = await _shown(lambda: idle.idle(tmp_path, 0.4, 1, _quiet), figures.Idles, capsys)
    assert found.village.broker_rss_mb == 0
    assert found.county.broker_rss_mb > 0
    assert found.county.rss_mb > found.county.node_rss_mb > 0
    assert len(found.village.starts_s) == 1
    assert found.village.ready_s > 0


async def test_fill_writes_closed_cases_into_a_node_that_does_not_run(tmp_path: Path) -> None:
    await hop.catch_up(tmp_path, 20, _quiet)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "cli", "bench", "fill", "--home", str(tmp_path / TOWN),
        "--item", "town-01", "--cases", "7", "--json", stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    answer, _ = await process.communicate()
    filled = msgspec.json.decode(answer, type=figures.Filled)
    assert (filled.cases, filled.cases_before, filled.envelopes) == (7, 4, 35)
    assert filled.disk_kb_per_case > 0
    assert stores.closed(tmp_path / TOWN, TOWN) == 11


async def test_fill_refuses_a_home_in_real_use(tmp_path: Path) -> None:
    city = NodeId("6103")
    await joining.begin_root(tmp_path / city, city, NodeNames(zh="市", en=""), "", Wanted())
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "cli", "bench", "fill", "--home", str(tmp_path / city),
        stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    _, error = await process.communicate()
    assert process.returncode == 1
    assert b"real use" in error
    assert stores.closed(tmp_path / city, city) == 0


def test_bare_costs_are_measured_with_the_nodes_own_keys(tmp_path: Path) -> None:
    identity = create_identity(tmp_path / "keys", NodeId("610328"))
    bare = gauge.bare_costs(identity, tmp_path)
    assert min(bare.verify_us, bare.sign_us, bare.commit_us) > 0
    assert not list(tmp_path.glob("*/bare.db"))
