"""Seven nodes without a network: real identities, ledgers, links and SQLite; a seeded liar as wire.

The oracle is the protocol's executable model: after faults end and people adopt what waits, all
replicas are equal, exactly one node holds each stream, and no receipted event is lost.
"""

import random
import sqlite3
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from federation import directory, enrolment, links, streams
from federation.directory import snapshot
from federation.enrolment import ask_of
from federation.errors import CannotAppendError, ParkedError, WrongKeyError
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
from schemas.events import Event, HolderAdopted
from schemas.ids import EventHash, NodeId, StaffId, StreamName, is_ancestor, parent_of
from schemas.nodes import JoinAnswer, NodeInvited, NodeNames
from schemas.reasons import Reason

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


class CaseRules:
    """A stand-in for a node's case rules: everything is allowed, but `odd` is inert at old nodes."""

    unlocks = False

    def __init__(self, me: NodeId) -> None:
        self._me = me

    def about(self, event: Event) -> StreamName | None:
        del event

    def judge(self, tx: sqlite3.Connection, stream: StreamName, event: Event) -> Verdict:
        del tx, stream
        odd = event.kind == "case.acted" and msgspec.json.decode(event.data, type=Acted).odd
        return Verdict.INERT if odd and self._me in OLD else Verdict.EFFECTIVE

    def project(self, tx: sqlite3.Connection, stream: StreamName, stored: Stored) -> None:
        del tx, stream, stored

    def reset(self, tx: sqlite3.Connection, stream: StreamName) -> None:
        del tx, stream

    def concerns(self, stream: StreamName, parties: frozenset[NodeId], neighbour: NodeId) -> bool:
        del stream
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


