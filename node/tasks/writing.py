"""What must be made ready before a Work begins a task: the brief, encrypted into a durable file."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import msgspec

from federation.errors import FederationError
from federation.parts import salted
from federation.partstore import PartStore, PreparedPart
from node.cases.counter import MAX_TEXT
from node.errors import BadInputError, NodeError, StorageFullError
from schemas.tasks import AskTask, TaskBrief

BRIEF_MEDIA: Final = "application/vnd.zhengwu.task-brief+json"
"""Media type of the part that holds a `TaskBrief` as JSON."""


def require_short(form: AskTask) -> None:
    """Go on only if the instruction is no longer than other free text. Raises `BadInputError`."""
    if len(form.instruction.strip()) > MAX_TEXT:
        raise BadInputError({"instruction": "too_long"})


@asynccontextmanager
async def brief_part(store: PartStore, brief: TaskBrief) -> AsyncIterator[PreparedPart]:
    """Make the brief ready; if the Work refuses, its file is removed. Raises `StorageFullError`."""
    part = salted(BRIEF_MEDIA, msgspec.json.encode(brief))
    try:
        ready = await asyncio.to_thread(store.prepare, part)
    except OSError as error:
        raise StorageFullError(str(error)) from error
    try:
        yield ready
    except (NodeError, FederationError):  # rolled back for certain
        await asyncio.to_thread(store.remove, ready.file)
        raise
