"""Seal an event into an envelope, and open one: the only maker of `Opened`.

Trust is decided without I/O: bytes and known keys in, a verdict out. Whether the event fits its
stream is the ledger's question (`federation.ledger`), not this module's.
"""

import hashlib
from dataclasses import dataclass
from typing import Final, Protocol

import msgspec

from federation import strict_json
from federation.encoding import UNREADABLE, unb64
from federation.errors import (
    BadSignatureError,
    BadStreamNameError,
    MalformedError,
    ParkedError,
    TooLargeError,
    WrongKeyError,
)
from federation.identity import key_id_of, verify_with
from schemas.events import Envelope, Event
from schemas.ids import (
    NO_HASH,
    BadNameError,
    EventHash,
    KeyId,
    NodeId,
    StaffId,
    StreamName,
    node_stream,
    parse_node_id,
    parse_stream,
)
from schemas.nodes import ROOT_REPLACED, NodeEnrolled

MAX_ENVELOPE_BYTES: Final = 65_536
"""Events are facts; whatever is long is a part (protocol §4.2)."""
VERSION: Final = 1
_HASH_CHARS: Final = frozenset("0123456789abcdef")

_envelope_decoder: Final = msgspec.msgpack.Decoder(Envelope)
_event_decoder: Final = msgspec.json.Decoder(Event)
_encoder: Final = msgspec.json.Encoder()


class Keys(Protocol):
    """What the directory knows of signing keys."""

    def public(self, key: KeyId, node: NodeId) -> bytes | None:
        """The 32 public bytes of `key` if any event of the record of `node` states it."""

    def speaking(self, key: KeyId, node: NodeId) -> bytes | None:
        """The 32 public bytes of `key` if it may speak for `node` on a link."""

    def owned(self, key: KeyId) -> bool:
        """Whether any node is known to have this key."""

    def recovery(self, node: NodeId) -> bytes | None:
        """The public recovery key of a root: empty if it has none, `None` if not known (yet)."""


class Signer(Protocol):
    """Who can sign an event."""

    @property
    def node(self) -> NodeId:
        """The author."""

    @property
    def key_id(self) -> KeyId:
        """Which key signs."""

    def sign(self, purpose: str, body: bytes) -> bytes:
        """Sign `body` for one purpose: 64 bytes."""


@dataclass(frozen=True, slots=True)
class Unproven:
    """A well-formed event that nobody has vouched for yet."""

    event: Event
    hash: EventHash
    payload: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class Opened:
    """An event whose author is proven. Only this module makes one."""

    event: Event
    hash: EventHash
    payload: bytes
    signature: bytes

    @property
    def raw(self) -> bytes:
        """The envelope's exact bytes."""
        return pack(self.payload, self.signature)


@dataclass(frozen=True, slots=True)
class Draft:
    """What an author decides about his next event."""

    stream: StreamName
    seq: int
    prev: EventHash
    kind: str
    actor: StaffId
    holder: NodeId
    at: int


def pack(payload: bytes, signature: bytes) -> bytes:
    """Encode an envelope: the bytes that are hashed as a log entry."""
    return msgspec.msgpack.encode(Envelope(VERSION, payload, signature))


def hash_of(payload: bytes) -> EventHash:
    """Hash a payload."""
    return EventHash(hashlib.sha256(payload).hexdigest())


def seal(identity: Signer, draft: Draft, data: msgspec.Struct) -> Opened:
    """Encode, hash and sign a new event of ours. Raises `TooLargeError`."""
    event = Event(
        stream=draft.stream,
        seq=draft.seq,
        prev=draft.prev,
        kind=draft.kind,
        at=draft.at,
        node=identity.node,
        key=identity.key_id,
        actor=draft.actor,
        holder=draft.holder,
        data=msgspec.Raw(_encoder.encode(data)),
    )
    payload = _encoder.encode(event)
    if len(payload) > MAX_ENVELOPE_BYTES - 128:
        raise TooLargeError(f"an event of {len(payload)} bytes: long texts belong into parts")
    return Opened(event, hash_of(payload), payload, identity.sign("event", payload))


