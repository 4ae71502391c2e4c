"""What can be done with reports, inside the caller's Work: issue, object, decide, correct, publish.

Nothing that was issued is changed. Whatever is wrong is said by field, and nothing is done.
"""

from collections.abc import Iterator, Sequence

from node.appraisal import (
    bulletin,
    follower,
    periods,
    report_names,
    reports_making,
    reports_model,
    reports_reading,
    reports_settled,
    reports_store,
    sheets,
)
from node.appraisal.reports_settled import Settled
from node.calendar import actions as calendars
from node.calendar.model import due_instant
from node.cases import numbers
from node.clock import local_day, to_ms
from node.errors import AlreadyDoneError, BadInputError, NotAllowedError, NotFoundError
from node.following import actions as following
from node.staff import actions as staff
from node.web.wording import WORDS, Language
from node.work import SYSTEM, Work
from schemas.appraisal import Body, Grain, Period, PeriodKind, Person
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
    object first. Raises `NotAllowedError`, `AlreadyDoneError`, `BadInputError`: for a period that
    is not over; while something of it is not counted, for it is never issued again; and for a text
    that was made of figures that are others by now.
    """
    _require_issuer(work)
    today = local_day(work.now)
    if not reports_model.until_day(period, today)[1]:
        raise BadInputError({"date": "not_over"})
    if reports_store.of_period(work.tx, work.me, period) is not None:
        raise AlreadyDoneError(f"the report of {period.key}")
    end = to_ms(due_instant(periods.bounds(period)[1]))
    if not following.has_seen(work.tx, follower.NAME, follower.KINDS, end):
        raise BadInputError({"date": "still_counting"})
    draft = reports_making.draft(work.tx, work.me, period, work.now_ms, today)
    stream = _write(work, draft, _text(work, draft, form))
    return reports_reading.by_stream(work.tx, stream)


def _text(work: Work, draft: Report, form: IssueReport) -> str:
    """Give the text to sign: what somebody wrote, else what the very figures of the draft say."""
    text = form.text.strip()
    if not text or bulletin.mark_of(text) == form.worded:
        return worded(work, draft)
    if len(text) > reports_model.MOST_TEXT:
        raise BadInputError({"text": "too_long"})
    shown = {bulletin.mark_of(worded(work, draft, language)) for language in Language}
    if form.worded and form.worded not in shown:
        raise BadInputError({"text": "moved"})
    return text


def worded(work: Work, report: Report, language: Language = Language.ZH) -> str:
    """Word a report as it is read out."""
    names = report_names.names_for(work.tx, work.me, report, WORDS[language])
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
    """Object to a figure of one's own department, or of oneself.

    Raises `NotAllowedError`, `BadInputError`.
    """
    report = reports_reading.by_stream(work.tx, stream)
    subject = _objector(work, form.grain)
    if not reports_model.may_be_objected_to(report, local_day(work.now)):
        raise BadInputError({"date": "no_objections"})
    if not any((one.grain, one.subject) == (form.grain, subject) for one in report.figures):
        raise NotAllowedError("the report says nothing of whoever objects")
    faults = _objection_faults(form)
    if faults:
        raise BadInputError(faults)
    said = ReportObjected(
        stream=stream, department=work.actor.department, subject=subject, grain=form.grain,
        measure=form.measure, ground=form.ground, claimed=form.claimed,
        case_number=CaseNumber(form.case) if form.case else None, text=form.text.strip(),
    )  # fmt: skip
    note = work.begin("note", said, holder=work.me).event.stream
    return reports_reading.objection(work.tx, _row(report), note)


def _objector(work: Work, grain: Grain) -> str:
    """Name whose figures the actor may object to. Raises `NotAllowedError`, `BadInputError`."""
    match grain:
        case Grain.BODY:
            if not work.actor.roles & reports_model.OBJECTORS:
                raise NotAllowedError("who answers for a department objects to its figures")
            return Body(node=work.me, department=work.actor.department).subject
        case Grain.STAFF:
            return Person(node=work.me, staff=StaffId(work.actor.staff)).subject
        case _:
            raise BadInputError({"grain": "unknown"})


def _objection_faults(form: ObjectToReport) -> dict[str, str]:
    faults = _text_faults("text", form.text.strip())
    if form.measure not in reports_settled.OBJECTED_TO:
        faults["measure"] = "unknown"
    if form.claimed is not None and not 0 <= form.claimed <= reports_model.MOST_COUNT:
        faults["claimed"] = "beyond"
    if form.case and not numbers.is_number(form.case):
        faults["case"] = "no_case"
    return faults


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
    if not reports_model.waits(one):
        raise AlreadyDoneError("objection")
    if one.node == work.me and one.by == work.actor.staff:
        raise NotAllowedError("nobody decides what he objected to himself")
    faults = _text_faults("reason", form.reason.strip())
    settling = _settling(report, one, form.after)
    if form.after is not None and (settling is None or not form.upheld):
        faults["after"] = "beyond"
    if faults:
        raise BadInputError(faults)
    decided = ReportObjectionDecided(
        objection=one.note, upheld=form.upheld, reason=form.reason.strip()
    )
    work.append(stream, decided, holder=work.me)
    if settling:
        _correct(work, report, settling, form.reason.strip(), one.note)
    return reports_reading.by_stream(work.tx, stream)


def _settling(report: Report, one: Objection, after: int | None) -> tuple[Adjustment, ...] | None:
    """Tell what the right figure moves; `None` if it cannot be the right one."""
    if after is None:
        return ()
    settled = Settled(one.said, after)
    found = reports_settled.adjustments(report.node, report.figures, settled)
    if after < 0 or reports_settled.is_beyond(settled, found):
        return None
    return reports_settled.at_least_none(found)


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


def _correct(
    work: Work,
    report: Report,
    adjustments: Sequence[Adjustment],
    reason: str,
    objection: StreamName | None = None,
) -> None:
    figures = reports_model.adjusted(report.figures, adjustments)
    stream = _row(report).stream
    for piece in reports_model.pieces(adjustments):
        said = ReportCorrected(adjustments=piece, reason=reason, objection=objection)
        work.append(stream, said, holder=work.me)
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
