"""A village has no administrator: its town makes the accounts of its people, over the network."""

import asyncio
from collections.abc import Iterable
from typing import Final, Protocol, TypeVar

import msgspec

from schemas.ids import NodeId
from schemas.roster import GrantAccount, GrantedPerson, ListRoster, Roster
from schemas.staff import Role, StaffFile

T = TypeVar("T")

KEEPERS: Final = frozenset({Role.OPERATOR, Role.SECURITY})
LOOK_SECONDS: Final = 0.1


class Ask(Protocol):
    """Gives a command to the node above."""

    async def __call__(self, name: str, arguments: msgspec.Struct, answer: type[T]) -> T:
        """Give the command, and its answer."""


def is_kept_above(people: Iterable[StaffFile]) -> bool:
    """Say whether nobody at a node keeps its accounts."""
    return not any(KEEPERS & set(one.roles) for one in people)


async def grant_all(ask: Ask, node: NodeId, people: Iterable[StaffFile]) -> None:
    """Have accounts made for the people of `node` who have none, and wait until all are there.

    Their password stays: it is everybody's in a demonstration.
    """
    listed = await ask("roster.list", ListRoster(node=node), Roster)
    known = {one.login for one in listed.people}
    for one in people:
        if one.login not in known:
            form = GrantAccount(
                node=node, login=one.login, name=one.name, roles=one.roles,
                password=one.password, must_change=False,
            )  # fmt: skip
            await ask("roster.grant", form, GrantedPerson)
    while not await _are_there(ask, node):  # noqa: ASYNC110  # a command, not an event
        await asyncio.sleep(LOOK_SECONDS)


async def _are_there(ask: Ask, node: NodeId) -> bool:
    listed = await ask("roster.list", ListRoster(node=node), Roster)
    return all(one.arrived for one in listed.people)
