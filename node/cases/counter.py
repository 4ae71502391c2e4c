"""The counter (柜台): what the API of cases needs of one request, and the slow part before a Work.

Names, papers and free text are parts. Each is encrypted into a durable file, in a thread, *before*
the Work that makes it count; if the Work refuses, it is removed at once, and whatever else may
happen leaves it to the part store's sweep.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Concatenate, Final, ParamSpec, TypeVar

from federation.errors import FederationError
from federation.parts import salted
from federation.partstore import PartStore, PreparedPart
from node.applicants.actions import Register
from node.cases import actions, clocks, reading, receiving
from node.cases.applying import Paper
from node.cases.page_looker import NO_PANELS, Looker, Panels
from node.cases.reading import Seeker
from node.cases.receiving import Intake
from node.cases.store import Reader
from node.errors import BadInputError, NodeError, StorageFullError
from node.web.live import Live
from node.web.security import Asked, Desk, Doorkeeper
from node.web.wording import Words
from schemas.cases_api import DeliverCase
from schemas.parts import Person

P = ParamSpec("P")
T = TypeVar("T")

Papers = tuple[Paper, ...]

MAX_TEXT: Final = 4000  # characters of an opinion or a notice: two pages


class Preparing:
    """Makes parts ready for a Work."""

    def __init__(self, store: PartStore, register: Register) -> None:
        self.store = store
        self.register = register

    @asynccontextmanager
    async def intake(self, person: Person) -> AsyncIterator[Intake]:
        """Make an applicant, in normal form, ready. Raises `StorageFullError`."""
        ready = await self._in_a_thread(receiving.make_intake, self.register, person)
        async with self._kept_or_removed(ready.applicant):
            yield ready

    @asynccontextmanager
    async def text(self, field: str, text: str) -> AsyncIterator[PreparedPart | None]:
        """Make free text ready, if there is any.

        Raises `BadInputError`, `StorageFullError`.
        """
        plain = text.strip()
        if len(plain) > MAX_TEXT:
            raise BadInputError({field: "too_long"})
        part = await self._in_a_thread(actions.make_text, plain) if plain else None
        if part is None:
            yield None
            return
        async with self._kept_or_removed(part):
            yield part

    @asynccontextmanager
    async def receipt(self, form: DeliverCase) -> AsyncIterator[PreparedPart | None]:
        """Make ready who took the result, if that is said. Raises `StorageFullError`."""
        part = await self._in_a_thread(actions.make_receipt, form)
        if part is None:
            yield None
            return
        async with self._kept_or_removed(part):
            yield part

    @asynccontextmanager
    async def papers(self, sent: Iterable[tuple[str, bytes, str]]) -> AsyncIterator[Papers]:
        """Make the pages of papers ready: each a material's code, its bytes and their media type.

        Raises `StorageFullError`.
        """
        made: dict[str, tuple[PreparedPart, ...]] = {}
        try:
            for code, content, media in sent:
                part = await self._in_a_thread(_make_page, content, media)
                made[code] = (*made.get(code, ()), part)
            yield tuple(Paper(code, scans) for code, scans in made.items())
        except (NodeError, FederationError):
            for part in (part for scans in made.values() for part in scans):
                await asyncio.to_thread(self.store.remove, part.file)
            raise

    @asynccontextmanager
    async def _kept_or_removed(self, part: PreparedPart) -> AsyncIterator[None]:
        try:
            yield
        except (NodeError, FederationError):  # the Work refused: it was rolled back for certain
            await asyncio.to_thread(self.store.remove, part.file)
            raise

    async def _in_a_thread(
        self, make: Callable[Concatenate[PartStore, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        try:
            return await asyncio.to_thread(make, self.store, *args, **kwargs)
        except OSError as error:
            raise StorageFullError(str(error)) from error


def _make_page(store: PartStore, content: bytes, media: str) -> PreparedPart:
    return store.prepare(salted(media, content))


@dataclass(frozen=True, slots=True)
class Counter:
    """One person's request about cases."""

    desk: Desk
    preparing: Preparing
    live: Live
    panels: Panels = NO_PANELS
    """What other capabilities show on the page of a case."""

    @property
    def reader(self) -> Reader:
        """What this person may read."""
        works = self.desk.works
        return reading.reader_of(works.ledger.me, works.profile, self.desk.actor)

    @property
    def seeker(self) -> Seeker:
        """Who looks through lists here, and when."""
        now = self.desk.works.now_ms
        roles, register = self.desk.actor.roles, self.preparing.register
        thresholds = self.panels.thresholds
        return Seeker(self.reader, roles, register, clocks.day_of(now), now, thresholds)

    def looker(self, words: Words) -> Looker:
        """Who looks at pages here, in whose language."""
        works, preparing = self.desk.works, self.preparing
        return Looker(
            me=works.ledger.me,
            profile=works.profile,
            actor=self.desk.actor,
            register=preparing.register,
            parts=preparing.store,
            words=words,
            today=clocks.day_of(works.now_ms),
        )


class Counters:
    """Gives each request its counter: one dependency instead of three, for they cost."""

    def __init__(
        self, doorkeeper: Doorkeeper, preparing: Preparing, live: Live, panels: Panels = NO_PANELS
    ) -> None:
        self._doorkeeper = doorkeeper
        self._preparing = preparing
        self._live = live
        self._panels = panels

    async def counter(self, request: Asked) -> Counter:
        """Raises `NotSignedInError`, `ForgedRequestError`."""
        desk = await self._doorkeeper.desk(request)
        return Counter(desk, self._preparing, self._live, self._panels)
