"""Signing in: the password is verified outside any Work, wrong ones are counted per login.

Five wrong passwords shut a login for five minutes, known or not, and nobody learns from answer or
delay whether it exists; five wrong codes of a second factor shut that for as long. Counts live in
memory: a restart forgets them, and an attacker cannot cause one. Every try is written into the
audit trail; what was typed for a login that does not exist is not: it may be a password.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from node.audit import actions as audit
from node.clock import local_day, to_ms
from node.errors import (
    BadInputError,
    LockedOutError,
    SecondFactorNeededError,
    SignInFailedError,
    TooBusyError,
)
from node.staff import actions, model, second_factor, sign_in_store, store
from node.staff.passwords import AT_ONCE, Passwords
from node.web.sessions import Begun, Need, Session, Sessions
from node.work import SYSTEM, Actor, Work, Works
from schemas.audit import Act
from schemas.ids import StaffId
from schemas.staff import PasswordChange, StaffAccount, StaffList

MOST_FAILURES: Final = 5
LOCKED_SECONDS: Final = 300.0  # makes guessing hopeless, and a clerk who mistyped has tea
MAX_LOGINS: Final = 10_000  # at two guesses of 30 ms at once, flushing these takes minutes itself
STRANGER_SECONDS: Final = 60.0
MOST_STRANGERS: Final = 20  # rows a minute for unknown logins: more are told as a number


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

    def is_shut(self, login: str) -> bool:
        """Say whether the last try was one too many."""
        return self._failures.get(login, (0, 0.0))[0] >= MOST_FAILURES

    def took_back(self, login: str) -> None:
        """Uncount a try that was never judged."""
        failures, last = self._failures.get(login, (0, 0.0))
        if failures:
            self._failures[login] = (failures - 1, last)

    def succeeded(self, login: str) -> None:
        """Forget what was counted."""
        self._failures.pop(login, None)


class Strangers:
    """Keeps tries with unknown logins from filling the trail, which nothing ever shortens."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._since = float("-inf")
        self._rows = 0

    def may_write(self) -> bool:
        """Say whether this try gets a row, which also tells of those that got none."""
        now = self._monotonic()
        if now - self._since >= STRANGER_SECONDS:
            self._since, self._rows = now, 0
        self._rows += 1
        return self._rows <= MOST_STRANGERS


