"""A level profile: what a tier's nodes accept, decide, show and run, as data."""

from enum import StrEnum

import msgspec

from schemas.ids import Level
from schemas.staff import Role


class Capability(StrEnum):
    """What code asks for, instead of asking for a level."""

    RECEIVE = "receive"  # 收件: windows that take applications
    CHECK = "check"  # 初审
    ACCEPT = "accept"  # 受理
    DISPATCH = "dispatch"  # 分办到部门
    DECIDE = "decide"  # 决定
    DEPARTMENTS = "departments"  # has departments behind its windows
    PUBLISH_ITEMS = "publish_items"  # keeps a catalogue
    OVERSEE = "oversee"  # sees all cases below, read only
    ENROL = "enrol"  # may have child nodes
    BROKER = "broker"  # runs a broker by default
    PDF = "pdf"  # 文书 as PDF: runs a browser for a moment


class Profile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One tier."""

    level: Level
    title: str
    """What the place's office is called: 便民服务站, 政务服务中心…"""
    title_en: str
    capabilities: frozenset[Capability]
    roles: tuple[Role, ...]
    """Roles that accounts at this tier may have."""
