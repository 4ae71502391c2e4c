"""What an event itself gets wrong, whoever wrote it: it then has no effect. Pure.

Looks at the event and the view alone, so every replica agrees without item or calendar. What needs
those is asked in `node.cases.requirements` before an event is written here.
"""

from datetime import timedelta
from typing import Final

from node.cases import guards
from node.cases.caseview import CaseView
from node.cases.facts import Fault, Step
from node.clock import from_ms, local_day
from schemas.case_law import (
    CaseDeemedAccepted,
    CaseDeemedGranted,
    CaseExtended,
    CaseOpinionGiven,
    CaseResumed,
    CaseReturned,
    CaseRevoked,
    CaseSuspended,
)
from schemas.case_terms import Ground
from schemas.cases import (
    CaseClosed,
    CaseCorrectionRequested,
    CaseDecided,
    CaseRefused,
    CaseReviewed,
    Outcome,
)
from schemas.item_terms import SpecialKind
from schemas.reasons import Reason

DECISIONS: Final = frozenset({Outcome.GRANTED, Outcome.DENIED})
STATUTORY_PROCEDURES: Final = frozenset(
    {
        SpecialKind.HEARING, SpecialKind.TENDER, SpecialKind.AUCTION, SpecialKind.INSPECTION,
        SpecialKind.TEST, SpecialKind.QUARANTINE, SpecialKind.APPRAISAL, SpecialKind.EXPERT_REVIEW,
    }
)  # fmt: skip
"""The eight whose time does not count towards the limit of a licence (行政许可法 §45)."""
MOST_EXTENSION: Final = 15  # of a joint review (§42); ten otherwise, which the item's stages tell
TELL_MS: Final = timedelta(days=5) // timedelta(milliseconds=1)
"""Five working days (§32(4)) are never less than five days."""


def fault_in(view: CaseView, step: Step) -> Fault | None:
    """Say what is wrong with an event that custody and the table allow; `None` if nothing is."""
    match step.data:
        case CaseCorrectionRequested() as fact:
            return _corrected(view, fact, is_old=step.is_old)
        case CaseRefused() as fact:
            return _refused(fact, is_old=step.is_old)
        case CaseReviewed() as fact:
            return None if fact.proposes in DECISIONS else Fault.WRONG_OUTCOME
        case CaseDecided() as fact:
            return _decided(fact, is_old=step.is_old)
        case CaseClosed() as fact:
            return None if fact.outcome is view.outcome else Fault.WRONG_OUTCOME
        case CaseReturned() as fact:
            return _returned(view, fact, step.at)
        case _:
            return _in_procedure(view, step)


def _in_procedure(view: CaseView, step: Step) -> Fault | None:
    match step.data:
        case CaseSuspended() as fact:
            return _suspended(fact)
        case CaseResumed() as fact:
            return None if fact.result in ("done", "dropped") else Fault.NO_REASON
        case CaseExtended() as fact:
            return _extended(fact)
        case CaseOpinionGiven() as fact:
            known = guards.missing_opinions(view)
            return None if fact.department in known else Fault.NOT_ITS_DEPARTMENT
        case CaseRevoked() as fact:
            return _against(fact.ground, has_remedies=True) if fact.reason else Fault.NO_REASON
        case CaseDeemedAccepted() | CaseDeemedGranted() as fact:
            return _deemed(view, fact, step.at)
        case _:
            return Fault.NO_REASON if getattr(step.data, "reason", None) == "" else None


def is_grounded(ground: Ground | None) -> bool:
    """Say whether law and article are both named."""
    return ground is not None and bool(ground.law.strip() and ground.article.strip())


def _corrected(view: CaseView, fact: CaseCorrectionRequested, *, is_old: bool) -> Fault | None:
    if not (fact.reason and fact.materials):
        return Fault.NO_REASON
    is_second = view.law.corrections and not fact.again
    return Fault.SECOND_NOTICE if is_second and not is_old else None


def _refused(fact: CaseRefused, *, is_old: bool) -> Fault | None:
    if not fact.reason:
        return Fault.NO_REASON
    if is_old:
        return None
    if fact.reason == Reason.NOT_OUR_COMPETENCE and not fact.competent:
        return Fault.NO_REASON
    return _against(fact.ground, has_remedies=fact.remedies is not None)


def _against(ground: Ground | None, *, has_remedies: bool) -> Fault | None:
    """What goes against the applicant says by what law, and what he may do (§38)."""
    if not is_grounded(ground):
        return Fault.NO_GROUND
    return None if has_remedies else Fault.NO_REMEDIES


def _decided(fact: CaseDecided, *, is_old: bool) -> Fault | None:
    if fact.outcome not in DECISIONS:
        return Fault.WRONG_OUTCOME
    if fact.outcome is Outcome.GRANTED:
        return None
    if not fact.reason:
        return Fault.NO_REASON
    if is_old:
        return None
    return _against(fact.ground, has_remedies=fact.remedies is not None)


def _suspended(fact: CaseSuspended) -> Fault | None:
    if not is_grounded(fact.ground):
        return Fault.NO_GROUND
    return None if fact.limit.amount > 0 else Fault.NO_LIMIT


def _extended(fact: CaseExtended) -> Fault | None:
    if not fact.reason:
        return Fault.NO_REASON
    if not is_grounded(fact.ground):
        return Fault.NO_GROUND
    return None if 0 < fact.amount <= MOST_EXTENSION else Fault.NO_LIMIT


def _deemed(view: CaseView, fact: CaseDeemedAccepted | CaseDeemedGranted, at: int) -> Fault | None:
    """Time alone brings it about: not before it is up."""
    if isinstance(fact, CaseDeemedGranted):
        if not is_grounded(fact.ground):
            return Fault.NO_GROUND
        is_up = fact.caused_at == guards.lapses_at(view) and fact.caused_at <= at
    else:
        earliest = view.received_at + TELL_MS
        is_up = fact.accepted_at == view.received_at and earliest <= fact.caused_at <= at
    return None if is_up else Fault.WRONG_INSTANT


def _returned(view: CaseView, fact: CaseReturned, at: int) -> Fault | None:
    """Nobody's papers go back before the day that he was given is over."""
    if not fact.reason:
        return Fault.NO_REASON
    last = guards.read_day(view.law.correct_by or view.law.pending_by)
    is_early = last is not None and local_day(from_ms(at)) <= last
    return Fault.WRONG_INSTANT if is_early else None
