"""收件, first part: the item, what its papers depend on, the applicant; one page each."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Annotated, Final

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.response import Redirect
from litestar.status_codes import HTTP_200_OK

from node.applicants import model as applicants
from node.cases import model as cases
from node.cases.counter import Counter
from node.cases.page_case import limit_words
from node.catalogue import actions as catalogue
from node.catalogue.model import mode_at
from node.clock import local_day
from node.database import Tx
from node.hall import actions, model, page_intake, pages_today
from node.hall import sharing as taking_over
from node.hall.actions import OpenDraft
from node.hall.model import Draft, Step
from node.hall.page_intake import ApplicantPage, ItemLine, ItemsPage, SituationPage
from node.materials.actions import Sharing
from node.web.chrome import Choice, Told
from node.web.pages_base import UNFIT, Pages, Typed, forms, router_of, see, words_for
from node.web.security import Asked
from node.web.wording import Words
from schemas.ids import level_of
from schemas.item_terms import ApplicantKind
from schemas.parts import Person

MAX_QUERY: Final = 64  # characters: longer than the longest item name
NOBODY: Final = Person(kind=ApplicantKind.NATURAL, name="", id_number="", phone="")
TYPED: Final = ("kind", "name", "id_number", "phone", "address", "agent_name")
"""What a window asks of a person; the rest of `Person` is not its to say."""
Text = Annotated[str, QueryParameter(max_length=MAX_QUERY)]


async def open_draft(counter: Counter, draft: str) -> OpenDraft:
    """Open a draft of whoever asks. Raises `NotFoundError`."""
    desk = counter.desk
    identity = desk.works.ledger.identity
    now = desk.works.now_ms
    return await desk.read(actions.read, identity, desk.actor.staff, draft, now=now)


# ---- 选事项


@get("/intake")
async def choose_item(
    request: Asked,
    counter: NamedDependency[Counter],
    pages: NamedDependency[Pages],
    q: Text = "",
    dropped: FromQuery[bool] = False,  # noqa: FBT002  # a query parameter, always named
) -> Response[str]:
    """List the items that this window takes."""
    cases.require_receive(counter.desk.actor)
    words = words_for(request)
    page = await counter.desk.read(_items, counter, words, q)
    if dropped:
        page = dataclasses.replace(page, told=Told("done", words.say("intake.dropped")))
    return await pages.show(request, counter.desk, "intake_item.html", page)


def _items(tx: Tx, counter: Counter, words: Words, query: str) -> ItemsPage:
    me = counter.reader.me
    level = level_of(me)
    now = counter.desk.works.now_ms
    offered = catalogue.offered(tx, me, query, now=now, taken_by=level)
    lines = tuple(
        ItemLine(
            code=one.code,
            name=words.pick(one.name, one.name_en),
            mode=words.say(f"mode.{mode_at(one.tiers, level)}"),
            department=one.department_name,
            limit=limit_words(words, one.promised),
        )
        for one in offered
    )
    return ItemsPage(query, lines, pages_today.draft_rows(tx, counter, words))


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
    if opened.number:
        return see(f"/cases/{opened.number}/receipt")
    return see(f"/intake/{draft}/{model.next_step(opened.item, opened.draft)}")


@post("/intake/{draft:str}/drop")
async def drop(draft: FromPath[str], counter: NamedDependency[Counter]) -> Redirect:
    """Give an intake up."""
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
    page = _situation_page(words_for(request), opened, opened.draft, {})
    return await pages.show(request, counter.desk, "intake_situation.html", page)


def _situation_page(
    words: Words, opened: OpenDraft, draft: Draft, errors: Mapping[str, str]
) -> SituationPage:
    item = opened.item
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
    fields = [line.field for line in page_intake.question_lines(words, opened.item)]
    changed = msgspec.structs.replace(
        opened.draft,
        situation=tuple(code for field in fields if (code := typed.text(field))),
        expires_on=typed.text("expires_on"),
        follows=typed.text("follows"),
    )
    faults = model.faults_in_matter(opened.item, changed)
    if faults:
        errors = _matter_faults(words, fields, typed, faults)
        page = _situation_page(words, opened, changed, errors)
        return await pages.show(request, counter.desk, "intake_situation.html", page, status=UNFIT)
    kept = model.after_matter(opened.item, changed)
    await counter.desk.run(actions.save, draft, kept)
    return see(f"/intake/{draft}/{model.after(opened.item, Step.SITUATION)}")


def _matter_faults(
    words: Words, fields: Sequence[str], typed: Typed, faults: Mapping[str, str]
) -> Mapping[str, str]:
    said = {
        name: words.say(f"intake.{name}_wrong")
        for name in ("expires_on", "follows")
        if name in faults
    }
    if "situation" not in faults:
        return said
    empty = [field for field in fields if not typed.text(field)] or fields[:1]
    return {**dict.fromkeys(empty, words.say("intake.unanswered")), **said}


# ---- 填申请人


@get("/intake/{draft:str}/applicant")
async def ask_applicant(
    request: Asked,
    draft: FromPath[str],
    counter: NamedDependency[Counter],
    pages: NamedDependency[Pages],
) -> Response[str]:
    """Ask who applies."""
    opened = await open_draft(counter, draft)
    first = msgspec.structs.replace(NOBODY, kind=opened.item.applicants[0])
    person = opened.draft.person or first
    page = _applicant_page(words_for(request), opened, person, {})
    return await pages.show(request, counter.desk, "intake_applicant.html", page)


def _applicant_page(
    words: Words, opened: OpenDraft, person: Person, errors: Mapping[str, str]
) -> ApplicantPage:
    kinds = tuple(Choice(one, words.say(f"person.{one}")) for one in opened.item.applicants)
    return ApplicantPage(page_intake.head_of(words, opened), kinds, person, errors)


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
    person = applicants.normal(Person(**{name: typed.text(name) for name in TYPED}))
    today = local_day(counter.desk.works.clock.now())
    faults = dict(applicants.faults_in(person, today))
    if person.kind not in opened.item.applicants:
        faults["applicant.kind"] = "not_for_this_item"
    if faults:
        page = _applicant_page(words, opened, person, _applicant_faults(words, person, faults))
        return await pages.show(request, counter.desk, "intake_applicant.html", page, status=UNFIT)
    await counter.desk.run(taking_over.keep_applicant, draft, person, sharing)
    return see(f"/intake/{draft}/materials")


def _applicant_faults(words: Words, person: Person, faults: Mapping[str, str]) -> Mapping[str, str]:
    said = {}
    for name, fault in faults.items():
        field = name.removeprefix("applicant.")
        key = f"intake.{field}_wrong"
        if field == "id_number":
            key = f"{'code' if person.kind == ApplicantKind.LEGAL else 'id'}.{fault}"
        said[field] = words.say(key if words.has(key) else "form.empty")
    return said


router: Final = router_of(
    choose_item, begin, resume, drop, ask_situation, keep_situation, ask_applicant, keep_applicant
)
