"""The pages of one case: where it is, the forms of its steps, who applied, its receipt."""

import asyncio
from dataclasses import dataclass, replace
from typing import Final

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from litestar.status_codes import HTTP_200_OK, HTTP_409_CONFLICT
from markupsafe import Markup

from federation import recovery
from federation.errors import NotHoldingError
from federation.parts import PlainPart
from federation.partstore import KeptPart
from node.applicants import model as applicants
from node.cases import (
    clock_answers,
    page_beginning,
    page_case,
    page_clock,
    page_forms,
    page_moved,
    page_papers,
    page_read,
    page_risks,
    page_teller,
    page_trust,
    person_views,
    reading,
)
from node.cases.counter import Counter
from node.cases.page_case import CaseSheet
from node.cases.page_forms import Sent
from node.cases.page_looker import Looker
from node.cases.person_views import View
from node.catalogue import actions as catalogue
from node.database import Tx
from node.errors import ActionNotOpenError, BadInputError, NotAllowedError, NotFoundError
from node.network.actions import Places, place_names, unsent_to
from node.parts.api import Uploads
from node.parts.model import shown_as
from node.web import chrome
from node.web.chrome import Fact, Told
from node.web.limits import MAX_PART_BYTES
from node.web.pages_base import UNFIT, Pages, forms, router_of, see, words_for
from node.web.security import Asked
from node.web.wording import Words
from node.work import Work
from schemas.case_terms import MaterialGiven
from schemas.cases import Action
from schemas.ids import NodeId, PartDigest, StreamName, parent_of
from schemas.parts import Person

SCANS_AT_ONCE: Final = 4  # full-size scans that one form may bring; photos are shrunk to far less
MAX_FORM_BYTES: Final = SCANS_AT_ONCE * MAX_PART_BYTES


@dataclass(frozen=True, slots=True)
class PersonPage:
    """申请人: in full, for a reason that was written down."""

    number: str
    why: str
    facts: tuple[Fact, ...]
    views: tuple[View, ...]


@dataclass(frozen=True, slots=True)
class PaperLine:
    """A paper on the receipt."""

    name: str
    originals: int
    copies: int
    scans: int
    trust: str
    """How far it may be relied on, in words."""


@dataclass(frozen=True, slots=True)
class ReceiptPage:
    """收件凭证."""

    number: str
    told: Told | None
    item: str
    """Code of the item, for the next person."""
    unsent: str
    """尚未发送: to whom the case still has to go; empty once it is acknowledged there."""
    qr: Markup
    query_code: str
    """查询码; empty if its part is gone."""
    facts: tuple[Fact, ...]
    papers: tuple[PaperLine, ...]
    rating: Markup | None = None
    """The square to evaluate by; `None` where nobody draws one."""


@get("/cases/{number:str}")
async def show_case(
    request: Asked,
    number: FromPath[str],
    counter: NamedDependency[Counter],
    pages: NamedDependency[Pages],
) -> Response[str]:
    """Show where the case is, whose turn it is, and what this person may do."""
    desk, looker = counter.desk, counter.looker(words_for(request))
    page = await _sheet(counter, looker, number)
    told = _done(looker.words, page, request.query_params.get("done", ""))
    return await pages.show(request, desk, "case.html", replace(page, told=told))


async def _sheet(counter: Counter, looker: Looker, number: str) -> CaseSheet:
    """Read the page of a case, and write down what it reminds this person of (廉政风险点)."""
    page = await counter.desk.read(page_read.sheet, looker, number, counter.panels)
    await page_risks.remember(counter.desk, page.risks)
    return page


def _done(words: Words, page: CaseSheet, action: str) -> Told | None:
    if action not in tuple(Action):
        return None
    text = words.say("case.done_on", holder=page.holder) if page.passed_on else ""
    done = words.say("case.done", act=words.say(f"act.{action}"))
    return Told("done", done, text or words.say("case.done_text"))


@post(
    "/cases/{number:str}/{action:str}",
    status_code=HTTP_200_OK,
    request_max_body_size=MAX_FORM_BYTES,
)
async def take_step(
    request: Asked,
    number: FromPath[str],
    action: FromPath[str],
    counter: NamedDependency[Counter],
    pages: NamedDependency[Pages],
    uploads: NamedDependency[Uploads],
) -> Response[str] | Redirect:
    """Take one step; if somebody was first, show the fresh state."""
    if action not in tuple(Action):
        raise NotFoundError(f"step {action}")
    step = Action(action)
    desk, looker = counter.desk, counter.looker(words_for(request))
    files = await page_forms.files_of(request)
    sent = Sent(number, await forms(request), counter.preparing, uploads, files)
    try:
        await page_forms.perform(desk, step, sent)
    except (ActionNotOpenError, NotHoldingError):
        page = await _moved(counter, looker, step, sent)
        return await pages.show(request, desk, "case.html", page, status=HTTP_409_CONFLICT)
    except BadInputError as error:
        fresh = await _sheet(counter, looker, number)
        page = _wrong(looker.words, fresh, step, sent, error)
        return await pages.show(request, desk, "case.html", page, status=UNFIT)
    return see(f"/cases/{number}?done={action}")


