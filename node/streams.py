"""What kinds of streams have in common: those a publisher keeps, and those that are handed on.

A publisher is a node of a tier that keeps a catalogue. Judged from a stream's own events alone, so
every replica of the same version agrees.
"""

import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

import msgspec

from federation.kinds import in_line
from federation.streams import Stored, Verdict
from levels.profiles import profile_of
from schemas.events import CUSTODY_KINDS, Event
from schemas.ids import BadNameError, NodeId, StreamName, level_of, stream_creator
from schemas.levels import Capability

Tx = sqlite3.Connection
F = TypeVar("F", bound=msgspec.Struct)


def may_publish(node: NodeId) -> bool:
    """Say whether `node` is of a tier that keeps a catalogue."""
    return Capability.PUBLISH_ITEMS in profile_of(level_of(node)).capabilities


class Facts(Generic[F]):
    """Reads what events of a stream say."""

    def __init__(
        self, structs: Iterable[type[F]], is_well_formed: Callable[[F], bool] = lambda _: True
    ) -> None:
        self._structs = {str(struct.__struct_config__.tag): struct for struct in structs}
        self._is_well_formed = is_well_formed
        """Looks at names and digests; may raise `BadNameError`."""

    def read(self, event: Event) -> F | None:
        """Read an event; `None` if this version does not know its kind or its form."""
        struct = self._structs.get(event.kind)
        if struct is None:
            return None
        try:
            fact: F = msgspec.json.decode(event.data, type=struct)
            return fact if self._is_well_formed(fact) else None
        except (msgspec.DecodeError, BadNameError):
            return None


class HandedKind(ABC, Generic[F]):
    """The rules of one kind of stream that is handed from node to node, and is no note."""

    unlocks = False
    widens = False
    facts: Facts[F]

    def __init__(self, me: NodeId) -> None:
        self._me = me

    @abstractmethod
    def is_sound(self, tx: Tx, stream: StreamName, event: Event, fact: F) -> bool:
        """Say whether what the event says may follow what the stream said before."""

    def about(self, event: Event) -> StreamName | None:
        """None of these is a note: who is asked need not know the case."""
        del event
        return None

    def judge(self, tx: Tx, stream: StreamName, event: Event) -> Verdict:
        """Let an event count only if it may follow the stream's own earlier ones."""
        if event.kind in CUSTODY_KINDS:
            return Verdict.EFFECTIVE
        fact = self.facts.read(event)
        if fact is None:
            return Verdict.UNJUDGED
        sound = self.is_sound(tx, stream, event, fact)
        return Verdict.EFFECTIVE if sound else Verdict.INERT

    def concerns(
        self, tx: Tx, stream: StreamName, parties: frozenset[NodeId], neighbour: NodeId
    ) -> bool:
        """Who asked, who was asked, and all above them, and so the relays between."""
        del tx, stream
        return in_line(parties, neighbour)


class PublishedKind(ABC, Generic[F]):
    """The rules of one kind of stream that a publisher keeps, as `federation` asks for them."""

    unlocks = False
    widens = False

    def __init__(self, *structs: type[F]) -> None:
        self._kinds = frozenset(str(struct.__struct_config__.tag) for struct in structs)
        self._facts = Facts(structs)

    @abstractmethod
    def is_sound(self, tx: Tx, stream: StreamName, event: Event, fact: F) -> bool:
        """Say whether what the event says may follow what the stream said before."""

    @abstractmethod
    def fold(self, tx: Tx, stream: StreamName, stored: Stored, fact: F) -> None:
        """Fold what counts into the tables."""

    @abstractmethod
    def reset(self, tx: Tx, stream: StreamName) -> None:
        """Forget the projection of one stream, before it is folded anew."""

    def about(self, event: Event) -> StreamName | None:
        """None of these is a note."""
        del event
        return None

    def judge(self, tx: Tx, stream: StreamName, event: Event) -> Verdict:
        """Let an event count only if its author may write it and it is sound.

        1. the kind is known;                        3. it reads as such;
        2. the author keeps a catalogue, and it is   4. it is sound.
           his own stream or one below him;
        """
        if event.kind in CUSTODY_KINDS:
            return Verdict.EFFECTIVE
        if event.kind not in self._kinds:  # 1
            return Verdict.UNJUDGED
        if not (may_publish(event.node) and stream_creator(stream).startswith(event.node)):  # 2
            return Verdict.INERT
        fact = self._facts.read(event)
        if fact is None:  # 3: written by a newer version, until ours reads it too
            return Verdict.UNJUDGED
        is_sound = self.is_sound(tx, stream, event, fact)  # 4
        return Verdict.EFFECTIVE if is_sound else Verdict.INERT

    def project(self, tx: Tx, stream: StreamName, stored: Stored) -> None:
        """Fold an effective event; whatever it does, it is here now."""
        fact = self._facts.read(stored.event)
        if stored.verdict is Verdict.EFFECTIVE and fact is not None:
            self.fold(tx, stream, stored, fact)
        self.is_here(tx, stored)

    def is_here(self, tx: Tx, stored: Stored) -> None:
        """Tell whoever waits for this very event; nobody waits for most."""
        del tx, stored

    def concerns(
        self, tx: Tx, stream: StreamName, parties: frozenset[NodeId], neighbour: NodeId
    ) -> bool:
        """Everyone above and below the publisher, and whoever took part."""
        del tx
        publisher = stream_creator(stream)
        return neighbour.startswith(publisher) or in_line(parties | {publisher}, neighbour)
