"""What the desk of revisions shows: what waits for whoever asks, then all the rest."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from node.database import Tx
from node.revisions import reading
from node.revisions.page_marks import end_of, people, state_mark
from node.revisions.visits import Visit
from node.staff import actions as staff
from node.web.chrome import Mark, Told
from schemas.ids import DepartmentId
from schemas.revisions import RevisionAct, RevisionBrief, RevisionState
from schemas.staff import Role

MOST_SHOWN: Final = 30  # revisions of one list on a page
A = RevisionAct
S = RevisionState
Acts = tuple[RevisionAct, ...]


@dataclass(frozen=True, slots=True)
class DeskRow:
    """A revision in a list."""

    end: str
    title: str
    state: RevisionState
    department: str
    by: str
    changes: int
    since_ms: int
    mark: Mark
    act: str
    """What this person would do with it first."""


@dataclass(frozen=True, slots=True)
class Group:
    """Revisions that wait for the same."""

    title: str
    rows: tuple[DeskRow, ...]


@dataclass(frozen=True, slots=True)
class DeskPage:
    """变更单."""

    may_begin: bool
    may_release: bool
    may_see_releases: bool
    duties: tuple[Group, ...]
    calm: str
    rest: tuple[DeskRow, ...]
    older: str
    told: Told | None = None


@dataclass(frozen=True, slots=True)
class _Duty:
    """A heading of the desk, and what stands under it."""

    word: str
    holds: Callable[[RevisionBrief, Acts], bool]


_DUTIES: Final = (
    _Duty("to_review", lambda _, acts: A.REVIEW in acts),
    _Duty("to_approve", lambda _, acts: A.APPROVE in acts),
    _Duty("to_release", lambda _, acts: A.RELEASE in acts),
    _Duty("came_back", lambda one, acts: A.SUBMIT in acts and one.state is S.RETURNED),
    _Duty("drafts", lambda one, acts: A.SUBMIT in acts and one.state is S.DRAFT),
    _Duty("on_show", lambda one, _: one.state is S.APPROVED),
    _Duty("under_way", lambda _, acts: A.WITHDRAW in acts),
)
"""In the order of the desk; a revision stands under the first that fits."""


def draw_desk(tx: Tx, visit: Visit) -> DeskPage:
    """Sort the revisions that this person sees by what they wait for."""
    roles, words = visit.desk.actor.roles, visit.words
    groups: dict[str, list[DeskRow]] = {duty.word: [] for duty in _DUTIES}
    rest: list[DeskRow] = []
    name = people(tx, words)
    departments = {one.id: words.pick(one.name, one.name_en) for one in staff.departments(tx)}
    for brief, acts in reading.waiting(tx, visit.me, visit.desk.actor, visit.today):
        department = departments.get(brief.department or DepartmentId(""), "")
        row = _row(visit, brief, acts, (department, name(brief.by)))
        duty = next((one.word for one in _DUTIES if one.holds(brief, acts)), "")
        groups.get(duty, rest).append(row)
    order = tuple(RevisionState)
    rest.sort(key=lambda row: order.index(row.state))  # stable: the newest first in each state
    page = max(visit.number("page", 1), 1)
    shown = rest[(page - 1) * MOST_SHOWN : page * MOST_SHOWN]
    return DeskPage(
        may_begin=Role.EDITOR in roles,
        may_release=bool(groups["to_release"]),
        may_see_releases=Role.PUBLISHER in roles,
        duties=tuple(
            Group(words.say(f"revisions.{word}", count=len(rows)), tuple(rows[:MOST_SHOWN]))
            for word, rows in groups.items()
            if rows
        ),
        calm=words.say("revisions.calm"),
        rest=tuple(shown),
        older=f"/revisions?page={page + 1}" if len(rest) > page * MOST_SHOWN else "",
    )


def _row(visit: Visit, brief: RevisionBrief, acts: Acts, whose: tuple[str, str]) -> DeskRow:
    words, (department, by) = visit.words, whose
    return DeskRow(
        end=end_of(brief.stream),
        title=brief.title,
        state=brief.state,
        department=department or brief.department or words.say("revision.several"),
        by=by,
        changes=brief.changes,
        since_ms=brief.since,
        mark=state_mark(words, brief, visit.today),
        act=words.say(f"revision.do_{acts[0]}") if acts else words.say("revision.look"),
    )
