"""文书文本: where an operator edits what notices say, with a preview on a made-up case."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.status_codes import HTTP_200_OK

from node.database import Tx
from node.errors import NotFoundError
from node.notices import actions, page_notices, placeholders, reading, template
from node.notices import wording as flaws
from node.notices.office import HTML, Office
from node.notices.page_notices import FRAMED
from node.notices.template import FlawedTextError
from node.staff import actions as staff
from node.web.chrome import Fact, Told
from node.web.pages_base import UNFIT, Pages, forms, router_of, see, words_for
from node.web.security import Asked, Desk
from node.web.wording import Words
from schemas.notices import NoticeKind


@dataclass(frozen=True, slots=True)
class TextLine:
    """One kind of notice and its text."""

    kind: NoticeKind
    title: str
    changed_ms: int | None
    """When it was changed here; `None`: as it came."""


@dataclass(frozen=True, slots=True)
class TextsPage:
    """All kinds."""

    lines: tuple[TextLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TextPage:
    """The text of one kind."""

    kind: NoticeKind
    title: str
    text: str
    changed: bool
    needed: tuple[str, ...]
    facts: tuple[Fact, ...]
    tables: tuple[Fact, ...]
    errors: Mapping[str, str]
    wrong: tuple[str, ...] = ()
    told: Told | None = None


@get("/notices/templates")
async def list_texts(
    request: Asked, desk: NamedDependency[Desk], pages: NamedDependency[Pages]
) -> Response[str]:
    """List the kinds of notices, and whose text each has."""
    staff.require_operator(desk.actor)
    page = await desk.read(_texts_page, words_for(request))
    return await pages.show(request, desk, "notice_texts.html", page)


def _texts_page(tx: Tx, words: Words) -> TextsPage:
    changed = reading.changed_texts(tx)
    return TextsPage(
        tuple(
            TextLine(kind, page_notices.title_of(words, kind), changed.get(kind))
            for kind in NoticeKind
        )
    )


_DONE: Final = {"saved": "notices.text_saved", "reset": "notices.text_reset_done"}


@get("/notices/templates/{kind:str}")
async def show_text(
    request: Asked,
    kind: FromPath[str],
    desk: NamedDependency[Desk],
    pages: NamedDependency[Pages],
) -> Response[str]:
    """Show the text of a kind, to be edited."""
    page = await _page(request, desk, _kind(kind))
    word = _DONE.get(request.query_params.get("done", ""))
    if word is not None:
        page = replace(page, told=Told("done", words_for(request).say(word)))
    return await pages.show(request, desk, "notice_text.html", page)


@post("/notices/templates/{kind:str}", status_code=HTTP_200_OK)
async def save_text(
    request: Asked,
    kind: FromPath[str],
    desk: NamedDependency[Desk],
    pages: NamedDependency[Pages],
) -> Response[str] | Redirect:
    """Use another text from now on; a flawed one is shown again, and the old one stays."""
    chosen, typed = _kind(kind), await forms(request)
    staff.require_operator(desk.actor)
    text = typed.text("text").replace("\r\n", "\n")
    try:
        template.read(chosen, text)
    except FlawedTextError as error:
        page = _wrong(words_for(request), await _page(request, desk, chosen), text, error)
        return await pages.show(request, desk, "notice_text.html", page, status=UNFIT)
    await desk.run(actions.put_text, chosen, text)
    return see(f"/notices/templates/{chosen}?done=saved")


@post("/notices/templates/{kind:str}/reset", status_code=HTTP_200_OK)
async def reset_text(kind: FromPath[str], desk: NamedDependency[Desk]) -> Redirect:
    """Go back to the text that came with the program."""
    chosen = _kind(kind)
    await desk.run(actions.reset_text, chosen)
    return see(f"/notices/templates/{chosen}?done=reset")


@get("/notices/templates/{kind:str}/preview")
async def preview(
    kind: FromPath[str],
    desk: NamedDependency[Desk],
    notice_office: NamedDependency[Office],
) -> Response[bytes]:
    """Draw the text in use for a made-up case."""
    staff.require_operator(desk.actor)
    chosen = _kind(kind)
    text = await desk.read(reading.text_of, chosen)
    return _drawn(notice_office, chosen, text)


@post("/notices/templates/{kind:str}/preview", status_code=HTTP_200_OK)
async def preview_typed(
    request: Asked,
    kind: FromPath[str],
    desk: NamedDependency[Desk],
    notice_office: NamedDependency[Office],
    pages: NamedDependency[Pages],
) -> Response[bytes] | Response[str]:
    """Draw the text that was typed for a made-up case; saves nothing."""
    staff.require_operator(desk.actor)
    chosen, typed = _kind(kind), await forms(request)
    text = typed.text("text").replace("\r\n", "\n")
    try:
        return _drawn(notice_office, chosen, text)
    except FlawedTextError as error:
        page = _wrong(words_for(request), await _page(request, desk, chosen), text, error)
        return await pages.show(request, desk, "notice_text.html", page, status=UNFIT)


def _drawn(printing: Office, kind: NoticeKind, text: str) -> Response[bytes]:
    page = printing.preview(kind, template.read(kind, text))
    return Response(page, media_type=f"{HTML}; charset=utf-8", headers=FRAMED)


def _kind(name: str) -> NoticeKind:
    if name not in tuple(NoticeKind):
        raise NotFoundError(f"notice kind {name}")
    return NoticeKind(name)


async def _page(request: Asked, desk: Desk, kind: NoticeKind) -> TextPage:
    staff.require_operator(desk.actor)
    return await desk.read(_text_page, words_for(request), kind)


def _text_page(tx: Tx, words: Words, kind: NoticeKind) -> TextPage:
    return TextPage(
        kind=kind,
        title=page_notices.title_of(words, kind),
        text=reading.text_of(tx, kind),
        changed=kind in reading.changed_texts(tx),
        needed=tuple(sorted(placeholders.NEEDED.get(kind, frozenset()))),
        facts=tuple(Fact(name, said) for name, said in placeholders.WORDS.items()),
        tables=tuple(Fact(name, said) for name, said in placeholders.TABLES.items()),
        errors={},
    )


def _wrong(words: Words, page: TextPage, text: str, error: FlawedTextError) -> TextPage:
    said = tuple(flaws.sentence_in(words.language, flaw) for flaw in error.flaws)
    return replace(page, text=text, wrong=said, errors={"text": words.say("notices.text_wrong")})


router: Final = router_of(list_texts, show_text, save_text, reset_text, preview, preview_typed)
