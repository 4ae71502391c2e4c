"""What a command can do about accounts of the nodes below, whether the node runs or not."""

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

import msgspec

from node.roster import actions, model, reading, writing
from node.runtime.station import Station
from node.staff.passwords import Passwords
from schemas import roster as r


async def listing(station: Station, asked: r.ListRoster) -> r.Roster:
    """List the accounts of a node below, or of all."""
    node = station.node
    return await node.works.read(reading.listing, node.parts, node.me, asked.node)


async def grant(station: Station, asked: r.GrantAccount) -> r.GrantedPerson:
    """Make an account for a node below. Raises `BadInputError`."""
    node, who = station.node, model.who_is(asked)
    async with writing.account_part(node.parts, Passwords(), who, asked.password) as part:
        return await node.works.run(station.actor, actions.grant, node.parts, asked, part)


async def switch(station: Station, asked: r.SwitchAccount) -> r.GrantedPerson:
    """Stop an account, or let it go on. Raises `NotFoundError`, `NotAllowedError`."""
    node, form = station.node, r.StopAccount(reason=asked.reason)
    if asked.reason:
        return await node.works.run(station.actor, actions.stop, node.parts, asked.id, form)
    return await node.works.run(station.actor, actions.resume, node.parts, asked.id)


async def reset_password(station: Station, asked: r.ResetPassword) -> r.GrantedPerson:
    """Give an account a new first password. Raises as `switch`, and `BadInputError`."""
    node = station.node
    who = await node.works.read(reading.to_reset, node.parts, node.me, asked.id)
    async with writing.account_part(node.parts, Passwords(), who, asked.password) as part:
        return await node.works.run(
            station.actor, actions.reset_password, node.parts, asked.id, part
        )


Run = Callable[[Station, Any], Awaitable[msgspec.Struct]]
COMMANDS: Final[Mapping[str, tuple[type[msgspec.Struct], Run]]] = MappingProxyType(
    {
        "roster.list": (r.ListRoster, listing),
        "roster.grant": (r.GrantAccount, grant),
        "roster.switch": (r.SwitchAccount, switch),
        "roster.password": (r.ResetPassword, reset_password),
    }
)
