"""收件, first half: item, papers, place and applicant, one page each, with or without script."""

import dataclasses
from collections.abc import Mapping
from typing import Annotated, Final

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.response import Redirect
from litestar.status_codes import HTTP_200_OK

from node.applicants import model as applicants
from node.cases import model as cases
from node.cases import page_forms
from node.cases.counter import Counter
from node.cases.page_case import limit_words
from node.catalogue import actions as catalogue
from node.catalogue.model import mode_at, offers_to, stages_for
from node.clock import local_day
from node.database import Tx
from node.errors import BadInputError, NoPlaceError
from node.hall import actions, model, page_intake, pages_today
from node.hall.actions import OpenDraft
from node.hall.model import Count
from node.hall.page_intake import ApplicantPage, ItemLine, ItemsPage, MaterialsPage
from node.network.actions import Places, place_names
from node.web.chrome import Choice, Mark, Told
from node.web.pages_base import UNFIT, Pages, Typed, forms, router_of, see, words_for
from node.web.security import Asked
from node.web.wording import Words
from schemas.ids import BadNameError, NodeId, level_of, parse_node_id
from schemas.item_terms import ApplicantKind
from schemas.parts import Person

MAX_QUERY: Final = 64  # characters: longer than the longest item name
NOBODY: Final = Person(kind=ApplicantKind.NATURAL, name="", id_number="", phone="")
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
    return see(f"/intake/{draft}/materials")


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


# ---- 收材料, 通办


@get("/intake/{draft:str}/materials")
async def ask_materials(
    request: Asked,
    draft: FromPath[str],
    counter: NamedDependency[Counter],
    pages: NamedDependency[Pages],
) -> Response[str]:
    """Ask for the papers, and for the place that the matter concerns."""
    opened = await open_draft(counter, draft)
    page = await _materials_page(words_for(request), counter, opened, Typed({}), {})
    return await pages.show(request, counter.desk, "intake_materials.html", page)


async def _materials_page(
    words: Words, counter: Counter, opened: OpenDraft, typed: Typed, errors: Mapping[str, str]
) -> MaterialsPage:
    names = Places(await counter.desk.read(place_names), words)
    me, item, draft = counter.reader.me, opened.item, opened.draft
    known = [NodeId(node) for node in names.names if len(node) > len(names.county_of(me))]
    choices = [Choice(me, words.say("intake.place_here", place=names(me)))]
    choices += [Choice(node, names(node)) for node in known if node != me]
    place = typed.text("place") or draft.place
    listed = any(choice.value == place for choice in choices)
    return MaterialsPage(
        head=page_intake.head_of(words, opened),
        conditions=item.conditions,
        papers=page_intake.count_lines(
            words, item, draft, {name: typed.text(name) for name in typed.values}
        ),
        required_mark=Mark("brand", words.say("form.required")),
        places=tuple(choices),
        place=place if listed else me,
        code=typed.text("code") or ("" if listed else place),
        errors=errors,
    )


@post("/intake/{draft:str}/materials", status_code=HTTP_200_OK)
async def keep_materials(
    request: Asked,
    draft: FromPath[str],
    counter: NamedDependency[Counter],
    pages: NamedDependency[Pages],
) -> Response[str] | Redirect:
    """Keep the counts and the place; required papers that are missing are named all at once."""
    words = words_for(request)
    opened = await open_draft(counter, draft)
    typed = await forms(request)
    kept, errors = _counted(words, opened, typed)
    place, fault = _place(words, opened, typed, counter.reader.me)
    if fault:
        errors = {**errors, "code" if typed.text("code") else "place": fault}
    if errors:
        page = await _materials_page(words, counter, opened, typed, errors)
        return await pages.show(request, counter.desk, "intake_materials.html", page, status=UNFIT)
    changed = msgspec.structs.replace(opened.draft, counts=kept, place=place)
    await counter.desk.run(actions.save, draft, changed)
    return see(f"/intake/{draft}/applicant")


def _counted(
    words: Words, opened: OpenDraft, typed: Typed
) -> tuple[tuple[Count, ...], dict[str, str]]:
    counts, errors = [], {}
    for need in opened.item.materials:
        originals, copies = f"originals-{need.code}", f"copies-{need.code}"
        try:
            one = Count(
                code=need.code,
                originals=page_forms.count(typed, originals),
                copies=page_forms.count(typed, copies),
            )
        except BadInputError:
            errors[originals] = words.say("intake.bad_count", name=need.name)
            continue
        counts.append(one)
    kept = tuple(counts)
    lacking = model.missing(opened.item, msgspec.structs.replace(opened.draft, counts=kept))
    return kept, {**page_intake.missing_words(words, lacking), **errors}


def _place(words: Words, opened: OpenDraft, typed: Typed, me: NodeId) -> tuple[NodeId, str]:
    """Read the place that the matter concerns, and say what is wrong with it."""
    text = typed.text("code") or typed.text("place") or me
    try:
        place = parse_node_id(text)
        stages_for(opened.item, me, place)
    except BadNameError:
        return me, words.say("intake.place_wrong")
    except NoPlaceError as error:
        return me, words.say("intake.place_needed", level=words.say(f"level.{error.level}"))
    if not offers_to(opened.stream, place):
        return me, words.say("intake.place_wrong")
    return place, ""


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
    pages: NamedDependency[Pages],
) -> Response[str] | Redirect:
    """Keep who applies, once his ID number and phone are right."""
    words = words_for(request)
    opened = await open_draft(counter, draft)
    typed = await forms(request)
    person = applicants.normal(
        Person(**{name: typed.text(name) for name in Person.__struct_fields__})
    )
    today = local_day(counter.desk.works.clock.now())
    faults = dict(applicants.faults_in(person, today))
    if person.kind not in opened.item.applicants:
        faults["applicant.kind"] = "not_for_this_item"
    if faults:
        page = _applicant_page(words, opened, person, _applicant_faults(words, person, faults))
        return await pages.show(request, counter.desk, "intake_applicant.html", page, status=UNFIT)
    changed = msgspec.structs.replace(opened.draft, person=person)
    await counter.desk.run(actions.save, draft, changed)
    return see(f"/intake/{draft}/scans")


def _applicant_faults(words: Words, person: Person, faults: Mapping[str, str]) -> Mapping[str, str]:
    said = {}
    for name in faults:
        field = name.removeprefix("applicant.")
        key = f"intake.{field}_wrong"
        if field == "id_number" and person.kind == ApplicantKind.LEGAL:
            key = "intake.code_wrong"
        said[field] = words.say(key if words.has(key) else "form.empty")
    return said


router: Final = router_of(
    choose_item, begin, resume, drop, ask_materials, keep_materials, ask_applicant, keep_applicant
)
