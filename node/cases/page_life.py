"""A case's life in words: each event with what it says, who did it, and what it led to."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from federation.streams import Verdict
from node.cases import page_case, page_law_life, reading
from node.cases.caseview import CaseView
from node.cases.facts import Fact
from node.cases.page_case import SHORT_KEY, LifeEntry
from node.cases.page_teller import Teller, Told
from node.database import Tx
from schemas.cases import (
    CaseAccepted,
    CaseCorrectionRequested,
    CaseDecided,
    CaseDelivered,
    CaseDispatched,
    CaseForwarded,
    CaseRefused,
    CaseReviewed,
    CaseSentOn,
    CaseWithdrawn,
)
from schemas.events import HolderReclaimed


def entries(tx: Tx, teller: Teller, view: CaseView, told: Sequence[Told]) -> Iterator[LifeEntry]:
    """Tell every event."""
    words = teller.words
    faults = {finding.event: finding.fault for finding in reading.findings(tx, view)}
    holder = ""
    for one in told:
        entry = _entry(tx, teller, one, holder)
        fault = f"fault.{faults.get(one.stored.hash, '')}"
        said = (words.say(fault),) if words.has(fault) else ()
        yield replace(entry, lines=(*said, *entry.lines))
        holder = one.stored.event.holder


def _entry(tx: Tx, teller: Teller, one: Told, before: str) -> LifeEntry:
    event, places = one.stored.event, teller.places
    verdicts = {Verdict.INERT: "inert", Verdict.UNJUDGED: "unknown"}
    verdict = verdicts.get(one.stored.verdict, "effective")
    return LifeEntry(
        title=page_case.event_title(teller.words, event.kind),
        kind=event.kind,
        place=places(event.node),
        person=teller.person(tx, one),
        at_ms=event.at,
        verdict="unknown" if one.fact is None and verdict == "effective" else verdict,
        key=event.key[:SHORT_KEY],
        hash=one.stored.hash,
        holder=places(event.holder) if event.holder not in (event.node, before) else "",
        lines=tuple(_lines(tx, teller, one.fact)),
    )


def _lines(tx: Tx, teller: Teller, fact: Fact | None) -> list[str]:
    """Say what the event says besides its kind."""
    words = teller.words
    match fact:
        case CaseForwarded(opinion=part):
            return teller.text(tx, "case.opinion", part)
        case CaseCorrectionRequested():
            return _correction(tx, teller, fact)
        case CaseAccepted():
            return _acceptance(teller, fact)
        case CaseRefused(competent=body):
            other = [words.say("life.competent", body=body)] if body else []
            why = [teller.reason(fact.reason), *other, *teller.ground(fact.ground)]
            return [*why, *teller.text(tx, "case.note", fact.note)]
        case CaseReviewed(proposes=outcome, opinion=part):
            proposed = words.say("case.proposed", outcome=words.say(f"outcome.{outcome}"))
            return [proposed, *teller.text(tx, "case.opinion", part)]
        case CaseDecided():
            return _decision(tx, teller, fact)
        case _:
            return _short_lines(tx, teller, fact)


def _correction(tx: Tx, teller: Teller, fact: CaseCorrectionRequested) -> list[str]:
    words = teller.words
    lines = [
        teller.reason(fact.reason),
        words.say("case.asked_for", materials=teller.papers(fact.materials)),
    ]
    if fact.by:
        lines.append(words.say("life.by", day=fact.by))
    if fact.again:
        key = f"reason.{fact.again}"
        why = words.say(key) if words.has(key) else fact.again
        lines.append(words.say("life.again", reason=why))
    return [*lines, *teller.text(tx, "case.note", fact.note)]


def _acceptance(teller: Teller, fact: CaseAccepted) -> list[str]:
    lines = []
    if fact.pending:
        papers = teller.papers(fact.pending)
        lines.append(teller.words.say("life.pending", materials=papers, day=fact.pending_by))
    if fact.commitment:
        lines.append(teller.words.say("life.commitment"))
    return lines


def _decision(tx: Tx, teller: Teller, fact: CaseDecided) -> list[str]:
    words = teller.words
    said = words.say("case.outcome", outcome=words.say(f"outcome.{fact.outcome}"))
    why = [teller.reason(fact.reason)] if fact.reason else []
    term = [words.say("life.term", day=fact.valid_until)] if fact.valid_until else []
    opinion = teller.text(tx, "case.opinion", fact.opinion)
    return [said, *why, *teller.ground(fact.ground), *term, *opinion]


def _short_lines(tx: Tx, teller: Teller, fact: Fact | None) -> list[str]:
    words = teller.words
    match fact:
        case CaseDispatched(department=department):
            return [teller.department(department)]
        case CaseDelivered(to=to, mode=mode):
            handed = words.say("case.handed_to", to=words.say(f"way.to_{to}"))
            key = f"way.mode_{mode}"
            other = mode != "window" and words.has(key)
            return [words.say("life.mode", mode=words.say(key))] if other else [handed]
        case CaseWithdrawn(reason=reason) | CaseSentOn(reason=reason):
            return [teller.reason(reason)]
        case HolderReclaimed(reason=reason):
            return [teller.reason(reason)]
        case _:
            return page_law_life.lines(tx, teller, fact)
