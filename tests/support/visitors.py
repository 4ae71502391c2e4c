"""People at the pages of a served node: signed in over HTTP, with the token that forms carry."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Protocol

import httpx

from node.clock import local_day
from node.database import Database
from node.staff import actions as staff
from node.web.security import COOKIE
from node.web.sessions import Begun, Sessions
from node.work import Works
from tests.support.pagenode import PageNode

Typed = Mapping[str, Sequence[str]]
"""What is typed into each field: a text, or the texts of boxes that are ticked."""


@dataclass
class Visitor:
    """One person and his browser's cookies."""

    http: httpx.AsyncClient
    csrf: str

    async def get(self, path: str, *, language: str = "zh-CN") -> httpx.Response:
        return await self.http.get(path, headers={"Accept-Language": language})

    async def page(self, path: str) -> str:
        """Give a page that must be there."""
        answer = await self.get(path)
        assert answer.status_code == 200, (path, answer.status_code, answer.text[:500])
        return answer.text

    async def post(
        self, path: str, typed: Typed | None = None, *, file: tuple[str, bytes] | None = None
    ) -> httpx.Response:
        """Send a form; redirects are not followed."""
        form = {"csrf": self.csrf, **(typed or {})}
        return await self.http.post(path, data=form, files={"file": file} if file else None)

    async def went(self, path: str, typed: Typed | None = None) -> str:
        """Send a form that must be taken; tell where it leads."""
        answer = await self.post(path, typed)
        assert answer.status_code == 303, (path, answer.status_code, answer.text[:3000])
        return answer.headers["location"]


Visitors = Callable[[str], Awaitable[Visitor]]


class Open(Protocol):
    """A node whose store is within reach."""

    @property
    def works(self) -> Works: ...

    @property
    def database(self) -> Database: ...


async def begin_session(county: Open, login: str) -> Begun:
    """Sign somebody in without a password, whose check is slow on purpose."""
    accounts = (await county.works.read(staff.listing)).staff
    account = next(one for one in accounts if one.login == login)
    sessions = Sessions(county.database, county.works.clock)
    today = local_day(county.works.clock.now())
    return await sessions.begin(await county.works.read(staff.actor_on, account, today))


@asynccontextmanager
async def visitors_of(county: PageNode) -> AsyncIterator[Visitors]:
    """Give a function that signs somebody in: `await visitor("editor")`."""
    async with AsyncExitStack() as stack:

        async def sign_in(login: str) -> Visitor:
            begun = await begin_session(county, login)
            cookies = {COOKIE: begun.token}
            http = httpx.AsyncClient(base_url=county.url, cookies=cookies)
            return Visitor(await stack.enter_async_context(http), begun.session.csrf)

        yield sign_in
