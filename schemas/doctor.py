"""What an examination of a node found, and the way out of each."""

from enum import StrEnum

import msgspec

from schemas.ids import NodeId


class Standing(StrEnum):
    """How it stands."""

    OK = "ok"  # 正常
    WARNING = "warning"  # 留意
    FAULT = "fault"  # 故障


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was looked at."""

    check: str
    """What was looked at: a stable name."""
    standing: Standing
    zh: str
    en: str
    way_out: str = ""
    """What to do about it; empty if nothing need be done."""


class Diagnosis(msgspec.Struct, frozen=True, kw_only=True):
    """All of it. Healthy if there is no fault; warnings are for people to weigh."""

    node: NodeId
    running: bool
    healthy: bool
    findings: tuple[Finding, ...]
