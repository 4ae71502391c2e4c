"""What must be made ready before a Work takes an evaluation: what was written, encrypted."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import msgspec

from federation.errors import FederationError
from federation.parts import salted
from federation.partstore import PartStore, PreparedPart
from node.errors import NodeError, StorageFullError
from schemas.evaluation import RatingPart

MEDIA: Final = "application/vnd.zhengwu.rating+json"
"""Media type of the part that holds a `RatingPart` as JSON."""


@asynccontextmanager
async def rating_part(
    store: PartStore, said: RatingPart | None
) -> AsyncIterator[PreparedPart | None]:
    """Make it ready, if he wrote anything; if the Work refuses, its file is removed.

    Raises `StorageFullError`.
    """
    if said is None:
        yield None
        return
    try:
        ready = await asyncio.to_thread(store.prepare, salted(MEDIA, msgspec.json.encode(said)))
    except OSError as error:
        raise StorageFullError(str(error)) from error
    try:
        yield ready
    except (NodeError, FederationError):  # rolled back for certain
        await asyncio.to_thread(store.remove, ready.file)
        raise
