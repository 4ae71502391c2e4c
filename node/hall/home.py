"""What one person's day is made of: what waits and in which order, what is late, what came back.

Reads within what this person may see; shows nothing. `mark` tells an open page whether any of it
has changed since it was drawn.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from node.cases import reading
from node.cases.caseview import CaseView
from node.cases.counter import Counter
from node.cases.page_looker import Ask
from node.cases.tally import MOST, Pressing
from node.database import Tx
from node.hall import store
from node.network import actions as network
from node.tasks import reading as tasks
from node.tasks.reading import Caller
from schemas.cases import Action
from schemas.cases_api import CaseLine

MOST_SHOWN: Final = 20  # a person's morning; the inbox has the rest


@dataclass(frozen=True, slots=True)
class Day:
    """A person's day."""

    first: tuple[CaseLine, ...]
    """What to do first; of more, the inbox tells."""
    duties: Mapping[Action, int]
    """How much waits, by the step that it waits for."""
    pressing: Pressing
    errands: int
    late_errands: int
    owed: tuple[CaseView, ...]
    """容缺: whose papers are due soon, or overdue."""
    drafts: tuple[store.Row, ...]
    failed: int
    """Events that a neighbour refused and nobody has settled."""
    unsent: int
    asks: tuple[Ask, ...] = ()
    """What waits for him beside his cases: orders, complaints, reports."""

    @property
    def waiting(self) -> int:
        """How much waits, up to a thousand."""
        return min(sum(self.duties.values()), MOST)


def day_of(tx: Tx, counter: Counter) -> Day:
    """Read the day of whoever stands at the counter."""
    seeker, actor = counter.seeker, counter.desk.actor
    errands, late = tasks.waiting(tx, _caller(counter), seeker.today)
    return Day(
        first=reading.inbox(tx, seeker, limit=MOST_SHOWN).cases,
        duties=reading.by_duty(tx, seeker),
        pressing=reading.pressing(tx, seeker),
        errands=errands,
        late_errands=late,
        owed=reading.papers_owed(tx, seeker),
        drafts=store.unfinished(tx, actor.staff),
        failed=network.refused(tx),
        unsent=network.unsent(tx),
        asks=asks_of(tx, counter),
    )


def asks_of(tx: Tx, counter: Counter) -> tuple[Ask, ...]:
    """Read what waits for whoever stands at the counter beside his cases."""
    works, actor = counter.desk.works, counter.desk.actor
    return tuple(
        ask
        for asks in counter.panels.asks
        for ask in asks(tx, works.ledger.me, actor, works.now_ms)
        if ask.count
    )


def _caller(counter: Counter) -> Caller:
    works = counter.desk.works
    return Caller(works.ledger.me, works.profile, counter.desk.actor)


def mark_of(day: Day) -> str:
    """Give a short mark of what a list of this day shows: another one says that it has changed.

    What waits to be sent is left out: it comes and goes by itself.
    """
    lines = [(line.stream, line.since, line.duty, line.due, line.handler) for line in day.first]
    said = (
        lines, sorted(day.duties.items()), day.pressing, day.errands, day.late_errands,
        [view.number for view in day.owed], [draft.id for draft in day.drafts], day.failed,
        day.asks,
    )  # fmt: skip
    return hashlib.sha256(repr(said).encode()).hexdigest()[:MARK_DIGITS]


MARK_DIGITS: Final = 16  # hex: two days of one person never meet by chance


def is_stale(tx: Tx, counter: Counter, seen: str) -> bool:
    """Say whether a page that was drawn with the mark `seen` shows what is no longer so."""
    return mark_of(day_of(tx, counter)) != seen
