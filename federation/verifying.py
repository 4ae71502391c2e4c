"""Check streams with nothing but the root's fingerprint: envelopes in, faults out.

Pure: no store, no clock. The same code checks a node's store and a proof file. Each event is
checked from its bytes; nothing that somebody else concluded is believed:

1. the payload is the one that its finder names it by;   4. the signature covers the payload;
2. it is strict JSON, an event, and of this stream;      5. `seq` and `prev` follow a known event;
3. a record, proven from the root down, gives its key    6. the author held the stream there, or is
   to its author;                                           an ancestor that reclaims, or a root
                                                            that its recovery key replaces.

One damage is one fault: what merely follows from it (an event behind a damaged one, a key whose
record is damaged) is not reported beside it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from federation import chain
from federation.authority import Authority
from federation.chain import Choice
from federation.envelope import Opened, Unproven, hash_of, prove, read_envelope
from federation.errors import BadSignatureError, ParkedError, RejectedError, WrongKeyError
from schemas.events import RECLAIMED, Event
from schemas.ids import (
    NO_HASH,
    EventHash,
    NodeId,
    StreamName,
    is_ancestor,
    line_of,
    node_stream,
    stream_creator,
    stream_kind,
)
from schemas.nodes import ROOT_REPLACED
from schemas.verification import Fault, Flaw

_FIRST = bytes.fromhex(NO_HASH)


@dataclass(frozen=True, slots=True)
class Found:
    """An envelope, and what whoever keeps it calls it."""

    raw: bytes
    payload: bytes = b""
    """The payload inside; only with `hash`."""
    hash: EventHash | None = None
    """The payload's hash by the keeper's index; `None` if he keeps none (a proof file)."""
    seq: int | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """A stream as its events prove it."""

    name: StreamName
    events: Mapping[EventHash, Opened]
    """Those that passed every check, by `seq`."""
    faults: tuple[Fault, ...]
    unproven: int
    choice: Choice | None
    """The path; `None` if anything is wrong or unproven: then it would prove nothing."""

    @property
    def path(self) -> tuple[Opened, ...]:
        """The events of the chosen path, waiting ones included."""
        steps = self.choice.path if self.choice else ()
        return tuple(self.events[EventHash(step.hex())] for step in steps)

    @property
    def counting(self) -> tuple[Opened, ...]:
        """The events that count, in order."""
        return self.path[: self.choice.counting] if self.choice else ()


@dataclass(slots=True)
class _Doubt:
    """What cannot be judged, because something that it rests on is damaged."""

    records: set[NodeId] = field(default_factory=set)
    everything: bool = False
    named: set[tuple[str, NodeId]] = field(default_factory=set)
    """Unknown keys that a fault names already."""


class Verifier:
    """Checks records first, then any number of streams that rest on them, one at a time."""

    def __init__(self, root: EventHash) -> None:
        self.authority = Authority(root)
        self.faults: list[Fault] = []
        """What is wrong with the root itself."""
        self._doubt = _Doubt()

    def take_records(
        self, records: Mapping[StreamName, Sequence[Found]], *, lost: int = 0
    ) -> list[Checked]:
        """Check all node records, the root's first. Call it once, before `check`.

        `lost` says how many more there were that could not even be read.
        """
        root = self.authority.root
        self._doubt.everything = bool(lost)
        if not lost and not any(_hash_of(o) == root for found in records.values() for o in found):
            self._doubt.everything = True
            sentence = f"the root's first event {root[:12]}… is not here, so nothing can be proven"
            self.faults.append(Fault(flaw=Flaw.ROOT, sentence=sentence, hash=root))
        names = sorted(records, key=lambda one: (len(one), one))
        return [self._take_record(name, records[name]) for name in names]

    def check(self, name: StreamName, found: Iterable[Found], *, lost: int = 0) -> Checked:
        """Check one stream that is no record; `lost` as above."""
        walk = _Walk(name, self.authority, self._doubt, lost=lost)
        for one in found:
            if not walk.take(one):
                walk.give_up(one)
        return walk.done()

    def _take_record(self, name: StreamName, found: Sequence[Found]) -> Checked:
        walk = _Walk(name, self.authority, self._doubt)
        todo = list(found)
        while todo:  # a key may be stated by an event of another branch
            left = [one for one in todo if not walk.take(one, patiently=True)]
            if len(left) == len(todo):
                break
            todo = left
        for one in todo:
            if not walk.take(one):
                walk.give_up(one)
        subject = stream_creator(name)
        if walk.faults or walk.unproven:
            self._doubt.records.add(subject)
        self.authority.weigh(subject, walk.counting)
        return walk.done()


def _hash_of(found: Found) -> EventHash | None:
    if found.hash is not None:
        return found.hash
    try:
        return read_envelope(found.raw).hash
    except RejectedError:
        return None


class _Walk:
    """One stream, event by event."""

    def __init__(
        self, name: StreamName, authority: Authority, doubt: _Doubt, *, lost: int = 0
    ) -> None:
        self._name = name
        self._authority = authority
        self._doubt = doubt
        self._known: dict[EventHash, Opened] = {}
        self._broken: set[EventHash] = set()
        self._lost = lost
        self._orphans: list[Fault] = []
        self.faults: list[Fault] = []
        self.unproven = 0

    def take(self, found: Found, *, patiently: bool = False) -> bool:
        """Check one event; false if nothing known gives its key (yet).

        `patiently`: false also if the event that it follows is not known yet.
        """
        if patiently and self._is_early(found):
            return False
        unproven = self._read(found)
        if unproven is None or unproven.hash in self._known:
            return True
        try:
            opened = prove(unproven, self._authority, root=self._authority.root)  # 3, 4
        except ParkedError:
            return False
        except RejectedError as error:
            self._spoil(found, *_unproven_why(unproven.event, error), unproven)
        else:
            self._place(found, opened)
        return True

    def _is_early(self, found: Found) -> bool:
        try:
            event = read_envelope(found.raw).event
        except RejectedError:
            return False
        return event.seq > 0 and event.prev not in self._known and event.prev not in self._broken

    def give_up(self, found: Found) -> None:
        """The event's key is given by no record here."""
        unproven = self._read(found)
        if unproven is None:
            return
        event, doubt = unproven.event, self._doubt
        key = (event.key, event.node)
        if doubt.everything or event.node in doubt.records or key in doubt.named:
            self.unproven += 1
            self._broken.add(unproven.hash)
            return
        doubt.named.add(key)
        if stream_kind(self._name) == "node":
            doubt.records.add(stream_creator(self._name))
        text = f"is signed with key {event.key}, which no record here gives to {event.node}"
        self._spoil(found, Flaw.KEY, text, unproven)

    def counting(self) -> set[EventHash]:
        """Name the events that count, by the keys held good now."""
        choice = self._choose()
        return {EventHash(step.hex()) for step in choice.path[: choice.counting]}

    def done(self) -> Checked:
        """Give what was found."""
        orphans = self._orphans[self._lost :]  # the others follow an event that was damaged
        faults = (*self.faults, *orphans)
        sound = not (self.faults or self._orphans or self.unproven or self._doubt.everything)
        choice = self._choose() if sound else None
        return Checked(self._name, self._known, faults, self.unproven, choice)

    def _choose(self) -> Choice:
        good = self._authority.good
        links = (
            chain.Link(
                bytes.fromhex(one.hash), bytes.fromhex(one.event.prev), one.event.seq,
                one.event.node, good=(one.event.key, one.event.node) in good or replaces,
                replaces=replaces,
            )
            for one in self._known.values()
            for replaces in (one.event.kind == ROOT_REPLACED,)
        )  # fmt: skip
        return chain.choose(links, _FIRST)

    def _read(self, found: Found) -> Unproven | None:
        """Checks 1 and 2; `None` if the event is damaged, which is then noted."""
        if found.hash is not None and hash_of(found.payload) != found.hash:  # 1
            self._spoil(found, Flaw.PAYLOAD, "has another payload than the one it is named by")
            return None
        try:
            unproven = read_envelope(found.raw)  # 2
        except RejectedError as error:
            self._spoil(found, Flaw.FORMAT, f"cannot be read: {error}")
            return None
        if unproven.event.stream != self._name:
            text = f"says that it is of {unproven.event.stream}"
            self._spoil(found, Flaw.FORMAT, text, unproven)
            return None
        return unproven

    def _place(self, found: Found, opened: Opened) -> None:
        """Checks 5 and 6."""
        event = opened.event
        before = self._known.get(event.prev)
        if event.seq == 0:
            wrong = _wrong_first(opened, self._authority.root)
        else:
            wrong = None if before is None else _wrong_next(event, before)
        wrong = wrong or _wrong_holder(event)
        if wrong is not None:
            self._spoil(found, *wrong, opened)
            return
        if event.seq and before is None and event.prev not in self._broken:
            text = f"follows event {event.prev[:12]}…, which is not here"
            self._orphans.append(self._fault(found, Flaw.CHAIN, text, opened))
        self._known[opened.hash] = opened
        if event.node in self._doubt.records:
            self.unproven += 1  # signed as it should be, but whether that key counts is not known
        if stream_kind(self._name) == "node":
            self._authority.note(event, opened.hash)

    def _spoil(
        self, found: Found, flaw: Flaw, text: str, known: Unproven | Opened | None = None
    ) -> None:
        self.faults.append(self._fault(found, flaw, text, known))
        if found.hash is None:
            self._lost += 1  # its true hash cannot be told
        named = found.hash or (known.hash if known else None)
        if named is not None:
            self._broken.add(named)

    def _fault(self, found: Found, flaw: Flaw, text: str, known: Unproven | Opened | None) -> Fault:
        seq = known.event.seq if known else found.seq
        named = found.hash or (known.hash if known else "")
        which = f"event {'?' if seq is None else seq} of {self._name}"
        label = f"{which} ({named[:12]}…)" if named else which
        sentence = f"{label} {text}"
        return Fault(flaw=flaw, sentence=sentence, stream=self._name, seq=seq, hash=named)


