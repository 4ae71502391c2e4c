"""The broker that a node runs for those below it: one nats-server, kept running and kept informed.

The broker is a disposable queue: its store may vanish at any moment, and nothing is lost, because
only a signed receipt settles the sender's outbox. What this file promises is that a broker is there
again within seconds, and that who may use it is exactly what the node last said.
"""

import asyncio
import contextlib
import logging
import os
import random
import signal
import socket
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path
from typing import Final

import msgspec

from federation import broker_process
from federation.broker_config import (
    LOOPBACK,
    BrokerSettings,
    BrokerUser,
    admissible,
    render,
)
from federation.ending import end
from federation.errors import BrokerError
from schemas.ids import NodeId

log = logging.getLogger(__name__)

FIRST_PAUSE_SECONDS: Final = 0.5  # before the first restart
LAST_PAUSE_SECONDS: Final = 30.0  # between restarts of a server that keeps dying
STEADY_SECONDS: Final = 60.0  # a server that lived so long starts again at the first pause
WATCH_SECONDS: Final = 2.0  # how soon a deleted store or a sick server is noticed
SICK_PROBES: Final = 5  # probes failed in a row before the server is replaced
RELOAD_SECONDS: Final = 5.0  # a reload takes some 20 ms for a thousand users
FREE_PORT: Final = -1


class _Vars(msgspec.Struct, frozen=True, kw_only=True):
    config_digest: str = ""


class Broker:
    """A running broker; made by `run_broker`."""

    def __init__(self, settings: BrokerSettings) -> None:
        self._settings = settings
        self._server = broker_process.find_server()
        self._child: broker_process.Child | None = None
        self._users: tuple[BrokerUser, ...] = ()
        self._turn = asyncio.Lock()  # one change of users, or one start, at a time
        self.restarts = 0
        """How often the server had to be started again."""

    @property
    def port(self) -> int:
        """Where the server listens; the same over restarts."""
        return self._settings.port

    @property
    def url(self) -> str:
        """The address for clients on this machine."""
        host = self._settings.host
        everywhere = host in {str(IPv4Address(0)), str(IPv6Address(0))}
        return f"tls://{LOOPBACK if everywhere else host}:{self.port}"

    @property
    def pid(self) -> int | None:
        """The server's process id; `None` between two runs of it."""
        return self._child.process.pid if self._child else None

    async def set_users(self, users: Sequence[BrokerUser]) -> None:
        """Let exactly `users` in; who is no longer among them is cut off when this returns.

        The others stay connected. Raises `BrokerError` if the server refuses: then nothing changed.
        """
        async with self._turn:
            before, digest = self._users, await self._write(users)
            if self._child is None:
                return  # the next start reads it
            if not await self._reload(self._child, digest):
                await self._write(before)
                raise BrokerError("nats-server did not take the new users")

    async def set_owner(self, nkey: str) -> None:
        """Know the owner by this key from now on; the line of the old one is cut.

        Raises `BrokerError` if the server refuses: then nothing changed.
        """
        before = self._settings
        self._settings = replace(before, owner_nkey=nkey)
        try:
            await self.set_users(self._users)
        except BrokerError:
            self._settings = before
            raise

    async def metrics(self) -> bytes | None:
        """Read the server's own figures (`/varz`, JSON); `None` while it is down."""
        return await broker_process.ask(self._child.monitoring, "/varz") if self._child else None

    @asynccontextmanager
    async def running(self, users: Sequence[BrokerUser]) -> AsyncIterator[None]:
        """Start the server with `users`, keep it running, and stop it: for `run_broker` alone."""
        await self._write(users)
        await self._start()
        keeper = asyncio.create_task(self._keep_running())
        try:
            yield
        finally:
            await end(keeper)
            await self._stop()

    async def _write(self, users: Sequence[BrokerUser]) -> str:
        """Put the checked configuration in place; tell its digest."""
        refused = set(users) - set(admissible(users, self._settings.owner_nkey))
        for user in refused:
            log.warning("broker.user_refused node=%s", user.node)
        draft = self._settings.config.with_suffix(".new")
        draft.write_bytes(render(self._settings, users))
        digest = await broker_process.check(self._server, draft)
        _replace_file(self._settings.config, draft.read_bytes())
        draft.unlink()
        self._users = tuple(users)
        return digest

    async def _reload(self, child: broker_process.Child, digest: str) -> bool:
        """Signal the server and wait until it works by the file of this digest."""
        deadline = time.monotonic() + RELOAD_SECONDS
        with contextlib.suppress(ProcessLookupError):
            child.process.send_signal(signal.SIGHUP)
        while time.monotonic() < deadline and child.process.returncode is None:
            page = await broker_process.ask(child.monitoring, "/varz")
            if page and msgspec.json.decode(page, type=_Vars).config_digest == digest:
                return True
            await asyncio.sleep(broker_process.POLL_SECONDS)
        return child.process.returncode is not None  # it died: the next start reads the file

    async def _start(self) -> None:
        if not self._settings.config.exists():  # the whole folder may be deleted, too
            self._settings.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            await self._write(self._users)
        self._child = await broker_process.start(self._server, self._settings)
        log.info("broker.ready pid=%d port=%d", self._child.process.pid, self.port)

    async def _stop(self) -> None:
        if self._child is not None:
            await broker_process.stop(self._child)
            self._child = None  # only now: a cancelled stop is taken up again

    async def _keep_running(self) -> None:
        failures = 0
        while True:
            began = time.monotonic()
            if self._child is not None:
                await self._watch(self._child)
                await self._stop()
            failures = 0 if time.monotonic() - began > STEADY_SECONDS else failures
            pause = min(LAST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * (1 << min(failures, 10)))
            failures += 1
            await asyncio.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311  # no secret: jitter
            self.restarts += 1
            try:
                async with self._turn:
                    await self._start()
            except (BrokerError, OSError) as error:
                log.warning("broker.not_started reason=%s", error)

    async def _watch(self, child: broker_process.Child) -> None:
        """Return when the server has ended, or should: its store is gone, or it does not answer."""
        sick = 0
        while child.process.returncode is None:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(WATCH_SECONDS):
                    await child.process.wait()
                    break
            if not (self._settings.store / "jetstream").exists():
                log.warning("broker.store_gone pid=%d", child.process.pid)
                return
            well = await broker_process.ask(child.monitoring, "/healthz") is not None
            sick = 0 if well else sick + 1
            if sick >= SICK_PROBES:
                log.error("broker.sick pid=%d", child.process.pid)
                return
        log.warning("broker.ended code=%s", child.process.returncode)


