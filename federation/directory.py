"""The directory: what the streams `node/<id>` say of every node's names, keys and standing.

Trust is a stream too (protocol §3). This reads what `federation.records` folds and
`federation.trust` weighs. A key is *known* once any event of its node's record states it, whatever
its branch: it verifies what it signed. It is *good* while an event that counts gives it and no
revocation takes it. Only a good key speaks on a link.
"""

import sqlite3
from dataclasses import dataclass
from typing import Final

import msgspec

from federation import roots
from schemas.ids import KeyId, NodeId, node_stream
from schemas.nodes import NodeNames, NodeState, PublicKeys


class KeyClaim(msgspec.Struct, frozen=True, kw_only=True):
    """What a node signs to show that keys are its own: at joining and at rotation."""

    node: NodeId
    keys: PublicKeys


class ChangeOver(msgspec.Struct, frozen=True, kw_only=True):
    """What a node signs under its new key when it has stopped using the old one."""

    node: NodeId
    ended: KeyId


def claim_bytes(node: NodeId, keys: PublicKeys) -> bytes:
    """Encode what `request` and `countersignature` sign."""
    return msgspec.json.encode(KeyClaim(node=node, keys=keys))


def change_over_bytes(node: NodeId, ended: KeyId) -> bytes:
    """Encode what `NodeChangedOver.signature` signs."""
    return msgspec.json.encode(ChangeOver(node=node, ended=ended))


@dataclass(frozen=True, slots=True)
class Record:
    """A node as the directory knows it."""

    node: NodeId
    names: NodeNames
    state: NodeState
    key: KeyId
    temporary_user: str
    expires_at: int


@dataclass(frozen=True, slots=True)
class KeyRow:
    """One key set of a node."""

    key: KeyId
    node: NodeId
    public: bytes
    sealing: str
    nats: str
    state: str
    revoked: bool


_KNOWN: Final = "SELECT public FROM signers WHERE key = ? AND node = ?"
_SPEAKING: Final = (
    "FROM node_keys k WHERE NOT EXISTS (SELECT 1 FROM revocations r WHERE r.key = k.key"
    " AND r.node = k.node AND r.effective = 1)"
)


class TxKeys:
    """Keys as one transaction sees them."""

    def __init__(self, tx: sqlite3.Connection) -> None:
        self._tx = tx

    def public(self, key: KeyId, node: NodeId) -> bytes | None:
        """Look the public bytes up."""
        row = self._tx.execute(_KNOWN, (key, node)).fetchone()
        return row[0] if row else None

    def owned(self, key: KeyId) -> bool:
        """Whether any node has this key."""
        found = self._tx.execute("SELECT 1 FROM signers WHERE key = ? LIMIT 1", (key,))
        return found.fetchone() is not None

    def speaking(self, key: KeyId, node: NodeId) -> bytes | None:
        """Look the public bytes of a key up that may speak for its node."""
        row = self._tx.execute(
            f"SELECT public {_SPEAKING} AND k.key = ? AND k.node = ?",
            (key, node),
        ).fetchone()
        return row[0] if row else None

    def recovery(self, node: NodeId) -> bytes | None:
        """Look the recovery key of a root up."""
        return roots.recovery_key(self._tx, node)


class KeySnapshot:
    """All keys of one committed moment, for checking parcels outside the writer's thread."""

    def __init__(
        self,
        known: list[tuple[KeyId, NodeId, bytes]],
        speaking: list[tuple[KeyId, NodeId, bytes]] | None = None,
    ) -> None:
        self._public = {(key, node): public for key, node, public in known}
        self._owned = {key for key, _, _ in known}
        self._speaking = {(key, node): public for key, node, public in speaking or ()}

    def public(self, key: KeyId, node: NodeId) -> bytes | None:
        """Look the public bytes up."""
        return self._public.get((key, node))

    def owned(self, key: KeyId) -> bool:
        """Whether any node has this key."""
        return key in self._owned

    def speaking(self, key: KeyId, node: NodeId) -> bytes | None:
        """Look the public bytes of a key up that may speak for its node."""
        return self._speaking.get((key, node))

    def recovery(self, node: NodeId) -> bytes | None:
        """Not known here: an event that needs it is proven inside the Work."""
        del node
        return None


