"""Which clocks a case has, and what the table lets its events do to them."""

from datetime import date
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from node.calendar.model import Pause
from node.calendar.sources import calendar_from
from node.cases import clocks, transitions
from node.cases.caseview import CaseView
from node.cases.clocks import Move, Timer
from node.cases.facts import Fact
from node.cases.transitions import Clock
from schemas.case_law import CaseDeemedAccepted, CaseNotified, CaseSuspended
from schemas.cases import (
    Action,
    CaseAccepted,
    CaseCorrected,
    CaseDecided,
    CaseWithdrawn,
    Outcome,
)
from schemas.clocks import ClockKind, ClockState
from schemas.events import HolderReclaimed
from schemas.item_terms import LimitStart, LimitUnit
from schemas.items import Batch, Item, Limit
from tests.support.catalogue import ENROLMENT, LICENCE
from tests.support.laws import REPORTED, RICH
from tests.support.steps import begun, fact_of, walk

DAYS = calendar_from(())
FROM_RECEIPT = Limit(amount=10, start=LimitStart.RECEIVED)
FROM_BATCH = Limit(amount=30, unit=LimitUnit.DAY, start=LimitStart.BATCH_CLOSED)
BATCHES = (
    Batch(opens="2026-09-01", closes="2026-09-20"),
    Batch(opens="2026-03-01", closes="2026-03-20"),
)
RECEIVED = 1_780_000_000_000
DAY = date(2026, 5, 29)


def clocks_of(item: Item, received_at: int = RECEIVED) -> tuple[Timer, ...]:
    return clocks.begin(replace(begun(item), received_at=received_at), item)


def timer(state: ClockState, start: LimitStart = LimitStart.ACCEPTED) -> Timer:
    begins = None if state is ClockState.WAITING else date(2026, 5, 4)
    pauses = (Pause(date(2026, 5, 6)),) if state is ClockState.PAUSED else ()
    return Timer(
        clock=ClockKind.PROMISED,
        limit=Limit(amount=5, start=start),
        place=begun().origin,
        state=state,
        start=begins,
        pauses=pauses,
    )


def test_a_case_has_the_clocks_that_its_item_and_the_law_set() -> None:
    three = clocks_of(LICENCE)
    assert [(one.clock, one.limit, one.state) for one in three] == [
        (ClockKind.PROMISED, LICENCE.promised, ClockState.WAITING),
        (ClockKind.STATUTORY, LICENCE.statutory, ClockState.WAITING),
        (ClockKind.ACCEPTANCE, clocks.TO_ACCEPT, ClockState.RUNNING),
    ]
    assert [one.clock for one in clocks_of(ENROLMENT)] == [
        ClockKind.PROMISED, ClockKind.ACCEPTANCE,
    ]  # fmt: skip
    assert [one.clock for one in clocks_of(RICH)][-1] is ClockKind.CHECK


def test_silence_accepts_licences_alone_and_not_after_a_correction_was_asked_for() -> None:
    assert [one.deems for one in clocks_of(LICENCE)] == [False, False, True]
    assert [one.deems for one in clocks_of(ENROLMENT)] == [False, False]
    acceptance = clocks_of(LICENCE)[2]
    asked = moved(acceptance, Clock.PAUSES)
    again = moved(asked, Clock.RESUMES, date(2026, 6, 3))
    assert (asked.state, again.state, again.start) == (
        ClockState.PAUSED, ClockState.RUNNING, date(2026, 6, 3),
    )  # fmt: skip
    assert (asked.deems, again.deems) == (False, False)


def moved(
    clock: Timer, effect: Clock, day: date = DAY, fact: Fact | None = None,
    view: CaseView | None = None,
) -> Timer:  # fmt: skip
    """The clock after an effect on that day."""
    return clocks.moved(clock, Move(effect, day, fact, begun() if view is None else view))


def test_the_days_of_the_node_that_decides_count() -> None:
    assert {one.place for one in clocks_of(LICENCE)} == {begun().stages[-1][1]}


def test_a_clock_from_receipt_runs_at_once_and_one_from_acceptance_waits() -> None:
    first, second, _ = clocks_of(replace(LICENCE, promised=FROM_RECEIPT))
    assert (first.state, first.start) == (ClockState.RUNNING, clocks.day_of(RECEIVED))
    assert (second.state, second.start) == (ClockState.WAITING, None)


