"""What an appeal that failed does to the days: nobody is late by the time it took to decide."""

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest

from node.calendar import actions as calendars
from node.evaluation import redress_limits as limits
from node.evaluation import redress_reading as reading
from node.evaluation import redress_steps as steps
from node.supervision.model import Matter
from node.supervision.rules import by_id
from schemas.redress import RedressFinding, RedressView
from schemas.supervision import RuleId
from tests.support import casework as support
from tests.support import redress
from tests.support.casework import APPROVER, COUNTY, HANDLER, SUPERVISOR, Casework
from tests.support.redress import do

TRUE = {"finding": RedressFinding.TRUE}


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[Casework]:
    async with support.casework(tmp_path) as made:
        redress.go_to(made, "2026-11-02")  # a Monday
        yield made


async def _found(world: Casework, view: RedressView) -> list[str]:
    """What rule Q1 finds in a matter, as long as it stands as it does."""
    works = world.county.node.works
    days = await works.read(calendars.calendar_of, COUNTY)
    happened = await works.read(reading.happened, view.stream)
    rule = by_id(RuleId.Q1)
    assert rule.of_matter is not None
    matter = Matter(stream=view.stream, holder=COUNTY, happened=happened, calendar=lambda _: days)
    return [hit.values[2] for hit in rule.of_matter(matter, rule.usual)]


async def test_a_complaint_whose_appeal_failed_is_not_late_the_day_it_is_verified_in_time(
    world: Casework,
) -> None:
    county = world.county
    view, _ = await redress.take(county)
    assert view.verify_by == "2026-11-16"
    redress.go_to(world, "2026-11-03")
    view = await do(county, APPROVER, steps.appeal, view, ground="malicious", note="恶意")
    redress.go_to(world, "2026-11-20")
    view = await do(county, SUPERVISOR, steps.decide_appeal, view, set_aside=False, note="不成立")
    assert view.verify_by == "2026-12-03"
    redress.go_to(world, "2026-11-23")
    view = await do(county, HANDLER, steps.verify, view, **TRUE)
    assert view.answer_by == "2026-12-03", "its days are given back to the answer too"
    assert not limits.is_late(view, date(2026, 11, 23))
    assert not view.verified_late
    redress.go_to(world, "2026-12-03", hour=23)
    view = await do(county, HANDLER, steps.answer, view, answer="已道歉")
    assert not view.answered_late
    assert await _found(world, view) == []


async def test_what_was_late_before_the_appeal_stays_late(world: Casework) -> None:
    county = world.county
    view, _ = await redress.take(county)
    redress.go_to(world, "2026-11-17")
    view = await do(county, APPROVER, steps.appeal, view, ground="malicious", note="恶意")
    redress.go_to(world, "2026-11-20")
    view = await do(county, SUPERVISOR, steps.decide_appeal, view, set_aside=False, note="不成立")
    view = await do(county, HANDLER, steps.verify, view, **TRUE)
    assert (view.verify_by, view.answer_by) == ("2026-11-16", "2026-11-16")
    assert view.verified_late


async def test_an_appeal_on_the_last_day_leaves_a_working_day_however_late_it_is_decided(
    world: Casework,
) -> None:
    county = world.county
    view, _ = await redress.take(county)
    view = await do(county, HANDLER, steps.verify, view, **TRUE)
    redress.go_to(world, "2026-11-16", hour=9)
    view = await do(county, APPROVER, steps.appeal, view, ground="malicious", note="恶意")
    redress.go_to(world, "2026-11-24", hour=17)
    view = await do(county, SUPERVISOR, steps.decide_appeal, view, set_aside=False, note="不成立")
    assert view.due == "2026-11-25"
