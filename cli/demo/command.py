"""`zhengwu demo`: four tiers on this machine, and a case of each sample kind through them."""

import asyncio
import signal
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from itertools import groupby
from pathlib import Path
from typing import Annotated, Final, NamedTuple

import msgspec
import typer

from cli.demo import desks, hall, history, past, sample, walks
from cli.demo.fleet import Fleet, NotReadyError, fleet_in
from cli.demo.people import People, StuckError
from cli.demo.walk import Life, Lived, Replica
from cli.demo.walks import Walk
from cli.show import REFUSALS, emit, fail
from federation.proof import verify_proof
from node.web.wording import WORDS, Language
from schemas.cases import CaseState
from schemas.cases_api import CaseDetail
from schemas.ids import EventHash, NodeId, level_of
from schemas.staff import StaffFile

MOST_NAMED: Final = 6  # of one post at one node: a county has thirty handlers
DEEMED: Final = "case.deemed_"
"""What the kinds of events begin with that time itself brings about."""


class Wanted(NamedTuple):
    """How much history is asked for."""

    days: int
    cases: int


class ShownNode(msgspec.Struct, frozen=True, kw_only=True):
    """A node of the demonstration."""

    id: NodeId
    level: str
    url: str


class ShownEvent(msgspec.Struct, frozen=True, kw_only=True):
    """An event of a case's life."""

    seq: int
    kind: str
    node: NodeId
    holder: NodeId
    at: int


class ShownCase(msgspec.Struct, frozen=True, kw_only=True):
    """A case's life."""

    number: str
    item: str
    state: str
    outcome: str | None
    deemed: bool
    """The law itself moved or ended it (视为受理、视为准予延续)."""
    events: tuple[ShownEvent, ...]
    verified: bool
    replicas: dict[NodeId, str]


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """What `--json` prints."""

    nodes: tuple[ShownNode, ...]
    cases: tuple[ShownCase, ...]
    elapsed_s: float


def demo(  # noqa: PLR0913  # each is an option
    home: Annotated[
        Path | None, typer.Option("--home", help="保存目录, 不给则用临时目录 · where to keep it。")
    ] = None,
    once: Annotated[
        bool, typer.Option("--once", help="每类办一件就结束 · one case of each kind, then end。")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="标准输出只有 JSON · JSON on stdout。")
    ] = False,
    seed_history: Annotated[
        bool,
        typer.Option(
            "--seed-history", help="先按规则办完一年的样例办件 · with a year of cases behind it。"
        ),
    ] = False,
    cases: Annotated[
        int, typer.Option("--cases", min=1, help="那段历史多少件 · how many cases in it。")
    ] = past.CASES,
    days: Annotated[
        int, typer.Option("--days", min=7, help="那段历史多少天 · how many days of history。")
    ] = past.DAYS,
    offset: Annotated[
        int, typer.Option("--clock-offset", help="所有节点的时钟偏移, 秒 · move all clocks。")
    ] = 0,
) -> None:
    """演示: 市、县、两镇、三村, 真实进程 · seven real nodes; serves until Ctrl-C。"""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="zhengwu-demo-") as temporary:
        root = home or Path(temporary)
        try:
            if seed_history:
                good = asyncio.run(
                    _demo_with_history(root, Wanted(days, cases), once=once, as_json=as_json)
                )
            else:
                good = asyncio.run(_demo(root, began, once=once, as_json=as_json, offset=offset))
        except (NotReadyError, StuckError, *REFUSALS) as error:
            fail(str(error))
        except asyncio.CancelledError:
            if once:
                fail("stopped before every case had ended")
            return
    if not good:
        fail("a case did not end as it should, a chain did not verify, or replicas differ")


async def _demo(root: Path, began: float, *, once: bool, as_json: bool, offset: int) -> bool:
    _stop_in_order()
    fresh = not any((root / node).exists() for node in sample.NODES)
    async with fleet_in(root, _tell) as fleet:
        if offset:
            await fleet.move_clocks(offset)
        _tell(f"{time.monotonic() - began:.1f} s: 七个节点就绪 · seven nodes are ready")
        async with _kept(fleet):
            if once:
                return await _show(fleet, began, as_json=as_json)
            if fresh and not offset:  # an old home goes on with what lies there
                _tell("正在把各岗位的待办摆好 · laying work on the desks")
                people = People(fleet.urls, fleet.clock)
                await desks.lay_out(people, fleet.move_clocks_in_peace)
                await hall.arrange(people)
            _greet(fleet)
            await asyncio.Event().wait()  # until a signal says stop
            return True


async def _demo_with_history(root: Path, wanted: Wanted, *, once: bool, as_json: bool) -> bool:
    """Serve the sample county with a year behind it; with `once` end when it is there."""
    _stop_in_order()
    if any((root / node).exists() for node in sample.NODES):
        raise NotReadyError(f"{root} has nodes already: a history is seeded into an empty folder")
    async with fleet_in(root, _tell, before=history.before(wanted.days)) as fleet:
        told = await history.lay_down(fleet, wanted.days, wanted.cases)
        if as_json:
            emit(told)
        if once:
            return True
        async with _kept(fleet):
            _greet(fleet)
            await asyncio.Event().wait()  # until a signal says stop
    return True


