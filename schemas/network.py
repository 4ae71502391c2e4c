"""What people and programs are told of the network: the nodes known here, and what failed to go."""

import msgspec

from schemas.ids import EventHash, KeyId, NodeId, StreamName
from schemas.nodes import NodeNames, NodeState


class NodeView(msgspec.Struct, frozen=True, kw_only=True):
    """One node of the directory, as this node knows it. Times are milliseconds UTC, 0 for never."""

    node: NodeId
    names: NodeNames
    level: str
    state: NodeState
    key: KeyId
    """What it signs with; empty while it is only invited."""
    key_since: int = 0
    """When this node learned of that key."""
    contact: int = 0
    """When it was last heard: of neighbours alone."""
    waiting: int = 0
    """What lies here for it, without a receipt: of neighbours alone."""
    holds: int = 0
    """Cases that it holds, as far as this node knows."""
    invited_until: int = 0
    """When its open one-time code ends."""
    governed: bool = False
    """Whether this node keeps its record: only then may it be suspended or revoked from here."""


class NodeTree(msgspec.Struct, frozen=True, kw_only=True):
    """Every node known here, by code."""

    me: NodeId
    nodes: tuple[NodeView, ...]


class InvitationSlip(msgspec.Struct, frozen=True, kw_only=True):
    """An invitation in its parts, to be typed or scanned. Shown once."""

    node: NodeId
    names: NodeNames
    address: str
    """`host:port` of the broker that the place reaches its parent through."""
    code: str
    region: NodeId
    """Whose broker that is."""
    text: str
    """All of it in one line, as `zhengwu join` and the first-run page take it."""
    expires_at: int


class GovernReason(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why a node is suspended, resumed or revoked: a code of the published list."""

    reason: str


class FailedEvent(msgspec.Struct, frozen=True, kw_only=True):
    """An event that a neighbour refused and that nobody has sent again."""

    event: EventHash
    stream: StreamName | None
    """None where the event itself is not here."""
    author: NodeId
    by: NodeId
    """The neighbour that told us."""
    reason: str
    at: int


class ParkedFact(msgspec.Struct, frozen=True, kw_only=True):
    """An event that came before what it builds on."""

    stream: StreamName
    wants: str
    peer: str
    since: int