@pytest.mark.parametrize(
    ("received", "closes"),
    [
        ("2026-03-01", "2026-03-20"),
        ("2026-03-20", "2026-03-20"),
        ("2026-03-21", "2026-09-20"),
        ("2026-09-21", None),
    ],
)
def test_a_batch_takes_what_comes_up_to_its_last_day(received: str, closes: str | None) -> None:
    found = clocks.batch_closing(BATCHES, date.fromisoformat(received))
    assert found == (None if closes is None else date.fromisoformat(closes))


def test_a_clock_of_a_batch_that_is_not_announced_waits() -> None:
    first, *_ = clocks_of(replace(LICENCE, promised=FROM_BATCH, batches=BATCHES[:0]))
    assert (first.state, first.start) == (ClockState.WAITING, None)
    bad = (Batch(opens="soon", closes="later"),)
    first, *_ = clocks_of(replace(LICENCE, promised=FROM_BATCH, batches=bad))
    assert first.state is ClockState.WAITING
    first, *_ = clocks_of(replace(LICENCE, promised=FROM_BATCH, batches=BATCHES))
    assert (first.state, first.start) == (ClockState.RUNNING, date(2026, 9, 20))


def test_an_instant_counts_as_the_day_in_china() -> None:
    before_midnight = 1_780_070_399_000  # 2026-05-29 23:59:59 in China, 15:59:59 UTC
    assert clocks.day_of(before_midnight) == date(2026, 5, 29)
    assert clocks.day_of(before_midnight + 1000) == date(2026, 5, 30)


@pytest.mark.parametrize(
    "row",
    [row for row in transitions.TABLE if row.state is not None],
    ids=lambda row: f"{row.state}-{row.action}-{row.stage}",
)
def test_an_event_does_to_the_clocks_what_its_row_says(row: transitions.Row) -> None:
    kinds = [stage.kind for stage, _ in begun(REPORTED).stages]
    stage = kinds.index(row.stage) if row.stage else 0
    view = replace(begun(REPORTED), state=row.state, stage=stage)
    assert clocks.effect_of(view, fact_of(row.action, view)) is row.clock


def test_custody_and_what_is_unknown_touch_no_clock() -> None:
    reclaimed = HolderReclaimed(reason="holder_silent")
    assert clocks.effect_of(begun(), reclaimed) is Clock.NONE
    assert clocks.effect_of(begun(), None) is Clock.NONE


@pytest.mark.parametrize(
    ("before", "effect", "after"),
    [
        (ClockState.WAITING, Clock.STARTS, ClockState.RUNNING),
        (ClockState.RUNNING, Clock.STARTS, ClockState.RUNNING),
        (ClockState.WAITING, Clock.PAUSES, ClockState.WAITING),
        (ClockState.RUNNING, Clock.PAUSES, ClockState.PAUSED),
        (ClockState.PAUSED, Clock.RESUMES, ClockState.RUNNING),
        (ClockState.WAITING, Clock.RESUMES, ClockState.WAITING),
        (ClockState.WAITING, Clock.ENDS, ClockState.ENDED),
        (ClockState.RUNNING, Clock.ENDS, ClockState.ENDED),
        (ClockState.PAUSED, Clock.ENDS, ClockState.ENDED),
        (ClockState.RUNNING, Clock.NONE, ClockState.RUNNING),
        (ClockState.RUNNING, Clock.RECEIPT_STARTS, ClockState.RUNNING),
        (ClockState.RUNNING, Clock.GOES_ON, ClockState.RUNNING),
        (ClockState.PAUSED, Clock.GOES_ON, ClockState.RUNNING),
        (ClockState.RUNNING, Clock.DECIDES, ClockState.ENDED),
        (ClockState.PAUSED, Clock.DECIDES, ClockState.ENDED),
        (ClockState.RUNNING, Clock.NOTIFIES, ClockState.RUNNING),
        (ClockState.ENDED, Clock.REOPENS, ClockState.RUNNING),
    ],
)
def test_what_each_effect_does_to_a_clock(
    before: ClockState, effect: Clock, after: ClockState
) -> None:
    clock = moved(timer(before), effect)
    assert clock.state is after
    assert clock.ended == (DAY if after is ClockState.ENDED else None)


