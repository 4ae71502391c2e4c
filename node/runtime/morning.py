"""日公开: each morning a node that publishes issues the report of the day before, by itself.

Once the counts have seen everything, and not in the first minutes: a node that was just switched on
hears first what its neighbours have to say.
"""

import asyncio
import logging
from datetime import date
from typing import Final

from federation.errors import CannotAppendError
from node.clock import CHINA, local_day
from node.database import Tx
from node.errors import BadInputError, ClockInDoubtError
from node.following import actions as following
from node.work import SYSTEM, Works
from schemas.levels import Capability

log = logging.getLogger(__name__)

MORNING: Final = 6  # o'clock: before the hall opens
SETTLING_SECONDS: Final = 120.0  # what waited for this node has come by then, as a rule
LOOK_SECONDS: Final = 60.0  # nobody waits for a minute


class Morning:
    """Issues the day before, for as long as it runs."""

    def __init__(self, works: Works) -> None:
        self._works = works
        self._day = date.min
        """The day on which it was looked at last, to its end."""

    async def run(self) -> None:
        """Look every minute; where nothing is published, never."""
        if Capability.PUBLISH_ITEMS not in self._works.profile.capabilities:
            return
        await asyncio.sleep(SETTLING_SECONDS)
        while True:
            try:
                await self.look()
            except (ClockInDoubtError, CannotAppendError):
                pass  # a person looks first
            except Exception:
                log.exception("morning.failed")
            await asyncio.sleep(LOOK_SECONDS)

    async def look(self) -> bool:
        """Issue the day before if it is time, and say whether that was done now."""
        from node.appraisal import reports_actions, reports_making  # noqa: PLC0415  # not in a village

        now = self._works.clock.now()
        today = local_day(now)
        if today == self._day or now.astimezone(CHINA).hour < MORNING:
            return False

        def behind(tx: Tx) -> int:
            return following.come_to(tx, reports_making.FOLLOWER)[1]

        if await self._works.read(behind):
            return False
        try:
            issued = await self._works.run(SYSTEM, reports_actions.issue_yesterday)
        except BadInputError:
            return False  # something of that day came in just now, and is not counted
        self._day = today
        if issued is not None:
            log.info("morning.issued", extra={"day": issued.period.key})
        return issued is not None
