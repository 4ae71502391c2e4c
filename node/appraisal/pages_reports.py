"""The pages of reports: `/reports`, one report with its forms, its text, its table and its PDF."""

import asyncio
from dataclasses import dataclass, replace
from typing import Final

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from markupsafe import Markup

from node.applicants.actions import Register
from node.appraisal import (
    asking,
    page_one_report,
    page_reports,
    page_score,
    pages_day,
    report_names,
    reports_looking,
)
from node.appraisal.bulletin import Facts
from node.appraisal.page_one_report import ReportPage
from node.appraisal.page_reports import Reader
from node.appraisal.reports_api import reader_at
from node.database import Tx
from node.errors import NotAllowedError
from node.notices.office import Office
from node.web import chrome
from node.web.chrome import Mark, Told
from node.web.pages_base import (
    ASSETS,
    ENVIRONMENTS,
    Pages,
    router_of,
)
from node.web.security import Asked, Desk
from node.web.wording import Words
from schemas.appraisal import Period, PeriodKind
from schemas.ids import NodeId
from schemas.levels import Capability
from schemas.reports import (
    Report,
)

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PDF: Final = "application/pdf"
DONE: Final = frozenset({"issued", "objected", "decided", "corrected", "published"})


@dataclass(frozen=True, slots=True)
class NoticePage:
    """通报: the text of a report, to be read out, sent or pinned up."""

    title: str
    period: str
    base: str
    of: str
    mark: Mark
    told: tuple[Told, ...]
    head: str
    paragraphs: tuple[str, ...]
    day: str


@dataclass(frozen=True, slots=True)
class _PaperPage:
    report: ReportPage
    paragraphs: tuple[str, ...]
    style: Markup


@dataclass(frozen=True, slots=True)
class Sought:
    """Which report is asked for, by whom."""

    reader: Reader
    period: Period
    publisher: NodeId


def sought(request: Asked, desk: Desk, kind: str, date: str, of: str = "") -> Sought:
    """Read from an address which report is asked for. Raises `NotFoundError`, `BadInputError`."""
    reader = reader_at(request, desk)
    period = reports_looking.period_of(kind, date)
    return Sought(reader, period, reports_looking.publisher_of(of, reader.me))


def _look(tx: Tx, asked: Sought) -> Report:
    return reports_looking.look(tx, asked.reader, asked.period, asked.publisher)


def page_of(tx: Tx, asked: Sought) -> ReportPage:
    """Make the page of it. Raises `NotFoundError`, `NotAllowedError`."""
    return page_one_report.report_page(tx, asked.reader, _look(tx, asked))


@get("/reports")
async def show_reports(
    request: Asked,
    desk: NamedDependency[Desk],
    pages: NamedDependency[Pages],
    kind: FromQuery[str] = PeriodKind.MONTH.value,
) -> Response[str]:
    """List the reports of one kind of period, and what is due."""
    chosen = PeriodKind(kind) if kind in tuple(PeriodKind) else PeriodKind.MONTH
    page = await desk.read(page_reports.list_page, reader_at(request, desk), chosen)
    return await pages.show(request, desk, "reports.html", page)


@get("/reports/{kind:str}/{date:str}")
async def show_report(  # noqa: PLR0913, PLR0917  # what an address, a person and this node bring
    request: Asked,
    desk: NamedDependency[Desk],
    pages: NamedDependency[Pages],
    register: NamedDependency[Register],
    kind: FromPath[str],
    date: FromPath[str],
    of: FromQuery[str] = "",
) -> Response[str]:
    """Show one report, with what he may do about it; of a day, unless `of` names whose: the day."""
    if kind == PeriodKind.DAY and not of:
        return await pages_day.show_day(request, desk, pages, register, date)
    asked = sought(request, desk, kind, date, of)
    page = await desk.read(page_of, asked)
    done = request.query_params.get("done", "")
    if done in DONE:
        said = Told("done", asked.reader.words.say(f"reports.done_{done}"))
        page = replace(page, told=(said, *page.told))
    return await pages.show(request, desk, "report.html", page)


