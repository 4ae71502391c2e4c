"""What must be ready before a Work makes an account: its password hashed, its part encrypted."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import msgspec
from msgspec.structs import replace

from federation.errors import FederationError
from federation.parts import salted
from federation.partstore import PartStore, PreparedPart
from node.errors import BadInputError, NodeError, StorageFullError
from node.staff import model as staff
from node.staff.passwords import Passwords
from schemas.roster import StaffPart

MEDIA: Final = "application/vnd.zhengwu.staff-account+json"
"""Media type of the part that holds a `StaffPart` as JSON."""
_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"  # read aloud over a telephone, none is another
_GROUPS: Final = 3
_GROUP: Final = 4  # 12 of 31 letters: 59 bits, for a password that is told once and then changed


def draw_password(login: str) -> str:
    """Draw a first password that can be read aloud and typed."""
    while True:
        groups = ("".join(secrets.choice(_LETTERS) for _ in range(_GROUP)) for _ in range(_GROUPS))
        drawn = "-".join(groups)
        if not staff.password_faults(login, drawn):
            return drawn


@asynccontextmanager
async def account_part(
    store: PartStore, passwords: Passwords, who: StaffPart, password: str
) -> AsyncIterator[PreparedPart]:
    """Make the part of an account ready: who it is, with the hash of a first password.

    If the Work refuses, its file is removed.

    Raises `BadInputError`, `TooBusyError`, `StorageFullError`.
    """
    login = staff.normal_login(who.login)
    faults = staff.password_faults(login, password)
    if faults:
        raise BadInputError(faults)
    hashed = await passwords.hash(password)
    part = replace(who, login=login, name=who.name.strip(), password=hashed)
    content = msgspec.json.encode(part)
    try:
        ready = await asyncio.to_thread(store.prepare, salted(MEDIA, content))
    except OSError as error:
        raise StorageFullError(str(error)) from error
    try:
        yield ready
    except (NodeError, FederationError):  # rolled back for certain
        await asyncio.to_thread(store.remove, ready.file)
        raise
