"""Renders pages: the shell around them, their language, the style sheet, the page of a refusal.

Knows no table. A page has no inline script or style: the policy in the gate's headers forbids them.
"""

import gzip
import hashlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from importlib import resources
from typing import Final
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from litestar import Response, get
from litestar.datastructures import Cookie
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from litestar.status_codes import HTTP_303_SEE_OTHER, HTTP_422_UNPROCESSABLE_ENTITY
from litestar.types import ControllerRouterHandler

from node.clock import Clock, to_ms
from node.errors import NotSignedInError
from node.web import chrome, wording
from node.web.chrome import Chrome, LinkLine, Person
from node.web.lean import Router
from node.web.problems import INTERNAL, URN, Problem
from node.web.security import Asked, Desk
from node.web.wording import WORDS, Language, Words
from schemas.ids import NodeId, level_of
from schemas.levels import Profile
from schemas.nodes import NodeNames

TYPE_COOKIE: Final = "zw_type"
"""The cookie that remembers large type (长者模式)."""
YEAR_SECONDS: Final = 365 * 24 * 3600  # a choice of language or type holds until changed
UNFIT: Final = HTTP_422_UNPROCESSABLE_ENTITY
"""A form that must be corrected is shown again with this status."""
HTML: Final = "text/html; charset=utf-8"
ASSET_TYPES: Final = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8"}


@dataclass(frozen=True, slots=True)
class Asset:
    """A file beside the pages, and its address, which changes with its content."""

    content: bytes
    packed: bytes
    """The same in gzip: a village's line carries a quarter of it."""
    media_type: str
    href: str


def _assets() -> dict[str, Asset]:
    folder = resources.files("node.web") / "static"
    found = {}
    for file in folder.iterdir():
        content = file.read_bytes()
        mark = hashlib.sha256(content).hexdigest()[:8]
        kind = ASSET_TYPES[file.name.rsplit(".", 1)[1]]
        packed = gzip.compress(content, mtime=0)
        found[file.name] = Asset(content, packed, kind, f"/static/{file.name}?v={mark}")
    return found


ASSETS: Final = _assets()


