"""The API of files that come piece by piece: `/api/v1/parts/uploads`."""

from typing import Annotated, Final

from litestar import post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from node.errors import UnreadableFileError
from node.parts import arriving
from node.parts.api import Uploads
from node.web.lean import Router
from node.web.limits import MAX_BODY_BYTES
from node.web.security import Asked, Desk
from schemas.parts_api import Arriving, BeginUpload, Uploaded

Offset = Annotated[int, QueryParameter(ge=0)]


@post("/api/v1/parts/uploads", status_code=200)
async def begin_upload(data: JSONBody[BeginUpload], desk: NamedDependency[Desk]) -> Arriving:
    """Begin a file of at most 20 MiB, or go on with it where the line broke.

    The same `key` and size of the same person are the same file for twelve hours.
    """
    return await desk.run(arriving.begin, data)


@put("/api/v1/parts/uploads/{upload:str}", request_max_body_size=MAX_BODY_BYTES)
async def add_piece(
    request: Asked, upload: FromPath[str], offset: Offset, desk: NamedDependency[Desk]
) -> Arriving:
    """Send the next piece, at most 512 KiB, as the raw body.

    `offset` is where it begins. If that is not where the last piece ended, nothing is kept: go on
    at the `offset` of the answer.
    """
    return await desk.run(arriving.add, upload, offset, await request.body())


@post("/api/v1/parts/uploads/{upload:str}/done", status_code=201)
async def finish_upload(
    upload: FromPath[str], desk: NamedDependency[Desk], uploads: NamedDependency[Uploads]
) -> Uploaded:
    """Hold the whole file as a scan, like `POST /api/v1/parts`; asked again, it says the same."""
    identity, staff = desk.works.ledger.identity, desk.actor.staff
    content = await desk.read(arriving.read, identity, staff, upload)
    if isinstance(content, Uploaded):
        return content
    try:
        prepared, media = await uploads.prepare(content)
    except UnreadableFileError:
        await desk.run(arriving.give_up, upload)  # so that it may be sent anew
        raise
    return await desk.run(arriving.finish, upload, prepared, media, len(content))


router: Final = Router("/", route_handlers=[begin_upload, add_piece, finish_upload], tags=["parts"])
