"""Ends a loop in the very moment in which it is woken."""

import asyncio
from collections.abc import Callable, Coroutine

TICKS = 5  # of the event loop, within which a woken loop comes to itself
BY_THEN_IT_WAITS = 0.1
ENDED_SECONDS = 10.0


async def ends(run: Callable[[], Coroutine[None, None, None]], wake: Callable[[], None]) -> bool:
    """Say whether the loop ends, however soon after its waking it is told to."""
    for ticks in range(TICKS):
        task = asyncio.create_task(run())
        await asyncio.sleep(BY_THEN_IT_WAITS)
        wake()
        for _ in range(ticks):
            await asyncio.sleep(0)
        task.cancel()
        done, _ = await asyncio.wait({task}, timeout=ENDED_SECONDS)
        if not done:
            task.cancel()  # it heard nothing of the first
            return False
    return True
