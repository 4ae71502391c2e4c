"""Brings accounts that were made above to what their streams say, beside everything else.

An event or a part came; or the node was killed between that and the account. A stop takes effect
within the breath that this waits for more mail.
"""

from contextlib import suppress

from federation.errors import CannotAppendError
from node.roster import arriving, model
from node.roster.kind import KIND
from node.runtime.opening import Node
from node.web.sessions import Sessions
from node.work import SYSTEM
from schemas.ids import StreamName, stream_kind


async def catch_up(node: Node) -> None:
    """Do what is to be done, and tell whoever keeps the accounts, as far as it can be said now."""
    if not await node.works.read(arriving.is_behind, node.me):
        return
    found = await node.works.read(arriving.pending, node.me, node.parts)
    if found:
        await node.works.run(SYSTEM, arriving.settle, found)
    with suppress(CannotAppendError):  # just restored, or suspended: it is said later
        await node.works.run(SYSTEM, arriving.tell)


def forget_sessions(sessions: Sessions, names: tuple[StreamName, ...]) -> None:
    """Remember no session of accounts whose streams were followed: they may have ended."""
    for name in names:
        if stream_kind(name) == KIND:
            sessions.forget(model.account_of(name))
