"""A day's report: what was signed of it is shown, proven, corrected and issued like any other."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from node.appraisal import reports_actions
from node.work import SYSTEM
from tests.node.appraisal.test_pages_reports import county_on, signed_in
from tests.node.appraisal.test_reports_api import token
from tests.support.catalogue import WJJ
from tests.support.pagenode import COUNTY, PageNode
from tests.support.reports import GOOD, counted

DAY, SIGNED = "/reports/day/2026-11-25", f"?of={COUNTY}"
API = "/api/v1/reports/day"


@pytest.fixture
async def county(tmp_path: Path) -> AsyncIterator[PageNode]:
    """A county on the morning after a day with something in it, which it has issued by itself."""
    async with county_on(tmp_path, "2026-11-26") as served:
        await counted(served.works, "2026-11-25", GOOD, WJJ)
        await served.works.run(SYSTEM, reports_actions.issue_yesterday)
        yield served


async def test_what_was_signed_of_a_day_has_all_its_pages(county: PageNode) -> None:
    async with signed_in(county, "supervisor") as (http, _):
        day = (await http.get(DAY)).text
        assert f'href="{DAY}{SIGNED}"' in day  # from the day as it is counted now
        page = (await http.get(f"{DAY}{SIGNED}")).text
        assert "2026年11月25日" in page
        assert 'id="issue"' not in page
        for tail in ("/more", "/notice", "/table", "/pdf"):
            assert f'href="{DAY}{tail}{SIGNED}"' in page
            assert (await http.get(f"{DAY}{tail}{SIGNED}")).status_code == 200, tail
        assert "收件 12 件" in (await http.get(f"{DAY}/notice{SIGNED}")).text
        more = (await http.get(f"{DAY}/more{SIGNED}")).text
        assert f'class="crumb" href="{DAY}{SIGNED}"' in more
        assert (await http.get(f"/api/v1{DAY}/proof{SIGNED}")).status_code == 200


async def test_what_came_in_later_stands_beside_what_was_signed(county: PageNode) -> None:
    await counted(county.works, "2026-11-25", GOOD, WJJ)
    async with signed_in(county, "supervisor") as (http, csrf):
        assert ">24<" in (await http.get(DAY)).text  # as it is counted now
        page = (await http.get(f"{DAY}{SIGNED}")).text
        assert 'id="differences"' in page
        done = await http.post(f"{DAY}/correct", data={**csrf, "reason": "补录"})
        assert done.headers["location"] == f"{DAY}{SIGNED}&done=corrected"
        page = (await http.get(done.headers["location"])).text
        assert "更正已列入报告" in page
        assert 'id="corrections"' in page
        assert "收件 12 件" in (await http.get(f"{DAY}/notice{SIGNED}")).text


async def test_a_day_that_was_missed_is_issued_by_hand(county: PageNode) -> None:
    async with signed_in(county, "supervisor") as (http, csrf):
        listed = (await http.get("/reports?kind=day")).text
        (due,) = re.findall(r'href="(/reports/day/2026-11-24[^"]*)"', listed)
        assert 'id="issue"' in (await http.get(due)).text
        done = await http.post("/reports/day/2026-11-24/issue", data=csrf)
        address = f"/reports/day/2026-11-24{SIGNED}"
        assert done.headers["location"] == f"{address}&done=issued"
        listed = (await http.get("/reports?kind=day")).text
        assert f'href="{address}"' in listed
        assert 'id="issue"' not in (await http.get(address)).text


async def test_the_api_has_the_day_as_counted_and_the_report_as_signed(county: PageNode) -> None:
    async with httpx.AsyncClient(base_url=county.url) as http:
        chen, clerk = await token(http, "supervisor"), await token(http, "clerk")
        day = (await http.get(f"{API}/2026-11-25", headers=clerk)).json()
        assert day["total"]["received"] == 12
        signed = (await http.get(f"{API}/2026-11-25{SIGNED}", headers=clerk)).json()
        assert signed["row"]["state"] == "published"
        issued = await http.post(f"{API}/2026-11-23/issue", json={}, headers=chen)
        assert issued.status_code == 201, issued.text
        same = await http.post(f"{API}/2026-11-23/correct", json={"reason": "错"}, headers=chen)
        assert same.status_code == 409
        above = await http.get(f"{API}/2026-11-25?of=6103", headers=chen)
        assert above.status_code == 404  # no such report here, and never our own in its place


async def test_a_number_leads_on_only_for_whom_it_is_open(county: PageNode) -> None:
    for login, leads in (("clerk", 0), ("cen", 3), ("supervisor", 3)):
        async with signed_in(county, login) as (http, _):
            page = (await http.get(DAY)).text
            links = re.findall(r'href="(/reports/drill[^"]+)"', page)
            assert len(links) == leads, login
            for link in links:
                assert (await http.get(link.replace("&amp;", "&"))).status_code == 200
