"""A county and a village that know one another; nothing is carried by itself."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from node.runtime.opening import kinds_of
from node.staff import actions as staff
from node.work import SYSTEM
from schemas.ids import NodeId
from schemas.staff import Department
from tests.support.catalogue import WJJ
from tests.support.network import Member, member

COUNTY, VILLAGE = NodeId("610328"), NodeId("610328100201")


@pytest.fixture
async def county(tmp_path: Path) -> AsyncIterator[Member]:
    async with member(tmp_path / "county", COUNTY, kinds_of(COUNTY)) as node:
        departments = (Department(id=WJJ, name="卫生健康局"),)
        await node.works.run(SYSTEM, staff.put_departments, departments)
        yield node


@pytest.fixture
async def village(tmp_path: Path, county: Member) -> AsyncIterator[Member]:
    async with member(tmp_path / "village", VILLAGE, kinds_of(VILLAGE)) as node:
        await node.knows(county)
        yield node
