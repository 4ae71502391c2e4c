"""What a case adds to the counts, told from its whole life. Pure.

A case that was voided adds nothing. One that is done anew (重新办理) is accepted and finished once
more, on the days of that; what was counted before stays. How each count is understood is said in
`docs/appraisal.md`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from node.appraisal import stages
from node.appraisal.shares import (
    Measured,
    Origin,
    Share,
    Standpoint,
    Subject,
    body_of,
    day_of,
    own_people,
    places_of,
    share,
)
from node.appraisal.stages import Step
from node.calendar.model import Calendar, Pause
from node.cases import clocks, lights
from node.cases.caseview import CaseView
from node.cases.clocks import Timer
from node.cases.life import Happening, History
from node.clock import CHINA, from_ms
from schemas.appraisal import Counted, Grain, Measure
from schemas.case_law import (
    CaseDeemedAccepted,
    CaseDeemedGranted,
    CaseOpinionGiven,
    CaseReopened,
    CaseReported,
    CaseReturned,
    CaseTerminated,
)
from schemas.cases import (
    CaseAccepted,
    CaseCorrected,
    CaseCorrectionRequested,
    CaseDecided,
    CaseDelivered,
    CaseForwarded,
    CaseReceived,
    CaseRefused,
    CaseReviewed,
    CaseWithdrawn,
    Outcome,
)
from schemas.clocks import ClockKind, ClockState
from schemas.item_terms import CaseKind, Channel, StageKind
from schemas.items import Item, Limit

M = Measure
Counts = dict[Measure, int]
ONE_DAY: Final = timedelta(days=1)
ONLINE: Final = frozenset({Channel.WEB.value, Channel.MOBILE.value})
IN_PERSON: Final = "window"  # of `CaseDelivered.mode`
_Ended = CaseRefused | CaseReturned | CaseWithdrawn | CaseTerminated
_ENDS: Final[Mapping[type[_Ended], Measure]] = {
    CaseRefused: M.REFUSED,
    CaseReturned: M.RETURNED,
    CaseWithdrawn: M.WITHDRAWN,
    CaseTerminated: M.TERMINATED,
}
_Decided = CaseDecided | CaseDeemedGranted


def of_case(life: History, at: Standpoint) -> tuple[Measured, int | None]:
    """Tell what a case adds, and when time alone may change that: milliseconds UTC."""
    origin = origin_of(life, at)
    if not _counts(life):
        return Measured(stream=life.stream, counted=Counted.CASE), None
    told = _Told(life=life, at=at, origin=origin)
    shares = (*_received(told), *_happened(told), *_standing(told))
    measured = Measured(
        stream=life.stream, counted=Counted.CASE, number=origin.number,
        item_name=origin.item_name, shares=shares,
    )  # fmt: skip
    return measured, told.again_at


def _counts(life: History) -> bool:
    return life.happenings[0].did is not None and not is_void(life)


def is_void(life: History) -> bool:
    """Say whether the case was voided: neither it nor how it was rated is counted."""
    return life.view.outcome is Outcome.VOIDED


def origin_of(life: History, at: Standpoint) -> Origin:
    """Tell whose the case is: its places, who answers for it, its item."""
    view, item = life.view, life.item
    return Origin(
        number=view.number,
        places=places_of(view.origin, at.me),
        body=_body_of(view, item),
        item=(Subject(Grain.ITEM, item.code),) if item else (),
        item_name=item.name if item else "",
    )


def _body_of(view: CaseView, item: Item | None) -> Subject:
    """Name who decides; before it was dispatched, whom the process or the item names."""
    node = view.decided_by or clocks.decided_at(view)
    if view.department_at == node:
        return body_of(node, view.department)
    staged = (
        stage.department
        for stage, place in view.stages
        if place == node and stage.kind is StageKind.DECIDE
    )
    is_own = item is not None and view.item.startswith(f"item/{node}/")
    return body_of(node, next(staged, None) or (item.department if item and is_own else None))


@dataclass(slots=True, kw_only=True)
class _Told:
    """What was told of one case so far."""

    life: History
    at: Standpoint
    origin: Origin
    desk: tuple[Subject, ...] = ()
    """The window that took the case, and the one that accepted it from then on."""
    reviewer: tuple[Subject, ...] = ()
    """Who worked on it last."""
    corrected: bool = False
    held_up: bool = False
    """Whether somebody's opinion came beyond the limit of this stage."""
    overdue_from: date | None = None
    """The day behind the promised day, once that is over and the case has not ended."""
    visits: set[date] = field(default_factory=set)
    """The days on which somebody came for it."""
    visits_waiting: int = 0
    """How many of them no decision has counted: it may never be decided."""
    finished: tuple[Subject, ...] = ()
    """For whom the last decision counts, until the case is done anew."""
    again_at: int | None = None

    @property
    def calendar(self) -> Calendar:
        """The working days of whoever decides."""
        return self.at.calendar(clocks.decided_at(self.life.view))

    @property
    def is_online(self) -> bool:
        """Whether the applicant applied through the network."""
        first = self.life.first.data
        is_window = isinstance(first, CaseReceived) and first.channel not in ONLINE
        return not is_window

    def people(self, one: Happening) -> tuple[Subject, ...]:
        """Name who did it, if he is one of ours."""
        return own_people(self.at, one.step.node, one.step.actor, one.step.at)

    def visited(self, day: date) -> Iterator[Share]:
        """Count a visit with the decision that it leads to; behind that, on its own day."""
        if day in self.visits:
            return
        self.visits.add(day)
        if self.finished:
            yield from share(day, self.finished, {M.VISITS: 1})
        else:
            self.visits_waiting += 1


