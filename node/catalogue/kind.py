"""The rules of `item/…` streams: what an event does to an item, at whichever replica."""

from typing_extensions import override

from federation.kinds import in_line
from federation.streams import Stored
from node.catalogue import model, rules, store
from node.releases import holding
from node.streams import PublishedKind, Tx
from schemas.events import Event
from schemas.ids import NodeId, StreamName, level_of, stream_creator
from schemas.items import ItemEnded, ItemPublished

Fact = ItemPublished | ItemEnded


class ItemKind(PublishedKind[Fact]):
    """What `federation` asks about streams of items."""

    unlocks = True
    """A case may have waited for the item that it was received under."""
    widens = True
    """A version may be taken at tiers that had no part in the ones before."""

    def __init__(self, me: NodeId) -> None:
        super().__init__(ItemPublished, ItemEnded)
        self._me = me

    @override
    def is_sound(self, tx: Tx, stream: StreamName, event: Event, fact: Fact) -> bool:
        """Let a version or an end count only if it follows and leads a case to its end.

        1. the day from which it counts is a day;    4. the version is the next one, of the same
        2. it comes by itself or by a release of        code; or, of an end, the present one, and
           the same publisher;                          nobody suspends what is suspended;
        3. the item has not ended for good;          5. every case under it has a way to its end.
        """
        del event
        before = store.standing(tx, stream)
        ends = None if before is None else before.ends
        if model.instant_of(fact.effective_from) is None:  # 1
            return False
        if not model.comes_properly(fact, stream) or model.is_over(ends):  # 2, 3
            return False
        match fact:
            case ItemPublished():
                return _follows(before, fact) and not any(rules.process_flaws(fact.item))  # 4, 5
            case ItemEnded():
                return before is not None and fact.version == before.version and fact.reason != ends

    @override
    def fold(self, tx: Tx, stream: StreamName, stored: Stored, fact: Fact) -> None:
        """Fold a version or an end into the table of items."""
        match fact:
            case ItemPublished():
                store.publish(tx, stream, fact, at=stored.event.at)
            case ItemEnded():
                store.end(tx, stream, fact, at=stored.event.at)

    @override
    def is_here(self, tx: Tx, stored: Stored) -> None:
        """A release may have waited for it."""
        holding.arrived(tx, stored.hash, self._me)

    @override
    def reset(self, tx: Tx, stream: StreamName) -> None:
        """Forget the stream's versions."""
        store.forget(tx, stream)

    @override
    def concerns(
        self, tx: Tx, stream: StreamName, parties: frozenset[NodeId], neighbour: NodeId
    ) -> bool:
        """Everyone above, and below the publisher each tier down to the lowest that has a part.

        While no version of it is judged here, every tier: a newer node may know what it is.
        """
        publisher = stream_creator(stream)
        if in_line(parties | {publisher}, neighbour):
            return True
        if not neighbour.startswith(publisher):
            return False
        standing = store.standing(tx, stream)
        return standing is None or model.depth_of(level_of(neighbour)) <= standing.depth


def _follows(before: store.Standing | None, fact: ItemPublished) -> bool:
    if before is None:
        return fact.version == 1
    return fact.version == before.version + 1 and fact.item.code == before.code
