"""`zhengwu run`, read by the standard library: a node stays in a village PC's memory for months.

The library that reads every other command would stay there with it: 8 MB.
"""

import argparse
import asyncio
import sys
from pathlib import Path

from cli import starting
from cli.starting import Place
from node.settings import LOOPBACK, Purpose


def run(words: list[str]) -> None:
    """Run the node that the words after `zhengwu run` ask for; a refusal ends with exit code 1."""
    asked = reader().parse_args(words)
    at = Place(asked.host, asked.port, asked.broker_host, asked.broker_port, asked.broker_name)
    try:
        asyncio.run(starting.start(asked.home, at, Purpose(asked.purpose), verbose=asked.verbose))
    except starting.REFUSALS as error:
        sys.stderr.write(f"zhengwu: {error}\n")
        sys.exit(1)


def reader() -> argparse.ArgumentParser:
    """Make what reads the words: the same options as `cli.homes.run_node`, which help lists."""
    made = argparse.ArgumentParser(
        "zhengwu run",
        description="运行节点, 直到 Ctrl-C; 新机器先在浏览器里入网"
        " · run the node, or set a new one up first。",
        epilog="地址和端口只在首次运行时用, 之后见 node.toml"
        " · the addresses are for a first run, and then in node.toml。",
        allow_abbrev=False,
    )
    made.add_argument("--home", type=Path, default=starting.HERE, help=starting.HOME_HELP)
    made.add_argument("--verbose", action="store_true", help=starting.VERBOSE_HELP)
    made.add_argument("--host", default=LOOPBACK, help=starting.HOST_HELP)
    made.add_argument("--port", type=int, default=starting.DEFAULT_PORT, help=starting.PORT_HELP)
    made.add_argument("--broker-host", default=LOOPBACK, help=starting.BROKER_HOST_HELP)
    made.add_argument("--broker-port", type=int, default=0, help=starting.BROKER_PORT_HELP)
    made.add_argument("--broker-name", default="", help=starting.BROKER_NAME_HELP)
    made.add_argument(
        "--purpose",
        choices=[one.value for one in Purpose],
        default=Purpose.PRODUCTION.value,
        help=starting.PURPOSE_HELP,
    )
    return made
