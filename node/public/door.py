"""The door for people who have not signed in: how many may come, how much each may bring.

Everything is counted in memory, of this process, and forgotten with it; nobody's address is kept
longer than it counts, or told. Whoever shows a wrong query code too often waits, right number or
not, so that nobody learns from it which numbers there are.
"""

import asyncio
import time
from collections import Counter, OrderedDict
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Final, TypeVar

import msgspec
from litestar.exceptions import ClientException

from node.errors import LockedOutError, TooBusyError
from node.web.security import Asked
from node.web.turnstile import Turnstile

F = TypeVar("F")

MAX_SENT_BYTES: Final = 8 << 20  # two dozen photos of a phone, shrunk; a thick file goes by window
APPLIED_A_MINUTE: Final = 12  # of one address: a household, or a shop that helps its customers
APPLIED_IN_ALL: Final = 120  # a minute: more than a county's people send, less than its disk minds
TRACKED_A_MINUTE: Final = 30  # of one address: a hall's screen, a village's one line
TRACKED_IN_ALL: Final = 1200  # a minute: each costs a read of a few rows
READ_AT_ONCE: Final = 8  # each may hold its 8 MiB twice over
READ_AT_ONCE_EACH: Final = 2  # of one address: a slow sender fills no other's place
RETRY_SECONDS: Final = 5
READ_SECONDS: Final = 180  # a line of 64 kbit/s brings a form and two photos in it
MOST_WRONG: Final = 10  # of a million codes: guessing one takes years
WRONG_SECONDS: Final = 3600.0
LONGEST_NUMBER: Final = 64  # characters: no number is longer
MOST_NUMBERS: Final = 10_000  # numbers with wrong codes that are remembered

Monotonic = Callable[[], float]


class Guesses:
    """Counts wrong query codes per number; ten within an hour shut it for the rest of the hour."""

    def __init__(self, monotonic: Monotonic = time.monotonic) -> None:
        self._monotonic = monotonic
        self._wrong: OrderedDict[str, tuple[int, float]] = OrderedDict()

    def __len__(self) -> int:
        """Tell how many numbers are remembered."""
        return len(self._wrong)

    @contextmanager
    def one(self, number: str) -> Iterator[None]:
        """Let the block judge a try: counted before, for many come at once; uncounted if right.

        Raises `LockedOutError`.
        """
        named = number.strip().upper()[:LONGEST_NUMBER]
        self._count(named)
        yield
        self._uncount(named)

    def _count(self, number: str) -> None:
        now = self._monotonic()
        wrong, since = self._wrong.get(number, (0, now))
        if now - since >= WRONG_SECONDS:
            wrong, since = 0, now
        if wrong >= MOST_WRONG:
            raise LockedOutError(max(1, round(since + WRONG_SECONDS - now)))
        self._wrong[number] = (wrong + 1, since)
        if len(self._wrong) > MOST_NUMBERS:
            self._wrong.popitem(last=False)

    def _uncount(self, number: str) -> None:
        """Wrong ones that somebody else made stay counted."""
        wrong, since = self._wrong.pop(number, (0, 0.0))
        if wrong > 1:
            self._wrong[number] = (wrong - 1, since)


class PublicDoor:
    """Lets people in."""

    def __init__(self, monotonic: Monotonic = time.monotonic) -> None:
        self.guesses = Guesses(monotonic)
        self._applying = _Gates(APPLIED_A_MINUTE, APPLIED_IN_ALL, monotonic)
        self._tracking = _Gates(TRACKED_A_MINUTE, TRACKED_IN_ALL, monotonic)
        self.reading = 0
        """How many large forms are being read or taken."""
        self._reading_of: Counter[str] = Counter()

    def let_in_to_track(self, request: Asked) -> None:
        """Pass, or raise `TooBusyError`."""
        self._tracking.let_in(request)

    def let_in_to_write(self, request: Asked) -> None:
        """Pass with a small form that is kept, or raise `TooBusyError`."""
        self._applying.let_in(request)

    @asynccontextmanager
    async def receiving(self, request: Asked, form: type[F]) -> AsyncIterator[F]:
        """Let somebody in with a large form, read it, and hold his place until he is served.

        Raises `TooBusyError`, and what Litestar raises for bodies that are too large or no form.
        """
        self._applying.let_in(request)
        address = request.client.host if request.client else ""
        if self.reading >= READ_AT_ONCE or self._reading_of[address] >= READ_AT_ONCE_EACH:
            raise TooBusyError(RETRY_SECONDS)
        self.reading += 1
        self._reading_of[address] += 1
        try:
            yield await _read(request, form)
        finally:
            self.reading -= 1
            self._reading_of[address] -= 1
            self._reading_of += Counter()  # forgets whoever has nothing under way


class _Gates:
    """Counts of each address, and of all together."""

    def __init__(self, a_minute: int, in_all: int, monotonic: Monotonic) -> None:
        self._each = Turnstile(a_minute, monotonic=monotonic)
        self._all = Turnstile(in_all, monotonic=monotonic)

    def let_in(self, request: Asked) -> None:
        self._each.let_in(request)
        self._all.count("")


async def _read(request: Asked, form: type[F]) -> F:
    if request.content_type[0] != "application/json":
        raise ClientException("JSON is taken here", status_code=415)
    try:
        async with asyncio.timeout(READ_SECONDS):
            content = await request.body()
    except TimeoutError:
        raise ClientException(f"it did not come within {READ_SECONDS} s") from None
    try:
        return msgspec.json.decode(content, type=form)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise ClientException(str(error)) from None
