"""Examine a node: keys, store, disk, clock, links, broker, certificates; each with a way out.

Reads only, on a connection of its own, so it works beside a running node. What needs the broker's
answer is in `node.runtime.broker_health`.
"""

import shutil
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from federation import directory, keyfiles
from federation.errors import KeysError, LooseKeysError
from federation.identity import Identity, load_identity, staged_rotation
from node.catalogue import actions as catalogue
from node.clock import Clock, to_ms
from node.database import Tx, open_plain
from node.releases import actions as releases
from node.runtime import (
    audit_health,
    broker_health,
    calendar_health,
    line_health,
    notice_health,
    sign_in_health,
    supervision_health,
)
from node.runtime.control import running
from node.runtime.opening import DATABASE, KEYS, HomeInUseError, locked
from node.settings import Purpose, Settings, load_settings
from schemas.doctor import Diagnosis, Finding, Standing
from schemas.nodes import NodeState

LEAST_FREE: Final = 200 << 20  # bytes: below it a busy day may not fit
LITTLE_FREE: Final = 2 << 30
LARGE_WAL: Final = 256 << 20  # sixteen checkpoints' worth: somebody holds an old snapshot
MENDED: Final = ((3, 51, 3), (3, 50, 7), (3, 44, 6))
"""SQLite versions that mend the corruption after a WAL reset: the first, and the back-ports."""
OK, WARNING, FAULT = Standing.OK, Standing.WARNING, Standing.FAULT


@dataclass(frozen=True, slots=True)
class Patient:
    """A node under examination."""

    home: Path
    settings: Settings
    runs: bool
    now: datetime
    """By the node's own clock."""


async def examine(home: Path) -> Diagnosis:
    """Examine the node in `home`, running or not. Raises `SettingsError`."""
    settings = load_settings(home)
    clock = Clock(settings.clock_offset)
    patient = Patient(home, settings, _runs(home), clock.now())
    found = [*keys(patient), *files(patient), *store(patient)]
    found += await broker_health.look(home, settings, runs=patient.runs)
    found += broker_health.certificates(home, clock.wall())
    found += await notice_health.look(settings)
    found.append(sign_in_health.second_factor(settings))
    return Diagnosis(
        node=settings.node,
        running=patient.runs,
        healthy=all(one.standing is not FAULT for one in found),
        findings=tuple(found),
    )


def _runs(home: Path) -> bool:
    """Say whether a process has the home open: it holds the lock, whatever `run.json` says."""
    if running(home) is None:
        return False
    try:
        with locked(home):
            return False
    except HomeInUseError:
        return True


# --- keys


def keys(patient: Patient) -> Iterator[Finding]:
    """Modes and owner of the key files, and whether they are what the directory says."""
    folder = patient.home / KEYS
    try:
        keyfiles.check_folder(folder)
        for path in sorted(folder.glob("**/*.key")):
            keyfiles.read(path)
        load_identity(folder, patient.settings.node)
    except LooseKeysError as error:
        way = f"chmod 700 {folder}; chmod 600 {folder}/*.key"
        yield Finding(
            check="keys", standing=FAULT, zh="密钥文件权限过宽", en=str(error), way_out=way
        )
        return
    except KeysError as error:
        way = "restore keys/ from a backup, or join again with new keys"
        yield Finding(check="keys", standing=FAULT, zh="密钥文件不可用", en=str(error), way_out=way)
        return
    yield Finding(
        check="keys", standing=OK, zh="密钥文件只有本人可读", en="only you can read the keys"
    )


def _known(patient: Patient, tx: Tx, identity: Identity) -> Finding:
    """Compare the key pair with what the node's record says."""
    me = patient.settings.node
    record = directory.record(tx, me)
    rows = {row.key: row for row in directory.keys_of(tx, me)}
    row = rows.get(identity.key_id)
    says = "the node's record"
    if record is None or row is None:
        return Finding(
            check="identity", standing=FAULT, zh="名录里没有本节点的密钥",
            en=f"{says} does not give key {identity.key_id} to {me}",
            way_out="ask the parent for a new invitation and join again",
        )  # fmt: skip
    if record.state in (NodeState.SUSPENDED, NodeState.REVOKED) or row.revoked:
        state = "revoked" if row.revoked else record.state.value
        return Finding(
            check="identity", standing=FAULT, zh="本节点或其密钥已被停用",
            en=f"{me} or its key is {state}", way_out="ask the parent to resume or enrol it",
        )  # fmt: skip
    if (row.sealing, row.nats) != (identity.public.sealing, identity.public.nats):
        return Finding(
            check="identity", standing=FAULT, zh="封装钥或 NATS 钥与名录不符",
            en=f"{says} names another sealing or NATS key than keys/ holds",
            way_out="restore keys/ from a backup of the same time as the store",
        )  # fmt: skip
    if row.state == "ended":
        return Finding(
            check="identity", standing=WARNING, zh="仍在使用已终止的密钥",
            en=f"key {identity.key_id} has ended by {says}",
            way_out="start the node with its newest keys/",
        )  # fmt: skip
    waits = staged_rotation(patient.home / KEYS, me) is not None
    return Finding(
        check="identity", standing=OK,
        zh="密钥与名录一致" + (", 换钥待上级同意" if waits else ""),
        en="the keys are those of the record" + (", new ones wait for the parent" if waits else ""),
    )  # fmt: skip


