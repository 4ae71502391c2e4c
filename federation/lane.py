"""What is known of one link in memory alone: positions, what is in flight, the measured line.

All of it may be forgotten at any moment; the truth is in the tables.
"""

import asyncio
import random
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Final

from federation.links import Position
from federation.parcel import FAST_LEVEL, SMALL_LEVEL
from schemas.ids import NodeId

LINE_SECONDS: Final = 2.0  # a parcel takes at most this long on the measured line (protocol §4.2)
FIRST_RATE: Final = 65_536.0  # bytes per second assumed before the first receipt
LOCAL_RATE: Final = 1_000_000.0  # above this the line is local and CPU is dearer than bytes
SMALLEST_ROOM: Final = 4_096
FIRST_RETRY: Final = 1.0  # seconds without a receipt before going back
LAST_RETRY: Final = 60.0  # back-off stops growing here: a person waits at the other end


@dataclass(slots=True)
class Lane:
    """What is known of one link in memory alone."""

    peer: NodeId
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    epoch: bytes = b""
    position: Position | None = None
    flying: deque[tuple[int, int, float]] = field(default_factory=deque)
    """Last entry number, bytes, and when it was sent (monotonic seconds)."""
    rate: float = FIRST_RATE
    landed_at: float = 0.0
    retry: float = FIRST_RETRY
    hello_at: float = 0.0
    hello_said: tuple[bytes, bytes, bytes] = (b"", b"", b"")
    """Our nonce, the neighbour's, and the epoch, as last said."""
    owes_settled: bool = False
    greets: bool = True
    """Ask the neighbour for an answer: is it there, and what time is it there?"""
    refusals_at: float = 0.0
    drift: int | None = None
    """What was last written of its clock."""

    @property
    def room(self) -> int:
        """How many bytes a parcel may have."""
        return max(SMALLEST_ROOM, int(self.rate * LINE_SECONDS))

    @property
    def level(self) -> int:
        """How hard to compress."""
        return FAST_LEVEL if self.rate >= LOCAL_RATE else SMALL_LEVEL

    def landed(self, upto: int) -> None:
        """Forget what landed, and learn the line's rate from it."""
        now = time.monotonic()
        began, landed = now, 0
        while self.flying and self.flying[0][0] <= upto:
            _, size, sent = self.flying.popleft()
            began = min(began, sent)
            landed += size
        if landed:  # behind others it waited: the line was not its own
            seen = landed / max(now - max(began, self.landed_at), 0.001)
            self.rate += 0.3 * (seen - self.rate)
            self.landed_at = now
        self.retry = FIRST_RETRY

    def late_in(self) -> float:
        """Give the seconds after which the oldest parcel in flight is late."""
        return self.flying[0][2] + self.retry + LINE_SECONDS - time.monotonic()

    def go_back_if_late(self) -> None:
        """Send again from the last receipt if one has not come in time (go back N)."""
        if self.flying and self.late_in() < 0:
            self.go_back()
            self.greets = True  # perhaps it lacks the record that lets it believe our key
            self.retry = min(2 * self.retry, LAST_RETRY)

    def go_back(self) -> None:
        """Send again from the last receipt."""
        self.flying.clear()
        self.position = None

    def begin_again(self) -> None:
        """The line is new: forget the back-off and what flew on the old one."""
        self.go_back()
        self.retry = FIRST_RETRY
        self.hello_at = 0.0
        self.greets = True

    def back_off(self) -> float:
        """Give the seconds to pause, longer each time; not in step with other villages."""
        pause = self.retry * random.uniform(0.7, 1.3)  # noqa: S311  # no secret
        self.retry = min(2 * self.retry, LAST_RETRY)
        return pause
