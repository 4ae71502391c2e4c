"""督办: the streams `order/…`, in which a supervisor and whoever is asked write in turns.

Begun by the node that supervises; the node that is asked holds it until it has replied. Days are
local days, `yyyy-mm-dd`; instants are milliseconds UTC. Free text is a part.
"""

from enum import StrEnum

import msgspec

from schemas.ids import CaseNumber, DepartmentId, NodeId, PartDigest, StaffId, StreamName
from schemas.supervision import FindingLevel, RuleId


class OrderKind(StrEnum):
    """What is asked for."""

    WARNING = "warning"  # 预警单: mind it; a word is enough
    ORDER = "order"  # 督办单: reason and correction by a day
    ADVICE = "advice"  # 监察建议书: change how it is done


class OrderState(StrEnum):
    """Where an order stands."""

    ISSUED = "issued"  # 待签收
    ACKNOWLEDGED = "acknowledged"  # 办理中
    REPLIED = "replied"  # 待认定
    SENT_BACK = "sent_back"  # 退回重报
    JUDGED = "judged"  # 已认定: may be appealed against until a day
    APPEALED = "appealed"  # 申诉中
    CLOSED = "closed"  # 已办结


class OrderAct(StrEnum):
    """What may be done with an order."""

    ISSUE = "issue"  # 发出
    ARRIVE = "arrive"  # 送达
    ACKNOWLEDGE = "acknowledge"  # 签收
    REPLY = "reply"  # 回复
    SEND_BACK = "send_back"  # 退回重报
    JUDGE = "judge"  # 认定
    APPEAL = "appeal"  # 申诉
    DECIDE_APPEAL = "decide_appeal"  # 申诉决定
    CLOSE = "close"  # 办结


class Cause(StrEnum):
    """原因 of what was found, as the reply says."""

    OWN_DELAY = "own_delay"  # 经办人延误
    WORKLOAD = "workload"  # 业务量过大
    ABSENCE = "absence"  # 人员不在岗
    OTHER_BODY = "other_body"  # 等待其他部门
    APPLICANT = "applicant"  # 申请人原因
    SYSTEM = "system"  # 系统故障
    NETWORK = "network"  # 网络中断
    MISTAKE = "mistake"  # 操作有误
    LAW_UNCLEAR = "law_unclear"  # 规定不明确
    OTHER = "other"  # 其他


class Correction(StrEnum):
    """整改措施, as the reply says."""

    DONE = "done"  # 已办理完毕
    SCHEDULED = "scheduled"  # 已安排, 限期办结
    APOLOGISED = "apologised"  # 已向申请人说明致歉
    STAFFED = "staffed"  # 已调整人员
    TRAINED = "trained"  # 已组织培训
    PROCEDURE_CHANGED = "procedure_changed"  # 已修改办理规程
    NOT_NEEDED = "not_needed"  # 无需整改
    OTHER = "other"  # 其他


class OrderVerdict(StrEnum):
    """认定."""

    UPHELD = "upheld"  # 有效
    EXEMPT = "exempt"  # 免责: the light history stays
    FALSE_ALARM = "false_alarm"  # 误报


class VerdictGround(StrEnum):
    """认定理由."""

    PROVEN = "proven"  # 事实清楚
    SYSTEM_FAULT = "system_fault"  # 系统原因
    NETWORK_FAULT = "network_fault"  # 网络原因
    APPLICANT_CAUSE = "applicant_cause"  # 申请人原因
    FORCE_MAJEURE = "force_majeure"  # 不可抗力
    WRONG_DATA = "wrong_data"  # 数据有误
    RULE_UNFIT = "rule_unfit"  # 规则不适用
    OTHER = "other"  # 其他


class Consequence(StrEnum):
    """超时问责: what follows for whoever answers for it."""

    NONE = "none"  # 不追究
    REMINDER = "reminder"  # 提醒
    TALK = "talk"  # 约谈
    CRITICISM = "criticism"  # 通报批评
    POINTS = "points"  # 扣分
    DISCIPLINE = "discipline"  # 移送纪检监察机关


