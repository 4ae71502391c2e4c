"""Who answers for a bad rating, and who judges it, gets what was written beside it."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from federation import partstore
from node.cases.page_looker import Looker
from node.clock import local_day
from node.database import Tx
from node.evaluation import actions as ratings
from node.evaluation import page_redress, writing
from node.evaluation import redress_actions as actions
from node.evaluation import redress_steps as steps
from node.evaluation import redress_store as store
from node.evaluation.actions import About, Given
from node.evaluation.model import Served, part_of
from node.evaluation.page_redress import MatterPage
from node.runtime.opening import kinds_of
from node.runtime.rebuilding import rebuild
from node.web.wording import WORDS, Language
from node.work import SYSTEM, Actor
from schemas.evaluation import EvaluationChannel, EvaluationForm
from schemas.ids import PartDigest, StaffId
from schemas.redress import RedressFinding, RedressPart, RedressState, RedressView
from tests.node.evaluation.conftest import Hall
from tests.support import redress
from tests.support.casework import (
    AGENT,
    COUNTY,
    OFFICER,
    SUPERVISOR,
    TOWN,
    VILLAGE,
    Casework,
    Office,
)
from tests.support.dumps import dump
from tests.support.homes import homes
from tests.support.rating import tablet
from tests.support.redress import PHONE, TOWN_DIRECTOR, do

POOR = EvaluationForm(grade=1, text="村里没人", contact=PHONE)
SAID = RedressPart(text="村里没人", phone=PHONE)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[Casework]:
    async with homes(tmp_path) as made:  # a visit is rated at a node whose record is known
        redress.go_to(made.work, "2026-11-02")
        yield made.work


async def _visit_rated(
    world: Casework, office: Office, staff: StaffId, form: EvaluationForm = POOR
) -> RedressView:
    """Somebody was at a node and was not satisfied; tell what it opened, known up to the county."""
    me, parts = office.node.me, office.parts
    async with (
        writing.rating_part(parts, part_of(form)) as part,
        writing.carried_part(parts, actions.carried(me, form, None)) as carried,
    ):
        given = Given(form=form, channel=EvaluationChannel.TABLET, part=part, carried=carried)
        about = About(served=Served(staff=staff), visit="v1")
        await office.node.works.run(SYSTEM, ratings.take, about, given)
    (view,) = await redress.everything(office)
    await world.carry(view.stream)
    return view


async def test_the_town_that_answers_for_its_village_reads_what_was_written_and_calls(
    world: Casework,
) -> None:
    town, village = world.town, world.village
    view = await _visit_rated(world, village, AGENT.staff)
    assert (view.subject, view.named) == (TOWN, True)
    assert await redress.pass_parts(village, town, view.stream) == 1
    assert (await redress.look(town, TOWN_DIRECTOR, view)).text == SAID
    await do(town, OFFICER, steps.verify, view, finding=RedressFinding.TRUE)
    view = await do(town, OFFICER, steps.answer, view, answer="已安排值班")
    view = await do(town, TOWN_DIRECTOR, steps.call_back, view, reached=True)
    assert view.state is RedressState.CLOSED
    await world.carry(view.stream)
    assert await redress.pass_parts(village, world.county, view.stream) == 0, "nor who only watches"
    for office in (village, town, world.county):
        before, after = await office.node.works.database.write(
            lambda tx, me=office.node.me: _rebuilt(tx, me)  # type: ignore[misc]
        )
        assert before == after


def _rebuilt(tx: Tx, me: str) -> tuple[object, object]:
    before = dump(tx)
    rebuild(tx, kinds_of(me))  # type: ignore[arg-type]
    return before, dump(tx)


async def test_who_only_watches_is_not_told_that_the_words_will_come(world: Casework) -> None:
    view = await _visit_rated(world, world.village, AGENT.staff)
    town = await _page(world.town, TOWN_DIRECTOR, view)
    assert "线路通了会自动送来" in town.blank
    county = await _page(world.county, SUPERVISOR, view)
    assert "不送到本单位" in county.blank


async def _page(office: Office, actor: Actor, view: RedressView) -> MatterPage:
    works = office.node.works
    looker = Looker(
        office.node.me, works.profile, actor, office.register, office.parts,
        WORDS[Language.ZH], local_day(works.clock.now()),
    )  # fmt: skip
    known = await works.read(store.load, view.stream)
    assert known is not None
    return await works.read(page_redress.matter_page, looker, known)


async def test_who_judges_a_town_above_it_reads_what_was_written_once_it_is_appealed(
    world: Casework,
) -> None:
    town, county = world.town, world.county
    view = await _visit_rated(world, town, StaffId("somebody"))
    assert view.subject == TOWN
    assert await redress.pass_parts(town, county, view.stream) == 0, "not before"
    await do(town, TOWN_DIRECTOR, steps.appeal, view, ground="malicious", note="没来过")
    await world.carry(view.stream)
    assert await redress.pass_parts(town, county, view.stream) == 2
    said = await redress.look(county, SUPERVISOR, view)
    assert (said.text, said.appeal) == (SAID, "没来过")


async def test_a_rating_whose_words_reach_who_answers_anyway_is_not_sealed_twice(
    world: Casework,
) -> None:
    case = await world.licence_until("deliver")
    for me in (VILLAGE, COUNTY):
        assert actions.carried(me, POOR, case) is None, "a paper of the case goes to the county"
    assert actions.carried(VILLAGE, POOR, None) is not None
    assert actions.carried(VILLAGE, EvaluationForm(grade=1), None) is None, "nothing was written"
    good = EvaluationForm(grade=4, text="很好")
    assert actions.carried(VILLAGE, good, None) is None
    view = await _visit_rated(world, world.village, AGENT.staff, EvaluationForm(grade=1))
    known = await world.village.node.works.read(store.load, view.stream)
    assert known is not None
    assert known.text is None


async def test_what_is_said_at_a_tablet_is_sealed_for_its_matter_too(hall: Hall) -> None:
    found, secret = await tablet(hall.county)
    clerk = await hall.visitor("clerk")
    await clerk.went(f"/tablets/{found.id}/invite")
    asked = (await hall.phone.get(f"/tablet/{secret}")).text
    (invitation,) = re.findall(r'name="invitation" value="(\w+)"', asked)
    sent = {"invitation": invitation, "grade": "2", "text": "没人理", "contact": PHONE}
    assert (await hall.phone.post(f"/tablet/{secret}", data=sent)).status_code == 303
    supervisor = await hall.visitor("supervisor")
    (href,) = set(re.findall(r'href="(/redress/\w{16})"', await supervisor.page("/redress")))
    assert "没人理" in await supervisor.page(href)
    parts = await hall.county.works.read(_kept, href.rsplit("/", 1)[1])
    assert len(parts) == 1, "the city may have it, should it judge"


def _kept(tx: Tx, end: str) -> tuple[PartDigest, ...]:
    (known,) = store.at(tx, end)
    assert known.text is not None
    return partstore.kept_of(tx, known.view.stream)
