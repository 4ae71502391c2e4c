"""What is told of a case's clocks: when each ends and why, by today's calendar. Decides nothing."""

from datetime import date

from msgspec.structs import replace

from node.calendar import model as days
from node.calendar.model import Calendar, Reckoning, StepRule
from node.cases import clockbook, clocks, reading, wording
from node.cases.caseview import CaseView
from node.cases.clocks import Timer
from node.cases.clockwork import Calendars
from node.cases.store import Reader
from node.database import Tx
from schemas.clocks import CaseClock, CaseClocks, ClockKind, ClockState, DueChange


def dues(tx: Tx, view: CaseView) -> tuple[Timer, ...]:
    """Read the clocks of a case found before, as they stand in the table: the promised one first.

    None while its item is not known here.
    """
    return tuple(kept.timer for kept in clockbook.load(tx, view.stream))


def told(tx: Tx, reader: Reader, reference: str, today: date) -> CaseClocks:
    """Tell the clocks of a case, with why. Raises `NotFoundError`, also if he may not see it."""
    view = reading.case(tx, reader, reference)
    return CaseClocks(number=view.number, today=str(today), clocks=told_of(tx, view, today))


def told_of(tx: Tx, view: CaseView, today: date) -> tuple[CaseClock, ...]:
    """Tell the clocks of a case found before."""
    changes = clockbook.changes(tx, view.stream)
    known = Calendars()
    timers = [one for one in dues(tx, view) if one.clock is not ClockKind.CHECK or _checks(view)]
    stage = clocks.stage_timer(view, timers[0] if timers else None)
    told = [
        _told(
            timer,
            known.of(tx, timer.place),
            today,
            tuple(change for clock, change in changes if clock is timer.clock),
        )
        for timer in (*timers, *(() if stage is None else (stage,)))
    ]
    return tuple(_with_law(view, clock) for clock in told)


def _checks(view: CaseView) -> bool:
    """Only what was decided on a commitment is checked later."""
    return view.law.commitment


def _with_law(view: CaseView, clock: CaseClock) -> CaseClock:
    """Say of which stage it is, and what time itself brought about."""
    if clock.clock is ClockKind.STAGE:
        return replace(clock, stage=view.stage_name)
    deemed = {ClockKind.ACCEPTANCE: "accepted", ClockKind.STATUTORY: "granted"}.get(clock.clock)
    return replace(clock, deemed=deemed) if deemed in view.law.deemed else clock


def _told(
    timer: Timer, calendar: Calendar, today: date, changes: tuple[DueChange, ...]
) -> CaseClock:
    reckoning = clocks.explained(timer, calendar)
    timer = clocks.reckoned(timer, calendar)  # the runtime may not have come to it yet
    due, ended = timer.due, timer.ended
    lacking = _lacking(reckoning) if timer.provisional else ()
    over = due is not None and ended is None and due < today
    return CaseClock(
        clock=timer.clock,
        limit=timer.limit,
        state=timer.state,
        start=_text(timer.start),
        due=_text(due),
        due_at=timer.due_at,
        provisional=timer.provisional,
        lacking_years=lacking,
        calendar_missing=ended is None and any(year <= today.year for year in lacking),
        remaining=None if due is None else days.remaining(calendar, ended or today, due),
        overdue=over and not timer.provisional,
        paused_since=_text(timer.pauses[-1].since) if timer.state is ClockState.PAUSED else None,
        ended=_text(ended),
        steps=wording.why(timer, reckoning),
        changes=changes,
    )


def _lacking(reckoning: Reckoning | None) -> tuple[int, ...]:
    """Name the years that took part and whose arrangement is not known here."""
    steps = () if reckoning is None else reckoning.steps
    return tuple(step.count for step in steps if step.rule is StepRule.PROVISIONAL)


def _text(day: date | None) -> str | None:
    return None if day is None else str(day)
