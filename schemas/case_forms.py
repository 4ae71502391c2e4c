"""What people send to move a case by the law's other ways; the ordinary forms: `cases_api`.

Forms refuse unknown fields; `seen` is as there. Days are local days, `yyyy-mm-dd`.
"""

import msgspec

from schemas.case_terms import Ground, MaterialGiven, Remedies
from schemas.ids import DepartmentId
from schemas.item_terms import LimitUnit, SpecialKind


class AdmitCase(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """预审通过."""

    seen: int | None = None


class ReasonedCase(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """退件、退回分办、接办、终止、作废: a reason code, and a note if there is more to say."""

    reason: str
    note: str = ""
    seen: int | None = None


class SupplyCase(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """容缺补交: at the holder, or at the window that took the case."""

    materials: tuple[MaterialGiven, ...]
    seen: int | None = None


class SignInCase(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """签收."""

    seen: int | None = None


class RedispatchCase(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """改派."""

    department: DepartmentId
    reason: str
    seen: int | None = None


class GiveOpinion(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """会签: the caller's department agrees or not."""

    agrees: bool
    opinion: str = ""
    seen: int | None = None


class ReportCase(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """转报: the opinion goes up with the papers (行政许可法 §35)."""

    opinion: str
    seen: int | None = None


class SuspendCase(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """启动特别程序: what the item's own list does not say must be said here."""

    procedure: SpecialKind
    name: str = ""
    ground: Ground | None = None
    amount: int | None = None
    """Days that it is expected to take."""
    unit: LimitUnit = LimitUnit.WORKDAY
    on: str = ""
    """Day of the hearing, the survey, the examination: a hearing needs one."""
    place: str = ""
    note: str = ""
    seen: int | None = None


class ResumeCase(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """特别程序结束."""

    result: str = "done"
    """`done` or `dropped`."""
    note: str = ""
    seen: int | None = None


class ExtendCase(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """延长审批."""

    amount: int
    reason: str
    ground: Ground | None = None
    """行政许可法 §42 if left out, for a licence."""
    note: str = ""
    seen: int | None = None


class SettleFee(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """缴费."""

    fen: int = 0
    payment_code: str = ""
    waived: str = ""
    """The rule by which nothing is paid."""
    seen: int | None = None


class CertifyCase(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """制证."""

    certificate: str
    valid_from: str = ""
    valid_until: str = ""
    seen: int | None = None


class NotifyCase(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """通知领取."""

    seen: int | None = None


class CheckCase(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """事后核查."""

    kept: bool
    note: str = ""
    seen: int | None = None


class RevokeCase(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """撤销: as a denial, with reason, ground and remedies."""

    reason: str
    ground: Ground | None = None
    remedies: Remedies | None = None
    note: str = ""
    seen: int | None = None


class ReopenCase(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """重新办理."""

    reason: str
    document: str
    """Number of the review decision or the judgment."""
    note: str = ""
    seen: int | None = None


class DeliveryReceipt(msgspec.Struct, frozen=True, kw_only=True):
    """送达回证: who took the result, a part."""

    name: str
    id_number: str = ""
    waybill: str = ""
