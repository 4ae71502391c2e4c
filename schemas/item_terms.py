"""The words that an item is written in: closed lists of the trade, mostly of GB/T 39046-2020."""

from enum import StrEnum
from typing import Final

LICENCE: Final = "01"
"""行政许可 among the kinds of items (GB/T 39046 A.1): 行政许可法 is about these."""


class StageKind(StrEnum):
    """What is done at a stage of an item's process. Receiving and delivering are the window's."""

    CHECK = "check"  # 初审
    ACCEPT = "accept"  # 受理
    DISPATCH = "dispatch"  # 分办
    REVIEW = "review"  # 审查
    REPORT = "report"  # 转报: reviewed, and sent up to the body that decides
    DECIDE = "decide"  # 决定
    ISSUE = "issue"  # 制证: the licence is made and goes to the window


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
    ASSIST = "assist"  # 协办: 入户调查, 公示, 证明; takes no applications
    INFORMATION = "information"  # 公开告知; takes no applications
    DELEGATED = "delegated"  # 委托、下放


class LimitUnit(StrEnum):
    """时限单位."""

    WORKDAY = "workday"  # 工作日
    DAY = "day"  # 自然日
    MONTH = "month"  # 月


class LimitStart(StrEnum):
    """The event that starts a limit (起算)."""

    RECEIVED = "received"  # 收到申请之日
    ACCEPTED = "accepted"  # 受理之日
    DECIDED = "decided"  # 作出决定之日: of a later check, never of the decision itself
    BATCH_CLOSED = "batch_closed"  # 受理期限终止之日, of items taken in batches (教师资格)


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


class MaterialMedium(StrEnum):
    """材料介质."""

    PAPER = "paper"  # 纸质
    ELECTRONIC = "electronic"  # 电子
    EITHER = "either"  # 纸质或电子


class ApplicantKind(StrEnum):
    """服务对象, as the window asks for it."""

    NATURAL = "natural"  # 自然人
    LEGAL = "legal"  # 法人和其他组织


class ServiceObject(StrEnum):
    """服务对象, as it is reported (GB/T 39046 A.4)."""

    PERSON = "person"  # 1 自然人
    ENTERPRISE = "enterprise"  # 2 企业法人
    INSTITUTION = "institution"  # 3 事业法人
    ASSOCIATION = "association"  # 4 社会组织法人
    AGENCY = "agency"  # 5 行政机关
    OTHER = "other"  # 6 其他组织


class Channel(StrEnum):
    """办理形式 (GB/T 39046 A.5)."""

    WINDOW = "window"  # 1 窗口
    WEB = "web"  # 2 电脑端网上
    MOBILE = "mobile"  # 3 移动端
    COURIER = "courier"  # 4 快递申请


class BodyKind(StrEnum):
    """实施主体性质 (GB/T 39046 A.3)."""

    STATUTORY = "statutory"  # 1 法定机关
    AUTHORISED = "authorised"  # 2 授权组织
    ENTRUSTED = "entrusted"  # 3 受委托组织
    OTHER = "other"  # 9 其他


class PowerSource(StrEnum):
    """权力来源."""

    OWN = "own"  # 法定本级行使
    HANDED_DOWN = "handed_down"  # 上级下放
    AUTHORISED_ABOVE = "authorised_above"  # 上级授权
    AUTHORISED_BESIDE = "authorised_beside"  # 同级授权
    ENTRUSTED_ABOVE = "entrusted_above"  # 上级委托
    ENTRUSTED_BESIDE = "entrusted_beside"  # 同级委托


class HandlingSystem(StrEnum):
    """办理系统: where the department works on the item (专用系统 may be joined later)."""

    PLATFORM = "platform"  # 本平台
    DEPARTMENT = "department"  # 部门自建系统
    VERTICAL = "vertical"  # 国垂、省垂系统


class ResultKind(StrEnum):
    """结果类型."""

    LICENCE = "licence"  # 证照
    APPROVAL = "approval"  # 批文
    OTHER = "other"  # 其他


class CodeScheme(StrEnum):
    """编码规则, by which a code is checked; the code stays opaque."""

    GB39554 = "gb39554"  # GB/T 39554: 12 / 31 / 33 characters
    GB39046 = "gb39046"  # GB/T 39046-2020: at most 10 / 24 characters
    LOCAL = "local"  # 本地编码, not checked


class CodeLayer(StrEnum):
    """What a code names."""

    BASIC = "basic"  # 基本编码
    IMPLEMENTATION = "implementation"  # 实施编码
    HANDLING = "handling"  # 业务办理项编码


class FeeDue(StrEnum):
    """When a fee is due."""

    BEFORE_ACCEPTANCE = "before_acceptance"  # 受理前
    BEFORE_DECISION = "before_decision"  # 决定前
    BEFORE_ISSUE = "before_issue"  # 发证前


class RiskGrade(StrEnum):
    """风险等级."""

    HIGH = "high"  # 一级
    MIDDLE = "middle"  # 二级
    LOW = "low"  # 三级


class SpecialKind(StrEnum):
    """特别程序: what does not count towards the limit (行政许可法 §45), and what practice adds."""

    HEARING = "hearing"  # 听证
    TENDER = "tender"  # 招标
    AUCTION = "auction"  # 拍卖
    INSPECTION = "inspection"  # 检验
    TEST = "test"  # 检测
    QUARANTINE = "quarantine"  # 检疫
    APPRAISAL = "appraisal"  # 鉴定
    EXPERT_REVIEW = "expert_review"  # 专家评审
    SITE_SURVEY = "site_survey"  # 现场踏勘
    PUBLIC_DISPLAY = "public_display"  # 公示
    EXAMINATION = "examination"  # 考试、体检
    CONSULTATION = "consultation"  # 征求意见
    OTHER = "other"  # 其他


class EndReason(StrEnum):
    """Why an item is no longer taken."""

    SUSPENDED = "suspended"  # 暂停
    ABOLISHED = "abolished"  # 取消
    SPLIT = "split"  # 拆分
    MERGED = "merged"  # 合并
