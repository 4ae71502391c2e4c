"""The `zhengwu` command."""

import sys
from typing import Final

UNUSED: Final = ("bz2", "csv", "html", "logging.config", "lzma", "pdb", "pprint", "yaml")
"""What a node's libraries load and a node at rest never uses: 2.5 MB."""


def app() -> None:
    """Run the command that was typed.

    `zhengwu run` loads what a node needs and nothing else: it stays in a village PC's memory for
    months, and the other commands and their libraries would take 13 MB of it.
    """
    if sys.argv[1:2] == ["run"]:
        from cli.later import put_off  # noqa: PLC0415

        put_off(*UNUSED)
        from cli import alone  # noqa: PLC0415  # behind it, so that nothing is loaded before

        alone.run(sys.argv[2:])
    else:
        from cli.commands import app as commands  # noqa: PLC0415

        commands(prog_name="zhengwu")
