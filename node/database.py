"""The one SQLite file of a node: one writer with group commit, a few readers, plain SQL migrations.

The only module that opens the file. A write is one plain function on the writer's thread; writes
that wait together share one commit through savepoints (protocol §6). It knows no table but its own
`migrations`.
"""

import asyncio
import logging
import sqlite3
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from importlib import resources
from pathlib import Path
from typing import Any, Final, TypeVar, cast

import aiosqlite

from node.errors import StorageFullError

T = TypeVar("T")
Tx = sqlite3.Connection
"""The writer's connection inside a transaction, or a reader's snapshot."""

log = logging.getLogger(__name__)

MAX_GROUP: Final = (
    64  # Works that share one commit: enough to hide the fsync, few enough to stay fair
)
READERS: Final = 2  # two cores; each reader is a thread and a page cache
CACHE_KIB: Final = 4096  # page cache per connection: a village PC has little memory to spare
CHECKPOINT_PAGES: Final = 4000  # 16 MB of WAL: fewer checkpoints under load, still small on disk
CACHED_STATEMENTS: Final = 512  # every statement of the hot paths stays prepared


Execute = Callable[..., Awaitable[Any]]
"""aiosqlite's untyped way to run a function on its thread."""


class Thread:
    """Runs plain functions on aiosqlite's own thread: the one place that reaches its executor.

    aiosqlite awaits each statement on its own; a whole Work as one function costs two thread hops
    instead of two per statement. Pinned by `tests/node/test_database.py`.
    """

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self._connection = connection

    async def call(self, function: Callable[[Tx], T]) -> T:
        """Run `function` with the raw connection on the connection's thread."""
        raw = self._connection._conn  # noqa: SLF001  # see the class docstring
        execute = cast("Execute", self._connection._execute)  # noqa: SLF001
        result: T = await execute(function, raw)
        return result


@dataclass(frozen=True, slots=True)
class _Waiting:
    function: Callable[[Tx], Any]
    after: Callable[[Any], None] | None
    future: "asyncio.Future[Any]"


@dataclass(frozen=True, slots=True)
class _Failed:
    error: BaseException


class Database:
    """An open node database. Made by `open_database` alone."""

    def __init__(self, path: Path, writer: Thread, readers: Sequence[Thread]) -> None:
        self.path = path
        self._writer = writer
        self._readers: asyncio.Queue[Thread] = asyncio.Queue()
        for reader in readers:
            self._readers.put_nowait(reader)
        self._waiting: deque[_Waiting] = deque()
        self._flusher: asyncio.Task[None] | None = None

    @property
    def waiting(self) -> int:
        """How many writes wait for the writer: the load gate looks at it."""
        return len(self._waiting)

    async def write(
        self, function: Callable[[Tx], T], *, after: Callable[[T], None] | None = None
    ) -> T:
        """Run `function` in a transaction and return once it is durable.

        `after` is called on the event loop when the commit is done, even if the caller was
        cancelled meanwhile. Whatever `function` raises undoes it alone and is raised here.
        """
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(function, after, future))
        if self._flusher is None or self._flusher.done():
            self._flusher = asyncio.create_task(self._flush())
        return await future

    async def read(self, function: Callable[[Tx], T]) -> T:
        """Run `function` on a read-only connection, in one snapshot."""
        reader = await self._readers.get()
        try:
            return await reader.call(lambda tx: _in_snapshot(tx, function))
        finally:
            self._readers.put_nowait(reader)

    async def backup(self, target: Path) -> None:
        """Copy the database to `target`, which must not exist, as one consistent snapshot."""
        await self.read_raw(lambda tx: _vacuum_into(tx, target))

    async def read_raw(self, function: Callable[[Tx], T]) -> T:
        """Run `function` on a reader outside any transaction (for VACUUM INTO)."""
        reader = await self._readers.get()
        try:
            return await reader.call(function)
        finally:
            self._readers.put_nowait(reader)

    async def settle(self) -> None:
        """Wait until nothing waits to be written."""
        while self._flusher is not None and not self._flusher.done():
            await asyncio.wait([self._flusher])

    async def _flush(self) -> None:
        while self._waiting:
            group = [self._waiting.popleft() for _ in range(min(MAX_GROUP, len(self._waiting)))]
            functions = [waiting.function for waiting in group]
            try:
                results = await self._writer.call(partial(_commit, functions=functions))
            except BaseException as error:  # noqa: BLE001  # every waiter must learn it
                results = [_Failed(error)] * len(group)
            for waiting, result in zip(group, results, strict=True):
                _answer(waiting, result)


def _answer(waiting: _Waiting, result: object) -> None:
    if isinstance(result, _Failed):
        if not waiting.future.done():
            waiting.future.set_exception(result.error)
        return
    if waiting.after is not None:
        waiting.after(result)
    if not waiting.future.done():
        waiting.future.set_result(result)


