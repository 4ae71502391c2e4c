"""The first run of a home: from nothing to a node that people can sign in to, step by step.

Pure of HTTP: `node.runtime.first_run_site` shows the steps and takes what is typed. What was made
stays made when the process dies: a file in the home says that the steps are not finished, and the
next run goes on behind the last one.
"""

import asyncio
import unicodedata
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from federation import joincode, streams
from federation.encoding import b64
from federation.ending import end
from federation.errors import (
    BadSignatureError,
    FederationError,
    MalformedError,
    NotAdmittedError,
    PeerUnreachableError,
)
from federation.joincode import Invitation, parse_invitation
from levels.profiles import profile_of
from node.clock import Clock, to_ms
from node.database import Tx
from node.errors import BadInputError, SettingsError
from node.network.model import usual_region
from node.runtime import joining
from node.runtime.joining import Wanted
from node.runtime.opening import HomeInUseError, open_node
from node.settings import FILE_NAME, Http, Settings, load_settings
from node.staff import model as staff
from node.staff import signing_in
from node.staff.passwords import Passwords
from node.work import SYSTEM
from schemas.ids import BadNameError, NodeId, level_of, node_stream, parent_of, parse_node_id
from schemas.nodes import NodeNames
from schemas.staff import Role, StaffFile, StaffList

MARK: Final = "first-run"
"""The file in a home whose first run is not finished."""
DRIFT_MS: Final = 5 * 60 * 1000  # limits are reckoned in days, receipts in minutes
KEEPERS: Final = (Role.OPERATOR, Role.SECURITY)
"""Posts of the first person of a node: he keeps the machine, and opens the others' accounts."""
LONGEST_NAME: Final = 40
REFUSALS: Final = (FederationError, SettingsError, HomeInUseError, OSError, ValueError)


class Step(StrEnum):
    """Where a first run stands."""

    ASK = "ask"  # an invitation, or the first node
    KEEP = "keep"  # the recovery key is shown: it must be kept before anything is made
    WORK = "work"  # joining, or making the root
    PERSON = "person"  # the first person
    READY = "ready"  # everything is there
    OVER = "over"  # the node takes this place


@dataclass(frozen=True, slots=True)
class Place:
    """A root that is to be made."""

    node: NodeId
    names: NodeNames


@dataclass(slots=True)
class Setup:
    """One first run."""

    home: Path
    http: Http
    wanted: Callable[[NodeId], Wanted]
    """How a home of that place is to be set up."""
    clock: Clock = field(default_factory=Clock)
    word: str = field(default_factory=joincode.new_code)
    """What somebody who comes from another machine must show; it is on the terminal."""
    step: Step = Step.ASK
    settings: Settings | None = None
    place: Place | None = None
    recovery: str = ""
    """The recovery key of a root that is to be made: in memory alone, shown once."""
    invitation: Invitation | None = None
    fault: str = ""
    """What went wrong in the last try, as a word; empty if nothing did."""
    detail: str = ""
    drift_ms: int = 0
    """How far this machine's clock is ahead of the parent's, as the enrolment showed."""
    began_ms: int = 0
    over: asyncio.Event = field(default_factory=asyncio.Event)
    _task: "asyncio.Task[None] | None" = None
    _public: str = ""

    def resume(self) -> None:
        """Go on where an earlier process stopped. Raises `SettingsError`."""
        if is_unfinished(self.home):
            self._made(load_settings(self.home))

    def join(self, invitation: Invitation) -> None:
        """Begin to join; the step tells when it is done or has failed."""
        self.invitation = invitation
        self._begin(self._join(invitation))

    def draw_recovery(self, place: Place) -> None:
        """Draw the key that is shown before the root is made."""
        key = Ed25519PrivateKey.generate()
        self._public = b64(key.public_key().public_bytes_raw())
        self.recovery = b64(key.private_bytes_raw())
        self.place, self.fault, self.step = place, "", Step.KEEP

    def draw_back(self) -> None:
        """Forget the key that was shown: nothing was made with it."""
        self.recovery, self.place, self.step = "", None, Step.ASK

    def begin_root(self) -> None:
        """Make the root whose recovery key was shown and kept."""
        if self.place is not None:
            self._begin(self._root(self.place))

    async def add_person(self, login: str, name: str, password: str) -> None:
        """Open the first account. Raises `BadInputError`."""
        if self.settings is None:
            raise BadInputError({"login": "too_early"})
        node = self.settings.node
        person = StaffFile(login=login, name=name, roles=first_posts(node), password=password)
        faults = person_faults(node, person)
        if faults:
            raise BadInputError(faults)
        async with open_node(self.home) as opened:
            await signing_in.load(opened.works, SYSTEM, StaffList(staff=(person,)), Passwords())
        self.step = Step.READY

    def finish(self) -> None:
        """Leave the place to the node."""
        (self.home / MARK).unlink(missing_ok=True)
        self.step = Step.OVER
        self.over.set()

    async def end(self) -> None:
        """Cut off what still runs."""
        if self._task is not None:
            await end(self._task)

    def _begin(self, work: Coroutine[None, None, None]) -> None:
        self.step, self.fault, self.detail = Step.WORK, "", ""
        self.began_ms = to_ms(self.clock.wall())
        self._task = asyncio.create_task(self._try(work))

    async def _try(self, work: Coroutine[None, None, None]) -> None:
        """Do it, or go back to what was typed with a word for what went wrong."""
        try:
            joining.make_home(self.home)
            (self.home / MARK).touch()
            await work
        except REFUSALS as error:
            self.fault, self.detail = word_for(error), str(error)
            self.step = Step.ASK

    async def _join(self, invitation: Invitation) -> None:
        settings = await joining.join(self.home, invitation, self.wanted(invitation.child))
        async with open_node(self.home) as node:
            enrolled = await node.works.read(_enrolled_at, settings.node)
            self.drift_ms = to_ms(node.clock.now()) - enrolled if enrolled else 0
        self._made(settings)

    async def _root(self, place: Place) -> None:
        made = await joining.begin_root(
            self.home, place.node, place.names, self._public, self.wanted(place.node)
        )
        self.recovery = ""
        self._made(made)

    def _made(self, settings: Settings) -> None:
        self.settings = settings
        self.step = Step.PERSON if has_own_people(settings.node) else Step.READY


