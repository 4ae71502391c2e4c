"""The sample county's windows and posts: sound, covered, and loaded twice without harm."""

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest

from cli.demo import sample
from node.errors import BadInputError
from node.runtime.opening import kinds_of
from node.staff import actions, posting
from node.staff.passwords import Passwords
from node.staff.signing_in import load
from node.work import SYSTEM
from schemas.ids import NodeId
from schemas.staff import DepartmentKind, PostFile, Role, StaffFile, StaffList, WindowKind
from tests.support.network import Member, member

COUNTY = NodeId("610328")
DAY = date(2026, 11, 26)


@pytest.fixture
async def county(tmp_path: Path) -> AsyncIterator[Member]:
    async with member(tmp_path / "county", COUNTY, kinds_of(COUNTY)) as made:
        yield made


def hall() -> StaffList:
    """The sample county without passwords, which cost time."""
    listed = sample.staff_of(COUNTY)
    staff = tuple(
        StaffFile(login=one.login, name=one.name, roles=one.roles, department=one.department)
        for one in listed.staff
    )
    return StaffList(
        departments=listed.departments, staff=staff, windows=listed.windows, posts=listed.posts
    )


async def test_the_sample_hall_has_the_windows_of_the_plan_and_nobody_missing(
    county: Member,
) -> None:
    await load(county.works, SYSTEM, hall(), Passwords())
    windows = await county.works.read(posting.windows)
    kinds = [one.kind for one in windows]
    assert kinds.count(WindowKind.GENERAL) == 4
    assert {one.department for one in windows if one.kind is WindowKind.DEPARTMENT} == {"scjg"}
    today = await county.works.read(posting.today, DAY)
    assert all(one.serving == one.post.a and one.post.b for one in today)
    behind = {one.post.department for one in today} - {None}
    handlers = {one.department for one in hall().staff if Role.HANDLER in one.roles}
    assert behind == handlers
    kinds_of_bodies = {
        str(one.id): one.kind for one in (await county.works.read(actions.listing)).departments
    }
    assert kinds_of_bodies["swj"] is kinds_of_bodies["xfdd"] is DepartmentKind.VERTICAL
    assert kinds_of_bodies["wjj"] is DepartmentKind.OWN


async def test_loading_the_hall_twice_changes_nothing_more(county: Member) -> None:
    await load(county.works, SYSTEM, hall(), Passwords())
    query = "SELECT post, part, staff, until_at FROM post_people ORDER BY serial"
    before = await county.works.read(lambda tx: tx.execute(query).fetchall())
    await load(county.works, SYSTEM, hall(), Passwords())
    assert await county.works.read(lambda tx: tx.execute(query).fetchall()) == before


async def test_a_post_of_nobody_known_keeps_the_whole_file_out(county: Member) -> None:
    post = PostFile(id="x1", name="岗", roles=(Role.CLERK,), a="nobody")
    with pytest.raises(BadInputError) as caught:
        await load(county.works, SYSTEM, StaffList(posts=(post,)), Passwords())
    assert dict(caught.value.fields) == {"x1.a": "unknown"}
    assert await county.works.read(posting.posts) == ()
