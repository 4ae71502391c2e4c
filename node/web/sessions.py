"""Who is signed in: sessions by random token, of which only the SHA-256 is stored.

A session keeps what the account allowed when it began; whoever changes an account ends its sessions
(`end_all`). Sessions are reckoned in wall time. Found sessions are remembered for a few seconds, so
that a busy request costs no read. One that is over lets nobody in, but its row stays for a day: a
form that comes too late is kept for whoever typed it.
"""

import hashlib
import secrets
import sqlite3
import time
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import Final

import msgspec

from node.clock import Clock, to_ms
from node.database import Database
from node.errors import StorageFullError
from node.work import Actor
from schemas.ids import StaffId

TOKEN_BYTES: Final = 32  # 256 bits: nobody guesses one
CSRF_BYTES: Final = 16  # 128 bits, useless without the cookie
IDLE: Final = timedelta(minutes=30)  # long enough for one applicant, short for an abandoned window
LONGEST: Final = timedelta(hours=12)  # a working day
TOUCH_MS: Final = 60_000  # being seen is written once a minute, not at each request
REMEMBER_SECONDS: Final = 5.0  # how long another process's sign-out may go unnoticed
MAX_REMEMBERED: Final = 4096  # far more people than work at a county's windows

KEPT_ENDED: Final = timedelta(days=1)  # who left a form open in the evening sends it in the morning

_MILLISECOND: Final = timedelta(milliseconds=1)


class Need(StrEnum):
    """What somebody must do before his session counts."""

    CODE = "code"  # his password was right: now the code of his second factor
    PASSWORD = "password"  # noqa: S105  # change the first password, which somebody else knows
    FACTOR = "factor"  # prove, or first set up, the second factor that his powers ask for


@dataclass(frozen=True, slots=True)
class Times:
    """How long a session lasts."""

    idle: timedelta = IDLE
    longest: timedelta = LONGEST


@dataclass(frozen=True, slots=True)
class Session:
    """One sign-in. `csrf` proves that a form is ours."""

    digest: bytes
    actor: Actor
    csrf: str
    began_at: int
    seen_at: int
    needs: Need | None = None
    """What its owner must do first; until then it opens no other page."""
    proven: bool = False
    """By a second factor."""

    def is_over(self, now_ms: int, times: Times) -> bool:
        """Say whether it has idled out or lasted its time."""
        idle, age = now_ms - self.seen_at, now_ms - self.began_at
        return idle > times.idle // _MILLISECOND or age > times.longest // _MILLISECOND


@dataclass(frozen=True, slots=True)
class Begun:
    """A new session and, this once, its token."""

    token: str
    session: Session


