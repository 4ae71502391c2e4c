"""办件: the events of a case stream. Facts only; people, papers and free text are parts."""

from enum import StrEnum

import msgspec

from schemas.case_law import LawEvent
from schemas.case_terms import Agency, Ground, MaterialGiven, PaperReceipt, Remedies
from schemas.ids import CaseNumber, DepartmentId, NodeId, PartDigest, StreamName


class CaseState(StrEnum):
    """Where a case stands. Which stage of the item's process is next is a number beside it."""

    APPLIED = "applied"  # 待收件: sent in through the network
    RECEIVED = "received"  # 已收件
    CORRECTING = "correcting"  # 补正中
    ACCEPTED = "accepted"  # 已受理
    DISPATCHED = "dispatched"  # 已分办
    REVIEWED = "reviewed"  # 已审查
    REPORTED = "reported"  # 已转报
    SUSPENDED = "suspended"  # 特别程序中
    DECIDED = "decided"  # 已决定
    CERTIFIED = "certified"  # 已制证
    READY = "ready"  # 待领取
    DELIVERED = "delivered"  # 已出件
    REFUSED = "refused"  # 不予受理
    RETURNED = "returned"  # 已退件
    WITHDRAWN = "withdrawn"  # 已撤回
    TERMINATED = "terminated"  # 已终止
    CLOSED = "closed"  # 已办结
    REVOKED = "revoked"  # 已撤销
    VOIDED = "voided"  # 已作废


class Outcome(StrEnum):
    """How a case ended (办结结果)."""

    GRANTED = "granted"  # 准予
    DENIED = "denied"  # 不予
    REFUSED = "refused"  # 不予受理
    WITHDRAWN = "withdrawn"  # 撤回
    RETURNED = "returned"  # 退件
    TERMINATED = "terminated"  # 终止
    VOIDED = "voided"  # 作废
    REVOKED = "revoked"  # 撤销


class Action(StrEnum):
    """What is done to a case; each is one event kind. The order is that of the buttons."""

    APPLY = "apply"  # 网上申请
    RECEIVE = "receive"  # 收件
    ADMIT = "admit"  # 预审通过
    FORWARD = "forward"  # 初审通过, 转上级
    REQUEST_CORRECTION = "request_correction"  # 一次性告知补正
    CORRECT = "correct"  # 补正
    ACCEPT = "accept"  # 受理
    DEEM_ACCEPTED = "deem_accepted"  # 视为受理: the system's
    REFUSE = "refuse"  # 不予受理
    SUPPLY = "supply"  # 容缺补交
    DISPATCH = "dispatch"  # 分办
    SIGN_IN = "sign_in"  # 签收
    SEND_BACK = "send_back"  # 退回分办
    REDISPATCH = "redispatch"  # 改派
    TAKE_OVER = "take_over"  # 接办
    GIVE_OPINION = "give_opinion"  # 会签
    REVIEW = "review"  # 审查
    REPORT = "report"  # 转报
    SUSPEND = "suspend"  # 启动特别程序
    RESUME = "resume"  # 特别程序结束
    EXTEND = "extend"  # 延长审批
    SETTLE_FEE = "settle_fee"  # 缴费
    DECIDE = "decide"  # 决定
    DEEM_GRANTED = "deem_granted"  # 视为准予延续: the system's
    CERTIFY = "certify"  # 制证
    NOTIFY = "notify"  # 通知领取
    DELIVER = "deliver"  # 出件
    CLOSE = "close"  # 办结
    CHECK = "check"  # 事后核查
    REOPEN = "reopen"  # 重新办理
    REVOKE = "revoke"  # 撤销
    RETURN = "return"  # 退件
    WITHDRAW = "withdraw"  # 撤回
    TERMINATE = "terminate"  # 终止
    VOID = "void"  # 作废
    SEND_ON = "send_on"  # 退回错送: the holder is not whom the stage names


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
    query: str = ""
    """Check of the applicant's query code: `node.cases.query`."""
    situation: tuple[str, ...] = ()
    """Codes of the answers that chose the papers (情形)."""
    expires_on: str = ""
    """Of a renewal (延续): the last day of the licence that is to be renewed, `yyyy-mm-dd`."""
    follows: str = ""
    """Of the second of two stages: number of the case that came first."""
    agency: Agency | msgspec.UnsetType = msgspec.UNSET
    """代办: who acts for the applicant, and by what right; left out: he came himself."""
    paper: PaperReceipt | msgspec.UnsetType = msgspec.UNSET
    """补录: it was taken on paper first. Where the window is entrusted, `received_at` is then.

    Both are left out of the bytes where there is nothing to say: the usual event is as it was.
    """


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
    by: str = ""
    """The last day to bring them, `yyyy-mm-dd`; empty: none was set."""
    again: str = ""
    """Reason code of a second notice: the law allows one (§32(4)), so it leaves a mark."""


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
    pending: tuple[str, ...] = ()
    """容缺受理: codes of papers that the applicant promises to bring."""
    pending_by: str = ""
    """The last day for them, `yyyy-mm-dd`."""
    promise: PartDigest | None = None
    """The signed promise, of pending papers or of a commitment."""
    commitment: bool = False
    """告知承诺: decided at once on the promise, checked later."""


class CaseRefused(msgspec.Struct, frozen=True, kw_only=True, tag="case.refused", tag_field="kind"):
    """不予受理 (行政许可法 §32(1)(2)), with reason, ground and remedies."""

    reason: str
    note: PartDigest | None = None
    ground: Ground | None = None
    remedies: Remedies | None = None
    competent: str = ""
    """The right body, where it is not this one (§32(2))."""


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
    ground: Ground | None = None
    remedies: Remedies | None = None
    valid_until: str = ""
    """Last day of what is granted, `yyyy-mm-dd`; empty: no term, or the certificate says it."""


class CaseDelivered(
    msgspec.Struct, frozen=True, kw_only=True, tag="case.delivered", tag_field="kind"
):
    """出件: the result was handed over."""

    delivered_at: int
    to: str = "applicant"
    """`applicant` or `agent`."""
    mode: str = "window"
    """`window`, `courier` or `electronic` (送达方式)."""
    receipt: PartDigest | None = None
    """送达回证: who took it, a `DeliveryReceipt`."""
    authority: PartDigest | msgspec.UnsetType = msgspec.UNSET
    """委托书 of an agent who was not known at receipt; left out if there is none."""


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
    | LawEvent
)
