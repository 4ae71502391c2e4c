"""The homes of a line, opened anew for each test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support import homes as support
from tests.support.homes import Homes


@pytest.fixture
async def line(tmp_path: Path) -> AsyncIterator[Homes]:
    async with support.homes(tmp_path) as made:
        yield made
