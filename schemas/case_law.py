"""依法办理: the events by which the law moves a case beside the ordinary way of `schemas.cases`.

Facts only: grounds are cited as law and article, free text and names are parts. Instants are
milliseconds UTC and name what the clocks count from; days are local days, `yyyy-mm-dd`.
"""

import msgspec

from schemas.case_terms import Ground, MaterialGiven, Remedies
from schemas.ids import CaseNumber, DepartmentId, NodeId, PartDigest, StreamName
from schemas.item_terms import SpecialKind
from schemas.items import Limit

# ---- before acceptance


class CaseApplied(msgspec.Struct, frozen=True, kw_only=True, tag="case.applied", tag_field="kind"):
    """网上申请: an application came through the network, and waits to be looked at (预审).

    It is received that moment: the acceptance clock runs (行政许可法 §29, §32).
    """

    number: CaseNumber
    item: StreamName
    item_version: int
    place: NodeId
    received_at: int
    applicant: PartDigest
    materials: tuple[MaterialGiven, ...]
    channel: str = "web"
    query: str = ""
    """Check of the applicant's query code: `node.cases.query`."""
    situation: tuple[str, ...] = ()
    """Codes of the answers that chose the papers (情形)."""
    expires_on: str = ""
    """Of a renewal (延续): the last day of the licence that is to be renewed."""
    follows: str = ""
    """Of the second of two stages: number of the case that came first."""
    privacy: str = ""
    """Version of the notice about personal data that he agreed to (个人信息保护法 §17)."""


class CaseAdmitted(
    msgspec.Struct, frozen=True, kw_only=True, tag="case.admitted", tag_field="kind"
):
    """预审通过: the window takes an application in that came through the network."""


class CaseDeemedAccepted(
    msgspec.Struct, frozen=True, kw_only=True, tag="case.deemed_accepted", tag_field="kind"
):
    """视为受理: nobody told the applicant within five working days (行政许可法 §32(4)).

    Written by the system at whoever holds the case.
    """

    accepted_at: int
    """The receipt: from that day it counts as accepted."""
    caused_at: int
    """The end of the fifth working day."""


class CaseReturned(
    msgspec.Struct, frozen=True, kw_only=True, tag="case.returned", tag_field="kind"
):
    """退件: what was asked for or promised did not come in time; the papers go back."""

    reason: str
    note: PartDigest | None = None


class CaseSupplied(
    msgspec.Struct, frozen=True, kw_only=True, tag="case.supplied", tag_field="kind"
):
    """容缺补交: papers that were pending at acceptance came to whoever holds the case."""

    materials: tuple[MaterialGiven, ...]


class MaterialsSupplied(
    msgspec.Struct, frozen=True, kw_only=True, tag="note.materials_supplied", tag_field="kind"
):
    """A note of the window that took the case: pending papers came while another node holds it."""

    case: StreamName
    materials: tuple[MaterialGiven, ...]


# ---- in process


class CaseSignedIn(
    msgspec.Struct, frozen=True, kw_only=True, tag="case.signed_in", tag_field="kind"
):
    """签收: somebody of the department takes the case on; who, says the event's actor."""


class CaseSentBack(
    msgspec.Struct, frozen=True, kw_only=True, tag="case.sent_back", tag_field="kind"
):
    """退回分办: it was dispatched to the wrong department."""

    reason: str
    note: PartDigest | None = None


class CaseRedispatched(
    msgspec.Struct, frozen=True, kw_only=True, tag="case.redispatched", tag_field="kind"
):
    """改派: to another department, before anybody there has reviewed it."""

    department: DepartmentId
    reason: str


class CaseTakenOver(
    msgspec.Struct, frozen=True, kw_only=True, tag="case.taken_over", tag_field="kind"
):
    """接办: a colleague of the same department goes on with the case; the event's actor."""

    reason: str


class CaseOpinionGiven(
    msgspec.Struct, frozen=True, kw_only=True, tag="case.opinion_given", tag_field="kind"
):
    """会签: a department that takes part in a joint review gives its opinion (并联, §42)."""

    department: DepartmentId
    agrees: bool
    opinion: PartDigest | None = None


class CaseReported(
    msgspec.Struct, frozen=True, kw_only=True, tag="case.reported", tag_field="kind"
):
    """转报: reviewed here, and sent up with all papers to the body that decides (§35, §43)."""

    opinion: PartDigest | None = None


