"""Parts at rest: one encrypted file each, its key in the database, wrapped by the data key.

A file is written and durable *before* the transaction that makes it count, and removed *after* the
one that erases it. So whatever happens in between leaves at most a file without a key, which no one
can open and `sweep` removes. Files are never overwritten: each has a name of its own,
`<2 hex>/<digest>.<random>`, and holds the chunks of `parts`, one after the other.
"""

import os
import sqlite3
import threading
import time
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from federation import parts
from federation.encoding import random_name
from federation.errors import BadPartError, DamagedStoreError, MalformedError, NoPartError
from federation.identity import Identity
from federation.keyfiles import FILE_MODE, FOLDER_MODE, sync_folder
from federation.parts import PlainPart
from schemas.ids import NodeId, PartDigest, StreamName

UPLOAD_SECONDS: Final = 3600  # a prepared part whose form was not sent by then is given up
WANTED: Final = 1  # state of a row of part_wants: not all here yet
_STEP: Final = parts.CHUNK_BYTES + parts.TAG_BYTES


@dataclass(frozen=True, slots=True)
class PreparedPart:
    """A part whose file is durable, and which counts for nothing until it is kept."""

    digest: PartDigest
    file: str
    wrapped: bytes = field(repr=False)
    chunks: int


@dataclass(frozen=True, slots=True)
class KeptPart:
    """Where a kept part lies: all that is needed to read it without the database."""

    digest: PartDigest
    file: str
    wrapped: bytes = field(repr=False)
    chunks: int


class PartStore:
    """The parts of one node, in `folder`."""

    def __init__(self, folder: Path, identity: Identity) -> None:
        self.folder = folder
        self._identity = identity
        self._prepared: dict[str, float] = {}  # when, by the monotonic clock of this process
        self._lock = threading.Lock()  # several threads prepare
        self._durable = set[str]()  # subfolders whose own names are known to be on the disk

    def prepare(self, part: PlainPart) -> PreparedPart:
        """Encrypt `part` into a durable file under a key of its own. Slow: call it in a thread.

        Raises `OSError` when the disk is full, leaving nothing behind.
        """
        whole = parts.encode(part)
        digest = parts.digest_of(whole)
        file = f"{digest[:2]}/{digest}.{random_name()}"
        with self._lock:
            self._prepared[file] = time.monotonic()
        key = parts.draw_key()
        self._write(self.folder / file, b"".join(parts.encrypt(key, digest, whole)))
        wrapped = self._identity.wrap(key, _belongs_to(digest))
        return PreparedPart(digest, file, wrapped, parts.count_chunks(len(whole)))

    def read_chunk(self, kept: KeptPart, number: int) -> bytes:
        """Read one decrypted piece of 64 KiB. Raises `DamagedStoreError`."""
        try:
            with (self.folder / kept.file).open("rb") as file:
                file.seek(number * _STEP)
                return self._decrypt(kept, self._key(kept), number, file.read(_STEP))
        except FileNotFoundError:
            raise DamagedStoreError(f"the file of part {kept.digest} is missing") from None

    def load(self, kept: KeptPart) -> PlainPart:
        """Read the whole part, and prove its digest. Slow. Raises `DamagedStoreError`."""
        try:
            stored = (self.folder / kept.file).read_bytes()
            pieces = tuple(stored[at : at + _STEP] for at in range(0, len(stored), _STEP))
            return parts.assemble(self._key(kept), kept.digest, pieces)
        except FileNotFoundError:
            raise DamagedStoreError(f"the file of part {kept.digest} is missing") from None
        except BadPartError:
            raise DamagedStoreError(f"the file of part {kept.digest} was altered") from None

    def read(self, tx: sqlite3.Connection, digest: PartDigest) -> PlainPart:
        """Read a kept part in one go. Raises `NoPartError`, `DamagedStoreError`."""
        return self.load(find(tx, digest))

    def remove(self, file: str) -> None:
        """Remove the file of an erased part, after the erasure was committed."""
        (self.folder / file).unlink(missing_ok=True)

    def sweep(self, tx: sqlite3.Connection, spare: Collection[str] = ()) -> int:
        """Remove files that no key opens: uploads given up, erasures cut short. Tells how many.

        Spares what this process prepared within the hour, and the files named in `spare`: what
        people uploaded before a restart. Reads only: run it on a reader.
        """
        files = {f"{path.parent.name}/{path.name}" for path in self.folder.glob("??/*")}
        known = {file for (file,) in tx.execute("SELECT file FROM part_keys")}
        too_old = time.monotonic() - UPLOAD_SECONDS
        with self._lock:
            for file in [file for file, when in self._prepared.items() if when < too_old]:
                del self._prepared[file]
            orphans = files - known - self._prepared.keys() - set(spare)
        for file in orphans:
            self.remove(file)
        return len(orphans)

    def _key(self, kept: KeptPart) -> bytes:
        return self._identity.unwrap(kept.wrapped, _belongs_to(kept.digest))

    def _decrypt(self, kept: KeptPart, key: bytes, number: int, ciphertext: bytes) -> bytes:
        try:
            return parts.decrypt_chunk(key, kept.digest, number, kept.chunks, ciphertext)
        except BadPartError:
            raise DamagedStoreError(f"the file of part {kept.digest} was altered") from None

    def _write(self, path: Path, ciphertext: bytes) -> None:
        self.folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        path.parent.mkdir(mode=FOLDER_MODE, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, FILE_MODE)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(ciphertext)
                file.flush()
                os.fsync(file.fileno())
            sync_folder(path.parent)
            if path.parent.name not in self._durable:  # at most 256 times
                sync_folder(self.folder)
                self._durable.add(path.parent.name)
        except OSError:
            path.unlink()
            raise