# ---- how it began


def _received(told: _Told) -> Iterator[Share]:
    first, view = told.life.happenings[0], told.life.view
    fact, day = first.step.data, day_of(view.received_at)
    counts: Counts = {M.RECEIVED: 1, M.ONLINE: int(told.is_online)}
    if isinstance(fact, CaseReceived):
        counts |= {M.AGENCY: int(bool(fact.agency)), M.BACK_ENTERED: int(bool(fact.paper))}
        told.desk = told.people(first)
    if not told.is_online:
        yield from told.visited(day)
    yield from share(day, (*told.origin.subjects, *told.desk), counts)
    moment = from_ms(view.received_at).astimezone(CHINA)
    hour = Subject(Grain.HOUR, f"{view.origin}/{moment.isoweekday()}-{moment.hour:02d}")
    yield from share(day, (hour,), {M.RECEIVED: 1})


# ---- what happened, one event after the other


def _happened(told: _Told) -> Iterator[Share]:
    for number, one in enumerate(told.life.happenings[1:], 1):
        if one.did is None:
            continue
        before = told.life.happenings[number - 1]
        yield from _stepped(told, before, one)
        yield from _before_process(told, one)
        yield from _in_process(told, before, one)


def _before_process(told: _Told, one: Happening) -> Iterator[Share]:
    match one.did:
        case CaseCorrectionRequested() if not told.corrected:
            told.corrected = True
            yield from share(
                day_of(one.step.at), (*told.origin.subjects, *told.desk), {M.CORRECTED: 1}
            )
        case CaseCorrected() if not told.is_online:
            yield from told.visited(day_of(one.step.at))
        case CaseAccepted():
            told.desk = told.people(one) or told.desk
            yield from _accepted(told, day_of(one.did.accepted_at), one.did)
        case CaseDeemedAccepted():
            yield from _accepted(told, day_of(one.did.caused_at))
        case _:
            pass


def _in_process(told: _Told, before: Happening, one: Happening) -> Iterator[Share]:
    match one.did:
        case CaseReviewed():
            told.reviewer = told.people(one)
        case CaseDecided():
            yield from _finished(told, before, one, day_of(one.did.decided_at))
        case CaseDeemedGranted():
            yield from _finished(told, before, one, day_of(one.did.caused_at))
        case CaseReopened():
            told.reviewer, told.finished = (), ()
            yield from _accepted(told, day_of(one.did.reopened_at))
        case CaseDelivered():
            yield from _delivered(told, one, day_of(one.did.delivered_at))
        case CaseRefused() | CaseReturned() | CaseWithdrawn() | CaseTerminated():
            yield from _ended(told, one, _ENDS[type(one.did)])
        case _:
            pass


def _accepted(told: _Told, day: date, fact: CaseAccepted | None = None) -> Iterator[Share]:
    item = told.life.item
    counts: Counts = {
        M.ACCEPTED: 1,
        M.INSTANT: int(item is not None and item.case_kind is CaseKind.INSTANT),
        M.PENDING: int(fact is not None and bool(fact.pending)),
        M.COMMITTED: int(fact is not None and fact.commitment),
    }
    yield from share(day, (*told.origin.subjects, *told.desk), counts)


def _delivered(told: _Told, one: Happening, day: date) -> Iterator[Share]:
    if isinstance(one.did, CaseDelivered) and one.did.mode == IN_PERSON:
        yield from told.visited(day)
    yield from share(day, (*told.origin.subjects, *told.people(one)), {M.DELIVERED: 1})


def _stepped(told: _Told, before: Happening, one: Happening) -> Iterator[Share]:
    step = Step(at=told.at, origin=told.origin, before=before, one=one, people=told.people(one))
    match one.did:
        case CaseForwarded() | CaseReported():
            yield from stages.forwarded(step)
        case CaseOpinionGiven():
            told.held_up = told.held_up or not step.is_in_time
            yield from stages.opinion(step, one.did.department)
        case _:
            pass
    if step.passes:
        yield from stages.passed(step, was_held_up=told.held_up)
        told.held_up = False


