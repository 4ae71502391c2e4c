"""Reads what the page of a case shows, in one snapshot, within what this person may see."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from federation import partstore, recovery, streams
from federation.partstore import PartStore
from federation.streams import Stored, Verdict
from node.applicants import model as applicants
from node.applicants.actions import Register
from node.cases import clock_answers, model, page_case, page_clock, page_ways, reading
from node.cases.destroying import PART_ERASED
from node.cases.kind import read_fact
from node.cases.model import CaseView
from node.cases.page_case import (
    SHORT_KEY,
    Asking,
    CaseSheet,
    LifeEntry,
    MaskedPerson,
    Material,
    Road,
    Scan,
)
from node.cases.page_ways import Ground, Way
from node.cases.rulings import Fact
from node.cases.store import Reader
from node.cases.transitions import COUNTER, OPEN_FOR_WITHDRAWAL
from node.catalogue import actions as catalogue
from node.database import Tx
from node.network.actions import Places, place_names
from node.staff import actions as staff
from node.web.chrome import Mark, when
from node.web.wording import Words
from node.work import Actor
from schemas.cases import (
    CaseAccepted,
    CaseCorrected,
    CaseCorrectionRequested,
    CaseDecided,
    CaseDelivered,
    CaseDispatched,
    CaseForwarded,
    CaseReceived,
    CaseRefused,
    CaseReviewed,
    CaseSentOn,
    CaseState,
    CaseWithdrawn,
    MaterialGiven,
)
from schemas.cases_api import CaseNote
from schemas.events import HolderReclaimed
from schemas.ids import DepartmentId, NodeId, PartDigest
from schemas.items import Item
from schemas.levels import Profile

WITHDRAWAL_ASKED: Final = "note.withdrawal_asked"


@dataclass(frozen=True, slots=True)
class Looker:
    """Who looks, from where, and with which keys."""

    me: NodeId
    profile: Profile
    actor: Actor
    register: Register
    parts: PartStore
    words: Words
    today: date

    @property
    def reader(self) -> Reader:
        """What he may read."""
        return reading.reader_of(self.me, self.profile, self.actor)

    @property
    def sees_names(self) -> bool:
        """Whether his posts let him see who applies."""
        return model.sees_names(self.actor.roles)


@dataclass(frozen=True, slots=True)
class Told:
    """One event with what it says, if this version knows its kind."""

    stored: Stored
    fact: Fact | None


def sheet(tx: Tx, looker: Looker, number: str) -> CaseSheet:
    """Read a case's page. Raises `NotFoundError`, also if he may not see it."""
    view = reading.case(tx, looker.reader, number)
    words = looker.words
    item = catalogue.item_at(tx, view.item, view.item_version)
    places = Places(place_names(tx), words)
    told = life_of(tx, view)
    ground = page_ways.Ground(words, view, item, staff.departments(tx), places)
    notes = reading.notes(tx, view)
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
        path=page_case.path_of(words, Road(view, item, _done_at(told)), places),
        holder=places(view.holder),
        passed_on=view.holder != looker.me,
        since_ms=view.since,
        next_act=page_case.next_act(words, view),
        ways=_ways(looker, ground, notes),
        materials=tuple(_materials(tx, looker, view, item, told)),
        life=tuple(_life(tx, Teller(looker, places, item), view, told)),
        ahead=page_case.ahead(words, view),
        clocks=tuple(
            page_clock.card_of(words, clock, looker.today)
            for clock in clock_answers.told_of(tx, view, looker.today)
        ),
        applicant=_masked(tx, looker, view),
        facts=tuple(page_case.facts_of(words, view, item, places)),
        receipt=view.origin == looker.me and looker.sees_names,
        asked_mark=Mark("yellow", words.say("case.asked")),
        inert_mark=Mark("yellow", words.say("case.inert")),
        unknown_mark=Mark("still", words.say("case.unknown")),
        withdrawal_asked=tuple(
            Asking(places(note.node), note.at)
            for note in notes
            if note.kind == WITHDRAWAL_ASKED and view.state is not CaseState.CLOSED
        ),
        erasures=tuple(_erasure(words, places, one) for one in notes if one.kind == PART_ERASED),
        applicant_erased=_is_applicant_erased(tx, view, told),
        disputed=_is_disputed(tx, view),
    )


