"""Argon2id, away from the event loop and from the database's thread, few at a time.

Each hash takes 19 MiB for some 30 ms, so a burst of sign-ins waits in line instead of eating the
memory of a village PC; a line that is too long is told to come back. The library is imported at the
first use: an idle node never loads it.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from node.errors import TooBusyError
from node.staff import model

TIME_COST: Final = 2
MEMORY_KIB: Final = 19 * 1024  # OWASP's least for Argon2id at two passes: right for two slow cores
LANES: Final = 1
AT_ONCE: Final = 2  # two cores; more would only share them and hold 19 MiB each
LONGEST_LINE: Final = 40  # about a second's work: longer, and the caller should come back
RETRY_SECONDS: Final = 2
NOBODY: Final = (
    "$argon2id$v=19$m=19456,t=2,p=1$c29tZSBmaXhlZCBzYWx0IQ$"
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
)
"""A hash that no password has, at the same cost: unknown logins take as long as known ones."""


class Passwords:
    """Hashes and verifies, `AT_ONCE` at a time."""

    def __init__(self) -> None:
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._line = 0

    @asynccontextmanager
    async def _slot(self) -> AsyncIterator[None]:
        if self._line >= LONGEST_LINE:
            raise TooBusyError(RETRY_SECONDS)
        self._line += 1
        try:
            async with self._slots:
                yield
        finally:
            self._line -= 1

    async def hash(self, password: str) -> str:
        """Hash a new password under a fresh salt. Raises `TooBusyError`."""
        async with self._slot():
            return await asyncio.to_thread(hash_password, password)

    async def verify(self, hashed: str, password: str) -> bool:
        """Say whether `hashed` is of `password`; as slow for an account without one.

        Raises `TooBusyError`.
        """
        async with self._slot():
            return await asyncio.to_thread(is_password, hashed or NOBODY, password)


def hash_password(password: str) -> str:
    """Hash a new password. Slow: never inside a Work."""
    from argon2 import PasswordHasher  # noqa: PLC0415  # 4 MB that an idle village never needs

    hasher = PasswordHasher(time_cost=TIME_COST, memory_cost=MEMORY_KIB, parallelism=LANES)
    return hasher.hash(model.normal_password(password))


def is_password(hashed: str, password: str) -> bool:
    """Say whether `hashed` is of `password`. Slow: never inside a Work."""
    from argon2 import PasswordHasher  # noqa: PLC0415  # as above
    from argon2.exceptions import InvalidHashError, VerificationError  # noqa: PLC0415

    try:
        return PasswordHasher().verify(hashed, model.normal_password(password))
    except (VerificationError, InvalidHashError):
        return False
