"""What people send about cases, and what they see of them: forms in, answers out.

Forms refuse unknown fields. `seen` is the `seq` of the case that the person was looking at: if the
case has moved since, nothing is done and the answer says so.
"""

import msgspec

from schemas.case_terms import Agency, Ground, MaterialGiven, PaperReceipt, Remedies
from schemas.cases import Action, CaseState, Outcome
from schemas.clocks import ClockKind, ClockState, Light
from schemas.ids import (
    CaseNumber,
    DepartmentId,
    EventHash,
    KeyId,
    NodeId,
    PartDigest,
    StaffId,
    StreamName,
)
from schemas.items import Stage
from schemas.parts import Person


class ReceiveCase(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """收件."""

    item: str
    """The item's code."""
    applicant: Person
    materials: tuple[MaterialGiven, ...] = ()
    place: NodeId | None = None
    """The place that the matter concerns, if it is not the window's own."""
    channel: str = "window"
    situation: tuple[str, ...] = ()
    """Codes of the answers that choose the papers."""
    expires_on: str = ""
    """Of a renewal: the last day of the licence that is to be renewed, `yyyy-mm-dd`."""
    follows: str = ""
    """Of the second of two stages (筹建 before 最终审核): number of the case that came first."""
    agency: Agency | None = None
    """代办: who acts for the applicant; his name, ID number and phone stand in `applicant`."""
    paper: PaperReceipt | None = None
    """补录: it was taken on paper first."""


class CorrectCase(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """补正."""

    materials: tuple[MaterialGiven, ...]
    seen: int | None = None


class ForwardCase(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """初审通过."""

    opinion: str = ""
    seen: int | None = None


class RequestCorrection(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """一次性告知."""

    reason: str
    materials: tuple[str, ...]
    note: str = ""
    by: str = ""
    """The last day to bring them, `yyyy-mm-dd`; the usual one if left out."""
    again: str = ""
    """Why a second notice is needed: a reason code."""
    seen: int | None = None


class AcceptCase(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """受理: all papers, or all but some that may follow, or on a commitment."""

    pending: tuple[str, ...] = ()
    """容缺受理: codes of papers that may be handed in later."""
    pending_by: str = ""
    """The last day for them, `yyyy-mm-dd`: not behind the promised limit."""
    promise: PartDigest | None = None
    """The signed promise, an upload: needed for pending papers and for a commitment."""
    commitment: bool = False
    """告知承诺: to be decided at once."""
    seen: int | None = None


class RefuseCase(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """不予受理: cannot be saved without its reason, its ground and the remedies."""

    reason: str
    ground: Ground | None = None
    remedies: Remedies | None = None
    competent: str = ""
    """The right body: needed if it is not this one's competence."""
    note: str = ""
    seen: int | None = None


class DispatchCase(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """分办: to the item's department unless another is named."""

    department: DepartmentId | None = None
    seen: int | None = None


class ReviewCase(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """审查."""

    proposes: Outcome
    opinion: str = ""
    seen: int | None = None


class DecideCase(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """决定: a denial cannot be saved without its reason, its ground and the remedies."""

    outcome: Outcome
    reason: str | None = None
    opinion: str = ""
    ground: Ground | None = None
    remedies: Remedies | None = None
    valid_until: str = ""
    seen: int | None = None


class DeliverCase(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """出件."""

    to: str = "applicant"
    """`applicant` or `agent`."""
    mode: str = "window"
    """`window`, `courier` or `electronic`."""
    receiver: str = ""
    """Who took it: name."""
    receiver_id: str = ""
    """His ID number, where he showed it."""
    waybill: str = ""
    """快递单号."""
    authority: PartDigest | None = None
    """委托书 of an agent who was not known at receipt: an upload."""
    seen: int | None = None


class CloseCase(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """办结."""

    seen: int | None = None


class WithdrawCase(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """撤回: at once if this node holds the case, otherwise asked of who does."""

    reason: str
    seen: int | None = None


class SendOnCase(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """转送."""

    reason: str
    seen: int | None = None


class EraseParts(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """销毁: destroy papers of a closed case, at every node that has them."""

    reason: str
    """`retention_ended`, `applicant_asked` or `by_mistake`."""
    digests: tuple[PartDigest, ...] = ()
    """Which ones; with `all`, every part that the case names."""
    all: bool = False


class PartStanding(msgspec.Struct, frozen=True, kw_only=True):
    """One paper of a case: where it was, and who has destroyed it. Times are milliseconds UTC."""

    digest: PartDigest
    owner: NodeId
    """Who brought it."""
    here: bool
    erased_at: int | None = None
    """When its erasure was signed; `None` if nobody asked for it."""
    erased_by: NodeId | None = None
    reason: str | None = None
    answered: tuple[NodeId, ...] = ()
    """Nodes that say they have destroyed it."""
    waiting: tuple[NodeId, ...] = ()
    """Nodes that had it and have not yet said so."""


class CaseParts(msgspec.Struct, frozen=True, kw_only=True):
    """The papers of a case, in the order in which its events name them."""

    number: CaseNumber
    stream: StreamName
    parts: tuple[PartStanding, ...]


class CaseLine(msgspec.Struct, frozen=True, kw_only=True):
    """A case as lists show it. Times are milliseconds UTC."""

    stream: StreamName
    number: CaseNumber
    item: StreamName
    item_name: str
    state: CaseState
    outcome: Outcome | None
    origin: NodeId
    holder: NodeId
    stage_name: str
    duty: Action | None
    """What it waits for at this node; `None` if it waits elsewhere or is closed."""
    department: DepartmentId | None
    received_at: int
    since: int
    applicant: str = ""
    """The masked name, where this node has it."""
    until: str = ""
    """The last day for papers that the applicant still owes, `yyyy-mm-dd`; empty: none."""
    light: Light | None = None
    """Of the first of its limits to end; `None` where no limit runs."""
    due: str = ""
    """The last day of that limit, `yyyy-mm-dd`; empty while it stands still."""
    left: int = 0
    """Workdays behind today up to that day; negative: late by so many."""
    handler: StaffId | None = None
    """Who signed it in (签收), at the node that holds it."""


class CasePage(msgspec.Struct, frozen=True, kw_only=True):
    """A run of a list, and how to ask for the next."""

    cases: tuple[CaseLine, ...]
    next: str | None = None
    """Hand it back as `after`; `None` at the end."""


class CaseFinding(msgspec.Struct, frozen=True, kw_only=True):
    """An event of the case that had no effect, and why."""

    seq: int
    event: str
    kind: str
    node: NodeId
    fault: str
    at: int


class CaseNote(msgspec.Struct, frozen=True, kw_only=True):
    """A note of another stream that speaks of the case."""

    stream: StreamName
    kind: str
    node: NodeId
    at: int
    reason: str | None = None
    materials: tuple[str, ...] = ()
    """Codes of pending papers that it brings."""


class CaseBrief(msgspec.Struct, frozen=True, kw_only=True):
    """A case as an action leaves it. Times are milliseconds UTC."""

    number: CaseNumber
    stream: StreamName
    state: CaseState
    outcome: Outcome | None
    seq: int
    """Hand it back as `seen`."""
    holder: NodeId
    since: int
    stage: int
    """Index of the stage to do next."""
    allowed: tuple[Action, ...]
    """What the caller may do to it now."""
    query_code: str = ""
    """查询码: in the answer to 收件 alone, for the applicant's receipt."""


class CaseStep(msgspec.Struct, frozen=True, kw_only=True):
    """One event of a case as this node keeps it."""

    seq: int
    kind: str
    node: NodeId
    holder: NodeId
    actor: StaffId
    at: int
    received_at: int
    hash: EventHash
    key: KeyId
    verdict: str
    """`effective`, `inert`, `unjudged` or `pending`."""
    data: msgspec.Raw
    """What it says: facts only."""


class CaseDue(msgspec.Struct, frozen=True, kw_only=True):
    """A clock of a case in short."""

    clock: ClockKind
    state: ClockState
    due: str | None = None
    """The last day, `yyyy-mm-dd`; none before the start and during a pause."""
    provisional: bool = False


class CaseDetail(msgspec.Struct, frozen=True, kw_only=True):
    """A case, whole, but for what its papers say."""

    brief: CaseBrief
    item: StreamName
    item_version: int
    item_name: str
    origin: NodeId
    place: NodeId
    stages: tuple[tuple[Stage, NodeId], ...]
    department: DepartmentId | None
    received_at: int
    accepted_at: int | None
    decided_at: int | None
    delivered_at: int | None
    closed_at: int | None
    decided_by: NodeId | None
    asked_for: tuple[str, ...]
    reason: str | None
    applicant: str
    """The masked name, where this node has it and the caller may see it."""
    head: EventHash
    """Hash of the last event that counts: equal at every replica that is up to date."""
    events: tuple[CaseStep, ...]
    notes: tuple[CaseNote, ...]
    findings: tuple[CaseFinding, ...]
    clocks: tuple[CaseDue, ...] = ()
    """When its limits end; none while its item is not known here. Why: `cases/{number}/clock`."""
    agency: Agency | None = None
    """代办: whether somebody acts for the applicant, and by what right."""
    paper: PaperReceipt | None = None
    """补录: the paper form on which it was taken first."""
    entered_at: int = 0
    """Of 补录: when it was typed in."""
    exchange_number: str = ""
    """PROJECT_NO: under which it is reported; empty if the item has no implementation code."""
