"""The commands of `zhengwu bench`: run one measurement, print its figures."""

import asyncio
import tempfile
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from cli.bench import appraising as appraisals
from cli.bench import boards as lit
from cli.bench import hop as hops
from cli.bench import idle as rest
from cli.bench import latency as latencies
from cli.bench import lifecycle as lives
from cli.bench import lists as listing
from cli.bench import printing, stores, writing
from cli.bench import recount as recounts
from cli.bench import release as releases
from cli.bench import supervising as supervisions
from cli.bench.figures import Filled
from cli.bench.load import RefusedError
from cli.demo.fleet import NotReadyError
from cli.show import REFUSALS, Home, Json, emit, fail
from node.runtime.opening import open_node
from node.settings import Purpose

app = typer.Typer(help="量一量 · measure this program on this machine。", no_args_is_help=True)

Keep = Annotated[
    Path | None, typer.Option("--home", help="保存目录, 不给则用临时目录 · where the nodes are。")
]
Envelopes = Annotated[int, typer.Option("--envelopes", min=1, help="信封数 · how many。")]


def _measure(
    home: Path | None, work: Callable[[Path], Coroutine[Any, Any, msgspec.Struct]], *, as_json: bool
) -> None:
    with tempfile.TemporaryDirectory(prefix="zhengwu-bench-") as temporary:
        try:
            figures = asyncio.run(work(home or Path(temporary)))
        except (NotReadyError, RefusedError, *REFUSALS) as error:
            fail(str(error))
    if as_json:
        emit(figures)
    else:
        _show(msgspec.to_builtins(figures), "")


def _show(figures: object, name: str) -> None:
    """Print figures one to a line, each under its full name."""
    if isinstance(figures, dict):
        for key, value in figures.items():
            _show(value, f"{name}.{key}" if name else str(key))
    else:
        typer.echo(f"{name:<44} {figures}")


def _tell(line: str) -> None:
    typer.echo(line, err=True)


@app.command()
def hop(
    envelopes: Envelopes = 20_000,
    sustained: Annotated[
        int, typer.Option("--sustained", min=0, help="边写边发的件数 · lives written meanwhile。")
    ] = 300,
    home: Keep = None,
    as_json: Json = False,
) -> None:
    """一跳: 镇到县, 签名到结清 · signed at a town, settled by the county。"""
    _measure(home, lambda root: hops.hop(root, envelopes, sustained, _tell), as_json=as_json)


@app.command()
def latency(
    samples: Annotated[int, typer.Option("--samples", min=2, help="次数 · how many。")] = 200,
    home: Keep = None,
    as_json: Json = False,
) -> None:
    """单个信封: 村经镇到县 · one envelope alone, village to county。"""
    _measure(home, lambda root: latencies.latency(root, samples, _tell), as_json=as_json)


@app.command()
def catchup(envelopes: Envelopes = 10_000, home: Keep = None, as_json: Json = False) -> None:
    """补齐: 断网积压后恢复 · a backlog after the line was down。"""
    _measure(home, lambda root: hops.catch_up(root, envelopes, _tell), as_json=as_json)


@app.command()
def lifecycle(
    count: Annotated[int, typer.Option("--lives", min=1, help="件数 · how many。")] = 1_000,
    at_once: Annotated[int, typer.Option("--at-once", min=1, help="并发窗口 · windows。")] = 32,
    filled: Annotated[int, typer.Option("--filled", min=0, help="库中先有 · cases before。")] = 0,
    home: Keep = None,
    as_json: Json = False,
) -> None:
    """全流程: 县窗口收件到办结 · whole lives of cases over HTTP at a county。"""
    _measure(
        home, lambda root: lives.lifecycle(root, count, at_once, filled, _tell), as_json=as_json
    )


@app.command()
def release(
    items: Annotated[int, typer.Option("--items", min=1, help="事项数 · how many。")] = 1_500,
    bits: Annotated[
        int, typer.Option("--bits", min=1_000, help="线路 bit/s · of the line。")
    ] = 64_000,
    home: Keep = None,
    as_json: Json = False,
) -> None:
    """发布: 整个目录到慢线路上的村, 中途断线 · a catalogue to a village on a slow line。"""
    _measure(home, lambda root: releases.release(root, items, bits, _tell), as_json=as_json)


@app.command()
def recount(
    cases: Annotated[int, typer.Option("--cases", min=1, help="在办件数 · open cases。")] = 100_000,
    home: Keep = None,
    as_json: Json = False,
) -> None:
    """重算: 日历变更后重算在办件的期限 · due days of open cases after a calendar came。"""
    _measure(home, lambda root: recounts.recount(root, cases, _tell), as_json=as_json)


