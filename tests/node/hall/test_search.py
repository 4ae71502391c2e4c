"""One field for all that a desk knows: what is found, by what, and by whom."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.desks import Ago, Desks
from tests.support.pagenode import page_node
from tests.support.visitors import Visitors, visitors_of


@pytest.fixture
async def desks(tmp_path: Path) -> AsyncIterator[Desks]:
    clock = Ago()
    async with page_node(tmp_path, clock) as county:
        yield Desks(county, clock)


@pytest.fixture
async def visitor(desks: Desks) -> AsyncIterator[Visitors]:
    async with visitors_of(desks.county) as sign_in:
        yield sign_in


async def test_a_whole_number_leads_straight_to_its_case(desks: Desks, visitor: Visitors) -> None:
    view = await desks.take()
    answer = await (await visitor("clerk")).get(f"/search?q={view.number.lower()}")
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/cases/{view.number}"


@pytest.mark.parametrize("asked", ["A0001", "a0001", "0001", "张三", "610328190001010013"])
async def test_a_case_is_found_by_the_end_of_its_number_and_by_who_applies(
    desks: Desks, visitor: Visitors, asked: str
) -> None:
    view = await desks.take()
    page = await (await visitor("clerk")).page(f"/search?q={asked}")
    assert view.number in page
    assert "张*" in page
    assert "610328190001010013" not in page.replace(f"“{asked}”", "")


@pytest.mark.parametrize("asked", ["张", "三", "61032819000101001", "1381234"])
async def test_a_part_of_a_name_or_number_finds_nobody_and_the_page_says_why(
    desks: Desks, visitor: Visitors, asked: str
) -> None:
    view = await desks.take()
    page = await (await visitor("clerk")).page(f"/search?q={asked}")
    assert view.number not in page
    assert "没有找到。" in page
    assert "要输全" in page


@pytest.mark.parametrize("asked", ["卫生许可", "wsxk", "wjj-01"])
async def test_an_item_is_found_by_its_words_and_initials(visitor: Visitors, asked: str) -> None:
    page = await (await visitor("clerk")).page(f"/search?q={asked}")
    assert 'href="/items/wjj-01"' in page


@pytest.mark.parametrize("login", ["supervisor", "editor", "operator"])
async def test_who_sees_no_names_finds_nobody_by_name(
    desks: Desks, visitor: Visitors, login: str
) -> None:
    view = await desks.take()
    page = await (await visitor(login)).page("/search?q=张三")
    assert view.number not in page


async def test_a_desk_finds_what_its_lists_show_and_no_more(
    desks: Desks, visitor: Visitors
) -> None:
    at_window, at_desk = await desks.take("accept"), await desks.take("dispatch")
    page = await (await visitor("handler")).page("/search?q=张三")
    assert at_desk.number in page
    assert at_window.number not in page
    whole = await (await visitor("handler")).get(f"/search?q={at_window.number}")
    assert whole.status_code == 200
    assert at_window.number not in whole.text.replace(f"“{at_window.number}”", "")


async def test_an_empty_search_says_what_can_be_found(visitor: Visitors) -> None:
    assert "要找什么？" in await (await visitor("clerk")).page("/search?q=+")


async def test_the_field_stands_on_every_page_of_whoever_is_signed_in(visitor: Visitors) -> None:
    for login, path in (("clerk", "/"), ("supervisor", "/supervision"), ("editor", "/revisions")):
        assert 'action="/search"' in await (await visitor(login)).page(path)
