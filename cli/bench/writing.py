"""Writes whole lives of cases into an open node through the product's own actions.

What `bench` uses to have something to send, and to make large stores. Each step is a Work of its
own, signed and durable, as at a window; many run at once and share commits, as they do there.
"""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from cli.bench import gauge
from cli.demo.walks import WALKS
from node.cases import actions, receiving, transitions
from node.cases.caseview import CaseView
from node.catalogue import actions as catalogue
from node.runtime.opening import Node
from node.work import Actor, Work
from schemas.case_terms import MaterialGiven
from schemas.cases import Action, Outcome
from schemas.cases_api import (
    AcceptCase,
    CloseCase,
    DecideCase,
    DeliverCase,
    DispatchCase,
    ReceiveCase,
    ReviewCase,
)
from schemas.ids import StaffId
from schemas.items import Item
from schemas.staff import Role

AT_ONCE: Final = 64  # windows that work side by side: a full group commit
TOWN_ITEM: Final = "town-01"  # a town takes, decides and hands over
COUNTY_ITEM: Final = "wjj-01"  # seven steps at the county alone

Step = Callable[[Work, CaseView], CaseView]

STEPS: Final[Mapping[Action, Step]] = {
    Action.ACCEPT: lambda w, v: actions.accept(w, v.stream, AcceptCase(seen=v.seq)),
    Action.DISPATCH: lambda w, v: actions.dispatch(w, v.stream, DispatchCase(seen=v.seq)),
    Action.REVIEW: lambda w, v: actions.review(
        w, v.stream, ReviewCase(proposes=Outcome.GRANTED, seen=v.seq)
    ),
    Action.DECIDE: lambda w, v: actions.decide(
        w, v.stream, DecideCase(outcome=Outcome.GRANTED, seen=v.seq)
    ),
    Action.DELIVER: lambda w, v: actions.deliver(w, v.stream, DeliverCase(seen=v.seq)),
    Action.CLOSE: lambda w, v: actions.close(w, v.stream, CloseCase(seen=v.seq)),
}


@dataclass(frozen=True, slots=True)
class Written:
    """What was written, and what it took."""

    lives: int
    envelopes: int
    seconds: float
    cpu_seconds: float


def form_for(item: Item) -> ReceiveCase:
    """An application for `item` by a sample person, every paper shown as an original."""
    given = tuple(MaterialGiven(code=need.code, originals=1) for need in item.materials)
    return ReceiveCase(item=item.code, applicant=WALKS[0].applicant, materials=given)


def _actor(item: Item) -> Actor:
    """One person in every post that the item's way needs."""
    posts = frozenset({Role.CLERK, Role.HANDLER, Role.APPROVER})
    return Actor(StaffId("bench"), posts, item.process[-1].department)


async def write_lives(
    node: Node, code: str, *, cases: int = 0, envelopes: int = 0, until: Action | None = None
) -> Written:
    """Take, decide and close that many cases of item `code`, or as many as have `envelopes`.

    With `until` they stay open where that step comes next.
    """
    guide = await node.works.read(catalogue.guide, node.me, code, now=node.works.now_ms)
    item = guide.item
    length = len(item.process) + 3  # received before; delivered and closed after
    began, cpu = time.perf_counter(), gauge.own_cpu_seconds()
    writer = _Writer(node, item, cases or -(-envelopes // length), until)
    await asyncio.gather(*(writer.work() for _ in range(AT_ONCE)))
    return Written(
        writer.lives,
        writer.written,
        time.perf_counter() - began,
        gauge.own_cpu_seconds() - cpu,
    )


class _Writer:
    def __init__(self, node: Node, item: Item, cases: int, until: Action | None) -> None:
        self._node = node
        self._form = form_for(item)
        self._actor = _actor(item)
        self._left = cases
        self._until = until
        self.lives = 0
        self.written = 0

    async def work(self) -> None:
        """Live through one case after the other while any is left."""
        while self._left > 0:
            self._left -= 1
            await self._life()

    async def _life(self) -> None:
        node = self._node
        ready = await asyncio.to_thread(
            receiving.make_intake, node.parts, node.register, self._form.applicant
        )
        view = await node.works.run(self._actor, receiving.receive, self._form, ready)
        self.written += 1
        while (duty := transitions.duty_of(view.state, view.stage_kind)) not in (None, self._until):
            view = await node.works.run(self._actor, STEPS[duty], view)
            self.written += 1
        self.lives += 1