async def _moved(counter: Counter, looker: Looker, step: Action, sent: Sent) -> CaseSheet:
    """Show the fresh state, who was first, and what was written: in its form if that is open."""
    desk, number = counter.desk, sent.number
    told = await desk.read(page_moved.told, looker, number, step)
    fresh = await _sheet(counter, looker, number)
    key = page_forms.way_key(step, sent.typed)
    if fresh.ways.find(key) is not None:
        return replace(fresh, told=told, wrong_way=key, typed=sent.typed.values)
    return replace(fresh, told=told, written=page_moved.written(looker, sent.typed.values))


def _wrong(
    words: Words, page: CaseSheet, step: Action, sent: Sent, error: BadInputError
) -> CaseSheet:
    key = page_forms.way_key(step, sent.typed)
    errors = page_forms.faults(words, error, page.ways.find(key), sent.typed)
    return replace(page, errors=errors, wrong_way=key, typed=sent.typed.values)


# ---- the person behind the case


@post("/cases/{number:str}/person", status_code=HTTP_200_OK)
async def show_person(
    request: Asked,
    number: FromPath[str],
    counter: NamedDependency[Counter],
    pages: NamedDependency[Pages],
) -> Response[str]:
    """Show the applicant in full, once the reason is written down."""
    desk, looker = counter.desk, counter.looker(words_for(request))
    why = (await forms(request)).text("why")
    try:
        page = await desk.run(_look_at, looker, number, why)
    except BadInputError:
        words = looker.words
        told = Told("stop", words.say("case.reveal_short"))
        again = replace(await _sheet(counter, looker, number), told=told)
        return await pages.show(request, desk, "case.html", again, status=UNFIT)
    return await pages.show(request, desk, "person.html", page)


def _look_at(work: Work, looker: Looker, number: str, why: str) -> PersonPage:
    stream = _stream_of(work.tx, looker, number)
    recovery.require_recovered(work.tx)
    person = looker.register.read(work.tx, stream)
    if person is None:
        raise NotFoundError("applicant")
    if why.startswith("@"):
        raise BadInputError({"why": "reserved"})
    person_views.note(work, stream, why)
    return PersonPage(
        number=number,
        why=why,
        facts=_person_facts(looker.words, person),
        views=tuple(_said(looker.words, view) for view in person_views.views(work.tx, stream)),
    )


def _stream_of(tx: Tx, looker: Looker, number: str) -> StreamName:
    """Find a case whose applicant he may see. Raises `NotFoundError`, `NotAllowedError`."""
    if not looker.sees_names:
        raise NotAllowedError("applicants")
    return reading.case(tx, looker.reader, number).stream


def _said(words: Words, view: View) -> View:
    key = view.why.replace("@", "case.reveal_")
    return replace(view, why=words.say(key)) if view.why.startswith("@") else view


def _person_facts(words: Words, person: Person) -> tuple[Fact, ...]:
    said = {
        "kind": words.say(f"person.{person.kind}"),
        "name": person.name,
        "id_number": person.id_number,
        "phone": person.phone,
        "address": person.address,
        "agent": person.agent_name,
        "agent_id": person.agent_id,
        "agent_phone": person.agent_phone,
        "relation": person.relation,
    }
    return tuple(Fact(words.say(f"fact.{name}"), value) for name, value in said.items() if value)


@get("/cases/{number:str}/scans/{digest:str}")
async def show_scan(
    request: Asked,
    number: FromPath[str],
    digest: FromPath[str],
    counter: NamedDependency[Counter],
) -> Response[bytes]:
    """Show one scan of the case; that it was looked at is written down."""
    desk, looker = counter.desk, counter.looker(words_for(request))
    kept = await desk.run(_find_scan, looker, number, PartDigest(digest))
    part: PlainPart = await asyncio.to_thread(looker.parts.load, kept)
    media, headers = shown_as(part.media)
    return Response(part.content, media_type=media, headers=headers)


def _find_scan(work: Work, looker: Looker, number: str, digest: PartDigest) -> KeptPart:
    stream = _stream_of(work.tx, looker, number)
    kept = reading.paper(work.tx, stream, digest, looker.me)
    person_views.note(work, stream, person_views.SCAN)
    return kept


