"""The pages of the people below (下级人员): who works where, and making an account for somebody.

A first password is drawn here, shown once on the page that answers the form, and kept nowhere.
"""

from collections.abc import Mapping
from typing import Final

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from litestar.status_codes import HTTP_200_OK

from federation.partstore import PartStore
from node.cases.counter import Preparing
from node.database import Tx
from node.errors import AlreadyDoneError, BadInputError, NotFoundError
from node.network import actions as network
from node.network.actions import Places
from node.roster import actions, model, page_roster, reading, writing
from node.roster.page_roster import NewPage, PasswordPage, Saying
from node.staff import actions as people
from node.staff.signing_in import Reception
from node.web.chrome import Told
from node.web.pages_base import UNFIT, Pages, Typed, forms, router_of, see, words_for
from node.web.security import Asked, Desk
from node.web.wording import Words
from schemas.ids import NodeId, StaffId
from schemas.roster import ChangeRoles, GrantAccount, GrantedPerson, StaffPart, StopAccount
from schemas.staff import Role

DID: Final = {"stop": "stopped", "resume": "resumed", "roles": "changed"}
"""What can be done on the page of an account, and what it says then."""
DONE: Final = (*DID.values(), "already")


@get("/roster")
async def show_roster(
    request: Asked,
    desk: NamedDependency[Desk],
    pages: NamedDependency[Pages],
    preparing: NamedDependency[Preparing],
    after: FromQuery[str] = "",
) -> Response[str]:
    """Show who works at the nodes below."""
    words, me = words_for(request), desk.works.ledger.me
    await desk.read(people.require_keeper, desk.actor)
    sheet = await desk.read(reading.sheet, preparing.store, me, after)
    known, places = await desk.read(_look, words, me)
    page = page_roster.draw_list(words, places, sheet, known, first=not after)
    return await pages.show(request, desk, "roster.html", page)


@get("/roster/new")
async def new_form(
    request: Asked,
    desk: NamedDependency[Desk],
    pages: NamedDependency[Pages],
    node: FromQuery[str] = "",
) -> Response[str]:
    """Ask who it is, and where."""
    await desk.read(people.require_keeper, desk.actor)
    return await _show_new(request, desk, pages, NewPage((), (), typed={"node": node}))


@post("/roster", status_code=HTTP_200_OK)
async def grant(
    request: Asked,
    desk: NamedDependency[Desk],
    reception: NamedDependency[Reception],
    pages: NamedDependency[Pages],
    preparing: NamedDependency[Preparing],
) -> Response[str]:
    """Make an account and show its first password, this once."""
    await desk.read(people.require_keeper, desk.actor)
    words, typed = words_for(request), await forms(request)
    form = _form(typed)
    store, who = preparing.store, model.who_is(form)
    try:
        async with writing.account_part(store, reception.passwords, who, form.password) as part:
            made = await desk.run(actions.grant, store, form, part)
    except BadInputError as error:
        typing = {name: typed.text(name) for name in ("node", "name", "login")}
        again = NewPage((), (), typing, tuple(typed.texts("roles")), errors=_faults(words, error))
        return await _show_new(request, desk, pages, again, status=UNFIT)
    title = words.say("roster.made")
    return await _show_password(request, desk, pages, made, (title, form.password))


@get("/roster/{account:str}")
async def show_person(
    request: Asked,
    account: FromPath[str],
    desk: NamedDependency[Desk],
    pages: NamedDependency[Pages],
    preparing: NamedDependency[Preparing],
    done: FromQuery[str] = "",
) -> Response[str]:
    """Show one account, and what may be done with it."""
    await desk.read(people.require_keeper, desk.actor)
    saying = Saying()
    if done in DONE:
        tone = "mind" if done == "already" else "done"
        saying = Saying(Told(tone, words_for(request).say(f"roster.{done}")))
    return await _show_person(request, desk, pages, preparing.store, StaffId(account), saying)


