"""What may be read of the accounts of the nodes below, by whoever keeps accounts here."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Final

import msgspec
from msgspec.structs import replace

from federation import directory, partstore
from federation.errors import DamagedStoreError
from federation.partstore import PartStore
from node.database import Tx
from node.errors import NotAllowedError, NotFoundError
from node.roster import store
from node.roster.store import Said
from schemas.ids import NodeId, PartDigest, StaffId, StreamName, is_ancestor
from schemas.nodes import NodeState
from schemas.roster import GrantedPerson, GrantView, Roster, StaffPart

NOBODY: Final = StaffPart(login="", name="", password="")
MOST_SHOWN: Final = 60  # people on a page, with it below 60 KB; a town has a dozen below it


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Accounts of one place that another node keeps: who they are is sealed."""

    node: NodeId
    keeper: NodeId
    count: int
    waiting: int
    """How many are not yet there what was last said of them."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page of the people below."""

    people: tuple[GrantedPerson, ...]
    """Those whose accounts this node keeps, by place; whole places."""
    after: NodeId | None
    """The last place on this page, if there are more."""
    elsewhere: tuple[Elsewhere, ...]
    peopled: frozenset[NodeId]
    """Places where anybody has an account that was made above."""


def may_have(tx: Tx, stream: StreamName, digest: PartDigest, node: NodeId) -> bool:
    """Say whether `node` may have this part of an account: it is its own, and the latest."""
    grant = store.load(tx, stream)
    return grant is not None and (grant.subject, grant.part) == (node, digest)


def places(tx: Tx, me: NodeId) -> tuple[NodeId, ...]:
    """Name the nodes for which accounts can be made here: those below that have joined."""
    return tuple(
        one.node
        for one in directory.records(tx)
        if one.state is NodeState.ENROLLED and is_ancestor(me, one.node)
    )


def listing(tx: Tx, parts: PartStore, me: NodeId, node: NodeId | None = None) -> Roster:
    """List the accounts that were made for nodes below, or for one of them. A file each."""
    found = store.below(tx, me)
    return Roster(
        people=tuple(
            person(tx, parts, me, one) for one in found if node is None or one.subject == node
        )
    )


def sheet(tx: Tx, parts: PartStore, me: NodeId, after: str = "") -> Sheet:
    """Give a page of the people below, behind the place `after`."""
    known = store.below(tx, me)
    ours = [one for one in known if one.keeper == me and one.subject > after]
    shown = ours[:MOST_SHOWN]
    last = shown[-1].subject if len(ours) > len(shown) else None
    if last is not None and shown[0].subject != last:  # the place that is cut comes next
        shown = [one for one in shown if one.subject != last]
        last = shown[-1].subject
    return Sheet(
        people=tuple(person(tx, parts, me, one) for one in shown),
        after=last,
        elsewhere=() if after else tuple(_elsewhere(tx, me, known)),
        peopled=frozenset(one.subject for one in known),
    )


def _elsewhere(tx: Tx, me: NodeId, known: Iterable[GrantView]) -> Iterator[Elsewhere]:
    others = [one for one in known if one.keeper != me]
    others.sort(key=lambda one: (one.subject, one.keeper))
    for (node, keeper), some in groupby(others, key=lambda one: (one.subject, one.keeper)):
        grants = tuple(some)
        waiting = sum(not _has_arrived(one, store.said(tx, one)) for one in grants)
        yield Elsewhere(node, keeper, len(grants), waiting)


def _has_arrived(grant: GrantView, said: Said | None) -> bool:
    return said is not None and said.seq >= grant.seq


def find(tx: Tx, me: NodeId, account: StaffId) -> GrantView:
    """Find an account of a node below by its id. Raises `NotFoundError`."""
    for one in store.at(tx, account):
        if is_ancestor(me, one.subject):
            return one
    raise NotFoundError(f"account {account}")


def person(tx: Tx, parts: PartStore, me: NodeId, grant: GrantView) -> GrantedPerson:
    """Tell of an account what may be known here."""
    who, said = identity(tx, parts, me, grant), store.said(tx, grant)
    return GrantedPerson(
        grant=grant,
        login=who.login,
        name=who.name,
        arrived=_has_arrived(grant, said),
        state=None if said is None else said.state,
    )


def identity(tx: Tx, parts: PartStore, me: NodeId, grant: GrantView) -> StaffPart:
    """Read who somebody is whom this node granted; all is empty if that is not to be read here."""
    if grant.author != me or not partstore.is_kept_for(tx, grant.stream, grant.part):
        return NOBODY
    try:
        return msgspec.json.decode(parts.read(tx, grant.part).content, type=StaffPart)
    except (DamagedStoreError, msgspec.DecodeError):
        return NOBODY


def to_reset(tx: Tx, parts: PartStore, me: NodeId, account: StaffId) -> StaffPart:
    """Read who somebody is whose password is to be given anew.

    Raises `NotFoundError`, and `NotAllowedError` where that is sealed to another node.
    """
    found = find(tx, me, account)
    who = identity(tx, parts, me, found)
    if not who.login:
        raise NotAllowedError(f"who {account} is can be read at {found.author} alone")
    return replace(who, must_change=True)
