"""One connection to a NATS server: the only file that knows NATS.

The library's own reconnecting is not used: every connection is a fresh client. So no outstanding
fetch, no half-open line and no client closed for ever is left behind, and one place, `post`,
decides when to try again. Whatever goes wrong is a `PeerUnreachableError`.
"""

import asyncio
import contextlib
import itertools
import logging
import secrets
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Final

import msgspec
import nats.aio.client
import nats.aio.transport
import nats.errors
import nats.js.errors
from nats.aio.msg import Msg
from nats.js import api
from typing_extensions import override

from federation import nkey
from federation.broker_config import STREAM, mail_subject
from federation.errors import NotAdmittedError, PeerUnreachableError
from schemas.ids import NodeId

log = logging.getLogger(__name__)
MAX_FRAME_BYTES: Final = 900_000  # a parcel has at most 800,000, and a signature around it
PING_SECONDS: Final = 10  # twice unanswered: a dead line is known after 30 s
CONNECT_SECONDS: Final = 5  # for TCP, and again for TLS and for the server's greeting
SEND_SECONDS: Final = 10.0  # a parcel is at most two seconds of the line
HANG_UP_SECONDS: Final = 1.0
PULL_SECONDS: Final = 30.0
HEARTBEAT_SECONDS: Final = 10.0  # the server's sign of life during an idle pull
SILENT_SECONDS: Final = 25.0  # two signs of life missed, and a little
ACK_SECONDS: Final = 30.0  # when the server takes an unacknowledged message for lost
MAX_UNACKED: Final = 256
MAX_PULLS: Final = 8  # of a reader that came back before its old pulls ran out
QUOTA_FRAMES: Final = 5000  # one sender's waiting mail to one node: a flood blocks only itself
STORE_BYTES: Final = 1 << 30
ANYONE: Final = NodeId("*")
_STATUS: Final = "Status"
_HEARTBEAT: Final = "100"
_NO_RESPONDERS: Final = "503"
_REFUSED: Final = "authorization violation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where to connect, and as whom."""

    url: str
    """`tls://host:port`; or `nats://host:port`, without TLS, on this machine alone."""
    node: NodeId
    seed: bytes = field(repr=False)
    """NKey seed, `SU…`."""
    inbox: str
    """Prefix of the subjects on which this user may listen."""
    authority: str | None
    """PEM of the one authority believed; "" for the system's, `None` to believe any server."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A message that came."""

    subject: str
    reply: str
    payload: bytes
    deliveries: int = 1
    """How often the broker has delivered it, this time included."""


@dataclass(frozen=True, slots=True)
class Pulled:
    """How a pull went."""

    came: int
    seconds: float
    """From the first message to the last."""
    missing: bool = False
    """There is no such mailbox now."""


class QuickTcp(nats.aio.transport.TcpTransport):
    """Closes at once: the library would wait minutes for a peer that is no longer there."""

    @override
    def close(self) -> None:
        if self._io_writer is not None:
            self._io_writer.transport.abort()


setattr(nats.aio.client, "TcpTransport", QuickTcp)  # noqa: B010  # there is no other way in


class _NotOurNoise(logging.Filter):
    """Drops one line that asyncio says whenever a TLS peer hangs up."""

    @override
    def filter(self, record: logging.LogRecord) -> bool:
        return "eof_received" not in str(record.msg)


logging.getLogger("asyncio").addFilter(_NotOurNoise())


class _Client(nats.aio.client.Client):
    """A client for one connection: `over` is set the moment it ends, for whatever reason."""

    def __init__(self) -> None:
        super().__init__()
        self.over = asyncio.Event()

    @override
    async def _close(self, status: int, do_cbs: bool = True) -> None:
        self.over.set()
        self._pending = []  # else it is written to the dead line, and waited for
        self._pending_data_size = 0
        await super()._close(status, do_cbs)

    @override
    def _setup_nkeys_seed_connect(self) -> None:
        """Sign the greeting with what we have: the library would load a second one, 2 MB."""
        self._public_nkey = nkey.public_of(str(self._nkeys_seed_str))
        self._signature_cb = nkey.greeter(str(self._nkeys_seed_str))


class _Problem(msgspec.Struct, frozen=True, kw_only=True):
    err_code: int = 0


class _Stored(msgspec.Struct, frozen=True, kw_only=True):
    """The server's answer to a publish."""

    stream: str = ""
    error: _Problem | None = None


