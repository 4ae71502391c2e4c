"""The pages of an intake over HTTP: nothing typed is lost, nothing is overwritten or done twice."""

import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.catalogue import LICENCE
from tests.support.pagenode import PageNode, page_node
from tests.support.shared_papers import SCAN
from tests.support.visitors import Visitor, visitors_of

NUMBER = "610328190001010013"
WHO = {"kind": "natural", "id_number": NUMBER, "name": "张三", "phone": "13812341234"}
COUNTS = {"originals-form": "1", "copies-form": "0", "originals-id": "0", "copies-id": "1"}


@dataclass
class Window:
    """A clerk and one intake, as often as she has it open."""

    served: PageNode
    clerk: Visitor
    at: str

    async def version(self, step: str) -> str:
        found = re.search(
            r'name="version" value="(\d+)"', await self.clerk.page(f"{self.at}/{step}")
        )
        assert found
        return found.group(1)

    async def send(self, step: str, form: Mapping[str, str]) -> tuple[int, str]:
        answer = await self.clerk.post(f"{self.at}/{step}", form)
        return answer.status_code, answer.headers.get("location", answer.text)

    async def fill(self) -> None:
        """Fill everything in, up to the last look."""
        assert await self.send("applicant", WHO) == (303, f"{self.at}/materials")
        assert await self.send("materials", COUNTS) == (303, f"{self.at}/scans")
        assert await self.send("scans", {}) == (303, f"{self.at}/check")

    async def count(self, table: str) -> int:
        (found,) = await self.served.works.read(
            lambda tx: tx.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608
        )
        return int(found)


@pytest.fixture
async def window(tmp_path: Path) -> AsyncIterator[Window]:
    async with page_node(tmp_path) as served, visitors_of(served) as visitor:
        clerk = await visitor("clerk")
        yield Window(served, clerk, await clerk.went("/intake", {"item": LICENCE.code}))


async def test_an_item_is_found_by_initials_alias_and_topic(window: Window) -> None:
    for query in ("q=wsx", "q=卫生证", "q=理发店"):
        said = await window.clerk.page(f"/intake?{query}")
        assert LICENCE.name in said, query
        assert 'data-key="1" autofocus' in said, "Enter takes the first"
    assert LICENCE.name not in await window.clerk.page("/intake?topic=离职退休")


async def test_what_is_taken_most_stands_above_the_rest(window: Window) -> None:
    assert "常办" not in await window.clerk.page("/intake")
    await window.fill()
    await window.send("check", {})
    assert "本站近一周常办" in await window.clerk.page("/intake")


async def test_a_wrong_number_is_told_in_words_and_nothing_typed_is_lost(window: Window) -> None:
    wrong = {**WHO, "id_number": "610328190001010014", "address": "城关镇一组"}
    status, said = await window.send("applicant", wrong)
    assert status == 422
    assert "有一位输错了" in said
    for page in (said, await window.clerk.page(f"{window.at}/applicant")):
        for typed in wrong.values():
            assert f'value="{typed}"' in page
    assert 'name="id_number" type="text" value="610328190001010014"' in said
    assert re.search(r'id="id_number"[^>]* autofocus', said), "the first fault has the keyboard"


async def test_without_script_the_number_alone_is_looked_at(window: Window) -> None:
    path = f"{window.at}/applicant"
    assert await window.send(
        "applicant", {"id_number": NUMBER, "kind": "natural", "go": "look"}
    ) == (
        303,
        path,
    )
    said = await window.clerk.page(path)
    assert "1900-01-01 出生" in said
    assert "，男。" in said
    assert "来过" not in said


async def test_who_came_before_is_filled_in_only_when_asked_for(window: Window) -> None:
    await window.fill()
    await window.send("check", {})
    at = await window.clerk.went("/intake", {"item": LICENCE.code})
    await window.clerk.post(
        f"{at}/applicant", {"id_number": NUMBER, "kind": "natural", "go": "look"}
    )
    said = await window.clerk.page(f"{at}/applicant")
    assert "来过：张*，电话 138****1234" in said
    assert "张三" not in said
    assert "13812341234" not in said
    assert await window.clerk.went(f"{at}/applicant/known", {"id_number": NUMBER})
    said = await window.clerk.page(f"{at}/applicant")
    assert 'value="张三"' in said
    assert 'value="13812341234"' in said


