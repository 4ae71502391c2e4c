"""The stream kind `node`: the rules of node records, and their fold into the directory.

A record is written by ancestors alone (a root writes its own). What is held true of keys across
streams is `federation.trust`'s.
"""

import sqlite3
from typing import Final, assert_never

import msgspec

from federation.directory import (
    change_over_bytes,
    claim_bytes,
    keys_of,
    note_finding,
)
from federation.encoding import unb64
from federation.errors import MalformedError
from federation.identity import key_id_of, verify_with
from federation.streams import Stored, Verdict
from schemas.events import CUSTODY_KINDS, Event
from schemas.ids import KeyId, NodeId, StreamName, is_ancestor, parent_of, stream_creator
from schemas.nodes import (
    ROOT_REPLACED,
    NodeChangedOver,
    NodeEnrolled,
    NodeEvent,
    NodeInvited,
    NodeResumed,
    NodeRevoked,
    NodeRotated,
    NodeState,
    NodeSuspended,
    PublicKeys,
    RootReplaced,
)

REVOKED: Final = "node.revoked"
_decoder: Final[msgspec.json.Decoder[NodeEvent]] = msgspec.json.Decoder(NodeEvent)


_STANDING: Final = {
    NodeSuspended: NodeState.SUSPENDED,
    NodeResumed: NodeState.ENROLLED,
    NodeRevoked: NodeState.REVOKED,
}


class NodeKind:
    """The stream kind `node`: the federation's own."""

    unlocks = False
    widens = False

    def about(self, event: Event) -> StreamName | None:
        """Node records speak of nothing but themselves."""
        del event
        return None

    def judge(self, tx: sqlite3.Connection, stream: StreamName, event: Event) -> Verdict:
        """Effective if the new keys are proven to be the node's own; else inert."""
        subject = stream_creator(stream)
        if event.kind in CUSTODY_KINDS:
            return Verdict.EFFECTIVE
        try:
            data: NodeEvent = _decoder.decode(event.data)
        except msgspec.DecodeError:
            return Verdict.UNJUDGED
        if data.__struct_config__.tag != event.kind:
            return Verdict.INERT
        match data:
            case NodeEnrolled() | NodeRotated() | RootReplaced():
                return _judge_keys(data, subject, event.node)
            case NodeChangedOver():
                return _changed_over(tx, subject, data)
            case NodeInvited() | NodeSuspended() | NodeResumed() | NodeRevoked():
                return Verdict.EFFECTIVE
            case _:
                assert_never(data)

    def project(self, tx: sqlite3.Connection, stream: StreamName, stored: Stored) -> None:
        """Fold one event into the directory."""
        if stored.verdict is not Verdict.EFFECTIVE or stored.event.kind in CUSTODY_KINDS:
            return
        data: NodeEvent = _decoder.decode(stored.event.data)
        subject = stream_creator(stream)
        if stored.event.seq == 0 and stored.event.node not in (subject, parent_of(subject)):
            note_finding(tx, "begun_above", subject, stored.event.node, stored.event.at)
        match data:
            case NodeInvited():
                _invited(tx, subject, data)
            case NodeEnrolled() | RootReplaced():
                _enrolled(tx, subject, data)
            case NodeRotated():
                _rotated(tx, subject, data, stored)
            case NodeChangedOver():
                _change(tx, subject, data)
            case NodeSuspended() | NodeResumed() | NodeRevoked():
                _set_state(tx, subject, _STANDING[type(data)])
            case _:
                assert_never(data)

    def reset(self, tx: sqlite3.Connection, stream: StreamName) -> None:
        """Forget the record and its keys: they are given anew by the events that count."""
        tx.execute("DELETE FROM node_records WHERE node = ?", (stream_creator(stream),))
        tx.execute("DELETE FROM node_keys WHERE node = ?", (stream_creator(stream),))

    def concerns(
        self,
        tx: sqlite3.Connection,
        stream: StreamName,
        parties: frozenset[NodeId],
        neighbour: NodeId,
    ) -> bool:
        """A record goes to the node, its ancestors and descendants (protocol §3.3)."""
        del tx
        subject = stream_creator(stream)
        return (
            neighbour == subject
            or is_ancestor(neighbour, subject)
            or is_ancestor(subject, neighbour)
            or neighbour in parties
        )


def taken_keys(event: Event) -> tuple[KeyId, ...]:
    """Name the keys that an event of a record takes, if its author may take them."""
    subject = stream_creator(event.stream)
    if event.kind != ROOT_REPLACED and not (
        event.kind == REVOKED and is_ancestor(event.node, subject)
    ):
        return ()
    try:
        data = _decoder.decode(event.data)
    except msgspec.DecodeError:
        return ()
    match data:
        case NodeRevoked() if event.kind == REVOKED:
            return data.keys
        case RootReplaced() if event.kind == ROOT_REPLACED:
            return data.revoked
        case _:
            return ()


