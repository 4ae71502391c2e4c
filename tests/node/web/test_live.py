"""Live pages: what is told, what is merged, and how it ends."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from litestar import Router, get
from litestar.di import NamedDependency
from litestar.response import Stream

from node.errors import TooBusyError
from node.web import live as live_module
from node.web.live import Live, any_of
from tests.support.webnode import web_node


@get("/api/v1/watch")
async def watch(live: NamedDependency[Live]) -> Stream:
    return Stream(live.watch("case/1"), media_type="text/event-stream")


async def test_changes_are_told_and_merged() -> None:
    live = Live()
    stream = live.watch("a")
    assert (await anext(stream)).startswith(b"retry:")
    for _ in range(100):
        live.publish(["a", "b"])
    assert b"event: case" in await anext(stream)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await anext(stream)


async def test_silence_is_broken_by_a_comment() -> None:
    live = Live()
    stream = live.watch("a", ping_seconds=0.01)
    await anext(stream)
    assert (await anext(stream)).startswith(b":")


async def test_what_changed_before_the_watch_stood_is_told() -> None:
    live = Live()

    async def stale() -> bool:
        return True

    stream = live.watch("a", is_stale=stale)
    await anext(stream)
    assert b"event: case" in await anext(stream)


async def test_a_list_is_told_of_what_makes_it_stale_and_of_nothing_else() -> None:
    live, marks = Live(), ["a", "a", "b"]

    async def stale() -> bool:
        return marks.pop(0) != "a"

    stream = live.watch_list(
        (any_of("case"), any_of("task")), is_stale=stale, rest_seconds=0.01, ping_seconds=0.05
    )
    await anext(stream)
    live.publish(["notice/1"])
    assert (await anext(stream)).startswith(b":"), "a kind that it does not watch"
    live.publish(["case/1"])
    assert (await anext(stream)).startswith(b":"), "nothing of its own has changed"
    live.publish(["task/1", "case/2"])
    assert b"event: case" in await anext(stream)
    assert marks == []
    await _close(stream)
    assert live.watching == 0


async def test_the_end_does_not_wait_for_a_list_that_rests() -> None:
    live = Live()

    async def stale() -> bool:
        return False

    stream = live.watch_list((any_of("case"),), is_stale=stale, rest_seconds=60)
    await anext(stream)
    live.publish(["case/1"])
    coming = asyncio.ensure_future(anext(stream))
    await asyncio.sleep(0.01)
    live.close()
    async with asyncio.timeout(2):
        assert b"event: bye" in await coming


async def test_a_closed_page_is_forgotten() -> None:
    live = Live()
    stream = live.watch("a")
    await anext(stream)
    assert live.watching == 1
    await _close(stream)
    assert live.watching == 0
    live.publish(["a"])


async def _close(stream: AsyncIterator[bytes]) -> None:
    close = getattr(stream, "aclose")  # noqa: B009  # an async generator's, which the type hides
    await close()


async def test_too_many_pages_are_told_to_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_module, "MAX_WATCHERS", 1)
    live = Live()
    stream = live.watch("a")
    await anext(stream)
    with pytest.raises(TooBusyError):
        live.watch("b")


async def test_open_pages_do_not_hold_up_the_end(tmp_path: Path) -> None:
    async with httpx.AsyncClient() as http:
        async with web_node(tmp_path, routers=(Router("/", route_handlers=[watch]),)) as node:
            async with http.stream("GET", f"{node.url}/api/v1/watch") as stream:
                lines = stream.aiter_lines()
                await anext(lines)
                began = time.monotonic()
                node.live.close()
                rest = [line async for line in lines]
            assert "event: bye" in rest
        assert time.monotonic() - began < 3


async def test_a_page_that_hangs_up_leaves_nothing(tmp_path: Path) -> None:
    async with web_node(tmp_path, routers=(Router("/", route_handlers=[watch]),)) as node:
        async with node.http.stream("GET", "/api/v1/watch") as stream:
            await anext(stream.aiter_bytes())
            assert node.live.watching == 1
        for _ in range(100):
            if not node.live.watching:
                break
            await asyncio.sleep(0.02)
        assert node.live.watching == 0
