"""收件, last part: the last look, and the signature that makes it a case."""

from collections.abc import Mapping
from typing import Final

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.status_codes import HTTP_200_OK

from node.cases.counter import Counter
from node.errors import BadInputError
from node.hall import actions, model, page_intake
from node.hall.actions import OpenDraft
from node.hall.model import Draft, Step
from node.hall.page_intake import CheckPage
from node.hall.pages_applicant import NOBODY
from node.hall.pages_authority import agent_facts
from node.hall.pages_draft import open_draft, stale, steps_router, version_seen
from node.hall.pages_fallback import paper_facts
from node.network.actions import Places, place_names
from node.web.chrome import Fact, Told
from node.web.pages_base import UNFIT, Pages, forms, see, words_for
from node.web.security import Asked
from node.web.wording import Words


@get("/intake/{draft:str}/check")
async def ask_check(
    request: Asked,
    draft: FromPath[str],
    counter: NamedDependency[Counter],
    pages: NamedDependency[Pages],
) -> Response[str]:
    """Show everything once more before it is signed."""
    opened = await open_draft(counter, draft)
    page = await _check_page(words_for(request), counter, opened, {})
    return await pages.show(request, counter.desk, "intake_check.html", page)


async def _check_page(
    words: Words, counter: Counter, opened: OpenDraft, errors: Mapping[str, str]
) -> CheckPage:
    places = Places(await counter.desk.read(place_names), words)
    lacking = page_intake.incomplete(opened)
    return CheckPage(
        head=page_intake.head_of(words, opened),
        matter=page_intake.matter_facts(words, opened.item, opened.draft),
        facts=_facts(words, opened.draft, places),
        deferred=page_intake.deferred_words(words, opened.item, opened.draft),
        papers=page_intake.paper_lines(words, opened.item, opened.draft),
        path=page_intake.way_ahead(words, opened, counter.reader.me, places),
        ready=not lacking,
        told=Told("mind", words.say("intake.incomplete")) if lacking else None,
        errors=errors,
    )


def _facts(words: Words, draft: Draft, places: Places) -> tuple[Fact, ...]:
    person = draft.person or NOBODY
    said = {
        "kind": words.say(f"person.{person.kind}"),
        "name": person.name,
        "id_number": person.id_number,
        "phone": person.phone,
        "address": person.address,
        "place": places(draft.place),
    }
    facts = (Fact(words.say(f"fact.{name}"), value) for name, value in said.items() if value)
    return (*facts, *agent_facts(words, draft), *paper_facts(words, draft))


@post("/intake/{draft:str}/check", status_code=HTTP_200_OK)
async def take_in(
    request: Asked,
    draft: FromPath[str],
    counter: NamedDependency[Counter],
    pages: NamedDependency[Pages],
) -> Response[str] | Redirect:
    """收件: sign it, once. Sending twice leads to the same receipt."""
    words = words_for(request)
    opened = await open_draft(counter, draft)
    person = model.applicant_of(opened.draft)
    if person is None:
        return see(f"/intake/{draft}/{Step.APPLICANT}")
    if version_seen(await forms(request), opened) != opened.draft.version:
        overtaken = await stale(counter, opened, opened.draft)
        page = await _check_page(words, counter, overtaken, {})
        return await pages.show(request, counter.desk, "intake_check.html", page, status=UNFIT)
    try:
        async with counter.preparing.intake(person) as ready:
            view = await counter.desk.run(actions.take_in, draft, ready)
    except BadInputError as error:
        errors = _last_faults(words, opened, error)
        page = await _check_page(words, counter, opened, errors)
        return await pages.show(request, counter.desk, "intake_check.html", page, status=UNFIT)
    return see(f"/cases/{view.number}/receipt?fresh=true")


def _last_faults(words: Words, opened: OpenDraft, error: BadInputError) -> Mapping[str, str]:
    if any(field.startswith("parts.") for field in error.fields):
        return {"scans": words.say("intake.scans_gone")}
    lacking = page_intake.missing_words(words, model.missing(opened.item, opened.draft))
    known = {
        field: words.say(f"fault.{code}")
        for field, code in error.fields.items()
        if words.has(f"fault.{code}")
    }
    return lacking or known or {"materials": words.say("intake.incomplete")}


router: Final = steps_router(ask_check, take_in)
