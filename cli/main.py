"""The `zhengwu` command."""

import sys

import typer


def app() -> None:
    """Run the command that was typed.

    `zhengwu run` loads what a node needs and nothing else: it stays in a village PC's memory for
    months, and the other commands and their libraries would take 5 MB of it.
    """
    if sys.argv[1:2] == ["run"]:
        from cli.homes import run_node  # noqa: PLC0415

        chosen = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
        chosen.callback()(_alone)
        chosen.command("run")(run_node)
    else:
        from cli.commands import app as chosen  # noqa: PLC0415
    chosen(prog_name="zhengwu")


def _alone() -> None:
    """政务: 四级政务服务网络的一个节点 · one node of a four-tier government-service network。"""
