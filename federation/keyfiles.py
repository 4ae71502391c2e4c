"""Files that hold secrets: only for the owner's eyes, never overwritten, whole or not there.

Knows nothing of what the secrets are for.
"""

import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Final

from federation.errors import KeysError, LooseKeysError

FILE_MODE: Final = 0o600
FOLDER_MODE: Final = 0o700
_OTHERS: Final = 0o077
_MAX_BYTES: Final = 4096  # a key is far smaller; guards against a device or a wrong file


def make_folder(folder: Path) -> None:
    """Make `folder` at 0700 if it is missing, and check it. Raises `LooseKeysError`."""
    folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    check_folder(folder)


def check_folder(folder: Path) -> None:
    """Pass if only this user can enter `folder`. Raises `LooseKeysError`, `KeysError`."""
    try:
        _check(folder, folder.lstat(), is_kind=stat.S_ISDIR)
    except FileNotFoundError:
        raise KeysError(f"{folder} does not exist; make or join a node first") from None


def write_new(path: Path, secret: bytes) -> None:
    """Put `secret` into the new file `path`, durable when this returns.

    Raises `KeysError` if the file exists: a secret is never overwritten.
    """
    draft = path.with_name(f".{path.name}.draft")
    draft.unlink(missing_ok=True)  # left by a crash; nobody has ever read it
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, FILE_MODE)
    with os.fdopen(handle, "wb") as file:
        file.write(secret)
        file.flush()
        os.fsync(file.fileno())
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        raise KeysError(f"{path} exists already and is never overwritten") from None
    finally:
        draft.unlink()
    sync_folder(path.parent)


def read(path: Path) -> bytes:
    """Read a secret. Raises `LooseKeysError` if others could too, `KeysError` if it is missing."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        raise KeysError(f"{path} cannot be read: {error.strerror}") from None
    with os.fdopen(handle, "rb") as file:
        _check(path, os.fstat(file.fileno()), is_kind=stat.S_ISREG)
        return file.read(_MAX_BYTES)


def sync_folder(folder: Path) -> None:
    """Make the names in `folder` durable."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _check(path: Path, found: os.stat_result, *, is_kind: Callable[[int], bool]) -> None:
    if not is_kind(found.st_mode):
        raise KeysError(f"{path} is not what it should be: a link, or no plain file or folder")
    if found.st_uid != os.geteuid():
        raise LooseKeysError(f"{path} belongs to another user; make it yours: chown")
    if stat.S_IMODE(found.st_mode) & _OTHERS:
        raise LooseKeysError(f"{path} is open to others; close it: chmod go= {path}")
