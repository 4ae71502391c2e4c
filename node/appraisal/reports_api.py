"""The API of reports: `/api/v1/reports`, and below it one period of months, quarters and years."""

from collections.abc import Callable
from typing import Concatenate, Final, ParamSpec

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from node.applicants.actions import Register
from node.appraisal import (
    asking,
    day_reading,
    reports_actions,
    reports_looking,
    reports_reading,
)
from node.appraisal.asking import Asking
from node.appraisal.page_reports import Reader
from node.clock import to_ms
from node.database import Tx
from node.errors import NotFoundError
from node.web import idempotency
from node.web.lean import Router
from node.web.pages_base import words_for
from node.web.security import Asked, Desk
from node.work import Work
from schemas.appraisal import DayContent, Period, PeriodKind
from schemas.ids import NodeId, StreamName
from schemas.proofs import ProofFile
from schemas.reports import (
    CorrectReport,
    DecideObjection,
    IssueReport,
    MarkPerson,
    Objection,
    ObjectToReport,
    Report,
    ReportList,
    ReportRow,
)

P = ParamSpec("P")


def reader_at(request: Asked, desk: Desk) -> Reader:
    """Who reads from a desk."""
    works = desk.works
    who = Asking(works.ledger.me, desk.actor)
    return Reader(who, works.profile, words_for(request), to_ms(works.clock.now()))


@get("/reports", summary="通报、评比、考核: what was issued, and what is due")
async def list_reports(
    request: Asked,
    desk: NamedDependency[Desk],
    kind: FromQuery[PeriodKind] = PeriodKind.MONTH,
) -> ReportList:
    """List reports of one kind of period, latest first."""
    reader = reader_at(request, desk)
    return await desk.read(reports_reading.listing, reader.me, reader.profile, reader.today, kind)


@get("/reports/{kind:str}/{date:str}", summary="One report, as issued or of the counts of now")
async def show_report(  # what an address, a person and this node bring
    request: Asked,
    desk: NamedDependency[Desk],
    register: NamedDependency[Register],
    kind: FromPath[str],
    date: FromPath[str],
    of: FromQuery[str] = "",
) -> Report | DayContent:
    """Show a report; `of` names who published it, if that is not this node.

    Of a day without `of`: what is made public of it, as it is counted now.
    """
    reader = reader_at(request, desk)
    if kind == PeriodKind.DAY and not of:
        day = asking.require_over(asking.read_day(date), reader.today)
        return await desk.read(day_reading.day_content, reader.me, day, reader.words, register)
    period = reports_looking.period_of(kind, date)
    publisher = reports_looking.publisher_of(of, reader.me)
    return await desk.read(reports_looking.look, reader, period, publisher)


@get("/reports/{kind:str}/{date:str}/proof", summary="Its proof file: checks with the root alone")
async def show_proof(
    request: Asked,
    desk: NamedDependency[Desk],
    kind: FromPath[str],
    date: FromPath[str],
    of: FromQuery[str] = "",
) -> Response[ProofFile]:
    """Give all envelopes of a report, of the objections to it, and of the records of its keys.

    Where figures of people are among them: to who watches alone.
    """
    reader = reader_at(request, desk)
    period = reports_looking.period_of(kind, date)
    publisher = reports_looking.publisher_of(of, reader.me)
    root, asked = desk.works.ledger.root, (publisher, period)
    found = await desk.read(reports_looking.proof_of, reader, root, asked)
    name = f'attachment; filename="report-{period.key}.proof"'
    return Response(found, headers={"Content-Disposition": name})


@post("/reports/{kind:str}/{date:str}/issue", status_code=201, summary="出具")
async def issue(
    request: Asked,
    desk: NamedDependency[Desk],
    kind: FromPath[str],
    date: FromPath[str],
    data: JSONBody[IssueReport],
) -> Response[bytes]:
    """Issue the report of a period that is over."""
    period = reports_looking.period_of(kind, date)
    once = await idempotency.once_of(request)
    return await idempotency.run(desk, once, 201, reports_actions.issue, period, data)


@post("/reports/{kind:str}/{date:str}/objections", status_code=201, summary="异议")
async def object_to(  # what an address, a person and a request bring
    request: Asked,
    desk: NamedDependency[Desk],
    kind: FromPath[str],
    date: FromPath[str],
    data: JSONBody[ObjectToReport],
    of: FromQuery[str] = "",
) -> Response[bytes]:
    """Object to a figure of one's own department, or of one's own place."""
    period = reports_looking.period_of(kind, date)
    publisher = reports_looking.publisher_of(of, desk.works.ledger.me)
    once = await idempotency.once_of(request)
    return await idempotency.run(desk, once, 201, _object, period, publisher, data)


def _object(work: Work, period: Period, publisher: NodeId, form: ObjectToReport) -> Objection:
    return reports_actions.object_to(work, stream_of(work.tx, publisher, period), form)


@post("/reports/{kind:str}/{date:str}/decide", status_code=200, summary="异议处理")
async def decide(
    request: Asked,
    desk: NamedDependency[Desk],
    kind: FromPath[str],
    date: FromPath[str],
    data: JSONBody[DecideObjection],
) -> Response[bytes]:
    """Decide an objection; what is right corrects its figure."""
    period = reports_looking.period_of(kind, date)
    once = await idempotency.once_of(request)
    return await idempotency.run(desk, once, 200, on_own, period, reports_actions.decide, data)


@post("/reports/{kind:str}/{date:str}/correct", status_code=200, summary="更正")
async def correct(
    request: Asked,
    desk: NamedDependency[Desk],
    kind: FromPath[str],
    date: FromPath[str],
    data: JSONBody[CorrectReport],
) -> Response[bytes]:
    """Let what the counts of now say otherwise stand beside the figures as issued."""
    period = reports_looking.period_of(kind, date)
    once = await idempotency.once_of(request)
    return await idempotency.run(desk, once, 200, on_own, period, reports_actions.correct, data)


@post("/reports/{kind:str}/{date:str}/publish", status_code=200, summary="公布")
async def publish(
    request: Asked, desk: NamedDependency[Desk], kind: FromPath[str], date: FromPath[str]
) -> Response[bytes]:
    """Publish a report to which nobody may object any more."""
    period = reports_looking.period_of(kind, date)
    once = await idempotency.once_of(request)
    return await idempotency.run(desk, once, 200, on_own, period, reports_actions.publish)


@post("/reports/{kind:str}/{date:str}/marks", status_code=200, summary="部门评分")
async def mark(
    desk: NamedDependency[Desk],
    kind: FromPath[str],
    date: FromPath[str],
    data: JSONBody[MarkPerson],
) -> MarkPerson:
    """Mark one of one's own department's people for the period."""
    period = reports_looking.period_of(kind, date)
    await desk.run(reports_actions.mark, period, data)
    return data


def stream_of(tx: Tx, publisher: NodeId, period: Period) -> StreamName:
    """Name the stream of a report. Raises `NotFoundError`."""
    row: ReportRow | None = reports_reading.row_of(tx, publisher, period)
    if row is None:
        raise NotFoundError(f"report {period.key} of {publisher}")
    return row.stream


def on_own(
    work: Work,
    period: Period,
    act: Callable[Concatenate[Work, StreamName, P], Report],
    *form: P.args,
    **more: P.kwargs,
) -> Report:
    """Do something with this node's own report of a period."""
    return act(work, stream_of(work.tx, work.me, period), *form, **more)


router: Final = Router(
    "/",
    route_handlers=[
        list_reports, show_report, show_proof, issue, object_to, decide, correct, publish, mark,
    ],
)  # fmt: skip