async def test_what_is_typed_is_kept_before_the_step_is_sent(window: Window) -> None:
    half = {"kind": "natural", "id_number": NUMBER, "name": "", "phone": "", "version": "0"}
    kept = (await window.clerk.post(f"{window.at}/keep/applicant", half)).json()
    assert (kept["version"], kept["stale"]) == (1, False)
    assert "已自动保存" in kept["said"]
    assert "1900-01-01 出生" in kept["number"]
    assert f'value="{NUMBER}"' in await window.clerk.page(f"{window.at}/applicant")
    counts = {"originals-id": "2", "copies-id": "x", "version": "1"}
    assert (await window.clerk.post(f"{window.at}/keep/materials", counts)).json()["version"] == 2
    assert (await window.clerk.post(f"{window.at}/keep/nothing", counts)).status_code == 404


async def test_two_tabs_the_later_says_so_and_may_then_be_meant(window: Window) -> None:
    first = second = await window.version("applicant")
    assert (await window.send("applicant", {**WHO, "version": first}))[0] == 303
    other = {**WHO, "name": "张三丰", "version": second}
    status, said = await window.send("applicant", other)
    assert status == 422
    assert "在别的页面改过" in said
    assert 'value="张三丰"' in said, "what was typed is still there"
    assert 'value="张三"' in await window.clerk.page(f"{window.at}/applicant"), "and kept nowhere"
    again = re.search(r'name="version" value="(\d+)"', said)
    assert again
    assert (await window.send("applicant", {**other, "version": again.group(1)}))[0] == 303
    assert 'value="张三丰"' in await window.clerk.page(f"{window.at}/applicant")


@pytest.mark.parametrize("step", ["materials", "scans", "check", "keep/materials"])
async def test_no_step_overwrites_what_another_tab_kept(window: Window, step: str) -> None:
    await window.fill()
    old = str(int(await window.version("check")) - 1)
    answer = await window.clerk.post(f"{window.at}/{step}", {**COUNTS, "version": old})
    assert "在别的页面改过" in answer.text
    assert await window.count("cases") == 0
    assert await window.version("check") == str(int(old) + 1)


async def test_all_papers_there_in_one_key(window: Window) -> None:
    await window.send("applicant", WHO)
    assert await window.send("materials", {"all": "yes"}) == (303, f"{window.at}/scans")
    said = await window.clerk.page(f"{window.at}/materials")
    assert 'name="originals-form" type="number" min="0" max="99" value="1"' in said


async def test_sent_twice_and_gone_back_to_it_is_one_case_and_one_receipt(window: Window) -> None:
    await window.fill()
    version = await window.version("check")
    first = await window.send("check", {"version": version})
    assert first[0] == 303
    number = first[1].split("/")[2]
    receipt = f"/cases/{number}/receipt?again=true"
    assert await window.send("check", {"version": version}) == (303, receipt)
    assert await window.send("applicant", {**WHO, "version": "0"}) == (303, receipt)
    for step in ("", "/applicant", "/materials", "/scans", "/check"):
        answer = await window.clerk.get(f"{window.at}{step}")
        assert (answer.status_code, answer.headers["location"]) == (303, receipt), step
    assert "没有重复收件" in await window.clerk.page(receipt)
    assert await window.count("cases") == 1


async def test_the_next_person_begins_with_the_same_item(window: Window) -> None:
    await window.fill()
    said = await window.clerk.page((await window.send("check", {}))[1])
    assert "下一位（同一事项）" in said
    assert f'name="item" value="{LICENCE.code}"' in said
    assert "尚未发送" not in said, "a node that has nobody above owes nobody anything"


async def test_a_scan_that_came_in_pieces_joins_its_paper(window: Window) -> None:
    await window.send("applicant", WHO)
    headers = {"X-CSRF-Token": window.clerk.csrf}
    held = await window.clerk.http.post("/api/v1/parts", content=SCAN, headers=headers)
    form = {"digest": held.json()["digest"], "name": "身份证.pdf", "bytes": str(len(SCAN))}
    added = (await window.clerk.post(f"{window.at}/scans/id", form)).json()
    assert "身份证.pdf" in added["scans"]
    assert str(added["version"]) == await window.version("scans")
    assert (await window.clerk.post(f"{window.at}/scans/trade", form)).status_code == 422
    strange = {**form, "digest": "0" * 64}
    assert (await window.clerk.post(f"{window.at}/scans/id", strange)).status_code == 422
