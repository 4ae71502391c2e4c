"""The API of uploads: `POST /api/v1/parts`."""

import asyncio
from typing import Final

from litestar import Response, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency

from federation import parts
from federation.partstore import PartStore, PreparedPart
from node.errors import StorageFullError, TooBusyError, TooLargeError, UnreadableFileError
from node.parts import actions, model
from node.web import idempotency
from node.web.lean import Router
from node.web.limits import MAX_PART_BYTES, MAX_UPLOAD_BYTES
from node.web.security import Asked, Desk

MAX_AT_ONCE: Final = 6  # each may hold 20 MiB three times over while it is read and encrypted
RETRY_SECONDS: Final = 5
PREPARED_AT_ONCE: Final = 2  # cores


class Uploads:
    """The way of a scan into this node, few at a time."""

    def __init__(self, store: PartStore) -> None:
        self.store = store
        self._under_way = 0
        self._preparing = asyncio.Semaphore(PREPARED_AT_ONCE)

    async def receive(self, request: Asked) -> bytes:
        """Read the file of a request: its raw body, or the first file of a multipart form.

        Raises `TooBusyError`, `TooLargeError`, `UnreadableFileError`.
        """
        if self._under_way >= MAX_AT_ONCE:
            raise TooBusyError(RETRY_SECONDS)
        self._under_way += 1
        try:
            content = await _content(request)
        finally:
            self._under_way -= 1
        if len(content) > MAX_PART_BYTES:
            raise TooLargeError(MAX_PART_BYTES)
        return content

    async def prepare(self, content: bytes) -> tuple[PreparedPart, str]:
        """Check a file and encrypt it durably, in a thread; tell its media type too.

        Raises `UnreadableFileError`, `StorageFullError`.
        """
        async with self._preparing:
            return await asyncio.to_thread(self._prepare, content)

    def _prepare(self, content: bytes) -> tuple[PreparedPart, str]:
        media = model.media_of(content)
        try:
            return self.store.prepare(parts.salted(media, content)), media
        except OSError as error:
            raise StorageFullError(str(error)) from error


async def _content(request: Asked) -> bytes:
    if request.content_type[0] != "multipart/form-data":
        return await request.body()
    form = await request.form()
    file = next((value for value in form.values() if isinstance(value, UploadFile)), None)
    if file is None:
        raise UnreadableFileError({model.FIELD: "missing"})
    return await file.read()


@post("/api/v1/parts", status_code=201, request_max_body_size=MAX_UPLOAD_BYTES)
async def upload(
    request: Asked,
    desk: NamedDependency[Desk],
    uploads: NamedDependency[Uploads],
) -> Response[bytes]:
    """Hold a scan (JPEG, PNG, PDF or text, at most 20 MiB) for 12 hours, until a case names it.

    The file is the raw body, or the first file of a multipart form.
    """
    content = await uploads.receive(request)
    once = await idempotency.once_of(request, content=content)
    prepared, media = await uploads.prepare(content)
    return await idempotency.run(
        desk, once, 201, actions.hold, prepared, media=media, size=len(content)
    )


router = Router("/", route_handlers=[upload], tags=["parts"])
