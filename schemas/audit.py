"""The audit trail (安全审计): who did what at a node, and when. It stays on that node."""

from collections.abc import Mapping
from enum import StrEnum

import msgspec

from schemas.ids import StaffId


class Act(StrEnum):
    """What is written into the trail. Members are added, never taken away: rows name them."""

    SIGNED_IN = "signed_in"
    SIGN_IN_FAILED = "sign_in_failed"
    LOCKED_OUT = "locked_out"
    SIGNED_OUT = "signed_out"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105  # an act, not a password
    SECOND_FACTOR_SET = "second_factor_set"
    SECOND_FACTOR_RESET = "second_factor_reset"
    RECOVERY_CODE_USED = "recovery_code_used"
    ACCOUNT_ADDED = "account_added"
    ACCOUNT_CHANGED = "account_changed"
    ACCOUNT_STOPPED = "account_stopped"
    ACCOUNT_STARTED = "account_started"
    STAFF_LOADED = "staff_loaded"
    DEPARTMENT_CHANGED = "department_changed"
    POST_CHANGED = "post_changed"
    WINDOW_CHANGED = "window_changed"
    ABSENCE_NOTED = "absence_noted"
    ABSENCE_TAKEN_BACK = "absence_taken_back"
    FILING_MADE = "filing_made"
    FILING_JUDGED = "filing_judged"
    ROSTER_GRANTED = "roster_granted"
    ROSTER_CHANGED = "roster_changed"
    ROSTER_STOPPED = "roster_stopped"
    ROSTER_RESUMED = "roster_resumed"
    PERSON_VIEWED = "person_viewed"
    EXPORTED = "exported"
    BULK_DONE = "bulk_done"
    NODE_INVITED = "node_invited"
    NODE_SUSPENDED = "node_suspended"
    NODE_RESUMED = "node_resumed"
    NODE_REVOKED = "node_revoked"
    NODE_ROTATED = "node_rotated"
    NODE_RECLAIMED = "node_reclaimed"
    DELIVERY_RESENT = "delivery_resent"
    BACKUP_MADE = "backup_made"
    BACKUP_DRILLED = "backup_drilled"
    SETTINGS_CHANGED = "settings_changed"
    TRAIL_CHECKED = "trail_checked"
    TRAIL_EXPORTED = "trail_exported"
    FINDING_NOTED = "finding_noted"
    RULEBOOK_SET = "rulebook_set"
    ORDER_ISSUED = "order_issued"
    ORDER_ACKNOWLEDGED = "order_acknowledged"
    ORDER_REPLIED = "order_replied"
    ORDER_SENT_BACK = "order_sent_back"
    ORDER_JUDGED = "order_judged"
    ORDER_APPEALED = "order_appealed"
    ORDER_APPEAL_DECIDED = "order_appeal_decided"
    ORDER_CLOSED = "order_closed"


class Fault(StrEnum):
    """What is wrong with a trail."""

    CHANGED = "changed"  # a row does not hold what was written
    MISSING = "missing"  # a row is gone
    FORGED = "forged"  # rows stand after the end


class AuditEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One row: what somebody did."""

    serial: int
    """1, 2, 3 …: a gap is a row that was taken away."""
    at: int
    """Milliseconds UTC."""
    staff: StaffId
    """Who: `system` for the node's own hand and its command line; empty if nobody was known."""
    name: str
    """As he was called then."""
    act: Act
    subject: str = ""
    """What it was done to: an account, a case, a node, a file."""
    detail: Mapping[str, str] = {}
    digest: str
    """SHA-256, in hex, of this row and the one before it."""


class AuditVerdict(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a check of the whole trail found."""

    rows: int
    """How many were checked and found right, from the first."""
    head: str
    """The digest of the last of them: written down elsewhere, it is a witness later."""
    fault: Fault | None = None
    at_serial: int = 0
    """Where the first fault is."""


class AuditList(msgspec.Struct, frozen=True, kw_only=True):
    """A page of the trail, latest first."""

    entries: tuple[AuditEntry, ...]
    older: int | None = None
    """Ask with `before` this serial for what is older."""


class AuditCheck(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Ask that the trail be checked, and whether it still holds a row that was written down."""

    serial: int = 0
    digest: str = ""