def _in_snapshot(tx: Tx, function: Callable[[Tx], T]) -> T:
    try:
        tx.execute("BEGIN")
        return function(tx)
    finally:
        if tx.in_transaction:
            tx.execute("ROLLBACK")


def _commit(tx: Tx, functions: Sequence[Callable[[Tx], Any]]) -> list[object]:
    """Run the functions in one transaction, each in its own savepoint, and commit."""
    try:
        tx.execute("BEGIN IMMEDIATE")
        results = [_guarded(tx, function) for function in functions]
        tx.execute("COMMIT")
    except sqlite3.OperationalError as error:
        if tx.in_transaction:
            tx.execute("ROLLBACK")
        if "full" in str(error) or "disk I/O" in str(error):
            raise StorageFullError(str(error)) from error
        raise
    except BaseException:
        if tx.in_transaction:
            tx.execute("ROLLBACK")
        raise
    return results


def _guarded(tx: Tx, function: Callable[[Tx], Any]) -> object:
    tx.execute("SAVEPOINT work")
    try:
        result: object = function(tx)
    except sqlite3.OperationalError:
        if not tx.in_transaction:  # SQLite gave the whole transaction up (disk full)
            raise
        tx.execute("ROLLBACK TO work")
        tx.execute("RELEASE work")
        raise
    except Exception as error:  # noqa: BLE001  # handed to its caller; the others go on
        tx.execute("ROLLBACK TO work")
        tx.execute("RELEASE work")
        return _Failed(error)
    tx.execute("RELEASE work")
    return result


@asynccontextmanager
async def open_database(path: Path) -> AsyncIterator[Database]:
    """Open `path`, creating and migrating it if need be, and close it when the block ends."""
    async with AsyncExitStack() as stack:
        writer = Thread(await stack.enter_async_context(_connect(path, read_only=False)))
        await writer.call(migrate)
        readers = [
            Thread(await stack.enter_async_context(_connect(path, read_only=True)))
            for _ in range(READERS)
        ]
        database = Database(path, writer, readers)
        try:
            yield database
        finally:
            await database.settle()


def _connect(path: Path, *, read_only: bool) -> aiosqlite.Connection:
    def connector() -> sqlite3.Connection:
        return _configured(
            sqlite3.connect(
                path,
                isolation_level=None,
                cached_statements=CACHED_STATEMENTS,
                check_same_thread=False,
            ),
            read_only=read_only,
        )

    return aiosqlite.Connection(connector, iter_chunk_size=64)


def _vacuum_into(tx: Tx, target: Path) -> None:
    """Copy the store: SQLite counts that as writing, and a reader may not write otherwise."""
    tx.execute("PRAGMA query_only = OFF")
    try:
        tx.execute("VACUUM INTO ?", (str(target),))
    finally:
        tx.execute("PRAGMA query_only = ON")


def configure(raw: Tx, *, read_only: bool) -> None:
    """Set what every connection of ours needs; only the writer ever checkpoints."""
    raw.execute("PRAGMA busy_timeout = 5000")
    raw.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
    raw.execute("PRAGMA mmap_size = 0")
    if read_only:
        raw.execute("PRAGMA wal_autocheckpoint = 0")
        raw.execute("PRAGMA query_only = ON")
        return
    raw.execute("PRAGMA journal_mode = WAL")
    raw.execute("PRAGMA synchronous = FULL")
    raw.execute("PRAGMA foreign_keys = ON")
    raw.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")


def migrate(tx: Tx) -> None:
    """Bring the schema up to date: each file of `node/migrations` once, in its own transaction."""
    tx.execute("CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY) STRICT")
    done = {name for (name,) in tx.execute("SELECT name FROM migrations")}
    folder = resources.files("node") / "migrations"
    for name, script in sorted((f.name, f) for f in folder.iterdir() if f.name.endswith(".sql")):
        if name in done:
            continue
        try:
            tx.execute("BEGIN IMMEDIATE")
            for statement in _statements(script.read_text(encoding="utf-8")):
                tx.execute(statement)
            tx.execute("INSERT INTO migrations VALUES (?)", (name,))
            tx.execute("COMMIT")
        except BaseException:
            if tx.in_transaction:
                tx.execute("ROLLBACK")
            raise


def _statements(script: str) -> list[str]:
    statements, pending = [], ""
    for line in script.splitlines():
        pending += line + "\n"
        if sqlite3.complete_statement(pending):
            statements.append(pending)
            pending = ""
    return statements


def open_plain(path: Path, *, read_only: bool) -> Tx:
    """Open the file for a command that runs while the node does not (verify, rebuild, bench).

    The caller closes it.
    """
    raw = sqlite3.connect(path, isolation_level=None, cached_statements=CACHED_STATEMENTS)
    return _configured(raw, read_only=read_only)


def _configured(raw: Tx, *, read_only: bool) -> Tx:
    """Configure a connection, or close it: the file may be no database at all."""
    try:
        configure(raw, read_only=read_only)
    except BaseException:
        raw.close()
        raise
    return raw
