"""Cases as pure values: a view at any point of its life, and what would move it on."""

from dataclasses import dataclass

from node.cases import model, rulings, transitions
from node.cases.model import CaseView
from node.cases.rulings import Fact, Step
from node.catalogue.model import stages_for
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
    CaseWithdrawn,
    Outcome,
)
from schemas.ids import CaseNumber, DepartmentId, NodeId, PartDigest, StreamName
from schemas.items import Item
from schemas.staff import Role
from tests.support.catalogue import LICENCE, WJJ

COUNTY, TOWN, VILLAGE = NodeId("610328"), NodeId("610328100"), NodeId("610328100201")
CASE = StreamName(f"case/{VILLAGE}/aaaaaaaaaaaaaaaa")
ITEM = StreamName(f"item/{COUNTY}/aaaaaaaaaaaaaaaa")
PART = PartDigest("a" * 64)


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


def received(item: Item = LICENCE, origin: NodeId = VILLAGE, **changes: object) -> Step:
    """The first event of a case of `item` taken at `origin`."""
    stages = stages_for(item, origin, origin)
    fact = CaseReceived(
        number=CaseNumber(f"{origin}-20261123-A0001"),
        item=ITEM,
        item_version=1,
        place=origin,
        received_at=1,
        applicant=PART,
        materials=(),
    )
    step = Step(CASE, 0, 1, origin, model.first_holder(origin, stages), fact)
    return replaced(step, **changes)


def replaced(step: Step, **changes: object) -> Step:
    values = {
        name: changes.get(name, getattr(step, name))
        for name in ("stream", "seq", "at", "node", "holder", "data")
    }
    return Step(**values)  # type: ignore[arg-type]


def begun(item: Item = LICENCE, origin: NodeId = VILLAGE) -> CaseView:
    """A case that has just been received."""
    step = received(item, origin)
    assert isinstance(step.data, CaseReceived)
    return rulings.begin(step, step.data, stages_for(item, origin, origin))


def fact_of(action: Action, view: CaseView) -> CaseEvent:
    """A sound event for the action."""
    facts: dict[Action, CaseEvent] = {
        Action.FORWARD: CaseForwarded(),
        Action.REQUEST_CORRECTION: CaseCorrectionRequested(
            reason="materials_missing", materials=("form",)
        ),
        Action.CORRECT: CaseCorrected(materials=()),
        Action.ACCEPT: CaseAccepted(accepted_at=view.since + 1),
        Action.REFUSE: CaseRefused(reason="not_our_competence"),
        Action.DISPATCH: CaseDispatched(department=model.department_for(view) or WJJ),
        Action.REVIEW: CaseReviewed(proposes=Outcome.GRANTED),
        Action.DECIDE: CaseDecided(outcome=Outcome.GRANTED, decided_at=view.since + 1),
        Action.DELIVER: CaseDelivered(delivered_at=view.since + 1),
        Action.CLOSE: CaseClosed(outcome=view.outcome or Outcome.GRANTED),
        Action.WITHDRAW: CaseWithdrawn(reason="applicant_withdrew"),
        Action.SEND_ON: CaseSentOn(reason="wrong_recipient"),
    }
    return facts[action]


def next_step(view: CaseView, fact: Fact, **changes: object) -> Step:
    """The event that says `fact` after `view`, by its holder, to whom the table names."""
    holder = view.holder
    action = rulings.action_of(fact) if isinstance(fact, CaseEvent) else None
    if action is not None:
        row = transitions.find_row(view.state, action, view.stage_kind)
        holder = view.holder if row is None else model.holder_after(view, row)
    step = Step(view.stream, view.seq + 1, view.since + 1, view.holder, holder, fact)
    return replaced(step, **changes)


def walk(view: CaseView, *actions: Action) -> CaseView:
    """Do these one after the other; each must be effective."""
    for action in actions:
        step = next_step(view, fact_of(action, view))
        ruling = rulings.judge(view, step, None)
        assert ruling == rulings.EFFECTIVE, (action, ruling)
        view = rulings.apply(view, step, ruling.effect)
    return view
