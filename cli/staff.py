"""Accounts: load a staff file, add a person."""

from pathlib import Path
from typing import Annotated

import typer

from cli.show import HERE, Home, Json, ask, emit, fail, say
from node.errors import BadInputError
from node.staff.files import load_staff_file
from schemas import control as c
from schemas.ids import DepartmentId
from schemas.staff import Role, StaffFile, StaffList

app = typer.Typer(help="工作人员账号 · accounts of staff。", no_args_is_help=True)


@app.command()
def load(
    file: Annotated[Path, typer.Argument(help="人员文件 (TOML) · a staff file。")],
    home: Home = HERE,
    as_json: Json = False,
) -> None:
    """按人员文件建立部门和账号 · bring departments and accounts to what a file says。"""
    try:
        listed = load_staff_file(file)
    except BadInputError as error:
        fail(str(error))
    ask(home, "staff.load", c.LoadStaff(listed=listed), c.Nothing)
    if as_json:
        emit({"staff": len(listed.staff), "departments": len(listed.departments)})
    else:
        say(f"{len(listed.departments)} 个部门, {len(listed.staff)} 个账号 · loaded")


@app.command()
def add(
    login: Annotated[str, typer.Argument(help="登录名 · login。")],
    name: Annotated[str, typer.Option("--name", help="姓名 · name。")],
    role: Annotated[list[Role], typer.Option("--role", help="岗位, 可重复 · role, repeatable。")],
    department: Annotated[str, typer.Option("--department", help="部门 · department id。")] = "",
    home: Home = HERE,
    as_json: Json = False,
) -> None:
    """新建或更新一个账号; 口令从标准输入读 · add or change one account; asks for the password。"""
    password = typer.prompt("口令 · password", hide_input=True, err=True)
    one = StaffFile(
        login=login, name=name, roles=tuple(role), password=password,
        department=DepartmentId(department) if department else None,
    )  # fmt: skip
    ask(home, "staff.load", c.LoadStaff(listed=StaffList(staff=(one,))), c.Nothing)
    if as_json:
        emit({"login": login})
    else:
        say(f"{login} {name}: 可以登录了 · may sign in now")
