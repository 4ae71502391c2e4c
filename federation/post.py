"""A node's place at a broker: frames to and from its neighbours, over whatever line there is.

A frame sent is *stored by the broker* or not, and even that promises nothing (the broker may lose
it): only a signed receipt does. A frame received is acknowledged after `on_mail` has returned, and
comes again, perhaps twice, until then. Nothing is buffered; what frames mean is unknown here.
Also how a place without a place yet asks to join.
"""

import asyncio
import contextlib
import ipaddress
import logging
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Final
from urllib.parse import urlsplit

from federation.broker_config import join_inbox, join_subject, mail_subject
from federation.ending import end
from federation.errors import (
    FederationError,
    NotAdmittedError,
    PeerUnreachableError,
    RejectedError,
)
from federation.transport import ANYONE, MAX_FRAME_BYTES, Address, Line, Mail, open_line
from schemas.ids import BadNameError, NodeId, parse_node_id

OnMail = Callable[[NodeId, bytes], Awaitable[None]]
OnJoin = Callable[[NodeId, bytes], Awaitable[bytes]]

log = logging.getLogger(__name__)

FIRST_PAUSE_SECONDS: Final = 0.25  # before connecting again
LAST_PAUSE_SECONDS: Final = 5.0  # a person may be waiting at the other end
STEADY_SECONDS: Final = 10.0  # a line that held so long starts again at the first pause
TEND_SECONDS: Final = 2.0  # how soon the owner notices that a mailbox is gone
MISSING_SECONDS: Final = 0.5  # between pulls while one's own mailbox is gone
PATIENT_TIMES: Final = 5  # refused so often in a row, it is told once as a warning
FIRST_BATCH: Final = 4
MAX_BATCH: Final = 16
SLOW_SECONDS: Final = 5.0  # a batch that takes longer is halved: pings wait behind it
QUICK_SECONDS: Final = 1.0  # a full batch that takes less is doubled
LAST_NAK_SECONDS: Final = 60.0  # a message that fails is tried once a minute at last
NAK_SECONDS: Final = 5.0
MAX_JOIN_BYTES: Final = 65_536  # three keys and a signature are 3 KB
MAX_JOINS: Final = 8  # asked at one time; others are not answered and ask again
HANDED_AT_ONCE: Final = 4  # one is stored, one verified, two of other neighbours
_DONE: Final = b"+ACK"
_NEVER: Final = b"+TERM"


