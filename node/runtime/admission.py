"""Who may use this node's broker, as the directory says (design §4, the broker)."""

import sqlite3
import sys
from collections.abc import Callable

import msgspec

from federation import directory, streams
from federation.broker_config import BrokerUser
from federation.directory import Record
from levels.profiles import profile_of
from schemas.ids import NodeId, is_ancestor, level_of, line_of, node_stream, parent_of
from schemas.levels import Capability
from schemas.nodes import NodeState


def _has_own_broker(node: NodeId) -> bool:
    return Capability.BROKER in profile_of(level_of(node)).capabilities


def in_region(owner: NodeId, node: NodeId) -> bool:
    """Say whether mail of `node` lies on the broker of `owner`: no other broker stands between."""
    if not is_ancestor(owner, node):
        return False
    between = [place for place in line_of(node)[1:] if is_ancestor(owner, place)]
    return not any(_has_own_broker(place) for place in between)


def users(
    tx: sqlite3.Connection,
    owner: NodeId,
    now: int,
    *,
    member: Callable[[NodeId, NodeId], bool] = in_region,
) -> tuple[BrokerUser, ...]:
    """List the broker's users: every enrolled node of the region, and open one-time codes.

    In the order in which the keys were first heard of: of two users with one key the broker takes
    the first, so nobody shuts another out by writing that one's key into a record of his own.
    """
    records = [one for one in directory.records(tx) if member(owner, one.node)]
    found: list[BrokerUser] = []
    for record in records:
        found += _users_of(tx, record, records)
        if record.temporary_user and record.expires_at > now:
            above = _inviter(tx, record) or owner
            found.append(BrokerUser(record.node, record.temporary_user, (), temporary_for=above))
    return tuple(sorted(found, key=lambda user: _heard(tx, user)))


def _heard(tx: sqlite3.Connection, user: BrokerUser) -> int:
    """Number the event of the node's record by which this key became known here."""
    row = tx.execute(
        "SELECT min(e.arrival) FROM events e JOIN streams s ON s.id = e.stream WHERE s.name = ?"
        " AND instr(e.payload, ?)",
        (node_stream(user.node), msgspec.json.encode(user.nkey)),
    ).fetchone()
    return int(row[0]) if row[0] is not None else sys.maxsize


def _users_of(tx: sqlite3.Connection, record: Record, records: list[Record]) -> list[BrokerUser]:
    if record.state is not NodeState.ENROLLED:
        return []
    neighbours = [one.node for one in records if parent_of(one.node) == record.node]
    above = parent_of(record.node)
    if above is not None:
        neighbours.insert(0, above)
    keys = [row for row in directory.keys_of(tx, record.node) if row.state != "ended"]
    return [BrokerUser(record.node, row.nats, tuple(neighbours)) for row in keys if not row.revoked]


def _inviter(tx: sqlite3.Connection, record: Record) -> NodeId | None:
    """Name whom the code's user may ask: the keeper of the record, usually the parent."""
    stream = streams.load(tx, node_stream(record.node))
    return stream.holder if stream is not None and stream.holder else parent_of(record.node)