# --- files and disk


def files(patient: Patient) -> Iterator[Finding]:
    """The home's mode, the room on its disk, the write-ahead log."""
    mode = stat.S_IMODE(patient.home.stat().st_mode)
    open_to = bool(mode & 0o077)
    yield Finding(
        check="home", standing=WARNING if open_to else OK,
        zh="节点目录对他人开放" if open_to else "节点目录只对本人开放",
        en=f"the home's mode is {mode:03o}",
        way_out=f"chmod 700 {patient.home}" if open_to else "",
    )  # fmt: skip
    free = shutil.disk_usage(patient.home).free
    tight = FAULT if free < LEAST_FREE else WARNING if free < LITTLE_FREE else OK
    yield Finding(
        check="disk", standing=tight, zh=f"磁盘剩余 {free >> 20} MiB", en=f"{free >> 20} MiB free",
        way_out="" if tight is OK else "free some room, or move backups/ to another disk",
    )  # fmt: skip
    wal = patient.home / f"{DATABASE}-wal"
    size = wal.stat().st_size if wal.exists() else 0
    large = size > LARGE_WAL
    yield Finding(
        check="wal", standing=WARNING if large else OK, zh=f"预写日志 {size >> 20} MiB",
        en=f"write-ahead log of {size >> 20} MiB",
        way_out="stop what reads the store for long, or start the node again" if large else "",
    )  # fmt: skip


# --- the store


def store(patient: Patient) -> Iterator[Finding]:
    """SQLite, its settings, the file's integrity; then what only the store knows."""
    yield sqlite_version(sqlite3.sqlite_version_info)
    path = patient.home / DATABASE
    if not path.is_file():
        way = "zhengwu restore, or join again"
        yield Finding(
            check="store", standing=FAULT, zh="没有库文件", en=f"{path} is missing", way_out=way
        )
        return
    try:
        yield from _content(patient, path)
    except sqlite3.DatabaseError as error:
        yield _damaged(str(error))


def _content(patient: Patient, path: Path) -> Iterator[Finding]:
    with closing(open_plain(path, read_only=False)) as tx:  # opened as the node's writer opens it
        yield pragmas(tx)
    with closing(open_plain(path, read_only=True)) as tx:
        yield _integrity(tx)
        if (identity := _identity(patient)) is not None:
            yield _known(patient, tx, identity)
        now = to_ms(patient.now)
        yield clock(patient.settings, tx, now)
        yield from line_health.lines(tx, now)
        yield calendar_health.days(tx, patient.settings.node, patient.now)
        yield from people(patient.settings, tx, to_ms(patient.now))
        yield audit_health.trail(tx)
        yield from supervision_health.rules(tx, patient.settings.node)


def _identity(patient: Patient) -> Identity | None:
    try:
        return load_identity(patient.home / KEYS, patient.settings.node)
    except KeysError:
        return None  # said already


def sqlite_version(version: tuple[int, ...]) -> Finding:
    """Warn of versions in which a WAL reset may corrupt the file."""
    text = ".".join(map(str, version))
    mended = version >= MENDED[0] or any(
        version[:2] == one[:2] and version >= one for one in MENDED[1:]
    )
    return Finding(
        check="sqlite", standing=OK if mended else WARNING, zh=f"SQLite {text}",
        en=f"SQLite {text}" if mended else (
            f"SQLite {text} may corrupt a store when two connections write and checkpoint at once"
            " (mended in 3.51.3, 3.50.7, 3.44.6); this node is safe from it: it has one writer,"
            " and only the writer checkpoints"
        ),
        way_out="" if mended else "open node.db with no other program; update Python when you can",
    )  # fmt: skip


