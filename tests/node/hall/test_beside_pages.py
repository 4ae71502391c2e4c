"""Two things beside the steps of an intake: somebody acts for the applicant; paper came first."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from node.clock import CHINA
from tests.support.catalogue import LICENCE
from tests.support.pagenode import PageNode, page_node
from tests.support.visitors import Visitor, Visitors, visitors_of

JPEG = b"\xff\xd8\xff\xe0\x00\x04ab\xff\xda\x00\x02pixels\xff\xd9"
ZHANG = {
    "kind": ["natural"], "name": ["张三"], "id_number": ["610328190001010013"],
    "phone": ["13812341234"],
}  # fmt: skip
SON = {
    "kind": ["relative"], "agent_name": ["张小三"], "agent_id": ["11010519491231002x"],
    "agent_phone": ["139 0000 1111"],
}  # fmt: skip


@dataclass
class Served:
    """A county with its pages, and an intake whose applicant and papers are there."""

    county: PageNode
    visit: Visitors
    clerk: Visitor
    href: str


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Served]:
    async with page_node(tmp_path) as county, visitors_of(county) as visit:
        clerk = await visit("clerk")
        begun = await clerk.went("/intake", {"item": [LICENCE.code]})
        href = "/".join(begun.split("/")[:3])
        await clerk.went(f"{href}/applicant", ZHANG)
        counts = {"originals-form": ["1"], "copies-id": ["1"]}
        await clerk.went(f"{href}/materials", counts)
        yield Served(county, visit, clerk, href)


async def _taken_in(served: Served) -> str:
    receipt = await served.clerk.went(f"{served.href}/check")
    return receipt.split("/")[2]


async def _send(
    served: Served, typed: dict[str, list[str]], content: bytes = b""
) -> tuple[int, str]:
    form = {"csrf": served.clerk.csrf, **typed}
    files = {"authority": ("委托书.jpg", content)} if content else None
    answer = await served.clerk.http.post(f"{served.href}/agency", data=form, files=files)
    return answer.status_code, answer.headers.get("location", answer.text)


async def test_a_relative_acts_with_his_authority_and_the_case_shows_it(served: Served) -> None:
    status, page = await _send(served, SON)
    assert status == 422
    assert "没有委托书" in page
    assert "张小三" in page, "what was typed stays"
    assert await _send(served, SON, JPEG) == (303, served.href)
    check = await served.clerk.page(f"{served.href}/check")
    for said in ("张小三（亲属代办）", "11010519491231002X", "13900001111", "委托书已存"):
        assert said in check
    number = await _taken_in(served)
    case = await served.clerk.page(f"/cases/{number}")
    assert "亲属代办、委托书已存" in case
    assert "张小三" not in case, "who he is stands in the applicant's part"
    assert f"/cases/{number}/scans/" in case
    assert "张小三" in await served.clerk.page(f"/cases/{number}/receipt")
    told = (await served.clerk.http.get(f"/api/v1/cases/{number}")).json()
    assert told["agency"]["kind"] == "relative"
    person = await served.clerk.post(f"/cases/{number}/person", {"why": ["电话通知"]})
    assert "11010519491231002X" in person.text
    english = (await served.clerk.get(f"/cases/{number}", language="en")).text
    assert "Agent service" in english


async def test_who_comes_himself_after_all_has_no_agent(served: Served) -> None:
    await _send(served, SON, JPEG)
    assert await _send(served, {"kind": ["himself"]}) == (303, served.href)
    number = await _taken_in(served)
    told = (await served.clerk.http.get(f"/api/v1/cases/{number}")).json()
    assert told["agency"] is None
    assert "张小三" not in await served.clerk.page(f"/cases/{number}/receipt")


async def test_a_clerk_is_no_villages_agent_and_wrong_digits_are_named(served: Served) -> None:
    page = await served.clerk.page(f"{served.href}/agency")
    assert 'value="station"' not in page
    status, page = await _send(served, {"kind": ["station"]})
    assert status == 422
    assert "只有本站代办员能选这一项" in page
    status, page = await _send(served, SON | {"agent_id": ZHANG["id_number"]}, JPEG)
    assert status == 422
    assert "同一个号码" in page
    status, page = await _send(served, SON | {"agent_id": ["110105194912310021"]}, b"\x00\x01\x02")
    assert status == 422
    assert "有一位输错了" in page
    assert "不是 JPG" in page


async def test_paper_is_typed_in_with_both_times_and_only_once(served: Served) -> None:
    now = served.county.works.clock.now().astimezone(CHINA)
    taken = now - timedelta(days=2)
    typed = {
        "number": ["QY-000123"], "day": [f"{taken:%Y-%m-%d}"], "time": [f"{taken:%H:%M}"],
        "why": ["no_power"],
    }  # fmt: skip
    early = await served.clerk.post(f"{served.href}/paper", typed | {"day": ["2999-01-01"]})
    assert early.status_code == 422
    assert "纸上的时间还没到" in early.text
    assert "QY-000123" in early.text
    nothing = await served.clerk.post(f"{served.href}/paper", {"number": ["QY-000123"]})
    assert "请填写日期和时间" in nothing.text
    assert await served.clerk.went(f"{served.href}/paper", typed) == served.href
    assert f"纸单 QY-000123，{taken:%Y-%m-%d %H:%M} 收" in await served.clerk.page(
        f"{served.href}/check"
    )
    number = await _taken_in(served)
    for path in (f"/cases/{number}", f"/cases/{number}/receipt"):
        page = await served.clerk.page(path)
        assert f"{taken:%Y-%m-%d %H:%M} 在纸上收" in page, path
        assert f"{now:%Y-%m-%d}" in page
    case = await served.clerk.page(f"/cases/{number}")
    assert "两个时间相差 2 天" in case
    assert "时限从纸上的时间算起" in case
    told = (await served.clerk.http.get(f"/api/v1/cases/{number}")).json()
    assert told["received_at"] == told["paper"]["captured_at"] < told["entered_at"]
    clocks = (await served.clerk.http.get(f"/api/v1/cases/{number}/clock")).json()["clocks"]
    (start,) = [one["start"] for one in clocks if one["clock"] == "acceptance"]
    assert start == f"{taken:%Y-%m-%d}", "the five days of the law run from the paper"


async def test_a_form_that_was_not_on_paper_after_all_is_taken_as_it_stands(
    served: Served,
) -> None:
    now = served.county.works.clock.now().astimezone(CHINA)
    typed = {"number": ["77-1"], "day": [f"{now:%Y-%m-%d}"], "time": ["00:00"], "why": ["visit"]}
    await served.clerk.went(f"{served.href}/paper", typed)
    await served.clerk.went(f"{served.href}/paper", {"go": ["none"]})
    number = await _taken_in(served)
    assert (await served.clerk.http.get(f"/api/v1/cases/{number}")).json()["paper"] is None


async def test_an_agent_who_comes_for_the_result_alone_leaves_his_authority(
    served: Served,
) -> None:
    number = await _taken_in(served)
    handler, approver = await served.visit("handler"), await served.visit("approver")
    for who, step, typed in (
        (served.clerk, "accept", {}),
        (served.clerk, "dispatch", {"department": ["wjj"]}),
        (handler, "review", {"outcome": ["granted"], "proposes": ["granted"]}),
        (approver, "decide", {"outcome": ["granted"]}),
    ):
        await who.went(f"/cases/{number}/{step}", typed)
    page = await served.clerk.page(f"/cases/{number}")
    assert "收件时没有登记代办" in page
    form = {
        "csrf": served.clerk.csrf, "to": "agent", "mode": "window", "receiver": "李四",
    }  # fmt: skip
    files = {"scan-authority": ("委托书.jpg", JPEG)}
    answer = await served.clerk.http.post(f"/cases/{number}/deliver", data=form, files=files)
    assert answer.status_code == 303, answer.text[:2000]
    page = await served.clerk.page(f"/cases/{number}")
    assert "委托书" in page
    href = f"/cases/{number}/scans/"
    assert href in page
    digest = page.partition(href)[2].partition('"')[0]
    assert (await served.clerk.get(f"{href}{digest}")).content == JPEG


async def test_the_api_takes_both_and_says_what_is_wrong(served: Served) -> None:
    http, shown = served.clerk.http, {"X-CSRF-Token": served.clerk.csrf}
    asked = {
        "item": LICENCE.code,
        "applicant": {name: values[0] for name, values in ZHANG.items()},
        "materials": [{"code": "form", "originals": 1}, {"code": "id", "copies": 1}],
    }
    paper = {"number": "QY-9", "captured_at": served.county.works.now_ms - 1000, "why": "broken"}
    wrong = asked | {"agency": {"kind": "relative"}, "paper": paper | {"number": "?"}}
    refused = await http.post("/api/v1/cases", json=wrong, headers=shown)
    assert refused.status_code == 422
    assert "no_authority" in refused.text
    assert "paper_number" in refused.text
    taken = await http.post("/api/v1/cases", json=asked | {"paper": paper}, headers=shown)
    assert taken.status_code == 201, taken.text
    again = await http.post("/api/v1/cases", json=asked | {"paper": paper}, headers=shown)
    assert again.status_code == 422
    assert "paper_used" in again.text
