"""Tasks end, even those in which a library loses a cancellation."""

import asyncio
import logging

import pytest

from federation.ending import end


async def test_a_task_that_loses_a_cancellation_ends_all_the_same() -> None:
    lost = 0

    async def keep_on() -> None:
        nonlocal lost
        while True:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                lost += 1
                if lost > 1:
                    raise

    task = asyncio.create_task(keep_on())
    await asyncio.sleep(0)
    await end(task)
    assert task.cancelled()
    assert lost == 2


async def test_what_a_task_failed_of_is_told_and_stops_no_other(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def fail() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            raise ValueError("out of order")

    async def wait() -> None:
        await asyncio.Event().wait()

    failing, waiting = asyncio.create_task(fail()), asyncio.create_task(wait())
    await asyncio.sleep(0)
    with caplog.at_level(logging.ERROR):
        await end(failing, waiting)
    assert waiting.cancelled()
    assert "out of order" in caplog.text
