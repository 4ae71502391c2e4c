"""What a follower is: something that looks at streams behind everything else. Values only.

A follower reads on a snapshot and writes later, in a Work of its own. What it concludes of a stream
follows from that stream's events (and what it says that it looks at), never from how often or in
which order it looked: so it may be rewound to the beginning at any time and concludes the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from node.calendar.model import Calendar
from node.cases import history
from node.cases.clockwork import Calendars
from node.cases.life import History
from node.database import Tx
from node.work import Work
from schemas.ids import NodeId, StreamName

T = TypeVar("T")


class Lives:
    """The lives of cases and the calendars of places, on one snapshot; each is read once."""

    def __init__(self, tx: Tx, known: Calendars | None = None) -> None:
        self.tx = tx
        self._known = known or Calendars()
        self._known.look(tx)
        self._lives: dict[StreamName, History | None] = {}

    def of(self, stream: StreamName) -> History | None:
        """Give the life of a case; `None` if none is known of it here."""
        if stream not in self._lives:
            self._lives[stream] = history.load(self.tx, stream, self._known)
        return self._lives[stream]

    def calendar(self, place: NodeId) -> Calendar:
        """Give the working days of a place."""
        return self._known.of(self.tx, place)


@dataclass(frozen=True, slots=True)
class Seen(Generic[T]):
    """What a follower concludes of one stream."""

    stream: StreamName
    found: T
    again_at: int | None = None
    """When time itself may change it, if nothing else does: milliseconds UTC."""


class Follower(Protocol[T]):
    """Looks at streams and keeps what it concludes."""

    @property
    def name(self) -> str:
        """Of its cursor: never changed."""

    @property
    def kinds(self) -> frozenset[str]:
        """Kinds of streams whose events it looks at; a note counts as what it is about, too."""

    def look(self, lives: Lives, stream: StreamName, now: int) -> Seen[T] | None:
        """Conclude, on a snapshot, what there is to say of a stream; `None`: nothing.

        It must not write. `now` only tells what has come about; it is dated by what caused it.
        """

    def keep(self, work: Work, seen: Sequence[Seen[T]]) -> None:
        """Put what was concluded in the place of what was concluded of these streams before."""

    def clear(self, work: Work) -> None:
        """Forget all conclusions that nobody has acted on: it begins again at the first event."""
