"""Who stands at the door: the desk of a signed-in person, and proof that our own page asked.

A handler that takes `desk: NamedDependency[Desk]` is for signed-in people only, and is safe from
forged requests: whoever comes with the cookie alone must show the session's token in the field
`csrf` or the header `X-CSRF-Token` for anything but reading. One dependency, not several: Litestar
resolves two at once through a task group, which costs more than the rest of the request.

A form of ours that comes too late, or from a page that somebody else opened, is refused, but what
was typed is kept for whoever typed it (`node.web.kept_forms`): its token says to whom the page was
shown.
"""

import hmac
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Concatenate, Final, ParamSpec, TypeVar
from urllib.parse import urlsplit

from litestar import Request
from litestar.datastructures import Cookie, State

from node.database import Tx
from node.errors import (
    FactorUnsetError,
    FirstPasswordError,
    ForgedRequestError,
    FormKeptError,
    NodeError,
    NotSignedInError,
    OtherHandsError,
)
from node.web import kept_forms, sessions
from node.web.kept_forms import KeptForms
from node.web.sessions import Need, Session, Sessions
from node.work import Actor, Work, Works
from schemas.ids import StaffId
from schemas.staff import Role

P = ParamSpec("P")
T = TypeVar("T")
Asked = Request[object, object, State]
"""A request as our handlers see it."""

COOKIE: Final = "zw_session"
SAFE_METHODS: Final = frozenset(("GET", "HEAD", "OPTIONS"))
MULTIPART: Final = b"multipart/form-data"
FORM_TYPES: Final = (b"application/x-www-form-urlencoded", MULTIPART)
COOKIE_SECONDS: Final = 24 * 3600  # the node, not the cookie's age, says when a session is over
PROVEN_ROLES: Final = frozenset({Role.OPERATOR, Role.SECURITY, Role.AUDITOR})
"""Whose powers ask for a second factor."""
_SESSION: Final = "/api/v1/session"
_PASSWORD: Final = frozenset({"/password", f"{_SESSION}/password"})
_WAY_OUT: Final = frozenset({"/sign-out", _SESSION})
ROOM: Final[Mapping[Need, frozenset[str]]] = {
    Need.CODE: _WAY_OUT | {"/second-factor", "/second-factor/code"},
    Need.FACTOR: _WAY_OUT
    | _PASSWORD
    | {"/second-factor", "/second-factor/code", "/second-factor/set"},
    Need.PASSWORD: _WAY_OUT | _PASSWORD,
}
"""The only doors open to somebody who has something else to do first.

Whoever owes a code changes no password: the new session would not know that he owes it.
"""


@dataclass(frozen=True, slots=True)
class Desk:
    """A signed-in person's place: who it is, and the way into a Work."""

    session: Session
    works: Works
    needs: Need | None = None
    """What he must do first; all he may open is in `ROOM`."""

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


OnSeen = Callable[[Asked], Awaitable[None]]


async def _nobody_asks(request: Asked) -> None:
    del request


