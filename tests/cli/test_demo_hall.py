"""The hall of a demonstration has somebody who covers, an empty post, and filings that wait."""

from pathlib import Path

import msgspec

from cli.demo import hall, sample
from cli.demo.people import People
from cli.demo.walks import COUNTY
from node.clock import local_day
from node.staff import filings, posting
from node.staff.passwords import Passwords
from node.staff.signing_in import load
from node.work import SYSTEM
from schemas.staff import FilingState, Role
from tests.support.pagenode import page_node

SIGNS_IN = {Role.DIRECTOR, Role.REGISTRAR}


async def test_the_hall_has_work_for_the_director_and_the_bureau(tmp_path: Path) -> None:
    listed = sample.staff_of(COUNTY)
    staff = tuple(
        one if SIGNS_IN & set(one.roles) else msgspec.structs.replace(one, password="")
        for one in listed.staff
    )
    async with page_node(tmp_path) as node:
        loaded = msgspec.structs.replace(listed, staff=staff)
        await load(node.works, SYSTEM, loaded, Passwords())
        people = People({COUNTY: node.url}, node.works.clock)
        await hall.arrange(people)
        today = await node.works.read(posting.today, local_day(node.works.clock.now()))
        found = await node.works.read(filings.listing, SYSTEM)
    assert [one.post.id for one in today if one.serving is None] == [hall.AWAY_TOO]
    assert [one.post.id for one in today if one.covered] == ["A04"]
    states = [one.state for one in found.filings]
    assert {state: states.count(state) for state in FilingState} == {
        FilingState.FILED: 2,
        FilingState.RECORDED: 2,
        FilingState.RETURNED: 1,
    }
