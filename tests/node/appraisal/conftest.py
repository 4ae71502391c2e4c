"""Offices whose cases are counted, opened anew for each test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support import casework as support
from tests.support.casework import Casework


@pytest.fixture
async def all_three(tmp_path: Path) -> AsyncIterator[Casework]:
    async with support.casework(tmp_path) as made:
        yield made
