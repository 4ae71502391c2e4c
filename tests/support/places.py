"""Seven nodes without a network: real identities, ledgers, links, SQLite; a seeded liar as wire."""

import random
import sqlite3
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from federation import directory, enrolment, links, streams
from federation.directory import snapshot
from federation.encoding import b64, unb64
from federation.enrolment import ask_of
from federation.envelope import read_envelope
from federation.errors import ParkedError, WrongKeyError
from federation.identity import Identity, create_identity
from federation.kinds import in_line
from federation.ledger import Hand, Ledger
from federation.link import Answer, Link
from federation.links import Position
from federation.parcel import (
    decode_hello,
    decode_receipt,
    encode_body,
    encode_parcel,
    encode_receipt,
    make_frame,
    read_frame,
    read_parcel,
)
from federation.streams import Stored, Verdict
from node.database import configure, migrate
from schemas.events import CUSTODY_KINDS, Event
from schemas.ids import EventHash, NodeId, StaffId, StreamName, parent_of
from schemas.nodes import JoinAnswer, NodeInvited, NodeNames

C, K, T, T2 = NodeId("6103"), NodeId("610328"), NodeId("610328100"), NodeId("610328102")
V, V2, W = NodeId("610328100201"), NodeId("610328100202"), NodeId("610328102201")
ALL = (C, K, T, T2, V, V2, W)
NEIGHBOURS = {n: [m for m in ALL if parent_of(m) == n or parent_of(n) == m] for n in ALL}
OLD = frozenset({C, T2})
"""Nodes of an older version: they hold what they do not know for unauthorised."""
FAR = 1 << 50  # an expiry that no test reaches


class Acted(msgspec.Struct, frozen=True, kw_only=True, tag="case.acted", tag_field="kind"):
    """A plain event of the test's kind."""

    nonce: int
    odd: bool = False
    filling: str = ""


class CaseRules:
    """Stand-in for a node's case rules: everything is allowed, but `odd` is inert at old nodes."""

    unlocks = False
    widens = False

    def __init__(self, me: NodeId) -> None:
        self._me = me

    def about(self, event: Event) -> StreamName | None:
        del event
        return None

    def judge(self, tx: sqlite3.Connection, stream: StreamName, event: Event) -> Verdict:
        del tx, stream
        if event.kind in CUSTODY_KINDS:
            return Verdict.EFFECTIVE
        if event.kind != "case.acted":
            return Verdict.UNJUDGED
        odd = msgspec.json.decode(event.data, type=Acted).odd
        return Verdict.INERT if odd and self._me in OLD else Verdict.EFFECTIVE

    def project(self, tx: sqlite3.Connection, stream: StreamName, stored: Stored) -> None:
        del tx, stream, stored

    def reset(self, tx: sqlite3.Connection, stream: StreamName) -> None:
        del tx, stream

    def concerns(
        self,
        tx: sqlite3.Connection,
        stream: StreamName,
        parties: frozenset[NodeId],
        neighbour: NodeId,
    ) -> bool:
        del tx, stream
        return in_line(parties, neighbour)


@dataclass
class Place:
    """One node: its file can be copied away and put back."""

    me: NodeId
    folder: Path
    identity: Identity
    tx: sqlite3.Connection
    ledger: Ledger
    link: Link
    keysets: int = 0
    next_identity: Identity | None = None


class transaction:  # noqa: N801  # reads as a statement
    """One Work by hand."""

    def __init__(self, place: Place) -> None:
        self._tx = place.tx

    def __enter__(self) -> None:
        self._tx.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        self._tx.execute("ROLLBACK" if kind is not None else "COMMIT")


