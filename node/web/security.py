"""Who stands at the door: the desk of a signed-in person, and proof that our own page asked.

A handler that takes `desk: NamedDependency[Desk]` is for signed-in people only, and is safe from
forged requests: whoever comes with the cookie alone must show the session's token in the field
`csrf` or the header `X-CSRF-Token` for anything but reading. One dependency, not several: Litestar
resolves two at once through a task group, which costs more than the rest of the request.
"""

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from typing import Concatenate, Final, ParamSpec, TypeVar
from urllib.parse import urlsplit

from litestar import Request
from litestar.datastructures import Cookie, State

from node.database import Tx
from node.errors import ForgedRequestError, NotSignedInError
from node.web.sessions import LONGEST, Session, Sessions
from node.work import Actor, Work, Works

P = ParamSpec("P")
T = TypeVar("T")
Asked = Request[object, object, State]
"""A request as our handlers see it."""

COOKIE: Final = "zw_session"
SAFE_METHODS: Final = frozenset(("GET", "HEAD", "OPTIONS"))
FORM_TYPES: Final = (b"application/x-www-form-urlencoded", b"multipart/form-data")


@dataclass(frozen=True, slots=True)
class Desk:
    """A signed-in person's place: who it is, and the way into a Work."""

    session: Session
    works: Works

    @property
    def actor(self) -> Actor:
        """Who sits here."""
        return self.session.actor

    async def run(
        self, function: Callable[Concatenate[Work, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run one Work of this person; committed when it returns."""
        return await self.works.run(self.actor, function, *args, **kwargs)

    async def read(
        self, function: Callable[Concatenate[Tx, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Read in one snapshot."""
        return await self.works.read(function, *args, **kwargs)


class Doorkeeper:
    """Finds the desk of a request."""

    def __init__(self, sessions: Sessions, works: Works) -> None:
        self.sessions = sessions
        self._works = works

    async def desk(self, request: Asked) -> Desk:
        """Give the desk of whoever asks. Raises `NotSignedInError`, `ForgedRequestError`."""
        found = await self.visitor(request)
        if found is None:
            raise NotSignedInError
        return found

    async def visitor(self, request: Asked) -> Desk | None:
        """Give the desk of whoever asks, or `None` if nobody is signed in.

        Raises `ForgedRequestError`.
        """
        bearer = _header(request, b"authorization")
        if bearer[:7].lower() == b"bearer ":
            session = await self.sessions.find(bearer[7:].strip().decode("latin-1"))
            return None if session is None else Desk(session, self._works)
        token = _cookie(request)
        session = await self.sessions.find(token) if token else None
        if session is None:
            return None
        if request.method not in SAFE_METHODS:
            await _require_proof(request, session)
        return Desk(session, self._works)


async def _require_proof(request: Asked, session: Session) -> None:
    shown = _header(request, b"x-csrf-token").decode("latin-1")
    if not shown and _header(request, b"content-type").startswith(FORM_TYPES):
        shown = str((await request.form()).get("csrf", ""))
    if not hmac.compare_digest(shown.encode(), session.csrf.encode()):
        raise ForgedRequestError


def require_same_site(request: Asked) -> None:
    """Refuse a sign-in that another site's page sends. Raises `ForgedRequestError`."""
    if _header(request, b"sec-fetch-site") == b"cross-site":
        raise ForgedRequestError
    origin = _header(request, b"origin")
    if origin and urlsplit(origin).netloc != _header(request, b"host"):
        raise ForgedRequestError


def session_cookie(token: str, *, secure: bool) -> Cookie:
    """Carry a session: out of scripts' reach, and only over TLS where there is TLS."""
    return Cookie(
        key=COOKIE,
        value=token,
        path="/",
        httponly=True,
        samesite="lax",
        secure=secure,
        max_age=int(LONGEST.total_seconds()),
    )


def no_cookie(*, secure: bool) -> Cookie:
    """Take the session's cookie back."""
    return Cookie(
        key=COOKIE, value="", path="/", httponly=True, samesite="lax", secure=secure, max_age=0
    )


def _header(request: Asked, name: bytes) -> bytes:
    return next((value for key, value in request.scope["headers"] if key == name), b"")


def _cookie(request: Asked) -> str:
    for pair in _header(request, b"cookie").split(b";"):
        name, _, value = pair.strip().partition(b"=")
        if name == COOKIE.encode():
            return value.decode("latin-1")
    return ""
