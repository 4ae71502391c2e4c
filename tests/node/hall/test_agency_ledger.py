"""代办台账: whoever sees the cases sees who acts for whom, masked, and how long it takes."""

import csv
import io
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from federation.parts import salted
from node.cases import agency_ledger, receiving
from node.cases.agency_ledger import Asking
from node.cases.model import Sight
from node.cases.store import Reader
from node.parts import actions as parts
from node.staff import actions as staff
from schemas.case_terms import Agency, PaperReceipt
from schemas.cases_api import ReceiveCase
from schemas.staff import Role
from tests.support.casework import AGENT, FORM, OFFICER, ZHANG, casework
from tests.support.pagenode import COUNTY, PageNode, page_node
from tests.support.visitors import Visitor, Visitors, visitors_of

SON = replace(ZHANG, agent_name="张小三", agent_id="11010519491231002X", agent_phone="13900001111")
WANG = replace(ZHANG, agent_name="王代办")


@dataclass
class Served:
    """A county with its pages."""

    county: PageNode
    visit: Visitors
    clerk: Visitor


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Served]:
    async with page_node(tmp_path) as county, visitors_of(county) as visit:
        yield Served(county, visit, await visit("clerk"))


async def _receive(county: PageNode, form: ReceiveCase, *, authority: bool = False) -> str:
    account = next(
        one for one in (await county.works.read(staff.listing)).staff if one.login == "clerk"
    )
    actor = staff.actor_of(account)
    if authority:
        prepared = county.parts.prepare(salted("image/png", b"authority"))
        held = await county.works.run(actor, parts.hold, prepared, media="image/png", size=9)
        form = replace(form, agency=Agency(kind="relative", authority=held.digest))
    ready = receiving.make_intake(county.parts, county.register, form.applicant)
    return (await county.works.run(actor, receiving.receive, form, ready)).number


async def test_the_record_says_who_acts_for_whom_and_how_long(served: Served) -> None:
    county = served.county
    await _receive(county, FORM)
    taken = county.works.now_ms - timedelta(days=3) // timedelta(milliseconds=1)
    paper = PaperReceipt(number="QY-1", captured_at=taken, why="visit")
    number = await _receive(county, replace(FORM, applicant=SON, paper=paper), authority=True)
    page = await served.clerk.page("/agency")
    assert page.count("/cases/") == 1, "who came himself is not in it"
    for said in (number, "张**", "亲属代办", "张*", "3 天", "在办"):
        assert said in page
    assert "张小三" not in page
    told = (await served.clerk.http.get("/api/v1/agency")).json()
    (errand,) = told["errands"]
    assert (errand["number"], errand["days"], errand["ended_at"]) == (number, 3, None)
    assert errand["has_authority"]


async def test_the_table_is_exported_masked_and_that_it_was_is_written_down(
    served: Served,
) -> None:
    await _receive(served.county, replace(FORM, applicant=SON), authority=True)
    answer = await served.clerk.post("/agency/export")
    assert answer.headers["content-type"].startswith("text/csv")
    head, line = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert head[:3] == ["办件编号", "事项", "代办人"]
    assert line[2:5] == ["张**", "亲属代办", "张*"]
    written = await served.county.works.read(
        lambda tx: tx.execute("SELECT subject FROM audit_entries WHERE act = 'exported'").fetchall()
    )
    assert written == [("agency",)]


async def test_who_sees_no_cases_sees_no_record_and_a_supervisor_no_names(served: Served) -> None:
    await _receive(served.county, replace(FORM, applicant=SON), authority=True)
    operator = await served.visit("operator")
    assert (await operator.get("/agency")).status_code == 403
    assert (await operator.post("/agency/export")).status_code == 403
    supervisor = await served.visit("supervisor")
    page = await supervisor.page("/agency")
    assert "亲属代办" in page
    assert "张*" not in page


async def test_the_record_goes_on_where_a_page_ends(served: Served) -> None:
    numbers = [
        await _receive(served.county, replace(FORM, applicant=SON), authority=True)
        for _ in range(3)
    ]
    reader = Reader(COUNTY, Sight.COUNTER, None)
    county = served.county
    asking = Asking(reader, frozenset({Role.CLERK}), county.register, county.works.now_ms)
    first = await county.works.read(agency_ledger.ledger, asking, most=2)
    rest = await county.works.read(agency_ledger.ledger, asking, most=2, after=first.next)
    assert [one.number for one in (*first.errands, *rest.errands)] == numbers[::-1]
    assert rest.next is None
    assert (await served.clerk.get("/agency?after=x")).status_code == 422


async def test_a_villages_own_agent_is_named_at_the_village_and_at_its_town(
    tmp_path: Path,
) -> None:
    async with casework(tmp_path) as made:
        own = replace(FORM, applicant=WANG, agency=Agency(kind="station"))
        view = await made.village.receive(own)
        await made.carry(view.stream)
        for office, actor in ((made.village, AGENT), (made.town, OFFICER)):
            reader = Reader(office.node.me, Sight.COUNTER, None)
            asking = Asking(reader, actor.roles, office.register, office.node.works.now_ms)
            (errand,) = (await office.node.works.read(agency_ledger.ledger, asking)).errands
            assert errand.number == view.number
            assert errand.kind == "station"
            is_there = office is made.village
            assert errand.agent == ("王代办" if is_there else ""), "the town has not its part yet"
