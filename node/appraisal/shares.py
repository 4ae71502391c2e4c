"""What something adds to the counts: on which day, for whom, how much. Values only."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from node.cases import clocks
from node.cases.life import CalendarOf
from schemas.appraisal import Counted, Grain, Measure
from schemas.ids import DepartmentId, NodeId, StaffId, StreamName, line_of

WindowOf = Callable[[StaffId, int], str]
"""Names the window at which one of this node's own people served at an instant; empty: none."""


class Subject(NamedTuple):
    """For whom something is counted."""

    grain: Grain
    name: str


class Share(NamedTuple):
    """What is added on one day, for each of these subjects alike."""

    day: date
    subjects: tuple[Subject, ...]
    counts: tuple[tuple[Measure, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """All that one stream adds; without shares it is counted nowhere."""

    stream: StreamName
    counted: Counted
    number: str = ""
    item_name: str = ""
    shares: tuple[Share, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Standpoint:
    """From where and when counts are seen."""

    me: NodeId
    now: int
    """Milliseconds UTC: only what has come about by then is counted."""
    calendar: CalendarOf
    window_of: WindowOf


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Whose a case is, whatever is counted of it."""

    number: str
    places: tuple[Subject, ...]
    body: Subject
    item: tuple[Subject, ...] = ()
    """None while the item is not known here."""
    item_name: str = ""

    @property
    def subjects(self) -> tuple[Subject, ...]:
        """All of them."""
        return (*self.places, self.body, *self.item)


def share(
    day: date, subjects: Iterable[Subject], counts: Mapping[Measure, int]
) -> tuple[Share, ...]:
    """Make the share of a day; none if it adds nothing."""
    added = tuple((measure, n) for measure, n in counts.items() if n)
    return (Share(day, tuple(subjects), added),) if added else ()


def places_of(node: NodeId, me: NodeId) -> tuple[Subject, ...]:
    """Name the place and every place above it, not above me."""
    line = [one for one in line_of(node) if one.startswith(me)] or [node]
    return tuple(Subject(Grain.PLACE, one) for one in line)


def body_of(node: NodeId, department: DepartmentId | None) -> Subject:
    """Name 承办单位: a department of a node, or the node itself."""
    return Subject(Grain.BODY, f"{node}/{department}" if department else node)


def own_people(
    at: Standpoint, node: NodeId, staff: StaffId | None, instant: int
) -> tuple[Subject, ...]:
    """Name one of our own people and the window at which he served then; nobody of other nodes."""
    if node != at.me or not staff:
        return ()
    window = at.window_of(staff, instant)
    person = Subject(Grain.STAFF, f"{node}/{staff}")
    return (Subject(Grain.WINDOW, f"{node}/{window}"), person) if window else (person,)


day_of = clocks.day_of
