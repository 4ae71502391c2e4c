"""工作日历: which days are working days, as the State Council announces them and a place corrects.

Dates are local days (北京时间), `yyyy-mm-dd`.
"""

from enum import StrEnum

import msgspec

from schemas.ids import NodeId, StreamName
from schemas.item_terms import LimitUnit


class TableKind(StrEnum):
    """What a published table is."""

    COUNCIL = "council"  # 国务院办公厅放假安排: a whole year
    OVERRIDE = "override"  # 本地调整: single days of a year that differ


class YearSource(StrEnum):
    """Where the days of a year come from, best first (domain §11)."""

    OVERRIDE = "override"  # 本地调整, over one of the following
    COUNCIL = "council"  # 已发布的国务院放假安排
    PACKAGE = "package"  # 随程序附带的放假安排
    RULE = "rule"  # 按放假办法推算: provisional


class YearTable(msgspec.Struct, frozen=True, kw_only=True):
    """The table of one year, as a file or a form gives it."""

    year: int
    kind: TableKind = TableKind.COUNCIL
    document: str = ""
    """文号, such as 国办发明电〔2025〕7号."""
    rest: tuple[str, ...] = ()
    """放假: every day off of the announced breaks, weekends within them too; of an override, the
    days that become days off."""
    work: tuple[str, ...] = ()
    """上班 (调休): days on a weekend that are worked; of an override, days that become workdays."""


class CalendarPublished(
    msgspec.Struct, frozen=True, kw_only=True, tag="calendar.published", tag_field="kind"
):
    """A table is in force, instead of the publisher's former one of the same year and kind."""

    table: YearTable


class CalendarWithdrawn(
    msgspec.Struct, frozen=True, kw_only=True, tag="calendar.withdrawn", tag_field="kind"
):
    """The publisher's table of that year and kind no longer counts."""

    year: int
    table: TableKind


class PublishedTable(msgspec.Struct, frozen=True, kw_only=True):
    """A table in force, and who published it."""

    stream: StreamName
    publisher: NodeId
    published_at: int
    """Milliseconds UTC, by the publisher's clock."""
    table: YearTable


class YearDay(msgspec.Struct, frozen=True, kw_only=True):
    """A day that is not what its weekday says."""

    day: str
    is_workday: bool
    source: YearSource


class YearView(msgspec.Struct, frozen=True, kw_only=True):
    """One year, as this node reckons it."""

    year: int
    source: YearSource
    """Where the year as a whole comes from; single days may be overridden."""
    provisional: bool
    """The State Council's table is not known here: days are by the rule, and will be reckoned
    anew."""
    missing: bool
    """Provisional although the year has begun: a fault of the publisher."""
    workdays: int
    days: tuple[YearDay, ...]
    tables: tuple[PublishedTable, ...]
    warning_days: int | None = None
    """Days until the year begins, from 1 November on while it is provisional; else none."""


class Reckoned(msgspec.Struct, frozen=True, kw_only=True):
    """A sentence of why a date is what it is, in both languages."""

    zh: str
    en: str


class DueAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """When a limit ends, and why."""

    start: str
    due: str
    provisional: bool
    steps: tuple[Reckoned, ...]


class ShowYear(msgspec.Struct, frozen=True, kw_only=True):
    """Show a year as the node reckons it."""

    year: int


class PublishTable(msgspec.Struct, frozen=True, kw_only=True):
    """Put a table in force here and below."""

    table: YearTable


class WithdrawTable(msgspec.Struct, frozen=True, kw_only=True):
    """Let the node's own table of that year and kind no longer count."""

    year: int
    kind: TableKind


class AskDue(msgspec.Struct, frozen=True, kw_only=True):
    """Reckon when a limit ends that starts on a day."""

    start: str
    amount: int
    unit: LimitUnit = LimitUnit.WORKDAY
