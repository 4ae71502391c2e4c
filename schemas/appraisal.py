"""绩效考评: what is counted of cases, evaluations and orders, for whom, and over which time.

Definitions: domain §13.1. A count belongs to the local day on which what it counts came about;
nothing that was voided (作废) is counted.
"""

from enum import StrEnum

import msgspec

from schemas.ids import CaseNumber, DepartmentId, NodeId, StaffId, StreamName


class Grain(StrEnum):
    """Of whom something is counted; the subject beside it names which."""

    PLACE = "place"  # 地方: where it was taken, and every place above: a node id
    BODY = "body"  # 承办单位: the node that decides, or `node/department`
    ITEM = "item"  # 事项: its code
    WINDOW = "window"  # 窗口: `node/window`
    STAFF = "staff"  # 人员: `node/staff`
    HOUR = "hour"  # 时段: `node/weekday-hour`, Monday 1, hour 00…23: when it was taken


class Measure(StrEnum):
    """What is counted. Rates and averages are made of these: see the indicators."""

    RECEIVED = "received"  # 收件
    ACCEPTED = "accepted"  # 受理 (A)
    FINISHED = "finished"  # 办结 (F): granted or denied
    ENDED = "ended"  # any end: F, refused, returned, withdrawn, terminated
    REFUSED = "refused"  # 不予受理 (N)
    DENIED = "denied"  # 不予许可, of F
    RETURNED = "returned"  # 退件 (R)
    WITHDRAWN = "withdrawn"  # 撤回 (W)
    TERMINATED = "terminated"  # 终止
    ENDED_ACCEPTED = "ended_accepted"  # of ended: accepted before, so 在办 = A less these
    OVERDUE = "overdue"  # 超期: not decided by the promised due day; on the day behind it
    OVERDUE_ENDED = "overdue_ended"  # of these, those that have ended since, on that day
    ON_TIME = "on_time"  # F by the promised due day
    EARLY = "early"  # F of promised cases (承诺件) before the promised due day
    LATE = "late"  # F after the promised due day
    STATUTORY_LATE = "statutory_late"  # F after the statutory due day
    INSTANT = "instant"  # 即办件, of A
    PROMISED = "promised"  # 承诺件, of F
    WORKDAYS = "workdays"  # working days from acceptance to decision without pauses, summed over F
    WORKDAYS_PROMISED = "workdays_promised"  # promised limits, summed over the same F
    WORKDAYS_STATUTORY = "workdays_statutory"  # statutory limits, summed over F that have one
    WORKDAYS_BESIDE_STATUTORY = "workdays_beside_statutory"  # days taken by those same F
    PROMISED_BESIDE_STATUTORY = "promised_beside_statutory"  # promised limits of those same F
    ONLINE = "online"  # 网上申请, of received
    CORRECTED = "corrected"  # 补正: cases that were sent back for papers, on the day of the notice
    PENDING = "pending"  # 容缺受理, of A
    COMMITTED = "committed"  # 告知承诺, of A
    AGENCY = "agency"  # 代办, of received
    BACK_ENTERED = "back_entered"  # 补录, of received
    FORWARDED = "forwarded"  # 转报
    FORWARDED_ON_TIME = "forwarded_on_time"  # 按时转报
    STEPS = "steps"  # 环节 done
    STEPS_LATE = "steps_late"  # of these, beyond the stage's own limit
    VISITS = "visits"  # 到场次数: handing in, correcting on the day of F, fetching; unless online
    DELIVERED = "delivered"  # 出件
    RATED = "rated"  # 参评
    SATISFIED = "satisfied"  # 非常满意 + 满意 + 基本满意
    PRAISED = "praised"  # 非常满意 + 满意 (好评)
    BAD = "bad"  # 差评 that stand: those set aside are not counted
    BAD_MENDED = "bad_mended"  # 差评 put right or explained
    BAD_NAMED = "bad_named"  # 实名差评
    BAD_CALLED = "bad_called"  # 实名差评 called back
    GRADES = "grades"  # the sum of grades, 5 best
    COMPLAINTS = "complaints"  # 投诉
    COMPLAINTS_TRUE = "complaints_true"  # of these, found true or partly so
    CONSULTED = "consulted"  # 咨询
    YELLOW = "yellow"  # 黄牌: yellow findings that an order upheld, on the day of the verdict
    RED = "red"  # 红牌: red findings that an order upheld, likewise
    EXEMPT = "exempt"  # 免责: orders whose cause was not theirs
    ORDERS = "orders"  # 督办单
    ORDERS_LATE = "orders_late"  # replied late, or not at all
    POINTS = "points"  # 扣分 by accountability records


class PeriodKind(StrEnum):
    """How long."""

    DAY = "day"  # 日
    MONTH = "month"  # 月
    QUARTER = "quarter"  # 季
    YEAR = "year"  # 年


class Period(msgspec.Struct, frozen=True, kw_only=True):
    """A day, month, quarter or year."""

    kind: PeriodKind
    key: str
    """`2026-11-26`, `2026-11`, `2026-Q4`, `2026`."""


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """What was counted of one subject over a period; what is absent is 0."""

    grain: Grain
    subject: str
    counts: dict[Measure, int] = {}


