"""Joining by a one-time code: the code, the invitation that carries it, and what comes of it.

The code has 80 random bits and never crosses the wire. Both sides stretch it with scrypt into the
seed of a temporary broker user, which may ask one parent to join and nothing else, and a key that
authenticates request and answer: so the joining place learns the authority and the root's
fingerprint from someone who knows the code, over a connection that it cannot verify yet.

    scrypt(code without dashes, salt = "zw/join/1 <parent> <child>", N=2^15, r=8, p=1) → 64 bytes
    the first 32: NKey seed of the temporary user; the last 32: key of HMAC-SHA-256
"""

import base64
import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass, field
from typing import Final

from federation import nkey
from federation.errors import BadSignatureError, MalformedError
from schemas.ids import BadNameError, NodeId, parse_node_id

CODE_BYTES: Final = 10  # 80 bits: not to be guessed, yet short enough to dictate by telephone
MAC_BYTES: Final = 32
ASK: Final = "ask"
ANSWER: Final = "answer"
_COST: Final = 1 << 15  # some 80 ms; with 80 random bits it only has to annoy
_BLOCK: Final = 8
_MAX_MEMORY_BYTES: Final = 64 << 20  # 128 * N * r is 32 MiB
_SEED_BYTES: Final = 32
_CODE: Final = re.compile(r"[A-Z2-7]{16}")
_GROUP: Final = 4
_MISREAD: Final = str.maketrans({"0": "O", "1": "I", "8": "B", "-": "", "—": "", " ": ""})
_ADDRESS: Final = re.compile(r"(nats://)?[^\s#/]{1,250}:\d{1,5}")
_FIELDS: Final = 5


@dataclass(frozen=True, slots=True)
class JoinKeys:
    """What parent and child each derive from the code."""

    nkey_seed: bytes = field(repr=False)
    """Seed of the temporary user, `SU…`."""
    mac_key: bytes = field(repr=False)

    @property
    def public_nkey(self) -> str:
        """The temporary user's public key, `U…`: what the broker's owner admits."""
        return nkey.public_of(self.nkey_seed.decode())


@dataclass(frozen=True, slots=True)
class Invitation:
    """One line that a parent's operator hands over: where to ask, whom, as whom, and the code."""

    address: str
    """`host:port` of the broker; `nats://host:port` for one without TLS on this machine."""
    region: NodeId
    parent: NodeId
    child: NodeId
    code: str = field(repr=False)

    @property
    def url(self) -> str:
        """The broker's URL."""
        return self.address if "://" in self.address else f"tls://{self.address}"

    @property
    def text(self) -> str:
        """The line itself: `address#region#parent#child#code`."""
        return f"{self.address}#{self.region}#{self.parent}#{self.child}#{self.code}"


def new_code() -> str:
    """Draw a code, `XXXX-XXXX-XXXX-XXXX`."""
    return _grouped(base64.b32encode(secrets.token_bytes(CODE_BYTES)).decode())


def parse_code(text: str) -> str:
    """Read a code as people type it: any case, with or without dashes, 0 for O, 1 for I, 8 for B.

    Raises `MalformedError`.
    """
    plain = text.strip().upper().translate(_MISREAD)
    if not _CODE.fullmatch(plain):
        raise MalformedError("a join code has 16 letters and digits, such as GCOY-FIZW-5WKJ-GKF5")
    return _grouped(plain)


def parse_address(text: str) -> str:
    """Read where to ask, `host:port`. Raises `MalformedError`."""
    if not _ADDRESS.fullmatch(text.strip()):
        raise MalformedError("an address reads host:port, such as 192.0.2.10:4222")
    return text.strip()


def parse_invitation(text: str) -> Invitation:
    """Read the line that `Invitation.text` wrote. Raises `MalformedError`."""
    fields = text.strip().split("#")
    if len(fields) != _FIELDS or not _ADDRESS.fullmatch(fields[0]):
        raise MalformedError("an invitation reads address:port#region#parent#child#code")
    address, region, parent, child, code = fields
    try:
        return Invitation(
            address,
            parse_node_id(region),
            parse_node_id(parent),
            parse_node_id(child),
            parse_code(code),
        )
    except BadNameError as error:
        raise MalformedError(f"the invitation names no place: {error}") from None


def derive(code: str, *, parent: NodeId, child: NodeId) -> JoinKeys:
    """Stretch a code for `child` joining under `parent`. Slow on purpose: call it in a thread.

    Raises `MalformedError` if it is no code.
    """
    stretched = hashlib.scrypt(
        parse_code(code).replace("-", "").encode(),
        salt=f"zw/join/1 {parent} {child}".encode(),
        n=_COST,
        r=_BLOCK,
        p=1,
        maxmem=_MAX_MEMORY_BYTES,
        dklen=_SEED_BYTES + MAC_BYTES,
    )
    return JoinKeys(nkey.seed_of(stretched[:_SEED_BYTES]).encode(), stretched[_SEED_BYTES:])


def mac(key: bytes, side: str, body: bytes) -> bytes:
    """Authenticate `body`; `side`, ask or answer: no request passes as its own answer."""
    return hmac.digest(key, f"zw/join/1/{side}\n".encode() + body, "sha256")


def check(key: bytes, side: str, body: bytes, tag: bytes) -> None:
    """Pass if `tag` is the code's over `body`. Raises `BadSignatureError`."""
    if not hmac.compare_digest(mac(key, side, body), tag):
        raise BadSignatureError("not made with this join code")


def protect(key: bytes, side: str, body: bytes) -> bytes:
    """Put the tag before `body`: one message of the join."""
    return mac(key, side, body) + body


def open_protected(key: bytes, side: str, message: bytes) -> bytes:
    """Check what `protect` made and give the body. Raises `BadSignatureError`."""
    tag, body = message[:MAC_BYTES], message[MAC_BYTES:]
    check(key, side, body, tag)
    return body


def _grouped(plain: str) -> str:
    return "-".join(plain[start : start + _GROUP] for start in range(0, len(plain), _GROUP))
