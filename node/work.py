"""A Work: one transaction, one instant, one actor (protocol §6).

An action is a plain synchronous function that takes a Work; `Works.run` gives it one, on the
database's thread, and returns once everything it did is durable. What it appended is then already
in the outboxes; the courier is woken, and open pages are told.
"""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Concatenate, Final, ParamSpec, TypeVar

import msgspec

from federation.ledger import Hand, Ledger
from federation.streams import Stored
from node.clock import Clock, to_ms
from node.database import Database
from node.errors import NotAllowedError
from schemas.ids import DepartmentId, NodeId, StaffId, StreamName
from schemas.levels import Capability, Profile
from schemas.staff import Role

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Cover:
    """顶岗: one absent person whose post somebody serves as its B; said on every page of his."""

    name: str
    """Of the absent person."""
    post: str
    last: str
    """The last day of it, `yyyy-mm-dd`."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts here: a member of staff, or the node itself."""

    staff: StaffId
    roles: frozenset[Role] = frozenset()
    department: DepartmentId | None = None
    name: str = ""
    covering: tuple[StaffId, ...] = ()
    """顶岗: whose posts he covers as B while they are absent; their roles are among his."""
    covers: tuple[Cover, ...] = ()
    """The same in words for people."""


SYSTEM: Final = Actor(StaffId("system"), name="系统")
"""The node's own hand: what arrives from neighbours, and what time brings about."""


@dataclass(slots=True)
class Work:
    """What an action may use."""

    tx: sqlite3.Connection
    now: datetime
    """The one instant of this work: aware, UTC."""
    actor: Actor
    me: NodeId
    profile: Profile
    ledger: Ledger
    touched: list[StreamName] = field(default_factory=list)
    """Streams that this work wrote to."""
    before_writing: Callable[["Work"], None] = lambda _: None
    """Refuses what nobody may sign now."""

    @property
    def now_ms(self) -> int:
        """The instant in milliseconds UTC, as events carry it."""
        return to_ms(self.now)

    @property
    def hand(self) -> Hand:
        """Who writes, and when: what the ledger asks for."""
        return Hand(self.actor.staff, self.now_ms)

    def require(self, capability: Capability) -> None:
        """Go on only if this tier does such things. Raises `NotAllowedError`."""
        if capability not in self.profile.capabilities:
            raise NotAllowedError(capability.value)

    def begin(self, kind: str, data: msgspec.Struct, *, holder: NodeId) -> Stored:
        """Begin a stream of `kind` with its first event: signed, stored, folded and queued."""
        self.before_writing(self)
        stored = self.ledger.begin(self.tx, kind, data, holder=holder, hand=self.hand)
        self.touched.append(stored.event.stream)
        return stored

    def append(
        self, stream: StreamName, data: msgspec.Struct, *, holder: NodeId, adopting: bool = False
    ) -> Stored:
        """Append an event to a stream that this node holds. Raises `CannotAppendError`."""
        self.before_writing(self)
        self.touched.append(stream)
        return self.ledger.append(
            self.tx, stream, data, holder=holder, hand=self.hand, adopting=adopting
        )

    def reclaim(
        self, stream: StreamName, *, reason: str, holder: NodeId, at: bytes | None = None
    ) -> Stored:
        """Take a stream from its holder below. Raises `CannotAppendError`."""
        self.touched.append(stream)
        return self.ledger.reclaim(
            self.tx, stream, reason=reason, holder=holder, hand=self.hand, at=at
        )


class Works:
    """Runs actions, one Work each."""

    def __init__(
        self,
        database: Database,
        ledger: Ledger,
        clock: Clock,
        profile: Profile,
        *,
        on_commit: Callable[[tuple[StreamName, ...]], None],
    ) -> None:
        self.database = database
        self.ledger = ledger
        self.clock = clock
        self.profile = profile
        self._on_commit = on_commit
        self.before_writing: Callable[[Work], None] = lambda _: None
        """Called before each event that a Work writes; refuses by raising."""

    @property
    def now_ms(self) -> int:
        """The node's instant in milliseconds UTC, for what is only read."""
        return to_ms(self.clock.now())

    async def run(
        self,
        actor: Actor,
        action: Callable[Concatenate[Work, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Run `action(work, …)` in one transaction; durable when this returns.

        Whatever the action raises undoes all it did.
        """
        now = self.clock.now()

        def unit(tx: sqlite3.Connection) -> tuple[T, tuple[StreamName, ...]]:
            work = Work(
                tx, now, actor, self.ledger.me, self.profile, self.ledger,
                before_writing=self.before_writing,
            )  # fmt: skip
            return action(work, *args, **kwargs), tuple(work.touched)

        result, _ = await self.database.write(unit, after=self._committed)
        return result

    async def read(
        self,
        query: Callable[Concatenate[sqlite3.Connection, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Run `query(tx, …)` on a read-only snapshot."""
        return await self.database.read(lambda tx: query(tx, *args, **kwargs))

    def _committed(self, outcome: tuple[object, tuple[StreamName, ...]]) -> None:
        if outcome[1]:
            self._on_commit(outcome[1])
