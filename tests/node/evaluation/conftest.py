"""Offices that work on cases, and a county with its pages, opened anew for each test."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.support import casework as support
from tests.support.casework import Casework
from tests.support.pagenode import PageNode, page_node
from tests.support.rating import PHONE, with_director
from tests.support.visitors import Visitors, visitors_of


@pytest.fixture
async def all_three(tmp_path: Path) -> AsyncIterator[Casework]:
    async with support.casework(tmp_path) as made:
        yield made


@dataclass(frozen=True)
class Hall:
    """A county with its people, and somebody outside with a telephone."""

    county: PageNode
    visitor: Visitors
    phone: httpx.AsyncClient


@pytest.fixture
async def hall(tmp_path: Path) -> AsyncIterator[Hall]:
    async with (
        page_node(tmp_path) as county,
        visitors_of(county) as visitor,
        httpx.AsyncClient(base_url=county.url, headers=PHONE) as phone,
    ):
        await with_director(county)
        yield Hall(county, visitor, phone)
