"""`zhengwu demo --seed-history`: weeks of a year, lived through by the real rules."""

import asyncio
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner

from cli.bench.stores import looking
from cli.commands import app
from cli.demo.history import SeededHistory
from schemas.reports import Report

RUNNER = CliRunner()
CASES = 12
DAYS = 35


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, SeededHistory]:
    home = tmp_path_factory.mktemp("year")
    asked = [
        "demo",
        "--home",
        str(home),
        "--seed-history",
        "--cases",
        str(CASES),
        "--once",
        "--json",
    ]
    done = RUNNER.invoke(app, asked)
    assert done.exit_code == 0, done.output
    asyncio.set_event_loop(None)
    return home, msgspec.json.decode(done.stdout, type=SeededHistory)


def _ask(home: Path, sql: str) -> list[tuple[object, ...]]:
    with looking(home) as tx:
        return tx.execute(sql).fetchall()


def test_everything_that_was_planned_was_done(seeded: tuple[Path, SeededHistory]) -> None:
    _, told = seeded
    assert told.cases == CASES
    assert told.closed <= told.cases < told.steps
    assert told.errands["morning"] >= 4
    assert told.errands["reports"] >= 1


def test_every_event_counts_at_every_node(seeded: tuple[Path, SeededHistory]) -> None:
    home, told = seeded
    for node in ("6103", "610328"):
        cases = _ask(home / node, "SELECT count(*) FROM cases")
        assert cases == [(told.cases,)]
        inert = "SELECT count(*) FROM events e WHERE e.verdict <> 1"
        assert _ask(home / node, inert) == [(0,)]


def test_the_year_has_days_in_the_past_and_reports_of_every_month(
    seeded: tuple[Path, SeededHistory],
) -> None:
    home, told = seeded
    months = "SELECT count(DISTINCT strftime('%Y-%m', received_at / 1000, 'unixepoch')) FROM cases"
    assert int(str(_ask(home / "610328", months)[0][0])) >= 2
    done = RUNNER.invoke(app, ["report", "year", "2026", "--home", str(home / "610328"), "--json"])
    assert done.exit_code == 0, done.output
    report = msgspec.json.decode(done.stdout, type=Report)
    assert report.figures
    del told
