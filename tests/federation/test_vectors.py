"""The bytes of docs/formats.md are pinned, and enough for a stranger."""

import base64
import hashlib
import hmac
from pathlib import Path
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from federation.parcel import decode_hello, decode_receipt, read_frame
from federation.proof import verify_proof
from schemas.ids import EventHash
from tests.support import stranger
from tests.vectors import make

FOLDER = Path("tests/vectors")


def load(name: str) -> Any:  # noqa: ANN401  # each file has its own form
    return msgspec.json.decode((FOLDER / name).read_bytes())


@pytest.mark.parametrize("name", sorted(make.build()))
def test_the_bytes_are_pinned(name: str) -> None:
    """A changed byte is a broken network: nothing here changes without a new version number."""
    assert make.encode(make.build()[name]) == (FOLDER / name).read_bytes()


def test_we_read_what_is_pinned() -> None:
    proof, link = load("proof.json"), load("link.json")
    found = verify_proof(msgspec.json.encode(proof["file"]), EventHash(proof["file"]["root"]))
    assert found.clean, found.faults
    assert found.proof is not None
    said = (found.proof.head, found.proof.holder, found.proof.events, found.proof.counting)
    assert said == (proof["head"], proof["holder"], proof["known"], proof["counting"])
    assert found.waiting == 2
    hello = decode_hello(read_frame(bytes.fromhex(link["hello"]["frame"])).body)
    assert hello.nonce.hex() == link["parent_nonce"]
    receipt = decode_receipt(read_frame(bytes.fromhex(link["receipt"]["frame"])).body)
    assert receipt.head.hex() == link["heads"][5]


# --- what follows uses the stranger's code alone


def test_a_stranger_makes_the_same_signatures() -> None:
    city = load("keys.json")["6103"]
    private = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(city["signing_seed"]))
    public = private.public_key().public_bytes_raw()
    assert (stranger.b64(city["signing_public"]), city["key_id"]) == (
        public, stranger.key_id(public),
    )  # fmt: skip
    for one in load("signatures.json"):
        covered = stranger.encoded(one["purpose"], bytes.fromhex(one["body"]))
        assert covered.hex() == one["encoded"]
        assert private.sign(covered).hex() == one["signature"]


def test_a_stranger_opens_every_envelope() -> None:
    for one in load("envelopes.json"):
        event = stranger.open_envelope(bytes.fromhex(one["envelope"]))
        assert (event.hash, event.payload.decode()) == (one["hash"], one["payload"])
        assert event.said["stream"] == one["stream"]


def test_a_stranger_verifies_the_proof() -> None:
    proof = load("proof.json")
    found = stranger.verify(proof["file"], proof["file"]["root"])
    assert (found.head, found.holder) == (proof["head"], proof["holder"])
    assert (found.known, found.counting) == (proof["known"], proof["counting"])
    assert found.note_counting == proof["note_counting"]