def _unproven_why(event: Event, error: RejectedError) -> tuple[Flaw, str]:
    if isinstance(error, WrongKeyError):
        return Flaw.KEY, f"is signed with key {event.key}, which is not a key of {event.node}"
    if isinstance(error, BadSignatureError):
        return Flaw.SIGNATURE, "has a signature that does not cover its payload"
    return Flaw.ROOT, f"begins no root: {error}"


def _wrong_first(opened: Opened, root: EventHash) -> tuple[Flaw, str] | None:
    event = opened.event
    subject = stream_creator(event.stream)
    if event.prev != NO_HASH:
        return Flaw.CHAIN, "is a first event that follows something"
    if event.stream == node_stream(subject):
        may = is_ancestor(event.node, subject) or opened.hash == root
    else:
        may = event.node == subject
    return None if may else (Flaw.CUSTODY, f"was begun by {event.node}, who may not begin it")


def _wrong_next(event: Event, before: Opened) -> tuple[Flaw, str] | None:
    seq, holder = before.event.seq, before.event.holder
    if event.seq != seq + 1:
        return Flaw.CHAIN, f"follows event {seq}"
    reclaims = event.kind == RECLAIMED and is_ancestor(event.node, holder)
    if event.node != holder and not reclaims and event.kind != ROOT_REPLACED:
        return Flaw.CUSTODY, f"was written by {event.node} while {holder} held the stream"
    return None


def _wrong_holder(event: Event) -> tuple[Flaw, str] | None:
    if line_of(event.holder)[-1] == line_of(event.node)[-1]:
        return None
    return Flaw.CUSTODY, f"names the holder {event.holder}, who is outside this network"
