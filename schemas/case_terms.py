"""The values that the events of a case are written in: papers, grounds, remedies."""

from enum import StrEnum

import msgspec

from schemas.ids import PartDigest


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


class MaterialGiven(msgspec.Struct, frozen=True, kw_only=True):
    """A paper handed in: the material's code in the item, its scans, and what was seen."""

    code: str
    parts: tuple[PartDigest, ...] = ()
    originals: int = 0
    copies: int = 0
    trust: Trust | None = None
    shared: bool = False
    """共享: it was verified in an earlier case, and used again with the applicant's consent."""