class _Pull(msgspec.Struct, frozen=True, kw_only=True):
    """Asks for the next messages of a mailbox; times in nanoseconds."""

    batch: int
    expires: int = int(PULL_SECONDS * 1e9)
    idle_heartbeat: int = int(HEARTBEAT_SECONDS * 1e9)


class Line:
    """One connection, from its greeting to its end. Made by `open_line`."""

    def __init__(self, client: _Client, address: Address) -> None:
        self._client = client
        self._incoming: asyncio.Queue[Msg] = asyncio.Queue()
        self._acks: dict[str, asyncio.Future[bool]] = {}
        self._numbers = itertools.count()
        token = secrets.token_hex(8)  # so that nobody can have the server answer into it
        self._stored = f"{address.inbox}.{token}.stored"
        self._pulled = f"{address.inbox}.{token}.pulled"
        self._next = f"$JS.API.CONSUMER.MSG.NEXT.{STREAM}.{address.node}"

    @property
    def connected(self) -> bool:
        """Whether the server can be reached, as far as is known."""
        return bool(self._client.is_connected)

    async def over(self) -> None:
        """Return when the connection has ended."""
        await self._client.over.wait()

    async def listen(self) -> None:
        """Listen for what the server answers: for `open_line` alone."""
        with _unreachable():
            await self._client.subscribe(f"{self._stored}.*", cb=self._on_stored)
            await self._client.subscribe(f"{self._pulled}.*", cb=self._incoming.put)

    async def close(self) -> None:
        """Send the last acknowledgements, briefly, and hang up: for `open_line` alone."""
        for waiting in self._acks.values():
            if not waiting.done():
                waiting.set_result(False)
        with contextlib.suppress(nats.errors.Error, OSError):
            if self.connected:
                await self._client.flush(timeout=1)
        with contextlib.suppress(nats.errors.Error, OSError):
            async with asyncio.timeout(HANG_UP_SECONDS):
                await self._client.close()

    async def store(self, subject: str, frame: bytes) -> bool:
        """Publish, and say whether the server has stored it. Raises nothing."""
        number = str(next(self._numbers))
        waiting: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._acks[number] = waiting
        try:
            async with asyncio.timeout(SEND_SECONDS):
                await self._client.publish(
                    subject,
                    frame,
                    reply=f"{self._stored}.{number}",
                    headers={"Nats-Expected-Stream": STREAM},
                )
                return await waiting
        except (nats.errors.Error, OSError):
            return False
        finally:
            del self._acks[number]

    async def pull(self, batch: int, take: Callable[[Mail], Awaitable[None]]) -> Pulled:
        """Pull up to `batch` messages of one's own mailbox and pass each to `take`, in order.

        Waits for the first for up to `PULL_SECONDS`; while `take` waits, nothing more is pulled.
        """
        reply = f"{self._pulled}.{next(self._numbers)}"
        request = msgspec.json.encode(_Pull(batch=batch))
        with _unreachable():
            await self._client.publish(self._next, request, reply=reply)
        came, first = 0, 0.0
        while came < batch:
            message = await self._next_message()
            if not message.subject.startswith(self._pulled):
                first = first or time.monotonic()
                came += 1
                await take(_mail(message))
            elif message.subject == reply and (code := _code(message)) != _HEARTBEAT:
                return Pulled(came, _since(first), missing=code == _NO_RESPONDERS)
        return Pulled(came, _since(first))

    async def say(self, subject: str, payload: bytes) -> None:
        """Publish without waiting for anything: an acknowledgement, an answer."""
        with _unreachable():
            await self._client.publish(subject, payload)

    async def ask(self, subject: str, question: bytes, *, timeout_seconds: float) -> bytes:
        """Ask whoever listens on `subject`, and wait for the answer."""
        with _unreachable():
            answer = await self._client.request(subject, question, timeout=timeout_seconds)
        return bytes(answer.data)

    async def hear(self, subject: str, take: Callable[[Mail], Awaitable[None]]) -> None:
        """Pass to `take` what is said on `subject` while the line lasts."""

        async def heard(message: Msg) -> None:
            await take(_plain(message))

        with _unreachable():
            await self._client.subscribe(subject, cb=heard)

    async def make_mailboxes(self, region: NodeId, nodes: Iterable[NodeId]) -> None:
        """Make the stream and the mailboxes, where they are not. For the broker's owner."""
        jsm = self._client.jsm()
        config = _stream_config(region)
        with _unreachable():
            try:
                await jsm.add_stream(config)
            except nats.js.errors.BadRequestError:  # it is there, of an earlier configuration
                await jsm.update_stream(config)
            for node in nodes:
                await jsm.add_consumer(STREAM, _mailbox_config(region, node))

    async def count_mailboxes(self) -> int:
        """Count the mailboxes that there are. For the broker's owner."""
        with _unreachable(), contextlib.suppress(nats.js.errors.NotFoundError):
            return (await self._client.jsm().stream_info(STREAM)).state.consumer_count
        return 0

    async def _next_message(self) -> Msg:
        try:
            async with asyncio.timeout(SILENT_SECONDS):
                return await self._incoming.get()
        except TimeoutError:
            raise PeerUnreachableError("the broker fell silent during a pull") from None

    async def _on_stored(self, message: Msg) -> None:
        waiting = self._acks.get(message.subject.rsplit(".", 1)[1])
        if waiting is None or waiting.done():
            return
        stored = False
        with contextlib.suppress(msgspec.DecodeError):  # no body: nobody keeps the stream now
            answer = msgspec.json.decode(message.data, type=_Stored)
            stored = answer.stream == STREAM and answer.error is None
            if answer.error is not None:
                log.info("post.not_stored code=%d", answer.error.err_code)
        waiting.set_result(stored)


