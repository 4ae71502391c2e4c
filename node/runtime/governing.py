"""What the operator's pages and API may do to nodes, fitted to the running node."""

from dataclasses import dataclass, replace
from typing import Final

from federation.joincode import Invitation
from node.cases import reading
from node.database import Tx
from node.network.control import Control, Govern, Subject
from node.runtime import held_back, joining, node_commands
from node.runtime.network import Network
from node.runtime.opening import Node
from node.runtime.station import Station
from node.web.security import Desk
from schemas import control as c
from schemas.ids import NodeId, StreamName, stream_kind
from schemas.nodes import NodeNames

MOST_HELD: Final = 50  # open cases named under a node that does not answer


@dataclass(frozen=True, slots=True)
class _Governor:
    """Each act in the name of whoever sits at the desk; the page has checked the post."""

    station: Station

    def _by(self, desk: Desk) -> Station:
        return replace(self.station, actor=desk.actor)

    def act(self, run: node_commands.GovernRun) -> Govern:
        """Fit one of suspend, resume, revoke."""

        async def perform(desk: Desk, place: NodeId, reason: str) -> c.Governed:
            return await run(self._by(desk), c.GovernNode(node=place, reason=reason))

        return perform

    async def invite(self, desk: Desk, place: NodeId, names: NodeNames) -> Invitation:
        """Invite a place below."""
        node, network = self.station.node, self.station.online
        return await joining.invite(node, network, desk.actor, place, names)

    async def rotate(self, desk: Desk) -> str:
        """Draw new keys for this node."""
        return (await node_commands.rotate(self._by(desk), c.Nothing())).key

    async def reclaim(self, desk: Desk, asked: c.ReclaimStream) -> c.Custody:
        """Take a case from a node below."""
        return await node_commands.reclaim(self._by(desk), asked)

    async def adopt(self, desk: Desk, asked: c.AdoptStream) -> c.Custody:
        """Let what waits behind a revoked key count."""
        return await node_commands.adopt(self._by(desk), asked)

    async def resend(self, desk: Desk, event: str) -> bool:
        """Queue a refused event again."""
        asked = c.ResendEvent(event=event)
        return (await node_commands.resend(self._by(desk), asked)).queued


def control_of(node: Node, network: Network) -> Control:
    """Fit what an operator may do."""
    governor = _Governor(Station(node, network))
    return Control(
        govern={
            "suspend": governor.act(node_commands.suspend),
            "resume": governor.act(node_commands.resume),
            "revoke": governor.act(node_commands.revoke),
        },
        invite=governor.invite,
        rotate=governor.rotate,
        reclaim=governor.reclaim,
        adopt=governor.adopt,
        resend=governor.resend,
        subject=subject_of,
        held=held_open,
        held_back=held_back.waiting,
    )


def subject_of(tx: Tx, stream: StreamName) -> Subject | None:
    """Name the case of a stream; `None` if it is no case, or not known here."""
    view = reading.of_stream(tx, stream) if stream_kind(stream) == "case" else None
    if view is None:
        return None
    return Subject(stream, view.number, reading.item_name(tx, view), view.since)


def held_open(tx: Tx, node: NodeId) -> tuple[Subject, ...]:
    """List the open cases that a node holds, oldest first; the first 50."""
    rows = tx.execute(
        "SELECT s.name FROM streams s JOIN cases c ON c.stream = s.name WHERE s.holder = ?"
        " AND s.kind = 'case' AND c.closed_at IS NULL AND c.state NOT IN ('revoked', 'voided')"
        " ORDER BY s.id LIMIT ?",
        (node, MOST_HELD),
    ).fetchall()
    found = (subject_of(tx, StreamName(name)) for (name,) in rows)
    return tuple(one for one in found if one is not None)