@asynccontextmanager
async def run_broker(  # noqa: PLR0913  # each is named where it is called
    folder: Path,
    *,
    owner: NodeId,
    owner_nkey: str,
    port: int,
    certificate: Path,
    private_key: Path,
    users: Sequence[BrokerUser],
    host: str = LOOPBACK,
) -> AsyncIterator[Broker]:
    """Run the broker of `owner` in `folder` until the block ends; ready when it begins.

    `port` −1 takes a free one and keeps it in `folder`. The server is restarted when it dies, and
    dies with this process. Raises `BrokerError` if it cannot be started.
    """
    settings = _absolute(
        BrokerSettings(
            owner=owner,
            owner_nkey=owner_nkey,
            host=host,
            port=port,
            folder=folder,
            certificate=certificate,
            private_key=private_key,
        )
    )
    await broker_process.end_stale(settings)
    broker = Broker(replace(settings, port=_port(settings)))
    async with broker.running(users):
        yield broker


def _absolute(settings: BrokerSettings) -> BrokerSettings:
    """Make the folder, and every path the same wherever the server looks from."""
    settings.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return replace(
        settings,
        folder=settings.folder.resolve(),
        certificate=settings.certificate.resolve(),
        private_key=settings.private_key.resolve(),
    )


def _port(settings: BrokerSettings) -> int:
    """Settle the port: the one asked for, else the one of the last run if free, else a free one."""
    if settings.port != FREE_PORT:
        return settings.port
    kept = settings.folder / "port"
    try:
        wanted = int(kept.read_text())
    except (OSError, ValueError):
        wanted = 0
    for candidate in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError, OverflowError):
                probe.bind((settings.host, candidate))
                port: int = probe.getsockname()[1]
                kept.write_text(str(port))
                return port
    raise BrokerError(f"no free port on {settings.host}")


def _replace_file(path: Path, content: bytes) -> None:
    """Put `content` in place of `path`: at any moment the file is whole, the old or the new."""
    draft = path.with_suffix(".draft")
    with draft.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
