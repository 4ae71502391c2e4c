"""The API of the nodes: `/api/v1/nodes` and below, for operators; and sending again, for all.

The same acts as on the pages, through the same `Control`.
"""

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from node.errors import BadInputError, NotFoundError
from node.network import actions
from node.network.control import Control
from node.network.pages_nodes import invited, require_operator
from node.web.lean import Router
from node.web.security import Desk
from schemas import control as c
from schemas.ids import BadNameError, NodeId, parent_of, parse_node_id
from schemas.network import FailedEvent, GovernReason, InvitationSlip, NodeTree
from schemas.nodes import NodeNames


@get("/nodes", summary="节点: every node known here, for operators")
async def list_nodes(desk: NamedDependency[Desk]) -> NodeTree:
    """List the nodes known here, by code."""
    require_operator(desk)
    return await desk.read(actions.tree, desk.works.ledger.me)


@post("/nodes", status_code=201, summary="邀请: invite a place directly below")
async def invite_node(
    data: JSONBody[c.InvitePlace],
    desk: NamedDependency[Desk],
    control: NamedDependency[Control],
) -> InvitationSlip:
    """Invite a place; the answer is the only one that tells its code."""
    require_operator(desk)
    names = NodeNames(zh=data.zh, en=data.en or data.zh)
    try:
        child = parse_node_id(data.node)
    except BadNameError as error:
        raise BadInputError({"node": str(error)}) from None
    if parent_of(child) != desk.works.ledger.me or not names.zh:
        raise BadInputError({"node": "not_below"})
    return await invited(control, desk, child, names, now_ms=desk.works.now_ms)


@post("/nodes/rotate", status_code=200, summary="换钥: draw new keys for this node")
async def rotate_keys(desk: NamedDependency[Desk], control: NamedDependency[Control]) -> c.Rotated:
    """Draw new keys and ask the parent to add them."""
    require_operator(desk)
    if control.rotate is None:
        raise NotFoundError("rotate")
    return c.Rotated(key=await control.rotate(desk))


@post("/nodes/reclaim", status_code=200, summary="收回: take a case from a node below")
async def reclaim_case(
    data: JSONBody[c.ReclaimStream],
    desk: NamedDependency[Desk],
    control: NamedDependency[Control],
) -> c.Custody:
    """Take a case (by number or stream) from a node below, visibly."""
    require_operator(desk)
    if control.reclaim is None:
        raise NotFoundError("reclaim")
    return await control.reclaim(desk, data)


@post("/nodes/{node:str}/{act:str}", status_code=200, summary="暂停、恢复、吊销")
async def govern_node(
    node: FromPath[str],
    act: FromPath[str],
    data: JSONBody[GovernReason],
    desk: NamedDependency[Desk],
    control: NamedDependency[Control],
) -> c.Governed:
    """Suspend, resume or revoke a node whose record is kept here."""
    require_operator(desk)
    if act not in control.govern:
        raise NotFoundError(act)
    return await control.govern[act](desk, NodeId(node), data.reason)


@get("/links/failed", summary="没有送达: what neighbours refused")
async def list_failed(desk: NamedDependency[Desk]) -> tuple[FailedEvent, ...]:
    """List what was refused and not sent again, latest first; the first 100."""
    return await desk.read(actions.failed)


@post("/links/resend", status_code=200, summary="重发: send a refused event again")
async def resend_event(
    data: JSONBody[c.ResendEvent],
    desk: NamedDependency[Desk],
    control: NamedDependency[Control],
) -> c.Resent:
    """Queue the very envelope again; says whether there was one."""
    if control.resend is None:
        raise NotFoundError("resend")
    return c.Resent(queued=await control.resend(desk, data.event))


router = Router(
    "/api/v1",
    route_handlers=[
        list_nodes, invite_node, rotate_keys, reclaim_case, govern_node, list_failed, resend_event,
    ],
    tags=["nodes"],
)  # fmt: skip
