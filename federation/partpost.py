"""Asks and chunks on the wire: signed frames between the node that wants a part and its owner.

Pure. A relay reads only who sends and to whom, believes neither, and forwards the frame as it is;
what a chunk carries opens for its recipient alone. Who may have what is `partdesk`'s question.
"""

from dataclasses import dataclass
from typing import Final, TypeVar

import msgspec

from federation.encoding import UNREADABLE
from federation.envelope import Keys
from federation.errors import MalformedError, TooLargeError
from federation.identity import Identity
from federation.parcel import check_frame, make_frame
from federation.parts import CHUNK_BYTES, MAX_CHUNKS, SEALED_KEY_BYTES, TAG_BYTES, parse_digest
from schemas.ids import BadNameError, KeyId, NodeId, parse_node_id, parse_stream
from schemas.links import Frame
from schemas.parts import Ask, Chunk

VERSION: Final = 1
ASK: Final = "ask"
PART: Final = "part"
MAX_BODY_BYTES: Final = CHUNK_BYTES + TAG_BYTES + SEALED_KEY_BYTES + 512  # names and numbers

_encoder: Final = msgspec.msgpack.Encoder()


class _Label(msgspec.Struct, frozen=True, array_like=True):
    """What asks and chunks begin with."""

    version: int
    sender: NodeId
    to: NodeId


_Letter = TypeVar("_Letter", Ask, Chunk, _Label)


@dataclass(frozen=True, slots=True)
class ProvenAsk:
    """An ask whose sender is proven. Only `open_ask` makes one."""

    ask: Ask
    key: KeyId
    """The key that signed it, which may have been revoked since."""


@dataclass(frozen=True, slots=True)
class ProvenChunk:
    """A chunk whose sender is proven. Only `open_chunk` makes one."""

    chunk: Chunk


def sign_ask(identity: Identity, ask: Ask) -> bytes:
    """Make the frame that asks."""
    return make_frame(identity, ASK, _encoder.encode(ask))


def sign_chunk(identity: Identity, chunk: Chunk) -> bytes:
    """Make the frame that brings one piece."""
    return make_frame(identity, PART, _encoder.encode(chunk))


def addressee(frame: Frame) -> tuple[NodeId, NodeId]:
    """Read who claims to send an ask or a chunk, and to whom, believing nothing.

    Raises `MalformedError`, `TooLargeError`: such a frame is not worth relaying.
    """
    if frame.purpose not in {ASK, PART}:
        raise MalformedError(f"a {frame.purpose} is not about parts")
    label = _decode(frame.body, _Label)
    return label.sender, label.to


def open_ask(frame: Frame, me: NodeId, keys: Keys) -> ProvenAsk:
    """Prove an ask. Nothing in it is believed before check 3.

    1. it is small enough and parses;      3. a key of the stated sender signed it;
    2. it is for `me`;                     4. it names a stream, a part and a possible chunk.
    Raises `RejectedError`s, and `ParkedError` if the sender's key is not known yet.
    """
    ask = _decode(frame.body, Ask)  # 1
    _check_to(ask.to, me)  # 2
    _check_signed(frame, ASK, ask.sender, keys)  # 3
    if not 0 <= ask.chunk < MAX_CHUNKS:  # 4
        raise MalformedError(f"no part has a chunk {ask.chunk}")
    _check_names(ask)
    return ProvenAsk(ask, frame.key)


def open_chunk(frame: Frame, me: NodeId, keys: Keys) -> ProvenChunk:
    """Prove a chunk: the checks of `open_ask`, and that its sizes are those of a chunk."""
    chunk = _decode(frame.body, Chunk)
    _check_to(chunk.to, me)
    _check_signed(frame, PART, chunk.sender, keys)
    _check_names(chunk)
    if not 0 <= chunk.chunk < chunk.chunks:
        raise MalformedError(f"chunk {chunk.chunk} of {chunk.chunks}")
    if chunk.chunks > MAX_CHUNKS:
        raise TooLargeError(f"a part of {chunk.chunks} chunks")
    if len(chunk.sealed_key) != SEALED_KEY_BYTES:
        raise MalformedError("a sealed key of impossible size")
    full, last = CHUNK_BYTES + TAG_BYTES, chunk.chunk == chunk.chunks - 1
    if len(chunk.ciphertext) > full:
        raise TooLargeError("a chunk of more than 64 KiB")
    if len(chunk.ciphertext) <= TAG_BYTES or (not last and len(chunk.ciphertext) < full):
        raise MalformedError("a chunk cut short")
    return ProvenChunk(chunk)


def _decode(body: bytes, kind: type[_Letter]) -> _Letter:
    if len(body) > MAX_BODY_BYTES:
        raise TooLargeError(f"{len(body)} bytes are more than an ask or a chunk")
    try:
        letter = msgspec.msgpack.decode(body, type=kind)
        parse_node_id(letter.sender)
        parse_node_id(letter.to)
    except (*UNREADABLE, BadNameError) as error:
        raise MalformedError(str(error)) from None
    if letter.version != VERSION:
        raise MalformedError(f"version {letter.version}")
    return letter


def _check_to(to: NodeId, me: NodeId) -> None:
    if to != me:
        raise MalformedError(f"for {to}, not for {me}")


def _check_signed(frame: Frame, purpose: str, sender: NodeId, keys: Keys) -> None:
    if frame.purpose != purpose:
        raise MalformedError(f"a {frame.purpose} where a {purpose} was expected")
    check_frame(frame, sender, keys)


def _check_names(letter: Ask | Chunk) -> None:
    try:
        parse_stream(letter.stream)
    except BadNameError as error:
        raise MalformedError(str(error)) from None
    parse_digest(letter.digest)
