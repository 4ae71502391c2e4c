"""Reports of a day, a month, a quarter, a year: look, issue, write a table; and count anew."""

from pathlib import Path
from typing import Annotated, Final

import typer

from cli.show import HERE, Home, Json, ask, emit, fail, say
from node.appraisal import bulletin, periods
from node.errors import NodeError
from node.web.wording import WORDS, Language
from schemas import report_desk as d
from schemas.appraisal import Grain, Measure, PeriodKind, Recounted
from schemas.reports import Report, Score

app = typer.Typer(
    help="日公开、月通报、季评比、年考核 · reports of days, months, quarters, years。",
    no_args_is_help=True,
)

Date = Annotated[str, typer.Argument(help="时段 · 2026-11-26, 2026-10, 2026-Q3, 2026。")]
Issue = Annotated[bool, typer.Option("--issue", help="出具 · issue it: signed, for good。")]
Xlsx = Annotated[
    Path | None, typer.Option("--xlsx", help="写成表格 (XLSX) · write a workbook into a new file。")
]
ZH: Final = WORDS[Language.ZH]
M = Measure
SHOWN: Final = (M.ACCEPTED, M.FINISHED, M.LATE, M.RATED, M.YELLOW, M.RED)


@app.command()
def day(
    date: Date, issue: Issue = False, xlsx: Xlsx = None, home: Home = HERE, as_json: Json = False
) -> None:
    """一天 · one day。"""
    _report(PeriodKind.DAY, date, home, xlsx, issue=issue, as_json=as_json)


@app.command()
def month(
    date: Date, issue: Issue = False, xlsx: Xlsx = None, home: Home = HERE, as_json: Json = False
) -> None:
    """一个月 · one month。"""
    _report(PeriodKind.MONTH, date, home, xlsx, issue=issue, as_json=as_json)


@app.command()
def quarter(
    date: Date, issue: Issue = False, xlsx: Xlsx = None, home: Home = HERE, as_json: Json = False
) -> None:
    """一个季度 · one quarter。"""
    _report(PeriodKind.QUARTER, date, home, xlsx, issue=issue, as_json=as_json)


@app.command()
def year(
    date: Date, issue: Issue = False, xlsx: Xlsx = None, home: Home = HERE, as_json: Json = False
) -> None:
    """一年 · one year。"""
    _report(PeriodKind.YEAR, date, home, xlsx, issue=issue, as_json=as_json)


@app.command()
def recount(
    quick: Annotated[
        bool, typer.Option("--quick", help="只核合计 · compare the sums alone。")
    ] = False,
    home: Home = HERE,
    as_json: Json = False,
) -> None:
    """重新计数核对 · count everything anew and compare; exit code 1 if it differs。"""
    found = ask(home, "report.recount", d.AskRecount(deep=not quick), Recounted)
    if as_json:
        emit(found)
    else:
        say(f"{found.rows} 行, {found.sums} 个合计 · rows, sums")
        for one in (*found.wrong_sums, *found.wrong_rows):
            say(f"  {one}")
        say("全部相符 · all agree" if found.is_right else "有出入 · they differ")
    if not found.is_right:
        raise typer.Exit(1)


def _report(
    kind: PeriodKind, date: str, home: Path, xlsx: Path | None, *, issue: bool, as_json: bool
) -> None:
    try:
        periods.parse(kind, date)
    except NodeError:
        said = f"{date} 不是 {kind} 的写法 · no such period: 2026-11-26, 2026-10, 2026-Q3, 2026"
        fail(said, code=2)
    if xlsx is not None and xlsx.exists():
        fail(f"{xlsx} 已经有了 · exists already")
    found = ask(home, "report.show", d.AskReport(kind=kind, date=date, issue=issue), Report)
    if as_json:
        emit(found)
    else:
        _tell(found)
    if xlsx is not None:
        asked = d.AskTable(kind=kind, date=date, file=str(xlsx.resolve()))
        written = ask(home, "report.table", asked, d.TableWritten)
        typer.echo(f"表格写进 · table written to {written.file} ({written.bytes} bytes)", err=True)


def _tell(report: Report) -> None:
    """Print where it stands, its departments by rank, and its text."""
    standing = report.row.state if report.row else "draft"
    say(f"{bulletin.period_words(ZH, report.period)}  {standing}  {report.first} … {report.until}")
    scores = {one.subject: one for one in report.scores if one.grain is Grain.BODY}
    say("  ".join(("名次", "得分", *(ZH.say(f"measure.{one}") for one in SHOWN))))
    listed = [one for one in report.figures if one.grain is Grain.BODY and one.counts]
    for tally in sorted(listed, key=lambda one: _place_of(scores.get(one.subject))):
        score = scores.get(tally.subject)
        ranked = score if score and score.rank else None  # by too few cases nobody is judged
        rank = ranked.rank if ranked else "—"
        points = bulletin.points_words(ranked.total if ranked else None)
        counts = "  ".join(str(tally.counts.get(one, 0)) for one in SHOWN)
        name = report.names.get(tally.subject, (tally.subject, ""))[0]
        say(f"{rank}  {points}  {counts}  {name}")
    if report.text:
        say("")
        say(report.text)


def _place_of(score: Score | None) -> int:
    """Put those with a rank first."""
    return score.rank if score and score.rank else 1 << 30
