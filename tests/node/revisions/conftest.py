from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from node.runtime.opening import kinds_of
from node.staff import actions as staff
from node.work import SYSTEM
from schemas.staff import Department
from tests.support.catalogue import LICENCE, WJJ
from tests.support.network import member
from tests.support.pagenode import PageNode, page_node
from tests.support.revising import COUNTY, YBJ, Desk
from tests.support.visitors import Visitor, Visitors, visitors_of
from tests.support.webnode import Wrist

OPINION = "符合规定"
TITLE = "公共场所许可调整"
DOCUMENT = "千政发〔2026〕8号"


@dataclass
class Chain:
    """The five posts of the chain at a county's pages, and its clock."""

    county: PageNode
    wrist: Wrist
    visitor: Visitors
    editor: Visitor
    begun: int = 0

    async def begin(self, title: str = "") -> str:
        """Begin a revision that changes the county's item; give its address."""
        self.begun += 1
        also = f"（{self.begun}）" if self.begun > 1 else ""
        where = await self.editor.went("/revisions", {"title": title or f"{TITLE}{also}"})
        revision = where.removesuffix("/add")
        typed = {"wish": "revise", "items": LICENCE.code}
        assert await self.editor.went(f"{revision}/lines", typed) == f"{revision}/lines/1"
        return revision

    async def change(self, revision: str, hours: str = "周一至周六") -> None:
        """Change the item in it, soundly."""
        await self.editor.went(f"{revision}/lines/1/service", {"hours": hours, "do": "on"})

    async def submitted(self) -> str:
        revision = await self.begin()
        await self.change(revision)
        await self.editor.went(f"{revision}/submit")
        return revision

    async def reviewed(self) -> str:
        revision = await self.submitted()
        for office in ("staffing", "legal"):
            reviewer = await self.visitor(office)
            form = {"office": office, "passes": "yes", "opinion": OPINION}
            await reviewer.went(f"{revision}/review", form)
        return revision

    async def approved(self, workdays: int = 0) -> str:
        revision = await self.reviewed()
        government = await self.visitor("government")
        form = {"document": DOCUMENT, "notice_workdays": str(workdays)}
        await government.went(f"{revision}/approve", form)
        return revision


@pytest.fixture
def wrist() -> Wrist:
    return Wrist()


@pytest.fixture
async def chain(tmp_path: Path, wrist: Wrist) -> AsyncIterator[Chain]:
    async with page_node(tmp_path, wrist) as county, visitors_of(county) as visitor:
        yield Chain(county, wrist, visitor, await visitor("editor"))


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with member(tmp_path / "county", COUNTY, kinds_of(COUNTY)) as node:
        wrist = Wrist()
        node.works.clock = wrist
        known = (Department(id=WJJ, name="卫生健康局"), Department(id=YBJ, name="医疗保障局"))
        await node.works.run(SYSTEM, staff.put_departments, known)
        yield Desk(node, wrist)
