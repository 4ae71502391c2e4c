"""The API of sessions and accounts: `/api/v1/session`, `/api/v1/staff`, `/api/v1/departments`."""

import msgspec
from litestar import Response, delete, get, patch, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from node.staff import actions
from node.staff.signing_in import Reception, SignedInNow
from node.web import idempotency, security
from node.web.lean import Router
from node.web.security import Asked, Desk
from schemas.ids import StaffId
from schemas.staff import (
    AccountChange,
    Department,
    NewAccount,
    PasswordChange,
    SignedIn,
    SignIn,
    Staff,
    StaffAccount,
)


@post("/session", status_code=201)
async def sign_in(
    data: JSONBody[SignIn], request: Asked, reception: NamedDependency[Reception]
) -> SignedIn:
    """Sign in; show the token as `Authorization: Bearer …` from then on."""
    return _told(
        await reception.sign_in(
            data.login, data.password, code=data.code, origin=security.origin_of(request)
        )
    )


@get("/session")
async def who_am_i(desk: NamedDependency[Desk]) -> SignedIn:
    """Tell who is signed in."""
    account = StaffAccount(
        id=desk.actor.staff,
        login="",
        name=desk.actor.name,
        roles=tuple(sorted(desk.actor.roles)),
        department=desk.actor.department,
    )
    found = await desk.read(actions.account, desk.actor.staff)
    return SignedIn(account=found or account, csrf=desk.session.csrf)


@delete("/session")
async def sign_out(
    desk: NamedDependency[Desk], reception: NamedDependency[Reception]
) -> Response[None]:
    """Sign out: the token is worth nothing from now on."""
    await reception.sign_out(desk.session)
    return Response(content=None, cookies=[security.no_cookie(secure=False)])


@put("/session/password")
async def change_password(
    data: JSONBody[PasswordChange],
    desk: NamedDependency[Desk],
    reception: NamedDependency[Reception],
) -> SignedIn:
    """Change one's own password: all one's sessions end, and the answer begins a new one."""
    return _told(await reception.change_own_password(desk.session, data))


@get("/staff")
async def list_staff(desk: NamedDependency[Desk]) -> Staff:
    """List accounts and departments, for who keeps accounts."""
    await desk.read(actions.require_keeper, desk.actor)
    return await desk.read(actions.listing)


@post("/staff", status_code=201)
async def add_staff(
    data: JSONBody[NewAccount],
    request: Asked,
    desk: NamedDependency[Desk],
    reception: NamedDependency[Reception],
) -> Response[bytes]:
    """Open an account, for who keeps accounts."""
    await desk.read(actions.require_keeper, desk.actor)
    once = await idempotency.once_of(request)
    hashed = await reception.hashed(data.login, data.password)
    return await idempotency.run(desk, once, 201, actions.add, data, hashed)


@patch("/staff/{staff:str}")
async def change_staff(
    staff: FromPath[str],
    data: JSONBody[AccountChange],
    desk: NamedDependency[Desk],
    reception: NamedDependency[Reception],
) -> StaffAccount:
    """Change, disable or enable an account, or give it a new password, for who keeps accounts."""
    await desk.read(actions.require_keeper, desk.actor)
    named = StaffId(staff)
    hashed: str | None = None
    if not isinstance(data.password, msgspec.UnsetType):
        found = await desk.read(actions.account, named)
        hashed = await reception.hashed(found.login if found else "", data.password)
    changed = await desk.run(actions.update, named, data, hashed)
    reception.sessions.forget(named)
    return changed


@get("/departments")
async def list_departments(desk: NamedDependency[Desk]) -> tuple[Department, ...]:
    """List the departments of this node."""
    return await desk.read(actions.departments)


def _told(now: SignedInNow) -> SignedIn:
    return SignedIn(account=now.account, csrf=now.begun.session.csrf, token=now.begun.token)


router = Router(
    "/api/v1",
    route_handlers=[
        sign_in, who_am_i, sign_out, change_password, list_staff, add_staff, change_staff,
        list_departments,
    ],
    tags=["staff"],
)  # fmt: skip
