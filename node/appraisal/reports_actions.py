"""What can be done with reports, inside the caller's Work: issue, object, decide, correct, publish.

Nothing that was issued is changed. Whatever is wrong is said by field, and nothing is done.
"""

from collections.abc import Iterator, Sequence

from node.appraisal import (
    bulletin,
    periods,
    report_names,
    reports_making,
    reports_model,
    reports_reading,
    reports_store,
    sheets,
)
from node.calendar import actions as calendars
from node.clock import local_day
from node.errors import AlreadyDoneError, BadInputError, NotAllowedError, NotFoundError
from node.staff import actions as staff
from node.web.wording import WORDS, Language
from node.work import SYSTEM, Work
from schemas.appraisal import Body, Grain, Period, PeriodKind
from schemas.ids import CaseNumber, StaffId, StreamName
from schemas.levels import Capability
from schemas.reports import (
    Adjustment,
    CorrectReport,
    DecideObjection,
    IssueReport,
    MarkPerson,
    Objection,
    ObjectToReport,
    Report,
    ReportBegun,
    ReportCorrected,
    ReportFigures,
    ReportIssued,
    ReportObjected,
    ReportObjectionDecided,
    ReportPublished,
    ReportRow,
    ReportState,
)

FULL_MARK = 100  # points that a department may give


# ---- issuing


def issue(work: Work, period: Period, form: IssueReport) -> Report:
    """Issue the report of a period: its figures, scores and text are signed as they are now.

    A day's and a month's is published at once; who was appraised over a quarter or a year may
    object first. Raises `NotAllowedError`, `BadInputError` for a period that is not over,
    `AlreadyDoneError`.
    """
    _require_issuer(work)
    today = local_day(work.now)
    if not reports_model.until_day(period, today)[1]:
        raise BadInputError({"date": "not_over"})
    if reports_store.of_period(work.tx, work.me, period) is not None:
        raise AlreadyDoneError(f"the report of {period.key}")
    text = form.text.strip()
    if len(text) > reports_model.MOST_TEXT:
        raise BadInputError({"text": "too_long"})
    draft = reports_making.draft(work.tx, work.me, period, work.now_ms, today)
    stream = _write(work, draft, text or worded(work, draft))
    return reports_reading.by_stream(work.tx, stream)


def worded(work: Work, report: Report) -> str:
    """Word a report in Chinese, as it is read out."""
    names = report_names.names_for(work.tx, work.me, report, WORDS[Language.ZH])
    return bulletin.text_of(bulletin.Facts(report, names))


def _write(work: Work, draft: Report, text: str) -> StreamName:
    begun = ReportBegun(
        period=draft.period, made_at=draft.made_at, arrival=draft.arrival, behind=draft.behind,
        indicators=draft.indicators, sheets=draft.sheets, names=draft.names,
    )  # fmt: skip
    stream = work.begin("report", begun, holder=work.me).event.stream
    for piece in _listed(draft):
        work.append(stream, piece, holder=work.me)
    calendar = calendars.calendar_of(work.tx, work.me)
    until = reports_model.last_day_to_object(draft.period.kind, local_day(work.now), calendar.after)
    issued = ReportIssued(
        period=draft.period, figures=len(draft.figures) + len(draft.stocks),
        scores=len(draft.scores), workdays=draft.workdays, text=text, honours=draft.honours,
        objections_until="" if until is None else str(until),
    )  # fmt: skip
    work.append(stream, issued, holder=work.me)
    return stream


def _listed(draft: Report) -> Iterator[ReportFigures]:
    for figures in reports_model.pieces(draft.figures):
        yield ReportFigures(figures=figures)
    for stocks in reports_model.pieces(draft.stocks):
        yield ReportFigures(stocks=stocks)
    for scores in reports_model.pieces(draft.scores):
        yield ReportFigures(scores=scores)


def issue_yesterday(work: Work) -> Report | None:
    """日公开: issue the day before, once; `None` where that is not done or was done."""
    if Capability.PUBLISH_ITEMS not in work.profile.capabilities:
        return None
    today = local_day(work.now)
    period = periods.before(periods.period_of(PeriodKind.DAY, today))
    if reports_store.of_period(work.tx, work.me, period) is not None:
        return None
    return issue(work, period, IssueReport())


# ---- objecting


def object_to(work: Work, stream: StreamName, form: ObjectToReport) -> Objection:
    """Object to a figure of one's own department. Raises `NotAllowedError`, `BadInputError`."""
    report = reports_reading.by_stream(work.tx, stream)
    if not work.actor.roles & reports_model.OBJECTORS:
        raise NotAllowedError("who answers for a department objects to its figures")
    if not reports_model.may_be_objected_to(report, local_day(work.now)):
        raise BadInputError({"date": "no_objections"})
    subject = Body(node=work.me, department=work.actor.department).subject
    if not _is_appraised(report, subject):
        raise NotAllowedError("the report says nothing of this department")
    text = form.text.strip()
    faults = _text_faults("text", text)
    if form.claimed is not None and form.claimed < 0:
        faults["claimed"] = "beyond"
    if faults:
        raise BadInputError(faults)
    said = ReportObjected(
        stream=stream, department=work.actor.department, subject=subject, grain=Grain.BODY,
        measure=form.measure, ground=form.ground, claimed=form.claimed,
        case_number=CaseNumber(form.case) if form.case else None, text=text,
    )  # fmt: skip
    note = work.begin("note", said, holder=work.me).event.stream
    return reports_reading.objection(work.tx, _row(report), note)


