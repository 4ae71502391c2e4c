"""Notices at a county: drawn in this process, then issued, read and made into PDFs over HTTP."""

import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Final, TypeVar

from cli.bench import gauge, load, stores, writing
from cli.bench.figures import Printed, Spread
from cli.bench.ground import CITY, COUNTY, ground
from cli.demo.client import Client
from node.notices import layout, sample, template
from node.notices.actions import Imprint
from node.notices.layout import Mark
from node.runtime.opening import open_node
from schemas.cases import Action
from schemas.notices import CaseNotices, IssueNotice, NoticeKind, NoticeView

T = TypeVar("T")
DRAWN: Final = 200  # of each kind, in this process
CLERK: Final = "li"


async def printing(root: Path, notices: int, pdfs: int, say: Callable[[str], None]) -> Printed:
    """Measure `notices` acceptances, and the PDFs of the first `pdfs` of them."""
    drawn = _draw()
    async with ground(root, (CITY, COUNTY), say) as found:
        await found.halt(CITY, COUNTY)
        async with open_node(found.home(COUNTY)) as node:
            say(f"写入 {notices} 件已受理的件 · writing accepted cases")
            await writing.write_lives(
                node, writing.COUNTY_ITEM, cases=notices, until=Action.DISPATCH
            )
        await found.run(COUNTY)
        desk = Client(found.urls[COUNTY], await found.token(COUNTY, CLERK))
        with stores.looking(found.home(COUNTY)) as tx:
            rows = tx.execute("SELECT number FROM cases WHERE state = 'accepted'").fetchall()
        numbers = [str(number) for (number,) in rows][:notices]
        say(f"{len(numbers)} 份文书 · notices, {pdfs} PDF")
        issued, read = await _issue(desk, numbers)
        first, again = await _pdfs(desk, numbers[:pdfs])
    return Printed(
        notices=len(numbers),
        drawn=drawn,
        issued=issued,
        read=read,
        pdf_first=first,
        pdf_again=again,
    )


def _draw() -> Spread:
    imprint = Imprint("千行审", "千阳县政务服务中心")
    took: list[float] = []
    for kind in NoticeKind:
        text = template.read(kind, layout.default_text(kind))
        facts = sample.facts(kind, imprint)
        mark = Mark(
            notice=kind,
            number=facts.words["number"],
            code=sample.CODE,
            url=f"https://zw.example/v/{sample.CODE}",
        )
        for _ in range(DRAWN // len(NoticeKind)):
            began = time.perf_counter()
            layout.page(mark, text, facts)
            took.append((time.perf_counter() - began) * 1e3)
    return _spread(took)


async def _issue(desk: Client, numbers: Sequence[str]) -> tuple[Spread, Spread]:
    issued: list[float] = []
    read: list[float] = []
    form = IssueNotice(notice=NoticeKind.ACCEPTANCE)
    for number in numbers:
        place = f"/api/v1/cases/{number}/notices"
        made = await _timed(issued, desk.post(place, form, NoticeView))
        await _timed(read, desk.get_raw(f"{place}/{made.code}"))
    return _spread(issued), _spread(read)


async def _pdfs(desk: Client, numbers: Sequence[str]) -> tuple[Spread, Spread]:
    first: list[float] = []
    again: list[float] = []
    for number in numbers:
        place = f"/api/v1/cases/{number}/notices"
        code = (await desk.get(place, CaseNotices)).issued[0].code
        made = await _timed(first, desk.get_raw(f"{place}/{code}.pdf"))
        if await _timed(again, desk.get_raw(f"{place}/{code}.pdf")) != made:
            raise load.RefusedError("the second print is not the first")
    return _spread(first), _spread(again)


async def _timed(took: list[float], work: Awaitable[T]) -> T:
    began = time.perf_counter()
    answer = await work
    took.append((time.perf_counter() - began) * 1e3)
    return answer


def _spread(took: list[float]) -> Spread:
    return Spread(
        samples=len(took),
        p50_ms=round(gauge.percentile(took, 50), 2),
        p99_ms=round(gauge.percentile(took, 99), 2),
        worst_ms=round(max(took), 2),
    )