class Reception:
    """Lets people in, and gives them new passwords. `origin` is where they come from."""

    def __init__(self, works: Works, sessions: Sessions, lockouts: Lockouts | None = None) -> None:
        self.passwords = Passwords()
        self.sessions = sessions
        self._works = works
        self._lockouts = lockouts or Lockouts()
        self._strangers = Strangers()

    async def sign_in(
        self, login: str, password: str, *, code: str = "", origin: str = ""
    ) -> SignedInNow:
        """Begin a session that counts, for programs: the code comes with the password.

        Raises `SignInFailedError`, `SecondFactorNeededError`, `LockedOutError`, `TooBusyError`.
        """
        found = await self._let_in(login, password, origin)
        if not await self._works.read(second_factor.is_set, found.id):
            return await self._begin(found, origin, how="password", proven=False)
        if not code:
            raise SecondFactorNeededError
        await self._prove(found, code, origin)
        return await self._begin(found, origin, how="code", proven=True)

    async def greet(self, login: str, password: str, *, origin: str = "") -> SignedInNow:
        """Begin a session, for pages: whoever has a second factor is asked for its code next.

        Raises `SignInFailedError`, `LockedOutError`, `TooBusyError`.
        """
        found = await self._let_in(login, password, origin)
        if not await self._works.read(second_factor.is_set, found.id):
            return await self._begin(found, origin, how="password", proven=False)
        begun = await self.sessions.begin(await self._actor(found), needs=Need.CODE)
        return SignedInNow(begun, found)

    async def prove(self, session: Session, code: str, *, origin: str = "") -> SignedInNow:
        """Take the code of whoever is half signed in: a session that counts begins.

        Raises `SignInFailedError`, `LockedOutError`.
        """
        account = await self._account(session.actor.staff)
        await self._prove(account, code, origin)
        await self.sessions.end(session)
        return await self._begin(account, origin, how="code", proven=True)

    async def set_up(self, session: Session, code: str) -> tuple[SignedInNow, tuple[str, ...]]:
        """Set up the factor of whoever is signed in by its first code; gives the recovery codes.

        Raises `SignInFailedError`, `LockedOutError`, `AlreadyDoneError`, `NotFoundError`.
        """
        account = await self._account(session.actor.staff)
        counted = _codes_of(account.id)
        self._lockouts.require_open(counted)
        self._lockouts.failed(counted)
        codes = await self._works.run(session.actor, second_factor.confirm, code, self._wall_ms)
        if codes is None:
            raise SignInFailedError
        self._lockouts.succeeded(counted)
        await self.sessions.end(session)
        begun = await self.sessions.begin(session.actor, needs=session.needs, proven=True)
        return SignedInNow(begun, account), codes

    async def sign_out(self, session: Session) -> None:
        """End a session."""
        await self._works.run(session.actor, audit.note, Act.SIGNED_OUT, session.actor.staff)
        await self.sessions.end(session)

    async def change_own_password(self, session: Session, change: PasswordChange) -> SignedInNow:
        """Give whoever is signed in a new password; all his sessions end and a new one begins.

        Raises `BadInputError`, `SignInFailedError`, `LockedOutError`, `TooBusyError`.
        """
        account = await self._account(session.actor.staff)
        await self._proven(account.login, change.current, "")
        hashed = await self.hashed(account.login, change.new)
        if change.new == change.current:
            raise BadInputError({"password": "unchanged"})
        await self._works.run(session.actor, _renew_password, hashed)
        self.sessions.forget(account.id)
        begun = await self.sessions.begin(await self._actor(account), proven=session.proven)
        return SignedInNow(begun, account)

    async def hashed(self, login: str, password: str) -> str:
        """Hash a new password, if it is good enough. Raises `BadInputError`, `TooBusyError`."""
        faults = model.password_faults(model.normal_login(login), password)
        if faults:
            raise BadInputError(faults)
        return await self.passwords.hash(password)

    @property
    def _wall_ms(self) -> int:
        """Phones live in real time, whatever a training clock says."""
        return to_ms(self._works.clock.wall())

    async def _actor(self, account: StaffAccount) -> Actor:
        """Make the actor that an account is today, with the posts that it covers (顶岗)."""
        today = local_day(self._works.clock.now())
        return await self._works.read(actions.actor_on, account, today)

    async def _account(self, staff: StaffId) -> StaffAccount:
        account = await self._works.read(actions.account, staff)
        if account is None or not account.active:
            raise SignInFailedError
        return account

    async def _begin(
        self, account: StaffAccount, origin: str, *, how: str, proven: bool
    ) -> SignedInNow:
        actor = await self._actor(account)
        must = await self._works.read(sign_in_store.must_change, account.id)
        detail = {"from": origin, "how": how}
        await self._works.run(actor, audit.note, Act.SIGNED_IN, account.id, detail)
        need = Need.PASSWORD if must else None
        return SignedInNow(await self.sessions.begin(actor, needs=need, proven=proven), account)

    async def _let_in(self, login: str, password: str, origin: str) -> StaffAccount:
        normal = model.normal_login(login)[: model.LONGEST_PASSWORD]
        found = await self._proven(normal, password, origin)
        if not found.active:
            await self._failed(found, origin, how="stopped", is_last=False)
            raise SignInFailedError
        return found

    async def _proven(self, login: str, password: str, origin: str) -> StaffAccount:
        """Verify a password; the delay is the same whether the login exists or not."""
        self._lockouts.require_open(login)
        self._lockouts.failed(login)
        is_last = self._lockouts.is_shut(login)
        try:
            found = await self._works.read(store.find_by_login, login)
            hashed = found.password if found is not None else ""
            is_right = await self.passwords.verify(hashed, password[: model.LONGEST_PASSWORD + 1])
        except TooBusyError:
            self._lockouts.took_back(login)
            raise
        if found is None or not is_right:
            account = None if found is None else found.account
            await self._failed(account, origin, how="password", is_last=is_last)
            raise SignInFailedError
        self._lockouts.succeeded(login)
        return found.account

    async def _prove(self, account: StaffAccount, code: str, origin: str) -> None:
        """Take a code; wrong ones are counted apart, so that a right password forgives none."""
        counted = _codes_of(account.id)
        self._lockouts.require_open(counted)
        self._lockouts.failed(counted)
        is_last = self._lockouts.is_shut(counted)
        actor = actions.actor_of(account)
        if not await self._works.run(actor, second_factor.take, code, self._wall_ms):
            await self._failed(account, origin, how="code", is_last=is_last)
            raise SignInFailedError
        self._lockouts.succeeded(counted)

    async def _failed(
        self, account: StaffAccount | None, origin: str, *, how: str, is_last: bool
    ) -> None:
        if account is None:
            writes = self._strangers.may_write()
            await self._works.run(SYSTEM, _note_stranger, origin, writes=writes)
        else:
            detail = {"login": account.login, "name": account.name, "from": origin, "how": how}
            await self._works.run(SYSTEM, _note_failed, account.id, detail, is_last=is_last)


def _codes_of(staff: StaffId) -> str:
    """Name what wrong codes are counted under: no login looks like it."""
    return f"codes of {staff}"


def _renew_password(work: Work, hashed: str) -> None:
    actions.set_own_password(work, hashed)
    sign_in_store.expect_new_password(work.tx, work.actor.staff, must=False)
    audit.note(work, Act.PASSWORD_CHANGED, work.actor.staff)


def _note_failed(work: Work, staff: StaffId, detail: dict[str, str], *, is_last: bool) -> None:
    audit.write(work, None, Act.SIGN_IN_FAILED, staff, detail)
    if is_last:
        audit.write(work, None, Act.LOCKED_OUT, staff, detail)


def _note_stranger(work: Work, origin: str, *, writes: bool) -> None:
    """Count a try with an unknown login; a row or not, the store is written to: as slow."""
    sign_in_store.count_unknown(work.tx)
    if writes:
        tries = sign_in_store.take_unknown(work.tx)
        detail = {"from": origin, "tries": str(tries), "how": "unknown"}
        audit.write(work, None, Act.SIGN_IN_FAILED, "", detail)


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