# ---- the receipt


@get("/cases/{number:str}/receipt")
async def show_receipt(
    request: Asked,
    number: FromPath[str],
    counter: NamedDependency[Counter],
    pages: NamedDependency[Pages],
    fresh: FromQuery[bool] = False,  # noqa: FBT002  # a query parameter, always named
    again: FromQuery[bool] = False,  # noqa: FBT002  # as above
) -> Response[str]:
    """Show the receipt, to be printed for the applicant (行政许可法 §32)."""
    desk, looker = counter.desk, counter.looker(words_for(request))
    page = with_rating(counter, await desk.run(receipt_page, looker, number, fresh=fresh))
    if again:
        page = replace(page, told=Told("mind", looker.words.say("slip.again")))
    return await pages.show(request, desk, "receipt.html", page)


def with_rating(counter: Counter, page: ReceiptPage) -> ReceiptPage:
    """Add the square by which the applicant evaluates his case."""
    return replace(page, rating=counter.panels.rating_square(page.number, page.query_code))


def _qr(number: str) -> Markup:
    """Draw the number for a scanner."""
    import segno  # noqa: PLC0415  # a megabyte of memory that only a window that prints needs

    return Markup(segno.make(number).svg_inline(scale=4))  # noqa: S704  # drawn here, ours


def receipt_page(work: Work, looker: Looker, number: str, *, fresh: bool) -> ReceiptPage:
    """Read a receipt; that it is printed is written down. Raises `NotFoundError`."""
    words, tx = looker.words, work.tx
    stream = _stream_of(tx, looker, number)
    view = reading.case(tx, looker.reader, stream)
    if view.origin != looker.me:
        raise NotFoundError("receipt")
    person_views.note(work, stream, person_views.RECEIPT)
    item = catalogue.item_at(tx, view.item, view.item_version)
    person = looker.register.read(tx, stream)
    life = page_teller.life_of(tx, view)
    facts = [Fact(words.say("fact.item"), words.pick(item.name, item.name_en) if item else "")]
    if person is not None:
        facts.append(Fact(words.say("fact.applicant"), person.name))
        facts.append(Fact(words.say("fact.id_number"), applicants.masked_id(person.id_number)))
    places = Places(place_names(tx), words)
    received = f"{chrome.day(view.received_at)} {chrome.clock_time(view.received_at)}"
    facts.append(Fact(words.say("fact.received"), received))
    facts += page_beginning.receipt_facts(words, view, "" if person is None else person.agent_name)
    facts.append(Fact(words.say("fact.receiver"), work.actor.name if fresh else ""))
    facts += page_clock.receipt_facts(words, clock_answers.told_of(tx, view, looker.today))
    facts += list(page_case.facts_of(words, view, item, places))[:-1]
    names = {need.code: need.name for need in item.materials} if item else {}
    return ReceiptPage(
        number=view.number,
        told=_taken(words) if fresh else None,
        item=item.code if item else "",
        unsent=_unsent(tx, looker.me, stream, places),
        qr=_qr(view.number),
        query_code="" if person is None else person.query_code,
        facts=tuple(fact for fact in facts if fact.value),
        papers=tuple(
            _paper_line(words, names.get(code, code), one)
            for code, one in page_papers.given_of(life[:1]).items()
        ),
    )


def _unsent(tx: Tx, me: NodeId, stream: StreamName, place_of: Places) -> str:
    above = parent_of(me)
    return place_of(above) if above is not None and above in unsent_to(tx, stream) else ""


class Acknowledged(msgspec.Struct, frozen=True, kw_only=True):
    """Whether the tier above has acknowledged a case."""

    sent: bool


@get("/cases/{number:str}/sent")
async def is_sent(
    request: Asked, number: FromPath[str], counter: NamedDependency[Counter]
) -> Acknowledged:
    """Tell an open receipt whether the tier above has acknowledged the case."""
    desk, looker = counter.desk, counter.looker(words_for(request))
    return await desk.read(_sent, looker, number)


def _sent(tx: Tx, looker: Looker, number: str) -> Acknowledged:
    stream, words = _stream_of(tx, looker, number), looker.words
    return Acknowledged(sent=not _unsent(tx, looker.me, stream, Places(place_names(tx), words)))


def _taken(words: Words) -> Told:
    return Told("done", words.say("receipt.taken"), words.say("receipt.taken_hint"))


def _paper_line(words: Words, name: str, one: MaterialGiven) -> PaperLine:
    level = page_trust.short_of(words, one.trust, shared=one.shared)
    return PaperLine(name, one.originals, one.copies, len(one.parts), level)


router: Final = router_of(show_case, take_step, show_person, show_scan, show_receipt, is_sent)
