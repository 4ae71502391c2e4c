"""Walks a sample case through its tiers over HTTP, as the people at its nodes would."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final, TypeVar

import msgspec

from cli.demo import sample
from cli.demo.client import AnswerError, AwayError, Client
from cli.demo.sample import Walk
from schemas.cases import Action, CaseState, MaterialGiven, Outcome
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
from schemas.items import ItemView
from schemas.parts_api import Uploaded
from schemas.staff import Role, SignedIn, SignIn, StaffFile

T = TypeVar("T")
STEP_SECONDS: Final = 60.0
POLL_SECONDS: Final = 0.05
WAY: Final = (
    Action.ACCEPT, Action.FORWARD, Action.DISPATCH, Action.REVIEW, Action.DECIDE, Action.DELIVER,
    Action.CLOSE,
)  # fmt: skip
"""What is done first where several steps are open."""
NEEDS_PAPERS: Final = frozenset({Action.FORWARD, Action.ACCEPT, Action.REVIEW, Action.DECIDE})
"""Steps that nobody takes before the papers have come."""
TAKERS: Final = frozenset({Role.AGENT, Role.CLERK})
WATCHERS: Final = frozenset({Role.SUPERVISOR, Role.OPERATOR})
"""They look, but do nothing to a case."""
HIDDEN: Final = frozenset({HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND})
"""Not here yet, or not this person's."""
MOVED: Final = frozenset({HTTPStatus.CONFLICT, HTTPStatus.SERVICE_UNAVAILABLE})
"""Somebody was faster, or the node has just started: look again."""


class StuckError(Exception):
    """The case does not go on."""


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


@dataclass(slots=True)
class People:
    """Everyone who works at the sample nodes, signed in when first needed."""

    urls: Mapping[NodeId, str]
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


async def live_through(people: People, walk: Walk) -> Lived:
    """Take the application, and go on until the case is closed everywhere.

    A node that is away is waited for. Raises `StuckError`.
    """
    brief = await _patiently(_Taking(people, walk).receive, f"{walk.item} is not taken")
    nodes = dict.fromkeys(line_of(walk.origin))
    while brief.state is not CaseState.CLOSED:
        nodes |= dict.fromkeys(line_of(brief.holder))
        step = _Step(people, brief)
        brief = await _patiently(step.take, f"{brief.number} stays {brief.state} at {brief.holder}")
    found = {
        node: await _patiently(
            _Reading(people, node, brief).read, f"{brief.number} does not arrive whole at {node}"
        )
        for node in nodes
    }
    return Lived(walk, found[walk.origin].detail, found)


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


@dataclass(slots=True)
class _Taking:
    """Takes one application, once, however often it is tried."""

    people: People
    walk: Walk
    once: str = field(default_factory=lambda: secrets.token_hex(8))

    async def receive(self) -> CaseBrief:
        """Read the guide (a village just started may still wait for it), scan, and send it off."""
        walk = self.walk
        desk = await self.people.first(walk.origin, lambda one: bool(TAKERS & set(one.roles)))
        item = await desk.get(f"/api/v1/items/{walk.item}", ItemView)
        given = []
        for need in item.item.materials:
            scan = f"扫描件 · scan of {need.name}\n".encode()
            uploaded = msgspec.json.decode(await desk.upload(scan), type=Uploaded)
            given.append(MaterialGiven(code=need.code, parts=(uploaded.digest,), originals=1))
        form = ReceiveCase(
            item=walk.item, applicant=walk.applicant, materials=tuple(given), place=walk.place
        )
        return await desk.post("/api/v1/cases", form, CaseBrief, once=self.once)


@dataclass(slots=True)
class _Step:
    """The next step of a case, at whoever holds it, once it and its papers are there."""

    people: People
    brief: CaseBrief
    once: str = field(default_factory=lambda: secrets.token_hex(8))
    department: DepartmentId | None = None

    async def take(self) -> CaseBrief | None:
        """Have the person do it whose post it is."""
        for one in sample.people_of(self.brief.holder):
            if one.department in (None, self.department) and not WATCHERS & set(one.roles):
                done = await self._by(await self.people.person(self.brief.holder, one.login))
                if done is not None:
                    return done
        return None

    async def _by(self, desk: Client) -> CaseBrief | None:
        number = self.brief.number
        try:
            detail = await desk.get(f"/api/v1/cases/{number}", CaseDetail)
        except AnswerError as error:
            if error.status in HIDDEN:
                return None
            raise
        if detail.brief.seq < self.brief.seq:
            return None
        if detail.brief.seq > self.brief.seq:  # done, and the answer was lost
            return detail.brief
        self.department = detail.department
        action = next((one for one in WAY if one in detail.brief.allowed), None)
        if action is None or (action in NEEDS_PAPERS and not detail.applicant):
            return None
        form = _form(action, detail.brief.seq)
        return await desk.post(f"/api/v1/cases/{number}/{action}", form, CaseBrief, once=self.once)


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


def _form(action: Action, seen: int) -> msgspec.Struct:
    forms: dict[Action, msgspec.Struct] = {
        Action.FORWARD: ForwardCase(opinion="材料齐全, 情况属实", seen=seen),
        Action.ACCEPT: AcceptCase(seen=seen),
        Action.DISPATCH: DispatchCase(seen=seen),
        Action.REVIEW: ReviewCase(proposes=Outcome.GRANTED, opinion="符合条件", seen=seen),
        Action.DECIDE: DecideCase(outcome=Outcome.GRANTED, opinion="同意", seen=seen),
        Action.DELIVER: DeliverCase(seen=seen),
        Action.CLOSE: CloseCase(seen=seen),
    }
    return forms[action]


def _now() -> float:
    return asyncio.get_running_loop().time()
