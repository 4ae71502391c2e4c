"""What `doctor` says of days that nobody has published."""

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import pytest

from federation.kinds import Kind
from node.calendar import actions
from node.calendar.kind import CalendarKind
from node.clock import CHINA
from node.releases.kind import ReleaseKind
from node.runtime import calendar_health
from node.work import SYSTEM
from schemas.doctor import Standing
from schemas.ids import NodeId
from tests.support.calendar import IN_2027
from tests.support.network import Member, member

COUNTY = NodeId("610328")


@pytest.fixture
async def county(tmp_path: Path) -> AsyncIterator[Member]:
    kinds: dict[str, Kind] = {"calendar": CalendarKind(COUNTY), "release": ReleaseKind(COUNTY)}
    async with member(tmp_path / "county", COUNTY, kinds) as node:
        yield node


@pytest.mark.parametrize(
    ("now", "before", "after"),
    [
        ("2026-10-31T23:59", Standing.OK, Standing.OK),
        ("2026-11-01T00:00", Standing.WARNING, Standing.OK),
        ("2027-01-01T00:00", Standing.FAULT, Standing.OK),
    ],
)
async def test_a_year_that_is_not_published_is_found(
    county: Member, now: str, before: Standing, after: Standing
) -> None:
    instant = datetime.fromisoformat(now).replace(tzinfo=CHINA)

    async def look() -> Standing:
        found = await county.works.read(calendar_health.days, COUNTY, instant)
        if found.standing is Standing.WARNING:
            assert found.zh.startswith("距 2027 年还有 61 天，")
        assert bool(found.way_out) == (found.standing is not Standing.OK)
        return found.standing

    assert await look() is before
    await county.works.run(SYSTEM, actions.publish, IN_2027)
    assert await look() is after
