"""The courier: moves parcels between the outbox and the neighbours, and nothing else.

One task a link sends; mail is taken as it comes. It keeps only what it may forget: positions, what
is in flight, the measured line. The truth is in the tables; a lost message is sent again.
"""

import asyncio
import logging
import sqlite3
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Final, Protocol, TypeVar

from msgspec.structs import replace

from federation import directory, drift, links
from federation.directory import KeySnapshot
from federation.ending import end
from federation.errors import FederationError, ParkedError, WrongKeyError
from federation.lane import LAST_RETRY, Lane
from federation.ledger import Ledger
from federation.link import Answer, Link
from federation.links import OPEN, LinkRow, Stirring
from federation.packing import Reads, encode, pack
from federation.parcel import (
    ReadParcel,
    check_frame,
    decode_hello,
    decode_receipt,
    encode_body,
    encode_receipt,
    make_frame,
    read_frame,
    read_parcel,
)
from schemas.ids import NodeId
from schemas.links import Frame, Hello, Receipt

log = logging.getLogger(__name__)
T = TypeVar("T")

HELLO_PAUSE: Final = 1.0  # the same hello at most once a second; one that says more at once
REPEAT_REFUSALS: Final = 15.0  # a receipt with refusals is repeated until it is known


class Store(Reads, Protocol):
    """What the courier needs of the node's database."""

    async def write(self, function: Callable[[sqlite3.Connection], T]) -> T:
        """Run in one transaction; durable when it returns."""


class Mail(Protocol):
    """What the courier needs of a transport."""

    @property
    def connected(self) -> bool:
        """Whether sending is worth a try now."""

    async def send(self, to: NodeId, frame: bytes) -> bool:
        """Hand a message to the broker; false if that did not work now. Never raises for that."""


