"""时限: which clocks a case has, and what its events do to them. Pure.

What an event does to the clocks stands in the table of `node.cases.transitions`; when a limit ends
is `node.calendar.model`. Here the two meet. Days are local days (北京时间).
"""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Final, assert_never

import msgspec
from msgspec.structs import replace

from node.calendar import model as calendars
from node.calendar import rules
from node.calendar.model import Calendar, Pause, Reckoning
from node.cases import transitions
from node.cases.model import CaseView
from node.cases.rulings import Fact, action_of
from node.cases.transitions import Clock
from node.clock import from_ms, local_day, to_ms
from schemas.cases import CaseReceived
from schemas.clocks import ClockKind, ClockState
from schemas.events import HolderAdopted, HolderReclaimed
from schemas.ids import NodeId
from schemas.item_terms import LimitStart
from schemas.items import Batch, Item, Limit

FIRST_START: Final = date(rules.YEARS[0], 1, 1)  # other nodes claim instants: whatever they write
LAST_START: Final = date(rules.YEARS[-1], 12, 31)  # is reckoned, and no more years are laid out
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


def day_of(instant_ms: int) -> date:
    """Name the local day of an instant; one outside of what anyone reckons as the nearer end."""
    day = local_day(from_ms(instant_ms))
    return max(FIRST_START, min(day, LAST_START))


def begin(view: CaseView, item: Item) -> tuple[Timer, ...]:
    """Give the clocks of a case that has just been received under `item`, not reckoned yet."""
    place = view.stages[-1][1] if view.stages else view.origin
    limits = ((ClockKind.PROMISED, item.promised), (ClockKind.STATUTORY, item.statutory))
    return tuple(
        _received(Timer(clock=clock, limit=limit, place=place), day_of(view.received_at), item)
        for clock, limit in limits
        if limit is not None
    )


def effect_of(before: CaseView, fact: Fact | None) -> Clock:
    """Say what an effective event does to the clocks of a case that stood as `before`."""
    if fact is None or isinstance(fact, HolderReclaimed | HolderAdopted | CaseReceived):
        return Clock.NONE
    action = action_of(fact)
    if action not in _TOUCHING:  # most steps touch none: a hot path
        return Clock.NONE
    row = transitions.find_row(before.state, action, before.stage_kind)
    return Clock.NONE if row is None else row.clock


def day_of_effect(effect: Clock, after: CaseView) -> date:
    """Name the day on which the event did it, from the view after the event."""
    stated = {Clock.STARTS: after.accepted_at, Clock.ENDS: after.decided_at}.get(effect)
    return day_of(after.since if stated is None else stated)


def moved(timer: Timer, effect: Clock, day: date) -> Timer:
    """Let an event of that day do its effect; what then runs is still to be reckoned."""
    match effect:
        case Clock.NONE | Clock.RECEIPT_STARTS:
            return timer
        case Clock.STARTS:
            return _started(timer, LimitStart.ACCEPTED, day)
        case Clock.PAUSES:
            return _paused(timer, day)
        case Clock.RESUMES:
            return _resumed(timer, day)
        case Clock.ENDS:
            return replace(timer, state=ClockState.ENDED, ended=day)
        case _:
            assert_never(effect)


def is_reckoned(timer: Timer) -> bool:
    """Say whether a due day belongs to it: it runs, or ended while it did."""
    still = bool(timer.pauses) and timer.pauses[-1].until is None
    return timer.start is not None and not still


def reckoned(timer: Timer, calendar: Calendar) -> Timer:
    """Give the clock the due day that `calendar` says, also if it has ended."""
    if timer.start is None or not is_reckoned(timer):
        return timer
    due, due_at, provisional = _due(calendar, timer.start, timer.limit, timer.pauses)
    return replace(timer, due=due, due_at=due_at, provisional=provisional)


def explained(timer: Timer, calendar: Calendar) -> Reckoning | None:
    """Reckon with every step; `None` while nothing sets the clock running."""
    if timer.start is None:
        return None
    return calendars.reckon(timer.start, timer.limit, calendar, pauses=timer.pauses)


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
        case LimitStart.ACCEPTED:
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
    calendar: Calendar, start: date, limit: Limit, pauses: tuple[Pause, ...]
) -> tuple[date | None, int | None, bool]:
    found = calendars.reckon(start, limit, calendar, pauses=pauses)
    due_at = None if found.due is None else to_ms(calendars.due_instant(found.due))
    return found.due, due_at, found.provisional


def _read_day(text: str) -> date | None:
    try:
        return min(date.fromisoformat(text), LAST_START)
    except ValueError:  # an item of a neighbour that checks less
        return None
