"""What the tests of the federation share: seven enrolled nodes without a network."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.world import World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path, random.Random(1))
    made.start()
    yield made
    made.close()
