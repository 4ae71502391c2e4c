"""Walks a sample case through its tiers over HTTP, as the people at its nodes would.

The usual way is a list of steps that move a case forward; a walk's turns come before it.
"""

import asyncio
import secrets
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final, TypeVar

import msgspec

from cli.demo import papers, sample
from cli.demo.client import AnswerError, AwayError, Client
from cli.demo.people import People, StuckError, workers_at
from cli.demo.walks import By, Turn, Walk
from schemas.case_forms import AdmitCase, CertifyCase, ReportCase
from schemas.cases import Action, CaseState, Outcome
from schemas.cases_api import (
    AcceptCase,
    CaseBrief,
    CaseDetail,
    CloseCase,
    DecideCase,
    DeliverCase,
    DispatchCase,
    ForwardCase,
    ReceiveCase,
    ReviewCase,
)
from schemas.ids import DepartmentId, NodeId, line_of
from schemas.items import Item, ItemView
from schemas.public import PublicApplication, PublicCorrection, PublicReceipt
from schemas.staff import Role

T = TypeVar("T")
STEP_SECONDS: Final = 60.0
POLL_SECONDS: Final = 0.05
ID_TAIL: Final = 4  # characters of his number by which an applicant is known
USUAL: Final[Mapping[Action, msgspec.Struct]] = {
    Action.ADMIT: AdmitCase(),
    Action.ACCEPT: AcceptCase(),
    Action.FORWARD: ForwardCase(opinion="材料齐全, 情况属实"),
    Action.DISPATCH: DispatchCase(),
    Action.REVIEW: ReviewCase(proposes=Outcome.GRANTED, opinion="符合条件"),
    Action.REPORT: ReportCase(opinion="县级审查同意, 材料随件转报"),
    Action.DECIDE: DecideCase(outcome=Outcome.GRANTED, opinion="同意"),
    Action.CERTIFY: CertifyCase(certificate="千阳示例字第 0001 号"),
    Action.DELIVER: DeliverCase(),
    Action.CLOSE: CloseCase(),
}
"""What is done first where several steps are open, and what is said then."""
NEEDS_PAPERS: Final = frozenset(
    {Action.FORWARD, Action.ACCEPT, Action.REVIEW, Action.REPORT, Action.DECIDE}
)
"""Steps that nobody takes before the papers have come."""
HIDDEN: Final = frozenset({HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND})
"""Not here yet, or not this person's."""
MOVED: Final = frozenset({HTTPStatus.CONFLICT, HTTPStatus.SERVICE_UNAVAILABLE})
"""Somebody was faster, or the node has just started: look again."""


@dataclass(frozen=True, slots=True)
class Replica:
    """What a node has of a case."""

    detail: CaseDetail
    proof: bytes
    """The proof file that it gives."""


@dataclass(frozen=True, slots=True)
class Lived:
    """A case that has ended, at the window that took it and at each node that has it."""

    walk: Walk
    detail: CaseDetail
    replicas: Mapping[NodeId, Replica]


async def live_through(people: People, walk: Walk) -> Lived:
    """Take the application, and go on until the case is closed everywhere.

    A node that is away is waited for. Raises `StuckError`.
    """
    life = Life(people, walk)
    await life.go_on()
    return await life.end()


async def _patiently(attempt: Callable[[], Awaitable[T | None]], trouble: str) -> T:
    """Try until there is an answer. Raises `StuckError`."""
    deadline, last = _now() + STEP_SECONDS, ""
    while _now() < deadline:
        try:
            answer = await attempt()
        except AwayError as error:
            answer, last = None, str(error)
        except AnswerError as error:
            if error.status not in HIDDEN | MOVED:
                raise StuckError(f"{trouble}: {error}") from error
            answer, last = None, str(error)
        if answer is not None:
            return answer
        await asyncio.sleep(POLL_SECONDS)
    raise StuckError(f"{trouble}; {last}" if last else trouble)


