"""Joining by a one-time code: the parent's side (invite, admit) and the child's (join)."""

import asyncio
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Final, Protocol

import msgspec

from federation import directory, enrolment, joincode, keyfiles, links
from federation.encoding import unb64
from federation.errors import (
    BadSignatureError,
    FederationError,
    MalformedError,
    NotAdmittedError,
    PeerUnreachableError,
)
from federation.identity import create_identity, load_identity
from federation.joincode import Invitation, JoinKeys
from federation.post import ask_to_join
from levels.profiles import profile_of
from node.audit import actions as audit
from node.cases import receiving
from node.clock import to_ms
from node.database import Tx
from node.errors import NotAllowedError
from node.runtime.opening import DATABASE, KEYS, UPSTREAM_CA, Node, begin_recovery, open_node
from node.settings import Broker, BrokerMode, Http, Purpose, Settings, Upstream, save_settings
from node.work import SYSTEM, Actor, Work
from schemas.audit import Act
from schemas.ids import EventHash, NodeId, level_of, node_stream, parent_of
from schemas.levels import Capability
from schemas.nodes import JoinAnswer, JoinAsk, NodeInvited, NodeNames

CODE_LIFE: Final = timedelta(
    hours=24
)  # long enough to drive to the village, short enough to forget
ADMITTED_SECONDS: Final = 15.0  # how long a code may be on its way from a town to its county
ASK_AGAIN_SECONDS: Final = 0.3
TOLD_SECONDS: Final = 3.0  # how long an invitation waits for the broker's owner to hear of it
TOLD_POLL_SECONDS: Final = 0.02
JOIN_SECONDS: Final = 20.0  # a slow line and a busy parent; the same code may simply ask again


class _Lines(Protocol):
    """What the parent's side needs to know of the network."""

    @property
    def region(self) -> NodeId | None:
        """Whose broker the children's mail lies on."""

    @property
    def authority(self) -> str:
        """The certificate of the authority that children must believe."""

    @property
    def children_url(self) -> str:
        """Where children reach their broker."""

    async def admit(self) -> None:
        """Tell the broker who may use it now."""


class NotOnlineError(FederationError):
    """This node has no broker in reach that a child could join through."""


async def invite(
    node: Node, lines: _Lines, actor: Actor, child: NodeId, names: NodeNames
) -> Invitation:
    """Invite the place `child`: an event that admits the code's user, and the line to hand over.

    Again replaces the code before. Raises `NotAllowedError`, `NotOnlineError`.
    """
    governs = await node.works.read(enrolment.may_govern, node.me, child)
    if not governs or Capability.ENROL not in node.profile.capabilities:
        raise NotAllowedError(
            f"{node.me} invites places directly below it, or whose record it keeps; not {child}"
        )
    if lines.region is None or not lines.children_url:
        raise NotOnlineError("no broker: set `broker.mode` in node.toml, or join a parent first")
    code = joincode.new_code()
    keys = await asyncio.to_thread(joincode.derive, code, parent=node.me, child=child)
    expires_at = to_ms(node.clock.now() + CODE_LIFE)
    data = NodeInvited(names=names, temporary_user=keys.public_nkey, expires_at=expires_at)
    secret = node.identity.wrap(keys.mac_key, _belongs_to(child))
    await node.works.run(actor, _invite, child, data, secret)
    await lines.admit()
    await _let_owner_know(node, lines)
    address = lines.children_url.removeprefix("tls://")
    return Invitation(address, lines.region, node.me, child, code)


async def _let_owner_know(node: Node, lines: _Lines) -> None:
    """Wait a little until the broker's owner has heard of it; offline it comes later."""
    above = parent_of(node.me)
    if above is None or lines.region == node.me:
        return

    def owed(tx: Tx) -> bool:
        link = links.load(tx, above)
        return link is not None and links.waiting(tx, link.id)[0] > 0

    with suppress(TimeoutError):
        async with asyncio.timeout(TOLD_SECONDS):
            while await node.works.read(owed):  # noqa: ASYNC110  # a receipt sets no event
                await asyncio.sleep(TOLD_POLL_SECONDS)


def _invite(work: Work, child: NodeId, data: NodeInvited, secret: bytes) -> None:
    work.require(Capability.ENROL)
    work.tx.execute(
        "INSERT OR REPLACE INTO invitations VALUES (?, ?, ?)", (child, secret, data.expires_at)
    )
    enrolment.invite(work.ledger, work.tx, child, data, work.hand)
    audit.note(work, Act.NODE_INVITED, child)
    work.touched.append(node_stream(child))


def _belongs_to(child: NodeId) -> bytes:
    return b"invitation " + child.encode()


