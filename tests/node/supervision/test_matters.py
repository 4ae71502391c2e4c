"""What comes of evaluations is judged too: matters that nobody answers, ratings of one hand."""

from pathlib import Path

from node.evaluation import redress_steps as steps
from node.following.actions import Following
from node.supervision import store
from node.supervision.follower import Supervision
from node.supervision.store import Row
from schemas.evaluation import EvaluationForm, Grade
from schemas.redress import Complexity, RedressFinding
from schemas.supervision import FindingLevel, FindingState, RuleId
from tests.support import casework as support
from tests.support import rating, redress
from tests.support.casework import COUNTY, HANDLER, Casework


async def _q1(world: Casework) -> list[Row]:
    works = world.county.node.works
    await Following(works, [Supervision(COUNTY)]).catch_up()
    found = await works.read(store.page, {"f.rule = ?": (RuleId.Q1,)}, None, 10)
    return [one for one in reversed(found) if one.state is not FindingState.WITHDRAWN]


async def test_a_complaint_that_nobody_looks_into_is_found(tmp_path: Path) -> None:
    async with support.casework(tmp_path) as world:
        redress.go_to(world, "2026-11-02")
        view, _ = await redress.take(world.county)
        assert not await _q1(world)
        redress.go_to(world, "2026-11-17")
        (late,) = await _q1(world)
        assert (late.subject, late.level) == (view.stream, FindingLevel.YELLOW)
        assert (late.node, late.department) == (COUNTY, view.department)
        assert late.values[0] == view.number
        redress.go_to(world, "2026-11-30")
        levels = [one.level for one in await _q1(world)]
        assert levels == [FindingLevel.YELLOW, FindingLevel.RED]


async def test_one_that_is_answered_in_time_is_not(tmp_path: Path) -> None:
    async with support.casework(tmp_path) as world:
        redress.go_to(world, "2026-11-02")
        view, _ = await redress.take(world.county)
        view = await redress.do(
            world.county, HANDLER, steps.verify, view,
            finding=RedressFinding.TRUE, complexity=Complexity.SIMPLE,
        )  # fmt: skip
        await redress.do(world.county, HANDLER, steps.answer, view, answer="已办好, 当面致歉")
        redress.go_to(world, "2026-11-30")
        assert not await _q1(world)


async def test_ratings_in_one_breath_from_one_device_are_found_on_their_day(
    tmp_path: Path,
) -> None:
    async with support.casework(tmp_path) as world:
        redress.go_to(world, "2026-11-02")
        county = world.county
        views = [await world.licence_until("decide") for _ in range(5)]
        for view in views:
            await rating.rate(county, view, EvaluationForm(grade=Grade.VERY_SATISFIED))
        works = county.node.works
        following = Following(works, [Supervision(COUNTY)])
        await following.catch_up()
        redress.go_to(world, "2026-11-02", hour=11)
        await following.catch_up()
        (one,) = await works.read(store.page, {"f.rule = ?": (RuleId.Q2,)}, None, 10)
        assert one.subject == "day/610328/2026-11-02"
        assert one.node == COUNTY
