"""Reads what the page of a case shows, in one snapshot, within what this person may see."""

from collections.abc import Sequence
from typing import Final

from federation import partstore, recovery, streams
from node.applicants import model as applicants
from node.calendar import actions as calendars
from node.cases import (
    clock_answers,
    clocks,
    model,
    page_beginning,
    page_case,
    page_clock,
    page_fields,
    page_law_ways,
    page_life,
    page_papers,
    page_risks,
    page_standing,
    page_teller,
    page_ways,
    papers,
    phrases,
    reading,
)
from node.cases.caseview import CaseView
from node.cases.destroying import PART_ERASED
from node.cases.facts import BEGINNINGS, NOBODY
from node.cases.page_case import Asking, CaseSheet, Coming, MaskedPerson, Road
from node.cases.page_fields import Scene, Way
from node.cases.page_looker import NO_PANELS, Looker, Panel, Panels
from node.cases.page_teller import Teller, Told
from node.cases.requirements import Day
from node.cases.transitions import COUNTER, OPEN_FOR_WITHDRAWAL
from node.catalogue import actions as catalogue
from node.database import Tx
from node.network.actions import Places, place_names
from node.staff import actions as staff
from node.web.chrome import Fact, Mark, when
from node.web.wording import Words
from schemas.cases_api import CaseNote
from schemas.items import Item

__all__ = ["Looker", "sheet"]
WITHDRAWAL_ASKED: Final = "note.withdrawal_asked"


def sheet(tx: Tx, looker: Looker, number: str, panels: Panels = NO_PANELS) -> CaseSheet:
    """Read a case's page. Raises `NotFoundError`, also if he may not see it."""
    view = reading.case(tx, looker.reader, number)
    words = looker.words
    item = catalogue.item_at(tx, view.item, view.item_version)
    places = Places(place_names(tx), words)
    told = page_teller.life_of(tx, view)
    desks = {one.id: words.pick(one.name, one.name_en) for one in staff.departments(tx)}
    teller = Teller(looker, places, item, desks)
    notes = reading.notes(tx, view)
    given = page_papers.with_notes(page_papers.given_of(told), papers.given(tx, view))
    scene = _scene(tx, teller, view, given=tuple(given))
    book = phrases.book(tx, looker.actor, words)
    road = Road(view, item, page_teller.stages_done(view, told), desks, looker.me)
    return CaseSheet(
        number=view.number,
        item=_item_name(tx, words, view, item),
        case_kind=words.say(f"kind.{item.case_kind}") if item else "",
        version=view.item_version,
        guide=f"/items/{item.code}?version={view.item_version}" if item else "",
        other_place=places(view.place) if view.place != view.origin else "",
        mark=page_case.mark_of(words, view.state, view.outcome),
        live=f"/api/v1/cases/{view.number}/live?seen={view.seq}",
        seen=view.seq,
        path=page_case.path_of(words, road, places),
        holder=places(view.holder),
        passed_on=view.holder != looker.me,
        since_ms=view.since,
        next_act=page_case.next_act(words, view),
        ways=page_fields.laid_out(words, book.offer(_ways(looker, scene, notes))),
        boxes=tuple(page_standing.boxes(teller, view, told)),
        standing=(
            *page_beginning.blocks(teller, view),
            *page_standing.standing(tx, teller, view, told, notes),
        ),
        colleague=scene.handler if view.holder == looker.me and view.is_in_process else "",
        materials=(
            *page_papers.materials(tx, looker, view, item, given),
            *page_beginning.authority(tx, looker, view, told),
        ),
        life=tuple(page_life.entries(tx, teller, view, told)),
        ahead=page_case.ahead(words, view),
        clocks=page_clock.clocks_of(
            words, view, clock_answers.told_of(tx, view, looker.today), looker.today
        ),
        applicant=_masked(tx, looker, view),
        facts=(*page_case.facts_of(words, view, item, places, desks), *_handler(tx, teller, view)),
        receipt=view.origin == looker.me and looker.sees_names,
        asked_mark=Mark("yellow", words.say("case.asked")),
        inert_mark=Mark("yellow", words.say("case.inert")),
        unknown_mark=Mark("still", words.say("case.unknown")),
        notices=_panel(tx, looker, view, panels.notices),
        tasks=_panel(tx, looker, view, panels.tasks),
        supervision=_panel(tx, looker, view, panels.supervision),
        evaluation=_panel(tx, looker, view, panels.evaluation),
        risks=page_risks.box(tx, looker, view, item),
        redress=_panel(tx, looker, view, panels.redress),
        withdrawal_asked=tuple(
            Asking(places(note.node), note.at)
            for note in notes
            if note.kind == WITHDRAWAL_ASKED and view.state in OPEN_FOR_WITHDRAWAL
        ),
        erasures=tuple(_erasure(teller, one) for one in notes if one.kind == PART_ERASED),
        applicant_erased=_is_applicant_erased(tx, view, told),
        disputed=_is_disputed(tx, view),
        coming=_coming(tx, looker, view),
    )


