"""One person: his account for who keeps it, his posts, his absences; and one's own page."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from litestar.status_codes import HTTP_200_OK

from node.clock import local_day
from node.database import Tx
from node.errors import AlreadyDoneError, BadInputError, NotFoundError
from node.staff import actions, model, page_people, posting
from node.staff.page_people import PersonPage
from node.staff.pages import account_faults
from node.staff.signing_in import Reception
from node.web import chrome
from node.web.chrome import Choice, Told
from node.web.pages_base import UNFIT, Pages, Typed, forms, router_of, see, words_for
from node.web.security import Asked, Desk
from node.web.wording import Words
from node.work import Actor
from schemas.ids import DepartmentId, StaffId
from schemas.staff import AbsenceKind, AccountChange, NewAbsence, Role

SWITCHES: Final = {"stop": False, "start": True}


@dataclass(frozen=True, slots=True)
class AbsencePage:
    """不在岗登记."""

    people: tuple[Choice, ...]
    kinds: tuple[Choice, ...]
    staff: str
    kind: str = ""
    first: str = ""
    last: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)


def _today(desk: Desk) -> date:
    return local_day(desk.works.clock.now())


# ---- one person


@get("/me")
async def my_page(
    request: Asked, desk: NamedDependency[Desk], pages: NamedDependency[Pages]
) -> Response[str]:
    """Show one's own posts, absences and filings."""
    page = await _person(request, desk, pages, desk.actor.staff)
    told = _told(words_for(request), request, page)
    shown = replace(page, told=told, may_keep=False)
    return await pages.show(request, desk, "people_person.html", shown)


@get("/staff/{staff:str}")
async def person(
    request: Asked,
    staff: FromPath[str],
    desk: NamedDependency[Desk],
    pages: NamedDependency[Pages],
) -> Response[str]:
    """Show a person to whoever keeps his account, or arranges or files his post."""
    page = await _person(request, desk, pages, StaffId(staff))
    told = _told(words_for(request), request, page)
    return await pages.show(request, desk, "people_person.html", replace(page, told=told))


async def _person(request: Asked, desk: Desk, pages: Pages, staff: StaffId) -> PersonPage:
    page = await desk.read(
        page_people.person_page, desk.actor, staff, words_for(request), pages.profile, _today(desk)
    )
    return replace(page, shortest=model.SHORTEST_PASSWORD)


def _told(words: Words, request: Asked, page: PersonPage) -> Told | None:
    done = request.query_params.get("done", "")
    if done == "saved":
        return Told("done", words.say("people.saved"))
    if done == "stop":
        return Told("done", words.say("people.stopped_now", name=page.name))
    if done == "start":
        return Told("done", words.say("people.started_now", name=page.name))
    if done == "back":
        return Told("done", words.say("absence.taken_back", name=page.name))
    if done != "away":
        return None
    first, last = (request.query_params.get(part, "") for part in ("first", "last"))
    return Told("done", words.say("absence.noted", name=page.name, first=first, last=last))


@post("/staff/{staff:str}", status_code=HTTP_200_OK)
async def change_person(
    request: Asked,
    staff: FromPath[str],
    desk: NamedDependency[Desk],
    reception: NamedDependency[Reception],
    pages: NamedDependency[Pages],
) -> Response[str] | Redirect:
    """Change an account, for who keeps accounts; its owner signs in again."""
    await desk.read(actions.require_keeper, desk.actor)
    named, typed, words = StaffId(staff), await forms(request), words_for(request)
    password = str((await request.form()).get("password", ""))
    page = await _person(request, desk, pages, named)
    change = _change(typed, page, password)
    try:
        hashed = await reception.hashed(page.login, password) if password else None
        await desk.run(actions.update, named, change, hashed)
    except BadInputError as error:
        wrong = replace(
            page,
            name=typed.text("name"),
            chosen=typed.texts("roles"),
            chosen_department=typed.text("department"),
            errors=account_faults(words, error),
        )
        return await pages.show(request, desk, "people_person.html", wrong, status=UNFIT)
    reception.sessions.forget_all()
    return see(f"/staff/{named}?done=saved")


