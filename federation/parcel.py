"""The bytes on a link: frames, parcels and receipts, made and read.

Pure: bytes and keys in, values out. Nothing of a parcel is believed before its signature; inflating
stops at a fixed size.
"""

import hashlib
import zlib
from dataclasses import dataclass
from typing import Final, TypeVar

import msgspec

from federation.encoding import UNREADABLE
from federation.envelope import Keys, Opened, Unproven, prove, read_envelope
from federation.errors import (
    BadSignatureError,
    MalformedError,
    ParkedError,
    RejectedError,
    TooLargeError,
    WrongKeyError,
)
from federation.identity import Identity, verify_with
from federation.strict_json import MAX_INTEGER
from schemas.ids import EventHash, KeyId, NodeId
from schemas.links import (
    AnsweredEntry,
    Frame,
    Hello,
    HelloEntry,
    Parcel,
    Receipt,
    RefusalEntry,
    SurveyEntry,
)

VERSION: Final = 1
MAX_ENTRIES: Final = 128
MAX_PARCEL_BYTES: Final = (
    800_000  # below the broker's max_payload of 1 MiB, with room for the frame
)
MAX_INFLATED_BYTES: Final = 8 << 20  # a parcel of 128 envelopes of 64 KiB
FAST_LEVEL: Final = 1  # CPU is dearer than bytes on a local line
SMALL_LEVEL: Final = 6  # bytes are dearer on a village's

LinkEntry = HelloEntry | SurveyEntry | RefusalEntry | AnsweredEntry
_B = TypeVar("_B", Hello, Receipt)

_frames: Final = msgspec.msgpack.Decoder(Frame)
_parcels: Final = msgspec.msgpack.Decoder(Parcel)
_entries: Final[msgspec.msgpack.Decoder[LinkEntry]] = msgspec.msgpack.Decoder(LinkEntry)
_encoder: Final = msgspec.msgpack.Encoder()
_ENVELOPE_START: Final = b"\x93\x01"  # an array of three whose first is 1


@dataclass(frozen=True, slots=True)
class RefusedEntry:
    """An entry that can never be taken, and why."""

    error: RejectedError


Read = Opened | Unproven | LinkEntry | RefusedEntry


@dataclass(frozen=True, slots=True)
class ReadParcel:
    """A parcel whose sender is proven, its entries read and, where the key was known, proven."""

    parcel: Parcel
    key: KeyId
    """What it is signed with; the writer asks again whether that key may speak."""
    entries: tuple[Read, ...]
    heads: tuple[bytes, ...]
    """The log's head after each entry."""


def entry_hash(head: bytes, entry: bytes) -> bytes:
    """Give the log's head after `entry`: SHA-256(head ‖ SHA-256(entry))."""
    return hashlib.sha256(head + hashlib.sha256(entry).digest()).digest()


def encode_entry(entry: LinkEntry) -> bytes:
    """Encode a log entry that is no envelope."""
    return _encoder.encode(entry)


def make_frame(identity: Identity, purpose: str, body: bytes) -> bytes:
    """Sign a message."""
    signature = identity.sign(purpose, body)
    return _encoder.encode(Frame(VERSION, purpose, identity.key_id, body, signature))


def read_frame(raw: bytes) -> Frame:
    """Parse a frame without believing it. Raises `MalformedError`."""
    try:
        frame = _frames.decode(raw)
    except UNREADABLE as error:
        raise MalformedError(str(error)) from None
    if frame.version != VERSION:
        raise MalformedError(f"frame version {frame.version}")
    return frame


def check_frame(frame: Frame, sender: NodeId, keys: Keys) -> None:
    """Believe that `sender` signed the frame, under a key that may speak for it.

    Raises `BadSignatureError`, `WrongKeyError`, or `ParkedError` for an unknown key.
    """
    public = keys.speaking(frame.key, sender)
    if public is None:
        if keys.public(frame.key, sender) is not None:
            raise WrongKeyError(f"key {frame.key} speaks for {sender} no longer, or not yet")
        raise ParkedError(f"key:{frame.key}")
    if not verify_with(public, frame.purpose, frame.body, frame.signature):
        raise BadSignatureError(f"a {frame.purpose} that claims to be from {sender}")


