"""Two or three nodes that send parts, with real keys, files and databases, and no network."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec

from federation import parcel, partpost, partwants
from federation.directory import TxKeys
from federation.encoding import unb64
from federation.identity import Identity, create_identity
from federation.partdesk import Entitled, PartDesk
from federation.parts import CHUNK_BYTES, PlainPart, salted
from federation.partstore import PartStore, keep
from node.database import configure, migrate
from schemas.ids import NodeId, PartDigest, StreamName
from schemas.parts import Ask, Chunk

VILLAGE = NodeId("610328100201")
COUNTY = NodeId("610328")
TOWN = NodeId("610328100")
CASE = StreamName(f"case/{VILLAGE}/aaaaaaaaaaaaaaaa")
NOW = 1_800_000_000_000


def open_store(path: Path) -> sqlite3.Connection:
    """Open a migrated database in autocommit mode."""
    tx = sqlite3.connect(path, isolation_level=None)  # noqa: TID251  # tests drive it by hand
    configure(tx, read_only=False)
    tx.execute("PRAGMA synchronous = OFF")  # three stores for each test; no power fails here
    migrate(tx)
    return tx


def altered(body: bytes) -> bytes:
    """Flip one bit."""
    return body[:-1] + bytes([body[-1] ^ 1])


def county_only(
    _tx: sqlite3.Connection, stream: StreamName, _digest: PartDigest, asker: NodeId
) -> bool:
    """Entitle the county to whatever the one case names."""
    return asker == COUNTY and stream == CASE


@dataclass
class Place:
    """A node as far as parts need one."""

    identity: Identity
    store: PartStore
    tx: sqlite3.Connection
    desk: PartDesk

    @classmethod
    def make(cls, home: Path, node: NodeId, entitled: Entitled = county_only) -> "Place":
        home.mkdir()
        identity = create_identity(home / "keys", node)
        store = PartStore(home / "parts", identity)
        tx = open_store(home / "node.db")
        return cls(identity, store, tx, PartDesk(identity, store, entitled))

    @property
    def node(self) -> NodeId:
        return self.identity.node

    def enrol(self, other: Identity) -> None:
        """Write `other` into the directory, as its enrolment would."""
        self.tx.execute(
            "INSERT INTO node_records VALUES (?, '', '', 'enrolled', ?, '', 0)",
            (other.node, other.key_id),
        )
        self.add_key(other)

    def add_key(self, other: Identity) -> None:
        self.tx.execute(
            "INSERT INTO node_keys VALUES (?, ?, ?, ?, ?, 'current')",
            (
                other.key_id,
                other.node,
                unb64(other.public.signing),
                other.public.sealing,
                other.public.nats,
            ),
        )
        self.tx.execute(
            "INSERT INTO signers VALUES (?, ?, ?, 0, 1)",
            (other.key_id, other.node, unb64(other.public.signing)),
        )

    def own(self, content: bytes, media: str = "application/pdf") -> PartDigest:
        """Keep a new part."""
        prepared = self.store.prepare(salted(media, content))
        assert keep(self.tx, prepared, CASE)
        return prepared.digest

    def answer(self, frame: bytes) -> list[bytes]:
        """Serve an ask: grant, seal, remember, sign."""
        proven = partpost.open_ask(parcel.read_frame(frame), self.node, TxKeys(self.tx))
        grant = self.desk.grant(self.tx, proven)
        if grant is None:
            return []
        answer = self.desk.seal(grant)
        assert self.desk.remember(self.tx, grant, answer)
        return [partpost.sign_chunk(self.identity, chunk) for chunk in answer.chunks]

    def ask(self, now_ms: int) -> list[bytes]:
        """Sign what is due to be asked."""
        asks = partwants.due_asks(self.tx, self.node, now_ms, 10)
        return [self.sign(ask) for ask in asks]

    def sign(self, ask: Ask) -> bytes:
        return partpost.sign_ask(self.identity, ask)

    def take(self, frame: bytes, now_ms: int = NOW) -> bool:
        proven = partpost.open_chunk(parcel.read_frame(frame), self.node, TxKeys(self.tx))
        return partwants.take(self.tx, proven, now_ms)

    def finish(self, digest: PartDigest) -> PlainPart:
        """Open and keep what was gathered."""
        part = partwants.open_gathered(self.identity, partwants.gather(self.tx, digest))
        assert partwants.keep(self.tx, self.store.prepare(part))
        return part


def read_chunk(frame: bytes) -> Chunk:
    """Look into a chunk's frame without believing it."""
    return msgspec.msgpack.decode(parcel.read_frame(frame).body, type=Chunk)


Places = tuple[Place, Place, Place]
"""Owner, relay and recipient, who know one another's keys."""
CONTENT = bytes(range(256)) * (10 * CHUNK_BYTES // 256)
"""Eleven chunks, with its header."""


@contextmanager
def three_places(folder: Path) -> Iterator[Places]:
    """Make a village, its town and its county."""
    village, town, county = (Place.make(folder / node, node) for node in (VILLAGE, TOWN, COUNTY))
    for place in (village, town, county):
        for other in (village, town, county):
            place.enrol(other.identity)
    yield village, town, county
    for place in (village, town, county):
        place.tx.close()


def ask_of(county: Place, digest: PartDigest, chunk: int = 0) -> bytes:
    """Sign an ask of the village's part."""
    return county.sign(Ask(1, county.node, VILLAGE, CASE, digest, chunk))


def fetch(village: Place, county: Place, now_ms: int = NOW) -> int:
    """Exchange frames until nothing is due; count the asks."""
    asked = 0
    while asks := county.ask(now_ms):
        for ask in asks:
            asked += 1
            for frame in village.answer(ask):
                county.take(frame, now_ms)
    return asked


def everything(place: Place) -> tuple[object, ...]:
    """Read all that a place holds about parts: compared before and after, it shows no change."""
    return tuple(
        tuple(place.tx.execute(f"SELECT * FROM {table} ORDER BY id"))  # noqa: S608  # named below
        for table in ("part_keys", "part_wants", "part_chunks", "part_served", "part_erasures")
    )
