"""The load: people at a node's windows, as a process of its own so that the node has its core.

`python -m cli.bench.load` reads an `Order` on stdin, keeps that many connections busy with whole
lives of cases, and prints a `figures.Load`. Plain sockets: a client library would cost more than
the node.
"""

import asyncio
import secrets
import sys
import time
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

import msgspec

from cli.bench import gauge, writing
from cli.bench.figures import Load
from cli.bench.ground import Ground
from cli.demo import sample
from cli.demo.client import Client
from node.cases import transitions
from schemas.cases import Action, Outcome
from schemas.cases_api import CaseBrief, DecideCase, ReviewCase
from schemas.ids import NodeId
from schemas.items import Item, ItemView
from schemas.staff import StaffFile

OK: Final = (200, 201)
_brief: Final = msgspec.json.Decoder(CaseBrief)


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What the process is to do."""

    url: str
    receive: bytes
    """The application's body."""
    tokens: Mapping[str, str]
    """Who takes each step."""
    lives: int = 0
    at_once: int = 1


class RefusedError(Exception):
    """The node did not do what was asked."""


async def plan(found: Ground, node: NodeId, code: str) -> Order:
    """Sign in whoever is needed at `node` for the whole life of a case of item `code`."""
    person = Client(found.urls[node])
    tokens = {one.login: await found.token(node, one.login) for one in _needed(node)}
    person.token = next(iter(tokens.values()))
    item = (await person.get(f"/api/v1/items/{code}", ItemView)).item
    steps = (Action.RECEIVE, *(Action(_step_of(stage.kind)) for stage in item.process),
             Action.DELIVER, Action.CLOSE)  # fmt: skip
    return Order(
        url=found.urls[node],
        receive=msgspec.json.encode(writing.form_for(item)),
        tokens={step: tokens[_doer(node, item, step)] for step in steps},
    )


def _step_of(kind: str) -> str:
    return "forward" if kind == "check" else kind


def _needed(node: NodeId) -> tuple[StaffFile, ...]:
    posts = transitions.COUNTER | transitions.REVIEWERS | transitions.DECIDERS
    return tuple(one for one in sample.people_of(node) if posts & set(one.roles))


def _doer(node: NodeId, item: Item, step: Action) -> str:
    department = item.process[-1].department
    for one in _needed(node):
        inside = not set(one.roles) & transitions.COUNTER
        if set(one.roles) & transitions.doers_of(step) and (
            not inside or one.department == department
        ):
            return one.login
    raise RefusedError(f"nobody at {node} does {step}")


async def drive(order: Order, *, lives: int, at_once: int) -> Load:
    """Run the load in a process of its own until `lives` cases are closed."""
    asked = msgspec.structs.replace(order, lives=lives, at_once=at_once)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "cli.bench.load",
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    answer, _ = await process.communicate(msgspec.json.encode(asked))
    if process.returncode:
        raise RefusedError("the load did not come through; see its error above")
    return msgspec.json.decode(answer, type=Load)


class Window:
    """One connection, one person after the other."""

    def __init__(self, order: Order, took: list[float]) -> None:
        self._order = order
        self._took = took
        self.refused = 0

    async def work(self, lives: "Lives") -> None:
        """Live through one case after the other while there are any."""
        host = urlsplit(self._order.url)
        self._in, self._out = await asyncio.open_connection(host.hostname, host.port)
        try:
            while lives.next():
                await self._life()
        finally:
            self._out.close()

    async def _life(self) -> None:
        receive, *rest = self._order.tokens
        brief = await self._ask("", receive, self._order.receive, once=secrets.token_hex(8))
        for step in rest:
            brief = await self._ask(f"/{brief.number}/{step}", step, _body(step, brief.seq))

    async def _ask(self, path: str, step: str, body: bytes, once: str = "") -> CaseBrief:
        key = f"Idempotency-Key: {once}\r\n" if once else ""
        head = (
            f"POST /api/v1/cases{path} HTTP/1.1\r\nHost: localhost\r\n"
            f"Authorization: Bearer {self._order.tokens[step]}\r\n"
            f"Content-Type: application/json\r\n{key}Content-Length: {len(body)}\r\n\r\n"
        )
        began = time.perf_counter()
        self._out.write(head.encode() + body)
        answer = await self._in.readuntil(b"\r\n\r\n")
        status = int(answer[9:12])
        length = int(answer.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0])
        content = await self._in.readexactly(length)
        self._took.append(time.perf_counter() - began)
        if status not in OK:
            raise RefusedError(f"{step}: {status} {content.decode(errors='replace')[:300]}")
        return _brief.decode(content)


def _body(step: str, seen: int) -> bytes:
    if step == Action.REVIEW:
        return msgspec.json.encode(ReviewCase(proposes=Outcome.GRANTED, seen=seen))
    if step == Action.DECIDE:
        return msgspec.json.encode(DecideCase(outcome=Outcome.GRANTED, seen=seen))
    return b'{"seen":%d}' % seen


class Lives:
    """How many are still to begin."""

    def __init__(self, count: int) -> None:
        self._left = count

    def next(self) -> bool:
        """Take one, if there is one."""
        self._left -= 1
        return self._left >= 0


async def _load(order: Order) -> Load:
    took: list[float] = []
    lives = Lives(order.lives)
    windows = [Window(order, took) for _ in range(order.at_once)]
    began = time.perf_counter()
    await asyncio.gather(*(window.work(lives) for window in windows))
    return Load(
        lives=order.lives,
        requests=len(took),
        seconds=round(time.perf_counter() - began, 3),
        p50_ms=round(gauge.percentile(took, 50) * 1e3, 2),
        p99_ms=round(gauge.percentile(took, 99) * 1e3, 2),
        cpu_s=round(gauge.own_cpu_seconds(), 2),
    )


if __name__ == "__main__":
    made = asyncio.run(_load(msgspec.json.decode(sys.stdin.buffer.read(), type=Order)))
    sys.stdout.buffer.write(msgspec.json.encode(made))