@asynccontextmanager
async def open_line(address: Address) -> AsyncIterator[Line]:
    """Connect once, for the block. Raises `NotAdmittedError`, `PeerUnreachableError`."""
    client = _Client()
    line = Line(client, address)
    try:
        with _unreachable():
            await _connect(client, address)
        if not client.is_connected:  # hung up on in the middle of the greeting
            raise PeerUnreachableError("the broker closed the connection")
        await line.listen()
        yield line
    finally:
        await line.close()


async def _connect(client: _Client, address: Address) -> None:
    tls = _tls(address)
    async with asyncio.timeout(4 * CONNECT_SECONDS):
        await client.connect(
            address.url,
            tls=tls,
            tls_handshake_first=tls is not None,  # else it may be led to speak in clear
            nkeys_seed_str=address.seed.decode(),
            inbox_prefix=address.inbox,
            name=address.node,
            allow_reconnect=False,
            max_reconnect_attempts=1,
            reconnect_time_wait=0,
            connect_timeout=CONNECT_SECONDS,
            ping_interval=PING_SECONDS,
            pending_size=0,  # the outbox is the buffer
            error_cb=_on_error,
        )


@contextmanager
def _unreachable() -> Iterator[None]:
    """Turn the library's errors into ours."""
    try:
        yield
    except (nats.errors.Error, OSError) as error:
        if _REFUSED in str(error).lower():
            raise NotAdmittedError(str(error)) from None
        raise PeerUnreachableError(repr(error)) from error


async def _on_error(error: Exception) -> None:
    """Log what the library tells nobody else: permission violations and slow subscribers."""
    log.info("post.error %r", error)


def _tls(address: Address) -> ssl.SSLContext | None:
    if not address.url.startswith("tls://"):
        return None
    if address.authority is None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE  # only to ask to join: the MAC protects both ways
    else:
        context = ssl.create_default_context(cadata=address.authority or None)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    return context


def _plain(message: Msg) -> Mail:
    return Mail(subject=message.subject, reply=message.reply, payload=message.data)


def _mail(message: Msg) -> Mail:
    deliveries = message.metadata.num_delivered
    return Mail(
        subject=message.subject, reply=message.reply, payload=message.data, deliveries=deliveries
    )


def _code(message: Msg) -> str:
    return (message.headers or {}).get(_STATUS, "")


def _since(first: float) -> float:
    return time.monotonic() - first if first else 0.0


def _stream_config(region: NodeId) -> api.StreamConfig:
    return api.StreamConfig(
        name=STREAM,
        subjects=[mail_subject(region, to=ANYONE, sender=ANYONE)],
        retention=api.RetentionPolicy.WORK_QUEUE,
        storage=api.StorageType.FILE,
        discard=api.DiscardPolicy.NEW,
        max_msgs_per_subject=QUOTA_FRAMES,
        discard_new_per_subject=True,
        max_bytes=STORE_BYTES,
        max_msg_size=MAX_FRAME_BYTES,
        allow_direct=False,
    )


def _mailbox_config(region: NodeId, node: NodeId) -> api.ConsumerConfig:
    return api.ConsumerConfig(
        durable_name=node,
        filter_subject=mail_subject(region, to=node, sender=ANYONE),
        ack_policy=api.AckPolicy.EXPLICIT,
        ack_wait=ACK_SECONDS,
        max_ack_pending=MAX_UNACKED,
        max_waiting=MAX_PULLS,
    )