class Sessions:
    """The sessions of this node."""

    def __init__(self, database: Database, clock: Clock, times: Times | None = None) -> None:
        self.times = times or Times()
        self._database = database
        self._clock = clock
        self._remembered: dict[bytes, tuple[Session, float]] = {}
        self._ended = 0
        """Counts ends: what was read before one is not remembered after it."""

    async def begin(
        self, actor: Actor, *, needs: Need | None = None, proven: bool = False
    ) -> Begun:
        """Sign `actor` in; sessions long over are swept out meanwhile."""
        token = secrets.token_urlsafe(TOKEN_BYTES)
        now = to_ms(self._clock.wall())
        csrf = secrets.token_urlsafe(CSRF_BYTES)
        session = Session(digest_of(token), actor, csrf, now, now, needs, proven)
        await self._database.write(lambda tx: _insert(tx, session, self.times))
        return Begun(token, session)

    async def find(self, token: str, *, by_itself: bool = False) -> Session | None:
        """Find the session of `token`, and note that it was seen; `None` if none is open.

        `by_itself`: the page asks and no person does, so that an empty chair idles out.
        """
        digest = digest_of(token)
        session = self._recalled(digest)
        if session is None:
            ended = self._ended
            session = await self._database.read(lambda tx: _load(tx, digest))
            if session is not None and ended == self._ended:  # nobody signed out meanwhile
                self._remember(session)
        now = to_ms(self._clock.wall())
        if session is None or session.is_over(now, self.times):
            self._remembered.pop(digest, None)
            return None
        if now - session.seen_at > TOUCH_MS and not by_itself:
            await self._touch(replace(session, seen_at=now))
        return session

    def _recalled(self, digest: bytes) -> Session | None:
        session, read_at = self._remembered.get(digest, (None, 0.0))
        return session if time.monotonic() - read_at < REMEMBER_SECONDS else None

    async def end(self, session: Session) -> None:
        """Sign out: the token is worth nothing from now on."""
        await self._database.write(
            lambda tx: tx.execute(
                "UPDATE sessions SET ended = 1 WHERE digest = ?", (session.digest,)
            )
        )
        self._ended += 1
        self._remembered.pop(session.digest, None)

    def forget(self, staff: StaffId) -> None:
        """Remember no session of `staff`: to be called once `end_all` is committed."""
        self._ended += 1
        theirs = [d for d, (session, _) in self._remembered.items() if session.actor.staff == staff]
        for digest in theirs:
            self._remembered.pop(digest, None)

    def forget_all(self) -> None:
        """Remember no session: to be called once a `rewrite` is committed."""
        self._ended += 1
        self._remembered.clear()

    def _remember(self, session: Session) -> None:
        if len(self._remembered) >= MAX_REMEMBERED:
            self._remembered.clear()
        self._remembered[session.digest] = (session, time.monotonic())

    async def _touch(self, session: Session) -> None:
        if session.digest in self._remembered:
            self._remember(session)
        try:
            await self._database.write(
                lambda tx: tx.execute(
                    "UPDATE sessions SET seen_at = ? WHERE digest = ?",
                    (session.seen_at, session.digest),
                )
            )
        except StorageFullError:
            return  # who is signed in may go on reading while the disk is full


def digest_of(token: str) -> bytes:
    """Name a token without telling it."""
    return hashlib.sha256(token.encode()).digest()


def end_all(tx: sqlite3.Connection, staff: StaffId) -> None:
    """End every session of `staff`, within the caller's transaction."""
    tx.execute("UPDATE sessions SET ended = 1 WHERE staff = ?", (staff,))


def owner_of(tx: sqlite3.Connection, csrf: str) -> StaffId | None:
    """Say to whom a page was shown, by the token in its form; long after, `None`."""
    row = tx.execute("SELECT staff FROM sessions WHERE csrf = ?", (csrf,)).fetchone()
    return StaffId(row[0]) if row and csrf else None


def open_actors(tx: sqlite3.Connection) -> tuple[Actor, ...]:
    """List who has sessions, each as they have him; one twice if two of his sessions differ."""
    rows = tx.execute("SELECT DISTINCT actor FROM sessions WHERE NOT ended")
    return tuple(msgspec.json.decode(actor, type=Actor) for (actor,) in rows)


def rewrite(tx: sqlite3.Connection, actor: Actor) -> None:
    """Let every session of `actor.staff` have him like this, within the caller's transaction."""
    tx.execute(
        "UPDATE sessions SET actor = ? WHERE staff = ?", (msgspec.json.encode(actor), actor.staff)
    )


def _insert(tx: sqlite3.Connection, session: Session, times: Times) -> None:
    kept = KEPT_ENDED // _MILLISECOND
    tx.execute(
        "DELETE FROM sessions WHERE seen_at < ? OR began_at < ?",
        (
            session.began_at - times.idle // _MILLISECOND - kept,
            session.began_at - times.longest // _MILLISECOND - kept,
        ),
    )
    tx.execute(
        "INSERT INTO sessions (digest, staff, actor, csrf, began_at, seen_at, needs, proven)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            session.digest,
            session.actor.staff,
            msgspec.json.encode(session.actor),
            session.csrf,
            session.began_at,
            session.seen_at,
            session.needs or "",
            session.proven,
        ),
    )


def _load(tx: sqlite3.Connection, digest: bytes) -> Session | None:
    row = tx.execute(
        "SELECT actor, csrf, began_at, seen_at, needs, proven FROM sessions"
        " WHERE digest = ? AND NOT ended",
        (digest,),
    ).fetchone()
    if row is None:
        return None
    actor, csrf, began_at, seen_at, needs, proven = row
    who = msgspec.json.decode(actor, type=Actor)
    need = Need(needs) if needs else None
    return Session(digest, who, csrf, began_at, seen_at, need, bool(proven))
