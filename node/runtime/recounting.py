"""Reckons due days anew once the calendar has changed, beside everything else the node does.

A calendar comes by a Work here, in a parcel, or with a newer program. What it may move is found by
the mark that each due day was reckoned by, so a node that was killed in the middle goes on where it
stopped. A few hundred clocks a Work: people's Works come in between.
"""

import asyncio
import logging
import time
from typing import Final

from node.cases import clockwork
from node.cases.clockwork import Round
from node.work import SYSTEM, Works
from schemas.ids import StreamName

log = logging.getLogger(__name__)

AT_ONCE: Final = 500  # clocks a Work: some ten milliseconds, which nobody who waits notices
REST_SECONDS: Final = 0.005  # between two Works, so that others find the writer free
LOOK_SECONDS: Final = 0.25  # between looks while mail streams in: each costs a read
RETRY_SECONDS: Final = 10.0  # after a failure, such as a full disk


class Recounter:
    """Keeps the clocks of cases in step with the calendar."""

    def __init__(self, works: Works) -> None:
        self._works = works
        self._wake = asyncio.Event()

    def wake(self) -> None:
        """Mail was taken, which may have brought a calendar: look."""
        self._wake.set()

    def committed(self, names: tuple[StreamName, ...]) -> None:
        """Look if a calendar was written here."""
        if any(name.startswith("calendar/") for name in names):
            self.wake()

    async def run(self) -> None:
        """Look at the start, for the program may know newer days, and then whenever woken."""
        while True:
            self._wake.clear()  # before looking: what comes meanwhile is looked at again
            looked = time.monotonic()
            try:
                await self.catch_up()
            except Exception:
                log.exception("recounting.failed")
                await asyncio.sleep(RETRY_SECONDS)
                continue
            await self._wake.wait()
            await asyncio.sleep(max(0.0, looked + LOOK_SECONDS - time.monotonic()))

    async def catch_up(self) -> int:
        """Reckon anew all that an earlier calendar reckoned; tell how many due days that were."""
        if not await self._works.read(clockwork.is_behind):
            return 0
        walk = Round()
        while not walk.is_over:
            walk = await self._works.run(SYSTEM, clockwork.recount, walk, AT_ONCE)
            await asyncio.sleep(REST_SECONDS)
        log.info("recounting.done", extra={"clocks": walk.clocks})
        return walk.clocks
