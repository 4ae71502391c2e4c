"""The one sweep: writes down what time itself has brought about, such as a deemed acceptance.

It reads an index of next instants, so a round costs the same however many cases there are. A node
that was away does it once it is back; the event then states the instant that caused it.
"""

import asyncio
import logging
from datetime import date
from typing import Final

from node.cases import deeming
from node.clock import local_day
from node.errors import ClockInDoubtError
from node.staff import posting
from node.work import SYSTEM, Works
from schemas.levels import Capability

log = logging.getLogger(__name__)

SWEEP_SECONDS: Final = 3.0  # limits end at midnight: nobody waits for a second, a test may
RETRY_SECONDS: Final = 30.0  # after a failure, such as a full disk


class Sweeper:
    """Looks for what is due, for as long as it runs."""

    def __init__(self, works: Works) -> None:
        self._works = works
        self._day = date.min
        """The day for which it is settled who covers whom."""

    async def run(self) -> None:
        """Sweep at the start and every few seconds."""
        while True:
            pause = SWEEP_SECONDS
            try:
                await self.sweep()
            except ClockInDoubtError:
                pause = RETRY_SECONDS  # a person looks first
            except Exception:
                log.exception("sweeping.failed")
                pause = RETRY_SECONDS
            await asyncio.sleep(pause)

    async def sweep(self) -> int:
        """Write down all that is due now; tell how many cases it moved."""
        await self._turn_to_today()
        moved = 0
        while await self._works.read(deeming.is_due, self._works.ledger.me, self._works.now_ms):
            done = await self._works.run(SYSTEM, deeming.deem)
            if not done:
                break  # what is left waits for something else
            moved += len(done)
        if moved:
            log.info("sweeping.deemed", extra={"cases": moved})
        if Capability.OVERSEE in self._works.profile.capabilities:
            await self._see_to_orders()
        return moved

    async def _see_to_orders(self) -> None:
        """Say which orders about this node have come, and close what is open to no appeal."""
        from node.supervision import orders_actions  # noqa: PLC0415  # a village does without

        day = local_day(self._works.clock.now())
        while await self._works.read(orders_actions.is_due, self._works.ledger.me, day):
            if not await self._works.run(SYSTEM, orders_actions.write_due):
                break  # what is left waits for something else

    async def _turn_to_today(self) -> None:
        """Once a day: absences begin and end, and open sessions follow (顶岗)."""
        day = local_day(self._works.clock.now())
        if day != self._day:
            await self._works.run(SYSTEM, posting.refresh)
            self._day = day
