"""Each bench runs, says what it measured, and what it counted lies in the receiver's store.

Nothing here asserts a time: figures are for `docs/performance.md`, on a machine at rest.
"""

import asyncio
import shutil
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import msgspec
import pytest

from cli.bench import (
    appraising,
    figures,
    gauge,
    hop,
    idle,
    latency,
    lifecycle,
    lists,
    printing,
    recount,
    release,
    stores,
    supervising,
)
from cli.bench.ground import CITY, COUNTY, TOWN, VILLAGE, ground
from cli.show import emit
from federation.identity import create_identity
from node.runtime import joining
from node.runtime.joining import Wanted
from schemas.ids import NodeId
from schemas.nodes import NodeNames
from tests.support.nodes import keep_ports

T = TypeVar("T", bound=msgspec.Struct)
pytestmark = pytest.mark.broker
ITEMS = 150  # of a release: enough for a line to be cut in the middle of them


async def _shown(
    measure: Callable[[], Awaitable[T]], kind: type[T], capsys: pytest.CaptureFixture[str]
) -> T:
    """Run a bench, and read back what it prints as JSON."""
    emit(await measure())
    return msgspec.json.decode(capsys.readouterr().out, type=kind)


def _quiet(line: str) -> None:
    del line


async def _make(root: Path) -> None:
    keep_ports(root, CITY, COUNTY)
    async with ground(root, (CITY, COUNTY, TOWN, VILLAGE), _quiet):
        pass


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The homes of a ground, made once; a bench that finds homes goes on with them."""
    root = tmp_path_factory.mktemp("ground")
    asyncio.run(_make(root))
    return root


@pytest.fixture
def homes(made: Path, tmp_path: Path) -> Path:
    """A copy of them."""
    return Path(shutil.copytree(made, tmp_path / "homes"))


async def test_every_envelope_of_a_hop_is_durable_and_settled_before_the_clock_stops(
    homes: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = await _shown(lambda: hop.hop(homes, 300, 3, _quiet), figures.Hop, capsys)
    held = stores.envelopes(homes / COUNTY, TOWN)
    assert found.envelopes == 300
    assert found.envelopes_per_s > 0
    assert found.sustained is not None
    assert found.sustained.envelopes == 15
    assert held == stores.envelopes(homes / TOWN, TOWN)
    assert held.total() == 315
    assert set(held.values()) == {1}
    assert stores.closed(homes / COUNTY, TOWN) == 63
    with stores.looking(homes / TOWN) as tx:
        assert stores.waiting(tx, COUNTY) == 0
    assert (found.drain.proof.lost, found.drain.proof.twice) == (0, 0)
    assert min(found.bare.verify_us, found.bare.sign_us, found.bare.commit_us) > 0


@pytest.mark.browser
async def test_notices_are_issued_read_and_made_into_pdfs_that_stay_the_same(
    homes: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = await _shown(lambda: printing.printing(homes, 3, 1, _quiet), figures.Printed, capsys)
    assert (found.notices, found.issued.samples, found.pdf_first.samples) == (3, 3, 1)
    assert found.drawn.p50_ms > 0
    with stores.looking(homes / COUNTY) as tx:
        (issued,) = tx.execute("SELECT count(DISTINCT number) FROM notices").fetchone()
        (made,) = tx.execute("SELECT count(*) FROM notice_pdfs").fetchone()
    assert (issued, made) == (3, 1)


async def test_lists_are_asked_by_whose_they_are_in_a_store_that_was_filled_in_bulk(
    homes: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = await _shown(lambda: lists.lists(homes, 400, 2, _quiet), figures.Listed, capsys)
    assert found.cases == 400
    assert 0 < found.open_cases < found.cases
    assert {one.samples for one in (*found.alone, *found.together)} == {2}
    with stores.looking(homes / COUNTY) as tx:
        (rows,) = tx.execute("SELECT count(*) FROM cases").fetchone()
        (doubled,) = tx.execute("SELECT count(*) - count(DISTINCT stream) FROM cases").fetchone()
    assert (rows, doubled) == (found.cases, 0)


async def test_every_due_day_of_open_cases_is_reckoned_anew_beside_other_work(
    homes: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = await _shown(lambda: recount.recount(homes, 40, _quiet), figures.Recount, capsys)
    assert (found.cases, found.clocks) == (40, 3 * 40)  # to accept, promised, statutory
    assert found.others > 0
    assert found.us_per_due > 0
    with stores.looking(homes / COUNTY) as tx:
        moved = tx.execute("SELECT count(*) FROM calendar_changes").fetchone()[0]
        late = tx.execute(
            "SELECT count(*) FROM case_clocks WHERE mark < (SELECT max(serial) FROM calendar_marks)"
        ).fetchone()[0]
    assert (moved, late) == (120, 0)


async def test_the_rules_see_every_event_and_keep_up_with_people_at_work(
    homes: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = await _shown(
        lambda: supervising.supervising(homes, 30, 10, _quiet), figures.Supervised, capsys
    )
    assert found.caught_up.cases == 30
    assert found.caught_up.events > 30 * 7
    assert found.caught_up.looks >= 30
    assert found.behind.lifecycles_per_s > 0
    with stores.looking(homes / COUNTY) as tx:
        (failed,) = tx.execute("SELECT count(*) FROM finding_faults").fetchone()
    assert failed == 0


async def test_a_backlog_is_caught_up_without_loss_and_a_stopped_node_is_filled_with_more(
    homes: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = await _shown(lambda: hop.catch_up(homes, 200, _quiet), figures.Catchup, capsys)
    assert (found.envelopes, found.lost, found.twice) == (200, 0, 0)
    assert stores.envelopes(homes / COUNTY, TOWN).total() == 200
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "cli", "bench", "fill", "--home", str(homes / TOWN),
        "--item", "town-01", "--cases", "7", "--json", stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    answer, _ = await process.communicate()
    filled = msgspec.json.decode(answer, type=figures.Filled)
    assert (filled.cases, filled.cases_before, filled.envelopes) == (7, 40, 35)
    assert filled.disk_kb_per_case > 0
    assert stores.closed(homes / TOWN, TOWN) == 47


async def test_one_envelope_alone_reaches_the_grandparent(
    homes: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = await _shown(lambda: latency.latency(homes, 3, _quiet), figures.Latency, capsys)
    assert found.samples == found.durable_at_receiver == 3
    assert 0 < found.p50_ms <= found.p99_ms <= found.worst_ms
    assert stores.envelopes(homes / COUNTY, VILLAGE).total() == 3


async def test_every_answered_step_of_a_lifecycle_is_durable(
    homes: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lifecycle, "WARM_LIVES", 3)
    found = await _shown(
        lambda: lifecycle.lifecycle(homes, 6, 3, 2, _quiet), figures.Lifecycle, capsys
    )
    assert (found.lifecycles, found.closed_cases) == (6, 6)
    assert found.durable_envelopes == found.load.requests == 42
    assert stores.closed(homes / COUNTY, COUNTY) == found.cases_before + 6


async def test_a_release_over_a_line_that_is_cut_comes_whole_and_costs_at_most_twice_its_size(
    homes: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(release, "SETTLE_SECONDS", 1.0)
    monkeypatch.setattr(release, "CUT_SECONDS", 1.0)
    found = await _shown(
        lambda: release.release(homes, ITEMS, 512_000, _quiet), figures.Released, capsys
    )
    assert found.imported.items == ITEMS
    assert stores.held(homes / VILLAGE) == stores.held(homes / COUNTY) > 0
    assert found.items_at_village == stores.items_for(homes / COUNTY, VILLAGE)
    assert found.items_at_village < stores.items(homes / COUNTY)
    assert found.bytes_down > found.compressed_bytes > 0
    assert found.ratio <= 2


async def test_nodes_at_rest_are_weighed_with_their_brokers(
    homes: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = await _shown(lambda: idle.idle(homes, 0.4, 1, _quiet), figures.Idles, capsys)
    assert found.village.broker_rss_mb == 0
    assert found.county.broker_rss_mb > 0
    assert found.county.rss_mb > found.county.node_rss_mb > 0
    assert len(found.village.starts_s) == 1
    assert found.village.ready_s > 0


async def test_what_was_counted_in_bulk_is_right_and_is_read(
    homes: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = await _shown(
        lambda: appraising.appraising(homes, 900, 4, 2, _quiet), figures.Appraised, capsys
    )
    assert found.alone.events == found.together.events > 0
    assert min(found.alone.events_per_s, found.kept.us_per_row_first) > 0
    assert {one.samples for one in found.reads} == {2}
    with stores.looking(homes / COUNTY) as tx:
        (rows,) = tx.execute("SELECT count(*) FROM measured").fetchone()
        (finished,) = tx.execute(
            "SELECT n FROM counts c JOIN measured_subjects s ON s.id = c.subject WHERE period = 0"
            " AND s.subject = ? AND measure = 2",
            (COUNTY,),
        ).fetchone()
    assert (rows, finished) == (904, 904)


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