class Courier:
    """Sends and takes for one node. Run it with `run_courier`."""

    def __init__(  # noqa: PLR0913  # each is named where it is called
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
        self._turns: defaultdict[NodeId, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._owed: dict[NodeId, int] = {}
        self._paying: dict[NodeId, asyncio.Task[None]] = {}
        self.compared: set[NodeId] = set()
        """Neighbours whose clock was compared with ours, since whoever reads this took them out."""

    # --- from the node

    def wake(self) -> None:
        """Something may be in an outbox: look which."""
        self._changed.set()

    def connected(self) -> None:
        """A broker is in reach (again): forget the back-off and look."""
        for lane in self._lanes.values():
            lane.begin_again()
            lane.wake.set()
        self.wake()

    def greet(self, peer: NodeId) -> None:
        """Have the neighbour answer: so the clocks are compared anew."""
        if (lane := self._lanes.get(peer)) is not None:
            lane.greets = True
            lane.wake.set()

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

        Several may be given at once: those of one sender take effect in the order given, while
        the next is already being verified. What cannot be believed is dropped and logged: the
        sender's word in the subject is a hint, its signature the truth.
        """
        try:
            frame = read_frame(raw)
            if frame.purpose == "parcel":
                await self._take_parcel(frame, sender)
                return
            async with self._turns[sender]:
                if frame.purpose == "hello":
                    await self._take_hello(frame, sender)
                elif frame.purpose == "receipt":
                    await self._take_receipt(frame, sender)
                elif frame.purpose in ("ask", "part"):
                    await self._on_parts(sender, frame, raw)
        except FederationError as error:
            log.warning("mail.dropped", extra={"peer": sender, "why": str(error)})
            if isinstance(error, ParkedError | WrongKeyError):
                await self._ask_who(sender)

    async def _take_hello(self, frame: Frame, sender: NodeId) -> None:
        hello = decode_hello(frame.body)
        if hello.sender != sender:
            return
        now = self._now()
        answer = await self._store.write(
            lambda tx: self._link.take_hello(tx, frame, hello, now=now)
        )
        await self._refresh_keys()
        self._on_taken()  # its records are kept, whoever brought them
        check_frame(frame, sender, self._keys)
        await self._compare(hello, now)
        self._heard(sender)
        await self._answer(sender, answer, asked_at=hello.at)

    async def _ask_who(self, peer: NodeId) -> None:
        """Have a neighbour whose key is not known here prove it: what it hears looks like answers.

        A hello that has seen nothing is answered with records (protocol §4.5); ours go with it.
        """
        lane = self._lanes.get(peer)
        link = await self._store.read(lambda tx: links.load(tx, peer))
        if lane is not None and link is not None and link.open == OPEN and lane.may_ask():
            await self._greeting(link, b"", proving=True)

    def _heard(self, peer: NodeId) -> None:
        """Something was taken: forget the back-off, and look what is to be sent now."""
        self._on_taken()
        lane = self._lanes.get(peer)
        if lane is not None:
            lane.answered()
            lane.wake.set()
        self.wake()

    async def _compare(self, said: Hello | Receipt, now: int) -> None:
        found = drift.measured(asked_at=said.answers, answered_at=said.at, now=now)
        lane = self._lanes.get(said.sender)
        if found is None or lane is None:
            return
        if found != lane.drift:
            await self._store.write(lambda tx: links.note_drift(tx, said.sender, found))
            lane.drift = found
        self.compared.add(said.sender)

    async def _take_parcel(self, frame: Frame, sender: NodeId) -> None:
        reading = asyncio.create_task(self._read(frame, sender))  # while those before are stored
        try:
            async with self._turns[sender]:
                try:
                    read = await reading
                except (ParkedError, WrongKeyError):  # one before it may have brought the key
                    await self._refresh_keys()
                    read = await self._read(frame, sender)
                now = self._now()
                answer = await self._store.write(
                    lambda tx: self._link.take_parcel(tx, read, now=now)
                )
        finally:
            reading.cancel()
        self._heard(sender)
        await self._answer(sender, answer, asked_at=read.parcel.at)

    async def _read(self, frame: Frame, sender: NodeId) -> ReadParcel:
        keys, root = self._keys, self._ledger.root
        return await asyncio.to_thread(read_parcel, frame, sender, keys, root=root)

    async def _take_receipt(self, frame: Frame, sender: NodeId) -> None:
        async def check() -> None:
            check_frame(frame, sender, self._keys)

        await self._with_keys(check)
        receipt = decode_receipt(frame.body)
        if receipt.sender != sender:
            return
        now = self._now()
        answer = await self._store.write(lambda tx: self._link.take_receipt(tx, receipt, now=now))
        await self._compare(receipt, now)
        lane = self._lanes.get(sender)
        if lane is not None and lane.epoch == receipt.epoch:
            lane.landed(receipt.upto)
            lane.owes_settled = lane.owes_settled or bool(receipt.refused)
            lane.wake.set()
        await self._answer(sender, answer)

    async def _with_keys(self, attempt: Callable[[], Awaitable[T]]) -> T:
        try:
            return await attempt()
        except (ParkedError, WrongKeyError):  # our snapshot may be old
            await self._refresh_keys()
            return await attempt()

    async def _refresh_keys(self) -> None:
        self._keys = await self._store.read(directory.snapshot)

    async def _answer(self, peer: NodeId, answer: Answer, *, asked_at: int = 0) -> None:
        if answer.hello is not None:
            await self._say_hello(peer, answer.hello, asked_at=asked_at, brief=answer.brief)
        if answer.receipt:
            self._owe_receipt(peer, asked_at)

    def _owe_receipt(self, peer: NodeId, asked_at: int) -> None:
        """Send a receipt soon: one speaks for all that is stored when it is written."""
        self._owed[peer] = asked_at
        if peer not in self._paying:
            self._paying[peer] = asyncio.create_task(self._pay(peer))

    async def _pay(self, peer: NodeId) -> None:
        try:
            while (asked_at := self._owed.pop(peer, None)) is not None:
                await self._send_receipt(peer, asked_at=asked_at)
        except Exception:  # the neighbour sends again what has no receipt
            log.exception("receipt.failed", extra={"peer": peer})
        finally:
            del self._paying[peer]

    async def _send_receipt(self, peer: NodeId, *, asked_at: int = 0) -> None:
        link = await self._store.read(lambda tx: links.load(tx, peer))
        if link is not None and link.epoch:
            receipt = replace(self._link.receipt(link), at=self._now(), answers=asked_at)
            await self.send(peer, "receipt", encode_receipt(receipt))

    async def _greet(self, lane: Lane, link: LinkRow) -> None:
        """Say hello as if in no epoch: the neighbour answers, and nothing changes.

        Our records go with it only now and then while it is silent.
        """
        proving = lane.proof_due
        if await self._greeting(link, link.peer_nonce, proving=proving):
            lane.greeted(proving=proving)

    async def _greeting(self, link: LinkRow, seen: bytes, *, proving: bool) -> bool:
        hello = await self._store.read(lambda tx: self._link.hello(tx, link, seen))
        proof = hello.proof if proving else ()
        hello = replace(hello, epoch=b"", proof=proof, at=self._now())
        return await self.send(link.peer, "hello", encode_body(hello))

    async def _say_hello(
        self, peer: NodeId, seen: bytes, *, asked_at: int = 0, brief: bool = False
    ) -> None:
        lane = self._lanes.get(peer)
        link = await self._store.read(lambda tx: links.load(tx, peer))
        if lane is None or link is None or link.open != OPEN:
            return
        says = (link.nonce, seen, link.epoch, brief)
        if says == lane.hello_said and time.monotonic() - lane.hello_at < HELLO_PAUSE:
            return
        lane.hello_at, lane.hello_said = time.monotonic(), says
        hello = await self._store.read(lambda tx: self._link.hello(tx, link, seen))
        proof = () if brief else hello.proof
        hello = replace(hello, proof=proof, at=self._now(), answers=asked_at)
        await self.send(peer, "hello", encode_body(hello))

    # --- sending

    async def keep_lanes(self) -> None:
        """Have one task for every link, and wake those with something to do, while this runs."""
        await self._refresh_keys()
        seen = Stirring(0, {})
        try:
            while True:
                self._changed.clear()
                found = await self._store.read(lambda tx, row=seen.row: links.stirring(tx, row))  # type: ignore[misc]
                for peer, standing in found.standing.items():
                    if peer not in self._tasks:
                        self._tasks[peer] = asyncio.create_task(
                            self._keep(self._lanes.setdefault(peer, Lane(peer)))
                        )
                    elif peer in found.stirred or standing != seen.standing.get(peer):
                        self._lanes[peer].wake.set()
                seen = found
                with suppress(TimeoutError):
                    async with asyncio.timeout(LAST_RETRY):
                        await self._changed.wait()
        finally:
            await end(*self._tasks.values(), *self._paying.values())

    async def _keep(self, lane: Lane) -> None:
        """Serve one link for ever; what goes wrong there is logged and stops no other."""
        while True:
            try:
                pause = await self.step(lane)
                with suppress(TimeoutError):
                    async with asyncio.timeout(pause):
                        await lane.wake.wait()
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
        mail = self._mail_to(lane.peer)
        if mail is None or not mail.connected:
            return lane.back_off()  # `connected` wakes it
        if not link.epoch:
            await self._say_hello(lane.peer, link.peer_nonce)
            return lane.back_off()
        if lane.epoch != link.epoch:
            lane.begin_epoch(link.epoch)
        lane.go_back_if_late()
        if lane.greeting_due:
            await self._greet(lane, link)
        while lane.has_room:
            if not await self._send_next(lane):
                break
        return await self._rest(lane, link)

    async def _send_next(self, lane: Lane) -> bool:
        packed = await pack(self._store, self._link, lane, at=self._now())
        if packed is None or not await self.send(lane.peer, "parcel", packed.body):
            return False
        lane.position = packed.position
        lane.sent(packed.position.number, len(packed.body), packed.plain)
        lane.owes_settled = False
        return True

    async def _rest(self, lane: Lane, link: LinkRow) -> float:
        if lane.owes_settled and not lane.flying:
            body = encode(self._link.settling_parcel(link), lane, at=self._now())
            await self.send(lane.peer, "parcel", body)
            lane.owes_settled = False
        if link.refused and time.monotonic() - lane.refusals_at > REPEAT_REFUSALS:
            lane.refusals_at = time.monotonic()
            await self._send_receipt(lane.peer)
        if lane.flying:
            return max(0.05, lane.late_in())
        waiting, _ = await self._store.read(lambda tx: links.waiting(tx, link.id))
        if waiting and lane.silent:
            return max(0.05, lane.greet_at - time.monotonic())
        if waiting:
            return lane.back_off()
        return REPEAT_REFUSALS if link.refused else LAST_RETRY


@asynccontextmanager
async def run_courier(courier: Courier) -> AsyncIterator[Courier]:
    """Keep the courier's lanes running inside the block."""
    task = asyncio.create_task(courier.keep_lanes())
    try:
        yield courier
    finally:
        await end(task)
