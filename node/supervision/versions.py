"""A book of rules as somebody set it. A value only: nodes that judge nothing keep it too."""

from dataclasses import dataclass

from schemas.ids import NodeId, StaffId
from schemas.supervision import Rulebook


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A book that somebody set."""

    publisher: NodeId
    number: int
    from_at: int
    set_at: int
    set_by: StaffId
    reason: str
    book: Rulebook