@dataclass
class World:
    """All of them, the clock and the dice."""

    folder: Path
    dice: random.Random
    places: dict[NodeId, Place] = field(default_factory=dict)
    now: int = 1_700_000_000_000
    nonce: int = 0
    backups: dict[NodeId, Path] = field(default_factory=dict)
    receipted: set[tuple[str, str]] = field(default_factory=set)

    # --- making

    def start(self) -> None:
        """Enrol every node, as a join would: the record from the root down comes with the answer."""
        root = EventHash("")
        for me in ALL:
            place = self._make(me, root)
            if me == C:
                with transaction(place):
                    names = NodeNames(zh=me, en=me)
                    root = enrolment.begin_root(place.ledger, place.tx, names, "", self.hand())
                    place.link.follow_directory(place.tx)
                continue
            self._enrol(me)
        self.settle()

    def hand(self) -> Hand:
        self.now += 1000
        return Hand(StaffId("test"), self.now)

    def _make(self, me: NodeId, root: EventHash) -> Place:
        folder = self.folder / me
        folder.mkdir(parents=True)
        identity = create_identity(folder / "keys0", me)
        tx = sqlite3.connect(folder / "node.db", isolation_level=None)
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
            answer = self._take_in(parent, me, child.identity)
        self.take_proof(child, answer.root, [unb(raw) for raw in answer.proof])

    def take_proof(self, child: Place, root: str, proof: list[bytes]) -> None:
        with transaction(child):
            child.ledger.root = EventHash(root)
            for raw in proof:
                child.ledger.receive(child.tx, raw, peer="", now=self.now)

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
            self._note_receipted(b, read.parcel.entries[-(after.taken - before.taken) :])
        self._answer(b, a, answer)

    def _note_receipted(self, b: Place, entries: tuple[msgspec.Raw, ...]) -> None:
        from federation.envelope import read_envelope

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

    # --- people

    def begin(self, me: NodeId) -> None:
        place = self.places[me]
        self.nonce += 1
        try:
            with transaction(place):
                place.ledger.begin(
                    place.tx, "case", Acted(nonce=self.nonce), holder=me, hand=self.hand()
                )
        except CannotAppendError:
            return

    def act(self, me: NodeId, stream: StreamName, holder: NodeId, *, odd: bool = False) -> None:
        place = self.places[me]
        self.nonce += 1
        data = Acted(nonce=self.nonce, odd=odd)
        try:
            with transaction(place):
                place.ledger.append(place.tx, stream, data, holder=holder, hand=self.hand())
        except CannotAppendError:
            return

    def reclaim(
        self, me: NodeId, stream: StreamName, holder: NodeId, at: bytes | None = None
    ) -> bool:
        place = self.places[me]
        try:
            with transaction(place):
                place.ledger.reclaim(
                    place.tx, stream, reason="holder_silent", holder=holder, hand=self.hand(), at=at
                )
        except CannotAppendError:
            return False
        return True

    def revoke(self, me: NodeId, node: NodeId) -> None:
        """Revoke `node` and enrol it anew with fresh keys, as after a theft."""
        place, victim = self.places[me], self.places[node]
        if victim.next_identity is not None or not enrolment.may_govern(place.tx, me, node):
            return
        try:
            with transaction(place):
                enrolment.revoke(place.ledger, place.tx, node, Reason.KEY_STOLEN, self.hand())
                victim.keysets += 1
                fresh = create_identity(victim.folder / f"keys{victim.keysets}", node)
                answer = self._take_in(place, node, fresh)
        except CannotAppendError:
            return
        victim.next_identity = fresh
        self.take_proof(victim, answer.root, [unb(raw) for raw in answer.proof])
        self._learn_identity(victim)

    def back_up(self, me: NodeId) -> None:
        place = self.places[me]
        self.backups[me] = place.folder / "backup.db"
        copy = sqlite3.connect(self.backups[me])
        place.tx.backup(copy)
        copy.close()

    def restore(self, me: NodeId) -> None:
        """Put an old copy of the database back: a new epoch, and no appending before the answers."""
        place = self.places[me]
        copy = sqlite3.connect(self.backups[me])
        copy.backup(place.tx)
        copy.close()
        place.ledger.recovering = True
        with transaction(place):
            place.link.renew_all(place.tx)

    # --- the end

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

    def adopt(self) -> bool:
        """People look at what waits: the records of nodes first, then who is locked out, then cases."""
        return self._adopt("node") or self._readmit() or self._adopt("case")

    def adopt_all(self, rounds: int = 12) -> None:
        for _ in range(rounds):
            if not self.adopt():
                return
            self.settle()

    def _adopt(self, kind: str) -> bool:
        did = False
        for place in self.places.values():
            for stream in self.streams(place, kind):
                if not stream.waiting:
                    continue
                _, holder = streams.custody(place.tx, stream, stream.tip) or (0, NodeId(""))
                if holder == place.me:
                    did = self._adopt_own(place, stream.name) or did
                elif parent_of(holder) == place.me and not self._speaks(place, holder):
                    did = self.reclaim(place.me, stream.name, place.me, at=stream.tip) or did
        return did

    def _speaks(self, place: Place, node: NodeId) -> bool:
        return directory.is_good(place.tx, node, self.places[node].ledger.identity.key_id)

    def _readmit(self) -> bool:
        """A place whose keys stand on a losing branch rings its record's holder, who enrols it again."""
        did = False
        for me, place in self.places.items():
            for stream in self.streams(place, "node"):
                node = NodeId(stream.name.split("/")[1])
                if stream.holder == me and not stream.waiting and not self._speaks(place, node):
                    did = self._enrol_again(place, self.places[node]) or did
        return did

    def _enrol_again(self, place: Place, child: Place) -> bool:
        try:
            with transaction(place):
                answer = self._take_in(place, child.me, child.next_identity or child.ledger.identity)
        except CannotAppendError:
            return False
        self.take_proof(child, answer.root, [unb(raw) for raw in answer.proof])
        self._learn_identity(child)
        return True

    def _take_in(self, place: Place, node: NodeId, identity: Identity) -> JoinAnswer:
        names = NodeNames(zh=node, en=node)
        invited = NodeInvited(names=names, temporary_user="U", expires_at=FAR)
        enrolment.invite(place.ledger, place.tx, node, invited, self.hand())
        enrolment.enrol(place.ledger, place.tx, ask_of(identity), self.hand())
        return enrolment.answer_to(place.ledger, place.tx, node, region=place.me, ca="")

    def _adopt_own(self, place: Place, name: StreamName) -> bool:
        try:
            with transaction(place):
                place.ledger.append(
                    place.tx, name, HolderAdopted(reason="other"), holder=place.me,
                    hand=self.hand(), adopting=True,
                )  # fmt: skip
        except CannotAppendError:
            return False
        return True

    def streams(self, place: Place, *kinds: str) -> list[streams.Stream]:
        wanted = kinds or ("case",)
        rows = place.tx.execute("SELECT name, kind FROM streams ORDER BY id").fetchall()
        names = [(name,) for name, kind in rows if kind in wanted]
        return [s for (n,) in names if (s := streams.load(place.tx, n)) is not None]

    def check(self) -> Counter[str]:
        """Count what breaks the invariants."""
        wrong: Counter[str] = Counter()
        known = {me: {s.name: s for s in self.streams(p)} for me, p in self.places.items()}
        for name in {name for rows in known.values() for name in rows}:
            parties = {n for rows in known.values() if name in rows for n in rows[name].parties}
            audience = [me for me in ALL if in_line(frozenset(parties), me)]
            heads = {known[me][name].head if name in known[me] else None for me in audience}
            if len(heads) > 1:
                wrong["replicas differ"] += 1
            holding = [
                me for me in audience if name in known[me] and known[me][name].holder == me
                and self._speaks(self.places[me], me)
            ]  # fmt: skip
            if len(holding) > 1:
                wrong["two holders"] += 1
            if not holding:
                wrong["nobody holds"] += 1
        for _, event_hash in self.receipted:
            if not any(
                streams.has_event(p.tx, EventHash(event_hash)) for p in self.places.values()
            ) and not any(self._parked(p, event_hash) for p in self.places.values()):
                wrong["receipted event lost"] += 1
        return wrong

    @staticmethod
    def _parked(place: Place, event_hash: str) -> bool:
        found = place.tx.execute(
            "SELECT 1 FROM parked WHERE hash = ?", (bytes.fromhex(event_hash),)
        )
        return found.fetchone() is not None

    def close(self) -> None:
        for place in self.places.values():
            place.tx.close()


class transaction:  # noqa: N801  # reads as a statement
    """One Work by hand."""

    def __init__(self, place: Place) -> None:
        self._tx = place.tx

    def __enter__(self) -> None:
        self._tx.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        self._tx.execute("ROLLBACK" if kind is not None else "COMMIT")


def unb(text: str) -> bytes:
    from federation.encoding import unb64

    return unb64(text)
