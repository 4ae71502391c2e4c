"""The rules of `rulebook/…` streams: what a book that was set does, at any replica. Kept light."""

from typing_extensions import override

from federation.kinds import in_line
from federation.streams import Stored
from levels.profiles import profile_of
from node.streams import PublishedKind, Tx
from node.supervision import bookstore
from schemas.events import Event
from schemas.ids import NodeId, StreamName, level_of, stream_creator
from schemas.levels import Capability
from schemas.supervision import RulebookSet


class RulebookKind(PublishedKind[RulebookSet]):
    """What `federation` asks about streams of rulebooks."""

    def __init__(self) -> None:
        super().__init__(RulebookSet)

    @override
    def is_sound(self, tx: Tx, stream: StreamName, event: Event, fact: RulebookSet) -> bool:
        """Let books count only in their order, and none for what had happened before it was set."""
        number, from_at = bookstore.latest(tx, stream)
        return fact.number == number + 1 and fact.from_at >= max(event.at, from_at)

    @override
    def fold(self, tx: Tx, stream: StreamName, stored: Stored, fact: RulebookSet) -> None:
        """Put a book beside those before it."""
        event = stored.event
        bookstore.put(tx, stream, fact, at=event.at, by=event.actor)

    @override
    def reset(self, tx: Tx, stream: StreamName) -> None:
        """Forget the stream's books."""
        bookstore.forget(tx, stream)

    @override
    def concerns(
        self, tx: Tx, stream: StreamName, parties: frozenset[NodeId], neighbour: NodeId
    ) -> bool:
        """Everyone above the publisher, and below him who oversees others."""
        del tx
        publisher = stream_creator(stream)
        oversees = Capability.OVERSEE in profile_of(level_of(neighbour)).capabilities
        return in_line(parties | {publisher}, neighbour) or (
            oversees and neighbour.startswith(publisher)
        )
