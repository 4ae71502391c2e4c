"""Backup and restore of a whole home: settings, keys, store and papers.

A restored node takes a new epoch on every link and a new series letter for its case numbers, and
appends to shared streams only when every neighbour has said what it holds. What had no receipt when
the disk died is lost; receipts printed on paper are the source for entering it again (补录).
"""

import asyncio
import os
import shutil
import sqlite3
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from node.cases import receiving
from node.clock import CHINA, to_ms
from node.runtime.opening import DATABASE, KEYS, PARTS, Node, begin_recovery, open_node
from node.settings import FILE_NAME
from node.work import SYSTEM, Work
from schemas.operations import BackupKept

BACKUPS: Final = "backups"
KEPT: Final = timedelta(days=30)
"""What was destroyed lives on in older backups: each ends when a newer one is made after this."""
_STAMP: Final = "%Y%m%d-%H%M%S"


class BackupError(Exception):
    """The backup cannot be made, or is not one."""


async def back_up(node: Node) -> Path:
    """Copy everything into `backups/<instant>`, whole or not at all, and check the copy."""
    now = node.clock.now().astimezone(CHINA)
    name = f"{now:{_STAMP}}"
    target = node.home / BACKUPS / name
    draft = node.home / BACKUPS / f".{name}"
    if target.exists():
        raise BackupError(f"{target} exists already")
    await asyncio.to_thread(_begin, draft)
    try:
        await node.database.backup(draft / DATABASE)
        await asyncio.to_thread(_copy_files, node.home, draft)
        await asyncio.to_thread(_check, draft / DATABASE)
        draft.rename(target)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    await asyncio.to_thread(_end_old, target.parent, now)
    return target


def kept(home: Path) -> list[BackupKept]:
    """List the backups in `backups/`, latest first."""
    found = []
    for path in (home / BACKUPS).glob("*"):
        with suppress(ValueError, OSError):  # not ours, or going just now
            made = datetime.strptime(path.name, _STAMP).replace(tzinfo=CHINA)
            size = (path / DATABASE).stat().st_size
            found.append(BackupKept(name=path.name, at=to_ms(made), bytes=size))
    return sorted(found, key=lambda one: one.name, reverse=True)


def _end_old(folder: Path, now: datetime) -> None:
    """Remove the backups made here more than `KEPT` before this one (protocol §5.4)."""
    for path in folder.iterdir():
        with suppress(ValueError):  # not ours
            made = datetime.strptime(path.name, _STAMP).replace(tzinfo=CHINA)
            if now - made > KEPT:
                shutil.rmtree(path)


def _begin(draft: Path) -> None:
    draft.parent.mkdir(mode=0o700, exist_ok=True)
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)


def _copy_files(home: Path, draft: Path) -> None:
    shutil.copytree(home / KEYS, draft / KEYS)
    shutil.copy2(home / FILE_NAME, draft / FILE_NAME)
    if (home / PARTS).exists():  # files are never changed once written: a link is as good as a copy
        shutil.copytree(home / PARTS, draft / PARTS, copy_function=_link)
    for path in draft.rglob("*"):
        if path.is_file():
            _sync(path)


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # another file system
        shutil.copy2(source, target)


def _sync(path: Path) -> None:
    file = os.open(path, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)


def _check(path: Path) -> None:
    raw = sqlite3.connect(f"file:{path}?mode=ro", uri=True)  # noqa: TID251  # a copy, not the store
    try:
        answer = raw.execute("PRAGMA integrity_check").fetchone()[0]
    finally:
        raw.close()
    if answer != "ok":
        raise BackupError(f"the copy at {path} is damaged: {answer}")


async def restore(home: Path, backup: Path, *, linked: bool = False) -> None:
    """Make `home` from a backup; `home` must not hold a store. Papers are `linked` for a drill.

    Raises `BackupError`.
    """
    if not (backup / DATABASE).is_file() or not (backup / KEYS).is_dir():
        raise BackupError(f"{backup} is not a backup made by `zhengwu backup`")
    if (home / DATABASE).exists():
        raise BackupError(f"{home} holds a node already; restore into an empty folder")
    await asyncio.to_thread(_check, backup / DATABASE)
    await asyncio.to_thread(_put_back, backup, home, linked=linked)
    async with open_node(home) as node:
        await node.works.run(SYSTEM, _begin_again, node)


def _put_back(backup: Path, home: Path, *, linked: bool) -> None:
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    home.chmod(0o700)
    shutil.copytree(backup / KEYS, home / KEYS)
    shutil.copy2(backup / FILE_NAME, home / FILE_NAME)
    if (backup / PARTS).exists():
        copy = _link if linked else shutil.copy2
        shutil.copytree(backup / PARTS, home / PARTS, copy_function=copy)
    shutil.copy2(backup / DATABASE, home / DATABASE)


def _begin_again(work: Work, node: Node) -> None:
    begin_recovery(work.tx, node.link)
    receiving.begin_next_series(work)
