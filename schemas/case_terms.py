"""The values that the events of a case are written in: papers, grounds, remedies."""

from enum import StrEnum

import msgspec

from schemas.ids import PartDigest


class AgencyKind(StrEnum):
    """Who acts for the applicant (代办关系)."""

    RELATIVE = "relative"  # 亲属
    STATION = "station"  # 本站代办员: the village agent who takes the application himself
    ENTRUSTED = "entrusted"  # 受托人


class PaperReason(StrEnum):
    """Why an application was taken down on paper first (纸质收件原因)."""

    NO_POWER = "no_power"  # 停电
    BROKEN = "broken"  # 设备故障
    VISIT = "visit"  # 入户或流动服务
    OTHER = "other"  # 其他


class Trust(StrEnum):
    """材料可信等级 (国办函〔2016〕108号): how far a paper may be relied on."""

    A = "A"  # 发证机关直接提供
    B = "B"  # 窗口核对原件后留存
    C = "C"  # 申请人上传, 未核对原件
    D = "D"  # 申请人自制或声明, 承诺属实


class Ground(msgspec.Struct, frozen=True, kw_only=True):
    """依据: the law and the article that allow it, such as 行政许可法 第四十五条."""

    law: str
    article: str


class Remedies(msgspec.Struct, frozen=True, kw_only=True):
    """救济途径: where the applicant may turn against it.

    Administrative review within 60 days (行政复议法 §20), a lawsuit within 6 months
    (行政诉讼法 §46).
    """

    review_body: str
    """复议机关."""
    court: str
    """人民法院."""
    review_days: int = 60
    lawsuit_months: int = 6


class Agency(msgspec.Struct, frozen=True, kw_only=True):
    """全程代办: somebody acts for the applicant; who he is stands in the applicant's part."""

    kind: str
    """An `AgencyKind`."""
    authority: PartDigest | None = None
    """委托书, a scan; a station's own agent needs none."""


class PaperReceipt(msgspec.Struct, frozen=True, kw_only=True):
    """补录: the application was taken on a numbered paper form, and typed in later."""

    number: str
    """As printed on the form (编号)."""
    captured_at: int
    """When it was taken on paper: milliseconds UTC."""
    why: str
    """A `PaperReason`."""


class MaterialGiven(msgspec.Struct, frozen=True, kw_only=True):
    """A paper handed in: the material's code in the item, its scans, and what was seen."""

    code: str
    parts: tuple[PartDigest, ...] = ()
    originals: int = 0
    copies: int = 0
    trust: Trust | None = None
    shared: bool = False
    """共享: it was verified in an earlier case, and used again with the applicant's consent."""