class Life:
    """One case on its way: from the application on, through its turns and the usual steps."""

    def __init__(self, people: People, walk: Walk) -> None:
        self.people = people
        self.walk = walk
        self.turns = deque(walk.turns)
        self.code = ""
        """The query code of an application that was sent in from home."""
        self.told = 0
        """Notes of the window that whoever holds the case must have seen before he goes on."""
        self.department: DepartmentId | None = None
        """Whose the case is where it lies, as far as somebody there has seen it."""
        self._item: Item | None = None
        self._detail: CaseDetail | None = None
        self._nodes = dict.fromkeys(line_of(walk.origin))

    @property
    def detail(self) -> CaseDetail:
        """The case as it was last seen."""
        if self._detail is None:
            raise StuckError(f"{self.walk.item} was never taken")
        return self._detail

    @property
    def item(self) -> Item:
        """What is applied for."""
        if self._item is None:
            raise StuckError(f"{self.walk.item} was never taken")
        return self._item

    @item.setter
    def item(self, item: Item) -> None:
        self._item = item

    async def go_on(self) -> None:
        """Go on until it is closed and nothing is left to do, or until time must pass."""
        if self._detail is None:
            taking = _Taking(self)
            self._detail = await _patiently(taking.take, f"{self.walk.item} is not taken")
        while not self.has_ended:
            turn = self.due()
            if turn is not None and turn.later and not self.people.is_later:
                return
            brief = self.detail.brief
            self._nodes |= dict.fromkeys(line_of(brief.holder))
            step = _Step(self, turn)
            told = f"{brief.number} ({self.walk.item}) stays {brief.state} at {brief.holder}"
            self._detail = await _patiently(step.take, told)

    @property
    def has_ended(self) -> bool:
        """Say whether it is closed and its script is done."""
        return self.detail.brief.state is CaseState.CLOSED and not self.turns

    def due(self) -> Turn | None:
        """Give the script's next turn, if the case is where it says."""
        turn = self.turns[0] if self.turns else None
        return turn if turn is not None and turn.stage in ("", self.stage) else None

    @property
    def stage(self) -> str:
        """Name the stage that the case waits for."""
        stages, number = self.detail.stages, self.detail.brief.stage
        return stages[number][0].name if number < len(stages) else ""

    async def end(self) -> Lived:
        """Wait until every node on its way has all of it."""
        brief = self.detail.brief
        found = {
            node: await _patiently(
                _Reading(self.people, node, brief).read,
                f"{brief.number} does not arrive whole at {node}",
            )
            for node in self._nodes
        }
        return Lived(self.walk, found[self.walk.origin].detail, found)


@dataclass(slots=True)
class _Taking:
    """Takes one application, once, however often it is tried."""

    life: Life
    once: str = field(default_factory=lambda: secrets.token_hex(8))
    filled: ReceiveCase | None = None
    """What is handed in; sent again it says the same."""

    async def take(self) -> CaseDetail | None:
        """Read the guide (a village just started may still wait for it), and hand it in."""
        walk, people = self.life.walk, self.life.people
        desk = await people.window(walk.origin)
        item = (await desk.get(f"/api/v1/items/{walk.item}", ItemView)).item
        self.life.item = item
        asked = [one for one in papers.asked_for(item, walk.situation) if one not in walk.without]
        if walk.online:
            number = await self._apply(item, asked)
        else:
            number = await self._receive(desk, item, asked)
        return await desk.get(f"/api/v1/cases/{number}", CaseDetail)

    async def _receive(self, desk: Client, item: Item, asked: list[str]) -> str:
        walk, people = self.life.walk, self.life.people
        self.filled = self.filled or ReceiveCase(
            item=walk.item,
            applicant=walk.applicant,
            materials=await papers.scanned(desk, item, asked),
            place=walk.place,
            situation=walk.situation,
            expires_on=people.day_in(walk.expires_in) if walk.expires_in else "",
        )
        return (await desk.post("/api/v1/cases", self.filled, CaseBrief, once=self.once)).number

    async def _apply(self, item: Item, asked: list[str]) -> str:
        walk = self.life.walk
        form = PublicApplication(
            item=walk.item, applicant=walk.applicant, materials=papers.pages(item, asked),
            situation=walk.situation, consent=True,
        )  # fmt: skip
        home = Client(self.life.people.urls[walk.origin])
        path = "/api/v1/public/applications"
        receipt = await home.post(path, form, PublicReceipt, once=self.once)
        self.life.code = receipt.code
        return receipt.number


