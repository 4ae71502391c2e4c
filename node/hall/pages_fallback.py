"""补录, within an intake: the number of the paper form, and when it was taken down."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Final

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.status_codes import HTTP_200_OK

from node.cases import fallback
from node.cases.counter import Counter
from node.clock import CHINA, to_ms
from node.hall import page_intake
from node.hall.actions import OpenDraft
from node.hall.model import Draft
from node.hall.page_intake import Head
from node.hall.pages_draft import keep, open_draft, steps_router, version_seen
from node.web.chrome import Choice, Fact, clock_time, day
from node.web.pages_base import UNFIT, Pages, Typed, forms, see, words_for
from node.web.security import Asked
from node.web.wording import Words
from schemas.case_terms import PaperReason, PaperReceipt

NO_ERRORS: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class PaperPage:
    """纸质补录."""

    head: Head
    number: str
    day: str
    time: str
    why: str
    reasons: tuple[Choice, ...]
    entrusted: bool
    """Whether the limits run from the paper's instant."""
    kept: bool
    """A paper form is noted already."""
    errors: Mapping[str, str] = field(default_factory=dict)


@get("/intake/{draft:str}/paper")
async def ask_paper(
    request: Asked,
    draft: FromPath[str],
    counter: NamedDependency[Counter],
    pages: NamedDependency[Pages],
) -> Response[str]:
    """Ask for the paper form on which it was taken down first."""
    opened = await open_draft(counter, draft)
    return await _show(request, counter, pages, opened, Typed({}))


async def _show(
    request: Asked,
    counter: Counter,
    pages: Pages,
    opened: OpenDraft,
    typed: Typed,
    errors: Mapping[str, str] = NO_ERRORS,
) -> Response[str]:
    words, paper = words_for(request), opened.draft.paper
    page = PaperPage(
        head=page_intake.head_of(words, opened),
        number=typed.text("number") or (paper.number if paper else ""),
        day=typed.text("day") or (day(paper.captured_at) if paper else ""),
        time=typed.text("time") or (clock_time(paper.captured_at) if paper else ""),
        why=typed.text("why") or (paper.why if paper else ""),
        reasons=tuple(Choice(one, words.say(f"fallback.{one}")) for one in PaperReason),
        entrusted=fallback.is_entrusted(opened.item, counter.reader.me),
        kept=paper is not None,
        errors=errors,
    )
    status = UNFIT if errors or opened.stale else HTTP_200_OK
    return await pages.show(request, counter.desk, "intake_paper.html", page, status=status)


@post("/intake/{draft:str}/paper", status_code=HTTP_200_OK)
async def keep_paper(
    request: Asked,
    draft: FromPath[str],
    counter: NamedDependency[Counter],
    pages: NamedDependency[Pages],
) -> Response[str] | Redirect:
    """Keep the paper form once it is right; or forget it."""
    words, typed = words_for(request), await forms(request)
    opened = await open_draft(counter, draft)
    paper = None if typed.text("go") == "none" else _paper(typed)
    faults = fallback.faults_in(paper, counter.desk.works.clock.now())
    if paper is not None and not paper.captured_at:
        faults["paper.captured_at"] = "paper_when"
    if faults:
        return await _show(request, counter, pages, opened, typed, _said(words, faults))
    version = version_seen(typed, opened)
    changed = msgspec.structs.replace(opened.draft, paper=paper, version=version)
    now = await keep(counter, opened, changed)
    if now.stale:
        return await _show(request, counter, pages, now, typed)
    return see(f"/intake/{draft}")


def _paper(typed: Typed) -> PaperReceipt:
    """Read the form; an instant that cannot be read is none."""
    try:
        taken = datetime.fromisoformat(f"{typed.text('day')}T{typed.text('time')}")
        at = to_ms(taken.replace(tzinfo=CHINA))
    except (ValueError, OverflowError):
        at = 0
    return PaperReceipt(number=typed.text("number"), captured_at=at, why=typed.text("why"))


def _said(words: Words, faults: Mapping[str, str]) -> dict[str, str]:
    fields = {"paper.number": "number", "paper.captured_at": "day", "paper.why": "why"}
    return {
        fields[name]: words.say("form.empty" if fault == "missing" else f"fault.{fault}")
        for name, fault in faults.items()
    }


def paper_facts(words: Words, draft: Draft) -> tuple[Fact, ...]:
    """Say what is noted of a paper form, for the last look."""
    paper = draft.paper
    if paper is None:
        return ()
    taken = f"{day(paper.captured_at)} {clock_time(paper.captured_at)}"
    said = words.say("fallback.said", number=paper.number, at=taken)
    return (Fact(words.say("fallback.title"), said),)


router: Final = steps_router(ask_paper, keep_paper)
