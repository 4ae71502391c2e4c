"""Keeps the clocks of cases in step: with the events of each case, and with the calendar.

A due day is always what the calendar of the place that decides says now, also once the clock has
ended. So it follows from what is known and not from what came first: every replica agrees in the
end, and so does a fresh fold. By "the calendar of that time" none could be sure to: a table that
was replaced is kept nowhere, and the days that a program knows by itself have no date.

The projection calls `begin` and `follow`; the runtime calls `recount` after a calendar came, a few
hundred clocks a Work. What is reckoned is `node.cases.clocks`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from node.calendar import actions as calendars
from node.calendar.model import Calendar
from node.cases import clockbook, clocks
from node.cases.caseview import CaseView
from node.cases.clocks import Move, Timer
from node.cases.facts import Fact
from node.cases.transitions import Clock
from node.database import Tx
from node.work import Work
from schemas.clocks import ClockKind
from schemas.ids import NodeId
from schemas.items import Item

SPAN: Final = 20_000  # rows of events, some 3,000 cases, that one Work looks through: milliseconds


class Calendars:
    """The calendars of places, each made once for as long as no table of days changes."""

    def __init__(self) -> None:
        self._mark = ""
        self._found: dict[NodeId, Calendar] = {}

    def look(self, tx: Tx) -> str:
        """Give the mark of the calendar in force, and forget what is older."""
        mark = calendars.mark(tx)
        if mark != self._mark:
            self._mark, self._found = mark, {}
        return mark

    def of(self, tx: Tx, place: NodeId) -> Calendar:
        """Give the working days of a place, as of the last look."""
        calendar = self._found.get(place)
        if calendar is None:
            calendar = self._found[place] = calendars.calendar_of(tx, place)
        return calendar


def begin(tx: Tx, known: Calendars, case_id: int, view: CaseView, item: Item) -> None:
    """Give a case that was received under `item` its clocks; `case_id` is the row of the case."""
    begun = clocks.begin(view, item)
    reckoned, mark = _reckoned(tx, known, begun)
    clockbook.insert(tx, case_id, reckoned, mark)
    clockbook.keep_due(tx, view.stream)


def follow(tx: Tx, known: Calendars, before: CaseView, after: CaseView, fact: Fact | None) -> None:
    """Do to the clocks what the table says that an effective event does."""
    effect = clocks.effect_of(before, fact)
    if effect is Clock.NONE:
        return
    move = Move(effect, clocks.day_of_effect(after, fact), fact, after)
    if effect is Clock.ENDS:  # moves no due day: needs no look at the clocks, nor at a calendar
        clockbook.end(tx, after.stream, move.day, all_of_them=True)
    elif effect is Clock.DECIDES and not after.law.commitment:
        clockbook.end(tx, after.stream, move.day, all_of_them=False)
    elif effect is Clock.NOTIFIES:
        clockbook.end_one(tx, after.stream, ClockKind.DELIVERY, move.day)
    else:
        _move_each(tx, known, move)
    if effect is Clock.DECIDES:
        _begin_delivery(tx, known, move)
    clockbook.keep_due(tx, after.stream)


def _move_each(tx: Tx, known: Calendars, move: Move) -> None:
    changed = [
        (kept.case_id, timer)
        for kept in clockbook.load(tx, move.view.stream)
        if (timer := clocks.moved(kept.timer, move)) is not kept.timer
    ]
    if changed:
        reckoned, mark = _reckoned(tx, known, [timer for _, timer in changed])
        clockbook.update(tx, changed[0][0], reckoned, mark)


def _begin_delivery(tx: Tx, known: Calendars, move: Move) -> None:
    case_id = clockbook.row_of(tx, move.view.stream)
    if case_id is not None and move.view.stages:
        begun, mark = _reckoned(tx, known, [clocks.delivery(move.view, move.day)])
        clockbook.insert(tx, case_id, begun, mark)


@dataclass(frozen=True, slots=True)
class Round:
    """How far a walk through all clocks has come, after a calendar has changed."""

    began: int = 0
    """Serial of the calendar by which it began at the first case; 0: it has not."""
    case_id: int = 0
    """The row of the last case that it has left behind."""
    clocks: int = 0
    """How many it has reckoned anew."""
    is_over: bool = False


def recount(work: Work, so_far: Round, most: int) -> Round:
    """Go on with a walk: reckon up to `most` due days anew that an earlier calendar gave.

    When the calendar changes meanwhile it goes on by the new one, and once more through all at the
    end: whoever publishes often, far away, holds up no case. What moved goes into this node's
    record of the calendar: no event is written, for the case may be held elsewhere.
    """
    tx, known = work.tx, Calendars()
    serial = clockbook.serial_of(tx, known.look(tx))
    began = so_far.began or serial
    first = clockbook.next_case(tx, so_far.case_id)
    if first is None:
        if began != serial:
            return Round(serial, 0, so_far.clocks)
        clockbook.set_done(tx, serial)
        return Round(began, so_far.case_id, so_far.clocks, is_over=True)
    cases = range(first, first + SPAN)
    found = clockbook.stale(tx, serial, cases, most)
    for kept in found:
        timer = clocks.reckoned(kept.timer, known.of(tx, kept.timer.place))
        clockbook.update(tx, kept.case_id, (timer,), serial)
        clockbook.keep_due(tx, kept.stream)
        if _is_moved(kept.timer, timer):
            clockbook.add_change(tx, kept, timer, mark=serial, at=work.now_ms)
    last = found[-1].case_id - 1 if len(found) == most else cases[-1]
    return Round(began, last, so_far.clocks + len(found))


def is_behind(tx: Tx) -> bool:
    """Say whether an earlier calendar may have given some due day."""
    return not clockbook.is_done(tx, calendars.mark(tx))


def _reckoned(tx: Tx, known: Calendars, timers: Sequence[Timer]) -> tuple[Sequence[Timer], int]:
    """Give the clocks that run their due days, and the mark of the calendar that said so."""
    if not any(map(clocks.is_reckoned, timers)):
        return timers, clockbook.NOT_RECKONED
    mark = clockbook.serial_of(tx, known.look(tx))
    return [clocks.reckoned(timer, known.of(tx, timer.place)) for timer in timers], mark


def _is_moved(before: Timer, after: Timer) -> bool:
    return (before.due, before.provisional) != (after.due, after.provisional)