@app.command()
def notices(
    count: Annotated[int, typer.Option("--notices", min=1, help="文书份数 · how many。")] = 200,
    pdfs: Annotated[int, typer.Option("--pdfs", min=1, help="其中的 PDF · PDFs of them。")] = 10,
    home: Keep = None,
    as_json: Json = False,
) -> None:
    """文书: 排版、制发、再印、PDF · notices drawn, issued, printed again, as PDF。"""
    _measure(home, lambda root: printing.printing(root, count, pdfs, _tell), as_json=as_json)


@app.command()
def appraisal(
    rows: Annotated[int, typer.Option("--rows", min=1, help="已计的件数 · counted。")] = 200_000,
    cases: Annotated[int, typer.Option("--cases", min=1, help="真实办件数 · real lives。")] = 500,
    samples: Annotated[int, typer.Option("--samples", min=2, help="次数 · how many。")] = 50,
    home: Keep = None,
    as_json: Json = False,
) -> None:
    """考评: 计数、月报、明细 · counting, the month report, the cases behind a number。"""
    _measure(
        home,
        lambda root: appraisals.appraising(root, rows, cases, samples, _tell),
        as_json=as_json,
    )


@app.command(name="lists")
def list_cases(
    cases: Annotated[int, typer.Option("--cases", min=1, help="库中件数 · cases。")] = 1_000_000,
    samples: Annotated[int, typer.Option("--samples", min=2, help="次数 · how many。")] = 200,
    home: Keep = None,
    as_json: Json = False,
) -> None:
    """列表: 大库里的待办与查找 · inbox and search in a store of very many cases。"""
    _measure(home, lambda root: listing.lists(root, cases, samples, _tell), as_json=as_json)


@app.command()
def supervision(
    cases: Annotated[int, typer.Option("--cases", min=1, help="库中件数 · cases。")] = 2_000,
    lives: Annotated[int, typer.Option("--lives", min=1, help="边办边查 · lives。")] = 1_000,
    home: Keep = None,
    as_json: Json = False,
) -> None:
    """监察: 规则补看全库, 再跟着办件跑 · rules over a whole store, then behind people at work。"""
    _measure(
        home, lambda root: supervisions.supervising(root, cases, lives, _tell), as_json=as_json
    )


@app.command()
def board(
    open_cases: Annotated[
        int, typer.Option("--open", min=10, help="在办件数 · open cases。")
    ] = 100_000,
    closed: Annotated[int, typer.Option("--closed", min=0, help="已办件数 · ended cases。")] = 0,
    samples: Annotated[int, typer.Option("--samples", min=2, help="次数 · how many。")] = 200,
    home: Keep = None,
    as_json: Json = False,
) -> None:
    """监察总览: 大量在办件时的亮灯 · boards of supervision over very many open cases。"""
    _measure(
        home, lambda root: lit.boards(root, open_cases, closed, samples, _tell), as_json=as_json
    )


@app.command()
def idle(
    seconds: Annotated[float, typer.Option("--seconds", min=0.2, help="静置 · at rest。")] = 20,
    starts: Annotated[int, typer.Option("--starts", min=1, help="启动次数 · starts。")] = 5,
    home: Keep = None,
    as_json: Json = False,
) -> None:
    """静置: 内存与启动 · memory at rest and time to ready, of a village and a county。"""
    _measure(home, lambda root: rest.idle(root, seconds, starts, _tell), as_json=as_json)


@app.command()
def fill(
    home: Home,
    cases: Annotated[int, typer.Option("--cases", min=1, help="件数 · how many。")] = 10_000,
    item: Annotated[str, typer.Option("--item", help="事项编码 · item code。")] = "",
    as_json: Json = False,
) -> None:
    """装库: 向停着的节点写入已办结的件 · write closed cases into a node that does not run。"""
    _measure(home, lambda root: _fill(root, cases, item), as_json=as_json)


async def _fill(home: Path, cases: int, item: str) -> Filled:
    async with open_node(home) as node:
        if node.settings.purpose is Purpose.PRODUCTION:
            raise RefusedError(f"{home} is in real use: made-up cases belong into other homes")
        code = item or writing.COUNTY_ITEM
        before, size = stores.closed(home, node.me), stores.data_bytes(home)
        written = await writing.write_lives(node, code, cases=cases)
        made = stores.closed(home, node.me) - before
    return Filled(
        home=str(home),
        cases=made,
        cases_before=before,
        envelopes=written.envelopes,
        seconds=round(written.seconds, 2),
        envelopes_per_s=round(written.envelopes / written.seconds, 1),
        disk_kb_per_case=round((stores.data_bytes(home) - size) / max(1, made) / 1024, 2),
    )
