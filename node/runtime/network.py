"""The node's place in the network: its own broker, its posts, its courier and paper round."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Final

from federation import overdue, wishes
from federation.broker import Broker, run_broker
from federation.broker_config import BrokerUser
from federation.certificates import Certificates, ensure_certificates
from federation.courier import Courier, run_courier
from federation.ending import end
from federation.errors import BrokerError
from federation.identity import commit_rotation, staged_rotation
from federation.post import PATIENT_TIMES, Post, open_post
from node.clock import to_ms
from node.releases import holding
from node.runtime import admission, joining, rostering, timekeeping
from node.runtime.following import Watcher, watcher_of
from node.runtime.morning import Morning
from node.runtime.opening import BROKER, KEYS, UPSTREAM_CA, Node, end_recovery
from node.runtime.paper_round import PaperRound
from node.runtime.recounting import Recounter
from node.runtime.rotation import (
    after_rotation,
    announce_change_over,
    grant_wishes,
    to_be_ended,
)
from node.runtime.sweeping import Sweeper
from node.settings import ANY_ADDRESS, LOOPBACK, BrokerMode
from node.work import SYSTEM
from schemas.ids import KeyId, NodeId, StreamName, parent_of

log = logging.getLogger(__name__)

TEND_SECONDS: Final = 20.0  # how soon an expired one-time code is taken off the broker
GATHER_SECONDS: Final = 0.02  # many changes, one look
LOOK_SECONDS: Final = 0.25  # between looks while mail streams in: each costs reads and a commit
DOUBT_SECONDS: Final = 3.0  # between looks at a doubtful clock: people wait
CERTIFICATES: Final = "tls"


@dataclass(slots=True)
class Network:
    """What the node talks through; absent posts are lines that are not set up."""

    node: Node
    round: PaperRound
    recounter: Recounter
    watcher: Watcher
    courier: Courier | None = None
    broker: Broker | None = None
    own: Post | None = None
    """At this node's own broker: to the children."""
    upstream: Post | None = None
    """At an ancestor's broker: to the parent, and to the children if there is no own one."""
    certificates: Certificates | None = None
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    admitted: tuple[BrokerUser, ...] | None = None
    """The users that the broker was last told of."""
    admitting: asyncio.Lock = field(default_factory=asyncio.Lock)
    rotating: asyncio.Lock = field(default_factory=asyncio.Lock)
    doubted: bool = False
    """Whether our clock was in doubt at the last look."""
    ended: set[KeyId] = field(default_factory=set)
    """Own keys that we have said we no longer use, since the start."""

    @property
    def region(self) -> NodeId | None:
        """Whose broker the children's mail lies on."""
        if self.node.settings.broker.mode is not BrokerMode.NONE:
            return self.node.me
        return self.node.settings.upstream.region if self.node.settings.upstream else None

    @property
    def authority(self) -> str:
        """The certificate of the authority that children must believe."""
        if self.certificates is not None:
            return self.certificates.authority
        if self.node.settings.broker.mode is BrokerMode.EXTERNAL:
            return ""  # somebody else's server: the system's authorities
        path = self.node.home / KEYS / UPSTREAM_CA
        return path.read_text() if path.exists() else ""

    @property
    def children_url(self) -> str:
        """Where children reach their broker."""
        if self.broker is not None:
            return self.node.settings.broker_address(self.broker.port)
        if self.node.settings.broker.url:
            return self.node.settings.broker.url
        return self.node.settings.upstream.url if self.node.settings.upstream else ""

    def post_to(self, peer: NodeId) -> Post | None:
        """Choose the post that leads to a neighbour."""
        if peer == parent_of(self.node.me):
            return self.upstream
        return self.own or self.upstream

    @property
    def in_touch(self) -> bool:
        """Whether the broker towards the parent (or, at the root, the own one) answers."""
        post = self.upstream or self.own
        return post is not None and post.connected

    @property
    def turned_away(self) -> bool:
        """Whether the broker keeps refusing this node: suspended, revoked, or not yet enrolled."""
        post = self.upstream or self.own
        return post is not None and post.turned_away >= PATIENT_TIMES

    def committed(self, names: tuple[StreamName, ...]) -> None:
        """Something was written: send it; a node record may change who may use the broker."""
        if self.courier is not None:
            self.courier.wake()
        self.round.wake()
        self.recounter.committed(names)
        self.watcher.wake()
        if any(name.startswith(("node/", "staff/")) for name in names):
            self.changed.set()

    def connected(self) -> None:
        """A broker is in reach again."""
        if self.courier is not None:
            self.courier.connected()
        self.round.connected()

    def taken(self) -> None:
        """Mail was taken: parts may be wanted, node records and calendars may have changed."""
        self.round.wake()
        self.recounter.wake()
        self.watcher.wake()
        self.changed.set()

    async def tend(self) -> None:
        """Keep the broker's users, mailboxes, recovery and keys in step with the streams."""
        while True:
            self.changed.clear()  # before looking: what changes meanwhile is looked at again
            looked = time.monotonic()
            try:
                await self._tend_once()
            except Exception:
                log.exception("network.tend_failed")
            with suppress(TimeoutError):
                pause = DOUBT_SECONDS if self.doubted else TEND_SECONDS
                async with asyncio.timeout(pause):
                    await self.changed.wait()
            await asyncio.sleep(max(GATHER_SECONDS, looked + LOOK_SECONDS - time.monotonic()))

    async def _tend_once(self) -> None:
        await self.admit()
        if self.node.ledger.recovering and await self.node.database.write(end_recovery):
            self.node.ledger.recovering = False
        await self.follow_rotation()
        await self._look_at_clock()
        await self._look_at_what_waits()
        if await self.node.works.read(holding.is_behind):
            await self.node.database.write(lambda tx: holding.catch_up(tx, self.node.me))
        if await self.node.works.read(wishes.pending):
            await self.node.works.run(SYSTEM, grant_wishes)
        await rostering.catch_up(self.node)

    async def _look_at_what_waits(self) -> None:
        now = to_ms(self.node.clock.now())
        if await self.node.works.read(lambda tx: overdue.is_any(tx, now=now)):
            await self.node.database.write(lambda tx: overdue.look(tx, self.node.link, now=now))
            if self.courier is not None:
                self.courier.wake()

    async def _look_at_clock(self) -> None:
        me, above, courier = self.node.me, parent_of(self.node.me), self.courier
        if above is None or courier is None:
            return
        compared = self.doubted and above in courier.compared  # since the doubt arose
        now = to_ms(self.node.clock.now())
        doubtful = await self.node.database.write(
            lambda tx: timekeeping.look(tx, me, now, compared=compared)
        )
        if doubtful and not self.doubted:
            log.warning("clock.in_doubt")
            courier.compared.discard(above)
        if doubtful:
            courier.greet(above)
        self.doubted = doubtful

    async def admit(self) -> None:
        """Tell the broker who may use it now, and make their mailboxes."""
        if self.own is None:
            return
        async with self.admitting:  # what was read last is told last
            await self._admit(self.own)

    async def _admit(self, own: Post) -> None:
        now = to_ms(self.node.clock.now())
        users = await self.node.works.read(admission.users, self.node.me, now)
        if self.broker is not None and users != self.admitted:
            try:
                await self.broker.set_users(users)
                self.admitted = users
            except BrokerError:
                log.exception("broker.users_refused")
        await own.ensure_mailboxes({user.node for user in users if not user.temporary_for})

    async def follow_rotation(self) -> None:
        """Begin to use staged keys once the parent's event gives them."""
        async with self.rotating:  # the round and a replacement of the root may both come here
            staged = staged_rotation(self.node.home / KEYS, self.node.me)
            if staged is not None and await self.node.works.read(
                after_rotation, self.node.me, staged.key_id
            ):
                self.node.take_identity(commit_rotation(self.node.home / KEYS, self.node.me))
                await self._use_keys()
        for ended in await self.node.works.read(to_be_ended, self.node.identity):
            if ended not in self.ended:  # after a crash between the two, it is said now
                self.ended.add(ended)
                await announce_change_over(self.node, ended)

    async def _use_keys(self) -> None:
        """Let the brokers know us by our new key."""
        public, seed = self.node.identity.public.nats, self.node.identity.nats_seed
        if self.broker is not None:
            await self.broker.set_owner(public)
        for post in (self.own, self.upstream):
            if post is not None:
                post.use_key(seed)