class Body(msgspec.Struct, frozen=True, kw_only=True):
    """承办单位, as a subject names it."""

    node: NodeId
    department: DepartmentId | None = None

    @property
    def subject(self) -> str:
        """Its name as a subject."""
        return self.node if self.department is None else f"{self.node}/{self.department}"


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """A member of staff, as a subject names him."""

    node: NodeId
    staff: StaffId

    @property
    def subject(self) -> str:
        """His name as a subject."""
        return f"{self.node}/{self.staff}"


class Unit(StrEnum):
    """What a figure is given in."""

    CASES = "cases"  # 件
    PERCENT = "percent"  # %
    WORKDAYS = "workdays"  # 工作日
    TIMES = "times"  # 次
    GRADE = "grade"  # 分, of five
    POINTS = "points"  # 分, taken off


class Direction(StrEnum):
    """Which way is better."""

    UP = "up"
    DOWN = "down"
    NEITHER = "neither"  # a volume, or a share that nobody is praised for


class Formula(StrEnum):
    """How a figure is made of sums."""

    SUM = "sum"  # the numerator alone
    STOCK = "stock"  # the numerator from the first day to the last of the period
    RATE = "rate"  # numerator ÷ denominator, in percent
    LESS = "less"  # 1 − numerator ÷ denominator, in percent
    MEAN = "mean"  # numerator ÷ denominator, as it is


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """One indicator's value, with the counts that it is made of."""

    indicator: str
    value: float
    """To two decimals, halves up; of `unit`: 95.0 is 95 %, 5.2 is 5.2 working days."""
    exact: int
    """The same in ten-thousandths: 9500 is 95 %, 52000 is 5.2 working days or cases."""
    numerator: int
    denominator: int = 0
    """0: it is a sum or a stock, and not divided."""
    unit: Unit
    small: bool = False
    """So few that a rate says little: read the counts instead."""


class IndicatorView(msgspec.Struct, frozen=True, kw_only=True):
    """指标: how one figure is counted, in the reader's language."""

    id: str
    name: str
    formula: Formula
    numerator: tuple[Measure, ...]
    minus: tuple[Measure, ...]
    """Taken off the numerator."""
    denominator: tuple[Measure, ...]
    unit: Unit
    direction: Direction
    population: str
    """Of which cases, evaluations or orders."""
    says: str
    """怎么算的: the exact sentence."""


class IndicatorList(msgspec.Struct, frozen=True, kw_only=True):
    """All indicators, in the order in which reports have them."""

    indicators: tuple[IndicatorView, ...]


class TallyList(msgspec.Struct, frozen=True, kw_only=True):
    """What was counted over a period, for each subject of a grain."""

    period: Period
    tallies: tuple[Tally, ...]


class Counted(StrEnum):
    """What a number is made up of."""

    CASE = "case"
    EVALUATION = "evaluation"
    REDRESS = "redress"
    ORDER = "order"


class DrillEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One case, evaluation, complaint or order behind a number."""

    counted: Counted
    stream: StreamName
    number: str
    """Of the case, the complaint or the order."""
    item_name: str = ""
    n: int
    """What it adds to the number."""


class DrillPage(msgspec.Struct, frozen=True, kw_only=True):
    """What makes up a number, the earliest first."""

    period: Period
    grain: Grain
    subject: str
    measure: Measure
    total: int
    """The number itself."""
    entries: tuple[DrillEntry, ...]
    after: str = ""
    """Asks for what comes behind these; empty: nothing does."""


class DayLine(msgspec.Struct, frozen=True, kw_only=True):
    """日公开: one department or town on one day."""

    subject: str
    name: str = ""
    received: int = 0
    accepted: int = 0
    finished: int = 0
    in_process: int = 0
    """在办: accepted and not ended at the end of the day."""
    overdue: int = 0
    """Of these: the promised due day was over."""


class LicenceLine(msgspec.Struct, frozen=True, kw_only=True):
    """许可结果: one licence that was granted on the day."""

    number: CaseNumber
    item_name: str
    applicant: str = ""
    """Masked; empty where this node does not have the name."""
    decided_by: NodeId | None = None


class DayContent(msgspec.Struct, frozen=True, kw_only=True):
    """日公开: what a place made public of one day."""

    node: NodeId
    day: str
    """`yyyy-mm-dd`."""
    total: DayLine
    bodies: tuple[DayLine, ...] = ()
    """承办单位: departments of this node, and the places below that decide."""
    places: tuple[DayLine, ...] = ()
    """The places directly below."""
    licences: tuple[LicenceLine, ...] = ()
    licences_in_all: int = 0
    """How many were granted; more than are listed, on a very busy day."""


class HeatCell(msgspec.Struct, frozen=True, kw_only=True):
    """What was received at an hour of a day of the week."""

    weekday: int
    """Monday 1."""
    hour: int
    received: int


class WindowLine(msgspec.Struct, frozen=True, kw_only=True):
    """What one window took and accepted over a period."""

    window: str
    name: str = ""
    received: int = 0
    accepted: int = 0
    finished: int = 0


class Recounted(msgspec.Struct, frozen=True, kw_only=True):
    """重算: whether all sums are what a recount gives."""

    rows: int
    """Cases, evaluations, complaints and orders that were counted anew."""
    sums: int
    """Sums that were compared."""
    wrong_rows: tuple[StreamName, ...] = ()
    """Streams that are counted otherwise than their events say now."""
    wrong_sums: tuple[str, ...] = ()
    """Sums that differ, as `period grain subject measure: kept ≠ counted`."""

    @property
    def is_right(self) -> bool:
        """Whether nothing differs."""
        return not (self.wrong_rows or self.wrong_sums)
