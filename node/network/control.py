"""What an operator may do to nodes, as the pages and the API know it: values from the runtime.

The network's own store knows links and records; what acts on them runs above, and so does what
tells the name of a case.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from federation.joincode import Invitation
from node.database import Tx
from node.web.security import Desk
from schemas import control as c
from schemas.ids import NodeId, StreamName
from schemas.nodes import NodeNames

Govern = Callable[[Desk, NodeId, str], Awaitable[c.Governed]]
"""Does one thing to a node, for a reason code."""
Invite = Callable[[Desk, NodeId, NodeNames], Awaitable[Invitation]]
"""Invites a place; answers the invitation, this once."""
Rotate = Callable[[Desk], Awaitable[str]]
"""Draws new keys for this node; answers the new signing key."""
Reclaim = Callable[[Desk, c.ReclaimStream], Awaitable[c.Custody]]
Adopt = Callable[[Desk, c.AdoptStream], Awaitable[c.Custody]]
Resend = Callable[[Desk, str], Awaitable[bool]]
"""Queues a refused event again, by its hash; false if there is none."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A case as a line of a list names it."""

    stream: StreamName
    number: str
    item: str
    since_ms: int


def _nothing(tx: Tx, stream: StreamName) -> Subject | None:
    del tx, stream
    return None


def _none(tx: Tx, node: NodeId) -> tuple[Subject, ...]:
    del tx, node
    return ()


def _nothing_held(tx: Tx) -> c.HeldBackList:
    del tx
    return c.HeldBackList(streams=())


@dataclass(frozen=True, slots=True)
class Control:
    """What may be done; empty where nothing is built in."""

    govern: Mapping[str, Govern] = field(default_factory=dict)
    """By the words `suspend`, `resume`, `revoke`."""
    invite: Invite | None = None
    rotate: Rotate | None = None
    reclaim: Reclaim | None = None
    adopt: Adopt | None = None
    resend: Resend | None = None
    subject: Callable[[Tx, StreamName], Subject | None] = _nothing
    """Names the case of a stream; `None` if it is no case known here."""
    held: Callable[[Tx, NodeId], tuple[Subject, ...]] = _none
    """Lists the open cases that a node holds, oldest first; the first 50."""
    held_back: Callable[[Tx], c.HeldBackList] = _nothing_held
    """Lists what waits behind revoked keys."""
