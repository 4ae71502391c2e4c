"""Replacing a root by its offline recovery key."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from cli.homes import For, Host, Plain, Port
from cli.show import HERE, Home, Json, ask, emit, fail, run, say
from cli.starting import DEFAULT_PORT
from node.runtime import replacing
from node.runtime.joining import Wanted
from node.settings import Http, Purpose
from schemas import control as c
from schemas.proofs import ProofFile

Key = Annotated[
    str,
    typer.Option(
        "--recovery-key",
        help="`init` 打印的恢复密钥, 不写则询问 · as `init` printed it; asked for if left out。",
    ),
]
Stolen = Annotated[
    bool, typer.Option("--stolen", help="旧钥可能失窃, 一律作废 · the old keys count no longer。")
]
Proofs = Annotated[
    list[Path] | None,
    typer.Option(
        "--from",
        help="机器全毁时: 邻居的案卷证明文件, 可多个 · lost everything: neighbours' proof files。",
    ),
]


def replace_root(  # noqa: PLR0913  # the options of a command
    recovery_key: Key = "",
    stolen: Stolen = False,
    proofs: Proofs = None,
    home: Home = HERE,
    host: Host = "127.0.0.1",
    port: Port = DEFAULT_PORT,
    plain: Plain = False,
    purpose: For = Purpose.PRODUCTION,
    as_json: Json = False,
) -> None:
    """根节点换钥: 密钥失窃, 或机器全毁后重建 · give a root new keys by its recovery key。"""
    key = recovery_key or typer.prompt("恢复密钥 · recovery key", hide_input=True)
    if not proofs:
        asked = c.ReplaceRoot(recovery_key=key, stolen=stolen)
        done = ask(home, "nodes.replace_root", asked, c.RootReplacement)
        if as_json:
            emit(done)
            return
        say(f"根节点已换钥 · the root signs with {done.key}")
        if stolen:
            say(f"{done.confirmed} 条链已重新确认 · streams confirmed under the new key")
        return
    found = [_read(path) for path in proofs]
    wanted = Wanted(http=Http(host=host, port=port, tls=not plain), purpose=purpose)
    settings = run(replacing.rebuild_root(home, found, key, wanted))
    if as_json:
        emit({"node": settings.node, "root": settings.root, "home": str(home)})
        return
    say(f"根节点 {settings.node} {settings.names.zh} 已重建 · root made again in {home}")
    say(f"根指纹不变 · the fingerprint is as before: {settings.root}")
    say("下级要换用新的 CA 证书, 见操作手册 · nodes below need its new authority, see the manual")
    say(f"下一步 · next: zhengwu run --home {home}")


def _read(path: Path) -> ProofFile:
    try:
        return msgspec.json.decode(path.read_bytes(), type=ProofFile)
    except OSError as error:
        fail(str(error), code=2)
    except msgspec.DecodeError as error:
        fail(f"{path} is no proof file: {error}", code=2)
