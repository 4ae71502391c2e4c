"""The proof file of a stream: what a stranger needs, with the root fingerprint, to check it."""

import msgspec

from schemas.ids import EventHash, StreamName

PROOF_FORMAT = "zhengwu-proof/1"


class ProofFile(msgspec.Struct, frozen=True, kw_only=True):
    """Envelopes as they were signed, base64url without padding. Facts only: no part is inside."""

    format: str = PROOF_FORMAT
    root: EventHash
    """The fingerprint that the giver trusts: compare it with one that you have from elsewhere."""
    stream: StreamName
    nodes: tuple[str, ...]
    """The node records of every author and holder, and of their ancestors, from the root down."""
    events: tuple[str, ...]
    """Every known event of the stream, losing branches too, by `seq`."""
    notes: tuple[str, ...] = ()
    """The notes of other nodes about the stream, stream by stream."""
