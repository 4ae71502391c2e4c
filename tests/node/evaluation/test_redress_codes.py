"""Number and code: what they open, to whom, and what nobody learns without them."""

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from node.cases import query
from node.errors import NotFoundError
from node.evaluation import redress_actions as actions
from node.evaluation import redress_home as home
from node.evaluation import redress_steps as steps
from node.evaluation import redress_store as store
from schemas.redress import RedressKind
from schemas.redress_desk import PublicRedress
from tests.support import casework as support
from tests.support import redress
from tests.support.casework import AGENT, COUNTY, HANDLER, SUPERVISOR, Casework, Office
from tests.support.redress import do

CODES = 10**6


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[Casework]:
    async with support.casework(tmp_path) as made:
        redress.go_to(made, "2026-11-02")
        yield made


async def _told(office: Office, number: str, code: str) -> str:
    told = await office.node.works.read(home.told, office.parts, number, code)
    return told.answer


async def test_the_answer_is_found_where_it_was_taken_and_where_it_is_answered(
    world: Casework,
) -> None:
    county, village = world.county, world.village
    view, taken = await redress.take(village, RedressKind.CONSULTATION, AGENT, subject=COUNTY)
    await world.carry(view.stream)
    with pytest.raises(NotFoundError):  # what was said is still on its way
        await _told(county, taken.number, taken.code)
    await redress.pass_parts(village, county, view.stream)
    await do(county, HANDLER, steps.answer, view, answer="带身份证")
    await world.carry(view.stream)
    await redress.pass_parts(county, village, view.stream)
    for office in (county, village):
        assert await _told(office, taken.number, taken.code) == "带身份证"
        wrong = f"{(int(taken.code) + 1) % CODES:06d}"
        with pytest.raises(NotFoundError):
            await _told(office, taken.number, wrong)


async def test_a_node_that_has_the_facts_alone_cannot_find_the_code_by_trying_all(
    world: Casework,
) -> None:
    county, town, village = world.county, world.town, world.village
    view, taken = await redress.take(village, RedressKind.CONSULTATION, AGENT, subject=COUNTY)
    await world.carry(view.stream)
    await redress.pass_parts(village, county, view.stream)
    known = await town.node.works.read(store.load, view.stream)
    assert known is not None
    assert known.query
    for key in ("", taken.number, view.stream, known.text or ""):  # all that the town can try
        assert actions.check_of(taken.number, taken.code, key) != known.query
    bare = hashlib.sha256(f"zw/redress/1\n{taken.number}\n{taken.code}".encode()).hexdigest()
    assert bare[: query.CHECK_DIGITS] != known.query
    with pytest.raises(NotFoundError):
        await _told(town, taken.number, taken.code)


async def test_two_matters_of_one_number_and_code_have_checks_of_their_own(
    world: Casework,
) -> None:
    first, second = redress.part(world.county), redress.part(world.county)
    assert first.key != second.key
    checks = {actions.check_of("诉〔2026〕1号", "123456", one.key) for one in (first, second)}
    assert len(checks) == 2


async def test_nobody_reads_the_key(world: Casework) -> None:
    view, _ = await redress.take(world.county)
    said = (await redress.look(world.county, SUPERVISOR, view)).text
    assert said is not None
    assert (said.key, said.text) == ("", redress.SAYS)


async def test_who_asks_from_home_does_not_learn_whose_a_case_is(world: Casework) -> None:
    case = await world.licence_until("decide")
    town = world.town
    answers = []
    for number in (case.number, "610328-20260101-A0001"):
        sent = PublicRedress(text="催一下", case=number)
        works, kind = town.node.works, RedressKind.COMPLAINT
        answers.append((await home.take(works, town.parts, kind, sent, None)).body)
    views = await redress.everything(town)
    assert {one.subject for one in views} == {COUNTY, town.node.me}, "it goes to who handles it"
    for answer in answers:
        told = msgspec.json.decode(answer, type=dict[str, str])
        assert sorted(told) == ["code", "number", "verify_by"]