@dataclass
class Places:
    """All of them, the clock and the dice."""

    folder: Path
    dice: random.Random
    places: dict[NodeId, Place] = field(default_factory=dict)
    now: int = 1_700_000_000_000
    nonce: int = 0
    backups: dict[NodeId, Path] = field(default_factory=dict)
    receipted: set[tuple[str, str]] = field(default_factory=set)
    recovery: str = b64(bytes(range(32)))
    """The root's private recovery key, in its safe."""

    # --- making

    def start(self) -> None:
        """Enrol every node as a join would: the records from the root down come with the answer."""
        root = EventHash("")
        for me in ALL:
            place = self._make(me, root)
            if me == C:
                with transaction(place):
                    names = NodeNames(zh=me, en=me)
                    root = enrolment.begin_root(
                        place.ledger, place.tx, names, self._public_recovery(), self.hand()
                    )
                    place.link.follow_directory(place.tx)
                continue
            self._enrol(me)
        self.settle()

    def _public_recovery(self) -> str:
        private = Ed25519PrivateKey.from_private_bytes(unb64(self.recovery))
        return b64(private.public_key().public_bytes_raw())

    def hand(self) -> Hand:
        self.now += 1000
        return Hand(StaffId("test"), self.now)

    def _make(self, me: NodeId, root: EventHash) -> Place:
        folder = self.folder / me
        folder.mkdir(parents=True)
        identity = create_identity(folder / "keys0", me)
        tx = sqlite3.connect(folder / "node.db", isolation_level=None)  # noqa: TID251  # a node of the test, not the node
        configure(tx, read_only=False)
        tx.execute("PRAGMA synchronous = OFF")
        migrate(tx)
        ledger = Ledger(identity, root, {"case": CaseRules(me)})
        place = Place(me, folder, identity, tx, ledger, Link(ledger))
        self.places[me] = place
        return place

    def _enrol(self, me: NodeId) -> None:
        above = parent_of(me)
        assert above is not None
        parent, child = self.places[above], self.places[me]
        with transaction(parent):
            answer = self.take_in(parent, me, child.identity)
        self.take_proof(child, answer.root, [unb64(raw) for raw in answer.proof])

    def take_proof(self, child: Place, root: str, proof: list[bytes]) -> None:
        with transaction(child):
            child.ledger.root = EventHash(root)
            for raw in proof:
                child.ledger.receive(child.tx, raw, peer="", now=self.now)

    def take_in(self, place: Place, node: NodeId, identity: Identity) -> JoinAnswer:
        names = NodeNames(zh=node, en=node)
        invited = NodeInvited(names=names, temporary_user="U", expires_at=FAR)
        enrolment.invite(place.ledger, place.tx, node, invited, self.hand())
        enrolment.enrol(place.ledger, place.tx, ask_of(identity), self.hand())
        return enrolment.answer_to(place.ledger, place.tx, node, region=place.me, ca="")

    def _speaks(self, place: Place, node: NodeId) -> bool:
        return directory.is_good(place.tx, node, self.places[node].ledger.identity.key_id)

    def streams(self, place: Place, *kinds: str) -> list[streams.Stream]:
        wanted = kinds or ("case",)
        rows = place.tx.execute("SELECT name, kind FROM streams ORDER BY id").fetchall()
        names = [(name,) for name, kind in rows if kind in wanted]
        return [s for (n,) in names if (s := streams.load(place.tx, n)) is not None]

    # --- the wire

    def deliver(self, sender: NodeId, to: NodeId, *, loss: bool = True) -> None:
        """Send what `sender` owes `to`; a lossy wire loses, repeats and splits."""
        a, b = self.places[sender], self.places[to]
        link = links.load(a.tx, to)
        if link is None or link.open != links.OPEN:
            return
        if not link.epoch:
            if not (loss and self.dice.random() < 0.25):
                self._hello(a, b, link.peer_nonce)
            return
        after = links.start(link)
        while (packed := self._pack(a, to, after, loss=loss)) is not None:
            raw, after, fresh = packed
            if loss and self.dice.random() < 0.25:
                return
            self._take_parcel(a, b, raw)
            if loss and self.dice.random() < 0.2:
                self._take_parcel(a, b, raw)
            if loss or not fresh:
                return

    def _pack(
        self, a: Place, to: NodeId, after: Position, *, loss: bool
    ) -> tuple[bytes, Position, bool] | None:
        link = links.load(a.tx, to)
        if link is None or not link.epoch or link.open != links.OPEN:
            return None
        if after.number < link.settled or after.head == b"":
            after = links.start(link)
        room = self.dice.randint(300, 3000) if loss else 1 << 20
        packed = a.link.next_parcel(a.tx, link, after, room=room)
        if packed is None:
            return None
        parcel, position = packed
        return make_frame(a.ledger.identity, "parcel", encode_parcel(parcel)), position, True

    def _take_parcel(self, a: Place, b: Place, raw: bytes) -> None:
        frame = read_frame(raw)
        try:
            read = read_parcel(frame, a.me, snapshot(b.tx), root=b.ledger.root)
        except (ParkedError, WrongKeyError):
            link = links.load(a.tx, b.me)  # no receipt: the courier says hello, which brings proof
            assert link is not None
            self._hello(a, b, link.peer_nonce)
            return
        before = links.load(b.tx, a.me)
        with transaction(b):
            answer = b.link.take_parcel(b.tx, read, now=self.now)
        self._learn_identity(b)
        after = links.load(b.tx, a.me)
        if after is not None and before is not None and after.taken > before.taken:
            self._note_receipted(read.parcel.entries[-(after.taken - before.taken) :])
        self._answer(b, a, answer)

    def _note_receipted(self, entries: tuple[msgspec.Raw, ...]) -> None:
        for entry in entries:
            if bytes(entry).startswith(b"\x93\x01"):
                found = read_envelope(bytes(entry))
                self.receipted.add((found.event.stream, found.hash))

    def _hello(self, a: Place, b: Place, seen: bytes) -> None:
        link = links.load(a.tx, b.me)
        assert link is not None
        raw = make_frame(a.ledger.identity, "hello", encode_body(a.link.hello(a.tx, link, seen)))
        frame = read_frame(raw)
        with transaction(b):
            answer = b.link.take_hello(b.tx, frame, decode_hello(frame.body), now=self.now)
        self._learn_identity(b)
        self._answer(b, a, answer)

    def _answer(self, b: Place, a: Place, answer: Answer) -> None:
        link = links.load(b.tx, a.me)
        if link is None:
            return
        if answer.hello is not None and link.open == links.OPEN:
            self._hello(b, a, answer.hello)
        if answer.receipt and link.epoch:
            body = encode_receipt(b.link.receipt(link))
            receipt = decode_receipt(body)
            with transaction(a):
                again = a.link.take_receipt(a.tx, receipt, now=self.now)
            self._answer(a, b, again)

    def _learn_identity(self, place: Place) -> None:
        """A node that was given new keys begins to use them when it learns of it."""
        if place.next_identity is None:
            return
        record = directory.record(place.tx, place.me)
        if record is not None and record.key == place.next_identity.key_id:
            place.identity = place.ledger.identity = place.next_identity
            place.next_identity = None
            with transaction(place):  # a new key is introduced by a hello, which carries its record
                place.link.renew_all(place.tx)

    def settle(self, rounds: int = 80) -> None:
        for _ in range(rounds):
            before = self._progress()
            for a in ALL:
                for b in NEIGHBOURS[a]:
                    if b in self.places and a in self.places:
                        self.deliver(a, b, loss=False)
            if before == self._progress():
                return

    def _progress(self) -> tuple[object, ...]:
        return tuple(
            (link.peer, link.epoch, link.settled, link.taken)
            for place in self.places.values()
            for link in links.load_all(place.tx)
        )
