"""The API of phrases (常用语): one's own, and those of one's department."""

from typing import Final

from litestar import delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from node.cases import phrases
from node.web.lean import Router
from node.web.security import Desk
from schemas.phrases import NewPhrase, Phrases


@get("/phrases", summary="Phrases of the caller and of his department")
async def list_phrases(desk: NamedDependency[Desk]) -> Phrases:
    """List what the caller is offered beside what comes with the program."""
    return Phrases(phrases=await desk.read(phrases.listing, desk.actor))


@post("/phrases", status_code=200, summary="Keep a phrase")
async def add_phrase(data: JSONBody[NewPhrase], desk: NamedDependency[Desk]) -> Phrases:
    """Keep a phrase for one form; the same one again changes nothing."""
    return Phrases(phrases=await desk.run(phrases.add, data))


@delete("/phrases/{phrase:int}", status_code=200, summary="Forget a phrase")
async def drop_phrase(phrase: FromPath[int], desk: NamedDependency[Desk]) -> Phrases:
    """Forget a phrase of the caller's, or of his department."""
    return Phrases(phrases=await desk.run(phrases.drop, phrase))


router: Final = Router("/", route_handlers=[list_phrases, add_phrase, drop_phrase])
