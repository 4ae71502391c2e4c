"""Writes the golden vectors beside this file: `python -m tests.vectors.make`.

Every key is fixed, so every byte is the same each time, except where the form itself is free: how
zlib compresses, and what HPKE draws. Those are kept from the file that is there.
"""

import hashlib
import zlib
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from federation import keyfiles, nkey, parcel, partpost, parts
from federation.directory import change_over_bytes, claim_bytes
from federation.dsse import PURPOSES, pae
from federation.encoding import b64
from federation.envelope import Draft, Opened, pack, seal
from federation.identity import Identity, load_identity, seal_to
from federation.parts import PlainPart
from schemas.cases import CaseForwarded, CaseReceived
from schemas.events import HolderReclaimed
from schemas.ids import (
    NO_HASH,
    CaseNumber,
    EventHash,
    NodeId,
    PartDigest,
    StaffId,
    StreamName,
    node_stream,
)
from schemas.links import (
    AnsweredEntry,
    Hello,
    HelloEntry,
    Parcel,
    Receipt,
    RefusalEntry,
    SurveyEntry,
)
from schemas.nodes import NodeEnrolled, NodeInvited, NodeNames, NodeRevoked
from schemas.parts import Ask, Chunk
from schemas.proofs import ProofFile

FOLDER: Final = Path(__file__).parent
CITY, COUNTY = NodeId("6103"), NodeId("610328")
TOWN, VILLAGE = NodeId("610328100"), NodeId("610328100201")
CASE = StreamName(f"case/{VILLAGE}/{'a' * 16}")
NOTE = StreamName(f"note/{VILLAGE}/{'b' * 16}")
T0: Final = 1_800_000_000_000
Json = dict[str, Any]


def secret(node: str, what: str, size: int = 32) -> bytes:
    """Give a fixed secret: the first bytes of SHA-512("zhengwu vector <node> <what>") twice."""
    return (hashlib.sha512(f"zhengwu vector {node} {what}".encode()).digest() * 2)[:size]


def identity(node: NodeId, *, life: int = 1) -> Identity:
    """Give the fixed keys of a place."""
    with TemporaryDirectory() as folder:
        keys = Path(folder) / "keys"
        keyfiles.make_folder(keys)
        seed = nkey.seed_of(secret(node, f"nats {life}")).encode()
        for name, content in (
            ("signing", b64(secret(node, f"signing {life}")).encode()),
            ("sealing", b64(secret(node, f"sealing {life}", 96)).encode()),
            ("nats", seed),
            ("data", b64(secret(node, "data")).encode()),
        ):
            keyfiles.write_new(keys / f"{name}.key", content + b"\n")
        return load_identity(keys, node)


class Chain:
    """Writes events one after the other."""

    def __init__(self) -> None:
        self.at = T0
        self.events: dict[str, list[Opened]] = {}

    def write(
        self,
        who: Identity,
        stream: StreamName,
        data: msgspec.Struct,
        holder: NodeId,
        *,
        after: Opened | None = None,
        kind: str = "",
    ) -> Opened:
        """Append to a stream, behind its last event or behind `after`."""
        told = self.events.setdefault(stream, [])
        last = after or (told[-1] if told else None)
        self.at += 1000
        draft = Draft(
            stream=stream,
            seq=last.event.seq + 1 if last else 0,
            prev=last.hash if last else NO_HASH,
            kind=kind or str(type(data).__struct_config__.tag),
            actor=StaffId("system"),
            holder=holder,
            at=self.at,
        )
        told.append(seal(who, draft, data))
        return told[-1]

    def raws(self, *names: str) -> tuple[bytes, ...]:
        """Give the envelopes of these streams."""
        return tuple(one.raw for name in names for one in self.events[name])


