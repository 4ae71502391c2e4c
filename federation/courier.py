"""The courier: moves parcels between the outbox and the neighbours, and nothing else.

One task a link sends; mail is taken as it comes. It keeps only what it may forget: positions, what
is in flight, the measured line. The truth is in the tables; a lost message is sent again.
"""

import asyncio
import logging
import random
import sqlite3
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Final, Protocol, TypeVar

from federation import directory, links
from federation.directory import KeySnapshot
from federation.errors import FederationError, ParkedError
from federation.link import Answer, Link
from federation.links import OPEN, LinkRow, Position
from federation.parcel import (
    FAST_LEVEL,
    SMALL_LEVEL,
    check_frame,
    decode_hello,
    decode_receipt,
    encode_body,
    encode_parcel,
    encode_receipt,
    make_frame,
    read_frame,
    read_parcel,
)
from federation.ledger import Ledger
from schemas.ids import NodeId
from schemas.links import Frame, Parcel

log = logging.getLogger(__name__)
T = TypeVar("T")

WINDOW: Final = 8  # parcels in flight: hides a round trip, bounds what is sent again
LINE_SECONDS: Final = 2.0  # a parcel takes at most this long on the measured line (protocol §4.2)
FIRST_RATE: Final = 65_536.0  # bytes per second assumed before the first receipt
LOCAL_RATE: Final = 1_000_000.0  # above this the line is local and CPU is dearer than bytes
SMALLEST_ROOM: Final = 4_096
FIRST_RETRY: Final = 1.0  # seconds without a receipt before going back
LAST_RETRY: Final = 60.0  # back-off stops growing here: a person waits at the other end
HELLO_PAUSE: Final = 1.0  # the same hello at most once a second; one that says more at once
REPEAT_REFUSALS: Final = 15.0  # a receipt with refusals is repeated until it is known


class Store(Protocol):
    """What the courier needs of the node's database."""

    async def write(
        self, function: Callable[[sqlite3.Connection], T]
    ) -> T:
        """Run in one transaction; durable when it returns."""

    async def read(self, function: Callable[[sqlite3.Connection], T]) -> T:
        """Run on a snapshot."""


class Mail(Protocol):
    """What the courier needs of a transport."""

    async def send(self, to: NodeId, frame: bytes) -> bool:
        """Hand a message to the broker; false if that did not work now. Never raises for the network."""


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
    retry: float = FIRST_RETRY
    hello_at: float = 0.0
    hello_said: tuple[bytes, bytes, bytes] = (b"", b"", b"")
    """Our nonce, the neighbour's, and the epoch, as last said."""
    owes_settled: bool = False
    refusals_at: float = 0.0


