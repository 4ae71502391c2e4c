"""Everyone who works at the sample nodes, signed in when first needed, and the day they live in."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from cli.demo import sample
from cli.demo.client import Client
from node.clock import Clock, local_day
from schemas.ids import DepartmentId, NodeId
from schemas.staff import Role, SignedIn, SignIn, StaffFile

TAKERS: Final = frozenset({Role.AGENT, Role.CLERK})
WORKERS: Final = TAKERS | {Role.OFFICER, Role.HANDLER, Role.APPROVER}
"""They do something to a case; all others look, or have other work."""


class StuckError(Exception):
    """The case does not go on."""


@dataclass(slots=True)
class People:
    """The people of the demonstration."""

    urls: Mapping[NodeId, str]
    clock: Clock = field(default_factory=Clock)
    """Of all nodes alike."""
    is_later: bool = False
    """The demonstration has let time pass."""
    tokens: dict[tuple[NodeId, str], str] = field(default_factory=dict)
    signing: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def person(self, node: NodeId, login: str) -> Client:
        """One person of a node."""
        key = (node, login)
        async with self.signing:
            if key not in self.tokens:
                asked = SignIn(login=login, password=sample.PASSWORD)
                signed = await Client(self.urls[node]).post("/api/v1/session", asked, SignedIn)
                self.tokens[key] = signed.token or ""
        return Client(self.urls[node], self.tokens[key])

    async def first(self, node: NodeId, fits: Callable[[StaffFile], bool]) -> Client:
        """The first person of a node who fits."""
        for one in sample.people_of(node):
            if fits(one):
                return await self.person(node, one.login)
        raise StuckError(f"nobody at {node} can do this")

    async def window(self, node: NodeId) -> Client:
        """Somebody who takes applications at a node."""
        return await self.first(node, lambda one: bool(TAKERS & set(one.roles)))

    def day_in(self, days: int) -> str:
        """Name the day so many days from today, where the nodes are."""
        return str(self.today + timedelta(days=days))

    @property
    def today(self) -> date:
        """The local day of the nodes."""
        return local_day(self.clock.now())


def workers_at(node: NodeId, department: DepartmentId | None) -> Iterator[StaffFile]:
    """Name who may have something to do with a case of that department at a node."""
    for one in sample.people_of(node):
        if WORKERS & set(one.roles) and one.department in (None, department):
            yield one
