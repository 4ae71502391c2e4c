"""What an operator's command can do about nodes, the same whether the node runs or not.

Invite, suspend, resume, revoke, rotate, reclaim, adopt, resend: each in the name of the station's
actor, in one Work.
"""

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

import msgspec

from federation import directory, enrolment, streams
from node.audit import actions as audit
from node.cases import reading
from node.database import Tx
from node.errors import BadInputError, NotAllowedError, NotFoundError
from node.runtime import held_back, joining, rotation
from node.runtime.station import Station
from node.work import Work
from schemas import control as c
from schemas.audit import Act
from schemas.events import HolderAdopted
from schemas.ids import (
    BadNameError,
    NodeId,
    StreamName,
    is_ancestor,
    level_of,
    node_stream,
    parse_node_id,
    parse_stream,
)
from schemas.nodes import NodeNames, NodeState
from schemas.reasons import Reason

GovernRun = Callable[[Station, c.GovernNode], Awaitable[c.Governed]]


async def list_nodes(station: Station, _: c.Nothing) -> c.NodeList:
    """List the nodes known here."""
    return await station.node.works.read(_nodes)


def _nodes(tx: Tx) -> c.NodeList:
    lines = []
    for record in directory.records(tx):
        stream = streams.load(tx, node_stream(record.node))
        lines.append(
            c.NodeLine(
                node=record.node, name=record.names.zh, level=level_of(record.node).value,
                state=record.state, key=record.key,
                holder=stream.holder if stream else NodeId(""),
            )
        )  # fmt: skip
    return c.NodeList(nodes=tuple(lines))


async def invite(station: Station, asked: c.InvitePlace) -> c.Invited:
    """Invite a place below; the line that comes back is good for a day."""
    child = place_of(asked.node)
    names = NodeNames(zh=asked.zh, en=asked.en or asked.zh)
    invitation = await joining.invite(station.node, station.online, station.actor, child, names)
    return c.Invited(node=child, invitation=invitation.text)


async def suspend(station: Station, asked: c.GovernNode) -> c.Governed:
    """Stop a node's links and appends."""
    return await _govern(station, asked, _suspend, Act.NODE_SUSPENDED)


async def resume(station: Station, asked: c.GovernNode) -> c.Governed:
    """Let a suspended node go on."""
    return await _govern(station, asked, _resume, Act.NODE_RESUMED)


async def revoke(station: Station, asked: c.GovernNode) -> c.Governed:
    """End a node's keys and take back what it holds."""
    return await _govern(station, asked, _revoke, Act.NODE_REVOKED)


def _suspend(work: Work, node: NodeId, reason: Reason) -> int:
    enrolment.suspend(work.ledger, work.tx, node, reason, work.hand)
    return 0


def _resume(work: Work, node: NodeId, reason: Reason) -> int:
    record = directory.record(work.tx, node)
    if record is None or record.state is not NodeState.SUSPENDED:
        raise NotAllowedError(f"{node} is not suspended; a revoked place is invited again")
    enrolment.resume(work.ledger, work.tx, node, reason, work.hand)
    return 0


def _revoke(work: Work, node: NodeId, reason: Reason) -> int:
    taken = enrolment.revoke(work.ledger, work.tx, node, reason, work.hand)
    work.touched += taken
    return len(taken)


async def _govern(
    station: Station, asked: c.GovernNode, act: Callable[[Work, NodeId, Reason], int], did: Act
) -> c.Governed:
    node, reason = place_of(asked.node), _reason(asked.reason)

    def unit(work: Work) -> c.Governed:
        if directory.record(work.tx, node) is None:
            raise NotFoundError(node)
        if node == work.me or not enrolment.may_govern(work.tx, work.me, node):
            raise NotAllowedError(f"{work.me} does not keep the record of {node}")
        count = act(work, node, reason)
        audit.note(work, did, node, {"reason": reason, "reclaimed": str(count)})
        work.touched.append(node_stream(node))
        record = directory.record(work.tx, node)
        if record is None:
            raise NotFoundError(node)
        return c.Governed(node=node, state=record.state, reclaimed=count)

    done = await station.node.works.run(station.actor, unit)
    if station.network is not None:
        await station.network.admit()
    return done


