"""Starting a node from the shell: where it listens, and from a new home to a node that runs.

Knows nothing of the library that reads the commands: a node that runs does without it.
"""

import logging
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from federation.errors import FederationError
from levels.profiles import profile_of
from node.errors import NodeError, SettingsError
from node.runtime import running
from node.runtime.backups import BackupError
from node.runtime.control import CommandError
from node.runtime.first_run import is_new
from node.runtime.joining import Wanted
from node.runtime.opening import HomeInUseError
from node.runtime.station import Station
from node.settings import LOOPBACK, Broker, BrokerMode, Http, Purpose, is_loopback
from schemas.ids import NodeId, level_of
from schemas.levels import Capability

REFUSALS: Final = (
    CommandError, SettingsError, FederationError, NodeError, BackupError, HomeInUseError, OSError,
)  # fmt: skip
"""What ends a command with one sentence."""

HERE: Final = Path("zhengwu-node")
DEFAULT_PORT: Final = 8443

HOME_HELP: Final = "节点目录 · the node's folder。"
VERBOSE_HELP: Final = "详细日志 · log more。"
HOST_HELP: Final = "监听地址 · address to listen on。"
PORT_HELP: Final = "网页端口 · HTTP port, 0 = 任选。"
BROKER_HOST_HELP: Final = "消息服务监听地址 · the broker listens here。"
BROKER_PORT_HELP: Final = "消息端口 · the broker port。"
BROKER_NAME_HELP: Final = "下级用的主机名 · children reach it by。"
PURPOSE_HELP: Final = "用途 · what the home is for。"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a new node listens."""

    host: str = LOOPBACK
    port: int = DEFAULT_PORT
    broker_host: str = LOOPBACK
    broker_port: int = 0
    broker_name: str = ""


def wanted(at: Place, node: NodeId, purpose: Purpose, *, plain: bool) -> Wanted:
    """Say what a new home is to be like."""
    http = Http(host=at.host, port=at.port, tls=not plain)
    runs = Capability.BROKER in profile_of(level_of(node)).capabilities
    broker = Broker(
        mode=BrokerMode.EMBEDDED if runs else BrokerMode.NONE,
        host=at.broker_host,
        port=at.broker_port,
        name=at.broker_name,
    )
    return Wanted(http=http, broker=broker, purpose=purpose)


async def start(home: Path, at: Place, purpose: Purpose, *, verbose: bool) -> None:
    """Run the node of `home` until a signal; a home that is new is set up in the browser first."""
    running.log_to_stderr(logging.INFO if verbose else logging.WARNING)
    listener = None
    if is_new(home):
        from cli import first_run  # noqa: PLC0415  # a node that is set up does without

        http = Http(host=at.host, port=at.port, tls=not is_loopback(at.host))
        listener = await first_run.set_up(
            home, http, lambda node: wanted(at, node, purpose, plain=not http.tls)
        )
    await running.run(home, _ready, listener)


def _ready(station: Station) -> None:
    sys.stdout.write(
        f"{station.node.me} {station.node.settings.names.zh} 就绪 · ready: {station.url}\n"
    )
    sys.stdout.flush()
