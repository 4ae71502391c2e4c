"""The pages and the API of counts: who sees what, and what everybody may see of a day."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path

import pytest

from node.appraisal.follower import Appraisal
from node.appraisal.indicators import INDICATORS
from node.cases import receiving
from node.cases.caseview import CaseView
from node.clock import CHINA, Clock
from node.following.actions import Following
from schemas.appraisal import DayContent, Measure
from schemas.cases import Action
from tests.support.bureau import CLERK, USUAL
from tests.support.casework import FORM, ZHANG
from tests.support.pagenode import COUNTY, PageNode, page_node
from tests.support.visitors import Visitors, visitors_of

A = Action
STEPS = (A.ACCEPT, A.DISPATCH, A.REVIEW, A.DECIDE)
MONDAY, TUESDAY, WEDNESDAY = "2026-03-02", "2026-03-03", "2026-03-04"
CHINESE = re.compile(r"[\u3400-\u9fff]")


@dataclass
class Counted:
    """A county, its people at their pages, and what was counted of two days."""

    county: PageNode
    clock: Clock
    visit: Visitors

    def go_to(self, day: str, hour: int = 10) -> None:
        wanted = datetime.combine(date.fromisoformat(day), time(hour), CHINA)
        self.clock.offset = wanted - self.clock.wall()

    async def case(self, *steps: Action) -> CaseView:
        works = self.county.works
        ready = receiving.make_intake(self.county.parts, self.county.register, ZHANG)
        view: CaseView = await works.run(CLERK, receiving.receive, FORM, ready)
        for step in steps:
            actor, act, form = USUAL[step]
            view = await works.run(actor, act, view.stream, form)
        return view

    async def count(self) -> None:
        await Following(self.county.works, [Appraisal(COUNTY)]).catch_up()


@pytest.fixture
async def counted(tmp_path: Path) -> AsyncIterator[Counted]:
    clock = Clock()
    async with page_node(tmp_path / "county", clock) as county, visitors_of(county) as visit:
        made = Counted(county, clock, visit)
        made.go_to(MONDAY)
        await made.case(*STEPS)
        await made.case(A.ACCEPT)
        made.go_to(TUESDAY)
        await made.case(A.ACCEPT, A.DISPATCH)
        await made.count()
        made.go_to(WEDNESDAY)
        yield made


async def test_a_day_is_public_on_the_next_with_names_masked(counted: Counted) -> None:
    visitor = await counted.visit("supervisor")
    visitor.http.cookies.clear()  # nobody in particular
    page = await visitor.page(f"/open/{MONDAY}")
    assert "张*" in page
    assert ZHANG.name not in page
    assert "公共场所卫生许可" in page
    assert len(page) < 60_000
    answer = await visitor.http.get("/api/v1/public/stats", params={"date": MONDAY})
    assert set(answer.json()) == set(DayContent.__struct_fields__)
    assert answer.json()["total"]["finished"] == 1
    assert answer.json()["licences_in_all"] == 1
    yesterday = (await visitor.http.get("/api/v1/public/stats")).json()
    assert yesterday["day"] == TUESDAY
    assert (yesterday["total"]["received"], yesterday["total"]["in_process"]) == (1, 2)


@pytest.mark.parametrize("day", [WEDNESDAY, "2026-13-01", "2199-01-01", "x"])
async def test_what_is_no_day_that_is_over_is_said_calmly(counted: Counted, day: str) -> None:
    visitor = await counted.visit("supervisor")
    for path in (f"/open/{day}", f"/reports/day/{day}"):
        answer = await visitor.get(path)
        assert answer.status_code == 404
        assert f"/{TUESDAY}" in answer.text  # yesterday is one click away
    assert (await visitor.http.get(f"/api/v1/reports/day/{day}")).status_code in {400, 404, 422}


async def test_a_number_on_a_page_leads_to_its_cases(counted: Counted) -> None:
    visitor = await counted.visit("supervisor")
    page = await visitor.page(f"/reports/day/{MONDAY}")
    links = [
        (link.replace("&amp;", "&"), int(n))
        for link, n in re.findall(r'href="(/reports/drill[^"]*)">(\d+)<', page)
    ]
    assert len(links) >= 3
    for link, n in links:
        behind = await visitor.page(link)
        assert len(re.findall(rf'href="/cases/{COUNTY}-', behind)) == n, link


async def test_every_figure_says_exactly_how_it_is_counted(counted: Counted) -> None:
    visitor = await counted.visit("handler")
    page = await visitor.page("/reports/indicators")
    for one in INDICATORS:
        assert f'id="{one.id}"' in page
        assert one.says[0] in page
    english = (await visitor.get("/reports/indicators", language="en")).text
    assert len(page.encode()) < 60_000
    article = english[english.index("<main") : english.index("</main>")]
    assert not CHINESE.search(article)


async def test_whoever_answers_for_a_department_sees_its_cases_and_no_others(
    counted: Counted,
) -> None:
    approver = await counted.visit("approver")
    asked = f"period=2026-03&grain=body&measure={Measure.ACCEPTED}"
    own = f"/reports/drill?{asked}&subject={COUNTY}%2Fwjj"
    assert (await approver.page(own)).count(f"/cases/{COUNTY}-") == 3
    other = f"{asked}&subject={COUNTY}%2Fzrzy"
    for path in (f"/reports/drill?{other}", f"/api/v1/reports/drill?{other}"):
        assert (await approver.get(path)).status_code == 403
    assert (await approver.get("/api/v1/reports/tallies?period=2026-03")).status_code == 403
    clerk = await counted.visit("clerk")
    assert (await clerk.get(own)).status_code == 403


async def test_the_api_gives_counts_and_what_makes_them_up(counted: Counted) -> None:
    visitor = await counted.visit("supervisor")
    found = (await visitor.http.get("/api/v1/reports/tallies?period=2026-03&grain=body")).json()
    bodies = {one["subject"]: one["counts"] for one in found["tallies"]}
    assert bodies[f"{COUNTY}/wjj"]["accepted"] == 3
    assert set(bodies[COUNTY]) == {"steps"}  # what the window does itself: accepting, dispatching
    path = f"/api/v1/reports/drill?period=2026-Q1&grain=place&subject={COUNTY}&measure=accepted"
    behind = (await visitor.http.get(path)).json()
    assert behind["total"] == len(behind["entries"]) == 3
    for wrong in ("period=x", "grain=x", "measure=x", "after=x", "after=1-2-3"):
        name, _, value = wrong.partition("=")
        answer = await visitor.http.get(re.sub(rf"{name}=[^&]*", "", path) + f"&{name}={value}")
        assert answer.status_code in {400, 422}, (wrong, answer.text)
    listed = (await visitor.http.get("/api/v1/reports/indicators")).json()["indicators"]
    assert [one["id"] for one in listed] == [one.id for one in INDICATORS]
