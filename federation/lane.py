"""What is known of one link in memory alone: positions, what is in flight, the measured line.

All of it may be forgotten at any moment; the truth is in the tables.
"""

import asyncio
import math
import random
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from federation.links import Position
from federation.parcel import FAST_LEVEL, SMALL_LEVEL
from schemas.ids import NodeId

LINE_SECONDS: Final = 2.0  # a parcel takes at most this long on the measured line (protocol §4.2)
QUEUE_SECONDS: Final = 4.0  # of the line's time that may fly at once: two full parcels
FIRST_RATE: Final = 8_000.0  # bytes per second assumed before the first receipt: a 64 kbit/s line
FASTER: Final = 0.3  # of what a receipt teaches is believed: one fast parcel makes no fast line
SLOWER: Final = 0.7  # a line that has become slow is paid for with each parcel that is too large
WINDOW: Final = 8  # parcels in flight: hides a round trip, bounds what is sent again
LOCAL_RATE: Final = 1_000_000.0  # above this the line is local and CPU is dearer than bytes
SMALLEST_ROOM: Final = 4_096
FIRST_RETRY: Final = 1.0  # seconds without a receipt before going back
LAST_RETRY: Final = 60.0  # back-off stops growing here: a person waits at the other end
PROOF_SECONDS: Final = 600.0  # our records weigh ten kilobytes, a second and more of a slow line
FIRST_ASK: Final = 2.0  # seconds until its records are asked for again: two round trips
SILENT_RETRY: Final = 4 * FIRST_RETRY
"""From this back-off on the neighbour counts as silent: it is greeted, and no parcel is sent.

Parcels sent into silence lie in its mailbox many times over, and a slow line pays for each.
"""


class Flight(NamedTuple):
    """A parcel in flight."""

    number: int
    """Of its last entry."""
    size: int
    """Bytes as sent."""
    at: float
    """Monotonic seconds."""
    fresh: bool = True
    """Sent for the first time: a receipt for what was sent twice tells nothing of the line."""


