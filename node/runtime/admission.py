"""Who may use this node's broker, as the directory says (design §4, the broker)."""

import sqlite3
from collections.abc import Callable

from federation import directory
from federation.broker_config import BrokerUser
from federation.directory import Record
from levels.profiles import profile_of
from schemas.ids import NodeId, is_ancestor, level_of, line_of, parent_of
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
    """List the broker's users: every enrolled node of the region, and open one-time codes."""
    records = [one for one in directory.records(tx) if member(owner, one.node)]
    found: list[BrokerUser] = []
    for record in records:
        found += _users_of(tx, record, records)
        if record.temporary_user and record.expires_at > now:
            above = parent_of(record.node) or owner
            found.append(BrokerUser(record.node, record.temporary_user, (), temporary_for=above))
    return tuple(found)


def _users_of(tx: sqlite3.Connection, record: Record, records: list[Record]) -> list[BrokerUser]:
    if record.state is not NodeState.ENROLLED:
        return []
    neighbours = [one.node for one in records if parent_of(one.node) == record.node]
    above = parent_of(record.node)
    if above is not None:
        neighbours.insert(0, above)
    keys = [row for row in directory.keys_of(tx, record.node) if row.state != "ended"]
    return [BrokerUser(record.node, row.nats, tuple(neighbours)) for row in keys if not row.revoked]
