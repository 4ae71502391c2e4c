"""Who may do what with a bad rating, a complaint or a question, and who may read of it. Pure.

Never whom it is about: he neither answers for himself nor learns who complained. Whoever acted in
the case that it is about has to do with it only if his department must answer.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, assert_never

from node.evaluation.model import HANDLERS
from node.evaluation.redress_model import STEPS, Known, Part, is_open
from schemas.ids import DepartmentId, NodeId, StaffId
from schemas.redress import RedressAct, RedressKind, RedressView
from schemas.staff import OVERSEERS, Role

DESK_POSTS: Final = frozenset({Role.HANDLER, Role.REVIEWER, Role.APPROVER, Role.REPRESENTATIVE})
"""Who answers for a department."""
HEAD_POSTS: Final = DESK_POSTS - {Role.HANDLER}
HALL_POSTS: Final = frozenset({Role.DIRECTOR, Role.OFFICER, Role.APPROVER})
"""Who answers where no department is meant: the hall, or a town."""
HALL_HEADS: Final = frozenset({Role.DIRECTOR, Role.APPROVER})
CALLERS: Final = frozenset({Role.DIRECTOR, Role.SUPERVISOR, Role.CLERK})
JUDGES: Final = frozenset({Role.SUPERVISOR})
TAKERS: Final = frozenset({Role.AGENT, Role.CLERK, Role.OFFICER, Role.DIRECTOR, Role.SUPERVISOR})
"""Who writes down what somebody says at a window, on the telephone, in a letter."""


Roles = frozenset[Role]


@dataclass(frozen=True, slots=True)
class Official:
    """Who acts, as far as this matters."""

    staff: StaffId
    roles: Roles
    department: DepartmentId | None = None
    acted: bool = False
    """Whether he wrote an event of the case that it is about."""
    nobodys: bool = False
    """Whether it names a department that his node does not have: the hall answers then."""


def open_acts(known: Known, me: NodeId, who: Official) -> tuple[RedressAct, ...]:
    """List what somebody may do now, at the node that holds the matter."""
    if known.view.holder != me:
        return ()
    return tuple(one for one in RedressAct if is_open(known, one) and may(known, one, me, who))


def may(known: Known, act: RedressAct, me: NodeId, who: Official) -> bool:
    """Say whether doing this is for him; never for who is complained of."""
    view = known.view
    step = STEPS.get((view.state, act))
    if step is None or who.staff == view.staff:
        return False
    match step.by:
        case Part.ANSWERER:
            return me == view.subject and _answers(view, who, DESK_POSTS, HALL_POSTS)
        case Part.HEAD:
            return me == view.subject and _answers(view, who, HEAD_POSTS, HALL_HEADS)
        case Part.CALLER:
            return me == view.subject and bool(who.roles & CALLERS) and not _had_part(known, who)
        case Part.JUDGE:
            return me == known.judge and bool(who.roles & JUDGES) and not _had_part(known, who)
        case _:
            assert_never(step.by)


def _had_part(known: Known, who: Official) -> bool:
    return who.acted or who.staff in known.hands


def _answers(view: RedressView, who: Official, of_department: Roles, of_hall: Roles) -> bool:
    if view.department is None or who.nobodys:
        return who.department is None and bool(who.roles & of_hall)
    return who.department == view.department and bool(who.roles & of_department)


def may_see(known: Known, me: NodeId, who: Official) -> bool:
    """Say whether he may read of it: who oversees, who answers, who took it; never the accused.

    Nor who acted in its case, unless he answers.
    """
    view = known.view
    if who.staff == view.staff:
        return False
    answers = me == view.subject and _answers(view, who, DESK_POSTS, HALL_POSTS)
    if answers or who.acted:
        return answers
    took = me == view.taken_by and bool(who.roles & TAKERS)
    calls = me == view.subject and bool(who.roles & CALLERS)
    return took or calls or bool(who.roles & OVERSEERS)


def may_read(known: Known, me: NodeId, who: Official) -> bool:
    """Say whether he, who may see it, may read what was said.

    What was written beside a rating is for who answers, who calls back and who handles ratings:
    a leader sees the grade alone.
    """
    view = known.view
    if view.redress is not RedressKind.BAD_RATING or who.roles & HANDLERS:
        return True
    calls = me == view.subject and bool(who.roles & CALLERS)
    return calls or (me == view.subject and _answers(view, who, DESK_POSTS, HALL_POSTS))


def acts_in_order(acts: Iterable[RedressAct]) -> tuple[RedressAct, ...]:
    """Give what brings the matter on first; appealing and extending are exceptions."""
    last = (RedressAct.EXTEND, RedressAct.APPEAL)
    return tuple(sorted(acts, key=lambda one: (one in last, list(RedressAct).index(one))))
