"""政务服务事项: an item as the catalogue publishes it.

Its elements are those of GB/T 39046-2020 and of the national exchange schema.

On the wire these only grow, so unknown fields are ignored here; the item *file* is read strictly by
`node.catalogue.files`. Dates are local days, `yyyy-mm-dd`.
"""

import msgspec

from schemas.ids import DepartmentId, Level, NodeId, StreamName
from schemas.item_terms import (
    ApplicantKind,
    BodyKind,
    CaseKind,
    Channel,
    CodeLayer,
    CodeScheme,
    EndReason,
    FeeDue,
    HandlingSystem,
    LimitStart,
    LimitUnit,
    MaterialForm,
    MaterialMedium,
    MaterialSource,
    Mode,
    PowerSource,
    ResultKind,
    RiskGrade,
    ServiceObject,
    SpecialKind,
    StageKind,
)


class Basis(msgspec.Struct, frozen=True, kw_only=True):
    """设定依据: law and article."""

    law: str
    article: str
    wording: str = ""
    """What the article says, where the guide quotes it."""


class Limit(msgspec.Struct, frozen=True, kw_only=True):
    """A time limit, and the event that starts it. Amount 0 means the same visit (即办)."""

    amount: int
    unit: LimitUnit = LimitUnit.WORKDAY
    start: LimitStart = LimitStart.ACCEPTED
    note: str = ""
    """说明, such as 情况复杂的可以延长 or how a local rule sets it."""


class ItemCode(msgspec.Struct, frozen=True, kw_only=True):
    """编码: a code that some registry gives the item. It is never a key: items are renumbered."""

    layer: CodeLayer
    scheme: CodeScheme
    text: str


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """批次: the days in which an item taken in batches is open, both included."""

    opens: str
    closes: str


class Fee(msgspec.Struct, frozen=True, kw_only=True):
    """收费项目: one line of fees."""

    name: str
    standard: str
    """收费标准 in words, with its unit: 住宅类每件 80 元."""
    fen: int | None = None
    """The amount in fen (0.01 元) where it is one fixed amount."""
    law: str
    article: str = ""
    due: FeeDue = FeeDue.BEFORE_ISSUE
    reduction: str = ""
    """减免: for whom, and by which rule; empty if nobody."""


class SpecialProcedure(msgspec.Struct, frozen=True, kw_only=True):
    """特别程序: one that the item may need, with its own ground and limit (domain §3.4)."""

    kind: SpecialKind
    name: str
    law: str
    article: str = ""
    limit: Limit
    mandatory: bool = False
    """必经, such as the hearing of 娱乐场所管理条例 §10."""
    stops_statutory: bool = True
    stops_promised: bool = True


class Risk(msgspec.Struct, frozen=True, kw_only=True):
    """廉政风险点: what may go wrong at a stage, and how it is prevented."""

    stage: str
    """The name of a stage of the process."""
    risk: str
    grade: RiskGrade
    measure: str
    """防控措施."""
    owner: str
    """责任人."""
    reminder: str = ""
    """What the clerk is reminded of at that step; the risk itself if empty."""


class Faq(msgspec.Struct, frozen=True, kw_only=True):
    """常见问题."""

    question: str
    answer: str


class MaterialNeed(msgspec.Struct, frozen=True, kw_only=True):
    """申请材料: one paper that the guide asks for."""

    code: str
    name: str
    required: bool = True
    source: MaterialSource = MaterialSource.APPLICANT
    form: MaterialForm = MaterialForm.ORIGINAL
    copies: int = 1
    hint: str = ""
    """填报须知."""
    deferrable: bool = False
    """可容缺: may be handed in later, on a promise."""
    medium: MaterialMedium = MaterialMedium.EITHER
    issuer: str = ""
    """来源说明: who issues it, where a government body does."""
    page: str = ""
    """纸张规格: A4, 照片 2 寸."""
    standard: str = ""
    """受理标准: when the window takes it as good."""
    blank: str = ""
    """空白表: where the form lies, or its number."""
    sample: str = ""
    """样表."""
    law: str = ""
    """要求依据."""


