"""Errands: what this node was asked for, and what it asked of others; facts alone, no names."""

import typer

from cli.show import HERE, Home, Json, ask, emit, say
from schemas import control as c
from schemas.tasks import TaskList, TaskState

app = typer.Typer(help="协办任务 · errands。", no_args_is_help=True)

STATES = {
    TaskState.ASKED: "待办理 · asked",
    TaskState.ANSWERED: "已反馈 · answered",
    TaskState.DECLINED: "已退回 · declined",
    TaskState.CANCELLED: "已撤销 · cancelled",
}


@app.callback()
def errands() -> None:
    """协办任务 · errands。"""


@app.command("list")
def listing(home: Home = HERE, as_json: Json = False) -> None:
    """列出本节点的协办任务 · list the errands of this node, the most urgent first。"""
    found = ask(home, "tasks.list", c.Nothing(), TaskList)
    if as_json:
        emit(found)
        return
    say(f"{len(found.tasks)} 项协办 · errands")
    for one in found.tasks:
        say(
            f"  {one.due}  {STATES[one.state]}  {one.errand.value}  {one.number}"
            f"  {one.asker} → {one.to}"
        )
