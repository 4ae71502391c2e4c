"""People at home: an item that is taken online, and what they send for it."""

import base64
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import msgspec

from node.public.door import PublicDoor
from schemas.item_terms import Channel, CodeLayer, CodeScheme
from schemas.items import ItemCode
from tests.support.catalogue import LICENCE
from tests.support.webnode import WebNode

JPEG = b"\xff\xd8\xff\xe0\x00\x04ab\xff\xda\x00\x02pixels\xff\xd9"
PHOTO = base64.b64encode(JPEG).decode()
IMPLEMENTATION = "12441500196720244T3442199806003"
"""The real specimen of the national form (domain §2.2)."""
CODES = (
    ItemCode(layer=CodeLayer.BASIC, scheme=CodeScheme.GB39554, text="442199806003"),
    ItemCode(layer=CodeLayer.IMPLEMENTATION, scheme=CodeScheme.GB39554, text=IMPLEMENTATION),
)
ONLINE = msgspec.structs.replace(
    LICENCE, code="wjj-02", name="公共场所卫生许可（网上）", channels=(Channel.WINDOW, Channel.WEB),
    codes=CODES,
)  # fmt: skip
LI = {
    "kind": "natural",
    "name": "李小花",
    "id_number": "610328190001010013",
    "phone": "13812341234",
    "address": "千阳县城关镇",
}
TAIL = LI["id_number"][-4:]
PAPERS = [{"code": "form", "files": [PHOTO]}, {"code": "id", "files": [PHOTO, PHOTO]}]
FORM: dict[str, Any] = {
    "item": ONLINE.code,
    "applicant": LI,
    "materials": PAPERS,
    "consent": True,
}
APPLICATIONS = "/api/v1/public/applications"


class Ticks:
    """Seconds of the door's own clock."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@dataclass(frozen=True)
class Home:
    """A node, as people at home reach it."""

    node: WebNode
    ticks: Ticks
    door: PublicDoor
    papers: Path

    async def post(
        self, path: str, body: object, *, key: str = "", language: str = "zh-CN"
    ) -> httpx.Response:
        """Send a form, a minute after the one before."""
        self.ticks.seconds += 60
        headers = {"Accept-Language": language} | ({"Idempotency-Key": key} if key else {})
        return await self.node.http.post(path, json=body, headers=headers)

    async def apply(self, **changed: object) -> httpx.Response:
        return await self.post(APPLICATIONS, FORM | changed)

    async def applied(self, **changed: object) -> tuple[str, str]:
        """Apply; give number and code."""
        answer = await self.apply(**changed)
        assert answer.status_code == 201, answer.text
        return answer.json()["number"], answer.json()["code"]

    async def track(self, number: str, code: str) -> httpx.Response:
        return await self.post("/api/v1/public/track", {"number": number, "code": code})

    async def at_window(
        self, number: str, action: str, *, by: str = "clerk", **body: object
    ) -> dict[str, Any]:
        """Let somebody of the staff take a step."""
        shown = await self.node.as_(by)
        answer = await self.node.http.post(
            f"/api/v1/cases/{number}/{action}", json=body, headers=shown
        )
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def cases(self) -> int:
        """Count the cases there are."""
        return int(
            await self.node.database.read(
                lambda tx: tx.execute("SELECT count(*) FROM cases").fetchone()[0]
            )
        )

    def files(self) -> int:
        """Count the files of parts."""
        return sum(1 for path in self.papers.rglob("*") if path.is_file())
