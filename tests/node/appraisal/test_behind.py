"""What is behind a number: nobody who was rated finds out there which citizen said what."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest
from msgspec.structs import replace

from node.appraisal import asking, behind, matters
from node.appraisal.asking import Asking
from node.appraisal.follower import Appraisal
from node.appraisal.shares import Measured
from node.clock import local_day
from node.following.actions import Following
from node.work import Actor
from schemas.appraisal import Grain, Measure
from schemas.evaluation import Grade
from schemas.ids import StaffId
from schemas.redress import RedressFinding, RedressKind
from schemas.staff import Role
from tests.node.appraisal.test_matters import COMPLAINT, HERE, ORIGIN, RATED
from tests.support.catalogue import WJJ
from tests.support.desks import Desks
from tests.support.pagenode import COUNTY, PageNode, page_node
from tests.support.rating import PHONE, answered
from tests.support.visitors import Visitor, Visitors, visitors_of

M = Measure
OWN_BODY = f"{COUNTY}/{WJJ}"


@dataclass(frozen=True)
class Rated:
    """A county of whose cases one was rated badly, by somebody who left his number."""

    county: PageNode
    visit: Visitors
    number: str
    month: str

    async def drill(
        self, visitor: Visitor, grain: Grain, subject: str, measure: Measure
    ) -> tuple[int, list[tuple[str, int]]]:
        """Ask page and API, which must agree; give the status, and cases with what they add."""
        asked = {"period": self.month, "grain": grain, "subject": subject, "measure": measure}
        page = await visitor.get(f"/reports/drill?{urlencode(asked)}")
        answer = await visitor.http.get(f"/api/v1/reports/drill?{urlencode(asked)}")
        assert page.status_code == answer.status_code
        entries = answer.json().get("entries", [])
        assert (f"/cases/{self.number}" in page.text) == bool(entries)
        return answer.status_code, [(one["number"], one["n"]) for one in entries]

    async def id_of(self, login: str) -> StaffId:
        return StaffId((await Desks(self.county).who(login)).staff)


@pytest.fixture
async def rated(tmp_path: Path) -> AsyncIterator[Rated]:
    async with page_node(tmp_path) as county, visitors_of(county) as visit:
        desks = Desks(county)
        await desks.add("reviewer", Role.REVIEWER, department=WJJ)
        await desks.add("cen", Role.REPRESENTATIVE, department=WJJ)
        await desks.add("director", Role.DIRECTOR)
        await desks.add("fan", Role.LEADER)
        case = await answered(county)
        async with httpx.AsyncClient(base_url=county.url, headers=PHONE) as phone:
            form = {**case.body, "grade": 1, "text": "等了两个小时", "contact": "13812341234"}
            assert (await phone.post("/api/v1/evaluations", json=form)).status_code == 201
        await Following(county.works, [Appraisal(COUNTY)]).catch_up()
        month = f"{local_day(county.works.clock.now()):%Y-%m}"
        yield Rated(county, visit, case.number, month)


@pytest.mark.parametrize("login", ["clerk", "handler", "approver"])
async def test_whoever_worked_on_a_case_is_not_told_that_it_was_rated_badly(
    rated: Rated, login: str
) -> None:
    visitor, own = await rated.visit(login), f"{COUNTY}/{await rated.id_of(login)}"
    for measure in asking.OF_RATINGS | asking.OF_COMPLAINTS:
        for grain, subject in ((Grain.STAFF, own), (Grain.BODY, OWN_BODY)):
            assert await rated.drill(visitor, grain, subject, measure) == (403, [])
    if login != "clerk":  # what he did himself he sees as before
        assert (await rated.drill(visitor, Grain.STAFF, own, M.STEPS))[0] == 200


@pytest.mark.parametrize(
    ("login", "status"), [("reviewer", 403), ("cen", 200), ("supervisor", 200), ("fan", 200)]
)
async def test_grades_are_for_who_oversees_and_for_the_departments_representative(
    rated: Rated, login: str, status: int
) -> None:
    visitor = await rated.visit(login)
    seen = await rated.drill(visitor, Grain.BODY, OWN_BODY, M.GRADES)
    assert seen == (status, [(rated.number, 1)] if status == 200 else [])
    complaints = await rated.drill(visitor, Grain.BODY, OWN_BODY, M.COMPLAINTS)
    assert complaints[0] == (200 if login in {"supervisor", "fan"} else 403)


async def test_who_oversees_is_not_told_of_the_rating_of_what_he_did_himself(
    rated: Rated,
) -> None:
    """A director who sits at the window is rated like anybody there."""
    found = await rated.visit("director")
    assert await rated.drill(found, Grain.BODY, OWN_BODY, M.BAD) == (200, [(rated.number, 1)])
    clerk = await rated.id_of("clerk")
    who = Asking(COUNTY, Actor(clerk, frozenset({Role.CLERK, Role.DIRECTOR})))
    assert not who.may_open(Grain.STAFF, f"{COUNTY}/{clerk}", M.BAD)
    assert who.may_open(Grain.STAFF, f"{COUNTY}/somebody", M.BAD)
    asked = (Grain.BODY, OWN_BODY, M.BAD)
    period = asking.read_period(rated.month)
    shown = await rated.county.works.read(behind.behind, who, period, asked)
    assert (shown.total, shown.entries) == (1, ())


def test_all_that_ratings_and_complaints_add_is_named_as_such() -> None:
    """A measure that is added here tomorrow is not opened to whoever was rated."""
    bad = replace(RATED, grade=Grade.VERY_DISSATISFIED, named=True)
    true = replace(COMPLAINT, finding=RedressFinding.TRUE)
    asked = replace(COMPLAINT, redress=RedressKind.CONSULTATION)

    def measures(*found: Measured) -> set[Measure]:
        return {name for one in found for share in one.shares for name, _ in share.counts}

    mended = replace(COMPLAINT, redress=RedressKind.BAD_RATING, answered_at=1, called_back_at=1)
    ratings = measures(
        matters.of_evaluation(RATED, None, ORIGIN, HERE),
        matters.of_evaluation(bad, mended, ORIGIN, HERE),
    )
    assert ratings == asking.OF_RATINGS
    complaints = measures(*(matters.of_redress(one, None, HERE) for one in (true, asked)))
    assert complaints == asking.OF_COMPLAINTS
