"""The small site of a first run: served on the node's own address until the node takes over.

Only for whoever sits at this machine, or shows the word that the terminal printed. It works without
script: a page that waits looks again by itself.
"""

import hmac
import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final
from urllib.parse import urlsplit

from litestar import Response, get, post
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.status_codes import HTTP_200_OK, HTTP_403_FORBIDDEN

from node.clock import to_ms
from node.errors import BadInputError
from node.runtime import first_run
from node.runtime.first_run import Setup, Step
from node.staff import model as staff
from node.web import chrome, pages_base
from node.web.chrome import Chrome, Told
from node.web.lean import Router
from node.web.pages_base import TYPE_COOKIE, UNFIT, Typed, forms, see, words_for
from node.web.security import Asked, require_same_site
from node.web.wording import Language, Words

WORD_COOKIE: Final = "zw_setup"
AGAIN_SECONDS: Final = 2  # how soon a page that waits looks again


@dataclass(frozen=True, slots=True)
class SetupPage:
    """One step, as it is shown."""

    step: str
    typed: Typed
    waits_for: str = ""
    seconds: int = 0
    node: str = ""
    name: str = ""
    root: str = ""
    recovery: str = ""
    shortest: int = staff.SHORTEST_PASSWORD
    told: Told | None = None
    is_root: bool = False
    from_above: bool = False
    """Whether its people are opened by the place above."""
    errors: Mapping[str, str] = field(default_factory=dict)


@get("/")
async def show(request: Asked, setup: NamedDependency[Setup]) -> Response[str]:
    """Show the step that is open."""
    if not _is_known(request, setup):
        return _page(request, setup, "word", status=HTTP_403_FORBIDDEN)
    if setup.step is Step.ASK and setup.fault:
        return _page(request, setup, "root" if setup.place else "invitation", _last(setup))
    return _page(request, setup, "choose" if setup.step is Step.ASK else setup.step.value)


@get("/first-run/{form:str}")
async def ask(
    request: Asked, form: FromPath[str], setup: NamedDependency[Setup]
) -> Response[str] | Redirect:
    """Show the form of an invitation, or of the first node."""
    if setup.step is not Step.ASK or form not in _FORMS or not _is_known(request, setup):
        return see("/")
    return _page(request, setup, form)


@post("/first-run/{form:str}", status_code=HTTP_200_OK)
async def take(
    request: Asked, form: FromPath[str], setup: NamedDependency[Setup]
) -> Response[str] | Redirect:
    """Take a step, or show again what was typed and what is wrong with it."""
    require_same_site(request)
    typed = await forms(request)
    if form == "word":
        return _let_in(request, setup, typed)
    if not _is_known(request, setup) or _STEP_OF.get(form) is not setup.step:
        return see("/")  # somebody was quicker, or the page is an old one
    try:
        await _do(setup, form, request, typed)
    except BadInputError as error:
        words = words_for(request)
        errors = {name: words.say(f"first_run.{fault}") for name, fault in error.fields.items()}
        return _page(request, setup, form, typed, errors, status=UNFIT)
    if setup.step is Step.OVER:
        return _page(request, setup, Step.OVER)
    return see("/")


@get("/sign-in")
async def wait(request: Asked, setup: NamedDependency[Setup]) -> Response[str] | Redirect:
    """Answer whoever is quicker than the node that takes over."""
    return _page(request, setup, Step.OVER) if setup.step is Step.OVER else see("/")


_FORMS: Final = ("invitation", "root")
_STEP_OF: Final = {
    "invitation": Step.ASK, "root": Step.ASK, "again": Step.KEEP, "keep": Step.KEEP,
    "person": Step.PERSON,
    "ready": Step.READY,
}  # fmt: skip


async def _do(setup: Setup, form: str, request: Asked, typed: Typed) -> None:
    """Do what a form asks. Raises `BadInputError`."""
    match form:
        case "invitation":
            setup.place = None
            setup.join(first_run.invitation_of(_plain(typed)))
        case "root":
            setup.draw_recovery(first_run.place_of(_plain(typed)))
        case "again":
            setup.draw_back()
        case "keep":
            if not typed.text("kept"):
                raise BadInputError({"kept": "not_kept"})
            setup.begin_root()
        case "person":
            raw = await request.form()
            password, again = str(raw.get("password", "")), str(raw.get("again", ""))
            if password != again:
                raise BadInputError({"again": "differ"})
            await setup.add_person(typed.text("login"), typed.text("name"), password)
        case _:
            setup.finish()


def _plain(typed: Typed) -> dict[str, str]:
    return {name: typed.text(name) for name in typed.values}