@pytest.mark.parametrize("part", ["nodes", "events", "notes"])
def test_a_stranger_refuses_any_changed_event(part: str) -> None:
    file = load("proof.json")["file"]
    for number, text in enumerate(file[part]):
        raw = stranger.b64(text)
        for at in (len(raw) // 2, len(raw) - 1):
            bad = bytearray(raw)
            bad[at] ^= 1
            changed = [*file[part]]
            changed[number] = base64.urlsafe_b64encode(bytes(bad)).decode()
            with pytest.raises((stranger.NotProvenError, ValueError, KeyError)):
                stranger.verify({**file, part: changed}, file["root"])


def test_a_stranger_follows_a_link() -> None:
    keys, link = load("keys.json"), load("link.json")
    village, town = (stranger.b64(keys[p]["signing_public"]) for p in ("610328100201", "610328100"))
    child, parent = bytes.fromhex(link["child_nonce"]), bytes.fromhex(link["parent_nonce"])
    assert hashlib.sha256(child + parent).hexdigest() == link["epoch"]
    purpose, body = stranger.open_frame(bytes.fromhex(link["parcel"]["frame"]), village)
    plain = stranger.inflated(body)
    assert (purpose, plain.hex()) == ("parcel", link["parcel"]["plain"])
    said = stranger.unpack(plain)
    assert said[:3] == [1, "610328100201", "610328100"]
    head = said[5]
    start = plain.index(bytes.fromhex(link["entries"][0]))
    assert said[5].hex() == link["heads"][0]
    entries = stranger.spans(plain, start, len(said[7]))
    for entry, after in zip(entries, link["heads"][1:], strict=True):
        head = stranger.head_after(head, entry)
        assert head.hex() == after
    purpose, body = stranger.open_frame(bytes.fromhex(link["receipt"]["frame"]), town)
    receipt = stranger.unpack(stranger.inflated(body))
    assert (purpose, receipt[4:8]) == ("receipt", [7, 5, head, [[4, "bad_signature"]]])
    purpose, body = stranger.open_frame(bytes.fromhex(link["hello"]["frame"]), town)
    assert (purpose, stranger.unpack(body)[3:5]) == ("hello", [parent, child])
    with pytest.raises(stranger.NotProvenError):
        stranger.open_frame(bytes.fromhex(link["hello"]["frame"]), village)


def test_a_stranger_opens_a_part() -> None:
    part, keys = load("parts.json"), load("keys.json")
    content = bytes(range(256)) * 300
    media = part["media"].encode()
    whole = bytes.fromhex(part["salt"]) + bytes([len(media)]) + media + content
    digest = hashlib.sha256(whole).digest()
    assert digest.hex() == part["digest"]
    pieces = [whole[at : at + 65_536] for at in range(0, len(whole), 65_536)]
    sealer, count = AESGCM(bytes.fromhex(part["content_key"])), len(pieces).to_bytes(4, "big")
    chunks = [
        sealer.encrypt(
            number.to_bytes(12, "big"), piece, digest + number.to_bytes(4, "big") + count
        )
        for number, piece in enumerate(pieces)
    ]
    assert [hashlib.sha256(one).hexdigest() for one in chunks] == part["chunk_hashes"]
    assert chunks[-1].hex() == part["last_chunk"]
    county = stranger.b64(keys["610328"]["signing_public"])
    _, body = stranger.open_frame(bytes.fromhex(part["ask"]), county)
    ask = stranger.unpack(body)
    village = stranger.b64(keys["610328100201"]["signing_public"])
    _, body = stranger.open_frame(bytes.fromhex(part["chunk"]), village)
    sent = stranger.unpack(body)
    assert ask == [1, "610328", "610328100201", sent[3], part["digest"], 1]
    assert sent[5:7] == [1, 2]
    assert (sent[7].hex(), sent[8].hex()) == (part["sealed_key"], part["last_chunk"])
    said = b"\0".join(one.encode() for one in ("zw/part-key/1", sent[3], part["digest"], "610328"))
    assert said.hex() == part["info"]


def test_a_sealed_key_opens_for_its_recipient() -> None:
    part = load("parts.json")
    county = make.identity(make.COUNTY)
    key = county.open_sealed(bytes.fromhex(part["sealed_key"]), bytes.fromhex(part["info"]))
    assert key.hex() == part["content_key"]
    assert len(part["sealed_key"]) == 2 * 1168


def test_a_stranger_joins() -> None:
    join = load("join.json")
    stretched = hashlib.scrypt(
        join["code"].replace("-", "").encode(),
        salt=f"zw/join/1 {join['parent']} {join['child']}".encode(),
        n=32_768, r=8, p=1, maxmem=64 << 20, dklen=64,
    )  # fmt: skip
    assert stretched[32:].hex() == join["mac_key"]
    tag = hmac.digest(stretched[32:], b"zw/join/1/ask\n" + join["body"].encode(), "sha256")
    assert tag.hex() == join["ask_mac"]