class Doorkeeper:
    """Finds the desk of a request."""

    def __init__(self, found: Sessions, works: Works, *, asks_proof: bool = False) -> None:
        self.sessions = found
        self.kept = KeptForms(works)
        self._works = works
        self._asks_proof = asks_proof
        """Whether the powers of `PROVEN_ROLES` ask for a second factor here."""
        self.on_seen: OnSeen = _nobody_asks
        """Told of each request of somebody who is signed in."""

    async def desk(self, request: Asked) -> Desk:
        """Give the desk of whoever asks.

        Raises `NotSignedInError`, `ForgedRequestError`, `FormKeptError`, `OtherHandsError`,
        `FirstPasswordError`, `FactorUnsetError`.
        """
        found = await self.visitor(request)
        if found is not None:
            return found
        if request.method not in SAFE_METHODS and _is_form(request):
            shown = str((await request.form()).get("csrf", ""))
            if await self._keep(request, await self._owner(shown)):
                raise FormKeptError
        raise NotSignedInError

    async def visitor(self, request: Asked) -> Desk | None:
        """Give the desk of whoever asks, or `None` if nobody is signed in.

        Raises as `desk`, but for `NotSignedInError`.
        """
        found = await self._found(request)
        if found is not None:
            await self.on_seen(request)
        return found

    async def _found(self, request: Asked) -> Desk | None:
        bearer = _header(request, b"authorization")
        if bearer[:7].lower() == b"bearer ":
            session = await self.sessions.find(bearer[7:].strip().decode("latin-1"))
            return None if session is None else self._seated(request, session)
        token = token_of(request)
        alone = _asks_by_itself(request)
        session = await self.sessions.find(token, by_itself=alone) if token else None
        if session is None:
            return None
        if request.method not in SAFE_METHODS:
            await self._require_proof(request, session)
        return self._seated(request, session)

    def _seated(self, request: Asked, session: Session) -> Desk:
        need = session.needs
        unproven = self._asks_proof and not session.proven
        if need is None and unproven and PROVEN_ROLES & session.actor.roles:
            need = Need.FACTOR
        if need is not None and request.scope["path"] not in ROOM[need]:
            raise _REFUSALS[need]
        return Desk(session, self._works, need)

    async def _require_proof(self, request: Asked, session: Session) -> None:
        shown = _header(request, b"x-csrf-token").decode("latin-1")
        form = None
        if not shown and _is_form(request):
            form = await request.form()
            shown = str(form.get("csrf", ""))
        if hmac.compare_digest(shown.encode(), session.csrf.encode()):
            if form is not None and kept_forms.AGAIN in form:
                await self.kept.drop(session.actor.staff, str(form[kept_forms.AGAIN]))
            return
        if form is None:
            raise ForgedRequestError
        owner = await self._owner(shown)
        kept = await self._keep(request, owner)
        if owner is not None and owner != session.actor.staff:
            raise OtherHandsError
        raise FormKeptError if kept else ForgedRequestError

    async def _owner(self, shown: str) -> StaffId | None:
        return await self._works.read(sessions.owner_of, shown)

    async def _keep(self, request: Asked, owner: StaffId | None) -> bool:
        """Keep the texts of a form of ours for whoever typed them; say whether that was done.

        What a script sends by itself (a draft every few seconds) is not kept: the page is still
        there, and says so.
        """
        if owner is None or not _asks_for_a_page(request):
            return False
        path = request.url.path
        query = f"{path}?{request.url.query}" if request.url.query else path
        sent = list((await request.form()).multi_items())
        is_multipart = _header(request, b"content-type").startswith(MULTIPART)
        form = kept_forms.of(query, _typed_at(request), sent, multipart=is_multipart)
        if form is not None:
            await self.kept.keep(owner, form)
        return form is not None


_REFUSALS: Final[Mapping[Need, type[NodeError]]] = {
    Need.CODE: FactorUnsetError,
    Need.FACTOR: FactorUnsetError,
    Need.PASSWORD: FirstPasswordError,
}


def _is_form(request: Asked) -> bool:
    return _header(request, b"content-type").startswith(FORM_TYPES)


def _typed_at(request: Asked) -> str:
    """Name the page of ours that a form was typed at; empty if the browser does not say."""
    sent = _header(request, b"referer").decode("latin-1")
    base = str(request.base_url).rstrip("/")
    return sent.removeprefix(base) if sent.startswith(f"{base}/") else ""


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
        max_age=COOKIE_SECONDS,
    )


def cookie_for(request: Asked, token: str) -> Cookie:
    """Carry a session as this request came: over TLS or, on this very machine, without."""
    return session_cookie(token, secure=request.url.scheme == "https")


def no_cookie(*, secure: bool) -> Cookie:
    """Take the session's cookie back."""
    return Cookie(
        key=COOKIE, value="", path="/", httponly=True, samesite="lax", secure=secure, max_age=0
    )


def origin_of(request: Asked) -> str:
    """Say which machine a request comes from, as the network has it."""
    return request.client.host if request.client else ""


def _asks_for_a_page(request: Asked) -> bool:
    """Say whether somebody pressed a button: a browser then asks for a page, a script does not."""
    return b"text/html" in _header(request, b"accept")


def _asks_by_itself(request: Asked) -> bool:
    """Say whether a page keeps itself up to date, with nobody at the desk perhaps."""
    watches = _header(request, b"accept") == b"text/event-stream"
    return watches or _header(request, b"x-by-itself") != b""


def _header(request: Asked, name: bytes) -> bytes:
    return next((value for key, value in request.scope["headers"] if key == name), b"")


def token_of(request: Asked) -> str:
    """Give the token in the cookie, of a session or of nothing; empty without one."""
    for pair in _header(request, b"cookie").split(b";"):
        name, _, value = pair.strip().partition(b"=")
        if name == COOKIE.encode():
            return value.decode("latin-1")
    return ""
