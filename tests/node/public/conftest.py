"""A county's door for everyone, with a clock for its limits that tests move."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from node.catalogue import actions as catalogue
from node.public.door import PublicDoor
from node.work import SYSTEM
from schemas.staff import Role
from tests.support.catalogue import LICENCE, WJJ
from tests.support.public import ONLINE, Home, Ticks
from tests.support.webnode import web_node, with_departments


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[Home]:
    """A county that takes one item online, and one at windows alone."""
    ticks = Ticks()
    door = PublicDoor(ticks)
    async with web_node(tmp_path, values={"door": door}) as node:
        await with_departments(node, WJJ)
        await node.works.run(SYSTEM, catalogue.publish, (ONLINE, LICENCE))
        await node.account("clerk", Role.CLERK)
        await node.account("handler", Role.HANDLER, department=WJJ)
        await node.account("approver", Role.APPROVER, department=WJJ)
        yield Home(node, ticks, door, tmp_path / "parts")
