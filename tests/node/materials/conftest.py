"""A county whose window has taken one application of Zhang San's, with verified scans."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from node.catalogue import actions as catalogue
from node.work import SYSTEM
from tests.support.pagenode import PageNode, page_node
from tests.support.shared_papers import BATHS, HOTELS, SCAN
from tests.support.visitors import Visitor, Visitors, visitors_of
from tests.support.webnode import Wrist

ZHANG = {"kind": "natural", "name": "张三", "id_number": "610328190001010013",
         "phone": "13812341234"}  # fmt: skip
LI = {**ZHANG, "name": "李四", "id_number": "610328190001010021"}
REASON = "办理公共浴室卫生许可"


@dataclass
class Window:
    """The county, its clerk, and what he did so far."""

    county: PageNode
    clock: Wrist
    visit: Visitors
    clerk: Visitor
    number: str = ""
    """Of the earlier case."""

    async def post(
        self, path: str, body: Mapping[str, object], who: Visitor | None = None
    ) -> httpx.Response:
        """Send JSON to the API."""
        sender = who or self.clerk
        headers = {"X-CSRF-Token": sender.csrf, "Accept-Language": "zh-CN"}
        return await sender.http.post(f"/api/v1/{path}", json=body, headers=headers)

    async def pass_days(self, days: int) -> None:
        """So many days later the clerk signs in again."""
        self.clock.passed = timedelta(days=days)
        self.clerk = await self.visit("clerk")

    async def upload(self, content: bytes = SCAN) -> str:
        """Hold a scan."""
        headers = {"X-CSRF-Token": self.clerk.csrf, "Content-Type": "application/pdf"}
        answer = await self.clerk.http.post("/api/v1/parts", content=content, headers=headers)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["digest"])

    async def take_hotel(self, person: Mapping[str, str] = ZHANG) -> str:
        """Take in the earlier case: the card's original was seen, the lease's was not."""
        given = [
            {"code": "form", "originals": 1},
            {"code": "id", "copies": 1, "parts": [await self.upload(), await self.upload()],
             "trust": "B"},
            {"code": "premises", "copies": 1, "parts": [await self.upload()]},
        ]  # fmt: skip
        form = {"item": HOTELS.code, "applicant": person, "materials": given}
        answer = await self.post("cases", form)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["number"])

    async def look(self, **changed: object) -> httpx.Response:
        """Ask what Zhang San need not bring again for a bath house."""
        asked = {"id_number": ZHANG["id_number"], "item": BATHS.code, "situation": ["person"],
                 "reason": REASON}  # fmt: skip
        return await self.post("materials/shared", {**asked, **changed})

    async def offered(self) -> list[dict[str, object]]:
        answer = await self.look()
        assert answer.status_code == 200, answer.text
        found: list[dict[str, object]] = answer.json()["offers"]
        return found

    async def take(self, offer: object, **changed: object) -> httpx.Response:
        """Take one over."""
        asked = {"id_number": ZHANG["id_number"], "item": BATHS.code, "situation": ["person"],
                 "reason": REASON, "consent": True}  # fmt: skip
        return await self.post(f"materials/shared/{offer}/take", {**asked, **changed})

    async def bath(
        self, digests: list[str], person: Mapping[str, str] = ZHANG, code: str = "id"
    ) -> httpx.Response:
        """Take in an application for a bath house with these scans as one paper."""
        papers: dict[str, dict[str, object]] = {
            "form": {"originals": 1}, "premises": {"copies": 1}, "id": {"copies": 1},
            code: {"parts": digests},
        }  # fmt: skip
        given = [{"code": one, **brought} for one, brought in papers.items()]
        form = {"item": BATHS.code, "applicant": person, "situation": ["person"],
                "materials": given}  # fmt: skip
        return await self.post("cases", form)

    async def rows(self, sql: str) -> list[tuple[object, ...]]:
        return await self.county.works.read(lambda tx: tx.execute(sql).fetchall())


@pytest.fixture
async def window(tmp_path: Path) -> AsyncIterator[Window]:
    clock = Wrist()
    async with page_node(tmp_path, clock) as county, visitors_of(county) as visit:
        await county.works.run(SYSTEM, catalogue.publish, (BATHS, HOTELS))
        made = Window(county, clock, visit, await visit("clerk"))
        made.number = await made.take_hotel()
        yield made
