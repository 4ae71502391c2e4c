"""People who work at a node: accounts live there alone; events carry only a random staff id."""

from enum import StrEnum
from typing import Final

import msgspec

from schemas.ids import DepartmentId, StaffId


class Role(StrEnum):
    """What a person's post lets him do (岗位角色)."""

    AGENT = "agent"  # 村级代办员
    CLERK = "clerk"  # 综合窗口
    OFFICER = "officer"  # 镇经办
    HANDLER = "handler"  # 部门经办
    REVIEWER = "reviewer"  # 部门审核: the second pair of eyes, before the decision
    APPROVER = "approver"  # 部门审批
    REPRESENTATIVE = "representative"  # 首席代表: his department's powers, in the hall
    EDITOR = "editor"  # 事项编制: drafts items, of his department or, without one, of any
    STAFFING = "staffing"  # 编办审核
    LEGAL = "legal"  # 法制审核
    GOVERNMENT = "government"  # 政府审定
    PUBLISHER = "publisher"  # 目录发布: releases the catalogue and the calendar
    DIRECTOR = "director"  # 大厅主任: posts, absences, windows; sees every case here, acts on none
    REGISTRAR = "registrar"  # 人社备案: files who works at the windows
    SUPERVISOR = "supervisor"  # 效能监察
    LEADER = "leader"  # 分管领导: sees boards, reports, what was escalated; acts on no case
    OPERATOR = "operator"  # 系统管理员: the node, its line, its backups
    SECURITY = "security"  # 安全管理员: accounts and what they may do
    AUDITOR = "auditor"  # 安全审计员: reads what everybody did, and does nothing else


CATALOGUE_POSTS: Final = frozenset(
    {Role.EDITOR, Role.STAFFING, Role.LEGAL, Role.GOVERNMENT, Role.PUBLISHER}
)
"""Who works on the catalogue alone and has no sight of cases."""
KEEPERS: Final = frozenset({Role.OPERATOR, Role.SECURITY, Role.AUDITOR, Role.REGISTRAR})
"""Who keeps the system or its people and has no sight of cases."""
OVERSEERS: Final = frozenset({Role.SUPERVISOR, Role.DIRECTOR, Role.LEADER})
"""Who sees every case here and acts on none."""


class DepartmentKind(StrEnum):
    """Whose a department is (管理体制)."""

    OWN = "own"  # 本级部门
    DUAL = "dual"  # 双管: its county and the body above it together
    VERTICAL = "vertical"  # 垂管: the body above it alone


