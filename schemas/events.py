"""The event: what happened, in one stream, by one author, and who holds the stream after it."""

import msgspec

from schemas.ids import EventHash, KeyId, NodeId, StaffId, StreamName


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """One link of a stream. Its author encodes it once as JSON: the payload, for ever."""

    stream: StreamName
    seq: int
    """Place in the stream, from 0."""
    prev: EventHash
    """Hash of the payload before; 64 zeros at `seq` 0."""
    kind: str
    """`<stream kind>.<past participle>`, such as `case.accepted`."""
    at: int
    """When it was signed, by the author's clock: milliseconds UTC. A claim, never an order."""
    node: NodeId
    """The author."""
    key: KeyId
    """The author's signing key."""
    actor: StaffId
    """Who did it there: a random staff id, or `system`."""
    holder: NodeId
    """Who alone may append next."""
    data: msgspec.Raw
    """What the kind says, as JSON."""


class Envelope(msgspec.Struct, frozen=True, array_like=True):
    """A signed event as it is stored and sent: MessagePack `[1, payload, signature]`."""

    version: int
    payload: bytes
    signature: bytes


class HolderReclaimed(msgspec.Struct, frozen=True, kw_only=True):
    """收回: an ancestor takes the stream from its holder, visibly, and names the next."""

    reason: str
    """A reason code of `schemas.reasons`."""


RECLAIMED = "holder.reclaimed"
"""The one kind that an ancestor of the holder may append, in a stream of any kind."""


class HolderAdopted(
    msgspec.Struct, frozen=True, kw_only=True, tag="holder.adopted", tag_field="kind"
):
    """认领: the holder lets what waited under a revoked key count, by writing behind it."""

    reason: str


ADOPTED = "holder.adopted"
CUSTODY_KINDS = frozenset({RECLAIMED, ADOPTED})
"""Kinds that any stream may hold: they move or confirm custody and change nothing else."""
