"""Lets the followers of this node look behind the streams, beside everything else it does.

One pace for all: soon after something was written or came, and every few seconds for what time
itself brings about. Whatever fails is in the log and stops nothing else.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, Final

from node.following.actions import Following, Stepped
from node.following.follower import Follower
from node.runtime.opening import Node
from node.work import Works
from schemas.ids import NodeId, StreamName
from schemas.levels import Capability, Profile

log = logging.getLogger(__name__)

GATHER_SECONDS: Final = 0.4  # many events, one look at each case; a finding is there within 2 s
REST_SECONDS: Final = 0.01  # between two full steps, so that others find the readers free
LOOK_SECONDS: Final = 3.0  # what time brings about ends at midnight: nobody waits for a second
RETRY_SECONDS: Final = 10.0  # after a failure, such as a full disk

OnSeen = Callable[[tuple[StreamName, ...]], None]


def followers_of(profile: Profile, me: NodeId) -> tuple[Follower[Any], ...]:
    """Give the followers that a node of this profile has; where nobody oversees: none."""
    if Capability.OVERSEE not in profile.capabilities:
        return ()
    from node.appraisal.follower import Appraisal  # noqa: PLC0415  # a village does without
    from node.supervision.follower import Supervision  # noqa: PLC0415
    from node.supervision.lights_follower import LightsFollower  # noqa: PLC0415
    from node.supervision.orders_follower import OrdersFollower  # noqa: PLC0415

    return (Supervision(me), LightsFollower(me), OrdersFollower(), Appraisal(me))


class Watcher:
    """Keeps followers going."""

    def __init__(self, works: Works, followers: Sequence[Follower[Any]]) -> None:
        self.followers = followers
        self.following = Following(works, followers)
        self.on_seen: list[OnSeen] = []
        """Called after each step with the streams that were looked at."""
        self._wake = asyncio.Event()

    def wake(self) -> None:
        """Something was written, or mail was taken: look."""
        self._wake.set()

    async def run(self) -> None:
        """Look at the start, whenever woken, and every few seconds."""
        if not self.followers:
            return
        while True:
            self._wake.clear()  # before looking: what comes meanwhile is looked at again
            try:
                stepped = await self._step()
            except Exception:
                log.exception("following.step_failed")
                await asyncio.sleep(RETRY_SECONDS)
                continue
            if stepped.is_over:
                with suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_SECONDS):
                        await self._wake.wait()
            # Somebody who is at work on a case has its whole life looked at with every step
            # that is taken here: so a few steps of his for each of ours.
            await asyncio.sleep(REST_SECONDS if stepped.is_full else GATHER_SECONDS)

    async def catch_up(self) -> None:
        """See everything that there is now."""
        while True:
            if (await self._step()).is_over:
                return
            await asyncio.sleep(REST_SECONDS)

    async def _step(self) -> Stepped:
        stepped = await self.following.step()
        if stepped.streams:
            for told in self.on_seen:
                told(stepped.streams)
        return stepped


def watcher_of(node: Node) -> Watcher:
    """Make the watcher of a node."""
    return Watcher(node.works, followers_of(node.profile, node.me))
