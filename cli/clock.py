"""`zhengwu clock`: the node's clock beside its neighbours', and a person's word for it."""

from datetime import timedelta
from typing import Annotated, Final

import typer

from cli.show import HERE, Home, Json, ask, emit, say
from node.clock import CHINA, from_ms
from schemas import control as c

SECOND: Final = timedelta(seconds=1) // timedelta(milliseconds=1)


def clock(
    home: Home = HERE,
    confirm: Annotated[
        bool, typer.Option("--confirm", help="我核对过, 时间正确 · I looked; the time is right。")
    ] = False,
    as_json: Json = False,
) -> None:
    """核对时钟 · the node's clock beside its neighbours'。"""
    state = ask(home, "clock.look", c.ConfirmClock(confirm=confirm), c.ClockState)
    if as_json:
        emit(state)
        return
    say(f"{from_ms(state.now).astimezone(CHINA):%Y-%m-%d %H:%M:%S} 北京时间 · this node")
    for peer, drift in state.drifts.items():
        say(f"  {peer:<12} {drift / SECOND:+.1f} s")
    if state.ahead_ms:
        hours = state.ahead_ms // (3600 * SECOND)
        say(f"时钟可能快了约 {hours} 小时, 暂停收件和办理 · perhaps {hours} h ahead: nobody signs")
        say("请校正系统时间; 若时间无误: zhengwu clock --confirm · correct it, or confirm it")
