"""The outermost door: how many changes may be under way, what was answered, standing headers.

Plain ASGI around the whole app, so that refusals of the router itself pass it too. Above the limit
a change is refused with 429 and Retry-After before any of it is read: a burst costs the caller a
second, never a 5xx. Reading is always let in.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Final

from litestar import Litestar
from litestar.enums import ScopeType
from litestar.types import HTTPScope, Message, Receive, Scope, Send

from node.errors import TooBusyError
from node.web import problems, wording

MAX_CHANGES: Final = 256  # about a third of a second's work: those let in are answered within it
RETRY_SECONDS: Final = 1
SMALL_BODY_BYTES: Final = 64 << 10  # cheaper to skip than a new TLS connection
SAFE_METHODS: Final = frozenset(("GET", "HEAD", "OPTIONS"))
POLICY: Final = (
    "default-src 'self'; img-src 'self' data: blob:; frame-ancestors 'none'; form-action 'self';"
    " base-uri 'none'; object-src 'none'"
)
STANDING: Final[tuple[tuple[bytes, bytes], ...]] = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"x-frame-options", b"DENY"),
    (b"content-security-policy", POLICY.encode()),
)
NO_STORE: Final = (b"cache-control", b"no-store")  # people's data; what may be kept says so itself
"""An answer that says one of these itself keeps its own: a notice is shown in a frame of ours."""


class Gate:
    """The whole app as uvicorn serves it."""

    def __init__(self, app: Litestar, *, max_changes: int = MAX_CHANGES) -> None:
        self.app = app
        self.changing = 0
        """Changes under way."""
        self.answered: Counter[tuple[str, int]] = Counter()
        """How many answers were given, by method and status."""
        self.max_changes = max_changes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection's request."""
        if scope["type"] != ScopeType.HTTP:
            await self.app(scope, receive, send)
            return
        method = scope["method"]
        dressed = self._dressed(method, send)
        if method in SAFE_METHODS:
            await self.app(scope, receive, dressed)
            return
        if self.changing >= self.max_changes:
            await _refuse(scope, dressed)
            return
        self.changing += 1
        try:
            await self.app(scope, receive, dressed)
        finally:
            self.changing -= 1

    def _dressed(self, method: str, send: Send) -> Send:
        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = list(message["headers"])
                said = {name for name, _ in headers}
                headers += [one for one in (*STANDING, NO_STORE) if one[0] not in said]
                message["headers"] = headers
                self.answered[method, message["status"]] += 1
            await send(message)

        return dressed


async def _refuse(scope: HTTPScope, send: Send) -> None:
    headers = dict(scope["headers"])
    language = wording.choose(None, headers.get(b"accept-language", b"").decode("latin-1"))
    problem = problems.problem_of(TooBusyError(RETRY_SECONDS), language)
    is_text = scope["path"].startswith(problems.TEXT_PLACES)
    answer = problems.as_document(problem) if is_text else problems.as_plain_page(problem)
    told = [
        (b"content-type", f"{answer.media_type}; charset=utf-8".encode()),
        (b"content-length", str(len(answer.content)).encode()),
        (b"retry-after", str(RETRY_SECONDS).encode()),
    ]
    if not _is_small(headers):
        told.append((b"connection", b"close"))  # rather than read what nobody wants
    await send({"type": "http.response.start", "status": problem.status, "headers": told})
    await send({"type": "http.response.body", "body": answer.content, "more_body": False})


def _is_small(headers: Mapping[bytes, bytes]) -> bool:
    length = headers.get(b"content-length", b"")
    if b"transfer-encoding" in headers or not length.isdigit():
        return b"transfer-encoding" not in headers
    return int(length) <= SMALL_BODY_BYTES
