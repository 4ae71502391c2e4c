"""What the table cannot say by state and stage alone: whether a step fits this very case. Pure.

Asked for the buttons and for what arrives, so every replica agrees: it looks at the view alone.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final

from node.calendar import model as days
from node.calendar import rules
from node.cases.caseview import CaseView
from node.clock import to_ms
from schemas.cases import Action, CaseState, Outcome
from schemas.ids import DepartmentId
from schemas.item_terms import StageKind


def is_open(view: CaseView, action: Action) -> bool:
    """Say whether a step that the table offers fits the case as it stands."""
    guard = GUARDS.get(action)
    return guard is None or guard.holds(view)


def _waits_for_papers(view: CaseView) -> bool:
    return view.state is CaseState.CORRECTING or bool(view.law.pending)


def is_being_made(view: CaseView) -> bool:
    """Say whether it is granted and its licence is still to be made (制证)."""
    return view.state is CaseState.DECIDED and view.stage_kind is StageKind.ISSUE


def is_to_be_checked(view: CaseView) -> bool:
    """Say whether it was granted on a commitment that nobody has checked yet (事后核查)."""
    law = view.law
    return law.commitment and law.checked is None and view.outcome is Outcome.GRANTED


def missing_opinions(view: CaseView) -> frozenset[DepartmentId]:
    """Name the departments whose opinion this stage of a joint review still lacks (会签)."""
    if view.stage_kind is not StageKind.REVIEW:
        return frozenset()
    return frozenset(view.stages[view.stage][0].joint) - set(view.law.opinions)


def read_day(text: str) -> date | None:
    """Read a day `yyyy-mm-dd` that calendars reach; `None` for anything else, whoever wrote it."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    is_plain = str(day) == text  # 20261123 and 2026-W48-1 name days as well
    return day if is_plain and day.year in rules.YEARS else None


def lapses_at(view: CaseView) -> int | None:
    """Give the instant by which a renewal undecided counts as granted; `None` for all others (§50).

    Not one that came after the licence had ended, nor one that a court had decided anew.
    """
    last = None if view.law.reopened else read_day(view.law.expires_on)
    ends = None if last is None else to_ms(days.due_instant(last))
    return ends if ends is not None and ends > view.received_at else None


def dispatched_at(view: CaseView) -> int | None:
    """Give the index of the stage that dispatched the case to where it is now, at the same node."""
    here = view.stage_node
    for number in range(min(view.stage, len(view.stages)) - 1, -1, -1):
        stage, node = view.stages[number]
        if stage.kind is StageKind.DISPATCH and node == here:
            return number
    return None


@dataclass(frozen=True, slots=True)
class Guard:
    """What must be true of the case beside its state and stage; `says` stands in the documents."""

    says: str
    holds: Callable[[CaseView], bool]


# fmt: off
GUARDS: Final[Mapping[Action, Guard]] = MappingProxyType(
    {
        Action.SIGN_IN: Guard("nobody has signed it in at this stage",
                              lambda view: view.law.handler is None),
        Action.TAKE_OVER: Guard("somebody has signed it in at this stage",
                                lambda view: view.law.handler is not None),
        Action.SEND_BACK: Guard("this node dispatched it",
                                lambda view: dispatched_at(view) is not None),
        Action.GIVE_OPINION: Guard("the joint review still lacks an opinion",
                                   lambda view: bool(missing_opinions(view))),
        Action.REVIEW: Guard("the joint review lacks no opinion",
                             lambda view: not missing_opinions(view)),
        Action.EXTEND: Guard("it was not extended before",
                             lambda view: not view.law.extended),
        Action.SUPPLY: Guard("papers are pending",
                             lambda view: bool(view.law.pending)),
        Action.RETURN: Guard("papers were asked for or are pending",
                             _waits_for_papers),
        Action.SETTLE_FEE: Guard("the item has fees, and they are not settled yet",
                                 lambda view: view.law.fee_due and not view.law.fee_settled),
        Action.DEEM_ACCEPTED: Guard("nobody has asked for a correction",
                                    lambda view: not view.law.corrections),
        Action.DEEM_GRANTED: Guard("it renews a licence that had not ended when it was received,"
                                   " and it is not decided anew",
                                   lambda view: lapses_at(view) is not None),
        Action.NOTIFY: Guard("no licence is still to be made",
                             lambda view: not is_being_made(view)),
        Action.DELIVER: Guard("no licence is still to be made",
                              lambda view: not is_being_made(view)),
        Action.CHECK: Guard("it was granted on a commitment that is not checked yet",
                            is_to_be_checked),
        Action.REVOKE: Guard("it was granted",
                             lambda view: view.outcome is Outcome.GRANTED),
        Action.REOPEN: Guard("it was granted or denied",
                             lambda view: view.outcome in (Outcome.GRANTED, Outcome.DENIED)),
    }
)
# fmt: on
"""Every step of which the table alone does not decide."""
