"""How rules walk along the life of a case: stretch by stretch, each with whose turn it was. Pure.

An event's instant is taken as no earlier than that of the events before it, however the clocks of
two nodes differ: so what was found up to an event is the same whatever follows.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from node.calendar.model import Calendar
from node.cases.caseview import CaseView
from node.cases.clocks import Timer, day_of
from node.cases.facts import NOBODY, Fact, Fault, Step
from node.cases.life import Happening, History
from node.cases.rulings import Effect
from schemas.cases import CaseState
from schemas.clocks import ClockState
from schemas.ids import DepartmentId, NodeId, StaffId

NO_PERSON: Final = frozenset({NOBODY, StaffId("system")})
"""Actors of events that nobody's hand wrote: time brought them about, or the applicant."""
OF_NOTES: Final = "note."
"""Kinds of events that only speak of a case: each note has numbers of its own, from the first."""


@dataclass(frozen=True, slots=True)
class Who:
    """Whose doing something is."""

    node: NodeId
    department: DepartmentId | None = None
    staff: StaffId | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """What one event made of the case, until the next one came."""

    number: int
    """Its place in the life; the first is 0."""
    happening: Happening
    at: int
    """When it began: milliseconds UTC, never before an earlier one."""
    until: int | None
    """When the next event came; `None`: it lasts."""

    @property
    def view(self) -> CaseView:
        """The case as it stood."""
        return self.happening.after

    @property
    def mark(self) -> str:
        """Its event, as the mark of what is found of it."""
        return str(self.happening.step.seq)

    def lasts_at(self, instant: int) -> bool:
        """Say whether it had begun by then, and was not over."""
        return self.at <= instant and (self.until is None or instant < self.until)


@dataclass(frozen=True, slots=True)
class Walk:
    """The whole life, laid out once for all rules. Made by `along`."""

    spans: tuple[Span, ...]
    """In order, as far as this node understands everything."""
    done: tuple[tuple[Span, Fact], ...]
    """Every event that had an effect, and what it says."""
    tried: tuple[tuple[Span, Fact, Fault], ...]
    """Every event that had no effect, what it says, and its fault."""

    def within(self, first: Span, instant: int, state: CaseState) -> Span | None:
        """Give the stretch of an instant, if the case was in `state` from `first` on until then."""
        for span in self.spans[first.number :]:
            if span.view.state is not state:
                return None
            if span.lasts_at(instant):
                return span
        return None


def along(life: History) -> Walk:
    """Lay out a life."""
    known = tuple(span for span in _spans(life) if not span.view.unjudged)
    done = ((span, span.happening.did) for span in known)
    return Walk(
        known,
        tuple((span, fact) for span, fact in done if fact is not None),
        tuple(_tried(life, known)),
    )


def _spans(life: History) -> Iterator[Span]:
    begun: list[int] = []
    for happening in life.happenings:
        begun.append(max(happening.step.at, begun[-1] if begun else 0))
    ends = (*begun[1:], None)
    return map(Span, range(len(begun)), life.happenings, begun, ends)


def _tried(life: History, known: Iterable[Span]) -> Iterator[tuple[Span, Fact, Fault]]:
    own = (one for one in life.without_effect if not one.kind.startswith(OF_NOTES))
    faults = {one.seq: _FAULTS.get(one.fault) for one in own}
    if not faults:  # most cases
        return
    for span in known:
        step = span.happening.step
        fault = faults.get(step.seq) if span.happening.effect is Effect.INERT else None
        if fault is not None and step.data is not None:
            yield span, step.data, fault


_FAULTS: Final = {one.value: one for one in Fault}
"""By the name under which a finding is kept; one that another version gave is passed over."""


# ---- whose doing


def keeper(view: CaseView) -> Who:
    """Name who has to act on a case as it stands: who signed it in, or else its desk."""
    return Who(view.holder, _desk(view, view.holder), view.law.handler)


def doer(happening: Happening) -> Who:
    """Name who wrote an event, and the desk at which the case was."""
    step = happening.step
    return Who(step.node, _desk(happening.before or happening.after, step.node), person_of(step))


def person_of(step: Step) -> StaffId | None:
    """Name the person who wrote it, if somebody did."""
    return None if step.actor in NO_PERSON else step.actor


def _desk(view: CaseView, node: NodeId) -> DepartmentId | None:
    """A department's id says something at its own node alone."""
    return view.department if view.department_at == node else None


# ---- clocks


@dataclass(frozen=True, slots=True)
class Run:
    """A clock that ran towards one last day, without a break."""

    timer: Timer
    due_at: int
    spans: tuple[Span, ...]

    @property
    def at(self) -> int:
        """When it began to."""
        return self.spans[0].at

    @property
    def late_at(self) -> int:
        """When it was over: not before anybody could know that it had begun."""
        return max(self.due_at, self.at)

    def at_instant(self, instant: int) -> Span | None:
        """Give the stretch of that instant; `None` if the clock no longer ran."""
        return next((span for span in self.spans if span.lasts_at(instant)), None)


def runs(walk: Walk, pick: Callable[[Span], Timer | None]) -> Iterator[Run]:
    """Give the runs of a clock towards certain last days, in order.

    A clock that stands still has no last day, and one that rests on a calendar not published has
    none that anybody is held to.
    """
    run: list[tuple[Span, Timer, int]] = []
    for span in walk.spans:
        timer = pick(span)
        due_at = None if timer is None else _certain(timer)
        if run and (timer is None or due_at is None or timer != run[-1][1]):
            yield _run_of(run)
            run = []
        if timer is not None and due_at is not None:
            run.append((span, timer, due_at))
    if run:
        yield _run_of(run)


def _certain(timer: Timer) -> int | None:
    return None if timer.provisional or timer.state is not ClockState.RUNNING else timer.due_at


def _run_of(run: list[tuple[Span, Timer, int]]) -> Run:
    _, timer, due_at = run[0]
    return Run(timer, due_at, tuple(span for span, _, _ in run))


# ---- days


def is_certain(calendar: Calendar, first_ms: int, last_ms: int) -> bool:
    """Say whether every year between two instants has a published calendar."""
    years = range(day_of(first_ms).year, day_of(last_ms).year + 1)
    return not any(calendar.year(number).provisional for number in years)
