"""The catalogue: check and publish items."""

from pathlib import Path
from typing import Annotated

import typer

from cli.show import HERE, Home, Json, ask, emit, fail, say
from node.catalogue import files
from node.catalogue.files import FileFaultsError
from schemas import control as c
from schemas.items import PublishReport

app = typer.Typer(help="事项目录 · the catalogue。", no_args_is_help=True)

File = Annotated[Path, typer.Argument(help="事项文件 (TOML) · a file of items。")]
Departments = Annotated[
    Path | None, typer.Option("--departments", help="部门文件 · the departments they may name。")
]


@app.command()
def check(file: File, departments: Departments = None, as_json: Json = False) -> None:
    """检查事项文件 · say what is wrong with a file of items, field by field。"""
    try:
        known = files.load_departments(departments) if departments else None
        names = tuple(one.id for one in known) if known is not None else None
        found = files.check_items(file, departments=names)
    except FileFaultsError as error:
        fail(str(error))
    if as_json:
        emit({"items": len(found), "faults": 0})
    else:
        say(f"{len(found)} 个事项, 没有错误 · {len(found)} items, no faults")


@app.command()
def publish(file: File, home: Home = HERE, as_json: Json = False) -> None:
    """发布事项: 全部生效, 有一处错误则都不生效 · put items in force, all or none。"""
    try:
        found = files.load_items(file)
    except FileFaultsError as error:
        fail(str(error))
    done = ask(home, "items.publish", c.PublishItems(items=tuple(found)), PublishReport)
    if as_json:
        emit(done)
    else:
        say(
            f"新增 {len(done.begun)}, 变更 {len(done.changed)}, 未变 {len(done.unchanged)}"
            f" · {len(done.begun)} new, {len(done.changed)} changed"
        )
