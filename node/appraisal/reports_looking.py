"""Who sees which report: what was issued everybody at that node, what was published everybody.

Whoever watches sees all. Figures of persons are for those, and everybody's own for himself.
"""

from msgspec.structs import replace

from federation import proof
from node.appraisal import periods, reports_making, reports_model, reports_reading
from node.appraisal.page_reports import Reader
from node.database import Tx
from node.errors import NotAllowedError, NotFoundError
from schemas.appraisal import Period, PeriodKind
from schemas.ids import BadNameError, EventHash, NodeId, parse_node_id
from schemas.proofs import ProofFile
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
    if report is None or report.row is None:
        if publisher != reader.me:
            raise NotFoundError(f"report {period.key} of {publisher}")
        if not reader.watches:
            raise NotAllowedError("what is not issued is for who watches")
        return reports_making.draft(tx, reader.me, period, reader.now_ms, reader.today)
    require_sight(reader, report.row)
    if publisher == reader.me and (reader.watches or reader.answers):
        report = replace(report, differences=reports_making.differences(tx, report))
    return reports_model.for_eyes(report, reader.asking.actor.staff, sees_people=reader.watches)


def proof_of(tx: Tx, reader: Reader, root: EventHash, asked: tuple[NodeId, Period]) -> ProofFile:
    """Give all envelopes of a node's report: they hold every figure, those of people too.

    Raises `NotFoundError`, `NotAllowedError`.
    """
    publisher, period = asked
    report = reports_reading.of_period(tx, publisher, period)
    if report is None or report.row is None:
        raise NotFoundError(f"report {period.key}")
    require_sight(reader, report.row)
    if reports_model.tells_of_people(report) and not reader.watches:
        raise NotAllowedError("its events hold figures of people: they are for who watches")
    found = proof.gather(tx, root, report.row.stream)
    if found is None:
        raise NotFoundError(f"report {period.key}")
    return found


def require_sight(reader: Reader, row: ReportRow) -> None:
    """Pass whoever may see an issued report as it stands. Raises `NotAllowedError`.

    Everybody at the node that issued it: whoever is ranked in it may object for himself.
    """
    is_out = row.state is ReportState.PUBLISHED or row.publisher == reader.me
    if not (is_out or reader.watches or reader.answers):
        raise NotAllowedError("until it is published it is for those whom it is about")
