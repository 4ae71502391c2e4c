"""网上办事: what anyone sends without signing in, and what he is told.

Forms refuse unknown fields. Files are base64 in JSON. Number and query code (查询码) of a case let
anyone follow it; to act, the end of the applicant's ID number is needed too.
"""

import msgspec

from schemas.cases import CaseState, Outcome
from schemas.cases_api import CaseDue
from schemas.ids import CaseNumber, NodeId
from schemas.parts import Person
from schemas.reasons import Reason


class PublicPaper(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A paper sent in: the material's code in the guide, and its pages as files."""

    code: str
    files: tuple[bytes, ...]
    """JPEG, PNG, PDF or text; what each is, its bytes tell."""


class PublicApplication(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """网上申请."""

    item: str
    """The item's code."""
    applicant: Person
    place: NodeId | None = None
    """The place that the matter concerns, if it is not the node's own."""
    materials: tuple[PublicPaper, ...] = ()
    situation: tuple[str, ...] = ()
    """Codes of the answers that choose the papers."""
    expires_on: str = ""
    """Of a renewal: the last day of the licence, `yyyy-mm-dd`."""
    follows: str = ""
    """Of the second of two stages: number of the case that came first."""
    consent: bool = False
    """The applicant has read the notice of `public/privacy` and agrees (个人信息保护法 §17)."""


class PublicReceipt(msgspec.Struct, frozen=True, kw_only=True):
    """申请回执: the number and, this once, the query code."""

    number: CaseNumber
    code: str
    received_at: int
    """Milliseconds UTC."""


class PublicCorrection(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """补正: the papers that the window asked for, all of them."""

    code: str
    """The query code."""
    id_tail: str
    """The last four characters of the applicant's ID number or credit code."""
    materials: tuple[PublicPaper, ...]


class PublicWithdrawal(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """撤回申请."""

    code: str
    id_tail: str
    reason: str = Reason.APPLICANT_WITHDREW


class Track(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """进度查询."""

    number: str
    code: str


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """A sentence in both languages."""

    zh: str
    en: str


class WantedPaper(msgspec.Struct, frozen=True, kw_only=True):
    """A paper that the applicant is to bring."""

    code: str
    name: str
    by: str = ""
    """The last day, `yyyy-mm-dd`."""


class Tracked(msgspec.Struct, frozen=True, kw_only=True):
    """办理进度: where a case stands. Nothing in it is personal."""

    number: CaseNumber
    item_name: str
    state: CaseState
    said: Said
    """Where it stands, in words."""
    since: int
    """When its last step was taken: milliseconds UTC."""
    received_at: int
    stage: str = ""
    """The stage of the item's process that it waits for; empty when no stage is left."""
    outcome: Outcome | None = None
    wanted: tuple[WantedPaper, ...] = ()
    due: tuple[CaseDue, ...] = ()
    """When its limits end."""
    ready: bool = False
    """The result lies at the window, to be collected."""
    deemed: tuple[str, ...] = ()
    """What time itself brought about: `accepted`, `granted`."""


class Privacy(msgspec.Struct, frozen=True, kw_only=True):
    """个人信息处理告知: what is done with what an applicant sends (个人信息保护法 §17)."""

    version: str
    """Kept with the application of whoever agreed."""
    text: Said
