"""办件: the events of a case stream. Facts only; people, papers and free text are parts."""

from enum import StrEnum

import msgspec

from schemas.ids import CaseNumber, DepartmentId, NodeId, PartDigest, StreamName


class CaseState(StrEnum):
    """Where a case stands. Which stage of the item's process is next is a number beside it."""

    RECEIVED = "received"  # 已收件
    CORRECTING = "correcting"  # 补正中
    ACCEPTED = "accepted"  # 已受理
    DISPATCHED = "dispatched"  # 已分办
    REVIEWED = "reviewed"  # 已审查
    DECIDED = "decided"  # 已决定
    DELIVERED = "delivered"  # 已出件
    REFUSED = "refused"  # 不予受理
    WITHDRAWN = "withdrawn"  # 已撤回
    CLOSED = "closed"  # 已办结


class Outcome(StrEnum):
    """How a case ended (办结结果)."""

    GRANTED = "granted"  # 准予
    DENIED = "denied"  # 不予
    REFUSED = "refused"  # 不予受理
    WITHDRAWN = "withdrawn"  # 撤回
    RETURNED = "returned"  # 退件
    TERMINATED = "terminated"  # 终止
    VOIDED = "voided"  # 作废


class Action(StrEnum):
    """What a person may do to a case; each is one event kind."""

    RECEIVE = "receive"  # 收件
    FORWARD = "forward"  # 初审通过, 转上级
    REQUEST_CORRECTION = "request_correction"  # 一次性告知补正
    CORRECT = "correct"  # 补正
    ACCEPT = "accept"  # 受理
    REFUSE = "refuse"  # 不予受理
    DISPATCH = "dispatch"  # 分办
    REVIEW = "review"  # 审查
    DECIDE = "decide"  # 决定
    DELIVER = "deliver"  # 出件
    CLOSE = "close"  # 办结
    WITHDRAW = "withdraw"  # 撤回
    SEND_ON = "send_on"  # 退回错送: the holder is not whom the stage names


class MaterialGiven(msgspec.Struct, frozen=True, kw_only=True):
    """A paper handed in: the material's code in the item, its scans, and what was seen."""

    code: str
    parts: tuple[PartDigest, ...] = ()
    originals: int = 0
    copies: int = 0


class CaseReceived(
    msgspec.Struct, frozen=True, kw_only=True, tag="case.received", tag_field="kind"
):
    """收件: a window took an application.

    `place` is the place that the matter concerns, usually the origin.
    """

    number: CaseNumber
    item: StreamName
    item_version: int
    place: NodeId
    received_at: int
    """The instant that starts the receipt clock: milliseconds UTC, corrected by the last drift."""
    applicant: PartDigest
    materials: tuple[MaterialGiven, ...]
    channel: str = "window"


class CaseForwarded(
    msgspec.Struct, frozen=True, kw_only=True, tag="case.forwarded", tag_field="kind"
):
    """初审通过: the check stage is done; the next stage's node holds the case."""

    opinion: PartDigest | None = None


class CaseCorrectionRequested(
    msgspec.Struct, frozen=True, kw_only=True, tag="case.correction_requested", tag_field="kind"
):
    """一次性告知: every missing or defective paper at once (行政许可法 §32(4)).

    The ball goes to the origin.
    """

    reason: str
    materials: tuple[str, ...]
    """Codes of the materials asked for."""
    note: PartDigest | None = None


class CaseCorrected(
    msgspec.Struct, frozen=True, kw_only=True, tag="case.corrected", tag_field="kind"
):
    """补正: the papers came; the ball goes back to who asked."""

    materials: tuple[MaterialGiven, ...]


class CaseAccepted(
    msgspec.Struct, frozen=True, kw_only=True, tag="case.accepted", tag_field="kind"
):
    """受理: the legal clock starts (行政许可法 §32(5))."""

    accepted_at: int
    """Milliseconds UTC."""


class CaseRefused(msgspec.Struct, frozen=True, kw_only=True, tag="case.refused", tag_field="kind"):
    """不予受理 (行政许可法 §32(1)(2)), with its reason."""

    reason: str
    note: PartDigest | None = None


class CaseDispatched(
    msgspec.Struct, frozen=True, kw_only=True, tag="case.dispatched", tag_field="kind"
):
    """分办: to the department that handles it."""

    department: DepartmentId


class CaseReviewed(
    msgspec.Struct, frozen=True, kw_only=True, tag="case.reviewed", tag_field="kind"
):
    """审查: the department's handler proposes an outcome."""

    proposes: Outcome
    opinion: PartDigest | None = None


class CaseDecided(msgspec.Struct, frozen=True, kw_only=True, tag="case.decided", tag_field="kind"):
    """决定: granted or denied; a denial needs its reason (行政许可法 §38)."""

    outcome: Outcome
    decided_at: int
    reason: str | None = None
    opinion: PartDigest | None = None


class CaseDelivered(
    msgspec.Struct, frozen=True, kw_only=True, tag="case.delivered", tag_field="kind"
):
    """出件: the result was handed over."""

    delivered_at: int
    to: str = "applicant"
    """`applicant` or `agent`."""


class CaseClosed(msgspec.Struct, frozen=True, kw_only=True, tag="case.closed", tag_field="kind"):
    """办结: the stream passes to the node that decided."""

    outcome: Outcome


class CaseWithdrawn(
    msgspec.Struct, frozen=True, kw_only=True, tag="case.withdrawn", tag_field="kind"
):
    """撤回: the applicant no longer wants it."""

    reason: str


class CaseSentOn(msgspec.Struct, frozen=True, kw_only=True, tag="case.sent_on", tag_field="kind"):
    """转送: the holder was not the stage's node; the case goes where it belongs."""

    reason: str


class WithdrawalAsked(
    msgspec.Struct, frozen=True, kw_only=True, tag="note.withdrawal_asked", tag_field="kind"
):
    """A note of the origin: the applicant asks to withdraw while another node holds the case."""

    case: StreamName
    reason: str


CaseEvent = (
    CaseReceived
    | CaseForwarded
    | CaseCorrectionRequested
    | CaseCorrected
    | CaseAccepted
    | CaseRefused
    | CaseDispatched
    | CaseReviewed
    | CaseDecided
    | CaseDelivered
    | CaseClosed
    | CaseWithdrawn
    | CaseSentOn
)