class Escalation(StrEnum):
    """Who is told by now (domain §5.5); follows from the order's days, and is no event."""

    HANDLER = "handler"  # 经办人
    HEAD = "head"  # 科室负责人
    LEADER = "leader"  # 分管领导


class Accountability(msgspec.Struct, frozen=True, kw_only=True):
    """超时问责记录: who answers for what was upheld, and how."""

    consequence: Consequence
    node: NodeId
    department: DepartmentId | None = None
    staff: StaffId | None = None
    points: int = 0
    """扣分, of a hundred: what the appraisal of that month takes off."""


class OrderIssued(msgspec.Struct, frozen=True, kw_only=True, tag="order.issued", tag_field="kind"):
    """发出."""

    number: str
    """督〔2026〕12号."""
    order: OrderKind
    subject: NodeId
    """The node that is asked."""
    department: DepartmentId | None = None
    """Of that node, where it has departments."""
    staff: StaffId | None = None
    case: StreamName | None = None
    case_number: CaseNumber | None = None
    findings: tuple[str, ...] = ()
    """Ids of what was found; none: the supervisor saw it himself."""
    rule: RuleId | None = None
    level: FindingLevel
    yellow: int = 0
    """Of a red order: how many of its findings are yellow; each counts as what it is."""
    caused_at: int
    """The instant of what is asked about."""
    reply_by: str
    """The last day for the reply."""
    note: PartDigest | None = None
    """What exactly is asked."""


class OrderArrived(
    msgspec.Struct, frozen=True, kw_only=True, tag="order.arrived", tag_field="kind"
):
    """送达: what the issuer said last is at the node that is asked; its system says so.

    What time it has begins there: nobody is late, or out of time, by a line that was down.
    """

    by: str = ""
    """The last day now, for the reply or the appeal; empty: the one that was said stands."""


class OrderAcknowledged(
    msgspec.Struct, frozen=True, kw_only=True, tag="order.acknowledged", tag_field="kind"
):
    """签收: the event's actor looks into it."""


class OrderReplied(
    msgspec.Struct, frozen=True, kw_only=True, tag="order.replied", tag_field="kind"
):
    """回复: reason and correction; the supervisor holds it again."""

    cause: Cause
    correction: Correction
    note: PartDigest | None = None


class OrderSentBack(
    msgspec.Struct, frozen=True, kw_only=True, tag="order.sent_back", tag_field="kind"
):
    """退回重报: the reply does not answer what was asked."""

    reply_by: str
    note: PartDigest | None = None


class OrderJudged(msgspec.Struct, frozen=True, kw_only=True, tag="order.judged", tag_field="kind"):
    """认定. The node that was asked holds it, and may appeal until that day."""

    verdict: OrderVerdict
    ground: VerdictGround
    appeal_by: str
    accountability: Accountability | None = None
    """Of what was upheld."""
    note: PartDigest | None = None


class OrderAppealed(
    msgspec.Struct, frozen=True, kw_only=True, tag="order.appealed", tag_field="kind"
):
    """申诉."""

    ground: VerdictGround
    note: PartDigest | None = None


class OrderAppealDecided(
    msgspec.Struct, frozen=True, kw_only=True, tag="order.appeal_decided", tag_field="kind"
):
    """申诉决定: by somebody else than judged first; it is final."""

    verdict: OrderVerdict
    ground: VerdictGround
    accountability: Accountability | None = None
    note: PartDigest | None = None


class OrderClosed(msgspec.Struct, frozen=True, kw_only=True, tag="order.closed", tag_field="kind"):
    """办结: nothing more to say; by the system once nobody may appeal any more."""


OrderEvent = (
    OrderIssued
    | OrderArrived
    | OrderAcknowledged
    | OrderReplied
    | OrderSentBack
    | OrderJudged
    | OrderAppealed
    | OrderAppealDecided
    | OrderClosed
)


