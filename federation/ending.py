"""Ends tasks that run until they are cancelled."""

import asyncio
import logging
from typing import Any, Final

log = logging.getLogger(__name__)

AGAIN_SECONDS: Final = 0.5  # between two cancellations: a task may have something to put away


async def end(*tasks: "asyncio.Task[Any]") -> None:
    """Cancel tasks until they have ended; what one of them fails of meanwhile is logged.

    One cancellation may be lost: `asyncio.wait_for` of Python 3.11, in which the NATS client waits,
    gives its result instead when both come at once. Who cancels once would then wait for ever.
    """
    ending = running = {task for task in tasks if not task.done()}
    while running:
        for task in running:
            task.cancel()
        _, running = await asyncio.wait(running, timeout=AGAIN_SECONDS)
    for task in ending:
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("task.failed", exc_info=error)
