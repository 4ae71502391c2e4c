"""下级人员: accounts that a node above makes for one below it, which has no administrator.

One stream per person and node, `staff/…`: begun and held by the node that keeps the account. The
random end of its name is the account's id. Name, login and the hash of the password are a part,
sealed to the node whose account it is; no event holds them.
"""

from enum import StrEnum

import msgspec

from schemas.ids import NodeId, PartDigest, StaffId, StreamName
from schemas.staff import Role


class StaffGranted(
    msgspec.Struct, frozen=True, kw_only=True, tag="staff.granted", tag_field="kind"
):
    """开户: somebody may work at a node below."""

    subject: NodeId
    """The node whose account it is."""
    roles: tuple[Role, ...]
    part: PartDigest
    """Who it is: a `StaffPart`."""


class StaffChanged(
    msgspec.Struct, frozen=True, kw_only=True, tag="staff.changed", tag_field="kind"
):
    """变更: other posts, or a new first password; what is absent stays."""

    roles: tuple[Role, ...] = ()
    part: PartDigest | None = None
    """A `StaffPart` in place of the one before."""


class StaffStopped(
    msgspec.Struct, frozen=True, kw_only=True, tag="staff.stopped", tag_field="kind"
):
    """停用: signed out, and cannot sign in."""

    reason: str


class StaffResumed(
    msgspec.Struct, frozen=True, kw_only=True, tag="staff.resumed", tag_field="kind"
):
    """恢复: may sign in again, with the password he has."""


StaffEvent = StaffGranted | StaffChanged | StaffStopped | StaffResumed


class StaffPart(msgspec.Struct, frozen=True, kw_only=True):
    """Who may sign in, and what proves it: a part, never in an event."""

    login: str
    name: str
    password: str
    """An Argon2id hash; the password itself is told to the person alone."""
    must_change: bool = True
    """Whether he chooses another before anything else."""


class ArrivalState(StrEnum):
    """What became of an account at its node."""

    READY = "ready"  # 已开通
    LOGIN_TAKEN = "login_taken"  # 登录名重复: the account that was there before stays
    UNUSABLE = "unusable"  # 内容有误: what came is no account


class AccountArrived(
    msgspec.Struct, frozen=True, kw_only=True, tag="note.account_arrived", tag_field="kind"
):
    """送达: a note of the node whose account it is; the stream is in force there up to `seq`."""

    stream: StreamName
    seq: int
    state: ArrivalState


class GrantView(msgspec.Struct, frozen=True, kw_only=True):
    """How an account stands by its stream. Times are milliseconds UTC."""

    stream: StreamName
    id: StaffId
    subject: NodeId
    keeper: NodeId
    """Who holds the stream: only it can change the account."""
    roles: tuple[Role, ...]
    active: bool
    reason: str | None = None
    """Why it is stopped."""
    part: PartDigest
    author: NodeId
    """Who has the part."""
    granted_at: int
    changed_at: int
    seq: int
    """Of the last event that had an effect."""


class GrantedPerson(msgspec.Struct, frozen=True, kw_only=True):
    """One account of a node below, as far as this node may know it."""

    grant: GrantView
    login: str = ""
    """Empty, like the name, if another node keeps the account: they are sealed."""
    name: str = ""
    arrived: bool = False
    """What the stream says last is in force there, or is known there to have failed."""
    state: ArrivalState | None = None
    """What that node said last; nothing so far if absent."""


class Roster(msgspec.Struct, frozen=True, kw_only=True):
    """The accounts of the nodes below, by place."""

    people: tuple[GrantedPerson, ...]


class GrantAccount(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """开户: what is said of somebody who is to work below."""

    node: NodeId
    login: str
    name: str
    roles: tuple[Role, ...]
    password: str
    """The first one."""
    must_change: bool = True
    """Whether he chooses another before anything else."""


class ChangeRoles(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """换岗."""

    roles: tuple[Role, ...]


class StopAccount(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """停用, for a reason of the published list."""

    reason: str


class FirstPassword(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """重设密码."""

    password: str


class ListRoster(msgspec.Struct, frozen=True, kw_only=True):
    """List the accounts of a place below, or of all."""

    node: NodeId | None = None


class SwitchAccount(msgspec.Struct, frozen=True, kw_only=True):
    """Stop an account, or let it go on if no reason is given; by its id."""

    id: StaffId
    reason: str = ""


class ResetPassword(msgspec.Struct, frozen=True, kw_only=True):
    """Give an account a new first password; by its id."""

    id: StaffId
    password: str