def history() -> tuple[Chain, dict[NodeId, Identity]]:
    """Write a small history: four places, a case that branches, a key that is revoked."""
    who = {place: identity(place) for place in (CITY, COUNTY, TOWN, VILLAGE)}
    chain = Chain()
    recovery = Ed25519PrivateKey.from_private_bytes(secret(CITY, "recovery")).public_key()
    first = NodeEnrolled(
        names=NodeNames(zh="宝鸡市", en="Baoji"),
        keys=who[CITY].public,
        recovery=b64(recovery.public_bytes_raw()),
    )
    chain.write(who[CITY], node_stream(CITY), first, CITY)
    for above, place, zh in (
        (CITY, COUNTY, "千阳县"),
        (COUNTY, TOWN, "城关镇"),
        (TOWN, VILLAGE, "样村"),
    ):
        names = NodeNames(zh=zh, en=place)
        user = nkey.public_of(nkey.seed_of(secret(place, "code")))
        invited = NodeInvited(names=names, temporary_user=user, expires_at=T0 + 86_400_000)
        chain.write(who[above], node_stream(place), invited, above)
        request = who[place].sign("join", claim_bytes(place, who[place].public))
        enrolled = NodeEnrolled(names=names, keys=who[place].public, request=b64(request))
        chain.write(who[above], node_stream(place), enrolled, above)
    received = CaseReceived(
        number=CaseNumber(f"{VILLAGE}-20270115-A0001"),
        item=StreamName(f"item/{COUNTY}/{'c' * 16}"),
        item_version=1,
        place=VILLAGE,
        received_at=T0,
        applicant=PartDigest(_part()["digest"]),
        materials=(),
    )
    begun = chain.write(who[VILLAGE], CASE, received, TOWN)
    chain.write(who[TOWN], CASE, CaseForwarded(), COUNTY)  # seen by nobody, and reclaimed over
    reclaimed = HolderReclaimed(reason="holder_silent")
    chain.write(who[COUNTY], CASE, reclaimed, COUNTY, after=begun, kind="holder.reclaimed")
    chain.write(who[VILLAGE], NOTE, _asked(), VILLAGE)
    revoked = NodeRevoked(keys=(who[VILLAGE].key_id,), reason="key_stolen")
    chain.write(who[TOWN], node_stream(VILLAGE), revoked, TOWN)
    return chain, who


class NoteAsked(msgspec.Struct, frozen=True, kw_only=True, tag="note.asked", tag_field="kind"):
    """A note of a kind that nobody knows."""

    case: StreamName


def _asked() -> NoteAsked:
    return NoteAsked(case=CASE)


def _keys() -> Json:
    _, who = history()
    return {
        place: {
            "signing_seed": secret(place, "signing 1").hex(),
            "signing_public": one.public.signing,
            "key_id": one.key_id,
            "sealing_seeds": secret(place, "sealing 1", 96).hex(),
            "sealing_public": one.public.sealing,
            "nats_seed": one.nats_seed.decode(),
            "nats_public": one.public.nats,
            "claim": claim_bytes(place, one.public).decode(),
            "join_request": b64(one.sign("join", claim_bytes(place, one.public))),
            "change_over": change_over_bytes(place, one.key_id).decode(),
        }
        for place, one in who.items()
    }


def _signatures() -> list[Json]:
    who = identity(CITY)
    return [
        {
            "purpose": purpose,
            "body": b"body".hex(),
            "encoded": pae(purpose, b"body").hex(),
            "signature": who.sign(purpose, b"body").hex(),
        }
        for purpose in sorted(PURPOSES)
    ]


def _envelopes() -> list[Json]:
    chain, _ = history()
    return [
        {
            "stream": name,
            "payload": one.payload.decode(),
            "hash": one.hash,
            "signature": one.signature.hex(),
            "envelope": pack(one.payload, one.signature).hex(),
        }
        for name, told in chain.events.items()
        for one in told
    ]


def _proof() -> Json:
    chain, _ = history()
    records = [node_stream(place) for place in (CITY, COUNTY, TOWN, VILLAGE)]
    root = chain.events[records[0]][0].hash
    made = ProofFile(
        root=EventHash(root),
        stream=CASE,
        nodes=tuple(b64(raw) for raw in chain.raws(*records)),
        events=tuple(b64(raw) for raw in chain.raws(CASE)),
        notes=tuple(b64(raw) for raw in chain.raws(NOTE)),
    )
    head = chain.events[CASE][-1]
    return {
        "file": msgspec.to_builtins(made),
        "head": head.hash,
        "holder": head.event.holder,
        "counting": 2,
        "known": 3,
        "note_counting": 0,
    }


