"""Which department answers: none that the place does not have, and no matter is nobody's."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from node.cases.page_looker import Looker
from node.clock import local_day
from node.errors import BadInputError
from node.evaluation import redress_reading as reading
from node.evaluation import redress_steps as steps
from node.evaluation import redress_store as store
from node.evaluation.pages_redress_new import new_page
from node.evaluation.redress_reading import Caller
from node.web.wording import WORDS, Language
from node.work import Actor, Work
from schemas.ids import DepartmentId, StreamName
from schemas.redress import RedressAct, RedressFinding, RedressOpened, RedressView
from tests.support import casework as support
from tests.support import redress
from tests.support.casework import (
    APPROVER,
    CLERK,
    COUNTY,
    HANDLER,
    OFFICER,
    SUPERVISOR,
    TOWN,
    VILLAGE,
    Casework,
)
from tests.support.catalogue import WJJ
from tests.support.redress import DIRECTOR, do

NOBODYS = DepartmentId("nosuch")


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[Casework]:
    async with support.casework(tmp_path) as made:
        redress.go_to(made, "2026-11-02")
        yield made


async def test_a_department_is_named_only_where_it_is_known_to_be_one(world: Casework) -> None:
    view, _ = await redress.take(world.town, actor=OFFICER, subject=COUNTY, department=WJJ)
    assert (view.subject, view.department) == (COUNTY, WJJ), "the county's items name it"
    for place, department, fault in (
        (COUNTY, NOBODYS, "not_here"),
        (VILLAGE, WJJ, "not_here"),  # the town answers for it, and has none
        (None, NOBODYS, "unknown"),
    ):
        with pytest.raises(BadInputError) as caught:
            await redress.take(world.town, actor=OFFICER, subject=place, department=department)
        assert caught.value.fields == {"department": fault}
    assert await redress.everything(world.town) == (view,)


async def test_the_form_offers_the_departments_of_the_places_above(world: Casework) -> None:
    town, works = world.town, world.town.node.works
    looker = Looker(
        TOWN, works.profile, OFFICER, town.register, town.parts, WORDS[Language.ZH],
        local_day(works.clock.now()),
    )  # fmt: skip
    page = await works.read(new_page, looker, {}, {}, "key")
    labels = {one.value: one.label for one in page.departments}
    assert labels[WJJ].endswith(" · 卫生健康局"), "under the place whose it is"


async def test_what_names_a_department_that_is_none_is_answered_by_the_hall(
    world: Casework,
) -> None:
    county, town = world.county, world.town
    sound, _ = await redress.take(town, actor=OFFICER, subject=COUNTY, department=WJJ)
    stream = await town.node.works.run(OFFICER, _begin_for_nobody, sound)
    await world.carry(stream)
    view = next(one for one in await redress.everything(county) if one.stream == stream)
    assert view.department == NOBODYS

    async def acts(actor: Actor) -> tuple[RedressAct, ...]:
        known = await county.node.works.read(store.load, stream)
        assert known is not None
        return await county.node.works.read(reading.acts, known, Caller(COUNTY, actor))

    assert await acts(DIRECTOR) == (RedressAct.VERIFY, RedressAct.APPEAL)
    for nobody in (HANDLER, APPROVER, CLERK, SUPERVISOR):
        assert await acts(nobody) == ()
    await do(county, DIRECTOR, steps.verify, view, finding=RedressFinding.TRUE)
    view = await do(county, DIRECTOR, steps.answer, view, answer="已转卫健局办理")
    assert view.answered_at is not None


def _begin_for_nobody(work: Work, like: RedressView) -> StreamName:
    """Begin what an older version of a node below let through."""
    said = RedressOpened(
        number="诉〔2026〕9号", redress=like.redress, source=like.source, subject=like.subject,
        department=NOBODYS, opened_at=work.now_ms, verify_by=like.verify_by,
    )  # fmt: skip
    return work.begin("redress", said, holder=said.subject).event.stream