def _change(typed: Typed, page: PersonPage, password: str) -> AccountChange:
    department = DepartmentId(typed.text("department")) if typed.text("department") else None
    return AccountChange(
        name=typed.text("name"),
        roles=(
            msgspec.UNSET
            if page.is_own
            else tuple(role for role in Role if role in typed.texts("roles"))
        ),
        department=department,
        password=password or msgspec.UNSET,
    )


@post("/staff/{staff:str}/{act:str}")
async def switch_person(
    staff: FromPath[str],
    act: FromPath[str],
    desk: NamedDependency[Desk],
    reception: NamedDependency[Reception],
) -> Redirect:
    """Stop or start an account, for who keeps accounts; its sessions end."""
    await desk.read(actions.require_keeper, desk.actor)
    if act not in SWITCHES:
        raise NotFoundError("page")
    named = StaffId(staff)
    await desk.run(actions.update, named, AccountChange(active=SWITCHES[act]))
    reception.sessions.forget_all()
    return see(f"/staff/{named}?done={act}")


# ---- absences


@get("/absences/new")
async def absence_form(
    request: Asked,
    desk: NamedDependency[Desk],
    pages: NamedDependency[Pages],
    staff: FromQuery[str] = "",
) -> Response[str]:
    """Ask who is away, why, and from when to when."""
    today = _today(desk).isoformat()
    page = await desk.read(_absence_page, desk.actor, words_for(request), staff)
    shown = replace(page, first=today, last=today)
    return await pages.show(request, desk, "people_absence.html", shown)


def _absence_page(tx: Tx, actor: Actor, words: Words, staff: str) -> AbsencePage:
    named = page_people.names(tx, words)
    people = [one for one in named.people.values() if one.active and posting.notes_for(actor, one)]
    return AbsencePage(
        people=tuple(Choice(one.id, one.name, named.department(one.department)) for one in people),
        kinds=tuple(Choice(one, words.say(f"absence.{one}")) for one in AbsenceKind),
        staff=staff or (actor.staff if len(people) == 1 else ""),
    )


@post("/absences", status_code=HTTP_200_OK)
async def note_absence(
    request: Asked,
    desk: NamedDependency[Desk],
    reception: NamedDependency[Reception],
    pages: NamedDependency[Pages],
) -> Response[str] | Redirect:
    """Note an absence: B covers from its first day on."""
    typed, words = await forms(request), words_for(request)
    try:
        await desk.run(posting.note_absence, _new_absence(typed))
    except BadInputError as error:
        page = await desk.read(_absence_page, desk.actor, words, typed.text("staff"))
        wrong = replace(
            page,
            kind=typed.text("kind"),
            first=typed.text("first"),
            last=typed.text("last"),
            errors=page_people.faults(words, error),
        )
        return await pages.show(request, desk, "people_absence.html", wrong, status=UNFIT)
    reception.sessions.forget_all()
    staff = typed.text("staff")
    days = f"first={chrome.quoted(typed.text('first'))}&last={chrome.quoted(typed.text('last'))}"
    path = "/me" if staff == desk.actor.staff else f"/staff/{chrome.quoted(staff)}"
    return see(f"{path}?done=away&{days}")


def _new_absence(typed: Typed) -> NewAbsence:
    kind = typed.text("kind")
    missing = {
        name: "missing"
        for name, lacks in (
            ("staff", not typed.text("staff")),
            ("kind", kind not in tuple(AbsenceKind)),
        )
        if lacks
    }
    if missing:
        raise BadInputError(missing)
    return NewAbsence(
        staff=StaffId(typed.text("staff")),
        kind=AbsenceKind(kind),
        first=typed.text("first"),
        last=typed.text("last"),
    )


@post("/absences/{absence:str}/end")
async def take_back(
    request: Asked,
    absence: FromPath[str],
    desk: NamedDependency[Desk],
    reception: NamedDependency[Reception],
) -> Redirect:
    """Take an absence back; pressing twice does no harm."""
    back = (await forms(request)).text("back")
    path = back if chrome.is_own_path(back) else "/me"
    try:
        await desk.run(posting.take_back, absence)
    except AlreadyDoneError:
        return see(path)
    reception.sessions.forget_all()
    return see(f"{path}?done=back")


router: Final = router_of(
    my_page, person, change_person, switch_person, absence_form, note_absence, take_back
)