def _ways(looker: Looker, ground: Ground, notes: Sequence[CaseNote]) -> tuple[Way, ...]:
    """List the forms that are open here; the window may ask for a case back that is elsewhere."""
    view = ground.view
    ways = page_ways.ways_for(ground, model.open_actions(view, looker.me, looker.actor))
    asked = any(note.kind == WITHDRAWAL_ASKED and note.node == looker.me for note in notes)
    is_away = view.origin == looker.me != view.holder and view.state in OPEN_FOR_WITHDRAWAL
    if not is_away or asked or not looker.actor.roles & COUNTER:
        return ways
    return (*ways, page_ways.ask_withdrawal(ground))


def _erasure(words: Words, places: Places, note: CaseNote) -> str:
    why = _reason(words, note.reason or "")
    return words.say("case.erased", at=when(note.at), place=places(note.node), why=why)


def _is_applicant_erased(tx: Tx, view: CaseView, told: Sequence[Told]) -> bool:
    fact = told[0].fact if told else None
    return isinstance(fact, CaseReceived) and partstore.is_erased(tx, view.stream, fact.applicant)


def _is_disputed(tx: Tx, view: CaseView) -> bool:
    stream = streams.load(tx, view.stream)
    return stream is not None and stream.dispute


_STAGES: Final = (CaseForwarded, CaseAccepted, CaseDispatched, CaseReviewed, CaseDecided)
"""Events that end a stage of the process."""


def _done_at(told: Sequence[Told]) -> list[int]:
    """Say when each stage that is behind was done."""
    return [
        one.stored.event.at
        for one in told
        if one.stored.verdict is Verdict.EFFECTIVE and isinstance(one.fact, _STAGES)
    ]


def _item_name(tx: Tx, words: Words, view: CaseView, item: Item | None) -> str:
    if item is not None:
        return words.pick(item.name, item.name_en)
    return reading.item_name(tx, view) or words.say("list.item_unknown")


def life_of(tx: Tx, view: CaseView) -> tuple[Told, ...]:
    """Read the events of a case that stand on its path, first to last, and what each says."""
    stream = streams.load(tx, view.stream)
    if stream is None:
        return ()
    return tuple(
        Told(stored, read_fact(stored.event))
        for stored in streams.events(tx, stream)
        if stored.verdict is not Verdict.PENDING
    )


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


# ---- papers


def given_of(told: Sequence[Told]) -> dict[str, MaterialGiven]:
    """Say what was handed in last of each material."""
    given: dict[str, MaterialGiven] = {}
    for one in told:
        if one.stored.verdict is Verdict.INERT:
            continue
        if isinstance(one.fact, CaseReceived | CaseCorrected):
            for material in one.fact.materials:
                before = given.get(material.code)
                given[material.code] = material if before is None else _more(before, material)
    return given


def _more(before: MaterialGiven, after: MaterialGiven) -> MaterialGiven:
    """What a correction brought counts; earlier scans stay to be looked at."""
    return MaterialGiven(
        code=after.code,
        parts=(*before.parts, *(part for part in after.parts if part not in before.parts)),
        originals=after.originals,
        copies=after.copies,
    )


def _materials(
    tx: Tx, looker: Looker, view: CaseView, item: Item | None, told: Sequence[Told]
) -> list[Material]:
    given = given_of(told)
    names = _paper_names(item)
    codes = [*names, *(code for code in given if code not in names)]
    return [
        _material(tx, looker, view, names.get(code, code), given.get(code), code) for code in codes
    ]


def _material(
    tx: Tx, looker: Looker, view: CaseView, name: str, given: MaterialGiven | None, code: str
) -> Material:
    asked = code in view.asked_for
    if given is None:
        return Material(name, given=False, asked=asked)
    scans = tuple(_scan(tx, looker, view, digest) for digest in given.parts)
    there = bool(given.originals or given.copies or given.parts)
    return Material(name, there, asked, given.originals, given.copies, scans)


def _scan(tx: Tx, looker: Looker, view: CaseView, digest: PartDigest) -> Scan:
    if not partstore.is_digest(digest) or partstore.is_erased(tx, view.stream, digest):
        return Scan("", erased=partstore.is_digest(digest))
    if not (looker.sees_names and partstore.is_kept_for(tx, view.stream, digest)):
        return Scan("")
    return Scan(f"/cases/{view.number}/scans/{digest}")


# ---- the life


def _paper_names(item: Item | None) -> Mapping[str, str]:
    return {need.code: need.name for need in item.materials} if item else {}


