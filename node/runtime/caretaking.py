"""Looks after the machine for the operator's page: backups, drills and the doctor, as tasks.

Each kind of task runs once at a time, and ends with the node. What is costly to know (the doctor's
findings, what takes room on the disk) is what the last examination found.
"""

import asyncio
import logging
import shutil
import sqlite3
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from importlib import metadata
from pathlib import Path
from typing import Final

from cryptography import x509
from msgspec.structs import replace

from federation import directory
from federation.ending import end
from node.calendar import actions as calendar
from node.clock import CHINA, local_day, to_ms
from node.database import Tx
from node.network import actions as network
from node.operations import actions, model
from node.releases import actions as releases
from node.runtime import backups, drilling
from node.runtime.opening import DATABASE, KEYS, PARTS, Node
from node.work import Actor
from schemas.doctor import Diagnosis, Standing
from schemas.nodes import NodeState
from schemas.operations import Disk, Drill, Ending, Ends, Operations, Versions

log = logging.getLogger(__name__)

MOMENT_SECONDS: Final = 3.0  # what is done within it is done when the page comes back
NO_DISK: Final = Disk(free=0, total=0, store=0, parts=0, backups=0)
BACKING_UP, DRILLING, EXAMINING = "backup", "drill", "examine"


@dataclass(frozen=True, slots=True)
class _Seen:
    """What the last examination found."""

    at: int
    diagnosis: Diagnosis
    disk: Disk
    broker: str


class Caretaker:
    """The keeper of a running node (`node.operations.keeper.Keeper`)."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._seen: _Seen | None = None
        self._failures: dict[str, str] = {}

    async def look(self) -> Operations:
        """Tell how everything stands now; begins the first examination."""
        node, seen = self._node, self._seen
        if seen is None:
            self._begin(EXAMINING, self._examine)
        kept = await asyncio.to_thread(backups.kept, node.home)
        kept_bytes = (one.bytes for one in kept)
        last = await node.works.read(actions.last_drill)
        findings = () if seen is None else seen.diagnosis.findings
        return Operations(
            node=node.me,
            endings=await self._endings(kept[0].at if kept else 0, last),
            backups=tuple(kept),
            backing_up=self._runs(BACKING_UP),
            drill=last,
            drilling=self._runs(DRILLING),
            disk=replace(NO_DISK if seen is None else seen.disk, backups=sum(kept_bytes)),
            versions=await self._versions("" if seen is None else seen.broker),
            findings=tuple(one for one in findings if one.standing is not Standing.OK),
            examined_at=0 if seen is None else seen.at,
            examining=self._runs(EXAMINING),
            failures=dict(self._failures),
        )

    async def back_up(self, actor: Actor) -> None:
        """Begin a backup in the actor's name."""
        await self._do(BACKING_UP, lambda: self._back_up(actor))

    async def drill(self, actor: Actor) -> None:
        """Begin a drill of the latest backup in the actor's name."""
        await self._do(DRILLING, lambda: self._drill(actor))

    async def examine(self) -> None:
        """Begin an examination."""
        await self._do(EXAMINING, self._examine)

    async def end(self) -> None:
        """Cut off what still runs."""
        await end(*self._tasks.values())

    def _runs(self, what: str) -> bool:
        return what in self._tasks and not self._tasks[what].done()

    def _begin(self, what: str, work: Callable[[], Awaitable[None]]) -> asyncio.Task[None]:
        if not self._runs(what):
            self._tasks[what] = asyncio.create_task(self._guarded(what, work))
        return self._tasks[what]

    async def _do(self, what: str, work: Callable[[], Awaitable[None]]) -> None:
        await asyncio.wait({self._begin(what, work)}, timeout=MOMENT_SECONDS)

    async def _guarded(self, what: str, work: Callable[[], Awaitable[None]]) -> None:
        """Do it; what fails is in the log, and said on the page until it is done."""
        self._failures.pop(what, None)
        try:
            await work()
        except Exception as error:
            log.exception("caretaking.failed", extra={"task": what})
            self._failures[what] = str(error)

    async def _back_up(self, actor: Actor) -> None:
        path = await backups.back_up(self._node)
        await self._node.works.run(actor, actions.note_backup, path)

    async def _drill(self, actor: Actor) -> None:
        await self._node.works.run(
            actor, actions.note_drill, await drilling.drill_latest(self._node)
        )

    async def _examine(self) -> None:
        from node.runtime import doctoring  # noqa: PLC0415  # a node without an operator does without

        node = self._node
        diagnosis = await asyncio.to_thread(asyncio.run, doctoring.examine(node.home))
        broker = next((one.en for one in diagnosis.findings if one.check == "broker"), "")
        disk = await asyncio.to_thread(_disk, node.home)
        self._seen = _Seen(to_ms(node.clock.now()), diagnosis, disk, _version_in(broker))

    async def _endings(self, last_backup: int, last: Drill | None) -> tuple[Ends, ...]:
        node = self._node
        now = to_ms(node.clock.now())
        machine = [
            *certificates(node.home, to_ms(node.clock.wall())),
            model.backup(last_backup, now),
            model.drill(last.ended_at if last else 0, now, clean=last.clean if last else True),
        ]
        return model.in_order((*machine, *await node.works.read(_recorded, node, now)))

    async def _versions(self, broker: str) -> Versions:
        return Versions(
            program=metadata.version("zhengwu"),
            store=await self._node.works.read(_last_migration),
            python=".".join(map(str, sys.version_info[:3])),
            sqlite=sqlite3.sqlite_version,
            broker=broker,
        )


