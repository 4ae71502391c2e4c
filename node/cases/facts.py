"""What an event of a case says, as the rules see it: the step, its action, its parts, its faults.

Values only; what a step does is told by `node.cases.rulings`.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Final

import msgspec

from schemas.case_law import (
    CaseAdmitted,
    CaseApplied,
    CaseCertified,
    CaseChecked,
    CaseDeemedAccepted,
    CaseDeemedGranted,
    CaseExtended,
    CaseFeeSettled,
    CaseNotified,
    CaseOpinionGiven,
    CaseRedispatched,
    CaseReopened,
    CaseReported,
    CaseResumed,
    CaseReturned,
    CaseRevoked,
    CaseSentBack,
    CaseSignedIn,
    CaseSupplied,
    CaseSuspended,
    CaseTakenOver,
    CaseTerminated,
    CaseVoided,
)
from schemas.case_terms import MaterialGiven
from schemas.cases import (
    Action,
    CaseAccepted,
    CaseClosed,
    CaseCorrected,
    CaseCorrectionRequested,
    CaseDecided,
    CaseDelivered,
    CaseDispatched,
    CaseEvent,
    CaseForwarded,
    CaseReceived,
    CaseRefused,
    CaseReviewed,
    CaseSentOn,
    CaseWithdrawn,
)
from schemas.events import Event, HolderAdopted, HolderReclaimed
from schemas.ids import NodeId, PartDigest, StaffId, StreamName


class Fault(Enum):
    """Why an event has no effect: a finding."""

    BEFORE_RECEIPT = "before_receipt"
    RECEIVED_TWICE = "received_twice"
    NOT_TAKEN_HERE = "not_taken_here"
    BAD_NUMBER = "bad_number"
    NOT_OPEN = "not_open"
    NOT_ITS_STEP = "not_its_step"
    WRONG_HOLDER = "wrong_holder"
    NO_GROUND = "no_ground"
    NO_REMEDIES = "no_remedies"
    NO_LIMIT = "no_limit"
    SECOND_NOTICE = "second_notice"
    WRONG_INSTANT = "wrong_instant"
    NOT_ITS_DEPARTMENT = "not_its_department"
    NO_AUTHORITY = "no_authority"
    BAD_PAPER = "bad_paper"
    WRONG_OUTCOME = "wrong_outcome"
    NO_REASON = "no_reason"
    NOT_THE_DECIDER = "not_the_decider"


Fact = CaseEvent | HolderReclaimed | HolderAdopted
"""What an event of a case may say."""


NOBODY: Final = StaffId("")


@dataclass(frozen=True, slots=True)
class Step:
    """One event as the rules see it; `data` is `None` if its kind is unknown here."""

    stream: StreamName
    seq: int
    at: int
    node: NodeId
    holder: NodeId
    data: Fact | None
    actor: StaffId = NOBODY
    is_old: bool = False
    """Whether a program wrote it that did not know yet what the law asks: see `predates_law`."""


def predates_law(event: Event) -> bool:
    """Say whether the author's program knew nothing of grounds, remedies and second notices.

    A program that does writes these fields always, if only as empty. What was sound when it was
    signed stays so, in a rebuild and at a node that was not brought up to date yet.
    """
    field = _SINCE_THE_LAW.get(event.kind)
    return field is not None and field not in bytes(event.data)


_SINCE_THE_LAW: Final = {
    "case.refused": b'"ground"',
    "case.decided": b'"ground"',
    "case.correction_requested": b'"again"',
}


_ACTIONS: Final[dict[type[CaseEvent], Action]] = {
    CaseReceived: Action.RECEIVE,
    CaseForwarded: Action.FORWARD,
    CaseCorrectionRequested: Action.REQUEST_CORRECTION,
    CaseCorrected: Action.CORRECT,
    CaseAccepted: Action.ACCEPT,
    CaseRefused: Action.REFUSE,
    CaseDispatched: Action.DISPATCH,
    CaseReviewed: Action.REVIEW,
    CaseDecided: Action.DECIDE,
    CaseDelivered: Action.DELIVER,
    CaseClosed: Action.CLOSE,
    CaseWithdrawn: Action.WITHDRAW,
    CaseSentOn: Action.SEND_ON,
    CaseApplied: Action.APPLY,
    CaseAdmitted: Action.ADMIT,
    CaseDeemedAccepted: Action.DEEM_ACCEPTED,
    CaseReturned: Action.RETURN,
    CaseSupplied: Action.SUPPLY,
    CaseSignedIn: Action.SIGN_IN,
    CaseSentBack: Action.SEND_BACK,
    CaseRedispatched: Action.REDISPATCH,
    CaseTakenOver: Action.TAKE_OVER,
    CaseOpinionGiven: Action.GIVE_OPINION,
    CaseReported: Action.REPORT,
    CaseSuspended: Action.SUSPEND,
    CaseResumed: Action.RESUME,
    CaseExtended: Action.EXTEND,
    CaseFeeSettled: Action.SETTLE_FEE,
    CaseCertified: Action.CERTIFY,
    CaseNotified: Action.NOTIFY,
    CaseDeemedGranted: Action.DEEM_GRANTED,
    CaseChecked: Action.CHECK,
    CaseRevoked: Action.REVOKE,
    CaseReopened: Action.REOPEN,
    CaseTerminated: Action.TERMINATE,
    CaseVoided: Action.VOID,
}


def action_of(fact: CaseEvent) -> Action:
    """Which action an event records."""
    return _ACTIONS[type(fact)]


BEGINNINGS: Final = (CaseReceived, CaseApplied)
"""What a case begins with: at a window, or through the network."""


def parts_named(fact: CaseEvent) -> tuple[PartDigest, ...]:
    """Name every part that the event speaks of, each once, in order."""
    single, brings = _NAMING[type(fact)]
    if not (single or brings):  # most events: a hot path
        return ()
    named = [getattr(fact, field) for field in single]
    if isinstance(fact, CaseReceived) and fact.agency:
        named.append(fact.agency.authority)
    if brings:
        named += [digest for given in getattr(fact, "materials", ()) for digest in given.parts]
    return tuple(
        dict.fromkeys(one for one in named if one is not None and one is not msgspec.UNSET)
    )


_SINGLE: Final = ("applicant", "opinion", "note", "promise", "receipt", "authority")
"""Fields of events that name one part."""
_NAMING: Final = {
    struct: (
        tuple(name for name in _SINGLE if name in struct.__struct_fields__),
        "materials" in struct.__struct_fields__ and struct is not CaseCorrectionRequested,
    )
    for struct in _ACTIONS
}
"""Where each kind of event names parts; a correction's materials are codes."""


class _Papers(msgspec.Struct, frozen=True):
    materials: tuple[MaterialGiven, ...] = ()


def read_materials(event: Event) -> tuple[MaterialGiven, ...]:
    """Read the papers that an event or a note brings; none if it brings none."""
    if event.kind not in _BRINGING:
        return ()
    try:
        return msgspec.json.decode(event.data, type=_Papers).materials
    except msgspec.DecodeError:
        return ()


_BRINGING: Final = frozenset(
    {"case.received", "case.applied", "case.corrected", "case.supplied", "note.materials_supplied"}
)
