"""The life of a node's record: a root, inviting, enrolling, rotating, suspending, revoking.

Each is an event of `node/<id>`, written by the ancestor that holds that stream (protocol §3). All
are synchronous, inside the caller's transaction.
"""

import sqlite3

import msgspec

from federation import directory, streams
from federation.directory import change_over_bytes, claim_bytes
from federation.encoding import b64, unb64
from federation.errors import BadSignatureError, FederationError
from federation.identity import Identity, verify_with
from federation.ledger import Hand, Ledger
from federation.roots import RecoveryKey
from federation.streams import NO_HASH_BYTES, Stored, Verdict
from schemas.events import HolderAdopted
from schemas.ids import EventHash, KeyId, NodeId, StreamName, is_ancestor, node_stream, parent_of
from schemas.nodes import (
    JoinAnswer,
    JoinAsk,
    NodeChangedOver,
    NodeEnrolled,
    NodeInvited,
    NodeNames,
    NodeResumed,
    NodeRevoked,
    NodeRotated,
    NodeSuspended,
    PublicKeys,
    RootReplaced,
)
from schemas.reasons import Reason

_INVITED = NodeInvited.__struct_config__.tag
_ENROLLED = NodeEnrolled.__struct_config__.tag


class NotInvitedError(FederationError):
    """This place has no open invitation, or has joined with other keys."""


def begin_root(
    ledger: Ledger, tx: sqlite3.Connection, names: NodeNames, recovery: str, hand: Hand
) -> EventHash:
    """Write the root's first event and give its fingerprint, by which all others know it."""
    data = NodeEnrolled(names=names, keys=ledger.identity.public, recovery=recovery)
    stored = ledger.begin_named(tx, node_stream(ledger.me), data, holder=ledger.me, hand=hand)
    ledger.root = stored.hash
    return stored.hash


def invite(
    ledger: Ledger, tx: sqlite3.Connection, node: NodeId, data: NodeInvited, hand: Hand
) -> Stored:
    """Let a machine of the place `node` ask to join; again replaces the invitation before."""
    return _write(ledger, tx, node, data, hand)


def enrol(ledger: Ledger, tx: sqlite3.Connection, ask: JoinAsk, hand: Hand) -> None:
    """Take a joining place in: the same request again changes nothing (its answer may be lost).

    An invitation is good for one machine: once it has joined, other keys need another invitation.
    Raises `NotInvitedError`, `BadSignatureError`.
    """
    record = directory.record(tx, ask.node)
    if record is None or not record.temporary_user or record.expires_at < hand.now:
        raise NotInvitedError(f"{ask.node} has no open invitation")
    claim = claim_bytes(ask.node, ask.keys)
    if not verify_with(unb64(ask.keys.signing), "join", claim, unb64(ask.signature)):
        raise BadSignatureError(f"the request of {ask.node} is not signed by its own key")
    if _has_joined(tx, ask.node):
        if _enrolled_with(tx, ask.node, ask.keys):
            return
        raise NotInvitedError(f"the invitation of {ask.node} was used by another machine")
    data = NodeEnrolled(names=record.names, keys=ask.keys, request=ask.signature)
    _write(ledger, tx, ask.node, data, hand)


def _has_joined(tx: sqlite3.Connection, node: NodeId) -> bool:
    """Say whether a machine has joined since the last invitation."""
    stream = streams.load(tx, node_stream(node))
    if stream is None:
        return False
    kinds = [
        one.event.kind for one in streams.events(tx, stream) if one.verdict is Verdict.EFFECTIVE
    ]
    steps = [kind for kind in kinds if kind in (_INVITED, _ENROLLED)]
    return bool(steps) and steps[-1] == _ENROLLED


def _enrolled_with(tx: sqlite3.Connection, node: NodeId, keys: PublicKeys) -> bool:
    public = unb64(keys.signing)
    return any(
        row.public == public and row.sealing == keys.sealing and row.nats == keys.nats
        for row in directory.keys_of(tx, node)
        if row.state == "current" and not row.revoked
    )


