"""`zhengwu status`: the node, its links and its queue."""

from datetime import datetime

from cli.show import HERE, Home, Json, ask, emit, say
from node.clock import CHINA, from_ms
from schemas import control as c


def status(home: Home = HERE, as_json: Json = False) -> None:
    """节点、线路和待发 · the node, its links and its queue。"""
    state = ask(home, "status", c.Nothing(), c.Status)
    if as_json:
        emit(state)
        return
    running = f"运行中 · running: {state.url}" if state.running else "未运行 · not running"
    say(f"{state.node} {state.name} ({state.level}) {running}")
    say(f"根指纹 · root {state.root}")
    say(f"签名钥 · key {state.key}")
    if state.clock_offset_seconds:
        say(f"培训时钟偏移 · training clock moved by {state.clock_offset_seconds} s")
    if state.turned_away:
        say("上级不再接纳本节点 (暂停或吊销), 请联系上级 · the broker refuses us")
    if state.recovering:
        say("恢复中, 等待邻居核对 · restored; waiting for the neighbours' answers")
    say(
        f"{state.cases} 件, {state.events} 个事件, {state.parked} 个待核, "
        f"{state.parts_wanted} 份材料在途, {state.findings} 条发现"
    )
    if state.year_lacking:
        say(
            f"{state.year_lacking} 年放假安排尚未发布 (zhengwu calendar publish)"
            f" · the days off of {state.year_lacking} are not published"
        )
    for link in state.links:
        greeted = "已握手 · greeted" if link.greeted else "未握手 · no epoch"
        say(
            f"  {link.peer:<12} {'开' if link.open else '停'} {greeted} "
            f"待发 {link.waiting} · waiting {link.waiting}, "
            f"上次联系 {_when(link.last_contact)}, 拒收 {link.refused}"
        )


def _when(ms: int) -> str:
    if not ms:
        return "从未 · never"
    instant: datetime = from_ms(ms).astimezone(CHINA)
    return f"{instant:%Y-%m-%d %H:%M:%S}"
