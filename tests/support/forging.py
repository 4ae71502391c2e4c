"""What an attacker can make, and a way to see that nothing moved."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import msgspec

from federation.envelope import hash_of, pack
from federation.identity import Identity
from schemas.events import Event
from schemas.ids import NO_HASH, EventHash, KeyId, NodeId, StaffId, StreamName


@dataclass(frozen=True)
class Forgery:
    """An event with every field chosen freely; `node` and `key` may lie."""

    stream: StreamName
    holder: NodeId
    seq: int = 0
    prev: EventHash = NO_HASH
    kind: str = "case.acted"
    data: bytes = b'{"kind":"case.acted","nonce":1}'
    node: NodeId | None = None
    key: KeyId | None = None

    def payload(self, signer: Identity) -> bytes:
        return msgspec.json.encode(
            Event(
                stream=self.stream,
                seq=self.seq,
                prev=self.prev,
                kind=self.kind,
                at=1_700_000_000_000,
                node=self.node or signer.node,
                key=self.key or signer.key_id,
                actor=StaffId("test"),
                holder=self.holder,
                data=msgspec.Raw(self.data),
            )
        )

    def signed(self, signer: Identity) -> bytes:
        payload = self.payload(signer)
        return pack(payload, signer.sign("event", payload))

    def hash(self, signer: Identity) -> EventHash:
        return hash_of(self.payload(signer))


TABLES = (
    "streams", "events", "parked", "node_records", "node_keys", "signers", "revocations",
    "links", "outbox", "refusals", "network_findings",
)  # fmt: skip


def contents(tx: sqlite3.Connection) -> dict[str, list[tuple[object, ...]]]:
    """Read every table of the federation."""
    return {
        table: tx.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall()  # noqa: S608
        for table in TABLES
    }


@contextmanager
def unchanged(tx: sqlite3.Connection, *, but: tuple[str, ...] = ()) -> Iterator[None]:
    """Fail if the block changes any table, `but` those named."""
    before = contents(tx)
    yield
    after = contents(tx)
    assert [t for t in TABLES if before[t] != after[t] and t not in but] == []
