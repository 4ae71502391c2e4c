"""The API of a case's papers for the operator: which there are, and their destruction (销毁)."""

from typing import Final

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from node.cases import erasure
from node.web import idempotency
from node.web.lean import Router
from node.web.security import Asked, Desk
from schemas.cases_api import CaseParts, EraseParts


@get("/cases/{number:str}/erasure", summary="A case's papers by digest, and who destroyed which")
async def show_erasure(number: FromPath[str], desk: NamedDependency[Desk]) -> CaseParts:
    """Show an operator which papers there are; nothing of what they say."""
    return await desk.run(erasure.parts_of, number)


@post("/cases/{number:str}/erasure", status_code=200, summary="销毁: for ever, at every node")
async def erase(
    number: FromPath[str],
    request: Asked,
    desk: NamedDependency[Desk],
    data: JSONBody[EraseParts],
) -> Response[bytes]:
    """Destroy papers of a closed case; an operator's act, at the node that decides or above."""
    once = await idempotency.once_of(request)
    return await idempotency.run(desk, once, 200, erasure.erase, number, data)


router: Final = Router("/", route_handlers=[show_erasure, erase])
