"""What can go wrong between nodes, split by who is at fault.

FederationError
├── RejectedError              the sender is at fault: refused, never retried, never relayed
│   ├── MalformedError
│   ├── TooLargeError
│   ├── BadSignatureError
│   ├── WrongKeyError
│   ├── WrongSeqError
│   ├── NotHolderError
│   ├── BadStreamNameError
│   ├── NotForUsError
│   └── BadPartError
├── ParkedError                something is still missing: kept, judged when it comes
├── CannotAppendError          we are at fault: this node may not write here now
│   ├── NotHoldingError
│   ├── RecoveringError
│   └── SuspendedError
├── PeerUnreachableError       retried with back-off
│   └── NotAdmittedError       the broker does not know this key: not yet, or no longer
├── BrokerError                the broker did not do what we told it
├── NoPartError                the part is not here: never came, or was erased
├── DamagedStoreError          something this node keeps at rest was altered or lost
└── KeysError                  the key files of this node are not fit for use
    └── LooseKeysError
KindFailedError                the rules of a kind of stream raised; no peer is to blame
"""

from schemas.reasons import Reason


class FederationError(Exception):
    """Anything between nodes."""


class RejectedError(FederationError):
    """The sender is at fault. `reason` goes back to it."""

    reason = Reason.MALFORMED


class MalformedError(RejectedError):
    """Not what it should be, byte for byte."""


class TooLargeError(RejectedError):
    """Over a published limit."""

    reason = Reason.TOO_LARGE


class BadSignatureError(RejectedError):
    """The signature does not cover these bytes under that key."""

    reason = Reason.BAD_SIGNATURE


class WrongKeyError(RejectedError):
    """The key is known, but it is another node's."""

    reason = Reason.WRONG_KEY


class WrongSeqError(RejectedError):
    """`seq` does not follow the event that `prev` names."""

    reason = Reason.WRONG_SEQ


class NotHolderError(RejectedError):
    """The author neither held the stream nor was an ancestor that reclaims."""

    reason = Reason.NOT_HOLDER


class BadStreamNameError(RejectedError):
    """The name is no stream's, or not one that this author may begin."""

    reason = Reason.BAD_NAME


class NotForUsError(RejectedError):
    """Sealed to another key or for another use, or altered on the way."""


class BadPartError(RejectedError):
    """A part, or a piece of one, that is not what its digest names."""


class ParkedError(FederationError):
    """Something that the event builds on is not here yet; `wants` names it."""

    def __init__(self, wants: str) -> None:
        super().__init__(f"waits for {wants}")
        self.wants = wants


class CannotAppendError(FederationError):
    """This node may not write to the stream now."""


class NotHoldingError(CannotAppendError):
    """Another node holds the stream."""

    def __init__(self, stream: str, holder: str) -> None:
        super().__init__(f"{stream} is held by {holder}")
        self.stream = stream
        self.holder = holder


class RecoveringError(CannotAppendError):
    """Restored from a backup, and a neighbour has not yet said what it holds."""

    def __init__(self, waiting_for: tuple[str, ...]) -> None:
        super().__init__(f"restored; waiting for {', '.join(waiting_for)}")
        self.waiting_for = waiting_for


class SuspendedError(CannotAppendError):
    """This node, or its key, is suspended or revoked."""


class PeerUnreachableError(FederationError):
    """Not now; tried again with back-off."""


class NotAdmittedError(PeerUnreachableError):
    """The broker does not know this key: not yet, or no longer."""


class BrokerError(FederationError):
    """The broker did not do what it was told."""


class NoPartError(FederationError):
    """The part is not here: it never came, or it was erased."""


class DamagedStoreError(FederationError):
    """Something that this node keeps at rest was altered or lost."""


class KeysError(FederationError):
    """The key files of this node are not fit for use."""


class LooseKeysError(KeysError):
    """Someone else could read the keys."""


class KindFailedError(Exception):
    """The rules of a kind of stream raised what others would take for a refusal of theirs."""
