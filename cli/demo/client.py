"""A small HTTP client for the demonstration: the standard library's, in threads.

Raises `AnswerError` and `AwayError`.
"""

import asyncio
import http.client
from dataclasses import dataclass
from typing import Final, TypeVar
from urllib.parse import quote, urlsplit

import msgspec

T = TypeVar("T")
SECONDS: Final = 20.0


class AnswerError(Exception):
    """The node answered something else than hoped."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(f"HTTP {status}: {text[:300]}")
        self.status = status


class AwayError(Exception):
    """The node does not answer: it is stopped, or starts again."""


@dataclass(slots=True)
class Client:
    """One person at one node."""

    url: str
    token: str = ""

    async def get(self, path: str, answer: type[T]) -> T:
        """Read something."""
        return msgspec.json.decode(await self.get_raw(path), type=answer)

    async def get_raw(self, path: str) -> bytes:
        """Read something as it is sent."""
        return await self._ask("GET", path, None)

    async def post(self, path: str, body: msgspec.Struct, answer: type[T], once: str = "") -> T:
        """Do something; `once` makes repeating it harmless."""
        raw = await self._ask("POST", path, msgspec.json.encode(body), {"Idempotency-Key": once})
        return msgspec.json.decode(raw, type=answer)

    async def upload(self, content: bytes) -> bytes:
        """Hand in a scan."""
        return await self._ask("POST", "/api/v1/parts", content, {"Content-Type": "text/plain"})

    async def _ask(
        self, method: str, path: str, body: bytes | None, extra: dict[str, str] | None = None
    ) -> bytes:
        headers = {"Content-Type": "application/json"} if body is not None else {}
        headers |= {name: value for name, value in (extra or {}).items() if value}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        return await asyncio.to_thread(self._talk, method, quote(path, safe="/?=&"), body, headers)

    def _talk(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> bytes:
        host = urlsplit(self.url)
        connection = http.client.HTTPConnection(
            host.hostname or "", host.port or 80, timeout=SECONDS
        )
        try:
            connection.request(method, path, body=body, headers=headers)
            answer = connection.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise AwayError(f"{self.url}: {error}") from error
        finally:
            connection.close()
        if answer.status >= http.HTTPStatus.BAD_REQUEST:
            raise AnswerError(answer.status, content.decode(errors="replace"))
        return content
