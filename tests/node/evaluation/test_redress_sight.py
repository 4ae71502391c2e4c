"""Who had a part in a case has none in what is said of it: no words, no telephone, no call."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from node.clock import local_day
from node.errors import NotAllowedError, NotFoundError
from node.evaluation import listing
from node.evaluation import redress_actions as actions
from node.evaluation import redress_reading as reading
from node.evaluation import redress_steps as steps
from node.evaluation.redress_reading import Caller
from node.evaluation.redress_store import Wanted
from node.staff import actions as staff
from node.work import SYSTEM, Actor
from schemas.evaluation import Grade
from schemas.redress import RedressFinding, RedressKind, RedressSource, RedressView
from schemas.redress_desk import NewRedress
from schemas.staff import AccountChange, Role
from tests.node.evaluation.conftest import Hall
from tests.support import casework as support
from tests.support import redress
from tests.support.casework import APPROVER, CLERK, COUNTY, HANDLER, SUPERVISOR, Casework
from tests.support.desks import Desks
from tests.support.rating import Answered, answered
from tests.support.redress import COLLEAGUE, do

RUDE = "窗口那位同志骂人"
BOTH = frozenset({*CLERK.roles, *HANDLER.roles, Role.SUPERVISOR, Role.DIRECTOR})


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[Casework]:
    async with support.casework(tmp_path) as made:
        redress.go_to(made, "2026-11-02")
        yield made


async def _complained_of(world: Casework) -> RedressView:
    """Somebody complains from home about a case that the county's clerk accepted."""
    county, case = world.county, await world.licence_until("decide")
    form = NewRedress(
        redress=RedressKind.COMPLAINT, source=RedressSource.WEB, text=RUDE, case=case.number
    )
    ready, works = redress.part(county, RUDE), county.node.works
    taken = await works.run(SYSTEM, actions.take_from_home, form, ready)
    return await redress.numbered(county, taken.number)


async def _listed(world: Casework, actor: Actor) -> tuple[RedressView, ...]:
    works, caller = world.county.node.works, Caller(COUNTY, actor)
    today = local_day(works.clock.now())
    return (await works.read(reading.page, caller, Wanted(), today)).redresses


async def test_who_acted_in_the_case_neither_reads_nor_calls_back_nor_closes(
    world: Casework,
) -> None:
    county, view = world.county, await _complained_of(world)
    await do(county, HANDLER, steps.verify, view, finding=RedressFinding.UNFOUNDED)
    view = await do(county, HANDLER, steps.answer, view, answer="查无此事")
    for served in (CLERK, Actor(CLERK.staff, BOTH)):
        with pytest.raises(NotFoundError):
            await redress.look(county, served, view)
        for act, form in ((steps.call_back, {"reached": True, "grade": 5}), (steps.close, {})):
            with pytest.raises((NotAllowedError, NotFoundError)):
                await do(county, served, act, view, **form)
        assert await _listed(world, served) == ()
        works, caller = county.node.works, Caller(COUNTY, served)
        assert await works.read(reading.waiting, caller) == ()
        assert view.case is not None
        assert await works.read(reading.of_case_for, caller, view.case) == ()
    said = (await redress.look(county, COLLEAGUE, view)).text
    assert said is not None
    assert said.text == RUDE
    assert await _listed(world, COLLEAGUE) == (view,)
    closed = await do(county, COLLEAGUE, steps.call_back, view, reached=True, grade=Grade.SATISFIED)
    assert closed.closed_at, "who had no part in the case calls back"


async def test_who_handled_the_case_answers_for_it_and_does_no_more(world: Casework) -> None:
    county, view = world.county, await _complained_of(world)
    handler = Actor(HANDLER.staff, BOTH, HANDLER.department)  # whatever other posts he has
    view = await do(county, handler, steps.verify, view, finding=RedressFinding.TRUE)
    view = await do(county, APPROVER, steps.answer, view, answer="已道歉")
    with pytest.raises(NotAllowedError):
        await do(county, handler, steps.call_back, view, reached=True)


async def test_who_acted_in_the_case_decides_no_appeal(world: Casework) -> None:
    county, view = world.county, await _complained_of(world)
    view = await do(county, APPROVER, steps.appeal, view, ground="malicious", note="恶意")
    served = Actor(CLERK.staff, frozenset({Role.SUPERVISOR}))
    with pytest.raises((NotAllowedError, NotFoundError)):
        await do(county, served, steps.decide_appeal, view, set_aside=True, note="属实")
    view = await do(county, SUPERVISOR, steps.decide_appeal, view, set_aside=False, note="不属实")
    assert not view.set_aside


# ---- grades


async def _rated(hall: Hall, grade: int, text: str = "") -> Answered:
    case = await answered(hall.county)
    sent = {**case.body, "grade": grade, "text": text}
    assert (await hall.phone.post("/api/v1/evaluations", json=sent)).status_code == 201
    return case


async def test_a_director_who_served_somebody_does_not_see_what_that_one_said(
    hall: Hall,
) -> None:
    case = await _rated(hall, 1, "态度不好")
    works, today = hall.county.works, local_day(hall.county.works.clock.now())
    desks = Desks(hall.county)
    clerk = await desks.who("clerk")
    both = AccountChange(roles=(Role.CLERK, Role.DIRECTOR))
    await works.run(await desks.who("operator"), staff.update, clerk.staff, both, None)
    served = await (await hall.visitor("clerk")).page(f"/cases/{case.number}")
    assert "对经办人员保密" in served
    assert "非常不满意" not in served
    for login, seen in (("clerk", 0), ("director", 1)):
        page = await (await hall.visitor(login)).page("/evaluations")
        assert page.count("#evaluation") == seen, login
        assert "非常不满意 1" in page, "the figures count everybody"
    which = listing.wanted(COUNTY, await desks.who("clerk"), today, listing.Asked())
    assert (await works.read(listing.page, which, "")).evaluations == ()


async def test_a_leader_sees_the_grade_and_not_what_was_written_beside_it(hall: Hall) -> None:
    case = await _rated(hall, 1, "态度不好")
    await Desks(hall.county).add("leader", Role.LEADER)
    supervisor, leader = await hall.visitor("supervisor"), await hall.visitor("leader")
    (href,) = set(re.findall(r'href="(/redress/\w{16})"', await supervisor.page("/redress")))
    assert "态度不好" in await supervisor.page(href)
    page = await leader.page(href)
    assert "非常不满意" in page
    assert "态度不好" not in page
    assert "只给负责核实的人看" in page
    told = await leader.get(f"/api/v1{href}")
    assert told.status_code == 200
    assert "态度不好" not in told.text
    assert "态度不好" not in await leader.page(f"/cases/{case.number}")
