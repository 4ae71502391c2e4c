"""What an effective event says about the law's side of a case: the fold of `LawView`. Pure."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from msgspec.structs import replace

from node.cases.caseview import CaseView
from node.cases.facts import Step
from node.cases.lawview import NO_LAW, LawView
from schemas.case_law import (
    CaseApplied,
    CaseCertified,
    CaseChecked,
    CaseDeemedAccepted,
    CaseDeemedGranted,
    CaseExtended,
    CaseFeeSettled,
    CaseOpinionGiven,
    CaseRedispatched,
    CaseReopened,
    CaseResumed,
    CaseReturned,
    CaseRevoked,
    CaseSentBack,
    CaseSignedIn,
    CaseSupplied,
    CaseSuspended,
    CaseTakenOver,
    CaseTerminated,
    CaseVoided,
)
from schemas.cases import (
    CaseAccepted,
    CaseCorrected,
    CaseCorrectionRequested,
    CaseDecided,
    CaseEvent,
    CaseReceived,
    CaseState,
    Outcome,
)
from schemas.item_terms import LICENCE
from schemas.items import Item


def begun(received: CaseReceived | CaseApplied, item: Item | None, at: int) -> LawView:
    """What the first event says, written `at`, and the item, if it is known here.

    The last day of a licence has an effect on its renewal alone (行政许可法 §50).
    """
    is_renewal = item is None or (item.renewal and item.type_code == LICENCE)
    law = LawView(
        query=received.query, situation=received.situation, follows=received.follows,
        expires_on=received.expires_on if is_renewal else "",
        fee_due=item is not None and bool(item.fees),
    )  # fmt: skip
    if isinstance(received, CaseReceived):
        law = replace(
            law, agency=received.agency or None, paper=received.paper or None,
            entered_at=at if received.paper else 0,
        )  # fmt: skip
    return NO_LAW if law == NO_LAW else law


def entered(view: CaseView, before: CaseState) -> CaseView:
    """Note the state that a correction or a special procedure will go back to."""
    if view.state not in (CaseState.CORRECTING, CaseState.SUSPENDED):
        return view
    return replace(view, law=replace(view.law, before=before))


def at_next_stage(view: CaseView) -> CaseView:
    """Forget who had the case at the stage that is behind."""
    if view.law.handler is None and not view.law.opinions:
        return view
    return replace(view, law=replace(view.law, handler=None, opinions=()))


def with_facts(view: CaseView, step: Step, fact: CaseEvent) -> CaseView:
    """Note what the event says; most say nothing about the law."""
    view = _with_ending(view, step, fact)
    law = _law_after(view.law, step, fact)
    return view if law is view.law else replace(view, law=law)


def _law_after(law: LawView, step: Step, fact: CaseEvent) -> LawView:
    match fact:
        case CaseCorrectionRequested():
            return replace(law, corrections=law.corrections + 1, correct_by=fact.by)
        case CaseCorrected():
            return replace(law, before=None, correct_by="", corrected_at=step.at)
        case CaseAccepted() if fact.pending or fact.commitment:
            return replace(
                law, pending=fact.pending, pending_by=fact.pending_by, commitment=fact.commitment
            )
        case CaseSupplied():
            given = {one.code for one in fact.materials}
            return replace(law, pending=tuple(one for one in law.pending if one not in given))
        case CaseSignedIn() | CaseTakenOver():
            return replace(law, handler=step.actor)
        case CaseSentBack() | CaseRedispatched():
            return replace(law, handler=None)
        case CaseOpinionGiven():
            return replace(law, opinions=(*law.opinions, fact.department))
        case _:
            return _in_procedure(law, fact)


def _in_procedure(law: LawView, fact: CaseEvent) -> LawView:
    match fact:
        case CaseSuspended():
            return replace(law, procedure=fact.procedure, procedure_name=fact.name)
        case CaseResumed():
            done = (law.procedure,) if law.procedure and fact.result == "done" else ()
            return replace(
                law, before=None, procedure=None, procedure_name="",
                procedures=tuple(dict.fromkeys((*law.procedures, *done))),
            )  # fmt: skip
        case CaseExtended():
            return replace(law, extended=fact.amount)
        case CaseFeeSettled():
            return replace(law, fee_settled=True)
        case CaseDecided() if fact.valid_until:
            return replace(law, valid_until=fact.valid_until)
        case CaseCertified():
            return replace(law, certificate=fact.certificate, valid_until=fact.valid_until)
        case _:
            return _by_time(law, fact)


def _by_time(law: LawView, fact: CaseEvent) -> LawView:
    match fact:
        case CaseDeemedAccepted():
            return replace(law, deemed=(*law.deemed, "accepted"))
        case CaseDeemedGranted():
            return replace(
                law, deemed=(*law.deemed, "granted"), before=None, procedure=None,
                procedure_name="",
            )  # fmt: skip
        case CaseChecked():
            return replace(law, checked=fact.kept)
        case CaseReopened():  # decided anew: what was extended and made out is no more
            return replace(
                law, reopened=law.reopened + 1, extended=0, certificate="", valid_until="",
                checked=None,
            )  # fmt: skip
        case _:
            return law


def _with_ending(view: CaseView, step: Step, fact: CaseEvent) -> CaseView:
    match fact:
        case CaseDeemedAccepted():
            return replace(view, accepted_at=fact.accepted_at)
        case CaseDeemedGranted():
            return replace(
                view, outcome=Outcome.GRANTED, decided_by=step.node, decided_at=fact.caused_at
            )
        case CaseRedispatched():
            return replace(view, department=fact.department, department_at=step.node)
        case CaseSentBack():
            return replace(view, department=None, department_at=None)
        case CaseReopened():
            return replace(
                view, outcome=None, proposed=None, reason=fact.reason, decided_at=None,
                delivered_at=None, closed_at=None,
            )  # fmt: skip
        case _:
            outcome = _OUTCOMES.get(type(fact))
            return view if outcome is None else _ended(view, outcome, fact)


def _ended(view: CaseView, outcome: Outcome, fact: CaseEvent) -> CaseView:
    return replace(view, outcome=outcome, reason=getattr(fact, "reason", None))


_OUTCOMES: Final[Mapping[type, Outcome]] = MappingProxyType(
    {
        CaseReturned: Outcome.RETURNED,
        CaseTerminated: Outcome.TERMINATED,
        CaseVoided: Outcome.VOIDED,
        CaseRevoked: Outcome.REVOKED,
    }
)