@get("/reports/{kind:str}/{date:str}/notice")
async def show_notice(
    request: Asked,
    desk: NamedDependency[Desk],
    pages: NamedDependency[Pages],
    kind: FromPath[str],
    date: FromPath[str],
    of: FromQuery[str] = "",
) -> Response[str]:
    """Show the text of a report alone."""
    page = await desk.read(page_of, sought(request, desk, kind, date, of))
    head, paragraphs = _paragraphs(page.text)
    notice = NoticePage(
        title=page.title, period=page.period, base=page.base, of=page.of, mark=page.mark,
        told=page.told, head=head, paragraphs=paragraphs,
        day=chrome.day(page.issued_ms or page.made_at_ms),
    )  # fmt: skip
    return await pages.show(request, desk, "report_notice.html", notice)


@get("/reports/{kind:str}/{date:str}/more")
async def show_more(
    request: Asked,
    desk: NamedDependency[Desk],
    pages: NamedDependency[Pages],
    kind: FromPath[str],
    date: FromPath[str],
    of: FromQuery[str] = "",
) -> Response[str]:
    """Show windows, people, trends and late cases of a report."""
    page = await desk.read(page_of, sought(request, desk, kind, date, of))
    return await pages.show(request, desk, "report_more.html", page)


@get("/reports/{kind:str}/{date:str}/score")
async def show_score(  # noqa: PLR0913, PLR0917  # whose score, of which report, for whom
    request: Asked,
    desk: NamedDependency[Desk],
    pages: NamedDependency[Pages],
    kind: FromPath[str],
    date: FromPath[str],
    grain: FromQuery[str],
    subject: FromQuery[str],
    of: FromQuery[str] = "",
) -> Response[str]:
    """Show how one score came about."""
    asked = sought(request, desk, kind, date, of)
    facts = await desk.read(_facts, asked)
    base = page_reports.address(asked.period)
    query = page_reports.query_of(asked.reader.me, asked.publisher, asked.period)
    whose = asking.read_grain(grain)
    page = page_score.score_page(facts, whose, subject, base, query)
    return await pages.show(request, desk, "report_score.html", page)


def _paragraphs(text: str) -> tuple[str, tuple[str, ...]]:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return (lines[0], tuple(lines[1:])) if lines else ("", ())


@get("/reports/{kind:str}/{date:str}/table")
async def give_table(
    request: Asked,
    desk: NamedDependency[Desk],
    kind: FromPath[str],
    date: FromPath[str],
    of: FromQuery[str] = "",
) -> Response[bytes]:
    """Give a report as a workbook."""
    asked = sought(request, desk, kind, date, of)
    facts = await desk.read(_facts, asked)
    table = await asyncio.to_thread(_workbook, facts)
    return _file(table, XLSX, f"report-{asked.publisher}-{asked.period.key}.xlsx")


def _facts(tx: Tx, asked: Sought) -> Facts:
    report = _look(tx, asked)
    names = report_names.names_for(tx, asked.reader.me, report, asked.reader.words)
    return Facts(report, names)


def _workbook(facts: Facts) -> bytes:
    from node.appraisal import report_workbook  # noqa: PLC0415  # brings openpyxl, see there

    return report_workbook.write(facts)


@get("/reports/{kind:str}/{date:str}/pdf")
async def give_pdf(  # what an address, a person and this node bring
    request: Asked,
    desk: NamedDependency[Desk],
    notice_office: NamedDependency[Office],
    kind: FromPath[str],
    date: FromPath[str],
    of: FromQuery[str] = "",
) -> Response[bytes]:
    """Give a report as a PDF. Raises `NotAllowedError` where none is made, `NoEngineError`."""
    asked = sought(request, desk, kind, date, of)
    if Capability.PDF not in asked.reader.profile.capabilities:
        raise NotAllowedError(Capability.PDF.value)
    page = await desk.read(page_of, asked)
    pdf = await notice_office.engine.make(paper_of(asked.reader.words, page))
    return _file(pdf, PDF, f"report-{asked.publisher}-{asked.period.key}.pdf")


def paper_of(words: Words, page: ReportPage) -> bytes:
    """Draw a report as one page that needs nothing beside it."""
    head, paragraphs = _paragraphs(page.text)
    style = Markup(ASSETS["zw.css"].content.decode())  # noqa: S704  # our own style sheet
    paper = _PaperPage(page, (head, *paragraphs), style)
    template = ENVIRONMENTS[words.language].get_template("report_paper.html")
    return template.render(page=paper).encode()


def _file(content: bytes, media: str, name: str) -> Response[bytes]:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=media, headers=headers)


router: Final = router_of(
    show_reports, show_report, show_notice, show_more, show_score, give_table, give_pdf
)
