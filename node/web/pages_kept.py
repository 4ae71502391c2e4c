"""The page of a form that came too late: what would be sent where, and one button."""

from dataclasses import dataclass
from typing import Final

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect

from node.web import chrome
from node.web.kept_forms import Kept, KeptForms
from node.web.pages_base import Pages, forms, router_of, see, words_for
from node.web.security import Asked, Desk
from node.web.wording import Words


@dataclass(frozen=True, slots=True)
class KeptPage:
    """您刚才填写的内容还在."""

    id: str
    path: str
    place: str
    """The part of the node that it belongs to, in words."""
    at_ms: int
    filled: int
    fields: tuple[tuple[str, str], ...]
    multipart: bool
    had_files: bool
    back: str


@get("/kept")
async def show_kept(
    request: Asked,
    desk: NamedDependency[Desk],
    kept: NamedDependency[KeptForms],
    pages: NamedDependency[Pages],
) -> Response[str] | Redirect:
    """Show whoever is signed in what he typed and could not send; nobody else's."""
    found = await kept.latest(desk.actor.staff)
    if found is None:
        return see("/")
    page = _page(words_for(request), found)
    return await pages.show(request, desk, "kept.html", page)


@post("/kept/discard")
async def discard_kept(
    request: Asked, desk: NamedDependency[Desk], kept: NamedDependency[KeptForms]
) -> Redirect:
    """Throw it away."""
    await kept.drop(desk.actor.staff, (await forms(request)).text("id"))
    return see("/")


def _page(words: Words, kept: Kept) -> KeptPage:
    form = kept.form
    door = chrome.door_of(form.path)
    return KeptPage(
        id=kept.id,
        path=form.path,
        place=words.say(door) if door else "",
        at_ms=kept.at_ms,
        filled=sum(1 for _, value in form.fields if value.strip()),
        fields=form.fields,
        multipart=form.multipart,
        had_files=form.had_files,
        back=form.page if chrome.is_own_path(form.page) else "/",
    )


router: Final = router_of(show_kept, discard_kept)
