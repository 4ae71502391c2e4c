"""通报、评比、考核: the streams `report/…`, one for each report of a period.

Begun and held by the node that publishes it; several events bring its figures and scores, for an
event is small, and `report.issued` closes them. They are never changed: what is found out later is
a correction of its own. Whoever objects says so in a note about the stream. Days are local days,
`yyyy-mm-dd`; scores are hundredths of a point.
"""

from enum import StrEnum

import msgspec

from schemas.appraisal import Grain, Measure, Period, PeriodKind, Tally
from schemas.ids import CaseNumber, DepartmentId, NodeId, StaffId, StreamName


class ReportState(StrEnum):
    """Where a report stands."""

    BEGUN = "begun"  # 起草: its figures are still being listed; no list shows it
    IN_OBJECTION = "in_objection"  # 异议期
    PUBLISHED = "published"  # 已公布


class ObjectionGround(StrEnum):
    """异议理由."""

    WRONG_COUNT = "wrong_count"  # 数据有误
    NOT_OURS = "not_ours"  # 非本单位责任
    EXEMPT = "exempt"  # 应予免责
    SYSTEM = "system"  # 系统或网络原因
    OTHER = "other"  # 其他


class SheetLine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One line of a score sheet: an indicator, and how much it weighs."""

    indicator: str
    """Its id; `volume`: accepted cases beside the busiest; `attendance`: 出勤."""
    weight: int
    """Points of a hundred."""
    zero: int = 0
    """The value that earns nothing: ten-thousandths (`9500` is 95 %)."""
    full: int = 10_000
    """The value that earns all, likewise; below `zero` where less is better."""


class SheetCount(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What each of something takes off, or adds."""

    measure: Measure
    each: int
    """Hundredths of a point for each."""
    most: int
    """Never more than so many hundredths."""