def _environment(words: Words) -> Environment:
    environment = Environment(
        loader=PackageLoader("node.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        t=words.say,
        asset=lambda name: ASSETS[name].href,
        ago=partial(chrome.ago, words),
        when=chrome.when,
        day=chrome.day,
        time=chrome.clock_time,
        weekday=partial(chrome.weekday, words),
        link_words=partial(chrome.link_words, words),
    )
    return environment


ENVIRONMENTS: Final = {language: _environment(words) for language, words in WORDS.items()}


def draw(language: Language, template: str, shell: Chrome, page: object) -> str:
    """Render one page."""
    return ENVIRONMENTS[language].get_template(template).render(chrome=shell, page=page)


@dataclass(frozen=True, slots=True)
class ErrorPage:
    """What was refused, in plain words."""

    title: str
    text: str
    code: str
    back: str
    occurrence: str = ""
    """Names this very occurrence in the node's log."""


class Pages:
    """The pages of this node: knows its name, its clock and its line."""

    def __init__(
        self,
        *,
        node: NodeId,
        names: NodeNames,
        profile: Profile,
        clock: Clock,
        link_line: Callable[[], Awaitable[LinkLine]],
    ) -> None:
        self.node = node
        self.level = level_of(node)
        self.names = names
        self.profile = profile
        self.clock = clock
        self.link_line = link_line

    @property
    def now_ms(self) -> int:
        """The node's time."""
        return to_ms(self.clock.now())

    @property
    def wall_ms(self) -> int:
        """The time of the world outside, whatever a training clock says."""
        return to_ms(self.clock.wall())

    async def show(
        self, request: Asked, desk: Desk | None, template: str, page: object, *, status: int = 200
    ) -> Response[str]:
        """Answer with a page in the language of whoever asks."""
        link = None if desk is None else await self.link_line()
        return self._answer(request, template, page, self._shell(request, desk, link), status)

    def error_page(self, request: Asked, problem: Problem) -> Response[bytes]:
        """Answer a refusal with its page; whoever is not signed in is sent to do so and comes back.

        The page has no navigation: nobody may be signed in.
        """
        code = problem.type.removeprefix(URN)
        if code == NOT_SIGNED_IN:
            return _to_sign_in(request)
        if code in _DETOURS:
            return _to(_DETOURS[code])
        words = words_for(request)
        word = _REFUSALS.get(code, "failed" if problem.status >= INTERNAL else "bad_input")
        page = ErrorPage(
            title=words.say(f"error.{word}"),
            text=words.say(f"error.{word}_text"),
            code=code,
            occurrence=problem.instance,
            back=_came_from(request),
        )
        shell = self._shell(request, None, None)
        text = draw(words.language, "error.html", shell, page)
        headers = {}
        if problem.retry_after_seconds is not None:
            headers["Retry-After"] = str(problem.retry_after_seconds)
        return Response(text.encode(), status_code=problem.status, media_type=HTML, headers=headers)

    def _answer(
        self, request: Asked, template: str, page: object, shell: Chrome, status: int
    ) -> Response[str]:
        text = draw(words_for(request).language, template, shell, page)
        return Response(text, status_code=status, media_type=HTML)

    def _shell(self, request: Asked, desk: Desk | None, link: LinkLine | None) -> Chrome:
        words = words_for(request)
        back = request.url.path if request.method == "GET" else _came_from(request)
        other = Language.EN if words.language is Language.ZH else Language.ZH
        large = request.cookies.get(TYPE_COOKIE) == "large"
        title = words.pick(self.profile.title, self.profile.title_en)
        shell = Chrome(
            place=chrome.place_name(words, self.names, title),
            node=self.node,
            now_ms=self.now_ms,
            moved=bool(self.clock.offset),
            large=large,
            switch_language=chrome.switch(back, f"/language/{other}"),
            switch_type=chrome.switch(back, "/type/normal" if large else "/type/large"),
        )
        if desk is None or link is None:
            return shell
        return _with_person(shell, desk, link, self._nav(desk, request.url.path), words)

    def _nav(self, desk: Desk, path: str) -> tuple[chrome.NavEntry, ...]:
        if desk.needs is not None:
            return ()  # these doors are shut until he has done what comes first
        return chrome.nav_for(desk.actor.roles, self.profile.capabilities, path)


def _with_person(
    shell: Chrome, desk: Desk, link: LinkLine, nav: tuple[chrome.NavEntry, ...], words: Words
) -> Chrome:
    return Chrome(
        place=shell.place,
        node=shell.node,
        now_ms=shell.now_ms,
        moved=shell.moved,
        large=shell.large,
        switch_language=shell.switch_language,
        switch_type=shell.switch_type,
        nav=nav,
        link=link,
        person=Person(desk.actor.name, chrome.posts(words, desk.actor.roles)),
        csrf=desk.session.csrf,
        covers=desk.actor.covers,
    )


def words_for(request: Asked) -> Words:
    """Choose the language of whoever asks."""
    asked = request.headers.get("accept-language", "")
    return WORDS[wording.choose(request.cookies.get(wording.COOKIE), asked)]


@dataclass(frozen=True, slots=True)
class Typed:
    """What a form brought: texts without stray spaces."""

    values: Mapping[str, tuple[str, ...]]

    def text(self, name: str) -> str:
        """Give the first value of a field; empty if the form has no such field."""
        return next(iter(self.values.get(name, ())), "")

    def texts(self, name: str) -> tuple[str, ...]:
        """Give all values of a field (check boxes)."""
        return self.values.get(name, ())


async def forms(request: Asked) -> Typed:
    """Read the text fields of the form that was sent."""
    values: dict[str, tuple[str, ...]] = {}
    for name, value in (await request.form()).multi_items():
        if isinstance(value, str):
            values[name] = (*values.get(name, ()), value.strip())
    return Typed(values)


def see(path: str) -> Redirect:
    """Send the browser to another page with GET, after something was done."""
    return Redirect(path, status_code=HTTP_303_SEE_OTHER)


NOT_SIGNED_IN: Final = NotSignedInError.code
_REFUSALS: Final[Mapping[str, str]] = {
    "not-found": "not_found",
    "method-not-allowed": "not_found",
    "not-allowed": "not_allowed",
    "forged-request": "csrf",
    "other-hands": "other_hands",
    "action-not-open": "not_open",
    "already-done": "not_open",
    "step-not-open": "step_not_open",
    "task-not-open": "not_open",
    "order-not-open": "not_open",
    "redress-not-open": "not_open",
    "not-holding": "not_open",
    "recovering": "recovering",
    "suspended": "suspended",
    "too-large": "too_large",
    "too-busy": "busy",
    "locked-out": "busy",
    "storage-full": "full",
    "no-pdf-engine": "no_pdf",
}
"""Which sentences answer which problem; what is not here is bad input, or our own fault."""


_DETOURS: Final[Mapping[str, str]] = {
    "form-kept": "/kept",
    "second-factor-unset": "/second-factor",
    "password-change-needed": "/password",
}
"""Refusals that are no page but another door: what must be done first, and then one goes on."""


def _to(path: str) -> Response[bytes]:
    return Response(b"", status_code=HTTP_303_SEE_OTHER, headers={"Location": path})


def _to_sign_in(request: Asked) -> Response[bytes]:
    path = request.url.path if request.method == "GET" else "/"
    to = "/sign-in" if path == "/" else f"/sign-in?next={quote(path)}"
    return _to(to)


def _came_from(request: Asked) -> str:
    """The page that this request was made from: another one of ours, or the home page."""
    sent = request.headers.get("referer", "")
    base = str(request.base_url).rstrip("/")
    path = sent.removeprefix(base)
    ours = sent.startswith(base) and chrome.is_own_path(path)
    return path if ours and path != request.url.path else "/"


def router_of(*handlers: ControllerRouterHandler) -> Router:
    """Make a router of pages: people's doors, not part of the API's description."""
    return Router(path="/", route_handlers=list(handlers), include_in_schema=False)


@get("/static/{name:str}", sync_to_thread=False)
def static_file(name: FromPath[str], request: Asked) -> Response[bytes]:
    """Give the style sheet or the script, to keep: the address changes with the content.

    Packed for whoever reads gzip: these files hold nobody's secret, unlike pages.
    """
    asset = ASSETS.get(name)
    if asset is None:
        return Response(b"", status_code=404, media_type="text/plain")
    keep = {
        "Cache-Control": f"public, max-age={YEAR_SECONDS}, immutable",
        "Vary": "Accept-Encoding",
    }
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return Response(asset.content, media_type=asset.media_type, headers=keep)
    packed = {**keep, "Content-Encoding": "gzip"}
    return Response(asset.packed, media_type=asset.media_type, headers=packed)


@get("/language/{language:str}", sync_to_thread=False)
def choose_language(language: FromPath[str], back: FromQuery[str] = "/") -> Redirect:
    """Remember the language and go back."""
    return _remember(wording.COOKIE, language, back, known=tuple(Language))


@get("/type/{size:str}", sync_to_thread=False)
def choose_type(size: FromPath[str], back: FromQuery[str] = "/") -> Redirect:
    """Remember the type size and go back."""
    return _remember(TYPE_COOKIE, size, back, known=("large", "normal"))


def _remember(key: str, value: str, back: str, *, known: tuple[str, ...]) -> Redirect:
    answer = see(back if chrome.is_own_path(back) else "/")
    if value in known:
        answer.set_cookie(Cookie(key=key, value=value, max_age=YEAR_SECONDS, samesite="lax"))
    return answer


router: Final = router_of(static_file, choose_language, choose_type)
