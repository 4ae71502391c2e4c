"""A real broker of a made-up county, its people's keys, and posts at it."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from federation import nkey
from federation.broker import Broker, run_broker
from federation.broker_config import BrokerUser
from federation.certificates import Certificates, ensure_certificates
from federation.post import OnMail, Post, open_post
from schemas.ids import NodeId

PATIENCE = 60.0  # as in `nodes`
NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
COUNTY = NodeId("610328")
TOWN = NodeId("610328100")
OTHER_TOWN = NodeId("610328101")
VILLAGE = NodeId("610328100201")
OTHER_VILLAGE = NodeId("610328100202")
NEW = NodeId("610328100203")  # not yet a node
NEIGHBOURS: dict[NodeId, tuple[NodeId, ...]] = {
    TOWN: (COUNTY, VILLAGE, OTHER_VILLAGE),
    OTHER_TOWN: (COUNTY,),
    VILLAGE: (TOWN,),
    OTHER_VILLAGE: (TOWN,),
}


def new_seed() -> str:
    return nkey.seed_of(secrets.token_bytes(32))


@dataclass
class County:
    """A broker, and whoever has a key at it."""

    broker: Broker
    certificates: Certificates
    folder: Path
    seeds: dict[NodeId, str]

    def users(self, *left_out: NodeId) -> tuple[BrokerUser, ...]:
        return tuple(user_of(node, self.seeds[node]) for node in NEIGHBOURS if node not in left_out)

    @asynccontextmanager
    async def post(self, node: NodeId, on_mail: OnMail) -> AsyncIterator[Post]:
        async with open_post(
            url=self.broker.url,
            region=COUNTY,
            node=node,
            nkey_seed=self.seeds[node].encode(),
            ca_pem=self.certificates.authority,
            on_mail=on_mail,
            owner=node == COUNTY,
        ) as post:
            yield post


def user_of(node: NodeId, seed: str) -> BrokerUser:
    return BrokerUser(node, nkey.public_of(seed), NEIGHBOURS[node])


@asynccontextmanager
async def run_county(folder: Path) -> AsyncIterator[County]:
    seeds = {node: new_seed() for node in (COUNTY, *NEIGHBOURS)}
    certificates = ensure_certificates(folder / "tls", node=COUNTY, names=(), now=NOW)
    async with run_broker(
        folder / "broker",
        owner=COUNTY,
        owner_nkey=nkey.public_of(seeds[COUNTY]),
        port=-1,
        certificate=certificates.certificate,
        private_key=certificates.private_key,
        users=tuple(user_of(node, seeds[node]) for node in NEIGHBOURS),
    ) as broker:
        yield County(broker, certificates, folder / "broker", seeds)


@dataclass
class Letterbox:
    """Keeps what came."""

    came: list[tuple[NodeId, bytes]] = field(default_factory=list)

    async def take(self, sender: NodeId, frame: bytes) -> None:
        self.came.append((sender, frame))

    def frames(self) -> list[bytes]:
        return [frame for _, frame in self.came]


async def until(condition: Callable[[], bool], seconds: float = PATIENCE) -> None:
    """Wait until `condition` holds; fail after `seconds`."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110  # the condition has no event
            await asyncio.sleep(0.01)


async def send_until_stored(
    post: Post, to: NodeId, frame: bytes, seconds: float = PATIENCE
) -> None:
    """Send as a link does: again until the broker has it."""
    async with asyncio.timeout(seconds):
        while not await post.send(to, frame):  # noqa: ASYNC110  # ends by the broker's answer
            await asyncio.sleep(0.05)
