"""What is counted of a county's cases, looked at as reports and recounts do."""

from dataclasses import dataclass

from node.appraisal import reading, recounting
from node.appraisal.follower import Appraisal
from node.appraisal.periods import parse
from node.following.actions import Following
from schemas.appraisal import Grain, Measure, Period, PeriodKind, Recounted
from tests.support.bureau import Bureau
from tests.support.casework import COUNTY


def period_of(key: str) -> Period:
    """Read a key of whatever kind."""
    if "Q" in key:
        return parse(PeriodKind.QUARTER, key)
    return parse({4: PeriodKind.YEAR, 7: PeriodKind.MONTH, 10: PeriodKind.DAY}[len(key)], key)


@dataclass
class Counts:
    """A county and what is counted there."""

    county: Bureau

    def __post_init__(self) -> None:
        self.works = self.county.office.node.works
        self.follower = Appraisal(COUNTY)
        self.following = Following(self.works, [self.follower])

    async def of(
        self, key: str, grain: Grain = Grain.PLACE, subject: str = COUNTY
    ) -> dict[Measure, int]:
        """What is counted of a subject over a period, now."""
        await self.following.catch_up()
        found = await self.works.read(reading.tallies, period_of(key), grain, [subject])
        return found[subject]

    async def only(self, key: str, *measures: Measure) -> list[int]:
        """Just these measures of the county."""
        found = await self.of(key)
        return [found.get(one, 0) for one in measures]

    async def drilled(
        self, key: str, measure: Measure, grain: Grain = Grain.PLACE, subject: str = COUNTY
    ) -> dict[str, int]:
        """Which cases make up a number, read two at a time, and how much each adds."""
        await self.following.catch_up()
        after, found = "", dict[str, int]()
        while True:
            page = await self.works.read(
                reading.drill, period_of(key), (grain, subject, measure), after, 2
            )
            for one in page.entries:
                assert one.number not in found, "a case stands once"
                found[one.number] = one.n
            if not page.after:
                return found
            after = page.after

    async def recount(self) -> Recounted:
        await self.following.catch_up()
        return await self.works.read(recounting.recount, COUNTY, self.works.now_ms)

    async def is_right(self) -> None:
        """A recount from all events gives what the sums say."""
        found = await self.recount()
        assert found.is_right, (found.wrong_rows, found.wrong_sums)
        assert found.rows
        assert found.sums
