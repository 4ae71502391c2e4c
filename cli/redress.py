"""Bad ratings put right, complaints and questions: facts alone, no name of anybody."""

from typing import Annotated

import typer

from cli.show import HERE, Home, Json, ask, emit, say
from node.clock import from_ms, local_day
from schemas.redress import RedressKind, RedressState, RedressView
from schemas.redress_desk import AskRedress, ListRedress, RedressList

app = typer.Typer(help="差评整改、投诉、咨询 · complaints and questions。", no_args_is_help=True)

KINDS = {
    RedressKind.BAD_RATING: "差评整改 · bad rating",
    RedressKind.COMPLAINT: "投诉 · complaint",
    RedressKind.CONSULTATION: "咨询 · question",
    RedressKind.UNRESOLVED: "办不成事 · cannot get it done",
}
STATES = {
    RedressState.OPENED: "待核实 · opened",
    RedressState.VERIFIED: "办理中 · verified",
    RedressState.ANSWERED: "待回访 · answered",
    RedressState.APPEALED: "申诉中 · appealed",
    RedressState.CLOSED: "已办结 · closed",
}


@app.callback()
def redress() -> None:
    """差评整改、投诉、咨询 · complaints and questions。"""


@app.command("list")
def listing(
    only_open: Annotated[bool, typer.Option("--open", help="只列未办结的 · not closed。")] = False,
    late: Annotated[bool, typer.Option("--late", help="只列超期的 · behind their day。")] = False,
    before: Annotated[str, typer.Option("--before", help="接上一页 · the next page。")] = "",
    home: Home = HERE,
    as_json: Json = False,
) -> None:
    """列出本节点知道的差评、投诉和咨询 · list what this node knows, the newest first。"""
    asked = ListRedress(open=only_open, late=late, before=before)
    found = ask(home, "redress.list", asked, RedressList)
    if as_json:
        emit(found)
        return
    say(f"{len(found.redresses)} 件 · matters")
    for one in found.redresses:
        say(f"  {_line(one)}")
    if found.next:
        say(f"接着列 · next page: --before {found.next}")


@app.command("show")
def show(
    number: Annotated[str, typer.Argument(help="编号, 如 诉2026-7 · its number。")],
    home: Home = HERE,
    as_json: Json = False,
) -> None:
    """看一件 · show one。"""
    found = ask(home, "redress.show", AskRedress(matter=number), RedressView)
    if as_json:
        emit(found)
        return
    say(_line(found))
    say(f"  登记 · taken by {found.taken_by}  {local_day(from_ms(found.opened_at))}")
    if found.case_number:
        say(f"  办件 · case {found.case_number}")
    for name, at, late in (
        ("核实 · verified", found.verified_at, found.verified_late),
        ("反馈 · answered", found.answered_at, found.answered_late),
        ("回访 · called back", found.called_back_at, False),
        ("办结 · closed", found.closed_at, False),
    ):
        if at is not None:
            say(f"  {name} {local_day(from_ms(at))}{'  超期 · late' if late else ''}")


def _line(one: RedressView) -> str:
    who = f"{one.subject}/{one.department}" if one.department else one.subject
    state = "不计入 · set aside" if one.set_aside else STATES[one.state]
    return f"{one.number}  {KINDS[one.redress]}  {state}  {one.due or '-'}  {who}"
