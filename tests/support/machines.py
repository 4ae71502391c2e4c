"""A new machine: `zhengwu run` as a process of its own, on a home that need not exist yet."""

import asyncio
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.nodes import PATIENCE

ADDRESS = re.compile(r"https?://\S+")


@dataclass
class Machine:
    """A running `zhengwu run`."""

    home: Path
    process: asyncio.subprocess.Process
    said: list[str] = field(default_factory=list)
    """What it printed."""

    async def hear(self, word: str) -> str:
        """Wait until it prints a line with `word`; give the line."""
        assert self.process.stdout is not None
        async with asyncio.timeout(PATIENCE):
            while not self.said or word not in self.said[-1]:
                line = await self.process.stdout.readline()
                assert line, self.said  # it ended
                self.said.append(line.decode().strip())
        return self.said[-1]

    async def address(self, word: str) -> str:
        """Wait until it prints a line with `word` and an address; give that."""
        found = ADDRESS.search(await self.hear(word))
        assert found
        return found.group()


@asynccontextmanager
async def machine(home: Path, *options: str) -> AsyncIterator[Machine]:
    """Switch a machine on until the block ends."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "cli", "run", "--home", str(home), "--port", "0",
        "--purpose", "test", *options, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        yield Machine(home, process)
    finally:
        with suppress(ProcessLookupError):
            process.terminate()
        await process.communicate()
