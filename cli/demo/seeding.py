"""Lives a planned year through the product's own actions: each step signed, durable and sent on.

No row is inserted: whoever is asked for does the step at the node that holds the case, at the
instant that the plan gives him, and it reaches the other nodes by their links.
"""

import asyncio
import heapq
import random
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import InitVar, dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from cli.demo import deeds, overseers, papers, past, sample
from cli.demo.fleet import NotReadyError
from cli.demo.officials import Errand, Rating, Staffed
from cli.demo.offline import Offline
from cli.demo.overseers import Morning
from cli.demo.past import MINUTES_A_DAY, Extent, Plan, Trouble
from node.appraisal import reports_actions
from node.calendar import actions as calendars
from node.cases import (
    guards,
    model,
    reading,
    receiving,
    requirements,
    transitions,
)
from node.cases.caseview import CaseView
from node.catalogue import actions as catalogue
from node.clock import CHINA, to_ms
from node.following.actions import Following
from node.runtime.following import followers_of
from node.runtime.opening import Node
from node.staff import actions as staff
from node.work import SYSTEM, Actor
from schemas import cases_api as api
from schemas.case_terms import MaterialGiven
from schemas.cases import Action, CaseState, Outcome
from schemas.ids import DepartmentId, NodeId
from schemas.item_terms import StageKind
from schemas.items import Item
from schemas.notices import IssueNotice

ARRIVED_WITHIN: Final = 30.0  # seconds: everything is on one machine
POLL_SECONDS: Final = 0.001
FORGOTTEN: Final = 0.06  # notices that nobody issues, so that a rule finds it
ENDED: Final = frozenset(
    {CaseState.CLOSED, CaseState.REVOKED, CaseState.VOIDED}
)  # nothing more is done to it


@dataclass(slots=True)
class _Life:
    """One case on its way."""

    number: int
    plan: Plan
    items: InitVar[Mapping[str, Item]]
    item: Item = field(init=False)
    dice: random.Random = field(init=False)
    view: CaseView | None = None
    has_slowed: bool = False
    code: str = ""
    """The applicant's query code."""

    def __post_init__(self, items: Mapping[str, Item]) -> None:
        """Find the item, and take dice of its own: lives do not depend on each other."""
        self.item = items[self.plan.item]
        self.dice = random.Random(past.SEED + self.number)  # noqa: S311  # a made-up year


@dataclass(slots=True)
class Seeded:
    """What was lived through."""

    cases: int = 0
    steps: int = 0
    closed: int = 0
    errands: Counter[str] = field(default_factory=Counter)
    """How often people evaluated, ordered, replied…"""


async def live(offline: Offline, county: NodeId, last: datetime, extent: Extent) -> Seeded:
    """Live through the days before `last`: everything that begins and comes in them.

    Raises `NotReadyError`.
    """
    works = offline.nodes[county].works
    first = last - timedelta(days=extent.days)
    known = await works.read(catalogue.whole, county, now=to_ms(first))
    people = {
        name: tuple(map(staff.actor_of, (await node.works.read(staff.listing)).staff))
        for name, node in offline.nodes.items()
    }
    calendar = await works.read(calendars.calendar_of, county)
    items = {one.item.code: one.item for one in known}
    origins = [one for one in sample.NODES if one.startswith(county)]
    planned = past.plans(items, origins, calendar, extent)
    following = Following(works, followers_of(works.profile, county))
    year = Year(Staffed(offline, people, calendar), county, following)
    lives = [_Life(number, plan, items) for number, plan in enumerate(planned)]
    await year.live(lives, overseers.dues_between(county, following, first, last), last)
    return year.seeded