class Post:
    """Sends, receives, and comes back by itself. Made by `open_post`."""

    def __init__(self, address: Address, region: NodeId, on_mail: OnMail, *, owner: bool) -> None:
        self.on_connect: Callable[[], None] | None = None
        self.last_contact_monotonic: float | None = None
        """When the broker last connected, delivered or stored; `time.monotonic` seconds."""
        self.turned_away = 0
        """How often in a row the broker was there and did not admit this node."""
        self._address = address
        self._region = region
        self._on_mail = on_mail
        self._owner = owner
        self._line: Line | None = None
        self._mail: asyncio.Queue[Mail] = asyncio.Queue(maxsize=MAX_BATCH)
        self._mailboxes: dict[NodeId, None] = {address.node: None} if owner else {}
        self._tending = asyncio.Lock()
        self._on_join: OnJoin | None = None
        self._rekeyed = asyncio.Event()
        self._joins: set[asyncio.Task[None]] = set()

    @property
    def connected(self) -> bool:
        """Whether the broker can be reached, as far as is known."""
        return self._line is not None and self._line.connected

    async def send(self, to: NodeId, frame: bytes) -> bool:
        """Give a frame to the broker for `to`; `True` if it says that it stored it.

        `False` at once without a connection, and when the broker refuses or is silent; then it may
        have been stored nevertheless. Raises `ValueError` for a frame over `MAX_FRAME_BYTES`.
        """
        if len(frame) > MAX_FRAME_BYTES:
            raise ValueError(f"a frame of {len(frame)} bytes fits no broker")
        line = self._line
        if line is None or not line.connected:
            return False
        subject = mail_subject(self._region, to=to, sender=self._address.node)
        stored = await line.store(subject, frame)
        if stored:
            self._heard()
        return stored

    async def ensure_mailboxes(self, nodes: Iterable[NodeId]) -> None:
        """Keep a mailbox for each of `nodes`, from now on and whatever happens to the store.

        For the broker's owner alone. Not connected: done as soon as it is. Costs nothing for those
        that are kept already: the post itself sees that they stay.
        """
        fresh = dict.fromkeys(nodes)
        if fresh.keys() <= self._mailboxes.keys():
            return
        self._mailboxes |= fresh
        if self._owner and (line := self._line) is not None:
            with contextlib.suppress(PeerUnreachableError):
                await self._make_mailboxes(line)

    def use_key(self, seed: bytes) -> None:
        """Connect with this NATS seed from now on: the old line is given up."""
        self._address = replace(self._address, seed=seed)
        self._rekeyed.set()

    async def answer_joins(self, handler: OnJoin) -> None:
        """Let `handler` answer places that ask this node to join, from now on.

        It gets the place that asks, as the broker has it, and the request. A `FederationError` from
        it is no answer: the place asks again.
        """
        self._on_join = handler
        if (line := self._line) is not None:
            with contextlib.suppress(PeerUnreachableError):
                await self._hear_joins(line)

    async def keep_connected(self) -> None:
        """Connect, again and again, until cancelled: for `open_post` alone."""
        failures = 0
        while True:
            began = time.monotonic()
            try:
                await self._one_line()
            except NotAdmittedError:  # soon after joining, normal; for long, a person should know
                self.turned_away += 1
                level = logging.WARNING if self.turned_away == PATIENT_TIMES else logging.INFO
                log.log(level, "post.not_admitted url=%s", self._address.url)
            except PeerUnreachableError as error:
                self.turned_away = 0
                log.info("post.unreachable url=%s reason=%s", self._address.url, error)
            except Exception:  # the line must come back, whatever the library raises
                log.exception("post.failed url=%s", self._address.url)
            failures = 0 if time.monotonic() - began > STEADY_SECONDS else failures + 1
            pause = min(LAST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * (1 << min(failures, 10)))
            await _pause(pause)

    async def deliver(self) -> None:
        """Hand over what came, begun in order, until cancelled: for `open_post` alone.

        A few at once: while one is being stored the next is verified, and senders share a commit.
        """
        room = asyncio.Semaphore(HANDED_AT_ONCE)
        async with asyncio.TaskGroup() as group:
            while True:
                await room.acquire()
                mail = await self._mail.get()
                group.create_task(self._deliver_one(mail)).add_done_callback(
                    lambda _: room.release()
                )

    async def _deliver_one(self, mail: Mail) -> None:
        sender = self._sender_of(mail)
        verdict = _NEVER if sender is None else await self._hand_over(sender, mail)
        if (line := self._line) is not None:  # the one it came on may have gone: any will do
            with contextlib.suppress(PeerUnreachableError):  # it comes again
                await line.say(mail.reply, verdict)

    async def _hand_over(self, sender: NodeId, mail: Mail) -> bytes:
        try:
            await self._on_mail(sender, mail.payload)
        except RejectedError as error:  # nor ever will be better
            log.warning("post.mail_rejected sender=%s reason=%s", sender, error)
            return _NEVER
        except Exception:  # one bad message never stops the others
            log.exception("post.mail_failed sender=%s", sender)
            pause = min(LAST_NAK_SECONDS, NAK_SECONDS * mail.deliveries)
            return b'-NAK {"delay": %d}' % int(pause * 1e9)  # nanoseconds
        return _DONE

    def _sender_of(self, mail: Mail) -> NodeId | None:
        """Read who the broker says it is from: a hint; the signature is the truth."""
        with contextlib.suppress(BadNameError):
            sender = parse_node_id(mail.subject.rsplit(".", 1)[-1])
            if mail.subject == mail_subject(self._region, to=self._address.node, sender=sender):
                return sender
        log.warning("post.odd_subject")
        return None

    async def _one_line(self) -> None:
        """Connect, and serve the line while it lasts."""
        self._rekeyed.clear()
        async with open_line(self._address) as line:
            if self._on_join is not None:
                await self._hear_joins(line)
            if self._owner:
                await self._make_mailboxes(line)
            self._line = line
            self.turned_away = 0
            try:
                self._heard()
                log.info("post.connected url=%s", self._address.url)
                if self.on_connect is not None:
                    self.on_connect()
                await self._serve(line)
            finally:
                self._line = None

    async def _serve(self, line: Line) -> None:
        """Do what the line needs until it ends, or one of these does."""
        work = [
            asyncio.create_task(one)
            for one in (line.over(), self._pull(line), self._until_rekeyed())
        ]
        if self._owner:
            work.append(asyncio.create_task(self._tend(line)))
        try:
            done, _ = await asyncio.wait(work, return_when=asyncio.FIRST_COMPLETED)
            for one in done:
                one.result()
        finally:
            await end(*work)

    async def _until_rekeyed(self) -> None:
        await self._rekeyed.wait()

    async def _pull(self, line: Line) -> None:
        """Pull batch after batch; a full queue in front of `deliver` holds it up."""
        batch = FIRST_BATCH
        while True:
            pulled = await line.pull(batch, self._take)
            if pulled.missing:
                await _pause(MISSING_SECONDS)
                continue
            self._heard()
            batch = next_batch(batch, came=pulled.came, seconds=pulled.seconds)

    async def _take(self, mail: Mail) -> None:
        self._heard()
        await self._mail.put(mail)

    async def _tend(self, line: Line) -> None:
        """Make mailboxes again that vanish while the line lasts."""
        while True:
            await asyncio.sleep(TEND_SECONDS)
            if await line.count_mailboxes() < len(self._mailboxes):
                log.warning("post.mailboxes_gone")
                await self._make_mailboxes(line)

    async def _make_mailboxes(self, line: Line) -> None:
        async with self._tending:
            await line.make_mailboxes(self._region, tuple(self._mailboxes))

    async def _hear_joins(self, line: Line) -> None:
        async def asked(mail: Mail) -> None:
            if len(self._joins) < MAX_JOINS and len(mail.payload) <= MAX_JOIN_BYTES:
                answering = asyncio.create_task(self._answer(line, mail))
                self._joins.add(answering)
                answering.add_done_callback(self._joins.discard)

        await line.hear(join_subject(self._region, parent=self._address.node, child=ANYONE), asked)

    async def _answer(self, line: Line, mail: Mail) -> None:
        child = mail.subject.rsplit(".", 1)[1]
        try:
            place = parse_node_id(child)
            inbox = f"{join_inbox(self._address.node, place)}."
            if self._on_join is not None and mail.reply.startswith(inbox):
                await line.say(mail.reply, await self._on_join(place, mail.payload))
        except (FederationError, BadNameError) as error:
            log.warning("post.join_unanswered child=%s reason=%s", child, error)
        except Exception:  # a bad request must not be silent, nor end the post
            log.exception("post.join_failed child=%s", child)

    async def end_joins(self) -> None:
        """Drop the joins that are being answered: for `open_post` alone."""
        await end(*self._joins)

    def _heard(self) -> None:
        self.last_contact_monotonic = time.monotonic()


