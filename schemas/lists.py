"""名单收件 and 代办台账: many persons taken in at once, and what is done for others.

A list belongs to who began it, as a draft does. What is wrong with a person is said at his line;
the others are taken in, each with a case and a receipt of his own.
"""

import msgspec

from schemas.case_terms import MaterialGiven
from schemas.cases import CaseState, Outcome
from schemas.ids import CaseNumber, NodeId


class ListedPerson(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One line of a list."""

    name: str
    id_number: str
    phone: str = ""
    """The list's own, if it is empty."""
    relation: str = ""
    """与户主关系."""


class NewIntakeList(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A list to begin with."""

    item: str
    """The item's code."""
    persons: tuple[ListedPerson, ...] = ()
    phone: str = ""
    """Of the household, for whoever has none of his own."""
    address: str = ""
    materials: tuple[MaterialGiven, ...] = ()
    """What each of them handed in: counts alone, no scans."""


class MorePersons(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Persons to add to a list."""

    persons: tuple[ListedPerson, ...]


class IntakeLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line as the list stands: masked."""

    row: int
    name: str
    id_number: str
    number: CaseNumber | None
    """The case that it became."""
    faults: dict[str, str]
    """What is wrong, by field: it is not taken in until that is put right."""


class IntakeList(msgspec.Struct, frozen=True, kw_only=True):
    """A list as it stands."""

    id: str
    item: str
    item_name: str
    lines: tuple[IntakeLine, ...]
    lacking: tuple[str, ...]
    """Codes of papers that everybody must hand in and that are not ticked yet."""
    ready: int
    """How many would be taken in now."""
    taken: int


class AgencyErrand(msgspec.Struct, frozen=True, kw_only=True):
    """代办: one case in which somebody acts for the applicant. Times are milliseconds UTC."""

    number: CaseNumber
    item_name: str
    kind: str
    """A `schemas.case_terms.AgencyKind`."""
    agent: str
    """Who: a station's agent by name, others masked; empty where this node does not know."""
    applicant: str
    """For whom: masked."""
    origin: NodeId
    begun_at: int
    """When it was received, on paper if paper came first."""
    ended_at: int | None
    """When the result was handed over, or the case ended otherwise."""
    days: int
    """How long: whole days, until now if it is under way."""
    state: CaseState
    outcome: Outcome | None
    has_authority: bool


class AgencyLedger(msgspec.Struct, frozen=True, kw_only=True):
    """代办台账: a run of it, latest first, and how to ask for the next."""

    errands: tuple[AgencyErrand, ...]
    next: str | None = None