@asynccontextmanager
async def join_network(node: Node) -> AsyncIterator[Network]:
    """Run the node's broker, posts, courier, paper round and recounting until the block ends."""
    paper_round = PaperRound(node)
    network = Network(node, paper_round, Recounter(node.works), watcher_of(node))
    network.courier = paper_round.courier = Courier(
        node.database,
        node.ledger,
        node.link,
        mail_to=network.post_to,
        now=lambda: to_ms(node.clock.now()),
        on_parts=paper_round.take,
        on_taken=network.taken,
    )
    node.on_commit.append(network.committed)
    await node.database.write(node.ledger.judge_again)
    await node.works.run(SYSTEM, lambda work: node.link.follow_directory(work.tx))
    async with AsyncExitStack() as stack:
        await _open_own(network, stack)
        await _open_upstream(network, stack)
        await stack.enter_async_context(run_courier(network.courier))
        for loop in (
            paper_round.run(),
            network.tend(),
            network.recounter.run(),
            network.watcher.run(),
            Sweeper(node.works).run(),
            Morning(node.works).run(),
        ):
            stack.push_async_callback(end, asyncio.create_task(loop))
        post = network.own or network.upstream
        if post is not None:
            await post.answer_joins(joining.Admitter(node, network).answer)
        try:
            yield network
        finally:
            node.on_commit.remove(network.committed)


