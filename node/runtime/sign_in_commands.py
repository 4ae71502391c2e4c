"""What a command can do about signing in: for whoever has the machine, and lost his phone."""

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

import msgspec

from node.errors import NotFoundError
from node.runtime.station import Station
from node.staff import actions, second_factor
from node.work import Work
from schemas import control as c
from schemas.sign_in import ResetFactor


async def reset_factor(station: Station, asked: ResetFactor) -> c.Nothing:
    """Take somebody's factor away. Raises `NotFoundError`."""
    await station.node.works.run(station.actor, _reset, asked)
    return c.Nothing()


def _reset(work: Work, asked: ResetFactor) -> None:
    found = actions.by_login(work.tx, asked.login)
    if found is None:
        raise NotFoundError(asked.login)
    second_factor.reset(work, found.id, asked.why)


Run = Callable[[Station, Any], Awaitable[msgspec.Struct]]
COMMANDS: Final[Mapping[str, tuple[type[msgspec.Struct], Run]]] = MappingProxyType(
    {"staff.reset_factor": (ResetFactor, reset_factor)}
)
