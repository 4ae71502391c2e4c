"""What is told of a case's clocks: when each ends and why, by today's calendar. Decides nothing."""

from datetime import date

from node.calendar import model as days
from node.calendar.model import Calendar, Reckoning, StepRule
from node.cases import clockbook, clocks, reading, wording
from node.cases.clocks import Timer
from node.cases.clockwork import Calendars
from node.cases.model import CaseView
from node.cases.store import Reader
from node.database import Tx
from schemas.clocks import CaseClock, CaseClocks, ClockState, DueChange


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
    return tuple(
        _told(
            kept.timer,
            known.of(tx, kept.timer.place),
            today,
            tuple(change for clock, change in changes if clock is kept.timer.clock),
        )
        for kept in clockbook.load(tx, view.stream)
    )


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
