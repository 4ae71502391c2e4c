"""The owner's side of parts: who may have one, and its pieces sealed to that node.

An answer takes three steps, so that nothing slow holds the writer: `grant` decides on this node's
own replica (a reader), `seal` encrypts (a thread), `remember` keeps a new content key (the writer)
*before* the chunks are sent. Chunks are encrypted the same each time, so the content key is all
that has to be kept until the recipient's note says *received*.
"""

import hashlib
import logging
import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from federation import directory, parts, partstore, recovery
from federation.identity import Identity, seal_to
from federation.partpost import VERSION, ProvenAsk
from federation.partstore import KeptPart, PartStore
from federation.partwants import CHUNKS_PER_ASK
from schemas.ids import KeyId, NodeId, PartDigest, StreamName
from schemas.nodes import NodeState
from schemas.parts import Ask, Chunk

log = logging.getLogger(__name__)

Entitled = Callable[[sqlite3.Connection, StreamName, PartDigest, NodeId], bool]
"""Whether this stream names this part, and this node may have it (protocol §5.3)."""


@dataclass(frozen=True, slots=True)
class ServedKey:
    """The content key of one part for one recipient: sealed to it, and wrapped for ourselves."""

    sealed_to: bytes
    """SHA-256 of the sealing key, which changes when the recipient rotates or is rebuilt."""
    sealed: bytes = field(repr=False)
    wrapped: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Grant:
    """A decision that the asker may have the part, with all that answering needs."""

    ask: Ask
    kept: KeptPart
    sealing: str
    """The recipient's public sealing key."""
    served: ServedKey | None
    """The content key of an earlier answer."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Chunks ready to be signed and sent, once `new_key` is remembered."""

    chunks: tuple[Chunk, ...]
    new_key: ServedKey | None


class PartDesk:
    """Answers asks for the parts of one node."""

    def __init__(self, identity: Identity, store: PartStore, entitled: Entitled) -> None:
        self.refused = 0
        """Asks refused since the start: a metric."""
        self._identity = identity
        self._store = store
        self._entitled = entitled

    def grant(self, tx: sqlite3.Connection, proven: ProvenAsk) -> Grant | None:
        """Decide an ask on this node's own replica; `None` is a refusal, of which nobody is told.

        1. the key that signed it counts, and its node is enrolled; 2. that node is entitled;
        3. the part is here, for that very stream; 4. the chunk exists; 5. there is a key to seal
        to; 6. this node was not just restored: what it holds may have been erased since.
        """
        ask = proven.ask
        sealing = _sealing_of(tx, ask.sender, proven.key)  # 1 and 5
        if sealing is None:
            self._refuse(ask, "sender")
        elif recovery.is_recovering(tx):  # 6
            self._refuse(ask, "recovering")
        elif not self._entitled(tx, ask.stream, ask.digest, ask.sender):  # 2
            self._refuse(ask, "entitlement")
        elif not partstore.is_kept_for(tx, ask.stream, ask.digest):  # 3
            self._refuse(ask, "absent")
        elif ask.chunk >= (kept := partstore.find(tx, ask.digest)).chunks:  # 4
            self._refuse(ask, "chunk")
        else:
            return Grant(ask, kept, sealing, _served(tx, ask, sealing))
        return None

    def seal(self, grant: Grant) -> Answer:
        """Encrypt the pieces from the one asked for on. Slow: call it in a thread.

        Raises `DamagedStoreError` if the part at rest was altered.
        """
        ask, kept, served = grant.ask, grant.kept, grant.served
        aad = _belongs_to(ask.digest, ask.sender)
        if served is None:
            key = parts.draw_key()
            info = parts.info_of(ask.stream, ask.digest, ask.sender)
            sealed_to = hashlib.sha256(grant.sealing.encode()).digest()
            sealed = seal_to(grant.sealing, key, info)
            served = ServedKey(sealed_to, sealed, self._identity.wrap(key, aad))
        else:
            key = self._identity.unwrap(served.wrapped, aad)
        end = min(ask.chunk + CHUNKS_PER_ASK, kept.chunks)
        chunks = tuple(
            Chunk(
                version=VERSION,
                sender=self._identity.node,
                to=ask.sender,
                stream=ask.stream,
                digest=ask.digest,
                chunk=number,
                chunks=kept.chunks,
                sealed_key=served.sealed,
                ciphertext=parts.encrypt_chunk(
                    key, ask.digest, number, kept.chunks, self._store.read_chunk(kept, number)
                ),
            )
            for number in range(ask.chunk, end)
        )
        return Answer(chunks, served if grant.served is None else None)

    def remember(self, tx: sqlite3.Connection, grant: Grant, answer: Answer) -> bool:
        """Keep the answer's content key for the asks that follow; only then may it be sent.

        False: the part was erased or answered with another key meanwhile; drop this answer.
        """
        if answer.new_key is None:
            return partstore.has(tx, grant.ask.digest)
        ask, new = grant.ask, answer.new_key
        if not partstore.has(tx, ask.digest) or _served(tx, ask, grant.sealing) is not None:
            return False
        tx.execute(
            "INSERT OR REPLACE INTO part_served"
            " (digest, recipient, stream, sealed_to, sealed_key, wrapped)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (
                bytes.fromhex(ask.digest),
                ask.sender,
                ask.stream,
                new.sealed_to,
                new.sealed,
                new.wrapped,
            ),
        )
        return True

    def _refuse(self, ask: Ask, why: str) -> None:
        self.refused += 1
        log.warning("part.refused sender=%s why=%s", ask.sender, why)


def received(tx: sqlite3.Connection, recipient: NodeId, digests: Iterable[PartDigest]) -> None:
    """The recipient's note says *opened, digest right*: forget the content keys made for it."""
    for digest in digests:
        partstore.forget_served(tx, digest, recipient)


def _sealing_of(tx: sqlite3.Connection, node: NodeId, signed_with: KeyId) -> str | None:
    """Tell what to seal to for `node`; `None` if it is not enrolled or its keys do not count."""
    known = directory.record(tx, node)
    if known is None or known.state is not NodeState.ENROLLED:
        return None
    good = [row for row in directory.keys_of(tx, node) if not row.revoked]
    if signed_with not in {row.key for row in good}:
        return None
    return good[0].sealing


def _served(tx: sqlite3.Connection, ask: Ask, sealing: str) -> ServedKey | None:
    """Find the content key of an earlier answer that the recipient can still open."""
    row = tx.execute(
        "SELECT sealed_to, sealed_key, wrapped FROM part_served"
        " WHERE digest = ? AND recipient = ? AND stream = ? AND sealed_to = ?",
        (
            bytes.fromhex(ask.digest),
            ask.sender,
            ask.stream,
            hashlib.sha256(sealing.encode()).digest(),
        ),
    ).fetchone()
    return ServedKey(*row) if row else None


def _belongs_to(digest: PartDigest, recipient: NodeId) -> bytes:
    return b"content-key " + digest.encode() + b" " + recipient.encode()