async def _open_own(network: Network, stack: AsyncExitStack) -> None:
    node, settings = network.node, network.node.settings
    if settings.broker.mode is BrokerMode.NONE:
        return
    now = node.clock.wall()
    ca, url = "", settings.broker.url
    if settings.broker.mode is BrokerMode.EMBEDDED:
        network.certificates = ensure_certificates(
            node.home / KEYS / CERTIFICATES, node=node.me, names=settings.reached_as, now=now
        )
        users = await node.works.read(admission.users, node.me, to_ms(node.clock.now()))
        network.broker = await stack.enter_async_context(
            run_broker(
                node.home / BROKER,
                owner=node.me,
                owner_nkey=node.identity.public.nats,
                port=settings.broker.port or -1,
                certificate=network.certificates.certificate,
                private_key=network.certificates.private_key,
                users=users,
                host=settings.broker.host,
            )
        )
        ca, url = network.certificates.authority, _own_address(network.broker, settings.broker.host)
    network.own = await stack.enter_async_context(
        open_post(
            url=url,
            region=node.me,
            node=node.me,
            nkey_seed=node.identity.nats_seed,
            ca_pem=ca,
            on_mail=_courier(network).on_mail,
            owner=True,
            on_connect=network.connected,
        )
    )


async def _open_upstream(network: Network, stack: AsyncExitStack) -> None:
    node, upstream = network.node, network.node.settings.upstream
    if upstream is None:
        return
    ca = node.home / KEYS / UPSTREAM_CA
    network.upstream = await stack.enter_async_context(
        open_post(
            url=upstream.url,
            region=upstream.region,
            node=node.me,
            nkey_seed=node.identity.nats_seed,
            ca_pem=ca.read_text() if ca.exists() else "",
            on_mail=_courier(network).on_mail,
            owner=False,
            on_connect=network.connected,
        )
    )


def _courier(network: Network) -> Courier:
    if network.courier is None:
        raise RuntimeError("the courier is made first")
    return network.courier


def _own_address(broker: Broker, host: str) -> str:
    """Where the node itself reaches its broker: on loopback, unless it listens elsewhere alone."""
    return broker.url if host in {LOOPBACK, *ANY_ADDRESS} else f"tls://{host}:{broker.port}"
