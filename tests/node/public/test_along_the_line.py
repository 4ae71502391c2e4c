"""An application to a village that the county decides: who knows what of it, who may do what."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from federation import streams
from federation.parts import salted
from node.cases import actions, applying, law_actions, query, receiving
from node.cases.applying import Paper
from node.cases.caseview import CaseView
from node.cases.query import Claim, find, find_to_act
from node.catalogue import actions as catalogue
from node.errors import ActionNotOpenError, AlreadyDoneError, NotFoundError
from node.public import actions as public
from node.public.model import PRIVACY_VERSION
from node.work import SYSTEM
from schemas.case_forms import AdmitCase
from schemas.case_terms import MaterialGiven
from schemas.cases import CaseState
from schemas.cases_api import ForwardCase, ReceiveCase
from schemas.ids import NodeId
from schemas.reasons import Reason
from tests.support.casework import (
    AGENT,
    COUNTY,
    OFFICER,
    OPERATOR,
    TOWN,
    VILLAGE,
    ZHANG,
    Casework,
    Office,
    casework,
    open_office,
)
from tests.support.public import JPEG, ONLINE

CITY = NodeId("6103")
FORM = ReceiveCase(
    item=ONLINE.code, applicant=ZHANG,
    materials=(MaterialGiven(code="form", copies=1), MaterialGiven(code="id", copies=1)),
)  # fmt: skip


@pytest.fixture
async def line(tmp_path: Path) -> AsyncIterator[Casework]:
    """The offices, with an item that is taken online."""
    async with casework(tmp_path) as made:
        works = made.county.node.works
        await works.run(OPERATOR, catalogue.publish, (ONLINE,))
        guide = await works.read(catalogue.guide, COUNTY, ONLINE.code, now=works.now_ms)
        await made.carry(guide.stream)
        for release in await made.county.node.streams("release"):
            await made.carry(release)
        yield made


async def applied(office: Office) -> tuple[CaseView, str]:
    ready = office.ready()
    made = [office.parts.prepare(salted("image/jpeg", JPEG)) for _ in "12"]
    papers = (Paper("form", (made[0],)), Paper("id", (made[1],)))
    view = await office.node.works.run(
        SYSTEM, applying.apply, FORM, papers, ready, privacy=PRIVACY_VERSION
    )
    return view, ready.code


async def test_everyone_on_the_line_can_tell_how_it_stands_and_only_handlers_get_papers(
    line: Casework, tmp_path: Path
) -> None:
    view, code = await applied(line.village)
    assert (view.state, view.holder, view.origin) == (CaseState.APPLIED, VILLAGE, VILLAGE)
    await line.carry(view.stream)
    async with open_office(tmp_path, CITY) as city:
        await city.node.knows(*(office.node for office in line.offices))
        for raw in await line.county.node.envelopes(view.stream):
            assert ZHANG.name.encode() not in raw
            assert ZHANG.id_number.encode() not in raw
            await city.node.receive(raw, COUNTY)
        for office in (*line.offices, city):
            works = office.node.works
            known = await works.read(find, office.node.me, view.number, code)
            told = await works.read(public.told, known)
            assert (told.number, told.state) == (view.number, CaseState.APPLIED)
            with pytest.raises(NotFoundError):
                await works.read(find, office.node.me, view.number, f"{int(code) ^ 1:06d}")
            claim = Claim(view.number, code, ZHANG.id_number[-4:].lower())
            if office is line.village:
                acting = await works.read(find_to_act, office.node.me, office.register, claim)
                assert acting.stream == view.stream
            else:  # without the applicant's part nobody can be taken for him
                with pytest.raises(NotFoundError):
                    await works.read(find_to_act, office.node.me, office.register, claim)
        assert await wanted(city) == 0
        assert await wanted(line.county) == await wanted(line.town) == 3
        assert await city.node.works.read(city.register.masked_name, view.stream) == ""


async def wanted(office: Office) -> int:
    """Count the parts that a node has asked for."""
    return await office.node.works.read(
        lambda tx: int(tx.execute("SELECT count(*) FROM part_wants").fetchone()[0])
    )


async def test_once_it_has_left_the_window_withdrawing_is_asked_for_once(line: Casework) -> None:
    view, code = await applied(line.village)
    works = line.village.node.works
    await works.run(AGENT, law_actions.admit, view.number, AdmitCase())
    after = await works.read(find, VILLAGE, view.number, code)
    assert after.holder == TOWN
    asked = await works.run(SYSTEM, applying.withdraw, view.stream, Reason.APPLICANT_WITHDREW)
    assert asked.state is CaseState.RECEIVED
    with pytest.raises(AlreadyDoneError):
        await works.run(SYSTEM, applying.withdraw, view.stream, Reason.APPLICANT_WITHDREW)
    notes = await works.read(
        lambda tx: streams.notes_about(tx, streams.load(tx, view.stream))  # type: ignore[arg-type]
    )
    assert len(notes) == 1
    await line.carry(view.stream)
    county = line.county.node.works
    with pytest.raises(ActionNotOpenError):
        await county.run(SYSTEM, applying.withdraw, view.stream, Reason.APPLICANT_WITHDREW)
    town = line.town.node.works
    done = await town.run(SYSTEM, applying.withdraw, view.stream, Reason.APPLICANT_WITHDREW)
    assert done.state is CaseState.WITHDRAWN


async def test_a_case_that_a_window_took_has_a_code_too(line: Casework) -> None:
    ready = line.village.ready()
    works = line.village.node.works
    view = await works.run(AGENT, receiving.receive, FORM, ready)
    assert view.law.query == query.check_of(view.number, ready.code)
    person = await works.read(line.village.register.read, view.stream)
    assert person is not None
    assert person.query_code == ready.code
    await line.carry(view.stream)
    await line.town.node.works.run(OFFICER, actions.forward, view.number, ForwardCase())
    await line.carry(view.stream)
    for office in line.offices:
        found = await office.node.works.read(find, office.node.me, view.number, ready.code)
        assert found.holder == COUNTY
