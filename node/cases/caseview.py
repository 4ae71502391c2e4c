"""What a replica knows of a case, as the events it has seen say. Values only."""

from typing import Final

import msgspec

from node.cases.lawview import NO_LAW, LawView
from schemas.cases import CaseState, Outcome
from schemas.ids import CaseNumber, DepartmentId, NodeId, StreamName
from schemas.item_terms import StageKind
from schemas.items import Stage

Stages = tuple[tuple[Stage, NodeId], ...]
"""The stages that this case goes through, each with the node that does it."""


IN_PROCESS: Final = frozenset(
    {CaseState.ACCEPTED, CaseState.DISPATCHED, CaseState.REVIEWED, CaseState.REPORTED}
)


class CaseView(msgspec.Struct, frozen=True, kw_only=True):
    """What this replica knows of a case. Times are milliseconds UTC.

    A Struct although it crosses no process: each event makes several, and they cost a tenth of a
    dataclass with so many fields.
    """

    stream: StreamName
    number: CaseNumber
    item: StreamName
    item_version: int
    origin: NodeId
    place: NodeId
    stages: Stages
    """Empty while the item's version is not known here."""
    state: CaseState
    holder: NodeId
    seq: int
    received_at: int
    since: int
    """When the last event was signed: since when the holder has it."""
    stage: int = 0
    """Index of the stage to do next."""
    stage_at: int = 0
    """When it came to that stage."""
    outcome: Outcome | None = None
    department: DepartmentId | None = None
    department_at: NodeId | None = None
    """Whose department that is: ids are unique within one node only."""
    accepted_at: int | None = None
    decided_at: int | None = None
    delivered_at: int | None = None
    closed_at: int | None = None
    decided_by: NodeId | None = None
    """The node that decided or refused."""
    asked_by: NodeId | None = None
    """Who asked for the correction."""
    asked_for: tuple[str, ...] = ()
    """Codes of the materials to correct."""
    proposed: Outcome | None = None
    reason: str | None = None
    """Reason code of the refusal, denial, correction or withdrawal."""
    reclaimed: bool = False
    """The holder has it because an ancestor reclaimed it, and has not passed it on."""
    law: LawView = NO_LAW
    """What the law adds: notices, pending papers, procedures, extensions."""
    unjudged: bool = False
    """After an unknown kind, or of an unknown item: nothing is judged until this node learns it."""

    @property
    def is_in_process(self) -> bool:
        """Whether it is accepted, and neither decided nor ended nor standing still."""
        return self.state in IN_PROCESS

    @property
    def stage_name(self) -> str:
        """What the item calls the stage to do next; empty after the last."""
        return self.stages[self.stage][0].name if self.stage < len(self.stages) else ""

    @property
    def stage_kind(self) -> StageKind | None:
        """The kind of the stage to do next."""
        return self.stages[self.stage][0].kind if self.stage < len(self.stages) else None

    @property
    def stage_node(self) -> NodeId:
        """The node of the stage to do next; the origin after the last."""
        return self.stages[self.stage][1] if self.stage < len(self.stages) else self.origin
