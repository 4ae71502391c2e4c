"""The pages of signing in and out, of one's own password, and of the operator's staff list."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from litestar.status_codes import HTTP_200_OK, HTTP_401_UNAUTHORIZED, HTTP_429_TOO_MANY_REQUESTS

from node.errors import AlreadyDoneError, BadInputError, LockedOutError, SignInFailedError
from node.staff import actions, model
from node.staff.signing_in import Reception, SignedInNow
from node.web import chrome, security
from node.web.chrome import Choice, Mark, Told, is_own_path
from node.web.pages_base import UNFIT, Pages, Typed, forms, router_of, see, words_for
from node.web.security import Asked, Desk
from node.web.wording import Words
from schemas.ids import DepartmentId, StaffId
from schemas.staff import AccountChange, NewAccount, PasswordChange, Role, Staff, StaffAccount

MINUTE_SECONDS: Final = 60


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


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One account in the operator's list."""

    id: StaffId
    name: str
    login: str
    roles: str
    department: str
    mark: Mark
    active: bool
    may_switch: bool


@dataclass(frozen=True, slots=True)
class StaffPage:
    """本站人员."""

    people: tuple[PersonRow, ...]
    roles: tuple[Choice, ...]
    departments: tuple[Choice, ...]
    may_add: bool = True
    name: str = ""
    login: str = ""
    chosen: tuple[str, ...] = ()
    department: str = ""
    shortest: int = model.SHORTEST_PASSWORD
    told: Told | None = None
    errors: Mapping[str, str] = field(default_factory=dict)


def _own(path: str) -> str:
    return path if is_own_path(path) else "/"


@get("/sign-in")
async def sign_in_form(
    request: Asked,
    visitor: NamedDependency[Desk | None],
    pages: NamedDependency[Pages],
    next: FromQuery[str] = "/",  # noqa: A002  # the query's own word
    out: FromQuery[bool] = False,  # noqa: FBT002  # a query parameter, always named
) -> Response[str] | Redirect:
    """Ask who it is; whoever is signed in already goes on."""
    if visitor is not None:
        return see(_own(next))
    words = words_for(request)
    told = None
    if out:
        told = Told("done", words.say("sign_in.out"))
    elif next != "/":
        told = Told("", words.say("sign_in.needed"))
    return await pages.show(request, None, "sign_in.html", SignInPage(_own(next), told=told))


