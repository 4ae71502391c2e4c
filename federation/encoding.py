"""How bytes are written as text: unpadded base64url, and the random part of a stream's name."""

import base64
import binascii
import secrets
from typing import Final

import msgspec

from federation.errors import MalformedError

UNREADABLE: Final = (msgspec.DecodeError, UnicodeDecodeError)
"""What msgspec raises at bytes not of a form; for text that is no UTF-8 it has another error."""
RANDOM_BYTES: Final = 10  # 80 bits: no two nodes ever draw the same name (protocol §1.1)


def b64(raw: bytes) -> str:
    """Write `raw` as base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    """Read what `b64` wrote, and nothing else that means the same. Raises `MalformedError`."""
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        raise MalformedError("not base64url") from None
    if b64(raw) != text:  # the decoder skips foreign characters and ignores stray bits
        raise MalformedError("not base64url in its one form")
    return raw


def random_name() -> str:
    """Draw 80 random bits as 16 characters of `a–z2–7`."""
    return base64.b32encode(secrets.token_bytes(RANDOM_BYTES)).decode().lower()
