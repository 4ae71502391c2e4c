"""The whole life of a case, step by step: what it was before and after each event, and its clocks.

Values and what follows from them; it is folded by `node.cases.history`.
"""

from collections.abc import Callable

import msgspec

from node.calendar.model import Calendar
from node.cases import clocks
from node.cases.caseview import CaseView
from node.cases.clocks import Timer
from node.cases.facts import Fact, Step
from node.cases.rulings import Effect
from schemas.cases_api import CaseFinding, CaseNote
from schemas.clocks import ClockKind, ClockState
from schemas.ids import NodeId, StreamName
from schemas.items import Item

CalendarOf = Callable[[NodeId], Calendar]
"""Gives the working days of a place."""


class Happening(msgspec.Struct, frozen=True, kw_only=True):
    """One event of a case, and what it did."""

    step: Step
    effect: Effect
    received_at: int
    """When this node stored it: milliseconds UTC. Differs from node to node."""
    before: CaseView | None
    """`None` at the first."""
    after: CaseView
    timers: tuple[Timer, ...]
    """Its clocks after the event, with the due days that the calendar of now says."""

    @property
    def did(self) -> Fact | None:
        """What it did; `None` for what had no effect, or is not understood here."""
        return self.step.data if self.effect is Effect.EFFECTIVE else None

    def timer(self, clock: ClockKind) -> Timer | None:
        """Give one of its clocks as it stood after the event."""
        return next((one for one in self.timers if one.clock is clock), None)


class History(msgspec.Struct, frozen=True, kw_only=True):
    """A case from its first event to its last."""

    stream: StreamName
    item: Item | None
    """The version under which it was received; `None` while this node does not know it."""
    happenings: tuple[Happening, ...]
    """In order; never empty."""
    notes: tuple[CaseNote, ...] = ()
    """What nodes said of it without holding it."""
    without_effect: tuple[CaseFinding, ...] = ()
    """Its events without effect, each with its fault."""

    @property
    def view(self) -> CaseView:
        """The case as it is now."""
        return self.happenings[-1].after

    @property
    def timers(self) -> tuple[Timer, ...]:
        """Its clocks as they are now."""
        return self.happenings[-1].timers

    @property
    def first(self) -> Step:
        """Its beginning."""
        return self.happenings[0].step

    def until(self, number: int) -> int | None:
        """Tell when the happening behind that index came; `None` if it is the last."""
        following = self.happenings[number + 1 : number + 2]
        return following[0].step.at if following else None


def stage_timer(happening: Happening, calendar: CalendarOf) -> Timer | None:
    """Give the clock of the stage at which the case stood after an event; `None` between stages."""
    timer = clocks.stage_timer(happening.after, happening.timer(ClockKind.PROMISED))
    if timer is None or timer.state is not ClockState.RUNNING:
        return timer
    return clocks.reckoned(timer, calendar(timer.place))
