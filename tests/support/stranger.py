"""A verifier by a stranger: from docs/formats.md alone, sharing no code with `federation`."""

import base64
import hashlib
import json  # noqa: TID251  # a stranger has no msgspec
import struct
import zlib
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

ZEROS = "0" * 64


class NotProvenError(Exception):
    """What was handed over proves nothing."""


def b64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


# --- §7, §3: MessagePack, as far as it is used

_SIZES = {
    0xC4: ">B", 0xC5: ">H", 0xC6: ">I",  # bin
    0xCC: ">B", 0xCD: ">H", 0xCE: ">I", 0xCF: ">Q",  # unsigned
    0xD9: ">B", 0xDA: ">H", 0xDB: ">I",  # str
    0xDC: ">H", 0xDD: ">I",  # array
}  # fmt: skip


def unpack(raw: bytes) -> Any:  # noqa: ANN401  # it is whatever was sent
    value, end = _value(raw, 0)
    if end != len(raw):
        raise NotProvenError("more bytes than one value")
    return value


def _value(raw: bytes, at: int) -> tuple[Any, int]:
    tag = raw[at]
    if tag < 0x80:
        return tag, at + 1
    if 0x90 <= tag < 0xA0:
        return _array(raw, at + 1, tag & 15)
    if 0xA0 <= tag < 0xC0:
        return raw[at + 1 : at + 1 + (tag & 31)].decode(), at + 1 + (tag & 31)
    if tag in (0xC2, 0xC3):
        return tag == 0xC3, at + 1
    size = _SIZES[tag]
    (number,) = struct.unpack_from(size, raw, at + 1)
    return _sized(raw, at + 1 + struct.calcsize(size), tag, number)


def _sized(raw: bytes, start: int, tag: int, number: int) -> tuple[Any, int]:
    if tag in (0xDC, 0xDD):
        return _array(raw, start, number)
    if 0xCC <= tag <= 0xCF:
        return number, start
    piece = raw[start : start + number]
    return (piece.decode() if tag >= 0xD9 else piece), start + number


def _array(raw: bytes, at: int, count: int) -> tuple[list[Any], int]:
    found = []
    for _ in range(count):
        value, at = _value(raw, at)
        found.append(value)
    return found, at


def spans(raw: bytes, at: int, count: int) -> list[bytes]:
    """The exact bytes of each of `count` values from `at` on."""
    found = []
    for _ in range(count):
        _, end = _value(raw, at)
        found.append(raw[at:end])
        at = end
    return found


# --- §2: signatures


def encoded(purpose: str, body: bytes) -> bytes:
    kind = f"zw/{purpose}/1".encode()
    return b"DSSEv1 " + b" ".join([str(len(kind)).encode(), kind, str(len(body)).encode(), body])


def signed(public: bytes, purpose: str, body: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, encoded(purpose, body))
    except (InvalidSignature, ValueError):
        return False
    return True


def key_id(public: bytes) -> str:
    return hashlib.sha256(public).hexdigest()[:16]


# --- §3: events


def _strict(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) != len(pairs):
        raise NotProvenError("a name twice")
    return dict(pairs)


def _whole(text: str) -> int:
    if abs(int(text)) >= 1 << 53:
        raise NotProvenError("a large integer")
    return int(text)


def _never(text: str) -> None:
    raise NotProvenError(text)


def read_json(payload: bytes) -> Any:  # noqa: ANN401  # likewise
    return json.loads(
        payload.decode(), object_pairs_hook=_strict, parse_int=_whole, parse_float=_never,
        parse_constant=_never,
    )  # fmt: skip


@dataclass
class Event:
    hash: str
    payload: bytes
    signature: bytes
    said: dict[str, Any]

    @property
    def owner(self) -> tuple[str, str]:
        return self.said["key"], self.said["node"]


def open_envelope(raw: bytes) -> Event:
    version, payload, signature = unpack(raw)
    if version != 1 or len(raw) > 65_536:
        raise NotProvenError("no envelope")
    return Event(hashlib.sha256(payload).hexdigest(), payload, signature, read_json(payload))


# --- §4, §5: streams and records


@dataclass
class Trust:
    root: str
    known: dict[tuple[str, str], bytes] = field(default_factory=dict)
    own: set[tuple[str, str]] = field(default_factory=set)
    good: set[tuple[str, str]] = field(default_factory=set)
    recovery: dict[str, bytes] = field(default_factory=dict)
    replaced: set[str] = field(default_factory=set)


def above(a: str, b: str) -> bool:
    return b.startswith(a) and a != b


def stated(event: Event, place: str) -> bytes | None:
    data, kind = event.said["data"], event.said["kind"]
    purpose = {"node.enrolled": "join", "node.rotated": "rotate", "root.replaced": ""}.get(kind)
    if purpose is None or data["kind"] != kind:
        return None
    keys = {name: data["keys"][name] for name in ("signing", "sealing", "nats")}
    claim = json.dumps({"node": place, "keys": keys}, separators=(",", ":")).encode()
    public = b64(keys["signing"])
    own = event.said["node"] == place
    return public if own or signed(public, purpose, claim, b64(data["request"])) else None


