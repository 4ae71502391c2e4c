"""The API for everyone: `/api/v1/public/complaints`, `/public/questions`, `/public/redress/track`.

No session. Errors say in sentences what is wrong.
"""

import hashlib
from dataclasses import replace
from typing import Final

import msgspec
from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from federation.partstore import PartStore
from node.errors import BadInputError
from node.evaluation import redress_home as home
from node.evaluation import redress_wording as wording
from node.evaluation.redress_reading import normal
from node.public.door import PublicDoor
from node.web import idempotency, problems
from node.web.idempotency import Once
from node.web.lean import Router
from node.web.pages_base import words_for
from node.web.security import Asked
from node.work import Works
from schemas.redress import RedressKind
from schemas.redress_desk import PublicRedress, RedressTold, TrackRedress

BODY_BYTES: Final = 16 << 10  # a thousand Chinese characters, escaped, and a few lines
TRACK_BYTES: Final = 1 << 10


@post(
    "/public/complaints",
    status_code=201,
    request_max_body_size=BODY_BYTES,
    summary="投诉、办不成事反映: complain, with a name or without",
)
async def complain(
    request: Asked,
    works: NamedDependency[Works],
    door: NamedDependency[PublicDoor],
    part_store: NamedDependency[PartStore],
    data: JSONBody[PublicRedress],
) -> Response[bytes]:
    """Take a complaint; the answer has its number and, this once, the code."""
    door.let_in_to_write(request)
    once = await _once_of(request)
    return (await home.take(works, part_store, home.kind_of(data), data, once)).response()


@post(
    "/public/questions",
    status_code=201,
    request_max_body_size=BODY_BYTES,
    summary="咨询: ask",
)
async def ask(
    request: Asked,
    works: NamedDependency[Works],
    door: NamedDependency[PublicDoor],
    part_store: NamedDependency[PartStore],
    data: JSONBody[PublicRedress],
) -> Response[bytes]:
    """Take a question; the answer has its number and, this once, the code."""
    door.let_in_to_write(request)
    once = await _once_of(request)
    kind = RedressKind.CONSULTATION
    return (await home.take(works, part_store, kind, data, once)).response()


@post(
    "/public/redress/track",
    status_code=200,
    request_max_body_size=TRACK_BYTES,
    summary="查询答复: where it stands, and the answer",
)
async def track(
    request: Asked,
    works: NamedDependency[Works],
    door: NamedDependency[PublicDoor],
    part_store: NamedDependency[PartStore],
    data: JSONBody[TrackRedress],
) -> RedressTold:
    """Tell where it stands to whoever has its number and code; wrong codes shut a number."""
    door.let_in_to_track(request)
    with door.guesses.one(normal(data.number)):
        return await works.read(home.told, part_store, data.number, data.code)


async def _once_of(request: Asked) -> Once | None:
    """Read the request's key; nobody is signed in, so a key stands for what was sent with it."""
    once = await idempotency.once_of(request)
    if once is None:
        return None
    own = hashlib.sha256(once.request + once.key.encode()).hexdigest()
    return replace(once, key=f"redress/{own}")


def _unfit(request: Asked, error: BadInputError) -> Response[bytes]:
    """Say in sentences, too, what is wrong with a form."""
    words = words_for(request)
    said = wording.faults(words, error.fields)
    problem = problems.problem_of(error, words.language)
    detail = " ".join(f"{one}。" if words.language == "zh" else f"{one}." for one in said.values())
    return problems.as_document(msgspec.structs.replace(problem, detail=detail))


router: Final = Router(
    "/",
    route_handlers=[complain, ask, track],
    exception_handlers={BadInputError: _unfit},
)
