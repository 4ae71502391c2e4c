"""The nodes below: list, invite, suspend, resume, revoke, rotate, reclaim, adopt, waive, resend."""

from typing import Annotated

import typer

from cli import roots
from cli.show import HERE, Home, Json, ask, emit, say
from schemas import control as c
from schemas.ids import NodeId, StreamName

app = typer.Typer(help="下级节点 · the nodes below。", no_args_is_help=True)
app.command("replace-root")(roots.replace_root)

Place = Annotated[str, typer.Argument(help="区划代码 · division code。")]
Why = Annotated[
    str, typer.Option("--reason", help="原因代码 · a reason code, such as key_stolen。")
]


@app.command("list")
def listing(home: Home = HERE, as_json: Json = False) -> None:
    """列出已知节点 · list the nodes known here。"""
    found = ask(home, "nodes.list", c.Nothing(), c.NodeList)
    if as_json:
        emit(found)
        return
    for one in found.nodes:
        say(f"{one.node:<12} {one.state:<10} {one.level:<8} {one.key:<16} {one.name}")


def invite(
    node: Place,
    zh: Annotated[str, typer.Option("--name", help="名称。")],
    en: Annotated[str, typer.Option("--name-en", help="English name。")] = "",
    home: Home = HERE,
    as_json: Json = False,
) -> None:
    """邀请直接下级入网 · invite a place directly below; the node must be running。"""
    asked = c.InvitePlace(node=NodeId(node), zh=zh, en=en)
    made = ask(home, "nodes.invite", asked, c.Invited)
    if as_json:
        emit(made)
        return
    say("邀请 (24 小时内有效, 只用一次) · invitation, good once within 24 hours:")
    say(made.invitation)
    say(f"在对方机器上 · on the other machine: zhengwu join '{made.invitation}'")


def _govern(what: str, node: str, reason: str, home: Home, *, as_json: bool) -> None:
    done = ask(home, f"nodes.{what}", c.GovernNode(node=NodeId(node), reason=reason), c.Governed)
    if as_json:
        emit(done)
    else:
        say(f"{done.node}: {done.state} ({done.reclaimed} 件收回 · streams taken back)")


@app.command()
def suspend(node: Place, reason: Why, home: Home = HERE, as_json: Json = False) -> None:
    """暂停 · stop its links and appends; what it signed stays valid。"""
    _govern("suspend", node, reason, home, as_json=as_json)


@app.command()
def resume(node: Place, reason: Why, home: Home = HERE, as_json: Json = False) -> None:
    """恢复 · let a suspended node go on。"""
    _govern("resume", node, reason, home, as_json=as_json)


@app.command()
def revoke(node: Place, reason: Why, home: Home = HERE, as_json: Json = False) -> None:
    """吊销 · end its keys and take back what it holds。"""
    _govern("revoke", node, reason, home, as_json=as_json)


@app.command()
def rotate(home: Home = HERE, as_json: Json = False) -> None:
    """本节点换钥 · draw new keys for this node and ask its parent to add them。"""
    done = ask(home, "nodes.rotate", c.Nothing(), c.Rotated)
    if as_json:
        emit(done)
    else:
        say(f"新钥 · new key {done.key}: 上级同意后自动启用 · used once the parent has granted it")


@app.command()
def reclaim(
    case: Annotated[str, typer.Argument(help="办件编号或案卷链 · case number or stream。")],
    reason: Why,
    holder: Annotated[str, typer.Option("--holder", help="交给谁 · who holds it next。")] = "",
    home: Home = HERE,
    as_json: Json = False,
) -> None:
    """收回 · take a case from a node below, visibly。"""
    asked = c.ReclaimStream(case=case, reason=reason, holder=NodeId(holder) if holder else None)
    done = ask(home, "nodes.reclaim", asked, c.Custody)
    if as_json:
        emit(done)
    else:
        say(f"{done.stream}: 现由 {done.holder} 持有 · held now by {done.holder}")


@app.command()
def waiting(home: Home = HERE, as_json: Json = False) -> None:
    """待认领 · what waits behind a revoked key, to be adopted or left。"""
    found = ask(home, "nodes.waiting", c.Nothing(), c.HeldBackList)
    if as_json:
        emit(found)
        return
    for one in found.streams:
        say(f"{one.stream}: {one.events} 个待认领 · by {one.author}, held by {one.holder}")


@app.command()
def adopt(
    stream: Annotated[str, typer.Argument(help="案卷链 · stream。")],
    reason: Why,
    home: Home = HERE,
    as_json: Json = False,
) -> None:
    """认领 · let what waits under a revoked key count。"""
    asked = c.AdoptStream(stream=StreamName(stream), reason=reason)
    done = ask(home, "nodes.adopt", asked, c.Custody)
    if as_json:
        emit(done)
    else:
        say(f"{done.stream}: 已认领 · adopted")


@app.command()
def waive(node: Place, home: Home = HERE, as_json: Json = False) -> None:
    """恢复后不再等某个邻居 · after a restore, wait no longer for this neighbour。"""
    state = ask(home, "nodes.waive", c.WaivePeer(node=NodeId(node)), c.Status)
    if as_json:
        emit(state)
    else:
        say("不再等待 · not waited for" if state.recovering else "已可续办 · going on as usual")


@app.command()
def resend(
    event: Annotated[str, typer.Argument(help="事件哈希 · hash of a refused event。")],
    home: Home = HERE,
    as_json: Json = False,
) -> None:
    """重发被拒的事件 · send a refused event again。"""
    done = ask(home, "nodes.resend", c.ResendEvent(event=event), c.Resent)
    if as_json:
        emit(done)
    else:
        say("已重新排队 · queued again" if done.queued else "没有可重发的 · nothing to send again")
