import asyncio
import sys
from pathlib import Path

import pytest

from cli.demo import sample
from tests.support import documents
from tests.support.nodes import COUNTY, copied, make_network


@pytest.mark.broker
async def test_the_example_of_the_readme_takes_a_case(tmp_path: Path) -> None:
    (example,) = documents.read("README.md").blocks("python")
    assert sample.PASSWORD in example
    script = tmp_path / "try_api.py"
    script.write_text(example, encoding="utf-8")
    await make_network(tmp_path / "made", (COUNTY,))
    async with copied(tmp_path / "made", tmp_path / "net", COUNTY) as net:
        said = await _run(script, net[COUNTY].url, "li")
    first, *events = said.splitlines()
    assert first.startswith(f"{COUNTY}-")
    assert first.endswith(f"received held by {COUNTY}")
    assert events == [f"0 case.received by {COUNTY} then held by {COUNTY}"]


async def _run(script: Path, *arguments: str) -> str:
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(script), *arguments,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    said, wrong = await process.communicate()
    assert not process.returncode, wrong.decode()
    return said.decode()