async def rotate(station: Station, _: c.Nothing) -> c.Rotated:
    """Draw new keys for this node and ask its parent to add them."""
    return c.Rotated(key=await rotation.rotate_own(station.node, station.actor))


async def reclaim(station: Station, asked: c.ReclaimStream) -> c.Custody:
    """Take a case from a node below, visibly."""
    reason = _reason(asked.reason)

    def unit(work: Work) -> c.Custody:
        name = _stream(work, asked.case)
        holder = place_of(asked.holder) if asked.holder else work.me
        stream = streams.load(work.tx, name)
        if stream is not None and not is_ancestor(work.me, stream.holder):
            raise NotAllowedError(
                f"{name} is held by {stream.holder}: only what a node below holds can be reclaimed"
            )
        work.reclaim(name, reason=reason.value, holder=holder)
        audit.note(work, Act.NODE_RECLAIMED, name, {"reason": reason, "holder": holder})
        return c.Custody(stream=name, holder=holder)

    return await station.node.works.run(station.actor, unit)


async def waiting(station: Station, _: c.Nothing) -> c.HeldBackList:
    """List what waits under revoked keys."""
    return await station.node.works.read(held_back.waiting)


async def adopt(station: Station, asked: c.AdoptStream) -> c.Custody:
    """Let what waits under a revoked key count."""
    reason = _reason(asked.reason)

    def unit(work: Work) -> c.Custody:
        name = _stream(work, asked.stream)
        stream = streams.load(work.tx, name)
        if stream is None or not stream.waiting:
            raise NotFoundError(f"nothing waits in {name}")
        _, holder = streams.custody(work.tx, stream, stream.tip) or (0, work.me)
        if holder == work.me:
            data = HolderAdopted(reason=reason.value)
            work.append(name, data, holder=work.me, adopting=True)
        else:
            work.reclaim(name, reason=reason.value, holder=work.me, at=stream.tip)
        audit.note(work, Act.NODE_RECLAIMED, name, {"reason": reason, "adopted": "yes"})
        return c.Custody(stream=name, holder=work.me)

    return await station.node.works.run(station.actor, unit)


async def resend(station: Station, asked: c.ResendEvent) -> c.Resent:
    """Send a refused event again."""
    try:
        event = bytes.fromhex(asked.event)
    except ValueError:
        raise BadInputError({"event": "an event is named by 64 hex digits"}) from None
    node = station.node

    def unit(work: Work) -> bool:
        queued = node.link.resend(work.tx, event, now=work.now_ms)
        if queued:
            audit.note(work, Act.DELIVERY_RESENT, asked.event)
        return queued

    queued = await node.works.run(station.actor, unit)
    if station.network is not None:
        station.network.committed(())
    return c.Resent(queued=queued)


def place_of(text: str) -> NodeId:
    """Read a division code as people type it. Raises `BadInputError`."""
    try:
        return parse_node_id(text)
    except BadNameError as error:
        raise BadInputError({"node": str(error)}) from None


def _reason(text: str) -> Reason:
    try:
        return Reason(text)
    except ValueError:
        known = ", ".join(one.value for one in Reason)
        raise BadInputError({"reason": f"{text!r} is none of {known}"}) from None


def _stream(work: Work, text: str) -> StreamName:
    try:
        return parse_stream(text)
    except BadNameError:
        reader = reading.reader_of(work.me, work.profile, work.actor)
        return reading.case(work.tx, reader, text).stream


Run = Callable[[Station, Any], Awaitable[msgspec.Struct]]
COMMANDS: Final[Mapping[str, tuple[type[msgspec.Struct], Run]]] = MappingProxyType(
    {
        "nodes.list": (c.Nothing, list_nodes),
        "nodes.invite": (c.InvitePlace, invite),
        "nodes.suspend": (c.GovernNode, suspend),
        "nodes.resume": (c.GovernNode, resume),
        "nodes.revoke": (c.GovernNode, revoke),
        "nodes.rotate": (c.Nothing, rotate),
        "nodes.reclaim": (c.ReclaimStream, reclaim),
        "nodes.waiting": (c.Nothing, waiting),
        "nodes.adopt": (c.AdoptStream, adopt),
        "nodes.resend": (c.ResendEvent, resend),
    }
)
