"""The rules of `revision/…` streams, as the federation asks for them."""

from typing import Final, get_args

import msgspec
from typing_extensions import override

from federation.kinds import in_line
from federation.streams import Stored
from node.revisions import model, store
from node.streams import PublishedKind, Tx
from schemas.events import Event
from schemas.ids import NodeId, StreamName
from schemas.revisions import (
    Opinion,
    RevisionBegun,
    RevisionChanged,
    RevisionEvent,
    RevisionReviewed,
    RevisionSentBack,
)

GOVERNMENT: Final = "government"
"""Who speaks when a revision is sent back; the offices have names of their own."""


class RevisionKind(PublishedKind[RevisionEvent]):
    """What `federation` asks about streams of revisions."""

    def __init__(self) -> None:
        super().__init__(*get_args(RevisionEvent))

    @override
    def is_sound(self, tx: Tx, stream: StreamName, event: Event, fact: RevisionEvent) -> bool:
        """Let a step count only in its order."""

        def known() -> frozenset[int]:
            return store.numbers(tx, stream)

        return model.is_in_order(store.load(tx, stream), fact, known, event.actor)

    @override
    def fold(self, tx: Tx, stream: StreamName, stored: Stored, fact: RevisionEvent) -> None:
        """Fold a step that counts."""
        event = stored.event
        if isinstance(fact, RevisionBegun):
            store.save(tx, stream, model.begin(fact, event.actor, event.at))
            return
        before = store.load(tx, stream)
        if before is None:
            return
        match fact:
            case RevisionChanged():
                store.put_line(tx, stream, fact.line, fact.change)
            case RevisionReviewed():
                store.add_opinion(tx, stream, event.seq, _opinion(event, fact.office, fact))
            case RevisionSentBack():
                store.add_opinion(tx, stream, event.seq, _opinion(event, GOVERNMENT, fact))
            case _:
                pass
        after = model.apply(before, fact, event.actor, event.at)
        store.save(tx, stream, msgspec.structs.replace(after, seq=event.seq))

    @override
    def reset(self, tx: Tx, stream: StreamName) -> None:
        """Forget one revision; the working copy stays."""
        store.forget(tx, stream)

    @override
    def concerns(
        self, tx: Tx, stream: StreamName, parties: frozenset[NodeId], neighbour: NodeId
    ) -> bool:
        """The publisher and all above: nobody below sees what is not decided."""
        del tx, stream
        return in_line(parties, neighbour)


def _opinion(event: Event, office: str, fact: RevisionReviewed | RevisionSentBack) -> Opinion:
    passes = isinstance(fact, RevisionReviewed) and fact.passes
    return Opinion(office=office, passes=passes, text=fact.opinion, by=event.actor, at=event.at)