def _stop_in_order() -> None:
    """Let Ctrl-C and SIGTERM end what runs here, and then its nodes."""
    task, loop = asyncio.current_task(), asyncio.get_running_loop()
    if task is not None:
        for one in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(one, task.cancel)


@asynccontextmanager
async def _kept(fleet: Fleet) -> AsyncIterator[None]:
    """Start again whatever node dies, until the block ends."""
    keeper = asyncio.create_task(fleet.keep_running())
    try:
        yield
    finally:
        keeper.cancel()
        with suppress(asyncio.CancelledError):
            await keeper


async def _show(fleet: Fleet, began: float, *, as_json: bool) -> bool:
    """Live through every walk: those that need no time first, then all others, much later."""
    await fleet.make_years_certain()
    people = People(fleet.urls, fleet.clock)
    lives = [Life(people, walk) for walk in walks.WALKS]
    await asyncio.gather(*(_live(life) for life in lives))
    if any(walk.waits for walk in walks.WALKS):
        _tell(f"所有时钟拨快 {walks.DAYS_TO_PASS} 天 · all clocks move on")
        days = fleet.clock.offset + timedelta(days=walks.DAYS_TO_PASS)
        await fleet.move_clocks(round(days.total_seconds()))
        people.is_later = True
        await asyncio.gather(*(_live(life) for life in lives if life.walk.waits))
    lived = await asyncio.gather(*(life.end() for life in lives))
    root = EventHash(fleet.fingerprint)
    shown = Shown(
        nodes=tuple(
            ShownNode(id=node, level=level_of(node).value, url=url)
            for node, url in fleet.urls.items()
        ),
        cases=tuple(_shown(one, root) for one in lived),
        elapsed_s=round(time.monotonic() - began, 2),
    )
    if as_json:
        emit(shown)
    return all(is_as_told(one.walk, case) for one, case in zip(lived, shown.cases, strict=True))


async def _live(life: Life) -> None:
    await life.go_on()
    brief = life.detail.brief
    if life.has_ended:
        _tell(f"{brief.number} {life.walk.kind}: {brief.outcome}")


def is_as_told(walk: Walk, shown: ShownCase) -> bool:
    """Say whether a case ended as its walk says, and everybody has the same of it."""
    is_same = len(set(shown.replicas.values())) == 1
    ended = (shown.state, shown.outcome, shown.deemed)
    as_told = ended == (CaseState.CLOSED, walk.outcome, walk.deemed)
    if not (as_told and is_same and shown.verified):
        _tell(f"{shown.number} {walk.kind}: {ended}, verified {shown.verified}, {shown.replicas}")
    return as_told and is_same and shown.verified


def _shown(lived: Lived, root: EventHash) -> ShownCase:
    detail = lived.detail
    return ShownCase(
        number=detail.brief.number,
        item=detail.item_name,
        state=detail.brief.state.value,
        outcome=detail.brief.outcome.value if detail.brief.outcome else None,
        deemed=any(one.kind.startswith(DEEMED) for one in detail.events),
        events=tuple(
            ShownEvent(seq=one.seq, kind=one.kind, node=one.node, holder=one.holder, at=one.at)
            for one in detail.events
        ),
        verified=all(_is_proven(one, detail, root) for one in lived.replicas.values()),
        replicas={node: one.detail.head for node, one in lived.replicas.items()},
    )


def _is_proven(replica: Replica, detail: CaseDetail, root: EventHash) -> bool:
    """Say whether the replica's own proof file shows the same case, by the fingerprint alone."""
    found = verify_proof(replica.proof, root)
    proof = found.proof
    return (
        found.clean
        and proof is not None
        and proof.stream == detail.brief.stream
        and proof.head == proof.tip == replica.detail.head == detail.head
        and proof.counting == proof.events == len(detail.events)
    )


def _greet(fleet: Fleet) -> None:
    """List who can sign in where, tier by tier: node, address, post, login and name."""
    say = WORDS[Language.ZH].say
    for level, nodes in groupby(sorted(fleet.urls, key=len), key=level_of):
        _tell(f"\n{say(f'level.{level}')} · {level}")
        for node in nodes:
            _tell(f"  {fleet.places[node].zh} {node}  {fleet.urls[node]}")
            for role, people in sample.by_post(node).items():
                shown = people[:MOST_NAMED]
                names = "、".join(_named(one) for one in shown)
                rest = f" … {len(people)}" if len(people) > len(shown) else ""
                _tell(f"    {say(f'role.{role}')}  {names}{rest}")
    _tell(f"\n口令都是 · everyone's password: {sample.PASSWORD}")
    _tell("Ctrl-C 结束 · to end")


def _named(one: StaffFile) -> str:
    return f"{one.login} ({one.name}{f' · {one.department}' if one.department else ''})"


def _tell(line: str) -> None:
    typer.echo(line, err=True)
