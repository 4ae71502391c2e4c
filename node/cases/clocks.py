"""时限: which clocks a case has, and what its events do to them. Pure.

What an event does to the clocks stands in the table of `node.cases.transitions`; when a limit ends
is `node.calendar.model`. Here the two meet. Days are local days (北京时间).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final, assert_never

import msgspec
from msgspec.structs import replace

from node.calendar import model as calendars
from node.calendar import rules
from node.calendar.model import Calendar, Pause, Reckoning
from node.cases import guards, transitions
from node.cases.caseview import CaseView
from node.cases.facts import BEGINNINGS, Fact, action_of
from node.cases.transitions import Clock
from node.clock import from_ms, local_day, to_ms
from schemas.case_law import CaseExtended, CaseSuspended
from schemas.cases import CaseState
from schemas.clocks import ClockKind, ClockState
from schemas.events import HolderAdopted, HolderReclaimed
from schemas.ids import NodeId
from schemas.item_terms import LICENCE, LimitStart, StageKind
from schemas.items import Batch, Item, Limit

FIRST_START: Final = date(rules.YEARS[0], 1, 1)  # other nodes claim instants: whatever they write
LAST_START: Final = date(rules.YEARS[-1], 12, 31)  # is reckoned, and no more years are laid out
NOT_STEPS: Final = (HolderReclaimed, HolderAdopted, *BEGINNINGS)
_TOUCHING: Final = frozenset(row.action for row in transitions.TABLE if row.clock is not Clock.NONE)
KEPT_DUES: Final = (
    8192  # due days kept: items times start days times lengths of pauses, those in use
)


class Timer(msgspec.Struct, frozen=True, kw_only=True):
    """One clock of a case, as far as its events and the calendar tell."""

    clock: ClockKind
    limit: Limit
    place: NodeId
    """Whose working days count: the node that decides."""
    state: ClockState = ClockState.WAITING
    start: date | None = None
    pauses: tuple[Pause, ...] = ()
    due: date | None = None
    due_at: int | None = None
    """The end of the due day: milliseconds UTC."""
    provisional: bool = False
    ended: date | None = None
    extension: int = 0
    """By how much the limit was extended, in its own unit (延长审批)."""
    deems: bool = False
    """Its end brings something about by itself: 视为受理 (§32(4))."""


TO_ACCEPT: Final = Limit(amount=5, start=LimitStart.RECEIVED)  # 行政许可法 §32(4)
TO_DELIVER: Final = Limit(amount=10, start=LimitStart.DECIDED)  # 行政许可法 §44


def day_of(instant_ms: int) -> date:
    """Name the local day of an instant; one outside of what anyone reckons as the nearer end."""
    day = local_day(from_ms(instant_ms))
    return max(FIRST_START, min(day, LAST_START))


def begin(view: CaseView, item: Item) -> tuple[Timer, ...]:
    """Give the clocks of a case that has just been received under `item`, not reckoned yet."""
    place = decided_at(view)
    limits = (
        (ClockKind.PROMISED, item.promised),
        (ClockKind.STATUTORY, item.statutory),
        (ClockKind.ACCEPTANCE, TO_ACCEPT),
        (ClockKind.CHECK, item.commitment_check if item.commitment else None),
    )
    return tuple(
        _received(
            Timer(clock=clock, limit=limit, place=place, deems=_deems(clock, item)),
            day_of(view.received_at),
            item,
        )
        for clock, limit in limits
        if limit is not None
    )


def _deems(clock: ClockKind, item: Item) -> bool:
    """行政许可法 is about licences alone."""
    return clock is ClockKind.ACCEPTANCE and item.type_code == LICENCE


def decided_at(view: CaseView) -> NodeId:
    """Name the node that decides: whose working days count."""
    found = (node for stage, node in view.stages if stage.kind is StageKind.DECIDE)
    return next(found, view.origin)


def delivery(view: CaseView, day: date) -> Timer:
    """Give the clock that a decision of that day sets running."""
    return Timer(
        clock=ClockKind.DELIVERY, limit=TO_DELIVER, place=decided_at(view),
        state=ClockState.RUNNING, start=day,
    )  # fmt: skip


def stage_timer(view: CaseView, promised: Timer | None) -> Timer | None:
    """Give the clock of the stage at which the case stands (环节时限); `None` between stages.

    Behind acceptance it begins with the promised limit at the earliest, where that waits for a
    batch to close, and stands still when it does. Making the licence comes behind both.
    """
    if guards.is_being_made(view):
        return _stage_begun(view)
    if view.state not in transitions.HOME_IS_STAGE or view.stage >= len(view.stages):
        return None
    timer = _stage_begun(view)
    if promised is None:
        return timer
    timer = replace(timer, pauses=promised.pauses)
    if bool(promised.pauses) and promised.pauses[-1].until is None:
        return replace(timer, state=ClockState.PAUSED)
    return timer if view.state is CaseState.RECEIVED else _behind_batch(timer, promised)


def _stage_begun(view: CaseView) -> Timer:
    stage, node = view.stages[view.stage]
    return Timer(
        clock=ClockKind.STAGE, limit=Limit(amount=stage.workdays), place=node,
        start=day_of(view.stage_at), state=ClockState.RUNNING,
    )  # fmt: skip


def _behind_batch(timer: Timer, promised: Timer) -> Timer:
    """Let the clock of a stage wait for the batch to close for which the whole case waits."""
    by = promised.limit.start
    if by is not LimitStart.BATCH_CLOSED or timer.start is None:
        return timer
    waits = replace(timer, limit=replace(timer.limit, start=by))
    if promised.start is None:
        return replace(waits, state=ClockState.WAITING, start=None)
    return replace(waits, start=promised.start) if promised.start > timer.start else timer


def effect_of(before: CaseView, fact: Fact | None) -> Clock:
    """Say what an effective event does to the clocks of a case that stood as `before`."""
    if fact is None or isinstance(fact, NOT_STEPS):
        return Clock.NONE
    action = action_of(fact)
    if action not in _TOUCHING:  # most steps touch none: a hot path
        return Clock.NONE
    row = transitions.find_row(before.state, action, before.stage_kind)
    return Clock.NONE if row is None else row.clock


def day_of_effect(after: CaseView, fact: Fact | None) -> date:
    """Name the day on which the event did it: of the instant it states, else of its writing."""
    stated = (getattr(fact, name, None) for name in _INSTANTS)
    return day_of(next((one for one in stated if isinstance(one, int)), after.since))


_INSTANTS: Final = (
    "accepted_at", "decided_at", "started_at", "ended_at", "extended_at", "notified_at",
    "delivered_at", "checked_at", "revoked_at", "reopened_at", "caused_at",
)  # fmt: skip
"""Fields in which events state the instant that a limit counts from."""


@dataclass(frozen=True, slots=True)
class Move:
    """What an event does to clocks, and when."""

    effect: Clock
    day: date
    fact: Fact | None
    view: CaseView
    """As it is after the event."""


def moved(timer: Timer, move: Move) -> Timer:
    """Let an event do its effect; what then runs is still to be reckoned."""
    if move.effect is Clock.ENDS:
        return _ended(timer, move.day)
    match timer.clock:
        case ClockKind.PROMISED | ClockKind.STATUTORY:
            return _moved_decision(timer, move)
        case ClockKind.ACCEPTANCE:
            return _moved_acceptance(timer, move)
        case ClockKind.DELIVERY:
            is_over = move.effect in (Clock.NOTIFIES, Clock.REOPENS)
            return _ended(timer, move.day) if is_over else timer
        case ClockKind.CHECK:
            return _moved_check(timer, move)
        case ClockKind.STAGE:
            return timer  # it is kept nowhere
        case _:
            assert_never(timer.clock)


def _moved_decision(timer: Timer, move: Move) -> Timer:
    day = move.day
    match move.effect:
        case Clock.STARTS:
            return _started(timer, LimitStart.ACCEPTED, day)
        case Clock.PAUSES:
            return _paused(timer, day)
        case Clock.STOPS:
            return _paused(timer, day) if _is_stopped(timer, move.fact) else timer
        case Clock.RESUMES | Clock.GOES_ON:
            return _resumed(timer, day)
        case Clock.EXTENDS:
            amount = move.fact.amount if isinstance(move.fact, CaseExtended) else 0
            return replace(timer, extension=amount)
        case Clock.DECIDES:
            return _ended(timer, day)
        case Clock.REOPENS:
            return replace(
                timer, state=ClockState.RUNNING, start=day, pauses=(), ended=None, extension=0
            )
        case _:
            return timer


def _is_stopped(timer: Timer, fact: Fact | None) -> bool:
    if not isinstance(fact, CaseSuspended):
        return False
    is_statutory = timer.clock is ClockKind.STATUTORY
    return fact.stops_statutory if is_statutory else fact.stops_promised


def _moved_acceptance(timer: Timer, move: Move) -> Timer:
    match move.effect:
        case Clock.STARTS:  # on the day it was said, also where it counts from an earlier one
            return _ended(timer, day_of(move.view.since))
        case Clock.PAUSES:  # told in time: what follows is no silence
            return replace(_paused(timer, move.day), deems=False)
        case Clock.RESUMES:  # five days more to look at what was brought
            return replace(timer, state=ClockState.RUNNING, start=move.day, pauses=())
        case _:
            return timer


def _moved_check(timer: Timer, move: Move) -> Timer:
    if move.effect is Clock.DECIDES and guards.is_to_be_checked(move.view):
        return replace(timer, state=ClockState.RUNNING, start=move.day, ended=None)
    if move.effect is Clock.REOPENS:  # what was granted is no more: whether it is again, is open
        return replace(
            timer, state=ClockState.WAITING, start=None, due=None, due_at=None, provisional=False,
            ended=None,
        )  # fmt: skip
    return _ended(timer, move.day) if move.effect is Clock.CHECKED else timer


def _ended(timer: Timer, day: date) -> Timer:
    if timer.state is ClockState.ENDED:
        return timer
    return replace(timer, state=ClockState.ENDED, ended=day)


def is_reckoned(timer: Timer) -> bool:
    """Say whether a due day belongs to it: it runs, or ended while it did."""
    still = bool(timer.pauses) and timer.pauses[-1].until is None
    return timer.start is not None and not still


def reckoned(timer: Timer, calendar: Calendar) -> Timer:
    """Give the clock the due day that `calendar` says, also if it has ended."""
    if timer.start is None or not is_reckoned(timer):
        return timer
    due, due_at, provisional = _due(
        calendar, timer.start, timer.limit, timer.pauses, timer.extension
    )
    return replace(timer, due=due, due_at=due_at, provisional=provisional)


def explained(timer: Timer, calendar: Calendar) -> Reckoning | None:
    """Reckon with every step; `None` while nothing sets the clock running."""
    if timer.start is None:
        return None
    return calendars.reckon(
        timer.start, timer.limit, calendar, pauses=timer.pauses, extension=timer.extension
    )


def batch_closing(batches: tuple[Batch, ...], received: date) -> date | None:
    """Name the day on which the batch closes that takes an application of that day.

    The one whose days include it, else the next; `None` if that is not announced yet.
    """
    closing = (_read_day(batch.closes) for batch in batches)
    return min((day for day in closing if day is not None and day >= received), default=None)


def _received(timer: Timer, day: date, item: Item) -> Timer:
    match timer.limit.start:
        case LimitStart.RECEIVED:
            return _started(timer, LimitStart.RECEIVED, day)
        case LimitStart.ACCEPTED | LimitStart.DECIDED:
            return timer
        case LimitStart.BATCH_CLOSED:
            closing = batch_closing(item.batches, day)
            return timer if closing is None else _started(timer, LimitStart.BATCH_CLOSED, closing)
        case _:
            assert_never(timer.limit.start)


def _started(timer: Timer, by: LimitStart, day: date) -> Timer:
    if timer.limit.start is not by or timer.state is not ClockState.WAITING:
        return timer
    return replace(timer, state=ClockState.RUNNING, start=day)


def _paused(timer: Timer, day: date) -> Timer:
    if timer.state is not ClockState.RUNNING:
        return timer
    pauses = (*timer.pauses, Pause(day))
    return replace(
        timer, state=ClockState.PAUSED, pauses=pauses, due=None, due_at=None, provisional=False
    )


def _resumed(timer: Timer, day: date) -> Timer:
    if timer.state is not ClockState.PAUSED:
        return timer
    *closed, last = timer.pauses
    pauses = _joined(closed, last.since, day)
    return replace(timer, state=ClockState.RUNNING, pauses=pauses)


def _joined(closed: Sequence[Pause], since: date, until: date) -> tuple[Pause, ...]:
    """Add a pause to earlier ones, as one with all that it touches; in order of days.

    One that leaves out no day is dropped. So there are never more than days allow, however often a
    case is corrected.
    """
    if until <= since:
        return tuple(closed)
    apart: list[Pause] = []
    for pause in closed:
        end = pause.until or pause.since
        if end < since or pause.since > until:
            apart.append(pause)
        else:
            since, until = min(since, pause.since), max(until, end)
    return tuple(sorted((*apart, Pause(since, until)), key=lambda one: one.since))


@lru_cache(maxsize=KEPT_DUES)
def _due(
    calendar: Calendar, start: date, limit: Limit, pauses: tuple[Pause, ...], extension: int
) -> tuple[date | None, int | None, bool]:
    found = calendars.reckon(start, limit, calendar, pauses=pauses, extension=extension)
    due_at = None if found.due is None else to_ms(calendars.due_instant(found.due))
    return found.due, due_at, found.provisional


def _read_day(text: str) -> date | None:
    try:
        return min(date.fromisoformat(text), LAST_START)
    except ValueError:  # an item of a neighbour that checks less
        return None