@dataclass(slots=True)
class Lane:
    """What is known of one link in memory alone."""

    peer: NodeId
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    epoch: bytes = b""
    position: Position | None = None
    flying: deque[Flight] = field(default_factory=deque)
    sent_upto: int = 0
    """The highest entry ever sent in this epoch."""
    ghosts: deque[Flight] = field(default_factory=deque)
    """What flew before we went back: perhaps not lost, only slow."""
    ghosts_end: Position | None = None
    """Where they ended."""
    unheard: int = 0
    """Bytes sent without a receipt yet, those sent twice too: perhaps the line still has them."""
    rate: float = FIRST_RATE
    packing: float = 1.0
    """How small compression makes entries here, as learned: compressed to plain."""
    window: int = 1
    """How many parcels may fly: doubled by each receipt, one again after a loss."""
    landed_at: float = 0.0
    retry: float = FIRST_RETRY
    hello_at: float = 0.0
    hello_said: tuple[bytes, bytes, bytes, bool] = (b"", b"", b"", False)
    """Our nonce, the neighbour's, the epoch, and whether without our records, as last said."""
    owes_settled: bool = False
    proved_at: float = -math.inf
    """When our records went with a greeting, since the neighbour fell silent (monotonic)."""
    greet_at: float = 0.0
    """When a silent neighbour is greeted next (monotonic), whatever wakes us before."""
    greets: bool = True
    """Ask the neighbour for an answer: is it there, and what time is it there?"""
    ask_at: float = 0.0
    """When a neighbour whose key we do not know is asked for its records next (monotonic)."""
    ask_pause: float = FIRST_ASK
    refusals_at: float = 0.0
    drift: int | None = None
    """What was last written of its clock."""

    @property
    def room(self) -> int:
        """How many bytes of entries a parcel may have, before they are compressed."""
        return max(SMALLEST_ROOM, int(self.rate * LINE_SECONDS / self.packing))

    @property
    def level(self) -> int:
        """How hard to compress."""
        return FAST_LEVEL if self.rate >= LOCAL_RATE else SMALL_LEVEL

    @property
    def has_room(self) -> bool:
        """Whether another parcel may fly: the line is kept busy, and no queue grows before it.

        Everything else for the neighbour, receipts too, waits behind what flies.
        """
        flying = sum(flight.size for flight in self.flying)
        few = len(self.flying) < self.window and flying < self.rate * QUEUE_SECONDS
        return few and not self.silent

    def sent(self, number: int, size: int, plain: int) -> None:
        """Note a parcel: `size` bytes on the line, `plain` bytes of entries."""
        self.flying.append(Flight(number, size, time.monotonic(), number > self.sent_upto))
        self.sent_upto = max(self.sent_upto, number)
        self.unheard += size
        self.packing += 0.5 * (min(1.0, size / max(plain, 1)) - self.packing)

    def landed(self, upto: int) -> None:
        """Forget what landed, and learn the line's rate from it."""
        now = time.monotonic()
        home, late = _landed(self.flying, upto), _landed(self.ghosts, upto)
        self.window = min(self.window << len(home), WINDOW)
        fresh = [flight for flight in home if flight.fresh]
        if fresh:  # behind others it waited: the line was not its own
            began = max(fresh[0].at, self.landed_at)
            seen = sum(flight.size for flight in fresh) / max(now - began, 0.001)
            self.rate += (SLOWER if seen < self.rate else FASTER) * (seen - self.rate)
        if home or late:
            self.landed_at = now
            heard = sum(flight.size for flight in (*home, *late))
            self.unheard = max(0, self.unheard - heard) if self.flying or self.ghosts else 0
        if late and late[-1].number == upto and (not home or home[-1].number != upto):
            self._go_on()
        elif self.position is not None and self.position.number < upto:
            self.position = None  # more was stored than what we had sent again
        self.answered()

    def _go_on(self) -> None:
        """Go on where we were before going back: a receipt shows that what flew was only slow."""
        self.flying, self.position = self.ghosts, self.ghosts_end
        self.ghosts, self.ghosts_end = deque(), None

    def answered(self) -> None:
        """Forget the back-off: the neighbour is there."""
        self.retry, self.proved_at, self.greet_at = FIRST_RETRY, -math.inf, 0.0
        self.ask_at, self.ask_pause = 0.0, FIRST_ASK

    def late_in(self) -> float:
        """Give the seconds after which the oldest parcel in flight is late.

        It has the line to itself only once the one before it has landed, and what was sent without
        a receipt may still lie in the mailbox before it.
        """
        began = max(self.flying[0].at, self.landed_at)
        ahead = min(self.unheard / self.rate, LAST_RETRY)
        return began + self.retry + LINE_SECONDS + ahead - time.monotonic()

    @property
    def silent(self) -> bool:
        """Whether the neighbour has not answered for so long that it is only greeted."""
        return self.retry >= SILENT_RETRY

    @property
    def greeting_due(self) -> bool:
        """Whether the neighbour is to be asked for an answer now."""
        return self.greets or (self.silent and time.monotonic() >= self.greet_at)

    @property
    def proof_due(self) -> bool:
        """Whether our records go with a greeting: perhaps it lacks one that proves our key."""
        return self.silent and time.monotonic() - self.proved_at > PROOF_SECONDS

    def may_ask(self) -> bool:
        """Say whether its records are to be asked for now, and note it: less and less often."""
        now = time.monotonic()
        if now < self.ask_at:
            return False
        self.ask_at = now + self.ask_pause
        self.ask_pause = min(2 * self.ask_pause, LAST_RETRY)
        return True

    def greeted(self, *, proving: bool) -> None:
        """Note a greeting that was sent; a silent neighbour is greeted less and less often."""
        self.greets = False
        if proving:
            self.proved_at = time.monotonic()
        if self.silent:
            self.greet_at = time.monotonic() + self.back_off()

    def go_back_if_late(self) -> None:
        """Send again from the last receipt if one has not come in time (go back N)."""
        if self.flying and self.late_in() < 0:
            self.go_back()
            self.greets = True  # perhaps it lacks the record that lets it believe our key
            self.retry = min(2 * self.retry, LAST_RETRY)

    def go_back(self) -> None:
        """Send again from the last receipt; what the line carries is to be learned anew."""
        self.window, self.rate = 1, min(self.rate, FIRST_RATE)
        if self.flying and not self.ghosts:
            self.ghosts, self.ghosts_end = self.flying, self.position
        self.flying, self.position = deque(), None

    def begin_again(self) -> None:
        """The line is new: forget the back-off and what flew on the old one."""
        self.go_back()
        self.answered()
        self.unheard = 0
        self.hello_at = 0.0
        self.greets = True

    def begin_epoch(self, epoch: bytes) -> None:
        """Both logs begin at 1: what flew in another epoch tells nothing."""
        self.go_back()
        self.epoch, self.sent_upto, self.unheard = epoch, 0, 0
        self.ghosts, self.ghosts_end = deque(), None

    def back_off(self) -> float:
        """Give the seconds to pause, longer each time; not in step with other villages."""
        pause = self.retry * random.uniform(0.7, 1.3)  # noqa: S311  # no secret
        self.retry = min(2 * self.retry, LAST_RETRY)
        return pause


def _landed(flights: deque[Flight], upto: int) -> list[Flight]:
    """Take out what a receipt up to that entry covers."""
    home = []
    while flights and flights[0].number <= upto:
        home.append(flights.popleft())
    return home
