"""廉政提醒: what supervisors read of the reminders that clerks were shown."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from node.cases import risks
from node.cases.caseview import CaseView
from node.catalogue import actions as catalogue
from node.clock import local_day
from node.database import Tx
from node.staff import actions as staff
from node.supervision.risks_reading import MOST_SHOWN
from node.work import Actor, Work
from schemas.ids import StaffId
from tests.support.catalogue import LICENCE, RISK
from tests.support.pagenode import PageNode, page_node
from tests.support.steps import begun
from tests.support.visitors import Visitors, visitors_of

PAGE, API = "/supervision/risks", "/api/v1/supervision/risks"


class Shown:
    """A county where clerks were reminded."""

    def __init__(self, county: PageNode, visit: Visitors) -> None:
        self.county = county
        self.visit = visit

    async def note(self, login: str, *steps: int, days_ago: int = 0) -> None:
        """Let somebody be reminded of the licence's risk at those steps of a case."""
        works = self.county.works
        who, view = await works.read(self._known, login)
        before = works.clock.offset
        works.clock.offset -= timedelta(days=days_ago)
        for seq in steps:
            await works.run(Actor(who), _note, view, seq)
        works.clock.offset = before

    def _known(self, tx: Tx, login: str) -> tuple[StaffId, CaseView]:
        (who,) = (one.id for one in staff.listing(tx).staff if one.login == login)
        item = catalogue.last_guide(tx, self.county.works.ledger.me, LICENCE.code)
        return who, replace(begun(), item=item.stream, item_version=item.version)

    async def told(self, login: str = "supervisor", **asked: str) -> dict[str, Any]:
        answer = await (await self.visit(login)).http.get(API, params=asked)
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told


def _note(work: Work, view: CaseView, seq: int) -> None:
    risks.note(work, replace(view, seq=seq), (RISK,))


@pytest.fixture
async def shown(tmp_path: Path) -> AsyncIterator[Shown]:
    async with page_node(tmp_path) as county, visitors_of(county) as visit:
        yield Shown(county, visit)


async def test_reminders_are_counted_by_item_and_stage(shown: Shown) -> None:
    await shown.note("approver", 3, 4, 4)
    await shown.note("handler", 3)
    told = await shown.told()
    (count,) = told["counts"]
    assert (count["item"], count["stage"], count["grade"]) == ("wjj-01", "决定", "middle")
    assert (count["risk"], count["measure"]) == (RISK.risk, RISK.measure)
    assert (count["times"], count["people"]) == (3, 2), "once for each person and step"
    assert [one["seq"] for one in told["showings"]] == [3, 4, 3]
    page = await (await shown.visit("supervisor")).page(PAGE)
    for said in (RISK.risk, RISK.measure, "approver 同志", "公共场所卫生许可"):
        assert said in page


async def test_a_question_narrows_by_days_item_and_person(shown: Shown) -> None:
    await shown.note("approver", 3, days_ago=40)
    await shown.note("handler", 3)
    assert len((await shown.told())["showings"]) == 1, "of the last month"
    today = local_day(shown.county.works.clock.now())
    first = str(today - timedelta(days=60))
    assert len((await shown.told(since=first))["showings"]) == 2
    earlier = str(today - timedelta(days=30))
    (old,) = (await shown.told(since=first, until=earlier))["showings"]
    assert len((await shown.told(since=first, staff=old["staff"]))["showings"]) == 1
    assert len((await shown.told(since=first, item="wjj-01"))["counts"]) == 1


async def test_more_than_a_page_is_read_page_by_page(shown: Shown) -> None:
    await shown.note("handler", *range(MOST_SHOWN + 3))
    first = await shown.told()
    assert len(first["showings"]) == MOST_SHOWN
    rest = await shown.told(after=first["older"])
    assert [one["seq"] for one in rest["showings"]] == [2, 1, 0]
    assert rest["older"] is None
    assert rest["counts"][0]["times"] == MOST_SHOWN + 3, "the counts are of all"
    page = await (await shown.visit("supervisor")).page(PAGE)
    assert "after=" in page


@pytest.mark.parametrize(
    "asked",
    [
        {"since": "yesterday"},
        {"since": "2026-02-30"},
        {"since": "2026-03-02", "until": "2026-03-01"},
        {"since": "2020-01-01", "until": "2026-01-01"},
        {"item": "no-such-item"},
        {"after": "older"},
        {"after": "٣"},
    ],
    ids=["a word", "no such day", "backwards", "six years", "an unknown item", "a word of ours",
         "digits of another script"],
)  # fmt: skip
async def test_a_question_that_cannot_be_answered_is_refused(
    shown: Shown, asked: dict[str, str]
) -> None:
    visitor = await shown.visit("supervisor")
    assert (await visitor.http.get(API, params=asked)).status_code == 422
    page = await visitor.http.get(PAGE, params=asked)
    assert page.status_code == 422
    assert "查询条件不对" in page.text


async def test_only_overseers_read_who_was_reminded(shown: Shown) -> None:
    for login in ("clerk", "handler", "approver"):
        visitor = await shown.visit(login)
        assert (await visitor.http.get(API)).status_code == 403
        assert (await visitor.http.get(PAGE)).status_code == 403