class Admitter:
    """Answers places that ask to join."""

    def __init__(self, node: Node, lines: _Lines) -> None:
        self._node = node
        self._lines = lines

    async def answer(self, child: NodeId, message: bytes) -> bytes:
        """Enrol `child` and answer under the code's MAC; the same request gets the same answer.

        Raises a `FederationError` for what is no good request: then there is no answer.
        """
        key = await self._mac_key(child)
        body = joincode.open_protected(key, joincode.ASK, message)
        try:
            ask = msgspec.json.decode(body, type=JoinAsk)
        except msgspec.DecodeError as error:
            raise MalformedError(str(error)) from None
        if ask.node != child:
            raise BadSignatureError(f"{child} asked as {ask.node}")
        answer = await self._node.works.run(SYSTEM, self._enrol, ask)
        await self._lines.admit()
        return joincode.protect(key, joincode.ANSWER, msgspec.json.encode(answer))

    async def _mac_key(self, child: NodeId) -> bytes:
        row = await self._node.works.read(
            lambda tx: tx.execute(
                "SELECT mac_key FROM invitations WHERE node = ?", (child,)
            ).fetchone()
        )
        if row is None:
            raise enrolment.NotInvitedError(f"{child} was not invited here")
        return self._node.identity.unwrap(row[0], _belongs_to(child))

    def _enrol(self, work: Work, ask: JoinAsk) -> JoinAnswer:
        enrolment.enrol(work.ledger, work.tx, ask, work.hand)
        work.touched.append(node_stream(ask.node))
        region = self._lines.region or work.me
        return enrolment.answer_to(
            work.ledger, work.tx, ask.node, region=region, ca=self._lines.authority
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """How a new home is to be set up."""

    http: Http = field(default_factory=Http)
    broker: Broker | None = None
    """By default embedded where the tier runs a broker, else none."""
    purpose: Purpose = Purpose.PRODUCTION


def broker_for(child: NodeId, wanted: Wanted) -> Broker:
    """Choose the broker of a new home."""
    if wanted.broker is not None:
        return wanted.broker
    runs = Capability.BROKER in profile_of(level_of(child)).capabilities
    return Broker(mode=BrokerMode.EMBEDDED if runs else BrokerMode.NONE)


def make_home(home: Path) -> None:
    """Make the folder of a new node, readable by its owner alone."""
    home.mkdir(parents=True, exist_ok=True)
    home.chmod(0o700)


async def join(home: Path, invitation: Invitation, wanted: Wanted) -> Settings:
    """Join as the invited place; may be repeated after a lost answer until the code expires.

    Raises `PeerUnreachableError`, `NotAdmittedError`, `BadSignatureError`, `KeysError`.
    """
    make_home(home)
    keys = home / KEYS
    if keys.exists():
        identity = load_identity(keys, invitation.child)
    else:
        identity = await asyncio.to_thread(create_identity, keys, invitation.child)
    code = await asyncio.to_thread(
        joincode.derive, invitation.code, parent=invitation.parent, child=invitation.child
    )
    request = msgspec.json.encode(enrolment.ask_of(identity))
    message = await _ask(invitation, code, joincode.protect(code.mac_key, joincode.ASK, request))
    body = joincode.open_protected(code.mac_key, joincode.ANSWER, message)
    return await _settle_in(home, invitation, wanted, msgspec.json.decode(body, type=JoinAnswer))


async def _ask(invitation: Invitation, code: JoinKeys, request: bytes) -> bytes:
    """Ask until admitted: a town's invitation first travels to the owner of the broker."""
    deadline = time.monotonic() + ADMITTED_SECONDS
    while True:
        try:
            return await ask_to_join(
                url=invitation.url,
                region=invitation.region,
                parent=invitation.parent,
                child=invitation.child,
                code_seed=code.nkey_seed,
                request=request,
                timeout_seconds=JOIN_SECONDS,
            )
        except (NotAdmittedError, PeerUnreachableError):
            if time.monotonic() > deadline:
                raise
        await asyncio.sleep(ASK_AGAIN_SECONDS)


async def _settle_in(
    home: Path, invitation: Invitation, wanted: Wanted, answer: JoinAnswer
) -> Settings:
    """Keep what the answer brought: the root, the authority, the records, where the mail lies."""
    ca = home / KEYS / UPSTREAM_CA
    ca.unlink(missing_ok=True)
    keyfiles.write_new(ca, answer.ca.encode())
    settings = Settings(
        node=invitation.child,
        names=NodeNames(zh=invitation.child, en=invitation.child),
        root=answer.root,
        purpose=wanted.purpose,
        http=wanted.http,
        broker=broker_for(invitation.child, wanted),
        upstream=Upstream(url=invitation.url, region=answer.region),
    )
    again = (home / DATABASE).exists()
    async with open_node(home, settings=settings) as node:
        names = await node.works.run(SYSTEM, _take_records, node, answer, again)
    settings = msgspec.structs.replace(settings, names=names or settings.names)
    save_settings(home, settings)
    return settings


def _take_records(work: Work, node: Node, answer: JoinAnswer, again: bool) -> NodeNames | None:  # noqa: FBT001
    work.ledger.root = EventHash(answer.root)
    for raw in answer.proof:
        work.ledger.receive(work.tx, unb64(raw), peer="", now=work.now_ms)
    node.link.follow_directory(work.tx)
    if again:
        begin_recovery(work.tx, node.link)
    else:
        receiving.begin_life(work, directory.enrolments(work.tx, work.me))
    record = directory.record(work.tx, work.me)
    return record.names if record else None


async def begin_root(
    home: Path, node: NodeId, names: NodeNames, recovery: str, wanted: Wanted
) -> Settings:
    """Make the home of a root (a city, or a county before it joins one) and its first event."""
    make_home(home)
    await asyncio.to_thread(create_identity, home / KEYS, node)
    settings = Settings(
        node=node, names=names, purpose=wanted.purpose, http=wanted.http,
        broker=broker_for(node, wanted),
    )  # fmt: skip
    async with open_node(home, settings=settings) as opened:
        root = await opened.works.run(SYSTEM, _begin_root, names, recovery)
    settings = msgspec.structs.replace(settings, root=root)
    save_settings(home, settings)
    return settings


def _begin_root(work: Work, names: NodeNames, recovery: str) -> EventHash:
    return enrolment.begin_root(work.ledger, work.tx, names, recovery, work.hand)
