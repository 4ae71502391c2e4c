"""When tables of days came into force, as their streams tell: a table itself only says that it is.

Told by the instants that publishers state, so every node that has the events says the same.
"""

from typing import Final

from federation import streams
from federation.streams import Verdict
from node.calendar import store
from node.calendar.sources import calendar_from
from node.database import Tx
from node.streams import Facts
from schemas.calendar import CalendarPublished, CalendarWithdrawn, TableKind
from schemas.ids import NodeId, StreamName, line_of

_FACTS: Final = Facts[CalendarPublished | CalendarWithdrawn]((CalendarPublished, CalendarWithdrawn))


def is_known_by(tx: Tx, at: NodeId, year: int, instant: int) -> bool:
    """Say whether the days of a year were published at an instant, for a place and by its line.

    What the program itself knows counts as published from the beginning.
    """
    if not calendar_from(()).year(year).provisional:
        return True
    named = (store.stream_of(tx, publisher) for publisher in line_of(at))
    return any(_is_in_force(tx, stream, year, instant) for stream in named if stream is not None)


def _is_in_force(tx: Tx, name: StreamName, year: int, instant: int) -> bool:
    stream = streams.load(tx, name)
    is_in_force = False
    for stored in () if stream is None else streams.events(tx, stream):
        if stored.verdict is not Verdict.EFFECTIVE or stored.event.at >= instant:
            continue
        fact = _FACTS.read(stored.event)
        if isinstance(fact, CalendarPublished):
            is_in_force |= (fact.table.year, fact.table.kind) == (year, TableKind.COUNCIL)
        elif fact is not None and (fact.year, fact.table) == (year, TableKind.COUNCIL):
            is_in_force = False
    return is_in_force
