import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.nodes import FOUR_TIERS, THREE_TIERS, Net, copied, make_network


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A city, a county, a town and a village that know one another."""
    root = tmp_path_factory.mktemp("network")
    asyncio.run(make_network(root, FOUR_TIERS))
    return root


@pytest.fixture
async def homes(template: Path, tmp_path: Path) -> AsyncIterator[Net]:
    """The four homes; nobody runs yet."""
    async with copied(template, tmp_path / "net") as net:
        yield net


@pytest.fixture
async def three(template: Path, tmp_path: Path) -> AsyncIterator[Net]:
    """County, town and village run; the city does not."""
    async with copied(template, tmp_path / "net", *THREE_TIERS) as net:
        yield net