@asynccontextmanager
async def open_post(  # noqa: PLR0913  # each is named where it is called
    *,
    url: str,
    region: NodeId,
    node: NodeId,
    nkey_seed: bytes,
    ca_pem: str,
    on_mail: OnMail,
    owner: bool,
    on_connect: Callable[[], None] | None = None,
) -> AsyncIterator[Post]:
    """Keep `node` connected to the broker of `region` at `url` until the block ends.

    `nkey_seed` is the seed's text, `SU…`; `ca_pem` the one authority believed ("": the system's);
    `owner` has the right to make mailboxes. Does not wait for the connection: `on_connect` tells of
    each. Raises `ValueError` for a URL without TLS that leads off this machine.
    """
    check_url(url)
    inbox = f"_INBOX.{node}"
    address = Address(url=url, node=node, seed=nkey_seed, inbox=inbox, authority=ca_pem)
    post = Post(address, region, on_mail, owner=owner)
    post.on_connect = on_connect
    work = [asyncio.create_task(post.deliver()), asyncio.create_task(post.keep_connected())]
    try:
        yield post
    finally:
        await end(*work)
        await post.end_joins()


async def ask_to_join(  # noqa: PLR0913  # each is named where it is called
    *,
    url: str,
    region: NodeId,
    parent: NodeId,
    child: NodeId,
    code_seed: bytes,
    request: bytes,
    timeout_seconds: float,
) -> bytes:
    """Ask `parent` to let `child` join, as the one-time code's user; give the answer.

    The server's certificate is not checked: request and answer must carry the code's MAC. Raises
    `NotAdmittedError` for a code that the broker does not know, `PeerUnreachableError` otherwise.
    """
    check_url(url)
    inbox = join_inbox(parent, child)
    address = Address(url=url, node=child, seed=code_seed, inbox=inbox, authority=None)
    subject = join_subject(region, parent=parent, child=child)
    async with open_line(address) as line:
        return await line.ask(subject, request, timeout_seconds=timeout_seconds)


def check_url(url: str) -> None:
    """Pass if `url` is TLS, or leads to this machine. Raises `ValueError`."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    with contextlib.suppress(ValueError):
        if parts.scheme == "tls" and host:
            return
        if parts.scheme == "nats" and (
            host == "localhost" or ipaddress.ip_address(host).is_loopback
        ):
            return
    raise ValueError(f"{url} is neither tls:// nor nats:// on this machine")


def next_batch(batch: int, *, came: int, seconds: float) -> int:
    """Fit the batch to the line: pings and acknowledgements wait behind what was asked for."""
    if seconds > SLOW_SECONDS:
        return max(1, batch // 2)
    if came == batch and seconds < QUICK_SECONDS:
        return min(MAX_BATCH, batch * 2)
    return batch


async def _pause(seconds: float) -> None:
    """Wait about so long: a hundred villages must not come back in step."""
    await asyncio.sleep(seconds * random.uniform(0.5, 1.0))  # noqa: S311  # no secret
