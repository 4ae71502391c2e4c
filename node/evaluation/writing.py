"""What must be made ready before a Work takes an evaluation: what was written, encrypted.

Once as a paper of the case or of the node; and, where a bad one is answered or judged by a node
that has none of those, once more as a paper of the matter that it opens.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import msgspec

from federation.errors import FederationError
from federation.parts import salted
from federation.partstore import PartStore, PreparedPart
from node.errors import NodeError, StorageFullError
from node.evaluation.redress_writing import PART_MEDIA
from schemas.evaluation import RatingPart
from schemas.redress import RedressPart

MEDIA: Final = "application/vnd.zhengwu.rating+json"
"""Media type of the part that holds a `RatingPart` as JSON."""


@asynccontextmanager
async def rating_part(
    store: PartStore, said: RatingPart | None
) -> AsyncIterator[PreparedPart | None]:
    """Make it ready, if he wrote anything; if the Work refuses, its file is removed.

    Raises `StorageFullError`.
    """
    async with _ready(store, MEDIA, said) as ready:
        yield ready


@asynccontextmanager
async def carried_part(
    store: PartStore, said: RatingPart | None
) -> AsyncIterator[PreparedPart | None]:
    """Make it ready as a paper of the matter that the evaluation opens. As `rating_part`."""
    part = None if said is None else RedressPart(text=said.text, phone=said.contact)
    async with _ready(store, PART_MEDIA, part) as ready:
        yield ready


@asynccontextmanager
async def _ready(
    store: PartStore, media: str, said: msgspec.Struct | None
) -> AsyncIterator[PreparedPart | None]:
    if said is None:
        yield None
        return
    try:
        ready = await asyncio.to_thread(store.prepare, salted(media, msgspec.json.encode(said)))
    except OSError as error:
        raise StorageFullError(str(error)) from error
    try:
        yield ready
    except (NodeError, FederationError):  # rolled back for certain
        await asyncio.to_thread(store.remove, ready.file)
        raise
