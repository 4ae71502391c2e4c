"""亮灯: what a board keeps of an open case, and when it changes the light that it shows. Pure.

A light is never kept: an open case has the instants at which it changes, so that a board is a sum
up to now. The lists of cases show the same lights by the same course (`node.cases.lights`).
"""

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from msgspec.structs import replace

from node.calendar.model import Calendar
from node.cases import lights, model, transitions
from node.cases.caseview import CaseView
from node.cases.clocks import Timer
from node.cases.life import History
from node.cases.lights import Course
from schemas.cases import Action, CaseState
from schemas.clocks import ClockKind, ClockState, Light
from schemas.ids import CaseNumber, DepartmentId, NodeId, StaffId, StreamName, line_of
from schemas.item_terms import LimitUnit
from schemas.items import Limit

NEVER: Final = 253_402_300_799_000  # the end of the year 9999: what has no such instant
OVER: Final = frozenset({CaseState.CLOSED, CaseState.REVOKED, CaseState.VOIDED})


class Head(StrEnum):
    """What open cases are counted by."""

    ALL = "all"
    DEPARTMENT = "department"  # who has it: `node/department`, without one the hall: `node/`
    PLACE = "place"  # who has it: that place or one below
    ORIGIN = "origin"  # who took it: that place or one below
    WINDOW = "window"  # of this hall, where it was taken: `node/window`
    ITEM = "item"


class Shown(StrEnum):
    """A column of the board: a light, or that there is none."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    DARK = "dark"  # of the red: by the statutory limit too
    STILL = "still"
    UNSURE = "unsure"
    MISSING = "missing"
    FREE = "free"  # no limit runs


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCase:
    """One open case. Facts alone: nobody's name."""

    stream: StreamName
    number: CaseNumber
    item: str
    item_name: str
    origin: NodeId
    place: NodeId
    """Where the matter is: by its book of rules the case is yellow, as findings are judged."""
    holder: NodeId
    department: DepartmentId | None
    """Of the holder, if the next step is a department's."""
    window: str
    staff: StaffId | None
    state: CaseState
    stage: str
    timer: Timer | None
    """The clock that is spoken of, by its limit, place, start, last day and state alone."""
    course: Course | None
    """When that clock changes its light; `None` while it stands still, or none runs."""
    statutory_at: int = NEVER
    received_at: int = 0
    accepted_at: int | None = None
    since: int = 0

    @property
    def is_still(self) -> bool:
        """Whether its clock stands still."""
        return self.timer is not None and self.course is None

    def shown_at(self, now: int) -> Shown:
        """Give what a board shows of it at an instant, but for the statutory limit."""
        if self.course is not None:
            return Shown(self.course.at(now).value)
        return Shown.STILL if self.is_still else Shown.FREE

    def light_at(self, now: int) -> Light | None:
        """Give its light at an instant; `None` where no limit runs."""
        shown = self.shown_at(now)
        return None if shown is Shown.FREE else Light(shown.value)


def is_open(view: CaseView) -> bool:
    """Say whether anything is still to be done to a case, a promise to be checked among it."""
    return view.state not in OVER or _duty(view) is Action.CHECK


def open_case(
    life: History, calendar: Calendar | None, yellow_workdays: int | None, window: str
) -> OpenCase | None:
    """Take from the life of a case what boards need; `None` once it has ended.

    `calendar` is that of the place whose working days count (`place_of`).
    """
    view, timer = life.view, spoken_of(life)
    if not is_open(view):
        return None
    course = None
    if timer is not None and calendar is not None:
        course = lights.course_of(timer, calendar, yellow_workdays)
    return OpenCase(
        stream=view.stream,
        number=view.number,
        item="" if life.item is None else life.item.code,
        item_name="" if life.item is None else life.item.name,
        origin=view.origin,
        place=view.place,
        holder=view.holder,
        department=desk_of(view),
        window=window,
        staff=view.law.handler,
        state=view.state,
        stage=view.stage_name,
        timer=timer,
        course=course,
        statutory_at=_statutory_at(life, course),
        received_at=view.received_at,
        accepted_at=view.accepted_at,
        since=view.since,
    )


