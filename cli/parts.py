"""The papers of a case: list them, destroy them."""

from typing import Annotated

import typer

from cli.show import HERE, Home, Json, ask, emit, fail, say
from schemas import control as c
from schemas.cases_api import CaseParts, EraseParts
from schemas.ids import PartDigest

app = typer.Typer(help="办件材料 · the papers of a case。", no_args_is_help=True)

Case = Annotated[str, typer.Argument(help="办件编号或案卷链 · case number or stream。")]


def _show(found: CaseParts, *, as_json: bool) -> None:
    if as_json:
        emit(found)
        return
    say(f"{found.number}: {len(found.parts)} 件材料 · papers")
    for one in found.parts:
        if one.erased_at is None:
            where = "在本节点 · here" if one.here else "不在本节点 · not here"
            say(f"{one.digest}  {where}")
            continue
        done = ", ".join(one.answered) or "—"
        left = ", ".join(one.waiting) or "—"
        say(f"{one.digest}  已销毁 · erased ({one.reason}): {done}; 未答复 · waiting: {left}")


@app.command("list")
def listing(case: Case, home: Home = HERE, as_json: Json = False) -> None:
    """列出材料及销毁情况 · list the papers, and who has destroyed which。"""
    found = ask(home, "parts.list", c.ListParts(case=case), CaseParts)
    _show(found, as_json=as_json)


@app.command()
def erase(
    case: Case,
    reason: Annotated[
        str,
        typer.Option("--reason", help="原因 · retention_ended, applicant_asked, by_mistake。"),
    ],
    digests: Annotated[
        list[str] | None, typer.Option("--digest", help="哪一件, 可重复 · which, repeatable。")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="全部材料 · all of them。")] = False,
    home: Home = HERE,
    as_json: Json = False,
) -> None:
    """销毁已办结办件的材料, 不可恢复 · destroy papers of a closed case, for ever。"""
    if everything == bool(digests):
        fail("写明 --digest 或 --all · say --digest or --all", code=2)
    chosen = tuple(PartDigest(one) for one in digests or ())
    form = EraseParts(reason=reason, digests=chosen, all=everything)
    found = ask(home, "parts.erase", c.DestroyParts(case=case, form=form), CaseParts)
    _show(found, as_json=as_json)
