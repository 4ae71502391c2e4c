"""A node's record: the events of `node/<id>`, which are the whole of trust."""

from enum import StrEnum

import msgspec

from schemas.ids import KeyId, NodeId


class NodeNames(msgspec.Struct, frozen=True, kw_only=True):
    """What people call the place."""

    zh: str
    en: str


class PublicKeys(msgspec.Struct, frozen=True, kw_only=True):
    """The three public keys of a node, base64url without padding; `nats` in NKey form."""

    signing: str
    """Ed25519, 32 bytes."""
    sealing: str
    """ML-KEM-768 + X25519 (X-Wing): what parts are sealed to."""
    nats: str


class NodeInvited(msgspec.Struct, frozen=True, kw_only=True, tag="node.invited", tag_field="kind"):
    """邀请: the parent lets a machine of this place ask to join, until `expires_at` (ms UTC)."""

    names: NodeNames
    temporary_user: str
    """Public NKey of the one-time code's user: the broker's owner admits it."""
    expires_at: int


class NodeEnrolled(
    msgspec.Struct, frozen=True, kw_only=True, tag="node.enrolled", tag_field="kind"
):
    """入网: names and keys. The root signs its own; every other place is enrolled by its parent."""

    names: NodeNames
    keys: PublicKeys
    request: str = ""
    """The child's own signature over its keys (purpose `join`), base64url; empty for a root."""
    recovery: str = ""
    """Root only: the offline recovery key (Ed25519, base64url)."""


class NodeRotated(msgspec.Struct, frozen=True, kw_only=True, tag="node.rotated", tag_field="kind"):
    """换钥: adds keys, asked for by the new key and countersigned by the old, which stays."""

    keys: PublicKeys
    request: str
    """The new key's signature over `keys` (purpose `rotate`)."""
    old_key: KeyId | None
    countersignature: str
    """The old key's signature over the same bytes; empty if it was lost (a finding)."""


class NodeChangedOver(
    msgspec.Struct, frozen=True, kw_only=True, tag="node.changed_over", tag_field="kind"
):
    """启用新钥: the owner has stopped signing with `ended`, and says so under its new key."""

    ended: KeyId
    signature: str


class NodeSuspended(
    msgspec.Struct, frozen=True, kw_only=True, tag="node.suspended", tag_field="kind"
):
    """暂停: links and appends stop; what was signed stays valid."""

    reason: str


class NodeResumed(msgspec.Struct, frozen=True, kw_only=True, tag="node.resumed", tag_field="kind"):
    """恢复."""

    reason: str


class NodeRevoked(msgspec.Struct, frozen=True, kw_only=True, tag="node.revoked", tag_field="kind"):
    """吊销: these keys count no longer, unless a later event under a good key covers them."""

    keys: tuple[KeyId, ...]
    reason: str


class RootReplaced(
    msgspec.Struct, frozen=True, kw_only=True, tag="root.replaced", tag_field="kind"
):
    """根换钥: the offline recovery key gives the root new keys, above all else in its record."""

    keys: PublicKeys
    """The old keys end: what they signed stays valid."""
    revoked: tuple[KeyId, ...] = ()
    """Old keys that count no longer, because somebody else may have them."""


ROOT_REPLACED = "root.replaced"
"""The one kind that the recovery key signs, and that nothing else may sign."""

NodeEvent = (
    NodeInvited
    | NodeEnrolled
    | NodeRotated
    | NodeChangedOver
    | NodeSuspended
    | NodeResumed
    | NodeRevoked
    | RootReplaced
)


class NodeState(StrEnum):
    """Where a place stands in its life as a node."""

    INVITED = "invited"
    ENROLLED = "enrolled"
    SUSPENDED = "suspended"
    REVOKED = "revoked"


class JoinAsk(msgspec.Struct, frozen=True, kw_only=True):
    """What a joining place sends, inside the code's MAC: its keys, signed by the signing key."""

    node: NodeId
    keys: PublicKeys
    signature: str


class JoinAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What it gets back, inside the same MAC."""

    root: str
    """Root fingerprint: 64 hex digits."""
    ca: str
    """The broker owner's CA certificate, PEM."""
    region: NodeId
    """The broker's owner."""
    proof: tuple[str, ...]
    """Envelopes (base64url) of the node streams from the root down to the joining place."""
