"""Who this node is: four keys on its disk, and what can be done with them.

Signing (Ed25519), sealing (HPKE over X-Wing: ML-KEM-768 with X25519), NATS (an NKey seed) and data
(AES-256). Also what needs a public key alone. Files are read and written through `keyfiles`; a
rotation is staged beside the present keys and then made current (protocol §3.2).
"""

import hashlib
import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric import ed25519, mlkem, x25519
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from federation import keyfiles, nkey
from federation.dsse import pae
from federation.encoding import b64, unb64
from federation.errors import DamagedStoreError, KeysError, MalformedError, NotForUsError
from schemas.ids import KeyId, NodeId
from schemas.nodes import PublicKeys

SIGNING: Final = "signing"
SEALING: Final = "sealing"
NATS: Final = "nats"
DATA: Final = "data"
ROTATED: Final = (SIGNING, SEALING, NATS)  # staged and committed in this order; the data key stays
KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12  # what AES-GCM is specified for; random, far below 2^32 wraps per data key
_MLKEM_SEED_BYTES: Final = 64
_MLKEM_PUBLIC_BYTES: Final = 1184
_SUITE: Final = hpke.Suite(hpke.KEM.MLKEM768_X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)


@dataclass(frozen=True, slots=True)
class Identity:
    """A node with its secrets. Made by `create_identity`, `load_identity` and the rotation."""

    node: NodeId
    key_id: KeyId
    public: PublicKeys
    nats_seed: bytes = field(repr=False)
    """The NKey seed in its text form, `SU…`."""
    _signing: ed25519.Ed25519PrivateKey = field(repr=False)
    _sealing: tuple[hpke.MLKEM768X25519PrivateKey, ...] = field(repr=False)
    """The current key first, then those of earlier rotations, which open what is older."""
    _data: AESGCM = field(repr=False)

    def sign(self, purpose: str, body: bytes) -> bytes:
        """Sign `body` for `purpose`: 64 bytes. Raises `MalformedError` for an unknown purpose."""
        return self._signing.sign(pae(purpose, body))

    def open_sealed(self, ciphertext: bytes, info: bytes) -> bytes:
        """Open what was sealed to this node with this `info`. Raises `NotForUsError`."""
        for key in self._sealing:
            try:
                return _SUITE.decrypt(ciphertext, key, info)
            except InvalidTag:
                continue
        raise NotForUsError("sealed to another key or for another use, or altered on the way")

    def wrap(self, secret: bytes, aad: bytes) -> bytes:
        """Encrypt for this node's own store; `aad` says what it belongs to."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._data.encrypt(nonce, secret, aad)

    def unwrap(self, blob: bytes, aad: bytes) -> bytes:
        """Decrypt what `wrap` made with the same `aad`. Raises `DamagedStoreError`."""
        try:
            return self._data.decrypt(blob[:NONCE_BYTES], blob[NONCE_BYTES:], aad)
        except (InvalidTag, ValueError):
            raise DamagedStoreError("wrapped under another data key, or altered at rest") from None


def create_identity(keys: Path, node: NodeId) -> Identity:
    """Draw the four keys of `node` into the folder `keys`: all of them, or nothing is changed.

    Raises `KeysError` if the folder holds anything already.
    """
    draft = keys.with_name(f".{keys.name}.draft")
    shutil.rmtree(draft, ignore_errors=True)  # left by a crash; nobody has ever used them
    keyfiles.make_folder(draft)
    for name in (*ROTATED, DATA):
        keyfiles.write_new(_path(draft, name), _draw(name))
    try:
        draft.rename(keys)
    except OSError:
        shutil.rmtree(draft)
        raise KeysError(f"{keys} holds keys already; they are never overwritten") from None
    keyfiles.sync_folder(keys.parent)
    return load_identity(keys, node)


def load_identity(keys: Path, node: NodeId) -> Identity:
    """Read the keys of `node`, finishing a rotation whose commit was interrupted.

    Raises `LooseKeysError` if others can read them, `KeysError` if one is missing or spoilt.
    """
    keyfiles.check_folder(keys)
    if _half_committed(keys):
        commit_rotation(keys, node)
    return _load(keys, node, suffix="")


def stage_rotation(keys: Path, node: NodeId) -> Identity:
    """Draw the next signing, sealing and NATS keys beside the present ones; again gives the same.

    The result signs the request for them; the present identity countersigns it.
    """
    keyfiles.check_folder(keys)
    if _half_committed(keys):
        commit_rotation(keys, node)
    for name in ROTATED:
        if not _path(keys, name, ".next").exists():
            keyfiles.write_new(_path(keys, name, ".next"), _draw(name))
    return _load(keys, node, suffix=".next")


def staged_rotation(keys: Path, node: NodeId) -> Identity | None:
    """Read the staged keys, if a rotation waits for its answer."""
    if not _path(keys, ROTATED[0], ".next").exists() or not _path(keys, NATS, ".next").exists():
        return None
    return _load(keys, node, suffix=".next")


def drop_rotation(keys: Path) -> None:
    """Forget the staged keys, if there are any: somebody else may have them."""
    keyfiles.check_folder(keys)
    for name in reversed(ROTATED):  # without the last one they count as not staged
        _path(keys, name, ".next").unlink(missing_ok=True)


def commit_rotation(keys: Path, node: NodeId) -> Identity:
    """Make the staged keys current; the old ones stay as numbered files.

    Interrupted anywhere, it is finished by the next call or load. Raises `KeysError` if none are
    staged.
    """
    if not _path(keys, ROTATED[-1], ".next").exists():
        raise KeysError(f"no rotation is staged in {keys}")
    for name in ROTATED:
        staged, current = _path(keys, name, ".next"), _path(keys, name)
        if not staged.exists():
            continue  # done before the interruption
        number = 1 + max(_numbers(keys, name), default=0)
        _path(keys, name, f".{number}").hardlink_to(current)
        staged.replace(current)
        keyfiles.sync_folder(keys)
    return _load(keys, node, suffix="")


def seal_to(public_sealing: str, plaintext: bytes, info: bytes) -> bytes:
    """Encrypt so that only the owner of `public_sealing` opens it, and only with this `info`.

    Raises `MalformedError` if that is no sealing key.
    """
    raw = unb64(public_sealing)
    lattice, curve = raw[:_MLKEM_PUBLIC_BYTES], raw[_MLKEM_PUBLIC_BYTES:]
    try:
        public = hpke.MLKEM768X25519PublicKey(
            mlkem.MLKEM768PublicKey.from_public_bytes(lattice),
            x25519.X25519PublicKey.from_public_bytes(curve),
        )
        return _SUITE.encrypt(plaintext, public, info)
    except ValueError:
        raise MalformedError("not a sealing key") from None


def verify_with(public_signing: bytes, purpose: str, body: bytes, signature: bytes) -> bool:
    """Say whether `signature` over `body` for `purpose` is by the owner of the 32-byte key."""
    try:
        public = ed25519.Ed25519PublicKey.from_public_bytes(public_signing)
        public.verify(signature, pae(purpose, body))
    except (InvalidSignature, ValueError):
        return False
    return True


def key_id_of(public_signing: bytes) -> KeyId:
    """Name a signing key: the first 16 hex digits of its SHA-256."""
    return KeyId(hashlib.sha256(public_signing).hexdigest()[:16])


def _path(keys: Path, name: str, suffix: str = "") -> Path:
    return keys / f"{name}{suffix}.key"


def _numbers(keys: Path, name: str) -> list[int]:
    """Which numbered files of earlier rotations there are."""
    middles = (path.name.split(".")[1] for path in keys.glob(f"{name}.*.key"))
    return sorted(int(middle) for middle in middles if middle.isdigit())


def _half_committed(keys: Path) -> bool:
    """Staging writes the last name last and a commit takes the first name first."""
    first, last = (_path(keys, name, ".next").exists() for name in (ROTATED[0], ROTATED[-1]))
    return last and not first


def _draw(name: str) -> bytes:
    if name == NATS:
        return nkey.seed_of(os.urandom(KEY_BYTES)).encode() + b"\n"
    size = KEY_BYTES + (_MLKEM_SEED_BYTES if name == SEALING else 0)
    return b64(os.urandom(size)).encode() + b"\n"


def _load(keys: Path, node: NodeId, *, suffix: str) -> Identity:
    old = [f".{number}" for number in reversed(_numbers(keys, SEALING))]
    earlier = ["", *old] if suffix else old
    try:
        signing = ed25519.Ed25519PrivateKey.from_private_bytes(_secret(keys, SIGNING, suffix))
        sealing = [_sealing_key(_secret(keys, SEALING, one)) for one in (suffix, *earlier)]
        nats_seed = keyfiles.read(_path(keys, NATS, suffix)).strip()
        data = AESGCM(_secret(keys, DATA, ""))
        public = PublicKeys(
            signing=b64(signing.public_key().public_bytes_raw()),
            sealing=b64(sealing[0][1]),
            nats=nkey.public_of(nats_seed.decode()),
        )
    except (ValueError, MalformedError) as error:
        raise KeysError(f"a key file in {keys} is spoilt: {error}") from None
    return Identity(
        node=node,
        key_id=key_id_of(signing.public_key().public_bytes_raw()),
        public=public,
        nats_seed=nats_seed,
        _signing=signing,
        _sealing=tuple(private for private, _ in sealing),
        _data=data,
    )


def _secret(keys: Path, name: str, suffix: str) -> bytes:
    return unb64(keyfiles.read(_path(keys, name, suffix)).decode().strip())


def _sealing_key(seeds: bytes) -> tuple[hpke.MLKEM768X25519PrivateKey, bytes]:
    """Build the key from its two seeds, and its public form: both public keys joined."""
    lattice = mlkem.MLKEM768PrivateKey.from_seed_bytes(seeds[:_MLKEM_SEED_BYTES])
    curve = x25519.X25519PrivateKey.from_private_bytes(seeds[_MLKEM_SEED_BYTES:])
    public = lattice.public_key().public_bytes_raw() + curve.public_key().public_bytes_raw()
    return hpke.MLKEM768X25519PrivateKey(lattice, curve), public