def certificates(home: Path, now: int) -> list[Ends]:
    """Judge every certificate that this node has or believes, as far as it can be read."""
    found = []
    for path in sorted((*(home / KEYS).glob("tls/*.crt"), *(home / KEYS).glob("*.pem"))):
        with suppress(OSError, ValueError):  # the doctor says so
            read = x509.load_pem_x509_certificate(path.read_bytes())
            found.append(model.certificate(path.stem, to_ms(read.not_valid_after_utc), now))
    return found


def _recorded(tx: Tx, node: Node, now: int) -> list[Ends]:
    """Judge what the streams say: keys, invitations, days off, releases."""
    found = [model.keys(network.key_since(tx, node.me, node.identity.key_id), now)]
    found += [
        model.invitation(one.node, one.expires_at, now)
        for one in directory.records(tx)
        if one.state is NodeState.INVITED
    ]
    lacking = calendar.lacking(tx, node.me, local_day(node.clock.now()))
    if lacking is not None:
        standing = Standing.FAULT if lacking.missing else Standing.WARNING
        starts = to_ms(datetime(lacking.year, 1, 1, tzinfo=CHINA))
        name = str(lacking.year)
        found.append(Ends(what=Ending.CALENDAR, name=name, at=starts, standing=standing))
    for one in releases.held(tx, node.me):
        if one.held < one.latest:
            found.append(Ends(what=Ending.RELEASE, name=one.publisher, standing=Standing.WARNING))
    return found


def _last_migration(tx: Tx) -> str:
    return str(tx.execute("SELECT max(name) FROM migrations").fetchone()[0]).removesuffix(".sql")


def _version_in(sentence: str) -> str:
    """Take the version out of the doctor's sentence on the broker; empty if it ran none."""
    words = sentence.split()
    return words[1] if words[:1] == ["nats-server"] else ""


def _disk(home: Path) -> Disk:
    usage = shutil.disk_usage(home)
    store = [home / DATABASE, home / f"{DATABASE}-wal"]
    return Disk(
        free=usage.free,
        total=usage.total,
        store=sum(path.stat().st_size for path in store if path.exists()),
        parts=_size(home / PARTS),
        backups=0,  # counted at each look
    )


def _size(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        with suppress(OSError):  # erased meanwhile
            total += path.stat().st_size if path.is_file() else 0
    return total
