"""What the streams that a publisher keeps have in common: items, calendars, releases, revisions.

A publisher is a node of a tier that keeps a catalogue. Judged from a stream's own events alone, so
every replica of the same version agrees.
"""

import sqlite3
from abc import ABC, abstractmethod
from typing import Generic, TypeVar

import msgspec

from federation.kinds import in_line
from federation.streams import Stored, Verdict
from levels.profiles import profile_of
from schemas.events import CUSTODY_KINDS, Event
from schemas.ids import NodeId, StreamName, level_of, stream_creator
from schemas.levels import Capability

Tx = sqlite3.Connection
F = TypeVar("F", bound=msgspec.Struct)


def may_publish(node: NodeId) -> bool:
    """Say whether `node` is of a tier that keeps a catalogue."""
    return Capability.PUBLISH_ITEMS in profile_of(level_of(node)).capabilities


class PublishedKind(ABC, Generic[F]):
    """The rules of one kind of stream that a publisher keeps, as `federation` asks for them."""

    unlocks = False
    widens = False

    def __init__(self, *structs: type[F]) -> None:
        self._structs = {str(struct.__struct_config__.tag): struct for struct in structs}

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
        if event.kind not in self._structs:  # 1
            return Verdict.UNJUDGED
        if not (may_publish(event.node) and stream_creator(stream).startswith(event.node)):  # 2
            return Verdict.INERT
        fact = self._read(event)
        if fact is None:  # 3: written by a newer version, until ours reads it too
            return Verdict.UNJUDGED
        is_sound = self.is_sound(tx, stream, event, fact)  # 4
        return Verdict.EFFECTIVE if is_sound else Verdict.INERT

    def project(self, tx: Tx, stream: StreamName, stored: Stored) -> None:
        """Fold an effective event; whatever it does, it is here now."""
        fact = self._read(stored.event)
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

    def _read(self, event: Event) -> F | None:
        struct = self._structs.get(event.kind)
        if struct is None:
            return None
        try:
            return msgspec.json.decode(event.data, type=struct)
        except msgspec.DecodeError:
            return None
