"""What a node hands to the federation for one kind of stream: its rules and its projection.

The federation knows nothing of cases; it calls these, synchronously, inside the writer's
transaction.
"""

import sqlite3
from typing import Protocol

from federation.streams import Stored, Verdict
from schemas.events import Event
from schemas.ids import NodeId, StreamName


class Kind(Protocol):
    """The rules of one kind of stream."""

    unlocks: bool
    """Whether an event of this kind may let events of other streams be judged that were not."""
    widens: bool
    """Whether any event may bring neighbours into the audience, not only one by a newcomer."""

    def about(self, event: Event) -> StreamName | None:
        """Name the stream that a note's first event speaks of; `None` for what is no note."""

    def judge(self, tx: sqlite3.Connection, stream: StreamName, event: Event) -> Verdict:
        """Say what the event does, given the projection as of the event before."""

    def project(self, tx: sqlite3.Connection, stream: StreamName, stored: Stored) -> None:
        """Fold one judged event of the counting path into the projection."""

    def reset(self, tx: sqlite3.Connection, stream: StreamName) -> None:
        """Forget the projection of one stream, before it is folded anew."""

    def concerns(
        self,
        tx: sqlite3.Connection,
        stream: StreamName,
        parties: frozenset[NodeId],
        neighbour: NodeId,
    ) -> bool:
        """Say whether `neighbour` belongs to the audience, given all authors and holders.

        `tx` shows the stream's projection, for kinds whose content says whom they concern.
        """


class UnknownKind:
    """Streams of a kind that this version does not know: stored, relayed to their line, shown."""

    unlocks = False
    widens = False

    def about(self, event: Event) -> StreamName | None:
        """Nothing known."""
        del event
        return None

    def judge(self, tx: sqlite3.Connection, stream: StreamName, event: Event) -> Verdict:
        """Not judged until a version comes that knows."""
        del tx, stream, event
        return Verdict.UNJUDGED

    def project(self, tx: sqlite3.Connection, stream: StreamName, stored: Stored) -> None:
        """There is nothing to fold."""

    def reset(self, tx: sqlite3.Connection, stream: StreamName) -> None:
        """There is nothing to forget."""

    def concerns(
        self,
        tx: sqlite3.Connection,
        stream: StreamName,
        parties: frozenset[NodeId],
        neighbour: NodeId,
    ) -> bool:
        """The parties and their ancestors."""
        del tx, stream
        return in_line(parties, neighbour)


def in_line(parties: frozenset[NodeId], neighbour: NodeId) -> bool:
    """Say whether `neighbour` is one of the parties or above one: the audience of protocol §1.7.

    A place's code begins with the codes of all its ancestors, so relays between parties are in it.
    """
    return any(party.startswith(neighbour) for party in parties)
