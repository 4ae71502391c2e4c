"""Walks a sample case through its tiers over HTTP, as the people at its nodes would."""

import asyncio
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import msgspec

from cli.demo import sample
from cli.demo.client import AnswerError, Client
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
from schemas.ids import NodeId, line_of
from schemas.items import ItemView
from schemas.parts_api import Uploaded
from schemas.proofs import ProofFile
from schemas.staff import SignedIn, SignIn

STEP_SECONDS: Final = 60.0
POLL_SECONDS: Final = 0.05
WAY: Final = (
    Action.ACCEPT, Action.FORWARD, Action.DISPATCH, Action.REVIEW, Action.DECIDE, Action.DELIVER,
    Action.CLOSE,
)  # fmt: skip
"""What is done first where several steps are open."""
NEEDS_PAPERS: Final = frozenset({Action.FORWARD, Action.ACCEPT, Action.REVIEW, Action.DECIDE})
"""Steps that nobody takes before the papers have come."""


class StuckError(Exception):
    """The case does not go on."""


@dataclass(frozen=True, slots=True)
class Lived:
    """A case that has ended, and what its replicas hold."""

    walk: Walk
    detail: CaseDetail
    replicas: Mapping[NodeId, str]
    proofs: Mapping[NodeId, ProofFile]


@dataclass(slots=True)
class People:
    """Everyone who works at the sample nodes, signed in when first needed."""

    urls: Mapping[NodeId, str]
    tokens: dict[tuple[NodeId, str], str] = field(default_factory=dict)

    async def at(self, node: NodeId) -> list[Client]:
        """The people of a node, each with a session."""
        return [await self.person(node, one.login) for one in sample.people_of(node)]

    async def person(self, node: NodeId, login: str) -> Client:
        """One person of a node."""
        client = Client(self.urls[node])
        key = (node, login)
        if key not in self.tokens:
            asked = SignIn(login=login, password=sample.PASSWORD)
            signed = await client.post("/api/v1/session", asked, SignedIn)
            self.tokens[key] = signed.token or ""
        client.token = self.tokens[key]
        return client

    async def taker(self, node: NodeId) -> Client:
        """Someone whose post lets him take applications."""
        for one in sample.people_of(node):
            if {"agent", "clerk"} & set(one.roles):
                return await self.person(node, one.login)
        raise StuckError(f"nobody at {node} takes applications")


async def live_through(people: People, walk: Walk) -> Lived:
    """Take the application, and go on until the case is closed everywhere."""
    brief = await _receive(people, walk)
    nodes = dict.fromkeys(line_of(walk.origin))
    while brief.state is not CaseState.CLOSED:
        nodes |= dict.fromkeys(line_of(brief.holder))
        brief = await _step(people, brief)
    last = brief.seq
    found = {node: await _replica(people, node, brief.number, last) for node in nodes}
    return Lived(
        walk,
        found[walk.origin][0],
        {node: detail.head for node, (detail, _) in found.items()},
        {node: proof for node, (_, proof) in found.items()},
    )


async def _receive(people: People, walk: Walk) -> CaseBrief:
    desk = await people.taker(walk.origin)
    item = await _item(desk, walk.item)
    given = []
    for need in item.item.materials:
        scan = f"扫描件 · scan of {need.name}\n".encode()
        uploaded = msgspec.json.decode(await desk.upload(scan), type=Uploaded)
        given.append(MaterialGiven(code=need.code, parts=(uploaded.digest,), originals=1))
    form = ReceiveCase(
        item=walk.item, applicant=walk.applicant, materials=tuple(given), place=walk.place
    )
    return await desk.post("/api/v1/cases", form, CaseBrief, once=secrets.token_hex(8))


async def _item(desk: Client, code: str) -> ItemView:
    """Read the guide; a village just started may still be receiving the catalogue."""
    deadline = _now() + STEP_SECONDS
    while True:
        try:
            return await desk.get(f"/api/v1/items/{code}", ItemView)
        except AnswerError as error:
            if _now() > deadline:
                raise StuckError(f"item {code} does not arrive: {error}") from error
        await asyncio.sleep(POLL_SECONDS)


async def _step(people: People, brief: CaseBrief) -> CaseBrief:
    """Take the next step at whoever holds the case, once it and its papers are there."""
    deadline = _now() + STEP_SECONDS
    while _now() < deadline:
        for desk in await people.at(brief.holder):
            done = await _try(desk, brief)
            if done is not None:
                return done
        await asyncio.sleep(POLL_SECONDS)
    raise StuckError(f"{brief.number} stays {brief.state} at {brief.holder}")


async def _try(desk: Client, brief: CaseBrief) -> CaseBrief | None:
    try:
        detail = await desk.get(f"/api/v1/cases/{brief.number}", CaseDetail)
    except AnswerError as error:
        if error.status in (403, 404):
            return None  # not here yet, or not this person's
        raise
    if detail.brief.seq < brief.seq:
        return None
    for action in WAY:
        if action in detail.brief.allowed:
            if action in NEEDS_PAPERS and not detail.applicant:
                return None
            form = _form(action, detail.brief.seq)
            path = f"/api/v1/cases/{brief.number}/{action}"
            return await desk.post(path, form, CaseBrief, once=secrets.token_hex(8))
    return None


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


async def _replica(
    people: People, node: NodeId, number: str, last: int
) -> tuple[CaseDetail, ProofFile]:
    """Wait until a node has the whole case, and read it there."""
    deadline = _now() + STEP_SECONDS
    while _now() < deadline:
        for desk in await people.at(node):
            try:
                detail = await desk.get(f"/api/v1/cases/{number}", CaseDetail)
                proof = await desk.get(f"/api/v1/cases/{number}/proof", ProofFile)
            except AnswerError as error:
                if error.status in (403, 404):
                    continue
                raise
            if detail.brief.seq >= last:
                return detail, proof
        await asyncio.sleep(POLL_SECONDS)
    raise StuckError(f"{number} does not arrive whole at {node}")


def _now() -> float:
    return asyncio.get_running_loop().time()
