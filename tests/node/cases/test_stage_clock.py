"""环节时限: the clock of the stage at which a case stands."""

from datetime import date

import pytest
from msgspec.structs import replace

from node.calendar.model import Pause
from node.calendar.sources import calendar_from
from node.cases import clocks, wording
from node.cases.clocks import Timer
from schemas.cases import Action
from schemas.clocks import ClockKind, ClockState
from schemas.item_terms import LimitStart, LimitUnit
from schemas.items import Batch, Limit
from tests.support.catalogue import LICENCE
from tests.support.laws import RICH, at_county
from tests.support.steps import begun, walk

DAYS = calendar_from(())
MONDAY = 1_772_424_000_000  # 2026-03-02, at noon
DECIDED = (Action.GIVE_OPINION, Action.GIVE_OPINION, Action.REVIEW, Action.DECIDE)
FROM_BATCH = Limit(amount=30, unit=LimitUnit.DAY, start=LimitStart.BATCH_CLOSED)
BATCHES = (Batch(opens="2026-03-01", closes="2026-03-20"),)
PROMISED = Timer(
    clock=ClockKind.PROMISED, limit=Limit(amount=5), place=begun().origin,
    state=ClockState.RUNNING, start=date(2026, 2, 2),
)  # fmt: skip


def test_the_stage_has_a_clock_of_its_own_that_stands_still_with_the_promise() -> None:
    view = walk(begun(), Action.FORWARD, Action.ACCEPT, Action.DISPATCH)
    view = replace(view, stage_at=MONDAY)
    before = Pause(date(2026, 2, 4), date(2026, 2, 11))
    within = Pause(date(2026, 3, 3), date(2026, 3, 5))
    found = clocks.stage_timer(view, replace(PROMISED, pauses=(before, within)))
    assert found is not None
    assert (found.clock, found.limit.amount) == (ClockKind.STAGE, 2)
    assert clocks.reckoned(found, DAYS).due == date(2026, 3, 6)  # what lay before does not count
    still = clocks.stage_timer(view, replace(PROMISED, pauses=(Pause(date(2026, 3, 3)),)))
    assert still is not None
    assert (still.state, clocks.reckoned(still, DAYS).due) == (ClockState.PAUSED, None)
    assert clocks.stage_timer(walk(view, Action.REVIEW, Action.DECIDE), PROMISED) is None


def test_the_stages_of_a_batch_do_not_count_before_it_closes() -> None:
    """Acceptance has its five days from receipt; behind it everybody waits for the batch."""
    item = at_county(replace(LICENCE, promised=FROM_BATCH, batches=BATCHES))
    received = replace(begun(item), received_at=MONDAY, stage_at=MONDAY)
    promised = clocks.begin(received, item)[0]
    at_acceptance = clocks.stage_timer(received, promised)
    assert at_acceptance is not None
    assert at_acceptance.start == date(2026, 3, 2)

    lying = replace(walk(received, Action.ACCEPT, Action.DISPATCH), stage_at=MONDAY)
    found = clocks.stage_timer(lying, promised)
    assert found is not None
    assert (found.start, clocks.reckoned(found, DAYS).due) == (
        date(2026, 3, 20), date(2026, 3, 24),
    )  # fmt: skip
    later = replace(lying, stage_at=1_774_324_800_000)  # 2026-03-24
    assert (late := clocks.stage_timer(later, promised)) is not None
    assert late.start == date(2026, 3, 24)

    unannounced = clocks.begin(received, replace(item, batches=()))[0]
    waiting = clocks.stage_timer(lying, unannounced)
    assert waiting is not None
    assert (waiting.state, clocks.reckoned(waiting, DAYS).due) == (ClockState.WAITING, None)
    for timer, says in ((found, "本批次受理截止之日"), (at_acceptance, "办件到达本环节之日")):
        first, *_ = wording.why(timer, clocks.explained(timer, DAYS))
        assert says in first.zh
    *_, last = wording.why(waiting, None)
    assert "尚未公布" in last.zh


@pytest.mark.parametrize("before", [(), (Pause(date(2026, 2, 4)),)], ids=["", "stood still"])
def test_making_the_licence_has_the_clock_of_its_stage(before: tuple[Pause, ...]) -> None:
    """Whatever held up the decision, also where time itself ended it (视为准予延续)."""
    view = walk(begun(at_county(RICH)), Action.ACCEPT, Action.DISPATCH, *DECIDED)
    view = replace(view, stage_at=MONDAY)
    ended = replace(PROMISED, state=ClockState.ENDED, pauses=before)
    found = clocks.stage_timer(view, ended)
    assert found is not None
    assert (found.state, found.start, found.limit.amount) == (
        ClockState.RUNNING, date(2026, 3, 2), 0,
    )  # fmt: skip
    made = walk(view, Action.CERTIFY)
    assert clocks.stage_timer(made, ended) is None