def vouched(name: str, event: Event, trust: Trust) -> bytes:
    """The public key under which the event must be signed."""
    said, place = event.said, name.split("/")[1]
    if name.startswith("node/") and event.hash == trust.root:
        public = stated(event, place) or b""
        trust.known[key_id(public), place] = public
        trust.recovery[place] = b64(said["data"].get("recovery", ""))
    if said["kind"] != "root.replaced":
        return trust.known.get(event.owner, b"")
    public = trust.recovery[place]
    if name != f"node/{said['node']}" or key_id(public) != said["key"]:
        raise NotProvenError("another key replaces a root")
    trust.replaced.add(place)
    return public


def may_begin(name: str, event: Event, trust: Trust) -> bool:
    said, place = event.said, name.split("/")[1]
    by = above(said["node"], place) or event.hash == trust.root
    return said["prev"] == ZEROS and (by if name == f"node/{place}" else said["node"] == place)


def may_follow(said: dict[str, Any], before: dict[str, Any]) -> bool:
    reclaims = said["kind"] == "holder.reclaimed" and above(said["node"], before["holder"])
    by = said["node"] == before["holder"] or reclaims or said["kind"] == "root.replaced"
    return said["seq"] == before["seq"] + 1 and by


def check_chain(name: str, events: list[Event], trust: Trust) -> dict[str, Event]:
    known: dict[str, Event] = {}
    place = name.split("/")[1]
    for event in sorted(events, key=lambda one: one.said["seq"]):
        said = event.said
        public = vouched(name, event, trust)
        if said["stream"] != name or not signed(public, "event", event.payload, event.signature):
            raise NotProvenError(f"event {said['seq']} of {name} is not signed")
        if said["seq"] == 0:
            may = may_begin(name, event, trust)
        else:
            may = said["prev"] in known and may_follow(said, known[said["prev"]].said)
        if not may or said["holder"][:4] != said["node"][:4]:
            raise NotProvenError(f"event {said['seq']} of {name} does not follow")
        known[event.hash] = event
        if name.startswith("node/") and (key := stated(event, place)):
            trust.known[key_id(key), place] = key
            if said["node"] == place:
                trust.own.add((key_id(key), place))
    return known


def counting(known: dict[str, Event], trust: Trust) -> list[Event]:
    after = defaultdict[str, list[Event]](list)
    for event in known.values():
        after[event.said["prev"]].append(event)

    def rank(event: Event) -> int:
        if event.said["kind"] == "root.replaced":
            return 0
        return len(event.said["node"]) if event.owner in trust.good else 99

    def best(event: Event) -> int:
        return min([rank(event), *(best(one) for one in after[event.hash])])

    path: list[Event] = []
    while options := after[path[-1].hash if path else ZEROS]:
        path.append(min(options, key=lambda one: (best(one), one.hash)))
    while path and rank(path[-1]) == 99:
        path.pop()
    return path


def take_record(name: str, events: list[Event], trust: Trust) -> None:
    known = check_chain(name, events, trust)
    place = name.split("/")[1]
    while True:
        count = counting(known, trust)
        given = {(key_id(key), place) for one in count if (key := stated(one, place))}
        given |= set() if place in trust.replaced else trust.own
        taken = {
            (key, place)
            for one in known.values()
            if one.said["kind"] == "node.revoked" and above(one.said["node"], place)
            and (one in count or one.owner in trust.good)
            for key in one.said["data"]["keys"]
        }  # fmt: skip
        for one in known.values():
            if one.said["kind"] == "root.replaced":
                taken |= {(key, place) for key in one.said["data"].get("revoked", [])}
        mine = {owner for owner in trust.known if owner[1] == place}
        good = (trust.good - mine) | (given & mine) - taken
        if good == trust.good:
            return
        trust.good = good


# --- §6: the proof file


@dataclass
class Proven:
    head: str
    holder: str
    known: int
    counting: int
    note_counting: int


def by_stream(texts: list[str]) -> dict[str, list[Event]]:
    found = defaultdict[str, list[Event]](list)
    for text in texts:
        event = open_envelope(b64(text))
        found[event.said["stream"]].append(event)
    return found


def verify(file: dict[str, Any], root: str) -> Proven:
    if file["format"] != "zhengwu-proof/1" or file["root"] != root:
        raise NotProvenError("another format, or another root")
    trust = Trust(root)
    records = by_stream(file["nodes"])
    for name in sorted(records, key=lambda one: (len(one), one)):
        take_record(name, records[name], trust)
    subject = check_chain(file["stream"], by_stream(file["events"])[file["stream"]], trust)
    count = counting(subject, trust)
    notes = sum(
        len(counting(check_chain(name, events, trust), trust))
        for name, events in by_stream(file["notes"]).items()
    )
    return Proven(count[-1].hash, count[-1].said["holder"], len(subject), len(count), notes)


# --- §7: frames


def open_frame(raw: bytes, public: bytes) -> tuple[str, bytes]:
    version, purpose, key, body, signature = unpack(raw)
    if version != 1 or key != key_id(public) or not signed(public, purpose, body, signature):
        raise NotProvenError("a frame that its sender did not sign")
    return purpose, body


def inflated(body: bytes) -> bytes:
    return zlib.decompress(body)


def head_after(head: bytes, entry: bytes) -> bytes:
    return hashlib.sha256(head + hashlib.sha256(entry).digest()).digest()