@dataclass(slots=True)
class Year:
    """A year under way."""

    hall: Staffed
    county: NodeId
    following: Following
    """What the county's node concludes of all cases."""
    seeded: Seeded = field(default_factory=Seeded)
    queue: list[tuple[datetime, int, "_Life | Errand"]] = field(default_factory=list)
    drawn: int = 0
    """How many have stood in the queue: of two at one instant the first drawn comes first."""

    async def live(
        self,
        lives: Iterable["_Life"],
        dues: Iterable[tuple[datetime, Errand]],
        last: datetime,
    ) -> None:
        """Live through them, step by step in the order of their instants."""
        for life in lives:
            self._put(life.plan.begins, life)
        for instant, errand in dues:
            self._put(instant, errand)
        day = self.queue[0][0].astimezone(CHINA).date()
        await self._night(day)
        self._put(_morning_of(day), Morning(self.county, self.following))
        while self.queue and self.queue[0][0] < last:
            instant, _, one = heapq.heappop(self.queue)
            while day < instant.astimezone(CHINA).date():
                day += timedelta(days=1)
                await self._night(day)
            self.hall.offline.go_to(instant)
            if isinstance(one, _Life):
                await self._advance(one, instant)
            else:
                await self._run(one, instant)
        await self.hall.offline.settle()

    async def _night(self, day: date) -> None:
        """Begin a day before anybody comes: time itself brings about what it does."""
        await self.hall.offline.begin_day(datetime.combine(day, past.AT_NIGHT, CHINA))
        await self.following.catch_up()
        works = self.hall.offline.nodes[self.county].works
        await works.run(SYSTEM, reports_actions.issue_yesterday)

    def _put(self, instant: datetime, one: "_Life | Errand") -> None:
        self.drawn += 1
        heapq.heappush(self.queue, (instant, self.drawn, one))

    async def _advance(self, life: "_Life", instant: datetime) -> None:
        following = await self._step(life, instant)
        if following is not None:
            self._put(following, life)
        elif life.view is not None and life.view.state in ENDED and life.plan.grade is not None:
            later = past.later(instant, life.dice.uniform(20, 600), self.hall.calendar)
            self._put(later, Rating(life.view, life.plan, life.code, life.number))

    async def _run(self, errand: Errand, instant: datetime) -> None:
        self.seeded.errands[type(errand).__name__.lower()] += 1
        for minutes, one in await errand.run(self.hall, instant):
            self._put(past.later(instant, minutes, self.hall.calendar), one)

    # ---- one step

    async def _step(self, life: _Life, instant: datetime) -> datetime | None:
        """Do what comes next in a life; give the instant of what comes then."""
        if life.view is None:
            node = self.hall.offline.nodes[life.plan.origin]
            life.view = await self._receive(life, node)
            self.seeded.cases += 1
        else:
            view = life.view = await self._arrived(life.view)
            act = _next_act(life, view)
            if act is None:
                return None
            life.view = await self._do(life, view, act)
        self.seeded.steps += 1
        view = life.view
        if view.state in ENDED:
            self.seeded.closed += 1
            return None
        act = _next_act(life, view)
        if act is None:
            return None
        return past.later(instant, _minutes(life, view, act), self.hall.calendar)

    async def _receive(self, life: _Life, node: Node) -> CaseView:
        plan, item = life.plan, life.item
        asked = papers.asked_for(item, deeds.situation_of(item))
        form = api.ReceiveCase(
            item=item.code,
            applicant=plan.applicant,
            materials=tuple(MaterialGiven(code=code, originals=1) for code in asked),
            situation=deeds.situation_of(item),
            place=plan.place,
        )
        ready = await asyncio.to_thread(
            receiving.make_intake, node.parts, node.register, plan.applicant
        )
        life.code = ready.code
        actor = self._who(life, node.me, Action.RECEIVE, None)
        return await node.works.run(actor, receiving.receive, form, ready)

    async def _arrived(self, view: CaseView) -> CaseView:
        """Wait until whoever holds the case has all of it. Raises `NotReadyError`."""
        works = self.hall.offline.nodes[view.holder].works
        loop = asyncio.get_running_loop()
        deadline = loop.time() + ARRIVED_WITHIN
        while loop.time() < deadline:
            found = await works.read(reading.of_stream, view.stream)
            if found is not None and found.seq >= view.seq and not found.unjudged:
                return found
            await asyncio.sleep(POLL_SECONDS)
        raise NotReadyError(f"{view.number} did not come to {view.holder}")

    async def _do(self, life: _Life, view: CaseView, act: Action) -> CaseView:
        node = self.hall.offline.nodes[view.holder]
        department = view.department if view.department_at == view.holder else None
        actor = self._who(life, view.holder, act, department)
        denied = life.plan.trouble is Trouble.DENIED
        outcome = Outcome.DENIED if denied else Outcome.GRANTED
        deed = deeds.Deed(life.number, life.item, outcome)
        after = await node.works.run(actor, deeds.do, deed, view, act)
        notice = deeds.notice_of(act, outcome)
        if notice is not None and life.dice.random() > FORGOTTEN:
            desk = deeds.desk_of(actor, node.works)
            await deeds.office_of(node).issue(desk, view.number, IssueNotice(notice=notice))
        return after

    def _who(
        self, life: _Life, node: NodeId, act: Action, department: DepartmentId | None
    ) -> Actor:
        """Choose who does it: always the same of several for one case. Raises `NotReadyError`."""
        roles = transitions.doers_of(act)
        bound = transitions.BOUND_TO_DEPARTMENT
        fits = [
            one
            for one in self.hall.people[node]
            if one.roles & roles and (not one.roles & bound or one.department == department)
        ]
        if not fits:
            raise NotReadyError(f"nobody at {node} does {act} for {department}")
        return fits[life.number % len(fits)]


