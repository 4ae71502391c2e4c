"""变更单: how an item comes into the catalogue, changes in it, or leaves it.

A department drafts; the staffing office (编办) and the legal office (法制办) review, each with its
opinion; the county government approves; the public notice runs; a release puts it in force. Each
step is an event in the revision's own stream. Opinions are official texts about an item, not about
a person, so they stand in the event.
"""

from enum import StrEnum

import msgspec

from schemas.ids import DepartmentId, NodeId, StaffId, StreamName
from schemas.item_terms import EndReason
from schemas.items import Item


class RevisionState(StrEnum):
    """Where a revision stands."""

    DRAFT = "draft"  # 起草中
    SUBMITTED = "submitted"  # 审核中
    REVIEWED = "reviewed"  # 待审定
    APPROVED = "approved"  # 公示中 / 待发布
    RELEASED = "released"  # 已发布
    RETURNED = "returned"  # 退回修改
    WITHDRAWN = "withdrawn"  # 已撤回


class RevisionAct(StrEnum):
    """What can be done to a revision."""

    EDIT = "edit"  # 修改
    SUBMIT = "submit"  # 报审
    REVIEW = "review"  # 审核
    APPROVE = "approve"  # 审定
    SEND_BACK = "send_back"  # 退回
    RELEASE = "release"  # 发布
    WITHDRAW = "withdraw"  # 撤回


class Office(StrEnum):
    """Who reviews, side by side."""

    STAFFING = "staffing"  # 编办: whether the body has this power, and its name and code
    LEGAL = "legal"  # 法制办: basis, conditions, materials, limits


class ItemChange(msgspec.Struct, frozen=True, kw_only=True):
    """One change that a revision makes: a new text of an item, or its end."""

    code: str
    base: int = 0
    """The version in force when it was drafted; 0 for a new item."""
    item: Item | None = None
    """The new text; none if the item ends. A change has a text or an end, never both."""
    ends: EndReason | None = None
    successors: tuple[str, ...] = ()
    note: str = ""
    """Why, in the department's words."""


class RevisionBegun(
    msgspec.Struct, frozen=True, kw_only=True, tag="revision.begun", tag_field="kind"
):
    """起草: a department begins to draft."""

    title: str
    department: DepartmentId | None = None
    """Whose it is; none: of the service centre, for several departments."""


class RevisionChanged(
    msgspec.Struct, frozen=True, kw_only=True, tag="revision.changed", tag_field="kind"
):
    """One line of what is submitted, instead of the former line of that number."""

    line: int
    change: ItemChange


class RevisionSubmitted(
    msgspec.Struct, frozen=True, kw_only=True, tag="revision.submitted", tag_field="kind"
):
    """报审: these lines, as they were last stated."""

    lines: tuple[int, ...]
    authors: tuple[StaffId, ...] = ()
    """Who wrote these lines: none of them reviews or approves."""


class RevisionReviewed(
    msgspec.Struct, frozen=True, kw_only=True, tag="revision.reviewed", tag_field="kind"
):
    """审核: one office's opinion. One that does not pass sends the revision back."""

    office: Office
    passes: bool
    opinion: str


class RevisionApproved(
    msgspec.Struct, frozen=True, kw_only=True, tag="revision.approved", tag_field="kind"
):
    """审定: the government's decision, and how long the public notice runs."""

    document: str
    """批准文号."""
    notice_from: str = ""
    notice_until: str = ""
    """The last local day of the public notice (公示); empty: none is needed."""


class RevisionSentBack(
    msgspec.Struct, frozen=True, kw_only=True, tag="revision.sent_back", tag_field="kind"
):
    """退回: by the government, also because of what the public notice brought."""

    opinion: str


class RevisionReleased(
    msgspec.Struct, frozen=True, kw_only=True, tag="revision.released", tag_field="kind"
):
    """发布: it is in the publisher's release `number`."""

    number: int


class RevisionWithdrawn(
    msgspec.Struct, frozen=True, kw_only=True, tag="revision.withdrawn", tag_field="kind"
):
    """撤回: the department gives it up."""


RevisionEvent = (
    RevisionBegun
    | RevisionChanged
    | RevisionSubmitted
    | RevisionReviewed
    | RevisionApproved
    | RevisionSentBack
    | RevisionReleased
    | RevisionWithdrawn
)


# ---- what people send


class BeginRevision(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Begin to draft, perhaps with the first changes."""

    title: str
    """Unlike that of any other open revision of the department."""
    department: DepartmentId | None = None
    """None: that of whoever drafts, if he has one."""
    changes: tuple[ItemChange, ...] = ()


class PutChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Write a line of the draft: a new one, or `line` anew."""

    change: ItemChange
    line: int | None = None
    seen: int | None = None
    """The `edited` of the line that was shown, so that nobody overwrites another's work."""


class ReviewRevision(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An office's opinion."""

    office: Office
    passes: bool
    opinion: str
    seen: int | None = None
    """The `seq` of the revision that was shown: refused if it has moved on since."""


class ApproveRevision(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The government's decision; `notice_workdays` of public notice from the next working day."""

    document: str
    notice_workdays: int = 5
    seen: int | None = None
    """The `seq` of the revision that was shown: refused if it has moved on since."""


class SendBackRevision(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why it goes back."""

    opinion: str
    seen: int | None = None
    """The `seq` of the revision that was shown: refused if it has moved on since."""


class MakeRelease(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Put approved revisions in force, together."""

    title: str
    revisions: tuple[StreamName, ...]
    effective_from: str = ""
    """The first local day; empty: at once."""


# ---- what people read


class Opinion(msgspec.Struct, frozen=True, kw_only=True):
    """What an office or the government said."""

    office: str
    """`staffing`, `legal` or `government`."""
    passes: bool
    text: str
    by: StaffId
    at: int


class RevisionLine(msgspec.Struct, frozen=True, kw_only=True):
    """One change, with what is wrong with it now."""

    line: int
    change: ItemChange
    edited: int
    """Grows with each edit of the line."""
    errors: dict[str, str] = {}
    """By field, as `materials[2].copies`: what stops it."""
    warnings: dict[str, str] = {}


class RevisionBrief(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a list of revisions."""

    stream: StreamName
    title: str
    department: DepartmentId | None
    state: RevisionState
    by: StaffId
    changes: int
    begun_at: int
    since: int
    document: str = ""
    notice_from: str = ""
    notice_until: str = ""
    release: int = 0
    passed: tuple[Office, ...] = ()
    """Offices that have passed this round."""


class WrittenLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line that was just written: not its text, which the writer has."""

    line: int
    code: str
    edited: int
    errors: dict[str, str] = {}
    warnings: dict[str, str] = {}


class RevisionWritten(msgspec.Struct, frozen=True, kw_only=True):
    """A draft after something was written in it: summed up, and the lines concerned."""

    brief: RevisionBrief
    seq: int
    lines: tuple[WrittenLine, ...] = ()


class RevisionView(msgspec.Struct, frozen=True, kw_only=True):
    """A revision, whole."""

    brief: RevisionBrief
    publisher: NodeId
    seq: int
    """Grows with each step; who takes the next one says which he has `seen`."""
    lines: tuple[RevisionLine, ...]
    opinions: tuple[Opinion, ...]
    allowed: tuple[RevisionAct, ...]
    """What the person who asks may do now."""


class RevisionList(msgspec.Struct, frozen=True, kw_only=True):
    """Revisions, the newest first."""

    revisions: tuple[RevisionBrief, ...]