@dataclass(slots=True)
class _Step:
    """The next step of a case, once it and its papers are at whoever takes it."""

    life: Life
    turn: Turn | None
    """The script's, if one is due."""
    once: str = field(default_factory=lambda: secrets.token_hex(8))
    taken: Turn | None = None
    """The turn that was sent, perhaps without an answer."""
    filled: msgspec.Struct | None = None
    """What it says; sent again it says the same."""

    async def take(self) -> CaseDetail | None:
        """Have the one do it whose turn it is."""
        turn = self.turn
        if turn is None or turn.by is By.HOLDER:
            return await self._at_holder()
        if turn.by is By.ORIGIN:
            return await self._at_origin(turn)
        if turn.by is By.APPLICANT:
            return await self._from_home(turn)
        self.taken = turn
        return await self._moved(self.life.detail.brief.holder)

    async def _at_holder(self) -> CaseDetail | None:
        holder = self.life.detail.brief.holder
        named = None if self.turn is None else self.turn.department
        for one in workers_at(holder, named or self.life.department):
            if named in (None, one.department):
                done = await self._by(await self.life.people.person(holder, one.login))
                if done is not None:
                    return done
        return None

    async def _by(self, desk: Client) -> CaseDetail | None:
        """Take the step, if it is this person's and all that it needs is here."""
        before, turn = self.life.detail, self.turn
        detail = await _seen_by(desk, before)
        if detail is None or len(detail.notes) < self.life.told:
            return None
        self.life.department = detail.department
        if detail.brief.seq > before.brief.seq:
            return self._done(detail)  # taken, and the answer was lost
        if turn is not None and turn.action in detail.brief.allowed:
            return await self._post(desk, turn, turn.action, await self._form(desk, turn), detail)
        action = _usual(detail.brief)
        if action is None or (turn is not None and turn.stage):
            return None  # at a stage that a turn names, nothing comes before it
        if action in NEEDS_PAPERS and not detail.applicant:
            return None
        return await self._post(desk, None, action, USUAL[action], detail)

    async def _post(
        self, desk: Client, turn: Turn | None, action: Action, form: msgspec.Struct,
        seen: CaseDetail,
    ) -> CaseDetail:  # fmt: skip
        self.taken = turn
        path = f"/api/v1/cases/{seen.brief.number}"
        sent = msgspec.structs.replace(form, seen=seen.brief.seq)
        brief = await desk.post(f"{path}/{action}", sent, CaseBrief, once=self.once)
        after = msgspec.structs.replace(seen, brief=brief)
        return self._done(await _seen_by(desk, after) or after)

    def _done(self, detail: CaseDetail) -> CaseDetail:
        """Cross out the turn that was taken, if it was one."""
        if self.taken is not None:
            self.life.turns.popleft()
        self.life.department = detail.department
        return detail

    async def _form(self, desk: Client, turn: Turn) -> msgspec.Struct:
        """Fill in what only today knows: days, and scans that somebody holds."""
        if self.filled is not None:
            return self.filled
        if turn.form is None:
            raise StuckError(f"{turn.action} says nothing")
        filled: dict[str, Any] = {
            name: self.life.people.day_in(days) for name, days in turn.days.items()
        }
        if turn.papers:
            filled["materials"] = await papers.scanned(desk, self.life.item, turn.papers)
        if turn.promise:
            filled["promise"] = await papers.scan(desk, "申请人签字的承诺书")
        self.filled = msgspec.structs.replace(turn.form, **filled)
        return self.filled

    async def _at_origin(self, turn: Turn) -> CaseDetail | None:
        """Have the window do it that took the case; whoever holds it must hear of that first."""
        desk = await self.life.people.window(self.life.walk.origin)
        detail = await _seen_by(desk, self.life.detail)
        if detail is None:
            return None
        form = await self._form(desk, turn)
        after = await self._post(desk, turn, turn.action, form, detail)
        self.life.told += 1
        return after

    async def _from_home(self, turn: Turn) -> CaseDetail | None:
        """Hand in what the notice asks for, with number and query code."""
        life = self.life
        if self.taken is None:
            form = PublicCorrection(
                code=life.code,
                id_tail=life.walk.applicant.id_number[-ID_TAIL:],
                materials=papers.pages(life.item, turn.papers),
            )
            home = Client(life.people.urls[life.walk.origin])
            path = f"/api/v1/public/applications/{life.detail.brief.number}/correct"
            await home.post(path, form, msgspec.Raw, once=self.once)
            self.taken = turn
        return await self._moved(life.walk.origin)

    async def _moved(self, node: NodeId) -> CaseDetail | None:
        """Give the case once a step has been taken that is nobody's of the staff."""
        detail = await _seen_by(await self.life.people.window(node), self.life.detail)
        if detail is None or detail.brief.seq == self.life.detail.brief.seq:
            return None
        return self._done(detail)


async def _seen_by(desk: Client, before: CaseDetail) -> CaseDetail | None:
    """Read the case as one person sees it, if it is here at all and as far as it had come."""
    try:
        detail = await desk.get(f"/api/v1/cases/{before.brief.number}", CaseDetail)
    except AnswerError as error:
        if error.status in HIDDEN:
            return None
        raise
    return detail if detail.brief.seq >= before.brief.seq else None


def _usual(brief: CaseBrief) -> Action | None:
    return next((one for one in USUAL if one in brief.allowed), None)


@dataclass(slots=True)
class _Reading:
    people: People
    node: NodeId
    brief: CaseBrief

    async def read(self) -> Replica | None:
        """Read the case at a node, if it is there whole."""
        looks = {one.login: Role.SUPERVISOR in one.roles for one in sample.people_of(self.node)}
        watched = any(looks.values())  # who watches sees every case, a window only its own
        desk = await self.people.first(self.node, lambda one: looks[one.login] or not watched)
        detail = await desk.get(f"/api/v1/cases/{self.brief.number}", CaseDetail)
        if detail.brief.seq < self.brief.seq:
            return None
        return Replica(detail, await desk.get_raw(f"/api/v1/cases/{self.brief.number}/proof"))


def _now() -> float:
    return asyncio.get_running_loop().time()
