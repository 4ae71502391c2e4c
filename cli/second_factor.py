"""Second factors, for whoever has the machine: take one away."""

from typing import Annotated

import typer

from cli.show import HERE, Home, Json, ask, emit, say
from schemas import control as c
from schemas.sign_in import ResetFactor


def reset(
    login: Annotated[str, typer.Argument(help="登录名 · login。")],
    why: Annotated[str, typer.Option("--why", help="为什么, 记入审计 · why: it is noted。")],
    home: Home = HERE,
    as_json: Json = False,
) -> None:
    """解除动态口令 (手机丢失), 下次登录重新绑定 · take a second factor away: a lost phone。"""
    ask(home, "staff.reset_factor", ResetFactor(login=login, why=why), c.Nothing)
    if as_json:
        emit({"login": login})
    else:
        say(f"{login}: 已解除, 下次登录时重新绑定 · reset, to be set up at the next sign-in")
