"""人员: who has an account here, and opening one."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery
from litestar.response import Redirect
from litestar.status_codes import HTTP_200_OK

from node.errors import AlreadyDoneError, BadInputError, NotAllowedError
from node.staff import actions, model
from node.staff.pages_sign_in import password_fault
from node.staff.signing_in import Reception
from node.web import chrome
from node.web.chrome import Choice, Mark, Told
from node.web.pages_base import UNFIT, Pages, Typed, forms, router_of, see, words_for
from node.web.security import Asked, Desk
from node.web.wording import Words
from schemas.ids import DepartmentId, StaffId
from schemas.staff import NewAccount, Role, Staff, StaffAccount


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One account in the list."""

    id: StaffId
    name: str
    login: str
    roles: str
    department: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class StaffPage:
    """本站人员."""

    people: tuple[PersonRow, ...]
    roles: tuple[Choice, ...]
    departments: tuple[Choice, ...]
    find: str = ""
    may_add: bool = True
    name: str = ""
    login: str = ""
    chosen: tuple[str, ...] = ()
    department: str = ""
    shortest: int = model.SHORTEST_PASSWORD
    told: Told | None = None
    errors: Mapping[str, str] = field(default_factory=dict)


@get("/staff")
async def staff_list(
    request: Asked,
    desk: NamedDependency[Desk],
    pages: NamedDependency[Pages],
    added: FromQuery[str] = "",
    find: FromQuery[str] = "",
) -> Response[str]:
    """Show who works here; without keeping accounts one may only look."""
    _require_reader(desk)
    words = words_for(request)
    told = Told("done", words.say("staff.added", name=added)) if added else None
    page = found_by(find.strip(), await _staff_page(words, desk, pages, told=told))
    return await pages.show(request, desk, "staff.html", page)


def found_by(find: str, page: StaffPage) -> StaffPage:
    """Keep the people in whose row the text stands: name, account, post or department."""
    wanted = find.casefold()
    people = tuple(
        one
        for one in page.people
        if wanted in f"{one.name} {one.login} {one.roles} {one.department}".casefold()
    )
    return replace(page, people=people, find=find)


@post("/staff", status_code=HTTP_200_OK)
async def add_person(
    request: Asked,
    desk: NamedDependency[Desk],
    reception: NamedDependency[Reception],
    pages: NamedDependency[Pages],
) -> Response[str] | Redirect:
    """Open an account, for who keeps accounts."""
    await desk.read(actions.require_keeper, desk.actor)
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
        errors = account_faults(words, error)
    else:
        return see(f"/staff?added={chrome.quoted(added.name)}")
    page = await _staff_page(words, desk, pages, typed=typed, errors=errors)
    return await pages.show(request, desk, "staff.html", page, status=UNFIT)


def account_faults(words: Words, error: BadInputError) -> Mapping[str, str]:
    """Say what is wrong with each field of an account."""
    return {name: _fault(words, error, name, fault) for name, fault in error.fields.items()}


def _fault(words: Words, error: BadInputError, name: str, fault: str) -> str:
    if name == "password":
        return password_fault(words, error)
    if fault not in {"missing", "unknown"} and words.has(f"fault.{fault}"):
        return words.say(f"fault.{fault}")
    return words.say(f"staff.bad_{name}" if words.has(f"staff.bad_{name}") else "form.empty")


def _require_reader(desk: Desk) -> None:
    """Pass whoever may see the accounts. Raises `NotAllowedError`."""
    if not desk.actor.roles & {Role.OPERATOR, Role.SECURITY}:
        raise NotAllowedError("accounts are for who keeps them")


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
        people=tuple(_row(words, listed, one) for one in listed.staff),
        roles=tuple(Choice(one, words.say(f"role.{one}")) for one in pages.profile.roles),
        departments=tuple(
            Choice(one.id, words.pick(one.name, one.name_en)) for one in listed.departments
        ),
        may_add=await desk.read(actions.keeps, desk.actor),
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


def _row(words: Words, listed: Staff, one: StaffAccount) -> PersonRow:
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
    )


router: Final = router_of(staff_list, add_person)
