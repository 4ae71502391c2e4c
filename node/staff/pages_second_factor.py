"""The pages of the second factor: set it up, type its code, reset somebody else's."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from litestar.status_codes import HTTP_200_OK
from markupsafe import Markup

from node.database import Tx
from node.errors import LockedOutError, SignInFailedError
from node.staff import actions, second_factor
from node.staff.pages_sign_in import MINUTE_SECONDS, after, own, with_cookie
from node.staff.second_factor import Drawn
from node.staff.signing_in import Reception
from node.web import security
from node.web.chrome import Told
from node.web.kept_forms import KeptForms
from node.web.pages_base import UNFIT, Pages, forms, router_of, see, words_for
from node.web.security import Asked, Desk
from node.web.sessions import Need
from node.web.wording import Words
from schemas.ids import StaffId

SHORTEST_WHY: Final = 4  # characters: less says nothing


@dataclass(frozen=True, slots=True)
class FactorPage:
    """动态口令: one of its four faces."""

    face: str
    """`code`: type it; `draw`: set it up; `codes`: for recovery, this once; `set`: all is done."""
    next: str = "/"
    square: Markup | None = None
    secret: str = ""
    codes: tuple[str, ...] = ()
    left: int = 0
    must: bool = False
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who has a second factor."""

    id: StaffId
    name: str
    login: str
    left: int
    is_me: bool


@dataclass(frozen=True, slots=True)
class HoldersPage:
    """谁绑定了动态口令."""

    people: tuple[Holder, ...]
    told: Told | None = None
    wrong: str = ""
    """The account whose reset lacks a reason."""


@get("/second-factor")
async def show_factor(
    request: Asked,
    desk: NamedDependency[Desk],
    pages: NamedDependency[Pages],
    next: FromQuery[str] = "/",  # noqa: A002  # the query's own word
) -> Response[str]:
    """Ask for the code, or set the factor up, or say that all is done."""
    page = await _face(desk, pages, own(next), {})
    return await pages.show(request, desk, "second_factor.html", page)


async def _face(desk: Desk, pages: Pages, to: str, errors: Mapping[str, str]) -> FactorPage:
    staff = desk.actor.staff
    if await desk.read(second_factor.is_set, staff):
        if not desk.session.proven:
            return FactorPage("code", to, errors=errors)
        return FactorPage("set", to, left=await desk.read(second_factor.codes_left, staff))
    drawn = await desk.run(second_factor.draw, pages.wall_ms)
    account = await desk.read(actions.account, staff)
    login = account.login if account else staff
    return FactorPage(
        "draw",
        to,
        square=_square(drawn, login, pages.names.zh),
        secret=drawn.groups,
        must=desk.needs is Need.FACTOR,
        errors=errors,
    )


def _square(drawn: Drawn, login: str, place: str) -> Markup:
    """Draw the secret for a phone's camera: it never leaves this page."""
    import segno  # noqa: PLC0415  # a megabyte of memory that is needed once in an account's life

    picture = segno.make(drawn.uri(login, place), error="m")
    return Markup(picture.svg_inline(scale=4))  # noqa: S704  # drawn here, ours


@post("/second-factor/code", status_code=HTTP_200_OK)
async def type_code(
    request: Asked,
    desk: NamedDependency[Desk],
    reception: NamedDependency[Reception],
    kept: NamedDependency[KeptForms],
    pages: NamedDependency[Pages],
) -> Response[str] | Redirect:
    """Take the code: only now the sign-in counts."""
    typed, words = await forms(request), words_for(request)
    to = own(typed.text("next"))
    try:
        now = await reception.prove(
            desk.session, typed.text("code"), origin=security.origin_of(request)
        )
    except (SignInFailedError, LockedOutError) as error:
        page = await _face(desk, pages, to, {"code": _why(words, error)})
        return await pages.show(request, desk, "second_factor.html", page, status=UNFIT)
    return with_cookie(request, see(await after(now, kept, to)), now)


@post("/second-factor/set", status_code=HTTP_200_OK)
async def set_up(
    request: Asked,
    desk: NamedDependency[Desk],
    reception: NamedDependency[Reception],
    pages: NamedDependency[Pages],
) -> Response[str]:
    """Set the factor up by its first code; show the recovery codes, this once."""
    typed, words = await forms(request), words_for(request)
    to = own(typed.text("next"))
    try:
        now, codes = await reception.set_up(desk.session, typed.text("code"))
    except (SignInFailedError, LockedOutError) as error:
        page = await _face(desk, pages, to, {"code": _why(words, error)})
        return await pages.show(request, desk, "second_factor.html", page, status=UNFIT)
    again = Desk(now.begun.session, desk.works)
    answer = await pages.show(
        request, again, "second_factor.html", FactorPage("codes", to, codes=codes)
    )
    answer.set_cookie(security.cookie_for(request, now.begun.token))
    return answer


def _why(words: Words, error: SignInFailedError | LockedOutError) -> str:
    if isinstance(error, LockedOutError):
        return words.say("sign_in.wait", minutes=-(-error.retry_after_seconds // MINUTE_SECONDS))
    return words.say("factor.wrong")


@get("/second-factors")
async def list_holders(
    request: Asked,
    desk: NamedDependency[Desk],
    pages: NamedDependency[Pages],
    done: FromQuery[bool] = False,  # noqa: FBT002  # a query parameter, always named
) -> Response[str]:
    """Show who keeps accounts who has a second factor."""
    told = Told("done", words_for(request).say("factor.reset_done")) if done else None
    page = HoldersPage(await desk.read(_holders, desk), told)
    return await pages.show(request, desk, "second_factors.html", page)


def _holders(tx: Tx, desk: Desk) -> tuple[Holder, ...]:
    actions.require_keeper(tx, desk.actor)
    return tuple(
        Holder(
            id=one.id,
            name=one.name,
            login=one.login,
            left=second_factor.codes_left(tx, one.id),
            is_me=one.id == desk.actor.staff,
        )
        for one in actions.listing(tx).staff
        if second_factor.is_set(tx, one.id)
    )


@post("/second-factors/{staff:str}/reset", status_code=HTTP_200_OK)
async def reset_factor(
    request: Asked,
    staff: FromPath[str],
    desk: NamedDependency[Desk],
    reception: NamedDependency[Reception],
    pages: NamedDependency[Pages],
) -> Response[str] | Redirect:
    """Take somebody's factor away, for a reason: he sets up another when he next signs in."""
    why = (await forms(request)).text("why")
    if len(why) < SHORTEST_WHY:
        page = HoldersPage(await desk.read(_holders, desk), wrong=staff)
        return await pages.show(request, desk, "second_factors.html", page, status=UNFIT)
    await desk.run(second_factor.reset, StaffId(staff), why)
    reception.sessions.forget(StaffId(staff))
    return see("/second-factors?done=true")


router: Final = router_of(show_factor, type_code, set_up, list_holders, reset_factor)