# ---- its end


def _finished(told: _Told, before: Happening, one: Happening, day: date) -> Iterator[Share]:
    who = told.reviewer or told.people(one)
    window = tuple(each for each in told.desk if each.grain is Grain.WINDOW)
    person = tuple(each for each in who if each.grain is Grain.STAFF)
    subjects = (*told.origin.subjects, *window, *person)
    counts: Counts = {
        M.FINISHED: 1,
        M.ENDED: 1,
        M.ENDED_ACCEPTED: 1,
        M.DENIED: int(one.after.outcome is Outcome.DENIED),
        M.VISITS: told.visits_waiting,
    }
    yield from share(day, subjects, counts | _timed(told, before, one, day))
    yield from _was_overdue(told, one, day)
    told.finished, told.visits_waiting = subjects, 0


def _timed(told: _Told, before: Happening, one: Happening, day: date) -> Counts:
    """Tell how the decision stands to the promised and to the statutory limit."""
    promised, statutory = one.timer(ClockKind.PROMISED), one.timer(ClockKind.STATUTORY)
    item = told.life.item
    is_promised = item is not None and item.case_kind is CaseKind.PROMISED
    taken = _taken(told, before, promised, day)
    counts: Counts = {M.PROMISED: int(is_promised), M.WORKDAYS: taken}
    if promised is not None:
        due = promised.due
        counts[M.ON_TIME] = int(due is None or day <= due or promised.provisional)
        counts[M.EARLY] = int(is_promised and due is not None and day < due)
        counts[M.LATE] = int(_is_late(promised, day))
        counts[M.WORKDAYS_PROMISED] = _in_workdays(promised.limit)
    if statutory is not None:
        counts[M.STATUTORY_LATE] = int(_is_late(statutory, day))
        counts[M.WORKDAYS_STATUTORY] = _in_workdays(statutory.limit)
        counts[M.WORKDAYS_BESIDE_STATUTORY] = taken
        counts[M.PROMISED_BESIDE_STATUTORY] = counts.get(M.WORKDAYS_PROMISED, 0)
    return counts


def _is_late(timer: Timer, day: date) -> bool:
    return timer.due is not None and day > timer.due and not timer.provisional


def _in_workdays(limit: Limit) -> int:
    return round(limit.amount * lights.WORKDAYS_IN[limit.unit])


def _taken(told: _Told, before: Happening, promised: Timer | None, day: date) -> int:
    """Count the working days from acceptance, or from the reopening, without the pauses."""
    accepted = before.after.accepted_at or before.after.received_at
    start = day_of(accepted)
    if before.after.law.reopened and promised is not None and promised.start is not None:
        start = max(start, promised.start)
    pauses = promised.pauses if promised else ()
    still = sum(_held(told.calendar, one, start, day) for one in pauses)
    return max(0, told.calendar.count(start, day) - still)


def _held(calendar: Calendar, pause: Pause, start: date, end: date) -> int:
    return calendar.count(max(pause.since, start), min(pause.until or end, end))


def _ended(told: _Told, one: Happening, measure: Measure) -> Iterator[Share]:
    was_accepted = one.after.accepted_at is not None
    counts: Counts = {M.ENDED: 1, measure: 1, M.ENDED_ACCEPTED: int(was_accepted)}
    day = day_of(one.step.at)
    yield from share(day, (*told.origin.subjects, *told.desk), counts)
    if was_accepted:
        yield from _was_overdue(told, one, day)


def _was_overdue(told: _Told, one: Happening, day: date) -> Iterator[Share]:
    timer = one.timer(ClockKind.PROMISED)
    if timer is None or timer.due is None or not _is_late(timer, day):
        return
    yield from share(_over(one, timer.due), told.origin.subjects, {M.OVERDUE: 1})
    yield from share(day, told.origin.subjects, {M.OVERDUE_ENDED: 1})


def _over(one: Happening, due: date) -> date:
    """Name the day on which an accepted case became overdue."""
    accepted = one.after.accepted_at
    return due + ONE_DAY if accepted is None else max(due + ONE_DAY, day_of(accepted))


# ---- as it is now


def _standing(told: _Told) -> Iterator[Share]:
    """Count what comes about by time alone."""
    last = told.life.happenings[-1]
    timer = last.timer(ClockKind.PROMISED)
    if timer is None or timer.state is not ClockState.RUNNING or last.after.accepted_at is None:
        return
    if timer.due is None or timer.due_at is None or timer.provisional:
        return  # it stands still, or its day is not sure
    if told.at.now < timer.due_at:
        told.again_at = timer.due_at
    else:
        yield from share(_over(last, timer.due), told.origin.subjects, {M.OVERDUE: 1})
