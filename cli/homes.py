"""Making, running, saving and restoring a node's home."""

from pathlib import Path
from typing import Annotated

import typer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from cli import starting
from cli.show import HERE, Home, Json, ask, emit, fail, run, say
from cli.starting import DEFAULT_PORT, Place
from federation.encoding import b64
from federation.errors import MalformedError
from federation.joincode import parse_invitation
from node.runtime import backups, joining
from node.settings import LOOPBACK, Purpose, Settings
from schemas import control as c
from schemas.ids import BadNameError, parse_node_id
from schemas.nodes import NodeNames
from schemas.operations import Drill

Port = Annotated[int, typer.Option("--port", help=starting.PORT_HELP)]
Host = Annotated[str, typer.Option("--host", help=starting.HOST_HELP)]
Plain = Annotated[
    bool, typer.Option("--plain-http", help="不用 TLS, 仅限本机 · no TLS, loopback only。")
]
For = Annotated[Purpose, typer.Option("--purpose", help=starting.PURPOSE_HELP)]


BrokerHost = Annotated[
    str,
    typer.Option("--broker-host", help=starting.BROKER_HOST_HELP),
]
BrokerPort = Annotated[int, typer.Option("--broker-port", help=starting.BROKER_PORT_HELP)]
BrokerName = Annotated[
    str,
    typer.Option("--broker-name", help=starting.BROKER_NAME_HELP),
]


def init(  # noqa: PLR0913  # the options of a command
    node: Annotated[str, typer.Argument(help="区划代码 · division code of the root (a city)。")],
    zh: Annotated[str, typer.Option("--name", help="名称。")],
    en: Annotated[str, typer.Option("--name-en", help="English name。")] = "",
    home: Home = HERE,
    host: Host = "127.0.0.1",
    port: Port = DEFAULT_PORT,
    plain: Plain = False,
    broker_host: BrokerHost = LOOPBACK,
    broker_port: BrokerPort = 0,
    broker_name: BrokerName = "",
    purpose: For = Purpose.PRODUCTION,
    as_json: Json = False,
) -> None:
    """建立根节点 (市) · make the home of a root, and print its fingerprint and recovery key。"""
    try:
        place = parse_node_id(node)
    except BadNameError as error:
        fail(str(error), code=2)
    recovery = Ed25519PrivateKey.generate()
    public = b64(recovery.public_key().public_bytes_raw())
    names = NodeNames(zh=zh, en=en or zh)
    at = Place(host, port, broker_host, broker_port, broker_name)
    wanted = starting.wanted(at, place, purpose, plain=plain)
    settings = run(joining.begin_root(home, place, names, public, wanted))
    secret = b64(recovery.private_bytes_raw())
    if as_json:
        emit({"node": place, "root": settings.root, "recovery_key": secret, "home": str(home)})
        return
    say(f"根节点 {place} {zh} 已建立 · root made in {home}")
    say(f"根指纹 · root fingerprint: {settings.root}")
    say(f"恢复密钥 (打印后离线保管, 不再显示) · recovery key, keep it offline: {secret}")
    say(f"下一步 · next: zhengwu run --home {home}")


def join(  # noqa: PLR0913
    invitation: Annotated[
        str, typer.Argument(help="邀请 · the line that the parent handed over。")
    ],
    home: Home = HERE,
    host: Host = "127.0.0.1",
    port: Port = DEFAULT_PORT,
    plain: Plain = False,
    broker_host: BrokerHost = LOOPBACK,
    broker_port: BrokerPort = 0,
    broker_name: BrokerName = "",
    purpose: For = Purpose.PRODUCTION,
    as_json: Json = False,
) -> None:
    """凭一次性邀请码入网 · join the network with a one-time invitation。"""
    try:
        invited = parse_invitation(invitation)
    except MalformedError as error:
        fail(str(error), code=2)
    at = Place(host, port, broker_host, broker_port, broker_name)
    wanted = starting.wanted(at, invited.child, purpose, plain=plain)
    settings: Settings = run(joining.join(home, invited, wanted))
    if as_json:
        emit({"node": settings.node, "root": settings.root, "home": str(home)})
        return
    say(f"{settings.node} {settings.names.zh} 已入网 · joined")
    say(f"根指纹 (请与上级核对) · root fingerprint, compare it with your parent's: {settings.root}")
    say(f"下一步 · next: zhengwu run --home {home}")


def run_node(  # noqa: PLR0913  # the options of a command
    home: Home = HERE,
    verbose: Annotated[bool, typer.Option("--verbose", help=starting.VERBOSE_HELP)] = False,
    host: Host = LOOPBACK,
    port: Port = DEFAULT_PORT,
    broker_host: BrokerHost = LOOPBACK,
    broker_port: BrokerPort = 0,
    broker_name: BrokerName = "",
    purpose: For = Purpose.PRODUCTION,
) -> None:
    """运行节点, 直到 Ctrl-C; 新机器先在浏览器里入网 · run the node, or set a new one up first。

    地址和端口只在首次运行时用 · the addresses are for a first run, and then in node.toml。
    """
    at = Place(host, port, broker_host, broker_port, broker_name)
    run(starting.start(home, at, purpose, verbose=verbose))


def backup(
    home: Home = HERE,
    drill: Annotated[
        bool,
        typer.Option("--drill", help="恢复演练: 试着恢复最近的备份 · try the latest backup。"),
    ] = False,
    as_json: Json = False,
) -> None:
    """备份整个节点, 或演练恢复 · back the whole node up, or drill a restore, running or not。"""
    if drill:
        _drill(home, as_json=as_json)
        return
    made = ask(home, "backup", c.Nothing(), c.Backup)
    if as_json:
        emit(made)
    else:
        say(f"已备份 · backed up: {made.path} ({made.bytes} bytes)")


def _drill(home: Path, *, as_json: bool) -> None:
    done = ask(home, "drill", c.Nothing(), Drill)
    if as_json:
        emit(done)
    elif done.clean:
        say(f"备份 {done.backup} 能恢复, 核验无误 · can be restored, and is clean")
        say(f"{done.streams} 条链, {done.events} 个事件, {done.parts} 份材料 · streams, events")
    else:
        say(f"备份 {done.backup} 没有通过 · failed: {done.said}")
    raise typer.Exit(0 if done.clean else 1)


def restore(
    source: Annotated[Path, typer.Argument(help="备份目录 · a backup's folder。")],
    home: Home = HERE,
    as_json: Json = False,
) -> None:
    """从备份恢复到空目录 · restore a backup into an empty folder。"""
    run(backups.restore(home, source))
    if as_json:
        emit({"home": str(home), "restored": True})
        return
    say(f"已恢复到 · restored into {home}")
    say("启动后先与上下级核对, 核对完才能续办旧件 · it asks its neighbours before it goes on。")
    say("没有收到回执的, 请按纸质收件凭证补录 · enter again from paper what had no receipt。")
