"""Rules and findings of supervision, for whoever has the machine: rules, trial, findings, rerun."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from cli.show import HERE, Home, Json, ask, emit, fail, say
from node.clock import CHINA, from_ms
from node.web.wording import WORDS, Language
from schemas import control as c
from schemas import supervision_api as s
from schemas.ids import NodeId
from schemas.supervision import FindingLevel, Rulebook, RuleId

app = typer.Typer(help="效能监察 · rules of supervision and findings。", no_args_is_help=True)

Book = Annotated[
    Path,
    typer.Argument(
        help="规则文件 (JSON, 同 supervision rules --json 的 book) · a rulebook as JSON: the `book`"
        " of `supervision rules --json`。"
    ),
]
Day = Annotated[str, typer.Option(help="日期 · a day, yyyy-mm-dd。")]
ZH = WORDS[Language.ZH]


@app.command("rules")
def show_rules(home: Home = HERE, as_json: Json = False) -> None:
    """每条规则怎么定 · how every rule is set。"""
    found = ask(home, "supervision.rules", c.Nothing(), s.RulebookView)
    if as_json:
        emit(found)
        return
    for one in found.rules:
        values = " ".join(f"{value.name}={value.value}" for value in one.parameters)
        state = "启用 on " if one.on else "停用 off"
        say(f"{one.rule}  {state}  {one.name}  {values}".rstrip())
    for fault in found.faults:
        say(f"{fault.rule} 在 {fault.subject} 出错 · failed: {fault.error}")
    if found.behind:
        say(f"还有 {found.behind} 条记录未看完 · events still to see")


@app.command("set")
def set_rules(
    book: Book,
    why: Annotated[str, typer.Option(help="理由 · why。")],
    home: Home = HERE,
    as_json: Json = False,
) -> None:
    """发布规则, 从现在起按它监察 · put a rulebook in force from now on。"""
    asked = s.SetRulebook(book=_read(book), reason=why)
    found = ask(home, "supervision.set", asked, s.RulebookView)
    if as_json:
        emit(found)
    else:
        say(f"第 {found.number} 版已发布 · no. {found.number} is in force")


@app.command("trial")
def try_rules(
    book: Book,
    cases: Annotated[int, typer.Option(help="最近多少件办件 · the latest so many cases。")] = 1000,
    days: Annotated[int, typer.Option(help="最近多少天 · the latest so many days。")] = 31,
    home: Home = HERE,
    as_json: Json = False,
) -> None:
    """用一套规则重看以前的办件, 不改变任何东西 · what a rulebook would have found。"""
    asked = s.TryRulebook(book=_read(book), cases=cases, days=days)
    found = ask(home, "supervision.trial", asked, s.TrialResult)
    if as_json:
        emit(found)
        return
    say(f"最近 {found.cases} 件办件, {found.days} 天 · cases and days")
    for one in found.lines:
        if one.now or one.then or one.failed:
            failed = f"  出错 failed {one.failed}" if one.failed else ""
            say(f"{one.rule}  现行 now {one.now}  试算 then {one.then}{failed}  {one.name}")


@app.command("findings")
def list_findings(  # noqa: PLR0913  # the options of a command
    rule: Annotated[RuleId | None, typer.Option(help="规则 · a rule。")] = None,
    level: Annotated[FindingLevel | None, typer.Option(help="级别 · a level。")] = None,
    node: Annotated[str, typer.Option(help="责任单位 · whose doing, or above it。")] = "",
    since: Day = "",
    until: Day = "",
    every: Annotated[bool, typer.Option("--all", help="也要已处置的 · settled ones too。")] = False,
    after: Annotated[str, typer.Option(help="接着上一页 · where the last page ended。")] = "",
    home: Home = HERE,
    as_json: Json = False,
) -> None:
    """规则发现了什么, 新的在前 · what the rules found, latest first。"""
    query = s.FindingQuery(
        open=not every, rule=rule, level=level, node=NodeId(node) if node else None,
        since=since, until=until, after=after,
    )  # fmt: skip
    found = ask(home, "supervision.findings", query, s.FindingPage)
    if as_json:
        emit(found)
        return
    for one in found.findings:
        at = f"{from_ms(one.at).astimezone(CHINA):%Y-%m-%d %H:%M}"
        level_said = ZH.say(f"finding_level.{one.level}")
        state = ZH.say(f"finding_state.{one.state}")
        say(f"{one.id}  {at}  {one.rule} {level_said} {state}  {one.number or '—'}  {one.says}")
    if not found.findings:
        say("没有符合条件的异常 · no finding fits")
    if found.older:
        say(f"更早的 · older: --after {found.older}")


@app.command()
def rerun(home: Home = HERE, as_json: Json = False) -> None:
    """把规则对全部记录重跑一遍 · run the rules over everything again。"""
    done = ask(home, "supervision.rerun", c.Nothing(), s.RerunDone)
    if as_json:
        emit(done)
    elif done.looks:
        say(f"看了 {done.looks} 处, 现有异常 {done.findings} 条 · looks, findings that stand")
    else:
        say("已重新开始, 节点在运行中逐步完成 · begun again; it goes on while the node runs")


def _read(path: Path) -> Rulebook:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Rulebook)
    except (OSError, msgspec.DecodeError) as error:
        fail(f"{path}: {error}", code=2)
