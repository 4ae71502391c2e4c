"""The browser that makes PDFs: found, held to its time, and gone with all that it started."""

import asyncio
import os
from pathlib import Path

import pytest

from node.errors import NoEngineError
from node.notices import pdf
from node.notices.pdf import Engine
from tests.support.browser import find_browser


def engine_that(folder: Path, *lines: str) -> Path:
    """Write a program that stands in for a browser."""
    program = folder / "engine"
    program.write_text("#!/bin/sh\n" + "\n".join(lines) + "\n", encoding="utf-8")
    program.chmod(0o755)
    return program


@pytest.mark.browser
async def test_a_page_becomes_a_pdf_and_nothing_of_it_is_left_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    page = '<!doctype html><meta charset="utf-8"><h1>受理通知书</h1><script>while(1);</script>'
    made = await Engine(str(find_browser())).make(page.encode())
    assert made.startswith(b"%PDF-")
    assert b"%%EOF" in made[-1024:]
    assert not _left_in(tmp_path)


async def test_without_a_browser_there_is_a_sentence() -> None:
    with pytest.raises(NoEngineError, match="no-such-browser"):
        await Engine("no-such-browser").make(b"<p>")
    assert pdf.find_engine("no-such-browser") is None


async def test_a_browser_that_makes_nothing_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(NoEngineError, match="doctor"):
        await Engine(str(engine_that(tmp_path, "exit 0"))).make(b"<p>")


def _left_in(folder: Path) -> list[Path]:
    return list(folder.iterdir())


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8").strip() if path.exists() else ""


async def _pid(path: Path) -> int:
    for _ in range(200):
        if _read(path):
            return int(_read(path))
        await asyncio.sleep(0.02)
    raise AssertionError("the program did not start")


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    return stat.rsplit(")", 1)[1].split()[0] != "Z"


async def _is_gone(pid: int) -> bool:
    for _ in range(200):
        if not _lives(pid):
            return True
        await asyncio.sleep(0.02)
    return False


async def test_a_browser_that_hangs_is_ended_with_what_it_started(tmp_path: Path) -> None:
    child = tmp_path / "child"
    program = engine_that(tmp_path, "sleep 60 &", f"echo $! > {child}", "wait")
    with pytest.raises(NoEngineError, match="took more than"):
        await Engine(str(program), time_limit=0.5).make(b"<p>")
    assert await _is_gone(await _pid(child))


async def test_whoever_goes_away_takes_the_browser_with_him(tmp_path: Path) -> None:
    child = tmp_path / "child"
    program = engine_that(tmp_path, f"echo $$ > {child}", "exec sleep 60")
    task = asyncio.create_task(Engine(str(program)).make(b"<p>"))
    pid = await _pid(child)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await _is_gone(pid)
