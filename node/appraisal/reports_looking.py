"""Who sees which report: what was published everybody here, the rest whom it is about.

Whoever watches sees all. Figures of persons are for those, and everybody's own for himself.
"""

from msgspec.structs import replace

from node.appraisal import periods, reports_making, reports_model, reports_reading
from node.appraisal.page_reports import Reader
from node.database import Tx
from node.errors import NotAllowedError, NotFoundError
from schemas.appraisal import Period, PeriodKind
from schemas.ids import BadNameError, NodeId, parse_node_id
from schemas.reports import Report, ReportRow, ReportState


def period_of(kind: str, key: str) -> Period:
    """Read a period from an address. Raises `NotFoundError`, `BadInputError`."""
    if kind not in tuple(PeriodKind):
        raise NotFoundError(f"report {kind}")
    return periods.parse(PeriodKind(kind), key)


def publisher_of(text: str, me: NodeId) -> NodeId:
    """Read whose report is asked for; empty: this node's. Raises `NotFoundError`."""
    try:
        return parse_node_id(text) if text else me
    except BadNameError:
        raise NotFoundError(f"report of {text}") from None


def look(tx: Tx, reader: Reader, period: Period, publisher: NodeId) -> Report:
    """Give the report that was issued, or that of the counts of now, as far as he may see it.

    Raises `NotFoundError`, `NotAllowedError`.
    """
    report = reports_reading.of_period(tx, publisher, period)
    if report is None:
        if publisher != reader.me:
            raise NotFoundError(f"report {period.key} of {publisher}")
        if not reader.watches:
            raise NotAllowedError("what is not issued is for who watches")
        return reports_making.draft(tx, reader.me, period, reader.now_ms, reader.today)
    require_sight(reader, report.row)
    if publisher == reader.me and (reader.watches or reader.answers):
        report = replace(report, differences=reports_making.differences(tx, report))
    return reports_model.for_eyes(report, reader.asking.actor.staff, sees_people=reader.watches)


def require_sight(reader: Reader, row: ReportRow | None) -> None:
    """Pass whoever may see a report as it stands. Raises `NotAllowedError`."""
    is_out = row is not None and row.state is ReportState.PUBLISHED
    if not (is_out or reader.watches or reader.answers):
        raise NotAllowedError("until it is published it is for those whom it is about")
