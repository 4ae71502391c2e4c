"""Accounts of the nodes below: a village has no administrator, its town makes them."""

from typing import Annotated

import typer

from cli.show import HERE, Home, Json, ask, emit, say
from schemas import roster as r
from schemas.ids import NodeId, StaffId
from schemas.staff import Role

Account = Annotated[str, typer.Argument(help="账号编号, 见 grants · the id, as grants lists it。")]

STATES = {
    r.ArrivalState.READY: "已开通 · in force",
    r.ArrivalState.LOGIN_TAKEN: "登录名当地已有人用 · login taken there",
    r.ArrivalState.UNUSABLE: "内容有误, 请重设密码 · unusable, set a new password",
}
WAITING = "待送达 · on its way"
SEALED = "(姓名只在开户的节点可见 · sealed)"


def grant(
    node: Annotated[str, typer.Argument(help="下级节点的区划代码 · division code。")],
    login: Annotated[str, typer.Argument(help="登录名 · login。")],
    name: Annotated[str, typer.Option("--name", help="姓名 · name。")],
    role: Annotated[list[Role], typer.Option("--role", help="岗位, 可重复 · role, repeatable。")],
    home: Home = HERE,
    as_json: Json = False,
) -> None:
    """给下级节点的人开账号 · make an account for a node below; asks for the first password。"""
    asked = r.GrantAccount(
        node=NodeId(node), login=login, name=name, roles=tuple(role), password=_password()
    )
    _told(ask(home, "roster.grant", asked, r.GrantedPerson), as_json=as_json)


def grants(
    node: Annotated[str, typer.Argument(help="只看这个节点 · of this node alone。")] = "",
    home: Home = HERE,
    as_json: Json = False,
) -> None:
    """列出下级人员和送达情况 · list the accounts of nodes below, and what became of them。"""
    asked = r.ListRoster(node=NodeId(node) if node else None)
    found = ask(home, "roster.list", asked, r.Roster)
    if as_json:
        emit(found)
        return
    for one in found.people:
        say(_line(one))


def stop(
    account: Account,
    reason: Annotated[str, typer.Option("--reason", help="原因代码 · such as left_post。")],
    home: Home = HERE,
    as_json: Json = False,
) -> None:
    """停用下级人员的账号 · stop an account of a node below。"""
    asked = r.SwitchAccount(id=StaffId(account), reason=reason)
    _told(ask(home, "roster.switch", asked, r.GrantedPerson), as_json=as_json)


def resume(account: Account, home: Home = HERE, as_json: Json = False) -> None:
    """恢复下级人员的账号 · let a stopped account go on。"""
    asked = r.SwitchAccount(id=StaffId(account))
    _told(ask(home, "roster.switch", asked, r.GrantedPerson), as_json=as_json)


def password(account: Account, home: Home = HERE, as_json: Json = False) -> None:
    """给下级人员重设密码 · give an account a new first password; asks for it。"""
    asked = r.ResetPassword(id=StaffId(account), password=_password())
    _told(ask(home, "roster.password", asked, r.GrantedPerson), as_json=as_json)


def add_to(app: typer.Typer) -> None:
    """Put these among the commands of `zhengwu staff`."""
    app.command("grant")(grant)
    app.command("grants")(grants)
    app.command("grant-stop")(stop)
    app.command("grant-resume")(resume)
    app.command("grant-password")(password)


def _password() -> str:
    return str(typer.prompt("初始密码 · first password", hide_input=True, err=True))


def _told(one: r.GrantedPerson, *, as_json: bool) -> None:
    if as_json:
        emit(one)
    else:
        say(_line(one))


def _line(one: r.GrantedPerson) -> str:
    grant, use = one.grant, "在用 · active" if one.grant.active else "停用 · stopped"
    who = f"{one.login} {one.name}" if one.login else SEALED
    state = STATES[one.state] if one.arrived and one.state is not None else WAITING
    return f"{grant.subject:<12} {grant.id}  {who}  {' '.join(grant.roles)}  {use}  {state}"