class CaseSuspended(
    msgspec.Struct, frozen=True, kw_only=True, tag="case.suspended", tag_field="kind"
):
    """特别程序: a procedure begins whose time does not count, as far as the law says (§45)."""

    procedure: SpecialKind
    name: str
    ground: Ground
    limit: Limit
    """How long it is expected to take: the applicant is told in writing."""
    started_at: int
    stops_statutory: bool
    stops_promised: bool
    on: str = ""
    """Day of a hearing, a survey, an examination."""
    place: str = ""
    note: PartDigest | None = None


class CaseResumed(msgspec.Struct, frozen=True, kw_only=True, tag="case.resumed", tag_field="kind"):
    """特别程序结束: the clocks go on."""

    ended_at: int
    result: str
    """`done` (已完成), or `dropped` (申请人放弃, 不再需要)."""
    note: PartDigest | None = None


class CaseExtended(
    msgspec.Struct, frozen=True, kw_only=True, tag="case.extended", tag_field="kind"
):
    """延长审批: once, by the head of the body, with reasons told to the applicant (§42)."""

    amount: int
    """In the unit of each limit: ten at most, fifteen in a joint review."""
    extended_at: int
    reason: str
    ground: Ground
    note: PartDigest | None = None


class CaseFeeSettled(
    msgspec.Struct, frozen=True, kw_only=True, tag="case.fee_settled", tag_field="kind"
):
    """缴费: the fee is paid, or reduced to nothing by a rule (§58, §59)."""

    fen: int
    settled_at: int
    payment_code: str = ""
    """缴款码 of the non-tax receipt."""
    waived: str = ""
    """减免依据: the rule, if nothing is paid."""


# ---- after the decision


class CaseCertified(
    msgspec.Struct, frozen=True, kw_only=True, tag="case.certified", tag_field="kind"
):
    """制证: the licence or the approval document is made; the case goes to the window."""

    certificate: str
    """证照、批文编号."""
    certified_at: int
    valid_from: str = ""
    valid_until: str = ""
    """Last day; empty: without term."""


class CaseNotified(
    msgspec.Struct, frozen=True, kw_only=True, tag="case.notified", tag_field="kind"
):
    """通知领取: the result lies at the window and the applicant was told: his delay is his own."""

    notified_at: int


class CaseDeemedGranted(
    msgspec.Struct, frozen=True, kw_only=True, tag="case.deemed_granted", tag_field="kind"
):
    """视为准予延续: not decided before the licence expired (行政许可法 §50); by the system."""

    caused_at: int
    """The end of the licence's last day."""
    ground: Ground


class CaseChecked(msgspec.Struct, frozen=True, kw_only=True, tag="case.checked", tag_field="kind"):
    """事后核查: whether the commitment on which it was decided holds."""

    kept: bool
    checked_at: int
    note: PartDigest | None = None


class CaseRevoked(msgspec.Struct, frozen=True, kw_only=True, tag="case.revoked", tag_field="kind"):
    """撤销: the decision is taken back (行政许可法 §69; a commitment that was not kept)."""

    reason: str
    ground: Ground
    remedies: Remedies
    revoked_at: int
    note: PartDigest | None = None


class CaseReopened(
    msgspec.Struct, frozen=True, kw_only=True, tag="case.reopened", tag_field="kind"
):
    """重新办理: a review decision or a judgment orders a new decision (行政复议法 §64)."""

    reason: str
    reopened_at: int
    document: str
    """Number of the decision or judgment."""
    note: PartDigest | None = None


# ---- other ends


class CaseTerminated(
    msgspec.Struct, frozen=True, kw_only=True, tag="case.terminated", tag_field="kind"
):
    """终止: its object is gone, or the applicant is."""

    reason: str
    note: PartDigest | None = None


class CaseVoided(msgspec.Struct, frozen=True, kw_only=True, tag="case.voided", tag_field="kind"):
    """作废: entered by mistake; kept with its reason, and counted nowhere."""

    reason: str
    note: PartDigest | None = None


LawEvent = (
    CaseApplied
    | CaseAdmitted
    | CaseDeemedAccepted
    | CaseReturned
    | CaseSupplied
    | CaseSignedIn
    | CaseSentBack
    | CaseRedispatched
    | CaseTakenOver
    | CaseOpinionGiven
    | CaseReported
    | CaseSuspended
    | CaseResumed
    | CaseExtended
    | CaseFeeSettled
    | CaseCertified
    | CaseNotified
    | CaseDeemedGranted
    | CaseChecked
    | CaseRevoked
    | CaseReopened
    | CaseTerminated
    | CaseVoided
)
