"""Makes a PDF of a page with a browser that is installed: one process for each, gone with it.

A village stays small: nothing of this is loaded or run where the profile has no PDFs. The page
needs nothing from the network and has no script, and is held to that.
"""

import asyncio
import os
import shutil
import signal
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Final

from node.errors import NoEngineError

ENGINES: Final = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "microsoft-edge",
)
"""Programs that are looked for on the PATH, in this order."""
TIME_LIMIT: Final = 30.0  # seconds: a cold start on an old disk takes five
AT_ONCE: Final = 1  # each takes some 220 MB while it runs; the next waits a second
FLAGS: Final = (
    "--headless",
    "--disable-gpu",
    "--disable-extensions",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-crash-reporter",
    "--disable-breakpad",
    "--disable-dev-shm-usage",  # containers give it 64 MB, and then it dies
    "--no-first-run",
    "--no-default-browser-check",
    "--hide-scrollbars",
    "--no-pdf-header-footer",
    "--host-resolver-rules=MAP * ~NOTFOUND",
)
_MAGIC: Final = b"%PDF-"
_HARMLESS: Final = (
    b'<!doctype html><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="'
    b"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">"
)
"""Put before a page, whoever made it: it runs nothing and loads nothing."""


def find_engine(chosen: str = "") -> Path | None:
    """Find the browser: the one that `node.toml` names, or the first of `ENGINES`."""
    names = (chosen,) if chosen else ENGINES
    found = next((path for name in names if (path := shutil.which(name))), None)
    return None if found is None else Path(found)


class Engine:
    """Makes PDFs, one at a time."""

    def __init__(self, chosen: str = "", *, time_limit: float = TIME_LIMIT) -> None:
        self._chosen = chosen
        self._time_limit = time_limit
        self._turn = asyncio.Semaphore(AT_ONCE)

    async def make(self, page: bytes) -> bytes:
        """Make a PDF of a page of HTML. Raises `NoEngineError` if that cannot be done here."""
        program = find_engine(self._chosen)
        if program is None:
            raise NoEngineError(f"no {self._chosen or 'Chromium'} on this machine")
        async with self._turn:
            return await self._make(program, page)

    async def _make(self, program: Path, page: bytes) -> bytes:
        folder = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="zhengwu-pdf-"))
        try:  # readable by this user alone: the page names a person
            await asyncio.to_thread((folder / "page.html").write_bytes, _HARMLESS + page)
            await self._run(program, folder)
            return await asyncio.to_thread(_read, folder / "page.pdf")
        finally:
            await asyncio.shield(asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True))

    async def _run(self, program: Path, folder: Path) -> None:
        process = await asyncio.create_subprocess_exec(
            program,
            *FLAGS,
            *(("--no-sandbox",) if os.geteuid() == 0 else ()),  # it refuses to start otherwise
            f"--user-data-dir={folder / 'profile'}",
            f"--print-to-pdf={folder / 'page.pdf'}",
            (folder / "page.html").as_uri(),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,  # a group of its own, so that its helpers end with it
        )
        try:
            async with asyncio.timeout(self._time_limit):
                await process.wait()
        except TimeoutError:
            raise NoEngineError(f"{program.name} took more than {self._time_limit:g} s") from None
        finally:
            _end(process)
            await process.wait()


def _end(process: asyncio.subprocess.Process) -> None:
    """End the browser and all that it started."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def _read(path: Path) -> bytes:
    made = path.read_bytes() if path.is_file() else b""
    if not made.startswith(_MAGIC):
        raise NoEngineError("the browser made no PDF: run `zhengwu doctor`")
    return made
