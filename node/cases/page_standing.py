"""What the law adds to a case, as its page shows it: deemed effects, procedures, remedies."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

from node.cases import guards
from node.cases.caseview import CaseView
from node.cases.page_case import Block, Voice, extension_words, limit_words
from node.cases.page_teller import Teller, Told
from node.database import Tx
from node.web.chrome import Mark, day
from schemas.case_law import (
    CaseExtended,
    CaseOpinionGiven,
    CaseReopened,
    CaseRevoked,
    CaseSuspended,
)
from schemas.case_terms import Remedies
from schemas.cases import CaseCorrectionRequested, CaseDecided, CaseRefused, CaseState, Outcome
from schemas.cases_api import CaseNote
from schemas.ids import DepartmentId

SUPPLIED = "note.materials_supplied"
F = TypeVar("F")


def last(told: Sequence[Told], kind: type[F]) -> F | None:
    """Give the last event of a kind that has effect."""
    return next((one.counts for one in reversed(told) if isinstance(one.counts, kind)), None)


# ---- what must be known before anything else is read


def boxes(teller: Teller, view: CaseView, told: Sequence[Told]) -> Iterator[Block]:
    """Say what time itself brought about, and why the case stands still."""
    words = teller.words
    if "accepted" in view.law.deemed:
        why = words.say("standing.deemed_accepted_why", day=day(view.received_at))
        yield Block(words.say("standing.deemed_accepted"), (why,))
    if "granted" in view.law.deemed:
        why = words.say("standing.deemed_granted_why", day=view.law.expires_on)
        yield Block(words.say("standing.deemed_granted"), (why,))
    if view.state is CaseState.SUSPENDED:
        begun = last(told, CaseSuspended)
        if begun is not None:
            yield _procedure(teller, begun)
    if view.state is CaseState.CORRECTING and view.law.correct_by:
        over = str(teller.looker.today) > view.law.correct_by
        key = "standing.correct_over" if over else "standing.correct_by"
        said = words.say(key, day=view.law.correct_by)
        yield Block(words.say("standing.correcting"), (said,))


def _procedure(teller: Teller, begun: CaseSuspended) -> Block:
    words = teller.words
    kind = words.say(f"special.{begun.procedure}")
    name = words.pick(begun.name, kind) or kind
    stops = {
        (True, True): "both",
        (False, True): "promised",
        (True, False): "statutory",
        (False, False): "none",
    }[begun.stops_statutory, begun.stops_promised]
    lines = [
        words.say(
            "standing.suspended_since",
            day=day(begun.started_at),
            limit=limit_words(words, begun.limit),
            stops=words.say(f"standing.stops_{stops}"),
        ),
        words.say("standing.ground", law=begun.ground.law, article=begun.ground.article),
    ]
    if begun.on:
        lines.append(words.say("standing.held_on", day=begun.on))
    if begun.place:
        lines.append(words.say("standing.held_at", place=begun.place))
    return Block(words.say("standing.suspended", name=name), tuple(lines))


# ---- the rest of it


def standing(
    tx: Tx, teller: Teller, view: CaseView, told: Sequence[Told], notes: Sequence[CaseNote]
) -> Iterator[Block]:
    """Say what else the law added: each block with what it is, and why."""
    yield from _joint(tx, teller, view, told)
    yield from _pending(teller, view, notes)
    yield from _extended(teller, told)
    yield from _commitment(teller, view)
    yield from _notices(teller, view, told)
    yield from _reopened(teller, view, told)
    yield from _remedies(teller, view, told)


def _joint(tx: Tx, teller: Teller, view: CaseView, told: Sequence[Told]) -> Iterator[Block]:
    """Say which departments have given their opinion, and what it is."""
    asked = [one for stage, _ in view.stages for one in stage.joint]
    if not asked:
        return
    given = {
        one.counts.department: one.counts
        for one in told
        if isinstance(one.counts, CaseOpinionGiven)
    }
    waiting = guards.missing_opinions(view)
    voices = tuple(
        _voice(tx, teller, one, None if one in waiting else given.get(one)) for one in asked
    )
    yield Block(teller.words.say("standing.joint"), voices=voices)


def _voice(tx: Tx, teller: Teller, one: DepartmentId, said: CaseOpinionGiven | None) -> Voice:
    words = teller.words
    who = teller.name_of(one) or one
    if said is None:
        return Voice(who, Mark("still", words.say("standing.awaited")))
    tone, key = ("green", "agreed") if said.agrees else ("red", "disagreed")
    opinion = tuple(teller.text(tx, "case.opinion", said.opinion))
    return Voice(who, Mark(tone, words.say(f"standing.{key}")), opinion)


def _pending(teller: Teller, view: CaseView, notes: Sequence[CaseNote]) -> Iterator[Block]:
    words, law = teller.words, view.law
    supplied = [note for note in notes if note.kind == SUPPLIED]
    brought = {code for note in supplied for code in note.materials}
    missing = [code for code in law.pending if code not in brought]
    lines = []
    if missing:
        lines.append(words.say("standing.pending_papers", materials=teller.papers(missing)))
        over = str(teller.looker.today) > law.pending_by
        lines.append(words.say(f"standing.pending_{'over' if over else 'by'}", day=law.pending_by))
    lines += [
        words.say(
            "standing.brought",
            place=teller.places(note.node),
            day=day(note.at),
            materials=teller.papers(note.materials),
        )
        for note in supplied
    ]
    if lines:
        yield Block(words.say("standing.pending"), tuple(lines))


def _extended(teller: Teller, told: Sequence[Told]) -> Iterator[Block]:
    fact = last(told, CaseExtended)
    if fact is None:
        return
    words = teller.words
    limit = extension_words(words, teller.item, fact.amount)
    by = words.say("standing.extended_by", limit=limit, day=day(fact.extended_at))
    lines = (by, teller.reason(fact.reason), *teller.ground(fact.ground))
    yield Block(words.say("standing.extended"), lines)


def _commitment(teller: Teller, view: CaseView) -> Iterator[Block]:
    if not view.law.commitment:
        return
    words = teller.words
    said = {None: "open", True: "kept", False: "broken"}[view.law.checked]
    line = words.say(f"standing.commitment_{said}")
    yield Block(words.say("standing.commitment"), (line,))


def _notices(teller: Teller, view: CaseView, told: Sequence[Told]) -> Iterator[Block]:
    """Mark that there was more than the one notice which the law allows."""
    if view.law.corrections < 2:  # noqa: PLR2004  # the law allows one
        return
    words, fact = teller.words, last(told, CaseCorrectionRequested)
    key = f"reason.{fact.again if fact else ''}"
    reason = words.say(key) if words.has(key) else ""
    why = (words.say("standing.second_notice_why", reason=reason),)
    yield Block(words.say("standing.second_notice", n=view.law.corrections), why)


def _reopened(teller: Teller, view: CaseView, told: Sequence[Told]) -> Iterator[Block]:
    fact = last(told, CaseReopened) if view.law.reopened else None
    if fact is None:
        return
    words, key = teller.words, f"reason.{fact.reason}"
    reason = words.say(key) if words.has(key) else fact.reason
    yield Block(words.say("standing.reopened", reason=reason, document=fact.document))


def _remedies(teller: Teller, view: CaseView, told: Sequence[Told]) -> Iterator[Block]:
    """Say where the applicant may turn, if the case went against him."""
    words, found = teller.words, _against(view, told)
    if found is None:
        return
    said = words.say(
        "standing.remedies_said",
        days=found.review_days,
        months=found.lawsuit_months,
        review_body=found.review_body,
        court=found.court,
    )
    refused = last(told, CaseRefused)
    body = "" if refused is None else refused.competent
    other = (words.say("standing.competent", body=body),) if body else ()
    yield Block(words.say("standing.remedies"), (said, *other))


def _against(view: CaseView, told: Sequence[Told]) -> Remedies | None:
    fact: CaseDecided | CaseRefused | CaseRevoked | None = None
    match view.outcome:
        case Outcome.DENIED:
            fact = last(told, CaseDecided)
        case Outcome.REFUSED:
            fact = last(told, CaseRefused)
        case Outcome.REVOKED:
            fact = last(told, CaseRevoked)
        case _:
            pass
    return None if fact is None else fact.remedies
