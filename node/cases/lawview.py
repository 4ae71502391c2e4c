"""What the law adds to a case, as its events tell: kept beside the view, and empty for most cases.

Values only; the rules are `node.cases.law`.
"""

from typing import Final

import msgspec

from schemas.case_terms import Agency, PaperReceipt
from schemas.cases import CaseState
from schemas.ids import DepartmentId, StaffId
from schemas.item_terms import SpecialKind


class LawView(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Notices, pending papers, procedures, extensions and promises of one case.

    Days are local days, `yyyy-mm-dd`.
    """

    before: CaseState | None = None
    """Of a correction or a special procedure: the state to which the case goes back."""
    corrections: int = 0
    """How many correction notices there were; the law allows one (行政许可法 §32(4))."""
    correct_by: str = ""
    corrected_at: int = 0
    """When all that was asked for came: from that day it counts as accepted (§32(5))."""
    pending: tuple[str, ...] = ()
    """容缺: codes of papers that are still to come, as far as the case's own events tell."""
    pending_by: str = ""
    commitment: bool = False
    """告知承诺: accepted on a promise, to be decided at once and checked later."""
    checked: bool | None = None
    """Whether the promise held; `None` before the check."""
    procedure: SpecialKind | None = None
    """The special procedure under way."""
    procedure_name: str = ""
    procedures: tuple[SpecialKind, ...] = ()
    """Procedures that have been carried out."""
    extended: int = 0
    """By how much the limits were extended; 0: they were not."""
    handler: StaffId | None = None
    """Who signed the case in, or took it over, at this stage."""
    opinions: tuple[DepartmentId, ...] = ()
    """Departments that have given their opinion at this stage."""
    fee_due: bool = False
    """Whether the item has fees."""
    fee_settled: bool = False
    certificate: str = ""
    valid_until: str = ""
    deemed: tuple[str, ...] = ()
    """What time brought about: `accepted`, `granted`."""
    expires_on: str = ""
    """Of a renewal: the last day of the licence."""
    query: str = ""
    """Check of the applicant's query code."""
    situation: tuple[str, ...] = ()
    follows: str = ""
    """Of the second of two stages: number of the case that came first."""
    reopened: int = 0
    agency: Agency | None = None
    """Who acts for the applicant, and by what right."""
    paper: PaperReceipt | None = None
    """补录: when it was taken on paper, and under which number."""
    entered_at: int = 0
    """Of 补录: when it was typed in; milliseconds UTC."""


NO_LAW: Final = LawView()