@post("/roster/{account:str}/password", status_code=HTTP_200_OK)
async def reset_password(
    request: Asked,
    account: FromPath[str],
    desk: NamedDependency[Desk],
    reception: NamedDependency[Reception],
    pages: NamedDependency[Pages],
    preparing: NamedDependency[Preparing],
) -> Response[str]:
    """Draw a new first password and show it, this once."""
    await desk.read(people.require_keeper, desk.actor)
    store, named, me = preparing.store, StaffId(account), desk.works.ledger.me
    who: StaffPart = await desk.read(reading.to_reset, store, me, named)
    drawn = writing.draw_password(who.login)
    async with writing.account_part(store, reception.passwords, who, drawn) as part:
        made = await desk.run(actions.reset_password, store, named, part)
    title = words_for(request).say("roster.reset")
    return await _show_password(request, desk, pages, made, (title, drawn))


@post("/roster/{account:str}/{act:str}", status_code=HTTP_200_OK)
async def change(
    request: Asked,
    account: FromPath[str],
    act: FromPath[str],
    desk: NamedDependency[Desk],
    pages: NamedDependency[Pages],
    preparing: NamedDependency[Preparing],
) -> Response[str] | Redirect:
    """Stop an account, let it go on, or give it other posts."""
    typed, store, named = await forms(request), preparing.store, StaffId(account)
    if act not in DID:
        raise NotFoundError(act)
    try:
        if act == "stop":
            form = StopAccount(reason=typed.text("reason"))
            await desk.run(actions.stop, store, named, form)
        elif act == "resume":
            await desk.run(actions.resume, store, named)
        else:
            await desk.run(actions.change_roles, store, named, ChangeRoles(roles=_roles(typed)))
    except AlreadyDoneError:
        return see(f"/roster/{account}?done=already")
    except BadInputError as error:
        saying = Saying(errors=_faults(words_for(request), error))
        return await _show_person(request, desk, pages, store, named, saying)
    return see(f"/roster/{account}?done={DID[act]}")


# ---- what several have in common


def _look(tx: Tx, words: Words, me: NodeId) -> tuple[tuple[NodeId, ...], Places]:
    return reading.places(tx, me), Places(network.place_names(tx), words)


async def _show_new(
    request: Asked, desk: Desk, pages: Pages, typed: NewPage, *, status: int = HTTP_200_OK
) -> Response[str]:
    words = words_for(request)
    known, places = await desk.read(_look, words, desk.works.ledger.me)
    page = page_roster.draw_new(words, places, known, typed)
    return await pages.show(request, desk, "roster_new.html", page, status=status)


async def _show_password(
    request: Asked, desk: Desk, pages: Pages, made: GrantedPerson, shown: tuple[str, str]
) -> Response[str]:
    """Show a title, who it is, and the password; no browser is to keep it."""
    _, places = await desk.read(_look, words_for(request), desk.works.ledger.me)
    title, password = shown
    page = PasswordPage(
        id=made.grant.id,
        title=title,
        place=places(made.grant.subject),
        name=made.name,
        login=made.login,
        password=password,
    )
    answer = await pages.show(request, desk, "roster_password.html", page)
    answer.headers["Cache-Control"] = "no-store"
    return answer


async def _show_person(
    request: Asked,
    desk: Desk,
    pages: Pages,
    store: PartStore,
    account: StaffId,
    saying: Saying,
) -> Response[str]:
    words, me = words_for(request), desk.works.ledger.me
    one = await desk.read(_person, store, me, account)
    _, places = await desk.read(_look, words, me)
    page = page_roster.draw_person(words, places, one, me, saying)
    status = UNFIT if saying.errors else HTTP_200_OK
    return await pages.show(request, desk, "roster_person.html", page, status=status)


def _person(tx: Tx, store: PartStore, me: NodeId, account: StaffId) -> GrantedPerson:
    return reading.person(tx, store, me, reading.find(tx, me, account))


def _form(typed: Typed) -> GrantAccount:
    login = typed.text("login")
    return GrantAccount(
        node=NodeId(typed.text("node")),
        login=login,
        name=typed.text("name"),
        roles=_roles(typed),
        password=writing.draw_password(login),
    )


def _roles(typed: Typed) -> tuple[Role, ...]:
    return tuple(role for role in Role if role in typed.texts("roles"))


def _faults(words: Words, error: BadInputError) -> Mapping[str, str]:
    return {
        name: words.say(
            f"roster.bad_{name}_{fault}"
            if words.has(f"roster.bad_{name}_{fault}")
            else f"roster.bad_{name}"
        )
        for name, fault in error.fields.items()
    }


router: Final = router_of(show_roster, new_form, grant, show_person, reset_password, change)
