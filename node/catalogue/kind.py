"""The rules of `item/…` streams: what an `item.published` event does, at whichever replica.

Judged from the event and the versions before it alone, so every replica of the same version agrees.
"""

import sqlite3

import msgspec

from federation.kinds import in_line
from federation.streams import Stored, Verdict
from node.catalogue import model, rules, store
from schemas.events import CUSTODY_KINDS, Event
from schemas.ids import NodeId, StreamName, stream_creator
from schemas.items import ItemPublished

PUBLISHED = "item.published"


class ItemKind:
    """What `federation` asks about streams of items."""

    unlocks = True
    """A case may have waited for the item that it was received under."""

    def about(self, event: Event) -> StreamName | None:
        """An item is no note."""
        del event
        return None

    def judge(self, tx: sqlite3.Connection, stream: StreamName, event: Event) -> Verdict:
        """Put a version in force only if its author may and it leads a case to its end.

        1. the kind is known;                        4. the version is the next one;
        2. the author keeps catalogues, and it is    5. every case under it has a way to its end.
           his own stream or one below him;
        3. it reads as an item;
        """
        if event.kind in CUSTODY_KINDS:
            return Verdict.EFFECTIVE
        if event.kind != PUBLISHED:  # 1
            return Verdict.UNJUDGED
        owner = stream_creator(stream)
        if not (model.may_publish(event.node) and owner.startswith(event.node)):  # 2
            return Verdict.INERT
        try:
            published = msgspec.json.decode(event.data, type=ItemPublished)
        except msgspec.DecodeError:  # 3: written by a newer version, until ours reads it too
            return Verdict.UNJUDGED
        is_next = published.version == store.version_of(tx, stream) + 1  # 4
        is_sound = not any(rules.process_flaws(published.item))  # 5
        return Verdict.EFFECTIVE if is_next and is_sound else Verdict.INERT

    def project(self, tx: sqlite3.Connection, stream: StreamName, stored: Stored) -> None:
        """Fold an effective publication into the table of items."""
        event = stored.event
        if stored.verdict is not Verdict.EFFECTIVE or event.kind != PUBLISHED:
            return
        published = msgspec.json.decode(event.data, type=ItemPublished)
        store.publish(tx, stream, published, at=event.at)

    def reset(self, tx: sqlite3.Connection, stream: StreamName) -> None:
        """Forget the stream's versions."""
        store.forget(tx, stream)

    def concerns(self, stream: StreamName, parties: frozenset[NodeId], neighbour: NodeId) -> bool:
        """Everyone above and below the publisher, and the parties and those above them."""
        publisher = stream_creator(stream)
        return neighbour.startswith(publisher) or in_line(parties | {publisher}, neighbour)
