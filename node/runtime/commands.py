"""What an operator's command can do: one function each, the same whether the node runs or not.

Each takes the open node and, if it runs, its network; and one Struct.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import msgspec

from federation import directory, enrolment, links, streams
from node.cases import erasure, reading
from node.database import Tx
from node.errors import BadInputError, NotAllowedError, NotFoundError
from node.runtime import (
    backups,
    calendar_commands,
    held_back,
    item_commands,
    joining,
    notice_commands,
    rotation,
    timekeeping,
)
from node.runtime.replacing import replace_root
from node.runtime.station import OPERATOR, Station
from node.settings import Purpose, save_settings
from node.staff import signing_in
from node.staff.passwords import Passwords
from node.tasks import reading as tasks
from node.work import SYSTEM, Work
from schemas import calendar as days
from schemas import control as c
from schemas.cases_api import CaseParts
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


async def status(station: Station, _: c.Nothing) -> c.Status:
    """Tell the node's state."""
    node, network = station.node, station.network
    counts = await node.works.read(_counts)
    settings = node.settings
    broker = network.broker if network else None
    return c.Status(
        node=node.me,
        name=settings.names.zh,
        level=level_of(node.me).value,
        running=network is not None,
        url=station.url,
        root=node.ledger.root,
        key=node.identity.key_id,
        recovering=node.ledger.recovering,
        clock_offset_seconds=int(node.clock.offset.total_seconds()),
        in_touch=network.in_touch if network else False,
        turned_away=network.turned_away if network else False,
        broker_port=broker.port if broker else 0,
        broker_restarts=broker.restarts if broker else 0,
        links=await node.works.read(_links),
        year_lacking=await calendar_commands.lacking(node.works),
        **counts,
    )


def _counts(tx: Tx) -> dict[str, int]:
    def count(table: str, where: str = "1") -> int:
        return int(tx.execute(f"SELECT count(*) FROM {table} WHERE {where}").fetchone()[0])  # noqa: S608

    return {
        "cases": count("cases"),
        "events": int(tx.execute("SELECT coalesce(max(arrival), 0) FROM events").fetchone()[0]),
        "parked": count("parked"),
        "parts_wanted": count("part_wants", "state < 3"),
        "findings": count("network_findings"),
    }


def _links(tx: Tx) -> tuple[c.LinkState, ...]:
    found = []
    for link in links.load_all(tx):
        waiting, since = links.waiting(tx, link.id)
        refused = tx.execute(
            "SELECT count(*) FROM refusals WHERE by_node = ? AND settled = 0", (link.peer,)
        ).fetchone()[0]
        found.append(
            c.LinkState(
                peer=link.peer, open=link.open == links.OPEN, greeted=bool(link.epoch),
                waiting=waiting, waiting_since=since, taken=link.taken,
                last_contact=link.last_contact, refused=refused,
            )
        )  # fmt: skip
    return tuple(found)


async def nodes_list(station: Station, _: c.Nothing) -> c.NodeList:
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


async def nodes_invite(station: Station, asked: c.InvitePlace) -> c.Invited:
    """Invite a place below; the line that comes back is good for a day."""
    child = _place(asked.node)
    names = NodeNames(zh=asked.zh, en=asked.en or asked.zh)
    invitation = await joining.invite(station.node, station.online, OPERATOR, child, names)
    return c.Invited(node=child, invitation=invitation.text)


async def nodes_suspend(station: Station, asked: c.GovernNode) -> c.Governed:
    """Stop a node's links and appends."""
    return await _govern(station, asked, _suspend)


async def nodes_resume(station: Station, asked: c.GovernNode) -> c.Governed:
    """Let a suspended node go on."""
    return await _govern(station, asked, _resume)


async def nodes_revoke(station: Station, asked: c.GovernNode) -> c.Governed:
    """End a node's keys and take back what it holds."""
    return await _govern(station, asked, _revoke)


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
    station: Station, asked: c.GovernNode, act: Callable[[Work, NodeId, Reason], int]
) -> c.Governed:
    node, reason = _place(asked.node), _reason(asked.reason)

    def unit(work: Work) -> c.Governed:
        if directory.record(work.tx, node) is None:
            raise NotFoundError(node)
        if node == work.me or not enrolment.may_govern(work.tx, work.me, node):
            raise NotAllowedError(f"{work.me} does not keep the record of {node}")
        count = act(work, node, reason)
        work.touched.append(node_stream(node))
        record = directory.record(work.tx, node)
        if record is None:
            raise NotFoundError(node)
        return c.Governed(node=node, state=record.state, reclaimed=count)

    done = await station.node.works.run(station.actor, unit)
    if station.network is not None:
        await station.network.admit()
    return done


async def nodes_rotate(station: Station, _: c.Nothing) -> c.Rotated:
    """Draw new keys for this node and ask its parent to add them."""
    return c.Rotated(key=await rotation.rotate_own(station.node, OPERATOR))


async def nodes_reclaim(station: Station, asked: c.ReclaimStream) -> c.Custody:
    """Take a case from a node below, visibly."""
    reason = _reason(asked.reason)

    def unit(work: Work) -> c.Custody:
        name = _stream(work, asked.case)
        holder = _place(asked.holder) if asked.holder else work.me
        stream = streams.load(work.tx, name)
        if stream is not None and not is_ancestor(work.me, stream.holder):
            raise NotAllowedError(
                f"{name} is held by {stream.holder}: only what a node below holds can be reclaimed"
            )
        work.reclaim(name, reason=reason.value, holder=holder)
        return c.Custody(stream=name, holder=holder)

    return await station.node.works.run(OPERATOR, unit)


async def nodes_waiting(station: Station, _: c.Nothing) -> c.HeldBackList:
    """List what waits under revoked keys."""
    return await station.node.works.read(held_back.waiting)


