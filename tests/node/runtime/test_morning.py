"""Each morning the day before is issued: once, not in the night, not before all is counted."""

from pathlib import Path

from levels.profiles import profile_of
from node.appraisal import reports_actions, reports_reading
from node.runtime.following import Watcher, followers_of
from node.runtime.morning import Morning
from schemas.appraisal import Period, PeriodKind
from schemas.ids import level_of
from schemas.reports import IssueReport
from tests.support.casework import COUNTY, TOWN
from tests.support.reports import GOOD, OCTOBER, SUPERVISOR, Appraised, appraised

YESTERDAY = Period(kind=PeriodKind.DAY, key="2026-11-25")


async def catch_up(county: Appraised) -> None:
    followers = followers_of(profile_of(level_of(COUNTY)), COUNTY)
    await Watcher(county.works, followers).catch_up()


async def test_the_day_before_is_issued_in_the_morning_once(tmp_path: Path) -> None:
    async with appraised(tmp_path, "2026-11-26") as county:
        await catch_up(county)
        await county.count("2026-11-25", GOOD)
        morning = Morning(county.works)
        county.go_to("2026-11-26", hour=3)
        assert not await morning.look()
        county.go_to("2026-11-26", hour=6)
        assert await morning.look()
        assert not await morning.look()
        assert not await Morning(county.works).look()  # also after a restart
        report = await county.works.read(reports_reading.of_period, COUNTY, YESTERDAY)
        assert report is not None
        assert report.row is not None
        assert report.row.issued_by == "system"
        assert "收件 12 件" in report.text


async def test_what_is_not_counted_yet_is_waited_for(tmp_path: Path) -> None:
    async with appraised(tmp_path, "2026-11-26") as county:
        issue = IssueReport()
        await county.works.run(SUPERVISOR, reports_actions.issue, OCTOBER, issue)  # not seen yet
        assert not await Morning(county.works).look()
        await catch_up(county)
        assert await Morning(county.works).look()


async def test_a_town_publishes_nothing(tmp_path: Path) -> None:
    async with appraised(tmp_path, "2026-11-26", me=TOWN) as town:
        await Morning(town.works).run()  # ends at once
        assert await town.office.node.streams("report") == []