def _coming(tx: Tx, looker: Looker, view: CaseView) -> Coming | None:
    line = reading.next_of(tx, looker.seeker, view.stream)
    if line is None:
        return None
    name = line.item_name or looker.words.say("list.item_unknown")
    return Coming(line.number, name, looker.words.say(f"act.{line.duty}") if line.duty else "")


def _panel(tx: Tx, looker: Looker, view: CaseView, panel: Panel | None) -> object:
    return None if panel is None else panel(tx, looker, view)


# ---- the forms


def _scene(tx: Tx, teller: Teller, view: CaseView, *, given: Sequence[str]) -> Scene:
    looker, places = teller.looker, teller.places
    handler = view.law.handler or NOBODY
    colleague = None if handler in (NOBODY, looker.actor.staff) else staff.account(tx, handler)
    calendar = calendars.calendar_of(tx, clocks.decided_at(view))
    office = places.names.get(places.county_of(looker.me))
    return Scene(
        words=looker.words,
        view=view,
        item=teller.item,
        departments=staff.departments(tx),
        place_of=places,
        day=Day(looker.today, calendar),
        me=looker.actor.staff,
        handler="" if colleague is None else colleague.name,
        given=given,
        pending=papers.still_pending(tx, view),
        office="" if office is None else office.zh,
    )


def _ways(looker: Looker, scene: Scene, notes: Sequence[CaseNote]) -> tuple[Way, ...]:
    """List the forms that are open here; the window may ask for a case back that is elsewhere."""
    view = scene.view
    ways = page_ways.ways_for(scene, model.open_actions(view, looker.me, looker.actor))
    is_away = view.origin == looker.me != view.holder and view.state in OPEN_FOR_WITHDRAWAL
    if not is_away or not looker.actor.roles & COUNTER:
        return ways
    asked = any(note.kind == WITHDRAWAL_ASKED and note.node == looker.me for note in notes)
    back = () if asked else (page_ways.ask_withdrawal(scene),)
    return (*ways, *page_law_ways.supply(scene), *back)


# ---- the rest


def _handler(tx: Tx, teller: Teller, view: CaseView) -> tuple[Fact, ...]:
    """Name who signed it in, to those who work where he does."""
    handler = view.law.handler
    account = None if handler is None else staff.account(tx, handler)
    if account is None:
        return ()
    return (Fact(teller.words.say("fact.handler"), account.name),)


def _erasure(teller: Teller, note: CaseNote) -> str:
    why = teller.reason(note.reason or "")
    place = teller.places(note.node)
    return teller.words.say("case.erased", at=when(note.at), place=place, why=why)


def _is_applicant_erased(tx: Tx, view: CaseView, told: Sequence[Told]) -> bool:
    fact = told[0].fact if told else None
    return isinstance(fact, BEGINNINGS) and partstore.is_erased(tx, view.stream, fact.applicant)


def _is_disputed(tx: Tx, view: CaseView) -> bool:
    stream = streams.load(tx, view.stream)
    return stream is not None and stream.dispute


def _item_name(tx: Tx, words: Words, view: CaseView, item: Item | None) -> str:
    if item is not None:
        return words.pick(item.name, item.name_en)
    return reading.item_name(tx, view) or words.say("list.item_unknown")


def _masked(tx: Tx, looker: Looker, view: CaseView) -> MaskedPerson | None:
    shown = looker.sees_names and not recovery.is_recovering(tx)
    person = looker.register.read(tx, view.stream) if shown else None
    if person is None:
        return None
    return MaskedPerson(
        applicants.masked_name(person.name),
        applicants.masked_id(person.id_number),
        applicants.masked_phone(person.phone),
    )
