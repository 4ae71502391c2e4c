"""People who work at a node: accounts live there alone; events carry only a random staff id."""

from enum import StrEnum

import msgspec

from schemas.ids import DepartmentId, StaffId


class Role(StrEnum):
    """What a person's post lets him do (岗位角色)."""

    AGENT = "agent"  # 村级代办员
    CLERK = "clerk"  # 综合窗口
    OFFICER = "officer"  # 镇经办
    HANDLER = "handler"  # 部门经办
    APPROVER = "approver"  # 部门审批
    EDITOR = "editor"  # 事项编制: drafts items, of his department or, without one, of any
    STAFFING = "staffing"  # 编办审核
    LEGAL = "legal"  # 法制审核
    GOVERNMENT = "government"  # 政府审定
    PUBLISHER = "publisher"  # 目录发布: releases the catalogue and the calendar
    SUPERVISOR = "supervisor"  # 效能监察
    OPERATOR = "operator"  # 系统管理员


class Department(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """部门: a county body behind the windows."""

    id: DepartmentId
    name: str
    name_en: str = ""


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


class StaffList(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A staff file, whole: departments first, for accounts name them."""

    departments: tuple[Department, ...] = ()
    staff: tuple[StaffFile, ...] = ()


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
