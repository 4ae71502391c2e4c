"""Copies scans of an earlier case before a Work begins: read, and encrypted anew, in a thread."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Final

from federation.errors import FederationError
from federation.parts import salted
from federation.partstore import KeptPart, PartStore
from node.errors import NodeError, StorageFullError
from node.materials.actions import Copy, Original

EXTRACT: Final = "text/plain"


@asynccontextmanager
async def copied(store: PartStore, original: Original) -> AsyncIterator[tuple[Copy, ...]]:
    """Make copies ready; if the Work refuses, they are removed at once.

    Raises `StorageFullError`, `DamagedStoreError`.
    """
    made: list[Copy] = []
    try:
        for make in _makers(store, original):
            made.append(await _in_a_thread(make))  # noqa: PERF401  # removed below if one fails
        yield tuple(made)
    except (NodeError, FederationError):
        await _remove(store, made)
        raise


async def _in_a_thread(make: Callable[[], Copy]) -> Copy:
    try:
        return await asyncio.to_thread(make)
    except OSError as error:
        raise StorageFullError(str(error)) from error


def _makers(store: PartStore, original: Original) -> list[Callable[[], Copy]]:
    if original.scans:
        return [partial(_copy, store, kept) for kept in original.scans]
    return [partial(_prepared, store, EXTRACT, original.extract.encode())]


def _copy(store: PartStore, kept: KeptPart) -> Copy:
    part = store.load(kept)
    return _prepared(store, part.media, part.content)


def _prepared(store: PartStore, media: str, content: bytes) -> Copy:
    return Copy(store.prepare(salted(media, content)), media, len(content))


async def _remove(store: PartStore, made: Sequence[Copy]) -> None:
    for one in made:
        await asyncio.to_thread(store.remove, one.prepared.file)
