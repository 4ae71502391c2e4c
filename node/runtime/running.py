"""Run a node: everything assembled, until a signal says stop."""

import asyncio
import gc
import logging
import signal
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from typing_extensions import override

from node.clock import to_ms
from node.parts import actions as uploads
from node.runtime import control
from node.runtime.network import Network, join_network
from node.runtime.opening import Node, open_node
from node.runtime.serving import served
from node.runtime.station import Station

log = logging.getLogger(__name__)


class Lines(logging.Formatter):
    """One line an event: its name, then its fields as `name=value`."""

    _PLAIN: Final = frozenset(vars(logging.makeLogRecord({})))

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    @override
    def formatMessage(self, record: logging.LogRecord) -> str:
        fields = {k: v for k, v in vars(record).items() if k not in self._PLAIN}
        told = "".join(f" {k}={v}" for k, v in fields.items() if k not in {"message", "asctime"})
        line = super().formatMessage(record) + told
        return "".join(c if c.isprintable() else repr(c)[1:-1] for c in line)  # peers choose words


def log_to_stderr(level: int) -> None:
    """Log in lines."""
    handler = logging.StreamHandler()
    handler.setFormatter(Lines())
    logging.basicConfig(level=level, handlers=[handler])


@asynccontextmanager
async def running(home: Path, listener: socket.socket | None = None) -> AsyncIterator[Station]:
    """Run the node of `home` until the block ends, on the address that a first run took."""
    async with open_node(home) as node, join_network(node) as network:
        now = to_ms(node.clock.now())
        await node.works.read(lambda tx: node.parts.sweep(tx, uploads.held_files(tx, now)))
        async with _reachable(node, network, listener) as station:
            yield station


@asynccontextmanager
async def _reachable(
    node: Node, network: Network, listener: socket.socket | None
) -> AsyncIterator[Station]:
    async with served(node, network, listener) as url:
        station = Station(node, network, url)
        async with control.controlled(station):
            yield station


async def run(
    home: Path, ready: Callable[[Station], None], listener: socket.socket | None = None
) -> None:
    """Run the node of `home` until SIGTERM or SIGINT; `ready` is told when people can come."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for one in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(one, stop.set)
    async with running(home, listener) as station:
        gc.collect()
        gc.freeze()  # what the start made lives as long as the node: no collection weighs it again
        ready(station)
        await stop.wait()
        log.info("node.stopping")
