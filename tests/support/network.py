"""Nodes with real keys, databases and ledgers, and no network: envelopes are handed over."""

import sqlite3
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec

from federation.encoding import unb64
from federation.identity import Identity, create_identity
from federation.kinds import Kind
from federation.ledger import Ledger, Outcome
from levels.profiles import profile_of
from node.clock import Clock
from node.database import open_database
from node.work import Works
from schemas.events import Envelope
from schemas.ids import EventHash, NodeId, StreamName, level_of

ROOT = EventHash("f" * 64)  # no test here begins a root's record
NOW = 1_800_000_000_000


@dataclass
class Member:
    """One node as far as ledgers go."""

    works: Works
    identity: Identity

    @property
    def me(self) -> NodeId:
        return self.identity.node

    async def knows(self, *others: "Member") -> None:
        """Write others into the directory, as their enrolment would."""
        for other in others:
            await self.works.database.write(lambda tx, found=other.identity: enrol(tx, found))  # type: ignore[misc]

    async def envelopes(self, stream: StreamName) -> list[bytes]:
        """Give the stream's envelopes in the order of arrival here."""
        rows = await self.works.read(
            lambda tx: tx.execute(
                "SELECT payload, signature FROM events WHERE stream ="
                " (SELECT id FROM streams WHERE name = ?) ORDER BY arrival",
                (stream,),
            ).fetchall()
        )
        return [
            msgspec.msgpack.encode(Envelope(version=1, payload=payload, signature=signature))
            for payload, signature in rows
        ]

    async def streams(self, kind: str) -> list[StreamName]:
        """Name the streams of a kind that are known here."""
        rows = await self.works.read(
            lambda tx: tx.execute("SELECT name FROM streams WHERE kind = ?", (kind,)).fetchall()
        )
        return [StreamName(name) for (name,) in rows]

    async def receive(self, raw: bytes, peer: NodeId) -> Outcome:
        """Take an envelope as a parcel would bring it."""
        ledger = self.works.ledger
        return await self.works.database.write(
            lambda tx: ledger.receive(tx, raw, peer=peer, now=NOW)
        )

    async def verdicts(self, stream: StreamName) -> list[int]:
        """Give the verdicts of the stream's events, by place in the stream."""
        rows = await self.works.read(
            lambda tx: tx.execute(
                "SELECT verdict FROM events WHERE stream ="
                " (SELECT id FROM streams WHERE name = ?) ORDER BY seq, arrival",
                (stream,),
            ).fetchall()
        )
        return [verdict for (verdict,) in rows]


@asynccontextmanager
async def member(home: Path, node: NodeId, kinds: Mapping[str, Kind]) -> AsyncIterator[Member]:
    """Set a node up in an empty folder, known to itself, and close it when the block ends."""
    identity = _settle(home, node)
    async with open_database(home / "node.db") as database:
        works = Works(
            database,
            Ledger(identity, ROOT, kinds),
            Clock(),
            profile_of(level_of(node)),
            on_commit=lambda _: None,
        )
        made = Member(works, identity)
        await made.knows(made)
        yield made


def _settle(home: Path, node: NodeId) -> Identity:
    home.mkdir(parents=True)
    return create_identity(home / "keys", node)


def enrol(tx: sqlite3.Connection, other: Identity) -> None:
    keys = other.public
    tx.execute(
        "INSERT INTO node_records VALUES (?, '', '', 'enrolled', ?, '', 0)",
        (other.node, other.key_id),
    )
    tx.execute(
        "INSERT INTO node_keys VALUES (?, ?, ?, ?, ?, 'current')",
        (other.key_id, other.node, unb64(keys.signing), keys.sealing, keys.nats),
    )
    tx.execute(
        "INSERT INTO signers VALUES (?, ?, ?, 0, 1)",
        (other.key_id, other.node, unb64(keys.signing)),
    )