def test_acceptance_starts_no_clock_that_something_else_starts() -> None:
    waiting = timer(ClockState.WAITING, LimitStart.BATCH_CLOSED)
    assert moved(waiting, Clock.STARTS) == waiting


def test_a_paused_clock_has_no_due_day() -> None:
    running = clocks.reckoned(timer(ClockState.RUNNING), DAYS)
    assert running.due is not None
    paused = moved(running, Clock.PAUSES, date(2026, 5, 7))
    assert (paused.due, paused.due_at) == (None, None)
    assert clocks.reckoned(paused, DAYS) == paused


@settings(deadline=None)  # the first to ask lays out some hundred years
@given(
    st.integers(),
    st.integers(),
    st.sampled_from(LimitUnit),
    st.integers(min_value=0),
    st.lists(st.sampled_from(Clock), max_size=6),
)
def test_whatever_instants_a_node_claims_its_case_gets_clocks(
    received: int, then: int, unit: LimitUnit, amount: int, effects: list[Clock]
) -> None:
    item = replace(LICENCE, promised=Limit(amount=amount, unit=unit, start=LimitStart.RECEIVED))
    clock, *_ = clocks_of(item, received)
    for effect in effects:
        clock = moved(clock, effect, clocks.day_of(then))
    found = clocks.reckoned(clock, DAYS)
    assert (found.due is None) is (not clocks.is_reckoned(found))


@pytest.mark.parametrize(
    ("claimed", "day"),
    [(-62_135_596_800_000, date(1996, 1, 1)), (253_402_300_799_000, date(2099, 12, 31))],
    ids=["the year 1", "the year 9999"],
)
def test_an_instant_beyond_all_calendars_counts_as_their_nearer_end(
    claimed: int, day: date
) -> None:
    assert clocks.day_of(claimed) == day


def _corrected(*days: tuple[int, int]) -> Timer:
    """A clock that stood still and went on at these days of May."""
    found = timer(ClockState.RUNNING)
    for since, until in days:
        found = moved(found, Clock.PAUSES, date(2026, 5, since))
        found = moved(found, Clock.RESUMES, date(2026, 5, until))
    return found


@pytest.mark.parametrize(
    ("days", "kept"),
    [
        (((6, 8), (11, 12)), ((6, 8), (11, 12))),
        (((6, 8), (8, 12)), ((6, 12),)),
        (((6, 6), (8, 7)), ()),
        (((6, 8), (11, 12), (7, 11)), ((6, 12),)),
        (((11, 12), (6, 8)), ((6, 8), (11, 12))),
        (((6, 12), (7, 8)), ((6, 12),)),
    ],
    ids=["apart", "touching", "of no day", "over both", "out of order", "within"],
)
def test_pauses_that_touch_are_one(
    days: tuple[tuple[int, int], ...], kept: tuple[tuple[int, int], ...]
) -> None:
    spans = tuple(Pause(date(2026, 5, since), date(2026, 5, until)) for since, until in kept)
    assert _corrected(*days).pauses == spans


@given(st.lists(st.tuples(st.integers(1, 31), st.integers(1, 31)), max_size=8))
def test_pauses_that_were_joined_hold_a_limit_as_long_as_one_by_one(
    days: list[tuple[int, int]],
) -> None:
    one_by_one = tuple(Pause(date(2026, 5, since), date(2026, 5, until)) for since, until in days)
    joined = clocks.reckoned(_corrected(*days), DAYS)
    assert joined.due == clocks.reckoned(replace(joined, pauses=one_by_one), DAYS).due


def test_thousands_of_corrections_leave_no_more_pauses_than_days() -> None:
    days = [(number % 28 + 1, number % 28 + 2) for number in range(3000)]
    assert _corrected(*days).pauses == (Pause(date(2026, 5, 1), date(2026, 5, 29)),)


