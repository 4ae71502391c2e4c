"""What the list of evaluations comes to: what was set aside counts nowhere and stays visible."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from node.clock import local_day
from node.evaluation import actions as ratings
from node.evaluation import listing, reading
from node.evaluation import redress_steps as steps
from node.evaluation.actions import About, Given
from node.evaluation.listing import Asked, Sum
from node.evaluation.model import Served
from node.work import SYSTEM
from schemas.evaluation import EvaluationChannel, EvaluationForm, EvaluationView, Grade
from schemas.ids import NodeId
from tests.node.evaluation.conftest import Hall
from tests.support import casework as support
from tests.support import redress
from tests.support.casework import APPROVER, COUNTY, SUPERVISOR, Casework, Office
from tests.support.catalogue import WJJ
from tests.support.homes import homes
from tests.support.rating import answered
from tests.support.redress import do


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[Casework]:
    async with support.casework(tmp_path) as made:
        redress.go_to(made, "2026-11-02")
        yield made


async def _visit(office: Office, grade: Grade, visit: str) -> EvaluationView:
    served = Served(window="A01", department=WJJ, department_at=COUNTY)
    given = Given(form=EvaluationForm(grade=grade), channel=EvaluationChannel.TABLET)
    works = office.node.works
    return await works.run(SYSTEM, ratings.take, About(served=served, visit=visit), given)


async def _total(office: Office, asked: Asked) -> Sum:
    works = office.node.works
    which = listing.wanted(COUNTY, SUPERVISOR, local_day(works.clock.now()), asked)
    return await works.read(listing.total, which)


async def test_a_rating_that_was_set_aside_counts_nowhere_and_stays_visible(
    tmp_path: Path,
) -> None:
    async with homes(tmp_path) as world:
        county = world.work.county
        redress.go_to(world.work, "2026-11-02")
        await _visit(county, Grade.SATISFIED, "v1")
        bad = await _visit(county, Grade.VERY_DISSATISFIED, "v2")
        (matter,) = await redress.everything(county)
        appealed = await do(
            county, APPROVER, steps.appeal, matter, ground="malicious", note="从未来过"
        )
        assert (await _total(county, Asked())).all == 2, "an appeal alone changes nothing"
        await do(county, SUPERVISOR, steps.decide_appeal, appealed, set_aside=True, note="属实")
        total = await _total(county, Asked())
        assert (dict(total.by_grade), total.all, total.good) == ({Grade.SATISFIED: 1}, 1, 1)
        seen = await county.node.works.read(reading.of_note, bad.note)
        assert seen is not None
        assert (seen.counts, seen.set_aside) == (False, True)
        again = await _visit(county, Grade.VERY_SATISFIED, "v2")
        assert not again.counts, "a visit is evaluated once, whatever became of it"
        await world.carry_all()
        city = world.nodes[NodeId("6103")]
        above = await city.works.read(reading.of_note, bad.note)
        assert above is not None
        assert above.set_aside, "whoever hears of both says the same"


@pytest.mark.parametrize(
    ("asked", "has_rate"),
    [
        (Asked(), True),
        (Asked(first="2026-11-01", last="2026-11-02"), True),
        (Asked(grade="1"), False),
        (Asked(channel="qr"), False),
        (Asked(window="A01"), False),
        (Asked(node=COUNTY), False),
    ],
    ids=["all", "some days", "a grade", "a channel", "a window", "a place"],
)
async def test_there_is_no_rate_of_evaluated_cases_where_the_cases_cannot_be_filtered_alike(
    world: Casework,
    asked: Asked,
    has_rate: bool,  # noqa: FBT001  # pytest passes by name
) -> None:
    total = await _total(world.county, asked)
    assert (total.answered is not None) is has_rate


async def test_the_page_shows_no_such_rate_under_a_filter(hall: Hall) -> None:
    case = await answered(hall.county)
    body = {**case.body, "grade": 5}
    assert (await hall.phone.post("/api/v1/evaluations", json=body)).status_code == 201
    supervisor = await hall.visitor("supervisor")
    assert "参评率" in await supervisor.page("/evaluations")
    filtered = await supervisor.page("/evaluations?grade=5")
    assert "参评率" not in filtered
    assert "满意率" in filtered
