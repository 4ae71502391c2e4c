"""廉政风险点: which risks clerks were shown at the steps of cases, as supervisors read it."""

import msgspec

from schemas.ids import CaseNumber, StaffId, StreamName
from schemas.item_terms import RiskGrade


class RiskShowing(msgspec.Struct, frozen=True, kw_only=True):
    """A risk was shown to somebody at a step of a case."""

    case: StreamName
    number: CaseNumber | None
    seq: int
    """The case's last event then: at which step it stood."""
    item: str
    """Code of the item; empty if this node no longer knows it."""
    stage: str
    risk: str
    """What may go wrong; empty if the item's version is no longer known."""
    grade: RiskGrade | None
    staff: StaffId
    at: int
    """Milliseconds UTC."""


class RiskCount(msgspec.Struct, frozen=True, kw_only=True):
    """How often a risk was shown."""

    item: str
    item_name: str
    item_name_en: str
    stage: str
    risk: str
    measure: str
    grade: RiskGrade | None
    times: int
    people: int


class RiskShowings(msgspec.Struct, frozen=True, kw_only=True):
    """Showings of a stretch of days, latest first, and how often each risk was shown in it."""

    since: str
    """The first day, `yyyy-mm-dd`."""
    until: str
    """The last day."""
    counts: tuple[RiskCount, ...]
    showings: tuple[RiskShowing, ...]
    older: str | None = None
    """Give it as `after` for the next page; absent: this is the last."""
