"""收件, first part: the item, and what its papers depend on."""

import dataclasses
from collections.abc import Mapping
from typing import Annotated, Final

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.response import Redirect
from litestar.status_codes import HTTP_200_OK

from node.cases import model as cases
from node.cases.counter import Counter
from node.cases.page_case import limit_words
from node.catalogue import actions as catalogue
from node.catalogue.model import mode_at
from node.database import Tx
from node.hall import actions, model, page_intake, page_items, pages_today
from node.hall.actions import OpenDraft
from node.hall.model import Draft, Step
from node.hall.page_intake import SituationPage
from node.hall.page_items import ItemLine, ItemsPage
from node.hall.pages_draft import keep, open_draft, steps_router, version_seen
from node.web.chrome import Told
from node.web.pages_base import UNFIT, Pages, Typed, forms, see, words_for
from node.web.security import Asked
from node.web.wording import Words
from schemas.ids import level_of

MAX_QUERY: Final = 64  # characters: longer than the longest item name
Text = Annotated[str, QueryParameter(max_length=MAX_QUERY)]

# ---- 选事项


@get("/intake")
async def choose_item(
    request: Asked,
    counter: NamedDependency[Counter],
    pages: NamedDependency[Pages],
    q: Text = "",
    topic: Text = "",
    dropped: FromQuery[bool] = False,  # noqa: FBT002  # a query parameter, always named
) -> Response[str]:
    """List the items that this window takes: what it takes most comes first."""
    cases.require_receive(counter.desk.actor)
    words = words_for(request)
    page = await counter.desk.read(_items, counter, words, q, topic)
    if dropped:
        page = dataclasses.replace(page, told=Told("done", words.say("intake.dropped")))
    return await pages.show(request, counter.desk, "intake_item.html", page)


def _items(tx: Tx, counter: Counter, words: Words, query: str, topic: str) -> ItemsPage:
    me = counter.reader.me
    level = level_of(me)
    now = counter.desk.works.now_ms
    offered = catalogue.offered(tx, me, query, now=now, taken_by=level)
    found = [one for one in offered if not topic or topic in one.topics]
    narrow = bool(query.strip() or topic)
    ordered, often = page_items.in_order(found, {} if narrow else actions.uses(tx, now))
    lines = tuple(
        ItemLine(
            code=one.code,
            name=words.pick(one.name, one.name_en),
            mode=words.say(f"mode.{mode_at(one.tiers, level)}"),
            department=one.department_name,
            limit=limit_words(words, one.promised),
            key=str(number) if number <= page_items.KEYS else "",
        )
        for number, one in enumerate(ordered, 1)
    )
    tiles = () if query.strip() else page_items.topic_tiles(offered, topic)
    drafts = () if narrow else pages_today.draft_rows(tx, counter, words)
    return ItemsPage(query, topic, often, lines, tiles, drafts)


@post("/intake")
async def begin(request: Asked, counter: NamedDependency[Counter]) -> Redirect:
    """Begin an intake for one item."""
    cases.require_receive(counter.desk.actor)
    draft = await counter.desk.run(actions.begin, (await forms(request)).text("item"))
    return see(f"/intake/{draft}")


@get("/intake/{draft:str}")
async def resume(draft: FromPath[str], counter: NamedDependency[Counter]) -> Redirect:
    """Go on where something is missing."""
    opened = await open_draft(counter, draft)
    return see(f"/intake/{draft}/{model.next_step(opened.item, opened.draft)}")


@post("/intake/{draft:str}/drop")
async def drop(draft: FromPath[str], counter: NamedDependency[Counter]) -> Redirect:
    """Give an intake up."""
    await open_draft(counter, draft)
    await counter.desk.run(actions.drop, draft)
    return see("/intake?dropped=true")


# ---- 办理情形


@get("/intake/{draft:str}/situation")
async def ask_situation(
    request: Asked,
    draft: FromPath[str],
    counter: NamedDependency[Counter],
    pages: NamedDependency[Pages],
) -> Response[str]:
    """Ask what the papers depend on; whoever comes here for an item that asks nothing goes on."""
    opened = await open_draft(counter, draft)
    page = _situation_page(words_for(request), opened, {})
    return await pages.show(request, counter.desk, "intake_situation.html", page)


def _situation_page(words: Words, opened: OpenDraft, errors: Mapping[str, str]) -> SituationPage:
    item, draft = opened.item, opened.draft
    return SituationPage(
        head=page_intake.head_of(words, opened),
        questions=page_intake.question_lines(words, item),
        chosen=draft.situation,
        renewal=item.renewal,
        expires_on=draft.expires_on,
        second=bool(item.follows),
        follows=draft.follows,
        errors=errors,
    )


@post("/intake/{draft:str}/situation", status_code=HTTP_200_OK)
async def keep_situation(
    request: Asked,
    draft: FromPath[str],
    counter: NamedDependency[Counter],
    pages: NamedDependency[Pages],
) -> Response[str] | Redirect:
    """Keep the answers; papers that they ask for no more are let go of."""
    words = words_for(request)
    opened = await open_draft(counter, draft)
    typed = await forms(request)
    changed = answered(opened, typed)
    faults = model.faults_in_matter(opened.item, changed)
    errors = _matter_faults(words, opened, typed, faults) if faults else {}
    whole = changed if errors else model.after_matter(opened.item, changed)
    kept = await keep(counter, opened, whole)
    if errors or kept.stale:
        page = _situation_page(words, kept, errors)
        return await pages.show(request, counter.desk, "intake_situation.html", page, status=UNFIT)
    return see(f"/intake/{draft}/{model.after(opened.item, Step.SITUATION)}")


def answered(opened: OpenDraft, typed: Typed) -> Draft:
    """Put what was answered about the matter into the draft."""
    fields = page_intake.question_fields(opened.item)
    return msgspec.structs.replace(
        opened.draft,
        situation=tuple(code for field in fields if (code := typed.text(field))),
        expires_on=typed.text("expires_on"),
        follows=typed.text("follows"),
        version=version_seen(typed, opened),
    )


def _matter_faults(
    words: Words, opened: OpenDraft, typed: Typed, faults: Mapping[str, str]
) -> Mapping[str, str]:
    fields = page_intake.question_fields(opened.item)
    said = {
        name: words.say(f"intake.{name}_wrong")
        for name in ("expires_on", "follows")
        if name in faults
    }
    if "situation" not in faults:
        return said
    empty = [field for field in fields if not typed.text(field)] or fields[:1]
    return {**dict.fromkeys(empty, words.say("intake.unanswered")), **said}


router: Final = steps_router(choose_item, begin, resume, drop, ask_situation, keep_situation)