def _is_appraised(report: Report, subject: str) -> bool:
    return any(one.grain is Grain.BODY and one.subject == subject for one in report.figures)


def _text_faults(name: str, text: str) -> dict[str, str]:
    if not text:
        return {name: "missing"}
    return {name: "too_long"} if len(text) > reports_model.MOST_REASON else {}


def decide(work: Work, stream: StreamName, form: DecideObjection) -> Report:
    """Decide an objection, and correct its figure at once if it was right.

    Raises `NotAllowedError`, `NotFoundError`, `AlreadyDoneError`, `BadInputError`.
    """
    report = _own(work, stream)
    one = reports_reading.objection(work.tx, _row(report), form.objection)
    if one.upheld is not None or _row(report).state is not ReportState.IN_OBJECTION:
        raise AlreadyDoneError("objection")
    faults = _text_faults("reason", form.reason.strip())
    if form.after is not None and (form.after < 0 or not form.upheld):
        faults["after"] = "beyond"
    if faults:
        raise BadInputError(faults)
    decided = ReportObjectionDecided(
        objection=one.note, upheld=form.upheld, reason=form.reason.strip()
    )
    work.append(stream, decided, holder=work.me)
    if form.after is not None:
        _correct(work, report, _adjustment(report, one, form.after), form.reason.strip())
    return reports_reading.by_stream(work.tx, stream)


def _adjustment(report: Report, one: Objection, after: int) -> tuple[Adjustment, ...]:
    said = one.said
    counts = reports_model.counts_in(report.figures)[said.grain].get(said.subject, {})
    before = counts.get(said.measure, 0)
    adjustment = Adjustment(
        grain=said.grain, subject=said.subject, measure=said.measure, before=before, after=after
    )
    return () if before == after else (adjustment,)


# ---- correcting and publishing


def correct(work: Work, stream: StreamName, form: CorrectReport) -> Report:
    """Let what the counts of now say otherwise stand beside the figures as they were issued.

    Raises `NotAllowedError`, `NotFoundError`, `BadInputError`; `AlreadyDoneError` if nothing
    differs.
    """
    report = _own(work, stream)
    reason = form.reason.strip()
    faults = _text_faults("reason", reason)
    if faults:
        raise BadInputError(faults)
    adjustments = reports_making.differences(work.tx, report)
    if not adjustments:
        raise AlreadyDoneError("correction")
    _correct(work, report, adjustments, reason)
    return reports_reading.by_stream(work.tx, stream)


def _correct(work: Work, report: Report, adjustments: Sequence[Adjustment], reason: str) -> None:
    figures = reports_model.adjusted(report.figures, adjustments)
    stream = _row(report).stream
    for piece in reports_model.pieces(adjustments):
        work.append(stream, ReportCorrected(adjustments=piece, reason=reason), holder=work.me)
    scores = reports_model.rescored(report, figures, sheets.value_of)
    for changed in reports_model.pieces(scores):
        work.append(
            stream, ReportCorrected(adjustments=(), reason=reason, scores=changed), holder=work.me
        )


def publish(work: Work, stream: StreamName) -> Report:
    """Publish a report, once nobody may object any more and every objection is decided.

    Raises `NotAllowedError`, `NotFoundError`, `AlreadyDoneError`, `BadInputError`.
    """
    report = _own(work, stream)
    row = _row(report)
    if row.state is not ReportState.IN_OBJECTION:
        raise AlreadyDoneError("published")
    if str(local_day(work.now)) <= row.objections_until:
        raise BadInputError({"date": "objections_open"})
    if reports_model.undecided(report):
        raise BadInputError({"date": "undecided"})
    work.append(stream, ReportPublished(), holder=work.me)
    return reports_reading.by_stream(work.tx, stream)


# ---- 两条线: the mark of a department


def mark(work: Work, period: Period, form: MarkPerson) -> int:
    """Write down what a department makes of one of its people, until the report is issued.

    Raises `NotAllowedError`, `BadInputError`, `AlreadyDoneError`.
    """
    person = staff.account(work.tx, form.staff)
    if not work.actor.roles & reports_model.OBJECTORS or work.actor.department is None:
        raise NotAllowedError("who answers for a department marks its people")
    if person is None or person.department != work.actor.department:
        raise NotAllowedError("he is of another department")
    if person.id == work.actor.staff:
        raise NotAllowedError("nobody marks himself")
    if not 0 <= form.points <= FULL_MARK:
        raise BadInputError({"points": "beyond"})
    if not reports_model.has_begun(period, local_day(work.now)):
        raise NotFoundError(f"report {period.key}")
    if reports_store.of_period(work.tx, work.me, period) is not None:
        raise AlreadyDoneError(f"the report of {period.key}")
    by = (StaffId(work.actor.staff), work.now_ms)
    reports_store.mark(work.tx, period, form.staff, form.points, by)
    return form.points


# ---- what several have in common


def _require_issuer(work: Work) -> None:
    work.require(Capability.PUBLISH_ITEMS)
    if work.actor != SYSTEM and not work.actor.roles & reports_model.ISSUERS:
        raise NotAllowedError("the supervisor or the director issues reports")


def _own(work: Work, stream: StreamName) -> Report:
    _require_issuer(work)
    report = reports_reading.by_stream(work.tx, stream)
    if report.node != work.me:
        raise NotAllowedError("a report is changed by who publishes it")
    return report


def _row(report: Report) -> ReportRow:
    if report.row is None:
        raise NotFoundError(f"report {report.period.key}")
    return report.row