def spoken_of(life: History) -> Timer | None:
    """Choose the clock that a board speaks of: the one that lists speak of, where it is held."""
    timer = lights.first_of(life.timers, _duty(life.view))
    return None if timer is None else _bare(timer)


def warned(one: OpenCase, calendar: Calendar, yellow_workdays: int | None) -> OpenCase:
    """Give the case as it is with another threshold."""
    if one.timer is None or one.course is None:
        return one
    course = lights.course_of(one.timer, calendar, yellow_workdays)
    return dataclasses.replace(one, course=course)


def desk_of(view: CaseView) -> DepartmentId | None:
    """Name the department whose turn it is; `None`: the hall's, or the place's itself."""
    if view.department_at != view.holder:
        return None
    duty = transitions.duty_of(view.state, view.stage_kind)
    row = None if duty is None else transitions.find_row(view.state, duty, view.stage_kind)
    is_theirs = row is not None and bool(row.roles & transitions.BOUND_TO_DEPARTMENT)
    return view.department if is_theirs else None


def _duty(view: CaseView) -> Action | None:
    return model.duty_at(view, view.holder)


def _bare(timer: Timer) -> Timer:
    limit = Limit(amount=timer.limit.amount, unit=timer.limit.unit)
    return replace(timer, limit=limit, pauses=(), due_at=None, ended=None, extension=0, deems=False)


def _statutory_at(life: History, course: Course | None) -> int:
    """Say when the case is late by law; what rests on an unpublished calendar never is."""
    if course is None or course.provisional:
        return NEVER
    for one in life.timers:
        if one.clock is ClockKind.STATUTORY and one.state is ClockState.RUNNING:
            return NEVER if one.provisional or one.due_at is None else one.due_at
    return NEVER


# ---- counting


def subjects_of(one: OpenCase) -> Iterator[tuple[Head, str]]:
    """Name under which heads a case is counted, and as what there."""
    yield Head.ALL, ""
    yield Head.DEPARTMENT, f"{one.holder}/{one.department or ''}"
    for place in line_of(one.holder):
        yield Head.PLACE, place
    for place in line_of(one.origin):
        yield Head.ORIGIN, place
    if one.window:
        yield Head.WINDOW, f"{one.origin}/{one.window}"
    if one.item:
        yield Head.ITEM, one.item


def changes_of(one: OpenCase) -> Iterator[tuple[int, Shown, int]]:
    """Tell at which instants a case comes to a light and leaves the one before; 0: always was."""
    last = one.shown_at(0)
    yield 0, last, 1
    if one.course is None:
        return
    course = one.course
    for at in sorted({course.warn_at, course.due_at, course.missing_at or course.due_at}):
        shown = one.shown_at(at)
        if shown is not last:
            yield at, last, -1
            yield at, shown, 1
            last = shown
    if one.statutory_at < NEVER:
        yield one.statutory_at, Shown.DARK, 1


WORST_FIRST: Final = (
    Shown.DARK, Shown.RED, Shown.UNSURE, Shown.MISSING, Shown.YELLOW, Shown.STILL, Shown.GREEN,
)  # fmt: skip


def worst(counts: Mapping[Shown, int]) -> Shown | None:
    """Name the gravest light among many; `None`: there is none."""
    return next((one for one in WORST_FIRST if counts.get(one, 0) > 0), None)


# ---- as tables keep a clock


def timer_of(
    *, clock: str, limit: tuple[int, str], place: str, days: tuple[str | None, str | None],
    provisional: bool,
) -> Timer:  # fmt: skip
    """Read the clock that is spoken of."""
    start, due = (date.fromisoformat(one) if one else None for one in days)
    return Timer(
        clock=ClockKind(clock),
        limit=Limit(amount=limit[0], unit=LimitUnit(limit[1])),
        place=NodeId(place),
        state=ClockState.PAUSED if due is None else ClockState.RUNNING,
        start=start,
        due=due,
        provisional=provisional,
    )
