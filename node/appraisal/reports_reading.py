"""What issued reports say: read from their events, with every correction."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Final, get_args

import msgspec
from msgspec.structs import replace

from federation import streams
from federation.streams import Verdict
from node.appraisal import periods, reports_model, reports_store, scoring
from node.database import Tx
from node.errors import NotFoundError
from schemas.appraisal import Period, PeriodKind
from schemas.events import Event
from schemas.ids import NodeId, StaffId, StreamName
from schemas.levels import Capability, Profile
from schemas.reports import (
    Correction,
    Objection,
    Report,
    ReportBegun,
    ReportCorrected,
    ReportEvent,
    ReportFigures,
    ReportIssued,
    ReportList,
    ReportRow,
)

MOST_LISTED: Final = 40
"""Of one kind of period: more than three years of months, and a page below 60 KB."""
_STRUCTS: Final[Mapping[str, type[ReportEvent]]] = MappingProxyType(
    {str(one.__struct_config__.tag): one for one in get_args(ReportEvent)}
)


def of_period(tx: Tx, publisher: NodeId, period: Period) -> Report | None:
    """Read the report that a node issued about a period."""
    row = reports_store.of_period(tx, publisher, period)
    return None if row is None else read(tx, row)


def row_of(tx: Tx, publisher: NodeId, period: Period) -> ReportRow | None:
    """Read where the report of a node about a period stands."""
    return reports_store.of_period(tx, publisher, period)


def by_stream(tx: Tx, stream: StreamName) -> Report:
    """Read a report by its stream. Raises `NotFoundError`."""
    row = reports_store.load(tx, stream)
    if row is None:
        raise NotFoundError(f"report {stream}")
    return read(tx, row)


def read(tx: Tx, row: ReportRow) -> Report:
    """Read a report in full, from its events."""
    begun, issued = ReportBegun(period=row.period, made_at=row.issued_at), None
    figures: list[ReportFigures] = []
    corrected: list[tuple[Event, ReportCorrected]] = []
    for event, fact in _facts(tx, row.stream):
        match fact:
            case ReportBegun():
                begun = fact
            case ReportFigures():
                figures.append(fact)
            case ReportIssued():
                issued = fact
            case ReportCorrected():
                corrected.append((event, fact))
            case _:
                pass
    report = _as_issued(row, begun, figures, issued)
    return replace(_corrected(report, corrected), objections=objections(tx, row))


def _facts(tx: Tx, name: StreamName) -> Iterator[tuple[Event, ReportEvent]]:
    stream = streams.load(tx, name)
    for stored in () if stream is None else streams.events(tx, stream):
        struct = _STRUCTS.get(stored.event.kind)
        if stored.verdict is Verdict.EFFECTIVE and struct is not None:
            fact: ReportEvent = msgspec.json.decode(stored.event.data, type=struct)
            yield stored.event, fact


def _as_issued(
    row: ReportRow, begun: ReportBegun, listed: Sequence[ReportFigures], issued: ReportIssued | None
) -> Report:
    first, last = periods.bounds(row.period)
    return Report(
        node=row.publisher,
        period=row.period,
        first=str(first),
        last=str(last),
        until=str(last),
        is_over=True,
        workdays=issued.workdays if issued else 0,
        made_at=begun.made_at,
        row=row,
        arrival=begun.arrival,
        behind=begun.behind,
        indicators=begun.indicators,
        sheets=begun.sheets,
        names=begun.names,
        figures=tuple(one for piece in listed for one in piece.figures),
        stocks=tuple(one for piece in listed for one in piece.stocks),
        scores=tuple(one for piece in listed for one in piece.scores),
        honours=issued.honours if issued else (),
        text=issued.text if issued else "",
    )


def _corrected(report: Report, corrected: Sequence[tuple[Event, ReportCorrected]]) -> Report:
    adjustments = [one for _, fact in corrected for one in fact.adjustments]
    scores = report.scores
    for _, fact in corrected:
        scores = reports_model.with_scores(scores, fact.scores)
    corrections = tuple(
        Correction(
            at=event.at, by=event.actor, adjustments=fact.adjustments, reason=fact.reason,
            objection=fact.objection,
        )
        for event, fact in corrected
    )  # fmt: skip
    if not adjustments:
        return replace(report, scores=scores, corrections=corrections)
    figures = reports_model.adjusted(report.figures, adjustments)
    honours = scoring.put_forward(report.sheets, scores, reports_model.counts_in(figures))
    return replace(report, figures=figures, scores=scores, honours=honours, corrections=corrections)


def objections(tx: Tx, row: ReportRow) -> tuple[Objection, ...]:
    """List the objections to a report, and which came too late."""
    return tuple(
        replace(one, late=reports_model.is_late(one, row.objections_until))
        for one in reports_store.objections(tx, row.stream)
    )


def objection(tx: Tx, row: ReportRow, note: StreamName) -> Objection:
    """Read one objection to a report. Raises `NotFoundError`."""
    found = next((one for one in objections(tx, row) if one.note == note), None)
    if found is None:
        raise NotFoundError(f"objection {note}")
    return found


# ---- lists


def listing(tx: Tx, me: NodeId, profile: Profile, today: date, kind: PeriodKind) -> ReportList:
    """List the reports of one kind of period, latest first, and what is due here."""
    due: tuple[Period, ...] = ()
    if Capability.PUBLISH_ITEMS in profile.capabilities:
        over = reports_model.periods_due(today, (kind,))
        due = tuple(one for one in over if row_of(tx, me, one) is None)
    return ReportList(reports=reports_store.latest(tx, kind, MOST_LISTED), due=due)


def in_objection(tx: Tx, me: NodeId) -> tuple[ReportRow, ...]:
    """List what this node has issued and not published."""
    return reports_store.open_of(tx, me)


def marks(tx: Tx, period: Period) -> Mapping[StaffId, int]:
    """Give what departments made of their people over a period, here."""
    return reports_store.marks(tx, period)
