"""The papers of sample cases: which ones an application needs, scanned at a window or at home."""

from collections.abc import Collection

import msgspec

from cli.demo.client import Client
from schemas.case_terms import MaterialGiven
from schemas.ids import PartDigest
from schemas.items import Item
from schemas.parts_api import Uploaded
from schemas.public import PublicPaper


def asked_for(item: Item, situation: Collection[str]) -> tuple[str, ...]:
    """Name the papers that the guide asks for in the applicant's situation."""
    answers = [one for question in item.situations for one in question.answers]
    named = {code for one in answers for code in one.materials}
    chosen = {code for one in answers if one.code in situation for code in one.materials}
    return tuple(one.code for one in item.materials if one.code not in named or one.code in chosen)


async def scanned(desk: Client, item: Item, codes: Collection[str]) -> tuple[MaterialGiven, ...]:
    """Scan papers at a window."""
    given = []
    for one in item.materials:
        if one.code in codes:
            digest = await scan(desk, one.name)
            given.append(MaterialGiven(code=one.code, parts=(digest,), originals=1))
    return tuple(given)


async def scan(desk: Client, name: str) -> PartDigest:
    """Scan one paper at a window."""
    return msgspec.json.decode(await desk.upload(_page(name)), type=Uploaded).digest


def pages(item: Item, codes: Collection[str]) -> tuple[PublicPaper, ...]:
    """Scan papers at home."""
    return tuple(
        PublicPaper(code=one.code, files=(_page(one.name),))
        for one in item.materials
        if one.code in codes
    )


def _page(name: str) -> bytes:
    return f"扫描件 · scan of {name}\n".encode()
