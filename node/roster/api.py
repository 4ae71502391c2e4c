"""The API of the accounts of nodes below: `/api/v1/roster`."""

from typing import Final

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from node.cases.counter import Preparing
from node.database import Tx
from node.roster import actions, model, reading, writing
from node.staff import actions as people
from node.staff.signing_in import Reception
from node.web import idempotency
from node.web.lean import Router
from node.web.security import Asked, Desk
from schemas.ids import NodeId, StaffId
from schemas.roster import (
    ChangeRoles,
    FirstPassword,
    GrantAccount,
    GrantedPerson,
    Roster,
    StaffPart,
    StopAccount,
)


@get("/roster", summary="下级人员: who works at the nodes below, and whether it has arrived there")
async def list_roster(
    desk: NamedDependency[Desk],
    preparing: NamedDependency[Preparing],
    node: FromQuery[str] = "",
) -> Roster:
    """List the accounts of the nodes below, or of one of them, by place."""
    await desk.read(people.require_keeper, desk.actor)
    place = NodeId(node) if node else None
    return await desk.read(reading.listing, preparing.store, desk.works.ledger.me, place)


@post("/roster", status_code=201, summary="开户")
async def grant(
    request: Asked,
    desk: NamedDependency[Desk],
    reception: NamedDependency[Reception],
    preparing: NamedDependency[Preparing],
    data: JSONBody[GrantAccount],
) -> Response[bytes]:
    """Make an account for a node below; its first password is told to the person by hand."""
    await desk.read(people.require_keeper, desk.actor)
    once = await idempotency.once_of(request)
    known = await desk.run(idempotency.recall, once)  # before the checks: by now it is there
    if known is not None:
        return known.response()
    store, who = preparing.store, model.who_is(data)
    async with writing.account_part(store, reception.passwords, who, data.password) as part:
        return await idempotency.run(desk, once, 201, actions.grant, store, data, part)


@post("/roster/{account:str}/stop", status_code=200, summary="停用")
async def stop(
    account: FromPath[str],
    desk: NamedDependency[Desk],
    preparing: NamedDependency[Preparing],
    data: JSONBody[StopAccount],
) -> GrantedPerson:
    """Stop an account: its owner is signed out there as soon as that arrives."""
    return await desk.run(actions.stop, preparing.store, StaffId(account), data)


@post("/roster/{account:str}/resume", status_code=200, summary="恢复")
async def resume(
    account: FromPath[str], desk: NamedDependency[Desk], preparing: NamedDependency[Preparing]
) -> GrantedPerson:
    """Let a stopped account go on."""
    return await desk.run(actions.resume, preparing.store, StaffId(account))


@post("/roster/{account:str}/roles", status_code=200, summary="换岗")
async def change_roles(
    account: FromPath[str],
    desk: NamedDependency[Desk],
    preparing: NamedDependency[Preparing],
    data: JSONBody[ChangeRoles],
) -> GrantedPerson:
    """Give an account other posts."""
    return await desk.run(actions.change_roles, preparing.store, StaffId(account), data)


@post("/roster/{account:str}/password", status_code=200, summary="重设密码")
async def reset_password(
    account: FromPath[str],
    desk: NamedDependency[Desk],
    reception: NamedDependency[Reception],
    preparing: NamedDependency[Preparing],
    data: JSONBody[FirstPassword],
) -> GrantedPerson:
    """Give an account a new first password."""
    store, named = preparing.store, StaffId(account)
    who = await desk.read(_to_reset, desk, preparing, named)
    async with writing.account_part(store, reception.passwords, who, data.password) as part:
        return await desk.run(actions.reset_password, store, named, part)


def _to_reset(tx: Tx, desk: Desk, preparing: Preparing, account: StaffId) -> StaffPart:
    people.require_keeper(tx, desk.actor)
    return reading.to_reset(tx, preparing.store, desk.works.ledger.me, account)


router: Final = Router(
    "/", route_handlers=[list_roster, grant, stop, resume, change_roles, reset_password]
)
