"""文书: the documents that a case brings forth (domain §3.5), and how they are proven.

A notice is a note of the node that issues it: number, kind and the digest of what was printed. The
printed page itself is a part, for it names people.
"""

from enum import StrEnum

import msgspec

from schemas.ids import CaseNumber, NodeId, PartDigest, StreamName


class NoticeKind(StrEnum):
    """文书种类."""

    RECEIPT = "receipt"  # 收件凭证 (申请材料接收凭证)
    CORRECTION = "correction"  # 一次性告知书 (补正通知书)
    ACCEPTANCE = "acceptance"  # 受理通知书
    REFUSAL = "refusal"  # 不予受理通知书
    PENDING = "pending"  # 容缺受理通知书 (附承诺书)
    SPECIAL = "special"  # 特别程序告知书
    HEARING = "hearing"  # 听证通知书
    EXTENSION = "extension"  # 延长审批期限通知书
    GRANT = "grant"  # 准予决定书
    DENIAL = "denial"  # 不予决定书
    PAYMENT = "payment"  # 缴费通知书
    COLLECTION = "collection"  # 领取通知书
    DELIVERY = "delivery"  # 送达回证
    RETURN = "return"  # 退件通知书
    WITHDRAWAL = "withdrawal"  # 撤回申请确认书
    TERMINATION = "termination"  # 终止办理通知书
    REVOCATION = "revocation"  # 撤销决定书
    COMMITMENT = "commitment"  # 告知承诺书
    HANDOVER = "handover"  # 材料交接单


class NoticeIssued(
    msgspec.Struct, frozen=True, kw_only=True, tag="note.notice_issued", tag_field="kind"
):
    """A note: this node issued a document about the case."""

    case: StreamName
    notice: NoticeKind
    number: str
    """文号, such as 千行审受〔2026〕第0001号."""
    code: str
    """What the QR code holds: 16 characters, drawn at random."""
    seq: int
    """The event of the case that it tells of."""
    page: PartDigest
    """The page as it was printed: self-contained HTML."""
    issued_at: int


class IssueNotice(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """制发文书."""

    notice: NoticeKind
    seq: int | None = None
    """The event that it tells of; the last one that calls for such a notice if left out."""


class NoticeView(msgspec.Struct, frozen=True, kw_only=True):
    """A notice as this node knows it."""

    notice: NoticeKind
    number: str
    code: str
    case: StreamName
    seq: int
    issuer: NodeId
    issued_at: int
    page: PartDigest
    here: bool
    """Whether the page lies at this node."""


class NoticeDue(msgspec.Struct, frozen=True, kw_only=True):
    """A notice that an event calls for and that this node has not issued yet."""

    notice: NoticeKind
    seq: int
    required: bool
    """The law wants it in writing."""


class CaseNotices(msgspec.Struct, frozen=True, kw_only=True):
    """The notices of a case: those issued, oldest first, and those still to be issued here."""

    number: CaseNumber
    issued: tuple[NoticeView, ...]
    due: tuple[NoticeDue, ...]


class NoticeProof(msgspec.Struct, frozen=True, kw_only=True):
    """What a stranger with the QR code is told: nothing of the person."""

    found: bool
    notice: NoticeKind | None = None
    number: str = ""
    case: CaseNumber | None = None
    item_name: str = ""
    issuer: NodeId | None = None
    issuer_name: str = ""
    issued_at: int | None = None
    verified: bool = False
    """The chain of the case and of the note verifies, from the root's fingerprint on."""
