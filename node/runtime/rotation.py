"""Rotation of a node's own keys: wished, granted by the parent, used, and the old one ended.

A node whose parent is far away loses nothing: the old key stays good until the node itself says
that it has changed over (protocol §3.2).
"""

import asyncio

from federation import directory, enrolment, wishes
from federation.enrolment import change_over_of, rotation_of
from federation.identity import Identity, stage_rotation
from node.audit import actions as audit
from node.database import Tx
from node.runtime.opening import KEYS, Node
from node.work import SYSTEM, Actor, Work
from schemas.audit import Act
from schemas.ids import KeyId, NodeId, node_stream, parent_of
from schemas.nodes import NodeChangedOver, NodeRotated
from schemas.wishes import ChangeOverWished, RotationWished


async def rotate_own(node: Node, actor: Actor) -> KeyId:
    """Draw new keys and ask for them; returns the new signing key's id. Again asks for the same."""
    staged = await asyncio.to_thread(stage_rotation, node.home / KEYS, node.me)
    await node.works.run(actor, _wish, rotation_of(node.identity, staged))
    return staged.key_id


def _wish(work: Work, rotation: NodeRotated) -> None:
    name = node_stream(work.me)
    audit.note(work, Act.NODE_ROTATED, work.me)
    if parent_of(work.me) is None:
        enrolment.rotate(work.ledger, work.tx, work.me, rotation, work.hand)
        work.touched.append(name)
        return
    work.begin("wish", RotationWished(stream=name, rotation=rotation), holder=work.me)


def after_rotation(tx: Tx, me: NodeId, key: KeyId) -> bool:
    """Say whether the record gives us this key."""
    return any(row.key == key and row.state != "ended" for row in directory.keys_of(tx, me))


def to_be_ended(tx: Tx, identity: Identity) -> list[KeyId]:
    """Name our keys that are still open although we sign with one that was added after them."""
    keys = directory.keys_of(tx, identity.node)
    states = {one.key: one.state for one in keys if not one.revoked}
    if states.get(identity.key_id) != "added":
        return []
    return [key for key, state in states.items() if state == "current"]


async def announce_change_over(node: Node, ended: KeyId) -> None:
    """Say, under the new key, that the old one is no longer used."""
    statement = change_over_of(node.identity, ended)
    await node.works.run(SYSTEM, _changed_over, statement)


def _changed_over(work: Work, statement: NodeChangedOver) -> None:
    name = node_stream(work.me)
    if parent_of(work.me) is None:
        enrolment.changed_over(work.ledger, work.tx, work.me, statement, work.hand)
        work.touched.append(name)
        return
    work.begin("wish", ChangeOverWished(stream=name, statement=statement), holder=work.me)


def grant_wishes(work: Work) -> None:
    """Grant what the nodes below have wished of the records that we hold."""
    work.touched += wishes.grant_own(work.ledger, work.tx, work.hand)
