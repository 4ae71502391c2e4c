"""Live pages: tells open pages that a stream has changed, as server-sent events.

A small bounded fan-out. What a subscriber has not read yet is merged, so a slow one costs nothing;
a comment every 15 s keeps proxies from hanging up; all streams end when the node shuts down. A page
may watch one stream, or every stream of a kind (`any_of`): a list then says itself, after a rest,
whether what changed concerns it.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import suppress
from typing import Final

from node.errors import TooBusyError

PING_SECONDS: Final = 15.0  # proxies drop a silent connection after 30 to 60 s
MAX_WATCHERS: Final = 512  # each is an open connection; a county hall has some 200 desks
RETRY_SECONDS: Final = 30  # the page falls back to asking anew
REST_SECONDS: Final = 4.0  # of a list: a busy hall changes something every second
_HELLO: Final = b"retry: 3000\n\n"
_CHANGED: Final = b"event: case\ndata: {}\n\n"
_PING: Final = b": still here\n\n"
_BYE: Final = b"event: bye\ndata: {}\n\n"


def any_of(kind: str) -> str:
    """Name every stream of a kind, for `Live.watch`."""
    return f"{kind}/*"


class _Watcher:
    """One open page: at most one unread change is kept."""

    __slots__ = ("changed",)

    def __init__(self) -> None:
        self.changed = asyncio.Event()


class Live:
    """The open pages of this node, by the name of what they watch."""

    def __init__(self) -> None:
        self._watchers: dict[str, set[_Watcher]] = {}
        self._count = 0
        self._over = False
        self._end = asyncio.Event()

    @property
    def watching(self) -> int:
        """How many pages are open."""
        return self._count

    def publish(self, names: Iterable[str]) -> None:
        """Tell that these have changed. On the event loop, after the commit; never waits."""
        if not self._watchers:
            return
        for name in names:
            for topic in (name, any_of(name.partition("/")[0])):
                for watcher in self._watchers.get(topic, ()):
                    watcher.changed.set()

    def close(self) -> None:
        """End all streams, present and future: the node shuts down."""
        self._over = True
        self._end.set()
        for watchers in self._watchers.values():
            for watcher in watchers:
                watcher.changed.set()

    def watch(
        self,
        name: str,
        *,
        is_stale: Callable[[], Awaitable[bool]] | None = None,
        ping_seconds: float = PING_SECONDS,
    ) -> AsyncIterator[bytes]:
        """Follow `name` as the bytes of an event stream. Raises `TooBusyError` if too many do.

        `is_stale` is asked once the watch stands, so that a change between the drawing of the page
        and now is told too.
        """
        self._require_room()
        return self._follow((name,), is_stale, ping_seconds)

    def watch_list(
        self,
        names: tuple[str, ...],
        *,
        is_stale: Callable[[], Awaitable[bool]],
        rest_seconds: float = REST_SECONDS,
        ping_seconds: float = PING_SECONDS,
    ) -> AsyncIterator[bytes]:
        """Follow all of `names` as a list does: told only what makes it stale, after a rest.

        Raises `TooBusyError` if too many pages watch.
        """
        self._require_room()
        return self._follow(names, is_stale, ping_seconds, rest_seconds)

    def _require_room(self) -> None:
        if self._count >= MAX_WATCHERS:
            raise TooBusyError(RETRY_SECONDS)

    async def _follow(
        self,
        names: tuple[str, ...],
        is_stale: Callable[[], Awaitable[bool]] | None,
        ping_seconds: float,
        rest_seconds: float | None = None,
    ) -> AsyncIterator[bytes]:
        watcher = _Watcher()
        for name in names:
            self._watchers.setdefault(name, set()).add(watcher)
        self._count += 1
        try:
            yield _HELLO
            if is_stale is not None and await is_stale():
                yield _CHANGED
            while not self._over:
                try:
                    async with asyncio.timeout(ping_seconds):
                        await watcher.changed.wait()
                except TimeoutError:
                    yield _PING
                    continue
                if rest_seconds is not None:
                    await self._rest(rest_seconds)
                watcher.changed.clear()
                is_told = rest_seconds is None or await _asked(is_stale)
                if is_told and not self._over:
                    yield _CHANGED
            yield _BYE
        finally:
            self._count -= 1
            for name in names:
                self._forget(name, watcher)

    async def _rest(self, seconds: float) -> None:
        """Let more changes gather; the end of the node ends it."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._end.wait()

    def _forget(self, name: str, watcher: _Watcher) -> None:
        theirs = self._watchers[name]
        theirs.discard(watcher)
        if not theirs:
            del self._watchers[name]


async def _asked(is_stale: Callable[[], Awaitable[bool]] | None) -> bool:
    return is_stale is None or await is_stale()