def encode_body(message: Hello | Receipt) -> bytes:
    """Encode a hello's or receipt's body."""
    return _encoder.encode(message)


def encode_receipt(receipt: Receipt) -> bytes:
    """Encode a receipt's body: compressed like a parcel's."""
    return zlib.compress(_encoder.encode(receipt), FAST_LEVEL)


def decode_hello(body: bytes) -> Hello:
    """Parse a hello. Raises `MalformedError`."""
    return _decode(body, Hello)


def decode_receipt(body: bytes) -> Receipt:
    """Parse a receipt. Raises `MalformedError`."""
    receipt = _decode(_inflate(body), Receipt)
    _check_numbers(receipt.serial, receipt.upto, *(number for number, _ in receipt.refused))
    return receipt


def _check_numbers(*numbers: int) -> None:
    """Refuse what no log counts to, and no table could hold."""
    if not all(0 <= number <= MAX_INTEGER for number in numbers):
        raise MalformedError("a number that no log has")


def _decode(body: bytes, kind: type[_B]) -> _B:
    try:
        message = msgspec.msgpack.decode(body, type=kind)
    except UNREADABLE as error:
        raise MalformedError(str(error)) from None
    if message.version != VERSION:
        raise MalformedError(f"version {message.version}")
    return message


def encode_parcel(parcel: Parcel, *, level: int = FAST_LEVEL) -> bytes:
    """Encode and compress a parcel's body."""
    return zlib.compress(_encoder.encode(parcel), level)


def _inflate(body: bytes) -> bytes:
    """Decompress, stopping at the limit."""
    if len(body) > MAX_PARCEL_BYTES:
        raise TooLargeError(f"a parcel of {len(body)} bytes")
    inflater = zlib.decompressobj()
    try:
        plain = inflater.decompress(body, MAX_INFLATED_BYTES)
    except zlib.error as error:
        raise MalformedError(f"not compressed: {error}") from None
    if inflater.unconsumed_tail or not inflater.eof:
        raise TooLargeError("a parcel that inflates beyond 8 MiB, or is cut short")
    return plain


def read_parcel(frame: Frame, sender: NodeId, keys: Keys, *, root: EventHash) -> ReadParcel:
    """Prove a parcel and read its entries; slow (signatures), so never inside a Work.

    1. the frame is signed by `sender`;   2. it inflates within the limits and parses;
    3. the stated sender is `sender`;     4. each envelope is read and, if its key is known, proven.
    Raises the `RejectedError` family, or `ParkedError` if the sender's key is not known.
    """
    check_frame(frame, sender, keys)  # 1
    try:
        parcel = _parcels.decode(_inflate(frame.body))  # 2
    except UNREADABLE as error:
        raise MalformedError(str(error)) from None
    _check_numbers(parcel.first, parcel.settled)
    if parcel.version != VERSION or len(parcel.entries) > MAX_ENTRIES or parcel.first < 1:
        raise MalformedError("version, number or count of a parcel is out of range")
    if parcel.sender != sender:  # 3
        raise BadSignatureError(f"a parcel of {parcel.sender} signed by {sender}")
    head, heads, read = parcel.head_before, [], []
    for raw in parcel.entries:
        entry = bytes(raw)
        head = entry_hash(head, entry)
        heads.append(head)
        read.append(_read_entry(entry, keys, root))  # 4
    return ReadParcel(parcel, frame.key, tuple(read), tuple(heads))


def _read_entry(entry: bytes, keys: Keys, root: EventHash) -> Read:
    try:
        if not entry.startswith(_ENVELOPE_START):
            return _entries.decode(entry)
        unproven = read_envelope(entry)
        try:
            return prove(unproven, keys, root=root)
        except ParkedError:
            return unproven  # its key may come in this very parcel: judged again inside the Work
    except UNREADABLE as error:
        return RefusedEntry(MalformedError(str(error)))
    except RejectedError as error:
        return RefusedEntry(error)
