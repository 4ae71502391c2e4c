"""Numbers in an address that nobody gave to a version."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from tests.support.catalogue import LICENCE
from tests.support.pagenode import page_node
from tests.support.webnode import PASSWORD


@pytest.fixture
async def http(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with page_node(tmp_path) as county, httpx.AsyncClient(base_url=county.url) as client:
        form = {"login": "clerk", "password": PASSWORD, "next": "/"}
        assert (await client.post("/sign-in", data=form)).status_code == 303
        yield client


@pytest.mark.parametrize(
    "path",
    [
        "/items/{code}?version={number}",
        "/items/{code}/diff?from=1&to={number}",
        "/items/{code}/diff?from={number}&to=1",
        "/api/v1/items/{code}/versions/{number}",
        "/api/v1/items/{code}/versions/-{number}",
    ],
)
@pytest.mark.parametrize("number", [1 << 53, 1 << 63, 10**23], ids=["2^53", "2^63", "10^23"])
async def test_a_version_that_no_table_can_hold_is_not_found(
    http: httpx.AsyncClient, path: str, number: int
) -> None:
    answer = await http.get(path.format(code=LICENCE.code, number=number))
    assert answer.status_code == 404
