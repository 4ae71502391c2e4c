"""政务服务事项: an item as the catalogue publishes it, as far as cases need it.

On the wire these only grow, so unknown fields are ignored here; the item *file* is read strictly by
`node.catalogue.files`.
"""

from enum import StrEnum

import msgspec

from schemas.ids import DepartmentId, Level, NodeId, StreamName


class StageKind(StrEnum):
    """What is done at a stage of an item's process. Receiving and delivering are the window's."""

    CHECK = "check"  # 初审
    ACCEPT = "accept"  # 受理
    DISPATCH = "dispatch"  # 分办
    REVIEW = "review"  # 审查
    DECIDE = "decide"  # 决定


class CaseKind(StrEnum):
    """办件类型 (GB/T 39046 A.6)."""

    INSTANT = "instant"  # 即办件
    PROMISED = "promised"  # 承诺件


class Mode(StrEnum):
    """How a tier takes part (domain: cross-tier handling)."""

    DIRECT = "direct"  # 直接办理
    ACCEPT_FORWARD = "accept_forward"  # 受理转办
    AGENCY = "agency"  # 代办
    REVIEW_FORWARD = "review_forward"  # 初审转报


class LimitUnit(StrEnum):
    """时限单位."""

    WORKDAY = "workday"  # 工作日
    DAY = "day"  # 自然日
    MONTH = "month"  # 月


class LimitStart(StrEnum):
    """The event that starts a limit (起算)."""

    RECEIVED = "received"  # 收到申请之日
    ACCEPTED = "accepted"  # 受理之日


class MaterialSource(StrEnum):
    """材料来源."""

    APPLICANT = "applicant"  # 申请人自备
    GOVERNMENT = "government"  # 政府部门核发
    OTHER = "other"  # 其他


class MaterialForm(StrEnum):
    """材料形式."""

    ORIGINAL = "original"  # 原件
    COPY = "copy"  # 复印件
    BOTH = "both"  # 原件和复印件


class ApplicantKind(StrEnum):
    """服务对象, as the window asks for it."""

    NATURAL = "natural"  # 自然人
    LEGAL = "legal"  # 法人和其他组织


class Basis(msgspec.Struct, frozen=True, kw_only=True):
    """设定依据: law and article."""

    law: str
    article: str


class Limit(msgspec.Struct, frozen=True, kw_only=True):
    """A time limit, and the event that starts it. Amount 0 means the same visit (即办)."""

    amount: int
    unit: LimitUnit = LimitUnit.WORKDAY
    start: LimitStart = LimitStart.ACCEPTED


class MaterialNeed(msgspec.Struct, frozen=True, kw_only=True):
    """申请材料: one paper that the guide asks for."""

    code: str
    name: str
    required: bool = True
    source: MaterialSource = MaterialSource.APPLICANT
    form: MaterialForm = MaterialForm.ORIGINAL
    copies: int = 1
    hint: str = ""


class Stage(msgspec.Struct, frozen=True, kw_only=True):
    """One stage of the process, at the tier (and there the department) that does it."""

    name: str
    kind: StageKind
    level: Level
    department: DepartmentId | None = None
    workdays: int = 1
    """Most that this stage may take; 0 is the same visit."""


class Tier(msgspec.Struct, frozen=True, kw_only=True):
    """A tier whose windows take this item, and how."""

    level: Level
    mode: Mode


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One item of the catalogue, whole."""

    code: str
    """Opaque; one catalogue keeps one stream per code."""
    name: str
    name_en: str = ""
    aliases: tuple[str, ...] = ()
    """What people call it, and pinyin initials: what search finds."""
    type_code: str
    """事项类型, GB/T 39046 A.1."""
    case_kind: CaseKind
    department: DepartmentId
    """责任单位; the department's id in its county, or the town itself as `town`."""
    department_name: str
    applicants: tuple[ApplicantKind, ...] = (ApplicantKind.NATURAL,)
    """Who may apply (服务对象)."""
    basis: tuple[Basis, ...]
    conditions: tuple[str, ...] = ()
    promised: Limit
    statutory: Limit | None = None
    materials: tuple[MaterialNeed, ...]
    process: tuple[Stage, ...]
    tiers: tuple[Tier, ...]
    result: str = ""
    """What the applicant gets: 许可证, 批准书…"""
    decided_by: NodeId | None = None
    """The node that the item names, where it is not the one on the line of the place concerned."""


class ItemPublished(
    msgspec.Struct, frozen=True, kw_only=True, tag="item.published", tag_field="kind"
):
    """发布: this version is in force; running cases keep the version they were received under."""

    version: int
    item: Item


class ItemSummary(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a list of items, and the names a case needs to refer to it."""

    stream: StreamName
    version: int
    code: str
    name: str
    name_en: str
    type_code: str
    case_kind: CaseKind
    department: DepartmentId
    department_name: str
    promised: Limit
    tiers: tuple[Tier, ...]


class ItemView(msgspec.Struct, frozen=True, kw_only=True):
    """办事指南: an item as the API serves it, with the stream and version that prove it."""

    stream: StreamName
    version: int
    published_at: int
    """Milliseconds UTC, by the publisher's clock."""
    item: Item


class ItemList(msgspec.Struct, frozen=True, kw_only=True):
    """Items that were asked for, best first."""

    items: tuple[ItemSummary, ...]


class PublishReport(msgspec.Struct, frozen=True, kw_only=True):
    """发布结果: what became of each item, by code."""

    begun: tuple[str, ...] = ()
    """New in the catalogue."""
    changed: tuple[str, ...] = ()
    """In force in a new version."""
    unchanged: tuple[str, ...] = ()
    """In force already, word for word."""
