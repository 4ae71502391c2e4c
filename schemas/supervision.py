"""效能监察: rules, what they found, and the lights of cases as boards count them.

What a rule found is no event: every replica that knows the case and the rulebook concludes the same
and dates it by the instant that caused it. What people do about it are events: `schemas.orders`.
"""

from enum import StrEnum

import msgspec

from schemas.clocks import Light
from schemas.ids import CaseNumber, DepartmentId, NodeId, StaffId, StreamName


class RuleId(StrEnum):
    """监察规则 (domain §5.3). Never renamed: findings are named by it."""

    T1 = "T1"  # 五个工作日内未受理也未告知
    T2 = "T2"  # 承诺时限临近
    T3 = "T3"  # 承诺时限已过
    T4 = "T4"  # 法定时限已过
    T5 = "T5"  # 环节超时
    T6 = "T6"  # 送达超期
    T7 = "T7"  # 分办、签收不及时
    T8 = "T8"  # 特别程序超期
    T9 = "T9"  # 转报超期
    P1 = "P1"  # 步骤缺失或颠倒
    P2 = "P2"  # 停止计时无依据、未告知
    P3 = "P3"  # 再次要求补正, 受理后要求补正
    P4 = "P4"  # 延长不合规
    P5 = "P5"  # 倒签时间
    P6 = "P6"  # 受理与决定同为一人
    P7 = "P7"  # 反复停止计时
    C1 = "C1"  # 不予受理、不予许可缺理由、依据或救济途径
    C2 = "C2"  # 索要清单以外的材料
    C3 = "C3"  # 必要材料缺失而受理
    F1 = "F1"  # 违规收费
    F2 = "F2"  # 应缴未缴而发证
    Q1 = "Q1"  # 差评、投诉未按时核实整改
    Q2 = "Q2"  # 评价疑似由工作人员代填
    D1 = "D1"  # 插队办理, 同一代办人过多
    D2 = "D2"  # 查询与本人经办无关的个人信息
    A1 = "A1"  # 窗口无人值守
    O1 = "O1"  # 体外循环
    K1 = "K1"  # 年度工作日历未按时发布


class RuleClass(StrEnum):
    """监察类别."""

    TIME = "time"  # 时限
    COURSE = "course"  # 流程
    CONTENT = "content"  # 内容
    FEE = "fee"  # 收费
    EVALUATION = "evaluation"  # 评价
    INTEGRITY = "integrity"  # 廉政
    DISCIPLINE = "discipline"  # 纪律
    OUTSIDE = "outside"  # 体外循环


class FindingLevel(StrEnum):
    """How grave a finding is. A card (牌), not a light (灯)."""

    YELLOW = "yellow"  # 预警
    RED = "red"  # 异常


class FindingState(StrEnum):
    """What has become of a finding."""

    OPEN = "open"  # 待处置
    ORDERED = "ordered"  # 已督办
    NOTED = "noted"  # 已阅: looked at by the supervisor, no order needed
    UPHELD = "upheld"  # 认定有效
    EXEMPT = "exempt"  # 免责
    FALSE_ALARM = "false_alarm"  # 误报
    WITHDRAWN = "withdrawn"  # 已撤销: what is known now no longer bears it out


class RuleSetting(msgspec.Struct, frozen=True, kw_only=True):
    """How one rule is set, where it is not set as the program has it."""

    rule: RuleId
    on: bool = True
    values: dict[str, int] = {}
    """Its parameters by name; what is absent is as the program has it."""


class ItemThreshold(msgspec.Struct, frozen=True, kw_only=True):
    """亮灯阈值 of one item, where it is not the usual one."""

    item: str
    """Its code."""
    yellow_workdays: int
    """Yellow with so many workdays left, or fewer."""


class Rulebook(msgspec.Struct, frozen=True, kw_only=True):
    """监察规则库: what differs from the program's own settings. Empty: nothing does."""

    settings: tuple[RuleSetting, ...] = ()
    thresholds: tuple[ItemThreshold, ...] = ()


class RulebookSet(msgspec.Struct, frozen=True, kw_only=True, tag="rulebook.set", tag_field="kind"):
    """规则发布: from that instant on what happens is judged by this book, here and below.

    What happened before stays judged by the book that was in force then.
    """

    number: int
    """The first is 1."""
    from_at: int
    """Milliseconds UTC; not before the event itself."""
    book: Rulebook
    reason: str = ""
    """Why, in a few words."""


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """异常、预警: what a rule found."""

    id: str
    """16 hex digits, the same at every node."""
    rule: RuleId
    rule_class: RuleClass
    level: FindingLevel
    state: FindingState
    at: int
    """The instant that caused it: milliseconds UTC."""
    found_at: int
    """When this node found it."""
    node: NodeId
    """Whose doing it is."""
    department: DepartmentId | None = None
    staff: StaffId | None = None
    case: StreamName | None = None
    number: CaseNumber | None = None
    item: str = ""
    """Code of the item."""
    item_name: str = ""
    values: tuple[str, ...] = ()
    """What its sentence names: days, dates, codes; in the order of the rule's own sentence."""
    says: str = ""
    """The sentence that tells the clerk what and why, in the reader's language."""
    order: StreamName | None = None
    """The supervision order about it."""


class LightCount(msgspec.Struct, frozen=True, kw_only=True):
    """How many open cases of one subject show which light."""

    subject: str
    """What is counted: a node id, `node/department`, an item's code, a window, or empty for all."""
    name: str = ""
    green: int = 0
    yellow: int = 0
    red: int = 0
    """The promised limit, or the one for acceptance, has passed (超期)."""
    dark: int = 0
    """Of these: the statutory limit has passed too (法定超期)."""
    still: int = 0
    """The clock stands still."""
    unsure: int = 0
    """Rests on a calendar that is not published: never called late."""
    missing: int = 0
    """日历缺失: a year has begun whose calendar is not published; neither in time nor late."""
    free: int = 0
    """No limit runs: decided and handed over, only to be closed."""

    @property
    def open(self) -> int:
        """How many are open in all."""
        lit = self.green + self.yellow + self.red + self.still
        return lit + self.unsure + self.missing + self.free


class LitCase(msgspec.Struct, frozen=True, kw_only=True):
    """One open case on a board."""

    case: StreamName
    number: CaseNumber
    item: str
    item_name: str
    node: NodeId
    department: DepartmentId | None
    light: Light | None
    """`None` where no limit runs."""
    overdue: bool
    """Whether a limit has passed: apart from the colour, which data may choose."""
    statutory: bool
    """Whether the statutory limit has passed."""
    due: str = ""
    """`yyyy-mm-dd`."""
    left: int = 0
    """Workdays; negative: late by so many."""
    since: int = 0
    """Since when its holder has it."""
    origin: NodeId | None = None
    """Who took it."""
    window: str = ""
    """Of this hall, where it was taken."""
    stage: str = ""
    """What the item calls the stage at which it stands."""
