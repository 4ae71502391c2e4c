"""差评整改、投诉、咨询: the streams `redress/…`, each a matter that somebody must answer by a day.

国办发〔2019〕51号 (谁办理谁负责); GB/T 39046 table 10; GB/T 36113. Begun by the node that took it;
the node that must answer holds it. Names, phones and texts are parts.
"""

from enum import StrEnum

import msgspec

from schemas.evaluation import Grade
from schemas.ids import CaseNumber, DepartmentId, NodeId, PartDigest, StaffId, StreamName


class RedressKind(StrEnum):
    """What it is about."""

    BAD_RATING = "bad_rating"  # 差评整改
    COMPLAINT = "complaint"  # 投诉
    CONSULTATION = "consultation"  # 咨询
    UNRESOLVED = "unresolved"  # 办不成事反映


class RedressSource(StrEnum):
    """How it came."""

    EVALUATION = "evaluation"  # 好差评
    WINDOW = "window"  # 窗口
    WEB = "web"  # 网上
    PHONE = "phone"  # 电话 (12345)
    LETTER = "letter"  # 意见箱、来信


class Complexity(StrEnum):
    """How long it may take."""

    SIMPLE = "simple"  # 简单
    COMPLEX = "complex"  # 复杂


class RedressState(StrEnum):
    """Where it stands."""

    OPENED = "opened"  # 待核实
    VERIFIED = "verified"  # 整改中、办理中
    ANSWERED = "answered"  # 待回访
    APPEALED = "appealed"  # 申诉中: called malicious or mistaken
    CLOSED = "closed"  # 已办结


class RedressAct(StrEnum):
    """What can be done with it."""

    VERIFY = "verify"  # 核实
    EXTEND = "extend"  # 延期
    ANSWER = "answer"  # 反馈
    CALL_BACK = "call_back"  # 回访
    APPEAL = "appeal"  # 申诉
    DECIDE_APPEAL = "decide_appeal"  # 申诉复核
    CLOSE = "close"  # 办结


class RedressFinding(StrEnum):
    """核实结果."""

    TRUE = "true"  # 属实
    PARTLY = "partly"  # 部分属实
    UNFOUNDED = "unfounded"  # 不属实
    NO_BASIS = "no_basis"  # 诉求无法律政策依据: explained


class RedressOpened(
    msgspec.Struct, frozen=True, kw_only=True, tag="redress.opened", tag_field="kind"
):
    """登记: the node that must answer holds it."""

    number: str
    """诉〔2026〕7号; 咨, 评, 反 likewise."""
    redress: RedressKind
    source: RedressSource
    subject: NodeId
    department: DepartmentId | None = None
    staff: StaffId | None = None
    """被投诉人, or who served."""
    window: str = ""
    case: StreamName | None = None
    case_number: CaseNumber | None = None
    evaluation: StreamName | None = None
    """The note of the bad rating."""
    grade: Grade | None = None
    opened_at: int
    verify_by: str
    """The last day to verify it; of a consultation: to answer it."""
    text: PartDigest | None = None
    """A `RedressPart`."""
    named: bool = False
    """实名."""
    query: str = ""
    """Check of the code by which whoever asked finds the answer, under the key in its part."""


class RedressVerified(
    msgspec.Struct, frozen=True, kw_only=True, tag="redress.verified", tag_field="kind"
):
    """核实: whether it is so, and how long mending it may take."""

    finding: RedressFinding
    complexity: Complexity
    answer_by: str
    note: PartDigest | None = None


class RedressExtended(
    msgspec.Struct, frozen=True, kw_only=True, tag="redress.extended", tag_field="kind"
):
    """延期, once."""

    answer_by: str
    reason: str


class RedressAnswered(
    msgspec.Struct, frozen=True, kw_only=True, tag="redress.answered", tag_field="kind"
):
    """反馈: what was done, or the answer to the question."""

    answer: PartDigest
    mended: bool = True
    """Whether it is put right; `False`: explained why it cannot be."""


class RedressCalledBack(
    msgspec.Struct, frozen=True, kw_only=True, tag="redress.called_back", tag_field="kind"
):
    """回访: by somebody who had no part in it; his second evaluation, if he gives one."""

    reached: bool
    grade: Grade | None = None
    note: PartDigest | None = None


class RedressAppealed(
    msgspec.Struct, frozen=True, kw_only=True, tag="redress.appealed", tag_field="kind"
):
    """申诉: whoever must answer says that the rating is malicious or mistaken."""

    ground: str
    """`malicious` (恶意), `mistaken` (误评), `not_ours` (非本单位)."""
    note: PartDigest | None = None


class RedressAppealDecided(
    msgspec.Struct, frozen=True, kw_only=True, tag="redress.appeal_decided", tag_field="kind"
):
    """申诉复核: a rating that is set aside is counted nowhere, and stays visible."""

    set_aside: bool
    due: str = ""
    """If it goes on: the last day of the step that it stood at; the days of the appeal are given
    back. Empty: as before."""
    note: PartDigest | None = None


class RedressClosed(
    msgspec.Struct, frozen=True, kw_only=True, tag="redress.closed", tag_field="kind"
):
    """办结."""


RedressEvent = (
    RedressOpened
    | RedressVerified
    | RedressExtended
    | RedressAnswered
    | RedressCalledBack
    | RedressAppealed
    | RedressAppealDecided
    | RedressClosed
)


class RedressPart(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks or complains, and what about."""

    title: str = ""
    text: str = ""
    name: str = ""
    phone: str = ""
    key: str = ""
    """What the check of the code is made with, so that nobody who lacks this part can try codes."""


class RedressView(msgspec.Struct, frozen=True, kw_only=True):
    """A bad rating that is put right, a complaint or a question, as this node knows it."""

    stream: StreamName
    number: str
    redress: RedressKind
    source: RedressSource
    state: RedressState
    holder: NodeId
    seq: int
    taken_by: NodeId
    subject: NodeId
    department: DepartmentId | None = None
    staff: StaffId | None = None
    window: str = ""
    case: StreamName | None = None
    case_number: CaseNumber | None = None
    evaluation: StreamName | None = None
    grade: Grade | None = None
    opened_at: int
    verify_by: str
    answer_by: str = ""
    named: bool = False
    verified_at: int | None = None
    finding: RedressFinding | None = None
    complexity: Complexity | None = None
    extended: bool = False
    answered_at: int | None = None
    mended: bool = False
    called_back_at: int | None = None
    reached: bool = False
    second_grade: Grade | None = None
    appealed_at: int | None = None
    set_aside: bool = False
    """Called malicious or mistaken, and rightly: counted nowhere, and stays visible."""
    closed_at: int | None = None
    due: str = ""
    """The last day of what is to be done next; empty where no limit runs."""
    unsure: bool = False
    """It rests on a calendar that is not published: nobody is called late by it."""
    verified_late: bool = False
    answered_late: bool = False