class Courier:
    """Sends and takes for one node. Run it with `run_courier`."""

    def __init__(
        self,
        store: Store,
        ledger: Ledger,
        link: Link,
        *,
        mail_to: Callable[[NodeId], Mail | None],
        now: Callable[[], int],
        on_parts: Callable[[NodeId, Frame, bytes], Awaitable[None]],
        on_taken: Callable[[], None],
    ) -> None:
        self._store = store
        self._ledger = ledger
        self._link = link
        self._mail_to = mail_to
        self._now = now
        self._on_parts = on_parts
        self._on_taken = on_taken
        self._keys = KeySnapshot([])
        self._lanes: dict[NodeId, Lane] = {}
        self._tasks: dict[NodeId, asyncio.Task[None]] = {}
        self._changed = asyncio.Event()

    # --- from the node

    def wake(self) -> None:
        """Something may be in an outbox: look."""
        for lane in self._lanes.values():
            lane.wake.set()
        self._changed.set()

    def connected(self) -> None:
        """A broker is in reach (again): forget the back-off and look."""
        for lane in self._lanes.values():
            lane.retry = FIRST_RETRY
            lane.hello_at = 0.0
            lane.flying.clear()
            lane.position = None
        self.wake()

    async def send(self, to: NodeId, purpose: str, body: bytes) -> bool:
        """Sign and send one message to a neighbour."""
        return await self.forward(to, make_frame(self._ledger.identity, purpose, body))

    async def forward(self, to: NodeId, frame: bytes) -> bool:
        """Send a frame that is already signed (perhaps by another node) to a neighbour."""
        mail = self._mail_to(to)
        return mail is not None and await mail.send(to, frame)

    # --- taking

    async def on_mail(self, sender: NodeId, raw: bytes) -> None:
        """Take one message; when this returns, its effects are durable and it may be forgotten.

        What cannot be believed is dropped and logged: the sender's word in the subject is a hint,
        its signature the truth.
        """
        try:
            frame = read_frame(raw)
            if frame.purpose == "hello":
                answer = await self._take_hello(frame, sender)
            elif frame.purpose == "parcel":
                answer = await self._take_parcel(frame, sender)
            elif frame.purpose == "receipt":
                answer = await self._take_receipt(frame, sender)
            elif frame.purpose in ("ask", "part"):
                await self._on_parts(sender, frame, raw)
                return
            else:
                return
        except FederationError as error:
            log.warning("mail.dropped", extra={"peer": sender, "why": str(error)})
            return
        await self._answer(sender, answer)

    async def _take_hello(self, frame: Frame, sender: NodeId) -> Answer:
        hello = decode_hello(frame.body)
        if hello.sender != sender:
            return Answer()
        now = self._now()
        answer = await self._store.write(
            lambda tx: self._link.take_hello(tx, frame, hello, now=now)
        )
        await self._refresh_keys()
        self._on_taken()
        lane = self._lanes.get(sender)
        if lane is not None:
            lane.retry = FIRST_RETRY
        self.wake()
        return answer

    async def _take_parcel(self, frame: Frame, sender: NodeId) -> Answer:
        read = await self._with_keys(
            lambda: asyncio.to_thread(
                read_parcel, frame, sender, self._keys, root=self._ledger.root
            )
        )
        now = self._now()
        answer = await self._store.write(lambda tx: self._link.take_parcel(tx, read, now=now))
        self._on_taken()
        lane = self._lanes.get(sender)
        if lane is not None:
            lane.retry = FIRST_RETRY
        self.wake()
        return answer

    async def _take_receipt(self, frame: Frame, sender: NodeId) -> Answer:
        async def check() -> None:
            check_frame(frame, sender, self._keys)

        await self._with_keys(check)
        receipt = decode_receipt(frame.body)
        if receipt.sender != sender:
            return Answer()
        now = self._now()
        answer = await self._store.write(lambda tx: self._link.take_receipt(tx, receipt, now=now))
        lane = self._lanes.get(sender)
        if lane is not None:
            _landed(lane, receipt.upto)
            lane.owes_settled = lane.owes_settled or bool(receipt.refused)
            lane.wake.set()
        return answer

    async def _with_keys(self, attempt: Callable[[], Awaitable[T]]) -> T:
        try:
            return await attempt()
        except ParkedError:
            await self._refresh_keys()
            return await attempt()

    async def _refresh_keys(self) -> None:
        self._keys = await self._store.read(directory.snapshot)

    async def _answer(self, peer: NodeId, answer: Answer) -> None:
        if answer.hello is not None:
            await self._say_hello(peer, answer.hello)
        if answer.receipt:
            await self._send_receipt(peer)

    async def _send_receipt(self, peer: NodeId) -> None:
        link = await self._store.read(lambda tx: links.load(tx, peer))
        if link is not None and link.epoch:
            await self.send(peer, "receipt", encode_receipt(self._link.receipt(link)))

    async def _say_hello(self, peer: NodeId, seen: bytes) -> None:
        lane = self._lanes.get(peer)
        link = await self._store.read(lambda tx: links.load(tx, peer))
        if lane is None or link is None or link.open != OPEN:
            return
        says = (link.nonce, seen, link.epoch)
        if says == lane.hello_said and time.monotonic() - lane.hello_at < HELLO_PAUSE:
            return
        lane.hello_at, lane.hello_said = time.monotonic(), says
        hello = await self._store.read(lambda tx: self._link.hello(tx, link, seen))
        await self.send(peer, "hello", encode_body(hello))

    # --- sending

    async def keep_lanes(self) -> None:
        """Have one task for every link, for as long as this runs."""
        await self._refresh_keys()
        try:
            while True:
                self._changed.clear()
                for link in await self._store.read(links.load_all):
                    if link.peer not in self._tasks:
                        lane = self._lanes[link.peer] = Lane(link.peer)
                        self._tasks[link.peer] = asyncio.create_task(self._keep(lane))
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._changed.wait(), LAST_RETRY)
                await asyncio.sleep(0.05)  # many wakes, one look
        finally:
            for task in self._tasks.values():
                task.cancel()
            await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def _keep(self, lane: Lane) -> None:
        """Serve one link for ever; what goes wrong there is logged and stops no other."""
        while True:
            try:
                pause = await self.step(lane)
                with suppress(TimeoutError):
                    await asyncio.wait_for(lane.wake.wait(), pause)
            except Exception:
                log.exception("lane.failed", extra={"peer": lane.peer})
                await asyncio.sleep(lane.retry)
                lane.retry = min(2 * lane.retry, LAST_RETRY)

    async def step(self, lane: Lane) -> float:
        """Send what can be sent now; give the seconds after which to look again."""
        lane.wake.clear()
        link = await self._store.read(lambda tx: links.load(tx, lane.peer))
        if link is None or link.open != OPEN:
            return LAST_RETRY
        if not link.epoch:
            await self._say_hello(lane.peer, link.peer_nonce)
            return self._back_off(lane)
        if lane.epoch != link.epoch:
            lane.epoch, lane.position = link.epoch, None
            lane.flying.clear()
        self._go_back_if_late(lane)
        while len(lane.flying) < WINDOW:
            if not await self._send_next(lane, link):
                break
        return await self._rest(lane, link)

    def _go_back_if_late(self, lane: Lane) -> None:
        if lane.flying and time.monotonic() - lane.flying[0][2] > lane.retry + LINE_SECONDS:
            lane.flying.clear()
            lane.position = None
            lane.retry = min(2 * lane.retry, LAST_RETRY)

    async def _send_next(self, lane: Lane, link: LinkRow) -> bool:
        after = lane.position if lane.position is not None else links.start(link)
        room = max(SMALLEST_ROOM, int(lane.rate * LINE_SECONDS))
        packed = await self._store.read(
            lambda tx: self._link.next_parcel(tx, link, after, room=room)
        )
        if packed is None:
            return False
        parcel, position = packed
        size = await self._send_parcel(lane, parcel)
        if not size:
            return False
        lane.position = position
        lane.flying.append((position.number, size, time.monotonic()))
        lane.owes_settled = False
        return True

    async def _send_parcel(self, lane: Lane, parcel: Parcel) -> int:
        level = FAST_LEVEL if lane.rate >= LOCAL_RATE else SMALL_LEVEL
        body = encode_parcel(parcel, level=level)
        return len(body) if await self.send(lane.peer, "parcel", body) else 0

    async def _rest(self, lane: Lane, link: LinkRow) -> float:
        if lane.owes_settled and not lane.flying:
            await self._send_parcel(lane, self._link.settling_parcel(link))
            lane.owes_settled = False
        if link.refused and time.monotonic() - lane.refusals_at > REPEAT_REFUSALS:
            lane.refusals_at = time.monotonic()
            await self._send_receipt(lane.peer)
        if lane.flying:
            due = lane.flying[0][2] + lane.retry + LINE_SECONDS - time.monotonic()
            return max(0.05, due)
        waiting, _ = await self._store.read(lambda tx: links.waiting(tx, link.id))
        if waiting:
            return self._back_off(lane)
        return REPEAT_REFUSALS if link.refused else LAST_RETRY

    @staticmethod
    def _back_off(lane: Lane) -> float:
        pause = lane.retry * random.uniform(0.7, 1.3)  # noqa: S311  # so that villages do not march
        lane.retry = min(2 * lane.retry, LAST_RETRY)
        return pause


def _landed(lane: Lane, upto: int) -> None:
    """Forget what landed, and learn the line's rate from it."""
    now = time.monotonic()
    while lane.flying and lane.flying[0][0] <= upto:
        _, size, sent = lane.flying.popleft()
        seen = size / max(now - sent, 0.001)
        lane.rate += 0.3 * (seen - lane.rate)
    lane.retry = FIRST_RETRY


@asynccontextmanager
async def run_courier(courier: Courier) -> AsyncIterator[Courier]:
    """Keep the courier's lanes running inside the block."""
    task = asyncio.create_task(courier.keep_lanes())
    try:
        yield courier
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