def read_envelope(raw: bytes) -> Unproven:
    """Parse an envelope without believing it. Raises the `RejectedError` family alone.

    1. it is small enough and parses as an envelope of our version;
    2. its payload is strict JSON and an event whose every name is well-formed.
    """
    if len(raw) > MAX_ENVELOPE_BYTES:  # 1
        raise TooLargeError(f"an envelope of {len(raw)} bytes")
    try:
        envelope = _envelope_decoder.decode(raw)
    except UNREADABLE as error:
        raise MalformedError(str(error)) from None
    if envelope.version != VERSION:
        raise MalformedError(f"envelope version {envelope.version}")
    strict_json.check(envelope.payload)  # 2
    try:
        event = _event_decoder.decode(envelope.payload)
    except UNREADABLE as error:
        raise MalformedError(str(error)) from None
    _check_names(event)
    return Unproven(event, hash_of(envelope.payload), envelope.payload, envelope.signature)


def _check_names(event: Event) -> None:
    try:
        parse_stream(event.stream)
        parse_node_id(event.node)
        parse_node_id(event.holder)
    except BadNameError as error:
        raise BadStreamNameError(str(error)) from None
    if event.seq < 0 or event.at < 0 or len(event.prev) != len(NO_HASH):
        raise MalformedError("seq, at or prev is out of range")
    if not _HASH_CHARS.issuperset(event.prev):
        raise MalformedError("prev is not lower-case hex")


def prove(unproven: Unproven, keys: Keys, *, root: EventHash) -> Opened:
    """Believe who wrote it, or refuse. Raises `RejectedError`, or `ParkedError` for an unknown key.

    3. its key is in the directory as a key of its author (a root's first event, named by the
       pinned fingerprint, brings its own; `root.replaced` is the recovery key's alone);
    4. the signature covers the payload under that key.
    """
    event = unproven.event
    public = _signing_key(unproven, keys, root)  # 3
    if not verify_with(public, "event", unproven.payload, unproven.signature):  # 4
        raise BadSignatureError(f"event {unproven.hash[:12]} of {event.node}")
    return Opened(event, unproven.hash, unproven.payload, unproven.signature)


def _signing_key(unproven: Unproven, keys: Keys, root: EventHash) -> bytes:
    event = unproven.event
    if event.kind == ROOT_REPLACED:
        return _recovery_key(event, keys)
    public = keys.public(event.key, event.node)
    if public is None and unproven.hash == root:
        return _own_key(event)
    if public is not None:
        return public
    if keys.owned(event.key):
        raise WrongKeyError(f"key {event.key} is not of {event.node}")
    raise ParkedError(f"key:{event.key}")


def _recovery_key(event: Event, keys: Keys) -> bytes:
    if event.stream != node_stream(event.node) or event.seq == 0:
        raise BadStreamNameError("a root is replaced in its own record, after its first event")
    public = keys.recovery(event.node)
    if public is None:
        raise ParkedError(f"event:{event.prev}")
    if not public or key_id_of(public) != event.key:
        raise WrongKeyError(f"key {event.key} is not the recovery key of {event.node}")
    return public


def _own_key(event: Event) -> bytes:
    if event.stream != node_stream(event.node) or event.seq != 0:
        raise BadStreamNameError("the pinned fingerprint names an event that begins no root")
    try:
        public = unb64(msgspec.json.decode(event.data, type=NodeEnrolled).keys.signing)
    except (msgspec.DecodeError, ValueError) as error:
        raise MalformedError(str(error)) from None
    if key_id_of(public) != event.key:
        raise WrongKeyError("the root is not signed by the key that it names")
    return public


def open_envelope(raw: bytes, keys: Keys, *, root: EventHash) -> Opened:
    """Read and prove in one step: checks 1 to 4 above."""
    return prove(read_envelope(raw), keys, root=root)
