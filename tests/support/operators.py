"""Operators at the pages of running nodes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from federation import refusals
from node.database import Tx
from node.runtime.station import Station
from node.web.security import COOKIE
from schemas.ids import NodeId
from schemas.links import RefusalEntry
from tests.support.visitors import Visitor, begin_session

OPERATOR, AGENT = "guan", "wang"
"""Logins among the sample people: every node has the first, the village the second."""


@asynccontextmanager
async def at_desk(station: Station, login: str = OPERATOR) -> AsyncIterator[Visitor]:
    """Sit somebody down at the pages of a running node."""
    begun = await begin_session(station.node, login)
    cookies = {COOKIE: begun.token}
    async with httpx.AsyncClient(base_url=station.url, cookies=cookies, timeout=60) as http:
        yield Visitor(http, begun.session.csrf)


async def refused(station: Station, by: NodeId, *, reason: str = "wrong_seq") -> str:
    """Let the last event of a case here be refused by a neighbour; name it."""
    me = station.node.me

    def refuse(tx: Tx) -> bytes:
        event = tx.execute(
            "SELECT e.hash FROM events e JOIN streams s ON s.id = e.stream WHERE s.kind = 'case'"
            " ORDER BY e.arrival DESC LIMIT 1"
        ).fetchone()[0]
        refusals.remember(tx, me, RefusalEntry(event, reason, me), teller=by, now=1)
        return bytes(event)

    return (await station.node.database.write(refuse)).hex()