def _morning_of(day: date) -> datetime:
    return datetime.combine(day, past.MORNING, CHINA)


# ---- what comes next, and when


def _next_act(life: _Life, view: CaseView) -> Action | None:
    """Say what is done next to a case, as the plan has it."""
    if view.state is CaseState.CORRECTING:
        return Action.CORRECT
    if view.state is CaseState.RECEIVED and (turn := _at_the_window(life, view)) is not None:
        return turn
    if view.state is CaseState.DISPATCHED and view.law.handler is None:
        if life.plan.trouble is Trouble.WITHDRAWN:
            return Action.WITHDRAW
        return Action.SIGN_IN
    if view.state is CaseState.DISPATCHED and requirements.missing_procedures(view, life.item):
        return Action.SUSPEND
    if guards.missing_opinions(view):
        return Action.GIVE_OPINION
    duty = model.duty_at(view, view.holder)
    owes = view.law.fee_due and not view.law.fee_settled
    if duty in _PAID_FOR and owes and view.outcome in (None, Outcome.GRANTED):
        return Action.SETTLE_FEE
    return duty


_PAID_FOR: Final = frozenset({Action.DECIDE, Action.CERTIFY, Action.DELIVER})


def _at_the_window(life: _Life, view: CaseView) -> Action | None:
    wanted = {Trouble.CORRECTION: 1, Trouble.SECOND_CORRECTION: 2}.get(life.plan.trouble, 0)
    if view.stage_kind not in (StageKind.CHECK, StageKind.ACCEPT):
        return None
    if view.law.corrections < wanted:
        return Action.REQUEST_CORRECTION
    if life.plan.trouble is Trouble.REFUSED and view.stage_kind is StageKind.ACCEPT:
        return Action.REFUSE
    return None


def _minutes(life: _Life, view: CaseView, act: Action) -> float:
    """Draw how many office minutes pass before a step is done."""
    dice, plan = life.dice, life.plan
    if life.item.promised.amount < 2:  # noqa: PLR2004  # done while he waits
        return dice.uniform(3, 25)
    if act in _OF_A_STAGE:
        return _stage_minutes(life, view)
    if act is Action.CORRECT:
        return dice.uniform(0.8, 6) * MINUTES_A_DAY
    if act is Action.SIGN_IN and plan.trouble is Trouble.LATE_SIGN_IN:
        return dice.uniform(1.5, 3) * MINUTES_A_DAY
    if act in (Action.ACCEPT, Action.FORWARD) and plan.trouble is Trouble.LATE_ACCEPTANCE:
        return dice.uniform(5.5, 8) * MINUTES_A_DAY
    if act is Action.RESUME:
        return dice.uniform(3, 6.5) * MINUTES_A_DAY
    if act is Action.DELIVER:
        return dice.uniform(0.2, 3.5) * MINUTES_A_DAY
    return dice.uniform(8, 200)


_OF_A_STAGE: Final = frozenset({Action.REVIEW, Action.REPORT, Action.DECIDE, Action.CERTIFY})


def _stage_minutes(life: _Life, view: CaseView) -> float:
    """Draw how long the work of a stage takes: a part of its time, or once more than that."""
    stage = view.stages[view.stage][0] if view.stage < len(view.stages) else None
    workdays = max(0.2, float(stage.workdays if stage else 1))
    if not life.has_slowed and life.plan.trouble is Trouble.SLOW_STEP:
        life.has_slowed = True
        return (workdays + life.dice.uniform(0.6, 1.6)) * MINUTES_A_DAY
    if not life.has_slowed and life.plan.trouble is Trouble.OVERDUE:
        life.has_slowed = True
        return (life.item.promised.amount + life.dice.uniform(0.5, 4)) * MINUTES_A_DAY
    return workdays * life.plan.pace * life.dice.uniform(0.6, 1.1) * MINUTES_A_DAY
