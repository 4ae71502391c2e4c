"""常用语: the page on which somebody keeps his phrases, and those of his department."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from node.cases import phrases
from node.errors import BadInputError
from node.web.chrome import Choice
from node.web.pages_base import UNFIT, Pages, Typed, forms, router_of, see, words_for
from node.web.security import Asked, Desk
from node.web.wording import Words
from schemas.phrases import NewPhrase, Phrase, PhraseOwner


@dataclass(frozen=True, slots=True)
class Kept:
    """One phrase."""

    text: str
    owner: str
    drop: str


@dataclass(frozen=True, slots=True)
class Use:
    """The phrases of one form."""

    name: str
    kept: tuple[Kept, ...]


@dataclass(frozen=True, slots=True)
class PhrasesPage:
    """常用语."""

    uses: tuple[Use, ...]
    choices: tuple[Choice, ...]
    owners: tuple[Choice, ...]
    longest: int
    use: str = ""
    text: str = ""
    owner: str = PhraseOwner.MINE
    errors: Mapping[str, str] = field(default_factory=dict)


@get("/phrases")
async def show_phrases(
    request: Asked, desk: NamedDependency[Desk], pages: NamedDependency[Pages]
) -> Response[str]:
    """Show what he and his department have kept."""
    page = _page(words_for(request), desk, await desk.read(phrases.listing, desk.actor))
    return await pages.show(request, desk, "phrases.html", page)


@post("/phrases", status_code=200)
async def add_phrase(
    request: Asked, desk: NamedDependency[Desk], pages: NamedDependency[Pages]
) -> Response[str] | Redirect:
    """Keep one more."""
    typed, words = await forms(request), words_for(request)
    owner = PhraseOwner.DEPARTMENT if typed.text("owner") == "department" else PhraseOwner.MINE
    new = NewPhrase(use=typed.text("use"), text=typed.text("text"), owner=owner)
    try:
        await desk.run(phrases.add, new)
    except BadInputError as error:
        kept = await desk.read(phrases.listing, desk.actor)
        wrong = {name: words.say(f"phrase.{code}") for name, code in error.fields.items()}
        page = _page(words, desk, kept, typed, wrong)
        return await pages.show(request, desk, "phrases.html", page, status=UNFIT)
    return see("/phrases")


@post("/phrases/{phrase:int}/drop")
async def drop_phrase(
    request: Asked, phrase: FromPath[int], desk: NamedDependency[Desk]
) -> Redirect:
    """Forget one."""
    del request
    await desk.run(phrases.drop, phrase)
    return see("/phrases")


_NOTHING: Final = Typed({})


def _page(
    words: Words,
    desk: Desk,
    kept: tuple[Phrase, ...],
    typed: Typed = _NOTHING,
    errors: Mapping[str, str] | None = None,
) -> PhrasesPage:
    owners = [owner for owner in PhraseOwner if owner is PhraseOwner.MINE or desk.actor.department]
    return PhrasesPage(
        uses=tuple(
            Use(use_words(words, use), tuple(_kept(words, one) for one in kept if one.use == use))
            for use in phrases.USES
            if any(one.use == use for one in kept)
        ),
        choices=tuple(Choice(use, use_words(words, use)) for use in phrases.USES),
        owners=tuple(Choice(owner, words.say(f"phrase.of_{owner}")) for owner in owners),
        longest=phrases.LONGEST,
        use=typed.text("use"),
        text=typed.text("text"),
        owner=typed.text("owner") or PhraseOwner.MINE,
        errors=errors or {},
    )


def use_words(words: Words, use: str) -> str:
    """Name the form that a phrase is for: 审查 · 不予."""
    act = words.say(f"act.{phrases.action_of(use)}")
    if use in ("review", "decide"):
        return f"{act} · {words.say('outcome.granted')}"
    return f"{act} · {words.say('outcome.denied')}" if use.endswith("_denied") else act


def _kept(words: Words, one: Phrase) -> Kept:
    return Kept(one.text, words.say(f"phrase.of_{one.owner}"), f"/phrases/{one.id}/drop")


router: Final = router_of(show_phrases, add_phrase, drop_phrase)
