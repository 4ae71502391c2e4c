"""The API of operations: `/api/v1/operations`, for operators."""

from typing import Final

from litestar import get, post
from litestar.di import NamedDependency

from node.operations import actions
from node.operations.keeper import Keeper
from node.web.lean import Router
from node.web.security import Desk
from schemas.operations import Operations


@get("/operations", summary="运维: what ends, backups, disk, versions, findings")
async def look(desk: NamedDependency[Desk], keeper: NamedDependency[Keeper]) -> Operations:
    """Tell how the node stands as a machine."""
    actions.require_operator(desk.actor)
    return await keeper.look()


@post("/operations/backup", status_code=202, summary="备份")
async def back_up(desk: NamedDependency[Desk], keeper: NamedDependency[Keeper]) -> Operations:
    """Begin a backup; the answer says whether it still runs."""
    actions.require_operator(desk.actor)
    await keeper.back_up(desk.actor)
    return await keeper.look()


@post("/operations/drill", status_code=202, summary="恢复演练")
async def drill(desk: NamedDependency[Desk], keeper: NamedDependency[Keeper]) -> Operations:
    """Begin a restore drill of the latest backup; the answer says whether it still runs."""
    actions.require_operator(desk.actor)
    await keeper.drill(desk.actor)
    return await keeper.look()


@post("/operations/examine", status_code=202, summary="体检")
async def examine(desk: NamedDependency[Desk], keeper: NamedDependency[Keeper]) -> Operations:
    """Let the doctor look again."""
    actions.require_operator(desk.actor)
    await keeper.examine()
    return await keeper.look()


router: Final = Router(
    "/api/v1", route_handlers=[look, back_up, drill, examine], tags=["operations"]
)
