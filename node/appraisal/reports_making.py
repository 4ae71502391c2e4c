"""Makes a report of the counts of now: what is issued, and what is looked at before that."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from msgspec.structs import replace

from node.appraisal import (
    periods,
    reading,
    report_names,
    reports_model,
    reports_settled,
    reports_store,
    scoring,
    sheets,
)
from node.audit import actions as audit
from node.calendar import actions as calendars
from node.clock import from_ms, local_day
from node.database import Tx
from node.errors import NotFoundError
from node.following import actions as following
from node.staff import actions as staff
from node.staff import posting
from schemas.appraisal import Grain, Measure, Period, Tally
from schemas.audit import Act
from schemas.ids import NodeId
from schemas.reports import Adjustment, Report, Sheet

FOLLOWER: Final = "appraisal"
"""Whose counts these are."""
STOCKED: Final = (Grain.PLACE, Grain.BODY)
ONE_DAY: Final = timedelta(days=1)


def draft(tx: Tx, me: NodeId, period: Period, now_ms: int, today: date) -> Report:
    """Make the report of the counts of now. Raises `NotFoundError` for what has not begun.

    A period without a workday is counted and not scored: whoever worked then did so by himself.
    """
    if not reports_model.has_begun(period, today):
        raise NotFoundError(f"report {period.key}")
    first, last = periods.bounds(period)
    until, is_over = reports_model.until_day(period, today)
    workdays = calendars.calendar_of(tx, me).count(first - ONE_DAY, until)
    arrival, behind = following.come_to(tx, FOLLOWER)
    counted = Report(
        node=me,
        period=period,
        first=str(first),
        last=str(last),
        until=str(until),
        is_over=is_over,
        workdays=workdays,
        made_at=now_ms,
        arrival=arrival,
        behind=behind,
        indicators=sheets.mark_of_indicators(),
        names=report_names.own_names(tx, me),
        figures=figures(tx, me, period),
        stocks=_stocks(tx, me, until),
    )
    return _scored(tx, counted, sheets.for_period(period.kind) if workdays else ())


def _scored(tx: Tx, report: Report, sheets_used: tuple[Sheet, ...]) -> Report:
    marks = {
        f"{report.node}/{one}": points
        for one, points in reports_store.marks(tx, report.period).items()
    }
    scores = reports_model.scores_of(sheets_used, report.figures, sheets.value_of, marks)
    honours = scoring.put_forward(sheets_used, scores, reports_model.counts_in(report.figures))
    return replace(report, sheets=sheets_used, scores=scores, honours=honours)


def figures(tx: Tx, me: NodeId, period: Period) -> tuple[Tally, ...]:
    """Count what a report lists, with zeros for whoever had nothing to do."""
    counts: reports_model.Counts = {
        grain: {
            subject: dict(own)
            for subject, own in reading.tallies(tx, period, grain).items()
            if reports_model.is_listed(me, grain, subject)
        }
        for grain in reports_model.GRAINS
        if grain is not Grain.HOUR
    }
    counts[Grain.HOUR] = {
        f"{me}/{one.weekday}-{one.hour:02d}": {Measure.RECEIVED: one.received}
        for one in reading.heat(tx, period, me)
    }
    for grain, subject in _expected(tx, me, period):
        counts[grain].setdefault(subject, {})
    return reports_model.tallies_of(counts)


def _expected(tx: Tx, me: NodeId, period: Period) -> Sequence[tuple[Grain, str]]:
    """Name whom a report lists whatever they did: nobody is left out for doing nothing."""
    departments = [(Grain.BODY, f"{me}/{one.id}") for one in staff.departments(tx)]
    new = _set_up_behind(tx, periods.bounds(period)[1])
    open_now = [one.id for one in posting.windows(tx) if one.open]
    windows = [(Grain.WINDOW, f"{me}/{one}") for one in open_now if one not in new]
    return [(Grain.PLACE, me), *departments, *windows]


def _set_up_behind(tx: Tx, day: date) -> frozenset[str]:
    """Name the windows that were not there yet on a day; the audit trail knows since when."""
    first = audit.first_done(tx, Act.WINDOW_CHANGED)
    return frozenset(window for window, at in first.items() if local_day(from_ms(at)) > day)


def _stocks(tx: Tx, me: NodeId, until: date) -> tuple[Tally, ...]:
    counts: reports_model.Counts = {
        grain: {
            subject: dict(own)
            for subject, own in reading.stocks(tx, until, grain).items()
            if reports_model.is_listed(me, grain, subject)
        }
        for grain in STOCKED
    }
    return reports_model.tallies_of(counts)


def differences(tx: Tx, report: Report) -> tuple[Adjustment, ...]:
    """Tell what the counts of now say otherwise than a report of this node with its corrections.

    What was never counted and expected alone is no difference: nothing is listed twice as 0. What
    an objection settled is none either.
    """
    now = reports_settled.with_settled(report, figures(tx, report.node, report.period))
    return reports_model.differences(report.figures, now)
