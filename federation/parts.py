"""A part as bytes: its salt and digest, its chunks, its key sealed to one recipient (protocol §5).

Pure: no file, no table, no clock. The exact form:

- *whole* = salt (32 random bytes) ‖ length of media type (1 byte) ‖ media type (ASCII) ‖ content.
- digest = SHA-256(whole): salt first, so nobody can guess a name and check; the media type is
  inside, so nobody can pass a scan off as a page.
- chunk `n` of `count` = AES-256-GCM over 64 KiB of *whole* (the last may be shorter), nonce = `n`
  in 12 bytes, AAD = digest (32 bytes) ‖ `n` (4 bytes) ‖ `count` (4 bytes), all big-endian. The
  key is random, for this one part and one recipient, so no nonce comes twice for other bytes.
- the key is sealed with HPKE, info = `zw/part-key/1`, stream, digest, recipient, joined by NUL.
"""

import hashlib
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from federation.errors import BadPartError, MalformedError, TooLargeError
from schemas.ids import NodeId, PartDigest, StreamName

MAX_CONTENT_BYTES: Final = 20 << 20  # a scanned booklet at 300 dpi; a phone's photo is a quarter
CHUNK_BYTES: Final = 64 << 10  # 8 s on a 64 kbit/s line: facts never wait longer behind a part
TAG_BYTES: Final = 16  # what AES-GCM adds
KEY_BYTES: Final = 32
SALT_BYTES: Final = 32
_HEADER_BYTES: Final = SALT_BYTES + 1
_MAX_WHOLE_BYTES: Final = _HEADER_BYTES + 127 + MAX_CONTENT_BYTES
MAX_CHUNKS: Final = -(-_MAX_WHOLE_BYTES // CHUNK_BYTES)
SEALED_KEY_BYTES: Final = 1120 + KEY_BYTES + TAG_BYTES  # X-Wing's encapsulation, the key, the tag

_MEDIA: Final = re.compile(r"[a-z0-9][a-z0-9.+-]{0,62}/[a-z0-9][a-z0-9.+-]{0,62}")
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class PlainPart:
    """A part that lies open: what someone wrote, scanned or signed."""

    media: str
    """Media type without parameters; text is UTF-8."""
    content: bytes = field(repr=False)
    salt: bytes = field(repr=False)


def salted(media: str, content: bytes) -> PlainPart:
    """Make a part of `content` under a fresh salt: the same bytes never get the same digest twice.

    Raises `TooLargeError` over 20 MiB, `MalformedError` for what is no media type.
    """
    if len(content) > MAX_CONTENT_BYTES:
        raise TooLargeError(f"a part holds at most {MAX_CONTENT_BYTES >> 20} MiB")
    if not _MEDIA.fullmatch(media):
        raise MalformedError(f"{media[:40]!r} is not a media type")
    return PlainPart(media, content, os.urandom(SALT_BYTES))


def encode(part: PlainPart) -> bytes:
    """Write the part as its *whole*."""
    media = part.media.encode()
    return b"".join((part.salt, bytes([len(media)]), media, part.content))


def decode(whole: bytes) -> PlainPart:
    """Read what `encode` wrote. Raises `BadPartError`."""
    if not _HEADER_BYTES < len(whole) <= _MAX_WHOLE_BYTES:
        raise BadPartError("a part of impossible size")
    start = _HEADER_BYTES + whole[SALT_BYTES]
    media, content = whole[_HEADER_BYTES:start].decode("ascii", "replace"), whole[start:]
    if not _MEDIA.fullmatch(media) or len(content) > MAX_CONTENT_BYTES:
        raise BadPartError("a part without a media type, or over the limit")
    return PlainPart(media, content, whole[:SALT_BYTES])


def digest_of(whole: bytes) -> PartDigest:
    """Name a part."""
    return PartDigest(hashlib.sha256(whole).hexdigest())


def parse_digest(text: str) -> PartDigest:
    """Take `text` as a digest. Raises `MalformedError`."""
    if not _DIGEST.fullmatch(text):
        raise MalformedError("not a digest of 64 lower-case hex digits")
    return PartDigest(text)


def draw_key() -> bytes:
    """Draw a key for one part and one recipient (or this node's disk)."""
    return os.urandom(KEY_BYTES)


def count_chunks(whole_bytes: int) -> int:
    """Count the chunks of a *whole* of that size; it is never empty."""
    return -(-whole_bytes // CHUNK_BYTES)


def encrypt(key: bytes, digest: PartDigest, whole: bytes) -> Iterable[bytes]:
    """Encrypt all chunks, in order."""
    count = count_chunks(len(whole))
    for number in range(count):
        plain = whole[number * CHUNK_BYTES : (number + 1) * CHUNK_BYTES]
        yield encrypt_chunk(key, digest, number, count, plain)


def encrypt_chunk(key: bytes, digest: PartDigest, number: int, count: int, plain: bytes) -> bytes:
    """Encrypt chunk `number` of `count`: the same every time, so that an answer can be repeated."""
    return AESGCM(key).encrypt(_nonce(number), plain, _aad(digest, number, count))


def decrypt_chunk(
    key: bytes, digest: PartDigest, number: int, count: int, ciphertext: bytes
) -> bytes:
    """Decrypt one chunk. Raises `BadPartError` if it is another chunk, or altered."""
    try:
        return AESGCM(key).decrypt(_nonce(number), ciphertext, _aad(digest, number, count))
    except (InvalidTag, ValueError):
        raise BadPartError(f"chunk {number} of {count} is altered or not in its place") from None


def assemble(key: bytes, digest: PartDigest, ciphertexts: tuple[bytes, ...]) -> PlainPart:
    """Decrypt all chunks and prove that they are the part named `digest`.

    Raises `TooLargeError` before decrypting anything over the limit, and `BadPartError`.
    """
    count = len(ciphertexts)
    if count > MAX_CHUNKS or any(len(one) > CHUNK_BYTES + TAG_BYTES for one in ciphertexts):
        raise TooLargeError("more or longer chunks than any part has")
    whole = b"".join(
        decrypt_chunk(key, digest, number, count, ciphertext)
        for number, ciphertext in enumerate(ciphertexts)
    )
    if digest_of(whole) != digest:
        raise BadPartError("the bytes are not those that the digest names")
    return decode(whole)


def info_of(stream: StreamName, digest: PartDigest, to: NodeId) -> bytes:
    """Say what a sealed content key is for: it opens for no other stream, part or recipient."""
    return b"\0".join((b"zw/part-key/1", stream.encode(), digest.encode(), to.encode()))


def _nonce(number: int) -> bytes:
    return number.to_bytes(12, "big")


def _aad(digest: PartDigest, number: int, count: int) -> bytes:
    return bytes.fromhex(digest) + number.to_bytes(4, "big") + count.to_bytes(4, "big")
