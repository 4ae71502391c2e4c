"""What the `zhengwu report` command asks a node, and what it gets back."""

import msgspec

from schemas.appraisal import PeriodKind


class AskReport(msgspec.Struct, frozen=True, kw_only=True):
    """The report of a period: as issued, or of the counts of now."""

    kind: PeriodKind
    date: str
    """As people write it: `2026-10`, `2026-Q4`, `2026`, `2026-11-26`."""
    issue: bool = False
    """Issue it first."""


class AskTable(msgspec.Struct, frozen=True, kw_only=True):
    """The same as a workbook, in a file that does not exist yet."""

    kind: PeriodKind
    date: str
    file: str


class TableWritten(msgspec.Struct, frozen=True, kw_only=True):
    """What was written."""

    file: str
    bytes: int


class AskRecount(msgspec.Struct, frozen=True, kw_only=True):
    """Count everything anew and compare."""

    deep: bool = True
    """Also from the events of every stream; else the sums alone."""