def keep(tx: sqlite3.Connection, prepared: PreparedPart, stream: StreamName | None = None) -> bool:
    """Make a prepared part count, named by `stream`; kept or lost with the caller's transaction.

    Tells whether it was new: a part that is kept already stays as it is, and one that was erased
    does not come back; the file is then left to the sweep. What is here is asked for no more.
    """
    digest = bytes.fromhex(prepared.digest)
    tx.execute(
        "DELETE FROM part_chunks WHERE want IN (SELECT id FROM part_wants"
        " WHERE digest = ? AND state = ?)",
        (digest, WANTED),
    )
    tx.execute("DELETE FROM part_wants WHERE digest = ? AND state = ?", (digest, WANTED))
    if is_erased(tx, stream or StreamName(""), prepared.digest):
        return False
    done = tx.execute(
        "INSERT INTO part_keys (digest, file, wrapped, chunks, stream) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (digest) DO NOTHING",
        (digest, prepared.file, prepared.wrapped, prepared.chunks, stream or ""),
    )
    return done.rowcount == 1


def has(tx: sqlite3.Connection, digest: PartDigest) -> bool:
    """Say whether the part is kept here."""
    row = tx.execute("SELECT 1 FROM part_keys WHERE digest = ?", (bytes.fromhex(digest),))
    return row.fetchone() is not None


def find(tx: sqlite3.Connection, digest: PartDigest) -> KeptPart:
    """Tell where the part lies. Raises `NoPartError`."""
    row = tx.execute(
        "SELECT file, wrapped, chunks FROM part_keys WHERE digest = ?", (bytes.fromhex(digest),)
    ).fetchone()
    if row is None:
        raise NoPartError(f"part {digest} is not here")
    file, wrapped, chunks = row
    return KeptPart(digest, file, wrapped, chunks)


def kept_of(tx: sqlite3.Connection, stream: StreamName) -> tuple[PartDigest, ...]:
    """Name the parts kept for `stream`, in the order they came."""
    rows = tx.execute("SELECT digest FROM part_keys WHERE stream = ? ORDER BY id", (stream,))
    return tuple(PartDigest(digest.hex()) for (digest,) in rows)


def is_digest(text: str) -> bool:
    """Say whether the text has the form of a digest: what events name may be anything."""
    try:
        parts.parse_digest(text)
    except MalformedError:
        return False
    return True


def is_kept_for(tx: sqlite3.Connection, stream: StreamName, digest: PartDigest) -> bool:
    """Say whether the part is kept here for this very stream.

    Another stream may name the digest too, for whoever saw it can write it down: that gives its
    parties no right to the part.
    """
    row = tx.execute(
        "SELECT 1 FROM part_keys WHERE digest = ? AND stream = ?", (bytes.fromhex(digest), stream)
    )
    return row.fetchone() is not None