def stated_key(event: Event) -> tuple[KeyId, bytes] | None:
    """Read the key that an event of a record gives, if it is proven to be the node's own."""
    subject = stream_creator(event.stream)
    try:
        data = _decoder.decode(event.data)
    except msgspec.DecodeError:
        return None
    if not isinstance(data, NodeEnrolled | NodeRotated | RootReplaced):
        return None
    if data.__struct_config__.tag != event.kind:
        return None
    if _judge_keys(data, subject, event.node) is not Verdict.EFFECTIVE:
        return None
    public = unb64(data.keys.signing)
    return key_id_of(public), public


def _judge_keys(
    data: NodeEnrolled | NodeRotated | RootReplaced, subject: NodeId, author: NodeId
) -> Verdict:
    if isinstance(data, RootReplaced):  # the recovery key vouches for them
        return _proven(data.keys, subject, "", "", root=True)
    if isinstance(data, NodeRotated):
        return _proven(data.keys, subject, data.request, "rotate", root=author == subject)
    return _proven(data.keys, subject, data.request, "join", root=author == subject)


def _proven(
    keys: PublicKeys, subject: NodeId, request: str, purpose: str, *, root: bool
) -> Verdict:
    try:
        public = unb64(keys.signing)
        good = root or verify_with(public, purpose, claim_bytes(subject, keys), unb64(request))
    except (MalformedError, ValueError):
        good = False
    return Verdict.EFFECTIVE if good else Verdict.INERT


def _changed_over(tx: sqlite3.Connection, subject: NodeId, data: NodeChangedOver) -> Verdict:
    said = change_over_bytes(subject, data.ended)
    for row in keys_of(tx, subject):
        if row.key != data.ended and row.state != "ended":
            try:
                if verify_with(row.public, "rotate", said, unb64(data.signature)):
                    return Verdict.EFFECTIVE
            except (MalformedError, ValueError):
                return Verdict.INERT
    return Verdict.INERT


def _insert_key(tx: sqlite3.Connection, node: NodeId, keys: PublicKeys, state: str) -> KeyId:
    public = unb64(keys.signing)
    key = key_id_of(public)
    tx.execute(
        "INSERT INTO node_keys (key, node, public, sealing, nats, state) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (key, node) DO UPDATE SET state = excluded.state,"
        " sealing = excluded.sealing, nats = excluded.nats",
        (key, node, public, keys.sealing, keys.nats, state),
    )
    return key


def _invited(tx: sqlite3.Connection, subject: NodeId, data: NodeInvited) -> None:
    tx.execute(
        "INSERT INTO node_records VALUES (?, ?, ?, ?, '', ?, ?) ON CONFLICT (node) DO UPDATE SET"
        " temporary_user = excluded.temporary_user, expires_at = excluded.expires_at",
        (
            subject, data.names.zh, data.names.en, NodeState.INVITED.value,
            data.temporary_user, data.expires_at,
        ),
    )  # fmt: skip


def _enrolled(tx: sqlite3.Connection, subject: NodeId, data: NodeEnrolled | RootReplaced) -> None:
    tx.execute("UPDATE node_keys SET state = 'ended' WHERE node = ?", (subject,))
    key = _insert_key(tx, subject, data.keys, "current")
    if isinstance(data, RootReplaced):
        tx.execute("UPDATE node_records SET key = ? WHERE node = ?", (key, subject))
        return
    tx.execute(
        "INSERT INTO node_records VALUES (?, ?, ?, ?, ?, '', 0) ON CONFLICT (node) DO UPDATE SET"
        " zh = excluded.zh, en = excluded.en, state = excluded.state, key = excluded.key",
        (subject, data.names.zh, data.names.en, NodeState.ENROLLED.value, key),
    )


def _rotated(tx: sqlite3.Connection, subject: NodeId, data: NodeRotated, stored: Stored) -> None:
    said = claim_bytes(subject, data.keys)
    old = next((row for row in keys_of(tx, subject) if row.key == data.old_key), None)
    vouched = False
    if old is not None and data.countersignature:
        try:
            vouched = verify_with(old.public, "rotate", said, unb64(data.countersignature))
        except (MalformedError, ValueError):
            vouched = False
    key = _insert_key(tx, subject, data.keys, "added")
    if not vouched:
        note_finding(tx, "key_without_old", subject, key, stored.event.at)


def _change(tx: sqlite3.Connection, subject: NodeId, data: NodeChangedOver) -> None:
    tx.execute(
        "UPDATE node_keys SET state = 'ended' WHERE node = ? AND key = ?", (subject, data.ended)
    )
    row = tx.execute(
        "SELECT key FROM node_keys WHERE node = ? AND state = 'added' ORDER BY key LIMIT 1",
        (subject,),
    ).fetchone()
    if row is not None:
        tx.execute(
            "UPDATE node_keys SET state = 'current' WHERE node = ? AND key = ?", (subject, row[0])
        )
        tx.execute("UPDATE node_records SET key = ? WHERE node = ?", (row[0], subject))


def _set_state(tx: sqlite3.Connection, subject: NodeId, state: NodeState) -> None:
    tx.execute("UPDATE node_records SET state = ? WHERE node = ?", (state.value, subject))