class OrderView(msgspec.Struct, frozen=True, kw_only=True):
    """A supervision order as this node knows it."""

    stream: StreamName
    number: str
    order: OrderKind
    state: OrderState
    holder: NodeId
    seq: int
    issuer: NodeId
    issued_by: StaffId
    issued_at: int
    subject: NodeId
    department: DepartmentId | None = None
    staff: StaffId | None = None
    case: StreamName | None = None
    case_number: CaseNumber | None = None
    findings: tuple[str, ...] = ()
    rule: RuleId | None = None
    level: FindingLevel
    yellow: int = 0
    """Of a red order: how many of its findings are yellow."""
    caused_at: int
    reply_by: str
    note: PartDigest | None = None
    acknowledged_at: int | None = None
    replied_at: int | None = None
    """When the last reply was given."""
    replied_late: bool = False
    cause: Cause | None = None
    correction: Correction | None = None
    verdict: OrderVerdict | None = None
    """As it stands: of the appeal, if one was decided."""
    ground: VerdictGround | None = None
    judged_at: int | None = None
    judged_by: StaffId | None = None
    accountability: Accountability | None = None
    appeal_by: str = ""
    appealed_at: int | None = None
    closed_at: int | None = None
    acknowledged_by: StaffId | None = None
    replied_by: StaffId | None = None
    """Who gave the last reply."""
    reply_note: PartDigest | None = None
    sent_back: int = 0
    """How often a reply was sent back."""
    back_note: PartDigest | None = None
    judge_note: PartDigest | None = None
    judged_first: OrderVerdict | None = None
    """What was judged before an appeal was decided."""
    appealed_by: StaffId | None = None
    appeal_ground: VerdictGround | None = None
    appeal_note: PartDigest | None = None
    decided_at: int | None = None
    """When the appeal was decided."""
    decided_by: StaffId | None = None
    decide_note: PartDigest | None = None
    hands: tuple[StaffId, ...] = ()
    """Who signed, replied or appealed at any time: none of them judges it."""
    said_at: int = 0
    """When the issuer last said something that who is asked must learn of."""
    delivered: bool = False
    """Whether that is known to have arrived there."""
    late_after: str = ""
    """The last day that went by first without a reply; empty: none has, or nobody has said so."""


class IssueOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a supervisor says of a new order. What it leaves out follows from findings or case."""

    order: OrderKind
    findings: tuple[str, ...] = ()
    """Ids of what was found: all of one department."""
    case: str = ""
    """Number or stream of the case he looked at himself."""
    subject: NodeId | None = None
    """Who is asked; a village's doing is asked of its town."""
    department: DepartmentId | None = None
    staff: StaffId | None = None
    level: FindingLevel | None = None
    reply_by: str = ""
    """The last day for the reply; empty: as usual for this kind."""
    text: str = ""
    """What exactly is asked."""


class ReplyOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a reply says."""

    cause: Cause
    correction: Correction
    text: str = ""


class SendBackOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is still to be answered, and by which day; empty: as usual."""

    reply_by: str = ""
    text: str = ""


class JudgeOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A verdict, or the decision on an appeal; what follows belongs to what is upheld alone."""

    verdict: OrderVerdict
    ground: VerdictGround
    consequence: Consequence = Consequence.NONE
    staff: StaffId | None = None
    """Who answers for it; nobody: the department or the place itself."""
    points: int = 0
    text: str = ""


class AppealOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an appeal says."""

    ground: VerdictGround
    text: str = ""


class OrderTexts(msgspec.Struct, frozen=True, kw_only=True):
    """What the papers of an order say, as far as they are at this node."""

    asked: str | None = None
    reply: str | None = None
    back: str | None = None
    judged: str | None = None
    appeal: str | None = None
    decided: str | None = None


class OrderDetail(msgspec.Struct, frozen=True, kw_only=True):
    """One order as somebody sees it."""

    order: OrderView
    texts: OrderTexts
    acts: tuple[OrderAct, ...]
    """What he may do with it now."""
    told: tuple[Escalation, ...]
    """Who is told by now."""


class OrderList(msgspec.Struct, frozen=True, kw_only=True):
    """Orders: open ones by their day, closed ones latest first."""

    orders: tuple[OrderView, ...]
    older: str = ""
    """Ask with `before` this for older ones."""


class AskOrder(msgspec.Struct, frozen=True, kw_only=True):
    """Show the order of that address or number."""

    order: str
