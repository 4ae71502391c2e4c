"""The API of cases that reads: the lists, one case, its proof, its papers, its live changes."""

import asyncio
from typing import Annotated, Final

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.response import Stream

from federation import proof
from federation.partstore import KeptPart
from node.cases import answers, model, person_views, reading
from node.cases.counter import Counter
from node.cases.store import Reader
from node.database import Tx
from node.errors import NotAllowedError, NotFoundError
from node.parts.model import shown_as
from node.web.lean import Router
from node.work import Work
from schemas.cases_api import CaseDetail, CasePage
from schemas.ids import EventHash, PartDigest
from schemas.proofs import ProofFile

MAX_QUERY: Final = 64  # characters: longer than any name or number
LIVE: Final = "text/event-stream"

Words = Annotated[str, QueryParameter(max_length=MAX_QUERY)]
"""A number's beginning, an applicant's exact name, ID or phone, or words of an item's name."""


@get("/cases", summary="What waits for the caller; with `all` or `q`, what he may see")
async def list_cases(
    counter: NamedDependency[Counter],
    q: Words = "",
    all: FromQuery[bool] = False,  # noqa: A002, FBT002  # query parameters, always named
    after: FromQuery[str | None] = None,
) -> CasePage:
    """List cases, fifty at a time; hand `next` back as `after` for more."""
    if q or all:
        return await counter.desk.read(reading.search, counter.seeker, q, after=after)
    return await counter.desk.read(reading.inbox, counter.seeker, after=after)


@get("/cases/{number:str}", summary="One case, whole, but for what its papers say")
async def show_case(number: FromPath[str], counter: NamedDependency[Counter]) -> CaseDetail:
    """Show a case to whoever may see it."""
    return await counter.desk.read(
        answers.detail, counter.reader, counter.desk.actor, counter.preparing.register, number
    )


@get("/cases/{number:str}/proof", summary="Its proof file: checks with the root fingerprint")
async def show_proof(
    number: FromPath[str], counter: NamedDependency[Counter]
) -> Response[ProofFile]:
    """Give all envelopes of the case and of the node records behind its keys."""
    root = counter.desk.works.ledger.root
    found = await counter.desk.read(_proof, counter.reader, root, number)
    name = f'attachment; filename="{number}.proof"'
    return Response(found, headers={"Content-Disposition": name})


def _proof(tx: Tx, reader: Reader, root: EventHash, number: str) -> ProofFile:
    view = reading.case(tx, reader, number)
    found = proof.gather(tx, root, view.stream)
    if found is None:
        raise NotFoundError(f"case {number}")
    return found


@get("/cases/{number:str}/live", summary="Server-sent events: `case` whenever the case has moved")
async def follow_case(
    number: FromPath[str], counter: NamedDependency[Counter], seen: FromQuery[int | None] = None
) -> Stream:
    """Tell when the case moves on from `seen`; the events carry nothing, ask anew for the case."""
    view = await counter.desk.read(reading.case, counter.reader, number)

    async def is_stale() -> bool:
        fresh = await counter.desk.read(reading.case, counter.reader, number)
        return seen is not None and fresh.seq != seen

    pages = counter.live.watch(view.stream, is_stale=is_stale)
    return Stream(pages, media_type=LIVE, headers={"X-Accel-Buffering": "no"})


@get("/cases/{number:str}/parts/{digest:str}", summary="One of its papers, for those who handle it")
async def show_part(
    number: FromPath[str], digest: FromPath[str], counter: NamedDependency[Counter]
) -> Response[bytes]:
    """Give a paper as it was scanned. Raises `NotAllowedError` for those who only watch."""
    if not model.sees_names(counter.desk.actor.roles):
        raise NotAllowedError("papers are for those who handle the case")
    kept = await counter.desk.run(_part, counter.reader, number, PartDigest(digest))
    part = await asyncio.to_thread(counter.preparing.store.load, kept)
    media, headers = shown_as(part.media)
    return Response(part.content, media_type=media, headers=headers)


def _part(work: Work, reader: Reader, number: str, digest: PartDigest) -> KeptPart:
    view = reading.case(work.tx, reader, number)
    kept = reading.paper(work.tx, view.stream, digest, reader.me)
    person_views.note(work, view.stream, person_views.SCAN)
    return kept


router: Final = Router(
    "/", route_handlers=[list_cases, show_case, show_proof, follow_case, show_part]
)
