"""收件, second part: who applies. His number comes first: it tells who came before."""

from collections.abc import Mapping
from datetime import date
from typing import Final

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.status_codes import HTTP_200_OK

from node.applicants import model as applicants
from node.cases.counter import Counter
from node.clock import local_day
from node.errors import BadInputError
from node.hall import page_applicant, page_intake, recognising
from node.hall import sharing as taking_over
from node.hall.actions import VERSION, OpenDraft
from node.hall.model import Draft
from node.hall.page_applicant import ApplicantPage, NumberLine
from node.hall.pages_draft import keep, open_draft, stale, steps_router, version_seen
from node.hall.recognising import Known
from node.materials.actions import Sharing
from node.materials.api import seeker_at
from node.web.chrome import Choice
from node.web.pages_base import UNFIT, Pages, Typed, forms, see, words_for
from node.web.security import Asked
from node.web.wording import Words
from schemas.item_terms import ApplicantKind
from schemas.parts import Person

NOBODY: Final = Person(kind=ApplicantKind.NATURAL, name="", id_number="", phone="")
TYPED: Final = ("kind", "name", "id_number", "phone", "address")
"""What a window asks of a person; the rest of `Person` is not its to say."""


@get("/intake/{draft:str}/applicant")
async def ask_applicant(
    request: Asked,
    draft: FromPath[str],
    counter: NamedDependency[Counter],
    pages: NamedDependency[Pages],
) -> Response[str]:
    """Ask who applies."""
    opened = await open_draft(counter, draft)
    return await _show(request, counter, pages, opened, {})


async def _show(
    request: Asked, counter: Counter, pages: Pages, opened: OpenDraft, errors: Mapping[str, str]
) -> Response[str]:
    words, person = words_for(request), shown(opened)
    kinds = tuple(Choice(one, words.say(f"person.{one}")) for one in opened.item.applicants)
    number = await look_at(counter, words, person)
    page = ApplicantPage(
        head=page_intake.head_of(words, opened),
        kinds=kinds,
        person=person,
        number=NumberLine(says=number.says, known=number.known) if errors else number,
        focus=page_applicant.focus_of(person, number, errors),
        errors=errors,
    )
    status = UNFIT if errors or opened.stale else HTTP_200_OK
    return await pages.show(request, counter.desk, "intake_applicant.html", page, status=status)


def shown(opened: OpenDraft) -> Person:
    """Give what the page shows: what was typed last, or the applicant as he was kept."""
    first = msgspec.structs.replace(NOBODY, kind=opened.item.applicants[0])
    return opened.draft.typed or opened.draft.person or first


async def look_at(counter: Counter, words: Words, person: Person) -> NumberLine:
    """Say what the number tells, and whether its holder came before."""
    today = today_at(counter)
    known: Known | None = None
    if "applicant.id_number" not in applicants.faults_in(person, today):
        register = counter.preparing.register
        known = await counter.desk.read(
            recognising.find, register, seeker_at(counter.desk), person.id_number
        )
    return page_applicant.number_line(words, person, today, known)


def today_at(counter: Counter) -> date:
    """Tell the local day."""
    return local_day(counter.desk.works.clock.now())


def typed_person(opened: OpenDraft, typed: Typed) -> Draft:
    """Put what stands on the page into the draft, right or not."""
    person = applicants.normal(Person(**{name: typed.text(name) for name in TYPED}))
    return msgspec.structs.replace(opened.draft, typed=person, version=version_seen(typed, opened))


@post("/intake/{draft:str}/applicant", status_code=HTTP_200_OK)
async def keep_applicant(
    request: Asked,
    draft: FromPath[str],
    counter: NamedDependency[Counter],
    sharing: NamedDependency[Sharing],
    pages: NamedDependency[Pages],
) -> Response[str] | Redirect:
    """Keep who applies, once his ID number and phone are right; then his papers are asked for."""
    words = words_for(request)
    opened = await open_draft(counter, draft)
    typed = await forms(request)
    changed = typed_person(opened, typed)
    person = changed.typed or NOBODY
    faults = dict(applicants.faults_in(person, today_at(counter)))
    if person.kind not in opened.item.applicants:
        faults["applicant.kind"] = "not_for_this_item"
    if faults or typed.text("go") == "look":
        kept = await keep(counter, opened, changed)
        if not kept.stale and typed.text("go") == "look":
            return see(f"/intake/{draft}/applicant")
        return await _show(request, counter, pages, kept, _faults(words, person, faults))
    try:
        await counter.desk.run(
            taking_over.keep_applicant, draft, person, sharing, seen=changed.version
        )
    except BadInputError as error:
        if VERSION not in error.fields:
            raise
        overtaken = await stale(counter, opened, changed)
        return await _show(request, counter, pages, overtaken, {})
    return see(f"/intake/{draft}/{'agency' if typed.text('go') == 'agency' else 'materials'}")


def _faults(words: Words, person: Person, faults: Mapping[str, str]) -> Mapping[str, str]:
    said = {}
    order = ("kind", *page_applicant.REQUIRED, "address")
    for field in order:
        fault = faults.get(f"applicant.{field}")
        if fault is not None:
            said[field] = page_applicant.fault_words(words, person, field, fault)
    return said


@post("/intake/{draft:str}/applicant/known")
async def use_known(
    request: Asked, draft: FromPath[str], counter: NamedDependency[Counter]
) -> Redirect:
    """Fill in what an earlier application says of him; that it was used is written down."""
    await open_draft(counter, draft)
    number = (await forms(request)).text("id_number")
    await counter.desk.run(recognising.use, draft, counter.preparing.register, number)
    return see(f"/intake/{draft}/applicant")


router: Final = steps_router(ask_applicant, keep_applicant, use_known)