def is_erased(tx: sqlite3.Connection, stream: StreamName, digest: PartDigest) -> bool:
    """Say whether the part of `stream` was erased, and so may not come back."""
    row = tx.execute(
        "SELECT 1 FROM part_erasures WHERE stream = ? AND digest = ?",
        (stream, bytes.fromhex(digest)),
    )
    return row.fetchone() is not None


def all_erased(tx: sqlite3.Connection, stream: StreamName) -> bool:
    """Say whether parts of `stream` were erased, and none is kept here any more."""
    row = tx.execute(
        "SELECT EXISTS (SELECT 1 FROM part_erasures WHERE stream = ?1)"
        " AND NOT EXISTS (SELECT 1 FROM part_keys WHERE stream = ?1)",
        (stream,),
    ).fetchone()
    return bool(row[0])


def erase(
    tx: sqlite3.Connection, stream: StreamName, digest: PartDigest, now_ms: int
) -> str | None:
    """Destroy every key of the stream's part and refuse it from now on; the chain stays valid.

    Returns the file to `remove` after the commit, if there is one; it also stands in
    `doomed_files` until `removed`. A part of another stream is left alone.
    """
    which = (bytes.fromhex(digest), stream)
    row = tx.execute("SELECT file FROM part_keys WHERE digest = ? AND stream = ?", which).fetchone()
    # overwritten in place first: a deleted row's bytes stay in the database file
    for table in ("part_keys", "part_served"):
        tx.execute(
            f"UPDATE {table} SET wrapped = zeroblob(length(wrapped))"  # noqa: S608  # ours
            " WHERE digest = ? AND stream = ?",
            which,
        )
        tx.execute(f"DELETE FROM {table} WHERE digest = ? AND stream = ?", which)  # noqa: S608
    tx.execute(
        "DELETE FROM part_chunks WHERE want IN (SELECT id FROM part_wants"
        " WHERE digest = ? AND stream = ?)",
        which,
    )
    tx.execute("DELETE FROM part_wants WHERE digest = ? AND stream = ?", which)
    file = str(row[0]) if row else ""
    tx.execute(
        "INSERT INTO part_erasures (stream, digest, held, file, answered, at)"
        " VALUES (?, ?, ?, ?, 0, ?) ON CONFLICT (stream, digest) DO NOTHING",
        (stream, bytes.fromhex(digest), row is not None, file, now_ms),
    )
    return file or None


@dataclass(frozen=True, slots=True)
class Erased:
    """A part that was erased here, and that this node has not yet answered for."""

    stream: StreamName
    digest: PartDigest
    held: bool
    """It was here."""


def doomed_files(tx: sqlite3.Connection) -> tuple[str, ...]:
    """Name the files of erased parts that are still to be removed."""
    return tuple(file for (file,) in tx.execute("SELECT file FROM part_erasures WHERE file <> ''"))


def removed(tx: sqlite3.Connection, files: Collection[str]) -> None:
    """These files are gone."""
    tx.executemany("UPDATE part_erasures SET file = '' WHERE file = ?", [(one,) for one in files])


def unanswered(tx: sqlite3.Connection) -> tuple[Erased, ...]:
    """List what was erased, file and all, and not answered for, oldest first."""
    rows = tx.execute(
        "SELECT stream, digest, held FROM part_erasures WHERE answered = 0 AND file = ''"
        " ORDER BY stream, id"
    )
    return tuple(
        Erased(StreamName(stream), PartDigest(digest.hex()), bool(held))
        for stream, digest, held in rows
    )


def answered(tx: sqlite3.Connection, stream: StreamName) -> None:
    """What was erased of `stream`, file and all, is answered for."""
    tx.execute(
        "UPDATE part_erasures SET answered = 1 WHERE stream = ? AND answered = 0 AND file = ''",
        (stream,),
    )


def forget_served(tx: sqlite3.Connection, digest: PartDigest, recipient: NodeId) -> None:
    """Destroy the content key that was made to send the part to `recipient`."""
    which = (bytes.fromhex(digest), recipient)
    tx.execute(
        "UPDATE part_served SET wrapped = zeroblob(length(wrapped))"
        " WHERE digest = ? AND recipient = ?",
        which,
    )
    tx.execute("DELETE FROM part_served WHERE digest = ? AND recipient = ?", which)


def _belongs_to(digest: PartDigest) -> bytes:
    return b"part-key " + digest.encode()