@pytest.mark.parametrize(
    ("fact", "day"),
    [
        (CaseAccepted(accepted_at=1_790_000_000_000), 1_790_000_000_000),
        (CaseDecided(outcome=Outcome.GRANTED, decided_at=1_790_000_000_000), 1_790_000_000_000),
        (CaseNotified(notified_at=1_790_000_000_000), 1_790_000_000_000),
        (CaseDeemedAccepted(accepted_at=1_780_000_000_000, caused_at=1_790_000_000_000),
         1_780_000_000_000),
        (CaseWithdrawn(reason="applicant_withdrew"), RECEIVED),
        (CaseCorrected(materials=()), RECEIVED),
        (None, RECEIVED),
    ],
    ids=lambda one: type(one).__name__,
)  # fmt: skip
def test_the_day_of_an_effect_is_the_one_that_the_event_states(fact: Fact | None, day: int) -> None:
    view = replace(begun(), since=RECEIVED)
    assert clocks.day_of_effect(view, fact) == clocks.day_of(day)


# ---- procedures, extensions, and what comes after the decision


def test_a_procedure_stops_what_the_law_lets_it_stop_and_no_more() -> None:
    promised, statutory, acceptance = (
        replace(one, state=ClockState.RUNNING, start=date(2026, 3, 2)) for one in clocks_of(LICENCE)
    )
    view = walk(begun(), Action.FORWARD, Action.ACCEPT)
    fact = fact_of(Action.SUSPEND, view)
    assert isinstance(fact, CaseSuspended)
    for stops_statutory, stops_promised in product((True, False), repeat=2):
        said = replace(fact, stops_statutory=stops_statutory, stops_promised=stops_promised)
        paused = [
            moved(one, Clock.STOPS, DAY, said).state is ClockState.PAUSED
            for one in (promised, statutory, acceptance)
        ]
        assert paused == [stops_promised, stops_statutory, False]


def test_an_extension_moves_both_limits_of_the_decision_and_no_other() -> None:
    fact = fact_of(Action.EXTEND, begun())
    extended = [moved(one, Clock.EXTENDS, DAY, fact).extension for one in clocks_of(RICH)]
    assert extended == [10, 10, 0, 0]


def test_a_case_decided_anew_has_its_whole_limit_again() -> None:
    used = replace(
        timer(ClockState.ENDED), ended=DAY, extension=10, pauses=(Pause(DAY, date(2026, 6, 2)),)
    )
    again = moved(used, Clock.REOPENS, date(2026, 7, 1))
    assert (again.start, again.pauses, again.extension, again.ended) == (
        date(2026, 7, 1), (), 0, None,
    )  # fmt: skip


def test_acceptance_ends_on_the_day_on_which_it_was_said() -> None:
    acceptance = clocks_of(LICENCE)[2]
    view = replace(begun(), since=1_790_000_000_000)
    ended = moved(acceptance, Clock.STARTS, DAY, None, view)
    assert (ended.state, ended.ended) == (ClockState.ENDED, clocks.day_of(1_790_000_000_000))


def test_delivery_ends_when_the_applicant_is_told() -> None:
    running = clocks.delivery(begun(), DAY)
    assert (running.limit.amount, running.state) == (10, ClockState.RUNNING)
    for effect in Clock:
        ended = moved(running, effect).state is ClockState.ENDED
        assert ended is (effect in (Clock.NOTIFIES, Clock.REOPENS, Clock.ENDS))


def test_only_what_was_granted_on_a_commitment_is_to_be_checked() -> None:
    check = clocks_of(RICH)[3]
    granted = replace(begun(RICH), outcome=Outcome.GRANTED)
    promised = replace(granted, law=replace(granted.law, commitment=True))
    assert moved(check, Clock.DECIDES, DAY, None, granted) == check
    running = moved(check, Clock.DECIDES, DAY, None, promised)
    assert (running.state, running.start) == (ClockState.RUNNING, DAY)
    denied = replace(promised, outcome=Outcome.DENIED)
    assert moved(check, Clock.DECIDES, DAY, None, denied) == check
    assert moved(running, Clock.CHECKED, DAY).ended == DAY
    anew = moved(clocks.reckoned(running, DAYS), Clock.REOPENS, DAY)
    assert anew == check, "a denial that follows leaves nothing to check"