async def nodes_adopt(station: Station, asked: c.AdoptStream) -> c.Custody:
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
        return c.Custody(stream=name, holder=work.me)

    return await station.node.works.run(OPERATOR, unit)


async def nodes_waive(station: Station, asked: c.WaivePeer) -> c.Status:
    """After a restore: wait no longer for this neighbour."""
    peer = _place(asked.node)

    def unit(work: Work) -> None:
        link = links.load(work.tx, peer)
        if link is None:
            raise NotFoundError(peer)
        link.waived = True
        links.save(work.tx, link)
        directory.note_finding(work.tx, "waived", peer, "", work.now_ms)

    await station.node.works.run(OPERATOR, unit)
    if station.network is not None:
        station.network.changed.set()
    return await status(station, c.Nothing())


async def nodes_resend(station: Station, asked: c.ResendEvent) -> c.Resent:
    """Send a refused event again."""
    try:
        event = bytes.fromhex(asked.event)
    except ValueError:
        raise BadInputError({"event": "an event is named by 64 hex digits"}) from None
    node = station.node
    queued = await node.works.run(
        OPERATOR, lambda work: node.link.resend(work.tx, event, now=work.now_ms)
    )
    if station.network is not None:
        station.network.committed(())
    return c.Resent(queued=queued)


async def parts_list(station: Station, asked: c.ListParts) -> CaseParts:
    """List a case's papers, and who has destroyed which."""
    return await station.node.works.run(OPERATOR, erasure.parts_of, asked.case)


async def parts_erase(station: Station, asked: c.DestroyParts) -> CaseParts:
    """Destroy papers of a closed case, wherever they are."""
    return await station.node.works.run(OPERATOR, erasure.erase, asked.case, asked.form)


async def staff_load(station: Station, asked: c.LoadStaff) -> c.Nothing:
    """Bring departments and accounts to what a list says."""
    await signing_in.load(station.node.works, OPERATOR, asked.listed, Passwords())
    return c.Nothing()


async def backup(station: Station, _: c.Nothing) -> c.Backup:
    """Copy store, keys and papers into `backups/`."""
    path = await backups.back_up(station.node)
    size = await asyncio.to_thread(_size, path)
    return c.Backup(path=str(path), bytes=size)


def _size(path: Path) -> int:
    return sum(one.stat().st_size for one in path.rglob("*") if one.is_file())


async def clock(station: Station, asked: c.MoveClock) -> c.Status:
    """Move the clock of a training home."""
    node = station.node
    if node.settings.purpose is Purpose.PRODUCTION:
        raise NotAllowedError("a production node lives in real time")
    node.clock.offset = timedelta(seconds=asked.offset_seconds)
    node.settings = msgspec.structs.replace(
        node.settings, clock_offset_seconds=asked.offset_seconds
    )
    await asyncio.to_thread(save_settings, node.home, node.settings)
    await node.works.run(SYSTEM, lambda work: timekeeping.begin_at(work.tx, work.now_ms))
    return await status(station, c.Nothing())


async def clock_look(station: Station, asked: c.ConfirmClock) -> c.ClockState:
    """Tell of the clock, and believe it if a person says so."""

    def unit(work: Work) -> c.ClockState:
        if asked.confirm:
            timekeeping.confirm(work.tx, work.now_ms)
        return c.ClockState(
            now=work.now_ms,
            ahead_ms=timekeeping.ahead(work.tx, work.me, work.now_ms),
            drifts={one.peer: one.drift for one in links.load_all(work.tx)},
        )

    return await station.node.works.run(OPERATOR, unit)


def _place(text: str) -> NodeId:
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
        "status": (c.Nothing, status),
        "nodes.list": (c.Nothing, nodes_list),
        "nodes.invite": (c.InvitePlace, nodes_invite),
        "nodes.suspend": (c.GovernNode, nodes_suspend),
        "nodes.resume": (c.GovernNode, nodes_resume),
        "nodes.revoke": (c.GovernNode, nodes_revoke),
        "nodes.rotate": (c.Nothing, nodes_rotate),
        "nodes.replace_root": (c.ReplaceRoot, lambda s, a: replace_root(s.node, s.network, a)),
        "nodes.reclaim": (c.ReclaimStream, nodes_reclaim),
        "nodes.waiting": (c.Nothing, nodes_waiting),
        "nodes.adopt": (c.AdoptStream, nodes_adopt),
        "nodes.waive": (c.WaivePeer, nodes_waive),
        "nodes.resend": (c.ResendEvent, nodes_resend),
        "parts.list": (c.ListParts, parts_list),
        "parts.erase": (c.DestroyParts, parts_erase),
        "items.publish": (c.PublishItems, item_commands.publish),
        "items.import": (c.ImportItems, item_commands.import_items),
        "items.export": (c.Nothing, item_commands.export),
        "calendar.show": (days.ShowYear, lambda s, a: calendar_commands.show(s.node.works, a)),
        "calendar.publish": (
            days.PublishTable,
            lambda s, a: calendar_commands.publish(s.node.works, s.actor, a),
        ),
        "calendar.withdraw": (
            days.WithdrawTable,
            lambda s, a: calendar_commands.withdraw(s.node.works, s.actor, a),
        ),
        "calendar.due": (days.AskDue, lambda s, a: calendar_commands.due(s.node.works, a)),
        **notice_commands.COMMANDS,
        "tasks.list": (c.Nothing, lambda s, _: s.node.works.read(tasks.overview, s.node.me)),
        "staff.load": (c.LoadStaff, staff_load),
        "backup": (c.Nothing, backup),
        "clock": (c.MoveClock, clock),
        "clock.look": (c.ConfirmClock, clock_look),
    }
)
