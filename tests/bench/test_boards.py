"""The bench of the board fills what it says, and asks a running node. It asserts no time."""

from pathlib import Path

import pytest

from cli.bench import boards, stores
from cli.bench.ground import CITY, COUNTY
from tests.support.nodes import keep_ports

pytestmark = pytest.mark.broker


def _quiet(line: str) -> None:
    del line


async def test_a_board_is_asked_at_two_sizes(tmp_path: Path) -> None:
    keep_ports(tmp_path, CITY, COUNTY)
    found = await boards.boards(tmp_path, 200, 30, 2, _quiet)
    assert [(one.open_cases, one.ended) for one in found.at] == [(20, 0), (200, 30)]
    assert all({asked.name for asked in one.asked} == set(boards.PAGES) for one in found.at)
    with stores.looking(tmp_path / COUNTY) as tx:
        sums = tx.execute(
            "SELECT sum(green + yellow + red + still) FROM light_changes WHERE head = 'all'"
        ).fetchone()
    assert sums == (200,)
