"""What the `zhengwu` command asks a node about its audit trail, and what it gets back."""

import msgspec


class ListAudit(msgspec.Struct, frozen=True, kw_only=True):
    """Which rows: days `yyyy-mm-dd`, both included; what is empty does not count."""

    since: str = ""
    until: str = ""
    act: str = ""
    who: str = ""
    subject: str = ""
    before: int = 0


class ExportAudit(msgspec.Struct, frozen=True, kw_only=True):
    """Write every row into a file that does not exist yet."""

    file: str


class AuditExported(msgspec.Struct, frozen=True, kw_only=True):
    """What was written."""

    rows: int
    head: str
    """`serial:digest` of the last row: a witness for a later `verify`."""
