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

from federation import directory, links
from node.cases import erasure
from node.database import Tx
from node.errors import NotAllowedError, NotFoundError
from node.operations import actions as operations
from node.runtime import (
    audit_commands,
    backups,
    calendar_commands,
    drilling,
    item_commands,
    node_commands,
    notice_commands,
    order_commands,
    people_commands,
    redress_commands,
    report_commands,
    roster_commands,
    sign_in_commands,
    supervision_commands,
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
from schemas.ids import level_of
from schemas.operations import Drill


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


async def nodes_waive(station: Station, asked: c.WaivePeer) -> c.Status:
    """After a restore: wait no longer for this neighbour."""
    peer = node_commands.place_of(asked.node)

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
    await station.node.works.run(station.actor, operations.note_backup, path)
    size = await asyncio.to_thread(_size, path)
    return c.Backup(path=str(path), bytes=size)


async def drill(station: Station, _: c.Nothing) -> Drill:
    """Restore the latest backup beside the node, verify it, and keep what was found."""
    found = await drilling.drill_latest(station.node)
    await station.node.works.run(station.actor, operations.note_drill, found)
    return found


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


Run = Callable[[Station, Any], Awaitable[msgspec.Struct]]

COMMANDS: Final[Mapping[str, tuple[type[msgspec.Struct], Run]]] = MappingProxyType(
    {
        "status": (c.Nothing, status),
        "nodes.replace_root": (c.ReplaceRoot, lambda s, a: replace_root(s.node, s.network, a)),
        "nodes.waive": (c.WaivePeer, nodes_waive),
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
        **audit_commands.COMMANDS,
        **node_commands.COMMANDS,
        **notice_commands.COMMANDS,
        **order_commands.COMMANDS,
        **roster_commands.COMMANDS,
        **people_commands.COMMANDS,
        **redress_commands.COMMANDS,
        **report_commands.COMMANDS,
        **sign_in_commands.COMMANDS,
        **supervision_commands.COMMANDS,
        "tasks.list": (c.Nothing, lambda s, _: s.node.works.read(tasks.overview, s.node.me)),
        "staff.load": (c.LoadStaff, staff_load),
        "backup": (c.Nothing, backup),
        "drill": (c.Nothing, drill),
        "clock": (c.MoveClock, clock),
        "clock.look": (c.ConfirmClock, clock_look),
    }
)