def is_new(home: Path) -> bool:
    """Say whether a home must go through its first run."""
    return not (home / FILE_NAME).exists() or is_unfinished(home)


def is_unfinished(home: Path) -> bool:
    """Say whether a home was made, but its first run was cut off before the end."""
    return (home / FILE_NAME).exists() and (home / MARK).exists()


def has_own_people(node: NodeId) -> bool:
    """Say whether accounts are opened at the node itself; a village gets its people from above."""
    return set(KEEPERS) <= set(profile_of(level_of(node)).roles)


def word_for(error: Exception) -> str:
    """Name what went wrong, for the sentence that says it and the way on."""
    match error:
        case NotAdmittedError():
            return "not_admitted"
        case PeerUnreachableError():
            return "unreachable"
        case BadSignatureError() | MalformedError():
            return "not_the_parent"
        case ValueError():
            return "bad_address"
        case _:
            return "machine"


def invitation_of(typed: Mapping[str, str]) -> Invitation:
    """Read an invitation as it was typed: one line, or its parts.

    Raises `BadInputError`, naming each field that is wrong.
    """
    plain = {name: unicodedata.normalize("NFKC", text).strip() for name, text in typed.items()}
    if plain.get("line"):
        try:
            return parse_invitation(plain["line"])
        except MalformedError:
            raise BadInputError({"line": "bad_line"}) from None
    faults = {
        name: fault
        for name, fault, read in (
            ("address", "bad_address", joincode.parse_address),
            ("node", "bad_node", _invited),
            ("code", "bad_code", joincode.parse_code),
            ("region", "bad_node", lambda text: text and parse_node_id(text)),
        )
        if not _reads(read, plain.get(name, ""))
    }
    if faults:
        raise BadInputError(faults)
    child = NodeId(plain["node"])
    parent, region = _invited(child)
    code = joincode.parse_code(plain["code"])
    owner = NodeId(plain["region"]) if plain.get("region") else region
    return Invitation(joincode.parse_address(plain["address"]), owner, parent, child, code)


def _reads(read: Callable[[str], object], text: str) -> bool:
    try:
        read(text)
    except (MalformedError, BadNameError):
        return False
    return True


def _invited(text: str) -> tuple[NodeId, NodeId]:
    """Name the place above an invited one, and whose broker leads to it. Raises `BadNameError`."""
    node = parse_node_id(text)
    above, region = parent_of(node), usual_region(node)
    if above is None or region is None:
        raise BadNameError(f"nobody invites {node}")
    return above, region


def place_of(typed: Mapping[str, str]) -> Place:
    """Read the root that is to be made. Raises `BadInputError`."""
    zh = typed.get("zh", "").strip()
    faults = {} if 0 < len(zh) <= LONGEST_NAME else {"zh": "bad_name"}
    try:
        node = parse_node_id(unicodedata.normalize("NFKC", typed.get("node", "")).strip())
    except BadNameError:
        node = NodeId("")
        faults["node"] = "bad_node"
    if node and not has_own_people(node):
        faults["node"] = "not_a_root"
    if faults:
        raise BadInputError(faults)
    return Place(node, NodeNames(zh=zh, en=typed.get("en", "").strip() or zh))


def first_posts(node: NodeId) -> tuple[Role, ...]:
    """Give the posts of the first person: where they are kept apart, the operator's alone.

    He keeps the accounts until somebody is security, and opens that one's.
    """
    profile = profile_of(level_of(node))
    both = staff.account_faults(
        profile, (), login="first", name="first", roles=KEEPERS, department=None
    )
    return (Role.OPERATOR,) if "roles" in both else KEEPERS


def person_faults(node: NodeId, person: StaffFile) -> Mapping[str, str]:
    """Say what is wrong with the first person, by field: perhaps nothing."""
    login = staff.normal_login(person.login)
    faults = staff.account_faults(
        profile_of(level_of(node)), (), login=login, name=person.name, roles=person.roles,
        department=None,
    )  # fmt: skip
    return {**faults, **staff.password_faults(login, person.password or "")}


def _enrolled_at(tx: Tx, me: NodeId) -> int:
    """When the parent signed our record last, by its clock: milliseconds UTC; 0 if unknown."""
    stream = streams.load(tx, node_stream(me))
    stored = streams.event_by_hash(tx, stream.tip) if stream else None
    return stored.event.at if stored else 0
