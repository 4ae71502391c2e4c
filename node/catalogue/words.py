"""What an item's fields may hold, in Chinese and English: a word for each member of each choice."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final, TypeAlias

from schemas.ids import Level
from schemas.item_terms import (
    ApplicantKind,
    BodyKind,
    CaseKind,
    Channel,
    CodeLayer,
    CodeScheme,
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

Words: TypeAlias = tuple[str, str]
"""The same in Chinese and in English."""

# Members of different choices are equal as texts (`other`), so each choice has a table of its own.
CHOICES: Final[Mapping[type[StrEnum], Mapping[str, Words]]] = MappingProxyType(
    {
        Level: {
            Level.CITY: ("市", "city"),
            Level.COUNTY: ("县", "county"),
            Level.TOWN: ("镇", "town"),
            Level.VILLAGE: ("村", "village"),
        },
        StageKind: {
            StageKind.CHECK: ("初审", "check"),
            StageKind.ACCEPT: ("受理", "accept"),
            StageKind.DISPATCH: ("分办", "dispatch"),
            StageKind.REVIEW: ("审查", "review"),
            StageKind.REPORT: ("转报", "report"),
            StageKind.DECIDE: ("决定", "decide"),
            StageKind.ISSUE: ("制证", "issue"),
        },
        CaseKind: {
            CaseKind.INSTANT: ("即办件", "instant"),
            CaseKind.PROMISED: ("承诺件", "promised"),
        },
        Mode: {
            Mode.DIRECT: ("直接办理", "handled directly"),
            Mode.ACCEPT_FORWARD: ("受理转办", "accepted, then passed on"),
            Mode.AGENCY: ("代办", "agency service"),
            Mode.REVIEW_FORWARD: ("初审转报", "checked, then passed up"),
            Mode.ASSIST: ("协办", "assists"),
            Mode.INFORMATION: ("公开告知", "informs only"),
            Mode.DELEGATED: ("委托下放", "delegated"),
        },
        LimitUnit: {
            LimitUnit.WORKDAY: ("工作日", "working day"),
            LimitUnit.DAY: ("自然日", "calendar day"),
            LimitUnit.MONTH: ("月", "month"),
        },
        LimitStart: {
            LimitStart.RECEIVED: ("收到申请之日", "receipt"),
            LimitStart.ACCEPTED: ("受理之日", "acceptance"),
            LimitStart.DECIDED: ("作出决定之日", "the decision"),
            LimitStart.BATCH_CLOSED: ("受理期限终止之日", "the close of the batch"),
        },
        MaterialSource: {
            MaterialSource.APPLICANT: ("申请人自备", "brought by the applicant"),
            MaterialSource.GOVERNMENT: ("政府部门核发", "issued by a government body"),
            MaterialSource.OTHER: ("其他", "other"),
        },
        MaterialForm: {
            MaterialForm.ORIGINAL: ("原件", "original"),
            MaterialForm.COPY: ("复印件", "copy"),
            MaterialForm.BOTH: ("原件和复印件", "original and copy"),
        },
        MaterialMedium: {
            MaterialMedium.PAPER: ("纸质", "paper"),
            MaterialMedium.ELECTRONIC: ("电子", "electronic"),
            MaterialMedium.EITHER: ("纸质或电子", "paper or electronic"),
        },
        ApplicantKind: {
            ApplicantKind.NATURAL: ("自然人", "natural person"),
            ApplicantKind.LEGAL: ("法人和其他组织", "legal person or other body"),
        },
        ServiceObject: {
            ServiceObject.PERSON: ("自然人", "person"),
            ServiceObject.ENTERPRISE: ("企业法人", "enterprise"),
            ServiceObject.INSTITUTION: ("事业法人", "public institution"),
            ServiceObject.ASSOCIATION: ("社会组织法人", "association"),
            ServiceObject.AGENCY: ("行政机关", "government agency"),
            ServiceObject.OTHER: ("其他组织", "other body"),
        },
        Channel: {
            Channel.WINDOW: ("窗口", "window"),
            Channel.WEB: ("电脑端网上", "web"),
            Channel.MOBILE: ("移动端", "mobile"),
            Channel.COURIER: ("快递申请", "courier"),
        },
        BodyKind: {
            BodyKind.STATUTORY: ("法定机关", "statutory authority"),
            BodyKind.AUTHORISED: ("授权组织", "authorised body"),
            BodyKind.ENTRUSTED: ("受委托组织", "entrusted body"),
            BodyKind.OTHER: ("其他", "other"),
        },
        PowerSource: {
            PowerSource.OWN: ("法定本级行使", "by law at this level"),
            PowerSource.HANDED_DOWN: ("上级下放", "handed down from above"),
            PowerSource.AUTHORISED_ABOVE: ("上级授权", "authorised from above"),
            PowerSource.AUTHORISED_BESIDE: ("同级授权", "authorised at this level"),
            PowerSource.ENTRUSTED_ABOVE: ("上级委托", "entrusted from above"),
            PowerSource.ENTRUSTED_BESIDE: ("同级委托", "entrusted at this level"),
        },
        HandlingSystem: {
            HandlingSystem.PLATFORM: ("本平台", "this platform"),
            HandlingSystem.DEPARTMENT: ("部门自建系统", "the department's own"),
            HandlingSystem.VERTICAL: ("国垂省垂系统", "a national or provincial one"),
        },
        ResultKind: {
            ResultKind.LICENCE: ("证照", "licence"),
            ResultKind.APPROVAL: ("批文", "approval"),
            ResultKind.OTHER: ("其他", "other"),
        },
        CodeScheme: {
            CodeScheme.GB39554: ("GB/T 39554", "GB/T 39554"),
            CodeScheme.GB39046: ("GB/T 39046", "GB/T 39046"),
            CodeScheme.LOCAL: ("本地编码", "local"),
        },
        CodeLayer: {
            CodeLayer.BASIC: ("基本编码", "basic"),
            CodeLayer.IMPLEMENTATION: ("实施编码", "implementation"),
            CodeLayer.HANDLING: ("业务办理项编码", "handling"),
        },
        FeeDue: {
            FeeDue.BEFORE_ACCEPTANCE: ("受理前", "before acceptance"),
            FeeDue.BEFORE_DECISION: ("决定前", "before the decision"),
            FeeDue.BEFORE_ISSUE: ("发证前", "before issue"),
        },
        RiskGrade: {
            RiskGrade.HIGH: ("一级", "high"),
            RiskGrade.MIDDLE: ("二级", "middle"),
            RiskGrade.LOW: ("三级", "low"),
        },
        SpecialKind: {
            SpecialKind.HEARING: ("听证", "hearing"),
            SpecialKind.TENDER: ("招标", "tender"),
            SpecialKind.AUCTION: ("拍卖", "auction"),
            SpecialKind.INSPECTION: ("检验", "inspection"),
            SpecialKind.TEST: ("检测", "test"),
            SpecialKind.QUARANTINE: ("检疫", "quarantine"),
            SpecialKind.APPRAISAL: ("鉴定", "appraisal"),
            SpecialKind.EXPERT_REVIEW: ("专家评审", "expert review"),
            SpecialKind.SITE_SURVEY: ("现场踏勘", "site survey"),
            SpecialKind.PUBLIC_DISPLAY: ("公示", "public display"),
            SpecialKind.EXAMINATION: ("考试体检", "examination"),
            SpecialKind.CONSULTATION: ("征求意见", "consultation"),
            SpecialKind.OTHER: ("其他", "other"),
        },
    }
)
TYPES: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "00": ("行政权力", "administrative power"),
        "01": ("行政许可", "administrative licence"),
        "02": ("行政处罚", "penalty"),
        "03": ("行政强制", "compulsion"),
        "04": ("行政征收", "levy"),
        "05": ("行政给付", "grant"),
        "06": ("行政检查", "inspection"),
        "07": ("行政确认", "confirmation"),
        "08": ("行政奖励", "award"),
        "09": ("行政裁决", "adjudication"),
        "10": ("其他行政权力", "other power"),
        "20": ("公共服务", "public service"),
    }
)
"""事项类型, GB/T 39046 A.1."""
