"""The working-day calendar: show a year, check and publish tables, reckon a due day."""

from pathlib import Path
from typing import Annotated, Final

import typer

from cli.show import HERE, Home, Json, ask, emit, fail, say
from node.calendar import files, rules, wording
from node.calendar.files import FileFaultError
from schemas import calendar as c
from schemas.item_terms import LimitUnit

app = typer.Typer(help="工作日历 · the working-day calendar。", no_args_is_help=True)

File = Annotated[Path, typer.Argument(help="日历文件 (TOML) · a file with a year's table。")]
Year = Annotated[int, typer.Argument(help="年份 · the year。")]

SOURCES: Final = {
    c.YearSource.OVERRIDE: "本地调整 · local adjustment",
    c.YearSource.COUNCIL: "已发布的国务院放假安排 · published State Council table",
    c.YearSource.PACKAGE: "随程序附带的放假安排 · the table that comes with the program",
    c.YearSource.RULE: "按放假办法推算, 以国务院公布的放假安排为准 · by the rule, provisional",
}


@app.command()
def show(year: Year, home: Home = HERE, as_json: Json = False) -> None:
    """一年的工作日和放假日 · the days of a year that differ from their weekday。"""
    view = ask(home, "calendar.show", c.ShowYear(year=year), c.YearView)
    if as_json:
        emit(view)
        return
    say(f"{view.year} 年: {view.workdays} 个工作日 · workdays; {SOURCES[view.source]}")
    for one in view.days:
        mark = "" if one.source is view.source else f"  {SOURCES[one.source]}"
        say(f"  {one.day} {'上班 · worked' if one.is_workday else '放假 · off'}{mark}")


@app.command()
def check(file: File, as_json: Json = False) -> None:
    """检查日历文件 · say what is wrong with a table, field by field。"""
    table = _table(file)
    faults = wording.by_field(rules.faults_of(table))
    if faults:
        fail("\n".join(f"{file.name}: {field}: {said}" for field, said in faults.items()))
    if as_json:
        emit({"year": table.year, "faults": 0})
    else:
        say(f"{table.year} 年: 没有错误 · no faults")


@app.command()
def publish(file: File, home: Home = HERE, as_json: Json = False) -> None:
    """发布日历: 本级及以下生效 · put a table in force here and below。"""
    view = ask(home, "calendar.publish", c.PublishTable(table=_table(file)), c.YearView)
    if as_json:
        emit(view)
    else:
        say(f"{view.year} 年日历已生效, {view.workdays} 个工作日 · in force, in workdays")


@app.command()
def withdraw(
    year: Year,
    kind: Annotated[c.TableKind, typer.Argument(help="哪一份 · which table。")],
    home: Home = HERE,
    as_json: Json = False,
) -> None:
    """撤回本级发布的日历 · take back a table that this node published。"""
    view = ask(home, "calendar.withdraw", c.WithdrawTable(year=year, kind=kind), c.YearView)
    if as_json:
        emit(view)
    else:
        say(f"已撤回, {view.year} 年现为 · withdrawn, the year is now: {SOURCES[view.source]}")


@app.command()
def due(
    start: Annotated[str, typer.Argument(help="起算之日 · the day it starts, 2026-12-10。")],
    amount: Annotated[int, typer.Argument(help="时限 · how many。")],
    unit: Annotated[LimitUnit, typer.Argument(help="单位 · of what。")] = LimitUnit.WORKDAY,
    home: Home = HERE,
    as_json: Json = False,
) -> None:
    """到期日及其理由 · when a limit ends, and why。"""
    asked = c.AskDue(start=start, amount=amount, unit=unit)
    answer = ask(home, "calendar.due", asked, c.DueAnswer)
    if as_json:
        emit(answer)
        return
    say(answer.due)
    for step in answer.steps:
        say(f"  {step.zh} · {step.en}")


def _table(file: Path) -> c.YearTable:
    try:
        return files.load_table(file)
    except FileFaultError as error:
        fail(str(error))
