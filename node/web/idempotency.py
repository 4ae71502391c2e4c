"""Answers remembered under the caller's Idempotency-Key, in the same Work as what they answer.

The same key with the same request gets the same answer and nothing happens twice; with another
request it is refused. Keys belong to the account that used them and are kept for a day.
"""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Concatenate, Final, ParamSpec

import msgspec
from litestar import Response

from node.clock import to_ms
from node.errors import KeyReusedError
from node.web.security import Asked, Desk
from node.work import Work

P = ParamSpec("P")

KEPT: Final = timedelta(hours=24)  # a window that lost its line yesterday may repeat today
SWEPT_AT_ONCE: Final = (
    8  # each remembered answer clears up to so many old ones: bounded, and keeps up
)
_KEY: Final = re.compile(rb"[\x21-\x7e]{1,128}")


@dataclass(frozen=True, slots=True)
class Answer:
    """An encoded answer."""

    status: int
    body: bytes

    def response(self) -> Response[bytes]:
        """Give it as JSON."""
        return Response(content=self.body, status_code=self.status, media_type="application/json")


@dataclass(frozen=True, slots=True)
class Once:
    """A key, and the fingerprint of the request that it stands for."""

    key: str
    request: bytes


async def once_of(request: Asked, *, content: bytes | None = None) -> Once | None:
    """Read the request's key, if it has one; `content` stands for its body where that is a file.

    Raises `KeyReusedError` if it is no key.
    """
    raw = next((v for k, v in request.scope["headers"] if k == b"idempotency-key"), None)
    if raw is None:
        return None
    if not _KEY.fullmatch(raw):
        raise KeyReusedError("an Idempotency-Key has 1 to 128 printable ASCII characters")
    print_of = hashlib.sha256(f"{request.method} {request.scope['path']}\0".encode())
    print_of.update(await request.body() if content is None else content)
    return Once(raw.decode("ascii"), print_of.digest())


async def run(
    desk: Desk,
    once: Once | None,
    status: int,
    function: Callable[Concatenate[Work, P], msgspec.Struct],
    *args: P.args,
    **kwargs: P.kwargs,
) -> Response[bytes]:
    """Run `function` in a Work of the desk, once, and answer with what it returns as JSON."""
    answer = await desk.run(run_once, once, status, lambda work: function(work, *args, **kwargs))
    return answer.response()


def run_once(
    work: Work, once: Once | None, status: int, function: Callable[[Work], msgspec.Struct]
) -> Answer:
    """Do it once: give the answer that was given before, or the one that it gives now."""
    known = recall(work, once)
    if known is not None:
        return known
    answer = Answer(status, msgspec.json.encode(function(work)))
    remember(work, once, answer)
    return answer


def recall(work: Work, once: Once | None) -> Answer | None:
    """Find the answer given before. Raises `KeyReusedError` if it answered another request."""
    if once is None:
        return None
    row = work.tx.execute(
        "SELECT request, status, body FROM answers WHERE staff = ? AND key = ? AND at > ?",
        (work.actor.staff, once.key, to_ms(work.now - KEPT)),
    ).fetchone()
    if row is None:
        return None
    request, status, body = row
    if request != once.request:
        raise KeyReusedError(once.key)
    return Answer(status, body)


def remember(work: Work, once: Once | None, answer: Answer) -> None:
    """Keep the answer under its key, and let go of some that are too old."""
    if once is None:
        return
    work.tx.execute(
        "DELETE FROM answers WHERE serial IN (SELECT serial FROM answers WHERE at <= ?"
        " ORDER BY at LIMIT ?)",
        (to_ms(work.now - KEPT), SWEPT_AT_ONCE),
    )
    work.tx.execute(
        "INSERT OR REPLACE INTO answers (staff, key, request, status, body, at)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (work.actor.staff, once.key, once.request, answer.status, answer.body, to_ms(work.now)),
    )
