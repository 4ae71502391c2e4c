"""The root's offline recovery key: who may replace a root's keys, and by what.

A root's first event names the key in `data.recovery`. It lies in a safe and signs one kind of event
alone, `root.replaced`, which stands above every branch of the root's record (protocol §3.4).
"""

import sqlite3
from dataclasses import dataclass

import msgspec
from cryptography.hazmat.primitives.asymmetric import ed25519

from federation.dsse import pae
from federation.encoding import unb64
from federation.errors import MalformedError
from federation.identity import key_id_of
from schemas.events import Event
from schemas.ids import KeyId, NodeId, node_stream, stream_creator
from schemas.nodes import NodeEnrolled


@dataclass(frozen=True, slots=True)
class RecoveryKey:
    """The private recovery key, out of its safe."""

    node: NodeId
    key_id: KeyId
    public: bytes
    """Its public half: 32 bytes."""
    _private: ed25519.Ed25519PrivateKey

    def sign(self, purpose: str, body: bytes) -> bytes:
        """Sign `body` for one purpose: 64 bytes."""
        return self._private.sign(pae(purpose, body))


def read_recovery_key(node: NodeId, text: str) -> RecoveryKey:
    """Read the key as it was printed when the root was made. Raises `MalformedError`."""
    try:
        private = ed25519.Ed25519PrivateKey.from_private_bytes(unb64(text.strip()))
    except ValueError:
        raise MalformedError("not a recovery key: 43 letters, digits, - and _") from None
    public = private.public_key().public_bytes_raw()
    return RecoveryKey(node, key_id_of(public), public, private)


def named_by(first: Event) -> bytes:
    """Read which recovery key the first event of a record names; empty if none."""
    if first.seq or first.node != stream_creator(first.stream):
        return b""
    try:
        return unb64(msgspec.json.decode(first.data, type=NodeEnrolled).recovery)
    except (msgspec.DecodeError, MalformedError):
        return b""


def recovery_key(tx: sqlite3.Connection, node: NodeId) -> bytes | None:
    """Look the public recovery key of a root up: empty if it has none, `None` if not known."""
    rows = tx.execute(
        "SELECT e.payload FROM events e JOIN streams s ON s.id = e.stream"
        " WHERE s.name = ? AND e.seq = 0 ORDER BY e.arrival",
        (node_stream(node),),
    ).fetchall()
    found = [named_by(msgspec.json.decode(payload, type=Event)) for (payload,) in rows]
    return next((key for key in found if key), b"") if found else None
