"""The bench of keys runs and says what it counted; it asserts no time."""

from pathlib import Path

import pytest

from tests.bench.keystrokes import keystrokes

pytestmark = [pytest.mark.broker, pytest.mark.browser]


async def test_each_way_of_taking_somebody_in_is_counted(tmp_path: Path) -> None:
    lines = await keystrokes(tmp_path, pace_ms=0)
    assert [line.split(":")[0] for line in lines] == [
        "a new person",
        "the next person",
        "one who came before",
    ]
    assert "keys beside 18 of the person's own" in lines[2]
