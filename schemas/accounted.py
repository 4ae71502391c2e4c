"""超时问责: the record of who answers for what supervision orders upheld."""

import msgspec

from schemas.ids import CaseNumber, StreamName
from schemas.orders import Accountability
from schemas.supervision import RuleId


class Accounted(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the record of accountability (超时问责)."""

    order: StreamName
    number: str
    at: int
    """When it was decided for good: milliseconds UTC."""
    accountability: Accountability
    rule: RuleId | None = None
    case_number: CaseNumber | None = None


class AccountedList(msgspec.Struct, frozen=True, kw_only=True):
    """Who answered for what in a month, latest first."""

    month: str
    """`yyyy-mm`."""
    accounted: tuple[Accounted, ...]
