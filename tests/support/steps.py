"""Cases as pure values: a view at any point of its life, and what would move it on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from msgspec import structs

from node.calendar.model import due_instant
from node.cases import facts, faults, guards, model, rulings, transitions
from node.cases.caseview import CaseView
from node.cases.facts import Fact, Step
from node.catalogue.model import stages_for
from node.clock import to_ms
from schemas.case_law import (
    CaseAdmitted,
    CaseApplied,
    CaseCertified,
    CaseChecked,
    CaseDeemedAccepted,
    CaseDeemedGranted,
    CaseExtended,
    CaseFeeSettled,
    CaseNotified,
    CaseOpinionGiven,
    CaseRedispatched,
    CaseReopened,
    CaseReported,
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
from schemas.case_terms import Ground, MaterialGiven, Remedies
from schemas.cases import (
    Action,
    CaseAccepted,
    CaseClosed,
    CaseCorrected,
    CaseCorrectionRequested,
    CaseDecided,
    CaseDelivered,
    CaseDispatched,
    CaseEvent,
    CaseForwarded,
    CaseReceived,
    CaseRefused,
    CaseReviewed,
    CaseSentOn,
    CaseState,
    CaseWithdrawn,
    Outcome,
)
from schemas.ids import CaseNumber, DepartmentId, NodeId, PartDigest, StreamName
from schemas.item_terms import SpecialKind
from schemas.items import Item, Limit
from schemas.staff import Role
from tests.support.catalogue import LICENCE, WJJ
from tests.support.laws import ZRZY

COUNTY, TOWN, VILLAGE = NodeId("610328"), NodeId("610328100"), NodeId("610328100201")
CASE = StreamName(f"case/{VILLAGE}/aaaaaaaaaaaaaaaa")
ITEM = StreamName(f"item/{COUNTY}/aaaaaaaaaaaaaaaa")
PART = PartDigest("a" * 64)
NOON = 1_795_406_400_000
"""Monday 2026-11-23, 12:00 in China: when cases here are received."""


@dataclass(frozen=True)
class Person:
    """Somebody who acts."""

    roles: frozenset[Role]
    department: DepartmentId | None = None


AGENT = Person(frozenset({Role.AGENT}))
CLERK = Person(frozenset({Role.CLERK}))
OFFICER = Person(frozenset({Role.OFFICER}))
HANDLER = Person(frozenset({Role.HANDLER}), WJJ)
APPROVER = Person(frozenset({Role.APPROVER}), WJJ)
SUPERVISOR = Person(frozenset({Role.SUPERVISOR}))
ANYBODY = Person(frozenset(Role), WJJ)


GROUND = Ground(law="行政许可法", article="第三十八条")
REMEDIES = Remedies(review_body="千阳县人民政府", court="千阳县人民法院")


def received(item: Item = LICENCE, origin: NodeId = VILLAGE, **changes: object) -> Step:
    """The first event of a case of `item` taken at `origin`."""
    stages = stages_for(item, origin, origin)
    fact = CaseReceived(
        number=CaseNumber(f"{origin}-20261123-A0001"),
        item=ITEM,
        item_version=1,
        place=origin,
        received_at=NOON,
        applicant=PART,
        materials=(),
    )
    step = Step(CASE, 0, NOON, origin, model.first_holder(origin, stages), fact)
    return replaced(step, **changes)


def replaced(step: Step, **changes: object) -> Step:
    values = {
        name: changes.get(name, getattr(step, name))
        for name in ("stream", "seq", "at", "node", "holder", "data", "actor")
    }
    return Step(**values)  # type: ignore[arg-type]


def begun(item: Item = LICENCE, origin: NodeId = VILLAGE, *, expires_on: str = "") -> CaseView:
    """A case that has just been received."""
    step = received(item, origin)
    assert isinstance(step.data, CaseReceived)
    fact = structs.replace(step.data, expires_on=expires_on)
    return rulings.begin(step, fact, stages_for(item, origin, origin), item)


def applied(item: Item = LICENCE, origin: NodeId = VILLAGE) -> CaseView:
    """A case that came through the network, and waits at its window."""
    step = received(item, origin, holder=origin)
    assert isinstance(step.data, CaseReceived)
    fact = CaseApplied(
        number=step.data.number, item=ITEM, item_version=1, place=origin, received_at=NOON,
        applicant=PART, materials=(),
    )  # fmt: skip
    return rulings.begin(replaced(step, data=fact), fact, stages_for(item, origin, origin), item)


def fact_of(action: Action, view: CaseView) -> CaseEvent:
    """A sound event for the action."""
    return _FACTS[action](view)


_FACTS: Final[Mapping[Action, Callable[[CaseView], CaseEvent]]] = {
    Action.FORWARD: lambda _: CaseForwarded(),
    Action.ADMIT: lambda _: CaseAdmitted(),
    Action.REQUEST_CORRECTION: lambda view: CaseCorrectionRequested(
        reason="materials_missing", materials=("form",), by="2026-12-01",
        again="new_circumstance" if view.law.corrections else "",
    ),
    Action.CORRECT: lambda _: CaseCorrected(materials=()),
    Action.ACCEPT: lambda view: CaseAccepted(accepted_at=view.since + 1),
    Action.DEEM_ACCEPTED: lambda view: CaseDeemedAccepted(
        accepted_at=view.received_at, caused_at=view.received_at + faults.TELL_MS
    ),
    Action.REFUSE: lambda _: CaseRefused(
        reason="not_our_competence", ground=GROUND, remedies=REMEDIES, competent="县自然资源局"
    ),
    Action.SUPPLY: lambda view: CaseSupplied(
        materials=tuple(MaterialGiven(code=one, originals=1) for one in view.law.pending)
    ),
    Action.DISPATCH: lambda view: CaseDispatched(department=model.department_for(view) or WJJ),
    Action.SIGN_IN: lambda _: CaseSignedIn(),
    Action.SEND_BACK: lambda _: CaseSentBack(reason="wrong_department"),
    Action.REDISPATCH: lambda _: CaseRedispatched(department=ZRZY, reason="wrong_department"),
    Action.TAKE_OVER: lambda _: CaseTakenOver(reason="colleague_absent"),
    Action.GIVE_OPINION: lambda view: CaseOpinionGiven(
        department=min(guards.missing_opinions(view), default=ZRZY), agrees=True
    ),
    Action.REVIEW: lambda _: CaseReviewed(proposes=Outcome.GRANTED),
    Action.REPORT: lambda _: CaseReported(opinion=PART),
    Action.SUSPEND: lambda view: CaseSuspended(
        procedure=SpecialKind.HEARING, name="听证", ground=GROUND, limit=Limit(amount=20),
        started_at=view.since + 1, stops_statutory=True, stops_promised=True,
    ),
    Action.RESUME: lambda view: CaseResumed(ended_at=view.since + 1, result="done"),
    Action.EXTEND: lambda view: CaseExtended(
        amount=10, extended_at=view.since + 1, reason="complex_case", ground=GROUND
    ),
    Action.SETTLE_FEE: lambda view: CaseFeeSettled(
        fen=1000, settled_at=view.since + 1, payment_code="61032826000000000001"
    ),
    Action.DECIDE: lambda view: CaseDecided(outcome=Outcome.GRANTED, decided_at=view.since + 1),
    Action.DEEM_GRANTED: lambda view: CaseDeemedGranted(
        caused_at=guards.lapses_at(view) or 0, ground=GROUND
    ),
    Action.CERTIFY: lambda view: CaseCertified(certificate="证2026-1", certified_at=view.since + 1),
    Action.NOTIFY: lambda view: CaseNotified(notified_at=view.since + 1),
    Action.DELIVER: lambda view: CaseDelivered(delivered_at=view.since + 1),
    Action.CLOSE: lambda view: CaseClosed(outcome=view.outcome or Outcome.GRANTED),
    Action.CHECK: lambda view: CaseChecked(kept=True, checked_at=view.since + 1),
    Action.REVOKE: lambda view: CaseRevoked(
        reason="commitment_broken", ground=GROUND, remedies=REMEDIES, revoked_at=view.since + 1
    ),
    Action.REOPEN: lambda view: CaseReopened(
        reason="review_decision", reopened_at=view.since + 1, document="宝政复〔2026〕1号"
    ),
    Action.RETURN: lambda _: CaseReturned(reason="correction_overdue"),
    Action.WITHDRAW: lambda _: CaseWithdrawn(reason="applicant_withdrew"),
    Action.TERMINATE: lambda _: CaseTerminated(reason="object_gone"),
    Action.VOID: lambda _: CaseVoided(reason="entered_by_mistake", note=PART),
    Action.SEND_ON: lambda _: CaseSentOn(reason="wrong_recipient"),
}  # fmt: skip


def next_step(view: CaseView, fact: Fact, **changes: object) -> Step:
    """The event that says `fact` after `view`, by its holder, to whom the table names."""
    holder = view.holder
    if isinstance(fact, CaseEvent):
        row = transitions.find_row(view.state, facts.action_of(fact), view.stage_kind)
        holder = view.holder if row is None else model.holder_after(view, row, fact)
    at = max(view.since + 1, _earliest(view, fact))
    step = Step(view.stream, view.seq + 1, at, view.holder, holder, fact)
    return replaced(step, **changes)


def _earliest(view: CaseView, fact: Fact) -> int:
    """The first instant at which the law lets it happen, where that is later than at once."""
    if isinstance(fact, CaseDeemedAccepted | CaseDeemedGranted):
        return fact.caused_at
    by = view.law.correct_by or view.law.pending_by
    if isinstance(fact, CaseReturned) and by:
        return to_ms(due_instant(date.fromisoformat(by)))
    return 0


def walk(view: CaseView, *actions: Action) -> CaseView:
    """Do these one after the other; each must be effective."""
    for action in actions:
        step = next_step(view, fact_of(action, view))
        ruling = rulings.judge(view, step, None)
        assert ruling == rulings.EFFECTIVE, (action, ruling)
        view = rulings.apply(view, step, ruling.effect)
    return view


OVER = frozenset({CaseState.CLOSED, CaseState.REVOKED, CaseState.VOIDED})


def ended(view: CaseView) -> CaseView:
    """Whatever happened, those whose turn it is bring the case to its end: exactly one holder."""
    for _ in range(30):
        if view.state in OVER and not model.is_astray(view):
            return view
        duty = model.duty_at(view, view.holder)
        if duty is None and guards.missing_opinions(view):
            duty = Action.GIVE_OPINION
        assert duty is not None, view
        view = walk(view, duty)
    raise AssertionError(view)