class Department(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """部门: a county body behind the windows."""

    id: DepartmentId
    name: str
    name_en: str = ""
    kind: DepartmentKind = DepartmentKind.OWN


class WindowKind(StrEnum):
    """What a window takes."""

    GENERAL = "general"  # 综合窗口: any item
    DEPARTMENT = "department"  # 独立窗口: the items of its department


class Window(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """窗口: a place in the hall where people are served."""

    id: str
    """As it stands above the counter: `A01`."""
    name: str
    kind: WindowKind = WindowKind.GENERAL
    department: DepartmentId | None = None
    """Of a department's window."""
    open: bool = True


class Post(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """岗位: work that must be done every day, and its A and B person (AB岗)."""

    id: str
    name: str
    roles: tuple[Role, ...]
    """What B may do of it while A is absent."""
    department: DepartmentId | None = None
    window: str | None = None
    a: StaffId | None = None
    b: StaffId | None = None


class AbsenceKind(StrEnum):
    """Why somebody is not at his post."""

    ANNUAL_LEAVE = "annual_leave"  # 年休假
    PERSONAL_LEAVE = "personal_leave"  # 事假
    SICK_LEAVE = "sick_leave"  # 病假
    DUTY = "duty"  # 公出
    TRAINING = "training"  # 培训
    VILLAGE = "village"  # 下村


class Absence(msgspec.Struct, frozen=True, kw_only=True):
    """不在岗: whole days, both included; B covers his posts meanwhile (AB岗)."""

    id: str
    staff: StaffId
    kind: AbsenceKind
    first: str
    """`yyyy-mm-dd`, local."""
    last: str
    noted_by: StaffId
    noted_at: int
    ended_by: StaffId | None = None
    """Who took it back; the record stays."""
    ended_at: int = 0
    """When: from that day on he is at his post again."""


class FilingState(StrEnum):
    """Where a filing with the HR bureau stands (人社局备案)."""

    FILED = "filed"  # 已报送
    RECORDED = "recorded"  # 已备案
    RETURNED = "returned"  # 退回补正


class Filing(msgspec.Struct, frozen=True, kw_only=True):
    """报备: that somebody works at a window or post, as said to the HR bureau (plan 四(二)3).

    A filing is never changed: a change of person, post or window is a new one that follows it.
    """

    number: str
    staff: StaffId
    name: str
    department: DepartmentId | None
    post: str
    window: str | None
    from_day: str
    """`yyyy-mm-dd`."""
    filed_by: StaffId
    filed_at: int
    state: FilingState
    judged_by: StaffId | None = None
    judged_at: int = 0
    reason: str = ""
    """Why it was returned."""
    follows: str = ""
    """Number of the filing that it replaces."""


class StaffAccount(msgspec.Struct, frozen=True, kw_only=True):
    """One member of staff as lists show him; never with the password."""

    id: StaffId
    login: str
    name: str
    roles: tuple[Role, ...]
    department: DepartmentId | None = None
    active: bool = True


class StaffFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One account in a staff file (TOML) that `zhengwu staff load` reads."""

    login: str
    name: str
    roles: tuple[Role, ...]
    department: DepartmentId | None = None
    password: str = ""


class PostFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One post in a staff file: its people by their logins."""

    id: str
    name: str
    roles: tuple[Role, ...]
    department: DepartmentId | None = None
    window: str | None = None
    a: str = ""
    b: str = ""


class StaffList(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A staff file, whole: departments first, for accounts name them; posts last."""

    departments: tuple[Department, ...] = ()
    staff: tuple[StaffFile, ...] = ()
    windows: tuple[Window, ...] = ()
    posts: tuple[PostFile, ...] = ()


class PostToday(msgspec.Struct, frozen=True, kw_only=True):
    """A post and who serves at it today."""

    post: Post
    serving: StaffId | None
    """A, or B while A is absent; nobody: an empty post (AB空岗)."""
    covered: bool
    """B serves for A."""


class NewAbsence(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is said of an absence: whose it is, why, from when to when."""

    staff: StaffId
    kind: AbsenceKind
    first: str
    """`yyyy-mm-dd`, local."""
    last: str


class NewFiling(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a filing says: that this person serves at this post's window, from that day on."""

    staff: StaffId
    post: str
    """Id of the post."""
    from_day: str
    """`yyyy-mm-dd`, local."""


class JudgeFiling(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the HR bureau answers: recorded, or returned with a reason."""

    state: FilingState
    reason: str = ""


class Unfiled(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody at a window of whom no filing is recorded: warned of, never in the way."""

    staff: StaffId
    name: str
    post: str
    """Id of the post."""
    post_name: str
    window: str
    pending: str = ""
    """Number of the filing that waits to be judged."""


class Filings(msgspec.Struct, frozen=True, kw_only=True):
    """The filings with the HR bureau, the newest first, and what is still to be filed."""

    filings: tuple[Filing, ...]
    unfiled: tuple[Unfiled, ...]


class NewAccount(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the operator says of a new member of staff."""

    login: str
    name: str
    roles: tuple[Role, ...]
    department: DepartmentId | None = None
    password: str


class AccountChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What changes of an account; what is absent stays."""

    name: str | msgspec.UnsetType = msgspec.UNSET
    roles: tuple[Role, ...] | msgspec.UnsetType = msgspec.UNSET
    department: DepartmentId | msgspec.UnsetType | None = msgspec.UNSET
    active: bool | msgspec.UnsetType = msgspec.UNSET
    password: str | msgspec.UnsetType = msgspec.UNSET


class SignIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """登录."""

    login: str
    password: str
    code: str = ""
    """Of the second factor, or a recovery code, where the account has one."""


class PasswordChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A person's own new password, with the old one to prove who it is."""

    current: str
    new: str


class SignedIn(msgspec.Struct, frozen=True, kw_only=True):
    """Who is signed in. `token` only in the answer to a sign-in; `csrf` for requests by cookie."""

    account: StaffAccount
    csrf: str
    token: str | None = None


class Staff(msgspec.Struct, frozen=True, kw_only=True):
    """The accounts of a node, with its departments."""

    staff: tuple[StaffAccount, ...]
    departments: tuple[Department, ...]


class Hall(msgspec.Struct, frozen=True, kw_only=True):
    """The people of a node and today: its accounts, windows, posts, and who is away."""

    staff: Staff
    windows: tuple[Window, ...]
    posts: tuple[PostToday, ...]
    absences: tuple[Absence, ...]


class AwayByLogin(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An absence as the command line says it."""

    login: str
    kind: AbsenceKind
    first: str
    last: str


class EndAbsence(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Take this absence back."""

    id: str


class FileByLogin(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A filing as the command line says it."""

    login: str
    post: str
    from_day: str
