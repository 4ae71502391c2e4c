"""NATS's text form of an Ed25519 user key: a version byte and a CRC-16 around it, in base32.

And the signature of a connection's greeting, so that a node needs no second library of curves.
"""

import base64
import binascii
from collections.abc import Callable
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from federation.errors import MalformedError

_USER: Final = 20 << 3  # makes the text begin with U
_SEED: Final = 18 << 3  # makes the text begin with S
_RAW_BYTES: Final = 32
_SEED_BYTES: Final = 2 + _RAW_BYTES + 2  # header, secret, checksum
_PUBLIC_BYTES: Final = 1 + _RAW_BYTES + 2  # header, key, checksum


def seed_of(raw: bytes) -> str:
    """Write 32 secret bytes as a user's seed, `SU…`."""
    return _text(bytes([_SEED | _USER >> 5, (_USER & 31) << 3]) + raw)


def public_of(seed: str) -> str:
    """Tell the public key, `U…`, of a user's seed. Raises `MalformedError`."""
    return _text(bytes([_USER]) + _secret(seed).public_key().public_bytes_raw())


def greeter(seed: str) -> Callable[[str], bytes]:
    """Give what signs a server's nonce as the user of this seed, in base64.

    Raises `MalformedError`.
    """
    secret = _secret(seed)
    return lambda nonce: base64.b64encode(secret.sign(nonce.encode()))


def _secret(seed: str) -> Ed25519PrivateKey:
    try:
        whole = base64.b32decode(seed + "=" * (-len(seed) % 8))
    except binascii.Error:
        raise MalformedError("not an NKey seed") from None
    raw = whole[2:-2]
    if len(whole) != _SEED_BYTES or seed_of(raw) != seed:
        raise MalformedError("not the seed of an NKey user")
    return Ed25519PrivateKey.from_private_bytes(raw)


def is_public(text: str) -> bool:
    """Say whether `text` is the public key of a user, checksum and all."""
    try:
        whole = base64.b32decode(text + "=" * (-len(text) % 8))
    except (binascii.Error, ValueError):
        return False
    return len(whole) == _PUBLIC_BYTES and whole[0] == _USER and _text(whole[:-2]) == text


def _text(body: bytes) -> str:
    checksum = binascii.crc_hqx(body, 0).to_bytes(2, "little")
    return base64.b32encode(body + checksum).rstrip(b"=").decode()
