"""How the command speaks: one JSON value, or short lines for a person; errors in one sentence."""

import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any, Final, NoReturn, TypeVar

import msgspec
import typer

from cli import starting
from node.runtime.control import command

T = TypeVar("T")

HERE: Final = starting.HERE
REFUSALS: Final = starting.REFUSALS

Home = Annotated[Path, typer.Option("--home", help=starting.HOME_HELP, show_default=True)]
Json = Annotated[bool, typer.Option("--json", help="在标准输出给出 JSON · print JSON on stdout。")]


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run asynchronous work; a refusal becomes one sentence on stderr and exit code 1."""
    import asyncio  # noqa: PLC0415  # `--help` needs no event loop

    try:
        return asyncio.run(work)
    except REFUSALS as error:
        fail(str(error))


def ask(home: Path, name: str, arguments: msgspec.Struct, answer: type[T]) -> T:
    """Ask the node of `home` to do something, running or not."""
    return run(_ask(home, name, arguments, answer))


async def _ask(home: Path, name: str, arguments: msgspec.Struct, answer: type[T]) -> T:
    return msgspec.json.decode(await command(home, name, arguments), type=answer)


def fail(sentence: str, *, code: int = 1) -> NoReturn:
    """Say what went wrong, and end."""
    typer.echo(f"zhengwu: {sentence}", err=True)
    raise typer.Exit(code)


def emit(value: object) -> None:
    """Print a value as JSON."""
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(value), indent=2).decode() + "\n")


def say(line: str) -> None:
    """Print a line for a person."""
    typer.echo(line)
