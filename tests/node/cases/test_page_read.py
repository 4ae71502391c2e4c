import msgspec
import pytest

from federation import links
from node.cases import clocks, page_read
from node.cases.page_case import CaseSheet
from node.cases.page_read import Looker
from node.errors import NotFoundError
from node.network import actions as network
from node.web.wording import WORDS, Language
from node.work import Actor
from schemas.cases import CaseDecided, Outcome
from schemas.ids import StreamName
from tests.support.casework import (
    AGENT,
    CLERK,
    OFFICER,
    STRANGER,
    SUPERVISOR,
    TOWN,
    Casework,
    Office,
)
from tests.support.catalogue import LICENCE

ZH = WORDS[Language.ZH]


class CaseFilmed(msgspec.Struct, frozen=True, kw_only=True, tag="case.filmed", tag_field="kind"):
    """A kind that only a newer program knows."""

    minutes: int


async def _sheet(office: Office, actor: Actor, reference: str) -> CaseSheet:
    works = office.node.works
    today = clocks.day_of(works.now_ms)
    looker = Looker(office.node.me, works.profile, actor, office.register, office.parts, ZH, today)
    return await works.read(page_read.sheet, looker, reference)


async def test_everybody_sees_the_same_life_and_whose_turn_it_is(all_three: Casework) -> None:
    view = await all_three.licence_until("accept")
    village = await _sheet(all_three.village, AGENT, view.number)
    county = await _sheet(all_three.county, CLERK, view.number)
    assert [one.hash for one in village.life] == [one.hash for one in county.life]
    assert [one.title for one in county.life] == ["收件", "初审通过", "受理"]
    (back,) = village.ways.open
    assert back.action == "withdraw", "the window may ask for the case back"
    assert county.ways.main is not None
    assert county.ways.main.action == "dispatch"
    assert village.guide == county.guide == "/items/wjj-01?version=1", "the version it keeps to"


async def test_a_department_is_named_where_the_item_names_it(all_three: Casework) -> None:
    view = await all_three.licence_until("dispatch")
    for office, actor in ((all_three.village, AGENT), (all_three.county, CLERK)):
        sheet = await _sheet(office, actor, view.number)
        (line,) = sheet.life[-1].lines
        assert line == f"分到{LICENCE.department_name}"


async def test_only_who_works_on_the_case_sees_who_applies(all_three: Casework) -> None:
    view = await all_three.licence_until("forward")
    at_work = await _sheet(all_three.village, AGENT, view.number)
    assert at_work.applicant is not None
    assert at_work.applicant.id_number == "610328********0013"
    assert (await _sheet(all_three.county, SUPERVISOR, view.number)).applicant is None
    assert (await _sheet(all_three.county, CLERK, view.number)).applicant is None, "not sent yet"


async def test_another_department_finds_nothing(all_three: Casework) -> None:
    view = await all_three.licence_until("dispatch")
    with pytest.raises(NotFoundError):
        await _sheet(all_three.county, STRANGER, view.number)


async def _append(office: Office, stream: StreamName, fact: msgspec.Struct) -> None:
    works = office.node.works
    await works.run(OFFICER, lambda work: work.append(stream, fact, holder=office.node.me))


async def test_a_step_without_effect_is_shown_and_marked(all_three: Casework) -> None:
    view = await all_three.licence_until("receive")
    await _append(all_three.town, view.stream, CaseDecided(outcome=Outcome.GRANTED, decided_at=1))
    await all_three.carry(view.stream)
    sheet = await _sheet(all_three.village, AGENT, view.number)
    assert [one.verdict for one in sheet.life] == ["effective", "inert"]
    assert sheet.life[1].lines[0] == "当时不能做这一步"
    assert sheet.mark.words == "已收件"


async def test_a_kind_from_a_newer_node_is_shown_as_unknown(all_three: Casework) -> None:
    view = await all_three.licence_until("receive")
    await _append(all_three.town, view.stream, CaseFilmed(minutes=3))
    await all_three.carry(view.stream)
    sheet = await _sheet(all_three.village, AGENT, view.number)
    assert [(one.verdict, one.kind) for one in sheet.life][1] == ("unknown", "case.filmed")


async def test_the_line_names_what_waits_and_for_whom(all_three: Casework) -> None:
    works = all_three.village.node.works
    await works.database.write(lambda tx: links.create(tx, TOWN, nonce=bytes(16)))
    view = await all_three.village.receive()
    line = await works.read(network.link_line, in_touch=False)
    assert (line.unsent, line.contact_ms, line.state) == (1, None, "waiting")
    (waiting,) = await works.read(network.waiting_cases)
    assert (waiting.stream, waiting.peer) == (view.stream, TOWN)
