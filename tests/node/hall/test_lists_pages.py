"""Pages and API of lists: nothing typed is lost, nobody is taken twice, each gets a receipt."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from node.catalogue import actions as catalogue
from node.work import SYSTEM
from tests.support.catalogue import LICENCE
from tests.support.enrolling import SEASON, id_number
from tests.support.pagenode import PageNode, page_node
from tests.support.visitors import Visitor, Visitors, visitors_of

PHONE = "13812341234"
ONE, TWO, THREE = (id_number(n) for n in (1, 2, 3))


@dataclass
class Served:
    """A county with its pages."""

    county: PageNode
    visit: Visitors
    clerk: Visitor


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Served]:
    async with page_node(tmp_path) as county, visitors_of(county) as visit:
        await county.works.run(SYSTEM, catalogue.publish, (SEASON,))
        yield Served(county, visit, await visit("clerk"))


async def _begun(clerk: Visitor) -> str:
    return await clerk.went("/intake/lists", {"item": [SEASON.code]})


async def _numbers(served: Served) -> list[str]:
    rows = await served.county.works.read(
        lambda tx: tx.execute("SELECT number FROM cases ORDER BY number").fetchall()
    )
    return [number for (number,) in rows]


def _row(row: str, name: str, number: str, **more: str) -> dict[str, list[str]]:
    return {f"name-{row}": [name], f"id_number-{row}": [number]} | {
        f"{field}-{row}": [value] for field, value in more.items()
    }


async def test_only_items_that_ask_little_are_offered(served: Served) -> None:
    page = await served.clerk.page("/intake/lists")
    assert SEASON.name in page
    assert LICENCE.name not in page
    refused = await served.clerk.post("/intake/lists", {"item": [LICENCE.code]})
    assert refused.status_code == 422
    assert not await served.county.works.read(
        lambda tx: tx.execute("SELECT 1 FROM intake_lists").fetchone()
    )


async def test_a_household_is_typed_over_two_days_and_taken_in_but_for_the_wrong_line(
    served: Served,
) -> None:
    clerk = served.clerk
    href = await _begun(clerk)
    first = _row("new1", "张三", ONE, relation="户主") | _row("new2", "李四", f"{TWO[:-1]}?")
    assert await clerk.went(href, first | {"phone": [PHONE], "go": ["more"]}) == href
    again = await served.visit("clerk")  # another day, another browser
    page = await again.page(href)
    assert "张*" in page
    assert ONE not in page, "who is sound is shown masked"
    assert f'value="{TWO[:-1]}?"' in page, "what is wrong is shown to be put right"
    assert "第 2 行：身份证号不对" in page
    answer = await again.post(href, {"phone": [PHONE], "go": ["take"]})
    assert answer.status_code == 422
    assert "先勾选每个人都交齐的材料" in answer.text
    done = await again.went(href, {"phone": [PHONE], "papers": ["id"], "go": ["take"]})
    assert done == f"{href}?taken=1"
    page = await again.page(done)
    (number,) = await _numbers(served)
    assert number in page
    assert "这次收了 1 件" in page
    shown = await again.post(f"/cases/{number}/person", {"why": ["核对户主关系"]})
    assert "户主" in shown.text
    assert "还有 1 人没收" in page
    put_right = _row("2", "李四", TWO) | {"phone": [PHONE], "papers": ["id"], "go": ["take"]}
    assert await again.went(href, put_right) == f"{href}?taken=1"
    assert len(await _numbers(served)) == 2
    assert "名单上的人都收完了" in await again.page(f"{href}?taken=1")


async def test_sending_twice_at_once_takes_nobody_twice(served: Served) -> None:
    clerk = served.clerk
    href = await _begun(clerk)
    table = "\n".join(f"王{n}\t{id_number(n)}\t{PHONE}" for n in range(10))
    assert await clerk.went(f"{href}/table", {"table": [table]}) == href
    sent = {"papers": ["id"], "go": ["take"]}
    answers = await asyncio.gather(*(clerk.post(href, sent) for _ in range(3)))
    assert [answer.status_code for answer in answers] == [303, 303, 303]
    taken = [int(answer.headers["location"].partition("taken=")[2]) for answer in answers]
    assert sum(taken) == 10
    assert len(await _numbers(served)) == 10
    assert await clerk.went(href, sent) == f"{href}?taken=0"
    assert len(await _numbers(served)) == 10


async def test_a_csv_file_as_spreadsheets_here_write_it_is_read(served: Served) -> None:
    clerk = served.clerk
    href = await _begun(clerk)
    content = f"姓名,身份证号,电话\r\n张三,{ONE},{PHONE}\r\n".encode("gb18030")
    answer = await clerk.post(f"{href}/table", file=("参保.csv", content))
    assert answer.status_code == 303
    assert "张*" in await clerk.page(href)
    empty = await clerk.post(f"{href}/table", {"table": ["\n \n"]})
    assert empty.status_code == 422
    assert "没有读到任何人" in empty.text


async def test_more_than_a_list_holds_is_refused_and_what_was_pasted_stays(served: Served) -> None:
    clerk = served.clerk
    href = await _begun(clerk)
    table = "\n".join(f"王{n}\t{id_number(n)}" for n in range(250))
    answer = await clerk.post(f"{href}/table", {"table": [table]})
    assert answer.status_code == 422
    assert "最多 200 人" in answer.text
    assert id_number(249) in answer.text
    assert "还没有填好的人" in await clerk.page(href)


async def test_a_line_is_changed_taken_away_and_the_list_dropped(served: Served) -> None:
    clerk = served.clerk
    href = await _begun(clerk)
    two = _row("new1", "张三", ONE, phone=PHONE) | _row("new2", "李四", TWO, phone=PHONE)
    await clerk.went(href, two)
    assert await clerk.went(href, {"edit": ["1"]}) == f"{href}?edit=1"
    assert f'value="{ONE}"' in await clerk.page(f"{href}?edit=1")
    await clerk.went(href, {"remove": ["2"]})
    page = await clerk.page(href)
    assert "张*" in page
    assert "李*" not in page
    assert await clerk.went(f"{href}/drop") == "/intake/lists?dropped=true"
    assert (await clerk.get(href)).status_code == 404
    assert not await _numbers(served)


async def test_a_list_is_nobody_elses_and_who_takes_nothing_in_has_none(served: Served) -> None:
    href = await _begun(served.clerk)
    handler = await served.visit("handler")
    assert (await handler.get("/intake/lists")).status_code == 403
    assert (await handler.get(href)).status_code == 404
    assert (await handler.get(f"{href}/receipts")).status_code == 404


async def test_every_receipt_is_printed_and_each_look_is_written_down(served: Served) -> None:
    clerk = served.clerk
    href = await _begun(clerk)
    table = "\n".join(f"王{n}\t{id_number(n)}\t{PHONE}" for n in range(11))
    await clerk.went(f"{href}/table", {"table": [table]})
    await clerk.went(href, {"papers": ["id"], "go": ["take"]})
    first = await clerk.page(f"{href}/receipts")
    assert first.count('<article class="card slip">') == 8
    assert len(first.encode()) < 60_000
    second = await clerk.page(f"{href}/receipts?after=8")
    numbers = await _numbers(served)
    assert [number for number in numbers if number in first + second] == numbers
    looked = await served.county.works.read(
        lambda tx: tx.execute("SELECT count(*) FROM person_views WHERE why = '@receipt'").fetchone()
    )
    assert looked == (11,)


async def test_a_full_list_stays_a_light_page(served: Served) -> None:
    clerk = served.clerk
    href = await _begun(clerk)
    table = "\n".join(f"王某某{n}\t{id_number(n)}\t{PHONE}\t子女" for n in range(200))
    await clerk.went(f"{href}/table", {"table": [table]})
    answer = await clerk.get(href)
    assert answer.num_bytes_downloaded < 60_000
    assert "还能填 0 人" in answer.text


async def test_a_page_of_mistakes_shows_some_at_a_time_and_loses_none(served: Served) -> None:
    clerk = served.clerk
    href = await _begun(clerk)
    table = "\n".join(f"王{n}\t{n}" for n in range(100))
    await clerk.went(f"{href}/table", {"table": [table]})
    page = await clerk.page(href)
    assert "另有 80 行要改" in page
    assert len(page.encode()) < 60_000
    assert "还能填 100 人" in page


async def test_the_api_takes_a_list_and_says_what_is_wrong_with_whom(served: Served) -> None:
    http, shown = served.clerk.http, {"X-CSRF-Token": served.clerk.csrf}
    asked = {
        "item": SEASON.code,
        "phone": PHONE,
        "materials": [{"code": "id", "originals": 1}],
        "persons": [{"name": "张三", "id_number": ONE}, {"name": "李四", "id_number": "1"}],
    }
    headers = shown | {"Idempotency-Key": "list-1"}
    answer = await http.post("/api/v1/intake-lists", json=asked, headers=headers)
    assert answer.status_code == 201, answer.text
    begun = answer.json()
    assert (begun["ready"], begun["taken"], begun["lacking"]) == (1, 0, [])
    assert begun["lines"][0]["name"] == "张*"
    assert begun["lines"][1]["faults"] == {"id_number": "not_18_digits"}
    same = await http.post("/api/v1/intake-lists", json=asked, headers=headers)
    assert same.json()["id"] == begun["id"]
    path = f"/api/v1/intake-lists/{begun['id']}"
    more = {"persons": [{"name": "王五", "id_number": THREE}]}
    added = await http.post(f"{path}/persons", json=more, headers=shown)
    assert added.json()["ready"] == 2
    first, taken = [await http.post(f"{path}/take", headers=shown) for _ in range(2)]
    assert first.json() == taken.json()
    assert taken.json()["taken"] == 2
    assert (await http.get(path)).json() == taken.json()
    assert len(await _numbers(served)) == 2
    scans = asked | {"materials": [{"code": "id", "parts": ["a" * 64]}]}
    refused = await http.post("/api/v1/intake-lists", json=scans, headers=shown)
    assert refused.status_code == 422
