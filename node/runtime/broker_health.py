"""How the node's own broker and the certificates stand."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import msgspec
from cryptography import x509

from federation import broker_process
from federation.broker_process import Ports
from node.runtime.opening import BROKER, KEYS
from node.settings import BrokerMode, Settings
from schemas.doctor import Finding, Standing

LEAST_VERSION: Final = (2, 15, 1)
ENDING: Final = timedelta(days=30)
SILENCE_SECONDS: Final = 0.5  # a server that greets in clear does so within milliseconds
OK, WARNING, FAULT = Standing.OK, Standing.WARNING, Standing.FAULT
RESTART: Final = "start the node again: it writes the broker's settings anew"


class _JetStreamConfig(msgspec.Struct, frozen=True):
    sync_always: bool = False


class _JetStream(msgspec.Struct, frozen=True):
    config: _JetStreamConfig = _JetStreamConfig()


class _Vars(msgspec.Struct, frozen=True):
    version: str = "0"
    port: int = 0
    auth_required: bool = False
    tls_required: bool = False
    jetstream: _JetStream = _JetStream()


async def look(home: Path, settings: Settings, *, runs: bool) -> list[Finding]:
    """Ask the running broker how it is set; what is not ours or not running is not asked."""
    if settings.broker.mode is not BrokerMode.EMBEDDED:
        zh, en = "本节点没有自己的代理", "this node runs no broker"
        if settings.broker.mode is BrokerMode.EXTERNAL:
            zh, en = "外部代理由他人管理", "the broker is somebody else's to examine"
        return [Finding(check="broker", standing=OK, zh=zh, en=en)]
    if not runs:
        zh, en = "节点未运行, 代理未查", "the node does not run, so its broker was not asked"
        return [Finding(check="broker", standing=OK, zh=zh, en=en)]
    page = await _ask(home / BROKER)
    if page is None:
        return [
            Finding(
                check="broker", standing=FAULT, zh="代理没有应答", en="the broker does not answer",
                way_out="it is started again by itself; if not, look at the node's log",
            )
        ]  # fmt: skip
    quiet = await _is_quiet(settings.broker.host, page.port)
    return [_answers(page), _settings(page, quiet=quiet)]


async def _ask(folder: Path) -> _Vars | None:
    for file in (folder / "ports").glob("*.ports"):
        with suppress(OSError, ValueError, IndexError, msgspec.DecodeError):
            ports = msgspec.json.decode(file.read_bytes(), type=Ports)
            number = int(ports.monitoring[0].rsplit(":", 1)[1])
            page = await broker_process.ask(number, "/varz")
            if page is not None:
                return msgspec.json.decode(page, type=_Vars)
    return None


async def _is_quiet(host: str, port: int) -> bool:
    """Say whether the server waits for the TLS handshake before it says anything."""
    try:
        reader, writer = await asyncio.open_connection(host, port)
    except OSError:
        return True  # nothing is said to whom it does not even take
    try:
        async with asyncio.timeout(SILENCE_SECONDS):
            return not await reader.read(1)
    except TimeoutError:
        return True
    finally:
        writer.close()


def _answers(page: _Vars) -> Finding:
    numbers = tuple(int(part) for part in page.version.split("-")[0].split(".") if part.isdigit())
    old = numbers < LEAST_VERSION
    return Finding(
        check="broker", standing=WARNING if old else OK, zh=f"代理 nats-server {page.version}",
        en=f"nats-server {page.version} answers",
        way_out="install nats-server 2.15.1 or later" if old else "",
    )  # fmt: skip


def _settings(page: _Vars, *, quiet: bool) -> Finding:
    lacks = [
        text
        for text, there in (
            ("sync_interval is not `always`", page.jetstream.config.sync_always),
            ("TLS is not required", page.tls_required),
            ("it speaks before the TLS handshake", quiet),
            ("it asks for no key", page.auth_required),
        )
        if not there
    ]
    return Finding(
        check="broker.settings", standing=FAULT if lacks else OK,
        zh="代理设置不对" if lacks else "代理设置正确 (每写必盘, 先握手)",
        en="; ".join(lacks) or "sync always, TLS handshake first, keys required",
        way_out=RESTART if lacks else "",
    )  # fmt: skip


def certificates(home: Path, now: datetime) -> Iterator[Finding]:
    """Look at every certificate that this node has or believes."""
    for path in sorted((*(home / KEYS).glob("tls/*.crt"), *(home / KEYS).glob("*.pem"))):
        try:
            found = x509.load_pem_x509_certificate(path.read_bytes())
        except (OSError, ValueError):
            yield Finding(
                check=f"certificate.{path.stem}", standing=FAULT, zh=f"证书 {path.name} 不可读",
                en=f"{path.name} is not a certificate", way_out="restore keys/ from a backup",
            )  # fmt: skip
            continue
        yield certificate_finding(path.stem, found.not_valid_after_utc - now)


def certificate_finding(name: str, left: timedelta) -> Finding:
    """Judge a certificate by how long it still lasts."""
    gone, soon = left <= timedelta(0), left < ENDING
    way = "start the node again: it renews its own certificate"
    if name != "server":
        way = "ask whoever runs that authority for its next certificate"
    return Finding(
        check=f"certificate.{name}", standing=FAULT if gone else WARNING if soon else OK,
        zh=f"证书 {name} 剩 {left.days} 天", en=f"certificate {name}: {left.days} days left",
        way_out=way if soon else "",
    )  # fmt: skip