@post("/sign-in", status_code=HTTP_200_OK)
async def sign_in(
    request: Asked, reception: NamedDependency[Reception], pages: NamedDependency[Pages]
) -> Response[str] | Redirect:
    """Begin a session and go where the person wanted."""
    security.require_same_site(request)
    typed = await forms(request)
    raw = await request.form()
    words = words_for(request)
    to = _own(typed.text("next"))
    try:
        now = await reception.sign_in(typed.text("login"), str(raw.get("password", "")))
    except SignInFailedError:
        status, why = HTTP_401_UNAUTHORIZED, words.say("sign_in.wrong")
    except LockedOutError as error:
        minutes = -(-error.retry_after_seconds // MINUTE_SECONDS)
        status, why = HTTP_429_TOO_MANY_REQUESTS, words.say("sign_in.wait", minutes=minutes)
    else:
        return _with_cookie(request, see(to), now)
    page = SignInPage(to, typed.text("login"), errors={"login": why})
    return await pages.show(request, None, "sign_in.html", page, status=status)


def _with_cookie(request: Asked, answer: Redirect, now: SignedInNow) -> Redirect:
    secure = request.url.scheme == "https"
    answer.set_cookie(security.session_cookie(now.begun.token, secure=secure))
    return answer


@post("/sign-out")
async def sign_out(
    request: Asked, desk: NamedDependency[Desk], reception: NamedDependency[Reception]
) -> Redirect:
    """End the session."""
    await reception.sessions.end(desk.session)
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
    told = Told("done", words_for(request).say("password.done")) if done else None
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
            now = await reception.change_own_password(desk.actor, change)
        except SignInFailedError:
            errors = {"current": words.say("password.wrong")}
        except BadInputError as error:
            errors = {"new": _password_fault(words, error)}
        else:
            return _with_cookie(request, see("/password?done=true"), now)
    page = PasswordPage(errors=errors)
    return await pages.show(request, desk, "password.html", page, status=UNFIT)


def _password_fault(words: Words, error: BadInputError) -> str:
    fault = error.fields.get("password", "too_short")
    return words.say(f"password.{fault}", shortest=model.SHORTEST_PASSWORD)


@get("/staff")
async def staff_list(
    request: Asked,
    desk: NamedDependency[Desk],
    pages: NamedDependency[Pages],
    added: FromQuery[str] = "",
) -> Response[str]:
    """Show the operator who works here."""
    actions.require_operator(desk.actor)
    words = words_for(request)
    told = Told("done", words.say("staff.added", name=added)) if added else None
    page = await _staff_page(words, desk, pages, told=told)
    return await pages.show(request, desk, "staff.html", page)


@post("/staff", status_code=HTTP_200_OK)
async def add_person(
    request: Asked,
    desk: NamedDependency[Desk],
    reception: NamedDependency[Reception],
    pages: NamedDependency[Pages],
) -> Response[str] | Redirect:
    """Open an account, for operators."""
    actions.require_operator(desk.actor)
    words = words_for(request)
    typed = await forms(request)
    password = str((await request.form()).get("password", ""))
    new = NewAccount(
        login=typed.text("login"),
        name=typed.text("name"),
        roles=tuple(role for role in Role if role in typed.texts("roles")),
        department=DepartmentId(typed.text("department")) if typed.text("department") else None,
        password=password,
    )
    try:
        hashed = await reception.hashed(new.login, password)
        added = await desk.run(actions.add, new, hashed)
    except AlreadyDoneError:
        errors: Mapping[str, str] = {"login": words.say("staff.login_taken")}
    except BadInputError as error:
        errors = _account_faults(words, error)
    else:
        return see(f"/staff?added={chrome.quoted(added.name)}")
    page = await _staff_page(words, desk, pages, typed=typed, errors=errors)
    return await pages.show(request, desk, "staff.html", page, status=UNFIT)


def _account_faults(words: Words, error: BadInputError) -> Mapping[str, str]:
    return {
        name: _password_fault(words, error)
        if name == "password"
        else words.say(f"staff.bad_{name}" if words.has(f"staff.bad_{name}") else "form.empty")
        for name in error.fields
    }


@post("/staff/{staff:str}/{act:str}")
async def switch_person(
    staff: FromPath[str],
    act: FromPath[str],
    desk: NamedDependency[Desk],
    reception: NamedDependency[Reception],
) -> Redirect:
    """Stop or start an account, for operators; its sessions end."""
    actions.require_operator(desk.actor)
    named = StaffId(staff)
    await desk.run(actions.update, named, AccountChange(active=act == "start"))
    reception.sessions.forget(named)
    return see("/staff")


async def _staff_page(
    words: Words,
    desk: Desk,
    pages: Pages,
    *,
    typed: Typed | None = None,
    told: Told | None = None,
    errors: Mapping[str, str] | None = None,
) -> StaffPage:
    listed = await desk.read(actions.listing)
    page = StaffPage(
        people=tuple(_row(words, desk, listed, one) for one in listed.staff),
        roles=tuple(Choice(one, words.say(f"role.{one}")) for one in pages.profile.roles),
        departments=tuple(
            Choice(one.id, words.pick(one.name, one.name_en)) for one in listed.departments
        ),
        told=told,
        errors=errors or {},
    )
    return page if typed is None else _refilled(page, typed)


def _refilled(page: StaffPage, typed: Typed) -> StaffPage:
    return StaffPage(
        people=page.people,
        roles=page.roles,
        departments=page.departments,
        name=typed.text("name"),
        login=typed.text("login"),
        chosen=typed.texts("roles"),
        department=typed.text("department"),
        errors=page.errors,
    )


def _row(words: Words, desk: Desk, listed: Staff, one: StaffAccount) -> PersonRow:
    names = {department.id: department for department in listed.departments}
    department = names.get(one.department) if one.department else None
    mark = ("green", "staff.active") if one.active else ("plain", "staff.stopped")
    return PersonRow(
        id=one.id,
        name=one.name,
        login=one.login,
        roles=chrome.posts(words, one.roles),
        department=words.pick(department.name, department.name_en) if department else "",
        mark=Mark(mark[0], words.say(mark[1])),
        active=one.active,
        may_switch=one.id != desk.actor.staff,
    )


router: Final = router_of(
    sign_in_form, sign_in, sign_out, password_form, change_password, staff_list, add_person,
    switch_person,
)  # fmt: skip