@dataclass(frozen=True, slots=True)
class Teller:
    """Tells a case's life to one person."""

    looker: Looker
    places: Places
    item: Item | None

    def department(self, tx: Tx, one: DepartmentId) -> str:
        """Say to which department a case was given, as far as this node can name it."""
        words, item = self.looker.words, self.item
        known = {d.id: words.pick(d.name, d.name_en) for d in staff.departments(tx)}
        if item is not None and one == item.department and item.department_name:
            known.setdefault(one, item.department_name)
        if one in known:
            return words.say("case.to_department", department=known[one])
        return words.say("case.to_unnamed", department=one)


def _life(tx: Tx, teller: Teller, view: CaseView, told: Sequence[Told]) -> Iterator[LifeEntry]:
    words = teller.looker.words
    faults = {finding.event: finding.fault for finding in reading.findings(tx, view)}
    holder = ""
    for one in told:
        entry = _entry(tx, teller, one, holder)
        fault = f"fault.{faults.get(one.stored.hash, '')}"
        said = (words.say(fault),) if words.has(fault) else ()
        yield replace(entry, lines=(*said, *entry.lines))
        holder = one.stored.event.holder


def _entry(tx: Tx, teller: Teller, one: Told, before: str) -> LifeEntry:
    event, words, places = one.stored.event, teller.looker.words, teller.places
    verdicts = {Verdict.INERT: "inert", Verdict.UNJUDGED: "unknown"}
    verdict = verdicts.get(one.stored.verdict, "effective")
    return LifeEntry(
        title=page_case.event_title(words, event.kind),
        kind=event.kind,
        place=places(event.node),
        person=_person(tx, teller.looker, one),
        at_ms=event.at,
        verdict="unknown" if one.fact is None and verdict == "effective" else verdict,
        key=event.key[:SHORT_KEY],
        hash=one.stored.hash,
        holder=places(event.holder) if event.holder not in (event.node, before) else "",
        lines=tuple(_lines(tx, teller, one.fact)),
    )


def _person(tx: Tx, looker: Looker, one: Told) -> str:
    """Who did it, if he works here: events carry only a random staff id."""
    if one.stored.event.node != looker.me:
        return ""
    account = staff.account(tx, one.stored.event.actor)
    return "" if account is None else account.name


def _lines(tx: Tx, teller: Teller, fact: Fact | None) -> list[str]:
    """Say what the event says besides its kind."""
    looker = teller.looker
    words = looker.words
    match fact:
        case CaseForwarded(opinion=part):
            return _text(tx, looker, "case.opinion", part)
        case CaseCorrectionRequested(reason=reason, materials=codes, note=part):
            named = _paper_names(teller.item)
            papers = words.joined(named.get(code, code) for code in codes)
            asked = words.say("case.asked_for", materials=papers)
            return [_reason(words, reason), asked, *_text(tx, looker, "case.note", part)]
        case CaseRefused(reason=reason, note=part):
            return [_reason(words, reason), *_text(tx, looker, "case.note", part)]
        case CaseReviewed(proposes=outcome, opinion=part):
            proposed = words.say("case.proposed", outcome=words.say(f"outcome.{outcome}"))
            return [proposed, *_text(tx, looker, "case.opinion", part)]
        case CaseDecided(outcome=outcome, reason=reason, opinion=part):
            said = words.say("case.outcome", outcome=words.say(f"outcome.{outcome}"))
            why = [_reason(words, reason)] if reason else []
            return [said, *why, *_text(tx, looker, "case.opinion", part)]
        case _:
            return _short_lines(tx, teller, fact)


def _short_lines(tx: Tx, teller: Teller, fact: Fact | None) -> list[str]:
    words = teller.looker.words
    match fact:
        case CaseDispatched(department=department):
            return [teller.department(tx, department)]
        case CaseDelivered(to=to):
            return [words.say("case.handed_to", to=words.say(f"way.to_{to}"))]
        case CaseWithdrawn(reason=reason) | CaseSentOn(reason=reason):
            return [_reason(words, reason)]
        case HolderReclaimed(reason=reason):
            return [_reason(words, reason)]
        case _:
            return []


def _reason(words: Words, reason: str) -> str:
    key = f"reason.{reason}"
    return words.say("case.reason", reason=words.say(key) if words.has(key) else reason)


def _text(tx: Tx, looker: Looker, key: str, part: PartDigest | None) -> list[str]:
    """Read a sealed opinion, if this node has it and this person works on cases."""
    if part is None or not looker.sees_names or recovery.is_recovering(tx):
        return []
    if not partstore.is_digest(part) or not partstore.has(tx, part):
        return []
    text = looker.parts.read(tx, part).content.decode("utf-8", "replace")
    return [looker.words.say(key, text=text)]