class Stage(msgspec.Struct, frozen=True, kw_only=True):
    """One stage of the process, at the tier (and there the department) that does it."""

    name: str
    kind: StageKind
    level: Level
    department: DepartmentId | None = None
    workdays: int = 1
    """Most that this stage may take; 0 is the same visit."""
    joint: tuple[DepartmentId, ...] = ()
    """并联: departments of the same place that give their opinion before this review ends."""


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """An answer to a question about the applicant's situation."""

    code: str
    """Unique within the item."""
    text: str
    materials: tuple[str, ...] = ()
    """Codes of the papers that are asked for because of this answer."""


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """办理情形: a question whose answer chooses the papers.

    A paper that no answer names is always asked for; one that some answer names, only with that
    answer.
    """

    text: str
    answers: tuple[Answer, ...]


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
    responsible: str = ""
    """责任人: the person who answers for the item (plan 三(二)); his name or post is public."""
    contact: str = ""
    """咨询方式."""
    complaint: str = ""
    """监督投诉方式."""
    address: str = ""
    """办理地点."""
    hours: str = ""
    """办理时间."""
    codes: tuple[ItemCode, ...] = ()
    body_kind: BodyKind = BodyKind.STATUTORY
    body_code: str = ""
    """实施主体编码: the unified social credit code (GB 32100), where the body has one."""
    entrusted_to: str = ""
    """委托部门."""
    power_source: PowerSource = PowerSource.OWN
    supervisor: str = ""
    """原主管、监管部门, where the body that signs is not the one that supervises (审管联动)."""
    partners: tuple[str, ...] = ()
    """联办机构."""
    service_objects: tuple[ServiceObject, ...] = ()
    channels: tuple[Channel, ...] = (Channel.WINDOW,)
    topics: tuple[str, ...] = ()
    """主题分类, of `schemas.topics`."""
    visits: int = 1
    """到办事现场次数: how often the applicant must come."""
    in_person: bool = False
    """须本人到场, so nobody may act for him."""
    quota: str = ""
    """数量限制."""
    exclusions: tuple[str, ...] = ()
    """When this item is not needed (不需办理的情形)."""
    fees: tuple[Fee, ...] = ()
    """收费; none means free of charge."""
    special: tuple[SpecialProcedure, ...] = ()
    batches: tuple[Batch, ...] = ()
    commitment: bool = False
    """告知承诺: may be decided at once on a written promise, checked later."""
    commitment_check: Limit | None = None
    """事后核查: within what time after the decision a commitment is checked."""
    renewal: bool = False
    """延续: renews a licence; not decided before that expires, it counts as granted (§50)."""
    situations: tuple[Question, ...] = ()
    result_kind: ResultKind = ResultKind.OTHER
    result_sample: str = ""
    result_term: str = ""
    """有效期: how long the result holds, in words."""
    couriered: bool = False
    """The result may be sent by courier."""
    system: HandlingSystem = HandlingSystem.PLATFORM
    risks: tuple[Risk, ...] = ()
    faqs: tuple[Faq, ...] = ()
    follows: str = ""
    """Code of the item that comes before this one: 筹建 before 最终审核."""
    predecessors: tuple[str, ...] = ()
    """Codes of the items that this one was split from or merged of."""
    initials: tuple[str, ...] = ()
    """Pinyin initials of its names, by which it is found: made when it is drafted."""


class ItemPublished(
    msgspec.Struct, frozen=True, kw_only=True, tag="item.published", tag_field="kind"
):
    """发布: a version; running cases keep the version they were received under.

    It is in force from `effective_from` on, at a node that holds the release it belongs to whole.
    """

    version: int
    item: Item
    effective_from: str = ""
    """The first local day; empty: at once."""
    catalogue: StreamName | None = None
    """The publisher's stream of releases, if this comes with one."""
    release: int = 0
    """Number of the release that brings it; 0: none, in force by itself."""
    revision: StreamName | None = None
    """The stream of the revision that was reviewed and approved; none: approved on paper."""


class ItemEnded(msgspec.Struct, frozen=True, kw_only=True, tag="item.ended", tag_field="kind"):
    """暂停、取消、拆分、合并: from that day no window takes it; running cases go on.

    A suspended item comes back with its next version; the others do not.
    """

    version: int
    """The version that ends."""
    reason: EndReason
    effective_from: str = ""
    """The first local day on which it is not taken; empty: at once."""
    catalogue: StreamName | None = None
    release: int = 0
    revision: StreamName | None = None
    successors: tuple[str, ...] = ()
    """Codes of the items that take its place."""


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
    topics: tuple[str, ...] = ()
    effective_from: str = ""
    ends: EndReason | None = None
    """Why it is not in force; none while it is."""
    release: int = 0


class ItemVersion(msgspec.Struct, frozen=True, kw_only=True):
    """One step of an item's life in the catalogue: a version, or its end."""

    version: int
    published_at: int
    """Milliseconds UTC, by the publisher's clock."""
    effective_from: str = ""
    ends: EndReason | None = None
    release: int = 0
    revision: StreamName | None = None
    successors: tuple[str, ...] = ()
    in_force: bool = False


class ItemHistory(msgspec.Struct, frozen=True, kw_only=True):
    """An item's life in the catalogue, the newest step first."""

    stream: StreamName
    code: str
    name: str
    versions: tuple[ItemVersion, ...]


class ItemView(msgspec.Struct, frozen=True, kw_only=True):
    """办事指南: an item as the API serves it, with the stream and version that prove it."""

    stream: StreamName
    version: int
    published_at: int
    """Milliseconds UTC, by the publisher's clock."""
    item: Item
    effective_from: str = ""
    release: int = 0


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
    ended: tuple[str, ...] = ()
    release: int = 0
    """The release that was made; 0 if nothing changed."""
