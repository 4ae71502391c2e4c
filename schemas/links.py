"""What two neighbours exchange: hello, parcel, receipt, and the entries of a link's log.

All are MessagePack arrays. A `Frame` is the signed wrapper of every message on the wire.
"""

import msgspec

from schemas.ids import KeyId, NodeId, StreamName


class Frame(msgspec.Struct, frozen=True, array_like=True):
    """A signed message: the signature covers the encoding of `purpose` and `body`."""

    version: int
    purpose: str
    """`hello`, `parcel`, `receipt`, `ask` or `part`."""
    key: KeyId
    body: bytes
    signature: bytes


class Hello(msgspec.Struct, frozen=True, array_like=True):
    """Opens an epoch: the nonces, and the node streams that prove the speaker."""

    version: int
    sender: NodeId
    to: NodeId
    nonce: bytes
    """16 random bytes, fresh at join, restore, rebuild or an impossible number."""
    seen: bytes
    """The neighbour's nonce last seen; empty if none."""
    epoch: bytes
    """The epoch that the speaker is in; empty if none. Two speakers of one epoch fall silent."""
    proof: tuple[bytes, ...]
    """Envelopes of the node streams of the speaker and its ancestors, root first."""
    at: int = 0
    """When this was written, by the sender's clock: milliseconds UTC; 0 if it does not say."""
    answers: int = 0
    """The `at` of the message that this one answers; 0 if none. So clocks are compared."""


class Parcel(msgspec.Struct, frozen=True, array_like=True):
    """A run of log entries: entry `first + i` is `entries[i]`. Compressed, then signed."""

    version: int
    sender: NodeId
    to: NodeId
    epoch: bytes
    first: int
    head_before: bytes
    """Head of the log at `first - 1`."""
    settled: int
    """Serial of the last receipt that the sender has processed."""
    entries: tuple[msgspec.Raw, ...]
    at: int = 0
    """When this was written, by the sender's clock: milliseconds UTC; 0 if it does not say."""


class Receipt(msgspec.Struct, frozen=True, array_like=True):
    """Says *stored*: everything up to `upto`, where the log's head is `head`."""

    version: int
    sender: NodeId
    to: NodeId
    epoch: bytes
    serial: int
    upto: int
    head: bytes
    refused: tuple[tuple[int, str], ...]
    """Entry number and reason code of each refusal not yet known to be settled."""
    at: int = 0
    """When this was written, by the sender's clock: milliseconds UTC; 0 if it does not say."""
    answers: int = 0
    """The `at` of the message that this one answers; 0 if none. So clocks are compared."""


class HelloEntry(msgspec.Struct, frozen=True, array_like=True, tag=2):
    """Entry 1 of an epoch's log."""

    nonce: bytes
    seen: bytes


class SurveyEntry(msgspec.Struct, frozen=True, array_like=True, tag=3):
    """What the speaker holds of the streams that both share: the leaves of each."""

    last: bool
    """No further survey entry follows in this epoch."""
    streams: tuple[tuple[StreamName, tuple[bytes, ...]], ...]


class RefusalEntry(msgspec.Struct, frozen=True, array_like=True, tag=4):
    """A refused event's hash and why, on its way back to the author."""

    event: bytes
    reason: str
    author: NodeId


class AnsweredEntry(msgspec.Struct, frozen=True, array_like=True, tag=5):
    """The speaker has put into the log everything that the neighbour's survey lacked."""
