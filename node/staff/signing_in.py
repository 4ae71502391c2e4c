"""Signing in: the password is verified outside any Work, wrong ones are counted per login.

Five wrong passwords shut a login for five minutes, known or not, and nobody learns from answer or
delay whether it exists. Counts live in memory: a restart forgets them, and an attacker cannot
cause one.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from node.errors import BadInputError, LockedOutError, SignInFailedError, TooBusyError
from node.staff import actions, model, store
from node.staff.passwords import AT_ONCE, Passwords
from node.web.sessions import Begun, Sessions
from node.work import Actor, Works
from schemas.staff import PasswordChange, StaffAccount, StaffList

MOST_FAILURES: Final = 5
LOCKED_SECONDS: Final = 300.0  # makes guessing hopeless, and a clerk who mistyped has tea
MAX_LOGINS: Final = 10_000  # at two guesses of 30 ms at once, flushing these takes minutes itself


@dataclass(frozen=True, slots=True)
class SignedInNow:
    """A new session and whose it is."""

    begun: Begun
    account: StaffAccount


class Lockouts:
    """Counts wrong passwords per login. `monotonic` tells seconds."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._failures: OrderedDict[str, tuple[int, float]] = OrderedDict()

    def require_open(self, login: str) -> None:
        """Pass if the login may be tried. Raises `LockedOutError`."""
        failures, last = self._failures.get(login, (0, 0.0))
        left = last + LOCKED_SECONDS - self._monotonic()
        if failures and left <= 0:
            del self._failures[login]
        elif failures >= MOST_FAILURES:
            raise LockedOutError(max(1, round(left)))

    def failed(self, login: str) -> None:
        """Count a try: before the password is verified, so that many at once gain nothing."""
        failures, _ = self._failures.pop(login, (0, 0.0))
        self._failures[login] = (failures + 1, self._monotonic())
        if len(self._failures) > MAX_LOGINS:
            self._failures.popitem(last=False)

    def took_back(self, login: str) -> None:
        """Uncount a try that was never judged."""
        failures, last = self._failures.get(login, (0, 0.0))
        if failures:
            self._failures[login] = (failures - 1, last)

    def succeeded(self, login: str) -> None:
        """Forget what was counted."""
        self._failures.pop(login, None)


class Reception:
    """Lets people in, and gives them new passwords."""

    def __init__(self, works: Works, sessions: Sessions, lockouts: Lockouts | None = None) -> None:
        self.passwords = Passwords()
        self.sessions = sessions
        self._works = works
        self._lockouts = lockouts or Lockouts()

    async def sign_in(self, login: str, password: str) -> SignedInNow:
        """Begin a session. Raises `SignInFailedError`, `LockedOutError`, `TooBusyError`."""
        normal = model.normal_login(login)[: model.LONGEST_PASSWORD]
        found = await self._proven(normal, password)
        if not found.active:
            raise SignInFailedError
        begun = await self.sessions.begin(actions.actor_of(found))
        return SignedInNow(begun, found)

    async def change_own_password(self, actor: Actor, change: PasswordChange) -> SignedInNow:
        """Give `actor` a new password; all his sessions end and a new one begins.

        Raises `BadInputError`, `SignInFailedError`, `LockedOutError`, `TooBusyError`.
        """
        account = await self._works.read(actions.account, actor.staff)
        if account is None:
            raise SignInFailedError
        await self._proven(account.login, change.current)
        hashed = await self.hashed(account.login, change.new)
        await self._works.run(actor, actions.set_own_password, hashed)
        self.sessions.forget(actor.staff)
        begun = await self.sessions.begin(actions.actor_of(account))
        return SignedInNow(begun, account)

    async def hashed(self, login: str, password: str) -> str:
        """Hash a new password, if it is good enough. Raises `BadInputError`, `TooBusyError`."""
        faults = model.password_faults(model.normal_login(login), password)
        if faults:
            raise BadInputError(faults)
        return await self.passwords.hash(password)

    async def _proven(self, login: str, password: str) -> StaffAccount:
        """Verify a password; the delay is the same whether the login exists or not."""
        self._lockouts.require_open(login)
        self._lockouts.failed(login)
        try:
            found = await self._works.read(store.find_by_login, login)
            hashed = found.password if found is not None else ""
            is_right = await self.passwords.verify(hashed, password[: model.LONGEST_PASSWORD + 1])
        except TooBusyError:
            self._lockouts.took_back(login)
            raise
        if found is None or not is_right:
            raise SignInFailedError
        self._lockouts.succeeded(login)
        return found.account


async def load(
    works: Works, actor: Actor, listed: StaffList, passwords: Passwords
) -> tuple[StaffAccount, ...]:
    """Bring departments and accounts to what a staff file says; passwords are hashed first.

    Accounts listed without a password keep theirs, or cannot sign in yet. Raises `BadInputError`.
    """
    faults: dict[str, str] = {}
    for one in listed.staff:
        if one.password:
            found = model.password_faults(model.normal_login(one.login), one.password)
            faults.update({f"{one.login}.{field}": fault for field, fault in found.items()})
    if faults:
        raise BadInputError(faults)
    wanted = [one for one in listed.staff if one.password]
    by_login: dict[str, str] = {}
    for start in range(0, len(wanted), AT_ONCE):
        batch = wanted[start : start + AT_ONCE]
        hashes = await asyncio.gather(*(passwords.hash(one.password) for one in batch))
        by_login.update(zip((one.login for one in batch), hashes, strict=True))
    return await works.run(actor, actions.load, listed, by_login)
