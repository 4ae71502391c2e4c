"""好差评: one evaluation for each case (一事一评) and for each visit (一次一评).

国办发〔2019〕51号; GB/T 39734, GB/T 39735. An evaluation is a note of the node that took it: it
names no person who evaluates, and what he wrote is a part.
"""

from enum import IntEnum, StrEnum
from typing import Final

import msgspec

from schemas.ids import DepartmentId, NodeId, PartDigest, StaffId, StreamName


class Grade(IntEnum):
    """满意度, five is best. Other systems count the other way round: mapped at the edges."""

    VERY_SATISFIED = 5  # 非常满意
    SATISFIED = 4  # 满意
    FAIRLY_SATISFIED = 3  # 基本满意
    DISSATISFIED = 2  # 不满意
    VERY_DISSATISFIED = 1  # 非常不满意


BAD: Final = Grade.DISSATISFIED
"""差评: this grade and the one below it."""


class EvaluationChannel(StrEnum):
    """Where it was given (评价渠道, GB/T 39046)."""

    TABLET = "tablet"  # 窗口评价器
    QR = "qr"  # 扫码
    SMS = "sms"  # 短信
    KIOSK = "kiosk"  # 自助终端
    WEB = "web"  # 电脑端
    PHONE = "phone"  # 电话回访: typed in by somebody who had no part in the case


class DimensionGrade(msgspec.Struct, frozen=True, kw_only=True):
    """One dimension's grade (分项评价)."""

    dimension: str
    """Its code in that version of the table."""
    grade: Grade


class Evaluated(msgspec.Struct, frozen=True, kw_only=True, tag="note.evaluated", tag_field="kind"):
    """A note: somebody evaluated a case, or a visit to a window."""

    case: str = ""
    """The case's stream; empty: a visit without one."""
    stream: str = ""
    """Of a visit: the record of the node that was visited, `node/<id>`."""
    visit: str = ""
    """Of a visit: its random name, so that it is evaluated once."""
    given_at: int
    channel: EvaluationChannel
    grade: Grade
    table: int
    """Version of the table of dimensions."""
    dimensions: tuple[DimensionGrade, ...] = ()
    tags: tuple[str, ...] = ()
    """Codes of ready-made remarks that he chose."""
    window: str = ""
    staff: StaffId | None = None
    """Who served him, where that is known."""
    department: DepartmentId | None = None
    department_at: NodeId | None = None
    """Whose department that is: ids are unique within one node only."""
    comment: PartDigest | None = None
    """What he wrote, and how he may be called back: a `RatingPart`."""
    named: bool = False
    """实名: he left a way to call him back."""
    device: str = ""
    """8 hex digits that tell devices of that node apart on that day, and nothing more."""
    of_staff: bool = False
    """From a device that a member of staff had signed in with on that day."""


class RatingPart(msgspec.Struct, frozen=True, kw_only=True):
    """What he wrote: sealed to the nodes that handle the case."""

    text: str = ""
    contact: str = ""
    """A phone number, if he wants to be called back."""


class EvaluationView(msgspec.Struct, frozen=True, kw_only=True):
    """An evaluation as this node knows it."""

    note: StreamName
    node: NodeId
    """Who took it."""
    case: StreamName | None
    visit: str
    given_at: int
    channel: EvaluationChannel
    grade: Grade
    table: int
    dimensions: tuple[DimensionGrade, ...]
    tags: tuple[str, ...]
    window: str
    staff: StaffId | None
    department: DepartmentId | None
    department_at: NodeId | None = None
    comment: PartDigest | None
    named: bool
    device: str
    of_staff: bool
    counts: bool
    """The first of its case, or of its visit, and not set aside: another one counts nowhere."""
    set_aside: bool = False
    """Called malicious or mistaken, and rightly: it stays visible."""


class Dimension(msgspec.Struct, frozen=True, kw_only=True):
    """评价维度: one thing that is graded apart."""

    code: str
    zh: str
    en: str


class ReadyTag(msgspec.Struct, frozen=True, kw_only=True):
    """评价标签: a ready-made remark, and the grades that it is offered with."""

    code: str
    zh: str
    en: str
    grades: tuple[Grade, ...]


class DimensionTable(msgspec.Struct, frozen=True, kw_only=True):
    """One version of the table of dimensions; a version is never changed, only followed."""

    version: int
    dimensions: tuple[Dimension, ...]
    tags: tuple[ReadyTag, ...]


class EvaluationForm(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What somebody says who evaluates; whoever leaves a field out has not graded it."""

    grade: int
    """5 非常满意 … 1 非常不满意."""
    dimensions: dict[str, int] = {}
    """Grades by the code of their dimension."""
    tags: tuple[str, ...] = ()
    text: str = ""
    contact: str = ""
    """A phone number, if he wants to be called back."""


class GiveEvaluation(EvaluationForm, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """评价: of a case, by whoever has its number and query code."""

    number: str
    code: str
    """查询码."""


class EvaluationTaken(msgspec.Struct, frozen=True, kw_only=True):
    """What whoever evaluated is answered."""

    number: str
    """Of the case."""
    grade: Grade
    given_at: int


class EvaluationList(msgspec.Struct, frozen=True, kw_only=True):
    """Evaluations, the latest first."""

    evaluations: tuple[EvaluationView, ...]
    next: str = ""
    """What to ask for as `after`; empty at the end."""
