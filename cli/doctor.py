"""`zhengwu doctor`: keys, store, disk, clock, links, broker, certificates."""

from typing import Final

import typer

from cli.show import HERE, Home, Json, emit, run, say
from node.runtime.doctoring import examine
from schemas.doctor import Standing

MARKS: Final = {Standing.OK: "正常", Standing.WARNING: "留意", Standing.FAULT: "故障"}


def doctor(home: Home = HERE, as_json: Json = False) -> None:
    """体检: 密钥、库、时钟、磁盘、线路、代理 · examine the node, running or not。"""
    found = run(examine(home))
    if as_json:
        emit(found)
    else:
        for one in found.findings:
            say(f"{MARKS[one.standing]} {one.zh} · {one.en}")
            if one.way_out:
                say(f"     → {one.way_out}")
        say(
            "没有故障 · no faults"
            if found.healthy
            else "有故障, 请按上面处理 · see the faults above"
        )
    raise typer.Exit(0 if found.healthy else 1)
