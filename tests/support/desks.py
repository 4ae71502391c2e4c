"""Desks of a served county: its sample people take cases and move them on by the product's actions.

Some of it happened days ago: `Ago` is a clock that tests set back.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from typing_extensions import override

from node.cases import actions, receiving
from node.cases.caseview import CaseView
from node.clock import Clock
from node.staff import actions as staff
from node.work import Actor
from schemas.cases import Outcome
from schemas.cases_api import (
    AcceptCase,
    CloseCase,
    DecideCase,
    DeliverCase,
    DispatchCase,
    ReviewCase,
)
from schemas.ids import DepartmentId
from schemas.staff import NewAccount, Role
from tests.support.casework import FORM, ZHANG
from tests.support.pagenode import PageNode
from tests.support.webnode import HASHED

STEPS: dict[str, tuple[str, Callable[..., CaseView], Any]] = {
    "accept": ("clerk", actions.accept, AcceptCase()),
    "dispatch": ("clerk", actions.dispatch, DispatchCase()),
    "review": ("handler", actions.review, ReviewCase(proposes=Outcome.GRANTED)),
    "decide": ("approver", actions.decide, DecideCase(outcome=Outcome.GRANTED)),
    "deliver": ("clerk", actions.deliver, DeliverCase()),
    "close": ("clerk", actions.close, CloseCase()),
}


class Ago(Clock):
    """The real clock, set back by `days` and `minutes`."""

    def __init__(self) -> None:
        super().__init__()
        self.days = 0
        self.minutes = 0

    @override
    def now(self) -> datetime:
        return super().now() - timedelta(days=self.days, minutes=self.minutes)

    @override
    def wall(self) -> datetime:
        return super().wall() - timedelta(days=self.days, minutes=self.minutes)


@dataclass
class Desks:
    """The people of a served county, by their logins."""

    county: PageNode
    clock: Ago = field(default_factory=Ago)

    async def who(self, login: str) -> Actor:
        accounts = (await self.county.works.read(staff.listing)).staff
        return staff.actor_of(next(one for one in accounts if one.login == login))

    async def take(self, until: str = "receive", *, days_ago: int = 0) -> CaseView:
        """Take a case of the county's licence, and do its steps up to `until`, all that day."""
        self.clock.days = days_ago
        ready = receiving.make_intake(self.county.parts, self.county.register, ZHANG)
        view = await self.county.works.run(await self.who("clerk"), receiving.receive, FORM, ready)
        for step in STEPS if until != "receive" else ():
            view = await self.step(step, view)
            if step == until:
                break
        self.clock.days = 0
        return view

    async def step(self, step: str, view: CaseView) -> CaseView:
        """Do one step by whose post it is."""
        login, act, form = STEPS[step]
        return await self.county.works.run(await self.who(login), act, view.number, form)

    async def add(self, login: str, *roles: Role, department: DepartmentId | None = None) -> None:
        """Open one more account."""
        new = NewAccount(
            login=login, name=f"{login} 同志", roles=roles, department=department, password=""
        )
        operator = await self.who("operator")
        await self.county.works.run(operator, staff.add, new, HASHED)