def pragmas(tx: Tx) -> Finding:
    """Check what every connection of ours must have: a receipt promises durability."""
    wanted: dict[str, object] = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
    have = {name: tx.execute(f"PRAGMA {name}").fetchone()[0] for name in wanted}
    wrong = [f"{name} is {have[name]}" for name in wanted if have[name] != wanted[name]]
    return Finding(
        check="pragmas", standing=FAULT if wrong else OK,
        zh="库的设置不对" if wrong else "库的设置正确 (WAL, FULL, 外键)",
        en="; ".join(wrong) or "journal_mode wal, synchronous full, foreign_keys on",
        way_out="the file system refuses a write-ahead log: use a local disk" if wrong else "",
    )  # fmt: skip


def _integrity(tx: Tx) -> Finding:
    said = tx.execute("PRAGMA quick_check(1)").fetchone()[0]
    if said != "ok":
        return _damaged(said)
    return Finding(
        check="integrity", standing=OK, zh="库文件完好", en="the store's file is whole"
    )  # fmt: skip


def _damaged(why: str) -> Finding:
    return Finding(
        check="integrity", standing=FAULT, zh="库文件损坏",
        en=f"the store's file is damaged: {why}",
        way_out="stop the node and restore the newest backup: zhengwu restore",
    )  # fmt: skip


def clock(settings: Settings, tx: Tx, now: int) -> Finding:
    """Compare the clock with what is known to have happened, and with the neighbours' clocks."""
    if settings.clock_offset_seconds and settings.purpose is not Purpose.PRODUCTION:
        return Finding(
            check="clock", standing=WARNING, zh="培训时钟有偏移",
            en=f"a training home: its clock is moved by {settings.clock_offset_seconds} s",
            way_out="set clock_offset_seconds = 0 in node.toml when the training is over",
        )  # fmt: skip
    happened = tx.execute(
        "SELECT max(coalesce((SELECT max(last_contact) FROM links), 0), coalesce((SELECT"
        " received_at FROM events ORDER BY arrival DESC LIMIT 1), 0))"
    ).fetchone()[0]
    back = timedelta(milliseconds=max(0, happened - now))
    peer, drift = tx.execute(
        "SELECT peer, drift FROM links ORDER BY abs(drift) DESC LIMIT 1"
    ).fetchone() or ("", 0)
    return clock_finding(back, peer, timedelta(milliseconds=drift))


STEP_BACK: Final = timedelta(minutes=1)
DRIFT: Final = timedelta(minutes=5)  # limits are reckoned in days, receipts in minutes
GREAT_DRIFT: Final = timedelta(hours=1)


def clock_finding(back: timedelta, peer: str, drift: timedelta) -> Finding:
    """Judge how far the clock is behind what has happened, and off the clock of `peer`."""
    way = "set the clock: timedatectl set-ntp true, or by hand"
    if back > STEP_BACK:
        return Finding(
            check="clock", standing=FAULT, zh="时钟倒退", way_out=way,
            en=f"the clock is {back} behind what this node has already recorded",
        )  # fmt: skip
    if abs(drift) > DRIFT:
        which = "ahead of" if drift > timedelta(0) else "behind"
        return Finding(
            check="clock", standing=FAULT if abs(drift) > GREAT_DRIFT else WARNING, way_out=way,
            zh=f"与 {peer} 的时钟相差 {abs(drift)}",
            en=f"the clock of {peer} is {abs(drift)} {which} ours",
        )  # fmt: skip
    return Finding(check="clock", standing=OK, zh="时钟正常", en="the clock is plausible")


def people(settings: Settings, tx: Tx, now: int) -> Iterator[Finding]:
    """Whether there is a catalogue to work by, whole, and somebody to run the place."""
    items = len(catalogue.offered(tx, settings.node, now=now))
    yield Finding(
        check="catalogue", standing=OK if items else WARNING, zh=f"事项 {items} 项",
        en=f"{items} items in force here",
        way_out="" if items else "zhengwu items publish at the county, or wait for its release",
    )  # fmt: skip
    for one in releases.held(tx, settings.node):
        behind = one.held < one.latest
        yield Finding(
            check="release", standing=WARNING if behind else OK,
            zh=f"{one.publisher} 的目录: 第 {one.held} 次发布" + (
                f", 第 {one.latest} 次还缺 {one.missing} 项" if behind else " (最新)"),
            en=f"the catalogue of {one.publisher}: release {one.held} of {one.latest}",
            way_out="the rest comes by itself once the line is open; see zhengwu status"
            if behind else "",
        )  # fmt: skip
    operators = tx.execute(
        "SELECT count(*) FROM staff WHERE active = 1 AND ' ' || roles || ' ' LIKE '% operator %'"
    ).fetchone()[0]
    yield Finding(
        check="staff", standing=OK if operators else WARNING, zh=f"管理员 {operators} 人",
        en=f"{operators} operators can sign in",
        way_out="" if operators else "zhengwu staff add LOGIN --name NAME --role operator",
    )  # fmt: skip
