"""How a node stands as a machine to be looked after: what ends, backups, disk, versions."""

from enum import StrEnum

import msgspec

from schemas.doctor import Finding, Standing
from schemas.ids import NodeId


class Ending(StrEnum):
    """What ends one day, or is due again."""

    CERTIFICATE = "certificate"  # 证书
    KEYS = "keys"  # 密钥: due for a change once a year
    INVITATION = "invitation"  # 邀请
    CALENDAR = "calendar"  # 放假安排
    RELEASE = "release"  # 目录发布: behind
    BACKUP = "backup"  # 备份: due daily
    DRILL = "drill"  # 恢复演练: due each quarter


class Ends(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that ends or is due. Times are milliseconds UTC, 0 for never."""

    what: Ending
    name: str = ""
    """Which one, where there are several: a certificate's file, a place's code, a year."""
    at: int = 0
    """When it ends or is due."""
    standing: Standing


class BackupKept(msgspec.Struct, frozen=True, kw_only=True):
    """A backup in `backups/`."""

    name: str
    at: int
    bytes: int
    """Of its store; papers are links and cost nothing more."""


class Drill(msgspec.Struct, frozen=True, kw_only=True):
    """A restore drill: a backup put back into a folder of its own, and verified."""

    backup: str
    began_at: int
    ended_at: int
    clean: bool
    events: int = 0
    streams: int = 0
    parts: int = 0
    faults: int = 0
    said: str = ""
    """The first thing that was wrong, or why nothing could be restored."""


class Disk(msgspec.Struct, frozen=True, kw_only=True):
    """The disk that the home lies on, and what takes room there. All in bytes."""

    free: int
    total: int
    store: int
    parts: int
    backups: int


class Versions(msgspec.Struct, frozen=True, kw_only=True):
    """What runs here."""

    program: str
    store: str
    """The last migration of the store."""
    python: str
    sqlite: str
    broker: str = ""
    """Empty where this node runs none, or none answers."""


class Operations(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that an operator looks after."""

    node: NodeId
    endings: tuple[Ends, ...]
    backups: tuple[BackupKept, ...]
    """Latest first."""
    backing_up: bool
    drill: Drill | None
    """The last one that was done."""
    drilling: bool
    disk: Disk
    versions: Versions
    findings: tuple[Finding, ...]
    """What the last examination found that is not well."""
    examined_at: int = 0
    examining: bool = False
    failures: dict[str, str] = {}
    """Why the last one came to nothing, by `backup`, `drill`, `examine`."""