def ask_of(identity: Identity) -> JoinAsk:
    """Make the request of a joining place."""
    signature = identity.sign("join", claim_bytes(identity.node, identity.public))
    return JoinAsk(node=identity.node, keys=identity.public, signature=b64(signature))


def answer_to(
    ledger: Ledger, tx: sqlite3.Connection, node: NodeId, *, region: NodeId, ca: str
) -> JoinAnswer:
    """Answer a joining place: the root's fingerprint and every record from it down to the place."""
    proof: list[str] = []
    places: list[NodeId] = []
    step: NodeId | None = node
    while step is not None:
        places.append(step)
        step = parent_of(step)
    for place in reversed(places):
        stream = streams.load(tx, node_stream(place))
        if stream is not None:
            proof += [b64(raw) for raw in streams.envelopes(tx, stream)]
    return JoinAnswer(root=ledger.root, ca=ca, region=region, proof=tuple(proof))


def rotate(
    ledger: Ledger, tx: sqlite3.Connection, node: NodeId, data: NodeRotated, hand: Hand
) -> Stored:
    """Add keys that the node asked for; the old ones stay until it has changed over."""
    return _write(ledger, tx, node, data, hand)


def rotation_of(old: Identity, staged: Identity) -> NodeRotated:
    """Make a rotation request: signed by the new key, countersigned by the old."""
    claim = claim_bytes(old.node, staged.public)
    return NodeRotated(
        keys=staged.public,
        request=b64(staged.sign("rotate", claim)),
        old_key=old.key_id,
        countersignature=b64(old.sign("rotate", claim)),
    )


def changed_over(
    ledger: Ledger, tx: sqlite3.Connection, node: NodeId, data: NodeChangedOver, hand: Hand
) -> Stored:
    """Record that the node signs with its new key alone."""
    return _write(ledger, tx, node, data, hand)


def change_over_of(new: Identity, ended: KeyId) -> NodeChangedOver:
    """Make the statement of a node that has stopped using its old key."""
    signature = new.sign("rotate", change_over_bytes(new.node, ended))
    return NodeChangedOver(ended=ended, signature=b64(signature))


def suspend(
    ledger: Ledger, tx: sqlite3.Connection, node: NodeId, reason: Reason, hand: Hand
) -> Stored:
    """暂停: stop the node's links and appends."""
    return _write(ledger, tx, node, NodeSuspended(reason=reason.value), hand)


def resume(
    ledger: Ledger, tx: sqlite3.Connection, node: NodeId, reason: Reason, hand: Hand
) -> Stored:
    """恢复."""
    return _write(ledger, tx, node, NodeResumed(reason=reason.value), hand)


def revoke(
    ledger: Ledger, tx: sqlite3.Connection, node: NodeId, reason: Reason, hand: Hand
) -> tuple[StreamName, ...]:
    """吊销: end the node's keys and, in the same Work, take back what it holds or wrote last.

    Each such stream is reclaimed at the head accepted so far, for the same holder, if this node is
    an ancestor of that holder; what this node itself holds it adopts. So what was known before the
    revocation goes on counting (protocol §2.3). Returns the streams taken back.
    """
    keys = tuple(row.key for row in directory.keys_of(tx, node) if not row.revoked)
    heads = [
        (StreamName(name), head, NodeId(holder), tip == head)
        for name, head, holder, tip in tx.execute(
            "SELECT s.name, s.head, s.holder, s.tip FROM streams s JOIN events e ON e.hash = s.head"
            " WHERE s.holder = ? OR (e.node = ? AND s.head <> ?) ORDER BY s.id",
            (node, node, NO_HASH_BYTES),
        )
    ]
    taken: list[StreamName] = []
    with ledger.fold.holding_unlocks(tx):
        _write(ledger, tx, node, NodeRevoked(keys=keys, reason=reason.value), hand)
        for name, head, holder, nothing_waited in heads:
            if is_ancestor(ledger.me, holder):
                ledger.reclaim(
                    tx, name, reason=Reason.HOLDER_REVOKED.value, holder=holder, hand=hand, at=head
                )
                taken.append(name)
            elif holder == ledger.me and nothing_waited:
                adopted = HolderAdopted(reason=Reason.HOLDER_REVOKED.value)
                ledger.append(tx, name, adopted, holder=holder, hand=hand, adopting=True)
    return tuple(taken)


