"""The audit trail, for whoever has the machine: list, verify, export."""

from pathlib import Path
from typing import Annotated

import typer

from cli.show import HERE, Home, Json, ask, emit, fail, say
from node.clock import CHINA, from_ms
from node.web.wording import WORDS, Language
from schemas import audit_desk as d
from schemas.audit import Act, AuditCheck, AuditEntry, AuditList, AuditVerdict

app = typer.Typer(help="安全审计 · the audit trail。", no_args_is_help=True)

Day = Annotated[str, typer.Option(help="日期 · a day, yyyy-mm-dd。")]
ZH = WORDS[Language.ZH]


@app.command("list")
def list_entries(  # noqa: PLR0913  # the options of a command
    since: Day = "",
    until: Day = "",
    act: Annotated[Act | None, typer.Option(help="类别 · an act。")] = None,
    who: Annotated[str, typer.Option(help="姓名或账号编号 · a name or an account's id。")] = "",
    subject: Annotated[str, typer.Option(help="对象 · a case, an account, a node。")] = "",
    before: Annotated[int, typer.Option(help="早于此序号 · older than this serial。")] = 0,
    home: Home = HERE,
    as_json: Json = False,
) -> None:
    """谁做了什么, 新的在前 · who did what, latest first。"""
    asked = d.ListAudit(
        since=since, until=until, act=act or "", who=who, subject=subject, before=before
    )
    found = ask(home, "audit.list", asked, AuditList)
    if as_json:
        emit(found)
        return
    for one in found.entries:
        say(_line(one))
    if not found.entries:
        say("没有符合的记录 · no row fits")
    if found.older:
        say(f"更早的 · older: --before {found.older}")


@app.command()
def verify(
    holds: Annotated[
        str, typer.Option(help="以前抄下的 序号:校验值 · a `serial:digest` written down earlier。")
    ] = "",
    home: Home = HERE,
    as_json: Json = False,
) -> None:
    """核对全部记录 · check that no row was changed or taken away; exit code 1 if one was。"""
    serial, colon, digest = holds.partition(":")
    if holds and not (colon and serial.isdecimal() and digest):
        fail("--holds 要写成 序号:校验值 · --holds takes serial:digest", code=2)
    witness = AuditCheck(serial=int(serial or 0), digest=digest)
    found = ask(home, "audit.verify", witness, AuditVerdict)
    if as_json:
        emit(found)
    elif found.fault is None:
        say(f"{found.rows} 条记录完好 · rows are sound; 末条 · head {found.rows}:{found.head}")
    else:
        said = ZH.say(f"audit.{found.fault}", serial=found.at_serial)
        say(f"{said} · row {found.at_serial} is {found.fault}")
        say(ZH.say("audit.broken_way"))
    if found.fault is not None:
        raise typer.Exit(1)


@app.command()
def export(
    file: Annotated[Path, typer.Argument(help="写到哪个文件 · the file to write (JSON lines)。")],
    home: Home = HERE,
) -> None:
    """把全部记录写进文件, 一行一条 · write all rows, from the first, as JSON lines。"""
    if file.exists():
        fail(f"{file} 已经有了 · exists already")
    written = ask(home, "audit.export", d.ExportAudit(file=str(file.resolve())), d.AuditExported)
    say(f"{written.rows} 条记录写进 · rows written to {file}; 末条 · head {written.head}")


def _line(one: AuditEntry) -> str:
    at = f"{from_ms(one.at).astimezone(CHINA):%Y-%m-%d %H:%M}"
    detail = " ".join(f"{name}={text}" for name, text in one.detail.items())
    said = f"{ZH.say(f'audit_act.{one.act}')} {one.subject} {detail}".rstrip()
    return f"{one.serial}  {at}  {one.name or one.staff or '—'}  {said}"