def snapshot(tx: sqlite3.Connection) -> KeySnapshot:
    """Take all known keys."""
    return KeySnapshot(
        tx.execute("SELECT key, node, public FROM signers").fetchall(),
        tx.execute(f"SELECT key, node, public {_SPEAKING}").fetchall(),
    )


_RECORD: Final = "node, zh, en, state, key, temporary_user, expires_at"


def _record(row: tuple[str, str, str, str, str, str, int]) -> Record:
    node, zh, en, state, key, user, expires = row
    names = NodeNames(zh=zh, en=en)
    return Record(NodeId(node), names, NodeState(state), KeyId(key), user, expires)


def record(tx: sqlite3.Connection, node: NodeId) -> Record | None:
    """Read what is known of one node."""
    row = tx.execute(f"SELECT {_RECORD} FROM node_records WHERE node = ?", (node,)).fetchone()  # noqa: S608
    return _record(row) if row else None


def records(tx: sqlite3.Connection, *, below: NodeId | None = None) -> list[Record]:
    """Read all nodes known, or those at or below a place, by code."""
    rows = tx.execute(
        f"SELECT {_RECORD} FROM node_records WHERE node >= ?1 AND node < ?1 || ':' ORDER BY node"  # noqa: S608
        if below
        else f"SELECT {_RECORD} FROM node_records WHERE ?1 = '' ORDER BY node",  # noqa: S608
        (below or "",),
    )
    return [_record(row) for row in rows.fetchall()]


def enrolments(tx: sqlite3.Connection, node: NodeId) -> int:
    """Count how often the place was enrolled: each time with another machine or other keys."""
    row = tx.execute(
        "SELECT count(*) FROM events e JOIN streams s ON s.id = e.stream WHERE s.name = ?"
        " AND e.kind IN ('node.enrolled', 'root.replaced') AND e.verdict = 1",
        (node_stream(node),),
    ).fetchone()
    return int(row[0])


def keys_of(tx: sqlite3.Connection, node: NodeId) -> list[KeyRow]:
    """Read every key set of a node, the current one first."""
    rows = tx.execute(
        "SELECT key, node, public, sealing, nats, state, EXISTS (SELECT 1 FROM revocations r"
        " WHERE r.key = k.key AND r.node = k.node AND r.effective = 1) FROM node_keys k"
        " WHERE node = ? ORDER BY state = 'current' DESC, state = 'added' DESC, key",
        (node,),
    )
    return [
        KeyRow(KeyId(k), NodeId(n), p, s, nats, st, bool(r)) for k, n, p, s, nats, st, r in rows
    ]


def is_revoked(tx: sqlite3.Connection, node: NodeId, key: KeyId) -> bool:
    """Say whether this key of this node counts no longer."""
    found = tx.execute(
        "SELECT 1 FROM revocations WHERE key = ? AND node = ? AND effective = 1", (key, node)
    )
    return found.fetchone() is not None


def is_good(tx: sqlite3.Connection, node: NodeId, key: KeyId) -> bool:
    """Say whether what the node signs with this key counts by itself."""
    found = tx.execute("SELECT good FROM signers WHERE key = ? AND node = ?", (key, node))
    row = found.fetchone()
    return row is not None and bool(row[0])


def note_finding(tx: sqlite3.Connection, kind: str, subject: str, detail: str, at: int) -> None:
    """Record something that a person should see, once."""
    tx.execute(
        "INSERT OR IGNORE INTO network_findings (kind, subject, detail, at) VALUES (?, ?, ?, ?)",
        (kind, subject, detail, at),
    )