def replace_root(
    ledger: Ledger,
    tx: sqlite3.Connection,
    recovery: RecoveryKey,
    fresh: Identity,
    hand: Hand,
    *,
    stolen: bool = False,
) -> tuple[StreamName, ...]:
    """Give this root the keys `fresh` by its recovery key; the caller then signs with them.

    If the old ones were `stolen` they count no longer, and what they wrote last is confirmed as
    this node knows it: else every place below would wait. A node that was restored and has not
    heard from its neighbours confirms records alone. Returns the streams confirmed.
    Raises `WrongKeyError`.
    """
    me = ledger.me
    keys = {KeyId(key) for key in streams.keys_known(tx, me)} if stolen else set[KeyId]()
    revoked = tuple(sorted(keys - {fresh.key_id}))
    heads = [
        (StreamName(name), head, NodeId(holder))
        for name, head, holder in tx.execute(
            "SELECT s.name, s.head, s.holder FROM streams s JOIN events e ON e.hash = s.head"
            " WHERE ?1 AND e.node = ?2 AND s.name <> ?3 AND (s.kind = 'node' OR NOT ?4)"
            " ORDER BY s.kind <> 'node', length(s.name), s.id",
            (stolen, me, node_stream(me), ledger.recovering),
        )
    ]
    recovering, ledger.recovering = ledger.recovering, False
    old = ledger.identity
    try:
        with ledger.fold.holding_unlocks(tx):
            ledger.replace_root(tx, recovery, RootReplaced(keys=fresh.public), hand)
            ledger.identity = fresh
            for name, head, holder in heads:
                _confirm(ledger, tx, name, head, holder, hand)
            if revoked:  # last, so that whoever reads in this order never sees the records waver
                data = RootReplaced(keys=fresh.public, revoked=revoked)
                ledger.replace_root(tx, recovery, data, hand)
    finally:
        ledger.recovering, ledger.identity = recovering, old
    return tuple(name for name, _, _ in heads)


def _confirm(  # a stream is named with its head and its holder
    ledger: Ledger, tx: sqlite3.Connection, name: StreamName, head: bytes, holder: NodeId,
    hand: Hand,
) -> None:  # fmt: skip
    """Write behind `head` under a good key, and leave the stream to whom it is."""
    reason = Reason.KEY_STOLEN.value
    if holder == ledger.me:
        ledger.adopt(tx, name, HolderAdopted(reason=reason), hand=hand, at=head)
    else:
        ledger.reclaim(tx, name, reason=reason, holder=holder, hand=hand, at=head)


def _write(
    ledger: Ledger, tx: sqlite3.Connection, node: NodeId, data: msgspec.Struct, hand: Hand
) -> Stored:
    """Append to the node's record, beginning it if this is its first event."""
    name = node_stream(node)
    stream = streams.load(tx, name)
    if stream is None:
        return ledger.begin_named(tx, name, data, holder=ledger.me, hand=hand)
    if stream.holder != ledger.me:  # an ancestor acts in place of a parent that is gone
        reason = Reason.HOLDER_SILENT.value
        ledger.reclaim(tx, name, reason=reason, holder=ledger.me, hand=hand)
    return ledger.append(tx, name, data, holder=ledger.me, hand=hand)


def may_govern(tx: sqlite3.Connection, me: NodeId, node: NodeId) -> bool:
    """Say whether this node holds the record of `node`, or may begin it."""
    record = directory.record(tx, node)
    if record is None:
        return parent_of(node) == me
    stream = streams.load(tx, node_stream(node))
    return stream is not None and (stream.holder == me or is_ancestor(me, stream.holder))
