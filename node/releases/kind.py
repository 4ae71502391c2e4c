"""The rules of `release/…` streams.

Whether a release is sound is judged from its own stream alone, so every replica agrees; whether
this node holds all that it lists is a matter of the node (`node.releases.holding`).
"""

from typing_extensions import override

from federation.streams import Stored
from node.releases import holding, model, store
from node.streams import PublishedKind, Tx
from schemas.events import Event
from schemas.ids import NodeId, StreamName, stream_creator
from schemas.releases import ReleaseListed, ReleaseOpened, ReleasePublished

Fact = ReleaseOpened | ReleaseListed | ReleasePublished


class ReleaseKind(PublishedKind[Fact]):
    """What `federation` asks about streams of releases."""

    def __init__(self, me: NodeId) -> None:
        super().__init__(ReleaseOpened, ReleaseListed, ReleasePublished)
        self._me = me

    @override
    def is_sound(self, tx: Tx, stream: StreamName, event: Event, fact: Fact) -> bool:
        """Let only the next number count, of the publisher's own streams, with their digest."""
        del event
        if isinstance(fact, ReleaseOpened):
            return True
        if fact.number != store.latest(tx, stream) + 1:
            return False
        if isinstance(fact, ReleaseListed):
            return model.is_listable(fact.entries, stream_creator(stream))
        if not model.is_readable(fact):
            return False
        heads = store.heads(tx, stream, fact.number)
        return len(heads) == fact.total and model.digest_of(heads) == fact.digest

    @override
    def fold(self, tx: Tx, stream: StreamName, stored: Stored, fact: Fact) -> None:
        """Fold what a release lists; once it is complete, see whether this node has it all."""
        match fact:
            case ReleaseListed():
                store.list_entries(tx, stream, fact.number, fact.entries)
            case ReleasePublished():
                store.publish(tx, stream, fact, at=stored.event.at)
                holding.look(tx, stream, self._me)
            case ReleaseOpened():
                pass

    @override
    def reset(self, tx: Tx, stream: StreamName) -> None:
        """Forget the stream's releases."""
        store.forget(tx, stream)