class Sheet(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """评分表: how subjects of one grain are scored over one kind of period."""

    period: PeriodKind
    grain: Grain
    population: Measure
    """What must have happened often enough for a rank."""
    least: int
    """With fewer a subject is listed with its counts, and has no rank."""
    lines: tuple[SheetLine, ...]
    deductions: tuple[SheetCount, ...] = ()
    bonuses: tuple[SheetCount, ...] = ()
    most_bonus: int = 0
    """All bonuses together: hundredths."""
    department_weight: int = 0
    """两条线: of a hundred, how much the mark by the person's department weighs."""
    honours: int = 0
    """How many may be put forward for an award."""


class ScoreLine(msgspec.Struct, frozen=True, kw_only=True):
    """What one line of the sheet gave."""

    indicator: str
    weight: int
    """Hundredths, as applied: weights of lines without a figure are spread over the others."""
    value: int | None = None
    """The figure, ten-thousandths; `None`: there is none, and the line counts for nothing."""
    of: int = 0
    """Of how many, where the figure is a share or an average."""
    points: int = 0


class Score(msgspec.Struct, frozen=True, kw_only=True):
    """得分 of one subject."""

    grain: Grain
    subject: str
    population: int
    lines: tuple[ScoreLine, ...] = ()
    deducted: int = 0
    bonus: int = 0
    centre: int | None = None
    """By the sheet; `None`: no line had a figure."""
    department: int | None = None
    """两条线: the mark by his department; `None`: none was given, and `centre` counts alone."""
    total: int | None = None
    rank: int = 0
    """The best is 1, equals share it; 0: too few cases for a rank, or no figure."""


class Honour(msgspec.Struct, frozen=True, kw_only=True):
    """红旗窗口、服务标兵: put forward by the figures; people decide."""

    grain: Grain
    subject: str
    total: int


class ReportBegun(msgspec.Struct, frozen=True, kw_only=True, tag="report.begun", tag_field="kind"):
    """起草: what period, and how the counts stood."""

    period: Period
    made_at: int
    """The instant of the counts: milliseconds UTC."""
    arrival: int = 0
    """Of the newest event here that the counts know, as this node numbers its events."""
    behind: int = 0
    """Events that the counts did not know yet."""
    indicators: str = ""
    """Digest of the table of indicators: 16 hex digits."""
    sheets: tuple[Sheet, ...] = ()
    names: dict[str, tuple[str, str]] = {}
    """Subjects that only this node knows by name: Chinese, English. None of them a person."""


class ReportFigures(
    msgspec.Struct, frozen=True, kw_only=True, tag="report.figures", tag_field="kind"
):
    """Some of the report's figures and scores."""

    figures: tuple[Tally, ...] = ()
    stocks: tuple[Tally, ...] = ()
    """在办、超期在办: sums from the first day on to the last of the period."""
    scores: tuple[Score, ...] = ()


class ReportIssued(
    msgspec.Struct, frozen=True, kw_only=True, tag="report.issued", tag_field="kind"
):
    """出具: the report is complete as listed."""

    period: Period
    figures: int
    """How many tallies were listed, those of stocks among them."""
    scores: int
    workdays: int
    """Of the period."""
    text: str
    """通报 as it is read out or sent to the press; names no applicant."""
    honours: tuple[Honour, ...] = ()
    objections_until: str = ""
    """The last day to object; empty: published at once."""


class ReportObjected(
    msgspec.Struct, frozen=True, kw_only=True, tag="note.report_objected", tag_field="kind"
):
    """异议: a note of the node whose department, or who itself, was appraised."""

    stream: StreamName
    """The report."""
    department: DepartmentId | None = None
    subject: str
    """Whose figures are in question: a body or a person of it."""
    grain: Grain
    measure: Measure
    ground: ObjectionGround
    claimed: int | None = None
    """What it should be."""
    case_number: CaseNumber | None = None
    text: str
    """In a few words; names no applicant."""


class ReportObjectionDecided(
    msgspec.Struct, frozen=True, kw_only=True, tag="report.objection_decided", tag_field="kind"
):
    """异议处理."""

    objection: StreamName
    """The note."""
    upheld: bool
    reason: str


class Adjustment(msgspec.Struct, frozen=True, kw_only=True):
    """更正 of one figure."""

    grain: Grain
    subject: str
    measure: Measure
    before: int
    after: int


class ReportCorrected(
    msgspec.Struct, frozen=True, kw_only=True, tag="report.corrected", tag_field="kind"
):
    """更正: the figures as issued stay, and these stand beside them; scores follow from both."""

    adjustments: tuple[Adjustment, ...]
    reason: str
    scores: tuple[Score, ...] = ()
    """Of subjects whose total or rank is another now."""
    objection: StreamName | None = None
    """The note that was right: what it settled stays, whatever the counts of later say."""


class ReportPublished(
    msgspec.Struct, frozen=True, kw_only=True, tag="report.published", tag_field="kind"
):
    """公布, once nobody may object any more and every objection is decided."""


ReportEvent = (
    ReportBegun
    | ReportFigures
    | ReportIssued
    | ReportObjectionDecided
    | ReportCorrected
    | ReportPublished
)


class ReportRow(msgspec.Struct, frozen=True, kw_only=True):
    """A report as lists show it."""

    stream: StreamName
    publisher: NodeId
    period: Period
    state: ReportState
    issued_at: int
    issued_by: StaffId
    objections_until: str = ""
    published_at: int | None = None
    corrected_at: int | None = None
    """The last correction."""


class Objection(msgspec.Struct, frozen=True, kw_only=True):
    """An objection, and what became of it."""

    note: StreamName
    node: NodeId
    by: StaffId
    at: int
    said: ReportObjected
    late: bool = False
    """Came when nobody could object any more: it is shown and changes nothing."""
    upheld: bool | None = None
    """`None`: not decided."""
    reason: str = ""


class Correction(msgspec.Struct, frozen=True, kw_only=True):
    """One correction as it was signed."""

    at: int
    by: StaffId
    adjustments: tuple[Adjustment, ...]
    reason: str
    objection: StreamName | None = None
    """Which one this follows from; `None`: from the counts of then."""


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """A report in full: as issued, or of the counts of now (preliminary)."""

    node: NodeId
    period: Period
    first: str
    last: str
    until: str
    """截至: the last day that is counted; before `last` while the period is not over."""
    is_over: bool
    workdays: int
    made_at: int
    row: ReportRow | None = None
    """As it was issued; `None`: of the counts of now."""
    arrival: int = 0
    behind: int = 0
    indicators: str = ""
    sheets: tuple[Sheet, ...] = ()
    names: dict[str, tuple[str, str]] = {}
    figures: tuple[Tally, ...] = ()
    """With all corrections."""
    stocks: tuple[Tally, ...] = ()
    """As issued."""
    scores: tuple[Score, ...] = ()
    honours: tuple[Honour, ...] = ()
    text: str = ""
    objections: tuple[Objection, ...] = ()
    corrections: tuple[Correction, ...] = ()
    differences: tuple[Adjustment, ...] = ()
    """What the counts of now say otherwise than the report with its corrections."""


class ReportList(msgspec.Struct, frozen=True, kw_only=True):
    """Reports, latest first, and what is due."""

    reports: tuple[ReportRow, ...]
    due: tuple[Period, ...] = ()
    """Periods that are over and have no report of this node."""


class IssueReport(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Issue the report of a period that is over."""

    text: str = ""
    """通报; empty: as the program words it."""
    worded: str = ""
    """Mark of the text that the program showed before, which this one was made of: one that is
    still that is worded anew of the figures that are signed."""


class ObjectToReport(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Object to a figure of one's own department, or of oneself."""

    measure: Measure
    ground: ObjectionGround
    text: str
    claimed: int | None = None
    case: str = ""
    grain: Grain = Grain.BODY
    """`body`: of one's department, or where there are none of one's place; `staff`: of oneself."""


class DecideObjection(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Decide an objection; `after` corrects the figure at once."""

    objection: StreamName
    upheld: bool
    reason: str
    after: int | None = None


class CorrectReport(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Take over what the counts of now say otherwise."""

    reason: str


class MarkPerson(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """两条线: what a department makes of one of its people over a period, of a hundred."""

    staff: StaffId
    points: int
