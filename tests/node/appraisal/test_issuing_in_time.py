"""A report is signed once all that came about in its period is counted, and not before."""

from pathlib import Path

import pytest

from node.appraisal import reports_actions, reports_making, reports_reading
from node.appraisal.periods import parse
from node.errors import BadInputError
from node.following import actions as following
from node.work import SYSTEM
from schemas.appraisal import Grain, Measure, PeriodKind
from schemas.cases import Action
from schemas.reports import IssueReport, Report
from tests.support.bureau import Bureau, bureau
from tests.support.casework import COUNTY
from tests.support.counting import Counts
from tests.support.laws import HEARD
from tests.support.reports import SUPERVISOR

A, M = Action, Measure
MARCH = parse(PeriodKind.MONTH, "2026-03")
HALF_DONE = (A.ACCEPT, A.DISPATCH)


async def issue(county: Bureau) -> Report:
    works = county.office.node.works
    return await works.run(SUPERVISOR, reports_actions.issue, MARCH, IssueReport())


async def is_refused(county: Bureau) -> None:
    """It is refused because something is not counted, and nothing is written."""
    with pytest.raises(BadInputError) as refused:
        await issue(county)
    assert refused.value.fields == {"date": "still_counting"}
    assert await county.office.node.streams("report") == []


def of_place(report: Report, measure: Measure) -> int:
    (tally,) = [one for one in report.figures if (one.grain, one.subject) == (Grain.PLACE, COUNTY)]
    return tally.counts.get(measure, 0)


async def test_a_report_waits_until_its_period_is_counted(tmp_path: Path) -> None:
    async with bureau(tmp_path, HEARD) as county:
        counts = Counts(county)
        for _ in range(3):
            await county.path(await county.receive("2026-03-04"), A.ACCEPT)
        county.go_to("2026-04-01")
        await is_refused(county)
        await counts.following.catch_up()
        assert of_place(await issue(county), M.ACCEPTED) == 3


async def test_counts_that_begin_anew_are_not_signed_as_zeros(tmp_path: Path) -> None:
    async with bureau(tmp_path, HEARD) as county:
        counts = Counts(county)
        await county.path(await county.receive("2026-03-04"), A.ACCEPT)
        await counts.following.catch_up()
        await counts.works.run(SYSTEM, following.rewind, counts.follower)
        county.go_to("2026-04-01")
        await is_refused(county)


async def test_what_time_alone_brought_about_is_waited_for(tmp_path: Path) -> None:
    async with bureau(tmp_path, HEARD) as county:
        counts = Counts(county)
        await county.path(await county.receive("2026-03-04"), *HALF_DONE)
        await counts.following.catch_up()  # and is to look again when its day has ended
        county.go_to("2026-04-01")
        await is_refused(county)
        await counts.following.catch_up()
        assert of_place(await issue(county), M.OVERDUE) == 1


async def test_what_comes_in_since_keeps_nobody_from_issuing(tmp_path: Path) -> None:
    async with bureau(tmp_path, HEARD) as county:
        counts = Counts(county)
        await county.path(await county.receive("2026-03-04"), A.ACCEPT)
        county.go_to("2026-04-01")
        await counts.following.catch_up()
        await county.path(await county.receive("2026-04-01"), A.ACCEPT)
        behind = await counts.works.read(following.behind, reports_making.FOLLOWER)
        assert behind > 0
        assert of_place(await issue(county), M.ACCEPTED) == 1
        report = await counts.works.read(reports_reading.of_period, COUNTY, MARCH)
        assert report is not None
        assert report.behind == behind