def _last(setup: Setup) -> Typed:
    """Give back what was typed before it failed. The code stays: it may be good still."""
    if setup.place is not None:
        one = setup.place
        said = {"node": one.node, "zh": one.names.zh, "en": one.names.en}
    elif setup.invitation is not None:
        invited = setup.invitation
        said = {"address": invited.address, "node": invited.child, "code": invited.code}
    else:
        said = {}
    return Typed({name: (text,) for name, text in said.items()})


def _page(  # what one page is made of
    request: Asked,
    setup: Setup,
    step: str,
    typed: Typed | None = None,
    errors: Mapping[str, str] | None = None,
    *,
    status: int = HTTP_200_OK,
) -> Response[str]:
    words = words_for(request)
    page = SetupPage(step=step, typed=typed or Typed({}), errors=errors or {})
    if step != "word":
        page = _filled(words, setup, page)
    shell = _shell(request, words, setup)
    text = pages_base.draw(words.language, "first_run.html", shell, page)
    headers = {}
    if step == Step.WORK:
        headers["Refresh"] = str(AGAIN_SECONDS)
    elif step == Step.OVER:  # the next request is the node's to answer
        headers = {"Refresh": f"{AGAIN_SECONDS}; url=/sign-in", "Connection": "close"}
    return Response(text, status_code=status, media_type=pages_base.HTML, headers=headers)


def _filled(words: Words, setup: Setup, page: SetupPage) -> SetupPage:
    """Say what this step knows: what failed, what is waited for, what was made."""
    told = None
    if setup.fault and not page.errors:
        fault = f"first_run.fault_{setup.fault}"
        told = Told("stop", words.say(fault), words.say(f"{fault}_text", detail=setup.detail))
    elif abs(setup.drift_ms) > first_run.DRIFT_MS:
        minutes = abs(setup.drift_ms) // chrome.MINUTE_MS
        key = "first_run.clock_fast" if setup.drift_ms > 0 else "first_run.clock_slow"
        told = Told("mind", words.say(key, minutes=minutes), words.say("first_run.clock_way"))
    page = replace(page, told=told, recovery=setup.recovery)
    if setup.step is Step.WORK:
        passed = (_now(setup) - setup.began_ms) // 1000
        where = "" if setup.invitation is None or setup.place else setup.invitation.address
        return replace(page, waits_for=where, seconds=max(0, passed))
    if setup.settings is None:
        return page
    names = setup.settings.names
    return replace(
        page,
        node=setup.settings.node,
        name=words.pick(names.zh, names.en),
        root=setup.settings.root,
        is_root=setup.settings.upstream is None,
        from_above=not first_run.has_own_people(setup.settings.node),
    )


def _now(setup: Setup) -> int:
    return to_ms(setup.clock.wall())


def _shell(request: Asked, words: Words, setup: Setup) -> Chrome:
    other = Language.EN if words.language is Language.ZH else Language.ZH
    large = request.cookies.get(TYPE_COOKIE) == "large"
    return Chrome(
        place=words.say("first_run.place"),
        node="" if setup.settings is None else setup.settings.node,
        now_ms=_now(setup),
        moved=False,
        large=large,
        switch_language=chrome.switch("/", f"/language/{other}"),
        switch_type=chrome.switch("/", "/type/normal" if large else "/type/large"),
    )


# --- who may come


def _is_known(request: Asked, setup: Setup) -> bool:
    """Say whether somebody sits at this machine, or has shown the word."""
    shown = request.cookies.get(WORD_COOKIE, "")
    return _is_here(request) or hmac.compare_digest(shown.encode(), setup.word.encode())


def _is_here(request: Asked) -> bool:
    """Say whether the request comes from this machine, to a name of this machine.

    A page of another site that has its own name lead here is no visitor of ours.
    """
    asked = urlsplit(f"//{request.headers.get('host', '')}").hostname or ""
    caller = request.client.host if request.client else ""
    return _loops(caller) and (asked == "localhost" or _loops(asked))


def _loops(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _let_in(request: Asked, setup: Setup, typed: Typed) -> Response[str] | Redirect:
    said = typed.text("word").upper()
    if not hmac.compare_digest(said.encode(), setup.word.encode()):
        errors = {"word": words_for(request).say("first_run.bad_word")}
        return _page(request, setup, "word", typed, errors, status=HTTP_403_FORBIDDEN)
    answer = see("/")
    answer.set_cookie(
        Cookie(key=WORD_COOKIE, value=setup.word, httponly=True, samesite="strict", path="/")
    )
    return answer


pages: Final = Router("/", route_handlers=[show, ask, take, wait], include_in_schema=False)
