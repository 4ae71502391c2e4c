"""The catalogue over HTTP: who may ask, what is answered."""

from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
from litestar import Litestar, Router
from litestar.di import Provide
from litestar.testing import AsyncTestClient

from node.catalogue import actions, api
from node.runtime.opening import kinds_of
from node.staff import actions as staff
from node.web import problems
from node.web.security import Doorkeeper
from node.web.sessions import Sessions
from node.work import SYSTEM, Actor
from schemas.ids import NodeId, StaffId
from schemas.items import ItemList, ItemView
from schemas.staff import Department, Role
from tests.support.catalogue import ENROLMENT, LICENCE, WJJ
from tests.support.network import member

COUNTY = NodeId("610328")
CLERK = Actor(StaffId("clerk"), frozenset((Role.CLERK,)))
TOWNS_OWN = msgspec.structs.replace(ENROLMENT, code="own", tiers=ENROLMENT.tiers[:2])


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[AsyncTestClient[Litestar]]:
    async with member(tmp_path / "county", COUNTY, kinds_of(COUNTY)) as county:
        works = county.works
        departments = (Department(id=WJJ, name="卫生健康局"),)
        await works.run(SYSTEM, staff.put_departments, departments)
        await works.run(SYSTEM, actions.publish, (LICENCE, ENROLMENT, TOWNS_OWN))
        sessions = Sessions(works.database, works.clock)
        doorkeeper = Doorkeeper(sessions, works)
        app = Litestar(
            route_handlers=[Router(path="/api/v1", route_handlers=[api.router])],
            dependencies={
                "works": Provide(lambda: works, sync_to_thread=False),
                "desk": Provide(doorkeeper.desk),
            },
            exception_handlers=problems.handlers(None),
        )
        async with AsyncTestClient(app) as client:
            begun = await sessions.begin(CLERK)
            client.headers["Authorization"] = f"Bearer {begun.token}"
            yield client


def codes(body: bytes) -> set[str]:
    return {one.code for one in msgspec.json.decode(body, type=ItemList).items}


async def test_staff_see_all_items_in_force_or_those_taken_here(
    client: AsyncTestClient[Litestar],
) -> None:
    answer = await client.get("/api/v1/items")
    assert codes(answer.content) == {"wjj-01", "ybj-01", "own"}
    answer = await client.get("/api/v1/items", params={"taken_here": "true"})
    assert codes(answer.content) == {"wjj-01", "ybj-01"}
    answer = await client.get("/api/v1/items", params={"q": "卫生证"})
    assert codes(answer.content) == {"wjj-01"}


async def test_an_item_is_shown_whole_with_its_stream_and_version(
    client: AsyncTestClient[Litestar],
) -> None:
    answer = await client.get("/api/v1/items/wjj-01")
    view = msgspec.json.decode(answer.content, type=ItemView)
    assert (view.item, view.version) == (LICENCE, 1)
    assert view.stream.startswith("item/610328/")


async def test_an_unknown_item_is_a_problem_document(client: AsyncTestClient[Litestar]) -> None:
    answer = await client.get("/api/v1/items/none")
    assert answer.status_code == 404
    assert answer.json()["type"] == "urn:zhengwu:problem:not-found"


@pytest.mark.parametrize("path", ["items", "items/wjj-01"])
async def test_the_staff_list_is_for_staff(client: AsyncTestClient[Litestar], path: str) -> None:
    answer = await client.get(f"/api/v1/{path}", headers={"Authorization": "Bearer forged"})
    assert answer.status_code == 401


async def test_everyone_sees_what_one_may_apply_for_here(
    client: AsyncTestClient[Litestar],
) -> None:
    del client.headers["Authorization"]
    answer = await client.get("/api/v1/public/items", params={"q": "ggcs"})
    assert codes(answer.content) == {"wjj-01"}
    assert set(answer.headers["cache-control"].split(", ")) == {"public", "max-age=60"}
    assert codes((await client.get("/api/v1/public/items")).content) == {"wjj-01", "ybj-01"}
    answer = await client.get("/api/v1/public/items/wjj-01")
    assert msgspec.json.decode(answer.content, type=ItemView).item == LICENCE


async def test_an_overlong_query_is_refused(client: AsyncTestClient[Litestar]) -> None:
    answer = await client.get("/api/v1/public/items", params={"q": "卫" * 65})
    assert answer.status_code == 400
