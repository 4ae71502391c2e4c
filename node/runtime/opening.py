"""Open a node's home: keys, store, streams and rules, without any network.

What a command needs that runs while the node does not, and what the running node is built on. One
process at a time: the home is locked.
"""

import fcntl
import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from federation import links
from federation.identity import Identity, load_identity
from federation.kinds import Kind
from federation.ledger import Ledger
from federation.link import Link
from federation.partstore import PartStore
from federation.recovery import RECOVERING, is_recovering
from federation.wishes import WishKind
from levels.profiles import profile_of
from node.applicants.actions import Register, open_register
from node.appraisal.reports_kind import ObjectionNotes, ReportKind
from node.calendar.kind import CalendarKind
from node.cases.kind import CaseKind
from node.cases.notes import NoteKind
from node.catalogue.kind import ItemKind
from node.clock import Clock
from node.database import Database, Tx, open_database
from node.evaluation.kind import EvaluationNotes
from node.evaluation.redress_kind import RedressStreams
from node.following.actions import Refolded
from node.notices.kind import NoticeNotes
from node.releases.kind import ReleaseKind
from node.revisions.kind import RevisionKind
from node.roster.kind import ArrivalNotes, StaffKind
from node.runtime import timekeeping
from node.settings import Settings, load_settings
from node.supervision.kind import RulebookKind
from node.supervision.orders_kind import OrderStreams
from node.tasks.kind import AnswersOfCases, TaskKind
from node.work import Works
from schemas.ids import EventHash, NodeId, StreamName, level_of
from schemas.levels import Profile

KEYS: Final = "keys"
PARTS: Final = "parts"
DATABASE: Final = "node.db"
BROKER: Final = "broker"
LOCK: Final = "node.lock"
UPSTREAM_CA: Final = "upstream-ca.pem"


class HomeInUseError(Exception):
    """Another process has this home open."""


@dataclass(slots=True)
class Node:
    """An open node."""

    home: Path
    settings: Settings
    identity: Identity
    profile: Profile
    clock: Clock
    database: Database
    ledger: Ledger
    link: Link
    works: Works
    parts: PartStore
    register: Register
    on_commit: list[Callable[[tuple[StreamName, ...]], None]] = field(default_factory=list)
    """Called after each Work that wrote to streams, with their names."""

    @property
    def me(self) -> NodeId:
        """The node's id."""
        return self.settings.node

    def take_identity(self, identity: Identity) -> None:
        """Sign with these keys from now on."""
        self.identity = self.ledger.identity = identity


def kinds_of(me: NodeId) -> dict[str, Kind]:
    """Give the rules of every stream kind that a node knows, besides the federation's own."""
    return {
        "calendar": CalendarKind(me),
        "case": CaseKind(me, followers=(AnswersOfCases(me), Refolded())),
        "item": ItemKind(me),
        "order": OrderStreams(me),
        "note": NoteKind(
            me, (NoticeNotes(me), ArrivalNotes(), EvaluationNotes(me), ObjectionNotes())
        ),
        "redress": RedressStreams(me),
        "release": ReleaseKind(me),
        "report": ReportKind(),
        "revision": RevisionKind(),
        "rulebook": RulebookKind(),
        "staff": StaffKind(me),
        "task": TaskKind(me),
        "wish": WishKind(),
    }


@asynccontextmanager
async def open_node(home: Path, *, settings: Settings | None = None) -> AsyncIterator[Node]:
    """Open the node in `home` until the block ends.

    Raises `HomeInUseError`, `SettingsError`, `KeysError`.
    """
    settings = settings or load_settings(home)
    identity = load_identity(home / KEYS, settings.node)
    with locked(home):
        async with open_database(home / DATABASE) as database:
            yield await _assemble(home, settings, identity, database)


async def _assemble(home: Path, settings: Settings, identity: Identity, database: Database) -> Node:
    ledger = Ledger(identity, EventHash(settings.root), kinds_of(settings.node))
    link = Link(ledger)
    clock = Clock(settings.clock_offset)
    profile = profile_of(level_of(settings.node))
    register = await database.write(lambda tx: open_register(tx, identity))
    ledger.recovering = await database.read(is_recovering)
    hooks: list[Callable[[tuple[StreamName, ...]], None]] = []

    def committed(names: tuple[StreamName, ...]) -> None:
        for hook in hooks:
            hook(names)

    works = Works(database, ledger, clock, profile, on_commit=committed)
    works.before_writing = timekeeping.require_sound
    parts = PartStore(home / PARTS, identity)
    return Node(
        home, settings, identity, profile, clock, database, ledger, link, works, parts, register,
        hooks,
    )  # fmt: skip


@contextmanager
def locked(home: Path) -> Iterator[None]:
    """Hold the home for this process. Raises `HomeInUseError`."""
    file = os.open(home / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise HomeInUseError(f"{home} is in use by another process") from None
        yield
    finally:
        os.close(file)


def begin_recovery(tx: Tx, link: Link) -> None:
    """After a restore: leave every epoch, and append nothing shared before all have answered."""
    tx.execute("INSERT OR REPLACE INTO local_facts VALUES (?, '1')", (RECOVERING,))
    link.renew_all(tx)


def end_recovery(tx: Tx) -> bool:
    """Go on as usual if every neighbour has answered or was waived; say whether that is so."""
    waiting = [one for one in links.load_all(tx) if one.open == links.OPEN]
    if any(not one.answered and not one.waived for one in waiting):
        return False
    tx.execute("DELETE FROM local_facts WHERE name = ?", (RECOVERING,))
    return True
