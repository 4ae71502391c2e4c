"""The receipt that a window prints: number, query code and exchange number, and again the same."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from node.cases import applying, receiving
from node.cases.applying import Paper
from node.cases.receiving import Intake
from node.catalogue import actions as catalogue
from node.work import SYSTEM, Actor
from schemas.case_terms import MaterialGiven
from schemas.cases_api import ReceiveCase
from schemas.ids import StaffId
from schemas.staff import Role
from tests.support.casework import ZHANG
from tests.support.pagenode import PageNode, page_node
from tests.support.public import IMPLEMENTATION, ONLINE
from tests.support.visitors import Visitors, visitors_of

CLERK = Actor(StaffId("somebody"), frozenset({Role.CLERK}))
FORM = ReceiveCase(
    item=ONLINE.code, applicant=ZHANG,
    materials=(MaterialGiven(code="form", originals=1), MaterialGiven(code="id", copies=1)),
)  # fmt: skip


@pytest.fixture
async def county(tmp_path: Path) -> AsyncIterator[PageNode]:
    async with page_node(tmp_path) as node:
        await node.works.run(SYSTEM, catalogue.publish, (ONLINE,))
        yield node


@pytest.fixture
async def visitor(county: PageNode) -> AsyncIterator[Visitors]:
    async with visitors_of(county) as sign_in:
        yield sign_in


def ready_at(node: PageNode) -> Intake:
    return receiving.make_intake(node.parts, node.register, ZHANG)


async def test_a_reprint_shows_the_same_code_and_no_other_page_shows_it(
    county: PageNode, visitor: Visitors
) -> None:
    ready = ready_at(county)
    view = await county.works.run(CLERK, receiving.receive, FORM, ready)
    clerk = await visitor("clerk")
    first = await clerk.page(f"/cases/{view.number}/receipt?fresh=true")
    again = await clerk.page(f"/cases/{view.number}/receipt")
    for receipt in (first, again):
        assert f">{ready.code}</b>" in receipt
        assert "查询码" in receipt
        assert f"{IMPLEMENTATION}{view.number[7:15]}000000A0001" in receipt
    case = await clerk.page(f"/cases/{view.number}")
    assert f"{IMPLEMENTATION}{view.number[7:15]}000000A0001" in case
    assert f">{ready.code}<" not in case
    english = await clerk.get(f"/cases/{view.number}/receipt", language="en")
    assert "Query code" in english.text


async def test_an_application_from_home_has_its_receipt_at_the_window(
    county: PageNode, visitor: Visitors
) -> None:
    ready = ready_at(county)
    papers = (Paper("form", ()), Paper("id", ()))
    view = await county.works.run(SYSTEM, applying.apply, FORM, papers, ready, privacy="1")
    clerk = await visitor("clerk")
    assert f">{ready.code}</b>" in await clerk.page(f"/cases/{view.number}/receipt")
    assert "预审" in await clerk.page(f"/cases/{view.number}")
