"""The pages of signing in and out, and of one's own password."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery
from litestar.response import Redirect
from litestar.status_codes import HTTP_200_OK, HTTP_401_UNAUTHORIZED, HTTP_429_TOO_MANY_REQUESTS

from node.errors import BadInputError, LockedOutError, SignInFailedError
from node.staff import actions, model
from node.staff.signing_in import Reception, SignedInNow
from node.web import security
from node.web.chrome import Told, is_own_path, quoted
from node.web.kept_forms import KeptForms
from node.web.pages_base import UNFIT, Pages, forms, router_of, see, words_for
from node.web.security import Asked, Desk
from node.web.sessions import Need
from node.web.wording import Words
from node.work import Works
from schemas.staff import PasswordChange, Role

MINUTE_SECONDS: Final = 60
KEPT: Final = "/kept"
"""Where a form waits that came too late (`node.web.pages_kept`)."""


@dataclass(frozen=True, slots=True)
class SignInPage:
    """登录."""

    next: str
    login: str = ""
    told: Told | None = None
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PasswordPage:
    """修改密码."""

    shortest: int = model.SHORTEST_PASSWORD
    told: Told | None = None
    errors: Mapping[str, str] = field(default_factory=dict)


def own(path: str) -> str:
    """Give an address that leads to this node: itself, or the first page."""
    return path if is_own_path(path) else "/"


@get("/sign-in")
async def sign_in_form(
    request: Asked,
    visitor: NamedDependency[Desk | None],
    pages: NamedDependency[Pages],
    works: NamedDependency[Works],
    next: FromQuery[str] = "/",  # noqa: A002  # the query's own word
    out: FromQuery[bool] = False,  # noqa: FBT002  # a query parameter, always named
) -> Response[str] | Redirect:
    """Ask who it is; whoever is signed in already goes on."""
    if visitor is not None:
        return see(own(next))
    words = words_for(request)
    told = None
    if out:
        told = Told("done", words.say("sign_in.out"))
    elif next == KEPT:
        told = Told("mind", words.say("sign_in.kept"), words.say("sign_in.kept_text"))
    elif next != "/":
        told = Told("", words.say("sign_in.needed"))
    if not await works.read(actions.is_anybody_here):
        told = _nobody(words, pages)
    return await pages.show(request, None, "sign_in.html", SignInPage(own(next), told=told))


def _nobody(words: Words, pages: Pages) -> Told:
    """Say who opens the first account: a village's people come from above."""
    from_above = Role.SECURITY not in pages.profile.roles
    text = words.say("first_run.nobody_text" if from_above else "first_run.nobody_own_text")
    return Told("mind", words.say("first_run.nobody"), text)


@post("/sign-in", status_code=HTTP_200_OK)
async def sign_in(
    request: Asked,
    reception: NamedDependency[Reception],
    kept: NamedDependency[KeptForms],
    pages: NamedDependency[Pages],
) -> Response[str] | Redirect:
    """Begin a session and go where the person wanted: on this PC nobody else stays signed in."""
    security.require_same_site(request)
    typed = await forms(request)
    raw = await request.form()
    words = words_for(request)
    to = own(typed.text("next"))
    try:
        now = await reception.greet(
            typed.text("login"), str(raw.get("password", "")), origin=security.origin_of(request)
        )
    except SignInFailedError:
        status, why = HTTP_401_UNAUTHORIZED, words.say("sign_in.wrong")
    except LockedOutError as error:
        minutes = -(-error.retry_after_seconds // MINUTE_SECONDS)
        status, why = HTTP_429_TOO_MANY_REQUESTS, words.say("sign_in.wait", minutes=minutes)
    else:
        await _end_the_last(request, reception)
        return with_cookie(request, see(await _onward(now, kept, to)), now)
    page = SignInPage(to, typed.text("login"), errors={"login": why})
    return await pages.show(request, None, "sign_in.html", page, status=status)


async def _end_the_last(request: Asked, reception: Reception) -> None:
    before = await reception.sessions.find(security.token_of(request))
    if before is not None:
        await reception.sign_out(before)


async def _onward(now: SignedInNow, kept: KeptForms, to: str) -> str:
    """Say where somebody goes: his code first, then what he typed before, then where he wanted."""
    if now.begun.session.needs is Need.CODE:
        return f"/second-factor?next={quoted(to)}"
    return await after(now, kept, to)


async def after(now: SignedInNow, kept: KeptForms, to: str) -> str:
    """Say where somebody goes whose session counts."""
    if now.begun.session.needs is Need.PASSWORD:
        return "/password"
    has_kept = await kept.latest(now.account.id) is not None
    if to in {"/", KEPT}:
        return KEPT if has_kept else "/"
    return to


def with_cookie(request: Asked, answer: Redirect, now: SignedInNow) -> Redirect:
    """Let the browser carry the new session."""
    answer.set_cookie(security.cookie_for(request, now.begun.token))
    return answer


@post("/sign-out")
async def sign_out(
    request: Asked, desk: NamedDependency[Desk], reception: NamedDependency[Reception]
) -> Redirect:
    """End the session."""
    await reception.sign_out(desk.session)
    answer = see("/sign-in?out=true")
    answer.set_cookie(security.no_cookie(secure=request.url.scheme == "https"))
    return answer


@get("/password")
async def password_form(
    request: Asked,
    desk: NamedDependency[Desk],
    pages: NamedDependency[Pages],
    done: FromQuery[bool] = False,  # noqa: FBT002  # a query parameter, always named
) -> Response[str]:
    """Ask for the old and the new password."""
    words = words_for(request)
    told = Told("done", words.say("password.done")) if done else None
    if desk.needs is Need.PASSWORD:
        told = Told("mind", words.say("password.first"), words.say("password.first_text"))
    return await pages.show(request, desk, "password.html", PasswordPage(told=told))


@post("/password", status_code=HTTP_200_OK)
async def change_password(
    request: Asked,
    desk: NamedDependency[Desk],
    reception: NamedDependency[Reception],
    pages: NamedDependency[Pages],
) -> Response[str] | Redirect:
    """Change one's own password; a new session begins at once."""
    raw = await request.form()
    words = words_for(request)
    current, new, again = (str(raw.get(name, "")) for name in ("current", "new", "again"))
    if new != again:
        errors = {"again": words.say("password.differ")}
    else:
        try:
            change = PasswordChange(current=current, new=new)
            now = await reception.change_own_password(desk.session, change)
        except SignInFailedError:
            errors = {"current": words.say("password.wrong")}
        except BadInputError as error:
            errors = {"new": password_fault(words, error)}
        else:
            to = "/" if desk.needs is Need.PASSWORD else "/password?done=true"
            return with_cookie(request, see(to), now)
    page = PasswordPage(errors=errors)
    return await pages.show(request, desk, "password.html", page, status=UNFIT)


def password_fault(words: Words, error: BadInputError) -> str:
    """Say what is wrong with a new password."""
    fault = error.fields.get("password", "too_short")
    return words.say(f"password.{fault}", shortest=model.SHORTEST_PASSWORD)


router: Final = router_of(sign_in_form, sign_in, sign_out, password_form, change_password)
