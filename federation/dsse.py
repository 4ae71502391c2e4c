"""What a signature covers: the DSSE pre-authentication encoding, one type for each purpose."""

from typing import Final

from federation.errors import MalformedError

PURPOSES: Final = frozenset(
    {"event", "parcel", "receipt", "hello", "ask", "part", "join", "rotate"}
)


def pae(purpose: str, body: bytes) -> bytes:
    """Encode `body` for signing as `zw/<purpose>/1`. Raises `MalformedError` for other purposes."""
    if purpose not in PURPOSES:
        raise MalformedError(f"no signature has the purpose {purpose!r}")
    kind = f"zw/{purpose}/1".encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(body), body)
