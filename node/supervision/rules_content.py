"""内容监察: C1 to C3, what decisions lack and which papers were asked for or let pass. Pure."""

from collections.abc import Collection, Iterator
from types import MappingProxyType
from typing import Final

from node.cases import faults, intake
from node.cases.facts import Fact, Fault
from node.supervision import hits
from node.supervision.hits import RED, YELLOW, of_law
from node.supervision.model import Dossier, Hit, Parameter, Rule, Values
from node.supervision.walk import Span
from schemas.case_law import CaseApplied, CaseSupplied
from schemas.case_terms import MaterialGiven
from schemas.cases import (
    CaseAccepted,
    CaseCorrected,
    CaseCorrectionRequested,
    CaseDecided,
    CaseReceived,
    CaseRefused,
    Outcome,
)
from schemas.items import Item
from schemas.notices import NoticeKind
from schemas.supervision import RuleClass, RuleId

LACKING: Final = frozenset({Fault.NO_REASON, Fault.NO_GROUND, Fault.NO_REMEDIES})
BRINGING: Final = CaseReceived | CaseApplied | CaseCorrected | CaseSupplied


# ---- what goes against the applicant


def _c1(dossier: Dossier, values: Values) -> Iterator[Hit]:
    """A refusal or a denial lacks reason, ground, remedies, or its written notice in time.

    Yellow where an older program had no field for ground and remedies.
    """
    for span, fact, fault in dossier.walk.tried:
        if isinstance(fact, CaseRefused | CaseDecided) and fault in LACKING:
            yield hits.done(RuleId.C1, RED, span, _what(fact), f"={fault.value}")
    for span, fact in dossier.walk.done:
        notice = _notice_of(fact)
        if notice is None:
            continue
        if _is_bare(span, fact):
            yield hits.done(RuleId.C1, YELLOW, span, _what(fact), "=before_the_law")
        workdays = values["notice_workdays"]
        over = hits.unwritten_at(dossier, span, notice, workdays)
        if over is not None:
            said = (_what(fact), f"=not_written|{workdays}")
            yield hits.done(RuleId.C1, RED, span, *said, mark=":notice", at=over)


def _what(fact: Fact) -> str:
    return "=refusal" if isinstance(fact, CaseRefused) else "=denial"


def _notice_of(fact: Fact) -> NoticeKind | None:
    """Name the document that an event calls for if it goes against the applicant."""
    if isinstance(fact, CaseRefused):
        return NoticeKind.REFUSAL
    is_denied = isinstance(fact, CaseDecided) and fact.outcome is Outcome.DENIED
    return NoticeKind.DENIAL if is_denied else None


def _is_bare(span: Span, fact: Fact) -> bool:
    """Say whether an older program let it pass without ground or remedies.

    That program had no field for them, so they may stand on the paper: to be looked up, not a red.
    """
    if not isinstance(fact, CaseRefused | CaseDecided) or not span.happening.step.is_old:
        return False
    return not faults.is_grounded(fact.ground) or fact.remedies is None


# ---- papers


def _c2(dossier: Dossier, _values: Values) -> Iterator[Hit]:
    """Nothing beyond the guide is demanded, and nothing beyond it taken (§31)."""
    item = dossier.life.item
    if item is None:
        return
    for span, fact in dossier.walk.done:
        asked = intake.asked_for(item, span.view.law.situation)
        more = [code for code in _codes_of(fact) if code not in asked]
        if more:
            why = "=asked_beyond" if isinstance(fact, CaseCorrectionRequested) else "=taken_beyond"
            yield hits.done(RuleId.C2, YELLOW, span, why, _names(item, more))


def _codes_of(fact: Fact) -> tuple[str, ...]:
    if isinstance(fact, CaseCorrectionRequested):
        return fact.materials
    return tuple(one.code for one in fact.materials) if isinstance(fact, BRINGING) else ()


def _names(item: Item, codes: Collection[str]) -> str:
    """Name papers as the guide does, in its order; one that it does not know by its code."""
    known = {need.code: need.name for need in item.materials}
    order = {code: number for number, code in enumerate(known)}
    ordered = sorted(set(codes), key=lambda code: (order.get(code, len(order)), code))
    return "、".join(known.get(code, code) for code in ordered)


def _c3(dossier: Dossier, _values: Values) -> Iterator[Hit]:
    """A required paper was missing: when it was accepted, or still when it was granted.

    That it was brought later changes nothing; what a window noted before the grant counts.
    """
    item = dossier.life.item
    if item is None:
        return
    given: set[str] = set()
    for span, fact in dossier.walk.done:
        if isinstance(fact, BRINGING):
            given |= {one.code for one in fact.materials if _is_there(one)}
        elif isinstance(fact, CaseAccepted) and not fact.commitment:
            asked = intake.asked_for(item, span.view.law.situation)
            required = {need.code for need in item.materials if need.required}
            lacking = required & asked - given - set(fact.pending)
            if lacking:
                yield hits.done(RuleId.C3, YELLOW, span, "=accepted", _names(item, lacking))
        elif isinstance(fact, CaseDecided) and fact.outcome is Outcome.GRANTED:
            pending = set(span.view.law.pending) - _noted_by(dossier, span.at)
            if pending:
                yield hits.done(RuleId.C3, YELLOW, span, "=granted", _names(item, pending))


def _noted_by(dossier: Dossier, instant: int) -> set[str]:
    """Name the pending papers that windows said they have, by an instant."""
    notes = (one for one in dossier.life.notes if one.at <= instant)
    return {code for note in notes for code in note.materials}


def _is_there(one: MaterialGiven) -> bool:
    return bool(one.parts or one.originals or one.copies)


# ---- the catalogue


RULES: Final = (
    Rule(
        id=RuleId.C1, rule_class=RuleClass.CONTENT, level=RED, of_case=_c1,
        basis=(of_law("第三十二条"), of_law("第三十八条")),
        parameters=MappingProxyType(
            {"notice_workdays": Parameter(usual=3, least=1, most=60)}
        ),
    ),
    Rule(
        id=RuleId.C2, rule_class=RuleClass.CONTENT, level=YELLOW, of_case=_c2,
        basis=(of_law("第三十一条"),),
    ),
    Rule(
        id=RuleId.C3, rule_class=RuleClass.CONTENT, level=YELLOW, of_case=_c3,
        basis=(of_law("第三十二条"),),
    ),
)  # fmt: skip
