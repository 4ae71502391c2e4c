"""差评整改、投诉、咨询 as the API has them: what forms hold, what is answered."""

import msgspec

from schemas.evaluation import Grade
from schemas.ids import DepartmentId, NodeId, StaffId
from schemas.public import Said
from schemas.redress import (
    Complexity,
    RedressAct,
    RedressFinding,
    RedressKind,
    RedressPart,
    RedressSource,
    RedressState,
    RedressView,
)


class NewRedress(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """登记: what somebody at a window, on the telephone or in a letter said."""

    redress: RedressKind
    """Never a bad rating: those are opened by the rating."""
    source: RedressSource = RedressSource.WINDOW
    title: str = ""
    text: str
    name: str = ""
    phone: str = ""
    case: str = ""
    """Number of the case that it is about, if it is about one."""
    subject: NodeId | None = None
    """Who must answer; absent: whoever handles the case, else this place."""
    department: DepartmentId | None = None
    staff: StaffId | None = None
    """被投诉人, where he is known by name here."""
    window: str = ""


class RedressTaken(msgspec.Struct, frozen=True, kw_only=True):
    """What whoever asks is given."""

    number: str
    code: str
    """Six digits, told this once: with the number they find the answer."""
    verify_by: str
    """The last day to verify it; of a question: to answer it."""
    subject: NodeId


class RedressSent(msgspec.Struct, frozen=True, kw_only=True):
    """What whoever asks from home is given: nothing that tells whether a case of his number is."""

    number: str
    code: str
    """Six digits, told this once: with the number they find the answer."""
    verify_by: str
    """The last day to verify it; of a question: to answer it."""


class VerifyRedress(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """核实."""

    finding: RedressFinding
    complexity: Complexity = Complexity.SIMPLE
    note: str = ""


class ExtendRedress(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """延期, once."""

    answer_by: str
    reason: str
    """A code: `inquiry`, `other_body`, `person_away`, `holiday`."""


class AnswerRedress(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """反馈."""

    answer: str
    mended: bool = True


class CallBackRedress(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """回访."""

    reached: bool
    grade: Grade | None = None
    """His second evaluation."""
    note: str = ""


class AppealRedress(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """申诉."""

    ground: str
    """`malicious`, `mistaken`, `not_ours`."""
    note: str = ""


class DecideRedressAppeal(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """申诉复核."""

    set_aside: bool
    note: str = ""


class CloseRedress(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """办结: nobody has to be called back any more."""


class RedressDetail(msgspec.Struct, frozen=True, kw_only=True):
    """One matter, with what its papers say as far as they are here; who asks is masked."""

    redress: RedressView
    said: RedressPart | None = None
    verified: str = ""
    answer: str = ""
    called_back: str = ""
    appeal: str = ""
    appeal_ground: str = ""
    appeal_decision: str = ""
    extension: str = ""
    allowed: tuple[RedressAct, ...] = ()
    """What the caller may do with it as it stands."""


class RedressList(msgspec.Struct, frozen=True, kw_only=True):
    """差评、投诉、咨询, the newest first."""

    redresses: tuple[RedressView, ...]
    next: str = ""
    """`before` of the next page; empty after the last."""


class PublicRedress(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What somebody asks or complains about from home. A name and a telephone are his choice."""

    text: str
    title: str = ""
    name: str = ""
    phone: str = ""
    case: str = ""
    department: DepartmentId | None = None
    unresolved: bool = False
    """办不成事: he was sent home again and again."""


class TrackRedress(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What finds an answer."""

    number: str
    code: str


class RedressTold(msgspec.Struct, frozen=True, kw_only=True):
    """What is told to whoever has its number and code. Nothing of it is personal but the answer."""

    number: str
    redress: RedressKind
    state: RedressState
    said: Said
    """Where it stands, in a sentence."""
    opened_at: int
    due: str
    """The last day of what is to be done next; empty where no limit runs."""
    answered_at: int | None = None
    answer: str = ""
    away: bool = False
    """It was answered, and the answer has not come to this node yet."""


class ListRedress(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the command line asks for: the facts of all that are known here."""

    open: bool = False
    """Only what is not closed."""
    late: bool = False
    """Only what is behind its day."""
    before: str = ""


class AskRedress(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One of them, by its number or address."""

    matter: str
