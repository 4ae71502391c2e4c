"""The rules of `calendar/…` streams: what a published or withdrawn table does, at any replica."""

from typing_extensions import override

from federation.streams import Stored
from node.calendar import rules, store
from node.releases import holding
from node.streams import PublishedKind, Tx
from schemas.calendar import CalendarPublished, CalendarWithdrawn
from schemas.events import Event
from schemas.ids import NodeId, StreamName

Fact = CalendarPublished | CalendarWithdrawn


class CalendarKind(PublishedKind[Fact]):
    """What `federation` asks about streams of tables of days."""

    def __init__(self, me: NodeId) -> None:
        super().__init__(CalendarPublished, CalendarWithdrawn)
        self._me = me

    @override
    def is_sound(self, tx: Tx, stream: StreamName, event: Event, fact: Fact) -> bool:
        """Say whether one can reckon by it: the table is well formed."""
        del tx, stream, event
        if isinstance(fact, CalendarPublished):
            return not any(rules.form_faults(fact.table))
        return fact.year in rules.YEARS

    @override
    def fold(self, tx: Tx, stream: StreamName, stored: Stored, fact: Fact) -> None:
        """Put a table in force, or take it back."""
        if isinstance(fact, CalendarPublished):
            store.publish(tx, stream, fact.table, at=stored.event.at, event=stored.hash)
        else:
            store.withdraw(tx, stream, fact.year, fact.table)

    @override
    def is_here(self, tx: Tx, stored: Stored) -> None:
        """A release may have waited for it."""
        holding.arrived(tx, stored.hash, self._me)

    @override
    def reset(self, tx: Tx, stream: StreamName) -> None:
        """Forget the stream's tables."""
        store.forget(tx, stream)