def _link(kept: Json) -> Json:
    """A link between the town (parent) and the village (child), as the village sends on it."""
    chain, who = history()
    child, parent = secret(VILLAGE, "nonce", 16), secret(TOWN, "nonce", 16)
    epoch = hashlib.sha256(child + parent).digest()
    entries = (
        parcel.encode_entry(HelloEntry(child, parent)),
        parcel.encode_entry(SurveyEntry(last=True, streams=((CASE, (b"\x11" * 32,)),))),
        parcel.encode_entry(AnsweredEntry()),
        parcel.encode_entry(RefusalEntry(b"\x22" * 32, "bad_signature", VILLAGE)),
        chain.events[CASE][0].raw,
    )
    heads = [epoch]
    for entry in entries:
        heads.append(parcel.entry_hash(heads[-1], entry))
    sent = Parcel(
        1, VILLAGE, TOWN, epoch, 1, epoch, 0, tuple(msgspec.Raw(e) for e in entries), at=T0
    )  # fmt: skip
    receipt = Receipt(
        1, TOWN, VILLAGE, epoch, 7, 5, heads[5], ((4, "bad_signature"),), at=T0 + 90, answers=T0
    )  # fmt: skip
    records = tuple(node_stream(place) for place in (CITY, COUNTY, TOWN))
    hello = Hello(1, TOWN, VILLAGE, parent, child, b"", chain.raws(*records), at=T0)
    body = parcel.encode_body(hello)
    return {
        "child_nonce": child.hex(),
        "parent_nonce": parent.hex(),
        "epoch": epoch.hex(),
        "entries": [entry.hex() for entry in entries],
        "heads": [head.hex() for head in heads],
        "hello": {"body": body.hex(), "frame": parcel.make_frame(who[TOWN], "hello", body).hex()},
        "parcel": _compressed(who[VILLAGE], "parcel", msgspec.msgpack.encode(sent), kept),
        "receipt": _compressed(who[TOWN], "receipt", msgspec.msgpack.encode(receipt), kept),
    }


def _compressed(who: Identity, purpose: str, plain: bytes, kept: Json) -> Json:
    before = kept.get(purpose, {})
    body = bytes.fromhex(before.get("body", ""))
    if before.get("plain") != plain.hex():
        body = zlib.compress(plain, 6)
    frame = parcel.make_frame(who, purpose, body)
    return {"plain": plain.hex(), "body": body.hex(), "frame": frame.hex()}


def _part() -> Json:
    content = bytes(range(256)) * 300
    whole = parts.encode(PlainPart("application/pdf", content, secret(VILLAGE, "salt")))
    digest = parts.digest_of(whole)
    key = secret(VILLAGE, "content key")
    return {
        "salt": secret(VILLAGE, "salt").hex(),
        "media": "application/pdf",
        "content": "the bytes 00 to ff, 300 times",
        "digest": digest,
        "content_key": key.hex(),
        "chunk_hashes": [
            hashlib.sha256(chunk).hexdigest() for chunk in parts.encrypt(key, digest, whole)
        ],
        "last_chunk": list(parts.encrypt(key, digest, whole))[-1].hex(),
    }


def _parts(kept: Json) -> Json:
    who = identity(COUNTY)
    part = _part()
    digest = PartDigest(part["digest"])
    info = parts.info_of(CASE, digest, COUNTY)
    sealed = bytes.fromhex(kept.get("sealed_key", ""))
    if kept.get("info") != info.hex() or kept.get("sealed_to") != who.public.sealing:
        sealed = seal_to(who.public.sealing, bytes.fromhex(part["content_key"]), info)
    ask = Ask(1, COUNTY, VILLAGE, CASE, digest, 1)
    chunk = Chunk(
        1, VILLAGE, COUNTY, CASE, digest, 1, 2, sealed, bytes.fromhex(part["last_chunk"])
    )  # fmt: skip
    return {
        **part,
        "info": info.hex(),
        "sealed_to": who.public.sealing,
        "sealed_key": sealed.hex(),
        "ask": partpost.sign_ask(who, ask).hex(),
        "chunk": partpost.sign_chunk(identity(VILLAGE), chunk).hex(),
    }


def build(folder: Path = FOLDER) -> dict[str, object]:
    """Make all vectors, by file name."""
    return {
        "keys.json": _keys(),
        "signatures.json": _signatures(),
        "envelopes.json": _envelopes(),
        "proof.json": _proof(),
        "link.json": _link(_kept(folder / "link.json")),
        "parts.json": _parts(_kept(folder / "parts.json")),
    }


def _kept(path: Path) -> Json:
    return msgspec.json.decode(path.read_bytes(), type=Json) if path.exists() else {}


def encode(vector: object) -> bytes:
    """Write one vector as its file."""
    return msgspec.json.format(msgspec.json.encode(vector), indent=1) + b"\n"


if __name__ == "__main__":
    for name, vector in build().items():
        (FOLDER / name).write_bytes(encode(vector))
