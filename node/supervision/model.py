"""What a rule of supervision looks at, and what it says. Pure.

A rule has no clock. It says at which instant something came about, or will come about unless
something happens first; whoever asks takes what lies behind him, and looks again at the first that
lies ahead. So the same history always gives the same findings, with the same dates.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Final

from node.cases.life import CalendarOf, History
from node.supervision.walk import Walk, along
from schemas.evaluation import EvaluationChannel, Grade
from schemas.ids import DepartmentId, NodeId, StaffId, StreamName
from schemas.notices import NoticeView
from schemas.redress import RedressEvent
from schemas.supervision import FindingLevel, RuleClass, RuleId

ID_DIGITS: Final = 16  # hex: two findings never meet by chance

Values = Mapping[str, int]
"""The parameters of one rule, by name; each unit is in the parameter's own name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """What a rule found, or will have found at an instant that lies ahead."""

    rule: RuleId
    level: FindingLevel
    at: int
    """The instant that causes it: milliseconds UTC."""
    mark: str
    """What of its subject it is about, so that it is found once: `3` for the case's third event,
    `promised:2026-11-20` for a clock and its due day."""
    node: NodeId
    """Whose doing it is."""
    department: DepartmentId | None = None
    staff: StaffId | None = None
    values: tuple[str, ...] = ()
    """What its sentence names, in the order of the rule's sentence `rule.<id>`."""
    case: StreamName | None = None
    """Of a rule that looks at a day: the case, if it is about one."""


def finding_id(subject: str, hit: Hit) -> str:
    """Name a finding: the same at every node that finds it."""
    said = f"zw/finding/1\n{subject}\n{hit.rule}\n{hit.mark}".encode()
    return hashlib.sha256(said).hexdigest()[:ID_DIGITS]


# ---- what rules look at


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """All that the rules look at of one case."""

    life: History
    calendar: CalendarOf
    notices: tuple[NoticeView, ...] = ()
    """Documents that were issued about it, oldest first."""
    yellow_workdays: int | None = None
    """The item's own threshold for yellow; `None`: the usual one."""
    walk: Walk = field(init=False)
    """Its life, laid out once for all rules."""

    def __post_init__(self) -> None:
        """Lay out the life."""
        object.__setattr__(self, "walk", along(self.life))


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """All that the rules look at of one bad rating, complaint or question."""

    stream: StreamName
    happened: tuple[tuple[int, RedressEvent], ...]
    """Its effective events in order, each with its instant."""
    holder: NodeId
    calendar: CalendarOf


@dataclass(frozen=True, slots=True, kw_only=True)
class Rated:
    """One evaluation of the day."""

    note: StreamName
    case: StreamName | None
    staff: StaffId | None
    window: str
    department: DepartmentId | None
    channel: EvaluationChannel
    grade: Grade
    at: int
    device: str
    of_staff: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One application that was taken on the day."""

    case: StreamName
    item: str
    staff: StaffId
    received_at: int
    """As the case says."""
    entered_at: int
    """When it was typed in."""
    ended_at: int | None
    agent: str
    """A mark that tells agents apart at this node, and no more; empty: nobody acts, or unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """One decision of the day."""

    case: StreamName
    item: str
    staff: StaffId
    department: DepartmentId | None
    at: int
    passed: int
    """How many older cases of the same item waited at the same desk, and were passed over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """Somebody looked at an applicant's data on the day."""

    case: StreamName
    staff: StaffId
    at: int
    own: bool
    """Whether the case was his to work on: of his desk, his window, or taken by him."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manned:
    """One post on the day."""

    post: str
    window: str | None
    department: DepartmentId | None
    a: StaffId | None
    b: StaffId | None
    served: bool
    """Whether A or B was there."""
    noted_at: int
    """When it was known that neither would be: milliseconds UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayBook:
    """All that the rules look at of one local day at one node."""

    node: NodeId
    day: date
    calendar: CalendarOf
    rated: tuple[Rated, ...] = ()
    received: tuple[Received, ...] = ()
    decided: tuple[Decided, ...] = ()
    looked: tuple[Looked, ...] = ()
    posts: tuple[Manned, ...] = ()
    year_known: bool = True
    """Of the first day of a year: whether the days of that year were published when it began."""

    @property
    def subject(self) -> str:
        """Its name as the subject of findings."""
        return f"day/{self.node}/{self.day}"


# ---- rules


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One number that a rule depends on."""

    usual: int
    least: int = 0
    most: int = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """依据: the law and article, or the document, that a rule stands on."""

    law: str
    article: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule of the catalogue; it has a function for each sort of subject that it looks at."""

    id: RuleId
    rule_class: RuleClass
    level: FindingLevel
    """The gravest that it finds."""
    basis: tuple[Basis, ...]
    parameters: Mapping[str, Parameter] = field(default_factory=lambda: MappingProxyType({}))
    of_case: Callable[[Dossier, Values], Iterator[Hit]] | None = None
    of_matter: Callable[[Matter, Values], Iterator[Hit]] | None = None
    of_day: Callable[[DayBook, Values], Iterator[Hit]] | None = None
    on: bool = True
    """Whether it is on where the rulebook says nothing."""

    @property
    def usual(self) -> Values:
        """Its parameters where the rulebook says nothing."""
        return {name: one.usual for name, one in self.parameters.items()}
